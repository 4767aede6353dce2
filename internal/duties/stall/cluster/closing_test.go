package cluster_test

import (
	"context"
	"testing"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestAClusterIsClosedWithAPhotoAfterItOpened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, clk := context.Background(), clock.At(time.Date(2026, 11, 3, 7, 0, 0, 0, calendar.Zone))
		who := people.Actor{Division: id.New(), Account: id.New()}
		reg := register.New(db, clk)
		system := people.SystemActor(who.Division)
		for kind, body := range map[*register.Kind]string{
			&cluster.Clusters:     "code,name,address,lng,lat,outline,manager,zone,capacity,rules,closing,cleaning,provenance\nC1,一群,某街,119.1,36.77,119.1 36.77; 119.101 36.77; 119.101 36.771,JD1,permanent,3,不占道,拍照,摊主清扫,synthetic\n",
			&cluster.Designations: "cluster,number,title,agency,from,hours,goods,provenance\nC1,1号,公告,政府,2026-01-01,evening 01-01..12-31 2-7 17:00-21:00,snack,synthetic\n",
		} {
			if plan, err := reg.Apply(ctx, system, "test", *kind, register.File{Name: "x.csv", Body: []byte(body)}, false); err != nil || !plan.Done {
				t.Fatalf("%s: %+v, %v", kind.ID, plan, err)
			}
		}
		m := cluster.New(cluster.Deps{DB: db, Clock: clk})
		if err := m.CloseDay(ctx, who, cluster.Closing{Cluster: "C1", Photo: "a", Clean: true}); !fault.Is(err, fault.Conflict) {
			t.Errorf("before it opened: %v", err)
		}
		clk.Set(time.Date(2026, 11, 3, 21, 30, 0, 0, calendar.Zone))
		if err := m.CloseDay(ctx, who, cluster.Closing{Cluster: "C1", Photo: "a"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("not clean, and no words: %v", err)
		}
		if err := m.CloseDay(ctx, who, cluster.Closing{Cluster: "C9", Photo: "a", Clean: true}); !fault.Is(err, fault.NotFound) {
			t.Errorf("no such cluster: %v", err)
		}
		for _, x := range []cluster.Closing{{Cluster: "C1", Photo: "a", Words: "油污"}, {Cluster: "C1", Photo: "b", Clean: true}} {
			if err := m.CloseDay(ctx, who, x); err != nil {
				t.Fatal(err)
			}
		}
		day := calendar.DateOf(clk.Now())
		kept, err := cluster.Closings(ctx, db, who.Division, day)
		if x := kept["C1"][day]; err != nil || x.Photo != "b" || !x.Clean || x.Words != "" {
			t.Errorf("kept %+v, %v", x, err)
		}
		book, err := m.Book(ctx, who.Division)
		if err != nil {
			t.Fatal(err)
		}
		c := book.Cluster("C1")
		for at, want := range map[time.Time]calendar.Date{clk.Now(): day, clk.Now().Add(-time.Hour): day - 2, clk.Now().AddDate(0, 0, 6): day + 5} {
			if got := c.LastOpening(at); got != want {
				t.Errorf("last opening at %v: %v, want %v", at, got, want)
			}
		}
	}, register.Migration, cluster.Migration)
}

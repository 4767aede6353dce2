package cluster_test

import (
	"bytes"
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

const clusters = `code,name,address,lng,lat,outline,manager,zone,capacity,rules,closing,cleaning,provenance
C01,演示摊点群 01,演示一路,119.1,36.76,119.1 36.76; 119.101 36.76; 119.101 36.761,JD1,permanent,2,不超线；不搭建,扫净,摊主,synthetic
`

const designations = `cluster,number,title,agency,from,to,hours,goods,provenance
C01,示1号,公告,演示,2026-03-01,2026-12-31,evening 04-01..10-31 1-7 17:00-21:30;evening 11-01..03-31 5-7 16:30-20:00,snack daily,synthetic
`

const stalls = `code,cluster,lng,lat,width,depth,power_w,goods,state,provenance
C01-01,C01,119.1,36.76,200,150,0,snack clothing,open,synthetic
C01-02,C01,119.1,36.76,200,150,0,,closed,synthetic
`

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func bring(t *testing.T, db *dbx.DB, division id.ID) {
	t.Helper()
	reg := register.New(db, clock.At(time.Unix(0, 0)))
	for _, f := range []struct {
		kind register.Kind
		body string
	}{{cluster.Clusters, clusters}, {cluster.Designations, designations}, {cluster.Stalls, stalls}} {
		if _, err := reg.Apply(context.Background(), people.SystemActor(division), "test", f.kind, register.File{Name: "x.csv", Body: []byte(f.body)}, false); err != nil {
			t.Fatal(f.kind.ID, err)
		}
	}
}

func TestWhenAndWhatMayBeSold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		division := id.New()
		bring(t, db, division)
		book, err := cluster.Read(context.Background(), db, division)
		if err != nil {
			t.Fatal(err)
		}
		c := book.Cluster("C01")
		for _, x := range []struct {
			now  string
			open bool
		}{{"2026-09-14 17:00", true}, {"2026-09-14 21:29", true}, {"2026-09-14 21:30", false}, {"2026-09-14 16:59", false}, // a Monday in summer
			{"2026-11-30 17:00", false}, {"2026-11-28 17:00", true}, // a Monday and a Saturday in winter
			{"2026-02-28 17:00", false}, {"2027-01-02 17:00", false}} { // before and after the designation
			if _, open := c.OpenAt(at(t, x.now)); open != x.open {
				t.Errorf("open at %s: %v", x.now, open)
			}
		}
		d := c.Designation(calendar.DateOf(at(t, "2026-09-14 12:00")))
		if !d.Allows("snack", "daily") || d.Allows("clothing") || !d.Serves("evening") || d.Serves("morning") {
			t.Errorf("the designation allows %v at %v", d.Goods, d.Spans)
		}
		if s, _ := book.Stall("C01-01"); len(s.GoodsAt(d)) != 1 || s.GoodsAt(d)[0] != "snack" || s.GoodsAt(nil) != nil {
			t.Errorf("the stall narrows the designation: %v", s.GoodsAt(d))
		}
		if s, c := book.Stall("C09-01"); s != nil || c != nil {
			t.Error("a stall that nobody registered")
		}
	}, register.Migration)
}

func TestHoursThatCannotBeRead(t *testing.T) {
	for _, s := range []string{"", "night 04-01..10-31 1-7 17:00-21:00", "evening 04-31..10-31 1-7 17:00-21:00", "evening 04-01..10-31 0-7 17:00-21:00",
		"evening 04-01..10-31 5-4 17:00-21:00", "evening 04-01..10-31 1-7 21:00-17:00", "evening 04-01 1-7 17:00-21:00", "evening 04-01..10-31 1-7 17:00-25:00"} {
		if got, err := cluster.ParseHours(s); err == nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestADeviceHasOneVoiceADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, division, now := context.Background(), id.New(), at(t, "2026-09-14 18:00")
		say := func(device string, stars int, now time.Time, kinds ...string) error {
			return db.Write(ctx, func(tx *dbx.Tx) error {
				return cluster.Save(ctx, tx, division, cluster.Voice{Cluster: "C01", Device: []byte(device), Stars: stars, Kinds: kinds}, now)
			})
		}
		for _, x := range []struct {
			device string
			stars  int
			after  time.Duration
			kinds  []string
		}{{"a", 1, 0, []string{"noise", "smoke"}}, {"a", 2, time.Hour, []string{"litter", "weather"}}, {"b", 5, 0, nil}, {"a", 3, 24 * time.Hour, []string{"litter"}}} {
			if err := say(x.device, x.stars, now.Add(x.after), x.kinds...); err != nil {
				t.Fatal(err)
			}
		}
		if err := say("c", 6, now); !fault.Is(err, fault.Invalid) {
			t.Errorf("six stars: %v", err)
		}
		got, err := cluster.Ratings(ctx, db, division, calendar.DateOf(now))
		r := got["C01"]
		if err != nil || r.N != 3 || r.Stars != 10 || r.Complaints["litter"] != 2 || r.Complaints["noise"] != 0 {
			t.Errorf("%+v, %v", r, err)
		}
		if got, _ := cluster.Ratings(ctx, db, division, calendar.DateOf(now)+1); got["C01"].N != 1 {
			t.Errorf("only the second day: %+v", got)
		}
	}, cluster.Migration)
}

func TestAFileWithWrongCells(t *testing.T) {
	bad := bytes.ReplaceAll([]byte(designations), []byte("snack daily"), []byte("snack weapons"))
	wrong, err := register.Check(cluster.Designations, register.File{Name: "x.csv", Body: bad})
	if err != nil || len(wrong) != 1 || wrong[0].Line != 2 {
		t.Errorf("goods nobody knows: %v, %v", wrong, err)
	}
	bad = bytes.ReplaceAll([]byte(clusters), []byte("119.101 36.761"), []byte("119.101"))
	if wrong, _ := register.Check(cluster.Clusters, register.File{Name: "x.csv", Body: bad}); len(wrong) != 1 {
		t.Errorf("an outline that is none: %v", wrong)
	}
}

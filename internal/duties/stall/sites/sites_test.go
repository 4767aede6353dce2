package sites_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"xiucheng/internal/duties/stall/sites"
	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

func TestScenariosStayAsTheyWereAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, clk := context.Background(), clock.At(time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC))
		m := sites.New(sites.Deps{DB: db, Clock: clk})
		who := people.Actor{Division: id.New(), Account: id.New()}
		at := func(east float64) geo.Point { return geo.Offset(geo.Point{Lat: 36.77, Lng: 119.1}, east, 0) }

		file := "名称,经度,纬度,说明\n甲,119.1,36.77,空地\n乙,x,36.77,\n"
		if n, problems, err := m.Import(ctx, who, register.File{Name: "c.csv", Body: []byte(file)}); n != 0 || len(problems) != 1 || problems[0].Line != 3 || err != nil {
			t.Errorf("a wrong line: %d brought, %v, %v", n, problems, err)
		}
		file = "名称,经度,纬度,说明\n甲,119.1,36.77,空地\n乙,119.12,36.77,\n"
		if n, problems, err := m.Import(ctx, who, register.File{Name: "c.csv", Body: []byte(file)}); n != 2 || len(problems) > 0 || err != nil {
			t.Errorf("import: %d, %v, %v", n, problems, err)
		}
		if err := m.Find(ctx, who, sites.Candidate{Name: "甲", Place: at(500)}, sites.Candidate{Name: "丙", Place: at(3000)}); err != nil {
			t.Fatal(err)
		}
		if err := m.Find(ctx, who, sites.Candidate{Name: " ", Place: at(0)}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a candidate without a name: %v", err)
		}
		list, err := sites.Candidates(ctx, db, who.Division)
		if err != nil || len(list) != 3 {
			t.Fatalf("candidates: %v, %v", list, err)
		}
		q := sites.Question{Scenario: siting.Scenario{Radius: 700, Count: 1, Weights: map[string]int{siting.Residents: 1}, Distances: siting.UsualDistances(),
			Demand: []siting.Demand{{Kind: siting.Residents, Place: at(400), Amount: 100}, {Kind: siting.Residents, Place: at(2900), Amount: 150}}}, Names: map[string]string{}}
		for _, c := range list {
			q.Candidates = append(q.Candidates, siting.Candidate{ID: c.ID, Place: c.Place})
			q.Names[c.ID] = c.Name
		}
		if _, err := m.Keep(ctx, who, "", q); !fault.Is(err, fault.Invalid) {
			t.Errorf("a scenario without a name: %v", err)
		}
		s, err := m.Keep(ctx, who, "一处", q)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Drop(ctx, who, list[0].ID); err != nil {
			t.Fatal(err)
		}
		kept, err := sites.Scenarios(ctx, db, who.Division, 10)
		if err != nil || len(kept) != 1 {
			t.Fatalf("scenarios: %d, %v", len(kept), err)
		}
		if again := siting.Solve(kept[0].Question.Scenario); !reflect.DeepEqual(again, s.Plan) || q.Names[again.Chosen[0]] != "丙" {
			t.Errorf("worked out again: %v, first %v", again.Chosen, s.Plan.Chosen)
		}
		if err := m.Decide(ctx, who, s.ID, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("no reason: %v", err)
		}
		if err := m.Decide(ctx, who, s.ID, "居民最多"); err != nil {
			t.Fatal(err)
		}
		if err := m.Decide(ctx, who, s.ID, "再来一次"); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		stranger := people.Actor{Division: id.New(), Account: id.New()}
		if err := m.Decide(ctx, stranger, s.ID, "别的区"); !fault.Is(err, fault.NotFound) {
			t.Errorf("another division's: %v", err)
		}
	}, sites.Migration)
}

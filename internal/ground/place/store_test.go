package place_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

const layer = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"layer":"division","code":"370799","name_zh":"区","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.02,36],[119.02,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"street","code":"370799001","parent":"370799","name_zh":"街道","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.02,36],[119.02,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"community","code":"370799001001","parent":"370799001","name_zh":"社区","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.02,36],[119.02,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"grid","code":"370799001001001","parent":"370799001001","name_zh":"旧网格","provenance":"synthetic","valid_to":"2026-06-30"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.02,36],[119.02,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"grid","code":"370799001001001","parent":"370799001001","name_zh":"西网格","provenance":"synthetic","valid_from":"2026-07-01"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.01,36],[119.01,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"grid","code":"370799001001002","parent":"370799001001","name_zh":"东网格","provenance":"synthetic","valid_from":"2026-07-01"},"geometry":{"type":"Polygon","coordinates":[[[119.01,36],[119.02,36],[119.02,36.01],[119.01,36.01]]]}},
{"type":"Feature","properties":{"layer":"zone","kind":"sweeping","code":"z1","department":"A","unit":"crew 1","name_zh":"西","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.01,36],[119.01,36.01],[119,36.01]]]}},
{"type":"Feature","properties":{"layer":"zone","kind":"sweeping","code":"z2","department":"B","name_zh":"东","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119.01,36],[119.02,36],[119.02,36.01],[119.01,36.01]]]}}]}`

func TestBordersHavePeriodsAndOldCasesKeepTheirs(t *testing.T) {
	list, issues := place.Parse(strings.NewReader(layer))
	if len(issues) > 0 {
		t.Fatal(issues[0].Err)
	}
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, division := context.Background(), id.New()
		s := place.New(db)
		for range 2 { // the second writing changes nothing
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return place.Put(ctx, tx, division, "p", list) }); err != nil {
				t.Fatal(err)
			}
		}
		m, err := s.Map(ctx, division)
		if err != nil {
			t.Fatal(err)
		}
		east := geo.Point{Lat: 36.005, Lng: 119.015}
		for day, want := range map[string]string{"2026-06-30": "370799001001001", "2026-07-01": "370799001001002"} {
			at, _ := time.Parse(time.DateOnly, day)
			if l := m.Locate(east, at); l.Grid != want || !l.Inside {
				t.Errorf("on %s: %+v, want grid %s", day, l, want)
			}
		}
		now, _ := time.Parse(time.DateOnly, "2026-09-20")
		near := geo.Point{Lat: 36.005, Lng: 119.00995}
		if z, ok := m.ZoneAt(near, "sweeping", now); !ok || z.Department != "A" || z.Unit != "crew 1" {
			t.Errorf("zone %+v", z)
		}
		if z, d, ok := m.Neighbour(near, "sweeping", 15, now); !ok || z.Department != "B" || d > 5 {
			t.Errorf("neighbour %+v at %v", z, d)
		}
		if _, _, ok := m.Neighbour(east, "sweeping", 15, now); ok {
			t.Error("a border 450 m away counts as near")
		}
		if bad := place.Check(list, now); len(bad) > 0 {
			t.Error(bad)
		}
		if err := db.Write(ctx, func(tx *dbx.Tx) error { return place.Drop(ctx, tx, division, list[5:6]) }); err != nil {
			t.Fatal(err)
		}
		if m, err = s.Map(ctx, division); err != nil || m.Locate(east, now).Grid != "" {
			t.Errorf("the dropped grid is still there: %v", err)
		}
		if other, err := s.Map(ctx, id.New()); err != nil || !other.Empty() {
			t.Errorf("another division has a map: %v", err)
		}
	}, place.Migration)
}

func TestEveryWrongFeatureIsNamed(t *testing.T) {
	bad := strings.NewReplacer(`"code":"370799001","parent":"370799"`, `"code":"37079900","parent":"370799"`,
		`"department":"A"`, `"department":""`, `"layer":"community"`, `"layer":"quarter"`, `"name_zh":"东网格","provenance":"synthetic"`, `"provenance":"guess"`).Replace(layer)
	_, issues := place.Parse(strings.NewReader(bad))
	var got []int
	for _, i := range issues {
		got = append(got, i.Feature)
	}
	if len(got) != 4 {
		t.Errorf("issues at %v, want 2, 3, 6 and 7", got)
	}
}

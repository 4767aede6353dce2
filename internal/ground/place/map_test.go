package place_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
)

func noon(day string) time.Time {
	at, err := time.Parse(time.RFC3339, day+"T12:00:00+08:00")
	if err != nil {
		panic(err)
	}
	return at
}

func at(x, y float64) geo.Point { return geo.Point{Lat: 36 + y/100, Lng: 119 + x/100} }

func TestALaterPeriodEndsTheOneBefore(t *testing.T) {
	m := place.NewMap(parse(t, tree(
		box("grid", "370799001001001", "370799001001", 0, 0, 2, 4, ""),
		box("grid", "370799001001001", "370799001001", 0, 0, 2, 2, `,"valid_from":"2026-07-01"`),
		box("grid", "370799001001002", "370799001001", 0, 2, 2, 4, `,"valid_from":"2026-07-01"`),
	)...))
	north := at(1, 3)
	for day, want := range map[string]string{"2026-06-30": "370799001001001", "2026-07-01": "370799001001002"} {
		if l := m.Locate(north, noon(day)); l.Grid != want || l.Community != "370799001001" || l.Street != "370799001" {
			t.Errorf("%s: %+v", day, l)
		}
	}
	if f, ok := m.Code("370799001001001", noon("2026-08-01")); !ok || f.From != "2026-07-01" {
		t.Errorf("the code stands for %+v", f)
	}
}

func TestPointsJustOutsideBelongToTheNearestGrid(t *testing.T) {
	m := place.NewMap(parse(t, tree(box("grid", "370799001001001", "370799001001", 0, 0, 2, 4, ""), box("grid", "370799001002001", "370799001002", 2, 0, 4, 4, ""))...))
	now := time.Now()
	edge := at(4, 2)
	for metres, want := range map[float64]place.Located{
		-10: {Inside: true, Street: "370799001", Community: "370799001002", Grid: "370799001002001"},
		40:  {Outside: 40, Street: "370799001", Community: "370799001002", Grid: "370799001002001"},
		60:  {Outside: 60},
	} {
		got := m.Locate(geo.Offset(edge, metres, 0), now)
		if math.Abs(got.Outside-want.Outside) < 0.5 {
			got.Outside = want.Outside
		}
		if got != want {
			t.Errorf("%v m: %+v, want %+v", metres, got, want)
		}
	}
	if l := place.NewMap(nil).Locate(edge, now); l.Near(1e9) || l.Inside {
		t.Errorf("without a map: %+v", l)
	}
}

func TestZonesAndTheirBorders(t *testing.T) {
	now := time.Now()
	m := place.NewMap(parse(t,
		box("zone", "a", "", 0, 0, 2, 4, `,"kind":"greening","department":"A"`),
		box("zone", "b", "", 2, 0, 4, 4, `,"kind":"greening","department":"B"`),
		box("zone", "plot", "", 0.5, 0.5, 1, 1, `,"kind":"greening","department":"C"`),
		box("zone", "s", "", 0, 0, 4, 4, `,"kind":"sweeping","department":"S"`)))
	if z := m.ZonesAt(at(0.7, 0.7), "greening", now); len(z) != 2 || z[0].Code != "plot" || z[1].Code != "a" {
		t.Errorf("zones %+v", z)
	}
	p := geo.Offset(at(2, 2), -12, 0)
	z, d, ok := m.Neighbour(p, "greening", 5, now)
	if !ok || z.Code != "b" || math.Abs(d-12) > 0.5 || z.Side(p).ZH != "西" || z.Side(p).EN != "west" {
		t.Errorf("neighbour %s at %v, side %+v", z.Code, d, z.Side(p))
	}
	if _, _, ok := m.Neighbour(geo.Offset(at(2, 2), -30, 0), "greening", 5, now); ok {
		t.Error("30 m is near a border")
	}
	if _, _, ok := m.Neighbour(geo.Offset(at(2, 2), -30, 0), "greening", 40, now); !ok {
		t.Error("a point that may be 40 m off is not near a border at 30 m")
	}
	if _, _, ok := m.Neighbour(p, "sweeping", 50, now); ok {
		t.Error("a kind with one department has neighbours")
	}
}

// Every point of the zone has exactly one grid, and its codes fit each other.
func TestEveryPointOfTheDemoHasOneGrid(t *testing.T) {
	m := place.NewMap(demo(t))
	now := time.Now()
	grids := m.Features(now, place.Grid)
	b := m.Bounds()
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Float64Range(b.S, b.N).Draw(t, "lat"), Lng: rapid.Float64Range(b.W, b.E).Draw(t, "lng")}
		var in []string
		for _, g := range grids {
			if g.Geometry.Shape.Contains(p) {
				in = append(in, g.Code)
			}
		}
		l := m.Locate(p, now)
		switch {
		case l.Inside && (len(in) != 1 || l.Grid != in[0] || l.Grid[:12] != l.Community || l.Community[:9] != l.Street):
			t.Fatalf("%v: %+v, grids %v", p, l, in)
		case !l.Inside && len(in) > 0:
			t.Fatalf("%v lies outside but in %v", p, in)
		}
		if text := m.Describe(p, now); text.ZH == "" || text.EN == "" {
			t.Fatalf("%v has no address", p)
		}
		c := m.Find(m.Describe(p, now).ZH, now)
		if l.Inside && len(c) == 0 {
			t.Fatalf("%q is not found again", m.Describe(p, now).ZH)
		}
	})
}

package shop_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

const head = "code,name,trade,credit_code,address,lng,lat,stretch,risk,from,to,provenance\n"

const noodles = "S-1,演示面馆,food,,新华路1号,119.1,36.7,\"119.1,36.7;119.1001,36.7\",high,2026-01-01,2026-12-31,synthetic"

func TestShopsComeInAndAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, admin := context.Background(), people.SystemActor(id.New())
		regs := register.New(db, clock.At(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)))
		bring := func(lines ...string) register.Plan {
			t.Helper()
			p, err := regs.Import(ctx, admin, shop.Shops, register.File{Name: "shops.csv", Body: []byte(head + strings.Join(lines, "\n"))})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		for want, line := range map[string]string{
			"shop.credit":   strings.Replace(noodles, "food,,", "food,91370700MA3C0000XX,", 1),
			"shop.stretch":  strings.Replace(noodles, "119.1,36.7;119.1001,36.7", "119.1,36.7", 1),
			"register.word": strings.Replace(noodles, "food", "weapons", 1),
		} {
			if p := bring(line); p.Done || len(p.Problems) != 1 || p.Problems[0].Key != want {
				t.Errorf("%s: %+v", want, p)
			}
		}
		far := strings.NewReplacer("S-1", "S-2", "119.1,36.7,", "119.2,36.7,", "演示面馆", "演示果店").Replace(noodles)
		if p := bring(noodles, far); !p.Done || p.Added != 2 {
			t.Fatalf("%+v", p)
		}
		s, err := shop.Find(ctx, db, admin.Division, "S-1")
		if err != nil || s.Name != "演示面馆" || len(s.Stretch) != 2 || math.Abs(s.Stretch.Metres()-8.9) > 0.1 {
			t.Fatalf("%+v %v", s, err)
		}
		day := register.Cells{"in": "2026-12-31", "out": "2027-01-01"}
		if !s.Open(day.Day("in")) || s.Open(day.Day("out")) {
			t.Error("a shop trades from its first day to its last")
		}
		if near, err := shop.Around(ctx, db, admin.Division, geo.Point{Lat: 36.7, Lng: 119.1001}, 50); err != nil || len(near) != 1 || near[0].Code != "S-1" || near[0].Metres > 10 {
			t.Errorf("%+v %v", near, err)
		}
		if list, next, err := shop.Search(ctx, db, admin.Division, "果店", "", 10); err != nil || len(list) != 1 || list[0].Code != "S-2" || next != "" {
			t.Errorf("%+v %q %v", list, next, err)
		}
		if _, err := shop.Find(ctx, db, id.New(), "S-1"); !fault.Is(err, fault.NotFound) {
			t.Error("another division reads it:", err)
		}
	}, register.Migration)
}

// metre is one of longitude and of latitude here.
const metreLng, metreLat = 1 / 89155.0, 1 / 111195.0

// along is a stretch from so many metres to so many, so far from the kerb.
func along(from, to, aside float64) shop.Line {
	lat := 36.7 + aside*metreLat
	return shop.Line{{Lat: lat, Lng: 119.1 + from*metreLng}, {Lat: lat, Lng: 119.1 + to*metreLng}}
}

func TestWhatStretchesShare(t *testing.T) {
	corner := append(along(0, 10, 0), geo.Point{Lat: 36.7 + 10*metreLat, Lng: 119.1 + 10*metreLng})
	for _, x := range []struct {
		name string
		a, b shop.Line
		want float64
	}{
		{"side by side", along(0, 8, 0), along(8, 16, 0), 0},
		{"a little over the line", along(0, 8, 0), along(7.6, 16, 0), 0.4},
		{"two metres", along(0, 8, 0), along(6, 16, 0.3), 2},
		{"drawn the other way", along(0, 8, 0), along(16, 6, 0), 2},
		{"across the street", along(0, 8, 0), along(0, 8, 6), 0},
		{"one within the other", along(0, 30, 0), along(10, 20, 1), 10},
		{"round the corner", corner, along(4, 10, 0), 6},
		{"no line", along(0, 8, 0), nil, 0},
	} {
		if got := shop.Overlap(x.a, x.b); math.Abs(got-x.want) > 0.05 {
			t.Errorf("%s: %.2f m, want %.2f", x.name, got, x.want)
		}
		if a, b := shop.Overlap(x.a, x.b), shop.Overlap(x.b, x.a); math.Abs(a-b) > 0.05 {
			t.Errorf("%s: %.2f one way, %.2f the other", x.name, a, b)
		}
	}
}

func TestALineIsReadAsItIsWritten(t *testing.T) {
	l := along(0, 8, 0)
	again, err := shop.ParseLine(l.String())
	if err != nil || again.String() != l.String() {
		t.Errorf("%s %v", again, err)
	}
	for _, s := range []string{"", "119.1,36.7", "119.1;36.7", "999,36.7;119,36", strings.Repeat("119.1,36.7;", 21)} {
		if _, err := shop.ParseLine(s); err == nil {
			t.Errorf("%q is no line", s)
		}
	}
}

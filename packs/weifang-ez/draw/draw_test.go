package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/platform/geo"
)

func TestTheFilesAreWhatTheProgramDraws(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "geo", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what is drawn (%v): go run ./packs/weifang-ez/draw packs/weifang-ez/geo", name, err)
		}
	}
}

func TestAllFilesStaySmallAndOnTheSheet(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for name, b := range files {
		size += len(b)
		if name == componentTable {
			continue
		}
		list, err := geo.Read(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range list {
			for _, p := range corners(f) {
				if p.Lng < 119.03 || p.Lng > 119.19 || p.Lat < 36.73 || p.Lat > 36.81 {
					t.Fatalf("%s: %v of %v lies outside the sheet", name, p, f.Properties["code"])
				}
			}
		}
	}
	if size > 900_000 {
		t.Errorf("the files take %d bytes", size)
	}
}

func corners(f geo.Feature) []geo.Point {
	if f.Point != nil {
		return []geo.Point{*f.Point}
	}
	out := []geo.Point(f.Line)
	for _, p := range f.Shape {
		out = append(out, p[0]...)
	}
	return out
}

// A bent sheet that folded over itself would put two places on one.
func TestTheSheetIsBentButNeverFolded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := spot{rapid.Float64Range(-11500, eastEnd-2).Draw(t, "u"), rapid.Float64Range(-6000, 6000).Draw(t, "v")}
		o, e, n := at(p), at(spot{p.u + 1, p.v}), at(spot{p.u, p.v + 1})
		x1, y1 := (e.Lng-o.Lng)*metresPerLng, (e.Lat-o.Lat)*metresPerLat
		x2, y2 := (n.Lng-o.Lng)*metresPerLng, (n.Lat-o.Lat)*metresPerLat
		if area := x1*y2 - y1*x2; area < 0.15 || area > 2.5 {
			t.Fatalf("a square metre at %v becomes %v", p, area)
		}
	})
}

func TestSplittingLosesNoGround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := part{[]spot{{0, 0}, {400, 0}, {500, 300}, {0, 350}}, []class{lane, minor, arterial, water}}
		a := spot{rapid.Float64Range(-50, 550).Draw(t, "u"), rapid.Float64Range(-50, 400).Draw(t, "v")}
		angle := rapid.Float64Range(0, 2*math.Pi).Draw(t, "angle")
		l, r, ok := p.split(a, spot{a.u + 100*math.Cos(angle), a.v + 100*math.Sin(angle)}, secondary)
		if !ok {
			return
		}
		if math.Abs(l.area()+r.area()-p.area()) > 2 || len(l.corners) != len(l.edges) || len(r.corners) != len(r.edges) {
			t.Fatalf("%v + %v of %v", l, r, p)
		}
	})
}

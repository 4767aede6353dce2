package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// rect is a rectangle of metres around the station.
func rect(w, s, e, n float64) Shape {
	return Shape{{{Offset(station, w, s), Offset(station, e, s), Offset(station, e, n), Offset(station, w, n)}}}
}

func TestFlawsMeasureWhatTheyFind(t *testing.T) {
	whole := rect(0, 0, 300, 100)
	for name, c := range map[string]struct {
		shapes []Shape
		want   []Flaw
	}{
		"overlap":          {[]Shape{rect(0, 0, 160, 100), rect(150, 0, 300, 100)}, []Flaw{{Overlap, 0, 1, Point{}, 1000}}},
		"the same twice":   {[]Shape{whole, whole}, []Flaw{{Overlap, 0, 1, Point{}, 30000}}},
		"two gaps":         {[]Shape{rect(0, 0, 100, 100), rect(110, 0, 200, 100), rect(220, 0, 300, 100)}, []Flaw{{Gap, -1, -1, Point{}, 2000}, {Gap, -1, -1, Point{}, 1000}}},
		"sticks out":       {[]Shape{rect(0, 0, 300, 120)}, []Flaw{{Outside, 0, -1, Point{}, 6000}}},
		"sliver of 0.5 m²": {[]Shape{rect(0, 0, 100.005, 100), rect(100, 0, 300, 100)}, nil},
		"hole":             {[]Shape{{{whole[0][0], rect(100, 40, 120, 60)[0][0]}}}, []Flaw{{Gap, -1, -1, Point{}, 400}}},
		"nothing":          {nil, []Flaw{{Gap, -1, -1, Point{}, 30000}}},
	} {
		got := Flaws(c.shapes, whole)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, w := range c.want {
			g := got[i]
			if g.Kind != w.Kind || g.A != w.A || g.B != w.B || math.Abs(g.Area/w.Area-1) > 1e-3 {
				t.Errorf("%s: %+v, want %+v", name, g, w)
			}
			if w.Kind == Gap && len(c.shapes) > 0 && (!whole.Contains(g.At) || Shape(c.shapes[0]).Contains(g.At)) {
				t.Errorf("%s: the gap is not at %v", name, g.At)
			}
		}
	}
}

// Overlap of two convex shapes equals what inclusion and exclusion says of
// them and a box around both.
func TestOverlapGapAndAreaAgree(t *testing.T) {
	box := rect(-600, -600, 600, 600)
	rapid.Check(t, func(t *rapid.T) {
		blob := func(name string) Shape {
			x, y := rapid.Float64Range(-200, 200).Draw(t, name+"x"), rapid.Float64Range(-200, 200).Draw(t, name+"y")
			var r Ring
			for i := range 7 {
				d := rapid.Float64Range(30, 300).Draw(t, name)
				a := 2 * math.Pi * float64(i) / 7
				r = append(r, Offset(station, x+d*math.Cos(a), y+d*math.Sin(a)))
			}
			return Shape{{r}}
		}
		a, b := blob("a"), blob("b")
		overlap, gap := 0.0, 0.0
		for _, f := range Flaws([]Shape{a, b}, box) {
			switch f.Kind {
			case Overlap:
				overlap += f.Area
			case Gap:
				gap += f.Area
			case Outside:
				t.Fatalf("outside: %+v", f)
			}
		}
		if off := box.Area() - a.Area() - b.Area() + overlap - gap; math.Abs(off) > 2e-4*box.Area() { // the planes of the shapes differ a little
			t.Fatalf("off by %v m² of %v", off, box.Area())
		}
	})
}

func TestTornBordersOfARealLayerAreClean(t *testing.T) {
	// A large shape whose neighbours' corners lie on its edge, all corners shared.
	big := rect(0, 0, 500, 400)
	big[0][0] = append(big[0][0][:2:2], append(Ring{Offset(station, 500, 170)}, big[0][0][2:]...)...)
	layer := []Shape{big, rect(500, 0, 900, 170), rect(500, 170, 900, 400)}
	if f := Flaws(layer, rect(0, 0, 900, 400)); len(f) != 0 {
		t.Errorf("%+v", f)
	}
}

func TestShapesAcrossTheDateLine(t *testing.T) {
	fiji := Shape{{{{-18, 179}, {-18, -179}, {-16, -179}, {-16, 179}}}}
	for _, p := range []Point{{-17, 179.5}, {-17, -179.5}, {-17, 180}, {-17, -180}} {
		if !fiji.Contains(p) {
			t.Errorf("%v is outside", p)
		}
	}
	for _, p := range []Point{{-17, 178.9}, {-17, -178.9}, {-17, 0}, {-15, 180}} {
		if fiji.Contains(p) {
			t.Errorf("%v is inside", p)
		}
	}
	zero := Shape{{{{-1, -1}, {-1, 1}, {1, 1}, {1, -1}}}}
	if !zero.Contains(Point{0, 0}) || zero.Contains(Point{0, 179}) {
		t.Error("a shape around 0° is wrong")
	}
	if d := fiji.BorderDistance(Point{-17, 180}); math.Abs(d-106_300) > 500 {
		t.Errorf("border at %v m", d)
	}
}

func TestLabelsLieInside(t *testing.T) {
	bent := Shape{{{Offset(station, 0, 0), Offset(station, 300, 0), Offset(station, 300, 300), Offset(station, 280, 300), Offset(station, 280, 20), Offset(station, 0, 20)}}}
	if c := bent.Center(); !bent.Contains(c) {
		t.Errorf("%v is not inside", c)
	}
	two := append(square(station, 10), square(Offset(station, 500, 0), 50)...)
	if d := Distance(two.Center(), Offset(station, 500, 0)); d > 1 {
		t.Errorf("the label is %v m from the larger part", d)
	}
	if (Shape{}).Center() != (Point{}) {
		t.Error("an empty shape has a middle")
	}
}

func TestLineLengthAndAlong(t *testing.T) {
	l := Line{station, Offset(station, 0, 300), Offset(station, 400, 300)}
	if math.Abs(l.Length()-700) > 0.5 {
		t.Errorf("length %v", l.Length())
	}
	_, i, share := l.Near(Offset(station, 100, 320))
	if along := l.Along(i, share); math.Abs(along-400) > 0.5 {
		t.Errorf("along %v", along)
	}
}

func BenchmarkFlaws(b *testing.B) {
	const n = 60 // 3,600 grids of 100 m
	var layer []Shape
	for x := range n {
		for y := range n {
			layer = append(layer, rect(float64(x)*100, float64(y)*100, float64(x+1)*100, float64(y+1)*100))
		}
	}
	whole := rect(0, 0, n*100, n*100)
	for b.Loop() {
		Flaws(layer, whole)
	}
}

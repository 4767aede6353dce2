package geo

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var station = Point{36.7958, 119.18942}

func TestDistanceBearingAndWind(t *testing.T) {
	for i, want := range []struct {
		east, north float64
	}{{0, 100}, {100, 100}, {100, 0}, {100, -100}, {0, -100}, {-100, -100}, {-100, 0}, {-100, 100}} {
		q := Offset(station, want.east, want.north)
		if d := Distance(station, q); math.Abs(d-math.Hypot(want.east, want.north)) > 0.1 {
			t.Errorf("%d: %v m, want %v", i, d, math.Hypot(want.east, want.north))
		}
		if got := Wind(station, q); got != i {
			t.Errorf("wind %d, want %d", got, i)
		}
	}
}

func square(center Point, half float64) Shape {
	return Shape{{{Offset(center, -half, -half), Offset(center, half, -half), Offset(center, half, half), Offset(center, -half, half)}}}
}

func TestShapes(t *testing.T) {
	s := square(station, 50)
	hole := square(station, 10)
	withHole := Shape{{s[0][0], hole[0][0]}}
	if !s.Contains(station) || withHole.Contains(station) || !withHole.Contains(Offset(station, 20, 0)) || s.Contains(Offset(station, 51, 0)) {
		t.Error("inside and outside are mixed up")
	}
	if a := withHole.Area(); math.Abs(a-(10000-400)) > 20 {
		t.Errorf("area %v", a)
	}
	if d := s.BorderDistance(station); math.Abs(d-50) > 0.2 {
		t.Errorf("border at %v", d)
	}
	if d := Distance(s.Center(), station); d > 0.5 {
		t.Errorf("center is off by %v", d)
	}
}

func TestNeighboursShareEveryPointOnce(t *testing.T) {
	a, b := Point{36.7, 119.1}, Point{36.8, 119.1}
	left := Shape{{{Point{36.7, 119.0}, a, b, Point{36.8, 119.0}}}}
	right := Shape{{{a, Point{36.7, 119.2}, Point{36.8, 119.2}, b}}}
	rapid.Check(t, func(t *rapid.T) {
		p := Point{rapid.Float64Range(36.7, 36.7999).Draw(t, "lat"), 119.1}
		if left.Contains(p) == right.Contains(p) {
			t.Fatalf("%v is in both or in neither", p)
		}
	})
}

func TestLinesMeet(t *testing.T) {
	ns := Line{Offset(station, 0, -500), Offset(station, 0, 500)}
	ew := Line{Offset(station, -500, 0), Offset(station, 500, 0)}
	if c := Crossings(ns, ew, 0); len(c) != 1 || Distance(c[0], station) > 0.1 {
		t.Errorf("cross at %v", c)
	}
	short := Line{Offset(station, 10, 0), Offset(station, 500, 0)}
	if c := Crossings(ns, short, 5); len(c) != 0 {
		t.Error("lines that do not meet cross")
	}
	if c := Crossings(short, ns, 15); len(c) != 1 || Distance(c[0], station) > 0.1 {
		t.Errorf("a line that ends beside another meets it at %v", c)
	}
	bow := Line{Offset(station, -100, -200), Offset(station, 100, 0), Offset(station, -100, 200)}
	if c := Crossings(ns, bow, 10); len(c) != 2 {
		t.Errorf("a bow crosses at %v", c)
	}
	d, i, share := ns.Near(Offset(station, 30, 100))
	if math.Abs(d-30) > 0.1 || i != 0 || math.Abs(share-0.6) > 0.001 {
		t.Errorf("near %v %d %v", d, i, share)
	}
}

func TestCoveringsHoldEverythingNear(t *testing.T) {
	for _, center := range []Point{station, {0, 0.0001}, {0, 180}, {-45, -179.9999}, {89.9, 10}, {-89.9, -100}} {
		rapid.Check(t, func(t *rapid.T) {
			r := rapid.Float64Range(5, 5000).Draw(t, "radius")
			angle := rapid.Float64Range(0, 2*math.Pi).Draw(t, "angle")
			d := rapid.Float64Range(0, 0.99).Draw(t, "share") * r
			lat := center.Lat + d*math.Cos(angle)/earth*180/math.Pi
			lng := math.Mod(center.Lng+d*math.Sin(angle)/(earth*math.Cos(rad(center.Lat)))*180/math.Pi+540, 360) - 180
			if math.Abs(lat) > 90 {
				return
			}
			p := Point{lat, lng}
			if Distance(center, p) > r {
				return
			}
			c, in := Cell(p), false
			for _, x := range Around(center, r) {
				in = in || c >= x.From && c <= x.To
			}
			if !in {
				t.Fatalf("%v is %v m from %v but not in the covering of %v m", p, Distance(center, p), center, r)
			}
		})
	}
}

func TestGeoJSONRoundTrips(t *testing.T) {
	in := []Feature{
		{Point: &Point{36.5, 119.25}, Properties: map[string]any{"name": "a"}},
		{Line: Line{{36.5, 119.25}, {36.6, 119.25}}, Properties: map[string]any{"n": 1.0}},
		{Shape: square(Point{36.5, 119.5}, 1000), Properties: nil},
		{Shape: append(square(Point{36.5, 119.5}, 1000), square(Point{36.75, 119.5}, 1000)...)},
	}
	var b bytes.Buffer
	if err := Write(&b, in); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `"id"`) {
		t.Error("a feature has an id")
	}
	out, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })
	if d := cmp.Diff(in, out, near); d != "" {
		t.Error(d)
	}
}

func TestBadGeoJSONNamesEveryFeature(t *testing.T) {
	_, err := Read(strings.NewReader(`{"type":"FeatureCollection","features":[
		{"type":"Feature","geometry":{"type":"Point","coordinates":[119,36]}},
		{"type":"Feature","geometry":{"type":"Point","coordinates":[36.5,119.2]}},
		{"type":"Feature","geometry":null},
		{"type":"Feature","geometry":{"type":"LineString","coordinates":[[119,36]]}},
		{"type":"Feature","geometry":{"type":"Polygon","coordinates":"x"}}]}`))
	for _, want := range []string{"feature 2", "feature 3", "feature 4", "feature 5"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in %v", want, err)
		}
	}
	for _, bad := range []string{"", "[]", `{"type":"Feature"}`, `{"type":"FeatureCollection","features":[]} x`,
		`{"type":"FeatureCollection","features":[{"type":"Fature","geometry":{"type":"Point","coordinates":[119,36]}}]}`,
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}`} {
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("read %q", bad)
		}
	}
}

func TestFlawsAreFoundAndCleanLayersHaveNone(t *testing.T) {
	whole := square(station, 1000)
	var quarters []Shape
	for _, c := range [][2]float64{{-500, -500}, {500, -500}, {-500, 500}, {500, 500}} {
		quarters = append(quarters, Shape{{{
			Offset(station, c[0]-500, c[1]-500), Offset(station, c[0]+500, c[1]-500), Offset(station, c[0]+500, c[1]+500), Offset(station, c[0]-500, c[1]+500)}}})
	}
	if f := Flaws(quarters, whole); len(f) != 0 {
		t.Errorf("a clean layer has flaws: %+v", f)
	}
	gap := Flaws(quarters[:3], whole)
	if len(gap) != 1 || gap[0].Kind != Gap || math.Abs(gap[0].Area-1e6) > 2e3 {
		t.Errorf("gap: %+v", gap)
	}
	thin := append(quarters[:3:3], Shape{{{Offset(station, -0.5, -0.5), Offset(station, 1000, 0), Offset(station, 1000, 1000), Offset(station, 0, 1000)}}})
	if f := Flaws(thin, nil); len(f) == 0 {
		t.Error("an overlap half a metre thin was not found")
	}
}

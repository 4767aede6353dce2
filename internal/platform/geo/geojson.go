package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
)

// Feature is one shape with its properties. Exactly one of Point, Line and
// Shape is set.
type Feature struct {
	Point      *Point
	Line       Line
	Shape      Shape
	Properties map[string]any
}

type jsonFeature struct {
	Type       string          `json:"type"`
	Properties map[string]any  `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

type jsonGeometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// jsonCRS is the member of older GeoJSON that names a coordinate system.
type jsonCRS struct {
	Properties struct {
		Name string `json:"name"`
	} `json:"properties"`
}

// degrees reports a system whose degrees agree with WGS-84 within a metre.
func (c jsonCRS) degrees() bool {
	for _, end := range []string{"CRS84", ":4326", ":4490"} {
		if strings.HasSuffix(c.Properties.Name, end) {
			return true
		}
	}
	return false
}

// maxLayer bounds a file: a city's grids take a few megabytes.
const maxLayer = 64 << 20

// Broken is a feature that cannot be read; Number counts from 1.
type Broken struct {
	Number int
	Err    error
}

func (b *Broken) Error() string { return fmt.Sprintf("feature %d: %v", b.Number, b.Err) }
func (b *Broken) Unwrap() error { return b.Err }

// Read decodes a FeatureCollection of Points, LineStrings, Polygons and
// MultiPolygons in WGS-84. Wrong features are told all at once, as joined
// errors of type *Broken; they keep their place in the list, without geometry.
func Read(r io.Reader) ([]Feature, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxLayer+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxLayer {
		return nil, fmt.Errorf("larger than %d MB", maxLayer>>20)
	}
	var doc struct {
		Type     string        `json:"type"`
		Features []jsonFeature `json:"features"`
		CRS      *jsonCRS      `json:"crs"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, fmt.Errorf("not GeoJSON: %w", err)
	}
	if doc.Type != "FeatureCollection" {
		return nil, fmt.Errorf("want a FeatureCollection, have %q", doc.Type)
	}
	if doc.CRS != nil && !doc.CRS.degrees() {
		return nil, fmt.Errorf("want WGS-84 or CGCS2000 degrees, have %q", doc.CRS.Properties.Name)
	}
	out := make([]Feature, 0, len(doc.Features))
	var bad []error
	for i, f := range doc.Features {
		x := Feature{Properties: f.Properties}
		if f.Type != "Feature" {
			bad = append(bad, &Broken{i + 1, fmt.Errorf("want a Feature, have %q", f.Type)})
		} else if err := x.UnmarshalGeometry(f.Geometry); err != nil {
			bad = append(bad, &Broken{i + 1, err})
			x.Point, x.Line, x.Shape = nil, nil, nil
		}
		out = append(out, x)
	}
	return out, errors.Join(bad...)
}

// UnmarshalGeometry reads one GeoJSON geometry into the feature.
func (f *Feature) UnmarshalGeometry(raw []byte) error {
	var g jsonGeometry
	if err := json.Unmarshal(raw, &g); err != nil {
		return fmt.Errorf("no geometry: %w", err)
	}
	switch g.Type {
	case "Point":
		p, err := decode[[]float64](g.Coordinates, point)
		f.Point = &p
		return err
	case "LineString":
		l, err := decode[[][]float64](g.Coordinates, points)
		if err == nil && len(l) < 2 {
			err = errors.New("a line has at least two points")
		}
		f.Line = l
		return err
	case "Polygon":
		p, err := decode[[][][]float64](g.Coordinates, polygon)
		f.Shape = Shape{p}
		return err
	case "MultiPolygon":
		s, err := decode[[][][][]float64](g.Coordinates, func(in [][][][]float64) (Shape, error) {
			return each(in, polygon)
		})
		f.Shape = s
		return err
	}
	return fmt.Errorf("geometry %q is not read here", g.Type)
}

func decode[In, Out any](raw json.RawMessage, fn func(In) (Out, error)) (out Out, err error) {
	var in In
	if err := json.Unmarshal(raw, &in); err != nil {
		return out, errors.New("coordinates are not numbers in the right nesting")
	}
	return fn(in)
}

func each[In, Out any](in []In, fn func(In) (Out, error)) (out []Out, err error) {
	for _, x := range in {
		y, err := fn(x)
		if err != nil {
			return nil, err
		}
		out = append(out, y)
	}
	return out, nil
}

func point(c []float64) (Point, error) {
	if len(c) < 2 {
		return Point{}, errors.New("a point has two coordinates")
	}
	p := Point{Lat: c[1], Lng: c[0]}
	if math.Abs(p.Lat) > 90 || math.Abs(p.Lng) > 180 || math.IsNaN(p.Lat+p.Lng) {
		return p, fmt.Errorf("%v, %v is not a WGS-84 longitude and latitude", c[0], c[1])
	}
	return p, nil
}

func points(c [][]float64) ([]Point, error) { return each(c, point) }

func polygon(c [][][]float64) (Polygon, error) {
	rings, err := each(c, func(r [][]float64) (Ring, error) {
		ps, err := points(r)
		if err == nil && len(ps) > 1 && ps[0] == ps[len(ps)-1] {
			ps = ps[:len(ps)-1]
		}
		if err == nil && len(ps) < 3 {
			err = errors.New("a ring has at least three corners")
		}
		return ps, err
	})
	if err == nil && len(rings) == 0 {
		err = errors.New("a polygon has an outer ring")
	}
	return rings, err
}

// MarshalGeometry writes the GeoJSON geometry with six decimals (0.1 m).
func (f Feature) MarshalGeometry() json.RawMessage {
	switch {
	case f.Point != nil:
		return geometry("Point", pair(*f.Point))
	case f.Line != nil:
		return geometry("LineString", pairs(f.Line, false))
	case len(f.Shape) == 1:
		return geometry("Polygon", rings(f.Shape[0]))
	}
	all := make([][][]json.RawMessage, 0, len(f.Shape))
	for _, p := range f.Shape {
		all = append(all, rings(p))
	}
	return geometry("MultiPolygon", all)
}

func geometry(kind string, c any) json.RawMessage {
	b, err := json.Marshal(struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}{kind, c})
	if err != nil {
		panic(err) // numbers in slices always marshal
	}
	return b
}

func pair(p Point) json.RawMessage { return json.RawMessage(fmt.Sprintf("[%.6f,%.6f]", p.Lng, p.Lat)) }

func pairs(l []Point, closed bool) []json.RawMessage {
	out := make([]json.RawMessage, 0, len(l)+1)
	for _, p := range l {
		out = append(out, pair(p))
	}
	if closed {
		out = append(out, pair(l[0]))
	}
	return out
}

func rings(p Polygon) [][]json.RawMessage {
	out := make([][]json.RawMessage, 0, len(p))
	for _, r := range p {
		out = append(out, pairs(r, true))
	}
	return out
}

// Write encodes features as a FeatureCollection, one feature a line, so that
// a change to one is a change to one line. Features have no id: some map
// programs drop those whose id is null.
func Write(w io.Writer, features []Feature) error {
	if _, err := io.WriteString(w, "{\"type\":\"FeatureCollection\",\"features\":[\n"); err != nil {
		return err
	}
	for i, f := range features {
		b, err := json.Marshal(jsonFeature{"Feature", f.Properties, f.MarshalGeometry()})
		if err != nil {
			return err
		}
		sep := ",\n"
		if i == len(features)-1 {
			sep = "\n"
		}
		if _, err := w.Write(append(b, sep...)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}

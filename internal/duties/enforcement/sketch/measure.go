package sketch

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Kinds of what is measured.
const (
	Point = "point"
	Line  = "line"
	Area  = "area"
)

// Measure is one thing on a sketch: drawn on the map, or taken by tape where
// Ring is empty.
type Measure struct {
	Kind   string
	Name   string
	Ring   []geo.Point // one point, the bends of a line, the corners of an area
	Length float64     // metres: of a line, or around an area
	Square float64     // square metres of an area
}

// Says is what was measured, for a picture and a list.
func (m Measure) Says() string {
	switch m.Kind {
	case Line:
		return fmt.Sprintf("%.2f m", m.Length)
	case Area:
		return fmt.Sprintf("%.2f m²", m.Square)
	}
	return ""
}

// Tape is a length, or a length and a width, measured by tape.
type Tape struct {
	Name          string
	Length, Width float64
}

// Bounds of one sketch: what can be seen on it.
const (
	mostShapes = 40
	mostBends  = 200
	widest     = 5000.0 // metres from one end to the other
)

// Read measures what was drawn (GeoJSON) and what was taken by tape. Something
// that cannot be read, is too much or lies too far apart is Invalid.
func Read(drawn string, tapes []Tape) (out []Measure, err error) {
	bad := func(key string, kv ...any) error {
		return fault.New(fault.Invalid, "form.refused").Field("drawn", key, kv...)
	}
	if strings.TrimSpace(drawn) != "" {
		list, err := geo.Read(strings.NewReader(drawn))
		if err != nil {
			return nil, bad("sketch.unreadable")
		}
		for _, f := range list {
			m, ok := measured(f)
			if !ok {
				return nil, bad("sketch.unreadable")
			}
			out = append(out, m)
		}
	}
	for _, t := range tapes {
		m := Measure{Kind: Line, Name: t.Name, Length: t.Length}
		if t.Width > 0 {
			m.Kind, m.Length, m.Square = Area, 2*(t.Length+t.Width), t.Length*t.Width
		}
		if t.Length <= 0 || t.Length > widest || t.Width < 0 || t.Width > widest {
			return nil, fault.New(fault.Invalid, "form.refused").Field("tapes", "sketch.tape")
		}
		out = append(out, m)
	}
	box, n := geo.Line{}, 0
	for _, m := range out {
		n += len(m.Ring)
		box = append(box, m.Ring...)
	}
	switch {
	case len(out) == 0:
		return nil, bad("sketch.empty")
	case len(out) > mostShapes || n > mostBends:
		return nil, bad("sketch.many", "n", mostShapes)
	case len(box) > 0 && extent(box) > widest:
		return nil, bad("sketch.wide")
	}
	for i := range out {
		if out[i].Name == "" {
			out[i].Name = strconv.Itoa(i + 1)
		}
	}
	return out, nil
}

// extent is how far apart the corners of the points' box are, in metres.
func extent(l geo.Line) float64 {
	b := l.Bounds()
	return geo.Distance(geo.Point{Lat: b.S, Lng: b.W}, geo.Point{Lat: b.N, Lng: b.E})
}

// measured is a drawn feature with its length and area.
func measured(f geo.Feature) (m Measure, ok bool) {
	name, _ := f.Properties["name"].(string)
	if r := []rune(name); len(r) > 40 {
		name = string(r[:40])
	}
	m.Name = name
	switch {
	case f.Point != nil:
		m.Kind, m.Ring = Point, []geo.Point{*f.Point}
	case len(f.Line) > 1:
		m.Kind, m.Ring, m.Length = Line, f.Line, f.Line.Length()
	case len(f.Shape) == 1 && len(f.Shape[0]) == 1:
		ring := f.Shape[0][0]
		m.Kind, m.Ring, m.Square = Area, ring, f.Shape.Area()
		m.Length = append(append(geo.Line{}, ring...), ring[0]).Length()
	default:
		return m, false
	}
	return m, true
}

// Document is the sketch as GeoJSON; what was taken by tape has no place and
// stands in the picture and in the record alone.
func Document(list []Measure) (string, error) {
	var features []geo.Feature
	for _, m := range list {
		f := geo.Feature{Properties: map[string]any{"name": m.Name, "kind": m.Kind, "length": round(m.Length), "area": round(m.Square)}}
		switch {
		case len(m.Ring) == 0:
			continue
		case m.Kind == Point:
			f.Point = &m.Ring[0]
		case m.Kind == Line:
			f.Line = m.Ring
		default:
			f.Shape = geo.Shape{{m.Ring}}
		}
		features = append(features, f)
	}
	var b bytes.Buffer
	err := geo.Write(&b, features)
	return b.String(), err
}

func round(v float64) float64 {
	n, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 2, 64), 64)
	return n
}

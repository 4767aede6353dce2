package place

import (
	"fmt"
	"io"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// Layer is what a feature is.
type Layer string

// The layers. Division, street, community and grid are the tree; each code
// begins with its parent's.
const (
	Division  Layer = "division"
	Street    Layer = "street"
	Community Layer = "community"
	Grid      Layer = "grid"
	Zone      Layer = "zone"   // responsibility zone; Kind: sweeping, greening, road …
	Road      Layer = "road"   // Kind: arterial, secondary, minor, ramp
	Site      Layer = "site"   // Kind: station, school, hospital, park, cluster …
	Ground    Layer = "ground" // only to be drawn; Kind: block, water, green
)

// codeLength is how long the codes of the tree are (GB/T 47678.3: 15 for a
// grid = 6 division + 3 street + 3 community + 3 serial).
var codeLength = map[Layer]int{Division: 6, Street: 9, Community: 12, Grid: 15}

var parentOf = map[Layer]Layer{Street: Division, Community: Street, Grid: Community}

// Provenance of everything on the map.
const (
	Real        = "real"
	Approximate = "approximate"
	Synthetic   = "synthetic"
)

// Feature is one thing on the map, as it was in a period.
type Feature struct {
	Layer      Layer
	Code       string
	Name       i18n.Text
	Kind       string
	Parent     string // code of the parent in the tree
	Department string // code, of a zone
	Provenance string
	Note       string
	From, To   string // days, both included; "" is open
	Geometry   geo.Feature
}

// Holds reports whether the feature was so at the instant.
func (f Feature) Holds(at time.Time) bool {
	day := calendar.DateOf(at).String()
	return (f.From == "" || f.From <= day) && (f.To == "" || day <= f.To)
}

// Issue is what is wrong with one feature of a file.
type Issue struct {
	Feature int // from 1; 0 for the whole file
	Err     *fault.Error
}

// Parse reads a layer file. Properties: layer, code, name_zh, name_en, kind,
// parent, department, provenance, note, valid_from, valid_to. All issues come
// at once; features with issues are left out.
func Parse(r io.Reader) (list []Feature, issues []Issue) {
	raw, err := geo.Read(r)
	if err != nil {
		issues = append(issues, Issue{Err: fault.Wrap(err, fault.Invalid, "place.geojson", "why", err.Error())})
	}
	seen := map[string]bool{}
	for i, x := range raw {
		f, err := feature(x)
		key := string(f.Layer) + "/" + f.Code + "/" + f.From
		if err == nil && seen[key] {
			err = fault.New(fault.Invalid, "place.twice", "code", f.Code)
		}
		seen[key] = true
		if err != nil {
			issues = append(issues, Issue{Feature: i + 1, Err: err})
			continue
		}
		list = append(list, f)
	}
	return list, issues
}

func feature(x geo.Feature) (Feature, *fault.Error) {
	text := func(name string) string {
		s, _ := x.Properties[name].(string)
		return strings.TrimSpace(s)
	}
	f := Feature{Layer: Layer(text("layer")), Code: text("code"), Name: i18n.Text{ZH: text("name_zh"), EN: text("name_en")},
		Kind: text("kind"), Parent: text("parent"), Department: text("department"), Provenance: text("provenance"),
		Note: text("note"), From: text("valid_from"), To: text("valid_to"), Geometry: x}
	f.Geometry.Properties = nil
	return f, f.check()
}

func (f Feature) check() *fault.Error {
	bad := func(key string, kv ...any) *fault.Error {
		return fault.New(fault.Invalid, key, append([]any{"code", f.Code}, kv...)...)
	}
	switch f.Layer {
	case Division, Street, Community, Grid, Zone, Ground:
		if len(f.Geometry.Shape) == 0 {
			return bad("place.need_shape")
		}
	case Road:
		if f.Geometry.Line == nil {
			return bad("place.need_line")
		}
	case Site:
		if f.Geometry.Point == nil && len(f.Geometry.Shape) == 0 {
			return bad("place.need_point")
		}
	default:
		return bad("place.layer", "layer", string(f.Layer))
	}
	if f.Code == "" {
		return bad("place.need_code")
	}
	if n, ok := codeLength[f.Layer]; ok && len(f.Code) != n {
		return bad("place.code_length", "n", n)
	}
	if parent, ok := parentOf[f.Layer]; ok && f.Code[:codeLength[parent]] != f.Parent {
		return bad("place.parent", "parent", f.Parent)
	}
	if f.Provenance != Real && f.Provenance != Approximate && f.Provenance != Synthetic {
		return bad("place.provenance", "provenance", f.Provenance)
	}
	if f.Layer == Zone && (f.Kind == "" || f.Department == "") {
		return bad("place.zone")
	}
	for _, d := range []string{f.From, f.To} {
		if _, err := calendar.ParseDate(d); d != "" && err != nil {
			return bad("place.period")
		}
	}
	return nil
}

// Check looks at a whole set of features as they are at an instant: parents
// that do not exist, and overlaps and gaps in each level of the tree.
func Check(list []Feature, at time.Time) []*fault.Error {
	var out []*fault.Error
	byLayer := map[Layer][]Feature{}
	codes := map[string]bool{}
	for _, f := range list {
		if f.Holds(at) {
			byLayer[f.Layer] = append(byLayer[f.Layer], f)
			codes[f.Code] = true
		}
	}
	var whole geo.Shape
	for _, d := range byLayer[Division] {
		whole = append(whole, d.Geometry.Shape...)
	}
	for _, level := range []Layer{Street, Community, Grid} {
		var shapes []geo.Shape
		for _, f := range byLayer[level] {
			shapes = append(shapes, f.Geometry.Shape)
			if !codes[f.Parent] {
				out = append(out, fault.New(fault.Invalid, "place.no_parent", "code", f.Code, "parent", f.Parent))
			}
		}
		if len(shapes) == 0 {
			continue
		}
		for _, flaw := range geo.Flaws(shapes, whole) {
			where := fmt.Sprintf("%.6f, %.6f", flaw.At.Lat, flaw.At.Lng)
			if flaw.A < 0 {
				out = append(out, fault.New(fault.Invalid, "place.gap", "layer", string(level), "m2", int(flaw.Area), "at", where))
				continue
			}
			out = append(out, fault.New(fault.Invalid, "place.overlap", "a", byLayer[level][flaw.A].Code, "b", byLayer[level][flaw.B].Code, "m2", int(flaw.Area), "at", where))
		}
	}
	return out
}

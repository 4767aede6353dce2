package place

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"

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

// parentOf is the level above in the tree.
var parentOf = map[Layer]Layer{Street: Division, Community: Street, Grid: Community}

// Codes is how long the codes of the tree are.
type Codes map[Layer]int

// Standard is 6 division + 3 street + 3 community + 3 serial = 15 characters
// (GB/T 47678.3, GB/T 30428.1). CJ/T 213-2005 had 14 for a grid.
func Standard() Codes { return Codes{Division: 6, Street: 9, Community: 12, Grid: 15} }

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
	Unit       string // crew or contractor of the department, of a zone; may be empty
	Provenance string
	Note       string
	From, To   string // days, both included; "" is open
	Geometry   geo.Feature
}

// Issue is what is wrong with one feature of a file.
type Issue struct {
	Feature int // from 1; 0 for the whole file
	Err     *fault.Error
}

// Parse reads a layer file with codes of the standard length.
func Parse(r io.Reader) (list []Feature, issues []Issue) { return Standard().Parse(r) }

// Parse reads a layer file. Properties: layer, code, name_zh, name_en, kind,
// parent, department, unit, provenance, note, valid_from, valid_to. All issues come
// at once; features with issues are left out.
func (c Codes) Parse(r io.Reader) (list []Feature, issues []Issue) {
	raw, err := geo.Read(r)
	broken := map[int]bool{}
	for _, e := range parts(err) {
		issue := Issue{Err: fault.Wrap(e, fault.Invalid, "place.geojson", "why", e.Error())}
		if b := (*geo.Broken)(nil); errors.As(e, &b) {
			issue.Feature, broken[b.Number] = b.Number, true
		}
		issues = append(issues, issue)
	}
	seen := map[string]bool{}
	for i, x := range raw {
		if broken[i+1] {
			continue
		}
		f, err := c.feature(x)
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
	slices.SortStableFunc(issues, func(a, b Issue) int { return cmp.Compare(a.Feature, b.Feature) })
	return list, issues
}

// parts takes joined errors apart.
func parts(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

func (c Codes) feature(x geo.Feature) (Feature, *fault.Error) {
	text := func(name string) string {
		s, _ := x.Properties[name].(string)
		return strings.TrimSpace(s)
	}
	f := Feature{Layer: Layer(text("layer")), Code: text("code"), Name: i18n.Text{ZH: text("name_zh"), EN: text("name_en")},
		Kind: text("kind"), Parent: text("parent"), Department: text("department"), Unit: text("unit"), Provenance: text("provenance"),
		Note: text("note"), From: text("valid_from"), To: text("valid_to"), Geometry: x}
	f.Geometry.Properties = nil
	return f, c.check(f)
}

func (c Codes) check(f Feature) *fault.Error {
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
	if n, ok := c[f.Layer]; ok && (len(f.Code) != n || strings.Trim(f.Code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return bad("place.code_length", "n", n)
	}
	if parent, ok := parentOf[f.Layer]; ok && f.Code[:c[parent]] != f.Parent {
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
	if f.To != "" && f.To < f.From {
		return bad("place.period_turned", "from", f.From, "to", f.To)
	}
	return nil
}

package place

import (
	"fmt"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Check looks at a whole set of features as they are at an instant, and tells
// everything at once: parents that do not exist, overlaps within each level of
// the tree, what sticks out of its parent, and what of a parent no child fills
// (for levels that have features at all). Slivers up to 1 m² pass.
func Check(list []Feature, at time.Time) []*fault.Error {
	t := tree{byLayer: map[Layer][]Feature{}, children: map[string][]Feature{}, known: map[string]bool{}}
	spans := periods(list)
	for i, f := range list {
		if !spans[i].holds(dayOf(at)) {
			continue
		}
		t.byLayer[f.Layer] = append(t.byLayer[f.Layer], f)
		if _, ok := parentOf[f.Layer]; ok || f.Layer == Division {
			t.known[f.Code] = true
			t.children[f.Parent] = append(t.children[f.Parent], f)
		}
	}
	for _, level := range []Layer{Street, Community, Grid} {
		t.check(level)
	}
	return t.found
}

type tree struct {
	byLayer  map[Layer][]Feature
	children map[string][]Feature
	known    map[string]bool
	found    []*fault.Error
}

func (t *tree) bad(key string, kv ...any) {
	t.found = append(t.found, fault.New(fault.Invalid, key, kv...))
}

func (t *tree) check(level Layer) {
	all := t.byLayer[level]
	if len(all) == 0 {
		return
	}
	for _, f := range all {
		if !t.known[f.Parent] {
			t.bad("place.no_parent", "code", f.Code, "parent", f.Parent)
		}
	}
	for _, flaw := range geo.Flaws(shapes(all), nil) {
		t.bad("place.overlap", "a", all[flaw.A].Code, "b", all[flaw.B].Code, "m2", int(flaw.Area), "at", where(flaw.At))
	}
	for _, parent := range t.byLayer[parentOf[level]] {
		in := t.children[parent.Code]
		for _, flaw := range geo.Flaws(shapes(in), parent.Geometry.Shape) {
			switch flaw.Kind {
			case geo.Gap:
				t.bad("place.gap", "code", parent.Code, "layer", string(level), "m2", int(flaw.Area), "at", where(flaw.At))
			case geo.Outside:
				t.bad("place.outside", "code", in[flaw.A].Code, "parent", parent.Code, "m2", int(flaw.Area), "at", where(flaw.At))
			}
		}
	}
}

func shapes(list []Feature) []geo.Shape {
	out := make([]geo.Shape, len(list))
	for i, f := range list {
		out[i] = f.Geometry.Shape
	}
	return out
}

func where(p geo.Point) string { return fmt.Sprintf("%.6f, %.6f", p.Lat, p.Lng) }

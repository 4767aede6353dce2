package operation

import (
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/geo"
)

// Area is the outline of an operation, nil where it has none and the radius
// around its centre holds.
func Area(s *engine.Snapshot) geo.Shape {
	if ring := geo.ParseOutline(s.Text("outline")); len(ring) >= 3 {
		return geo.Shape{geo.Polygon{geo.Ring(ring)}}
	}
	return nil
}

// Inside reports whether the place lies in the area of the operation.
func Inside(s *engine.Snapshot, at procedure.Point) bool {
	p := geo.Point{Lat: at.Lat, Lng: at.Lng}
	if shape := Area(s); shape != nil {
		return shape.Contains(p)
	}
	radius, _ := s.Data["radius"].(int64)
	return s.Place == nil || geo.Distance(p, geo.Point{Lat: s.Place.Lat, Lng: s.Place.Lng}) <= float64(radius)
}

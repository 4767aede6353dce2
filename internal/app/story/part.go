package story

import (
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/platform/geo"
)

// partMetres is how far from the words of a story the thing it is about may stand.
const partMetres = 90.0

// part is the identifier of the component that a story of the demonstration is
// about, to whose place the story then moves; "" when none of the kind is near.
func (c *tale) part() (string, error) {
	cat, err := c.Catalogues.Catalogue(c.ctx, c.division.ID)
	if err != nil {
		return "", err
	}
	matter, err := cat.Class(c.Class)
	if err != nil {
		return "", err
	}
	kind, ok := cat.ComponentOf(matter)
	if !ok {
		return "", nil
	}
	near, err := component.Around(c.ctx, c.DB, c.division.ID, geo.Point{Lat: c.at.Lat, Lng: c.at.Lng}, partMetres, kind.Code, 1)
	if err != nil || len(near) == 0 || near[0].Class() != kind.Code {
		return "", err
	}
	p := near[0].Point()
	c.at = procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: c.at.Accuracy}
	return near[0].Code, nil
}

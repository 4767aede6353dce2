package mapview_test

import (
	"net/url"
	"testing"

	"xiucheng/internal/platform/geo"
	"xiucheng/internal/shell/mapview"
)

func TestAViewThatCannotBeReadIsTheWholeWorld(t *testing.T) {
	world := geo.Box{W: -180, S: -90, E: 180, N: 90}
	for query, want := range map[string]struct {
		in   geo.Box
		zoom int
	}{
		"":                               {world, 12},
		"zoom=15&in=119,36.5,119.5,37":   {geo.Box{W: 119, S: 36.5, E: 119.5, N: 37}, 15},
		"zoom=x&in=119,36.5,119.5":       {world, 12},
		"zoom=3&in=-500,-100,500,100":    {world, 3},
		"zoom=3&in=NaN,1,2,3":            {world, 3},
		"zoom=3&in=119,36.5,119.5,north": {world, 3},
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if in, zoom := mapview.Asked(q); in != want.in || zoom != want.zoom {
			t.Errorf("%q: %v at %d, want %+v", query, in, zoom, want)
		}
	}
}

package geo_test

import (
	"testing"

	"xiucheng/internal/platform/geo"
)

func TestAnOutlineIsReadAsItIsWritten(t *testing.T) {
	if got := geo.ParseOutline("119.1 36.7; 119.2  36.7;119.2 36.8"); len(got) != 3 || got[1] != (geo.Point{Lat: 36.7, Lng: 119.2}) {
		t.Errorf("%v", got)
	}
	for _, s := range []string{"", "119.1", "119.1,36.7; 119.2,36.7", "119.1 36.7; 0 0", "119.1 36.7; x y", "119.1 36.7; 119.2 NaN", "119.1 36.7;", "36.7 119.1 5"} {
		if got := geo.ParseOutline(s); got != nil {
			t.Errorf("%q: %v", s, got)
		}
	}
}

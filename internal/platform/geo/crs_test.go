package geo

import (
	"testing"

	"pgregory.net/rapid"
)

// The point and its forms of the public coordtransform library.
func TestKnownPointsOfTheShiftedSystems(t *testing.T) {
	p := Point{Lat: 39.915, Lng: 116.404}
	for name, c := range map[string]struct{ got, want Point }{
		"WGS-84 to GCJ-02": {GCJ02.FromWGS84(p), Point{Lat: 39.91640428150164, Lng: 116.41024449916938}},
		"GCJ-02 to BD-09":  {toBaidu(p), Point{Lat: 39.92133699351021, Lng: 116.41036949371029}},
		"BD-09 to GCJ-02":  {fromBaidu(p), Point{Lat: 39.90865673957631, Lng: 116.39762729119315}},
		"CGCS2000":         {CGCS2000.FromWGS84(p), p},
	} {
		if d := Distance(c.got, c.want); d > 0.5 {
			t.Errorf("%s: %v, %f m from %v", name, c.got, d, c.want)
		}
	}
	weifang := Point{Lat: 36.7682, Lng: 119.1421}
	if d := Distance(weifang, GCJ02.FromWGS84(weifang)); d < 450 || d > 650 {
		t.Errorf("GCJ-02 lies %f m away in Weifang", d)
	}
	boston := Point{Lat: 42.36, Lng: -71.06}
	if GCJ02.FromWGS84(boston) != boston {
		t.Error("the shift applies outside China")
	}
}

func TestThereAndBackIsTheSamePoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Point{Lat: rapid.Float64Range(18, 53).Draw(t, "lat"), Lng: rapid.Float64Range(74, 134).Draw(t, "lng")}
		for _, crs := range []CRS{WGS84, CGCS2000, GCJ02, BD09} {
			if d := Distance(p, crs.ToWGS84(crs.FromWGS84(p))); d > 0.001 {
				t.Fatalf("%v: %f m off", crs, d)
			}
		}
	})
}

func TestNamesOfSystems(t *testing.T) {
	for name, want := range map[string]CRS{"wgs84": WGS84, "WGS-84": WGS84, "EPSG:4326": WGS84, "cgcs2000": CGCS2000, "EPSG:4490": CGCS2000, "GCJ02": GCJ02, "gcj-02": GCJ02, "bd09": BD09} {
		if got, err := ParseCRS(name); err != nil || got != want {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for _, name := range []string{"", "mars", "EPSG:3857"} {
		if _, err := ParseCRS(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

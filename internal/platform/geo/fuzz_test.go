package geo

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

// What is read has finite coordinates on the globe, can be measured without a
// panic, and is read again from what is written of it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[119.1,36.7]}}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"LineString","coordinates":[[119.1,36.7],[119.2,36.8]]}}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`,
		`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[179,0],[-179,0],[-179,1],[179,0]]]]}}]}`,
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":null}`, `[]`, `{"type":"FeatureCollection","features":[null]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, x := range list {
			if x.Point != nil && (!x.Point.Valid() || math.IsNaN(x.Point.Lat)) {
				t.Fatalf("%v is no point", *x.Point)
			}
			_, _ = x.Shape.Area(), x.Line.Length()
			if len(x.Shape) > 0 {
				_ = x.Shape.Contains(x.Shape.Center())
			}
			raw := x.MarshalGeometry()
			var again Feature
			if !json.Valid(raw) || again.UnmarshalGeometry(raw) != nil {
				t.Fatalf("%s cannot be read again", raw)
			}
		}
	})
}

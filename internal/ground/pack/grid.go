package pack

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"xiucheng/internal/ground/place"
)

// gridSheet is the workbook's table of unit grids. A border is written as its
// corners in order, "119.0612 36.7523; 119.0634 36.7523; …": longitude and
// latitude in WGS-84 or CGCS2000 degrees.
func gridSheet() sheet {
	return sheet{zh: "网格", en: "grids", columns: append([]column{{"code", "编码", false}, {"name_zh", "名称", false}, {"name_en", "英文名称", true},
		{"border", "边界（经度 纬度; …）", false}, {"provenance", "来源", true}}, period()...)}
}

// parseGrid reads a row by way of GeoJSON, so that the map's own checks apply.
func parseGrid(r record) []place.Feature {
	ring, ok := corners(r.text("border"))
	if !ok {
		r.bad("pack.border")
		return nil
	}
	code, provenance := r.text("code"), r.text("provenance")
	if provenance == "" {
		provenance = place.Real
	}
	properties := map[string]string{
		"layer": string(place.Grid), "code": code, "parent": code[:min(12, len(code))], "name_zh": r.text("name_zh"), "name_en": r.text("name_en"),
		"provenance": provenance, "valid_from": r.text("valid_from"), "valid_to": r.text("valid_to"),
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{map[string]any{
		"type": "Feature", "properties": properties, "geometry": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}}}}})
	if err != nil {
		panic(err) // numbers were parsed above
	}
	features, issues := place.Parse(bytes.NewReader(body))
	for _, i := range issues {
		*r.ps = append(*r.ps, Problem{File: r.file, Line: r.line, Key: i.Err.Key, Args: i.Err.Args})
	}
	return features
}

// corners reads a ring and closes it.
func corners(border string) (ring [][2]float64, ok bool) {
	for _, corner := range strings.FieldsFunc(border, func(c rune) bool { return c == ';' || c == '；' || c == '\n' }) {
		xy := strings.FieldsFunc(corner, func(c rune) bool { return c == ' ' || c == ',' || c == '，' })
		if len(xy) == 0 {
			continue
		}
		if len(xy) != 2 {
			return nil, false
		}
		lng, err1 := strconv.ParseFloat(xy[0], 64)
		lat, err2 := strconv.ParseFloat(xy[1], 64)
		if err1 != nil || err2 != nil || lng < -180 || lng > 180 || lat < -90 || lat > 90 {
			return nil, false
		}
		ring = append(ring, [2]float64{lng, lat})
	}
	if len(ring) < 3 {
		return nil, false
	}
	if ring[0] != ring[len(ring)-1] {
		ring = append(ring, ring[0])
	}
	return ring, true
}

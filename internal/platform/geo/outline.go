package geo

import (
	"strconv"
	"strings"
)

// ParseOutline reads points as people and registers write them: "lng lat; lng
// lat; …" in WGS-84; nil where one of them is no place.
func ParseOutline(s string) (out []Point) {
	for pair := range strings.SplitSeq(s, ";") {
		lng, lat, _ := strings.Cut(strings.TrimSpace(pair), " ")
		x, errX := strconv.ParseFloat(lng, 64)
		y, errY := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		p := Point{Lat: y, Lng: x}
		if errX != nil || errY != nil || !p.Valid() {
			return nil
		}
		out = append(out, p)
	}
	return out
}

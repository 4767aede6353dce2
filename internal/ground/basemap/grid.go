package basemap

import (
	"fmt"
	"math"
	"strings"

	"xiucheng/internal/platform/geo"
)

// grid is how a source lays out its tiles. All have one tile of 256 pixels for
// 360 degrees at zoom 0 and count from the north-west.
type grid int

// The grids.
const (
	mercator   grid = iota // EPSG:3857, WGS-84 or CGCS2000
	shifted                // the same over GCJ-02 火星坐标
	geographic             // EPSG:4326 and EPSG:4490: degrees are pixels, the “c” sets of 天地图
)

// parseGrid reads the name of a coordinate system; empty is web mercator.
func parseGrid(s string) (grid, error) {
	switch strings.ToUpper(strings.ReplaceAll(s, " ", "")) {
	case "", "EPSG:3857", "EPSG:900913", "WEBMERCATOR":
		return mercator, nil
	case "GCJ-02", "GCJ02":
		return shifted, nil
	case "EPSG:4326", "EPSG:4490", "CGCS2000", "WGS84":
		return geographic, nil
	case "BD-09", "BD09":
		return mercator, fmt.Errorf("tiles of Baidu (BD-09) have a grid of their own and cannot be used; use EPSG:3857, EPSG:4326, EPSG:4490 or GCJ-02")
	}
	return mercator, fmt.Errorf("the coordinate system of tiles is EPSG:3857, EPSG:4326, EPSG:4490 or GCJ-02, not %q", s)
}

// at says where a point lies in the grid, in shares of the side of zoom 0.
func (g grid) at(p geo.Point) (u, v float64) {
	switch g {
	case geographic:
		return (p.Lng + 180) / 360, (90 - p.Lat) / 360
	case shifted:
		p = geo.GCJ02.FromWGS84(p)
	}
	sin := math.Sin(p.Lat * math.Pi / 180)
	return (p.Lng + 180) / 360, 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)
}

// unproject is the WGS-84 point at a share of web mercator.
func unproject(u, v float64) geo.Point {
	return geo.Point{Lng: u*360 - 180, Lat: math.Atan(math.Sinh(math.Pi*(1-2*v))) * 180 / math.Pi}
}

// box is what a tile of the grid covers, a shifted one with a kilometre around:
// the shift is less.
func (g grid) box(at address) geo.Box {
	n := math.Exp2(float64(at.z))
	u0, v0, u1, v1 := float64(at.x)/n, float64(at.y)/n, float64(at.x+1)/n, float64(at.y+1)/n
	if g == geographic {
		return geo.Box{W: u0*360 - 180, E: u1*360 - 180, N: 90 - v0*360, S: 90 - v1*360}
	}
	nw, se := unproject(u0, v0), unproject(u1, v1)
	box := geo.Box{W: nw.Lng, N: nw.Lat, E: se.Lng, S: se.Lat}
	if g == shifted {
		return box.Grow(1000)
	}
	return box
}

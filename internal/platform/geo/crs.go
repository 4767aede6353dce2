package geo

import (
	"fmt"
	"math"
	"strings"
)

// CRS is a way of writing coordinates. The program keeps WGS-84, from which
// CGCS2000 differs by less than a decimetre; the two shifted systems of Chinese
// map services occur only at the edges.
type CRS int

// The systems.
const (
	WGS84 CRS = iota
	CGCS2000
	GCJ02 // 火星坐标: shifted by some hundred metres inside China
	BD09  // 百度坐标: shifted once more
)

var crsNames = [...]string{"WGS84", "CGCS2000", "GCJ-02", "BD-09"}

func (c CRS) String() string { return crsNames[c] }

// ParseCRS reads a system's name, in any case, with or without the dash. There
// is no default: a table without a named system is off by half a kilometre or
// not, and nobody can see which.
func ParseCRS(s string) (CRS, error) {
	plain := strings.NewReplacer("-", "", " ", "", "EPSG:4326", "WGS84", "EPSG:4490", "CGCS2000")
	for i, name := range crsNames {
		if strings.EqualFold(plain.Replace(strings.ToUpper(s)), plain.Replace(name)) {
			return CRS(i), nil
		}
	}
	return WGS84, fmt.Errorf("the coordinate system is WGS84, CGCS2000, GCJ-02 or BD-09, not %q", s)
}

// ToWGS84 reads a point written in the system; FromWGS84 writes one. The shift
// has no closed inverse: it is approached until it is right to a millimetre.
func (c CRS) ToWGS84(p Point) Point {
	switch c {
	case BD09:
		p = fromBaidu(p)
		fallthrough
	case GCJ02:
		guess := p
		for range 8 {
			q := shift(guess)
			guess.Lat += p.Lat - q.Lat
			guess.Lng += p.Lng - q.Lng
		}
		return guess
	}
	return p
}

// FromWGS84 writes a point in the system.
func (c CRS) FromWGS84(p Point) Point {
	switch c {
	case GCJ02:
		return shift(p)
	case BD09:
		return toBaidu(shift(p))
	}
	return p
}

// The Krasovsky ellipsoid, over which the shift is defined.
const (
	krasovskyA  = 6378245.0
	krasovskyEE = 0.00669342162296594323
)

// shift is WGS-84 to GCJ-02 inside the rectangle where it applies.
func shift(p Point) Point {
	if p.Lng < 72.004 || p.Lng > 137.8347 || p.Lat < 0.8293 || p.Lat > 55.8271 {
		return p
	}
	x, y := p.Lng-105, p.Lat-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 + (160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + wave +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 + (150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	lat := rad(p.Lat)
	m := 1 - krasovskyEE*math.Sin(lat)*math.Sin(lat)
	root := math.Sqrt(m)
	return Point{
		Lat: p.Lat + north*180/(krasovskyA*(1-krasovskyEE)/(m*root)*math.Pi),
		Lng: p.Lng + east*180/(krasovskyA/root*math.Cos(lat)*math.Pi),
	}
}

const baidu = math.Pi * 3000 / 180

func toBaidu(p Point) Point {
	z := math.Hypot(p.Lng, p.Lat) + 0.00002*math.Sin(p.Lat*baidu)
	t := math.Atan2(p.Lat, p.Lng) + 0.000003*math.Cos(p.Lng*baidu)
	return Point{Lat: z*math.Sin(t) + 0.006, Lng: z*math.Cos(t) + 0.0065}
}

func fromBaidu(p Point) Point {
	guess := Point{Lat: p.Lat - 0.006, Lng: p.Lng - 0.0065}
	for range 8 {
		q := toBaidu(guess)
		guess.Lat += p.Lat - q.Lat
		guess.Lng += p.Lng - q.Lng
	}
	return guess
}

// Package track keeps where people on duty have been 巡查轨迹: it reads the
// files of their devices and keeps raw points in one file for each division and
// day, never in the case database. A day's file is deleted as a whole.
//
// It knows nothing of streets or of what was seen there. All places are WGS-84
// degrees, accuracies metres.
package track

import (
	_ "embed"
	"math"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

// Source is how a point is known; a set of sources is their sum.
type Source uint8

// The sources.
const (
	CheckIn    Source = 1 << iota // 签到: the person said "here"
	Foreground                    // the open page on a phone told it
	File                          // 设备文件: a device recorded it
)

// Point is where somebody was.
type Point struct {
	Who      string // an account or volunteer: printable, without spaces, at most 64 bytes
	At       time.Time
	Place    geo.Point
	Accuracy float64 // the radius in which the device believes itself; 0 when it does not say
	Source   Source
}

// check refuses what no file may hold: a fault Invalid that names it.
func (p Point) check() error {
	unfit := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case p.Who == "" || len(p.Who) > 64 || strings.ContainsFunc(p.Who, unfit):
		return fault.New(fault.Invalid, "track.who")
	case p.At.UTC().Year() < 2000 || p.At.UTC().Year() > 2100:
		return fault.New(fault.Invalid, "track.when")
	case !p.kept().Valid():
		return fault.New(fault.Invalid, "track.where")
	case !(p.Accuracy >= 0 && p.Accuracy < 1e6):
		return fault.New(fault.Invalid, "track.accuracy")
	case p.Source != CheckIn && p.Source != Foreground && p.Source != File:
		return fault.New(fault.Invalid, "track.source")
	}
	return nil
}

// kept is the place as a file keeps it, to a centimetre.
func (p Point) kept() geo.Point {
	return geo.Point{Lat: math.Round(p.Place.Lat*1e7) / 1e7, Lng: math.Round(p.Place.Lng*1e7) / 1e7}
}

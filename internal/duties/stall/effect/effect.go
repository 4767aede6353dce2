// Package effect compares disorder around a stall cluster before and after it
// opened with the streets that no cluster is near: the difference between the
// two differences. Where the record cannot carry a number it says which one is
// missing instead of giving one.
//
// It owns the comparison and its words. What counts as disorder, and from when
// to when, is the caller's to say.
package effect

import (
	_ "embed"
	"time"

	"xiucheng/internal/platform/geo"
)

// Words are the sentences of refusals, verdicts and notes: "effect." and the key.
//
//go:embed words.yaml
var Words []byte

// Event is one recorded disorder.
type Event struct {
	At    time.Time
	Place geo.Point
}

// Opening is a cluster that opened.
type Opening struct {
	At     time.Time // the beginning of its first day
	Place  geo.Point
	Radius float64     // metres around it that it may change
	Others []geo.Point // the other clusters: what is as near to one of them belongs to neither side
}

// Week is what was recorded in seven days.
type Week struct {
	Near    int // within the radius
	Outside int // of no cluster
}

const week = 7

// Weeks counts whole weeks from the opening, back to the instant from and on to
// the instant to; oldest first.
func (o Opening) Weeks(events []Event, from, to time.Time) (before, after []Week) {
	n := 0
	for !o.start(-n - 1).Before(from) {
		n++
	}
	m := 0
	for !o.start(m + 1).After(to) {
		m++
	}
	all := make([]Week, n+m)
	for _, e := range events {
		i := n + o.index(e.At)
		if i < 0 || i >= n+m {
			continue
		}
		switch {
		case geo.Distance(o.Place, e.Place) <= o.Radius:
			all[i].Near++
		case !o.nearOther(e.Place):
			all[i].Outside++
		}
	}
	return all[:n], all[n:]
}

func (o Opening) start(i int) time.Time { return o.At.AddDate(0, 0, i*week) }

// index is the week of the instant; 0 begins with the opening.
func (o Opening) index(t time.Time) int {
	i := int(t.Sub(o.At).Hours()/24) / week // a guess that is off by one where it rounds up
	for t.Before(o.start(i)) {
		i--
	}
	for !t.Before(o.start(i + 1)) {
		i++
	}
	return i
}

func (o Opening) nearOther(p geo.Point) bool {
	for _, q := range o.Others {
		if geo.Distance(q, p) <= o.Radius {
			return true
		}
	}
	return false
}

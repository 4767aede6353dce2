package coverage

import (
	"cmp"
	"slices"
	"time"

	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/geo"
)

// Rules is which points count.
type Rules struct {
	Accuracy float64       // metres: a device that believes itself less does not count; one that says nothing does
	Speed    float64       // metres a second: nobody on duty is faster
	Gap      time.Duration // between two points that are one stay, or one way
}

// Usual are the rules where a division has set none.
func Usual() Rules { return Rules{Accuracy: 50, Speed: 33, Gap: 3 * time.Minute} }

// Between is the source of what lies on the way from one point to the next.
const Between track.Source = track.File << 1

// Seen is what is known of one piece in one hour.
type Seen struct {
	Time   time.Duration // at least so long somebody stayed, summed over persons
	Passes int           // stays that began in the hour, and ways past
	How    track.Source  // the sum of the sources that show it; 0: not seen
}

// Sheet is what was seen of streets, hour by hour. Hours begin with the full
// hour of UTC, which are the full hours of China.
type Sheet struct {
	Streets    *Streets
	Inaccurate int // points that did not count since the device did not trust them
	Impossible int // points that did not count since others show the person elsewhere
	seen       map[spot]Seen
}

type spot struct {
	piece int32
	hour  int64 // since 1970
}

// Watch lays points over the streets, in any order.
//
// Of points of one person that contradict each other, being too far apart for
// the time between them, the largest consistent part counts: the points fall
// into runs without a contradiction from one to the next, and those runs are
// taken that fit behind each other and hold the most points together.
func (s *Streets) Watch(points []track.Point, r Rules) *Sheet {
	sheet := &Sheet{Streets: s, seen: map[spot]Seen{}}
	last := make([]time.Time, len(s.Pieces))
	var near, before, past []int32
	for _, own := range persons(points, r, &sheet.Inaccurate) {
		kept := s.consistent(own, r)
		sheet.Impossible += len(own) - len(kept)
		clear(last)
		before = before[:0]
		for i, p := range kept {
			near = s.near(p.Place, near[:0])
			if i > 0 && p.At.Sub(kept[i-1].At) <= r.Gap {
				past = s.between(kept[i-1].Place, p.Place, before, near, past[:0])
				for _, piece := range past {
					sheet.pass(piece, last[piece], p, r)
				}
			}
			for _, piece := range near {
				sheet.sight(piece, last[piece], p, r)
				last[piece] = p.At
			}
			near, before = before, near
		}
	}
	return sheet
}

// persons gives each person's accurate points in the order of time.
func persons(points []track.Point, r Rules, inaccurate *int) map[string][]*track.Point {
	out := map[string][]*track.Point{}
	for i := range points {
		p := &points[i]
		if p.Accuracy > r.Accuracy {
			*inaccurate++
			continue
		}
		out[p.Who] = append(out[p.Who], p)
	}
	early := func(a, b *track.Point) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Place.Lat, b.Place.Lat), cmp.Compare(a.Place.Lng, b.Place.Lng))
	}
	for _, own := range out {
		if !slices.IsSortedFunc(own, early) {
			slices.SortFunc(own, early)
		}
	}
	return out
}

// possible reports whether somebody can have been at both; devices err by
// as much as anybody can see.
func (s *Streets) possible(a, b *track.Point, r Rules) bool {
	return geo.Distance(a.Place, b.Place)-max(s.reach, a.Accuracy+b.Accuracy) <= r.Speed*b.At.Sub(a.At).Seconds()
}

// lookBack is how many runs before it a run is compared with.
const lookBack = 100

// consistent leaves out what contradicts the rest.
func (s *Streets) consistent(own []*track.Point, r Rules) []*track.Point {
	runs := s.runs(own, r)
	if len(runs) <= 1 {
		return own
	}
	type chain struct{ points, before int }
	best := make([]chain, len(runs)) // of those that end with the run
	end := 0
	for i, run := range runs {
		best[i] = chain{len(run), -1}
		for j := max(0, i-lookBack); j < i; j++ {
			if n := best[j].points + len(run); n > best[i].points && s.possible(runs[j][len(runs[j])-1], run[0], r) {
				best[i] = chain{n, j}
			}
		}
		if best[i].points > best[end].points {
			end = i
		}
	}
	var taken []int
	for i := end; i >= 0; i = best[i].before {
		taken = append(taken, i)
	}
	kept := make([]*track.Point, 0, best[end].points)
	for _, i := range slices.Backward(taken) {
		kept = append(kept, runs[i]...)
	}
	return kept
}

// runs cuts where one point and the next contradict each other.
func (s *Streets) runs(own []*track.Point, r Rules) (runs [][]*track.Point) {
	from := 0
	for i := 1; i < len(own); i++ {
		if !s.possible(own[i-1], own[i], r) {
			runs, from = append(runs, own[from:i]), i
		}
	}
	if from < len(own) {
		runs = append(runs, own[from:])
	}
	return runs
}

// sight adds a point at a piece that the same person was last seen at before.
func (s *Sheet) sight(piece int32, before time.Time, p *track.Point, r Rules) {
	now := spot{piece, hour(p.At)}
	c := s.seen[now]
	c.How |= p.Source
	if before.IsZero() || p.At.Sub(before) > r.Gap {
		c.Passes++
		s.seen[now] = c
		return
	}
	s.seen[now] = c
	for before.Before(p.At) { // a stay may reach over the hour
		h := hour(before)
		until := time.Unix((h+1)*3600, 0)
		if until.After(p.At) {
			until = p.At
		}
		c := s.seen[spot{piece, h}]
		c.Time += until.Sub(before)
		c.How |= p.Source
		s.seen[spot{piece, h}] = c
		before = until
	}
}

// pass adds a piece on the way to a point.
func (s *Sheet) pass(piece int32, before time.Time, p *track.Point, r Rules) {
	at := spot{piece, hour(p.At)}
	c := s.seen[at]
	c.How |= Between
	if before.IsZero() || p.At.Sub(before) > r.Gap {
		c.Passes++
	}
	s.seen[at] = c
}

// hour is the hour since 1970; no point is older.
func hour(t time.Time) int64 { return t.Unix() / 3600 }

// hours are the first hour that the window touches and the one after the last.
func hours(from, to time.Time) (first, end int64) {
	return hour(from), hour(to.Add(time.Hour - 1))
}

// At is what is known of a piece in the hour of the instant.
func (s *Sheet) At(piece int, t time.Time) Seen { return s.seen[spot{int32(piece), hour(t)}] }

// During is what is known of a piece in all hours that the window touches.
func (s *Sheet) During(piece int, from, to time.Time) (sum Seen) {
	first, end := hours(from, to)
	for h := first; h < end; h++ {
		c := s.seen[spot{int32(piece), h}]
		sum = Seen{sum.Time + c.Time, sum.Passes + c.Passes, sum.How | c.How}
	}
	return sum
}

// Blind lists the pieces that nobody is known to have seen in the hours that
// the window touches.
func (s *Sheet) Blind(from, to time.Time) (pieces []int) {
	for i := range s.Streets.Pieces {
		if s.During(i, from, to).How == 0 {
			pieces = append(pieces, i)
		}
	}
	return pieces
}

// Share is the part of the streets' length that was seen in the hours that the
// window touches, 0 to 1; 0 where there are no streets.
func (s *Sheet) Share(from, to time.Time) float64 {
	var all, seen float64
	for i, p := range s.Streets.Pieces {
		all += p.Length()
		if s.During(i, from, to).How != 0 {
			seen += p.Length()
		}
	}
	if all == 0 {
		return 0
	}
	return seen / all
}

package coverage

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"xiucheng/internal/duties/stall/track"
)

// Days lays each day of a division's tracks over its streets once, and again when
// the day's file has grown or the streets are others. A stay over midnight counts
// as two. Any number of goroutines may use it.
type Days struct {
	tracks *track.Store
	reach  float64

	mu        sync.Mutex
	divisions map[string]*division
}

// division is what is known of one: sheets by the day's first instant.
type division struct {
	stretches []Stretch
	streets   *Streets
	days      map[int64]day
}

type day struct {
	size  int64 // of the file that was laid
	sheet *Sheet
}

// mostDays is how many are held: more than a month.
const mostDays = 40

// NewDays returns the days of the tracks, seen from the reach.
func NewDays(tracks *track.Store, reach float64) *Days {
	return &Days{tracks: tracks, reach: reach, divisions: map[string]*division{}}
}

// Sheet is what was seen of those stretches that are asked for on n days from the
// instant a day begins with.
func (d *Days) Sheet(ctx context.Context, name string, all []Stretch, asked func(stretch string) bool, from time.Time, n int) (*Sheet, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := d.divisions[name]
	if v == nil || !slices.EqualFunc(v.stretches, all, same) {
		v = &division{stretches: all, streets: Cut(all, d.reach), days: map[int64]day{}}
		d.divisions[name] = v
	}
	out, numbers := v.streets.part(asked)
	for i := range n {
		start, end := from.AddDate(0, 0, i), from.AddDate(0, 0, i+1)
		s, err := d.lay(ctx, name, v, start, end)
		if err != nil {
			return nil, err
		}
		out.take(s, numbers, start, end)
	}
	if len(v.days) > mostDays {
		first, last := from.Unix(), from.AddDate(0, 0, n).Unix()
		maps.DeleteFunc(v.days, func(at int64, _ day) bool { return at < first || at >= last })
	}
	return out, nil
}

func same(a, b Stretch) bool { return a.ID == b.ID && slices.Equal(a.Line, b.Line) }

func (d *Days) lay(ctx context.Context, name string, v *division, start, end time.Time) (*Sheet, error) {
	size, err := d.tracks.Size(name, start)
	if err != nil {
		return nil, err
	}
	if has, ok := v.days[start.Unix()]; ok && has.size == size {
		return has.sheet, nil
	}
	points, _, err := d.tracks.Read(ctx, name, start, end)
	if err != nil {
		return nil, err
	}
	s := v.streets.Watch(points, Usual())
	v.days[start.Unix()] = day{size, s}
	return s, nil
}

// part is an empty sheet of some stretches, and the numbers that their pieces have
// among all.
func (s *Streets) part(asked func(stretch string) bool) (out *Sheet, numbers []int32) {
	out = &Sheet{Streets: &Streets{reach: s.reach, neighbours: map[cell][]int32{}}, seen: map[spot]Seen{}}
	for i, p := range s.Pieces {
		if asked(p.Stretch) {
			out.Streets.Pieces, numbers = append(out.Streets.Pieces, p), append(numbers, int32(i))
		}
	}
	return out, numbers
}

// take adds the hours of another sheet in which its pieces have these numbers.
func (s *Sheet) take(o *Sheet, numbers []int32, from, to time.Time) {
	s.Inaccurate, s.Impossible = s.Inaccurate+o.Inaccurate, s.Impossible+o.Impossible
	first, end := hours(from, to)
	for i, n := range numbers {
		for h := first; h < end; h++ {
			if c, ok := o.seen[spot{n, h}]; ok {
				s.seen[spot{int32(i), h}] = c
			}
		}
	}
}

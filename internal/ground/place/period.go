package place

import (
	"math"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
)

// period is the days from–to, both included.
type period struct{ from, to calendar.Date }

func (p period) holds(d calendar.Date) bool { return p.from <= d && d <= p.to }

func dayOf(at time.Time) calendar.Date { return calendar.DateOf(at) }

// periods are the days in which each feature of the list holds. A later period
// of the same code ends the one before it, so that a new border can be added
// without touching the old one.
func periods(list []Feature) []period {
	out := make([]period, len(list))
	order := make([]int, len(list))
	for i, f := range list {
		order[i] = i
		out[i] = period{math.MinInt32, math.MaxInt32}
		if d, err := calendar.ParseDate(f.From); err == nil {
			out[i].from = d
		}
		if d, err := calendar.ParseDate(f.To); err == nil {
			out[i].to = d
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := list[a], list[b]
		if c := strings.Compare(string(x.Layer), string(y.Layer)); c != 0 {
			return c
		}
		if c := strings.Compare(x.Code, y.Code); c != 0 {
			return c
		}
		return int(out[a].from - out[b].from)
	})
	for k := 0; k+1 < len(order); k++ {
		a, b := order[k], order[k+1]
		if list[a].Layer == list[b].Layer && list[a].Code == list[b].Code && out[a].from < out[b].from {
			out[a].to = min(out[a].to, out[b].from-1)
		}
	}
	return out
}

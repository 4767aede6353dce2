package change

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/effect"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// most is how many weeks before and after an opening are compared: half a year, so
// that one season does not stand alone on either side.
const most = 26

// Change is what was recorded around a cluster and what may be said of it.
type Change struct {
	Cluster *cluster.Cluster
	Radius  int // metres around it that count as near
	Weeks   []Week
	Effect  effect.Effect
	Missing string // word of why there is nothing to compare: not open, or nobody knows since when
}

// Week is what was recorded in the seven days from a day on.
type Week struct {
	From calendar.Date
	effect.Week
	Opens bool // the cluster's first
}

// All compares every cluster of the division.
func (m *Room) All(ctx context.Context, division id.ID) (_ []Change, err error) {
	defer fault.Trace(&err, "change.All")
	book, err := m.Clusters(ctx, division)
	if err != nil {
		return nil, err
	}
	return m.compare(ctx, division, book, book.Clusters)
}

// Of compares one cluster; an unknown one is NotFound.
func (m *Room) Of(ctx context.Context, division id.ID, code string) (_ Change, err error) {
	defer fault.Trace(&err, "change.Of")
	book, err := m.Clusters(ctx, division)
	if err != nil {
		return Change{}, err
	}
	c := book.Cluster(code)
	if c == nil {
		return Change{}, fault.Missing("stall_cluster")
	}
	list, err := m.compare(ctx, division, book, []*cluster.Cluster{c})
	if err != nil {
		return Change{}, err
	}
	return list[0], nil
}

// compare reads the incidents of all windows once.
func (m *Room) compare(ctx context.Context, division id.ID, book *cluster.Book, which []*cluster.Cluster) (out []Change, err error) {
	set, err := m.Settings(ctx, division)
	if err != nil {
		return nil, err
	}
	now := m.Clock.Now()
	var from, to time.Time
	for _, c := range which {
		if missing(c, now) != "" {
			continue
		}
		a, b := window(c, now)
		if from.IsZero() || a.Before(from) {
			from = a
		}
		if b.After(to) {
			to = b
		}
	}
	list, err := watch.Incidents(ctx, m.DB, division, from, to)
	if err != nil {
		return nil, err
	}
	events := make([]effect.Event, 0, len(list))
	for _, x := range list {
		events = append(events, effect.Event{At: clock.FromMicro(x.Opened), Place: geo.Point{Lat: x.Place.Lat, Lng: x.Place.Lng}})
	}
	for _, c := range which {
		x := Change{Cluster: c, Radius: set.Int("watch.radius_m"), Missing: missing(c, now)}
		if x.Missing == "" {
			x.weigh(book, events, now)
		}
		out = append(out, x)
	}
	return out, nil
}

func missing(c *cluster.Cluster, now time.Time) string {
	switch {
	case c.Since == 0:
		return "change.no_since"
	case c.Since.At(0).After(now):
		return "change.not_open"
	}
	return ""
}

func window(c *cluster.Cluster, now time.Time) (from, to time.Time) {
	to = (c.Since + 7*most).At(0)
	if to.After(now) {
		to = now
	}
	return (c.Since - 7*most).At(0), to
}

// weigh counts the weeks and compares them. They begin with the day of the first
// incident in the window: before it nobody recorded anything, which is not the same
// as that nothing happened.
func (x *Change) weigh(book *cluster.Book, events []effect.Event, now time.Time) {
	c := x.Cluster
	o := effect.Opening{At: c.Since.At(0), Place: c.At, Radius: float64(x.Radius)}
	for _, other := range book.Clusters {
		if other != c {
			o.Others = append(o.Others, other.At)
		}
	}
	from, to := window(c, now)
	first := to
	for _, e := range events {
		if !e.At.Before(from) && e.At.Before(first) {
			first = e.At
		}
	}
	if first.Equal(to) {
		x.Missing = "change.nothing"
		return
	}
	first = calendar.DateOf(first).At(0)
	before, after := o.Weeks(events, first, to)
	late := 0 // weeks since the opening that have no records either
	for late < len(after) && (c.Since + calendar.Date(7*late)).At(0).Before(first) {
		late++
	}
	x.Effect = effect.Compare(before, after[late:])
	for i, w := range slices.Concat(before, after) {
		day := c.Since + calendar.Date(7*(i-len(before)))
		if !day.At(0).Before(first) {
			x.Weeks = append(x.Weeks, Week{From: day, Week: w, Opens: i == len(before)})
		}
	}
}

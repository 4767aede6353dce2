package heat

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/golang/geo/s2"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Spot is one case on the map.
type Spot struct {
	ID       id.ID
	Lat, Lng float64
	Ended    bool
	Late     bool
}

// SpotOf is a case with a place; now decides whether it is late.
func SpotOf(r record.Row, now int64) Spot {
	return Spot{ID: r.ID, Lat: r.Place.Lat, Lng: r.Place.Lng, Ended: r.Terminal, Late: !r.Terminal && r.Due < now}
}

// Group is cases that lie together; Lat and Lng are the middle of them.
type Group struct {
	Lat, Lng float64
	N, Late  int
}

// View is what a map shows: Spots, or where they would be too many Groups.
type View struct {
	Spots  []Spot
	Groups []Group
}

// View shows the cases of a filter inside a box at a zoom level of the Web
// Mercator grid (0 to 22); now decides what is late. Up to most cases are
// points. Parent, order, cursor and limit of the filter are not looked at.
func (m *Map) View(ctx context.Context, division id.ID, f record.Filter, in geo.Box, zoom, most int, now int64) (v View, err error) {
	defer fault.Trace(&err, "heat.View")
	b, err := m.board(ctx, division)
	if err != nil {
		return v, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	l := look{question: b.ask(f), in: box{degrees(in.S), degrees(in.W), degrees(in.N), degrees(in.E)}, now: now}
	var found []*spot
	for _, t := range b.tiles {
		if t.box.apart(l.in) {
			continue
		}
		if found = l.pick(t, f.Terminal, found, most); len(found) > most {
			return View{Groups: b.groups(l, f.Terminal, zoom)}, nil
		}
	}
	for _, s := range found {
		v.Spots = append(v.Spots, Spot{ID: s.id, Lat: float64(s.lat) / 1e7, Lng: float64(s.lng) / 1e7, Ended: s.terminal, Late: s.late(now)})
	}
	slices.SortFunc(v.Spots, func(a, b Spot) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return v, nil
}

// look is one view being made.
type look struct {
	question
	in  box
	now int64
}

// lists are those of the tile that the question is about.
func lists(t *tile, ended record.Tri) [2][]spot {
	switch ended {
	case record.Yes:
		return [2][]spot{nil, t.ended}
	case record.No:
		return [2][]spot{t.open, nil}
	}
	return [2][]spot{t.open, t.ended}
}

// pick adds what fits, and stops when there is more than most.
func (l *look) pick(t *tile, ended record.Tri, found []*spot, most int) []*spot {
	for _, list := range lists(t, ended) {
		for i := range list {
			if s := &list[i]; l.in.holds(s) && l.fits(s) {
				if found = append(found, s); len(found) > most {
					return found
				}
			}
		}
	}
	return found
}

// sum is a group in the making.
type sum struct {
	lat, lng int64
	n, late  int
}

func (s *sum) add(x *spot, n int) {
	s.lat, s.lng, s.n = s.lat+int64(n)*int64(x.lat), s.lng+int64(n)*int64(x.lng), s.n+n
}

func (s *sum) join(o sum) { s.lat, s.lng, s.n = s.lat+o.lat, s.lng+o.lng, s.n+o.n }

// groups counts by cells of about seventy pixels: an S2 level is as wide at the
// zoom of the same number.
func (b *board) groups(l look, ended record.Tri, zoom int) []Group {
	level := min(max(zoom, 3), 22)
	sums := map[int64]*sum{}
	for key, t := range b.tiles {
		if t.box.apart(l.in) {
			continue
		}
		if level <= tileLevel {
			l.tile(t, ended, at(sums, int64(s2.CellID(uint64(key)).Parent(level))))
			continue
		}
		for _, list := range lists(t, ended) {
			l.count(list, func(s *spot) *sum {
				ll := s2.LatLngFromDegrees(float64(s.lat)/1e7, float64(s.lng)/1e7)
				return at(sums, int64(s2.CellIDFromLatLng(ll).Parent(level)))
			})
		}
	}
	return ordered(sums)
}

// tile counts a whole tile into one sum: at once where the question asks for all
// of some procedures that lie in it, else case by case.
func (l *look) tile(t *tile, ended record.Tri, to *sum) {
	if !l.whole() || !t.box.inside(l.in) {
		for _, list := range lists(t, ended) {
			l.count(list, func(*spot) *sum { return to })
		}
		return
	}
	for i := range t.kinds {
		k := &t.kinds[i]
		if fit := l.fit[procedures]; fit != nil && !fit[k.procedure] {
			continue
		}
		if ended != record.Yes {
			to.join(k.now)
			to.late += k.late(l.now)
		}
		if ended != record.No {
			to.join(k.past)
		}
	}
}

func (l *look) count(list []spot, into func(*spot) *sum) {
	for i := range list {
		s := &list[i]
		if !l.in.holds(s) || !l.fits(s) {
			continue
		}
		to := into(s)
		to.add(s, 1)
		if s.late(l.now) {
			to.late++
		}
	}
}

func at(sums map[int64]*sum, cell int64) *sum {
	s := sums[cell]
	if s == nil {
		s = &sum{}
		sums[cell] = s
	}
	return s
}

// ordered are the groups with somebody in them, the largest first.
func ordered(sums map[int64]*sum) []Group {
	out := make([]Group, 0, len(sums))
	for _, s := range sums {
		if s.n > 0 {
			n := int64(s.n)
			out = append(out, Group{Lat: float64(s.lat/n) / 1e7, Lng: float64(s.lng/n) / 1e7, N: s.n, Late: s.late})
		}
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Lat, b.Lat), cmp.Compare(a.Lng, b.Lng))
	})
	return out
}

// question is a filter in the numbers of a board: for each facet that it
// narrows, which values fit.
type question struct {
	fit        [facets][]bool
	dueBefore  int64
	from, till int64
}

// ask puts record.Filter's conditions on columns into numbers.
func (b *board) ask(f record.Filter) (q question) {
	q.dueBefore, q.from, q.till = f.DueBefore, f.OpenedFrom, f.OpenedTo
	narrow := func(facet int, on bool, fits func(string) bool) {
		if !on {
			return
		}
		if q.fit[facet] == nil {
			q.fit[facet] = make([]bool, len(b.words[facet].list))
			for i := range q.fit[facet] {
				q.fit[facet][i] = true
			}
		}
		for i, v := range b.words[facet].list {
			q.fit[facet][i] = q.fit[facet][i] && fits(v)
		}
	}
	is := func(want string) func(string) bool { return func(v string) bool { return v == want } }
	in := func(list []string) func(string) bool { return func(v string) bool { return slices.Contains(list, v) } }
	narrow(procedures, len(f.Procedures) > 0, in(f.Procedures))
	narrow(procedures, f.Without != "", func(v string) bool { return procedure.Family(v) != f.Without })
	narrow(procedures, len(f.Except) > 0, func(v string) bool { return !slices.Contains(f.Except, v) })
	narrow(states, len(f.States) > 0, in(f.States))
	narrow(depts, len(f.Depts) > 0, func(v string) bool { return v != "" && slices.Contains(f.Depts, v) })
	narrow(assignees, f.Assignee != "", is(f.Assignee))
	narrow(priorities, f.Priority != "", is(f.Priority))
	narrow(sources, f.Source != "", is(f.Source))
	narrow(classes, f.Class != "", is(f.Class))
	narrow(classes, len(f.Classes) > 0, func(v string) bool {
		return slices.ContainsFunc(f.Classes, func(p string) bool { return strings.HasPrefix(v, p) })
	})
	narrow(grids, f.Grid != "", func(v string) bool { return strings.HasPrefix(v, f.Grid) })
	return q
}

// whole reports whether every case of the procedures that fit does.
func (q *question) whole() bool {
	return q.dueBefore == 0 && q.from == 0 && q.till == 0 && !slices.ContainsFunc(q.fit[procedures+1:], func(f []bool) bool { return f != nil })
}

func (q *question) fits(s *spot) bool {
	if q.dueBefore != 0 && s.due >= q.dueBefore || q.from != 0 && s.opened < q.from || q.till != 0 && s.opened >= q.till {
		return false
	}
	for i, fit := range q.fit {
		if fit != nil && !fit[s.of[i]] {
			return false
		}
	}
	return true
}

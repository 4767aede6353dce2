package heat

import (
	"math"
	"slices"

	"github.com/golang/geo/s2"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// tileLevel is the S2 level of a tile: about 150 metres across. A map that shows
// more than a few of them counts whole tiles.
const tileLevel = 16

// The facets of a case that a filter may ask for.
const (
	procedures = iota
	states
	depts
	assignees
	classes
	grids
	priorities
	sources
	facets
)

// spot is one case, small: a million of them are held.
type spot struct {
	id          id.ID
	due, opened int64 // microseconds
	lat, lng    int32 // in 10⁻⁷ degrees
	of          [facets]uint16
	terminal    bool
}

func (s *spot) late(now int64) bool { return !s.terminal && s.due < now }

func degrees(d float64) int32 { return int32(math.Round(d * 1e7)) }

func spotOf(r record.Row) spot {
	return spot{id: r.ID, due: r.Due, opened: r.Opened, lat: degrees(r.Place.Lat), lng: degrees(r.Place.Lng), terminal: r.Terminal}
}

func facetsOf(r record.Row) [facets]string {
	return [facets]string{procedures: r.Procedure, states: r.State, depts: r.Dept, assignees: r.Assignee, classes: r.Class, grids: r.Grid, priorities: r.Priority, sources: r.Source}
}

func cellOf(r record.Row) int64 { return geo.Cell(geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng}) }

// words gives the values of a facet short numbers. A district has far fewer
// than the 65,536 that fit; what came after them would be one value, "".
type words struct {
	list []string
	at   map[string]uint16
}

func (w *words) number(s string) uint16 {
	if n, ok := w.at[s]; ok {
		return n
	}
	if w.at == nil {
		w.at, w.list = map[string]uint16{"": 0}, []string{""}
		return w.number(s)
	}
	if len(w.list) > math.MaxUint16 {
		return 0
	}
	n := uint16(len(w.list))
	w.at[s], w.list = n, append(w.list, s)
	return n
}

// tile holds the cases of one cell, those that ended apart: most have, and most
// looks are for the others.
type tile struct {
	open, ended []spot
	kinds       []kind // by procedure: no list shows all of them
	box         box
}

// kind counts a tile's cases of one procedure.
type kind struct {
	procedure uint16
	now, past sum     // of all that are open, and that ended
	dues      []int64 // of all that are open, in order
}

func (t *tile) kind(s *spot) *kind {
	i := slices.IndexFunc(t.kinds, func(k kind) bool { return k.procedure == s.of[procedures] })
	if i < 0 {
		i, t.kinds = len(t.kinds), append(t.kinds, kind{procedure: s.of[procedures]})
	}
	return &t.kinds[i]
}

// add counts an open case; take takes it out again.
func (t *tile) add(s spot) {
	t.open = append(t.open, s)
	k := t.kind(&s)
	k.now.add(&s, 1)
	i, _ := slices.BinarySearch(k.dues, s.due)
	k.dues = slices.Insert(k.dues, i, s.due)
}

func (t *tile) take(caseID id.ID) {
	i := slices.IndexFunc(t.open, func(s spot) bool { return s.id == caseID })
	s, last := t.open[i], len(t.open)-1
	t.open[i], t.open = t.open[last], t.open[:last]
	k := t.kind(&s)
	k.now.add(&s, -1)
	i, _ = slices.BinarySearch(k.dues, s.due)
	k.dues = slices.Delete(k.dues, i, i+1)
}

// late is how many of those that are open are late.
func (k *kind) late(now int64) int {
	n, _ := slices.BinarySearch(k.dues, now)
	return n
}

// box bounds what a tile ever held.
type box struct{ south, west, north, east int32 }

func (b *box) grow(s spot) {
	b.south, b.north = min(b.south, s.lat), max(b.north, s.lat)
	b.west, b.east = min(b.west, s.lng), max(b.east, s.lng)
}

func (b box) inside(o box) bool {
	return b.south >= o.south && b.north <= o.north && b.west >= o.west && b.east <= o.east
}

func (b box) apart(o box) bool {
	return b.south > o.north || b.north < o.south || b.west > o.east || b.east < o.west
}

func (b box) holds(s *spot) bool {
	return s.lat >= b.south && s.lat <= b.north && s.lng >= b.west && s.lng <= b.east
}

func (b *board) put(s spot, of [facets]string, cell int64) {
	for i, v := range of {
		s.of[i] = b.words[i].number(v)
	}
	key := int64(s2.CellID(uint64(cell)).Parent(tileLevel))
	t := b.tiles[key]
	if t == nil {
		t = &tile{box: box{south: s.lat, north: s.lat, west: s.lng, east: s.lng}}
		b.tiles[key] = t
	}
	t.box.grow(s)
	if s.terminal {
		t.ended = append(t.ended, s)
		t.kind(&s).past.add(&s, 1)
		return
	}
	t.add(s)
	b.open[s.id] = key
}

// drop forgets a case. One that had ended is looked for everywhere: it rarely
// comes back.
func (b *board) drop(caseID id.ID) {
	if key, ok := b.open[caseID]; ok {
		delete(b.open, caseID)
		b.tiles[key].take(caseID)
		return
	}
	for _, t := range b.tiles {
		if n := len(t.ended); n > 0 {
			i := slices.IndexFunc(t.ended, func(s spot) bool { return s.id == caseID })
			if i >= 0 {
				t.kind(&t.ended[i]).past.add(&t.ended[i], -1)
				t.ended[i] = t.ended[n-1]
				t.ended = t.ended[:n-1]
				return
			}
		}
	}
}

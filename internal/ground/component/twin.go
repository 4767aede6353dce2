package component

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// TwinMetres is how near two points of one class must be to look like one
// thing that was entered twice.
const TwinMetres = 2.0

// Twin is a pair that may be one thing. A is the smaller code.
type Twin struct {
	A, B   string
	Metres float64
}

// spot is a point of the register.
type spot struct {
	code, class string
	at          geo.Point
}

// mesh finds spots near each other.
type mesh struct {
	lat   float64 // metres of a degree of longitude are taken here
	cells map[meshCell][]spot
}

type meshCell struct {
	class string
	x, y  int64
}

const metresPerDegree = 111195.0

func newMesh(spots []spot) *mesh {
	m := &mesh{cells: map[meshCell][]spot{}}
	if len(spots) > 0 {
		m.lat = spots[0].at.Lat
	}
	for _, s := range spots {
		k := m.cell(s)
		m.cells[k] = append(m.cells[k], s)
	}
	return m
}

func (m *mesh) cell(s spot) meshCell {
	east := s.at.Lng * metresPerDegree * math.Cos(m.lat*math.Pi/180)
	return meshCell{s.class, int64(math.Floor(east / (2 * TwinMetres))), int64(math.Floor(s.at.Lat * metresPerDegree / (2 * TwinMetres)))}
}

// twins lists the others within TwinMetres of a spot.
func (m *mesh) twins(s spot) (out []Twin) {
	at := m.cell(s)
	for x := at.x - 1; x <= at.x+1; x++ {
		for y := at.y - 1; y <= at.y+1; y++ {
			for _, o := range m.cells[meshCell{s.class, x, y}] {
				if d := geo.Distance(s.at, o.at); o.code != s.code && d <= TwinMetres {
					out = append(out, Twin{min(s.code, o.code), max(s.code, o.code), d})
				}
			}
		}
	}
	return out
}

// spots reads the points of some classes, without the removed ones and those
// that are about to be written.
func spots(ctx context.Context, q dbx.Querier, division id.ID, classes []string, without map[string]bool) ([]spot, error) {
	if len(classes) == 0 {
		return nil, nil
	}
	args := []any{division}
	for _, c := range classes {
		args = append(args, c)
	}
	rows, err := q.Query(ctx, `SELECT code, class, lat, lng FROM component WHERE division = $1 AND spread = FALSE AND state <> 'removed' AND class IN (`+
		dbx.In(2, len(classes))+`)`, args...)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (s spot, err error) {
		err = r.Scan(&s.code, &s.class, &s.at.Lat, &s.at.Lng)
		return s, err
	})
	return slices.DeleteFunc(list, func(s spot) bool { return without[s.code] }), err
}

// findTwins lists the pairs that the components would be part of, each once.
func findTwins(ctx context.Context, q dbx.Querier, division id.ID, list []Component) ([]Twin, error) {
	var own []spot
	var classes []string
	written := map[string]bool{}
	for _, c := range list {
		written[c.Code] = true
		if c.Geometry.Point == nil || c.State == Removed {
			continue
		}
		own = append(own, spot{c.Code, c.Class(), *c.Geometry.Point})
		if !slices.Contains(classes, c.Class()) {
			classes = append(classes, c.Class())
		}
	}
	others, err := spots(ctx, q, division, classes, written)
	if err != nil {
		return nil, err
	}
	m := newMesh(append(others, own...))
	var out []Twin
	for _, s := range own {
		for _, t := range m.twins(s) {
			// A pair of two new ones is found from both.
			if !(written[t.A] && written[t.B] && s.code == t.B) {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// keepTwins writes the open pairs of components that were written; answered
// pairs keep their answer.
func keepTwins(ctx context.Context, tx *dbx.Tx, division id.ID, codes []string, list []Twin) error {
	for part := range slices.Chunk(codes, together) {
		for _, column := range []string{"a", "b"} {
			args := []any{division}
			for _, c := range part {
				args = append(args, c)
			}
			if _, err := tx.Exec(ctx, `DELETE FROM component_twin WHERE division = $1 AND answer = '' AND `+column+` IN (`+dbx.In(2, len(part))+`)`, args...); err != nil {
				return err
			}
		}
	}
	for _, t := range list {
		if err := tx.Add(ctx, pairs, division, t.A, t.B, t.Metres, "", "", int64(0)); err != nil {
			return err
		}
	}
	return nil
}

var pairs = &dbx.Rows{Into: `INSERT INTO component_twin (division, a, b, metres, answer, name, at) VALUES`, Columns: 7,
	Tail: `ON CONFLICT (division, a, b) DO UPDATE SET metres = excluded.metres`}

// Pair is two registered components that may be one thing.
type Pair struct {
	A, B   Component
	Metres float64
}

// OpenPairs lists the pairs nobody has answered yet, at most so many, and how
// many there are.
func OpenPairs(ctx context.Context, q dbx.Querier, division id.ID, most int) (out []Pair, n int, err error) {
	defer fault.Trace(&err, "component.OpenPairs")
	if err = q.QueryRow(ctx, `SELECT count(*) FROM component_twin WHERE division = $1 AND answer = ''`, division).Scan(&n); err != nil || n == 0 {
		return nil, n, err
	}
	rows, err := q.Query(ctx, `SELECT a, b, metres FROM component_twin WHERE division = $1 AND answer = '' ORDER BY a, b LIMIT $2`, division, most)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (t Twin, err error) {
		err = r.Scan(&t.A, &t.B, &t.Metres)
		return t, err
	})
	if err != nil {
		return nil, n, err
	}
	codes := make([]string, 0, 2*len(list))
	for _, t := range list {
		codes = append(codes, t.A, t.B)
	}
	all, err := findAll(ctx, q, division, codes)
	for _, t := range list {
		out = append(out, Pair{all[t.A], all[t.B], t.Metres})
	}
	return out, n, err
}

// Both is the answer to a pair that both stay.
const Both = "both"

// Answer settles a pair: Both, or the code of the one that stays; the other is
// then marked removed, which its history tells. The actor must be an
// administrator. A pair that is not open is NotFound.
func (s *Service) Answer(ctx context.Context, actor people.Actor, a, b, answer string) (err error) {
	defer fault.Trace(&err, "component.Answer(%s, %s)", a, b)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	if answer != Both && answer != a && answer != b {
		return fault.New(fault.Invalid, "component.answer_bad")
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE component_twin SET answer = $1, name = $2, at = $3 WHERE division = $4 AND a = $5 AND b = $6 AND answer = ''`,
			answer, actor.Name, clock.Micro(now), actor.Division, a, b)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("pair")
		}
		if answer == Both {
			return nil
		}
		return retire(ctx, tx, actor, now, map[bool]string{true: b, false: a}[answer == a], answer)
	})
}

func retire(ctx context.Context, tx *dbx.Tx, actor people.Actor, now time.Time, code, instead string) error {
	old, err := Find(ctx, tx, actor.Division, code)
	if err != nil {
		return err
	}
	next := old
	next.State, next.Local, next.Changed = Removed, true, people.Day(now)
	before, after := old.difference(next)
	after["instead"] = instead
	if err := put(ctx, tx, actor.Division, next); err != nil {
		return err
	}
	if err := note(ctx, tx, actor, now, code, retired, before, after); err != nil {
		return err
	}
	return keepTwins(ctx, tx, actor.Division, []string{code}, nil)
}

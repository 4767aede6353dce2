package listing

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode/utf8"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Saved is a filter kept under a name.
type Saved struct {
	ID    id.ID
	Owner string // account
	Post  string // everybody who holds it sees the filter; "" is the owner alone
	Name  string
	Query string // as Canonical writes it
	Place int64  // in the owner's order
}

const (
	longName  = 20 // characters
	mostSaved = 30 // of one person
)

// PostOf is a post as a filter is shared with it: a role, within its department
// where it has one.
func PostOf(g people.Grant) string {
	if g.Department == "" {
		return g.Role
	}
	return g.Role + "@" + g.Department
}

func posts(actor people.Actor) (out []string) {
	for _, g := range actor.Posts {
		if p := PostOf(g); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// Saved lists the filters the actor kept, in their order, and behind them those
// that others share with a post of the actor's.
func (m *Room) Saved(ctx context.Context, actor people.Actor) (list []Saved, err error) {
	defer fault.Trace(&err, "listing.Saved")
	return saved(ctx, m.DB, actor)
}

func saved(ctx context.Context, q dbx.Querier, actor people.Actor) ([]Saved, error) {
	me := actor.Account.String()
	args := []any{actor.Division, me}
	where := "owner = $2"
	if held := posts(actor); len(held) > 0 {
		where += " OR post IN (" + dbx.In(3, len(held)) + ")"
		for _, p := range held {
			args = append(args, p)
		}
	}
	rows, err := q.Query(ctx, `SELECT id, owner, post, name, query, place FROM saved_filter WHERE division = $1 AND (`+where+`)`, args...)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (s Saved, err error) {
		return s, r.Scan(&s.ID, &s.Owner, &s.Post, &s.Name, &s.Query, &s.Place)
	})
	slices.SortFunc(list, func(a, b Saved) int {
		if (a.Owner == me) != (b.Owner == me) {
			return map[bool]int{true: -1, false: 1}[a.Owner == me]
		}
		return cmp.Or(cmp.Compare(a.Place, b.Place), strings.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	})
	return list, err
}

// check refuses a name that is empty or long, and a post the actor does not hold.
func (s *Saved) check(actor people.Actor) error {
	s.Name = strings.TrimSpace(s.Name)
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > longName {
		return fault.New(fault.Invalid, "listing.name.wrong", "n", longName)
	}
	if s.Post != "" && !slices.Contains(posts(actor), s.Post) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// Keep keeps a filter for the actor behind all others. A name that is empty or
// too long is Invalid, a post the actor does not hold Forbidden, one filter too
// many a Conflict.
func (m *Room) Keep(ctx context.Context, actor people.Actor, s Saved) (_ id.ID, err error) {
	defer fault.Trace(&err, "listing.Keep")
	if err := s.check(actor); err != nil {
		return s.ID, err
	}
	s.ID = id.New()
	return s.ID, m.DB.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		var last int64
		err := tx.QueryRow(ctx, `SELECT count(*), coalesce(max(place), 0) FROM saved_filter WHERE division = $1 AND owner = $2`,
			actor.Division, actor.Account.String()).Scan(&n, &last)
		if err != nil {
			return err
		}
		if n >= mostSaved {
			return fault.New(fault.Conflict, "listing.saved.most", "n", mostSaved)
		}
		_, err = tx.Exec(ctx, `INSERT INTO saved_filter (division, id, owner, post, name, query, place) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			actor.Division, s.ID, actor.Account.String(), s.Post, s.Name, s.Query, last+1)
		return err
	})
}

// Change gives the actor's own filter another name and post; one of somebody
// else is NotFound, and the rest as with Keep.
func (m *Room) Change(ctx context.Context, actor people.Actor, s Saved) (err error) {
	defer fault.Trace(&err, "listing.Change")
	if err := s.check(actor); err != nil {
		return err
	}
	return m.own(ctx, `UPDATE saved_filter SET name = $1, post = $2 WHERE division = $3 AND id = $4 AND owner = $5`,
		s.Name, s.Post, actor.Division, s.ID, actor.Account.String())
}

// Drop deletes the actor's own filter; one of somebody else is NotFound.
func (m *Room) Drop(ctx context.Context, actor people.Actor, filter id.ID) (err error) {
	defer fault.Trace(&err, "listing.Drop")
	return m.own(ctx, `DELETE FROM saved_filter WHERE division = $1 AND id = $2 AND owner = $3`, actor.Division, filter, actor.Account.String())
}

func (m *Room) own(ctx context.Context, query string, args ...any) error {
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			return fault.Missing("filter")
		}
		return err
	})
}

// Move moves the actor's own filter one place up or down; at the end it stays.
// One of somebody else is NotFound.
func (m *Room) Move(ctx context.Context, actor people.Actor, filter id.ID, up bool) (err error) {
	defer fault.Trace(&err, "listing.Move")
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		list, err := saved(ctx, tx, actor)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(s Saved) bool { return s.Owner != actor.Account.String() })
		i := slices.IndexFunc(list, func(s Saved) bool { return s.ID == filter })
		if i < 0 {
			return fault.Missing("filter")
		}
		j := i + 1
		if up {
			j = i - 1
		}
		if j >= 0 && j < len(list) {
			list[i], list[j] = list[j], list[i]
		}
		for place, s := range list {
			if _, err := tx.Exec(ctx, `UPDATE saved_filter SET place = $1 WHERE division = $2 AND id = $3`, place+1, actor.Division, s.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// counted is how far the cases of a kept filter are counted.
const counted = 1000

// count is how many cases the filter of an address holds, up to counted+1.
func (m *Room) count(ctx context.Context, s Saved, actor people.Actor) (int, error) {
	q := values(s.Query)
	if q.Get("watched") != "" {
		rows, err := m.watched(ctx, q, actor)
		return len(rows), err
	}
	return record.Upto(ctx, m.DB, actor.Division, Asked(q, actor, m.Clock.Now()), counted+1)
}

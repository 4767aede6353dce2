package permit

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Band is the one that is open now or opens next today, "" for none.
func Band(c *cluster.Cluster, now time.Time) string { return bandOf(c, now) }

// Led is who was met on the street and led to a stall. Nobody asks for a name or a
// number; Card is what the person showed of an earlier pass, "" for nothing.
type Led struct {
	Case        id.ID // the talk; its pass has the same id, so that it has one at most
	Stall, Band string
	Goods       []string
	Card        string
}

// LeadIn gives a stall for the opening of today. Its card has a code; passes are
// counted, as far as whoever comes again shows the card of one before. A stall that
// is taken is a Conflict, so is a card that was used as often as a month allows; a
// card that nobody was given is NotFound.
func (m *Room) LeadIn(ctx context.Context, tx *dbx.Tx, actor people.Actor, l Led, now time.Time) error {
	if _, err := Holder(ctx, tx, actor.Division, l.Stall, l.Band); err == nil {
		return fault.New(fault.Conflict, "stall.taken")
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	set, err := m.Settings(ctx, actor.Division)
	if err != nil {
		return err
	}
	p := Pass{ID: l.Case, Code: id.Receipt(), Stall: l.Stall, Band: l.Band, Goods: l.Goods, Day: calendar.DateOf(now), At: now, chain: l.Case[:]}
	if l.Card != "" {
		before, err := PassOf(ctx, tx, actor.Division, l.Card)
		if err != nil {
			return err
		}
		p.chain = before.chain
	}
	return pass(ctx, tx, actor, p, set.Int("stall.day_passes"))
}

// PassOf is the pass of a card: its code as it was typed, or the address that the
// code on it leads to. NotFound where nobody was given it.
func PassOf(ctx context.Context, q dbx.Querier, division id.ID, card string) (p Pass, err error) {
	code, ok := id.ParseReceipt(card[strings.LastIndex(card, "/")+1:])
	if !ok {
		return p, fault.Missing("day_pass")
	}
	return scanPass(q.QueryRow(ctx, `SELECT `+passColumns+` FROM stall_day_pass WHERE division = $1 AND code = $2`, division, code))
}

// PassOfCase is the pass of whoever was led in by the talk, NotFound for none.
func PassOfCase(ctx context.Context, q dbx.Querier, division, talk id.ID) (Pass, error) {
	return scanPass(q.QueryRow(ctx, `SELECT `+passColumns+` FROM stall_day_pass WHERE division = $1 AND id = $2`, division, talk))
}

// Had is how many passes the person of a pass had in its month until its day, as
// far as number or card tell.
func Had(ctx context.Context, q dbx.Querier, division id.ID, p Pass) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM stall_day_pass WHERE division = $1 AND chain = $2 AND day >= $3 AND day <= $4`, division, p.chain, int64(monthOf(p.Day)), int64(p.Day)).Scan(&n)
	return n, err
}

// CardLeft reports whether the person of a card may have a pass more this month.
func (m *Room) CardLeft(ctx context.Context, q dbx.Querier, division id.ID, p Pass, now time.Time) (bool, error) {
	set, err := m.Settings(ctx, division)
	if err != nil {
		return false, err
	}
	p.Day = calendar.DateOf(now)
	n, err := Had(ctx, q, division, p)
	return n < set.Int("stall.day_passes"), err
}

func monthOf(day calendar.Date) calendar.Date { return day - calendar.Date(day.At(0).Day()-1) }

// Given is how many passes a stall was given away with in a month: in all, those
// for which nobody left a number, and of these those that no earlier card counts.
type Given struct {
	Stall             string
	N, Unnamed, First int
}

// Month are the passes of the month until the day, by stall.
func Month(ctx context.Context, q dbx.Querier, division id.ID, day calendar.Date) (_ []Given, err error) {
	defer fault.Trace(&err, "permit.Month")
	rows, err := q.Query(ctx, `SELECT stall, COUNT(*), SUM(CASE WHEN last4 = '' THEN 1 ELSE 0 END), SUM(CASE WHEN chain = id THEN 1 ELSE 0 END) FROM stall_day_pass
		WHERE division = $1 AND day >= $2 AND day <= $3 GROUP BY stall ORDER BY stall`, division, int64(monthOf(day)), int64(day))
	return dbx.Collect(rows, err, func(r *sql.Rows) (g Given, err error) {
		err = r.Scan(&g.Stall, &g.N, &g.Unnamed, &g.First)
		return g, err
	})
}

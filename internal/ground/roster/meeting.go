package roster

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Meeting is one of a party group, with who came.
type Meeting struct {
	ID              id.ID
	Group, Topic    string
	Day             calendar.Date
	Present, Absent []string // logins of the members of that day
}

// Meet writes a meeting down, that was held today or before. Its group's members
// and the duty lead may; whoever is not named as present was absent.
func (m *Room) Meet(ctx context.Context, actor people.Actor, x Meeting) (_ Meeting, err error) {
	defer fault.Trace(&err, "roster.Meet")
	book, err := m.Book(ctx, actor.Division)
	if err != nil {
		return x, err
	}
	i := slices.IndexFunc(book.Groups, func(g Group) bool { return g.Code == x.Group })
	if i < 0 {
		return x, fault.Missing("party_group")
	}
	of := book.Groups[i].Members
	if !actor.Has(Lead) && !slices.ContainsFunc(of, func(p Member) bool { return p.Login == actor.Login }) {
		return x, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if x.Day == 0 || x.Day > calendar.DateOf(m.clk.Now()) {
		return x, fault.New(fault.Invalid, "form.refused").Field("day", "roster.meeting_day")
	}
	x.ID, x.Absent = id.New(), nil
	present := x.Present
	x.Present = nil
	for _, p := range of {
		if slices.Contains(present, p.Login) {
			x.Present = append(x.Present, p.Login)
		} else {
			x.Absent = append(x.Absent, p.Login)
		}
	}
	return x, m.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO roster_meeting (division, id, grp, day, topic, present, absent, writer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			actor.Division, x.ID, x.Group, int64(x.Day), x.Topic, strings.Join(x.Present, " "), strings.Join(x.Absent, " "), known(actor.Account))
		return err
	})
}

// Meetings are those since the day, the latest first.
func Meetings(ctx context.Context, q dbx.Querier, division id.ID, since calendar.Date) (_ []Meeting, err error) {
	defer fault.Trace(&err, "roster.Meetings")
	rows, err := q.Query(ctx, `SELECT id, grp, day, topic, present, absent FROM roster_meeting WHERE division = $1 AND day >= $2 ORDER BY day DESC, id DESC`, division, int64(since))
	return dbx.Collect(rows, err, func(r *sql.Rows) (x Meeting, err error) {
		var day int64
		var present, absent string
		err = r.Scan(&x.ID, &x.Group, &day, &x.Topic, &present, &absent)
		x.Day, x.Present, x.Absent = calendar.Date(day), strings.Fields(present), strings.Fields(absent)
		return x, err
	})
}

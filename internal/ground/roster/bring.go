package roster

import (
	"context"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

var (
	turnRows = dbx.Rows{Columns: 7, Into: `INSERT INTO roster_turn (division, id, account, place, begins, ends, planner) VALUES`}
	signRows = dbx.Rows{Columns: 12, Into: `INSERT INTO roster_sign (division, id, account, turn, place, lat, lng, accuracy, begins, due, ends, how) VALUES`}
)

// Bring writes weeks of turns and sign-ins at once, as a book on paper is brought
// in. They are taken as they are; a person who would be at two duties that go on
// is a Conflict, and then nothing is written.
func Bring(ctx context.Context, tx *dbx.Tx, actor people.Actor, turns []Turn, list []Sign) (err error) {
	defer fault.Trace(&err, "roster.Bring(%d turns, %d signs)", len(turns), len(list))
	for _, t := range turns {
		if err := tx.Add(ctx, &turnRows, actor.Division, t.ID, t.Account, t.Place, clock.Micro(t.From), clock.Micro(t.To), actor.Account); err != nil {
			return err
		}
	}
	for _, s := range list {
		ends, how := int64(0), ""
		if !s.To.IsZero() {
			ends, how = clock.Micro(s.To), map[bool]string{true: "forgotten", false: "self"}[s.Forgot]
		}
		if err := tx.Add(ctx, &signRows, actor.Division, s.ID, s.Account, known(s.Turn), s.Place, s.At.Lat, s.At.Lng, s.Accuracy,
			clock.Micro(s.From), clock.Micro(s.Due), ends, how); err != nil {
			return err
		}
	}
	return nil
}

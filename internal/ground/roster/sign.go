package roster

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Sign is one duty that somebody signed in for.
type Sign struct {
	ID       id.ID
	Account  id.ID
	Turn     id.ID // none for a duty that nobody planned
	Place    string
	At       geo.Point
	Accuracy float64 // metres, 0 where the device did not say
	From     time.Time
	Due      time.Time // when the program signs out who forgot to
	To       time.Time // zero while on duty
	Forgot   bool      // the program signed out
}

// OnDuty reports whether it goes on at the instant.
func (s Sign) OnDuty(now time.Time) bool {
	return !now.Before(s.From) && now.Before(s.Due) && (s.To.IsZero() || now.Before(s.To))
}

// Lasted is how long it went on, until the instant for one that goes on.
func (s Sign) Lasted(now time.Time) time.Duration {
	end := s.To
	if end.IsZero() {
		end = s.Due
		if now.Before(end) {
			end = now
		}
	}
	return max(0, end.Sub(s.From))
}

const (
	// Early is how long before a turn one may sign in for it.
	Early = 30 * time.Minute
	// Grace is how long after a turn it still counts without a sign-out.
	Grace = 30 * time.Minute
	// unplanned is how long a duty counts that nobody planned.
	unplanned = 4 * time.Hour
)

// SignIn begins a duty where the person stands: the turn of the roster that is
// now, else the place that was named. Whoever is on duty already is a Conflict.
func (m *Room) SignIn(ctx context.Context, actor people.Actor, place string, at geo.Point, accuracy float64) (s Sign, err error) {
	defer fault.Trace(&err, "roster.SignIn")
	if actor.Account.IsZero() {
		return s, fault.New(fault.Forbidden, "fault.forbidden")
	}
	if !at.Valid() || at == (geo.Point{}) {
		return s, fault.New(fault.Invalid, "form.refused").Field("here", "roster.where")
	}
	now := m.clk.Now()
	s = Sign{ID: id.New(), Account: actor.Account, Place: place, At: at, Accuracy: accuracy, From: now, Due: now.Add(unplanned)}
	return s, m.db.Write(ctx, func(tx *dbx.Tx) error {
		turns, err := Turns(ctx, tx, actor.Division, now, now.Add(Early))
		if err != nil {
			return err
		}
		for _, t := range turns {
			if t.Account == actor.Account && (place == "" || place == t.Place) {
				s.Turn, s.Place, s.Due = t.ID, t.Place, t.To.Add(Grace)
				break
			}
		}
		if s.Place == "" {
			return fault.New(fault.Invalid, "form.refused").Field("place", "roster.no_turn")
		}
		if err := close(ctx, tx, actor.Division, now); err != nil {
			return err
		}
		if _, err := Current(ctx, tx, actor.Division, actor.Account, now); err == nil {
			return fault.New(fault.Conflict, "roster.on_duty")
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO roster_sign (division, id, account, turn, place, lat, lng, accuracy, begins, due, ends, how) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '')`,
			actor.Division, s.ID, s.Account, known(s.Turn), s.Place, at.Lat, at.Lng, accuracy, clock.Micro(now), clock.Micro(s.Due))
		return err
	})
}

func known(x id.ID) any {
	if x.IsZero() {
		return nil
	}
	return x
}

// SignOut ends the duty of the person; NotFound for who is on none.
func (m *Room) SignOut(ctx context.Context, actor people.Actor) (s Sign, err error) {
	defer fault.Trace(&err, "roster.SignOut")
	now := m.clk.Now()
	return s, m.db.Write(ctx, func(tx *dbx.Tx) error {
		if s, err = Current(ctx, tx, actor.Division, actor.Account, now); err != nil {
			return err
		}
		s.To = now
		_, err := tx.Exec(ctx, `UPDATE roster_sign SET ends = $1, how = 'self' WHERE division = $2 AND id = $3`, clock.Micro(now), actor.Division, s.ID)
		return err
	})
}

// Close signs out who forgot to, with the end of what was planned.
func (m *Room) Close(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "roster.Close")
	return m.db.Write(ctx, func(tx *dbx.Tx) error { return close(ctx, tx, division, m.clk.Now()) })
}

// close takes the grace off again: it is there to sign out, not to be counted.
func close(ctx context.Context, tx *dbx.Tx, division id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE roster_sign SET ends = CASE WHEN turn IS NULL THEN due WHEN due - $1 > begins THEN due - $1 ELSE begins END, how = 'forgotten'
		WHERE division = $2 AND ends = 0 AND due <= $3`, Grace.Microseconds(), division, clock.Micro(now))
	return err
}

// Current is the duty on which the person is at the instant; NotFound for none.
func Current(ctx context.Context, q dbx.Querier, division, account id.ID, now time.Time) (s Sign, err error) {
	defer fault.Trace(&err, "roster.Current")
	list, err := signs(ctx, q, `WHERE division = $1 AND account = $2 AND begins > $3 AND begins <= $4 AND due > $4 AND (ends = 0 OR ends > $4)`,
		division, account, clock.Micro(now.Add(-Early-longest-Grace)), clock.Micro(now))
	if err == nil && len(list) == 0 {
		err = fault.Missing("duty")
	}
	if err != nil {
		return s, err
	}
	return list[0], nil
}

// Now are the duties that go on, in the order of their places.
func Now(ctx context.Context, q dbx.Querier, division id.ID, now time.Time) (_ []Sign, err error) {
	defer fault.Trace(&err, "roster.Now")
	return signs(ctx, q, `WHERE division = $1 AND ends = 0 AND begins <= $2 AND due > $2 ORDER BY place, begins`, division, clock.Micro(now))
}

// Signs are the duties that began in the time, oldest first; of one person, or of
// all where none is named.
func Signs(ctx context.Context, q dbx.Querier, division, account id.ID, from, to time.Time) (_ []Sign, err error) {
	defer fault.Trace(&err, "roster.Signs")
	if account.IsZero() {
		return signs(ctx, q, `WHERE division = $1 AND begins >= $2 AND begins < $3 ORDER BY begins, id`, division, clock.Micro(from), clock.Micro(to))
	}
	return signs(ctx, q, `WHERE division = $1 AND account = $2 AND begins >= $3 AND begins < $4 ORDER BY begins, id`, division, account, clock.Micro(from), clock.Micro(to))
}

func signs(ctx context.Context, q dbx.Querier, where string, args ...any) ([]Sign, error) {
	rows, err := q.Query(ctx, `SELECT id, account, turn, place, lat, lng, accuracy, begins, due, ends, how FROM roster_sign `+where, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (s Sign, err error) {
		var turn []byte
		var begins, due, ends int64
		var how string
		err = r.Scan(&s.ID, &s.Account, &turn, &s.Place, &s.At.Lat, &s.At.Lng, &s.Accuracy, &begins, &due, &ends, &how)
		copy(s.Turn[:], turn)
		s.From, s.Due, s.Forgot = clock.FromMicro(begins), clock.FromMicro(due), how == "forgotten"
		if ends != 0 {
			s.To = clock.FromMicro(ends)
		}
		return s, err
	})
}

// Hours is how long the duties lasted together, to the instant.
func Hours(list []Sign, now time.Time) (sum time.Duration) {
	for _, s := range list {
		sum += s.Lasted(now)
	}
	return sum
}

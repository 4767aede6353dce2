package permit

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Permit is one case of a vendor as it is looked up.
type Permit struct {
	Case                id.ID
	State               string
	Goods, Clusters     []string
	Band                string
	Power               int
	Hardship            bool
	Stall               string
	Turn, Since, Until  time.Time // zero for none
	person, household   []byte
	held, mine, revoked bool
}

// holding are the states in which a stall is kept for the case, owning those in
// which the person counts as having one.
var (
	owning  = []string{"active", "suspended", "renewing", "revoking"}
	holding = append([]string{"offered"}, owning...)
)

const columns = `case_id, person, household, state, goods, clusters, band, power, hardship, stall, held, mine, turn, since, until, revoked`

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return clock.FromMicro(us)
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.Micro(t)
}

func scan(r *sql.Rows) (p Permit, err error) {
	var goods, clusters string
	var turn, since, until, revoked int64
	err = r.Scan(&p.Case, &p.person, &p.household, &p.State, &goods, &clusters, &p.Band, &p.Power, &p.Hardship, &p.Stall, &p.held, &p.mine, &turn, &since, &until, &revoked)
	p.Goods, p.Clusters = strings.Fields(goods), strings.Fields(clusters)
	p.Turn, p.Since, p.Until, p.revoked = instant(turn), instant(since), instant(until), revoked != 0
	return p, err
}

func list(ctx context.Context, q dbx.Querier, where string, args ...any) ([]Permit, error) {
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM stall_permit WHERE `+where, args...)
	return dbx.Collect(rows, err, scan)
}

// Find reads the permit of a case; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, caseID id.ID) (p Permit, err error) {
	defer fault.Trace(&err, "permit.Find(%s)", caseID)
	all, err := list(ctx, q, `division = $1 AND case_id = $2`, division, caseID)
	if err == nil && len(all) == 0 {
		err = fault.Missing("stall_permit")
	}
	if err != nil {
		return p, err
	}
	return all[0], nil
}

// In lists the permits in the states, those who wait longest first.
func In(ctx context.Context, q dbx.Querier, division id.ID, states ...string) (_ []Permit, err error) {
	defer fault.Trace(&err, "permit.In")
	args := []any{division}
	for _, s := range states {
		args = append(args, s)
	}
	return list(ctx, q, `division = $1 AND state IN (`+dbx.In(2, len(states))+`) ORDER BY turn, case_id`, args...)
}

// Holder finds who has the stall in the band; none is NotFound.
func Holder(ctx context.Context, q dbx.Querier, division id.ID, stall, band string) (p Permit, err error) {
	defer fault.Trace(&err, "permit.Holder(%s)", stall)
	all, err := list(ctx, q, `division = $1 AND stall = $2 AND band = $3 AND held`, division, stall, band)
	if err == nil && len(all) == 0 {
		err = fault.Missing("stall_permit")
	}
	if err != nil {
		return p, err
	}
	return all[0], nil
}

// Held lists the bands in which each stall is somebody's.
func Held(ctx context.Context, q dbx.Querier, division id.ID) (_ map[string][]string, err error) {
	defer fault.Trace(&err, "permit.Held")
	rows, err := q.Query(ctx, `SELECT stall, band FROM stall_permit WHERE division = $1 AND held`, division)
	out := map[string][]string{}
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (s struct{}, err error) {
		var stall, band string
		err = r.Scan(&stall, &band)
		out[stall] = append(out[stall], band)
		return s, err
	})
	return out, err
}

func put(ctx context.Context, tx *dbx.Tx, division id.ID, p Permit, now time.Time) error {
	var revoked int64
	if p.State == "revoked" {
		revoked = clock.Micro(now)
	}
	var household any
	if len(p.household) > 0 {
		household = p.household
	}
	_, err := tx.Exec(ctx, `INSERT INTO stall_permit (division, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (division, case_id) DO UPDATE SET state = excluded.state, goods = excluded.goods, clusters = excluded.clusters, band = excluded.band,
		power = excluded.power, hardship = excluded.hardship, stall = excluded.stall, held = excluded.held, mine = excluded.mine, turn = excluded.turn,
		since = excluded.since, until = excluded.until, revoked = excluded.revoked`,
		division, p.Case, p.person, household, p.State, strings.Join(p.Goods, " "), strings.Join(p.Clusters, " "), p.Band, p.Power, p.Hardship, p.Stall,
		slices.Contains(holding, p.State) && p.Stall != "", slices.Contains(owning, p.State), micro(p.Turn), micro(p.Since), micro(p.Until), revoked)
	return err
}

// own is the stall that the person or the household has by another case, "" for none.
func own(ctx context.Context, q dbx.Querier, division, caseID id.ID, person, household []byte) (string, error) {
	all, err := list(ctx, q, `division = $1 AND person = $2 AND mine`, division, person)
	if err == nil && len(household) > 0 {
		var more []Permit
		more, err = list(ctx, q, `division = $1 AND household = $2 AND mine`, division, household)
		all = append(all, more...)
	}
	for _, p := range all {
		if p.Case != caseID {
			return p.Stall, err
		}
	}
	return "", err
}

// lastRevoked is when a stall of the person was withdrawn last; zero for never.
func lastRevoked(ctx context.Context, q dbx.Querier, division id.ID, person []byte) (time.Time, error) {
	var at int64
	err := q.QueryRow(ctx, `SELECT COALESCE(MAX(revoked), 0) FROM stall_permit WHERE division = $1 AND person = $2`, division, person).Scan(&at)
	return instant(at), err
}

// Point is one record of points.
type Point struct {
	Case, Permit id.ID
	Act          string
	N, Good      int64
	State        string
	At           time.Time
	Day          calendar.Date
}

// PointsOf lists the records of a permit, the newest first.
func PointsOf(ctx context.Context, q dbx.Querier, division, permit id.ID) (_ []Point, err error) {
	defer fault.Trace(&err, "permit.PointsOf(%s)", permit)
	rows, err := q.Query(ctx, `SELECT case_id, permit, act, n, good, state, at, day FROM stall_point WHERE division = $1 AND permit = $2 ORDER BY at DESC, case_id DESC`, division, permit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (p Point, err error) {
		var at, day int64
		err = r.Scan(&p.Case, &p.Permit, &p.Act, &p.N, &p.Good, &p.State, &at, &day)
		p.At, p.Day = clock.FromMicro(at), calendar.Date(day)
		return p, err
	})
}

func putPoint(ctx context.Context, tx *dbx.Tx, division id.ID, p Point) error {
	_, err := tx.Exec(ctx, `INSERT INTO stall_point (division, case_id, permit, act, n, good, state, at, day) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (division, case_id) DO UPDATE SET n = excluded.n, state = excluded.state`,
		division, p.Case, p.Permit, p.Act, p.N, p.Good, p.State, clock.Micro(p.At), int64(p.Day))
	return err
}

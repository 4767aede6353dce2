package hotline

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Order is a work order of the hotline, with where its case stands.
type Order struct {
	Division id.ID
	No       string
	ID       id.ID
	Case     id.ID // zero: it became no case
	Party    id.ID
	Title    string
	Address  string
	Received time.Time // when the hotline sent it
	Due      time.Time // by when it wants an answer; zero: as the procedure says
	Refused  i18n.Text // why it became no case

	Returned                           time.Time
	ReturnKind, ReturnWhy, ReturnBasis string
	ReturnBy                           string

	CalledBack time.Time
	Solved     string // yes, no or ""
	Stars      int
	Comment    string

	// Of the case that carries the report now:
	Now     id.ID
	State   string
	Dept    string
	Number  string
	Promise time.Time // zero: no such clock
	Ended   bool
	Arrived time.Time
	told    string
}

const orderColumns = `o.division, o.no, o.id, o.case_id, o.party, o.title, o.address, o.received, o.due, o.refused, o.returned, o.return_kind, o.return_why,
	o.return_basis, o.return_by, o.called_back, o.solved, o.stars, o.comment, o.told, o.arrived, c.id, c.state, c.dept, c.number, c.promise_due, c.terminal`

const fromOrders = ` FROM hotline_order o LEFT JOIN party p ON p.division = o.division AND p.id = o.party
	LEFT JOIN cases c ON c.division = o.division AND c.id = p.now_case`

func scanOrder(r *sql.Rows) (o Order, err error) {
	var received, due, returned, called, arrived int64
	var refused string
	var state, dept, number sql.NullString
	var promise sql.NullInt64
	var ended sql.NullBool
	err = r.Scan(&o.Division, &o.No, &o.ID, &o.Case, &o.Party, &o.Title, &o.Address, &received, &due, &refused, &returned, &o.ReturnKind, &o.ReturnWhy,
		&o.ReturnBasis, &o.ReturnBy, &called, &o.Solved, &o.Stars, &o.Comment, &o.told, &arrived, &o.Now, &state, &dept, &number, &promise, &ended)
	if err != nil {
		return o, err
	}
	for at, to := range map[*int64]*time.Time{&received: &o.Received, &due: &o.Due, &returned: &o.Returned, &called: &o.CalledBack, &arrived: &o.Arrived} {
		*to = instant(*at)
	}
	o.State, o.Dept, o.Number, o.Promise, o.Ended = state.String, dept.String, number.String, instant(promise.Int64), ended.Bool
	if refused != "" {
		err = json.Unmarshal([]byte(refused), &o.Refused)
	}
	return o, err
}

// instant reads a stored instant; 0 is none.
func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return clock.FromMicro(micro)
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return clock.Micro(t)
}

// Find is an order by the hotline's number; unknown is NotFound.
func (r *Room) Find(ctx context.Context, division id.ID, no string) (o Order, err error) {
	defer fault.Trace(&err, "hotline.Find(%s)", no)
	rows, err := r.DB.Query(ctx, `SELECT `+orderColumns+fromOrders+` WHERE o.division = $1 AND o.no = $2`, division, no)
	list, err := dbx.Collect(rows, err, scanOrder)
	if err == nil && len(list) == 0 {
		return o, fault.Missing("order")
	}
	if err != nil {
		return o, err
	}
	return list[0], nil
}

// List is the orders, the latest first, at most limit, before the given one
// (zero: from the latest on).
func (r *Room) List(ctx context.Context, division, before id.ID, limit int) (_ []Order, err error) {
	defer fault.Trace(&err, "hotline.List")
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	rows, err := r.DB.Query(ctx, `SELECT `+orderColumns+fromOrders+` WHERE o.division = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3`, division, before, limit)
	return dbx.Collect(rows, err, scanOrder)
}

// keep writes an order that arrived, or arrived again after it became no case.
func (r *Room) keep(ctx context.Context, o Order) error {
	refused := ""
	if o.Refused.ZH != "" {
		raw, err := json.Marshal(o.Refused)
		if err != nil {
			return err
		}
		refused = string(raw)
	}
	now := clock.Micro(r.Clock.Now())
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO hotline_order (division, no, id, case_id, party, title, address, received, due, refused, returned, return_kind,
			return_why, return_basis, return_by, called_back, solved, stars, comment, told, arrived, changed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '', '', '', 0, '', 0, '', '', $11, $11)
			ON CONFLICT (division, no) DO UPDATE SET case_id = excluded.case_id, party = excluded.party, address = excluded.address, refused = excluded.refused,
				returned = 0, changed = excluded.changed`,
			o.Division, o.No, o.ID, o.Case, o.Party, o.Title, o.Address, micro(o.Received), micro(o.Due), refused, now)
		return err
	})
}

// first reports whether a line is met for the first time; it is remembered by
// remember once it was acted on.
func (r *Room) first(ctx context.Context, division id.ID, digest []byte) (bool, error) {
	var at int64
	err := r.DB.QueryRow(ctx, `SELECT at FROM hotline_seen WHERE division = $1 AND line = $2`, division, digest).Scan(&at)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	return false, err
}

func (r *Room) remember(ctx context.Context, division id.ID, digest []byte) error {
	now := clock.Micro(r.Clock.Now())
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO hotline_seen (division, line, at) VALUES ($1, $2, $3) ON CONFLICT (division, line) DO NOTHING`, division, digest, now)
		return err
	})
}

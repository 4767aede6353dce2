package goods

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Sources of goods.
var Sources = []string{"hold", "measure", "sample", "confiscated"}

// Movements of a lot.
const (
	In       = "in" // the first of every lot
	Shelve   = "shelve"
	Return   = "return"
	Early    = "early" // perishables, before a decision (CL 28)
	Auction  = "auction"
	Destroy  = "destroy"
	Transfer = "transfer"
)

// Outs are the movements by which goods leave, after those within the store.
var Outs = []string{Return, Transfer, Auction, Destroy, Early}

// Lot is goods of one kind that came in together, with their movements, the
// oldest first.
type Lot struct {
	ID, Case   id.ID
	Source     string
	Name, Unit string
	Quantity   int64
	Condition  string
	Perishable bool
	At         time.Time
	Moves      []Movement
}

// Movement is one step of a lot.
type Movement struct {
	What            string
	Quantity        int64
	Shelf, Receiver string
	Why, Paper      string
	Proceeds        int64 // fen
	At              time.Time
	Account, Name   string
	Second, Partner string // account and name of the second person
	Witness         string
}

// Out is how much left.
func (l Lot) Out() (n int64) {
	for _, m := range l.Moves {
		if slices.Contains(Outs, m.What) {
			n += m.Quantity
		}
	}
	return n
}

// Kept is how much is still there.
func (l Lot) Kept() int64 { return l.Quantity - l.Out() }

// Shelf is where it lies.
func (l Lot) Shelf() string {
	for _, m := range slices.Backward(l.Moves) {
		if m.Shelf != "" {
			return m.Shelf
		}
	}
	return ""
}

const columns = `l.id, l.case_id, l.source, l.name, l.unit, l.quantity, l.condition, l.perishable, l.at`

func scan(r *sql.Rows) (l Lot, err error) {
	var at int64
	err = r.Scan(&l.ID, &l.Case, &l.Source, &l.Name, &l.Unit, &l.Quantity, &l.Condition, &l.Perishable, &at)
	l.At = clock.FromMicro(at)
	return l, err
}

// most is how many lots a list shows.
const most = 1000

// outs is the sum of what left a lot.
const outs = `(SELECT COALESCE(SUM(m.quantity), 0) FROM goods_move m WHERE m.division = l.division AND m.lot = l.id AND m.what IN ('return', 'transfer', 'auction', 'destroy', 'early'))`

// List lists the lots of which something is kept, or all of them, the latest first.
func List(ctx context.Context, q dbx.Querier, division id.ID, all bool) (_ []Lot, err error) {
	defer fault.Trace(&err, "goods.List")
	kept := ` AND l.quantity > ` + outs
	if all {
		kept = ""
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM goods_lot l WHERE l.division = $1`+kept+` ORDER BY l.at DESC, l.id DESC LIMIT $2`, division, most)
	list, err := dbx.Collect(rows, err, scan)
	if err != nil {
		return nil, err
	}
	return withMoves(ctx, q, division, list)
}

// Of lists the lots that some cases brought.
func Of(ctx context.Context, q dbx.Querier, division id.ID, cases ...id.ID) (_ []Lot, err error) {
	defer fault.Trace(&err, "goods.Of")
	args := []any{division}
	for _, c := range cases {
		args = append(args, c)
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM goods_lot l WHERE l.division = $1 AND l.case_id IN (`+dbx.In(2, len(cases))+`) ORDER BY l.at, l.id`, args...)
	list, err := dbx.Collect(rows, err, scan)
	if err != nil {
		return nil, err
	}
	return withMoves(ctx, q, division, list)
}

// Find reads one lot; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, key id.ID) (l Lot, err error) {
	defer fault.Trace(&err, "goods.Find(%s)", key)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM goods_lot l WHERE l.division = $1 AND l.id = $2`, division, key)
	list, err := dbx.Collect(rows, err, scan)
	if err == nil && len(list) == 0 {
		return l, fault.Missing("goods")
	}
	if err != nil {
		return l, err
	}
	list, err = withMoves(ctx, q, division, list)
	if err != nil {
		return l, err
	}
	return list[0], nil
}

// chunk is how many lots one query of movements asks about.
const chunk = 500

func withMoves(ctx context.Context, q dbx.Querier, division id.ID, list []Lot) ([]Lot, error) {
	at := map[id.ID]*Lot{}
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	for part := range slices.Chunk(list, chunk) {
		args := []any{division}
		for _, l := range part {
			args = append(args, l.ID)
		}
		rows, err := q.Query(ctx, `SELECT lot, what, quantity, shelf, receiver, why, paper, proceeds, at, account, name, second, partner, witness FROM goods_move
			WHERE division = $1 AND lot IN (`+dbx.In(2, len(part))+`) ORDER BY lot, n`, args...)
		_, err = dbx.Collect(rows, err, func(r *sql.Rows) (m Movement, err error) {
			var of id.ID
			var when int64
			if err = r.Scan(&of, &m.What, &m.Quantity, &m.Shelf, &m.Receiver, &m.Why, &m.Paper, &m.Proceeds, &when, &m.Account, &m.Name, &m.Second, &m.Partner, &m.Witness); err == nil {
				m.At = clock.FromMicro(when)
				at[of].Moves = append(at[of].Moves, m)
			}
			return m, err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func insert(ctx context.Context, tx *dbx.Tx, division id.ID, l Lot) error {
	_, err := tx.Exec(ctx, `INSERT INTO goods_lot (division, id, case_id, source, name, unit, quantity, condition, perishable, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		division, l.ID, l.Case, l.Source, l.Name, l.Unit, l.Quantity, l.Condition, l.Perishable, clock.Micro(l.At))
	if err != nil {
		return err
	}
	return move(ctx, tx, division, l.ID, 0, l.Moves[0])
}

func move(ctx context.Context, tx *dbx.Tx, division, lot id.ID, n int, m Movement) error {
	_, err := tx.Exec(ctx, `INSERT INTO goods_move (division, lot, n, what, quantity, shelf, receiver, why, paper, proceeds, at, account, name, second, partner, witness)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, division, lot, n, m.What, m.Quantity, m.Shelf, m.Receiver, m.Why, m.Paper, m.Proceeds,
		clock.Micro(m.At), m.Account, m.Name, m.Second, m.Partner, m.Witness)
	return err
}

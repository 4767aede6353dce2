package money

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Kinds of statements.
const (
	Bank   = "bank"
	NonTax = "nontax"
)

// States of a line.
const (
	Open    = "open"
	Matched = "matched"
	Aside   = "aside" // not a payment of a fine
)

// lines is what a statement's file must look like.
var lines = register.Kind{ID: "statement", Key: []string{"ref"}, Check: checkLine, Columns: []register.Column{
	{Name: "ref", ZH: "流水号", Required: true}, {Name: "paid_on", ZH: "交易日期", Required: true}, {Name: "amount", ZH: "金额", Required: true},
	{Name: "payer", ZH: "付款人", Required: true}, {Name: "memo", ZH: "摘要"}, {Name: "receipt", ZH: "票据号"}}}

func checkLine(c register.Cells) (out []register.Problem) {
	out = c.Days("paid_on", "")
	if n, ok := fen(c["amount"]); !ok || n <= 0 {
		out = append(out, register.Wrong("register.amount", "column", "amount", "said", c["amount"]))
	}
	return out
}

// fen reads an amount in yuan, "1,500.00".
func fen(s string) (int64, bool) {
	whole, part, _ := strings.Cut(strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "").Replace(strings.TrimSpace(s)), ".")
	if len(part) > 2 || whole == "" || strings.HasPrefix(part, "-") || strings.HasPrefix(part, "+") {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	return n, err == nil && len(whole) <= 12
}

// Statement is one file that came in.
type Statement struct {
	ID     id.ID
	Kind   string
	Name   string
	SHA256 string
	Added  int64
	Same   int64
	At     time.Time
	Author string
}

// Line is one payment of a statement.
type Line struct {
	ID      id.ID
	Kind    string
	Ref     string
	PaidOn  calendar.Date
	Amount  int64 // fen
	Payer   string
	Memo    string
	Receipt string // number of the fiscal receipt
	State   string
	Case    id.ID // of a matched one
	Why     string
	Settled time.Time
	Author  string
}

// Import brings the lines of a statement in; those that an earlier file brought
// are counted and left as they are. Finance alone may; a file with anything wrong
// brings nothing, and what is wrong comes back by line.
func (m *Room) Import(ctx context.Context, actor people.Actor, kind string, f register.File) (s Statement, problems []register.Problem, err error) {
	defer fault.Trace(&err, "money.Import")
	if err := actor.Require(actor.Division, Finance); err != nil {
		return s, nil, err
	}
	rows, problems, err := register.Read(lines, f)
	if err != nil || len(problems) > 0 {
		return s, problems, err
	}
	sum, now := sha256.Sum256(f.Body), m.Clock.Now()
	err = m.DB.Write(ctx, func(tx *dbx.Tx) error {
		s = Statement{ID: id.New(), Kind: kind, Name: f.Name, SHA256: hex.EncodeToString(sum[:]), At: now, Author: actor.Name}
		for _, c := range rows {
			amount, _ := fen(c["amount"]) // checked
			n, err := tx.Exec(ctx, `INSERT INTO statement_line (division, id, statement, kind, ref, paid_on, amount, payer, memo, receipt, state, why, settled, author)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, '') ON CONFLICT (division, kind, ref) DO NOTHING`,
				actor.Division, id.New(), s.ID, kind, c["ref"], c.Day("paid_on").String(), amount, c["payer"], c["memo"], c["receipt"], Open)
			if err != nil {
				return err
			}
			s.Added, s.Same = s.Added+n, s.Same+1-n
		}
		_, err := tx.Exec(ctx, `INSERT INTO statement (division, id, kind, name, sha256, added, same, at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			actor.Division, s.ID, kind, s.Name, s.SHA256, s.Added, s.Same, clock.Micro(now), s.Author)
		return err
	})
	return s, nil, err
}

const lineColumns = `id, kind, ref, paid_on, amount, payer, memo, receipt, state, case_id, why, settled, author`

func scanLine(r *sql.Rows) (x Line, err error) {
	var day string
	var settled int64
	var of []byte
	if err = r.Scan(&x.ID, &x.Kind, &x.Ref, &day, &x.Amount, &x.Payer, &x.Memo, &x.Receipt, &x.State, &of, &x.Why, &settled, &x.Author); err != nil {
		return x, err
	}
	copy(x.Case[:], of)
	x.Settled = clock.FromMicro(settled)
	x.PaidOn, err = calendar.ParseDate(day)
	return x, err
}

// mostLines is how many lines a page shows.
const mostLines = 200

// Lines lists lines in a state, the latest payments first.
func Lines(ctx context.Context, q dbx.Querier, division id.ID, state string) (_ []Line, err error) {
	defer fault.Trace(&err, "money.Lines")
	rows, err := q.Query(ctx, `SELECT `+lineColumns+` FROM statement_line WHERE division = $1 AND state = $2 ORDER BY paid_on DESC, id DESC LIMIT $3`, division, state, mostLines)
	return dbx.Collect(rows, err, scanLine)
}

// FindLine reads one line; none is NotFound.
func FindLine(ctx context.Context, q dbx.Querier, division, key id.ID) (x Line, err error) {
	defer fault.Trace(&err, "money.FindLine(%s)", key)
	rows, err := q.Query(ctx, `SELECT `+lineColumns+` FROM statement_line WHERE division = $1 AND id = $2`, division, key)
	list, err := dbx.Collect(rows, err, scanLine)
	if err == nil && len(list) == 0 {
		return x, fault.Missing("statement line")
	}
	if err != nil {
		return x, err
	}
	return list[0], nil
}

// Statements lists the files that came in, the latest first.
func Statements(ctx context.Context, q dbx.Querier, division id.ID, limit int) (_ []Statement, err error) {
	defer fault.Trace(&err, "money.Statements")
	rows, err := q.Query(ctx, `SELECT id, kind, name, sha256, added, same, at, author FROM statement WHERE division = $1 ORDER BY at DESC, id DESC LIMIT $2`, division, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (s Statement, err error) {
		var at int64
		err = r.Scan(&s.ID, &s.Kind, &s.Name, &s.SHA256, &s.Added, &s.Same, &at, &s.Author)
		s.At = clock.FromMicro(at)
		return s, err
	})
}

// settle ends a line that is open; one that is not is a Conflict.
func (m *Room) settle(ctx context.Context, actor people.Actor, line id.ID, state string, caseID any, why string) error {
	now := m.Clock.Now()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE statement_line SET state = $1, case_id = $2, why = $3, settled = $4, author = $5 WHERE division = $6 AND id = $7 AND state = $8`,
			state, caseID, why, clock.Micro(now), actor.Name, actor.Division, line, Open)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "money.settled")
		}
		return err
	})
}

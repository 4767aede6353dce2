package paper

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Answers to a request for the seal.
const (
	Open     = "open"
	Approved = "approved"
	Refused  = "refused"
)

// SealUse is one line of the register of the seal 用印登记: somebody asks,
// somebody else answers.
type SealUse struct {
	ID         id.ID
	Paper      id.ID
	AskedBy    string
	AskedAt    time.Time
	Copies     int
	Purpose    string
	Answer     string
	AnsweredBy string
	AnsweredAt time.Time
	Reason     string // of a refusal

	// Of the paper, in the register.
	Template string
	Version  int
	Number   string
	Case     id.ID
}

// AskSeal asks for the seal on an issued paper. A paper that already waits for
// an answer is a Conflict.
func AskSeal(ctx context.Context, tx *dbx.Tx, division id.ID, u SealUse) (key id.ID, err error) {
	defer fault.Trace(&err, "paper.AskSeal(%s)", u.Paper)
	bad := fault.New(fault.Invalid, "form.refused")
	if u.Copies < 1 || u.Copies > 99 {
		bad.Field("copies", "paper.copies")
	}
	if strings.TrimSpace(u.Purpose) == "" {
		bad.Field("purpose", "paper.reason")
	}
	if err := bad.OrNil(); err != nil {
		return key, err
	}
	p, err := Find(ctx, tx, division, u.Paper)
	if err != nil {
		return key, err
	}
	if p.State != Issued {
		return key, p.refuse()
	}
	var open int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM seal_use WHERE division = $1 AND paper = $2 AND answer = $3`, division, u.Paper, Open).Scan(&open); err != nil {
		return key, err
	}
	if open > 0 {
		return key, fault.New(fault.Conflict, "paper.seal_open")
	}
	key = id.New()
	_, err = tx.Exec(ctx, `INSERT INTO seal_use (division, id, paper, asked_by, asked_at, copies, purpose, answer, approved_by, at, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, '')`,
		division, key, u.Paper, u.AskedBy, clock.Micro(u.AskedAt), u.Copies, strings.TrimSpace(u.Purpose), Open)
	return key, err
}

// AnswerSeal approves or refuses a request. Who asked may not answer, a refusal
// needs its reason, and an answer is given once.
func AnswerSeal(ctx context.Context, tx *dbx.Tx, division, request id.ID, by string, approve bool, reason string, at time.Time) (err error) {
	defer fault.Trace(&err, "paper.AnswerSeal(%s)", request)
	u, err := FindSeal(ctx, tx, division, request)
	if err != nil {
		return err
	}
	answer := Refused
	if approve {
		answer = Approved
	}
	switch {
	case u.AskedBy == by:
		return fault.New(fault.Conflict, "paper.seal_same")
	case !approve && strings.TrimSpace(reason) == "":
		return fault.New(fault.Invalid, "form.refused").Field("reason", "paper.reason")
	}
	n, err := tx.Exec(ctx, `UPDATE seal_use SET answer = $1, approved_by = $2, at = $3, reason = $4 WHERE division = $5 AND id = $6 AND answer = $7`,
		answer, by, clock.Micro(at), strings.TrimSpace(reason), division, request, Open)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "paper.seal_answered")
	}
	if !approve {
		return nil
	}
	return change(ctx, tx, division, u.Paper, `sealed_at = $3`, clock.Micro(at))
}

const sealSelect = `SELECT u.id, u.paper, u.asked_by, u.asked_at, u.copies, u.purpose, u.answer, u.approved_by, u.at, u.reason,
	p.template, p.version, p.number, p.case_id FROM seal_use u JOIN paper p ON p.division = u.division AND p.id = u.paper WHERE u.division = $1`

func scanSeal(r interface{ Scan(...any) error }) (u SealUse, err error) {
	var asked, answered int64
	err = r.Scan(&u.ID, &u.Paper, &u.AskedBy, &asked, &u.Copies, &u.Purpose, &u.Answer, &u.AnsweredBy, &answered, &u.Reason,
		&u.Template, &u.Version, &u.Number, &u.Case)
	u.AskedAt, u.AnsweredAt = clock.FromMicro(asked), clock.FromMicro(answered)
	return u, err
}

// FindSeal returns one request; unknown is NotFound.
func FindSeal(ctx context.Context, q dbx.Querier, division, request id.ID) (u SealUse, err error) {
	defer fault.Trace(&err, "paper.FindSeal(%s)", request)
	return scanSeal(q.QueryRow(ctx, sealSelect+` AND u.id = $2`, division, request))
}

// SealsOf lists the requests for one paper, the newest first.
func SealsOf(ctx context.Context, q dbx.Querier, division, paper id.ID) (_ []SealUse, err error) {
	defer fault.Trace(&err, "paper.SealsOf(%s)", paper)
	rows, err := q.Query(ctx, sealSelect+` AND u.paper = $2 ORDER BY u.asked_at DESC, u.id DESC`, division, paper)
	return dbx.Collect(rows, err, func(r *sql.Rows) (SealUse, error) { return scanSeal(r) })
}

// SealFilter narrows the register; its zero value is all of it.
type SealFilter struct {
	Answer   string
	From, To time.Time // asked at, To left out
	After    string    // where the page before ended
	Limit    int
}

// Seals is the register, the newest request first, and where the next page
// begins, "" at its end. An After that cannot be read begins anew.
func Seals(ctx context.Context, q dbx.Querier, division id.ID, f SealFilter) (list []SealUse, next string, err error) {
	defer fault.Trace(&err, "paper.Seals")
	where, args := sealSelect, []any{division}
	add := func(cond string, v ...any) {
		for _, x := range v {
			args = append(args, x)
			cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		where += " AND " + cond
	}
	if f.Answer != "" {
		add("u.answer = ?", f.Answer)
	}
	if !f.From.IsZero() {
		add("u.asked_at >= ?", clock.Micro(f.From))
	}
	if !f.To.IsZero() {
		add("u.asked_at < ?", clock.Micro(f.To))
	}
	if at, last, ok := cursor(f.After); ok {
		add("(u.asked_at < ? OR u.asked_at = ? AND u.id < ?)", at, at, last)
	}
	args = append(args, f.Limit+1)
	rows, err := q.Query(ctx, where+` ORDER BY u.asked_at DESC, u.id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	list, err = dbx.Collect(rows, err, func(r *sql.Rows) (SealUse, error) { return scanSeal(r) })
	if err == nil && len(list) > f.Limit {
		list = list[:f.Limit]
		last := list[f.Limit-1]
		next = strconv.FormatInt(clock.Micro(last.AskedAt), 10) + "." + last.ID.String()
	}
	return list, next, err
}

func cursor(s string) (at int64, last id.ID, ok bool) {
	a, b, ok := strings.Cut(s, ".")
	if !ok {
		return 0, last, false
	}
	at, err := strconv.ParseInt(a, 10, 64)
	if err != nil {
		return 0, last, false
	}
	last, err = id.Parse(b)
	return at, last, err == nil
}

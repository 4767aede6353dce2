// Package notice keeps what people are told about cases: the bell on the desk
// and the news on a reporter's follow page. A notice is made with the step that
// causes it, once per target and step.
//
// It owns notices and what was read. It does not decide who is told (the
// procedure does) and sends nothing outside the program.
package notice

import (
	"context"
	"database/sql"
	"embed"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration makes the tables of this room.
var Migration = dbx.Migration{Name: "notice", FS: dbx.Sub(files, "migrations")}

// Kinds of target.
const (
	Account  = "account"
	Role     = "role" // whoever holds it, where the post's scope covers the notice's
	Dept     = "dept"
	DeptHead = "dept_head"
	Party    = "party"
)

// Notice is one thing told to one target.
type Notice struct {
	Division id.ID
	ID       id.ID
	Case     id.ID
	Seq      int64 // of the step it tells about; 0 for news of a webhook, whose id is in Case
	Kind     string
	Target   string // account id, role id, department code or party id
	Scope    string // grid of the case, for roles; "" reaches every post
	At       time.Time
	Text     i18n.Text
}

// Insert writes notices; one that the target already has for this step is left
// out, so nobody is told twice.
func Insert(ctx context.Context, tx *dbx.Tx, list []Notice) error {
	for _, n := range list {
		if err := tx.Add(ctx, &newNotices, n.Division, n.ID, n.Case, n.Seq, n.Kind, n.Target, n.Scope, clock.Micro(n.At), n.Text.ZH, n.Text.EN); err != nil {
			return err
		}
	}
	return nil
}

var newNotices = dbx.Rows{Columns: 10, Into: `INSERT INTO notice (division, id, case_id, seq, kind, target, scope, at, zh, en) VALUES`,
	Tail: `ON CONFLICT (division, case_id, seq, kind, target) DO NOTHING`}

// Withdraw deletes what a step of a case told, because the step was taken back.
func Withdraw(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, seq int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM notice_read WHERE division = $1 AND notice IN (SELECT id FROM notice WHERE division = $1 AND case_id = $2 AND seq = $3)`,
		division, caseID, seq); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM notice WHERE division = $1 AND case_id = $2 AND seq = $3`, division, caseID, seq)
	return err
}

// Address is one way by which notices reach a reader.
type Address struct {
	Kind   string
	Target string
	Scope  string // the post's: reaches notices whose grid begins with it
}

// Item is a notice in somebody's inbox.
type Item struct {
	Notice
	Read bool
}

// Inbox lists what reaches an account through any of its addresses, the latest
// first, at most limit, older than before (zero: from now). No address, no
// notice.
func Inbox(ctx context.Context, q dbx.Querier, division id.ID, account string, to []Address, before time.Time, limit int) (_ []Item, err error) {
	defer fault.Trace(&err, "notice.Inbox")
	if len(to) == 0 {
		return nil, nil
	}
	us := clock.Micro(before)
	if us == 0 {
		us = 1 << 62
	}
	args := []any{division, account, us}
	where := reach(to, &args)
	args = append(args, limit)
	rows, err := q.Query(ctx, `SELECT n.division, n.id, n.case_id, n.seq, n.kind, n.target, n.scope, n.at, n.zh, n.en, r.at IS NOT NULL
		FROM notice n LEFT JOIN notice_read r ON r.division = n.division AND r.notice = n.id AND r.account = $2
		WHERE n.division = $1 AND n.at < $3 AND (`+where+`) ORDER BY n.at DESC, n.id DESC LIMIT `+dbx.In(len(args), 1), args...)
	return dbx.Collect(rows, err, scanItem)
}

// Unread counts what Inbox would list and was not read, up to 100.
func Unread(ctx context.Context, q dbx.Querier, division id.ID, account string, to []Address) (n int, err error) {
	defer fault.Trace(&err, "notice.Unread")
	if len(to) == 0 {
		return 0, nil
	}
	args := []any{division, account}
	var parts []string
	for i := range to { // each by itself, so that it stops at its hundredth
		parts = append(parts, `SELECT id FROM (SELECT n.id FROM notice n WHERE n.division = $1 AND NOT EXISTS
			(SELECT 1 FROM notice_read r WHERE r.division = n.division AND r.account = $2 AND r.notice = n.id) AND `+reach(to[i:i+1], &args)+` LIMIT 100) p`+strconv.Itoa(i))
	}
	err = q.QueryRow(ctx, `SELECT count(*) FROM (`+strings.Join(parts, " UNION ")+`) u`, args...).Scan(&n)
	return min(n, 100), err
}

func reach(to []Address, args *[]any) string {
	var parts []string
	for _, a := range to {
		*args = append(*args, a.Kind, a.Target)
		n := len(*args)
		part := "n.kind = " + dbx.In(n-1, 1) + " AND n.target = " + dbx.In(n, 1)
		if a.Scope != "" {
			*args = append(*args, a.Scope, a.Scope+"\U0010FFFF")
			part += " AND (n.scope = '' OR n.scope BETWEEN " + dbx.In(n+1, 1) + " AND " + dbx.In(n+2, 1) + ")"
		}
		parts = append(parts, "("+part+")")
	}
	return strings.Join(parts, " OR ")
}

func scanItem(r *sql.Rows) (i Item, err error) {
	var at int64
	err = r.Scan(&i.Division, &i.ID, &i.Case, &i.Seq, &i.Kind, &i.Target, &i.Scope, &at, &i.Text.ZH, &i.Text.EN, &i.Read)
	i.At = clock.FromMicro(at)
	return i, err
}

// ToParty lists what a reporter was told, the oldest first.
func ToParty(ctx context.Context, q dbx.Querier, division, party id.ID) (_ []Item, err error) {
	defer fault.Trace(&err, "notice.ToParty")
	rows, err := q.Query(ctx, `SELECT division, id, case_id, seq, kind, target, scope, at, zh, en, FALSE FROM notice
		WHERE division = $1 AND kind = 'party' AND target = $2 ORDER BY at, id`, division, party.String())
	return dbx.Collect(rows, err, scanItem)
}

// MarkRead notes that an account read the notices; unknown ones are no error.
func MarkRead(ctx context.Context, tx *dbx.Tx, division id.ID, account string, at time.Time, notices ...id.ID) (err error) {
	defer fault.Trace(&err, "notice.MarkRead")
	for _, n := range notices {
		_, err := tx.Exec(ctx, `INSERT INTO notice_read (division, account, notice, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (division, account, notice) DO NOTHING`, division, account, n, clock.Micro(at))
		if err != nil {
			return err
		}
	}
	return nil
}

package openness

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Kinds of publications.
const (
	Penalty   = "penalty"
	Precedent = "precedent"
)

// Publication is one thing the public may read.
type Publication struct {
	Kind      string
	Case      id.ID
	Published time.Time
	Withdrawn time.Time // zero while it is open to all
	Reason    string
	Title     string
	Content
}

// Content is what stands on its page, masked already.
type Content struct {
	Number    string   `json:"number,omitempty"` // of the decision
	Decided   string   `json:"decided,omitempty"`
	Party     string   `json:"party,omitempty"`
	Cause     string   `json:"cause,omitempty"`
	Law       string   `json:"law,omitempty"`
	Version   string   `json:"version,omitempty"`
	Penalties []string `json:"penalties,omitempty"`
	Text      string   `json:"text"`
	Lesson    string   `json:"lesson,omitempty"`
	Advice    string   `json:"advice,omitempty"`
	Class     string   `json:"class,omitempty"`
	Banner    string   `json:"banner,omitempty"` // the law changed later
	Paper     id.ID    `json:"paper,omitzero"`   // the decision, of which there is a masked copy
}

// put publishes, anew where it was withdrawn.
func put(ctx context.Context, tx *dbx.Tx, division id.ID, p Publication) error {
	raw, err := json.Marshal(p.Content)
	if err != nil {
		return err
	}
	words := strings.ToLower(strings.Join([]string{p.Title, p.Number, p.Party, p.Cause, p.Law, p.Text}, " "))
	_, err = tx.Exec(ctx, `INSERT INTO enforcement_publication (division, kind, case_id, published, withdrawn, reason, title, words, content)
		VALUES ($1, $2, $3, $4, 0, '', $5, $6, $7)
		ON CONFLICT (division, kind, case_id) DO UPDATE SET published = $4, withdrawn = 0, reason = '', title = $5, words = $6, content = $7`,
		division, p.Kind, p.Case, clock.Micro(p.Published), p.Title, words, string(raw))
	return err
}

// withdraw leaves the row with the reason, and nothing of what it said.
func withdraw(ctx context.Context, tx *dbx.Tx, division id.ID, kind string, caseID id.ID, at time.Time, reason string) error {
	_, err := tx.Exec(ctx, `UPDATE enforcement_publication SET withdrawn = $1, reason = $2, title = '', words = '', content = '{"text":""}'
		WHERE division = $3 AND kind = $4 AND case_id = $5`, clock.Micro(at), reason, division, kind, caseID)
	return err
}

// banner notes on an open publication that the law changed.
func banner(ctx context.Context, tx *dbx.Tx, division id.ID, caseID id.ID, text string) error {
	p, err := find(ctx, tx, division, Precedent, caseID)
	if err != nil {
		return err
	}
	p.Banner = text
	raw, err := json.Marshal(p.Content)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE enforcement_publication SET content = $1 WHERE division = $2 AND kind = $3 AND case_id = $4`, string(raw), division, Precedent, caseID)
	}
	return err
}

const columns = `kind, case_id, published, withdrawn, reason, title, content`

func scan(r interface{ Scan(...any) error }) (p Publication, err error) {
	var published, withdrawn int64
	var raw string
	if err = r.Scan(&p.Kind, &p.Case, &published, &withdrawn, &p.Reason, &p.Title, &raw); err != nil {
		return p, err
	}
	p.Published = clock.FromMicro(published)
	if withdrawn != 0 {
		p.Withdrawn = clock.FromMicro(withdrawn)
	}
	return p, json.Unmarshal([]byte(raw), &p.Content)
}

// find reads one, withdrawn ones too; none is NotFound.
func find(ctx context.Context, q dbx.Querier, division id.ID, kind string, caseID id.ID) (p Publication, err error) {
	defer fault.Trace(&err, "openness.find(%s)", caseID)
	p, err = scan(q.QueryRow(ctx, `SELECT `+columns+` FROM enforcement_publication WHERE division = $1 AND kind = $2 AND case_id = $3`, division, kind, caseID))
	if fault.Is(err, fault.NotFound) {
		err = fault.Missing("publication")
	}
	return p, err
}

// page is how many stand on one page of a list.
const page = 20

// list reads a page of what is open to all, the newest first; text narrows it,
// after is the cursor of the page before.
func list(ctx context.Context, q dbx.Querier, division id.ID, kind, text, after string) (out []Publication, next string, err error) {
	defer fault.Trace(&err, "openness.list")
	where, args := "division = $1 AND kind = $2 AND withdrawn = 0", []any{division, kind}
	for _, w := range strings.Fields(strings.ToLower(text)) {
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)+"%")
		where += fmt.Sprintf(` AND words LIKE $%d ESCAPE '\'`, len(args))
	}
	if at, last, ok := readCursor(after); ok {
		args = append(args, at, last)
		where += fmt.Sprintf(" AND (published, case_id) < ($%d, $%d)", len(args)-1, len(args))
	}
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM enforcement_publication WHERE `+where+` ORDER BY published DESC, case_id DESC LIMIT `+fmt.Sprint(page+1), args...)
	out, err = dbx.Collect(rows, err, func(r *sql.Rows) (Publication, error) { return scan(r) })
	if err == nil && len(out) > page {
		out = out[:page]
		last := out[page-1]
		next = fmt.Sprintf("%d.%s", clock.Micro(last.Published), last.Case)
	}
	return out, next, err
}

func readCursor(s string) (at int64, last id.ID, ok bool) {
	var text string
	if _, err := fmt.Sscanf(s, "%d.%s", &at, &text); err != nil {
		return 0, last, false
	}
	last, err := id.Parse(text)
	return at, last, err == nil
}

// counted are the open decisions since an instant, by month and matter.
func counted(ctx context.Context, q dbx.Querier, division id.ID, from time.Time, each func(at time.Time, c Content)) (err error) {
	defer fault.Trace(&err, "openness.counted")
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM enforcement_publication WHERE division = $1 AND kind = $2 AND withdrawn = 0 AND published >= $3`,
		division, Penalty, clock.Micro(from))
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (Publication, error) { return scan(r) })
	for _, p := range list {
		each(p.Published, p.Content)
	}
	return err
}

package paper

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// States of a paper.
const (
	Draft    = "draft"
	Issued   = "issued"
	Voided   = "voided"
	Replaced = "replaced"
)

// Paper is one document of a case.
type Paper struct {
	Division   id.ID
	ID         id.ID
	Case       id.ID
	Seq        int64 // of the event that fixed it
	Template   string
	Version    int
	Number     string
	State      string
	IssuedAt   time.Time
	IssuedBy   string
	SHA256     string // of the PDF; empty until it is set
	Pages      int
	PrintedAt  time.Time
	Prints     int
	SealedAt   time.Time
	Scan       Scan
	EndedAt    time.Time
	EndedBy    string
	Reason     string
	ReplacedBy id.ID // zero for none
	ErasedAt   time.Time
	ErasedRule string

	stored   content
	personal map[string]json.RawMessage
}

// Scan is the signed copy as it came back.
type Scan struct {
	SHA256 string
	Pages  int
	At     time.Time
	By     string
}

// content is what was fixed, as it is kept.
type content struct {
	Agency Agency                     `json:"agency"`
	Date   int64                      `json:"date"`
	Verify string                     `json:"verify"` // since the PDF is set
	Fields map[string]json.RawMessage `json:"fields"` // without the personal ones
}

// Act is what a step fixes.
type Act struct {
	ID       id.ID // of the draft it was written in; zero for none
	Division id.ID
	Code     string // the division's, for numbers that have it
	Case     id.ID
	Seq      int64
	By       string
	Template *Template
	Content  Content // Number and Files are not looked at, nor are Code and Verify
}

// jobKind is the work of setting a fixed paper.
const jobKind = "paper.set"

// Fix issues a paper inside the transaction of the act that makes it: it checks
// the required contents (N33), takes the number, keeps fields and template
// version for good and asks for the PDF. The engine calls it while it writes
// the event whose seq is given, so that both stand or neither; the digest of
// the PDF becomes known later and belongs into a later event (Room.Set tells).
func Fix(ctx context.Context, tx *dbx.Tx, a Act) (p Paper, err error) {
	defer fault.Trace(&err, "paper.Fix(%s)", a.Template.ID)
	t := a.Template
	if err := t.Check(a.Content); err != nil {
		return Paper{}, err
	}
	p = Paper{ID: a.ID, Division: a.Division, Case: a.Case, Seq: a.Seq, Template: t.ID, Version: t.Version, State: Issued, IssuedAt: a.Content.Date, IssuedBy: a.By}
	if !a.ID.IsZero() {
		if err := dropDraft(ctx, tx, a); err != nil {
			return Paper{}, err
		}
	} else {
		p.ID = id.New()
	}
	if t.Number != "" {
		shape := strings.ReplaceAll(t.Number, "{short}", a.Content.Agency.Short)
		if p.Number, err = record.Number(ctx, tx, a.Division, "paper "+shape, shape, a.Code, a.Content.Date.In(calendar.Zone)); err != nil {
			return Paper{}, err
		}
	}
	if err := insert(ctx, tx, &p, a); err != nil {
		return Paper{}, err
	}
	payload, err := json.Marshal([]id.ID{a.Division, p.ID})
	if err != nil {
		return Paper{}, err
	}
	return p, job.Enqueue(ctx, tx, job.Job{Kind: jobKind, Key: p.ID.String(), Payload: string(payload), RunAt: a.Content.Date})
}

// SaveDraft keeps fields that are not yet fixed: no number, no seq. A zero id
// begins a draft; a paper that is no draft any more is a Conflict.
func SaveDraft(ctx context.Context, tx *dbx.Tx, a Act) (p Paper, err error) {
	defer fault.Trace(&err, "paper.SaveDraft(%s)", a.Template.ID)
	p = Paper{ID: a.ID, Division: a.Division, Case: a.Case, Template: a.Template.ID, Version: a.Template.Version, State: Draft, IssuedAt: a.Content.Date, IssuedBy: a.By}
	if p.ID.IsZero() {
		p.ID = id.New()
	} else if err := dropDraft(ctx, tx, a); err != nil {
		return Paper{}, err
	}
	return p, insert(ctx, tx, &p, a)
}

// dropDraft makes room for what the act writes in the draft's place; a draft of
// another case or paper is left alone.
func dropDraft(ctx context.Context, tx *dbx.Tx, a Act) error {
	n, err := tx.Exec(ctx, `DELETE FROM paper WHERE division = $1 AND id = $2 AND case_id = $3 AND template = $4 AND state = $5`,
		a.Division, a.ID, a.Case, a.Template.ID, Draft)
	if err == nil && n == 0 {
		return wrongState(ctx, tx, a.Division, a.ID)
	}
	return err
}

func insert(ctx context.Context, tx *dbx.Tx, p *Paper, a Act) (err error) {
	c := a.Content
	p.stored = content{Agency: c.Agency, Date: clock.Micro(c.Date)}
	if p.stored.Fields, p.personal, err = apart(a.Template, c.Fields); err != nil {
		return err
	}
	own, err := json.Marshal(p.personal)
	if err != nil {
		return err
	}
	body, err := json.Marshal(p.stored)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO paper (division, id, case_id, seq, template, version, number, state, content, issued_at, issued_by,
		sha256, pages, printed_at, prints, sealed_at, scan_sha256, scan_pages, scan_at, scan_by, ended_at, ended_by, reason, personal)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, 0, 0, 0, '', 0, 0, '', 0, '', '', $12)`,
		p.Division, p.ID, p.Case, p.Seq, p.Template, p.Version, p.Number, p.State, string(body), clock.Micro(p.IssuedAt), p.IssuedBy, string(own))
	return err
}

const columns = `division, id, case_id, seq, template, version, number, state, content, issued_at, issued_by, sha256, pages, printed_at, prints,
	sealed_at, scan_sha256, scan_pages, scan_at, scan_by, ended_at, ended_by, reason, replaced_by, personal, erased_at, erased_rule`

func scan(r interface{ Scan(...any) error }) (p Paper, err error) {
	var body, own string
	var issued, printed, sealed, scanned, ended, erased int64
	var replaced []byte
	err = r.Scan(&p.Division, &p.ID, &p.Case, &p.Seq, &p.Template, &p.Version, &p.Number, &p.State, &body, &issued, &p.IssuedBy, &p.SHA256, &p.Pages,
		&printed, &p.Prints, &sealed, &p.Scan.SHA256, &p.Scan.Pages, &scanned, &p.Scan.By, &ended, &p.EndedBy, &p.Reason, &replaced, &own, &erased, &p.ErasedRule)
	if err != nil {
		return p, err
	}
	copy(p.ReplacedBy[:], replaced)
	p.IssuedAt, p.PrintedAt, p.SealedAt = clock.FromMicro(issued), clock.FromMicro(printed), clock.FromMicro(sealed)
	p.Scan.At, p.EndedAt, p.ErasedAt = clock.FromMicro(scanned), clock.FromMicro(ended), clock.FromMicro(erased)
	return p, errors.Join(json.Unmarshal([]byte(body), &p.stored), json.Unmarshal([]byte(own), &p.personal))
}

// Find returns one paper; unknown is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, paper id.ID) (p Paper, err error) {
	defer fault.Trace(&err, "paper.Find(%s)", paper)
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM paper WHERE division = $1 AND id = $2`, division, paper))
}

// Of lists a case's papers, the oldest first, drafts and voided ones too.
func Of(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Paper, err error) {
	defer fault.Trace(&err, "paper.Of(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM paper WHERE division = $1 AND case_id = $2 ORDER BY issued_at, id`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (Paper, error) { return scan(r) })
}

// Numbers is the register 文号登记 of a template: every number that was given,
// the newest first, voided ones with their reason.
func Numbers(ctx context.Context, q dbx.Querier, division id.ID, template string, limit int) (_ []Paper, err error) {
	defer fault.Trace(&err, "paper.Numbers(%s)", template)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM paper WHERE division = $1 AND template = $2 AND number <> '' ORDER BY issued_at DESC, id DESC LIMIT $3`,
		division, template, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (Paper, error) { return scan(r) })
}

// Fields are what the paper says, in the template's types.
func (p Paper) Fields(t *Template) (Values, error) {
	all := maps.Clone(p.stored.Fields)
	maps.Copy(all, p.personal)
	return t.Decode(all)
}

// Content is all that the paper says.
func (p Paper) Content(t *Template) (Content, error) {
	v, err := p.Fields(t)
	if err == nil && !p.ErasedAt.IsZero() {
		x := &filling{t: t, c: Content{Fields: v}}
		for i := range t.Fields {
			if f := &t.Fields[i]; x.private(f) && !f.List && (f.Type == field.Text || f.Type == field.Long) {
				v[f.Name] = gone
			}
		}
	}
	return Content{Agency: p.stored.Agency, Number: p.Number, Date: clock.FromMicro(p.stored.Date), Verify: p.stored.Verify, Fields: v}, err
}

// refuse says that the paper's state does not allow what was asked.
func (p Paper) refuse() error {
	names := map[string]i18n.Text{Draft: {ZH: "草稿", EN: "a draft"}, Issued: {ZH: "已出具", EN: "issued"}, Voided: {ZH: "已作废", EN: "voided"},
		Replaced: {ZH: "已更换", EN: "replaced"}}
	return fault.New(fault.Conflict, "paper.state", "state", names[p.State])
}

// wrongState is why a change found no row: a Conflict that names the state, or
// NotFound.
func wrongState(ctx context.Context, q dbx.Querier, division, paper id.ID) error {
	p, err := Find(ctx, q, division, paper)
	if err != nil {
		return err
	}
	return p.refuse()
}

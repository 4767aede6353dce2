package incident

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/text"
)

// Update is one thing that became of a published case: it came into another
// state, or another system sent word. Nothing else that happened is told.
type Update struct {
	ID        string // the reference and the number of the event
	Reference string
	Seq       int64
	At        time.Time
	Open      bool
	State     i18n.Text
	Words     string             // masked; of another system
	Photos    []evidence.Exhibit // that came with it and were released
}

// partnerStep is how another system's word joins a case.
const partnerStep = "partner_note"

// Text is what the update says in one sentence.
func (u Update) Text(lang i18n.Lang) string {
	if u.Words != "" {
		return u.Words
	}
	return u.State.In(lang)
}

// Updates lists what became of published cases within a time, the newest first;
// the second instant is exclusive.
func (c *Citizens) Updates(ctx context.Context, division id.ID, from, to time.Time, limit, offset int) (_ []Update, err error) {
	defer fault.Trace(&err, "incident.Updates")
	r := &updates{c: c}
	err = record.Changes(ctx, c.db, division, Procedure, clock.Micro(from), clock.Micro(to), func(x record.Change) (bool, error) {
		found, err := r.read(x)
		if found && offset > 0 {
			offset, r.list, r.cases, r.digests = offset-1, nil, nil, nil
		}
		return len(r.list) < limit, err
	})
	if err != nil {
		return nil, err
	}
	return r.list, r.illustrate(ctx, division)
}

// UpdatesOf lists what became of the cases with these references, the newest
// first; references nobody has are left out.
func (c *Citizens) UpdatesOf(ctx context.Context, division id.ID, refs []string) (_ []Update, err error) {
	defer fault.Trace(&err, "incident.UpdatesOf")
	rows, err := c.rows(ctx, division, refs)
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(rows))
	for i, b := range rows {
		ids[i] = b.ID
	}
	return c.updatesOf(ctx, division, ids)
}

// UpdatesOfCase lists what became of a case, the newest first; nothing of one
// that is not published.
func (c *Citizens) UpdatesOfCase(ctx context.Context, division, caseID id.ID) (_ []Update, err error) {
	defer fault.Trace(&err, "incident.UpdatesOfCase")
	return c.updatesOf(ctx, division, []id.ID{caseID})
}

func (c *Citizens) updatesOf(ctx context.Context, division id.ID, ids []id.ID) ([]Update, error) {
	r := &updates{c: c}
	err := record.ChangesOf(ctx, c.db, division, ids, func(x record.Change) error {
		_, err := r.read(x)
		return err
	})
	if err == nil {
		err = r.illustrate(ctx, division)
	}
	slices.SortStableFunc(r.list, func(a, b Update) int { return b.At.Compare(a.At) })
	return r.list, err
}

// rows are the cases of references, whether they are published or not.
func (c *Citizens) rows(ctx context.Context, division id.ID, refs []string) ([]record.Brief, error) {
	e := record.Extract{Procedure: Procedure, Opened: instants(refs), Limit: sameInstant}
	if len(e.Opened) == 0 {
		return nil, nil
	}
	asked := map[string]bool{}
	for _, ref := range refs {
		asked[strings.ToUpper(ref)] = true
	}
	all, err := e.List(ctx, c.db, division)
	kept := all[:0]
	for _, b := range all {
		if asked[Reference(b.ID, b.Opened)] {
			kept = append(kept, b)
		}
	}
	return kept, err
}

// updates collects them.
type updates struct {
	c       *Citizens
	list    []Update
	cases   []id.ID            // of list
	digests [][]record.Exhibit // of list
}

// read adds the update that an event is, if it is one.
func (r *updates) read(x record.Change) (found bool, err error) {
	b, err := x.Read()
	if err != nil {
		return false, err
	}
	p, err := r.c.engine.Library().Version(Procedure, x.ProcVersion)
	if err != nil {
		return false, fault.Wrap(err, fault.Internal, "fault.internal")
	}
	s := p.StateOf(b.To)
	if s == nil || !published(s) || b.From == b.To && b.Step != partnerStep {
		return false, nil
	}
	ref := Reference(x.Case, x.Opened)
	u := Update{ID: updateID(ref, x.Seq), Reference: ref, Seq: x.Seq, At: clock.FromMicro(x.At), Open: s.Open311 == string(OpenStatus), State: s.Name}
	if b.Step == partnerStep {
		var said string
		if err := json.Unmarshal(b.Input["text"], &said); err != nil {
			return false, err
		}
		u.Words, _ = text.Mask(said)
	}
	r.list, r.cases, r.digests = append(r.list, u), append(r.cases, x.Case), append(r.digests, b.Evidence)
	return true, nil
}

func updateID(ref string, seq int64) string { return ref + "-" + strconv.FormatInt(seq, 10) }

// illustrate gives each update the released ones of the photos it brought.
func (r *updates) illustrate(ctx context.Context, division id.ID) error {
	photos, err := evidence.Released(ctx, r.c.db, division, r.cases)
	for i := range r.list {
		for _, brought := range r.digests[i] {
			for _, x := range photos[r.cases[i]] {
				if x.SHA256 == brought.SHA256 {
					r.list[i].Photos = append(r.list[i].Photos, x)
				}
			}
		}
	}
	return err
}

// Word is what another system says about a published case.
type Word struct {
	Division  id.ID
	Reference string
	Sender    string // as the key is called
	Text      string
	Closed    bool // the sender thinks it is settled
	Files     []engine.Upload
	Key       string // the same one again changes nothing
}

// Hear adds another system's word to an open case and returns the update that
// it is. The case stays in its state: only those who work on it may move it.
// A reference nobody has is NotFound, an ended case Refused by the step.
func (c *Citizens) Hear(ctx context.Context, w Word) (_ Update, err error) {
	defer fault.Trace(&err, "incident.Hear")
	rows, err := c.rows(ctx, w.Division, []string{w.Reference})
	if err != nil {
		return Update{}, err
	}
	if rows, err = c.shown(ctx, w.Division, rows); err != nil {
		return Update{}, err
	}
	caseID := rows[0].ID
	said := OpenStatus
	if w.Closed {
		said = ClosedStatus
	}
	res, err := c.engine.Act(ctx, engine.Act{Case: caseID, Step: partnerStep, Actor: people.SystemActor(w.Division), Files: w.Files, Key: w.Key,
		Input: procedure.Input{"sender": w.Sender, "text": w.Text, "said": string(said)}})
	if err != nil {
		return Update{}, err
	}
	ref := Reference(caseID, rows[0].Opened)
	return Update{ID: updateID(ref, res.Version), Reference: ref, Open: true, Words: w.Text}, nil
}

// shown is the rows if the first is published, else NotFound.
func (c *Citizens) shown(ctx context.Context, division id.ID, rows []record.Brief) ([]record.Brief, error) {
	list, err := c.publish(ctx, division, rows, Wanted{})
	if err == nil && len(list) == 0 {
		err = fault.Missing("request")
	}
	return rows, err
}

// CaseOf is the case of a public reference; one that is not published is
// NotFound.
func (c *Citizens) CaseOf(ctx context.Context, division id.ID, ref string) (caseID id.ID, err error) {
	defer fault.Trace(&err, "incident.CaseOf")
	rows, err := c.rows(ctx, division, []string{ref})
	if err != nil {
		return caseID, err
	}
	if rows, err = c.shown(ctx, division, rows); err != nil {
		return caseID, err
	}
	return rows[0].ID, nil
}

// PublishedCase is a case as everybody may read it; one that is not published
// is NotFound.
func (c *Citizens) PublishedCase(ctx context.Context, division, caseID id.ID) (p Published, err error) {
	defer fault.Trace(&err, "incident.PublishedCase")
	ref, err := c.ReferenceOf(ctx, division, caseID)
	if err != nil {
		return p, err
	}
	return c.PublishedOne(ctx, division, ref)
}

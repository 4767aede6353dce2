package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/setting"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Opening opens a case by a step that starts from "none".
type Opening struct {
	Procedure string
	Division  id.ID
	Step      string
	Actor     people.Actor
	Input     procedure.Input
	Files     []Upload
	Key       string // idempotency key; "" for none
	Party     *NewParty
	Parent    id.ID // of a child procedure
}

// NewParty is the reporter of a case to be opened. A citizen who opens a case
// is one even when nothing is said here.
type NewParty struct {
	Anonymous bool
	CallBack  bool
	Phone     string // kept as a digest, to find earlier reports of the number
	NoReceipt bool   // the reporter is staff
}

// Act takes a step of a case.
type Act struct {
	Case    id.ID
	Version int64 // the version the actor looked at; 0 is not checked
	Step    string
	Actor   people.Actor
	Input   procedure.Input
	Files   []Upload
	Key     string // idempotency key; "" for none
}

// Result is what a step did.
type Result struct {
	Case     id.ID  `json:"case"`
	Number   string `json:"number,omitempty"`
	State    string `json:"state"`
	Version  int64  `json:"version"`
	Receipt  string `json:"receipt,omitempty"` // of the reporter, shown this once
	Replayed bool   `json:"-"`                 // the answer of an earlier, identical request
}

// Open opens a case. The same key with the same content gives the first case
// again, with other content an Invalid fault (record.key_reused). Refusals are
// as for Act.
func (e *Engine) Open(ctx context.Context, o Opening) (r Result, err error) {
	defer fault.Trace(&err, "engine.Open(%s)", o.Procedure)
	defer e.tellRefusal(&err)
	files, err := e.keep(ctx, o.Files)
	if err != nil {
		return r, err
	}
	o.Files = files
	return e.run(ctx, o.Division, o.Key, requestHash(o.Procedure, o.Step, o.Actor, o.Input, files), func(q dbx.Querier) (*plan, error) {
		return e.planOpening(ctx, q, o)
	})
}

// Act takes a step. Kinds of refusal: NotFound for a case the actor may not
// see or a step that does not exist, Forbidden for post and separation, Stale
// when the case has changed since Version, Conflict for state and guards,
// Invalid for the form and guards over it. Key is the refusal's code, the
// argument text its sentence in both languages. A refused step changes nothing.
func (e *Engine) Act(ctx context.Context, a Act) (r Result, err error) {
	defer fault.Trace(&err, "engine.Act(%s, %s)", a.Case, a.Step)
	defer e.tellRefusal(&err)
	if a.Files, err = e.keep(ctx, a.Files); err != nil {
		return r, err
	}
	return e.run(ctx, a.Actor.Division, a.Key, requestHash(a.Case.String(), a.Step, a.Actor, a.Input, a.Files), func(q dbx.Querier) (*plan, error) {
		return e.planAct(ctx, q, a)
	})
}

// tellRefusal tells the code of a procedure's refusal; other faults have no
// sentence of a procedure.
func (e *Engine) tellRefusal(err *error) {
	var f *fault.Error
	if !errors.As(*err, &f) {
		return
	}
	if _, said := f.Args["text"]; said {
		e.Refused(f.Key)
	}
}

// OpenIn is Open inside a running transaction: a step opens another case. Keys
// are not kept.
func (e *Engine) OpenIn(ctx context.Context, tx *dbx.Tx, o Opening) (r Result, err error) {
	defer fault.Trace(&err, "engine.OpenIn(%s)", o.Procedure)
	p, err := e.planOpening(ctx, tx, o)
	if err != nil {
		return r, err
	}
	return p.commit(tx, "", nil)
}

// ActIn is Act inside a running transaction: a step moves another case.
func (e *Engine) ActIn(ctx context.Context, tx *dbx.Tx, a Act) (r Result, err error) {
	defer fault.Trace(&err, "engine.ActIn(%s, %s)", a.Case, a.Step)
	p, err := e.planAct(ctx, tx, a)
	if err != nil {
		return r, err
	}
	return p.commit(tx, "", nil)
}

// run plans outside the writer and commits inside it. Whoever was overtaken
// plans once more from the start; a key that was taken meanwhile answers.
func (e *Engine) run(ctx context.Context, division id.ID, key string, hash []byte, prepare func(dbx.Querier) (*plan, error)) (r Result, err error) {
	for try := 0; ; try++ {
		p, err := prepare(e.DB)
		if try > 0 || err != nil { // a repeated request is refused, or finds its key taken
			first, ok, lost := e.replay(ctx, division, key, hash)
			switch {
			case lost != nil:
				return r, lost
			case ok:
				return first, nil
			case err != nil:
				return r, err
			}
		}
		err = e.DB.Write(ctx, func(tx *dbx.Tx) error {
			var err error
			r, err = p.commit(tx, key, hash)
			return err
		})
		switch {
		case err == nil:
			return r, nil
		case key != "" && dbx.Collides(err) && try < 2, fault.Is(err, fault.Stale) && try == 0: // the key was taken meanwhile, or the case has moved
			r = Result{}
			continue
		case fault.Is(err, fault.Stale):
			return Result{}, p.sentence(p.step, fault.New(fault.Stale, "R02"), "")
		}
		return Result{}, err
	}
}

// replay is the answer of an earlier request under the key; false when there
// was none. The same key with other content is Invalid.
func (e *Engine) replay(ctx context.Context, division id.ID, key string, hash []byte) (r Result, ok bool, err error) {
	if key == "" {
		return r, false, nil
	}
	answer, ok, err := record.Replay(ctx, e.DB, division, key, hash)
	if err != nil || !ok {
		return r, false, err
	}
	r.Replayed = true
	return r, true, json.Unmarshal([]byte(answer), &r)
}

// requestHash tells two requests under one key apart.
func requestHash(what, step string, actor people.Actor, in procedure.Input, files []Upload) []byte {
	h := sha256.New()
	enc := json.NewEncoder(h)
	_ = enc.Encode([]string{what, step, actor.Account.String(), actor.Link.String(), actor.Receipt}) // a hash does not fail
	_ = enc.Encode(in)
	for _, f := range files {
		_ = enc.Encode([]string{f.Field, f.SHA256})
	}
	return h.Sum(nil)
}

func (e *Engine) planAct(ctx context.Context, q dbx.Querier, a Act) (*plan, error) {
	s, err := e.find(ctx, q, a.Actor.Division, a.Case)
	if err != nil {
		return nil, err
	}
	sc, err := e.look(ctx, q, s, a.Actor, withFiles(a.Input, a.Files), a.Files)
	if err != nil {
		return nil, err
	}
	return sc.planStep(a.Step, a.Version, nil)
}

// planStep judges a step of the scene's case and computes its effects.
func (sc *scene) planStep(id string, version int64, prepare func(*plan)) (*plan, error) {
	step, known := sc.snap.Proc.Step(id, sc.snap.State)
	if !known {
		return nil, fault.Missing("step")
	}
	if step == nil {
		step = sc.snap.Proc.Named(id)
	}
	grant, ok := sc.staffing().Authorised(step)
	if !ok {
		return nil, sc.refuse(step, fault.Forbidden, "R01", "")
	}
	if version != 0 && version != sc.snap.Version {
		return nil, sc.refuse(step, fault.Stale, "R02", "")
	}
	if !step.Leaves(sc.snap.State) {
		return nil, sc.wrongState(id)
	}
	if !setting.On(sc.division(), step) {
		return nil, sc.refuseBy(step, fault.Conflict, "R14", "", procedure.Laws{step.Awaits})
	}
	p, err := sc.judged(step, grant)
	if err != nil {
		return nil, err
	}
	if prepare != nil {
		prepare(p)
	}
	return p, p.effects()
}

func (e *Engine) planOpening(ctx context.Context, q dbx.Querier, o Opening) (*plan, error) {
	sc, err := e.blank(ctx, q, o)
	if err != nil {
		return nil, err
	}
	if sc.alone() {
		return nil, fault.Missing("step")
	}
	s := sc.snap
	if sc.division().Text("chain.digest") == record.SM3 {
		s.Digest = record.SM3
	}
	return sc.planStep(o.Step, 0, func(p *plan) {
		s.ID, s.Opened = id.New(), sc.now.UnixMicro()
		if o.Party == nil && o.Actor.Citizen {
			o.Party = &NewParty{}
		}
		if o.Party != nil {
			p.after = s
			p.reporter(o.Party)
		}
	})
}

// commit writes the plan: the key, what hooks do, the case with its event,
// what hangs on it, and the outbox.
func (p *plan) commit(tx *dbx.Tx, key string, hash []byte) (r Result, err error) {
	after := *p.after // a transaction may run again
	body := *p.body
	before := p.snap
	if err := p.do(tx, &after, &body); err != nil {
		return r, err
	}
	w := p.sealed
	if w == nil {
		if w, err = seal(&after, &body, before.Head); err != nil {
			return r, err
		}
	}
	after.Head = w.event.Hash
	r = Result{Case: after.ID, Number: after.Number, State: after.State, Version: after.Version, Receipt: p.receipt}
	if key != "" {
		answer, err := json.Marshal(r)
		if err != nil {
			return r, err
		}
		if err := record.Claim(p.ctx, tx, after.Division, key, hash, string(answer), body.At); err != nil {
			return r, err
		}
	}
	if before.Version == 0 {
		err = record.Insert(p.ctx, tx, &after.Case, w.columns, w.event)
	} else {
		err = record.Update(p.ctx, tx, &after.Case, w.columns, w.event)
	}
	if err != nil {
		return r, err
	}
	return r, p.hang(tx, &after, &body)
}

// sealed is an event in its stored form, with the JSON columns beside it.
type sealed struct {
	event   record.Event
	columns record.Encoded
}

func seal(after *Snapshot, body *record.Body, prev []byte) (*sealed, error) {
	if body.Seq == 1 {
		body.Procedure, body.Version, body.Parent = after.Procedure, after.ProcVersion, after.Parent
	}
	ev, err := record.Seal(body, body.Actor.Dept, prev)
	if err != nil {
		return nil, err
	}
	columns, err := after.Encode()
	return &sealed{ev, columns}, err
}

// hang writes what hangs on the event.
func (p *plan) hang(tx *dbx.Tx, after *Snapshot, body *record.Body) error {
	if p.party != nil {
		if err := party.Insert(p.ctx, tx, *p.party); err != nil {
			return err
		}
	}
	if err := record.InsertPersonal(p.ctx, tx, after.Division, after.ID, body.Seq, p.personal); err != nil {
		return err
	}
	if err := evidence.Insert(p.ctx, tx, after.Division, p.exhibits); err != nil {
		return err
	}
	if err := record.InsertLinks(p.ctx, tx, after.Division, after.ID, body.Seq, body.At, body.Links); err != nil {
		return err
	}
	notices := p.notices
	if p.number {
		notices = notice.Numbered(notices, after.Number)
	}
	if body.Recalls != 0 {
		if err := notice.Withdraw(p.ctx, tx, after.Division, after.ID, body.Recalls); err != nil {
			return err
		}
	}
	if err := notice.Insert(p.ctx, tx, notices); err != nil {
		return err
	}
	data, err := json.Marshal(outbox{body.Seq, body.Step, after.State, after.Dept, after.Procedure})
	if err != nil {
		return err
	}
	tx.AfterCommit(p.e.Wake)
	return event.Publish(p.ctx, tx, event.Event{ID: id.New(), Division: after.Division, Topic: record.Topic, Subject: after.ID, Data: string(data), At: p.now})
}

// outbox is what listeners hear of a step; never personal.
type outbox struct {
	Seq       int64  `json:"seq"`
	Step      string `json:"step"`
	State     string `json:"state"`
	Dept      string `json:"dept,omitempty"`
	Procedure string `json:"procedure"`
}

// do runs the duty's hooks, issues the number, opens the children and moves the
// case above.
func (p *plan) do(tx *dbx.Tx, after *Snapshot, body *record.Body) error {
	if p.number {
		no, err := p.issue(tx)
		if err != nil {
			return err
		}
		after.Number, body.Number = no, no
	}
	for _, name := range p.step.Do {
		fn := p.e.hooks[after.Proc.ID].Do[name]
		if fn == nil {
			continue
		}
		d := &Doing{Tx: tx, Engine: p.e, Before: p.snap, After: after, Step: p.step, Actor: p.actor, Input: p.input, Event: body, Now: p.now}
		if err := fn(p.ctx, d); err != nil {
			return err
		}
		p.receipt = cmp.Or(d.Receipt, p.receipt)
	}
	return p.carry(tx, after, body)
}

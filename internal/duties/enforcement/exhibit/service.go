package exhibit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/upload"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Draft is a piece of evidence as officers enter it.
type Draft struct {
	Kind, Name, Source, Proves string
	Original                   bool
	Holder                     string // of a copy: who signed that it is like the original
	Ink                        []byte // the drawn signature, PNG; empty for a typed one
	KeptAt                     string
	Place                      string
	At                         time.Time // when it was taken
	Second                     people.Actor
	Digests                    []string        // of files that steps of the case brought
	Uploads                    []upload.Upload // whole ones of the actor for this case
}

// check says everything that is wrong with a draft.
func (d *Draft) check(now time.Time) error {
	for _, s := range []*string{&d.Name, &d.Source, &d.Proves, &d.Holder, &d.KeptAt, &d.Place} {
		*s = strings.TrimSpace(*s)
	}
	bad := fault.New(fault.Invalid, "form.refused")
	if !slices.Contains(Kinds, d.Kind) {
		bad.Field("kind", "exhibit.kind_wrong")
	}
	for name, s := range map[string]string{"name": d.Name, "source": d.Source, "proves": d.Proves, "place": d.Place} {
		if s == "" {
			bad.Field(name, "exhibit.needed")
		}
	}
	if d.At.IsZero() || d.At.After(now) {
		bad.Field("at", "exhibit.time")
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	if !d.Original && (d.Holder == "" && len(d.Ink) == 0 || d.KeptAt == "") {
		return fault.New(fault.Conflict, "exhibit.copy") // N13
	}
	return nil
}

// pair refuses what one officer alone, or one without a certificate, wants to do
// (PL 42).
func pair(one, two people.Actor) error {
	if !one.Has("officer") || !two.Has("officer") || !one.Certified(people.Enforcement) || !two.Certified(people.Enforcement) || one.Account == two.Account {
		return fault.New(fault.Forbidden, "exhibit.N04")
	}
	return nil
}

// Add enters a piece of evidence that two officers took. Files and signature come
// into the record of the case first, by its own step. A copy that its holder did
// not sign is refused (N13).
func (m *Room) Add(ctx context.Context, actor people.Actor, s *engine.Snapshot, d Draft) (x Exhibit, err error) {
	defer fault.Trace(&err, "exhibit.Add(%s)", s.ID)
	if err := pair(actor, d.Second); err != nil {
		return x, err
	}
	now := m.Clock.Now()
	if err := d.check(now); err != nil {
		return x, err
	}
	x = Exhibit{ID: id.New(), Case: s.ID, Kind: d.Kind, Name: d.Name, Source: d.Source, Proves: d.Proves, Original: d.Original, Holder: d.Holder, KeptAt: d.KeptAt,
		At: now, Author: actor.Name, Second: d.Second.Name}
	x.Chain = []Movement{{What: Take, At: d.At, Keeper: actor.Name, Place: d.Place, Why: d.Source, Author: actor.Name, Second: d.Second.Name}}
	known, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return x, err
	}
	for _, sha := range d.Digests {
		i := slices.IndexFunc(known, func(e evidence.Exhibit) bool { return e.SHA256 == sha })
		if i < 0 {
			return x, fault.Missing("file")
		}
		x.Files = append(x.Files, File{sha, known[i].Name, known[i].Mime, known[i].Size})
	}
	if err := m.record(ctx, actor, s, &x, d); err != nil {
		return x, err
	}
	if err := m.DB.Write(ctx, func(tx *dbx.Tx) error { return insert(ctx, tx, s.Division, &x) }); err != nil {
		return x, err
	}
	return x, m.Uploads.Forget(ctx, d.Uploads...)
}

// record says in the case's timeline what was taken, with its new files.
func (m *Room) record(ctx context.Context, actor people.Actor, s *engine.Snapshot, x *Exhibit, d Draft) error {
	act := engine.Act{Case: s.ID, Step: "note", Actor: actor, Key: "exhibit:" + x.ID.String(), Input: procedure.Input{"visibility": "internal",
		"text": fmt.Sprintf("收集证据：%s（%s），证明%s；来源：%s；收集人：%s、%s。", x.Name, kindNames[x.Kind].ZH, x.Proves, x.Source, x.Author, x.Second)}}
	if _, err := m.Engine().Act(ctx, act); err != nil {
		return err
	}
	var ups []engine.Upload
	for _, u := range d.Uploads {
		if err := m.Uploads.Keep(ctx, u); err != nil {
			return err
		}
		x.Files = append(x.Files, File{u.SHA256, u.Name, u.Mime, u.Size})
		ups = append(ups, engine.Upload{Field: "files", Name: u.Name, Mime: u.Mime, SHA256: u.SHA256, Size: u.Size})
	}
	if len(d.Ink) > 0 {
		info, err := m.Uploads.Blobs.Put(ctx, io.Reader(bytes.NewReader(d.Ink)), 1<<20)
		if err != nil {
			return err
		}
		x.Signed = info.SHA256
		ups = append(ups, engine.Upload{Field: "files", Name: "signature.png", Mime: "image/png", SHA256: info.SHA256, Size: info.Size})
	}
	if len(ups) == 0 {
		return nil
	}
	_, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: "attach", Actor: actor, Files: ups, Key: "exhibit-files:" + x.ID.String(), Input: procedure.Input{"kind": "other"}})
	return err
}

// Step is one movement as it is entered.
type Step struct {
	What, To, Place, Why string
	At                   time.Time
	Second               people.Actor // who took part; needed to destroy, return and transfer
}

// Pass moves a piece on. Who gives it is always who has it; a piece that is gone
// moves no more, and one that is away first comes back: both a Conflict. What
// ends the chain takes two officers.
func (m *Room) Pass(ctx context.Context, actor people.Actor, s *engine.Snapshot, key id.ID, in Step) (err error) {
	defer fault.Trace(&err, "exhibit.Pass(%s)", key)
	if err := actor.Require(s.Division, "officer", "unit_head", "finance", "archivist"); err != nil {
		return err
	}
	ends := slices.Contains(last, in.What)
	if ends {
		if err := pair(actor, in.Second); err != nil {
			return err
		}
	}
	x, err := Find(ctx, m.DB, s.Division, s.ID, key)
	if err != nil {
		return err
	}
	next, err := x.next(in, m.Clock.Now())
	if err != nil {
		return err
	}
	next.Author, next.Second = actor.Name, in.Second.Name
	text := fmt.Sprintf("证据%d“%s”%s：%s → %s，%s；%s。", x.N, x.Name, moveNames[in.What].ZH, next.Giver, in.To, next.Place, next.Why)
	n := len(x.Chain)
	if _, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: "note", Actor: actor, Key: fmt.Sprintf("exhibit:%s:%d", key, n),
		Input: procedure.Input{"text": text, "visibility": "internal"}}); err != nil {
		return err
	}
	now := m.Clock.Now()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error { return link(ctx, tx, s.Division, x, n, next, now) })
}

// next is the link that a movement makes, or why it cannot be.
func (x Exhibit) next(in Step, now time.Time) (m Movement, err error) {
	end := x.Chain[len(x.Chain)-1]
	bad := fault.New(fault.Invalid, "form.refused")
	if !slices.Contains(Movements, in.What) {
		bad.Field("what", "exhibit.needed")
	}
	if in.Why = strings.TrimSpace(in.Why); in.Why == "" {
		bad.Field("why", "exhibit.needed")
	}
	in.To, in.Place = strings.TrimSpace(in.To), strings.TrimSpace(in.Place)
	if in.To == "" && in.What != Move && in.What != Destroy {
		bad.Field("to", "exhibit.needed")
	}
	if in.Place == "" && in.What == Move {
		bad.Field("place", "exhibit.needed")
	}
	if in.At.After(now) || in.At.Before(end.At) {
		bad.Field("at", "exhibit.order", "at", local(end.At))
	}
	if err := bad.OrNil(); err != nil {
		return m, err
	}
	switch away := end.What == Send; {
	case x.Gone():
		return m, fault.New(fault.Conflict, "exhibit.gone")
	case away && in.What != Back:
		return m, fault.New(fault.Conflict, "exhibit.away", "who", end.Keeper)
	case !away && in.What == Back:
		return m, fault.New(fault.Conflict, "exhibit.here")
	}
	m = Movement{What: in.What, At: in.At, Giver: end.Keeper, Keeper: in.To, Place: in.Place, Why: in.Why}
	switch {
	case in.What == Move:
		m.Keeper = end.Keeper
	case slices.Contains(last, in.What):
		m.Keeper, m.Why = "", strings.TrimSpace(in.To+"；"+in.Why)
	}
	return m, nil
}

// Rule admits or excludes a piece, by the procedure's own step where it has one in
// this state. What was excluded stays so, and a copy that its holder did not sign
// is never admitted (N13).
func (m *Room) Rule(ctx context.Context, actor people.Actor, s *engine.Snapshot, key id.ID, admit bool, reason string) (err error) {
	defer fault.Trace(&err, "exhibit.Rule(%s)", key)
	x, err := Find(ctx, m.DB, s.Division, s.ID, key)
	if err != nil {
		return err
	}
	ruling := Excluded
	if admit {
		ruling = Verified
	}
	switch reason = strings.TrimSpace(reason); {
	case x.Ruling == ruling:
		return fault.New(fault.Conflict, "exhibit.ruled")
	case admit && (x.Ruling == Excluded || !x.Original && x.Holder == "" && x.Signed == "" || x.Broken()):
		return fault.New(fault.Conflict, "exhibit.N13")
	case reason == "":
		return fault.New(fault.Invalid, "form.refused").Field("reason", "exhibit.needed")
	}
	if _, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: "inv_verify", Actor: actor, Key: "exhibit:" + key.String() + ":" + ruling,
		Input: procedure.Input{"item": fmt.Sprintf("证据%d：%s", x.N, x.Name), "admitted": admit}}); err != nil {
		return err
	}
	now := m.Clock.Now()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE exhibit SET ruling = $1, reason = $2, ruled = $3, ruler = $4 WHERE division = $5 AND id = $6`, ruling, reason, clock.Micro(now), actor.Name, s.Division, key)
		return err
	})
}

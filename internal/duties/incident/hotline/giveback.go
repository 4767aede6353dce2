package hotline

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Return 退单 is why an order goes back to the hotline.
type Return struct {
	Kind    string // not_ours, outside_area, other_procedure
	Why     string
	Basis   string // the rule by which it is not ours
	ReferTo string // who must do it
	Phone   string
}

// ReturnKinds are the reasons by rule.
var ReturnKinds = []string{"not_ours", "outside_area", "other_procedure"}

// returnable are the states in which a case has not been taken on yet.
var returnable = []string{"reported", "accepted"}

// ReturnBy is until when an order may be returned.
func (r *Room) ReturnBy(ctx context.Context, o Order) (time.Time, error) {
	m, err := r.Mapping(ctx, o.Division)
	if err != nil {
		return time.Time{}, err
	}
	from := o.Received
	if from.IsZero() {
		from = o.Arrived
	}
	return r.within(ctx, o.Division, from, m.ReturnWithin)
}

// Returnable is nil when the order may be returned now, else why not: it is
// past the hotline's limit (Conflict hotline.return_late), was returned, or is
// being worked on.
func (r *Room) Returnable(ctx context.Context, o Order) error {
	by, err := r.ReturnBy(ctx, o)
	switch {
	case err != nil:
		return err
	case !o.Case.IsZero() && !slices.Contains(returnable, o.State), o.Case.IsZero() && !o.Returned.IsZero():
		return fault.New(fault.Conflict, "hotline.return_state")
	case r.Clock.Now().After(by):
		return fault.New(fault.Conflict, "hotline.return_late", "due", by)
	}
	return nil
}

// GiveBack returns an order: its case is proposed not to be filed, which a
// shift leader confirms as always; an order that became no case goes back at
// once. Only acceptors may. Refusals are Returnable's, those of the step, and
// Invalid for a missing reason or basis.
func (r *Room) GiveBack(ctx context.Context, actor people.Actor, no string, b Return) (err error) {
	defer fault.Trace(&err, "hotline.GiveBack(%s)", no)
	if err := actor.Require(actor.Division, "acceptor"); err != nil {
		return err
	}
	o, err := r.Find(ctx, actor.Division, no)
	if err != nil {
		return err
	}
	if err := r.Returnable(ctx, o); err != nil {
		return err
	}
	wrong := fault.New(fault.Invalid, "form.refused")
	if !slices.Contains(ReturnKinds, b.Kind) {
		wrong.Field("kind", "procedure.field.required")
	}
	for name, v := range map[string]string{"why": b.Why, "basis": b.Basis, "refer_to": b.ReferTo} {
		if strings.TrimSpace(v) == "" {
			wrong.Field(name, "procedure.field.required")
		}
	}
	if err := wrong.OrNil(); err != nil {
		return err
	}
	now := clock.Micro(r.Clock.Now())
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		if !o.Case.IsZero() {
			_, err := r.Engine.ActIn(ctx, tx, engine.Act{Case: o.Now, Step: "propose_reject", Actor: actor, Input: procedure.Input{"kind": b.Kind,
				"reason": b.Why + "（" + b.Basis + "）", "refer_to": b.ReferTo, "refer_phone": b.Phone}})
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE hotline_order SET returned = $1, return_kind = $2, return_why = $3, return_basis = $4, return_by = $5, changed = $6
			WHERE division = $7 AND no = $8`, now, b.Kind, b.Why, b.Basis, actor.Name, now, o.Division, o.No)
		return err
	})
}

// The words for where an order stands, as the hotline is told.
const (
	Waiting     = "waiting" // it became no case and was not returned
	InProgress  = "in_progress"
	Resolved    = "resolved"
	Explained   = "explained"
	NotOurs     = "not_ours"
	NotAccepted = "not_accepted"
	Returning   = "returning"
	GivenBack   = "returned"
	Taken       = "withdrawn"
)

// Stands is where the order stands.
func (o Order) Stands() string {
	back := !o.Returned.IsZero()
	switch {
	case o.Case.IsZero() && back:
		return GivenBack
	case o.Case.IsZero():
		return Waiting
	case o.State == "reject_review" && back:
		return Returning
	case o.State == "closed_not_ours" && back:
		return GivenBack
	}
	ends := map[string]string{"closed_fixed": Resolved, "closed_unfixable": Explained, "closed_not_ours": NotOurs, "void": NotAccepted, "withdrawn": Taken}
	if s, ok := ends[o.State]; ok {
		return s
	}
	return InProgress
}

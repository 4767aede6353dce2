// Package auto dispatches filed cases where a division wants it and the rules
// leave no doubt. Who dispatches is the system, the reason stands on the case,
// and a dispatcher may send it elsewhere; what was returned or recalled once is
// left to people.
package auto

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Dispatcher is the one that never sleeps.
type Dispatcher struct {
	DB         *dbx.DB
	Clock      clock.Clock
	Engine     *engine.Engine
	Duty       *incident.Duty
	Catalogues *catalogue.Service
	Settings   func(context.Context, id.ID) (*pack.Settings, error)
}

// most is how many filed cases one pass looks at.
const most = 200

// grace leaves a person a moment to recall the filing.
const grace = 5 * time.Second

// Pass dispatches what is certain in the division. It does nothing unless the
// setting auto_dispatch is on and auto_dispatch.classes names the class.
func (d *Dispatcher) Pass(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "auto.Pass(%s)", division)
	set, err := d.Settings(ctx, division)
	if err != nil || !set.Bool("auto_dispatch") {
		return err
	}
	cat, err := d.Catalogues.Catalogue(ctx, division)
	if err != nil {
		return err
	}
	allowed := catalogue.Pattern(set.Text("auto_dispatch.classes"))
	page, err := record.List(ctx, d.DB, division, record.Filter{Procedures: []string{incident.Procedure}, States: []string{"filed"}, Limit: most})
	for i := 0; err == nil && i < len(page.Rows); i++ {
		r := page.Rows[i]
		if c, bad := cat.Class(r.Class); bad != nil || allowed.Match(c) == 0 {
			continue
		}
		err = d.one(ctx, division, r.ID)
	}
	return err
}

func (d *Dispatcher) one(ctx context.Context, division, caseID id.ID) error {
	s, err := d.Engine.Find(ctx, division, caseID)
	if err != nil {
		return err
	}
	now := d.Clock.Now()
	last := len(s.Log) - 1
	if last < 0 || s.Log[last].Step != "file" || now.Sub(s.Log[last].At) < grace {
		return nil // it has been somewhere, or somebody may still think
	}
	a, err := d.Duty.Advise(ctx, d.DB, s, now)
	if err != nil || !a.Certain() {
		return err
	}
	_, err = d.Engine.Act(ctx, engine.Act{Case: s.ID, Version: s.Version, Step: "dispatch", Actor: people.SystemActor(division),
		Input: procedure.Input{"dept": a.Route.Department}, Key: "auto-dispatch:" + s.ID.String()})
	if f := fault.As(err); f != nil && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
		return nil // somebody was faster, or the procedure does not want it: people look at it
	}
	return err
}

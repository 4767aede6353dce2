package forecast

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
)

// Recompute counts the running clocks of all open cases of a division again,
// after its calendar changed. Each case whose clocks moved gets the step
// recompute with before and after; n counts them. The actor must hold admin.
func Recompute(ctx context.Context, e *engine.Engine, actor people.Actor, reason string) (n int, err error) {
	defer fault.Trace(&err, "forecast.Recompute")
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return 0, err
	}
	after := ""
	for {
		page, err := record.List(ctx, e.DB, actor.Division, record.Filter{Terminal: record.No, Sort: record.ByDue, After: after, Limit: 200})
		if err != nil {
			return n, err
		}
		for _, r := range page.Rows {
			_, err := e.Act(ctx, engine.Act{Case: r.ID, Step: "recompute", Actor: actor, Input: procedure.Input{"reason": reason}})
			switch {
			case err == nil:
				n++
			case nothingMoved(err):
			default:
				return n, err
			}
		}
		if page.Next == "" {
			return n, nil
		}
		after = page.Next
	}
}

func nothingMoved(err error) bool {
	f := fault.As(err)
	return f != nil && f.Key == engine.NothingMoved
}

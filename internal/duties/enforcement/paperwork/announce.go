package paperwork

import (
	"context"
	"maps"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
)

// Hooks add to the service of papers that a dossier hears when an announcement
// 公告送达 begins and when its paper is withdrawn.
func (m *Room) Hooks(all map[string]engine.Hooks) map[string]engine.Hooks {
	h := all["enf.service"]
	h.Do = maps.Clone(h.Do)
	h.Do["announcement"] = announcement
	return map[string]engine.Hooks{"enf.service": h}
}

func announcement(ctx context.Context, d *engine.Doing) error {
	above, err := record.Find(ctx, d.Tx, d.After.Division, d.After.Parent)
	if err != nil {
		return err
	}
	proc, err := d.Engine.Library().Version(above.Procedure, above.ProcVersion)
	if err != nil {
		return err
	}
	if step, _ := proc.Step("announcement", above.State); step == nil {
		return nil // its time to decide does not wait for papers
	}
	_, err = d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: above.ID, Step: "announcement", Actor: people.SystemActor(above.Division),
		Input: procedure.Input{"paper": d.After.Text("paper"), "runs": !d.After.Terminal}})
	return err
}

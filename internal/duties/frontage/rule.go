package frontage

import (
	"context"
	"fmt"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Round does by rule what nobody should have to remember: it proposes shops for
// the lists whose conditions they meet, and ends the pledges of shops that closed.
// It may run at any time; what is done is not done twice.
func (m *Room) Round(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "frontage.Round")
	shops, err := shop.All(ctx, m.DB, division)
	if err != nil {
		return err
	}
	closed := map[string]bool{}
	today := calendar.DateOf(m.Clock.Now())
	for _, s := range shops {
		closed[s.Code] = !s.Open(today)
	}
	if err := m.end(ctx, division, closed); err != nil {
		return err
	}
	return m.propose(ctx, division, closed)
}

func (m *Room) end(ctx context.Context, division id.ID, closed map[string]bool) error {
	list, err := Standing(ctx, m.DB, division, Pledge)
	for i := 0; err == nil && i < len(list); i++ {
		if !closed[list[i].Shop] {
			continue
		}
		_, err = m.Engine().Act(ctx, engine.Act{Case: list[i].Case, Step: "end", Actor: people.SystemActor(division),
			Input: procedure.Input{"reason": "门店已停业 / the shop has closed"}})
	}
	return err
}

func (m *Room) propose(ctx context.Context, division id.ID, closed map[string]bool) error {
	now := m.Clock.Now()
	all, err := Since(ctx, m.DB, division, Inspection, now.Add(-window))
	if err != nil {
		return err
	}
	bare, err := m.listed(ctx, division, now.Add(-window))
	if err != nil {
		return err
	}
	set, err := m.Settings(ctx, division)
	if err != nil {
		return err
	}
	of := map[string][]Entry{}
	for _, e := range all {
		of[e.Shop] = append(of[e.Shop], e)
	}
	period := fmt.Sprintf("%s – %s", calendar.DateOf(now.Add(-window)), calendar.DateOf(now))
	for code, list := range of {
		for _, name := range []string{Red, Black} {
			if closed[code] || bare[code+name] || !Judge(name, list, set.Int("frontage.red_checks"), now).Met {
				continue
			}
			root, err := Root(ctx, m.DB, division, code)
			if err != nil {
				return err
			}
			if root.IsZero() {
				continue // nobody could tell the shop: a pledge comes first
			}
			_, err = m.Engine().Open(ctx, engine.Opening{Procedure: Listing, Division: division, Step: "propose", Actor: people.SystemActor(division), Parent: root,
				Input: procedure.Input{"shop": code, "list": name, "period": period}})
			if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
				return err
			}
		}
	}
	return nil
}

// listed are the shops, with the list, that were proposed within the window: a
// case that was dropped or is over is not opened anew from the same inspections.
func (m *Room) listed(ctx context.Context, division id.ID, from time.Time) (map[string]bool, error) {
	out := map[string]bool{}
	list, err := Since(ctx, m.DB, division, Listing, from)
	for _, e := range list {
		out[e.Shop+e.List] = true
	}
	return out, err
}

package dossier

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/id"
)

// outcomes are what steps leave behind beside papers: the party's history, and a
// transfer where one was decided.
var outcomes = map[string]effect{
	"decided":  func(_ *Room, ctx context.Context, d *engine.Doing) error { return history(ctx, d, false) },
	"exempted": func(_ *Room, ctx context.Context, d *engine.Doing) error { return history(ctx, d, true) },
	"annulled": func(_ *Room, ctx context.Context, d *engine.Doing) error {
		if d.After.Data["fined"] != true {
			return nil
		}
		return history(ctx, d, false)
	},
	"receipt": func(m *Room, ctx context.Context, d *engine.Doing) error {
		if !d.After.Terminal {
			return nil
		}
		return m.fix(ctx, d, "P34")
	},
	"crime": func(m *Room, ctx context.Context, d *engine.Doing) error {
		if d.Input["transfer"] != true {
			return nil
		}
		return m.fix(ctx, d, "P05a")
	},
}

// history writes what was decided into the party's history: a case has one line
// there, which a change or an annulment replaces.
func history(ctx context.Context, d *engine.Doing, exempt bool) error {
	s := d.After
	key, err := id.Parse(s.Text("party_ref"))
	if err != nil {
		return nil
	}
	a := asking{Asked: engine.Asked{Snapshot: s}}
	line := party.Decision{Case: s.ID, Violation: s.Text("violation"), ActFrom: a.day("act_from"), ActTo: a.day("act_end"), Decided: calendar.DateOf(d.Now),
		Exempt: exempt, Annulled: s.State == "annulled"}
	if !exempt {
		line.Fine = a.fen("fine")
	}
	if on := a.day("decided_on"); on != 0 && !exempt {
		line.Decided = on
	}
	if line.Annulled {
		line.Fine = law.Fen(0)
	}
	return party.Note(ctx, d.Tx, s.Division, key, line)
}

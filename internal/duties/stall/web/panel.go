package web

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// panelView is what the page of a case shows of a permit beside every case's.
type panelView struct {
	Balance int64
	Facts   []ui.Fact
	Points  []caseLine
	Used    bool // there is a stall, and points to lose
}

func (p panelView) title(ctx context.Context) string {
	if p.Used {
		return i18n.T(ctx, "stallweb.points", "n", p.Balance)
	}
	return i18n.T(ctx, "stall.apply")
}

// Panels are what pages show of the room's cases.
func (m *Room) Panels() map[string]func(context.Context, *engine.Snapshot) (templ.Component, error) {
	return map[string]func(context.Context, *engine.Snapshot) (templ.Component, error){permit.Procedure: m.panel}
}

func (m *Room) panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	book, err := m.Book(ctx, s.Division)
	if err != nil {
		return nil, err
	}
	v := panelView{Facts: facts(ctx, book, s), Used: slices.Contains(selling, s.State)}
	if v.Balance, err = m.Permits.Balance(ctx, m.DB, s.Division, s.ID, m.Clock.Now()); err != nil {
		return nil, err
	}
	all, err := permit.PointsOf(ctx, m.DB, s.Division, s.ID)
	for _, p := range all {
		c, err := m.Engine().Find(ctx, s.Division, p.Case)
		if err != nil {
			return nil, err
		}
		v.Points = append(v.Points, caseLine{Href: "/cases/" + p.Case.String(), Title: p.Day.String() + " · " + permit.Acts[p.Act].In(i18n.LangOf(ctx)), State: stateChip(c, i18n.LangOf(ctx))})
	}
	return panelOf(v), err
}

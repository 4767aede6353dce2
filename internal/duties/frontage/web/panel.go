package web

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/i18n"
)

// panel is what the page of a case shows beside every case's.
type panel struct {
	Href    string // the shop
	Name    string
	Scores  []score
	Grounds string
	Counted []caseLine // inspections behind an entry
}

// Panels are what the page of a case shows of each procedure.
func (m *Room) Panels() map[string]func(context.Context, *engine.Snapshot) (templ.Component, error) {
	return map[string]func(context.Context, *engine.Snapshot) (templ.Component, error){frontage.Pledge: m.panel, frontage.Inspection: m.panel, frontage.Listing: m.panel}
}

func (m *Room) panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	duties, err := frontage.InForce(ctx, m.DB, s.Division, m.today())
	if err != nil {
		return nil, err
	}
	p := panel{Href: "/street/frontage/shops/" + url.PathEscape(s.Text("shop")), Name: s.Text("shop_name"), Scores: scoresOf(s, duties, i18n.LangOf(ctx)), Grounds: grounds(ctx, s)}
	if counted, ok := s.Data["counted"].([]string); ok {
		list, err := frontage.Of(ctx, m.DB, s.Division, s.Text("shop"), frontage.Inspection)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if slices.Contains(counted, e.Case.String()) {
				p.Counted = append(p.Counted, caseLine{What: i18n.T(ctx, "frontage.points", "n", e.Total, "day", day(e.Opened)), Href: "/cases/" + e.Case.String(), State: m.chip(ctx, e)})
			}
		}
	}
	return panelOf(p), nil
}

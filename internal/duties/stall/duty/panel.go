package duty

import (
	"context"
	"fmt"
	"slices"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// panelView is what the page of a record shows beside every case's: what was said
// and where, the nearest free place for each kind of goods, what it became.
type panelView struct {
	Facts  []ui.Fact
	Lead   string // where leading in is sent, "" where it cannot be done now
	Offers []offer
	Card   string // of the pass that whoever was led in got, "" for none
	Became []became
}

// offer is the nearest free stall that takes the goods.
type offer struct{ Goods, Name, Stall, Where, Metres string }

type became struct{ Href, Title string }

// Panel draws what the page of a record shows beside what it shows of every case.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	n, err := m.names(ctx)
	if err != nil {
		return nil, err
	}
	v := panelView{}
	fact := func(key, text string) {
		if text != "" {
			v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, key), Text: text, Wide: true})
		}
	}
	fact("duty.class", classes[s.Class].In(i18n.LangOf(ctx)))
	fact("duty.where", n.place(ctx, s.Text("stretch")))
	fact("duty.cluster", n.place(ctx, s.Text("cluster")))
	fact("duty.said", s.Text("words"))
	fact("duty.history", history(ctx, s.Text("history")))
	fact("duty.led_to", s.Text("stall"))
	children, err := record.Children(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		v.Became = append(v.Became, became{"/cases/" + c.ID.String(), c.Number + " " + i18n.Said(ctx, c.Title)})
	}
	actor := visit.From(ctx).Actor
	if (s.State == "met" || s.State == "promised") && (s.Text("watcher") == actor.Account.String() || actor.Has("stall_manager")) {
		v.Lead = "/cases/" + s.ID.String() + "/steps/lead"
		v.Offers, err = m.offers(ctx, s)
	}
	if s.State == "led_in" {
		p, err := permit.PassOfCase(ctx, m.DB, s.Division, s.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		v.Card = p.Code
	}
	return panelOf(v), err
}

// history is what a record says of earlier ones at the place, in the reader's language.
func history(ctx context.Context, said string) string {
	var metres, days, talks, refused int
	if _, err := fmt.Sscanf(said, watch.History, &metres, &days, &talks, &refused); err != nil {
		return said
	}
	return i18n.T(ctx, "duty.history_said", "metres", metres, "days", days, "talks", talks, "refused", refused)
}

func (m *Room) offers(ctx context.Context, s *engine.Snapshot) (out []offer, err error) {
	lang := i18n.LangOf(ctx)
	at, ok := s.Data["place"].(procedure.Point)
	if !ok {
		return nil, nil
	}
	free, err := m.Watch.Free(ctx, m.DB, s.Division, geo.Point{Lat: at.Lat, Lng: at.Lng}, nil, m.Clock.Now())
	for _, p := range free {
		for _, g := range p.Goods {
			if !slices.ContainsFunc(out, func(o offer) bool { return o.Goods == g }) {
				out = append(out, offer{g, cluster.Name(g).In(lang), p.Code, p.Cluster.Name.In(lang) + " " + p.Code, metres(p.Metres)})
			}
		}
	}
	return out, err
}

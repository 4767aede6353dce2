package web

import (
	"net/http"
	"time"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// display is how long a pledge is still shown after its term.
const display = 30 * 24 * time.Hour

// doorView is what anybody reads who scans the code at a door: nothing of the
// shop's person.
type doorView struct {
	Shop      shop.Shop
	Since     string
	Over      bool // the term is over, the next pledge not signed yet
	Duties    []frontage.Duty
	Last      *ui.Chip
	LastScore string
	Listed    []listedChip
	Map       mapview.Map
}

type listedChip struct {
	Chip  ui.Chip
	Until string
}

// door is the page of the code at the door. A shop that never signed has no such
// code and no such page.
func (m *Room) door(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	s, err := shop.Find(ctx, m.DB, division, r.PathValue("code"))
	if err != nil {
		return err
	}
	list, err := frontage.Of(ctx, m.DB, division, s.Code, "")
	if err != nil {
		return err
	}
	v := doorView{Shop: s, Map: mapOf(ctx, s)}
	signed := false
	for _, e := range list {
		switch {
		case e.Procedure == frontage.Pledge && !e.Signed.IsZero() && !signed:
			signed = e.State == "active" || m.Clock.Now().Sub(e.Moved) < display
			v.Since, v.Over = day(e.Signed), e.State != "active"
		case e.Counts() && v.Last == nil:
			chip := m.chip(ctx, e)
			v.Last, v.LastScore = &chip, i18n.T(ctx, "frontage.points", "n", e.Total, "day", day(e.Opened))
		case e.State == "published":
			v.Listed = append(v.Listed, listedChip{ui.Chip{Label: i18n.T(ctx, "frontage."+e.List), Tone: map[string]ui.Tone{frontage.Red: ui.Green, frontage.Black: ui.Red}[e.List]}, until(e.Until)})
		}
	}
	if !signed {
		return fault.Missing("pledge")
	}
	if v.Duties, err = frontage.InForce(ctx, m.DB, division, m.today()); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, doorPage(v))
}

// line is the shop's stretch: that of its open pledge, else of the register.
func (m *Room) line(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	s, err := shop.Find(ctx, m.DB, division, r.PathValue("code"))
	if err != nil {
		return err
	}
	list, err := frontage.Of(ctx, m.DB, division, s.Code, frontage.Pledge)
	if err != nil {
		return err
	}
	l := s.Stretch
	for _, e := range list {
		if !e.Terminal && len(e.Stretch) > 0 {
			l = e.Stretch
		}
	}
	out := []geo.Feature{{Point: &s.At, Properties: map[string]any{"kind": "site", "label": s.Name}}}
	if len(l) > 0 {
		out = append(out, geo.Feature{Line: geo.Line(l), Properties: map[string]any{"kind": "limit", "label": ""}})
	}
	w.Header().Set("Content-Type", "application/geo+json")
	return geo.Write(w, out)
}

// lists are the published red and black lists, for everybody.
func (m *Room) lists(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b, err := m.Duty.Look(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	red, black, err := m.publicLists(ctx, b.Doors)
	if err != nil {
		return err
	}
	set, err := m.Settings(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	sub := i18n.T(ctx, "frontage.lists_sub", "n", set.Int("frontage.red_checks"))
	figures := []ui.KPI{{Label: i18n.T(ctx, "frontage.kpi.pledged"), Value: share(b.Signed(), len(b.Doors))}, {Label: i18n.T(ctx, "frontage.kpi.passing"), Value: share(b.Passing(), b.Rated())}}
	return httpx.Render(w, r, http.StatusOK, listsPage(sub, figures, red, black))
}

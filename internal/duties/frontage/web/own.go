package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
)

// ownView is what a shop sees behind its receipt code.
type ownView struct {
	Receipt string
	Shop    shop.Shop
	Map     mapview.Map
	Duties  []frontage.Duty
	Pledge  *ownCase
	Cases   []ownCase // inspections and entries, the newest first
	PDF     string
	Link    string
	QR      templ.Component
}

// ownCase is one case in the shop's words, with what it can do.
type ownCase struct {
	ID, What, Day string
	Words         string
	State         ui.Chip
	Steps         []ui.Step
	Scores        []score
	Total, Note   string
	Photos        []ui.Photo
	Grounds       string
}

// score is what one duty got.
type score struct {
	Name, Points string
	Low          bool
}

func (m *Room) own(w http.ResponseWriter, r *http.Request) error {
	ctx, receipt := r.Context(), r.PathValue("receipt")
	o, err := m.Duty.Own(ctx, receipt)
	if err != nil {
		return err
	}
	v := ownView{Receipt: receipt, Shop: o.Shop, Map: mapOf(ctx, o.Shop), Link: m.base(r) + "/shop/my/" + receipt}
	if v.Duties, err = frontage.InForce(ctx, m.DB, o.Division, m.today()); err != nil {
		return err
	}
	if v.QR, err = ui.QR(v.Link, i18n.T(ctx, "frontage.own.qr")); err != nil {
		return err
	}
	for _, e := range o.Cases {
		c, err := m.ownCase(r, o, e, v.Duties)
		if err != nil {
			return err
		}
		switch {
		case c == nil:
		case e.Procedure == frontage.Pledge && v.Pledge == nil:
			v.Pledge, v.PDF = c, "/shop/my/"+receipt+"/pdf"
		case e.Procedure != frontage.Pledge:
			v.Cases = append(v.Cases, *c)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, ownPage(v))
}

// ownCase is one case as the shop reads it; nil for what is not its matter yet.
func (m *Room) ownCase(r *http.Request, o frontage.Own, e frontage.Entry, duties []frontage.Duty) (*ownCase, error) {
	if slices.Contains([]string{"drafted", "proposed"}, e.State) {
		return nil, nil
	}
	ctx, lang := r.Context(), i18n.LangOf(r.Context())
	s, err := m.Engine().Find(ctx, o.Division, e.Case)
	if err != nil {
		return nil, err
	}
	c := &ownCase{ID: e.Case.String(), What: i18n.T(ctx, "frontage.what."+e.Procedure), Day: day(e.Opened), State: m.chip(ctx, e), Note: s.Text("note"), Grounds: grounds(ctx, s)}
	if e.State != "recorded" {
		words, err := m.Engine().PublicWords(ctx, s, s.Number)
		if err != nil {
			return nil, err
		}
		c.Words = words.In(lang)
	}
	base := "/shop/my/" + url.PathEscape(r.PathValue("receipt")) + "/" + c.ID
	if c.Steps, err = m.ownSteps(r, s, base); err != nil {
		return nil, err
	}
	if e.Procedure != frontage.Inspection {
		return c, nil
	}
	c.Scores, c.Total = scoresOf(s, duties, lang), strconv.Itoa(e.Total)
	list, err := evidence.Of(ctx, m.DB, o.Division, e.Case)
	c.Photos = pictures(ctx, list, base+"/photo/")
	return c, err
}

// ownSteps are the shop's own buttons; what is not possible any more is left out.
func (m *Room) ownSteps(r *http.Request, s *engine.Snapshot, base string) (out []ui.Step, err error) {
	ctx := r.Context()
	keeper, err := m.Duty.Keeper(ctx, r.PathValue("receipt"), s.ID)
	if err != nil {
		return nil, err
	}
	offers, err := m.Engine().Offers(ctx, keeper, s)
	for _, x := range stepform.Buttons(offers, "", i18n.LangOf(ctx), func(step string) (string, string) { return base + "/" + step, "" }) {
		if x.Blocked == "" {
			out = append(out, x)
		}
	}
	return out, err
}

// scoresOf are the scores of an inspection in the order of the duties.
func scoresOf(s *engine.Snapshot, duties []frontage.Duty, lang i18n.Lang) (out []score) {
	given, _ := s.Data["scores"].(map[string]string)
	for _, d := range duties {
		if p, ok := given[d.Code]; ok {
			n, _ := strconv.Atoi(p)
			out = append(out, score{Name: d.Name.In(lang), Points: fmt.Sprintf("%s / %d", p, d.Points), Low: n*100 < d.Points*60})
		}
	}
	return out
}

// stepView is one step that a shop takes.
type stepView struct {
	Receipt, Name, Shop string
	Form                form.Form
}

// blankStep finds the case and draws the form; the actor is the shop's person.
func (m *Room) blankStep(r *http.Request) (v stepView, s *engine.Snapshot, keeper people.Actor, err error) {
	ctx := r.Context()
	key, err := id.Parse(r.PathValue("case"))
	if err != nil {
		return v, nil, keeper, fault.Missing("case")
	}
	if keeper, err = m.Duty.Keeper(ctx, r.PathValue("receipt"), key); err != nil {
		return v, nil, keeper, err
	}
	if s, err = m.Engine().Find(ctx, keeper.Division, key); err != nil {
		return v, nil, keeper, err
	}
	ef, err := m.Engine().Form(ctx, keeper, s, r.PathValue("step"), nil)
	if err != nil {
		return v, nil, keeper, err
	}
	v = stepView{Receipt: r.PathValue("receipt"), Name: ef.Step.Name.In(i18n.LangOf(ctx)), Shop: s.Text("shop_name")}
	v.Form = form.New("step", r.URL.Path, stepform.Fields(ef)).Fill(stepform.Filled(ef), calendar.Zone)
	v.Form.Steps = []ui.Step{{Label: v.Name, Icon: "check", Primary: true}}
	return v, s, keeper, nil
}

func (m *Room) askStep(w http.ResponseWriter, r *http.Request) error {
	v, _, _, err := m.blankStep(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, ownStepPage(v))
}

func (m *Room) step(w http.ResponseWriter, r *http.Request) error {
	v, s, keeper, err := m.blankStep(r)
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, v.Form.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	if wrong == nil {
		_, err = m.Engine().Act(r.Context(), engine.Act{Case: s.ID, Step: r.PathValue("step"), Actor: keeper, Input: stepform.Values(sent.Input), Files: sent.Uploads, Key: sent.Key})
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "frontage.own.done"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/shop/my/"+url.PathEscape(v.Receipt))
		}
		if !ours(err) {
			return err
		}
		wrong = fault.As(err)
	}
	v.Form = sent.Refused(r.Context(), v.Form, wrong)
	return httpx.Render(w, r, wrong.Kind.Status(), ownStepPage(v))
}

// photo sends a picture of one of the shop's cases.
func (m *Room) photo(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("case"))
	if err != nil {
		return fault.Missing("photo")
	}
	keeper, err := m.Duty.Keeper(r.Context(), r.PathValue("receipt"), key)
	if err != nil {
		return err
	}
	list, err := evidence.Of(r.Context(), m.DB, keeper.Division, key)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.SHA256 == r.PathValue("sha") && x.Photo() && x.Kind != "signature" {
			return m.Photos.Send(w, r, stepform.Veiled(x.SHA256), r.PathValue("size"))
		}
	}
	return fault.Missing("photo")
}

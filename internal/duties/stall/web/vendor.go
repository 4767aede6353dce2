package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// applicant is who applies: a clerk at the window, else whoever opened the page.
func applicant(r *http.Request) people.Actor {
	v := visit.From(r.Context())
	if v.Actor.Has("stall_clerk") {
		return v.Actor
	}
	return people.CitizenActor(v.Division.ID, "")
}

func (m *Room) application(r *http.Request) (form.Form, error) {
	who := applicant(r)
	in := procedure.Input{}
	if c := r.URL.Query().Get("cluster"); c != "" {
		in["clusters"] = []string{c}
	}
	ef, err := m.Engine().FormOpening(r.Context(), engine.Opening{Procedure: permit.Procedure, Division: who.Division, Step: "apply", Actor: who, Input: in})
	if err != nil {
		return form.Form{}, err
	}
	f := form.New("apply", "/stalls/apply", stepform.Fields(ef)).Fill(stepform.Filled(ef), calendar.Zone)
	f.Ground, f.Draft = mapview.Map{Base: "/map/base.json"}, "stall-apply"
	return f, nil
}

func (m *Room) applyForm(w http.ResponseWriter, r *http.Request) error {
	f, err := m.application(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, formPage(i18n.T(r.Context(), "stall.apply"), i18n.T(r.Context(), "stallweb.apply_sub"), "/stalls", f))
}

func (m *Room) apply(w http.ResponseWriter, r *http.Request) error {
	f, err := m.application(r)
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	if wrong == nil {
		who := applicant(r)
		phone, _ := sent.Values["phone"].(string)
		res, err := m.Engine().Open(r.Context(), engine.Opening{Procedure: permit.Procedure, Division: who.Division, Step: "apply", Actor: who, Input: stepform.Values(sent.Input),
			Files: sent.Uploads, Key: sent.Key, Party: &engine.NewParty{Phone: phone}})
		if err == nil {
			return httpx.Redirect(w, r, "/stall/"+res.Receipt+"?new=1")
		}
		if wrong = fault.As(err); wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict {
			return err
		}
	}
	return httpx.Render(w, r, wrong.Kind.Status(), formPage(i18n.T(r.Context(), "stall.apply"), i18n.T(r.Context(), "stallweb.apply_sub"), "/stalls", sent.Refused(r.Context(), f, wrong)))
}

// mine asks for the receipt code and leads to the page of it.
func (m *Room) mine(w http.ResponseWriter, r *http.Request) error {
	said := strings.TrimSpace(r.URL.Query().Get("code"))
	if code, ok := id.ParseReceipt(said); ok {
		if _, err := party.ByReceipt(r.Context(), m.DB, code); err == nil {
			return httpx.Redirect(w, r, "/stall/"+code)
		}
	}
	return httpx.Render(w, r, http.StatusOK, minePage(said))
}

// holder is the vendor of the address with the case of the permit. A code that
// nobody has, or that is not of a permit, is NotFound.
func (m *Room) holder(r *http.Request) (people.Actor, party.Party, *engine.Snapshot, error) {
	code, ok := id.ParseReceipt(r.PathValue("code"))
	if !ok {
		return people.Actor{}, party.Party{}, nil, fault.Missing("receipt")
	}
	p, err := party.ByReceipt(r.Context(), m.DB, code)
	if err != nil {
		return people.Actor{}, p, nil, err
	}
	s, err := m.Engine().Find(r.Context(), p.Division, p.Case)
	if err == nil && s.Procedure != permit.Procedure {
		err = fault.Missing("receipt")
	}
	return people.CitizenActor(p.Division, code), p, s, err
}

// vendorView is the vendor's own page.
type vendorView struct {
	Code, Number string
	Fresh        bool
	Words        i18n.Text
	State        ui.Chip
	Facts        []ui.Fact
	Steps        []ui.Step
	Points       []pointLine
	Balance      int64
	History      []ui.Entry
	Card         bool
	Rules        []string
}

// pointLine is one record of points as its vendor sees it.
type pointLine struct {
	Title, Words string
	State        ui.Chip
	Photos       []ui.Photo
	Steps        []ui.Step
}

func (m *Room) vendor(w http.ResponseWriter, r *http.Request) error {
	actor, p, s, err := m.holder(r)
	if err != nil {
		return err
	}
	ctx, lang := r.Context(), i18n.LangOf(r.Context())
	v := vendorView{Code: actor.Receipt, Number: s.Number, Fresh: r.URL.Query().Get("new") != "", State: stateChip(s, lang), Card: slices.Contains(selling, s.State)}
	if v.Words, err = m.Engine().PublicWords(ctx, s, actor.Receipt); err != nil {
		return err
	}
	if v.Steps, err = m.buttons(ctx, actor, s, "/stall/"+actor.Receipt+"/steps/"); err != nil {
		return err
	}
	book, err := m.Book(ctx, s.Division)
	if err != nil {
		return err
	}
	v.Facts = facts(ctx, book, s)
	if _, c := book.Stall(s.Text("stall")); c != nil {
		v.Rules = c.Rules
	}
	if v.Points, err = m.points(ctx, actor.Receipt, s); err != nil {
		return err
	}
	if v.Balance, err = m.Permits.Balance(ctx, m.DB, s.Division, s.ID, m.Clock.Now()); err != nil {
		return err
	}
	told, err := notice.ToParty(ctx, m.DB, p.Division, p.ID)
	if err != nil {
		return err
	}
	for _, n := range slices.Backward(told) {
		v.History = append(v.History, ui.Entry{At: n.At.In(calendar.Zone).Format("2006-01-02 15:04"), Time: n.At, Title: n.Text.In(lang)})
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, vendorPage(v))
}

// selling are the states in which there is a card to show.
var selling = []string{"active", "suspended", "renewing", "revoking"}

func stateChip(s *engine.Snapshot, lang i18n.Lang) ui.Chip {
	c := ui.Chip{Label: s.State, Tone: tones[s.State]}
	if st := s.StateOf(); st != nil {
		c.Label = st.Name.In(lang)
	}
	return c
}

// buttons are the steps a vendor may take in a case; those that are blocked say why.
func (m *Room) buttons(ctx context.Context, actor people.Actor, s *engine.Snapshot, base string) ([]ui.Step, error) {
	offers, err := m.Engine().Offers(ctx, actor, s)
	if err != nil {
		return nil, err
	}
	offers = slices.DeleteFunc(offers, func(o engine.Offer) bool { return o.Step.Shared() })
	return stepform.Buttons(offers, "", i18n.LangOf(ctx), func(step string) (string, string) { return base + step, "" }), nil
}

// facts are what stands on the vendor's page and the case's.
func facts(ctx context.Context, book *cluster.Book, s *engine.Snapshot) (out []ui.Fact) {
	lang := i18n.LangOf(ctx)
	goods, _ := s.Data["goods"].([]string)
	wished, _ := s.Data["clusters"].([]string)
	names := make([]string, len(wished))
	for i, code := range wished {
		names[i] = code
		if c := book.Cluster(code); c != nil {
			names[i] = c.Name.In(lang)
		}
	}
	lines := [][2]string{{"number", s.Number}, {"goods", cluster.Names(goods).In(lang)}, {"band", cluster.Name(s.Text("hours")).In(lang)}, {"clusters", strings.Join(names, i18n.T(ctx, "stallweb.comma"))}}
	if s.Text("stall") != "" {
		lines = append(lines, [2]string{"stall", permit.Line(book, s.Text("stall"), lang)}, [2]string{"why", s.Text("why")})
	}
	for _, x := range lines {
		if x[1] != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "stallweb."+x[0]), Text: x[1], Wide: x[0] == "clusters" || x[0] == "why" || x[0] == "stall"})
		}
	}
	return out
}

// points are the records of a permit, each with what its vendor may do.
func (m *Room) points(ctx context.Context, code string, s *engine.Snapshot) (out []pointLine, err error) {
	all, err := permit.PointsOf(ctx, m.DB, s.Division, s.ID)
	for _, p := range all {
		c, err := m.Engine().Find(ctx, s.Division, p.Case)
		if err != nil {
			return nil, err
		}
		me, err := m.speaker(ctx, c)
		if err != nil {
			return nil, err
		}
		l := pointLine{Title: p.Day.String() + " · " + permit.Acts[p.Act].In(i18n.LangOf(ctx)), State: stateChip(c, i18n.LangOf(ctx))}
		words, err := m.Engine().PublicWords(ctx, c, "")
		if err != nil {
			return nil, err
		}
		l.Words = words.In(i18n.LangOf(ctx))
		if l.Steps, err = m.buttons(ctx, me, c, "/stall/"+code+"/points/"+p.Case.String()+"/"); err != nil {
			return nil, err
		}
		if l.Photos, err = m.photosOf(ctx, c, "/stall/"+code+"/photo/"); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, err
}

// speaker is the vendor in a record of points, known there by id.
func (m *Room) speaker(ctx context.Context, c *engine.Snapshot) (people.Actor, error) {
	p, err := permit.PartyOf(ctx, m.DB, c.Division, c.ID)
	return people.SpokenFor(c.Division, p.ID, ""), err
}

func (m *Room) photosOf(ctx context.Context, c *engine.Snapshot, base string) (out []ui.Photo, err error) {
	all, err := evidence.Of(ctx, m.DB, c.Division, c.ID)
	for _, x := range all {
		if x.Photo() {
			out = append(out, ui.Photo{Thumb: base + x.SHA256 + "/thumb", Full: base + x.SHA256 + "/screen", Alt: i18n.T(ctx, "stallweb.photo"), At: x.Received.In(calendar.Zone).Format("01-02 15:04"), Blurred: x.Veiled})
		}
	}
	return out, err
}

// photo shows a picture of the vendor's own records; others are NotFound.
func (m *Room) photo(w http.ResponseWriter, r *http.Request) error {
	_, _, s, err := m.holder(r)
	if err != nil {
		return err
	}
	all, err := permit.PointsOf(r.Context(), m.DB, s.Division, s.ID)
	if err != nil {
		return err
	}
	cases := []id.ID{s.ID}
	for _, p := range all {
		cases = append(cases, p.Case)
	}
	for _, c := range cases {
		list, err := evidence.Of(r.Context(), m.DB, s.Division, c)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.SHA256 == r.PathValue("sha") && x.Photo() {
				return m.Photos.Send(w, r, stepform.ShotOf(x), r.PathValue("size"))
			}
		}
	}
	return fault.Missing("photo")
}

// deed is a step of the address: of the permit, or of one of its records of points.
func (m *Room) deed(r *http.Request) (actor people.Actor, s *engine.Snapshot, f form.Form, name string, err error) {
	actor, _, s, err = m.holder(r)
	if err != nil {
		return actor, s, f, "", err
	}
	if key := r.PathValue("id"); key != "" {
		caseID, err := id.Parse(key)
		if err != nil {
			return actor, s, f, "", fault.Missing("case")
		}
		c, err := m.Engine().Find(r.Context(), s.Division, caseID)
		if err == nil && c.Parent != s.ID {
			err = fault.Missing("case")
		}
		if err != nil {
			return actor, s, f, "", err
		}
		if actor, err = m.speaker(r.Context(), c); err != nil {
			return actor, s, f, "", err
		}
		s = c
	}
	ef, err := m.Engine().Form(r.Context(), actor, s, r.PathValue("step"), nil)
	if err != nil {
		return actor, s, f, "", err
	}
	f = form.New("step", r.URL.Path, stepform.Fields(ef)).Fill(stepform.Filled(ef), calendar.Zone)
	return actor, s, f, ef.Step.Name.In(i18n.LangOf(r.Context())), nil
}

func (m *Room) stepForm(w http.ResponseWriter, r *http.Request) error {
	_, _, f, name, err := m.deed(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, formPage(name, "", "/stall/"+r.PathValue("code"), f))
}

func (m *Room) step(w http.ResponseWriter, r *http.Request) error {
	actor, s, f, name, err := m.deed(r)
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	back := "/stall/" + r.PathValue("code")
	wrong := sent.Wrong
	if wrong == nil {
		_, err = m.Engine().Act(r.Context(), engine.Act{Case: s.ID, Step: r.PathValue("step"), Actor: actor, Input: stepform.Values(sent.Input), Files: sent.Uploads, Key: sent.Key})
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "stallweb.done"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, back)
		}
		if wrong = fault.As(err); wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict {
			return err
		}
	}
	return httpx.Render(w, r, cmp.Or(wrong.Kind.Status(), http.StatusUnprocessableEntity), formPage(name, "", back, sent.Refused(r.Context(), f, wrong)))
}

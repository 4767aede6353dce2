package docket

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// opening is the page on which a case is begun.
type opening struct {
	Tabs    []ui.Tab  // what the visitor may begin
	Blocked []ui.Step // what the visitor may not begin at present, and why
	Name    string    // of the step; "" when there is nothing to begin
	Basis   string
	Parties bool    // the form chooses a party, and the visitor may enter one
	From    *source // the case it arises from; nil for none
	Form    form.Form

	start engine.Start
}

// usual are the procedures begun every day, in that order; the others follow.
var usual = []string{"enf.ordinary", "enf.simple", "enf.inspect", "enf.clear", "enf.build"}

const path = "/enforcement/leads/new"

// starts are the beginnings of enforcement that are the visitor's, the usual
// ones first.
func (m *Room) starts(ctx context.Context) (out []engine.Start, err error) {
	list, err := m.Engine.Starts(ctx, visit.From(ctx).Actor)
	for _, s := range list {
		if dossier.Mine(s.Proc.ID) {
			out = append(out, s)
		}
	}
	rank := func(s engine.Start) int {
		if i := slices.Index(usual, s.Proc.ID); i >= 0 {
			return i
		}
		return len(usual)
	}
	slices.SortStableFunc(out, func(a, b engine.Start) int { return cmp.Compare(rank(a), rank(b)) })
	return out, err
}

func keyOf(s engine.Start) string { return s.Proc.ID + "/" + s.Step.ID }

// begin is the page for what the address asks for: which beginning, and from
// which case. A beginning that is not the visitor's is NotFound.
func (m *Room) begin(r *http.Request) (v opening, err error) {
	ctx, chosen := r.Context(), r.URL.Query().Get("open")
	list, err := m.starts(ctx)
	if err != nil {
		return v, err
	}
	if v.From, err = m.source(r); err != nil {
		return v, err
	}
	for _, s := range list {
		if !s.Allowed {
			v.Blocked = append(v.Blocked, ui.Step{Label: title(ctx, s), Blocked: s.Reason.In(i18n.LangOf(ctx))})
			continue
		}
		if chosen == "" {
			chosen = keyOf(s)
		}
		if chosen == keyOf(s) {
			v.start = s
		}
		to := url.Values{"open": {keyOf(s)}}
		if v.From != nil {
			to.Set("incident", v.From.ID.String())
		}
		v.Tabs = append(v.Tabs, ui.Tab{Label: title(ctx, s), Href: path + "?" + to.Encode(), Active: chosen == keyOf(s)})
	}
	if v.start.Step == nil && r.URL.Query().Get("open") != "" {
		return v, fault.Missing("step")
	}
	return v, nil
}

// title names a beginning: by its procedure, and by its step where the procedure
// can be begun in more than one way.
func title(ctx context.Context, s engine.Start) string {
	lang := i18n.LangOf(ctx)
	ways := s.Proc.From(procedure.None)
	ways = slices.DeleteFunc(slices.Clone(ways), func(x *procedure.Step) bool { return x.Hidden })
	if len(ways) > 1 {
		return s.Proc.Title.In(lang) + " · " + s.Step.Name.In(lang)
	}
	return s.Proc.Title.In(lang)
}

// draw prepares the form, filled with what the other case says.
func (m *Room) draw(r *http.Request, v *opening) error {
	ctx := r.Context()
	o := m.opening(r, v)
	lib, err := m.Library.Library(ctx, o.Division)
	if err != nil {
		return err
	}
	if v.From != nil && v.start.Step.FieldOf("photos") == nil {
		v.From.Photos = nil // the step takes over none, and the page promises none
	}
	o.Input = v.From.says(v.start.Step, lib)
	f, err := m.Engine.FormOpening(ctx, o)
	if err != nil {
		return err
	}
	if v.From != nil {
		v.From.firstMatching(f, lib)
	}
	values := stepform.Filled(f)
	if p, ok := values["place"].(form.Point); ok && v.From != nil {
		p.Address = v.From.Address
		values["place"] = p
	}
	v.Name, v.Basis = f.Step.Name.In(i18n.LangOf(ctx)), strings.Join(f.Step.Law, i18n.T(ctx, "dossier.and"))
	v.Form = form.New("open", r.URL.RequestURI(), fields(f, v.From == nil)).Fill(values, calendar.Zone)
	v.Parties = slices.ContainsFunc(v.Form.Fields, func(x form.Field) bool { return x.Name == "party_ref" }) && slices.ContainsFunc(party.Roles, o.Actor.Has)
	v.Form.Draft = "open-" + r.URL.RawQuery
	v.Form.Ground = mapview.Map{Base: "/map/base.json"}
	v.Form.Steps = []ui.Step{{Label: v.Name, Icon: "check", Primary: true}}
	return nil
}

func (m *Room) opening(r *http.Request, v *opening) engine.Opening {
	at := visit.From(r.Context())
	return engine.Opening{Procedure: v.start.Proc.ID, Division: at.Division.ID, Step: v.start.Step.ID, Actor: at.Actor, Party: &engine.NewParty{NoReceipt: true}}
}

// fields are the form's, but for what the page itself knows: the case it arises
// from, and the address that stands with the place. On the street the phone says
// where it is.
func fields(f engine.Form, onStreet bool) []form.Field {
	out := stepform.Fields(f)
	placed := slices.ContainsFunc(out, isPlace)
	out = slices.DeleteFunc(out, func(x form.Field) bool { return x.Name == "incident" || x.Name == "address" && placed })
	for i := range out {
		out[i].Auto = onStreet && isPlace(out[i])
	}
	return out
}

func isPlace(x form.Field) bool { return x.Name == "place" && x.Type == form.Place }

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	v, err := m.begin(r)
	if err == nil && v.start.Step != nil {
		err = m.draw(r, &v)
	}
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, openPage(v))
}

// open begins the case. What is refused comes back filled, with the sentence.
func (m *Room) open(w http.ResponseWriter, r *http.Request) error {
	v, err := m.begin(r)
	if err == nil && v.start.Step == nil {
		err = fault.Missing("step")
	}
	if err == nil {
		err = m.draw(r, &v)
	}
	if err != nil {
		return err
	}
	sent, err := m.Photos.Read(r, v.Form.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	o := m.opening(r, &v)
	o.Key, o.Files = sent.Key, sent.Uploads
	var unfound error
	if o.Input, unfound, err = m.answers(r.Context(), &v, sent); err != nil {
		return err
	}
	if v.From != nil {
		o.Files = append(o.Files, v.From.uploads(v.start.Step)...)
	}
	wrong := stepform.Join(sent.Wrong, unfound)
	if wrong == nil {
		res, err := m.Engine.Open(r.Context(), o)
		if err == nil && v.From != nil && v.start.Step.FieldOf("incident") == nil {
			err = m.belongs(r.Context(), v.From, o.Actor, res.Case)
		}
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "docket.opened", Args: map[string]any{"what": title(r.Context(), v.start)}}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/cases/"+res.Case.String())
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	v.Form = sent.Refused(r.Context(), v.Form, wrong)
	return httpx.Render(w, r, wrong.Kind.Status(), openPage(v))
}

// belongs links the case as a part of the one it arises from, which its own form
// does not name. A form that was sent twice links once.
func (m *Room) belongs(ctx context.Context, from *source, actor people.Actor, opened id.ID) error {
	links, err := record.Links(ctx, m.DB, from.Division, from.ID)
	if err != nil || slices.ContainsFunc(links, func(l record.Linked) bool { return l.Other == opened }) {
		return err
	}
	_, err = m.Engine.Act(ctx, engine.Act{Case: from.ID, Step: "link", Actor: actor, Input: procedure.Input{"case": opened.String(), "relation": "part_of"}})
	return err
}

// answers are what the form says with what the page knows beside it. A place
// that words do not lead to is unfound.
func (m *Room) answers(ctx context.Context, v *opening, sent stepform.Sent) (in procedure.Input, unfound, err error) {
	if where, ok := sent.Values["place"].(form.Point); ok {
		ground, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
		if err != nil {
			return nil, nil, err
		}
		now := m.Clock.Now()
		if found := ground.Find(where.Address, now); !where.Located && len(found) > 0 {
			where.Lat, where.Lng, where.Located = found[0].Point.Lat, found[0].Point.Lng, true
		}
		if where.Located && where.Address == "" {
			where.Address = ground.Describe(geo.Point{Lat: where.Lat, Lng: where.Lng}, now).ZH
		}
		if !where.Located && where.Address != "" {
			unfound = fault.New(fault.Invalid, "form.refused").Field("place", "docket.place_unknown")
		}
		sent.Values["place"] = where
	}
	in = stepform.Values(sent.Input)
	if where, ok := sent.Values["place"].(form.Point); ok && v.start.Step.FieldOf("address") != nil {
		in["address"] = where.Address
	}
	if v.From != nil && v.start.Step.FieldOf("incident") != nil {
		in["incident"] = v.From.ID.String()
	}
	return in, unfound, nil
}

// slow is how long photos may take over a bad network.
const slow = 5 * time.Minute

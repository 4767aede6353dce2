package unitlink

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// staffRoutes are the pages of those who issue.
func (r *Room) staffRoutes() []httpx.Route {
	desk := httpx.Only(slices.Concat(dispatchers, leads)...)
	return []httpx.Route{
		{Method: "GET", Pattern: "/cases/{id}/links", Access: desk, Handler: r.links, Name: "case.links"},
		{Method: "POST", Pattern: "/cases/{id}/links", Access: desk, Handler: r.issueOne, Name: "case.links.issue"},
		{Method: "POST", Pattern: "/cases/{id}/links/{link}/revoke", Access: desk, Handler: r.revokeOne, Name: "case.links.revoke"},
	}
}

// linksView is the page of a case's links.
type linksView struct {
	Case    string // id
	Title   string
	Number  string
	Dept    string
	Phone   string // of the department
	Why     string // no link can be issued now; "" with a form
	Form    form.Form
	Links   []Link
	Snap    *engine.Snapshot
	Dir     *people.Directory
	Now     time.Time
	Fresh   string // address of the link just issued
	Picture templ.Component
	Again   bool // the form came a second time: the link was shown already
	Sent    string
}

// Panel draws the links of a case on its page: nil for none, and for who may not
// see them.
func (r *Room) Panel(ctx context.Context, actor people.Actor, s *engine.Snapshot) (templ.Component, error) {
	k, ok := kinds[s.Procedure]
	if !ok || !k.sees(actor, s) {
		return nil, nil
	}
	list, err := r.Of(ctx, s)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	dir, err := r.People.Directory(ctx, s.Division)
	return linkList(list, s, r.Clock.Now(), k.issues(actor, s), dir), err
}

func (r *Room) find(req *http.Request) (*engine.Snapshot, people.Actor, error) {
	v := visit.From(req.Context())
	key, err := id.Parse(req.PathValue("id"))
	if err != nil {
		return nil, v.Actor, fault.Missing("case")
	}
	s, err := r.Engine.Find(req.Context(), v.Division.ID, key)
	if err != nil {
		return nil, v.Actor, err
	}
	k, ok := kinds[s.Procedure]
	switch {
	case !ok || !k.reads(v.Actor, s):
		return nil, v.Actor, fault.Missing("case")
	case !k.issues(v.Actor, s):
		return nil, v.Actor, fault.New(fault.Forbidden, "unitlink.not_yours")
	}
	return s, v.Actor, nil
}

// blank is the page with an empty form, or with why there is none.
func (r *Room) blank(req *http.Request, s *engine.Snapshot, actor people.Actor) (v linksView, err error) {
	ctx := req.Context()
	v = linksView{Case: s.ID.String(), Title: s.Title, Number: s.Number, Snap: s, Now: r.Clock.Now()}
	dir, err := r.People.Directory(ctx, s.Division)
	if err != nil {
		return v, err
	}
	v.Dir = dir
	if d, err := dir.Department(s.Text("dept")); err == nil && kinds[s.Procedure].held {
		v.Dept, v.Phone = d.Name.In(i18n.LangOf(ctx)), d.Phone
	}
	if v.Links, err = r.Of(ctx, s); err != nil {
		return v, err
	}
	offers, err := r.Engine.Offers(ctx, actor, s)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(offers, func(o engine.Offer) bool { return o.Step.ID == "send_link" })
	switch {
	case i < 0:
		v.Why = i18n.T(ctx, "unitlink.not_now."+kinds[s.Procedure].words)
		return v, nil
	case !offers[i].Allowed:
		v.Why = offers[i].Reason.In(i18n.LangOf(ctx))
		return v, nil
	}
	ef, err := r.Engine.Form(ctx, actor, s, "send_link", nil)
	if err != nil {
		return v, err
	}
	v.Form = form.New("link", "/cases/"+v.Case+"/links", stepform.Fields(ef)).Fill(stepform.Filled(ef), calendar.Zone)
	if mobile, err := resident.Address(v.Phone); err == nil { // a number at a desk takes no messages
		v.Form.Raw.Set("contact", mobile)
	}
	v.Form.Version = s.Version
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "unitlink.issue"), Icon: "link", Primary: true}}
	return v, nil
}

func (r *Room) links(w http.ResponseWriter, req *http.Request) error {
	s, actor, err := r.find(req)
	if err != nil {
		return err
	}
	v, err := r.blank(req, s, actor)
	if err != nil {
		return err
	}
	return httpx.Render(w, req, http.StatusOK, linksPage(v))
}

func (r *Room) issueOne(w http.ResponseWriter, req *http.Request) error {
	s, actor, err := r.find(req)
	if err != nil {
		return err
	}
	v, err := r.blank(req, s, actor)
	if err != nil {
		return err
	}
	in, err := form.Read(req, v.Form.Fields, calendar.Zone)
	var res engine.Result
	if err == nil {
		res, err = r.Engine.Act(req.Context(), engine.Act{Case: s.ID, Version: in.Version, Step: "send_link", Actor: actor, Input: stepform.Values(in), Key: in.Key})
	}
	if err != nil {
		return r.refused(w, req, v, in, err)
	}
	if s, err = r.Engine.Find(req.Context(), s.Division, s.ID); err != nil {
		return err
	}
	if v, err = r.blank(req, s, actor); err != nil {
		return err
	}
	if v.Again = res.Replayed; !v.Again {
		if v.Fresh, err = r.Address(req.Context(), s, res.Version, r.site(req)); err != nil {
			return err
		}
		if v.Picture, err = ui.QR(v.Fresh, i18n.T(req.Context(), "unitlink.qr")); err != nil {
			return err
		}
		v.Sent = r.told(req.Context(), v.Links, res.Version)
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, req, http.StatusOK, linksPage(v))
}

// refused shows the form again with what was wrong; where there is no form the
// reason stands in its place.
func (r *Room) refused(w http.ResponseWriter, req *http.Request, v linksView, in form.Input, err error) error {
	wrong := fault.As(err)
	if wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound || v.Why != "" && wrong.Kind != fault.Conflict && wrong.Kind != fault.Forbidden {
		return err
	}
	if v.Why == "" {
		v.Form = stepform.Sent{Input: in}.Refused(req.Context(), v.Form, wrong)
	}
	return httpx.Render(w, req, wrong.Kind.Status(), linksPage(v))
}

// told says whether the link that was just issued was sent.
func (r *Room) told(ctx context.Context, list []Link, seq int64) string {
	for _, l := range list {
		switch {
		case l.Seq != seq || l.Contact == "":
		case r.BaseURL == "":
			return i18n.T(ctx, "unitlink.no_base")
		case !r.Messages.Ready(way(l.Contact)):
			return i18n.T(ctx, "unitlink.no_way")
		default:
			return i18n.T(ctx, "unitlink.sent", "to", l.Contact)
		}
	}
	return i18n.T(ctx, "unitlink.pass_on")
}

func (r *Room) revokeOne(w http.ResponseWriter, req *http.Request) error {
	s, actor, err := r.find(req)
	if err != nil {
		return err
	}
	_, err = r.Engine.Act(req.Context(), engine.Act{Case: s.ID, Step: "revoke_link", Actor: actor, Input: procedure.Input{"link": req.PathValue("link")}})
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "unitlink.revoked_now"}); err != nil {
		return err
	}
	return httpx.Redirect(w, req, "/cases/"+s.ID.String()+"/links")
}

// site is our own address, from outside.
func (r *Room) site(req *http.Request) string {
	switch {
	case r.BaseURL != "":
		return r.BaseURL
	case req.TLS != nil:
		return "https://" + req.Host
	}
	return "http://" + req.Host
}

func shown(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// standing is how a link stands, as a chip.
func standing(ctx context.Context, l Link, s *engine.Snapshot, now time.Time) ui.Chip {
	over := l.Over(s, now)
	if over == Good {
		return ui.Chip{Tone: ui.Green, Label: i18n.T(ctx, "unitlink.is.good")}
	}
	return ui.Chip{Tone: map[Over]ui.Tone{Away: ui.Amber}[over], Label: i18n.T(ctx, "unitlink.is."+string(over))}
}

// used says when a link was opened and what came of it.
func used(ctx context.Context, l Link) string {
	var out []string
	if l.Opened.IsZero() {
		out = append(out, i18n.T(ctx, "unitlink.never_opened"))
	} else {
		out = append(out, i18n.T(ctx, "unitlink.opened", "at", shown(l.Opened)))
	}
	if l.Uses > 0 {
		out = append(out, i18n.T(ctx, "unitlink.used", "n", l.Uses, "at", shown(l.Used)))
	}
	if !l.Revoked.IsZero() {
		out = append(out, i18n.T(ctx, "unitlink.revoked", "at", shown(l.Revoked), "by", l.RevokedBy))
	}
	return strings.Join(out, " · ")
}

// recipient is who a link went to, as far as that is still known.
func recipient(ctx context.Context, l Link) string {
	switch {
	case l.To == "":
		return i18n.T(ctx, "unitlink.erased")
	case l.Contact == "":
		return l.To
	}
	return l.To + " · " + l.Contact
}

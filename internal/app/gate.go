package app

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/visit"
)

// gate finds out who is visiting, refuses who may not use the route, and puts
// visit and frame into the request. The services decide the rest.
func (a *App) gate(w http.ResponseWriter, r *http.Request, access httpx.Access) (*http.Request, error) {
	v, err := a.visitor(r)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return r, err
	}
	if v == nil {
		if v, err = a.public(r.Context()); err != nil {
			return r, err
		}
	}
	v.IP = httpx.Client(r).String()
	r = r.WithContext(visit.With(a.speaking(r.Context(), v.Division.ID), v))
	frame, err := a.frame(r.Context(), v)
	if err != nil {
		return r, err
	}
	r = layout.With(w, r, frame)
	r = r.WithContext(mapview.With(r.Context(), a.ground))
	switch {
	case access.IsPublic():
		return r, nil
	case !v.SignedIn():
		return r, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	case len(access.Roles()) > 0 && !slices.ContainsFunc(access.Roles(), v.Actor.Has):
		return r, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return r, nil
}

// speaking lets the reader's printer know what the division's packs call things.
// A word that cannot be looked up stays as it is stored.
func (a *App) speaking(ctx context.Context, division id.ID) context.Context {
	p := *i18n.From(ctx)
	p.Terms = func(word string) (i18n.Text, bool) {
		if paperCode.MatchString(word) {
			lib, err := a.paperLibrary(ctx)
			if err != nil || lib.Latest(word) == nil {
				return i18n.Text{}, false
			}
			return lib.Latest(word).Title, true
		}
		if l, err := a.library.Library(ctx, division); err == nil {
			if t, ok := l.Term(word); ok {
				return t, true
			}
		}
		if t, ok := a.streetTerm(ctx, division, word); ok {
			return t, true
		}
		return a.engine.Library().Term(word)
	}
	return i18n.With(ctx, &p)
}

// paperCode is how titles of services name the paper that is served.
var paperCode = regexp.MustCompile(`^P\d\d[a-z]?$`)

// visitor is the member of staff of the request's session, or Unauthenticated.
func (a *App) visitor(r *http.Request) (*visit.Visit, error) {
	s, err := a.sessions.Find(r.Context(), r)
	if err != nil {
		return nil, err
	}
	dir, err := a.people.Directory(r.Context(), s.Division)
	if err != nil {
		return nil, err
	}
	actor, err := dir.Actor(s.Account, a.clk.Now())
	if err != nil {
		return nil, err
	}
	acc, err := dir.Account(s.Account)
	return &visit.Visit{Actor: actor, Session: s, Division: dir.Division(), MustChange: acc.MustChange}, err
}

// public is a citizen looking at the division that is open to the public: the
// first one that is not for practice.
func (a *App) public(ctx context.Context) (*visit.Visit, error) {
	all, err := a.people.Divisions(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if !d.Practice {
			return &visit.Visit{Actor: people.CitizenActor(d.ID, ""), Division: d}, nil
		}
	}
	return &visit.Visit{Actor: people.Actor{Citizen: true}}, nil
}

// frame is what surrounds the visitor's pages.
func (a *App) frame(ctx context.Context, v *visit.Visit) (layout.Frame, error) {
	f := layout.Frame{Brand: v.Division.Name, Demo: a.cfg.Demo, Practice: v.Division.Practice}
	if a.cfg.Demo {
		f.Credit = i18n.T(ctx, "app.credit")
	}
	if !v.SignedIn() {
		return f, nil
	}
	dir, err := a.people.Directory(ctx, v.Division.ID)
	if err != nil {
		return f, err
	}
	acc, err := dir.Account(v.Actor.Account)
	if err != nil {
		return f, err
	}
	n, err := a.desk.Unread(ctx, v)
	if err != nil {
		return f, err
	}
	f.Home = startOf(v.Actor)
	f.User = &layout.User{Name: v.Actor.Name, Post: a.postOf(ctx, dir, acc), Href: "/account"}
	f.Bell, f.Live, f.Nav = &layout.Bell{Href: "/inbox", Count: n}, "/live", nav(ctx, v.Actor)
	return f, nil
}

// rooms are the places that staff go to, in the order of a day's work, with the
// roles that work there.
var rooms = []struct {
	name, icon, href string
	roles            []string
}{
	{"desk", "layout-dashboard", "/desk", []string{"acceptor", "shift_leader", "dispatcher", "dept_desk", "supervisor", "leader"}},
	{"field", "walk", "/field", []string{"collector", "handler", "officer"}},
	{"intake", "phone", "/intake", incident.Takers},
	{"shift", "signature", "/shift", []string{"acceptor", "shift_leader", "dispatcher", "supervisor"}},
	{"hotline", "headset", "/hotline", incident.Takers},
	{"enforcement", "gavel", "/enforcement/dossiers", people.Dossiers},
	{"enforcement", "gavel", "/enforcement", []string{people.Admin}}, // of the registers alone
	{"supervision", "shield-check", "/enforcement/board", []string{"supervisor", "leader"}},
	{"street", "building-store", "/street", streetRoles()},
	{"cases", "file-text", "/cases", nil},
	{"components", "map-pins", "/components", nil},
	{"reveals", "shield-lock", "/reveals", []string{"privacy_officer", "supervisor", "leader"}},
	{"admin", "settings", "/admin", []string{people.Admin}},
}

func nav(ctx context.Context, actor people.Actor) []layout.NavItem {
	var out []layout.NavItem
	for _, p := range rooms {
		twice := slices.ContainsFunc(out, func(n layout.NavItem) bool { return n.Name == p.name })
		if !twice && (p.roles == nil || slices.ContainsFunc(p.roles, actor.Has)) {
			out = append(out, layout.NavItem{Name: p.name, Label: i18n.T(ctx, "app.nav."+p.name), Icon: p.icon, Href: p.href})
		}
	}
	return out
}

// startOf is where the actor's day begins.
func startOf(actor people.Actor) string {
	for _, p := range rooms {
		if slices.ContainsFunc(p.roles, actor.Has) {
			return p.href
		}
	}
	return "/cases"
}

// start leads a member of staff to where their day begins.
func start(w http.ResponseWriter, r *http.Request) error {
	return httpx.Redirect(w, r, startOf(visit.From(r.Context()).Actor))
}

// postOf names the first post of an account in the reader's language.
func (a *App) postOf(ctx context.Context, dir *people.Directory, acc people.Account) string {
	lang := i18n.LangOf(ctx)
	posts := dir.Posts(acc.ID)
	if len(posts) == 0 {
		return ""
	}
	p := posts[0]
	name := p.Role
	if r, ok := dir.Roles()[p.Role]; ok {
		name = r.Name.In(lang)
	}
	if d, err := dir.Department(p.Department); err == nil && (p.Role == "dept_desk" || p.Role == "handler") {
		name += " · " + d.Name.In(lang)
	}
	return name
}

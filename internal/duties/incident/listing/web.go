package listing

import (
	"net/http"
	"strings"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	staff := httpx.SignedIn()
	out := []httpx.Route{
		{Method: "POST", Pattern: "/cases/{id}/watch", Access: staff, Handler: m.watch, Name: "case.watch"},
		{Method: "GET", Pattern: "/filters", Access: staff, Handler: m.filters, Name: "filters"},
		{Method: "POST", Pattern: "/filters", Access: staff, Handler: m.keep, Name: "filters.keep"},
		{Method: "GET", Pattern: "/filters/chips", Access: staff, Handler: m.chipList, Name: "filters.chips"},
		{Method: "POST", Pattern: "/filters/{id}", Access: staff, Handler: m.change, Name: "filters.change"},
	}
	out = append(out, sheet.Routes("/cases", "case.list", staff, m.cases)...)
	out = append(out, sheet.Routes("/field", "field", httpx.Only("collector", "handler", "officer"), m.tasks)...)
	out = append(out, sheet.Routes("/inbox", "inbox", staff, m.inbox)...)
	return append(out, sheet.Routes("/reveals", "reveals", httpx.Only("privacy_officer", "supervisor", "leader"), m.reveals)...)
}

// watch puts the star on a case or takes it off, and answers with the star.
func (m *Room) watch(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("case")
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	on := r.PostForm.Get("on") == "1"
	if on {
		s, err := m.Engine.Find(r.Context(), v.Division.ID, key)
		if err != nil {
			return err
		}
		err = m.Watch(r.Context(), v.Actor, s.Row, m.Clock.Now())
		if err != nil {
			return err
		}
	} else if err := m.Unwatch(r.Context(), v.Actor, key); err != nil {
		return err
	}
	if httpx.IsFragment(r) {
		return httpx.Render(w, r, http.StatusOK, Star(key.String(), on))
	}
	return httpx.Redirect(w, r, "/cases/"+key.String())
}

// page is where a list is read; anything but the two pages is the desk.
func page(path string) string {
	if path == "/cases" {
		return path
	}
	return "/desk"
}

// chipList is the kept filters alone, for a live refresh.
func (m *Room) chipList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	list, refresh, err := m.chips(r.Context(), page(q.Get("path")), q.Get("at"), visit.From(r.Context()).Actor)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, chips(list, refresh))
}

// savedLine is a kept filter in the table where it is changed.
type savedLine struct {
	Saved
	Own  bool
	From string // whose it is
}

func (m *Room) filters(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, http.StatusOK, refusal{})
}

// refusal is what was wrong with a filter, and the filter as it was sent.
type refusal struct {
	wrong string
	sent  Saved
	path  string // of the page it is for
}

func (m *Room) show(w http.ResponseWriter, r *http.Request, status int, no refusal) error {
	v := visit.From(r.Context())
	n, err := m.names(r.Context(), v.Division.ID)
	if err != nil {
		return err
	}
	list, err := m.Saved(r.Context(), v.Actor)
	if err != nil {
		return err
	}
	lines := make([]savedLine, 0, len(list))
	for _, s := range list {
		if s.ID == no.sent.ID {
			s.Name, s.Post = no.sent.Name, no.sent.Post
		}
		lines = append(lines, savedLine{Saved: s, Own: s.Owner == v.Actor.Account.String(), From: n.person(s.Owner)})
	}
	p := layout.Page{Title: i18n.T(r.Context(), "listing.saved"), Active: "cases"}
	return httpx.Render(w, r, status, filtersPage(p, lines, n.posts(v.Actor), no))
}

// keep keeps the list of an address under a name and opens it.
func (m *Room) keep(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	s := Saved{Name: r.PostForm.Get("name"), Post: r.PostForm.Get("post"), Query: Canonical(values(r.PostForm.Get("query")))}
	to := page(r.PostForm.Get("path"))
	if _, err := m.Keep(r.Context(), visit.From(r.Context()).Actor, s); err != nil {
		return m.refuse(w, r, err, refusal{sent: s, path: to})
	}
	return m.done(w, r, to+"?"+s.Query)
}

func (m *Room) done(w http.ResponseWriter, r *http.Request, to string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: "listing.kept"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, strings.TrimSuffix(to, "?"))
}

// refuse shows the kept filters with what was wrong and what was sent.
func (m *Room) refuse(w http.ResponseWriter, r *http.Request, err error, no refusal) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	no.wrong = i18n.T(r.Context(), f.Key, "n", f.Args["n"])
	return m.show(w, r, f.Kind.Status(), no)
}

// change does to a kept filter what the button says.
func (m *Room) change(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("filter")
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	actor, s := visit.From(r.Context()).Actor, Saved{ID: key, Name: r.PostForm.Get("name"), Post: r.PostForm.Get("post")}
	switch do := r.PostForm.Get("do"); do {
	case "up", "down":
		err = m.Move(r.Context(), actor, key, do == "up")
	case "drop":
		err = m.Drop(r.Context(), actor, key)
	default:
		err = m.Change(r.Context(), actor, s)
	}
	if err != nil {
		return m.refuse(w, r, err, refusal{sent: s})
	}
	return m.done(w, r, "/filters")
}

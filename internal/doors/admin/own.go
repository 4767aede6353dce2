package admin

import (
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// ownRoutes are what every member of staff may do with their own posts.
func (d *Door) ownRoutes() []httpx.Route {
	at := func(method, pattern, name string, h httpx.Handler) httpx.Route {
		return httpx.Route{Method: method, Pattern: pattern, Access: httpx.SignedIn(), Handler: h, Name: "account." + name}
	}
	return []httpx.Route{
		at("GET", "/account/delegations", "delegations", d.ownDelegations),
		at("POST", "/account/delegations", "delegations.create", d.delegateOwn),
		at("POST", "/account/delegations/{id}/revoke", "delegations.revoke", d.revokeOwn),
	}
}

// ownFields asks who stands in; the roles offered are the visitor's own posts,
// not those held for somebody else.
func ownFields(r *http.Request, dir *people.Directory) []form.Field {
	me := visit.From(r.Context()).Actor.Account
	others := slices.DeleteFunc(accountOptions(dir), func(o form.Option) bool { return o.Value == me.String() })
	roles := slices.DeleteFunc(roleOptions(dir), func(o form.Option) bool {
		return !slices.ContainsFunc(dir.Posts(me), func(p people.Post) bool { return p.Role == o.Value && p.Holds(time.Now()) })
	})
	return []form.Field{
		{Name: "to", Type: form.Person, Label: words(r, "admin.taker"), Options: others, Required: true},
		{Name: "roles", Type: form.Enum, List: true, Label: words(r, "admin.roles"), Options: roles, Required: true},
		{Name: "from", Type: form.Time, Label: words(r, "admin.from"), Required: true},
		{Name: "until", Type: form.Time, Label: words(r, "admin.until"), Required: true},
		{Name: "reason", Type: form.Text, Label: words(r, "admin.reason"), Required: true},
	}
}

func ownForm(r *http.Request, dir *people.Directory) form.Form {
	return form.New("delegation", "/account/delegations", ownFields(r, dir))
}

func (d *Door) ownDelegations(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	return d.showOwn(w, r, http.StatusOK, dir, ownForm(r, dir))
}

func (d *Door) showOwn(w http.ResponseWriter, r *http.Request, status int, dir *people.Directory, f form.Form) error {
	me := visit.From(r.Context()).Actor.Account
	lines := slices.DeleteFunc(d.delegationLines(r, dir), func(x delegationLine) bool { return x.FromAccount != me && x.ToAccount != me })
	return httpx.Render(w, r, status, ownDelegationsPage(lines, f))
}

func (d *Door) delegateOwn(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	actor, f := visit.From(r.Context()).Actor, ownForm(r, dir)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		roles, _ := in.Values["roles"].([]string)
		from, _ := in.Values["from"].(time.Time)
		until, _ := in.Values["until"].(time.Time)
		_, err = d.People.Delegate(r.Context(), actor, people.Delegation{
			FromAccount: actor.Account, ToAccount: parseID(str(in, "to")), Roles: roles, From: from, Until: until, Reason: str(in, "reason")})
	}
	if refused(err) {
		return d.showOwn(w, r, fault.As(err).Kind.Status(), dir, f.Refused(r.Context(), in, err))
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/account/delegations")
}

func (d *Door) revokeOwn(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := d.People.Revoke(r.Context(), visit.From(r.Context()).Actor, one); err != nil {
		return err
	}
	return accept(w, r, "admin.revoked", "/account/delegations")
}

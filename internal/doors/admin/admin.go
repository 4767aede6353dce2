package admin

import (
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/duties/incident/succession"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/visit"
)

// Deps are the rooms whose pages these are.
type Deps struct {
	People     *people.Service
	Packs      *pack.Service
	Catalogues *catalogue.Service
	Calendars  *calendar.Service
	Engine     *engine.Engine
	Webhooks   *webhook.Service
	Messages   *message.Service
	Succession *succession.Registry
	Clock      clock.Clock
}

// Door serves the pages.
type Door struct{ Deps }

// New returns the door.
func New(d Deps) *Door { return &Door{Deps: d} }

// maxUpload is the largest notice or workbook taken.
const maxUpload = 8 << 20

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	only := httpx.Only(people.Admin)
	at := func(method, pattern, name string, h httpx.Handler) httpx.Route {
		return httpx.Route{Method: method, Pattern: pattern, Access: only, Handler: h, Name: "admin." + name}
	}
	upload := func(pattern, name string, h httpx.Handler) httpx.Route {
		route := at("POST", pattern, name, h)
		route.MaxBody = maxUpload
		return route
	}
	return slices.Concat(d.ownRoutes(), d.exportRoutes(), d.webhookRoutes(), d.messageRoutes(), []httpx.Route{
		at("GET", "/admin", "home", d.home),
		at("GET", "/admin/people", "people", d.accounts),
		at("GET", "/admin/people/new", "people.new", d.newAccount),
		at("POST", "/admin/people/new", "people.create", d.createAccount),
		at("GET", "/admin/people/{id}", "people.one", d.account),
		at("POST", "/admin/people/{id}", "people.change", d.changeAccount),
		at("POST", "/admin/people/{id}/password", "people.password", d.setPassword),
		at("POST", "/admin/people/{id}/posts", "people.post", d.addPost),
		at("POST", "/admin/people/{id}/posts/{post}/end", "people.post.end", d.endPost),
		at("POST", "/admin/people/{id}/certificates", "people.certificate", d.addCertificate),
		at("POST", "/admin/people/{id}/certificates/{certificate}/revoke", "people.certificate.revoke", d.revokeCertificate),
		at("GET", "/admin/certificates", "certificates", d.certificates),
		at("GET", "/admin/delegations", "delegations", d.delegations),
		at("POST", "/admin/delegations", "delegations.create", d.delegate),
		at("POST", "/admin/delegations/{id}/revoke", "delegations.revoke", d.revoke),
		at("GET", "/admin/departments", "departments", d.departments),
		at("GET", "/admin/departments/edit", "departments.edit", d.department),
		at("POST", "/admin/departments/edit", "departments.save", d.saveDepartment),
		at("GET", "/admin/departments/merge", "departments.merge", d.mergePage),
		at("POST", "/admin/departments/merge", "departments.merge.do", d.merge),
		at("GET", "/admin/keys", "keys", d.keys),
		at("POST", "/admin/keys", "keys.create", d.createKey),
		at("POST", "/admin/keys/{id}/revoke", "keys.revoke", d.revokeKey),
		at("GET", "/admin/audit", "audit", d.audit),
		at("GET", "/admin/catalogue", "catalogue", d.classes),
		at("GET", "/admin/catalogue/{class}", "catalogue.class", d.class),
		at("GET", "/admin/catalogue/{class}/{condition}", "catalogue.condition", d.condition),
		at("POST", "/admin/catalogue/{class}/{condition}", "catalogue.save", d.saveCondition),
		at("POST", "/admin/catalogue/{class}/{condition}/revert", "catalogue.revert", d.revertCondition),
		at("GET", "/admin/calendar", "calendar", d.year),
		at("POST", "/admin/calendar/hours", "calendar.hours", d.saveHours),
		upload("/admin/calendar/check", "calendar.check", d.checkNotice),
		upload("/admin/calendar/apply", "calendar.apply", d.applyNotice),
		at("GET", "/admin/import", "import", d.workbook),
		upload("/admin/import", "import.apply", d.importWorkbook),
		at("GET", "/admin/import/template.xlsx", "import.template", d.template),
	})
}

func (d *Door) home(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, homePage())
}

// page is what every page of this room has in common.
func page(title string) layout.Page { return layout.Page{Title: title, Active: "admin"} }

// accept answers a form that was carried out.
func accept(w http.ResponseWriter, r *http.Request, key, to string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: key}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, to)
}

// refused reports whether err is something the form can show; then the page is
// drawn again, filled.
func refused(err error) bool {
	f := fault.As(err)
	return f != nil && (f.Kind == fault.Invalid || f.Kind == fault.Conflict || f.Kind == fault.Stale)
}

func pathID(r *http.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.ID{}, fault.Missing(name)
	}
	return v, nil
}

func local(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}

// directory is the visitor's division at this moment.
func (d *Door) directory(r *http.Request) (*people.Directory, error) {
	return d.People.Directory(r.Context(), visit.From(r.Context()).Division.ID)
}

// str is a text answer, "" when not given.
func str(in form.Input, name string) string {
	s, _ := in.Values[name].(string)
	return s
}

// day is a date answer as periods keep it.
func day(in form.Input, name string) string {
	t, ok := in.Values[name].(time.Time)
	if !ok || t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// words is a field's label from the room's sentences.
func words(r *http.Request, key string) i18n.Text { return i18n.From(r.Context()).Bundle.Text(key) }

package admin

import (
	"net/http"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

type delegationLine struct {
	people.Delegation
	FromName, ToName string
	Roles            []string
	InForce, Over    bool
}

func delegationFields(r *http.Request, dir *people.Directory) []form.Field {
	return []form.Field{
		{Name: "from", Type: form.Person, Label: words(r, "admin.giver"), Options: accountOptions(dir), Required: true},
		{Name: "to", Type: form.Person, Label: words(r, "admin.taker"), Options: accountOptions(dir), Required: true},
		{Name: "roles", Type: form.Enum, List: true, Label: words(r, "admin.roles"), Options: roleOptions(dir), Required: true},
		{Name: "from_at", Type: form.Time, Label: words(r, "admin.from"), Required: true},
		{Name: "until_at", Type: form.Time, Label: words(r, "admin.until"), Required: true},
		{Name: "reason", Type: form.Text, Label: words(r, "admin.reason"), Required: true},
	}
}

func (d *Door) delegations(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	return d.showDelegations(w, r, http.StatusOK, dir, form.New("delegation", "/admin/delegations", delegationFields(r, dir)))
}

func (d *Door) showDelegations(w http.ResponseWriter, r *http.Request, status int, dir *people.Directory, f form.Form) error {
	return httpx.Render(w, r, status, delegationsPage(d.delegationLines(r, dir), f))
}

func (d *Door) delegationLines(r *http.Request, dir *people.Directory) (lines []delegationLine) {
	name := func(account id.ID) string {
		a, err := dir.Account(account)
		if err != nil {
			return "—"
		}
		return a.Name
	}
	for _, x := range dir.Delegations() {
		line := delegationLine{Delegation: x, FromName: name(x.FromAccount), ToName: name(x.ToAccount), InForce: x.Holds(d.Clock.Now()), Over: !d.Clock.Now().Before(x.Until)}
		for _, role := range x.Roles {
			line.Roles = append(line.Roles, roleName(dir, role, i18n.LangOf(r.Context())))
		}
		lines = append(lines, line)
	}
	return lines
}

func (d *Door) delegate(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	fields := delegationFields(r, dir)
	in, err := form.Read(r, fields, calendar.Zone)
	if err == nil {
		roles, _ := in.Values["roles"].([]string)
		from, _ := in.Values["from_at"].(time.Time)
		until, _ := in.Values["until_at"].(time.Time)
		_, err = d.People.Delegate(r.Context(), visit.From(r.Context()).Actor, people.Delegation{
			FromAccount: parseID(str(in, "from")), ToAccount: parseID(str(in, "to")), Roles: roles,
			From: from, Until: until, Reason: str(in, "reason"),
		})
	}
	if refused(err) {
		f := form.New("delegation", "/admin/delegations", fields).Refused(r.Context(), in, err)
		return d.showDelegations(w, r, fault.As(err).Kind.Status(), dir, f)
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/delegations")
}

func (d *Door) revoke(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := d.People.Revoke(r.Context(), visit.From(r.Context()).Actor, one); err != nil {
		return err
	}
	return accept(w, r, "admin.revoked", "/admin/delegations")
}

func (d *Door) departments(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, departmentsPage(dir.Departments(time.Time{})))
}

func departmentFields(r *http.Request, dir *people.Directory) []form.Field {
	kinds := []form.Option{}
	for _, k := range []string{people.KindBureau, people.KindTeam, people.KindStreet, people.KindSection, people.KindUtility, people.KindOutside} {
		kinds = append(kinds, form.Option{Value: k, Label: words(r, "admin.kind."+k)})
	}
	return []form.Field{
		{Name: "code", Type: form.Text, Label: words(r, "admin.code"), Required: true},
		{Name: "name_zh", Type: form.Text, Label: words(r, "admin.name_zh"), Required: true},
		{Name: "name_en", Type: form.Text, Label: words(r, "admin.name_en"), Required: true},
		{Name: "kind", Type: form.Enum, Label: words(r, "admin.kind"), Options: kinds, Required: true},
		{Name: "parent", Type: form.Dept, Label: words(r, "admin.parent"), Options: departmentOptions(dir)},
		{Name: "street", Type: form.Text, Label: words(r, "admin.street")},
		{Name: "phone", Type: form.Phone, Label: words(r, "admin.phone")},
		{Name: "valid_from", Type: form.Date, Label: words(r, "admin.from")},
		{Name: "valid_to", Type: form.Date, Label: words(r, "admin.to")},
	}
}

func (d *Door) department(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	f := form.New("department", "/admin/departments/edit", departmentFields(r, dir))
	if code := r.URL.Query().Get("code"); code != "" {
		dep, err := dir.Department(code)
		if err != nil {
			return err
		}
		f = f.Fill(map[string]any{
			"code": dep.Code, "name_zh": dep.Name.ZH, "name_en": dep.Name.EN, "kind": dep.Kind, "parent": dep.Parent,
			"street": dep.Street, "phone": dep.Phone, "valid_from": dep.From, "valid_to": dep.To,
		}, calendar.Zone)
	}
	return httpx.Render(w, r, http.StatusOK, formPage(i18n.T(r.Context(), "admin.department"), "/admin/departments", f))
}

func (d *Door) saveDepartment(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	fields := departmentFields(r, dir)
	in, err := form.Read(r, fields, calendar.Zone)
	if err == nil {
		dep, missing := dir.Department(str(in, "code"))
		if missing != nil {
			dep = people.Department{Code: str(in, "code"), Provenance: "real"}
		}
		dep.Name = i18n.Text{ZH: str(in, "name_zh"), EN: str(in, "name_en")}
		dep.Kind, dep.Parent, dep.Street, dep.Phone = str(in, "kind"), str(in, "parent"), str(in, "street"), str(in, "phone")
		dep.Period = people.Period{From: day(in, "valid_from"), To: day(in, "valid_to")}
		err = d.People.SaveDepartment(r.Context(), visit.From(r.Context()).Actor, dep)
	}
	if refused(err) {
		f := form.New("department", "/admin/departments/edit", fields).Refused(r.Context(), in, err)
		return httpx.Render(w, r, fault.As(err).Kind.Status(), formPage(i18n.T(r.Context(), "admin.department"), "/admin/departments", f))
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/departments")
}

func keyFields(r *http.Request) []form.Field {
	return []form.Field{{Name: "name", Type: form.Text, Label: words(r, "admin.key_name"), Help: words(r, "admin.key_help"), Required: true}}
}

func (d *Door) keys(w http.ResponseWriter, r *http.Request) error {
	return d.showKeys(w, r, http.StatusOK, form.New("key", "/admin/keys", keyFields(r)), "")
}

func (d *Door) showKeys(w http.ResponseWriter, r *http.Request, status int, f form.Form, plain string) error {
	list, err := d.People.Keys(r.Context(), visit.From(r.Context()).Actor)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, keysPage(list, f, plain))
}

func (d *Door) createKey(w http.ResponseWriter, r *http.Request) error {
	in, err := form.Read(r, keyFields(r), calendar.Zone)
	var plain string
	if err == nil {
		plain, _, err = d.People.CreateKey(r.Context(), visit.From(r.Context()).Actor, str(in, "name"))
	}
	f := form.New("key", "/admin/keys", keyFields(r))
	if refused(err) {
		return d.showKeys(w, r, fault.As(err).Kind.Status(), f.Refused(r.Context(), in, err), "")
	} else if err != nil {
		return err
	}
	return d.showKeys(w, r, http.StatusOK, f, plain) // the one time it can be read
}

func (d *Door) revokeKey(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := d.People.RevokeKey(r.Context(), visit.From(r.Context()).Actor, one); err != nil {
		return err
	}
	return accept(w, r, "admin.revoked", "/admin/keys")
}

const auditPage = 100

func (d *Door) audit(w http.ResponseWriter, r *http.Request) error {
	list, err := d.People.Audit(r.Context(), visit.From(r.Context()).Actor, parseID(r.URL.Query().Get("before")), auditPage)
	if err != nil {
		return err
	}
	next := ""
	if len(list) == auditPage {
		next = "/admin/audit?before=" + list[len(list)-1].ID.String()
	}
	return httpx.Render(w, r, http.StatusOK, auditList(list, next))
}

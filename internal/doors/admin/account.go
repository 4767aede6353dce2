package admin

import (
	"net/http"
	"slices"
	"strings"
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

// accountLine is one account in the list.
type accountLine struct {
	people.Account
	Department string
	Posts      []string
}

func (d *Door) accounts(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, accountsPage(r.URL.Query().Get("q"), d.accountLines(r, dir)))
}

// accountLines are the accounts that the address looks for.
func (d *Door) accountLines(r *http.Request, dir *people.Directory) (lines []accountLine) {
	lang, q := i18n.LangOf(r.Context()), strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q")))
	for _, a := range dir.Accounts() {
		line := accountLine{Account: a, Department: departmentName(dir, a.Department, lang)}
		for _, p := range dir.Posts(a.ID) {
			if p.Holds(d.Clock.Now()) {
				line.Posts = append(line.Posts, roleName(dir, p.Role, lang))
			}
		}
		hay := strings.ToLower(strings.Join(append(line.Posts, a.Login, a.Name, line.Department), " "))
		if strings.Contains(hay, q) {
			lines = append(lines, line)
		}
	}
	return lines
}

func departmentName(dir *people.Directory, code string, lang i18n.Lang) string {
	dep, err := dir.Department(code)
	if err != nil {
		return code
	}
	return dep.Name.In(lang)
}

func roleName(dir *people.Directory, role string, lang i18n.Lang) string {
	if x, ok := dir.Roles()[role]; ok {
		return x.Name.In(lang)
	}
	return role
}

func departmentOptions(dir *people.Directory) []form.Option {
	var out []form.Option
	for _, dep := range dir.Departments(time.Now()) {
		out = append(out, form.Option{Value: dep.Code, Label: dep.Name})
	}
	return out
}

func roleOptions(dir *people.Directory) []form.Option {
	var out []form.Option
	for _, role := range dir.RoleList() {
		out = append(out, form.Option{Value: role.ID, Label: role.Name})
	}
	return out
}

func accountOptions(dir *people.Directory) []form.Option {
	var out []form.Option
	for _, a := range dir.Accounts() {
		if a.Active {
			label := a.Name + " (" + a.Login + ")"
			out = append(out, form.Option{Value: a.ID.String(), Label: i18n.Text{ZH: label, EN: label}})
		}
	}
	return out
}

// accountFields asks for what an account is; the login only of a new one.
func accountFields(r *http.Request, dir *people.Directory, fresh bool) []form.Field {
	fields := []form.Field{
		{Name: "name", Type: form.Text, Label: words(r, "admin.name"), Required: true},
		{Name: "department", Type: form.Dept, Label: words(r, "admin.department"), Options: departmentOptions(dir)},
		{Name: "phone", Type: form.Phone, Label: words(r, "admin.phone"), Personal: true},
	}
	if !fresh {
		return append(fields, form.Field{Name: "active", Type: form.Bool, Label: words(r, "admin.active")})
	}
	login := form.Field{Name: "login", Type: form.Text, Label: words(r, "admin.login"), Help: words(r, "people.login_shape"), Required: true}
	password := form.Field{Name: "password", Type: form.Text, Label: words(r, "admin.first_password"), Help: words(r, "admin.first_password_help"), Required: true}
	return slices.Concat([]form.Field{login}, fields, []form.Field{password})
}

func (d *Door) newAccount(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	f := form.New("account", "/admin/people/new", accountFields(r, dir, true))
	return httpx.Render(w, r, http.StatusOK, formPage(i18n.T(r.Context(), "admin.account_new"), "/admin/people", f))
}

func (d *Door) createAccount(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	fields := accountFields(r, dir, true)
	in, err := form.Read(r, fields, calendar.Zone)
	if err == nil {
		err = people.CheckPassword(str(in, "login"), str(in, "password"))
	}
	actor := visit.From(r.Context()).Actor
	var a people.Account
	if err == nil {
		a, err = d.People.CreateAccount(r.Context(), actor, people.Account{
			Login: strings.ToLower(str(in, "login")), Name: str(in, "name"), Department: str(in, "department"), Phone: str(in, "phone"),
		})
	}
	if err == nil {
		err = d.People.SetPassword(r.Context(), actor, str(in, "password"), false, a.ID)
	}
	if refused(err) {
		f := form.New("account", "/admin/people/new", fields).Refused(r.Context(), in, err)
		return httpx.Render(w, r, fault.As(err).Kind.Status(), formPage(i18n.T(r.Context(), "admin.account_new"), "/admin/people", f))
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/people/"+a.ID.String())
}

// accountView is one account with all its forms.
type accountView struct {
	Account  people.Account
	Form     form.Form
	Password form.Form
	Post     form.Form
	Held     form.Form // a certificate to be added
	Posts    []postLine
	Attempts []people.Attempt

	Certificates []certificateLine
}

type postLine struct {
	people.Post
	RoleName, DepartmentName string
	Past                     bool
}

// forms are the three forms of an account's page.
func (d *Door) forms(r *http.Request, dir *people.Directory, a people.Account) accountView {
	base := "/admin/people/" + a.ID.String()
	v := accountView{Account: a}
	v.Form = form.New("account", base, accountFields(r, dir, false)).Fill(map[string]any{
		"name": a.Name, "department": a.Department, "phone": a.Phone, "active": a.Active,
	}, calendar.Zone)
	v.Password = form.New("password", base+"/password", passwordFields(r))
	v.Post = form.New("post", base+"/posts", postFields(r, dir))
	v.Held = form.New("certificate", base+"/certificates", certificateFields(r))
	return v
}

func passwordFields(r *http.Request) []form.Field {
	return []form.Field{{Name: "password", Type: form.Text, Label: words(r, "admin.first_password"), Help: words(r, "admin.first_password_help"), Required: true}}
}

func postFields(r *http.Request, dir *people.Directory) []form.Field {
	return []form.Field{
		{Name: "role", Type: form.Enum, Label: words(r, "admin.role"), Options: roleOptions(dir), Required: true},
		{Name: "department", Type: form.Dept, Label: words(r, "admin.department"), Options: departmentOptions(dir)},
		{Name: "scope", Type: form.Text, Label: words(r, "admin.scope"), Help: words(r, "admin.scope_help")},
		{Name: "from", Type: form.Date, Label: words(r, "admin.from")},
		{Name: "to", Type: form.Date, Label: words(r, "admin.to")},
	}
}

func (d *Door) one(r *http.Request) (*people.Directory, people.Account, error) {
	dir, err := d.directory(r)
	if err != nil {
		return nil, people.Account{}, err
	}
	key, err := pathID(r, "id")
	if err != nil {
		return nil, people.Account{}, err
	}
	a, err := dir.Account(key)
	return dir, a, err
}

func (d *Door) account(w http.ResponseWriter, r *http.Request) error {
	dir, a, err := d.one(r)
	if err != nil {
		return err
	}
	return d.showAccount(w, r, http.StatusOK, dir, d.forms(r, dir, a))
}

func (d *Door) showAccount(w http.ResponseWriter, r *http.Request, status int, dir *people.Directory, v accountView) (err error) {
	lang := i18n.LangOf(r.Context())
	for _, p := range dir.Posts(v.Account.ID) {
		v.Posts = append(v.Posts, postLine{p, roleName(dir, p.Role, lang), departmentName(dir, p.Department, lang), !p.Holds(d.Clock.Now())})
	}
	v.Certificates = d.certificateLines(dir, v.Account.ID)
	if v.Attempts, err = d.People.Attempts(r.Context(), visit.From(r.Context()).Actor, v.Account.ID, 10); err != nil {
		return err
	}
	return httpx.Render(w, r, status, accountPage(v))
}

// act reads one form of an account's page and carries it out; a refusal draws
// the page again with that form filled.
func (d *Door) act(w http.ResponseWriter, r *http.Request, pick func(*accountView) *form.Form, do func(people.Account, form.Input) error) error {
	dir, a, err := d.one(r)
	if err != nil {
		return err
	}
	v := d.forms(r, dir, a)
	f := pick(&v)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		err = do(a, in)
	}
	if refused(err) {
		*f = f.Refused(r.Context(), in, err)
		return d.showAccount(w, r, fault.As(err).Kind.Status(), dir, v)
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/people/"+a.ID.String())
}

func (d *Door) changeAccount(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, func(v *accountView) *form.Form { return &v.Form }, func(a people.Account, in form.Input) error {
		a.Name, a.Department, a.Phone = str(in, "name"), str(in, "department"), str(in, "phone")
		a.Active, _ = in.Values["active"].(bool)
		return d.People.UpdateAccount(r.Context(), visit.From(r.Context()).Actor, a)
	})
}

func (d *Door) setPassword(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, func(v *accountView) *form.Form { return &v.Password }, func(a people.Account, in form.Input) error {
		return d.People.SetPassword(r.Context(), visit.From(r.Context()).Actor, str(in, "password"), false, a.ID)
	})
}

func (d *Door) addPost(w http.ResponseWriter, r *http.Request) error {
	return d.act(w, r, func(v *accountView) *form.Form { return &v.Post }, func(a people.Account, in form.Input) error {
		_, err := d.People.SavePost(r.Context(), visit.From(r.Context()).Actor, people.Post{
			Account: a.ID, Role: str(in, "role"), Department: str(in, "department"), Scope: str(in, "scope"),
			Period: people.Period{From: day(in, "from"), To: day(in, "to")},
		})
		return err
	})
}

func (d *Door) endPost(w http.ResponseWriter, r *http.Request) error {
	_, a, err := d.one(r)
	if err != nil {
		return err
	}
	post, err := pathID(r, "post")
	if err != nil {
		return err
	}
	if err := d.People.EndPost(r.Context(), visit.From(r.Context()).Actor, post); err != nil {
		return err
	}
	return accept(w, r, "admin.post_ended", "/admin/people/"+a.ID.String())
}

func parseID(s string) id.ID {
	v, err := id.Parse(s)
	if err != nil {
		return id.ID{}
	}
	return v
}

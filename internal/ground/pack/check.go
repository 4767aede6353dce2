package pack

import (
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// check looks at what only shows when all files are read: things that stand
// twice, and references between tables and packs.
func (l *loader) check() {
	first := map[[2]string]Row{}
	for _, b := range l.bases {
		for _, r := range b.Rows {
			first[[2]string{r.Kind, r.Key}] = r
		}
	}
	for _, r := range l.pack.Rows {
		k := [2]string{r.Kind, r.Key}
		if old, twice := first[k]; twice {
			l.problems.add(r.File, r.Line, "pack.row_twice", "key", r.Key, "file", old.File, "line", old.Line)
			continue
		}
		first[k] = r
	}
	l.checkCatalogue()
	l.checkPeople()
}

// all lists the rows of the bases and then the pack's own.
func (l *loader) all() []Row {
	var rows []Row
	for _, b := range l.bases {
		rows = append(rows, b.Rows...)
	}
	return append(rows, l.pack.Rows...)
}

func (l *loader) checkCatalogue() {
	var entries []catalogue.Entry
	for _, r := range l.all() {
		entries = append(entries, catalogue.Entry{Kind: r.Kind, Key: r.Key, Body: r.Body})
	}
	_, issues := catalogue.Build(entries)
	for _, i := range issues {
		at := slices.IndexFunc(l.pack.Rows, func(r Row) bool { return r.Kind == i.Entry.Kind && r.Key == i.Entry.Key && r.Body == i.Entry.Body })
		if at >= 0 {
			l.problems = append(l.problems, Problem{File: l.pack.Rows[at].File, Line: l.pack.Rows[at].Line, Key: i.Key, Args: i.Args})
		}
	}
}

// staff is the people of some rows, to check references and the wall.
type staff struct {
	roles       []people.Role
	departments []people.Department
	accounts    []people.Account
	posts       []people.Post

	certificates []people.Certificate
}

func staffOf(rows []Row) (s staff) {
	for _, r := range rows {
		switch r.Kind {
		case KindRole:
			s.roles = append(s.roles, body[people.Role](r))
		case KindDepartment:
			s.departments = append(s.departments, body[people.Department](r))
		case KindAccount:
			s.accounts = append(s.accounts, body[people.Account](r))
		case KindPost:
			s.posts = append(s.posts, body[people.Post](r))
		case KindCertificate:
			s.certificates = append(s.certificates, body[people.Certificate](r))
		}
	}
	return s
}

func body[T any](r Row) (v T) {
	if err := json.Unmarshal([]byte(r.Body), &v); err != nil {
		panic(err) // newRow made it from the same type
	}
	return v
}

func (l *loader) checkPeople() {
	s := staffOf(l.all())
	known := names{departments: map[string]bool{people.StreetTeam: true, people.StreetOffice: true}, roles: map[string]bool{}, logins: map[string]bool{}}
	known.add(s)
	for _, r := range l.pack.Rows {
		known.check(&l.problems, r)
	}
	l.checkLayers(known)
	if l.strict() {
		s.checkWall(&l.problems, l.pack.Rows)
	}
}

// strict is the pack's axis.strict, on unless the pack switches it off.
func (l *loader) strict() bool {
	values := map[string]string{}
	for _, r := range l.all() {
		if r.Kind == KindSetting {
			values[r.Key] = body[setting](r).Value
		}
	}
	return NewSettings(values).Bool("axis.strict")
}

// names are what references may lead to.
type names struct{ departments, roles, logins map[string]bool }

func (n names) add(s staff) {
	for _, d := range s.departments {
		n.departments[d.Code] = true
	}
	for _, r := range s.roles {
		n.roles[r.ID] = true
	}
	for _, a := range s.accounts {
		n.logins[a.Login] = true
	}
}

// check names every reference of the row that leads nowhere.
func (n names) check(ps *Problems, r Row) {
	department := func(code string) {
		if code != "" && !n.departments[code] {
			ps.add(r.File, r.Line, "people.department_unknown", "code", code)
		}
	}
	switch r.Kind {
	case KindDepartment:
		department(body[people.Department](r).Parent)
	case KindAccount:
		department(body[people.Account](r).Department)
	case KindPost:
		p := body[people.Post](r)
		department(p.Department)
		if !n.roles[p.Role] {
			ps.add(r.File, r.Line, "people.role_unknown", "role", p.Role)
		}
		if !n.logins[p.Login] {
			ps.add(r.File, r.Line, "pack.login_unknown", "login", p.Login)
		}
	case KindCertificate:
		if c := body[people.Certificate](r); !n.logins[c.Login] {
			ps.add(r.File, r.Line, "pack.login_unknown", "login", c.Login)
		}
	case catalogue.KindRoute:
		x := body[catalogue.Route](r)
		department(x.Department)
		department(x.CoUnit)
	case catalogue.KindDuty:
		department(body[catalogue.Duty](r).Department)
	}
}

// checkWall finds, among rows, the first post of each person that would put
// them on both sides of the wall.
func (s staff) checkWall(ps *Problems, rows []Row) {
	for _, a := range s.accounts {
		a.ID = id.New()
		var own []people.Post
		for _, p := range s.posts {
			if p.Login != a.Login {
				continue
			}
			p.Account = a.ID
			own = append(own, p)
			err := people.NewDirectory(people.Division{}, s.roles, nil, []people.Account{a}, own, nil).CheckWall(time.Time{})
			if err == nil {
				continue
			}
			for _, r := range rows {
				if r.Kind == KindPost && r.Key == p.Key() {
					e := fault.As(err)
					*ps = append(*ps, Problem{File: r.File, Line: r.Line, Key: e.Key, Args: e.Args})
				}
			}
			break
		}
	}
}

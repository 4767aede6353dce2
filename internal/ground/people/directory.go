package people

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Department codes that stand for "the one of the place", resolved with the
// street of a unit grid.
const (
	StreetTeam   = "@team"   // the street's enforcement team 执法中队
	StreetOffice = "@office" // the street office 街道办事处, the fallback of the place
)

// Directory is one division's people at one generation. It never changes, so
// pages and rules may keep it for the length of a request.
type Directory struct {
	division    Division
	roles       Roles
	departments map[string]Department
	accounts    map[id.ID]Account
	ordered     []Account // by login
	posts       map[id.ID][]Post
	delegations []Delegation

	certificates map[id.ID][]Certificate
}

// NewDirectory builds a directory from its parts; a pack check uses it to look
// at people who are not stored yet.
func NewDirectory(d Division, roles []Role, departments []Department, accounts []Account, posts []Post, delegations []Delegation, certificates ...Certificate) *Directory {
	dir := &Directory{
		division: d, roles: Roles{}, departments: map[string]Department{},
		accounts: map[id.ID]Account{}, posts: map[id.ID][]Post{}, delegations: delegations,
		certificates: map[id.ID][]Certificate{},
	}
	for _, r := range roles {
		dir.roles[r.ID] = r
	}
	for _, dep := range departments {
		dir.departments[dep.Code] = dep
	}
	for _, a := range accounts {
		dir.accounts[a.ID] = a
	}
	for _, p := range posts {
		dir.posts[p.Account] = append(dir.posts[p.Account], p)
	}
	for _, c := range certificates {
		dir.certificates[c.Account] = append(dir.certificates[c.Account], c)
	}
	dir.ordered = sorted(dir.accounts, func(a Account) string { return a.Login })
	return dir
}

// Division is whose directory this is.
func (d *Directory) Division() Division { return d.division }

// Roles are the division's roles.
func (d *Directory) Roles() Roles { return d.roles }

// RoleList lists the roles by id.
func (d *Directory) RoleList() []Role {
	return sorted(d.roles, func(r Role) string { return r.ID })
}

// Department returns a department of any period; unknown is NotFound.
func (d *Directory) Department(code string) (Department, error) {
	if dep, ok := d.departments[code]; ok {
		return dep, nil
	}
	return Department{}, fault.Missing("department")
}

// Departments lists the departments in force at the instant, by code; the zero
// time lists those of every period.
func (d *Directory) Departments(at time.Time) []Department {
	all := sorted(d.departments, func(x Department) string { return x.Code })
	if at.IsZero() {
		return all
	}
	return slices.DeleteFunc(all, func(x Department) bool { return !x.Holds(at) })
}

// Resolve turns a department code, or StreetTeam or StreetOffice with a street
// code, into the department in force at the instant; none is NotFound.
func (d *Directory) Resolve(code, street string, at time.Time) (Department, error) {
	for range d.departments { // a circle ends here
		old, ok := d.departments[code]
		if !ok || old.Heir == "" || old.Holds(at) {
			break
		}
		code = old.Heir
	}
	kind, placed := map[string]string{StreetTeam: KindTeam, StreetOffice: KindStreet}[code]
	for _, dep := range d.Departments(at) {
		if dep.Code == code || (placed && street != "" && dep.Kind == kind && dep.Street == street) {
			return dep, nil
		}
	}
	return Department{}, fault.Missing("department")
}

// Account returns an account, active or not; unknown is NotFound.
func (d *Directory) Account(account id.ID) (Account, error) {
	if a, ok := d.accounts[account]; ok {
		return a, nil
	}
	return Account{}, fault.Missing("account")
}

// Accounts lists all accounts by login.
func (d *Directory) Accounts() []Account {
	return slices.Clone(d.ordered)
}

// ByLogin returns the account with the login; unknown is NotFound.
func (d *Directory) ByLogin(login string) (Account, error) {
	for _, a := range d.accounts {
		if a.Login == login {
			return a, nil
		}
	}
	return Account{}, fault.Missing("account")
}

// Posts lists the posts of one account, or of everybody for the zero id.
func (d *Directory) Posts(account id.ID) []Post {
	if !account.IsZero() {
		return slices.Clone(d.posts[account])
	}
	var all []Post
	for _, a := range d.Accounts() {
		all = append(all, d.posts[a.ID]...)
	}
	return all
}

// Delegations lists all delegations, the latest first.
func (d *Directory) Delegations() []Delegation {
	all := slices.Clone(d.delegations)
	slices.SortFunc(all, func(a, b Delegation) int { return b.From.Compare(a.From) })
	return all
}

// Actor resolves who an account is at the instant: own posts in force, and
// posts filled in for under a delegation in force. An unknown or inactive
// account is Unauthenticated. Only own posts can be delegated on.
func (d *Directory) Actor(account id.ID, at time.Time) (Actor, error) {
	acc, ok := d.accounts[account]
	if !ok || !acc.Active {
		return Actor{}, fault.New(fault.Unauthenticated, "people.signed_out")
	}
	a := Actor{Account: acc.ID, Login: acc.Login, Name: acc.Name, Department: acc.Department, Division: d.division.ID}
	a.Posts = d.grants(account, at, nil)
	for _, c := range d.certificates[account] {
		if c.Holds(at) {
			a.Certificates = append(a.Certificates, c)
		}
	}
	for i := range d.delegations {
		g := &d.delegations[i]
		if g.ToAccount != account || !g.Holds(at) {
			continue
		}
		from := d.accounts[g.FromAccount]
		via := &Delegated{From: from.ID, Name: from.Name, Until: g.Until}
		for _, post := range d.grants(from.ID, at, via) {
			if slices.Contains(g.Roles, post.Role) {
				a.Posts = append(a.Posts, post)
			}
		}
	}
	return a, nil
}

func (d *Directory) grants(account id.ID, at time.Time, via *Delegated) []Grant {
	var out []Grant
	for _, p := range d.posts[account] {
		if p.Period.Holds(at) {
			out = append(out, Grant{Role: p.Role, Axis: d.roles[p.Role].Axis, Department: p.Department, Scope: p.Scope, Via: via})
		}
	}
	return out
}

// Holders lists the active people who can act in the role at the instant, by
// login: the collectors of a grid, the handlers of a department. Empty
// department or grid do not narrow.
func (d *Directory) Holders(role, department, grid string, at time.Time) []Actor {
	var out []Actor
	for i := range d.ordered {
		account := d.ordered[i].ID
		if !d.everHolds(account, role) {
			continue
		}
		a, err := d.Actor(account, at)
		if err != nil {
			continue
		}
		if slices.ContainsFunc(a.Posts, func(g Grant) bool {
			return g.Role == role && (department == "" || g.Department == department) && (grid == "" || strings.HasPrefix(grid, g.Scope))
		}) {
			out = append(out, a)
		}
	}
	return out
}

// everHolds reports whether the account holds the role at any time, filled in for
// others included: most people never hold it.
func (d *Directory) everHolds(account id.ID, role string) bool {
	return slices.ContainsFunc(d.posts[account], func(p Post) bool { return p.Role == role }) ||
		slices.ContainsFunc(d.delegations, func(g Delegation) bool { return g.ToAccount == account && slices.Contains(g.Roles, role) })
}

// heldOn lists the roles an account holds on a day, filled-in ones included:
// what the wall has to look at.
func (d *Directory) heldOn(account id.ID, day string) []string {
	p := Period{From: day, To: day}
	var roles []string
	for _, post := range d.posts[account] {
		if post.Period.Overlaps(p) {
			roles = append(roles, post.Role)
		}
	}
	for _, g := range d.delegations {
		if g.ToAccount == account && g.Revoked.IsZero() && g.days().Overlaps(p) {
			roles = append(roles, g.Roles...)
		}
	}
	return roles
}

// CheckWall refuses the directory if anybody in it stands on both sides of the
// wall on one day, from the instant's day on; what lies behind cannot be mended.
func (d *Directory) CheckWall(from time.Time) error {
	for _, acc := range d.Accounts() {
		if err := d.checkWallOf(acc, Day(from)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) checkWallOf(acc Account, today string) error {
	spans := []Period{}
	for _, p := range d.posts[acc.ID] {
		spans = append(spans, p.Period)
	}
	for _, g := range d.delegations {
		if g.ToAccount == acc.ID {
			spans = append(spans, g.days())
		}
	}
	// Spans that share a day from today on share the first such day of one of them.
	for _, s := range spans {
		first := max(s.From, today)
		if s.To != "" && s.To < first {
			continue
		}
		if err := d.roles.CheckWall(acc.Name, d.heldOn(acc.ID, first)...); err != nil {
			return err
		}
	}
	return nil
}

func sorted[K comparable, V any](m map[K]V, key func(V) string) []V {
	out := make([]V, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b V) int { return cmp.Compare(key(a), key(b)) })
	return out
}

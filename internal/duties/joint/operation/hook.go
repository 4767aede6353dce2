package operation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/text"
)

// Hooks are what the room adds to its procedure, and the links by which units
// without an account answer.
func (m *Room) Hooks(links map[string]func(context.Context, *engine.Doing) error) map[string]engine.Hooks {
	return map[string]engine.Hooks{Procedure: {Fact: m.fact, Choices: m.choices, Targets: m.targets, Do: links}}
}

// asking is one question with what most answers need.
type asking struct {
	*Room
	engine.Asked
	ctx context.Context
	dir *people.Directory
}

func (m *Room) asking(ctx context.Context, a engine.Asked) (asking, error) {
	dir, err := m.Directory(ctx, a.Snapshot.Division)
	return asking{m, a, ctx, dir}, err
}

// facts answer the questions of the procedure.
var facts = map[string]func(asking) (any, error){
	"fits": asking.fits, "day": asking.day, "beyond": asking.beyondNow, "checks": asking.checksNow, "unfit": asking.unfit, "foreign": asking.foreign,
	"asked":      func(a asking) (any, error) { return a.unit() != "", nil },
	"my_unit":    func(a asking) (any, error) { return a.unit(), nil },
	"teams":      func(a asking) (any, error) { return a.proposed(), nil },
	"short":      func(a asking) (any, error) { return a.short(), nil },
	"unnamed":    func(a asking) (any, error) { return a.unnamed(), nil },
	"leads_site": func(a asking) (any, error) { return slices.Contains(a.leaders(), a.said("lead_on_site")), nil },
	"silent":     func(a asking) (any, error) { return int64(len(a.silent())), nil },
	"named":      func(a asking) (any, error) { return column(Rows(a.Snapshot, "teams"), "person"), nil },
	"member": func(a asking) (any, error) {
		return slices.Contains(Texts(a.Snapshot, "roll"), a.Actor.Account.String()), nil
	},
	"my_law":    asking.myLaw,
	"pair":      func(a asking) (any, error) { return a.pair(), nil },
	"has_power": asking.hasPower, "rightful": asking.rightful, "ours": asking.ours,
	"unit_name": func(a asking) (any, error) { return a.nameOf(a.said("unit")), nil },
	"certified": func(a asking) (any, error) { return a.certified(), nil },
	"unsigned":  func(a asking) (any, error) { return a.unsigned(), nil },
	"loose":     asking.loose,
	"incidents": figure(func(g Figures) int { return g.Incidents }), "leads": figure(func(g Figures) int { return g.Leads }), "spots": figure(func(g Figures) int { return g.Spots }),
	"places": figure(func(g Figures) int { return g.Places }), "found": figure(func(g Figures) int { return g.Found }), "photos": figure(func(g Figures) int { return g.Photos }),
	"persuaded": figure(func(g Figures) int { return g.Persuaded }),
	"premises":  asking.premises, "unknown_shop": asking.unknownShop,
	"outlined": func(a asking) (any, error) { return len(geo.ParseOutline(a.said("outline"))) >= 3, nil },
	"identity": func(a asking) (any, error) {
		masked, _ := text.Mask(a.said("words"))
		return masked != a.said("words"), nil
	},
}

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	f := facts[name]
	if f == nil {
		return nil, fmt.Errorf("operation: no fact %q", name)
	}
	q, err := m.asking(ctx, a)
	if err != nil {
		return nil, err
	}
	return f(q)
}

func (a asking) said(name string) string    { s, _ := a.Input[name].(string); return s }
func (a asking) list(name string) []string  { l, _ := a.Input[name].([]string); return l }
func (a asking) rows(name string) []row     { l, _ := a.Input[name].([]row); return l }
func (a asking) time(name string) time.Time { t, _ := a.Input[name].(time.Time); return t }

// row is one record of a list.
type row = map[string]string

// start is when the operation begins: as the form says, else as planned.
func (a asking) start() time.Time {
	if t := a.time("start"); !t.IsZero() {
		return t
	}
	t, _ := a.Snapshot.Data["start"].(time.Time)
	return t
}

func (a asking) day() (any, error) { return calendar.DateOf(a.start()).String(), nil }

// fits: the actor's unit is among those that take part.
func (a asking) fits() (any, error) {
	all, err := readPowers(a.ctx, a.Q, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	units := slices.Clone(a.list("units"))
	slices.Sort(units)
	units = slices.Compact(units)
	day := calendar.DateOf(a.start())
	weak := slices.ContainsFunc(units, func(u string) bool { return !all.fits(u, a.list("laws"), day) })
	return len(units) >= 2 && !weak, nil
}

func targetsOf(rows []row) (out []target) {
	for _, r := range rows {
		out = append(out, target{r["code"], r["name"], r["risk"]})
	}
	return out
}

// over asks for the caps: of every target before the plan is submitted, of the
// premises that are entered on the day.
func (a asking) over() (string, int, error) {
	list, at := targetsOf(Rows(a.Snapshot, "targets")), a.start()
	excepted := column(Rows(a.Snapshot, "exceptions"), "code")
	if a.Step != nil && a.Step.ID == "submit" {
		excepted = column(a.rows("exceptions"), "code")
		if !slices.ContainsFunc(a.Files, func(f engine.Upload) bool { return f.Field == "materials" }) {
			excepted = nil // an exception stands on its papers
		}
	}
	if shop := a.said("shop"); shop != "" {
		at = a.Now
		list = slices.DeleteFunc(list, func(t target) bool { return t.Code != shop })
	}
	return a.beyond(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID, list, excepted, at)
}

func (a asking) beyondNow() (any, error) { name, _, err := a.over(); return name, err }
func (a asking) checksNow() (any, error) { _, n, err := a.over(); return int64(n), err }

// unit is the unit of the operation that the actor answers for, "" for none.
func (a asking) unit() string {
	units := Texts(a.Snapshot, "units")
	if slices.Contains(units, a.Actor.Department) {
		return a.Actor.Department
	}
	for _, g := range a.Actor.Posts {
		if slices.Contains(units, g.Department) {
			return g.Department
		}
	}
	return ""
}

// unfit is the first of those who act in penalties without a certificate on the day.
func (a asking) unfit() (any, error) {
	for _, p := range a.list("officers") {
		if !a.holds(p, a.start()) {
			return a.person(p), nil
		}
	}
	return "", nil
}

func (a asking) holds(person string, at time.Time) bool {
	key, err := id.Parse(person)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(a.dir.Certificates(key), func(c people.Certificate) bool { return c.Kind == people.Enforcement && c.Holds(at) })
}

func (a asking) person(account string) string { return PersonName(a.dir, account) }

// PersonName is what the person is called, the code itself for nobody.
func PersonName(dir *people.Directory, account string) string {
	if key, err := id.Parse(account); err == nil {
		if x, err := dir.Account(key); err == nil {
			return x.Name
		}
	}
	return account
}

// HasAccount: who comes is known here, not just named.
func HasAccount(person string) bool {
	_, err := id.Parse(person)
	return err == nil
}

func (a asking) nameOf(unit string) string {
	d, err := a.dir.Department(unit)
	if err != nil {
		return unit
	}
	return d.Name.ZH + " / " + d.Name.EN // a sentence takes the half it needs
}

// foreign is the first person named who does not belong to the actor's unit.
func (a asking) foreign() (any, error) {
	own := a.of(a.unit())
	for _, n := range a.list("names") {
		if HasAccount(n) {
			return a.person(n), nil
		}
	}
	for _, p := range slices.Concat(a.list("people"), a.list("officers")) {
		if !slices.ContainsFunc(own, func(x people.Account) bool { return x.ID.String() == p }) {
			return a.person(p), nil
		}
	}
	return "", nil
}

// of are the active people of a unit: by their account or by a post there.
func (a asking) of(unit string) (out []people.Account) {
	for _, x := range a.dir.Accounts() {
		there := x.Department == unit || slices.ContainsFunc(a.dir.Posts(x.ID), func(p people.Post) bool { return p.Department == unit })
		if unit != "" && x.Active && there {
			out = append(out, x)
		}
	}
	return out
}

// proposed puts everybody who comes into one team of each unit that sends two
// certified officers; the others go with the first.
func (a asking) proposed() []row {
	team, n := map[string]int{}, 0
	for _, u := range Texts(a.Snapshot, "units") {
		if k := a.officersOf(u); k >= 2 {
			n++
			team[u] = n
		}
	}
	out := []row{}
	for _, c := range Rows(a.Snapshot, "crew") {
		duty := "support"
		if c["penal"] == "yes" {
			duty = "officer"
		}
		out = append(out, row{"team": strconv.Itoa(max(1, team[c["unit"]])), "person": c["person"], "duty": duty})
	}
	return out
}

func (a asking) officersOf(unit string) (n int) {
	for _, c := range Rows(a.Snapshot, "crew") {
		if c["unit"] == unit && c["penal"] == "yes" {
			n++
		}
	}
	return n
}

// short: a team has fewer than two who act in penalties and are certified on the
// day; at the roll call only those who are there count.
func (a asking) short() bool {
	teams, here := a.rows("teams"), a.list("roll")
	if a.Step != nil && a.Step.ID == "begin" {
		teams = Rows(a.Snapshot, "teams")
	} else {
		here = nil
	}
	fit := map[string][]string{}
	for _, t := range teams {
		p := t["person"]
		fit[t["team"]] = append(fit[t["team"]], "")
		present := here == nil || slices.Contains(here, p)
		if present && a.penal(p) && a.holds(p, a.start()) && !slices.Contains(fit[t["team"]], p) {
			fit[t["team"]] = append(fit[t["team"]], p)
		}
	}
	for _, list := range fit {
		if len(slices.DeleteFunc(list, func(p string) bool { return p == "" })) < 2 {
			return true
		}
	}
	return len(fit) == 0
}

// penal reports whether the unit named the person for acts of penalty.
func (a asking) penal(person string) bool {
	return slices.ContainsFunc(Rows(a.Snapshot, "crew"), func(c row) bool { return c["person"] == person && c["penal"] == "yes" })
}

// unnamed is the first person of a team or the roll whom no unit named.
func (a asking) unnamed() string {
	crew := column(Rows(a.Snapshot, "crew"), "person")
	said := slices.Concat(column(a.rows("teams"), "person"), a.list("roll"))
	if p := a.said("person"); p != "" {
		return a.person(p)
	}
	for _, p := range said {
		if !slices.Contains(crew, p) {
			return a.person(p)
		}
	}
	return ""
}

// silent are the units that did not answer.
func (a asking) silent() (out []string) {
	answered := column(Rows(a.Snapshot, "answers"), "unit")
	for _, u := range Texts(a.Snapshot, "units") {
		if !slices.Contains(answered, u) {
			out = append(out, u)
		}
	}
	return out
}

func column(rows []row, name string) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r[name])
	}
	return out
}

// targets are whom the procedure tells: the units' clerks, the lead unit's
// officer who drafted, everybody who comes.
func (m *Room) targets(ctx context.Context, a engine.Asked, to string) (out []notice.Notice, err error) {
	q, err := m.asking(ctx, a)
	if err != nil {
		return nil, err
	}
	switch to {
	case "units":
		out = []notice.Notice{}
		for _, u := range Texts(a.Snapshot, "units") {
			clerks := q.dir.Holders("unit_clerk", u, "", a.Now)
			if len(clerks) == 0 {
				clerks = q.dir.Holders("officer", u, "", a.Now)
			}
			for _, c := range clerks {
				out = append(out, notice.One(notice.Account, c.Account.String())...)
			}
		}
	case "lead":
		out = []notice.Notice{}
		for _, t := range a.Snapshot.Log {
			if t.Step == "draft" {
				out = notice.One(notice.Account, t.Actor)
			}
		}
	case "crew":
		out = []notice.Notice{}
		for _, p := range column(Rows(a.Snapshot, "crew"), "person") {
			if HasAccount(p) {
				out = append(out, notice.One(notice.Account, p)...)
			}
		}
	}
	return out, nil
}

// names joins what units are called.
func (a asking) names(units []string) string {
	var zh, en []string
	for _, u := range units {
		z, e, _ := strings.Cut(a.nameOf(u), " / ")
		zh, en = append(zh, z), append(en, e)
	}
	if len(zh) == 0 {
		return "有权机关 / the agency that has the power"
	}
	return strings.Join(zh, "、") + " / " + strings.Join(en, ", ")
}

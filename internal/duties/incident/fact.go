package incident

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// areaSlack is how far outside the service area a place may still be ours.
const areaSlack = 50.0

// facts are the answers by name; the procedure's file says what each means.
var facts = map[string]func(context.Context, scene) (any, error){
	"in_area":         inArea,
	"grid":            func(_ context.Context, s scene) (any, error) { return s.located().Grid, nil },
	"address":         address,
	"title":           title,
	"emergency":       func(_ context.Context, s scene) (any, error) { return s.danger(), nil },
	"condition_ok":    func(_ context.Context, s scene) (any, error) { _, ok := s.condition(); return ok, nil },
	"closing_ok":      func(_ context.Context, s scene) (any, error) { _, ok := s.condition(); return ok, nil },
	"hazard":          func(_ context.Context, s scene) (any, error) { c, _ := s.condition(); return c.Hazard, nil },
	"urgent":          urgent,
	"limit_n":         func(_ context.Context, s scene) (any, error) { c, _ := s.condition(); return float64(c.Limit.N), nil },
	"limit_unit":      func(_ context.Context, s scene) (any, error) { c, _ := s.condition(); return string(c.Limit.Unit), nil },
	"shorter":         shorter,
	"priority":        func(ctx context.Context, s scene) (any, error) { u, err := s.urgency(ctx); return u.priority(), err },
	"priority_floor":  func(_ context.Context, s scene) (any, error) { return s.floor(), nil },
	"higher":          func(_ context.Context, s scene) (any, error) { return s.text("priority") < s.data("priority"), nil },
	"below_floor":     func(_ context.Context, s scene) (any, error) { return s.text("priority") > s.floor(), nil },
	"duplicate":       duplicate,
	"proposal":        func(ctx context.Context, s scene) (any, error) { r, err := s.route(ctx); return r.Department, err },
	"rule":            func(ctx context.Context, s scene) (any, error) { r, err := s.route(ctx); return r.Rule, err },
	"why":             func(ctx context.Context, s scene) (any, error) { r, err := s.route(ctx); return r.Why.ZH, err },
	"why_en":          func(ctx context.Context, s scene) (any, error) { r, err := s.route(ctx); return r.Why.EN, err },
	"fallback":        fallback,
	"dept_active":     deptActive,
	"returned_reason": returnedReason,
	"disputed":        disputed,
	"handler_ok": func(_ context.Context, s scene) (any, error) {
		return s.holds("handler", "handler", s.data("dept")), nil
	},
	"verifier_ok":  func(_ context.Context, s scene) (any, error) { return s.mayVerify(s.text("collector")), nil },
	"checker_ok":   func(_ context.Context, s scene) (any, error) { return s.mayCheck(s.text("collector")), nil },
	"check_metres": photoMetres("check"),
	"old_photo": func(ctx context.Context, s scene) (any, error) {
		var list []string
		for _, f := range s.Files {
			list = append(list, f.SHA256)
		}
		return evidence.Before(ctx, s.Q, s.Snapshot.Division, list)
	},
	"verify_metres":  photoMetres("verify"),
	"in_enforcement": inEnforcement,
	"merge_ok":       mergeOK,
	"merge_near":     mergeNear,
	"merge_metres":   mergeMetres,
	"merge_gap":      mergeGap,
	"target_open":    targetOpen,
	"alone":          alone,
	"rated": func(ctx context.Context, s scene) (any, error) {
		n, err := s.mine(ctx, "rate", s.lastEnd())
		return n > 0, err
	},
	"my_objections": func(ctx context.Context, s scene) (any, error) {
		n, err := s.mine(ctx, "object", time.Time{})
		return n, err
	},
	"urged_today": urgedToday,
	"self_fix":    func(_ context.Context, s scene) (any, error) { c, _ := s.class(); return c.SelfFix, nil },
	"waivable":    func(_ context.Context, s scene) (any, error) { c, _ := s.class(); return c.Waivable, nil },
	"appeals":     appeals,
	"marked":      marked,
	"appealed":    appealed,
	"link_ok": func(_ context.Context, s scene) (any, error) {
		return s.Actor.Has("dispatcher") || s.Actor.HasFor("dept_desk", s.data("dept")), nil
	},
	"body":  func(_ context.Context, s scene) (any, error) { return s.set.Text("contact.body"), nil },
	"phone": func(_ context.Context, s scene) (any, error) { return s.set.Text("contact.phone"), nil },
}

func (d *Duty) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	f, ok := facts[name]
	if !ok {
		return nil, fmt.Errorf("incident: no fact %q", name)
	}
	s, err := d.scene(ctx, a)
	if err != nil {
		return nil, err
	}
	return f(ctx, s)
}

func (s scene) located() (l placeOf) {
	p, _, ok := s.point()
	if !ok {
		return placeOf{}
	}
	l.Point, l.Located = p, s.m.Locate(p, s.opened)
	return l
}

func inArea(_ context.Context, s scene) (any, error) {
	p, _, ok := s.point()
	return ok && InArea(s.m, p, s.opened), nil
}

// InArea reports whether a place lies in the service area or near enough to be
// taken in all the same.
func InArea(m *place.Map, p geo.Point, at time.Time) bool {
	return m.Empty() || m.Locate(p, at).Near(areaSlack)
}

// address is what the reporter wrote, else the place spoken from the map.
func address(_ context.Context, s scene) (any, error) {
	if typed, ok := s.Input["address"].(string); ok && strings.TrimSpace(typed) != "" {
		return strings.TrimSpace(typed), nil
	}
	p, _, ok := s.point()
	if !ok {
		return "", nil
	}
	return s.m.Describe(p, s.opened).ZH, nil
}

// titleLength is how many characters of a description make a title.
const titleLength = 28

func title(_ context.Context, s scene) (any, error) {
	t := strings.Join(strings.Fields(s.text("desc")), " ")
	if t == "" {
		if c, ok := s.class(); ok {
			return c.Name.ZH, nil
		}
		return "现场照片", nil
	}
	if i := strings.IndexAny(t, "。！？\n"); i > 0 {
		t = t[:i]
	}
	if r := []rune(t); len(r) > titleLength {
		t = string(r[:titleLength]) + "…"
	}
	return t, nil
}

// danger: the words, or an answer to a question that is marked so.
func (s scene) danger() bool {
	if hazard, _ := s.Snapshot.Data["hazard"].(bool); hazard {
		return true
	}
	if speaksOfDanger(s.text("desc")) {
		return true
	}
	answers, _ := s.Input["extra"].(map[string]string)
	class, ok := s.class()
	if !ok {
		return false
	}
	for _, q := range s.cat.Questions(class) {
		if o, ok := q.Outcome(answers[q.ID]); ok && o.Effect == catalogue.Danger {
			return true
		}
	}
	return false
}

// blockingNear is how near a school, hospital or station a blocked way matters more.
const blockingNear = 100.0

func (s scene) urgency(ctx context.Context) (u urgency, err error) {
	c, _ := s.condition()
	class, _ := s.class()
	u = urgency{danger: c.Hazard || s.danger(), limit: c.Limit, frail: speaksOfFrail(s.text("desc"))}
	if n, _ := s.Snapshot.Data["reopened"].(int64); n > 0 {
		u.reopened = true
	}
	if p, _, ok := s.point(); ok && class.Blocking {
		u.sensitive = len(s.m.Sites(p, blockingNear, s.Now, "school", "hospital", "station")) > 0
	}
	parties, err := party.Of(ctx, s.Q, s.Snapshot.Division, s.Snapshot.ID)
	for _, p := range parties {
		if s.Now.Sub(p.At) <= 24*time.Hour {
			u.reporters++
		}
	}
	return u, err
}

func urgent(ctx context.Context, s scene) (any, error) {
	u, err := s.urgency(ctx)
	return u.danger || u.limit.Unit == calendar.ContinuousHour, err
}

func (s scene) floor() string {
	if c, _ := s.condition(); c.Hazard || s.danger() {
		return P1
	}
	return P4
}

// shorter reports whether the new limit is not longer than the present one;
// limits of different units are compared by the time they take at most.
func shorter(_ context.Context, s scene) (any, error) {
	c, ok := s.condition()
	n, _ := s.Snapshot.Data["limit_n"].(float64)
	now := catalogue.Limit{N: int(n), Unit: calendar.Unit(s.data("limit_unit"))}
	return ok && span(c.Limit) <= span(now), nil
}

func span(l catalogue.Limit) time.Duration {
	switch l.Unit {
	case calendar.WorkingDay, calendar.NaturalDay:
		return time.Duration(l.N) * 24 * time.Hour
	case calendar.WorkingHour:
		return time.Duration(l.N) * 3 * time.Hour
	}
	return time.Duration(l.N) * time.Hour
}

func duplicate(ctx context.Context, s scene) (any, error) {
	list, err := s.hints(ctx)
	for _, h := range list {
		if h.Strong() && !h.Row.Terminal {
			return shown(h.Row), nil
		}
	}
	return "", err
}

// shown is how people call a case: its number, before that its title.
func shown(r record.Row) string {
	if r.Number != "" {
		return r.Number
	}
	return "“" + r.Title + "”"
}

func fallback(_ context.Context, s scene) (any, error) {
	d, err := s.dir.Resolve(people.StreetOffice, s.located().Street, s.Now)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return d.Code, err
}

func deptActive(_ context.Context, s scene) (any, error) {
	d, err := s.dir.Department(s.text("dept"))
	return err == nil && d.Holds(s.Now), nil
}

// returnedReason says why the chosen department returned this case before.
func returnedReason(_ context.Context, s scene) (any, error) {
	want, _ := s.Input["dept"].(string)
	for _, t := range slices.Backward(s.Snapshot.Log) {
		if t.Step == "return_dept" && !t.Recalled && t.Dept == want {
			return "已回退 / returned", nil
		}
	}
	return "", nil
}

// disputed: the actor's department returned the case or holds it.
func disputed(_ context.Context, s scene) (any, error) {
	own := s.Actor.Department
	return own != "" && slices.ContainsFunc(s.Snapshot.Log, func(t taken) bool { return t.Step == "return_dept" && t.Dept == own }), nil
}

// holds reports whether the person named in a field holds a role in a department.
func (s scene) holds(field, role, dept string) bool {
	who, err := s.person(s.text(field))
	return err == nil && (who.HasFor(role, dept) || who.HasFor("dept_desk", dept))
}

func (s scene) person(account string) (people.Actor, error) {
	key, err := id.Parse(account)
	if err != nil {
		return people.Actor{}, fault.Missing("account")
	}
	return s.dir.Actor(key, s.Now)
}

// mayVerify: a collector who covers the grid and did not report it.
func (s scene) mayVerify(account string) bool {
	who, err := s.person(account)
	if err != nil || !who.HasIn("collector", s.data("grid")) {
		return false
	}
	return !slices.ContainsFunc(s.Snapshot.Log, func(t taken) bool { return t.Step == "report" && t.Actor == account })
}

// mayCheck: a collector who had no part in the work and, after an objection, is
// someone new.
func (s scene) mayCheck(account string) bool {
	who, err := s.person(account)
	if err != nil || !who.HasIn("collector", s.data("grid")) {
		return false
	}
	if dept := s.data("dept"); dept != "" && (who.Department == dept || slices.Contains(who.Departments("handler"), dept)) {
		return false
	}
	if account == s.data("handler") {
		return false
	}
	if n, _ := s.Snapshot.Data["objections"].(int64); n > 0 && account == s.data("last_checker") {
		return false
	}
	for _, t := range s.Snapshot.Log {
		if t.ByLink(who.Department) {
			return false
		}
		if t.Actor != account || t.Recalled {
			continue
		}
		if t.Step == "make_safe" || t.Step == "self_fix" || s.command(t.Step) {
			return false
		}
	}
	return true
}

// command reports whether a step stands on the command side of the wall.
func (s scene) command(step string) bool {
	return slices.ContainsFunc(s.Snapshot.Proc.Steps, func(x procedure.Step) bool { return x.ID == step && x.Axis == procedure.Command })
}

// photoMetres is how far the act's photo of a kind is from the case.
func photoMetres(kind string) func(context.Context, scene) (any, error) {
	return func(_ context.Context, s scene) (any, error) {
		p, _, ok := s.point()
		best := math.Inf(1)
		for _, f := range s.Files {
			if f.At != nil && ok {
				best = math.Min(best, geo.Distance(p, geo.Point{Lat: f.At.Lat, Lng: f.At.Lng}))
			}
		}
		if math.IsInf(best, 1) {
			return nil, nil
		}
		return int64(best), nil
	}
}

// arises is the relation of a dossier to the case it arose from. The dossier has
// the link.
const arises = "arises"

func inEnforcement(ctx context.Context, s scene) (any, error) {
	list, err := record.Links(ctx, s.Q, s.Snapshot.Division, s.Snapshot.ID)
	return slices.ContainsFunc(list, func(l record.Linked) bool { return l.Back && l.Relation == arises }), err
}

// mine counts the actor's steps of a kind since an instant.
func (s scene) mine(ctx context.Context, step string, since time.Time) (int64, error) {
	who := s.Actor.Account.String()
	if s.Actor.Citizen {
		p, err := party.Speaking(ctx, s.Q, s.Snapshot.Division, s.Actor.Party, s.Actor.Receipt)
		if err != nil {
			return 0, err
		}
		who = "citizen:" + p.ID.String()
	}
	var n int64
	for _, t := range s.Snapshot.Log {
		if t.Step == step && t.Actor == who && !t.Recalled && t.At.After(since) {
			n++
		}
	}
	return n, nil
}

// lastEnd is when the case last reached an end.
func (s scene) lastEnd() (at time.Time) {
	for _, t := range s.Snapshot.Log {
		if t.Step == "close" || t.Step == "confirm_reject" || t.Step == "dismiss" {
			at = t.At
		}
	}
	return at
}

func urgedToday(ctx context.Context, s scene) (any, error) {
	n, err := s.mine(ctx, "urge", calendar.DateOf(s.Now).At(0).Add(-time.Microsecond))
	return n > 0, err
}

func alone(ctx context.Context, s scene) (any, error) {
	list, err := party.Of(ctx, s.Q, s.Snapshot.Division, s.Snapshot.ID)
	return len(list) <= 1, err
}

func appeals(ctx context.Context, s scene) (any, error) {
	n, err := record.CountChildren(ctx, s.Q, s.Snapshot.Division, s.Snapshot.ID, "mark-appeal", "open")
	return int64(n), err
}

// words are placeholders of the public's sentences that only the duty knows.
func (d *Duty) words(ctx context.Context, a engine.Asked) fault.Args {
	args := fault.Args{}
	for _, c := range a.Snapshot.Clocks {
		if c.ID == "handle" {
			args["handle_due"] = calendar.FormatDue(clock.FromMicro(c.Due))
		}
	}
	if into, _ := a.Snapshot.Data["merged_into"].(string); into != "" {
		if key, err := id.Parse(into); err == nil {
			if c, err := record.Find(ctx, a.Q, a.Snapshot.Division, key); err == nil {
				args["no2"] = shown(c.Row)
			}
		}
	}
	if dir, err := d.People.Directory(ctx, a.Snapshot.Division); err == nil {
		if dep, err := dir.Department(a.Snapshot.Dept); err == nil {
			args["dept"] = dep.Name
		} else if a.Snapshot.Dept == "" {
			args["dept"] = i18n.Text{ZH: "承办单位", EN: "the department"}
		}
	}
	return args
}

package procedure

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/casework/field"
)

var units = []string{"working_hour", "continuous_hour", "working_day", "natural_day", "month", "year"}

func (c *checker) clocks() {
	for i := range c.p.Clocks {
		k, at := &c.p.Clocks[i], fmt.Sprintf("$.clocks[%d]", i)
		c.words(at+".name", k.Name)
		c.limit(at+".limit", k.Limit)
		c.limit(at+".urgent", k.Urgent)
		if !slices.Contains([]string{"", "next", "keep", "clear"}, k.Roll) {
			c.bad(at+".roll", "next, keep or clear")
		}
		if k.Roll != "" && k.Limit != nil && strings.HasSuffix(k.Limit.Unit, "_hour") {
			c.bad(at+".roll", "hours run on through days off")
		}
		if !slices.Contains([]string{"", "agency", "citizen"}, k.Party) {
			c.bad(at+".party", "agency or citizen")
		}
		if !slices.Contains([]string{"", "desk", "dept"}, k.Calendar) {
			c.bad(at+".calendar", "desk or dept")
		}
		if k.Mark != "department" && k.Mark != Owner {
			c.known(at+".mark", "role", k.Mark, c.world.Roles)
		}
		c.expiry(at+".expiry", k.Expiry)
		seen := map[string]bool{}
		for j := range k.Ladder {
			c.rung(fmt.Sprintf("%s.ladder[%d]", at, j), &k.Ladder[j], seen)
		}
	}
}

func (c *checker) limit(path string, l *Limit) {
	if l == nil {
		return
	}
	if !slices.Contains(units, l.Unit) {
		c.bad(path, "unknown unit %q", l.Unit)
	}
	if l.N <= 0 || l.N*4 != float64(int64(l.N*4)) || !strings.HasSuffix(l.Unit, "_hour") && l.N != float64(int64(l.N)) {
		c.bad(path, "n is exact in quarters for hours and whole for days")
	}
}

func (c *checker) expiry(path string, e Expiry) {
	given := 0
	for _, on := range []bool{e.Step != "", len(e.Alarm) > 0, e.None} {
		if on {
			given++
		}
	}
	if given != 1 {
		c.bad(path, "an expiry rule is exactly one of step, alarm and none")
	}
	if e.Step != "" {
		c.systemStep(path+".step", e.Step)
	}
	c.roles(path+".alarm", e.Alarm)
}

func (c *checker) rung(path string, r *Rung, seen map[string]bool) {
	if seen[r.ID] || r.ID == "" {
		c.bad(path, "a rung needs an id of its own")
	}
	seen[r.ID] = true
	if (r.Used > 0) == (r.Past != nil) {
		c.bad(path, "a rung is at a share used or at a share past due")
	}
	if r.Used != 0 && r.Used != 0.75 {
		c.bad(path+".used", "a clock warns when 0.75 of its limit is used, at no other share")
	}
	if r.Step != "" {
		c.systemStep(path+".step", r.Step)
	}
	c.tells(path, r.Tell)
}

// systemStep: what a clock does by itself must be the system's to do.
func (c *checker) systemStep(path, id string) {
	if c.p.steps[id] == nil {
		c.bad(path, "unknown step %q", id)
		return
	}
	if !slices.ContainsFunc(c.p.steps[id], func(s *Step) bool { return s.By(System) }) {
		c.bad(path, "step %s is not the system's to take", id)
	}
}

// target is the variable "to" in an expression, not a field of that name.
var target = regexp.MustCompile(`(^|[^.\w'])to\b`)

func (c *checker) step(at string, s *Step) {
	if !idPattern.MatchString(s.ID) {
		c.bad(at+".id", "%q is no id (a–z, 0–9, _ and -)", s.ID)
	}
	c.words(at+".name", s.Name)
	if len(s.From) == 0 || len(s.from) == 0 {
		c.bad(at, "step %s starts from no state", s.ID)
	}
	for f := range s.from {
		if f != None && c.p.state[f] == nil {
			c.bad(at+".from", "unknown state %q", f)
		}
	}
	c.twins(at, s)
	if len(s.Who) == 0 {
		c.bad(at, "nobody may take step %s", s.ID)
	}
	c.roles(at+".who", s.Who)
	if !slices.Contains([]string{"", "assignee", "dept"}, s.Holder) || s.Holder != "" && c.p.data[s.Holder] == nil {
		c.bad(at+".holder", "assignee or dept, and data has that field")
	}
	c.axis(at+".axis", s.Axis)
	if s.Axis == Supervision && s.By(Unit) {
		c.bad(at+".who", "a unit that handles cases takes no step of the supervision")
	}
	c.targets(at, s)
	c.fields(at+".form", s.Form)
	unique(c, at+".form", s.Form, func(f field.Field) string { return f.Name })
	c.effects(at, s)
	for j, a := range s.Apart {
		if c.p.steps[a] == nil {
			c.bad(fmt.Sprintf("%s.apart[%d]", at, j), "unknown step %q", a)
		}
	}
	c.refusal(at+".refuse", s.Refuse)
	c.laws(at+".law", s.Law)
	c.separation(at, s)
	c.hangs(at, s)
}

// twins: two entries of one id may not both start from one state.
func (c *checker) twins(at string, s *Step) {
	for _, o := range c.p.steps[s.ID] {
		if o == s {
			return
		}
		for f := range s.from {
			if o.from[f] {
				c.bad(at, "two steps %s start from %s", s.ID, f)
			}
		}
	}
}

func (c *checker) targets(at string, s *Step) {
	if len(s.To) == 0 && s.from[None] {
		c.bad(at, "a step that opens a case needs a state to go to")
	}
	for j, t := range s.To {
		path := fmt.Sprintf("%s.to[%d]", at, j)
		if t.State != Stay && t.State != Back && c.p.state[t.State] == nil {
			c.bad(path, "unknown state %q", t.State)
		}
		if t.When == "" && j < len(s.To)-1 {
			c.bad(path, "targets after one without a condition are never reached")
		}
	}
}

// Special words of Target.State.
const (
	Stay = "="
	Back = "back"
)

func (c *checker) effects(at string, s *Step) {
	for j := range s.Guards {
		g := &s.Guards[j]
		path := fmt.Sprintf("%s.guards[%d]", at, j)
		if g.If == "" {
			c.bad(path, "a guard needs if")
		}
		if g.Refuse == "" {
			c.bad(path, "a guard needs a refusal")
		}
		c.refusal(path+".refuse", g.Refuse)
		c.laws(path+".law", g.Law)
	}
	for j := range s.Set {
		path := fmt.Sprintf("%s.set[%d]", at, j)
		if c.p.data[s.Set[j].Field] == nil {
			c.bad(path, "unknown data field %q", s.Set[j].Field)
		}
		if s.Set[j].Value == "" {
			c.bad(path, "value is missing; none empties the field")
		}
		if target.MatchString(s.Set[j].Value) || target.MatchString(s.Set[j].When) {
			c.bad(path, "fields are set before the target is chosen: to is not known yet")
		}
	}
	for j := range s.Clocks {
		c.verb(fmt.Sprintf("%s.clocks[%d]", at, j), &s.Clocks[j])
	}
	c.tells(at, s.Tell)
	for _, d := range s.Do {
		c.known(at+".do", "hook", d, withOwn(c.world.Do, SharedDo()...))
	}
}

func (c *checker) refusal(path, code string) {
	if _, ok := c.p.Refusals[code]; code != "" && !ok {
		c.bad(path, "unknown refusal %q", code)
	}
}

func (c *checker) tells(at string, tells []Tell) {
	for j, t := range tells {
		path := fmt.Sprintf("%s.tell[%d]", at, j)
		switch t.To {
		case "reporters":
			continue
		case "assignee", "handler", "dept", "dept_head", "co_depts":
		default:
			c.roles(path+".to", []string{t.To})
		}
		c.words(path+".text", t.Text)
	}
}

// Verbs of a clock.
const (
	Start   = "start"
	Stop    = "stop"
	Pause   = "pause"
	Resume  = "resume"
	Restart = "restart"
	Extend  = "extend"
	Hold    = "hold"
	Release = "release"
	Retime  = "retime"
	All     = "all"
)

// Kind is the verb and the clock it names; "" when not exactly one is given.
func (v *Verb) Kind() (verb, clock string) {
	for _, x := range [][2]string{
		{Start, v.Start}, {Stop, v.Stop}, {Pause, v.Pause}, {Resume, v.Resume}, {Restart, v.Restart},
		{Extend, v.Extend}, {Hold, v.Hold}, {Release, v.Release}, {Retime, v.Retime},
	} {
		if x[1] == "" {
			continue
		}
		if verb != "" {
			return "", ""
		}
		verb, clock = x[0], x[1]
	}
	return verb, clock
}

func (c *checker) verb(path string, v *Verb) {
	kind, id := v.Kind()
	if kind == "" {
		c.bad(path, "want exactly one verb")
		return
	}
	k := c.p.clock[id]
	if k == nil && !(kind == Stop && id == All) {
		c.bad(path, "unknown clock %q", id)
		return
	}
	v.fixed = readLimit(v.Limit)
	c.limit(path+".limit", v.fixed)
	if (kind == Start || kind == Restart) && k.Limit == nil && v.Limit == "" && v.Until == "" {
		c.bad(path, "clock %s has no limit of its own; give limit or until", id)
	}
	if v.Limit == CaseLimit || v.Limit == Rework {
		if c.p.data["limit_n"] == nil || c.p.data["limit_unit"] == nil {
			c.bad(path+".limit", "%s needs the data fields limit_n and limit_unit", v.Limit)
		}
	}
	if v.Limit == Rework && c.p.setting["rework_clock"] == nil {
		c.bad(path+".limit", "rework needs the setting rework_clock")
	}
	if kind == Extend && v.By == "" {
		c.bad(path, "extend needs by")
	}
	if kind == Retime && v.Limit == "" {
		c.bad(path, "retime needs a limit")
	}
}

// readLimit reads "2 working_hour"; anything else is nil.
func readLimit(s string) *Limit {
	n, unit, ok := strings.Cut(s, " ")
	x, err := strconv.ParseFloat(n, 64)
	if !ok || err != nil {
		return nil
	}
	return &Limit{N: x, Unit: unit}
}

// ParseLimit reads "2 working_hour" as expressions and data write it; an
// unknown unit or an amount that is not positive is not ok.
func ParseLimit(s string) (Limit, bool) {
	l := readLimit(s)
	if l == nil || !slices.Contains(units, l.Unit) || l.N <= 0 {
		return Limit{}, false
	}
	return *l, true
}

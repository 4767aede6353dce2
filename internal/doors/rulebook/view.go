package rulebook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/casework/drawing"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/setting"
	"xiucheng/internal/ground/pack"
)

// said is a sentence that holds under a condition; "" is always.
type said struct{ Text, When string }

// view is a procedure in the words of one language.
type view struct {
	*procedure.Procedure
	Picture  string
	States   []stateLine
	Steps    []stepLine
	Clocks   []clockLine
	Refusals []said // When is the code
}

type stateLine struct {
	ID, Name, Stage, Axis, Turn, Clock string
	Public                             []said
}

type stepLine struct {
	ID, Name, From, Who, Law string
	To                       []said
	Limits                   []string // who may not, although the role may
	Awaits                   string   // the law by whose confirmation it would be switched on; "" while it is on
	Hangs                    []said   // cases it opens or moves
	Clocks                   []said
	Guards                   []guardLine
}

type guardLine struct{ Code, Text, If, Law string }

type clockLine struct {
	ID, Name, Limit, Calendar, Mark string
	Does                            []string
}

// reader puts a procedure into words.
type reader struct {
	*procedure.Procedure
	drawing.Speech
	settings *pack.Settings
}

func viewOf(p *procedure.Procedure, s drawing.Speech, set *pack.Settings) view {
	r := reader{p, s, set}
	v := view{Procedure: p, Picture: drawing.Draw(p, s)}
	for i := range p.States {
		v.States = append(v.States, r.state(&p.States[i]))
	}
	for i := range p.Steps {
		v.Steps = append(v.Steps, r.step(&p.Steps[i]))
	}
	for i := range p.Clocks {
		v.Clocks = append(v.Clocks, r.clock(&p.Clocks[i]))
	}
	for _, code := range slices.Sorted(maps.Keys(p.Refusals)) {
		v.Refusals = append(v.Refusals, said{s.Of(p.Refusals[code]), code})
	}
	return v
}

// joined joins names as the language does.
func (r reader) joined(names []string) string { return strings.Join(names, r.T("drawing.and")) }

func (r reader) state(s *procedure.State) stateLine {
	l := stateLine{ID: s.ID, Name: r.Of(s.Name), Turn: r.RolesOf(s.Owner)}
	if g := r.StageOf(s.Stage); g != nil {
		l.Stage = r.Of(g.Name)
	}
	if s.Axis != procedure.Neutral {
		l.Axis = r.T("drawing.legend_" + string(s.Axis))
	}
	if c := r.ClockOf(s.Clock); c != nil {
		l.Clock = r.T("drawing.clock", "name", r.Of(c.Name), "limit", r.LimitOf(c))
	}
	for _, w := range s.Public {
		l.Public = append(l.Public, said{r.Of(w.Text), w.When})
	}
	return l
}

// stateName is the name of a state, or of one of the words for several.
func (r reader) stateName(id string) string {
	if s := r.StateOf(id); s != nil {
		return r.Of(s.Name)
	}
	if key := "rulebook.state." + id; r.Words.Has(key) {
		return r.T(key)
	}
	return id
}

func (r reader) stepName(id string) string {
	if s := r.Named(id); s != nil {
		return r.Of(s.Name)
	}
	return id
}

func (r reader) clockName(id string) string {
	if c := r.ClockOf(id); c != nil {
		return r.Of(c.Name)
	}
	return r.T("rulebook.clock_all")
}

func (r reader) step(s *procedure.Step) stepLine {
	l := stepLine{ID: s.ID, Name: r.Of(s.Name), Who: r.WhoOf(s), Law: s.Law.String()}
	from := make([]string, len(s.From))
	for i, id := range s.From {
		from[i] = r.stateName(id)
	}
	l.From = r.joined(from)
	for _, t := range s.To {
		l.To = append(l.To, said{r.stateName(t.State), t.When})
	}
	if len(s.To) == 0 {
		l.To = []said{{Text: r.stateName(procedure.Stay)}}
	}
	if s.Holder != "" {
		l.Limits = append(l.Limits, r.T("rulebook.holder."+s.Holder))
	}
	if len(s.Apart) > 0 {
		names := make([]string, len(s.Apart))
		for i, id := range s.Apart {
			names[i] = r.stepName(id)
		}
		l.Limits = append(l.Limits, r.T("rulebook.apart", "steps", r.joined(names)))
	}
	l.Limits = append(l.Limits, r.together(s)...)
	if !setting.On(r.settings, s) {
		l.Awaits = s.Awaits
		if l.Awaits == "" {
			l.Awaits = s.Needs
		}
	}
	for _, o := range s.Open {
		l.Hangs = append(l.Hangs, said{r.T("rulebook.opens", "procedure", o.Procedure), o.When})
	}
	if s.Parent != nil {
		l.Hangs = append(l.Hangs, said{r.T("rulebook.moves", "step", s.Parent.Step), s.Parent.When})
	}
	if s.Recall > 0 {
		l.Limits = append(l.Limits, r.T("rulebook.recall", "n", s.Recall))
	}
	for i := range s.Clocks {
		verb, clock := s.Clocks[i].Kind()
		l.Clocks = append(l.Clocks, said{r.T("rulebook.verb."+verb, "clock", r.clockName(clock)), s.Clocks[i].When})
	}
	for _, g := range s.Guards {
		l.Guards = append(l.Guards, guardLine{Code: g.Refuse, Text: r.Of(r.Refusals[g.Refuse]), If: g.If, Law: g.Law.String()})
	}
	return l
}

// together says who acts with whom, and who must never have acted before.
func (r reader) together(s *procedure.Step) (out []string) {
	if o := s.Officers; o != nil && o.Certificate != "" {
		out = append(out, r.T("rulebook.certificate", "kind", r.T("rulebook.certificate."+o.Certificate), "code", o.Refuse))
	}
	for _, a := range s.ApartEver {
		names := make([]string, len(a.Of))
		for i, of := range a.Of {
			names[i] = r.stepName(of)
			if key := "rulebook.of." + of; r.Words.Has(key) {
				names[i] = r.T(key)
			}
		}
		out = append(out, r.T("rulebook.apart_ever", "steps", r.joined(names), "code", a.Refuse))
	}
	return out
}

func (r reader) clock(c *procedure.Clock) clockLine {
	l := clockLine{ID: c.ID, Name: r.Of(c.Name), Limit: r.LimitOf(c), Calendar: r.T("rulebook.calendar.desk")}
	if c.Calendar == "dept" {
		l.Calendar = r.T("rulebook.calendar.dept")
	}
	if c.Mark != "" {
		l.Mark = r.Role(c.Mark)
	}
	for _, rung := range c.Ladder {
		l.Does = append(l.Does, r.rung(rung))
	}
	e := c.Expiry
	switch {
	case e.Step != "" && e.After > 0:
		l.Does = append(l.Does, r.T("rulebook.expiry_after", "n", strconv.FormatFloat(e.After, 'f', -1, 64), "step", r.stepName(e.Step)))
	case e.Step != "":
		l.Does = append(l.Does, r.T("rulebook.expiry_step", "step", r.stepName(e.Step)))
	case len(e.Alarm) > 0:
		l.Does = append(l.Does, r.T("rulebook.expiry_alarm", "roles", r.RolesOf(e.Alarm)))
	default:
		l.Does = append(l.Does, r.T("rulebook.expiry_none"))
	}
	return l
}

// rung says when a step of the ladder comes and what it does.
func (r reader) rung(g procedure.Rung) string {
	when := r.T("rulebook.past")
	switch {
	case g.Used > 0:
		when = r.T("rulebook.used", "n", percent(g.Used))
	case g.Past != nil && *g.Past > 0:
		when = r.T("rulebook.past_by", "n", percent(*g.Past))
	}
	var does []string
	if g.Step != "" {
		does = append(does, r.T("rulebook.takes", "step", r.stepName(g.Step)))
	}
	if len(g.Tell) > 0 {
		told := make([]string, len(g.Tell))
		for i, t := range g.Tell {
			told[i] = r.told(t.To)
		}
		does = append(does, r.T("rulebook.tells", "who", r.joined(told)))
	}
	return r.T("rulebook.rung", "when", when, "does", strings.Join(does, r.T("rulebook.then")))
}

// told names whoever a notice is for.
func (r reader) told(to string) string {
	if key := "rulebook.tell." + to; r.Words.Has(key) {
		return r.T(key)
	}
	return r.Role(to)
}

func percent(share float64) string { return fmt.Sprintf("%.0f", 100*share) }

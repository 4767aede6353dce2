package procedure

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/platform/i18n"
)

// index answers by id what the file lists in order. It is built once.
type index struct {
	once     sync.Once
	first    map[string]any // of data whose default depends on nothing
	firstRaw map[string]json.RawMessage

	state    map[string]*State
	data     map[string]*field.Field
	fact     map[string]*Fact
	setting  map[string]*Setting
	clock    map[string]*Clock
	stage    map[string]*Stage
	steps    map[string][]*Step // by id; entries of one id have disjoint From
	stepAxis map[string]Axis
	groups   map[string]bool
}

// Special words of Step.From.
const (
	None = "none" // the case does not exist yet
	Open = "open" // every non-terminal state
	Any  = "any"  // every state
)

// build fills the index and what steps derive from it.
func (p *Procedure) build() {
	p.index = index{
		state: map[string]*State{}, data: map[string]*field.Field{}, fact: map[string]*Fact{}, setting: map[string]*Setting{},
		clock: map[string]*Clock{}, stage: map[string]*Stage{}, steps: map[string][]*Step{}, stepAxis: map[string]Axis{}, groups: map[string]bool{},
	}
	for i := range p.Stages {
		p.stage[p.Stages[i].ID] = &p.Stages[i]
	}
	for i := range p.States {
		p.state[p.States[i].ID] = &p.States[i]
	}
	for i := range p.Data {
		p.data[p.Data[i].Name] = &p.Data[i]
	}
	for i := range p.Facts {
		p.fact[p.Facts[i].Name] = &p.Facts[i]
	}
	for i := range p.Settings {
		p.setting[p.Settings[i].Name] = &p.Settings[i]
	}
	for i := range p.Clocks {
		p.clock[p.Clocks[i].ID] = &p.Clocks[i]
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Officers != nil && s.Officers.N > 1 {
			s.Form = append(s.Form, secondOfficer())
		}
		if s.Group != "" {
			p.groups[s.Group] = true
		}
		s.from, s.form = p.expand(s.From), map[string]*field.Field{}
		for j := range s.Form {
			s.form[s.Form[j].Name] = &s.Form[j]
		}
		p.steps[s.ID] = append(p.steps[s.ID], s)
		p.stepAxis[s.ID] = s.Axis
	}
}

// secondOfficer is what the form of a step for two persons asks beside its own.
func secondOfficer() field.Field {
	return field.Field{Name: SecondOfficer, Type: field.Person, Required: true, Choices: OfficerChoices,
		Label: i18n.Text{ZH: "第二名执法人员", EN: "Second officer"}, Help: i18n.Text{ZH: "两人到场；证件须在当日有效。", EN: "Two are present; certificates must be valid on the day."}}
}

// InGroup reports whether any step of the id belongs to the group.
func (p *Procedure) InGroup(step, group string) bool {
	return slices.ContainsFunc(p.steps[step], func(s *Step) bool { return s.Group == group })
}

// expand turns From's words into states.
func (p *Procedure) expand(from []string) map[string]bool {
	out := map[string]bool{}
	for _, f := range from {
		switch {
		case f == Open || f == Any:
			for i := range p.States {
				if f == Any || !p.States[i].Terminal {
					out[p.States[i].ID] = true
				}
			}
		case strings.HasSuffix(f, "*"):
			for i := range p.States {
				if strings.HasPrefix(p.States[i].ID, strings.TrimSuffix(f, "*")) {
					out[p.States[i].ID] = true
				}
			}
		default:
			out[f] = true
		}
	}
	return out
}

// StateOf returns a state, nil if the procedure has none of that id.
func (p *Procedure) StateOf(id string) *State { return p.state[id] }

// FieldOf returns a field of the case's data, nil if it has none of that name.
func (p *Procedure) FieldOf(name string) *field.Field { return p.data[name] }

// ClockOf returns a clock, nil if the procedure has none of that id.
func (p *Procedure) ClockOf(id string) *Clock { return p.clock[id] }

// SettingOf returns a declared setting, nil if there is none of that name.
func (p *Procedure) SettingOf(name string) *Setting { return p.setting[name] }

// StageOf returns a stage, nil if there is none of that id.
func (p *Procedure) StageOf(id string) *Stage { return p.stage[id] }

// Step returns the step of the id that may be taken from the state, or nil.
// With a state it cannot be taken from, known tells whether the id exists.
func (p *Procedure) Step(id, state string) (s *Step, known bool) {
	all := p.steps[id]
	for _, s := range all {
		if s.from[state] {
			return s, true
		}
	}
	return nil, len(all) > 0
}

// Named returns any step of the id, for its name and axis; nil if unknown.
func (p *Procedure) Named(id string) *Step {
	if all := p.steps[id]; len(all) > 0 {
		return all[0]
	}
	return nil
}

// From lists the steps that can be taken from the state, in order of the file.
func (p *Procedure) From(state string) []*Step {
	var out []*Step
	for i := range p.Steps {
		if p.Steps[i].from[state] {
			out = append(out, &p.Steps[i])
		}
	}
	return out
}

// Family is what the dots of a procedure's id group it into: enf of enf.service,
// "" of an id without dots.
func Family(id string) string {
	family, _, dotted := strings.Cut(id, ".")
	if !dotted {
		return ""
	}
	return family
}

// Sum is the SHA-256 of the source in hex.
func (p *Procedure) Sum() string { return p.sum }

// Source is the YAML the procedure was read from.
func (p *Procedure) Source() []byte { return p.source }

// Shared reports whether the step is one every procedure has.
func (s *Step) Shared() bool { return s.shared }

// Leaves reports whether the step can be taken from the state.
func (s *Step) Leaves(state string) bool { return s.from[state] }

// FieldOf returns a field of the form, nil if it has none of that name.
func (s *Step) FieldOf(name string) *field.Field { return s.form[name] }

// By reports whether the role may take the step.
func (s *Step) By(role string) bool { return slices.Contains(s.Who, role) }

// Labels joins the labels of the form's fields in both languages.
func (s *Step) Labels(names ...string) i18n.Text {
	var zh, en []string
	for _, n := range names {
		l := i18n.Text{ZH: n, EN: n}
		if f := s.form[n]; f != nil && f.Label.ZH != "" {
			l = f.Label
		}
		zh, en = append(zh, l.In(i18n.ZH)), append(en, l.In(i18n.EN))
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

package hotline

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/calendar"
)

// usual is the mapping of a division that set none.
//
//go:embed usual.yaml
var usual []byte

// Setting is the division's setting that holds its mapping.
const Setting = "hotline.mapping"

// Mapping says what the columns of the hotline's files mean, and which columns
// it wants to read.
type Mapping struct {
	Orders       history.Mapping `yaml:"orders"`
	Results      history.Mapping `yaml:"results"`
	Answers      history.Mapping `yaml:"answers"`
	Reply        []Column        `yaml:"reply"`
	ReturnWithin history.Limit   `yaml:"return_within"` // from when the hotline sent the order
}

// Column is one column of the file that goes back.
type Column struct {
	Column string            `yaml:"column"`
	Field  string            `yaml:"field"`
	Values map[string]string `yaml:"values"` // our word → theirs; others stay
}

// The kinds of files that come.
const (
	Orders  = "orders"
	Results = "results"
	Answers = "answers"
)

// Kinds are the kinds of files in the order of their day.
var Kinds = []string{Orders, Answers, Results}

// vocabulary is what a line of each kind can be made of; required ones are true.
var vocabulary = map[string]map[string]bool{
	Orders: {"id": true, "desc": true, "kind": false, "title": false, "received": false, "due": false, "class": false, "name": false, "phone": false,
		"address": false, "lat": false, "lng": false},
	Results: {"id": true, "solved": false, "stars": false, "comment": false, "at": false},
	Answers: {"id": true, "taken": true, "reason": false},
}

// told are the fields of the file that goes back.
var told = []string{"id", "state", "reply", "dept", "number", "received", "due", "ended", "returned", "return_reason", "return_basis", "called_back", "solved", "stars", "comment"}

// ReadMapping reads a mapping strictly; an empty one is the usual mapping. What
// is wrong is one error, a line for each fault.
func ReadMapping(raw []byte) (m *Mapping, err error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = usual
	}
	m = &Mapping{}
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(m); err != nil {
		return nil, err
	}
	var wrong []error
	for _, kind := range Kinds {
		one := m.of(kind)
		one.Origin = "hotline"
		if err := one.Judge(vocabulary[kind]); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", kind, err))
		}
	}
	for _, c := range m.Reply {
		if !slices.Contains(told, c.Field) || c.Column == "" {
			wrong = append(wrong, fmt.Errorf("reply: %q is no field with a column; there are: %s", c.Field, strings.Join(told, ", ")))
		}
	}
	if len(m.Reply) == 0 {
		wrong = append(wrong, errors.New("reply: no columns"))
	}
	if m.ReturnWithin == (history.Limit{}) {
		m.ReturnWithin = history.Limit{N: 1, Unit: string(calendar.WorkingDay)}
	}
	if m.ReturnWithin.N <= 0 || !calendar.Unit(m.ReturnWithin.Unit).Valid() {
		wrong = append(wrong, fmt.Errorf("return_within: %v %q is no limit", m.ReturnWithin.N, m.ReturnWithin.Unit))
	}
	return m, errors.Join(wrong...)
}

func (m *Mapping) of(kind string) *history.Mapping {
	return map[string]*history.Mapping{Orders: &m.Orders, Results: &m.Results, Answers: &m.Answers}[kind]
}

// values reads the texts of a line by field; an error is why it is refused.
func values(m *history.Mapping, l history.Line) (map[string]string, error) {
	if l.Bad != "" {
		return nil, bad("hotline.line_bad", "why", l.Bad)
	}
	out := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		v, err := m.Value(name, l.Cells)
		if err != nil {
			return out, err
		}
		out[name] = v
	}
	if out["id"] == "" || len(out["id"]) > 64 {
		return out, bad("hotline.id_bad")
	}
	return out, nil
}

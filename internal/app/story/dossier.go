package story

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// script is the pack's demo/dossiers.yaml: the parties, what people answer in
// forms, the ways a case can go, and the cases.
type script struct {
	Parties []struct {
		Key      string `yaml:"key"`
		Kind     string `yaml:"kind"`
		Name     string `yaml:"name"`
		Number   string `yaml:"number"`
		Operator string `yaml:"operator"`
		Address  string `yaml:"address"`
	} `yaml:"parties"`
	Answers  answers           `yaml:"answers"`
	Ways     map[string][]line `yaml:"ways"`
	Dossiers []deed            `yaml:"dossiers"`

	Oversight []overseen `yaml:"oversight"`
}

// answers are what forms say, by "step.field" or by the field's name alone.
type answers map[string]any

// line is one thing that happens on a way: a step, or the service of a paper.
type line struct {
	By      string   `yaml:"by"`      // login
	Step    string   `yaml:"step"`    // of the case
	Serve   string   `yaml:"serve"`   // or: this paper is handed over
	Child   string   `yaml:"child"`   // or: the step is one of the open child of this procedure
	In      string   `yaml:"in"`      // only when the case is in one of these states
	If      string   `yaml:"if"`      // only when this field of the case is a list that holds something
	Days    int      `yaml:"days"`    // passed before
	After   []string `yaml:"after"`   // clocks that must have ended before
	Answers answers  `yaml:"answers"` // of this line
}

// deed is one case of enforcement.
type deed struct {
	Key       string  `yaml:"key"` // by which others name it
	Procedure string  `yaml:"procedure"`
	Way       string  `yaml:"way"`
	Until     string  `yaml:"until"` // the last step that is taken; "" is the whole way
	Party     string  `yaml:"party"`
	Picture   string  `yaml:"picture"`
	Place     string  `yaml:"place"`
	East      float64 `yaml:"east"`
	North     float64 `yaml:"north"`
	Ago       int     `yaml:"ago"` // days before now
	Answers   answers `yaml:"answers"`
}

// dossiers tells the cases of enforcement, each as far as its way goes.
func (s *story) dossiers(ctx context.Context) error {
	b, err := fs.ReadFile(s.files, "demo/dossiers.yaml")
	if err != nil {
		return err
	}
	var doc script
	if err := yaml.UnmarshalWithOptions(b, &doc, yaml.Strict()); err != nil {
		return err
	}
	parties, err := s.register(ctx, &doc)
	if err != nil {
		return err
	}
	for i, d := range doc.Dossiers {
		if err := s.prosecute(ctx, &doc, d, parties[d.Party]); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.Log.Warn("demo dossier", "n", i+1, "procedure", d.Procedure, "until", d.Until, "err", err)
		}
	}
	s.oversee(ctx, &doc)
	return nil
}

// register keeps the parties; it returns their ids by key.
func (s *story) register(ctx context.Context, doc *script) (map[string]string, error) {
	who, err := s.actor("zhifa1")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range doc.Parties {
		key, err := s.Parties.Save(ctx, who, party.Draft{Kind: law.PartyKind(p.Kind), Name: p.Name, Number: p.Number, Operator: p.Operator, Address: p.Address})
		if err != nil {
			return nil, fmt.Errorf("party %s: %w", p.Key, err)
		}
		out[p.Key] = key.String()
	}
	return out, nil
}

// pursuit is one dossier being told.
type pursuit struct {
	tale
	doc  *script
	deed deed
	line line
	who  string // id of the party

	parent id.ID // the case that it hangs on
}

func (s *story) prosecute(ctx context.Context, doc *script, d deed, who string) error {
	m, err := s.Places.Map(ctx, s.division.ID)
	if err != nil {
		return err
	}
	found := m.Find(d.Place, s.now)
	if len(found) == 0 {
		return fmt.Errorf("no place %q", d.Place)
	}
	at := geo.Offset(found[0].Point, d.East, d.North)
	p := &pursuit{doc: doc, deed: d, who: who, tale: tale{story: s, ctx: ctx, told: told{Picture: d.Picture},
		at: procedure.Point{Lat: at.Lat, Lng: at.Lng, Accuracy: 5}}}
	s.clk.Set(s.now.AddDate(0, 0, -d.Ago))
	for _, l := range doc.Ways[d.Way] {
		p.line = l
		if err := p.happen(); err != nil {
			return fmt.Errorf("%s%s: %w", l.Step, l.Serve, err)
		}
		if d.Key != "" {
			s.cases[d.Key] = p.id
		}
		if d.Until != "" && (l.Step == d.Until || l.Serve == d.Until) {
			break
		}
	}
	return nil
}

// happen does what the line says, in office time and after what it waits for.
func (p *pursuit) happen() error {
	l := p.line
	p.wait(time.Duration(l.Days) * 24 * time.Hour)
	if p.id.IsZero() {
		p.office()
		p.wait(10 * time.Minute)
		return p.open()
	}
	s, err := p.snapshot()
	if err != nil {
		return err
	}
	if l.In != "" && !strings.Contains(" "+l.In+" ", " "+s.State+" ") {
		return nil
	}
	if list, _ := s.Data[l.If].([]string); l.If != "" && len(list) == 0 {
		return nil
	}
	for _, name := range l.After {
		if c := s.Clock(name); c != nil && c.DueAt().After(p.clk.Now()) {
			p.clk.Set(minTime(c.DueAt().Add(time.Minute), p.now))
		}
	}
	p.office()
	p.wait(45 * time.Minute)
	if l.Serve != "" || l.Child != "" {
		if s, err = p.child(); s == nil {
			return err
		}
	}
	who, err := p.actor(l.By)
	if err != nil {
		return err
	}
	step := l.Step
	if l.Serve != "" {
		step = "direct"
	}
	in, files, err := p.fill(who, s, step)
	if err != nil {
		return err
	}
	_, err = p.engine.Act(p.ctx, engine.Act{Case: s.ID, Step: step, Actor: who, Input: in, Files: files})
	return err
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// open begins the case with the line's step.
func (p *pursuit) open() error {
	who, err := p.actor(p.line.By)
	if err != nil {
		return err
	}
	proc, err := p.engine.Library().Latest(p.deed.Procedure)
	if err != nil {
		return err
	}
	blank := &engine.Snapshot{Proc: proc, Data: map[string]any{}}
	blank.Division, blank.State, blank.Parent = p.division.ID, procedure.None, p.parent
	in, files, err := p.fill(who, blank, p.line.Step)
	if err != nil {
		return err
	}
	res, err := p.engine.Open(p.ctx, engine.Opening{Procedure: p.deed.Procedure, Division: p.division.ID, Step: p.line.Step, Actor: who, Input: in, Files: files, Parent: p.parent,
		Party: &engine.NewParty{NoReceipt: true}})
	p.id = res.Case
	return err
}

// child is the open case of the line's procedure, or the service of its paper,
// below the dossier or below what hangs on it; nil when there is none.
func (p *pursuit) child() (*engine.Snapshot, error) {
	for above := []id.ID{p.id}; len(above) > 0; above = above[1:] {
		list, err := record.Children(p.ctx, p.DB, p.division.ID, above[0])
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			s, err := p.engine.Find(p.ctx, p.division.ID, k.ID)
			if err != nil {
				return nil, err
			}
			if !s.Terminal && (s.Procedure == p.line.Child || p.line.Serve != "" && s.Text("paper") == p.line.Serve) {
				return s, nil
			}
			above = append(above, k.ID)
		}
	}
	return nil, nil
}

// fill answers a step's form: as the script says, else as the form proposes,
// and what is required besides in a plain way.
func (p *pursuit) fill(who people.Actor, s *engine.Snapshot, step string) (procedure.Input, []engine.Upload, error) {
	f, err := p.engine.Form(p.ctx, who, s, step, nil)
	if err != nil {
		return nil, nil, err
	}
	in, files := procedure.Input{}, []engine.Upload(nil)
	for i := range f.Step.Form {
		q := &f.Step.Form[i]
		said, ok := p.said(step, q.Name)
		if q.Files() || q.Type == field.Sign {
			if ok || q.Required {
				u, err := p.file(q)
				if err != nil {
					return nil, nil, err
				}
				files = append(files, u)
			}
			continue
		}
		v, err := p.answer(q, said, f.Filled[q.Name], f.Choices[q.Name])
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		if v != nil {
			in[q.Name] = v
		}
	}
	return in, files, nil
}

// said is the script's answer, the nearest first.
func (p *pursuit) said(step, field string) (any, bool) {
	for _, from := range []answers{p.line.Answers, p.deed.Answers, p.doc.Answers} {
		for _, key := range []string{step + "." + field, field} {
			if v, ok := from[key]; ok {
				return v, true
			}
		}
	}
	return nil, false
}

func (p *pursuit) answer(f *field.Field, said, filled any, choices []engine.Choice) (any, error) {
	if f.Type == field.Rows && f.Name == "answers" {
		return marks(filled, said), nil
	}
	if said != nil {
		return p.read(f, said)
	}
	if filled != nil || !f.Required {
		return filled, nil
	}
	if len(choices) > 0 {
		return choices[0].Value, nil
	}
	switch f.Type {
	case field.Bool:
		return true, nil
	case field.Date, field.Time:
		return p.clk.Now(), nil
	case field.Enum:
		return f.Options[0].Value, nil
	case field.Place:
		return p.at, nil
	}
	return nil, fmt.Errorf("the script does not say what %s is", f.Label.ZH)
}

// read makes the form's value of a word of the script. "@login" is a person,
// "@party" the party of the dossier, "-30m" or "+48h" an instant from now.
func (p *pursuit) read(f *field.Field, said any) (any, error) {
	switch x := said.(type) {
	case bool:
		return x, nil
	case []any:
		return p.list(f, x)
	}
	word := strings.TrimSpace(fmt.Sprint(said))
	switch {
	case word == "@party":
		return p.who, nil
	case word == "@here":
		return p.at, nil
	case f.Type == field.CaseRef:
		return p.cases[word].String(), nil
	case strings.HasPrefix(word, "@"):
		a, err := p.actor(word[1:])
		return a.Account.String(), err
	case f.Type == field.Date || f.Type == field.Time:
		if d, err := time.ParseDuration(word); err == nil {
			at := p.clk.Now().Add(d)
			if f.Type == field.Date && d > 0 { // a day ahead, whole
				at = calendar.DateOf(at).At(0)
			}
			return at, nil
		}
	}
	return f.Parse([]string{word}, calendar.Zone)
}

func (p *pursuit) list(f *field.Field, said []any) (any, error) {
	if f.Type == field.Rows {
		var rows []map[string]string
		for _, x := range said {
			row := map[string]string{}
			m, ok := x.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("%v is not a row", x)
			}
			for k, v := range m {
				word, err := p.cell(column(f, k), fmt.Sprint(v))
				if err != nil {
					return nil, err
				}
				row[k] = word
			}
			rows = append(rows, row)
		}
		return rows, nil
	}
	var out []string
	for _, x := range said {
		one := *f
		one.List = false
		v, err := p.read(&one, x)
		if err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprint(v))
	}
	return out, nil
}

// file is a drawing taken some minutes ago, or a made-up signature.
func (p *pursuit) file(f *field.Field) (engine.Upload, error) {
	if f.Type == field.Sign {
		ink, err := Scribble(p.deed.Party + f.Name)
		return engine.Upload{Field: f.Name, Name: "signature.png", Mime: "image/png", Body: bytes.NewReader(ink), Taken: p.clk.Now(), Sign: true}, err
	}
	u, err := p.upload(f.Name, false)
	u.Taken = u.Taken.Add(-5 * time.Minute)
	return u, err
}

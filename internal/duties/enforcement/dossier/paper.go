package dossier

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// fix issues a paper with what the case and the step's form say.
func (m *Room) fix(ctx context.Context, d *engine.Doing, name string) error {
	if name == "P23" && d.After.Data["hearing_offered"] != true {
		return nil
	}
	lib, err := m.Templates(ctx)
	if err != nil {
		return err
	}
	t := lib.Latest(name)
	if t == nil {
		return fmt.Errorf("dossier: no template %s", name)
	}
	dir, err := m.People.Directory(ctx, d.After.Division)
	if err != nil {
		return err
	}
	c, err := m.content(ctx, d.Tx, d, t, dir)
	if err != nil {
		return err
	}
	if err := named(ctx, d, t, c.Fields); err != nil {
		return err
	}
	_, err = paper.Fix(ctx, d.Tx, paper.Act{Division: d.After.Division, Code: dir.Division().Code, Case: d.After.ID, Seq: d.Event.Seq, By: d.Actor.Account.String(),
		Template: t, Content: c})
	return err
}

// named puts the party's whole number into the paper, where it is personal: the
// public copy masks it and erasure reaches it. The case itself has it masked.
func named(ctx context.Context, d *engine.Doing, t *paper.Template, out paper.Values) error {
	f := t.Field("party_id")
	key, err := id.Parse(d.After.Text("party_ref"))
	if err != nil || f == nil || !f.Personal {
		return nil
	}
	number, err := party.Number(ctx, d.Tx, d.After.Division, key)
	if number != "" {
		out["party_id"] = number
	}
	return err
}

// content is all that a paper of the step says.
func (m *Room) content(ctx context.Context, q dbx.Querier, d *engine.Doing, t *paper.Template, dir *people.Directory) (c paper.Content, err error) {
	set, err := m.Settings(ctx, d.After.Division)
	if err != nil {
		return c, err
	}
	c = paper.Content{Agency: paper.AgencyOf(set), Date: d.Now}
	if c.Fields, err = m.fields(ctx, q, d, t, dir); err != nil {
		return c, err
	}
	c.Fields["statement_days"] = int64(set.Int("stmt.days"))
	for k := range c.Fields {
		if t.Field(k) == nil {
			delete(c.Fields, k)
		}
	}
	return c, nil
}

// fields are the paper's values: what earlier papers said, over it the case's
// data, over it the form, over it what is said in other words here.
func (m *Room) fields(ctx context.Context, q dbx.Querier, d *engine.Doing, t *paper.Template, dir *people.Directory) (paper.Values, error) {
	earlier, numbers, err := m.earlier(ctx, q, d, t.ID)
	if err != nil {
		return nil, err
	}
	out := t.Prefill(earlier, d.After.Raw)
	own := said(d, dir)
	maps.Copy(own, numbers)
	if f := sayings[t.ID]; f != nil {
		maps.Copy(own, f(saying{d, dir, own}))
	}
	for i := range t.Fields {
		name := t.Fields[i].Name
		for _, from := range []map[string]any{d.After.Data, d.Input, own} {
			if v, ok := from[name]; ok && v != nil && v != "" && fits(t.Fields[i].Field, v) {
				out[name] = worded(d.After.Proc, t.Fields[i].Field, v)
			}
		}
	}
	return out, nil
}

// worded says the choice of a form in words where the paper has room for words.
func worded(p *procedure.Procedure, f field.Field, v any) any {
	code, ok := v.(string)
	if !ok || f.Type != field.Text && f.Type != field.Long {
		return v
	}
	for i := range p.Steps {
		for _, x := range p.Steps[i].Form {
			if x.Name != f.Name || x.Type != field.Enum {
				continue
			}
			for _, o := range x.Options {
				if o.Value == code {
					return o.Label.ZH
				}
			}
		}
	}
	return v
}

// fits keeps out what the field is no place for: a list in a single field, an
// option that is none of its own.
func fits(f field.Field, v any) bool {
	_, many := v.([]string)
	if many != f.List {
		return false
	}
	switch x := v.(type) {
	case time.Time:
		return f.Type == field.Date || f.Type == field.Time
	case bool:
		return f.Type == field.Bool
	case int64:
		return f.Type == field.Int || f.Type == field.Money
	case string:
		return f.Type == field.Text || f.Type == field.Long ||
			f.Type == field.Enum && slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == x })
	}
	return many
}

// earlier is what the papers of the case above and of this one say, and the
// numbers that later ones name.
func (m *Room) earlier(ctx context.Context, q dbx.Querier, d *engine.Doing, template string) (out []paper.Values, numbers map[string]any, err error) {
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, nil, err
	}
	var list []paper.Paper
	for _, of := range []id.ID{d.After.Parent, d.After.ID} {
		if of.IsZero() {
			continue
		}
		more, err := paper.Of(ctx, q, d.After.Division, of)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, more...)
	}
	numbers = map[string]any{}
	var catalogue []string
	for _, p := range list {
		t := lib.Version(p.Template, p.Version)
		if t == nil || p.State != paper.Issued {
			continue
		}
		v, err := p.Fields(t)
		if err != nil {
			return nil, nil, err
		}
		if p.Template != template || !slices.Contains([]string{"P06", "P07", "P24"}, template) { // what one person saw or said is not the next one's
			out = append(out, v)
		}
		if told, ok := v["summary"].(string); ok && told != "" {
			numbers["told"] = told
		}
		catalogue = append(catalogue, t.Title.ZH+" "+p.Number)
		switch p.Template {
		case "P29":
			numbers["decision_number"] = p.Number
		case "P22", "P10":
			numbers["notice_number"] = p.Number
		case "P19":
			numbers["seize_number"] = p.Number
		case "P09":
			numbers["order_number"] = p.Number
		}
	}
	numbers["catalogue"] = catalogue
	return out, numbers, nil
}

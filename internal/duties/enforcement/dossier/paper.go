package dossier

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/people"
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
	set, err := m.Settings(ctx, d.After.Division)
	if err != nil {
		return err
	}
	dir, err := m.People.Directory(ctx, d.After.Division)
	if err != nil {
		return err
	}
	fields, err := m.fields(ctx, d, t, dir)
	if err != nil {
		return err
	}
	fields["statement_days"] = int64(set.Int("stmt.days"))
	for k := range fields {
		if t.Field(k) == nil {
			delete(fields, k)
		}
	}
	_, err = paper.Fix(ctx, d.Tx, paper.Act{Division: d.After.Division, Code: dir.Division().Code, Case: d.After.ID, Seq: d.Event.Seq, By: d.Actor.Account.String(),
		Template: t, Content: paper.Content{Agency: paper.AgencyOf(set), Date: d.Now, Fields: fields}})
	return err
}

// fields are the paper's values: what earlier papers said, over it the case's
// data, over it the form, over it what is said in other words here.
func (m *Room) fields(ctx context.Context, d *engine.Doing, t *paper.Template, dir *people.Directory) (paper.Values, error) {
	earlier, numbers, err := m.earlier(ctx, d)
	if err != nil {
		return nil, err
	}
	out := t.Prefill(earlier, d.After.Raw)
	own := m.said(d, dir)
	for k, v := range numbers {
		own[k] = v
	}
	for i := range t.Fields {
		name := t.Fields[i].Name
		for _, from := range []map[string]any{d.After.Data, d.Input, own} {
			if v, ok := from[name]; ok && v != nil && v != "" && fits(t.Fields[i].List, v) {
				out[name] = v
			}
		}
	}
	return out, nil
}

// fits keeps a list out of a single field and the other way round.
func fits(list bool, v any) bool {
	_, many := v.([]string)
	return many == list
}

// earlier is what the papers of the case above and of this one say, and the
// numbers that later ones name.
func (m *Room) earlier(ctx context.Context, d *engine.Doing) (out []paper.Values, numbers map[string]any, err error) {
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, nil, err
	}
	var list []paper.Paper
	for _, of := range []id.ID{d.After.Parent, d.After.ID} {
		if of.IsZero() {
			continue
		}
		more, err := paper.Of(ctx, d.Tx, d.After.Division, of)
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
		out = append(out, v)
		catalogue = append(catalogue, t.Title.ZH+" "+p.Number)
		switch p.Template {
		case "P29":
			numbers["decision_number"] = p.Number
		case "P22":
			numbers["notice_number"] = p.Number
		}
	}
	numbers["catalogue"] = catalogue
	return out, numbers, nil
}

// sources are the origins of a case as the paper's boxes have them.
var sources = map[string]string{"patrol": "patrol", "check": "patrol", "complaint": "report", "hotline": "report", "superior": "assigned", "transfer": "moved",
	"media": "other", "camera": "other"}

// said is what papers name otherwise than the case does.
func (m *Room) said(d *engine.Doing, dir *people.Directory) map[string]any {
	s := d.After
	text := func(name string) string { x, _ := d.Input[name].(string); return x }
	out := map[string]any{"case_number": s.Number, "lead": name(dir, s.Text("lead")), "second": name(dir, s.Text("co")), "registrar": d.Actor.Name,
		"reviewer": d.Actor.Name, "chair": d.Actor.Name, "archivist": d.Actor.Name, "recorder": d.Actor.Name, "start_at": d.Now,
		"suspected": s.Text("cause"), "place": s.Text("address"), "shown": d.Input["cert_shown"], "proposed": proposed(s), "penalties": proposed(s),
		"move_basis": "《中华人民共和国行政处罚法》第二十二条", "ground": text("reason"), "notice_on": s.Data["told_on"], "rights": []string{"statement"},
		"closed_on": d.Now, "archived_on": d.Now, "perform_way": "", "unit": s.Dept}
	if s.Text("clue") != "" && s.Text("facts") == "" {
		out["facts"] = s.Text("clue")
	}
	if t, ok := d.Input["start_at"].(time.Time); ok {
		out["start_at"] = t
	}
	if src := sources[s.Text("source")]; d.Step.ID == "lead_register" {
		out["source"] = src
	}
	if s.Text("statement") == "" && d.Step.ID == "adj_reexam" {
		out["statement"] = "当事人在期限内未陈述申辩。"
	}
	if n := d.Actor.Certificates; len(n) > 0 {
		out["reviewer_no"] = n[0].Number
	}
	var members []string
	if l, ok := d.Input["voters"].([]string); ok {
		for _, x := range l {
			members = append(members, name(dir, x))
		}
	}
	out["members"] = members
	officers, certs := []string{d.Actor.Name}, numbersOf(d.Actor.Certificates)
	for _, o := range d.Event.Officers {
		officers = append(officers, o.Name)
		if key, err := id.Parse(o.Account); err == nil {
			if a, err := dir.Actor(key, d.Now); err == nil {
				certs = append(certs, numbersOf(a.Certificates)...)
			}
		}
	}
	out["officers"], out["cert_nos"] = officers, certs
	return out
}

func numbersOf(list []people.Certificate) (out []string) {
	for _, c := range list {
		if c.Kind == people.Enforcement {
			out = append(out, c.Number)
		}
	}
	return out
}

// proposed is the penalty beside the fine, in words.
func proposed(s *engine.Snapshot) []string {
	goods, _ := s.Data["goods"].([]string)
	if len(goods) == 0 {
		return nil
	}
	return []string{"没收" + strings.Join(goods, "、")}
}

func name(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

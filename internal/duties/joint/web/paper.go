package web

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
)

// Official papers are written in Chinese, whoever asks for them.

// order is the order of the day 行动安排: who goes where with whom, from when, and
// what is to be minded.
func (m *Room) order(w http.ResponseWriter, r *http.Request) error {
	s, err := m.find(r)
	if err != nil {
		return err
	}
	if len(operation.Rows(s, "teams")) == 0 {
		return fault.Missing("paper")
	}
	d, err := m.orderOf(chinese(r.Context()), s)
	if err != nil {
		return err
	}
	return m.press(w, s, "order", d)
}

func chinese(ctx context.Context) context.Context {
	p := *i18n.From(ctx)
	p.Lang = i18n.ZH
	return i18n.With(ctx, &p)
}

func (m *Room) press(w http.ResponseWriter, s *engine.Snapshot, name string, d document.Document) error {
	sheets, err := m.Press.Set(pdf.Options{Title: d.Name}, d)
	if err != nil {
		return err
	}
	body, err := sheets.Bytes()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+s.Number+"-"+name+`.pdf"`)
	_, _ = w.Write(body) // the visitor may have left
	return nil
}

func (m *Room) head(ctx context.Context, s *engine.Snapshot, title string) document.Head {
	return document.Head{Agency: m.unitNames(ctx, s, []string{s.Text("dept")}), Title: title, Number: s.Number}
}

// sign is the lead unit and the day on which it took the step.
func (m *Room) sign(ctx context.Context, s *engine.Snapshot, step string) document.Sign {
	day := m.Clock.Now()
	for _, t := range s.Log {
		if t.Step == step {
			day = t.At
		}
	}
	return document.Sign{Agency: m.unitNames(ctx, s, []string{s.Text("dept")}), Date: day.In(calendar.Zone).Format("2006年1月2日")}
}

func pair(label, text string) []document.Cell {
	return []document.Cell{{Text: label, Label: true}, {Text: text}}
}

func (m *Room) orderOf(ctx context.Context, s *engine.Snapshot) (document.Document, error) {
	dir, err := m.Directory(ctx, s.Division)
	if err != nil {
		return document.Document{}, err
	}
	laws, err := m.Operations.LawNames(ctx, s.Division, operation.Texts(s, "laws"))
	if err != nil {
		return document.Document{}, err
	}
	var basis []string
	for _, l := range laws {
		basis = append(basis, l.Name.ZH+"："+l.Basis)
	}
	plan := document.Grid{Cols: []float64{1, 4}, Rows: [][]document.Cell{
		pair("行动目标", s.Text("goal")), pair("时间", span(s)), pair("区域", s.Text("area_name")+size(ctx, s)),
		pair("集合", s.Text("assembly")), pair("参加单位", m.unitNames(ctx, s, operation.Texts(s, "units"))), pair("执法依据", strings.Join(basis, "\n")),
		pair("现场负责人", operation.PersonName(dir, s.Text("assignee"))), pair("车辆", cmp.Or(number(s, "vehicles"), "0")+" 辆")}}
	if route := s.Text("route"); route != "" {
		plan.Rows = append(plan.Rows, pair("路线", route))
	}
	teams := document.Grid{Cols: []float64{1, 2, 3, 2}, Head: 1, Rows: [][]document.Cell{{{Text: "组别", Label: true}, {Text: "姓名", Label: true}, {Text: "单位", Label: true}, {Text: "分工", Label: true}}}}
	for _, t := range m.teams(ctx, s, dir) {
		for _, p := range t.People {
			teams.Rows = append(teams.Rows, []document.Cell{{Text: strconv.Itoa(t.N)}, {Text: p.Name}, {Text: p.Unit}, {Text: p.Duty}})
		}
	}
	d := document.Document{Name: "联合执法行动安排", Blocks: []document.Block{m.head(ctx, s, "联合执法行动安排"), plan, document.Para{Text: "人员分组", Strong: true}, teams}}
	if list := operation.Rows(s, "targets"); len(list) > 0 {
		shops := document.Grid{Cols: []float64{3, 3, 1}, Head: 1, Rows: [][]document.Cell{{{Text: "涉企检查对象", Label: true}, {Text: "统一社会信用代码", Label: true}, {Text: "类别", Label: true}}}}
		for _, t := range list {
			shops.Rows = append(shops.Rows, []document.Cell{{Text: t["name"]}, {Text: t["code"]}, {Text: t["risk"]}})
		}
		d.Blocks = append(d.Blocks, shops, document.Para{Text: "涉企检查须出示行政检查通知书和执法证件，扫码入企。"})
	}
	d.Blocks = append(d.Blocks, document.Para{Text: "风险与预案", Strong: true}, document.Para{Text: s.Text("risk")},
		document.Para{Text: "各单位依各自职权执法；现场发现的问题交有权单位办理。执法全过程记录，执法人员不少于两人并出示执法证件。"},
		m.sign(ctx, s, "confirm"))
	return d, nil
}

// onReport is how many photos a report shows at most.
const onReport = 12

// report is the closing report: the figures as counted, every finding with where
// it went, and photos.
func (m *Room) report(w http.ResponseWriter, r *http.Request) error {
	s, err := m.find(r)
	if err != nil {
		return err
	}
	if s.Text("summary") == "" {
		return fault.Missing("paper")
	}
	ctx := chinese(r.Context())
	g, err := m.Operations.Count(ctx, m.DB, s, operation.Rows(s, "reasons"))
	if err != nil {
		return err
	}
	lines, err := m.findLines(ctx, s)
	if err != nil {
		return err
	}
	counted := document.Grid{Cols: []float64{1, 1, 1, 1, 1, 1, 1}, Rows: [][]document.Cell{{}, {}}}
	for _, f := range figures(ctx, g) {
		counted.Rows[0] = append(counted.Rows[0], document.Cell{Text: f.Label, Label: true})
		counted.Rows[1] = append(counted.Rows[1], document.Cell{Text: f.Value})
	}
	found := document.Grid{Cols: []float64{1, 1.4, 5, 2, 2.6}, Head: 1, Rows: [][]document.Cell{{{Text: "序号", Label: true}, {Text: "时间", Label: true}, {Text: "情况", Label: true}, {Text: "去向", Label: true}, {Text: "办理单位", Label: true}}}}
	for _, l := range lines {
		found.Rows = append(found.Rows, []document.Cell{{Text: strconv.Itoa(l.N)}, {Text: l.At}, {Text: l.Text + outside(ctx, l)}, {Text: l.Kind.Label}, {Text: l.Unit}})
	}
	blocks := []document.Block{m.head(ctx, s, "联合执法行动总结"), document.Para{Text: s.Text("goal") + "，" + span(s) + "，" + s.Text("area_name") + "。"}, counted, found}
	for _, x := range operation.Rows(s, "reasons") {
		blocks = append(blocks, document.Para{Text: "第 " + x["n"] + " 条未转办：" + x["why"]})
	}
	blocks = append(blocks, document.Para{Text: "总结", Strong: true}, document.Para{Text: s.Text("summary")}, document.Para{Text: "经验教训", Strong: true}, document.Para{Text: s.Text("lessons")})
	photos, err := m.pictures(r.Context(), s)
	if err != nil {
		return err
	}
	blocks = append(append(blocks, m.sign(ctx, s, "report")), photos...)
	return m.press(w, s, "report", document.Document{Name: "联合执法行动总结", Blocks: blocks})
}

// outside says that a finding lies outside the area.
func outside(ctx context.Context, l findLine) string {
	if !l.Outside {
		return ""
	}
	return i18n.T(ctx, "joint.bracket", "text", i18n.T(ctx, "joint.outside"))
}

func (m *Room) pictures(ctx context.Context, s *engine.Snapshot) (out []document.Block, err error) {
	finds, err := operation.Finds(ctx, m.DB, s.Division, s.ID)
	for _, f := range finds {
		for _, sha := range f.Photos {
			if len(out) == onReport || err != nil {
				return out, err
			}
			var jpg []byte
			if jpg, err = m.Photos.Print(ctx, stepform.Veiled(sha), false); err == nil {
				out = append(out, document.Photo{Data: jpg, Caption: []string{"第 " + strconv.Itoa(f.N) + " 条", minute(f.At), f.Address}})
			}
		}
	}
	return out, err
}

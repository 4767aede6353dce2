package app

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

// answer is what a form says; nil leaves the field empty.
type answer func(c *crew, r *rand.Rand, s *engine.Snapshot) any

// one says one of the values; one that stands there more than once more often.
func one(values ...any) answer {
	return func(_ *crew, r *rand.Rand, _ *engine.Snapshot) any { return values[r.IntN(len(values))] }
}

// ago is an instant before now, or after it if negative.
func ago(d time.Duration) answer {
	return func(c *crew, _ *rand.Rand, _ *engine.Snapshot) any { return c.w.Clock.Now().Add(-d) }
}

// known is what the case knows.
func known(name string) answer {
	return func(_ *crew, _ *rand.Rand, s *engine.Snapshot) any { return s.Data[name] }
}

const day = 24 * time.Hour

// answers are what forms say that a walker cannot find out by trying: registers,
// sums that laws compare with them, one day that fits another. By "step.field",
// "procedure:field" or field.
var answers = map[string]answer{
	"violation":               one("UM-004", "UM-004", "UM-002", "UM-003"),
	"enf.build:violation":     one("UM-002", "UM-036"),
	"enf.simple:violation":    one("UM-002", "UM-002", "UM-002", "UM-004"),
	"rule":                    (*crew).ruleOf,
	"grade":                   one("light", "light", "light", "usual"),
	"outside_why":             one("情节特殊，另有说明。"),
	"nothing":                 one("没有可没收的。"),
	"found_at":                ago(10 * time.Minute),
	"when":                    ago(time.Minute),
	"start_at":                ago(30 * time.Second),
	"end_at":                  ago(0),
	"act_from":                ago(2 * time.Minute),
	"act_end":                 ago(time.Minute),
	"hearing_at":              ago(-14 * day),
	"ask_at":                  ago(-day),
	"goods":                   one([]string{"烧烤炉"}),
	"evidence.item":           one("现场照片"),
	"voters":                  (*crew).voters,
	"opinions":                one([]string{"同意", "同意", "同意"}),
	"receipt_no":              (*crew).receiptNo,
	"adj_legal.result":        one("pass", "pass", "pass", "pass", "pass", "pass", "pass_with_notes", "return"),
	"adj_examine.other_heavy": one(nil, true),
	"points":                  (*crew).points,
	"plan":                    (*crew).parts,
	"until":                   ago(-60 * day),
	"dec_penalty.term":        ago(-10 * day),
	"surcharge_told":          one("yes", "yes", "yes", "no"),
	"masked":                  one("当事人未经批准占用人行道经营，已依法处罚。"),
	"clo_annul.kind":          one("annul", "annul", "change"),
	"clo_annul.refund":        known("paid"),
	"clo_annul.new_fine":      one(int64(100_00)),
	"clo_annul.review":        one("法审〔2026〕1号"),
	"clo_annul.panel_record":  one("讨论〔2026〕1号"),
	"clo_reopen.by":           one("own", "supervision", "court"),
	"exe_court_in.result":     one("accepted", "accepted", "accepted", "rejected"),
	"exe_court_rule.result":   one("executed", "allowed", "refused", "ended"),
	"own_power":               one(nil),
	"exe_susp.grounds":        one("unable", "third"),
	"exe_end.grounds":         one("died", "other", "object"),
	"inv_crime.transfer":      one(true),
	"dec_crime.transfer":      one(true),
	"officers_present":        (*crew).present,

	"crime":   one(nil, nil, nil, nil, nil, true),
	"pass":    one(true, true, true, false),
	"consent": one(true, true, true, false),
	"contact": one("demo@example.com"),
	"sign":    one("演示当事人"),
	"witness": one("演示·见证人"),

	"enf.exempt:ground": one("g1", "g2", "g2", "g3", "g5"),
	"hits":              one(int64(0), int64(0), int64(0), int64(1)),
	"harm":              one("none"),
	"corrected_on":      ago(time.Hour),
	"x_check.term_end":  ago(0),
	"expert":            one("鉴定意见书"),
	"guardian":          one("演示·监护人"),
	"in_time":           one(true),

	"c_issue.mode":     one("now", "days", "days", "hours"),
	"c_again.mode":     one("now", "days"),
	"enf.correct:n":    one(int64(1), int64(3), int64(7)),
	"stop_work":        one(nil, nil, nil, true),
	"c_check.at":       ago(0),
	"c_check.result":   one("ok", "partly", "refused"),
	"c_check.items":    known("items"),
	"c_extend.danger":  one(nil),
	"served_on":        ago(0),
	"b_open.served_on": ago(30 * day),
	"b_open.term_end":  ago(10 * day),
	"b_open.kind":      one("remove", "restore"),
	"b_open.danger":    one("traffic", "environment"),
	"exec_at":          ago(-6 * day),
	"complied":         one(nil),
	"cost":             one(int64(1000_00)),
	"budget":           one(int64(1000_00)),
	"b_cost.by_court":  one(nil),

	"ho_hold.at":        ago(0),
	"ho_handle.way":     one("return", "sample", "transfer"),
	"basis":             nil,
	"enf.measure:basis": one("unl11", "other"),
	"exempt":            one(nil),
	"objects":           (*crew).objects,
	"enf.measure:at":    ago(0),
	"k_test.from":       ago(0),
	"k_test.until":      ago(-3 * day),
	"cheap":             one(nil),
	"fee":               one(nil),

	"other_open":      one(nil),
	"enf.remedy:on":   ago(0),
	"enf.remedy:fine": one(int64(50_00)), // never more than the fine was (RL 63)
	"copy_on":         ago(0),
	"m_file.kind":     one("recon", "recon", "suit"),
	"m_decide.result": one("upheld", "changed", "annulled", "unlawful", "dismissed"),

	"p_pick.case":         (*crew).closed,
	"a_plan.from":         ago(5000 * day),
	"a_plan.until":        ago(0),
	"a_plan.n":            one(int64(2), int64(4)),
	"reviewers":           (*crew).reviewers,
	"r_third.third":       (*crew).reviewer,
	"answers":             (*crew).scores,
	"r_fixed.what":        (*crew).toCorrect,
	"r_fix.tasks":         one([]string{"补正送达回证"}, []string{"补正送达回证", "规范笔录"}),
	"g_call.on":           ago(-6 * day),
	"g_task.tasks":        (*crew).tasks,
	"g_task.until":        ago(-30 * day),
	"g_done.what":         (*crew).toDo,
	"version":             one("2026-08-15"),
	"changed":             one(nil, nil, true),
	"clean":               one(true),
	"p_mask.minor":        one(nil),
	"trade":               one(nil),
	"p_out.date":          ago(time.Hour),
	"e_plan.on":           ago(-day),
	"enf.supervise:until": ago(-10 * day),

	"i_plan.kind":     one("lead", "asked"),
	"i_record.result": one("none", "correct", "correct", "dossier"),
	"stage":           one("building", "building", "finished"),
	"permit":          one("none", "deviates"),
	"hearing_told":    one(true),
	"county":          one(true),
	"seal_site":       one(true),
	"demolish":        one(true),

	"area":     one("planning", "planning", "planning", "village"),
	"invoices": one([]map[string]string{{"number": "1", "amount": "100000"}}),
}

// quiet are fields that are left empty more often than not.
var quiet = []string{"ground", "units", "gains", "other_heavy", "running", "no_fault_claim", "harm_vital", "harm_eco", "redo_by", "closed", "confidential", "minor", "recused"}

// plausible fills what a walker cannot find out by trying.
func (c *crew) plausible(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	if r.IntN(40) == 0 {
		return nil, false
	}
	for _, key := range []string{step.ID + "." + f.Name, s.Proc.ID + ":" + f.Name, f.Name} {
		if say := answers[key]; say != nil {
			return say(c, r, s), r.IntN(12) > 0
		}
	}
	if slices.Contains(quiet, f.Name) && !f.Required {
		return nil, r.IntN(12) > 0
	}
	if items, _ := s.Data["evidence"].([]string); f.Name == "map" && len(items) > 0 {
		row := map[string]string{}
		for _, col := range f.Columns {
			row[col.Name] = "在店外烧烤"
		}
		row["item"] = items[r.IntN(len(items))]
		return []map[string]string{row}, true
	}
	if slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == "penalty" }) {
		return "penalty", r.IntN(6) > 0
	}
	switch f.Name {
	case "fine", "amount":
		return c.sum(r, s, step)
	case "code": // of the business, at its door
		return s.Text("party_ref"), s.Proc.ID == "enf.inspect"
	}
	if r.IntN(8) > 0 {
		return c.spoken(s, step, f)
	}
	return nil, false
}

// ruleOf is the rule that forbids what the case is about.
func (c *crew) ruleOf(_ *rand.Rand, s *engine.Snapshot) any {
	if s.Text("violation") == "UM-004" && s.Text("tier") == "refused" {
		return "UM-004-ENV-1132.3-refused"
	}
	return map[string]string{"UM-002": "UM-002-ROAD-42", "UM-003": "UM-003-UNL-13", "UM-004": "UM-004-ENV-1132.3"}[s.Text("violation")]
}

// voters are three heads who took no part so far.
func (c *crew) voters(r *rand.Rand, s *engine.Snapshot) any {
	var out []string
	list := c.w.People.Holders("panel", "", "", c.w.Clock.Now())
	for _, i := range r.Perm(len(list)) {
		who := list[i].Account.String()
		if len(out) < 3 && !slices.Contains(out, who) && !tookPart(s, who) {
			out = append(out, who)
		}
	}
	return out
}

func tookPart(s *engine.Snapshot, who string) bool {
	for i := range s.Log {
		if s.Log[i].By(who) {
			return true
		}
	}
	return false
}

// present are two officers, one of them new to the case.
func (c *crew) present(r *rand.Rand, s *engine.Snapshot) any {
	list := c.w.People.Holders("officer", "", "", c.w.Clock.Now())
	var out []string
	for _, i := range r.Perm(len(list)) {
		who := list[i].Account.String()
		if len(out) < 2 && who != s.Text("lead") && who != s.Text("co") && len(list[i].Certificates) > 0 {
			out = append(out, who)
		}
	}
	return out
}

// receiptNo is the first number of a new book, handed to the lead of the case.
func (c *crew) receiptNo(_ *rand.Rand, s *engine.Snapshot) any {
	lead, err := id.Parse(s.Text("lead"))
	if err != nil {
		return nil
	}
	officer, err := c.w.People.Actor(lead, c.w.Clock.Now())
	if err != nil {
		return nil
	}
	stock, keeper := receipt.New(c.a.db, c.w.Clock), c.who("caiwu")
	c.books++
	book, err := stock.Add(c.ctx, keeper, receipt.Range{Series: "演示", Digits: 8, First: c.books, Last: c.books})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := stock.Hand(c.ctx, keeper, book, officer); err != nil {
		return nil // no officer any more
	}
	return fmt.Sprintf("演示%08d", c.books)
}

// points answer every statement.
func (c *crew) points(_ *rand.Rand, s *engine.Snapshot) any {
	out := []map[string]string{}
	n, _ := s.Data["statements"].(int64)
	for range n {
		out = append(out, map[string]string{"claim": "过重", "finding": "经复核", "accepted": "no", "reason": "理由不成立"})
	}
	return out
}

// parts add up to what is still owed.
func (c *crew) parts(_ *rand.Rand, s *engine.Snapshot) any {
	data := func(name string) int64 { n, _ := s.Data[name].(int64); return n }
	owed := data("fine") + data("gains") + data("surcharge") - data("paid")
	var out []map[string]string
	for i, part := range []int64{owed / 2, owed - owed/2} {
		out = append(out, map[string]string{"date": c.w.Clock.Now().AddDate(0, 0, 10*(i+1)).In(calendar.Zone).Format(time.DateOnly), "amount": fmt.Sprint(part)})
	}
	return out
}

// objects are what a measure is about.
func (c *crew) objects(_ *rand.Rand, _ *engine.Snapshot) any {
	return []map[string]string{{"name": "货架", "qty": "1", "tie": "经营所用", "daily": "no", "sealed": "no"}}
}

// closed is a case of the city that was closed.
func (c *crew) closed(r *rand.Rand, _ *engine.Snapshot) any {
	p, err := record.List(c.ctx, c.a.db, c.w.Division, record.Filter{Procedures: []string{"enf.ordinary"}, States: []string{"closed", "archived"}, Sort: record.ByOpened, Limit: 50})
	if err != nil {
		c.t.Fatal(err)
	}
	if len(p.Rows) == 0 {
		return nil
	}
	return p.Rows[r.IntN(len(p.Rows))].ID.String()
}

// reviewers are two supervisors from elsewhere.
func (c *crew) reviewers(r *rand.Rand, s *engine.Snapshot) any {
	first, second := c.reviewer(r, s), c.reviewer(r, s)
	for first == second {
		second = c.reviewer(r, s)
	}
	return []string{first.(string), second.(string)}
}

func (c *crew) reviewer(r *rand.Rand, _ *engine.Snapshot) any {
	list := c.w.People.Holders("supervisor", c.w.Depts[0], "", c.w.Clock.Now())
	return list[r.IntN(len(list))].Account.String()
}

// scores answer what the record left open, and now and then otherwise than it.
func (c *crew) scores(r *rand.Rand, s *engine.Snapshot) any {
	auto, _ := s.Data["auto"].([]map[string]string)
	out := []map[string]string{}
	for _, row := range auto {
		row = maps.Clone(row)
		if row["result"] == "" || r.IntN(15) == 0 {
			row["result"], row["note"] = []string{"met", "met", "met", "na"}[r.IntN(4)], "经核对"
		}
		out = append(out, row)
	}
	return out
}

// toCorrect is what a review asked for and nobody corrected yet.
func (c *crew) toCorrect(_ *rand.Rand, s *engine.Snapshot) any {
	tasks, _ := s.Data["tasks"].([]string)
	done, _ := s.Data["done"].([]string)
	for _, t := range tasks {
		if !slices.Contains(done, t) {
			return t
		}
	}
	return nil
}

// tasks are one for each finding of a meeting.
func (c *crew) tasks(_ *rand.Rand, s *engine.Snapshot) any {
	found, _ := s.Data["findings"].([]map[string]string)
	list := c.w.People.Holders("officer", "", "", c.w.Clock.Now())
	out := []map[string]string{}
	for i, f := range found {
		out = append(out, map[string]string{"finding": f["finding"], "what": fmt.Sprint("整改", i+1), "who": list[0].Account.String(),
			"until": c.w.Clock.Now().AddDate(0, 0, 20).In(calendar.Zone).Format(time.DateOnly), "proof": "书面报告"})
	}
	return out
}

// toDo is a task of a meeting that is not done.
func (c *crew) toDo(_ *rand.Rand, s *engine.Snapshot) any {
	tasks, _ := s.Data["tasks"].([]map[string]string)
	done, _ := s.Data["done"].([]string)
	for _, t := range tasks {
		if t["what"] != "" && !slices.Contains(done, t["what"]) {
			return t["what"]
		}
	}
	return nil
}

// sum is what is owed, or a fine in a range.
func (c *crew) sum(r *rand.Rand, s *engine.Snapshot, step *procedure.Step) (any, bool) {
	data := func(name string) int64 { n, _ := s.Data[name].(int64); return n }
	switch {
	case strings.Contains(step.ID, "refund") && data("refund") > 0:
		return data("refund") - data("refunded"), true
	case s.Procedure == "enf.build" && data("cost") > 0:
		return data("cost") * int64(r.IntN(3)) * 3 / 100, true
	case data("cost") > 0:
		return data("cost"), true
	case (strings.Contains(step.ID, "pay") || strings.Contains(step.ID, "collect") || strings.Contains(step.ID, "onsite")) && data("fine") > 0:
		return max(0, data("fine")+data("gains")+data("surcharge")-data("paid")), r.IntN(8) > 0
	case step.ID == "exe_hand_in" || step.ID == "s_turnin":
		return max(data("paid"), data("cash")), true
	case data("told_fine") > 0 && strings.HasPrefix(step.ID, "dec_"):
		return data("told_fine"), r.IntN(10) > 0
	case s.Procedure == "enf.simple":
		return int64(100_00), true
	case s.Text("tier") == "refused" && s.Text("violation") == "UM-004":
		return int64(6000_00), true
	}
	return []int64{800_00, 800_00, 1400_00, 3400_00, 4000_00}[r.IntN(5)], true
}

// spoken is what forms say in the demonstration's dossiers.
func (c *crew) spoken(s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	said, ok := c.script[step.ID+"."+f.Name]
	if !ok {
		said, ok = c.script[f.Name]
	}
	list, many := said.([]any)
	if !ok || many != f.List || f.Columns != nil {
		return nil, false
	}
	single, now := *f, c.w.Clock.Now()
	single.List = false
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	word := fmt.Sprint(said)
	switch {
	case strings.HasPrefix(word, "@") || len(out) > 0 && strings.HasPrefix(out[0], "@"):
		return nil, false
	case many:
		return out, f.Type == field.Text
	case f.Type == field.Date || f.Type == field.Time:
		d, err := time.ParseDuration(word)
		return now.Add(d), err == nil
	}
	v, err := single.Parse([]string{word}, calendar.Zone)
	if err == nil && len(f.Options) > 0 && !slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == word }) {
		return nil, false
	}
	return v, err == nil && v != nil
}

// prompt reads what forms say in the demonstration.
func (c *crew) prompt() {
	c.t.Helper()
	files, err := packs.FS(demoPack)
	if err != nil {
		c.t.Fatal(err)
	}
	b, err := fs.ReadFile(files, "demo/dossiers.yaml")
	var doc struct {
		Answers map[string]any `yaml:"answers"`
	}
	if err == nil {
		err = yaml.Unmarshal(b, &doc)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.script = doc.Answers
}

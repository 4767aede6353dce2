package sites

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// listView is the page of candidates and scenarios.
type listView struct {
	Plans      bool
	Candidates []Candidate
	Scenarios  []scenarioLine
	Figures    []ui.KPI
	Map        mapview.Map
	Add, Ask   form.Form
	Problems   []string // of a file
}

type scenarioLine struct {
	ID, Name, About string
	Chip            ui.Chip
}

const mostScenarios = 50

func (m *Room) listOf(ctx context.Context) (v listView, err error) {
	who := visit.From(ctx)
	v.Plans = slices.ContainsFunc(planners, who.Actor.Has)
	if v.Candidates, err = Candidates(ctx, m.DB, who.Division.ID); err != nil {
		return v, err
	}
	list, err := Scenarios(ctx, m.DB, who.Division.ID, mostScenarios)
	if err != nil {
		return v, err
	}
	dir, err := m.People.Directory(ctx, who.Division.ID)
	if err != nil {
		return v, err
	}
	for _, s := range list {
		v.Scenarios = append(v.Scenarios, scenarioLine{s.ID.String(), s.Name, i18n.T(ctx, "sites.made", "who", nameOf(dir, s.Maker), "at", calendar.FormatDue(s.At), "n", len(s.Plan.Chosen),
			"share", percent(s.Plan.After[siting.Residents], s.Plan.All[siting.Residents])), chipOf(ctx, s)})
	}
	book, err := m.Clusters(ctx, who.Division.ID)
	if err != nil {
		return v, err
	}
	radius, err := m.walk(ctx)
	if err != nil {
		return v, err
	}
	in, all := book.Reached(float64(radius), book.Places()...)
	v.Figures = []ui.KPI{{Label: i18n.T(ctx, "sites.share"), Value: percent(in, all), Note: i18n.T(ctx, "sites.share_note", "n", radius), Tone: ui.Green},
		{Label: i18n.T(ctx, "sites.outside_reach"), Value: strconv.Itoa(all - in), Note: i18n.T(ctx, "sites.of_all", "n", all)},
		{Label: i18n.T(ctx, "sites.candidates"), Value: strconv.Itoa(len(v.Candidates))}}
	v.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: "/street/sites/points.json", Areas: "/street/sites/areas.json", Label: i18n.T(ctx, "sites.map"),
		Legend: []mapview.Key{{Label: i18n.T(ctx, "sites.candidate"), Shape: mapview.Dot, Tone: ui.Blue}, {Label: i18n.T(ctx, "sites.reach_now"), Shape: mapview.Circle}}}
	v.Add = form.New("add", "/street/sites/candidates", candidateFields())
	v.Add.Ground = mapview.Map{Base: "/map/base.json"}
	v.Add.Steps = []ui.Step{{Label: i18n.T(ctx, "sites.add"), Icon: "plus"}}
	v.Ask = form.New("ask", "/street/sites", m.wishFields()).Fill(usual(radius), calendar.Zone)
	v.Ask.Steps = []ui.Step{{Label: i18n.T(ctx, "sites.solve"), Icon: "chart-line", Primary: true}}
	return v, nil
}

func nameOf(dir *people.Directory, account string) string {
	for _, a := range dir.Accounts() {
		if a.ID.String() == account {
			return a.Name
		}
	}
	return "–"
}

func chipOf(ctx context.Context, s Scenario) ui.Chip {
	if s.Decider != "" {
		return ui.Chip{Label: i18n.T(ctx, "sites.decided"), Tone: ui.Green}
	}
	return ui.Chip{Label: i18n.T(ctx, "sites.open"), Tone: ui.Plain}
}

func percent(part, all int) string {
	if all == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(all))
}

// questions of the forms.
var asks = map[string]i18n.Text{
	"name":   {ZH: "名称", EN: "Name"},
	"place":  {ZH: "位置", EN: "Place"},
	"words":  {ZH: "说明", EN: "Notes"},
	"plan":   {ZH: "方案名称", EN: "Name of the scenario"},
	"count":  {ZH: "新增几个", EN: "How many to add"},
	"radius": {ZH: "服务半径", EN: "Reach of a cluster"},
	"days":   {ZH: "统计最近多少天的乱象和投诉", EN: "Days back in which disorder and complaints count"},
	"why":    {ZH: "决定理由", EN: "Reasons of the decision"},
	"metres": {ZH: "米", EN: "m"},
}

func bound(n int) *int { return &n }

func candidateFields() []form.Field {
	return []form.Field{{Name: "name", Type: form.Text, Label: asks["name"], Required: true, Max: bound(60)}, {Name: "place", Type: form.Place, Label: asks["place"], Required: true},
		{Name: "words", Type: form.Text, Label: asks["words"], Max: bound(120)}}
}

func decideFields() []form.Field {
	return []form.Field{{Name: "words", Type: form.Long, Label: asks["why"], Required: true, Max: bound(500)}}
}

// demands are what a cluster answers, barriers what it keeps away from, in the
// order of the form.
var (
	demands  = []string{siting.Residents, siting.Disorder, siting.Complaints}
	barriers = []string{siting.MainRoad, siting.FireLane, siting.Tactile, siting.School, siting.Hospital, siting.Station, siting.Government, siting.Square, siting.Green, siting.Park}
)

func (m *Room) wishFields() []form.Field {
	out := []form.Field{{Name: "name", Type: form.Text, Label: asks["plan"], Required: true, Max: bound(60)},
		{Name: "count", Type: form.Int, Label: asks["count"], Required: true, Min: bound(1), Max: bound(50)},
		{Name: "radius", Type: form.Int, Label: asks["radius"], Required: true, Min: bound(100), Max: bound(5000), Unit: asks["metres"]},
		{Name: "days", Type: form.Int, Label: asks["days"], Required: true, Min: bound(1), Max: bound(1100)}}
	for _, k := range demands {
		out = append(out, form.Field{Name: "weight_" + k, Type: form.Int, Label: weights[k], Required: true, Min: bound(0), Max: bound(100000)})
	}
	for _, k := range barriers {
		out = append(out, form.Field{Name: "least_" + k, Type: form.Int, Label: distances[k], Required: true, Min: bound(0), Max: bound(2000), Unit: asks["metres"]})
	}
	return out
}

// usual is what the form of a scenario begins with.
func usual(radius int) map[string]any {
	out := map[string]any{"count": int64(3), "radius": int64(radius), "days": int64(180), "weight_residents": int64(1), "weight_disorder": int64(50), "weight_complaints": int64(100)}
	for k, n := range siting.UsualDistances() {
		out["least_"+k] = int64(n)
	}
	return out
}

func wishOf(in map[string]any) Wish {
	number := func(name string) int { n, _ := in[name].(int64); return int(n) }
	w := Wish{Count: number("count"), Radius: number("radius"), Days: number("days"), Weights: map[string]int{}, Distances: map[string]int{}}
	for _, k := range demands {
		w.Weights[k] = number("weight_" + k)
	}
	for _, k := range barriers {
		w.Distances[k] = number("least_" + k)
	}
	return w
}

var weights = map[string]i18n.Text{
	siting.Residents:  {ZH: "每位居民的分量", EN: "Weight of a resident"},
	siting.Disorder:   {ZH: "每起乱象的分量", EN: "Weight of a case of disorder"},
	siting.Complaints: {ZH: "每件投诉的分量", EN: "Weight of a complaint"},
}

var distances = map[string]i18n.Text{
	siting.MainRoad: {ZH: "距主次干道至少", EN: "At least from a main road"}, siting.FireLane: {ZH: "距消防通道至少", EN: "At least from a fire lane"},
	siting.Tactile: {ZH: "距盲道至少", EN: "At least from tactile paving"}, siting.School: {ZH: "距学校至少", EN: "At least from a school"},
	siting.Hospital: {ZH: "距医院至少", EN: "At least from a hospital"}, siting.Station: {ZH: "距车站至少", EN: "At least from a station"},
	siting.Government: {ZH: "距机关至少", EN: "At least from a public office"}, siting.Square: {ZH: "距广场至少", EN: "At least from a square"},
	siting.Green: {ZH: "距绿地至少", EN: "At least from greenery"}, siting.Park: {ZH: "距公园至少", EN: "At least from a park"},
}

// oneView is the page of a scenario.
type oneView struct {
	Scenario
	About   string
	Chip    ui.Chip
	Decided string
	Figures []ui.KPI
	Map     mapview.Map
	Lines   []verdictLine
	Rules   []ui.Fact
	Decide  form.Form
	Decides bool
}

// verdictLine is a candidate with what speaks for it and against it.
type verdictLine struct {
	ID, Name       string
	Chip           ui.Chip
	Covers, Adds   string
	Against, Score string
}

func (m *Room) oneOf(ctx context.Context, s Scenario) (v oneView, err error) {
	who := visit.From(ctx)
	dir, err := m.People.Directory(ctx, who.Division.ID)
	if err != nil {
		return v, err
	}
	q, p := s.Question, s.Plan
	v = oneView{Scenario: s, Chip: chipOf(ctx, s), About: i18n.T(ctx, "sites.about", "who", nameOf(dir, s.Maker), "at", calendar.FormatDue(s.At), "days", q.Days)}
	if s.Decider != "" {
		v.Decided = i18n.T(ctx, "sites.decided_by", "who", nameOf(dir, s.Decider), "at", calendar.FormatDue(s.Decided), "words", s.Words)
	}
	for _, k := range demands {
		v.Figures = append(v.Figures, ui.KPI{Label: i18n.T(ctx, "sites.of."+k), Value: percent(p.After[k], p.All[k]), Note: i18n.T(ctx, "sites.before_after", "before", percent(p.Before[k], p.All[k]), "n", p.After[k]-p.Before[k], "all", p.All[k])})
	}
	v.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: hrefOf(s.ID, "points.json"), Areas: hrefOf(s.ID, "areas.json"), Label: i18n.T(ctx, "sites.map"),
		Legend: []mapview.Key{{Label: i18n.T(ctx, "sites.chosen"), Shape: mapview.Dot, Tone: ui.Green}, {Label: i18n.T(ctx, "sites.candidate"), Shape: mapview.Dot, Tone: ui.Blue},
			{Label: i18n.T(ctx, "sites.forbidden"), Shape: mapview.Dot, Tone: ui.Red}, {Label: i18n.T(ctx, "sites.reach_now"), Shape: mapview.Circle}}}
	v.Lines = linesOf(ctx, s)
	v.Rules = []ui.Fact{{Label: asks["count"].In(i18n.LangOf(ctx)), Text: strconv.Itoa(q.Count)}, {Label: asks["radius"].In(i18n.LangOf(ctx)), Text: strconv.Itoa(q.Radius) + " m"}}
	for _, k := range demands {
		v.Rules = append(v.Rules, ui.Fact{Label: weights[k].In(i18n.LangOf(ctx)), Text: strconv.Itoa(q.Weights[k])})
	}
	for _, k := range barriers {
		v.Rules = append(v.Rules, ui.Fact{Label: distances[k].In(i18n.LangOf(ctx)), Text: strconv.Itoa(q.Distances[k]) + " m"})
	}
	v.Decides = s.Decider == "" && slices.ContainsFunc(deciders, who.Actor.Has)
	v.Decide = form.New("decide", "/street/sites/"+s.ID.String()+"/decide", decideFields())
	v.Decide.Steps = []ui.Step{{Label: i18n.T(ctx, "sites.follow"), Icon: "check", Primary: true}}
	return v, nil
}

// linesOf are the chosen candidates first, in the order of what they add, then the
// possible and at last the forbidden ones, best first.
func linesOf(ctx context.Context, s Scenario) (out []verdictLine) {
	q := s.Question
	score := func(x map[string]int) (n int) {
		for k, v := range x {
			n += v * q.Weights[k]
		}
		return n
	}
	verdicts := slices.Clone(s.Plan.Verdicts)
	rank := func(v siting.Verdict) int {
		switch {
		case v.Chosen:
			return slices.Index(s.Plan.Chosen, v.ID) - len(s.Plan.Chosen)
		case len(v.Broken) > 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(verdicts, func(a, b siting.Verdict) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return score(b.Adds) - score(a.Adds)
	})
	for _, v := range verdicts {
		l := verdictLine{ID: v.ID, Name: q.Names[v.ID], Covers: amounts(ctx, v.Covers), Adds: amounts(ctx, v.Adds), Score: strconv.Itoa(score(v.Adds)), Chip: ui.Chip{Label: i18n.T(ctx, "sites.possible"), Tone: ui.Blue}}
		switch {
		case v.Chosen:
			l.Chip = ui.Chip{Label: i18n.T(ctx, "sites.chosen"), Tone: ui.Green}
		case len(v.Broken) > 0:
			l.Chip = ui.Chip{Label: i18n.T(ctx, "sites.forbidden"), Tone: ui.Red}
		}
		var why []string
		for _, b := range v.Broken {
			why = append(why, i18n.T(ctx, "sites.broken", "kind", i18n.T(ctx, "sites.kind."+b.Kind), "name", i18n.Said(ctx, b.Name), "n", b.Metres, "least", b.Least))
		}
		l.Against = strings.Join(why, i18n.T(ctx, "sites.semicolon"))
		out = append(out, l)
	}
	return out
}

func amounts(ctx context.Context, x map[string]int) string {
	var out []string
	for _, k := range demands {
		if x[k] > 0 {
			out = append(out, i18n.T(ctx, "sites.n."+k, "n", x[k]))
		}
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, i18n.T(ctx, "sites.comma"))
}

// compareView is two scenarios side by side.
type compareView struct {
	Two  [2]oneView
	Rows [][3]string
}

func compared(ctx context.Context, a, b Scenario) (out [][3]string) {
	lang := i18n.LangOf(ctx)
	add := func(label string, say func(Scenario) string) { out = append(out, [3]string{label, say(a), say(b)}) }
	add(asks["count"].In(lang), func(s Scenario) string { return strconv.Itoa(s.Question.Count) })
	add(asks["radius"].In(lang), func(s Scenario) string { return strconv.Itoa(s.Question.Radius) + " m" })
	for _, k := range demands {
		add(weights[k].In(lang), func(s Scenario) string { return strconv.Itoa(s.Question.Weights[k]) })
	}
	for _, k := range demands {
		add(i18n.T(ctx, "sites.of."+k), func(s Scenario) string {
			return percent(s.Plan.Before[k], s.Plan.All[k]) + " → " + percent(s.Plan.After[k], s.Plan.All[k])
		})
	}
	add(i18n.T(ctx, "sites.chosen"), func(s Scenario) string {
		var names []string
		for _, c := range s.Plan.Chosen {
			names = append(names, i18n.Said(ctx, s.Question.Names[c]))
		}
		return strings.Join(names, i18n.T(ctx, "sites.comma"))
	})
	add(i18n.T(ctx, "sites.both"), func(s Scenario) string {
		o := b
		if s.ID == b.ID {
			o = a
		}
		n := 0
		for _, c := range s.Plan.Chosen {
			if slices.Contains(o.Plan.Chosen, c) {
				n++
			}
		}
		return strconv.Itoa(n)
	})
	return out
}

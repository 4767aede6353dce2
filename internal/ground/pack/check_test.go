package pack

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/packs"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// shipped are the embedded packs, read once.
var shipped = sync.OnceValues(func() ([]*Pack, Problems) { return Resolve(must(packs.FS("weifang-ez")), packs.FS) })

// embedded returns the packs that ship, which must be whole.
func embedded(t *testing.T) []*Pack {
	t.Helper()
	list, problems := shipped()
	for _, x := range problems {
		t.Fatal(x)
	}
	if len(list) != len(packs.IDs()) || len(list[1].Warnings) > 0 {
		t.Fatalf("%d packs, warnings %v", len(list), list[1].Warnings)
	}
	return list
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func catalogueOf(t *testing.T, list []*Pack) *catalogue.Catalogue {
	t.Helper()
	var entries []catalogue.Entry
	for _, p := range list {
		for _, r := range p.Rows {
			entries = append(entries, catalogue.Entry{Kind: r.Kind, Key: r.Key, Body: r.Body})
		}
	}
	c, issues := catalogue.Build(entries)
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	return c
}

func TestEmbeddedPacksHoldTheWholeStandard(t *testing.T) {
	c := catalogueOf(t, embedded(t))
	count := map[string]int{}
	for _, kind := range []catalogue.Kind{catalogue.Component, catalogue.Event} {
		for _, x := range c.Classes(kind, time.Time{}) {
			count[fmt.Sprintf("%s %s", x.Standard, kind)]++
			if x.Standard == "GB/T 47678.5-2026" {
				count[string(kind)+" "+x.Group]++
			}
			if x.Name.ZH == "" || x.Name.EN == "" || x.GroupName.ZH == "" || x.Family.ID == "" {
				t.Errorf("%s lacks a name, a group or a family: %+v", x.ID, x)
			}
		}
	}
	want := map[string]int{
		"GB/T 47678.5-2026 component": 153, "GB/T 47678.5-2026 event": 250,
		"GB/T 30428.2-2013 component": 1, "GB/T 30428.2-2013 event": 8, "LOCAL event": 3,
		"component 01": 76, "component 02": 44, "component 03": 16, "component 04": 14, "component 05": 3,
		"event 01": 76, "event 02": 44, "event 03": 16, "event 04": 14, "event 05": 3,
		"event 06": 51, "event 07": 7, "event 08": 16, "event 09": 21, "event 10": 2,
	}
	if d := cmp.Diff(want, count); d != "" {
		t.Fatal(d)
	}
	for _, x := range c.Classes(catalogue.Event, time.Time{}) {
		part, about := c.ComponentOf(x)
		if x.Standard == "GB/T 47678.5-2026" && about != (x.Group <= "05") {
			t.Errorf("%s is about a component: %v", x.ID, about)
		}
		if about && part.Code != x.Code {
			t.Errorf("%s is about %s", x.ID, part.ID)
		}
	}
}

func TestEmbeddedLimits(t *testing.T) {
	c := catalogueOf(t, embedded(t))
	own, lines := 0, 0
	for _, x := range c.Classes(catalogue.Event, monday) {
		conds := c.Conditions(x.ID, monday)
		if len(conds) == 0 {
			t.Errorf("%s has no condition", x.ID)
		}
		mine := 0
		for _, cond := range conds {
			if cond.Provenance != catalogue.Demo || cond.Basis == "" {
				t.Errorf("%s does not say that it is a demo value: %+v", cond.ID, cond)
			}
			if cond.Filing.EN == "" || cond.Closing.EN == "" || cond.Filing.ZH == "" || cond.Closing.ZH == "" {
				t.Errorf("%s lacks a language", cond.ID)
			}
			if got, err := c.Limit(x.ID, cond.ID, monday); err != nil || got != cond.Limit {
				t.Errorf("Limit(%s) = %v, %v", cond.ID, got, err)
			}
			if !cond.Default {
				mine++
			}
		}
		lines += mine
		own += min(mine, 1)
		if mine == 0 && !conds[0].Default {
			t.Errorf("%s without a line has no default", x.ID)
		}
	}
	if own != 80 || lines != 90 {
		t.Fatalf("%d classes have %d lines of their own, want 80 and 90", own, lines)
	}
	for id, want := range map[string]struct {
		limit  catalogue.Limit
		hazard bool
	}{
		"01001-1": {catalogue.Limit{N: 2, Unit: calendar.ContinuousHour}, true},
		"01001-2": {catalogue.Limit{N: 4, Unit: calendar.WorkingHour}, false},
		"01037-1": {catalogue.Limit{N: 1, Unit: calendar.WorkingDay}, false},
		"06001-1": {catalogue.Limit{N: 48, Unit: calendar.ContinuousHour}, false},
		"02011-1": {catalogue.Limit{N: 4, Unit: calendar.ContinuousHour}, true},
		"09005-1": {catalogue.Limit{N: 2, Unit: calendar.ContinuousHour}, false},
		"10002-1": {catalogue.Limit{N: 2, Unit: calendar.WorkingHour}, true},
		"06002-1": {catalogue.Limit{N: 24, Unit: calendar.ContinuousHour}, false},
		"06003-0": {catalogue.Limit{N: 1, Unit: calendar.WorkingDay}, false},
	} {
		cond, err := c.Condition(id)
		ok(t, err)
		if cond.Limit != want.limit || cond.Hazard != want.hazard {
			t.Errorf("%s: %+v hazard %v, want %+v", id, cond.Limit, cond.Hazard, want)
		}
	}
	// All lines of 01002 are dangers, so a lesser fault takes the default.
	if conds := c.Conditions("01002", monday); len(conds) != 2 || !conds[0].Hazard || conds[1].ID != "01002-0" || conds[1].Hazard {
		t.Errorf("conditions of 01002: %+v", conds)
	}
}

func TestEmbeddedRoutesLeadSomewhere(t *testing.T) {
	list := embedded(t)
	c := catalogueOf(t, list)
	s := staffOf(list[1].Rows)
	all := staffOf(append(slices.Clone(list[0].Rows), list[1].Rows...))
	dir := people.NewDirectory(people.Division{}, all.roles, s.departments, s.accounts, nil, nil)
	desk := map[string]bool{}
	for _, p := range s.posts {
		if p.Role == "dept_desk" {
			desk[p.Department] = true
		}
	}
	streets := []string{"370799001", "370799002", "370799003", "370799004"}
	for _, x := range c.Classes(catalogue.Event, monday) {
		r, found := c.Route(x)
		if !found {
			t.Errorf("%s has no route", x.ID)
			continue
		}
		for _, street := range streets {
			dep, err := dir.Resolve(r.Department, street, monday)
			if err != nil || !desk[dep.Code] {
				t.Errorf("%s in %s goes to %q, where nobody sits: %v", x.ID, street, r.Department, err)
			}
		}
	}
	for class, want := range map[string]catalogue.Route{
		"01037": {ZoneKind: "lighting", Department: "ZM"}, "06013": {ZoneKind: "road", Department: "SZ"},
		"06014": {ZoneKind: "sweeping", Department: "HW", CoUnit: "@team"}, "02017": {ZoneKind: "road", Department: "SZ", CoUnit: "GA"},
		"09005": {Department: "@team"}, "08004": {ZoneKind: "works", Department: "@team", CoUnit: "ZJ"}, "06026": {ZoneKind: "river", Department: "SW", CoUnit: "HB"},
	} {
		x, err := c.Class(class)
		ok(t, err)
		got, _ := c.Route(x)
		got.Classes = ""
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", class, d)
		}
	}
	if d, found := c.Duty("370799001", must(c.Class("06041"))); !found || d.Department != "JD1" {
		t.Errorf("duty list: %+v", d)
	}
	if _, found := c.Duty("370799002", must(c.Class("06041"))); found {
		t.Error("a duty of one street counts in another")
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestEmbeddedFamiliesFollowTheTable(t *testing.T) {
	c := catalogueOf(t, embedded(t))
	for class, want := range map[string]string{
		"01001": "point", "01037": "lamp", "02007": "bridge", "02017": "point", "03005": "bin", "03001": "point", "04002": "green", "06022": "green",
		"06010": "litter", "06042": "bin", "06036": "goods", "06051": "surface", "06005": "building", "06019": "building", "08001": "smoke",
		"06025": "water", "07001": "advertising", "08004": "site", "09006": "hawkers", "LOCAL-FRONTAGE": "frontage", "09012": "parking",
		"LEGACY-0406": "weather", "10002": "danger", "LEGACY-0403": "other", "LOCAL-STALL": "other", "05003": "other", "C-01037": "lamp",
	} {
		if x := must(c.Class(class)); x.Family.ID != want {
			t.Errorf("family of %s is %s, want %s", class, x.Family.ID, want)
		}
	}
	if x := must(c.Class("06010")); !x.SelfFix || x.Blocking || x.Waivable || !x.Public {
		t.Errorf("flags of 06010: %+v", x)
	}
	if x := must(c.Class("06051")); !x.Blocking || x.SelfFix {
		t.Errorf("flags of 06051: %+v", x)
	}
}

func TestEmbeddedChoicesAndQuestions(t *testing.T) {
	c := catalogueOf(t, embedded(t))
	choices := c.PublicChoices(monday)
	if n := len(choices); n < 12 || n > 16 {
		t.Fatalf("%d choices, want 12 to 16", n)
	}
	if choices[0].ID != "garbage" || choices[0].Items[0].Class != "06010" {
		t.Errorf("the first choice is %+v", choices[0])
	}
	gas := c.Questions(must(c.Class("LEGACY-0402")))
	if o, found := gas[0].Outcome("yes"); !found || o.Effect != catalogue.Stop || o.Phone != "119" {
		t.Errorf("gas smell leads to %+v", o)
	}
	noise := c.Questions(must(c.Class("06028")))
	if o, _ := noise[0].Outcome("home"); o.Effect != catalogue.Redirect || o.Phone != "110" {
		t.Errorf("noise from a home leads to %+v", o)
	}
	if !noise[0].Answers("shop") || noise[0].Answers("moon") || noise[0].Answers("") {
		t.Error("the noise question takes the wrong answers")
	}
	for text, want := range map[string]string{"06010": "06010", "0505": "09005", "路灯": "01037", "pothole": "06013", "小广告": "07001", "井盖缺失": "01001", "barbecue": "06029"} {
		found := c.Search(text, monday, 20)
		if !slices.ContainsFunc(found, func(x catalogue.Class) bool { return x.ID == want }) {
			t.Errorf("%q does not find %s among %d", text, want, len(found))
		}
	}
	if got := c.Search("  ", monday, 5); got != nil {
		t.Errorf("an empty search finds %d", len(got))
	}
}

func TestEveryRoleOfTheIncidentIsHeldAndTheWallStands(t *testing.T) {
	list := embedded(t)
	s := staffOf(append(slices.Clone(list[0].Rows), list[1].Rows...))
	held := map[string]int{}
	for _, p := range s.posts {
		held[p.Role]++
	}
	for _, role := range []string{"collector", "acceptor", "shift_leader", "dispatcher", "dept_desk", "handler", "officer", "supervisor", "leader", "admin", "reviewer", "privacy_officer"} {
		if held[role] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
	for _, a := range s.accounts {
		if !strings.HasPrefix(a.Name, "演示·") {
			t.Errorf("%s does not say that it is made up", a.Name)
		}
	}
	for _, d := range s.departments {
		if d.Provenance != "real" && !strings.Contains(d.Name.ZH, "演示") {
			t.Errorf("%s does not say that it is made up", d.Name.ZH)
		}
	}
}

func TestBrokenPackNamesEverything(t *testing.T) {
	base := embedded(t)[0]
	dir := fstest.MapFS{}
	for name, text := range map[string]string{
		"pack.yaml": `pack: broken
version: "1"
title: {zh: 坏的, en: Broken}
licence: none
depends: [cn-base, elsewhere]
files:
  conditions: [standards.csv]
  departments: [departments.csv, missing.csv]
  accounts: [people.csv]
  posts: [posts.csv]
  routes: [routing.csv]
  settings: [settings.yaml]
  questions: [questions.yaml]
  procedures: ["procedures/*.yaml"]
  workdays: [days.csv]
  magic: [x.csv]
`,
		"standards.csv": "id,class,filing_zh,filing_en,limit,unit,closing_zh,closing_en,basis,provenance\n" +
			"1,99999,a,a,2,work_day,b,b,x,demo\n" + // 2: class
			"2,06010,a,a,zero,fortnight,b,b,x,guess\n" + // 3: number, unit, provenance
			"3,06010,a,,2,work_day,b,b,x,demo\n" + // 4: filing_en empty
			"4,06010,a,a,2,work_day,b,b,x,demo\n" +
			"4,06010,a,a,2,work_day,b,b,x,demo\n", // 6: twice
		"departments.csv": "code,name_zh,name_en,colour,kind\nA,甲,A,red,section\n", // 1: colour
		"people.csv":      "login,name,department\nUPPER,某人,\nok1,某人,NOWHERE\n",
		"posts.csv":       "login,role,department,valid_from,valid_to\nok1,acceptor,,,\nok1,handler,,,\nnobody,mayor,,2026-02-30,\n",
		"routing.csv":     "classes,department\n06010,@team\n77777,@team\n06012,QQ\n06013,@team,x,y,z\n\"06014,@team\n",
		"settings.yaml":   "axis.strict: maybe\nno.such: 1\n",
		"questions.yaml": "- id: a\n  classes: \"06010\"\n  ask: {zh: 问, en: Ask}\n  type: bool\n  colour: red\n" +
			"- id: b\n  classes: \"06010\"\n  ask: {zh: 问, en: Ask}\n  type: enum\n",
		"days.csv":          "date,type,name_zh,name_en,status,source\n2026-02-30,off,,,official,\n2026-10-01,rest,,,official,\n",
		"procedures/p.yaml": "procedure: incident\n",
	} {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	_, problems := Check(dir, base)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Key))
	}
	want := []string{
		"days.csv:2 pack.workdays_bad",
		"days.csv:3 pack.workdays_bad",
		"departments.csv:1 pack.column_unknown",
		"pack.yaml:0 pack.depends_missing",
		"pack.yaml:0 pack.file_missing",
		"pack.yaml:0 pack.files_unknown",
		"people.csv:2 people.login_shape",
		"people.csv:3 people.department_unknown",
		"posts.csv:3 people.wall",
		"posts.csv:4 pack.login_unknown",
		"posts.csv:4 people.period_bad",
		"posts.csv:4 people.role_unknown",
		"procedures/p.yaml:1 pack.procedure_head",
		"questions.yaml:5 pack.yaml_broken",
		"questions.yaml:6 catalogue.question_bad",
		"routing.csv:3 catalogue.class_unknown",
		"routing.csv:4 people.department_unknown",
		"routing.csv:5 pack.too_many_fields",
		"routing.csv:6 pack.csv_broken",
		"settings.yaml:1 pack.setting_value",
		"settings.yaml:2 pack.setting_unknown",
		"standards.csv:2 catalogue.class_unknown",
		"standards.csv:3 catalogue.limit_bad",
		"standards.csv:3 pack.number",
		"standards.csv:3 pack.provenance_limit",
		"standards.csv:4 pack.field_empty",
		"standards.csv:6 pack.row_twice",
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	words := must(i18n.Load(Words, people.Words, catalogue.Words))
	for _, p := range problems {
		for _, l := range []i18n.Lang{i18n.ZH, i18n.EN} {
			if line := p.Text(words, l); strings.ContainsAny(line, "⟨{") || !strings.HasPrefix(line, p.File) {
				t.Errorf("the problem reads %q", line)
			}
		}
	}
}

func TestSettings(t *testing.T) {
	s := NewSettings(map[string]string{"delay.max": "5", "axis.strict": "perhaps", "no.such": "1"})
	if s.Int("delay.max") != 5 || !s.Bool("axis.strict") || s.Duration("photo.collector_report_age") != 30*time.Minute || s.Text("rework_clock") != "half" {
		t.Errorf("settings: %+v", s.values)
	}
	for _, d := range Definitions() {
		if !d.Accepts(d.Default) || d.Title.ZH == "" || d.Title.EN == "" {
			t.Errorf("setting %s has a default that does not fit, or no title", d.Key)
		}
	}
	hours := Definition{Type: TypeHours}
	for value, want := range map[string]bool{"08:30-12:00 13:30-17:30": true, "": false, "8-12": false, "12:00-08:00": false, "08:00-12:00 11:00-17:00": false} {
		if hours.Accepts(value) != want {
			t.Errorf("hours %q accepted: %v", value, !want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown key must not pass silently")
		}
	}()
	s.Int("axis.strict")
}

func TestReadmeNamesEveryColumn(t *testing.T) {
	text := string(must(os.ReadFile("../../../packs/README.md")))
	for kind, s := range sheets() {
		_, row, found := strings.Cut(text, "\n| "+kind+" |")
		row, _, _ = strings.Cut(row, "\n")
		if !found {
			t.Errorf("packs/README.md does not tell of %s", kind)
		}
		for _, c := range s.columns {
			name := c.name
			if c.empty {
				name += "?"
			}
			if !strings.Contains(row+",", " "+name+",") && !strings.Contains(row, " "+name+" ") {
				t.Errorf("packs/README.md: %s lacks %s", kind, name)
			}
		}
	}
}

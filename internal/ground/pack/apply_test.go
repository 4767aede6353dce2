package pack

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

// city is a division to which the embedded packs were applied.
type city struct {
	*Service
	t         *testing.T
	db        *dbx.DB
	people    *people.Service
	catalogue *catalogue.Service
	div       people.Division
	sys       people.Actor
	admin     people.Actor
}

func each(t *testing.T, fn func(t *testing.T, c *city)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, newCity(t, db)) }, migrationsOfGround()...)
}

func newCity(t *testing.T, db *dbx.DB) *city {
	t.Helper()
	ctx, clk := context.Background(), clock.At(monday)
	c := &city{Service: New(db, clk), t: t, db: db, catalogue: catalogue.New(db, clk)}
	c.people = people.New(db, clk, c.Strict)
	var err error
	c.div, err = c.people.EnsureDivision(ctx, people.Division{Key: "weifang-ez", Code: "370799", Name: i18n.Text{ZH: "演示区", EN: "Demo zone"}})
	ok(t, err)
	c.sys = people.SystemActor(c.div.ID)
	for _, p := range embedded(t) {
		rep, err := c.Apply(ctx, c.sys, p)
		ok(t, err)
		if !rep.Changed() {
			t.Fatalf("applying %s changed nothing", p.ID)
		}
	}
	dir, err := c.people.Directory(ctx, c.div.ID)
	ok(t, err)
	c.admin, err = dir.Actor(must(dir.ByLogin("admin")).ID, monday)
	ok(t, err)
	return c
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		for _, p := range embedded(t) {
			diff, err := c.Diff(ctx, p, c.div.ID)
			ok(t, err)
			if len(diff) > 0 {
				t.Fatalf("%s differs after it was applied: %+v", p.ID, diff[0])
			}
			rep, err := c.Apply(ctx, c.sys, p)
			ok(t, err)
			if rep.Changed() || len(rep.Changes) > 0 {
				t.Fatalf("the second apply of %s changed %+v", p.ID, rep.Changes)
			}
		}
		cat, err := c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		if n := len(cat.Classes(catalogue.Event, monday)); n != 250+6+3 {
			t.Fatalf("%d active event classes in the database", n)
		}
		again, err := c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		if again != cat {
			t.Fatal("an unchanged catalogue was read again")
		}
	})
}

func TestLocalChangesSurviveApply(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		weifang := embedded(t)[1]
		cat, err := c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		cond, err := cat.Condition("06010-1")
		ok(t, err)
		cond.Limit, cond.Provenance = catalogue.Limit{N: 3, Unit: calendar.WorkingHour}, catalogue.Official
		ok(t, c.catalogue.SaveCondition(ctx, c.admin, cond))
		ok(t, c.SaveSetting(ctx, c.admin, "contact.phone", "0536-12345"))
		dir, err := c.people.Directory(ctx, c.div.ID)
		ok(t, err)
		dep, err := dir.Department("HW")
		ok(t, err)
		dep.Phone = "0536-1111111"
		ok(t, c.people.SaveDepartment(ctx, c.admin, dep))

		diff, err := c.Diff(ctx, weifang, c.div.ID)
		ok(t, err)
		var got []string
		for _, d := range diff {
			got = append(got, fmt.Sprintf("%s %s %s by %s", d.Action, d.Kind, d.Key, d.By))
		}
		want := []string{"kept condition 06010-1 by 演示·管理员", "kept department HW by 演示·管理员", "kept setting contact.phone by 演示·管理员"}
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		rep, err := c.Apply(ctx, c.sys, weifang)
		ok(t, err)
		if rep.Changed() || len(rep.Changes) != 3 {
			t.Fatalf("apply touched local changes: %+v", rep.Changes)
		}
		cat, err = c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		if got, _ := cat.Condition("06010-1"); got.Limit.N != 3 || got.Provenance != catalogue.Official {
			t.Fatalf("the local limit was overwritten: %+v", got)
		}
		set, err := c.Settings(ctx, c.div.ID)
		ok(t, err)
		if set.Text("contact.phone") != "0536-12345" {
			t.Fatal("the local setting was overwritten")
		}

		ok(t, c.catalogue.Revert(ctx, c.admin, catalogue.KindCondition, "06010-1"))
		cat, err = c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		if got, _ := cat.Condition("06010-1"); got.Limit.N != 4 {
			t.Fatalf("revert did not bring the pack's limit back: %+v", got)
		}
		left, err := c.catalogue.LocalChanges(ctx, c.div.ID)
		ok(t, err)
		if len(left) != 0 {
			t.Fatalf("local changes left: %+v", left)
		}
	})
}

// small is a pack with a class, a department, a person and a setting.
func small(version, standards, departments, accounts, posts, settings string) fstest.MapFS {
	return fstest.MapFS{
		"pack.yaml": {Data: []byte("pack: small\nversion: \"" + version + "\"\ntitle: {zh: 小, en: Small}\nlicence: x\ndepends: [cn-base]\nfiles:\n" +
			"  conditions: [s.csv]\n  departments: [d.csv]\n  accounts: [a.csv]\n  posts: [p.csv]\n  settings: [set.yaml]\n  procedures: [\"*.proc.yaml\"]\n")},
		"s.csv":    {Data: []byte("id,class,filing_zh,filing_en,limit,unit,closing_zh,closing_en,basis,provenance\n" + standards)},
		"d.csv":    {Data: []byte("code,name_zh,name_en,kind,provenance\n" + departments)},
		"a.csv":    {Data: []byte("login,name,department\n" + accounts)},
		"p.csv":    {Data: []byte("login,role,department\n" + posts)},
		"set.yaml": {Data: []byte(settings)},
	}
}

func TestANewVersionAddsChangesAndRemoves(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		base := embedded(t)[0]
		one, problems := Check(small("1", "x-1,06003,甲,a,2,work_day,乙,b,own,demo\nx-2,06003,丙,c,3,work_day,丁,d,own,demo\n",
			"N1,新一,New one,section,synthetic\nN2,新二,New two,section,synthetic\n", "new1,演示·新一,N1\nnew2,演示·新二,N2\n", "new1,handler,N1\nnew2,handler,N2\n", "delay.max: 1\n"), base)
		ok(t, problems.Err())
		_, err := c.Apply(ctx, c.sys, one)
		ok(t, err)
		set, err := c.Settings(ctx, c.div.ID)
		ok(t, err)
		if set.Int("delay.max") != 1 {
			t.Fatal("the pack's setting is not in force")
		}

		two, problems := Check(small("2", "x-1,06003,甲,a,5,work_day,乙,b,own,demo\n", "N1,新一,Newer one,section,synthetic\n",
			"new1,演示·新一,N1\n", "new1,officer,N1\n", "axis.strict: true\n"), base)
		ok(t, problems.Err())
		rep, err := c.Apply(ctx, c.sys, two)
		ok(t, err)
		var got []string
		for _, d := range rep.Changes {
			got = append(got, fmt.Sprintf("%s %s %s", d.Action, d.Kind, d.Key))
		}
		slices.Sort(got)
		want := []string{"add post new1/officer/N1/", "add setting axis.strict", "change condition x-1", "change department N1",
			"remove account new2", "remove condition x-2", "remove department N2", "remove post new1/handler/N1/", "remove post new2/handler/N2/", "remove setting delay.max"}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		dir, err := c.people.Directory(ctx, c.div.ID)
		ok(t, err)
		if must(dir.ByLogin("new2")).Active || must(dir.Department("N2")).Holds(monday) || must(dir.Department("N1")).Name.EN != "Newer one" {
			t.Fatal("what is gone is still in force, or the change did not arrive")
		}
		if a := must(dir.Actor(must(dir.ByLogin("new1")).ID, monday)); !slices.Equal(a.Roles(), []string{"officer"}) {
			t.Fatalf("roles after the change: %v", a.Roles())
		}
		cat, err := c.catalogue.Catalogue(ctx, c.div.ID)
		ok(t, err)
		if conds := cat.Conditions("06003", monday); len(conds) != 1 || conds[0].Limit.N != 5 {
			t.Fatalf("conditions: %+v", conds)
		}
		rep, err = c.Apply(ctx, c.sys, two)
		ok(t, err)
		if rep.Changed() {
			t.Fatalf("the second apply changed %+v", rep.Changes)
		}
	})
}

func TestApplyRefusesAndThenNothingIsThere(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		base := embedded(t)[0]
		dir := small("1", "", "", "new1,演示·新一,\n", "new1,handler,\n", "")
		dir["a.proc.yaml"] = &fstest.MapFile{Data: []byte("procedure: work\nversion: 1\n")}
		p, problems := Check(dir, base)
		ok(t, problems.Err())

		caiji := must(must(c.people.Directory(ctx, c.div.ID)).ByLogin("caiji1"))
		plain := must(c.people.Actor(ctx, c.div.ID, caiji.ID, monday))
		_, err := c.Apply(ctx, plain, p)
		if !fault.Is(err, fault.Forbidden) {
			t.Fatalf("a collector applied a pack: %v", err)
		}
		lonely, err := c.people.EnsureDivision(ctx, people.Division{Key: "lonely", Name: i18n.Text{ZH: "空区", EN: "Empty"}})
		ok(t, err)
		_, err = c.Apply(ctx, people.SystemActor(lonely.ID), p)
		if e := fault.As(err); e == nil || e.Key != "pack.depends_missing" {
			t.Fatalf("applied without cn-base: %v", err)
		}

		_, err = c.Apply(ctx, c.sys, p)
		ok(t, err)
		procs, err := c.Procedures(ctx, c.div.ID)
		ok(t, err)
		if i := slices.IndexFunc(procs, func(p Procedure) bool { return p.ID == "work" }); i < 0 || procs[i].Version != 1 || string(procs[i].Body) != "procedure: work\nversion: 1\n" {
			t.Fatalf("procedures: %+v", procs)
		}
		// The wall: somebody outside the pack gave new1 a supervision post since.
		acc := must(must(c.people.Directory(ctx, c.div.ID)).ByLogin("new1"))
		ok(t, c.people.EndPost(ctx, c.admin, must(c.people.Directory(ctx, c.div.ID)).Posts(acc.ID)[0].ID))
		_, err = c.people.SavePost(ctx, c.admin, people.Post{Account: acc.ID, Role: "acceptor"})
		ok(t, err)
		bad, problems := Check(small("2", "x-9,06003,甲,a,2,work_day,乙,b,own,demo\n", "", "new1,演示·新一,\n", "new1,dispatcher,\n", ""), base)
		ok(t, problems.Err())
		_, err = c.Apply(ctx, c.sys, bad)
		if e := fault.As(err); e == nil || e.Key != "people.wall" {
			t.Fatalf("the wall did not stand: %v", err)
		}
		cat := must(c.catalogue.Catalogue(ctx, c.div.ID))
		if _, err := cat.Condition("x-9"); !fault.Is(err, fault.NotFound) {
			t.Fatal("half of a refused pack was applied")
		}
		dir["a.proc.yaml"] = &fstest.MapFile{Data: []byte("procedure: work\nversion: 1\n# changed\n")}
		p, problems = Check(dir, base)
		ok(t, problems.Err())
		_, err = c.Apply(ctx, c.sys, p)
		if e := fault.As(err); e == nil || e.Key != "pack.procedure_changed" {
			t.Fatalf("a version changed its text: %v", err)
		}
	})
}

func TestSaveClassAndSettingRefuse(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		cat := must(c.catalogue.Catalogue(ctx, c.div.ID))
		x := must(cat.Class("06038"))
		x.Retired, x.Department = true, "JD1"
		ok(t, c.catalogue.SaveClass(ctx, c.admin, x))
		cat = must(c.catalogue.Catalogue(ctx, c.div.ID))
		x = must(cat.Class("06038"))
		if r, _ := cat.Route(x); x.Active(monday) || r.Department != "JD1" {
			t.Fatalf("the class is %+v, route %+v", x, r)
		}
		local := catalogue.Class{ID: "LOCAL-TREE", Key: catalogue.Key{Standard: "LOCAL", Kind: catalogue.Event, Code: "TREE"}, Group: "LOCAL", Name: i18n.Text{ZH: "树挂", EN: "Things in trees"}}
		ok(t, c.catalogue.SaveClass(ctx, c.admin, local))
		local.ID, local.Standard = "06099", "GB/T 47678.5-2026"
		wants := map[string]error{
			"catalogue.local_range":   c.catalogue.SaveClass(ctx, c.admin, local),
			"catalogue.condition_bad": c.catalogue.SaveCondition(ctx, c.admin, catalogue.Condition{ID: "q"}),
			"catalogue.class_unknown": c.catalogue.SaveCondition(ctx, c.admin, catalogue.Condition{ID: "q", Class: "none", Filing: x.Name, Closing: x.Name, Basis: "b", Limit: catalogue.Limit{N: 1, Unit: calendar.WorkingDay}}),
			"people.role_needed":      c.catalogue.SaveClass(ctx, people.Actor{Division: c.div.ID}, x),
			"pack.setting_value":      c.SaveSetting(ctx, c.admin, "delay.max", "many"),
			"fault.not_found":         c.SaveSetting(ctx, c.admin, "no.such", "1"),
		}
		for key, err := range wants {
			if e := fault.As(err); e == nil || e.Key != key {
				t.Errorf("want %s, got %v", key, err)
			}
		}
		ok(t, c.SaveSetting(ctx, c.admin, "axis.strict", "false"))
		if strict, err := c.Strict(ctx, c.div.ID); err != nil || strict {
			t.Fatalf("strict = %v, %v", strict, err)
		}
	})
}

func TestWorkbook(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		dir := must(c.people.Directory(ctx, c.div.ID))
		for _, l := range []i18n.Lang{i18n.ZH, i18n.EN} {
			var buf bytes.Buffer
			ok(t, Template(&buf, dir, l))
			f := must(excelize.OpenReader(&buf))
			sheets := map[i18n.Lang][]string{i18n.ZH: {"部门", "人员", "岗位", "网格", "证件"}, i18n.EN: {"departments", "people", "posts", "grids", "certificates"}}[l]
			suffix := map[i18n.Lang]string{i18n.ZH: "zh", i18n.EN: "en"}[l]
			set := func(sheet string, row int, cells ...string) {
				ok(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells))
			}
			set(sheets[0], 2, "X"+suffix, "新科室", "New section", "ZHZF", "section")
			set(sheets[1], 2, "wb."+suffix, "演示·表格", "X"+suffix, "", "是")
			grid := "37079900100199" + map[i18n.Lang]string{i18n.ZH: "1", i18n.EN: "2"}[l]
			set(sheets[3], 2, grid, "新网格", "New grid", "119.300000 36.900000; 119.301 36.9; 119.301,36.901；119.3 36.901", "synthetic")
			set(sheets[2], 3, "wb."+suffix, "handler", "X"+suffix, "370799001")
			kind := map[i18n.Lang]string{i18n.ZH: "执法证", i18n.EN: "enforcement"}[l]
			set(sheets[4], 2, "wb."+suffix, kind, "0001", "演示发证机关", "", "2026-01-01", "")
			var out bytes.Buffer
			ok(t, f.Write(&out))
			wb, problems := ReadWorkbook(&out)
			ok(t, problems.Err())
			problems, err := c.Import(ctx, c.admin, wb)
			ok(t, err)
			ok(t, problems.Err())
			now := must(c.people.Directory(ctx, c.div.ID))
			acc := must(now.ByLogin("wb." + suffix))
			if a := must(now.Actor(acc.ID, monday)); !a.HasIn("handler", "370799001001001") || a.HasIn("handler", "370799002001001") || !acc.Local || !a.Certified(people.Enforcement) {
				t.Fatalf("imported %+v", a)
			}
			m := must(place.New(c.db).Map(ctx, c.div.ID))
			if got, found := m.Code(grid, monday); !found || got.Parent != "370799001001" {
				t.Fatalf("grid %s: %+v %v", grid, got, found)
			}
		}
		diff, err := c.Diff(ctx, embedded(t)[1], c.div.ID)
		ok(t, err)
		if len(diff) != 0 {
			t.Fatalf("a workbook's rows trouble the pack: %+v", diff)
		}
	})
}

func TestBrokenWorkbookNamesSheetAndRow(t *testing.T) {
	ctx := context.Background()
	c := newCity(t, dbtest.SQLite(t, migrationsOfGround()...))
	f := excelize.NewFile()
	for sheet, rows := range map[string][][]string{
		"人员": {{"账号", "姓名", "部门编码"}, {"a1", "甲", "NOWHERE"}, {}, {"a1", "乙", ""}},
		"岗位": {{"账号", "岗位"}, {"shouli1", "handler"}, {"ghost", "acceptor"}, {"a1", ""}},
		"工资": {{"x"}},
		"网格": {{"编码", "名称", "边界（经度 纬度; …）"}, {"370799", "短", "119 36; 119.1 36; 119.1 36.1"}, {"370799001001001", "无边", "119 36"}},
		"部门": {{"编码", "名称"}},
	} {
		_, err := f.NewSheet(sheet)
		ok(t, err)
		for i, row := range rows {
			ok(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row))
		}
	}
	ok(t, f.DeleteSheet("Sheet1"))
	var buf bytes.Buffer
	ok(t, f.Write(&buf))
	wb, problems := ReadWorkbook(&buf)
	more, err := c.Import(ctx, c.admin, wb)
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("imported: %v", err)
	}
	var got []string
	for _, p := range append(problems, more...) {
		got = append(got, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Key))
	}
	slices.Sort(got)
	want := []string{"人员:2 people.department_unknown", "人员:4 pack.row_twice", "岗位:2 people.wall", "岗位:3 pack.login_unknown", "岗位:4 pack.field_empty",
		"工资:0 pack.sheet_unknown", "网格:2 place.code_length", "网格:3 pack.border", "部门:1 pack.column_missing", "部门:1 pack.column_missing"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if _, problems := ReadWorkbook(bytes.NewReader([]byte("PK no"))); len(problems) != 1 || problems[0].Key != "pack.workbook_broken" {
		t.Fatalf("a broken file: %v", problems)
	}
}

func TestPracticeDivisionTakesTheSamePacks(t *testing.T) {
	ctx := context.Background()
	c := newCity(t, dbtest.SQLite(t, migrationsOfGround()...))
	d, err := c.people.EnsureDivision(ctx, people.Division{Key: "weifang-ez-practice", Name: i18n.Text{ZH: "练习", EN: "Practice"}, Practice: true})
	ok(t, err)
	for _, p := range embedded(t) {
		_, err := c.Apply(ctx, people.SystemActor(d.ID), p)
		ok(t, err)
	}
	mine, theirs := must(c.people.Directory(ctx, c.div.ID)), must(c.people.Directory(ctx, d.ID))
	if must(mine.ByLogin("admin")).ID == must(theirs.ByLogin("admin")).ID || len(theirs.Posts(id.ID{})) != len(mine.Posts(id.ID{})) {
		t.Fatal("the practice division shares people with the real one, or lacks some")
	}
}

func migrationsOfGround() []dbx.Migration {
	return []dbx.Migration{calendar.Migration, place.Migration, people.Migration, catalogue.Migration, Migration}
}

func TestTheHolidayTableArrivesAndALocalNoticeStays(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		days := calendar.New(c.db, nil)
		cal := must(days.Calendar(ctx, c.div.ID, calendar.Desk))
		if !cal.Official(2026) || cal.Official(2027) || cal.Works(must(calendar.ParseDate("2026-10-01"))) || !cal.Works(must(calendar.ParseDate("2026-10-10"))) {
			t.Fatal("the table of the pack is not in force")
		}
		ok(t, c.SaveSetting(ctx, c.admin, "calendar.desk", "09:00-17:00"))
		cal = must(days.Calendar(ctx, c.div.ID, calendar.Desk))
		if got := cal.Open(must(calendar.ParseDate("2026-11-23"))); got.Hour() != 9 {
			t.Fatalf("the desk opens at %v", got)
		}
		ok(t, c.db.Write(ctx, func(tx *dbx.Tx) error {
			return calendar.Import(ctx, tx, c.div.ID, 2027, []calendar.Day{{Date: must(calendar.ParseDate("2027-01-01")), Off: true, Official: true}})
		}))
		dir, err := packs.FS("cn-base")
		ok(t, err)
		p, problems := Check(dir)
		ok(t, problems.Err())
		p.Workdays[0].Body = append(p.Workdays[0].Body, "2027-05-03,off,劳动节,Labour Day,statutory-only,x\n"...)
		rep, err := c.Apply(ctx, c.sys, p)
		ok(t, err)
		if !rep.Changed() {
			t.Fatal("a longer table changed nothing")
		}
		if cal = must(days.Calendar(ctx, c.div.ID, calendar.Desk)); !cal.Official(2027) {
			t.Fatal("the pack's statutory days replaced the notice imported here")
		}
	})
}

func TestLayersArriveAndWhatIsGoneGoes(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, c *city) {
		at := must(place.New(c.db).Map(ctx, c.div.ID)).Locate(geo.Point{Lng: 119.10, Lat: 36.76}, monday)
		if !at.Inside || len(at.Grid) != 15 {
			t.Fatalf("the middle of the zone is %+v", at)
		}
		dir := fstest.MapFS{"pack.yaml": {Data: []byte("pack: map\nversion: \"1\"\ntitle: {zh: 图, en: Map}\nlicence: x\ndepends: [cn-base]\nfiles:\n  layers: [a.geojson, b.geojson]\n")}}
		site := func(code string) string {
			return `{"type":"Feature","properties":{"layer":"site","code":"` + code + `","name_zh":"点","name_en":"Site","kind":"park","provenance":"synthetic"},"geometry":{"type":"Point","coordinates":[119.1,36.75]}}`
		}
		collection := func(list ...string) *fstest.MapFile {
			return &fstest.MapFile{Data: []byte("{\"type\":\"FeatureCollection\",\"features\":[\n" + strings.Join(list, ",\n") + "\n]}")}
		}
		apply := func() {
			t.Helper()
			p, problems := Check(dir, embedded(t)[0])
			ok(t, problems.Err())
			must(c.Apply(ctx, c.sys, p))
		}
		has := func(want ...bool) {
			t.Helper()
			m := must(place.New(c.db).Map(ctx, c.div.ID))
			for i, code := range []string{"x1", "x2", "x3"} {
				if found := slices.ContainsFunc(m.Features(monday), func(f place.Feature) bool { return f.Code == code }); found != want[i] {
					t.Fatalf("%s is there: %v", code, found)
				}
			}
		}
		dir["a.geojson"], dir["b.geojson"] = collection(site("x1"), site("x2")), collection()
		apply()
		has(true, true, false)
		dir["a.geojson"], dir["b.geojson"] = collection(site("x1"), site("x3")), collection(site("x2"))
		apply()
		has(true, true, true)
		dir["b.geojson"] = collection()
		apply()
		has(true, false, true)

		dir["a.geojson"] = collection(site("x1"), `{"type":"Feature","properties":{"layer":"moon"},"geometry":{"type":"Point","coordinates":[119.1,36.75]}}`,
			`{"type":"Feature","properties":{"layer":"zone","code":"z","kind":"road","department":"NOBODY","name_zh":"片","name_en":"Zone","provenance":"synthetic"},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.1,36],[119.1,36.1],[119,36]]]}}`)
		_, problems := Check(dir, embedded(t)[0])
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%s:%d %s", p.File, p.Line, p.Key))
		}
		if d := cmp.Diff([]string{"a.geojson:3 place.layer", "a.geojson:4 people.department_unknown"}, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestResolveBringsDependenciesFirst(t *testing.T) {
	dir := must(packs.FS("weifang-ez"))
	list, problems := Resolve(dir, packs.FS)
	ok(t, problems.Err())
	if len(list) != 2 || list[0].ID != "cn-base" || list[1].Division.Key != "weifang-ez" {
		t.Fatalf("resolved %d packs", len(list))
	}
	broken := fstest.MapFS{"pack.yaml": {Data: []byte("pack: cn-base\nversion: x\n")}}
	_, problems = Resolve(dir, func(string) (fs.FS, error) { return broken, nil })
	if len(problems) == 0 || problems[0].File != "cn-base/pack.yaml" {
		t.Fatalf("problems of a dependency: %v", problems)
	}
	circle := fstest.MapFS{"pack.yaml": {Data: []byte("pack: a\nversion: x\ntitle: {zh: 甲, en: A}\nlicence: x\ndepends: [a]\n")}}
	if _, problems = Resolve(circle, func(string) (fs.FS, error) { return circle, nil }); len(problems) != 1 || problems[0].Key != "pack.depends_missing" {
		t.Fatalf("a circle: %v", problems)
	}
}

// BenchmarkApply applies both embedded packs to an empty division.
func BenchmarkApply(b *testing.B) {
	var list []*Pack
	rows := 0
	for _, name := range packs.IDs() {
		p, problems := Check(must(packs.FS(name)), list...)
		if err := problems.Err(); err != nil {
			b.Fatal(err)
		}
		list = append(list, p)
		rows += len(p.Rows)
	}
	db := dbtest.SQLite(b, migrationsOfGround()...)
	s, who, ctx := New(db, clock.System()), people.New(db, clock.System(), nil), context.Background()
	for n := 0; b.Loop(); n++ {
		d := must(who.EnsureDivision(ctx, people.Division{Key: fmt.Sprint("d", n), Name: i18n.Text{ZH: "区", EN: "Zone"}}))
		for _, p := range list {
			must(s.Apply(ctx, people.SystemActor(d.ID), p))
		}
	}
	b.ReportMetric(float64(rows), "rows")
}

package register_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

const head = "kind,number,matter,holder,place,lng,lat,from,to,state,issuer,provenance\n"

// permits is a register such as duties have.
var permits = register.Kind{ID: "permit", Key: []string{"kind", "number"}, Words: []string{"number", "holder", "place", "matter"}, Columns: []register.Column{
	{Name: "kind", ZH: "许可种类", Required: true}, {Name: "number", ZH: "许可证号", Required: true}, {Name: "matter", ZH: "许可内容", Required: true},
	{Name: "holder", ZH: "被许可人", Required: true}, {Name: "holder_code", ZH: "统一社会信用代码"}, {Name: "place", ZH: "地点", Required: true},
	{Name: register.Lng, ZH: "经度"}, {Name: register.Lat, ZH: "纬度"}, {Name: "from", ZH: "有效期起", Required: true}, {Name: "to", ZH: "有效期止"},
	{Name: "state", ZH: "状态", Required: true}, {Name: "issuer", ZH: "发证机关", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) []register.Problem {
		out := c.Days("from", "to")
		for name, allowed := range map[string]string{"kind": "occupation digging", "state": "valid revoked"} {
			if !slices.Contains(strings.Fields(allowed), c[name]) {
				out = append(out, register.Wrong("register.word", "column", name, "said", c[name]))
			}
		}
		return out
	}}

func file(lines ...string) register.File {
	return register.File{Name: "permits.csv", Body: []byte(head + strings.Join(lines, "\n") + "\n")}
}

const one = "occupation,A-1,占道,某店,新华路,119.1421,36.7682,2026-11-01,2026-12-15,valid,审批局,real"

func each(t *testing.T, fn func(t *testing.T, s *register.Service, db *dbx.DB, admin people.Actor)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		fn(t, register.New(db, clock.At(monday)), db, people.SystemActor(id.New()))
	}, register.Migration)
}

func ok[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAFileComesInWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, s *register.Service, db *dbx.DB, admin people.Actor) {
		ctx := context.Background()
		bad := ok[register.Plan](t)(s.Import(ctx, admin, permits, file(one, "flying,A-2,x,y,z,,,2026-13-01,,valid,q,real", "occupation,,x,y,z,119,,2026-01-01,,valid,q,real", one)))
		lines := map[int]bool{}
		for _, p := range bad.Problems {
			lines[p.Line] = true
		}
		if bad.Done || !lines[3] || !lines[4] || !lines[5] || lines[2] {
			t.Errorf("%+v", bad)
		}
		if list := ok[[]register.Row](t)(register.All(ctx, db, admin.Division, permits)); len(list) != 0 {
			t.Error("half a file was written")
		}
		if p := ok[register.Plan](t)(s.Import(ctx, admin, permits, file(one))); !p.Done || p.Added != 1 {
			t.Errorf("%+v", p)
		}
		if p := ok[register.Plan](t)(s.Import(ctx, admin, permits, file(strings.Replace(one, "某店", "另一店", 1)))); p.Changed != 1 {
			t.Errorf("%+v", p)
		}
		if p := ok[register.Plan](t)(s.Import(ctx, admin, permits, file(strings.Replace(one, "某店", "另一店", 1)))); p.Same != 1 || p.Changed != 0 {
			t.Errorf("%+v", p)
		}
		h := ok[[]register.Change](t)(register.History(ctx, db, admin.Division, permits, "occupation|A-1"))
		if len(h) != 2 || h[0].Old["holder"] != "某店" || h[0].New["holder"] != "另一店" || len(h[0].New) != 1 || h[0].Why != "permits.csv" {
			t.Errorf("%+v", h)
		}
		if _, err := s.Import(ctx, people.Actor{Division: admin.Division}, permits, file(one)); !fault.Is(err, fault.Forbidden) {
			t.Error("anybody may import:", err)
		}
		other := people.SystemActor(id.New())
		if _, err := register.Find(ctx, db, other.Division, permits, "occupation|A-1"); !fault.Is(err, fault.NotFound) {
			t.Error("another division reads it:", err)
		}
	})
}

func TestRowsAreFoundByWordAndPlace(t *testing.T) {
	each(t, func(t *testing.T, s *register.Service, db *dbx.DB, admin people.Actor) {
		ctx := context.Background()
		far := strings.NewReplacer("A-1", "A-2", "119.1421", "119.1500", "某店", "100%店").Replace(one)
		unplaced := strings.NewReplacer("A-1", "A-3", "119.1421,36.7682", ",").Replace(one)
		ok[register.Plan](t)(s.Import(ctx, admin, permits, file(one, far, unplaced)))
		for text, want := range map[string]int{"": 3, "a-1": 1, "某店": 2, "100%": 1, "_": 0, "新华": 3} {
			list, _, err := register.Search(ctx, db, admin.Division, permits, text, "", 10)
			if err != nil || len(list) != want {
				t.Errorf("%q: %d, %v", text, len(list), err)
			}
		}
		list, next, err := register.Search(ctx, db, admin.Division, permits, "", "", 2)
		if err != nil || len(list) != 2 || next != list[1].Code {
			t.Error(len(list), next, err)
		}
		if list, next, err = register.Search(ctx, db, admin.Division, permits, "", next, 2); err != nil || len(list) != 1 || next != "" {
			t.Error(len(list), next, err)
		}
		here := geo.Offset(geo.Point{Lat: 36.7682, Lng: 119.1421}, 49, 0)
		if near := ok[[]register.Near](t)(register.Around(ctx, db, admin.Division, permits, here, 50)); len(near) != 1 || near[0].Cells["number"] != "A-1" || near[0].Metres < 48 || near[0].Metres > 50 {
			t.Errorf("%+v", near)
		}
		if near := ok[[]register.Near](t)(register.Around(ctx, db, admin.Division, permits, geo.Offset(here, 3, 0), 50)); len(near) != 0 {
			t.Errorf("52 m away: %+v", near)
		}
	})
}

func TestAPackNeverOverwritesALocalChange(t *testing.T) {
	each(t, func(t *testing.T, s *register.Service, db *dbx.DB, admin people.Actor) {
		ctx := context.Background()
		apply := func(look bool, lines ...string) register.Plan {
			return ok[register.Plan](t)(s.Apply(ctx, admin, "city", permits, file(lines...), look))
		}
		if p := apply(true, one); p.Added != 1 || p.Done {
			t.Errorf("looking wrote: %+v", p)
		}
		if p := apply(false, one); p.Added != 1 || !p.Done {
			t.Errorf("%+v", p)
		}
		if p := apply(false, one); p.Same != 1 || p.Added+p.Changed != 0 {
			t.Errorf("%+v", p)
		}
		if err := s.Edit(ctx, admin, permits, "occupation|A-1", "", register.Cells{"state": "revoked"}); !fault.Is(err, fault.Invalid) {
			t.Error("no reason was asked for:", err)
		}
		if err := s.Edit(ctx, admin, permits, "occupation|A-1", "发证机关来函", register.Cells{"state": "lost"}); !fault.Is(err, fault.Invalid) {
			t.Error("any word is a state:", err)
		}
		if err := s.Edit(ctx, admin, permits, "occupation|A-1", "发证机关来函", register.Cells{"state": "revoked"}); err != nil {
			t.Fatal(err)
		}
		if p := apply(false, strings.Replace(one, "某店", "另一店", 1)); p.Kept != 1 || p.Changed != 0 {
			t.Errorf("%+v", p)
		}
		if x := ok[register.Row](t)(register.Find(ctx, db, admin.Division, permits, "occupation|A-1")); x.Cells["state"] != "revoked" || !x.Local {
			t.Errorf("%+v", x)
		}
		if _, err := s.Apply(ctx, admin, "city", permits, file("nonsense"), false); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

func TestFilesOfOfficeProgramsAreRead(t *testing.T) {
	check := func(f register.File) []register.Problem {
		t.Helper()
		return ok[[]register.Problem](t)(register.Check(permits, f))
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes(file(one).Body)
	if err != nil {
		t.Fatal(err)
	}
	if p := check(register.File{Name: "x.CSV", Body: gb}); len(p) > 0 {
		t.Error(p)
	}
	book := excelize.NewFile()
	for i, c := range permits.Columns {
		cell, _ := excelize.CoordinatesToCellName(i+1, 1)
		_ = book.SetCellStr("Sheet1", cell, c.ZH)
	}
	for i, v := range []string{"digging", "B-1", "挖掘", "某公司", "", "玉清街", "", "", "2026-11-01", "", "valid", "审批局", "real"} {
		cell, _ := excelize.CoordinatesToCellName(i+1, 2)
		_ = book.SetCellStr("Sheet1", cell, v)
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	if p := check(register.File{Name: "x.xlsx", Body: b.Bytes()}); len(p) > 0 {
		t.Error(p)
	}
	for name, body := range map[string]string{"a.xlsx": "no workbook", "b.csv": "", "c.csv": head, "d.csv": "kind,kind\n", "e.csv": "colour\n", "f.csv": "\"\n", "g.csv": "a\xff\xff"} {
		if len(check(register.File{Name: name, Body: []byte(body)})) == 0 {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := register.Check(permits, register.File{Name: "x.pdf"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestATableIsReadFromJSON(t *testing.T) {
	body := `[{"kind": "occupation", "number": 12, "matter": "占道", "holder": "某店", "place": "新华路", "from": "2026-11-01", "to": null, "state": "valid", "issuer": "审批局", "provenance": "real"}]`
	rows, problems, err := register.Read(permits, register.File{Name: "a.JSON", Body: []byte(body)})
	if err != nil || len(problems) != 0 || len(rows) != 1 || rows[0]["number"] != "12" || rows[0]["to"] != "" {
		t.Error(rows, problems, err)
	}
	for name, bad := range map[string]string{"an object": `{"kind": "x"}`, "no list": `[`, "another column": `[{"colour": "red"}]`, "nothing": `[]`} {
		if _, problems, err := register.Read(permits, register.File{Name: "a.json", Body: []byte(bad)}); err != nil || len(problems) == 0 {
			t.Errorf("%s: %v %v", name, problems, err)
		}
	}
}

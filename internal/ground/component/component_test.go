package component_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

const head = "code,name,state,owner_code,owner,maintainer,grid,initial,accuracy,lng,lat\n"

// row is a manhole cover so many metres east of 119.02° E, 36.02° N.
func row(serial int, east float64, more string) string {
	p := geo.Offset(geo.Point{Lat: 36.02, Lng: 119.02}, east, 0)
	return fmt.Sprintf("37079901002%06d,污水井盖,完好,,,%s,,2026-11-01,A,%.7f,%.7f\n", serial, more, p.Lng, p.Lat)
}

func table(rows ...string) component.File {
	return component.File{Name: "covers.csv", CRS: "WGS84", Body: []byte(head + strings.Join(rows, "")), Provenance: "synthetic"}
}

type town struct {
	*component.Service
	t     *testing.T
	db    *dbx.DB
	admin people.Actor
}

func newTown(t *testing.T, db *dbx.DB) *town {
	t.Helper()
	ctx := context.Background()
	div := id.New()
	clk := clock.At(monday)
	w := &town{component.New(db, clk, place.New(db), catalogue.New(db, clk)), t, db, people.SystemActor(div)}
	square := func(layer, code, parent string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"layer":%q,"code":%q,"parent":%q,"name_zh":%q,"provenance":"synthetic"},
			"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.04,36],[119.04,36.04],[119,36.04],[119,36]]]}}`, layer, code, parent, code)
	}
	features, issues := place.Parse(strings.NewReader(`{"type":"FeatureCollection","features":[` + strings.Join([]string{square("division", "370799", ""),
		square("street", "370799001", "370799"), square("community", "370799001001", "370799001"), square("grid", "370799001001001", "370799001001")}, ",") + "]}"))
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	class := func(code, name string) catalogue.Entry {
		return catalogue.NewEntry(catalogue.Class{ID: "C-" + code, Key: catalogue.Key{Standard: "GB/T 47678.5-2026", Kind: catalogue.Component, Code: code},
			Group: "01", Name: i18n.Text{ZH: name, EN: name}, Legacy: code[:2] + code[3:], LegacyBasis: "seen"})
	}
	w.ok(db.Write(ctx, func(tx *dbx.Tx) error {
		if err := place.Put(ctx, tx, div, "test", features); err != nil {
			return err
		}
		return catalogue.Put(ctx, tx, w.admin, monday, "test", []catalogue.Entry{
			catalogue.NewEntry(catalogue.Group{ID: "01", Name: i18n.Text{ZH: "市政公用设施", EN: "Municipal"}}), class("01002", "污水井盖"), class("01037", "路灯")})
	}))
	return w
}

func (w *town) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) bring(f component.File, mode component.Mode) component.Plan {
	w.t.Helper()
	p, err := w.Import(context.Background(), w.admin, f, mode)
	w.ok(err)
	return p
}

func each(t *testing.T, fn func(w *town)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(newTown(t, db)) },
		place.Migration, catalogue.Migration, people.Migration, component.Migration)
}

func TestAWrongLineStopsTheFileUnlessSkipped(t *testing.T) {
	each(t, func(w *town) {
		t, ctx := w.t, context.Background()
		f := table(row(1, 0, ""), row(2, 50, ""), "3707990199000003,旧编码,完好,,,,,2026-11-01,A,119.02,36.02\n",
			"37079909999000004,没有的类别,完好,,,,,2026-11-01,A,119.02,36.02\n", "37079901002000005,远处,完好,,,,,2026-11-01,A,116.4,39.9\n",
			"37079901002000006,无日期,好的,,,,,,A,119.02,36.02\n", row(1, 3, ""))
		p := w.bring(f, component.Strict)
		var got []string
		for _, x := range p.Problems {
			got = append(got, fmt.Sprint(x.Line, " ", x.Key))
		}
		want := "4 component.former_unknown,5 component.class_unknown,6 component.outside,7 component.state_bad,7 component.needed,8 component.twice"
		if s := strings.Join(got, ","); s != want || p.Done {
			t.Fatalf("done %v, %s", p.Done, s)
		}
		if n, err := component.Count(ctx, w.db, w.admin.Division, component.Filter{}); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		if p = w.bring(f, component.Skip); p.Added != 2 || !p.Done {
			t.Fatalf("%+v", p)
		}
		if p = w.bring(f, component.Skip); p.Added != 0 || p.Same != 2 {
			t.Fatalf("the same again: %+v", p)
		}
		c, err := component.Find(ctx, w.db, w.admin.Division, "37079901002000001")
		w.ok(err)
		if c.Grid != "370799001001001" || c.Class() != "01002" || c.State != component.Intact {
			t.Fatalf("%+v", c)
		}
	})
}

func TestTheCoordinateSystemMustBeNamed(t *testing.T) {
	f := table(row(1, 0, ""))
	for _, crs := range []string{"", "EPSG:2385"} {
		f.CRS = crs
		if _, _, err := component.Read(f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", crs, err)
		}
	}
	f.CRS = "GCJ-02"
	lines, problems, err := component.Read(f)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	back := geo.GCJ02.FromWGS84(lines[0].Point())
	if d := geo.Distance(back, geo.Point{Lat: 36.02, Lng: 119.02}); d > 0.2 {
		t.Errorf("%g m off", d)
	}
	if d := geo.Distance(lines[0].Point(), back); d < 300 {
		t.Errorf("moved by %g m only", d)
	}
	f.Body = []byte(strings.ReplaceAll(strings.Replace(head, "name", "crs,name", 1)+row(1, 0, ""), "000001,", "000001,BD-09,"))
	if _, problems, _ := component.Read(f); len(problems) != 1 || problems[0].Key != "component.crs_other" {
		t.Error(problems)
	}
}

func TestATableInGB18030IsRead(t *testing.T) {
	f := table(row(1, 0, "某公司"))
	var err error
	if f.Body, err = simplifiedchinese.GB18030.NewEncoder().Bytes(f.Body); err != nil {
		t.Fatal(err)
	}
	lines, problems, err := component.Read(f)
	if err != nil || len(problems) > 0 || lines[0].Name != "污水井盖" || lines[0].Maintainer.Name != "某公司" {
		t.Error(lines, problems, err)
	}
	f.Body = []byte("code\xff\xff\xff")
	if _, problems, _ := component.Read(f); len(problems) != 1 || problems[0].Key != "component.not_utf8" {
		t.Error(problems)
	}
}

// one hands components over as Write takes them.
func one(list ...component.Component) iter.Seq2[component.Component, error] {
	return func(yield func(component.Component, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// What is read can be registered and written; nothing makes the reader fail.
func FuzzRead(f *testing.F) {
	for _, body := range []string{head + row(1, 0, ""), head + "x,,,\n\"", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"37079901002000001",
		"name":"盖","state":"破损","initial":20261101},"geometry":{"type":"LineString","coordinates":[[119,36],[119.001,36]]}}]}`, "PK\x03\x04"} {
		for i := range component.Formats() {
			f.Add([]byte(body), uint8(i), "GCJ-02")
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, format uint8, crs string) {
		all := component.Formats()
		file := component.File{Name: "x." + string(all[int(format)%len(all)]), CRS: crs, Body: body, Provenance: "synthetic"}
		lines, _, err := component.Read(file)
		if err != nil {
			return
		}
		for _, l := range lines {
			if err := l.Check(); err != nil || !l.Point().Valid() || l.Class() == "" && l.Former == "" {
				t.Fatalf("%+v: %v", l, err)
			}
			if err := component.Write(&bytes.Buffer{}, component.CSV, geo.BD09, one(l.Component), nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	line := geo.Feature{Line: geo.Line{{Lat: 36.01, Lng: 119.01}, {Lat: 36.01, Lng: 119.011}}}
	area := geo.Feature{Shape: geo.Shape{{{{Lat: 36.01, Lng: 119.01}, {Lat: 36.01, Lng: 119.011}, {Lat: 36.011, Lng: 119.011}}}}}
	var list []component.Component
	for i, g := range []geo.Feature{{Point: &geo.Point{Lat: 36.02, Lng: 119.02}}, line, area} {
		list = append(list, component.Component{Code: fmt.Sprintf("37079901037%06d", i), Name: "路灯 =1+1", State: component.Damaged,
			Owner: component.Unit{Code: "D-01", Name: "照明所"}, Initial: "2026-01-31", Accuracy: "B", Provenance: "synthetic", Note: "=cmd()", Geometry: g})
	}
	for _, f := range component.Formats() {
		for _, crs := range []geo.CRS{geo.WGS84, geo.GCJ02, geo.BD09, geo.CGCS2000} {
			var b bytes.Buffer
			if err := component.Write(&b, f, crs, one(list...), nil); err != nil {
				t.Fatal(err)
			}
			lines, problems, err := component.Read(component.File{Name: "x." + string(f), CRS: crs.String(), Body: b.Bytes()})
			if err != nil || len(problems) > 0 || len(lines) != len(list) {
				t.Fatal(f, crs, problems, err, len(lines))
			}
			for i, l := range lines {
				if l.Code != list[i].Code || l.Note != "=cmd()" || l.Owner != list[i].Owner || l.State != component.Damaged {
					t.Errorf("%s: %+v", f, l)
				}
				if d := geo.Distance(l.Point(), list[i].Point()); d > 0.3 {
					t.Errorf("%s %s: %g m off", f, crs, d)
				}
			}
		}
	}
}

func TestTwoCoversInOnePlaceAreAPairToAnswer(t *testing.T) {
	each(t, func(w *town) {
		t, ctx, div := w.t, context.Background(), w.admin.Division
		w.bring(table(row(1, 0, ""), row(2, 50, "")), component.Strict)
		p := w.bring(table(row(3, 1.2, ""), row(4, 51, ""), row(5, 100, "")), component.Look)
		if len(p.Twins) != 2 || p.Done {
			t.Fatalf("%+v", p)
		}
		w.bring(table(row(3, 1.2, ""), row(4, 51, ""), row(5, 100, "")), component.Strict)
		pairs, n, err := component.OpenPairs(ctx, w.db, div, 10)
		w.ok(err)
		if n != 2 || pairs[0].A.Code != "37079901002000001" || pairs[0].B.Code != "37079901002000003" || pairs[0].Metres < 1 || pairs[0].Metres > 1.4 {
			t.Fatalf("%d %+v", n, pairs)
		}
		w.ok(w.Answer(ctx, w.admin, pairs[0].A.Code, pairs[0].B.Code, component.Both))
		w.ok(w.Answer(ctx, w.admin, pairs[1].A.Code, pairs[1].B.Code, pairs[1].A.Code))
		if err := w.Answer(ctx, w.admin, pairs[1].A.Code, pairs[1].B.Code, component.Both); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		gone, err := component.Find(ctx, w.db, div, "37079901002000004")
		w.ok(err)
		h, err := component.History(ctx, w.db, div, gone.Code)
		w.ok(err)
		if gone.State != component.Removed || len(h) != 2 || h[0].What != "retire" || h[0].Old["state"] != "intact" || h[0].New["instead"] != "37079901002000002" {
			t.Fatalf("%+v %+v", gone, h)
		}
		w.bring(table(row(1, 0.1, ""), row(3, 1.3, "")), component.Strict) // both were to stay
		if _, n, err := component.OpenPairs(ctx, w.db, div, 10); n != 0 || err != nil {
			t.Error(n, err)
		}
	})
}

func TestNearComponentsOfTheClassComeFirst(t *testing.T) {
	each(t, func(w *town) {
		t, ctx := w.t, context.Background()
		lamp := strings.Replace(row(9, 5, ""), "01002", "01037", 1)
		w.bring(table(row(1, 20, ""), row(2, 8, ""), row(3, 45, ""), lamp), component.Strict)
		near, err := component.Around(ctx, w.db, w.admin.Division, geo.Point{Lat: 36.02, Lng: 119.02}, 30, "01002", 10)
		w.ok(err)
		var got []string
		for _, n := range near {
			got = append(got, fmt.Sprintf("%s %.0f", n.Code[6:], n.Metres))
		}
		if s := strings.Join(got, ","); s != "01002000002 8,01002000001 20,01037000009 5" {
			t.Error(s)
		}
		w.ok(w.Edit(ctx, w.admin, "37079901002000002", func(c *component.Component) { c.State = component.Removed }))
		if near, err = component.Around(ctx, w.db, w.admin.Division, geo.Point{Lat: 36.02, Lng: 119.02}, 30, "", 10); len(near) != 2 || err != nil {
			t.Error(len(near), err)
		}
		list, next, err := component.List(ctx, w.db, w.admin.Division, component.Filter{Text: "井盖", Class: "01", Limit: 2})
		if len(list) != 2 || next != list[1].Code || err != nil {
			t.Error(len(list), next, err)
		}
	})
}

func TestAPackLeavesLocalChanges(t *testing.T) {
	each(t, func(w *town) {
		t, ctx, div := w.t, context.Background(), w.admin.Division
		f := table(row(1, 0, "甲"), row(2, 50, "甲"))
		p, err := w.Apply(ctx, w.admin, "demo", f, component.Strict)
		w.ok(err)
		if p.Added != 2 {
			t.Fatalf("%+v", p)
		}
		w.ok(w.Edit(ctx, w.admin, "37079901002000001", func(c *component.Component) { c.Maintainer.Name = "乙" }))
		f = table(row(1, 0, "丙"), row(2, 50, "丙"))
		if p, err = w.Apply(ctx, w.admin, "demo", f, component.Strict); err != nil || p.Kept != 1 || p.Changed != 1 {
			t.Fatalf("%+v %v", p, err)
		}
		c, err := component.Find(ctx, w.db, div, "37079901002000001")
		if c.Maintainer.Name != "乙" || err != nil {
			t.Error(c.Maintainer, err)
		}
		if _, err := component.Find(ctx, w.db, id.New(), c.Code); !fault.Is(err, fault.NotFound) {
			t.Errorf("another division: %v", err)
		}
		err = w.Edit(ctx, people.CitizenActor(div, ""), c.Code, func(*component.Component) {})
		if !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	})
}

func TestABoxShowsWhatLiesInItOneByOneOrCounted(t *testing.T) {
	each(t, func(w *town) {
		t, ctx, div := w.t, context.Background(), w.admin.Division
		w.bring(table(row(1, 0, ""), row(2, 50, ""), row(3, 900, "")), component.Strict)
		near := geo.Box{W: 119.0199, S: 36.0199, E: 119.021, N: 36.0201}
		list, err := component.Inside(ctx, w.db, div, near, component.Filter{}, 10)
		if len(list) != 2 || err != nil {
			t.Error(len(list), err)
		}
		world := geo.Box{W: -180, S: -90, E: 180, N: 90}
		if list, err = component.Inside(ctx, w.db, div, world, component.Filter{State: component.Intact}, 2); len(list) != 2 || err != nil {
			t.Error(len(list), err)
		}
		n := 0
		groups, err := component.Groups(ctx, w.db, div, world, component.Filter{Class: "01"}, 15)
		for _, g := range groups {
			n += g.N
		}
		if err != nil || n != 3 || len(groups) < 2 {
			t.Error(groups, err)
		}
		if groups, err = component.Groups(ctx, w.db, div, world, component.Filter{}, 4); len(groups) != 1 || err != nil {
			t.Error(groups, err)
		}
	})
}

func TestWhatWasExportedInAnySystemComesBackUnchanged(t *testing.T) {
	each(t, func(w *town) {
		t, ctx, div := w.t, context.Background(), w.admin.Division
		var many []string
		for i := range 60 {
			many = append(many, row(i, 7.3*float64(i), ""))
		}
		w.bring(table(many...), component.Strict)
		for _, f := range component.Formats() {
			for _, crs := range []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
				var b bytes.Buffer
				w.ok(component.Write(&b, f, crs, component.All(ctx, w.db, div, component.Filter{}), func(string) string { return "井盖" }))
				p := w.bring(component.File{Name: "x." + string(f), CRS: crs.String(), Body: b.Bytes()}, component.Look)
				if p.Same != 60 || len(p.Problems) > 0 {
					t.Errorf("%s %s: %+v", f, crs, p)
				}
			}
		}
		moved := w.bring(table(row(1, 7.3+0.5, "")), component.Look)
		if moved.Changed != 1 {
			t.Errorf("half a metre: %+v", moved)
		}
	})
}

func TestAFormerIdentifierBecomesOneOfToday(t *testing.T) {
	each(t, func(w *town) {
		t, ctx := w.t, context.Background()
		old := strings.Replace(row(7, 0, ""), "37079901002000007", "3707990102000007", 1)
		p := w.bring(table(old, row(8, 50, "")), component.Strict)
		if p.Added != 2 || p.Converted != 1 {
			t.Fatalf("%+v", p)
		}
		c, err := component.Find(ctx, w.db, w.admin.Division, "37079901002000007")
		w.ok(err)
		byPlate, err := component.Named(ctx, w.db, w.admin.Division, "3707990102000007")
		w.ok(err)
		if c.Former != "3707990102000007" || byPlate.Code != c.Code {
			t.Errorf("%+v", c)
		}
		list, _, err := component.List(ctx, w.db, w.admin.Division, component.Filter{Text: "3707990102000007"})
		if len(list) != 1 || err != nil {
			t.Error(list, err)
		}
		if p = w.bring(table(row(7, 0, "")), component.Strict); p.Same != 1 {
			t.Errorf("named as today: %+v", p)
		}
		p = w.bring(table(old, row(7, 0, "")), component.Strict) // one thing, twice
		if len(p.Problems) != 1 || p.Problems[0].Key != "component.twice" {
			t.Errorf("%+v", p)
		}
	})
}

package place_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"math"
	"regexp"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/packs"
)

// demo is the map of the demonstration zone.
func demo(t testing.TB) []place.Feature {
	t.Helper()
	pack, err := packs.FS("weifang-ez")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(pack, "geo/*.geojson")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v %v", names, err)
	}
	var all []place.Feature
	for _, name := range names {
		b, err := fs.ReadFile(pack, name)
		if err != nil {
			t.Fatal(err)
		}
		list, issues := place.Parse(bytes.NewReader(b))
		for _, i := range issues {
			t.Errorf("%s, feature %d: %v", name, i.Feature, i.Err)
		}
		all = append(all, list...)
	}
	return all
}

func TestTheZoneHasNoGapsAndNoOverlaps(t *testing.T) {
	list := demo(t)
	for _, err := range place.Check(list, time.Now()) {
		t.Error(err)
	}
	var whole geo.Shape
	zones := map[string][]geo.Shape{}
	for _, f := range list {
		switch f.Layer {
		case place.Division:
			whole = f.Geometry.Shape
		case place.Zone:
			zones[f.Kind] = append(zones[f.Kind], f.Geometry.Shape)
		}
	}
	for _, kind := range []string{"sweeping", "greening", "road", "lighting", "sorting"} {
		for _, flaw := range geo.Flaws(zones[kind], whole) {
			t.Errorf("%s zones: %+v", kind, flaw)
		}
	}
}

func TestCountsAndHonesty(t *testing.T) {
	kinds := map[string]int{}
	says := regexp.MustCompile(`演示|demo|Demo`)
	for _, f := range demo(t) {
		kinds[string(f.Layer)+"/"+f.Kind]++
		if f.Provenance == place.Real && f.Name.ZH != "潍坊北站" {
			t.Errorf("%s %s claims to be real", f.Layer, f.Name.ZH)
		}
		if f.Name.ZH != "" && f.Layer != place.Grid && f.Provenance == place.Synthetic && (!says.MatchString(f.Name.ZH) || !says.MatchString(f.Name.EN)) {
			t.Errorf("%s %q / %q does not say that it is made up", f.Layer, f.Name.ZH, f.Name.EN)
		}
	}
	for kind, want := range map[string]int{"site/cluster": 14, "zone/cluster": 14, "site/pocket_park": 18, "site/sponge_park": 1, "site/rest_station": 1, "street/": 4, "community/": 13} {
		if kinds[kind] != want {
			t.Errorf("%d %s, want %d", kinds[kind], kind, want)
		}
	}
	if n := kinds["grid/"]; n < 100 || n > 250 {
		t.Errorf("%d grids", n)
	}
}

// The order of the streets, the sections and the lengths that the sources give.
func TestStreetsLieAsTheSourcesSay(t *testing.T) {
	m := place.NewMap(demo(t))
	now := time.Now()
	find := func(q string) geo.Point {
		t.Helper()
		c := m.Find(q, now)
		if len(c) == 0 {
			t.Fatalf("%s is not found", q)
		}
		return c[0].Point
	}
	across := geo.Line{{Lat: 36.77, Lng: 119.03}, {Lat: 36.77, Lng: 119.19}}
	lines := map[string]geo.Line{}
	for _, f := range m.Features(now, place.Road, place.Ground) {
		if lines[f.Name.ZH] = f.Geometry.Line; f.Layer == place.Ground {
			lines[f.Name.ZH] = geo.Line(f.Geometry.Shape[0][0])
		}
	}
	west := 0.0
	for _, name := range []string{"白浪河", "四平路", "潍州路", "鸢飞路", "虞河", "虞河路", "新华路", "北海路", "渤海路"} {
		if at := geo.Crossings(lines[name], across, 0); len(at) == 0 || at[0].Lng <= west {
			t.Errorf("%s is not east of the one before: %v", name, at)
		} else {
			west = at[0].Lng
		}
	}
	south := 0.0
	for _, street := range []string{"卧龙东街", "金鼎街", "玉清东街", "永兴街"} {
		if p := find("新华路与" + street); p.Lat <= south {
			t.Errorf("%s is not north of the one before", street)
		} else {
			south = p.Lat
		}
	}
	if find("新华路与通亭街").Lat >= find("新华路与玉清东街").Lat {
		t.Error("通亭街 is not south of 玉清东街")
	}
	for _, q := range []string{"泰祥街与北海路", "泰祥街与虞河路", "桐荫街与北海路", "桐荫街与新华路", "禹王街与渤海路", "虞兴街与通亭街", "虞兴街与玉清东街", "玄武东街与新华路"} {
		find(q)
	}
	station := geo.Point{Lat: 36.7958, Lng: 119.18942}
	if d := geo.Distance(find("禹王街与渤海路"), station); d > 800 {
		t.Errorf("潍坊北站 is %v m from its crossing", d)
	}
	for _, f := range m.Features(now, place.Road) {
		if f.Name.ZH == "虞兴街" && math.Abs(f.Geometry.Line.Length()-1166) > 30 {
			t.Errorf("虞兴街 is %v m long", f.Geometry.Line.Length())
		}
	}
	if l := m.Locate(station, now); !l.Inside || l.Street != "370799004" {
		t.Errorf("潍坊北站 lies in %+v", l)
	}
}

func TestAddressesSpeak(t *testing.T) {
	m := place.NewMap(demo(t))
	now := time.Now()
	crossing := m.Find("禹王街与新华路", now)[0].Point
	p := geo.Offset(crossing, 28, 28)
	got := m.Describe(p, now)
	if got.ZH != "禹王街与新华路路口东北侧约 40 米" || got.EN != "about 40 m north-east of the crossing of Yuwang Street and Xinhua Road" {
		t.Errorf("%+v", got)
	}
	for _, said := range []string{got.ZH, got.EN} {
		if c := m.Find(said, now); len(c) == 0 || geo.Distance(c[0].Point, p) > 10 || c[0].Label.ZH != got.ZH {
			t.Errorf("%q is found as %+v", said, c)
		}
	}
	station := geo.Point{Lat: 36.7958, Lng: 119.18942}
	if s := m.Describe(geo.Offset(station, -120, 0), now); s.ZH != "潍坊北站以西约 120 米" || s.EN != "about 120 m west of Weifang North Railway Station" {
		t.Errorf("%+v", s)
	}
	a, b := m.Find("新华路与永兴街", now)[0].Point, m.Find("新华路与泰祥街", now)[0].Point
	half := geo.Offset(geo.Point{Lat: (a.Lat + b.Lat) / 2, Lng: (a.Lng + b.Lng) / 2}, 30, 0)
	if s := m.Describe(half, now); s.ZH != "新华路（泰祥街至永兴街段）路东侧" || s.EN != "on Xinhua Road between Taixiang Street and Yongxing Street, east side" {
		t.Errorf("%+v", s)
	}
	for _, q := range []string{"新华 玉清", "新华路 玉清东街", "新华路/玉清东街路口", "Xinhua Road and Yuqing East Street"} {
		if c := m.Find(q, now); len(c) == 0 || c[0].Label.ZH != "玉清东街与新华路路口" {
			t.Errorf("%q: %+v", q, c)
		}
	}
	if z, ok := m.ZoneAt(p, "sweeping", now); !ok || z.Department != "HW" {
		t.Errorf("zone %+v", z)
	}
	if far := m.Locate(geo.Point{Lat: 36.9, Lng: 119.1}, now); far.Near(place.Slack) || far.Grid != "" || math.IsInf(far.Outside, 1) {
		t.Errorf("%+v", far)
	}
}

func TestTheBaseIsSmallAndComplete(t *testing.T) {
	base := place.NewMap(demo(t)).Base(time.Now(), i18n.ZH)
	list, err := geo.Read(bytes.NewReader(base))
	if err != nil {
		t.Fatal(err)
	}
	count := map[any]int{}
	for _, f := range list {
		count[f.Properties["layer"]]++
	}
	for _, layer := range []string{"block", "water", "green", "road-arterial", "road-secondary", "road-minor", "outline"} {
		if count[layer] == 0 {
			t.Errorf("no %s", layer)
		}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(base); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if b.Len() > 120<<10 {
		t.Errorf("the base takes %d KB gzipped", b.Len()>>10)
	}
	t.Logf("%d features, %d KB, gzip %d KB", len(list), len(base)>>10, b.Len()>>10)
}

// The demonstration's reports stand at places that Find must understand.
func TestDemoReportsFindTheirPlaces(t *testing.T) {
	pack, err := packs.FS("weifang-ez")
	if err != nil {
		t.Fatal(err)
	}
	m, now := place.NewMap(demo(t)), time.Now()
	for file, list := range map[string]string{"demo/reports.yaml": "reports", "demo/dossiers.yaml": "dossiers"} {
		b, err := fs.ReadFile(pack, file)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := yaml.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		raw, err := yaml.Marshal(doc[list])
		if err != nil {
			t.Fatal(err)
		}
		var reports []struct {
			Place       string
			East, North float64
		}
		if err := yaml.Unmarshal(raw, &reports); err != nil || len(reports) == 0 {
			t.Fatal(file, len(reports), err)
		}
		for _, r := range reports {
			c := m.Find(r.Place, now)
			if len(c) != 1 {
				t.Errorf("%s: %d candidates", r.Place, len(c))
				continue
			}
			if l := m.Locate(geo.Offset(c[0].Point, r.East, r.North), now); !l.Inside || l.Grid == "" {
				t.Errorf("%s: %+v", r.Place, l)
			}
		}
	}
}

func BenchmarkNewMap(b *testing.B) {
	list := demo(b)
	for b.Loop() {
		place.NewMap(list)
	}
}

func BenchmarkLocate(b *testing.B) {
	m := place.NewMap(demo(b))
	now := time.Now()
	var grids []geo.Point
	for _, f := range m.Features(now, place.Grid) {
		grids = append(grids, f.Point())
	}
	for i := 0; b.Loop(); i++ {
		if !m.Locate(grids[i%len(grids)], now).Inside {
			b.Fatal("a grid's middle lies outside")
		}
	}
}

func BenchmarkDescribe(b *testing.B) {
	m := place.NewMap(demo(b))
	now := time.Now()
	for b.Loop() {
		m.Describe(geo.Point{Lat: 36.77, Lng: 119.14}, now)
	}
}

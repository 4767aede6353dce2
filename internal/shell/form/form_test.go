package form_test

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

var shanghai = time.FixedZone("CST", 8*3600)

func n(v int) *int { return &v }

func label(s string) i18n.Text { return i18n.Text{ZH: s, EN: s} }

// every is a form with a field of every type.
func every() []form.Field {
	opts := []form.Option{{Value: "a", Label: label("甲")}, {Value: "b", Label: label("乙")}}
	return []form.Field{
		{Name: "title", Type: form.Text, Label: label("标题"), Required: true, Min: n(2), Max: n(10)},
		{Name: "body", Type: form.Long, Label: label("描述"), Help: label("写清楚")},
		{Name: "count", Type: form.Int, Label: label("数量"), Min: n(1), Max: n(99)},
		{Name: "width", Type: form.Dec, Label: label("宽度"), Unit: label("米")},
		{Name: "fine", Type: form.Money, Label: label("罚款"), Max: n(1000)},
		{Name: "urgent", Type: form.Bool, Label: label("紧急")},
		{Name: "day", Type: form.Date, Label: label("日期")},
		{Name: "at", Type: form.Time, Label: label("时间")},
		{Name: "result", Type: form.Enum, Label: label("结果"), Options: opts, Required: true},
		{Name: "why", Type: form.Text, Label: label("原因"), Required: true, ShowWhen: "result=b"},
		{Name: "where", Type: form.Place, Label: label("地点")},
		{Name: "photos", Type: form.Photo, List: true, Label: label("照片"), Max: n(2)},
		{Name: "scan", Type: form.File, Label: label("扫描件")},
		{Name: "handler", Type: form.Person, Label: label("承办人"), Options: opts},
		{Name: "dept", Type: form.Dept, Label: label("部门")},
		{Name: "class", Type: form.Class, Label: label("类别")},
		{Name: "component", Type: form.Component, Label: label("部件")},
		{Name: "of", Type: form.CaseRef, Label: label("案件")},
		{Name: "code", Type: form.Code, Label: label("编号"), List: true},
		{Name: "phone", Type: form.Phone, Label: label("电话"), Personal: true},
		{Name: "sign", Type: form.Sign, Label: label("签名")},
		{Name: "checks", Type: form.Enum, List: true, Label: label("核对"), Options: opts},
		{Name: "notes", Type: form.Map, Label: label("备注")},
		{Name: "marks", Type: form.Map, Label: label("评分"), Options: opts},
		{Name: "days", Type: form.Date, List: true, Label: label("日子")},
	}
}

func post(values url.Values) *http.Request {
	r := httptest.NewRequest("POST", "/x", strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func words(t testing.TB, lang i18n.Lang) context.Context {
	t.Helper()
	b, err := i18n.Load(form.Words, ui.Words, mapview.Words)
	if err != nil {
		t.Fatal(err)
	}
	return i18n.With(context.Background(), &i18n.Printer{Bundle: b, Lang: lang})
}

func render(t testing.TB, ctx context.Context, f form.Form) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := form.Of(f).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// sent reads the inputs of a rendered form as a browser would send them.
func sent(doc *goquery.Document) url.Values {
	v := url.Values{}
	doc.Find("input[name],textarea[name],select[name]").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		kind, _ := s.Attr("type")
		value, _ := s.Attr("value")
		_, on := s.Attr("checked")
		switch {
		case goquery.NodeName(s) == "textarea":
			v.Add(name, s.Text())
		case goquery.NodeName(s) == "select":
			value, _ := s.Find("option[selected]").Attr("value")
			v.Add(name, value)
		case (kind == "checkbox" || kind == "radio") && !on, kind == "file":
		default:
			v.Add(name, value)
		}
	})
	return v
}

func TestTypedValues(t *testing.T) {
	in, err := form.Read(post(url.Values{
		"_key": {"k1"}, "_version": {"7"}, "_step": {"accept"},
		"title": {"  占道经营 "}, "body": {"一\r\n二"}, "count": {"１２"}, "width": {"1,234.5"}, "fine": {"￥500.5"}, "urgent": {"1"},
		"day": {"2026-05-03"}, "at": {"2026-05-03T14:30"}, "result": {"b"}, "why": {"下雨"},
		"where.lat": {"36.79"}, "where.lng": {"119.1"}, "where.accuracy": {"12"}, "where.address": {"虞河路"},
		"handler": {"a"}, "dept": {"D-01"}, "class": {"09005"}, "component": {"01.0001"}, "of": {"经综案〔2026〕0318"}, "code": {"x\ny\nx"},
		"phone": {"0536 888 8888"}, "sign": {"李某"}, "sign.typed": {"1"}, "checks": {"a", "b"}, "notes": {"车牌=鲁V00000\n颜色 = 红"}, "marks.a": {"5"},
		"days": {"2026-05-03\n2026-05-04"},
	}), every(), shanghai)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 5, 3, 0, 0, 0, 0, shanghai)
	want := map[string]any{
		"title": "占道经营", "body": "一\n二", "count": int64(12), "width": 1234.5, "fine": int64(50050), "urgent": true,
		"day": day, "at": day.Add(14*time.Hour + 30*time.Minute), "result": "b", "why": "下雨",
		"where":   form.Point{Lat: 36.79, Lng: 119.1, Accuracy: 12, Located: true, Address: "虞河路"},
		"handler": "a", "dept": "D-01", "class": "09005", "component": "01.0001", "of": "经综案〔2026〕0318", "code": []string{"x", "y"},
		"phone": "05368888888", "sign": form.Signature{Name: "李某"}, "checks": []string{"a", "b"}, "notes": map[string]string{"车牌": "鲁V00000", "颜色": "红"},
		"marks": map[string]string{"a": "5"}, "days": []time.Time{day, day.AddDate(0, 0, 1)},
	}
	if d := cmp.Diff(want, in.Values); d != "" {
		t.Error(d)
	}
	if in.Key != "k1" || in.Version != 7 || in.Step != "accept" {
		t.Errorf("hidden inputs: %q %d %q", in.Key, in.Version, in.Step)
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	long := strings.Repeat("长", 65)
	_, err := form.Read(post(url.Values{
		"title": {"一"}, "body": {"a\x00b"}, "count": {"100"}, "width": {"NaN"}, "fine": {"1.234"}, "day": {"2026-02-30"},
		"at": {"yesterday"}, "result": {"z"}, "where.lat": {"91"}, "where.lng": {"0"}, "handler": {"c"}, "dept": {"<b>"},
		"class": {long}, "component": {"\xff\xfe"}, "phone": {"call me"}, "sign": {"李\u202e某"}, "checks": {"a", "q"}, "notes": {"nothing"},
		"days": {"2026-05-03\n2026-13-01"},
	}), every(), shanghai)
	got := map[string]string{}
	e := fault.As(err)
	for _, f := range e.Fields {
		got[f.Name] = strings.TrimPrefix(f.Key, "form.")
	}
	want := map[string]string{"title": "bad.short", "body": "bad.control", "count": "bad.max", "width": "bad.dec", "fine": "bad.money",
		"day": "bad.date", "at": "bad.time", "result": "bad.option", "where": "bad.place", "handler": "bad.option", "dept": "bad.code",
		"class": "bad.long", "component": "bad.control", "phone": "bad.phone", "sign": "bad.control", "checks": "bad.option", "notes": "bad.pair",
		"days": "bad.date"}
	if d := cmp.Diff(want, got); d != "" || e.Kind != fault.Invalid {
		t.Error(e.Kind, d)
	}
}

func TestShowWhen(t *testing.T) {
	fields := every()
	if _, err := form.Read(post(url.Values{"title": {"标题"}, "result": {"b"}}), fields, shanghai); len(fault.As(err).Fields) != 1 {
		t.Errorf("the reason is needed for b: %v", err)
	}
	in, err := form.Read(post(url.Values{"title": {"标题"}, "result": {"a"}, "why": {"下雨"}}), fields, shanghai)
	if err != nil || in.Values["why"] != nil {
		t.Errorf("the reason is not asked for a: %v %v", in.Values["why"], err)
	}
}

func TestRequired(t *testing.T) {
	fields := []form.Field{
		{Name: "a", Type: form.Text, Required: true}, {Name: "b", Type: form.Enum, Required: true}, {Name: "c", Type: form.Place, Required: true},
		{Name: "d", Type: form.Photo, Required: true}, {Name: "e", Type: form.Bool, Required: true}, {Name: "f", Type: form.Map, Required: true},
		{Name: "g", Type: form.Text, List: true, Required: true},
	}
	_, err := form.Read(post(url.Values{"a": {"  "}}), fields, shanghai)
	var got []string
	for _, f := range fault.As(err).Fields {
		got = append(got, f.Key)
	}
	want := []string{"form.required", "form.required.choice", "form.required.place", "form.required.photo", "form.required.choice", "form.required", "form.required"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func upload(t *testing.T, files map[string][]string, values url.Values) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, vs := range values {
		for _, v := range vs {
			_ = w.WriteField(k, v)
		}
	}
	for field, bodies := range files {
		for _, body := range bodies {
			p, err := w.CreateFormFile(field, "p.jpg")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = p.Write([]byte(body))
		}
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", "/x", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestUploads(t *testing.T) {
	base := url.Values{"title": {"标题"}, "result": {"a"}}
	in, err := form.Read(upload(t, map[string][]string{"photos": {"one"}, "scan": {"x"}}, url.Values{"title": {"标题"}, "result": {"a"}, "photos.kept": {"m1"}}), every(), shanghai)
	if err != nil || len(in.Files["photos"]) != 1 || len(in.Files["scan"]) != 1 || in.Kept["photos"][0] != "m1" {
		t.Errorf("%v %v %v", in.Files, in.Kept, err)
	}
	for name, files := range map[string]map[string][]string{
		"form.bad.many": {"photos": {"1", "2", "3"}}, "form.bad.file": {"photos": {""}},
	} {
		_, err := form.Read(upload(t, files, base), every(), shanghai)
		if e := fault.As(err); len(e.Fields) != 1 || e.Fields[0].Key != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBrokenBody(t *testing.T) {
	r := httptest.NewRequest("POST", "/x", strings.NewReader("--x\r\nbroken"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	if _, err := form.Read(r, every(), shanghai); fault.As(err).Key != "form.bad.body" {
		t.Errorf("%v", err)
	}
	w := httptest.NewRecorder()
	r = post(url.Values{"title": {strings.Repeat("x", 1000)}})
	r.Body = http.MaxBytesReader(w, r.Body, 100)
	var big *http.MaxBytesError
	if _, err := form.Read(r, every(), shanghai); !errors.As(err, &big) {
		t.Errorf("too large: %v", err)
	}
}

func TestDrawnForm(t *testing.T) {
	ctx := words(t, i18n.ZH)
	f := form.New("f", "/cases/1/accept", every())
	f.Version = 3
	f.Ground = mapview.Map{Base: "/map/base.json"}
	doc := render(t, ctx, f)
	if text := doc.Text(); strings.Contains(text, "⟨") {
		t.Errorf("a word is missing: %s", text)
	}
	doc.Find("input:not([type=hidden]),select,textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if s.Closest("label").Length() == 0 && doc.Find("label[for='"+id+"']").Length() == 0 {
			t.Errorf("input %q has no label", id)
		}
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if seen[id] {
			t.Errorf("id %q stands twice", id)
		}
		seen[id] = true
	})
	doc.Find("[aria-describedby]").Each(func(_ int, s *goquery.Selection) {
		ids, _ := s.Attr("aria-describedby")
		for id := range strings.FieldsSeq(ids) {
			if !seen[id] {
				t.Errorf("aria-describedby names %q, which does not exist", id)
			}
		}
	})
	if v, _ := doc.Find("input[name=_version]").Attr("value"); v != "3" {
		t.Errorf("version %q", v)
	}
	if enc, _ := doc.Find("form").Attr("enctype"); enc != "multipart/form-data" {
		t.Errorf("enctype %q", enc)
	}
	if doc.Find("[style],script,[onclick]").Length() > 0 {
		t.Error("inline style or script")
	}
}

func TestRefusedFormComesBackFilled(t *testing.T) {
	ctx := words(t, i18n.EN)
	values := url.Values{"_key": {"k1"}, "title": {"一"}, "body": {"<b>&\nline"}, "result": {"b"}, "checks": {"a"}, "where.address": {"虞河路"}, "urgent": {"1"}}
	in, err := form.Read(post(values), every(), shanghai)
	doc := render(t, ctx, form.New("f", "/x", every()).Refused(ctx, in, err))
	back := sent(doc)
	for k, want := range values {
		if d := cmp.Diff(want, back[k]); d != "" {
			t.Errorf("%s: %s", k, d)
		}
	}
	if got := doc.Find(".summary li").Length(); got != 2 {
		t.Errorf("%d lines in the summary, want 2 (title, why)", got)
	}
	doc.Find(".summary a").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if doc.Find(href).Length() != 1 {
			t.Errorf("the summary points at %q, which does not exist", href)
		}
	})
	if v, _ := doc.Find("#f-title").Attr("aria-invalid"); v != "true" {
		t.Error("the title is not marked")
	}
	if text := doc.Find("#f-title-error").Text(); !strings.Contains(text, "at least 2 characters") {
		t.Errorf("error %q", text)
	}
}

func TestGeneralRefusal(t *testing.T) {
	ctx := words(t, i18n.ZH)
	doc := render(t, ctx, form.New("f", "/x", nil).Refused(ctx, form.Input{}, fault.New(fault.Invalid, "form.refused")))
	if got := doc.Find(".summary").Text(); !strings.Contains(got, "请看标出的地方") {
		t.Errorf("%q", got)
	}
}

// What Fill shows, Read returns.
func TestFillRoundTrip(t *testing.T) {
	fields := every()
	ctx := words(t, i18n.ZH)
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.StringMatching(`[虞河路街道口东西南北0-9a-z]{2,10}`)
		want := map[string]any{
			"title": word.Draw(rt, "title"), "urgent": rapid.Bool().Draw(rt, "urgent"), "result": "b", "why": word.Draw(rt, "why"),
			"count": rapid.Int64Range(1, 99).Draw(rt, "count"), "fine": rapid.Int64Range(0, 100000).Draw(rt, "fine"),
			"width":  rapid.Float64Range(-1e6, 1e6).Draw(rt, "width"),
			"day":    time.Date(2026, 1, rapid.IntRange(1, 900).Draw(rt, "day"), 0, 0, 0, 0, shanghai),
			"at":     time.Date(2026, 1, 1, 0, rapid.IntRange(0, 99999).Draw(rt, "at"), 0, 0, shanghai),
			"where":  form.Point{Lat: rapid.Float64Range(-90, 90).Draw(rt, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(rt, "lng"), Located: true, Address: word.Draw(rt, "address")},
			"checks": []string{"a", "b"}, "code": rapid.SliceOfNDistinct(word, 1, 5, rapid.ID[string]).Draw(rt, "code"),
			"marks": map[string]string{"a": word.Draw(rt, "a"), "b": word.Draw(rt, "b")},
			"notes": map[string]string{word.Draw(rt, "k"): word.Draw(rt, "v")},
		}
		doc := render(t, ctx, form.New("f", "/x", fields).Fill(want, shanghai))
		in, err := form.Read(post(sent(doc)), fields, shanghai)
		if err != nil {
			rt.Fatal(err)
		}
		if d := cmp.Diff(want, in.Values); d != "" {
			rt.Fatal(d)
		}
	})
}

// Whatever arrives, Read neither panics nor accepts an unknown choice.
func TestReadTakesAnything(t *testing.T) {
	fields := every()
	names := []string{}
	for _, f := range fields {
		names = append(names, f.Name, f.Name+".lat", f.Name+".lng", f.Name+".address", f.Name+".a")
	}
	rapid.Check(t, func(rt *rapid.T) {
		v := url.Values(rapid.MapOf(rapid.SampledFrom(names), rapid.SliceOfN(rapid.String(), 0, 3)).Draw(rt, "values"))
		in, err := form.Read(post(v), fields, shanghai)
		if got, ok := in.Values["result"]; ok && got != "a" && got != "b" {
			rt.Fatalf("accepted %v (%v)", got, err)
		}
	})
}

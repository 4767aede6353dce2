package ui_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

func reader(t testing.TB, lang i18n.Lang) context.Context {
	t.Helper()
	b, err := i18n.Load(ui.Words)
	if err != nil {
		t.Fatal(err)
	}
	return i18n.With(context.Background(), &i18n.Printer{Bundle: b, Lang: lang})
}

func draw(t testing.TB, ctx context.Context, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var now = time.Date(2026, 5, 6, 9, 40, 0, 0, time.UTC)

func TestTimeLeft(t *testing.T) {
	zh, en := reader(t, i18n.ZH), reader(t, i18n.EN)
	for _, c := range []struct {
		left   time.Duration
		zh, en string
		tone   ui.Tone
	}{
		{5*24*time.Hour + time.Hour, "剩 5 天", "5 days left", ui.Plain},
		{48 * time.Hour, "剩 2 天", "2 days left", ui.Plain},
		{47 * time.Hour, "剩 47 小时", "47 hours left", ui.Plain},
		{119 * time.Minute, "剩 1 小时", "1 hour left", ui.Plain},
		{time.Hour, "剩 1 小时", "1 hour left", ui.Amber},
		{40 * time.Minute, "剩 40 分钟", "40 min left", ui.Amber},
		{30 * time.Second, "即将到期", "Due now", ui.Amber},
		{-30 * time.Second, "超期 1 分钟", "1 min overdue", ui.Red},
		{-3 * time.Hour, "超期 3 小时", "3 hours overdue", ui.Red},
		{-49 * time.Hour, "超期 2 天", "2 days overdue", ui.Red},
	} {
		l := ui.LeftUntil(zh, now, now.Add(c.left), time.Hour)
		if got := ui.LeftUntil(en, now, now.Add(c.left), time.Hour).Label; l.Label != c.zh || got != c.en || l.Tone != c.tone {
			t.Errorf("%v: %q %q %q", c.left, l.Label, got, l.Tone)
		}
	}
	if l := ui.LeftUntil(zh, now, time.Time{}, 0); l.Label != "无时限" || !l.At.IsZero() {
		t.Errorf("no deadline: %+v", l)
	}
	if l := ui.Took(en, now.Add(-time.Hour), now); l.Label != "took 1 hour" {
		t.Errorf("took: %q", l.Label)
	}
	doc := draw(t, zh, ui.LeftOf(ui.LeftUntil(zh, now, now.Add(2*time.Hour), time.Hour)))
	if at, _ := doc.Find("time").Attr("datetime"); at != "2026-05-06T11:40:00Z" {
		t.Errorf("datetime %q", at)
	}
}

func TestQueueRow(t *testing.T) {
	ctx := reader(t, i18n.ZH)
	rows := []ui.Row{
		{ID: "c1", Href: "/desk?case=1", Title: "<井盖>", Meta: []string{"公用设施", "", "虞河路"}, Chips: []ui.Chip{{Label: "待派遣", Tone: ui.Amber}}, Left: ui.Paused(ctx), Selected: true, Point: "119.1,36.7"},
		{ID: "c2", Href: "/desk?case=2", Title: "乙", Left: ui.Left{Label: "剩 2 天"}, Unread: true},
	}
	doc := draw(t, ctx, ui.Queue("queue", rows, "/desk/queue", "case"))
	if got := doc.Find("#c1 .meta").Text(); got != "公用设施 · 虞河路" {
		t.Errorf("meta %q", got)
	}
	if doc.Find("#c1 a[aria-current]").Length() != 1 || doc.Find("#c2 a[aria-current]").Length() != 0 {
		t.Error("the selected row is not the current one")
	}
	if got := strings.TrimSpace(doc.Find("#c1 .title").Text()); got != "<井盖>" {
		t.Errorf("title %q", got)
	}
	if doc.Find("#c2 .dot .sr").Text() != "有新动态" {
		t.Error("the new-activity dot says nothing to a screen reader")
	}
	if on, _ := doc.Find("ol").Attr("data-on"); on != "case" {
		t.Errorf("data-on %q", on)
	}
}

func TestFiguresAndSparks(t *testing.T) {
	ctx := reader(t, i18n.EN)
	doc := draw(t, ctx, ui.Figures([]ui.KPI{{Label: "Accepted", Value: "9", Href: "/x", Spark: []float64{1, 2.5, 1}}, {Label: "Flat", Value: "0", Spark: []float64{3, 3}}, {Label: "None", Value: "1", Spark: []float64{1}}}))
	if doc.Find("svg").Length() != 2 {
		t.Errorf("%d sparklines, want 2: one value draws none", doc.Find("svg").Length())
	}
	first := doc.Find("svg").First()
	if d, _ := first.Find("path").Attr("d"); d != "M1.0 24.0L42.0 2.0L83.0 24.0" {
		t.Errorf("path %q", d)
	}
	if label, _ := first.Attr("aria-label"); label != "Recent trend, from 1 to 2.5" {
		t.Errorf("label %q", label)
	}
	if d, _ := doc.Find("svg").Eq(1).Find("path").Attr("d"); d != "M1.0 13.0L83.0 13.0" {
		t.Errorf("flat %q", d)
	}
	if doc.Find("li a[href='/x']").Length() != 1 {
		t.Error("a figure with an address must open its cases")
	}
}

func TestBlockedStepsStayVisible(t *testing.T) {
	ctx := reader(t, i18n.ZH)
	doc := draw(t, ctx, ui.Steps([]ui.Step{
		{Label: "派遣", Name: "_step", Value: "dispatch", Primary: true, Key: "d"},
		{Label: "结案", Blocked: "还没有整改后的照片", Article: "第六条"},
		{Label: "批注", Href: "/note", Dialog: "note", Key: "n"},
		{Label: "关联", Href: "/link", More: true},
	}))
	if got := strings.Join(strings.Fields(doc.Find("details.seldom").Text()), " "); got != "更多操作（1）关联" {
		t.Errorf("behind the fold stands %q", got)
	}
	if v, _ := doc.Find("button.primary[name=_step]").Attr("value"); v != "dispatch" {
		t.Errorf("submit value %q", v)
	}
	if got := strings.Join(strings.Fields(doc.Find(".blocked li").Text()), " "); got != "结案 还没有整改后的照片 第六条" {
		t.Errorf("blocked %q", got)
	}
	if href, _ := doc.Find("a[data-dialog=note]").Attr("href"); href != "/note" {
		t.Error("a dialog needs a page behind it, for browsers without scripts")
	}
	if keys, _ := doc.Find("a.btn").Attr("aria-keyshortcuts"); keys != "n" {
		t.Errorf("shortcut %q", keys)
	}
}

func TestPairKeepsThePlaceOfTheMissingPhoto(t *testing.T) {
	ctx := reader(t, i18n.ZH)
	before := ui.Photo{Thumb: "/a.jpg", Full: "/b.jpg", Alt: "路面积水"}
	doc := draw(t, ctx, ui.Pair(before, ui.Photo{}))
	if doc.Find("figure").Length() != 2 || !strings.Contains(doc.Find(".none").Text(), "还没有") {
		t.Error("the place of the after photo is not kept")
	}
	if alt, _ := doc.Find("img").Attr("alt"); alt != "路面积水" {
		t.Errorf("alt %q", alt)
	}
}

func TestSmallParts(t *testing.T) {
	ctx := reader(t, i18n.EN)
	doc := draw(t, ctx, ui.Facts([]ui.Fact{{Label: "Class", Text: "Vending"}, {Label: "Handler"}, {Label: "Chip", Value: ui.ChipOf(ui.Chip{Label: "x", Icon: "clock"})}}))
	if got := strings.TrimSpace(doc.Find("dd").Eq(1).Text()); got != "—" {
		t.Errorf("an absent fact is %q", got)
	}
	if doc.Find("dd .chip svg[aria-hidden=true]").Length() != 1 {
		t.Error("the chip's icon must be hidden from screen readers")
	}
	doc = draw(t, ctx, ui.PagerOf(ui.Pager{Next: "/x?after=9", Shown: 50, Total: "1,000+"}))
	if doc.Find("a[rel=next]").Length() != 1 || doc.Find("a").Length() != 1 || !strings.Contains(doc.Text(), "1,000+ in all") {
		t.Errorf("pager %s", doc.Text())
	}
	doc = draw(t, ctx, ui.Notice(ui.Red, "gavel", "Late"))
	if role, _ := doc.Find(".notice").Attr("role"); role != "alert" {
		t.Errorf("role %q", role)
	}
	doc = draw(t, ctx, ui.Timeline([]ui.Entry{{Title: "Filed", At: "09:20", Time: now, Tone: ui.Green, Who: "Zhou Min"}, {Title: "Next", At: "soon"}}))
	if doc.Find("li.green time").Text() != "09:20" || doc.Find("li").Eq(1).Find("time").Length() != 0 {
		t.Error("timeline: instants are <time>, words are not")
	}
	doc = draw(t, ctx, ui.Tabs("Sections", []ui.Tab{{Label: "Open", Href: "/a", Active: true, Count: "3"}, {Label: "Closed", Href: "/b"}}))
	if doc.Find("a[aria-current=page]").Length() != 1 {
		t.Error("one tab is current")
	}
	doc = draw(t, ctx, ui.Empty(ui.State{Icon: "check", Title: "All done", Action: "More", ActionHref: "/x"}))
	if doc.Find("a[href='/x']").Length() != 1 {
		t.Error("the empty state offers nothing to do")
	}
	doc = draw(t, ctx, ui.Photos(nil))
	if !strings.Contains(doc.Text(), "No photos yet") {
		t.Errorf("%q", doc.Text())
	}
	doc = draw(t, ctx, ui.Search("q", "虞河", "Search"))
	if v, _ := doc.Find("input[type=search]").Attr("value"); v != "虞河" {
		t.Errorf("search %q", v)
	}
}

func TestUnknownIconIsAnError(t *testing.T) {
	if err := ui.Icon("no-such-icon").Render(context.Background(), &bytes.Buffer{}); err == nil {
		t.Error("a misspelt icon must not pass unseen")
	}
	if err := ui.Icon("").Render(context.Background(), &bytes.Buffer{}); err != nil {
		t.Error("no icon is no error")
	}
}

// What stands in Chinese on an English page says so; on a Chinese page nothing does.
func TestChineseOnAnEnglishPageSaysSo(t *testing.T) {
	zh, en := reader(t, i18n.ZH), reader(t, i18n.EN)
	for said, want := range map[string][]string{
		"Food · 新华路（演示）201号":       {"新华路（演示）201号"},
		"C01-01 · 演示·摊主3 <b>":      {"演示·摊主3"},
		"near 某街 (illustrative)":   {"某街"},
		`"某店"34" & 某街&amp;`:        {`某店"34`, "某街"},
		"《某某办法》, 第三条。 Art. 3":      {"《某某办法》", "第三条。"},
		"no Chinese at all, 100 %": nil,
	} {
		var b bytes.Buffer
		if err := ui.Zh(said).Render(zh, &b); err != nil || b.String() != templ.EscapeString(said) {
			t.Errorf("in Chinese %q is %q, %v", said, b.String(), err)
		}
		doc := draw(t, en, ui.Zh(said))
		if got := doc.Find(`[lang="zh-CN"]`).Map(func(_ int, s *goquery.Selection) string { return s.Text() }); !slices.Equal(got, want) || doc.Text() != said {
			t.Errorf("%q marks %q in %q", said, got, doc.Text())
		}
		if marked := ui.ZhIn(en, said) != nil; marked != (want != nil) || ui.ZhIn(zh, said) != nil {
			t.Errorf("an option %q is marked: %v", said, marked)
		}
	}
}

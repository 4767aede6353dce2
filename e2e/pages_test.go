package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	cdp "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// rounds are the pages that each role meets in a day. What begins otherwise than
// an address is a link or a button on the page before.
var rounds = map[string][]string{
	"": {"/", "/report", "/report/garbage", "/report/other", "/login", "/follow?code=none",
		"/stalls", "/stalls/C01", "/stalls/apply", "/stalls/mine", "/stalls/pass", "/shop", "/shop/YS-003", "/volunteer", "/operations"},
	"shouli1":  {"/desk", "/intake", "/cases", "/inbox", "/account", "/cases?view_of=closed", "/account/delegations"},
	"caiji3":   {"/field", "/field/report"},
	"hw.work":  {"/field"},
	"paiqian1": {"/desk?view=map", "/desk?overdue=1", "/desk/bulk?act=dispatch"},
	"ducha1":   {"/desk", "/reveals", "/enforcement/board", "/enforcement/reviews", "/enforcement/meetings", "/enforcement/precedents"},
	"zhifa1": {"/enforcement/dossiers", "/enforcement/dossiers?stage=s4", "/enforcement/leads/new", "/enforcement/leads/new?open=enf.inspect/i_plan",
		"/enforcement/leads/new?open=enf.simple/s_start", "/enforcement/goods", "/enforcement/recordings", "/enforcement/seals"},
	"caiwu": {"/enforcement/money", "/enforcement/receipts"},
	// Street order, each post at the pages of its own.
	"tandian1":  {"/street/stalls"},
	"tandian2":  {"/street", "/street/stalls/batch", "/street/closing", "/street/effect", "#clusters td a", "/street/sites", "#scenarios li a", "/street/sites", "#scenarios form .btn"},
	"daiban":    {"/street/duty", "/street/rosters", "/street/watch", "/street/groups", "/street/volunteers"},
	"zhiyuan1":  {"/street/duty", "/street/talk"},
	"tanguan1":  {"/street", "/street/pass", "/street/closing"},
	"shequ1":    {"/street/frontage", "/street/frontage/shops", "/street/frontage/shops/YS-003"},
	"xuncha1":   {"/street/frontage/shops/YS-003/inspect"},
	"keshi":     {"/street"},
	"zhifa2":    {"/street", "/joint", `td a[href$="/board"]`, `.actions a[href$="/find"]`},
	"scjg.link": {"/joint"},
	"zhongdui.work1": {"/enforcement", "/enforcement/law/UM-004?on=2026-08-01&end=2026-08-10&decision=2026-10-20&tier=&party=organisation", "/enforcement/powers",
		"/enforcement/benchmark?scale=UM-004%7C&party=citizen&area=large&again=once&fix=at_once&fine=4000", "/enforcement/parties", "/enforcement/parties/new",
		"/enforcement/permits", "/enforcement/row?register=power&code=YS-CF-001"},
	"admin": {"/admin", "/admin/people", "/admin/departments", "/admin/departments/merge", "/admin/delegations", "/admin/keys", "/admin/webhooks", "/admin/messages", "/admin/audit",
		"/admin/catalogue", "/admin/catalogue/01001", "/admin/catalogue/01001/01001-1", "/admin/calendar", "/admin/calendar?year=2027", "/admin/import",
		"/components", "/components?class=01002", "/components/37079901037000019", "/components/37079901037000019/edit", "/components/pairs", "/components/import",
		"/enforcement/law/UM-001", "/enforcement/rules/UM-001-SD218-NV", "/enforcement/import"},
}

// A page is judged by axe on a desk, and by its width on a phone too, in both languages.
func TestEveryPageIsCleanOnADeskAndInAHand(t *testing.T) {
	browserCtx := launch(t)
	base := serve(t)
	for login, list := range rounds {
		c := &city{t: t, browser: browserCtx, base: base, lang: "zh-CN", tabs: map[string]*page{}}
		var p *page
		if login == "" {
			p = open(t, browserCtx, base, "citizen", c.lang, desktop)
		} else {
			p = c.as(login, desktop)
		}
		for i, path := range list {
			p.sized(desktop)
			p.speaks("zh-CN")
			if strings.HasPrefix(path, "/") {
				p.visit(path)
			} else {
				p.follow(path)
			}
			p.fits(fmt.Sprintf("page-desktop-%s-%d", login, i))
			p.sized(phone)
			p.fits(fmt.Sprintf("page-phone-%s-%d", login, i))
			p.speaks("en")
			p.do("read in English", chromedp.Navigate(read(p, "where", chromedp.Location())), chromedp.WaitReady("main"))
			p.fits(fmt.Sprintf("page-phone-%s-%d-en", login, i))
		}
	}
}

// sized gives the tab another screen.
func (p *page) sized(s size) { p.do("resize", chromedp.EmulateViewport(s.w, s.h)) }

// speaks chooses the language of the pages that come.
func (p *page) speaks(lang string) {
	headers := network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}}
	p.do("speak "+lang, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, headers)
		return err
	}))
}

// fits fails on a page that is wider than its screen, and keeps a picture.
func (p *page) fits(name string) {
	p.t.Helper()
	if wide := read(p, "width", chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); wide > 0 {
		p.t.Errorf("%s: %s is %d px too wide", name, read(p, "where", chromedp.Location()), wide)
	}
	p.shot(name)
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b`)

func TestACaseAndAListPrintOnOnePage(t *testing.T) {
	c := &city{t: t, browser: launch(t), base: serve(t), lang: "zh-CN", tabs: map[string]*page{}}
	p := c.as("shouli1", desktop)
	p.visit("/cases?view_of=closed")
	p.follow("table tbody tr:first-child a")
	p.follow(`a[href$="/print"]`)
	for _, what := range []string{"case", "list"} {
		if what == "list" {
			p.visit("/cases/print?state=filed")
		}
		ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
		defer cancel()
		out, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(x *cdp.PrintToPDFParams) { yes := true; x.PreferCSSPageSize = &yes }))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(pdfPage.FindAll(out, -1)); n != 1 {
			t.Errorf("a %s prints on %d pages", what, n)
		}
	}
}

func TestTheQueueIsLiveAndNeverJumpsUnderTheCursor(t *testing.T) {
	c := &city{t: t, browser: launch(t), base: serve(t), lang: "zh-CN", title: "河边倒了一棵树", tabs: map[string]*page{}}
	p := c.as("shouli1", desktop)
	p.visit("/desk")
	const look = `(() => { const r = document.getElementById(window.watched); return r.id + "@" + Math.round(r.getBoundingClientRect().top); })()`
	at := read(p, "the last row", chromedp.Evaluate[[]float64](`(() => { const r = document.querySelector("#queue li:last-child"); r.scrollIntoView({block: "center"}); window.watched = r.id; const b = r.getBoundingClientRect(); return [b.left + 40, b.top + 20]; })()`))
	p.do("point at it", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
	before := read(p, "where the row is", chromedp.Evaluate[string](look))
	count := read(p, "rows", chromedp.Evaluate[int](`document.querySelectorAll("#queue li").length`))
	citizen := open(t, c.browser, c.base, "citizen", c.lang, phone)
	c.report(citizen)
	p.do("wait for the new row", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](fmt.Sprintf(`document.querySelectorAll("#queue li").length > %d`, count))(ctx, t)
		return err
	}))
	after := read(p, "where the row is now", chromedp.Evaluate[string](look))
	if before != after {
		t.Errorf("the row under the cursor moved: %s, then %s", before, after)
	}
}

func TestTheReportPageShowsNeighboursAndKeepsADraft(t *testing.T) {
	c := &city{t: t, browser: launch(t), base: serve(t), lang: "zh-CN", title: "桶边堆着袋子", tabs: map[string]*page{}}
	p := open(t, c.browser, c.base, "citizen", c.lang, phone)
	c.report(p)
	p.visit("/report/garbage")
	p.fill(values{"class": "06010", "place.lat": lat, "place.lng": lng})
	p.do("choose the place", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[bool](`document.querySelector("[data-place=place]").dispatchEvent(new CustomEvent("place:changed", {bubbles: true}))`)(ctx, t)
		return err
	}))
	p.has("#near .near li")
	p.check()
	p.fill(values{"desc": "写到一半的话"})
	p.visit("/")
	p.visit("/report/garbage")
	if got := read(p, "the draft", chromedp.Evaluate[string](`document.querySelector("[name=desc]").value + "|" + document.querySelector("[name='place.lat']").value`)); got != "写到一半的话|"+lat {
		t.Errorf("the draft came back as %q", got)
	}
}

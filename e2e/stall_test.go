package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A vendor asks for a stall on a phone, is placed by the batch, pledges, is scanned
// in, loses a point, appeals and is heard.
func vendor(t *testing.T, base string, browser context.Context) {
	c := &city{t: t, browser: browser, base: base, lang: "zh-CN", tabs: map[string]*page{}}
	me := open(t, browser, base, "vendor", c.lang, phone)
	me.visit("/stalls/apply?cluster=C03")
	me.shot("stall-apply")
	me.fill(values{"name": "申小摊", "id_no": "37070519680305010X", "phone": "13800000088", "goods": "daily", "hours": "evening"})
	me.fill(values{"goods": "toys"})
	me.submit()
	me.shot("stall-applied")
	own := strings.TrimPrefix(strings.TrimSuffix(read(me, "where", chromedp.Location()), "?new=1"), base)

	if got := read(me, "the receipt", chromedp.Evaluate[string](`fetch(location.pathname + "/receipt.pdf").then(async (r) => r.status + " " + (await r.text()).slice(0, 5))`, chromedp.EvalAwaitPromise)); got != "200 %PDF-" {
		t.Errorf("the receipt on paper: %q", got)
	}

	at := func(login, pane, called, step string, v values) {
		p := c.as(login, desktop)
		p.visit("/street/stalls")
		read(p, "the case in "+pane, chromedp.Evaluate[string](`[...document.querySelectorAll("#`+pane+` a")].find((x) => x.textContent.includes("`+called+`")).id = "mine"`))
		p.follow("#mine")
		p.follow(`a[href*="/steps/` + step + `"]`)
		c.send(p, v)
	}
	const asked = "日用百货、玩具文创"
	at("tandian1", "work", asked, "receive", nil)
	at("tandian1", "work", asked, "propose", values{"ok": "1", "opinion": "品类符合公告。"})
	at("tandian2", "work", asked, "check", values{"ok": "1"})
	head := c.as("tandian2", desktop)
	head.visit("/street/stalls/batch")
	head.shot("stall-batch")
	head.goes("accept the batch", chromedp.Click(`#placed button[type="submit"]`))

	me.visit(own)
	me.shot("stall-offered")
	me.follow(`a[href$="/take_place"]`)
	me.attach(photo(t, "vendor"))
	me.sign()
	me.submit()
	me.has(`a[href$="/card.pdf"]`)
	stall := read(me, "the stall", chromedp.Evaluate[string](`document.querySelector("main").innerText.match(/C03-\d+/)[0]`))
	number := read(me, "the number", chromedp.Evaluate[string](`document.querySelector("main").innerText.match(/TW\d{8}/)[0]`))

	keeper := c.as("tanguan1", phone)
	keeper.visit("/stalls/card/" + number)
	keeper.goes("scan in", chromedp.Click(`#here button`))
	keeper.has("#here .chip")
	keeper.shot("stall-scanned")
	keeper.follow(`#points a[href$="act=dirt"]`)
	keeper.attach(photo(t, "litter"))
	keeper.submit()

	me.visit(own)
	me.follow(`#points a[href$="/appeal"]`)
	me.fill(values{"explain": "收摊后是别人放的。"})
	me.submit()
	at("tandian2", "appeals", stall, "cancel", values{"reason": "照片时间在收摊之前，撤销。"})
	me.visit(own)
	me.shot("stall-heard")
	me.reads("#points", "照片时间在收摊之前")
	me.reads("#points h2", "12")
}

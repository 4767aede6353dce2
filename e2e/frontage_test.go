package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A shop signs on its own phone, fails an inspection, puts it right with a photo
// and is seen again.
func frontage(t *testing.T, base string, browser context.Context) {
	c := &city{t: t, browser: browser, base: base, lang: "zh-CN", tabs: map[string]*page{}}
	const door = "/street/frontage/shops/YS-012" // nobody came by yet
	out := c.as("shequ1", phone)
	out.visit(door)
	out.goes("draft and send", chromedp.Click(`form[action="/street/frontage/pledges"] button`))
	own := strings.TrimPrefix(read(out, "the shop's address", chromedp.Evaluate[string](`document.querySelector(".slips a").getAttribute("href")`)), base)

	shop := open(t, c.browser, base, "shop", c.lang, phone)
	shop.visit(own)
	shop.shot("shop-to-sign")
	shop.follow(`a[href$="/sign"]`)
	shop.fill(values{"name": "王某某", "phone": "13800000000", "capacity": "owner"})
	shop.sign()
	shop.submit()
	shop.has(`a[href$="/pdf"]`)

	look := c.as("xuncha1", phone)
	look.visit(door + "/inspect")
	there := values{"here.lat": "36.761563", "here.lng": "119.132924", "here.accuracy": "8"}
	look.fill(merge(there, values{"score_hygiene": "8", "score_order": "12", "score_green": "20", "score_fittings": "20", "score_front": "20"}))
	look.attach(photo(t, "before"))
	look.goes("ask to correct", chromedp.Click(`button[name="then"][value="order"]`))
	look.accepted()

	shop.visit(own)
	shop.has(".scores .low")
	shop.shot("shop-to-correct")
	shop.follow(`a[href$="/claim_fix"]`)
	shop.attach(photo(t, "after"))
	shop.submit()

	again := c.as("xuncha2", phone)
	again.visit(door)
	again.follow(`#cases li:first-child a`)
	again.follow(`a[href$="/steps/recheck"]`)
	again.fill(merge(there, values{"ok": "1"}))
	again.attach(photo(t, "checked"))
	again.submit()

	shop.visit(own)
	shop.shot("shop-corrected")
	if text := read(shop, "what the shop reads", chromedp.Text("main")); !strings.Contains(text, "已改正，谢谢") || strings.Contains(text, "我已改正") {
		t.Errorf("the shop reads %.400s", text)
	}
}

func merge(a, b values) values {
	out := values{}
	for _, v := range []values{a, b} {
		for name, x := range v {
			out[name] = x
		}
	}
	return out
}

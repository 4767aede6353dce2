package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// sign draws on the form's pad with the pointer, as a hand does.
func (p *page) sign() {
	p.t.Helper()
	p.has("[data-sign] canvas")
	box := read(p, "find the pad", chromedp.Evaluate[[]float64](
		`(() => { const c = document.querySelector("[data-sign] canvas"); c.scrollIntoView({block: "center"}); const r = c.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`))
	at := func(kind input.DispatchMouseEventType, x, y float64) chromedp.Action[chromedp.Void] {
		return chromedp.MouseEvent(kind, box[0]+x*box[2], box[1]+y*box[3], chromedp.ButtonLeft)
	}
	p.do("sign", at(input.DispatchMouseEventTypeMousePressed, 0.2, 0.7), at(input.DispatchMouseEventTypeMouseMoved, 0.4, 0.2), at(input.DispatchMouseEventTypeMouseMoved, 0.5, 0.8), at(input.DispatchMouseEventTypeMouseMoved, 0.8, 0.3),
		at(input.DispatchMouseEventTypeMouseReleased, 0.8, 0.3))
}

// ink is what the form would send of the drawing.
func (p *page) ink() string {
	p.t.Helper()
	return read(p, "read the ink", chromedp.Evaluate[string](`document.querySelector("[data-ink]").value`))
}

func TestWhatIsSignedOnAScreen(t *testing.T) {
	t.Parallel()
	base, browser := serve(t), launch(t)
	t.Run("a handover", func(t *testing.T) { handover(t, base, browser) })
	t.Run("the pledge of a shop", func(t *testing.T) { frontage(t, base, browser) })
	t.Run("the life of a stall", func(t *testing.T) { vendor(t, base, browser) })
}

func handover(t *testing.T, base string, browser context.Context) {
	c := &city{t: t, browser: browser, base: base, lang: "zh-CN", tabs: map[string]*page{}}
	p := c.as("paiqian2", phone)
	p.visit("/shift")
	p.follow(`main .notice a.btn`)
	p.follow(`a[href$="/steps/sign_in"]`)
	p.sign()
	if !strings.HasPrefix(p.ink(), "data:image/png;base64,") {
		t.Fatalf("nothing was drawn: %.40q", p.ink())
	}
	p.do("clear", chromedp.Click("[data-sign] [data-clear]"))
	if p.ink() != "" {
		t.Error("the pad was not cleared")
	}
	p.sign()
	drawn := p.ink()
	p.do("leave and come back", chromedp.Reload(), chromedp.WaitVisible(".restored"))
	if p.ink() != drawn {
		t.Error("the draft lost the signature")
	}
	p.fill(values{"remarks": "物品齐全。", "seen": "1"})
	p.submit()
	p.has(".signatures li:nth-child(2) img")
	if w := read(p, "the second signature", chromedp.Evaluate[int](
		`(async () => { const i = document.querySelector(".signatures li:nth-child(2) img"); await i.decode(); return i.naturalWidth; })()`, chromedp.EvalAwaitPromise)); w != 640 {
		t.Errorf("the signature is %d wide", w)
	}
}

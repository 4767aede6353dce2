package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A lamp of the demonstration's register, by its page's facts.
const (
	lamp      = "37079901037000085"
	besideLat = "36.761955" // two metres away
	besideLng = "119.131640"
)

// A citizen picks the lamp beside the map; its page then tells of the case.
func TestAComponentIsPickedAndKnowsItsCases(t *testing.T) {
	c := &city{t: t, browser: launch(t), base: serve(t), lang: "zh-CN", title: "路灯一闪一闪", tabs: map[string]*page{}}
	p := open(t, c.browser, c.base, "citizen", c.lang, phone)
	p.visit("/report/light")
	p.do("show the map", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](`document.querySelector("[data-map]").dataset.ready === "1"`)(ctx, t)
		return err
	}))
	p.fill(values{"class": "01037", "place.lat": besideLat, "place.lng": besideLng, "q_live_wire": "no", "desc": c.title})
	p.has(`[data-near] .check`)
	p.do("wait for the dots", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](`document.querySelector("[data-map]").dataset.shown > 5`)(ctx, t)
		return err
	}))
	p.do("see the map", chromedp.ScrollIntoView(`[data-map] .canvas`))
	at := read(p, "the middle of the map", chromedp.Evaluate[[]float64](`(() => { const r = document.querySelector("[data-map] .canvas").getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()`))
	p.shot("pick-map")
	p.do("click the dot", chromedp.MouseClickXY(at[0], at[1]))
	p.has(`[data-near] input[value="` + lamp + `"]:checked`) // the place is the lamp's own now
	p.has(`[data-near] .check:nth-of-type(2)`)
	p.do("look at it", chromedp.ScrollIntoView(`[data-near]`))
	p.shot("pick-phone")
	p.check()
	c.send(p, values{}, photo(t, "lamp"))
	if at := read(p, "where", chromedp.Location()); !strings.Contains(at, "/r/") {
		t.Fatalf("the report led to %s", at)
	}
	s := c.as("shouli1", desktop)
	s.visit("/components/" + lamp)
	s.shot("component-desktop")
	s.follow(`#cases-list a`)
	s.shot("component-case")
	s.follow(`a[href="/components/` + lamp + `"]`)
}

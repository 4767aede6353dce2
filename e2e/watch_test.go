package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiucheng/internal/ground/calendar"
)

// bands counts what the map of a watch draws: red, green and the circle.
const bands = `(() => {
  const n = {ban: 0, green: 0, round: 0};
  document.querySelector("[data-map]").map.getLayers().forEach((l) => l.getSource().getFeatures?.().forEach((f) => {
    if (f.get("kind") in n) n[f.get("kind")]++;
    if (f.get("round")) n.round++;
  }));
  return [n.ban / 2, n.green / 2, n.round / 2].join(" ");
})()` // two layers draw every area

// The duty lead looks at a watch: what was seen today is green, what was not is red
// and named, and the slider leads, by keyboard alone, to an hour in which nobody
// was out and all is red, while the map stays where it is.
func TestABlindStretchIsDrawn(t *testing.T) {
	t.Parallel()
	base := serve(t)
	c := &city{t: t, browser: launch(t), base: base, lang: "en", tabs: map[string]*page{}}
	lead := c.as("daiban", desktop)
	lead.visit("/street/watch?cluster=C03")
	lead.has(`[data-map][data-ready="1"]`)
	lead.has(".map .legend")
	lead.reads("#watch-head .notice", "Demo Lane 03-5")
	lead.shot("watch")
	if drawn := read(lead, "bands", chromedp.Evaluate[string](bands)); !strings.HasSuffix(drawn, " 1") || strings.HasPrefix(drawn, "0 ") {
		t.Errorf("red bands, green bands, circles: %s", drawn)
	}
	hour := 3
	if time.Now().In(calendar.Zone).Hour() < 6 {
		hour = 12
	}
	lead.do("focus the slider", chromedp.Focus("#watch-hour"), chromedp.KeyEvent(kb.Home))
	for range hour {
		lead.press(kb.ArrowRight)
	}
	lead.has(fmt.Sprintf(`#watch[data-areas*="hour=%d"]`, hour))
	lead.reads("#watch-head h2", fmt.Sprintf("%02d:00–%02d:00", hour, hour+1))
	lead.do("see all of it blind", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](bands+` === "5 0 1"`)(ctx, t)
		return err
	}))
	lead.shot("watch-night")
	c.walk()
}

// located has the phone say where the first stretch begins.
const located = `navigator.geolocation.watchPosition = (found) => {
  setTimeout(() => found({timestamp: Date.now(), coords: {latitude: 36.767111, longitude: 119.137429, accuracy: 8}}));
  return 1;
}`

// walk has a volunteer sign in on a phone, see at once that the track is kept, and
// sign out.
func (c *city) walk() {
	v := c.as("zhiyuan1", phone)
	v.visit("/street/duty")
	v.fill(values{"place": "C01-L1", "here.lat": "36.767111", "here.lng": "119.137429"})
	v.goes("sign in", chromedp.Submit(`form[action="/street/duty/in"]`))
	v.has("[data-track] button")
	read(v, "start the track", chromedp.Evaluate[bool](located+`, document.querySelector("[data-track] button").click(), true`))
	v.do("see it kept", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Poll[bool](`document.querySelector("[data-track] [data-said]").textContent.includes("kept: 1")`)(ctx, t)
		return err
	}))
	v.shot("track")
	v.goes("sign out", chromedp.Submit("[data-sign-out]"))
	v.has("#sign form")
}

// reads holds that an element says the words.
func (p *page) reads(sel, words string) {
	p.t.Helper()
	p.has(sel)
	if said := read(p, "read "+sel, chromedp.Text(sel)); !strings.Contains(said, words) {
		p.t.Errorf("%s says %q, not %q", sel, said, words)
	}
}

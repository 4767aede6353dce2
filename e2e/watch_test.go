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
}

// reads holds that an element says the words.
func (p *page) reads(sel, words string) {
	p.t.Helper()
	p.has(sel)
	if said := read(p, "read "+sel, chromedp.Text(sel)); !strings.Contains(said, words) {
		p.t.Errorf("%s says %q, not %q", sel, said, words)
	}
}

package app

import (
	"net/http"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
)

// Incidents told before and after a cluster opened stand in their weeks: near it,
// outside of every cluster, and not at all where another cluster is near or the
// class is not watched.
func TestTheWeeksAroundAnOpeningAreRight(t *testing.T) {
	t.Parallel()
	c := &walker{doors: &doors{crew: newCrew(t, "")}}
	near, outside, other := procedure.Point{Lat: 36.764669, Lng: 119.1375}, procedure.Point{Lat: 36.747, Lng: 119.161}, procedure.Point{Lat: 36.7513, Lng: 119.1084}
	tell := func(class string, at procedure.Point, n int) {
		for range n {
			photo := c.photoAt("photos", at)
			if _, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: c.w.Division, Step: "report", Actor: c.who("caiji3"), Files: []engine.Upload{photo},
				Input: procedure.Input{"source": "collector", "class": class, "desc": "巡查发现", "place": at}, Party: &engine.NewParty{NoReceipt: true}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	opened, err := calendar.ParseDate("2026-03-01")
	if err != nil {
		t.Fatal(err)
	}
	c.w.Clock.Set((opened - 30).At(600))
	tell("09005", near, 1) // in no whole week on record
	for i, n := range [][2]int{{2, 1}, {3, 1}, {2, 1}, {3, 2}, {1, 2}, {1, 1}, {1, 1}, {1, 1}} {
		c.w.Clock.Set((opened + calendar.Date(7*(i-4)+i%7)).At(600))
		tell("09005", near, n[0])
		tell("09006", outside, n[1])
	}
	tell("09005", other, 2)
	tell("06010", near, 2)

	read := func(login, lang, path string) string {
		w := c.raw(login, "GET", path, "", "", "Accept-Language", lang)
		if w.Code != http.StatusOK {
			t.Fatalf("%s for %s: %d", path, login, w.Code)
		}
		return strings.Join(strings.Fields(plainText(w.Body.String())), " ")
	}
	says := func(page string, want ...string) {
		t.Helper()
		for _, x := range want {
			if !strings.Contains(page, x) {
				t.Errorf("nothing says %q: %.1500s", x, page)
			}
		}
	}
	c.w.Clock.Set((opened + 27).At(1380)) // an hour short of the fourth week
	says(read("tandian2", "zh-CN", "/street/effect?cluster=C01"), "启用后不足 4 周的记录", "启用前 4 周，启用后 3 周")
	c.w.Clock.Set((opened + 28).At(0))
	says(read("tandian2", "zh-CN", "/street/effect?cluster=C01"), "2026-03-01 启用", "减少", "−60%", "2026-02-01 2 1 2026-02-08 3 1 2026-02-15 2 1 2026-02-22 3 2 2026-03-01 启用 1 2 2026-03-08 1 1 2026-03-15 1 1 2026-03-22 1 1",
		"启用前 4 周，启用后 4 周；周边 10 起变为 4 起，其他路段 5 起变为 5 起", "偶然性大")
	says(read("fenguan", "en", "/street/effect"), "Demo Stall Cluster 01 2026-03-01 Less disorder −60% −84% to −30%", "Demo Stall Cluster 05 2026-03-01 Cannot be compared Nothing was recorded nearby before the opening")
	says(read("daiban", "zh-CN", "/street/watch?cluster=C01"), "减少", "−60%", "2026-02-08 3 1")
	if w := c.raw("tandian2", "GET", "/street/effect?cluster=C99", "", ""); w.Code != http.StatusNotFound {
		t.Errorf("an unknown cluster: %d", w.Code)
	}
}

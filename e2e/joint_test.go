package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A leader looks at the board of the day while somebody on the street records a
// finding on a phone: it appears by itself.
func TestTheBoardOfTheDayIsLive(t *testing.T) {
	t.Parallel()
	base := serve(t)
	c := &city{t: t, browser: launch(t), base: base, lang: "en", tabs: map[string]*page{}}
	leader, officer := c.as("fenguan", desktop), c.as("zhifa1", phone)
	leader.visit("/joint")
	leader.follow(`#now a[href$="/board"]`)
	leader.has("#find-5")
	officer.visit("/joint/new")
	officer.visit("/operations")
	officer.visit("/joint")
	officer.follow(`#now a[href$="/find"]`)
	officer.follow(`a[href*="kind=incident"]`)
	officer.fill(values{"place.lat": lat, "place.lng": lng, "words": "占道摆摊"})
	officer.attach(photo(t, "litter"))
	officer.submit()
	leader.do("wait for the finding", chromedp.WaitVisible("#find-6"))
	leader.shot("joint-board")
	leader.check()
}

package change

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/effect"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
)

var (
	here  = geo.Point{Lat: 36.76, Lng: 119.1}
	since = calendar.DateOf(time.Date(2026, 3, 1, 0, 0, 0, 0, calendar.Zone))
)

// weighed counts one incident on each day, so many after the opening.
func weighed(now calendar.Date, days ...calendar.Date) (out []Week) {
	x := Change{Cluster: &cluster.Cluster{Code: "C01", At: here, Since: since}, Radius: 1000}
	var events []effect.Event
	for _, d := range days {
		events = append(events, effect.Event{At: (since + d).At(600), Place: here})
	}
	x.weigh(&cluster.Book{Clusters: []*cluster.Cluster{x.Cluster}}, events, now.At(0))
	return x.Weeks
}

func week(from calendar.Date, near int, opens bool) Week {
	return Week{From: since + from, Week: effect.Week{Near: near}, Opens: opens}
}

func TestWeeksBeginWithTheFirstRecordAndEndWithTheLastWholeWeek(t *testing.T) {
	for name, c := range map[string]struct{ got, want []Week }{
		"nothing on record":            {weighed(since + 30), nil},
		"whole weeks alone":            {weighed(since+15, -16, -14, -1, 0, 14), []Week{week(-14, 1, false), week(-7, 1, false), week(0, 1, true), week(7, 0, false)}},
		"records begin too late":       {weighed(since+29, 8, 15, 16), []Week{week(14, 2, false), week(21, 0, false)}},
		"half a year and no more":      {weighed(since+400, -183, -182, -1, 181, 182)[:2], []Week{week(-182, 1, false), week(-175, 0, false)}},
		"around the opening":           {weighed(since+400, -182, -1)[24:28], []Week{week(-14, 0, false), week(-7, 1, false), week(0, 0, true), week(7, 0, false)}},
		"the last week of half a year": {weighed(since+400, -183, -182, -1, 181, 182)[51:], []Week{week(175, 1, false)}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestWhatIsNotOpenIsNotCompared(t *testing.T) {
	now := (since + 1).At(0)
	for want, day := range map[string]calendar.Date{"change.no_since": 0, "change.not_open": since + 2, "": since} {
		if got := missing(&cluster.Cluster{Since: day}, now); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	for x, want := range map[float64]string{0.004: "0%", -0.004: "0%", -0.253: "−25%", 1.2: "+120%"} {
		if got := signed(x); got != want {
			t.Errorf("%f is said as %q, want %q", x, got, want)
		}
	}
}

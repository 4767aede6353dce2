package web

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// similar is a case that may be the same problem.
type similar struct {
	Href, Title, Why string
	Chip             ui.Chip
	Photo            ui.Photo
	Merge            string // the form that merges this case into it; "" when it has ended
}

// early are the states in which advice still changes what the desk does.
var early = []string{"reported", "awaiting_info", "verifying", "accepted", "filed", "dispatched"}

// shownSimilar is how many cases nearby are shown.
const shownSimilar = 4

func (d *Desk) advise(ctx context.Context, n names, s *engine.Snapshot, c *caseView) error {
	if s.Procedure != incident.Procedure || !slices.Contains(early, s.State) {
		return nil
	}
	a, err := d.Duty.Advise(ctx, d.DB, s, n.now)
	if err != nil {
		return err
	}
	if s.State != "reported" && s.State != "awaiting_info" {
		c.Border = a.Route.Boundary.In(n.lang)
	}
	for _, h := range a.Hints[:min(len(a.Hints), shownSimilar)] {
		x, err := d.similar(ctx, n, s, h)
		if err != nil {
			return err
		}
		c.Similar = append(c.Similar, x)
	}
	return nil
}

func (d *Desk) similar(ctx context.Context, n names, s *engine.Snapshot, h incident.Hint) (similar, error) {
	other := h.Row.ID.String()
	x := similar{Href: "/cases/" + other, Title: h.Row.Title, Chip: ui.Chip{Label: i18n.T(ctx, "desk.similar_weak"), Tone: ui.Plain}}
	if h.Row.Number != "" {
		x.Title = h.Row.Number + " " + x.Title
	}
	switch {
	case h.Back:
		x.Chip = ui.Chip{Label: i18n.T(ctx, "desk.similar_back"), Tone: ui.Blue}
	case h.Strong():
		x.Chip = ui.Chip{Label: i18n.T(ctx, "desk.similar_strong"), Tone: ui.Amber}
	}
	gap := clock.FromMicro(s.Opened).Sub(clock.FromMicro(h.Row.Opened)).Abs()
	x.Why = i18n.T(ctx, "desk.similar_why", "m", fmt.Sprintf("%.0f", h.Metres), "gap", span(ctx, gap), "score", strconv.Itoa(int(100*h.Score)))
	if st := n.state(h.Row); st != nil {
		x.Why += " · " + st.Name.In(n.lang)
	}
	if !h.Row.Terminal && slices.Contains([]string{"reported", "accepted", "filed"}, s.State) {
		x.Merge = "/cases/" + s.ID.String() + "/steps/merge?target=" + other
	}
	files, err := evidence.Of(ctx, d.DB, s.Division, h.Row.ID)
	if i := slices.IndexFunc(files, func(e evidence.Exhibit) bool { return e.Photo() && e.Kind == "before" }); i >= 0 {
		base := "/cases/" + other + "/photo/" + files[i].SHA256
		x.Photo = ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", Alt: h.Row.Title, At: files[i].Received.In(calendar.Zone).Format("01-02 15:04")}
	}
	return x, err
}

// span is a length of time in one unit.
func span(ctx context.Context, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return i18n.T(ctx, "desk.days", "n", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return i18n.T(ctx, "desk.hours", "n", int(d.Hours()))
	}
	return i18n.T(ctx, "desk.minutes", "n", int(d.Minutes()))
}

// apart says how far and how long the first photo before the work and the last
// one after it lie apart, "" while one of them is missing.
func apart(ctx context.Context, list []evidence.Exhibit) string {
	is := func(kind string) func(evidence.Exhibit) bool {
		return func(e evidence.Exhibit) bool { return e.Photo() && e.Kind == kind }
	}
	i, j := slices.IndexFunc(list, is("before")), -1
	for k := range list {
		if is("after")(list[k]) {
			j = k
		}
	}
	if i < 0 || j < 0 {
		return ""
	}
	a, b := list[i], list[j]
	gap := span(ctx, instant(b).Sub(instant(a)).Abs())
	if a.At == nil || b.At == nil {
		return i18n.T(ctx, "desk.apart_time", "gap", gap)
	}
	p, q := geo.Point{Lat: a.At.Lat, Lng: a.At.Lng}, geo.Point{Lat: b.At.Lat, Lng: b.At.Lng}
	way := int(math.Mod(geo.Bearing(p, q)+360+22.5, 360) / 45)
	return i18n.T(ctx, "desk.apart", "m", fmt.Sprintf("%.0f", geo.Distance(p, q)), "way", i18n.T(ctx, "desk.way."+strconv.Itoa(way)), "gap", gap)
}

// instant is when a photo was taken, as far as it says.
func instant(e evidence.Exhibit) time.Time {
	if e.Taken.IsZero() {
		return e.Received
	}
	return e.Taken
}

// corrected remembers what a case was, to show old and new side by side.
type corrected map[string]string

// amended are the fields whose change is worth a line, and the steps that make
// a change of something said before.
var (
	amended = []string{"class", "condition", "dept", "address"}
	amend   = []string{"correct", "reroute", "accept", "rule", "move_dept"}
)

// take reads an event and says what it changed.
func (was corrected) take(ctx context.Context, n names, b record.Body) (out []string) {
	for _, name := range amended {
		var now string
		if raw, set := b.Data[name]; !set || json.Unmarshal(raw, &now) != nil {
			continue
		}
		old := was[name]
		was[name] = now
		if old == "" || now == "" || old == now || !slices.Contains(amend, b.Step) {
			continue
		}
		out = append(out, i18n.T(ctx, "desk.changed", "what", i18n.T(ctx, "desk.changed."+name), "old", n.word(name, old), "new", n.word(name, now)))
	}
	return out
}

// word is a value of an amended field as people call it.
func (n names) word(field, value string) string {
	said := ""
	switch field {
	case "class":
		said = n.class(value)
	case "dept":
		said = n.dept(value)
	case "condition":
		if c, err := n.cat.Condition(value); err == nil {
			said = c.Filing.In(n.lang)
		}
	}
	if said == "" {
		return value
	}
	return said
}

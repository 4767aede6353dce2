package incident

import (
	"cmp"
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/text"
)

// Hint is another case that may be the same problem (§1.7).
type Hint struct {
	Row    record.Row
	Metres float64
	Score  float64
	Back   bool // closed as fixed lately: it came back, which is no duplicate
}

// Strong hints must be answered before a case is accepted.
func (h Hint) Strong() bool { return h.Score >= strong && !h.Back }

const (
	strong    = 0.60
	weak      = 0.35
	slack     = 50.0 // metres of accuracy that may widen the radius
	cameBack  = 30 * 24 * time.Hour
	hintsMost = 8
)

// score weighs nearness in place, in time, and likeness of the words.
func score(metres, radius float64, gap, window time.Duration, likeness float64) float64 {
	near := max(0, 1-metres/radius)
	soon := max(0, 1-float64(gap)/float64(window))
	return 0.5*near + 0.3*soon + 0.2*likeness
}

// hints lists cases of the same family near the place, best first.
func (s scene) hints(ctx context.Context) ([]Hint, error) {
	p, accuracy, ok := s.point()
	class, known := s.class()
	if !ok || !known {
		return nil, nil
	}
	window := class.Family.Window()
	rows, err := record.Near(ctx, s.Q, s.Snapshot.Division, record.Around{Procedure: Procedure, In: geo.Around(p, float64(class.Family.RadiusM)+slack),
		OpenedFrom: clock.Micro(s.opened.Add(-window)), OpenedTo: clock.Micro(s.opened.Add(window)), EndedSince: clock.Micro(s.Now.Add(-cameBack))})
	if err != nil {
		return nil, err
	}
	var out []Hint
	for _, r := range rows {
		if h, ok := s.hint(r, p, accuracy, class); ok {
			out = append(out, h)
		}
	}
	same, err := s.sameComponent(ctx, p)
	if err != nil {
		return nil, err
	}
	for _, h := range same {
		out = slices.DeleteFunc(out, func(o Hint) bool { return o.Row.ID == h.Row.ID })
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Hint) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), hintsMost)], nil
}

// sameComponent are the open cases that name the same component: always strong
// hints, whatever the distance.
func (s scene) sameComponent(ctx context.Context, p geo.Point) (out []Hint, err error) {
	code := s.text("component")
	if code == "" {
		return nil, nil
	}
	page, err := record.List(ctx, s.Q, s.Snapshot.Division, record.Filter{Procedures: []string{Procedure}, Component: code, Terminal: record.No, Limit: hintsMost})
	if err != nil {
		return nil, err
	}
	for _, r := range page.Rows {
		if r.ID == s.Snapshot.ID || r.Parent != (id.ID{}) {
			continue
		}
		h := Hint{Row: r, Score: 1}
		if r.Place != nil {
			h.Metres = geo.Distance(p, geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng})
		}
		out = append(out, h)
	}
	return out, nil
}

func (s scene) hint(r record.Row, p geo.Point, accuracy float64, class catalogue.Class) (Hint, bool) {
	if r.ID == s.Snapshot.ID || r.Place == nil || r.End == "merged" || r.End == "withdrawn" || r.Parent != (id.ID{}) {
		return Hint{}, false
	}
	other, err := s.cat.Class(r.Class)
	if err != nil || other.Family.ID != class.Family.ID {
		return Hint{}, false
	}
	d := geo.Distance(p, geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng})
	limit := float64(class.Family.RadiusM) + min(accuracy+r.Place.Accuracy, slack)
	gap := s.opened.Sub(clock.FromMicro(r.Opened)).Abs()
	closed := s.Now.Sub(clock.FromMicro(r.Entered))
	h := Hint{Row: r, Metres: d, Back: r.Terminal && r.End == "fixed" && closed <= cameBack}
	switch {
	case d > limit:
		return h, false
	case h.Back:
		h.Score = score(d, limit, 0, class.Family.Window(), text.Likeness(r.Title, s.text("desc")))
		return h, true
	case r.Terminal && closed > class.Family.Window(), gap > class.Family.Window():
		return h, false
	}
	h.Score = score(d, limit, gap, class.Family.Window(), text.Likeness(r.Title, s.text("desc")))
	return h, h.Score >= weak
}

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
	radius := float64(class.Family.RadiusM)
	rows, err := record.Near(ctx, s.Q, s.Snapshot.Division, Procedure, geo.Around(p, radius+slack), clock.Micro(s.Now.Add(-cameBack)))
	if err != nil {
		return nil, err
	}
	var out []Hint
	for _, r := range rows {
		if h, ok := s.hint(r, p, accuracy, class); ok {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b Hint) int { return cmp.Compare(b.Score, a.Score) })
	return out[:min(len(out), hintsMost)], nil
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

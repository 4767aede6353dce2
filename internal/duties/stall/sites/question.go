package sites

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Wish is what the officer says; the rest of a question is on record.
type Wish struct {
	Count, Radius, Days int
	Weights, Distances  map[string]int
}

// Ask puts a wish together with candidates, demand and obstacles as they stand.
func (m *Room) Ask(ctx context.Context, division id.ID, wish Wish) (q Question, err error) {
	now := m.Clock.Now()
	q = Question{Scenario: siting.Scenario{Distances: wish.Distances, Weights: wish.Weights, Radius: wish.Radius, Count: wish.Count}, Names: map[string]string{}, Existing: map[string]string{}, Days: wish.Days}
	list, err := Candidates(ctx, m.DB, division)
	if err != nil {
		return q, err
	}
	for _, c := range list {
		q.Candidates = append(q.Candidates, siting.Candidate{ID: c.ID, Place: c.Place})
		q.Names[c.ID] = c.Name
	}
	book, err := m.Clusters(ctx, division)
	if err != nil {
		return q, err
	}
	for _, c := range book.Clusters {
		q.Clusters = append(q.Clusters, c.At)
		q.Existing[c.Code] = c.Name.ZH
	}
	for _, r := range book.Residents {
		q.Demand = append(q.Demand, siting.Demand{Kind: siting.Residents, Place: r.At, Amount: r.N})
	}
	disorder, err := m.disorder(ctx, division, now.AddDate(0, 0, -wish.Days), now)
	if err != nil {
		return q, err
	}
	q.Demand = append(q.Demand, disorder...)
	q.Obstacles, err = m.obstacles(ctx, division, book, q.Candidates, wish.Distances)
	return q, err
}

// fromPeople are the sources of incidents that somebody complained by.
var fromPeople = []string{"public_web", "phone", "counter", "hotline", "media", "open311", "visit", "open_day"}

// disorder are the incidents of the watched classes and the records of people on
// duty; what somebody complained of counts as a complaint.
func (m *Room) disorder(ctx context.Context, division id.ID, from, to time.Time) (out []siting.Demand, err error) {
	list, err := watch.Incidents(ctx, m.DB, division, from, to)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		d := siting.Demand{Kind: siting.Disorder, Place: geo.Point{Lat: x.Place.Lat, Lng: x.Place.Lng}, Amount: 1}
		if slices.Contains(fromPeople, x.Source) {
			d.Kind = siting.Complaints
		}
		out = append(out, d)
	}
	records, err := watch.Records(ctx, m.DB, division, from, to)
	for _, r := range records {
		out = append(out, siting.Demand{Kind: siting.Disorder, Place: r.Place, Amount: 1})
	}
	return out, err
}

// barred says which features of the map a cluster keeps away from.
func barred(f place.Feature) string {
	switch f.Layer {
	case place.Road:
		if f.Kind == "arterial" || f.Kind == "secondary" {
			return siting.MainRoad
		}
	case place.Ground:
		if f.Kind == "green" {
			return siting.Green
		}
	case place.Site:
		switch f.Kind {
		case "school", "kindergarten":
			return siting.School
		case "pocket_park", "sponge_park":
			return siting.Park
		case siting.Hospital, siting.Station, siting.Square, siting.Government:
			return f.Kind
		}
	}
	return ""
}

// wide is how far from a candidate an obstacle is still kept with a question, in
// metres beyond its own distance: what lies farther decides nothing.
const wide = 200

// obstacles are those of the map and of the register that lie near a candidate.
func (m *Room) obstacles(ctx context.Context, division id.ID, book *cluster.Book, list []siting.Candidate, least map[string]int) (out []siting.Obstacle, err error) {
	area, err := m.Places.Map(ctx, division)
	if err != nil {
		return nil, err
	}
	for _, f := range area.Features(m.Clock.Now(), place.Road, place.Ground, place.Site) {
		if kind := barred(f); kind != "" {
			out = append(out, siting.Obstacle{Kind: kind, Name: f.Name.In(i18n.ZH), Point: f.Geometry.Point, Line: f.Geometry.Line, Area: f.Geometry.Shape})
		}
	}
	for _, b := range book.Barriers {
		out = append(out, siting.Obstacle{Kind: b.Kind, Name: b.Name, Line: b.Line})
	}
	return slices.DeleteFunc(out, func(o siting.Obstacle) bool {
		box := boxOf(o).Grow(float64(least[o.Kind]) + wide)
		return !slices.ContainsFunc(list, func(c siting.Candidate) bool { return box.Contains(c.Place) })
	}), nil
}

func boxOf(o siting.Obstacle) geo.Box {
	switch {
	case o.Point != nil:
		return geo.Line{*o.Point}.Bounds()
	case len(o.Line) > 0:
		return o.Line.Bounds()
	}
	return o.Area.Bounds()
}

// Package past makes up the disorder of the months around the day the clusters
// opened 演示历史, so that the demonstration can compare before with after.
//
// It owns how often what happened where; that it comes in as foreign cases is the
// room history's.
package past

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"strconv"
	"time"

	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
)

// Weeks of made-up disorder before and after the clusters opened. As many before
// would not make the comparison surer, and each one costs time at the first start.
const (
	weeksBefore = 16
	weeksAfter  = 26
	nearby      = 1000.0 // metres
)

// weekly is how many incidents a week there are near a cluster, before and after it
// opened: some clusters helped, some changed nothing that can be told from chance,
// and around the others nobody looked.
var weekly = []struct{ before, after float64 }{{2.6, 1.2}, {1.8, 1.7}, {2.2, 1.3}, {1.2, 0.9}, {2.0, 2.2}, {1.6, 0.7}, {1.0, 1.0}, {1.4, 0.8}}

// Table is the demonstration's made-up disorder of the months around the day the
// clusters opened, as a table that another system might have kept, and what its
// columns mean. It is always the same for the same map. Lines not a month old by
// now are left out: those weeks are told step by step.
func Table(opened calendar.Date, clusters []geo.Point, roads []geo.Line, now time.Time) (table []byte, m *history.Mapping, err error) {
	r := rand.New(rand.NewPCG(2026, 3))
	places := near(roads, clusters)
	out := &bytes.Buffer{}
	w := csv.NewWriter(out)
	lines := [][]string{{"id", "opened", "closed", "class", "title", "lat", "lng"}}
	for week := -weeksBefore; week < weeksAfter; week++ {
		first := opened + calendar.Date(7*week)
		for place := -1; place < min(len(clusters), len(weekly)); place++ {
			rate := 7.5
			if place >= 0 {
				rate = weekly[place].before
				if week >= 0 {
					rate = weekly[place].after
				}
			}
			for range chance(r, rate) {
				began := (first + calendar.Date(r.IntN(7))).At(8*60 + r.IntN(12*60))
				if len(places[place]) == 0 || began.After(now.AddDate(0, -1, 0)) {
					continue
				}
				at, c := places[place][r.IntN(len(places[place]))], disorder[r.IntN(len(disorder))]
				lines = append(lines, []string{strconv.Itoa(len(lines)), began.Format(time.RFC3339), began.Add(time.Duration(2+r.IntN(30)) * time.Hour).Format(time.RFC3339),
					c.class, c.title, strconv.FormatFloat(at.Lat, 'f', 6, 64), strconv.FormatFloat(at.Lng, 'f', 6, 64)})
			}
		}
	}
	if err = w.WriteAll(lines); err != nil {
		return nil, nil, err
	}
	m, err = history.ReadMapping([]byte(pastMapping))
	return out.Bytes(), m, err
}

var disorder = []struct{ class, title string }{{"09001", "流动摊贩占道经营（演示）"}, {"09005", "店外经营（演示）"}, {"09006", "占道摆放物品（演示）"}, {"06029", "露天烧烤（演示）"}}

const pastMapping = `
origin: 演示历史
provenance: synthetic
crs: WGS84
fields:
  id: {column: id}
  opened: {column: opened}
  closed: {column: closed}
  class: {column: class}
  title: {column: title}
  lat: {column: lat}
  lng: {column: lng}
`

// Roads are the lines of a map's roads.
func Roads(m *place.Map, now time.Time) (out []geo.Line) {
	for _, f := range m.Features(now, place.Road) {
		out = append(out, f.Geometry.Line)
	}
	return out
}

// chance draws how often something happens that happens so often on average (Knuth).
func chance(r *rand.Rand, mean float64) (n int) {
	for left := mean; ; n++ {
		if left -= r.ExpFloat64(); left < 0 {
			return n
		}
	}
}

// near sorts places along the roads, a hundred metres apart at most: by the one
// cluster that is near, and under −1 those near none.
func near(roads []geo.Line, clusters []geo.Point) map[int][]geo.Point {
	out := map[int][]geo.Point{}
	for _, line := range roads {
		for i := range line[1:] {
			a, b := line[i], line[i+1]
			parts := 1 + int(geo.Distance(a, b)/100)
			for n := range parts {
				f := float64(n) / float64(parts)
				p := geo.Point{Lat: a.Lat + f*(b.Lat-a.Lat), Lng: a.Lng + f*(b.Lng-a.Lng)}
				if which, ok := only(clusters, p); ok {
					out[which] = append(out[which], p)
				}
			}
		}
	}
	return out
}

// only is the one cluster near a place, −1 for none; false where there are several.
func only(clusters []geo.Point, p geo.Point) (which int, ok bool) {
	which = -1
	for n, c := range clusters {
		if geo.Distance(p, c) < nearby {
			if which >= 0 {
				return 0, false
			}
			which = n
		}
	}
	return which, true
}

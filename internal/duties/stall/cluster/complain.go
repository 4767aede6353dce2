package cluster

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// classes are the classes of incident that are a complaint about a cluster when
// the public reports them there.
var classes = map[string]string{"06028": "noise", "06027": "smoke", "06029": "smoke", "06010": "litter", "06012": "litter", "06042": "litter"}

// choices are the choices of the public's report that lead to those classes.
var choices = map[string]string{"noise": "noise", "smoke": "smoke", "litter": "garbage"}

// voiced are the ways in which the public reports.
var voiced = []string{"public_web", "phone", "counter", "hotline", "media", "open311", "visit", "open_day"}

// nearby is how far outside its outline a report still counts against a cluster,
// in metres: smoke and noise are reported from where they are met.
const nearby = 60

// Reported counts what the public reported at the cluster since the instant, by
// kind.
func Reported(ctx context.Context, q dbx.Querier, division id.ID, c *Cluster, since time.Time) (out map[string]int, err error) {
	defer fault.Trace(&err, "cluster.Reported(%s)", c.Code)
	shape, reach := geo.Shape{geo.Polygon{geo.Ring(c.Outline)}}, float64(nearby)
	for _, p := range c.Outline {
		reach = max(reach, nearby+geo.Distance(c.At, p))
	}
	from := clock.Micro(since)
	rows, err := record.Near(ctx, q, division, record.Around{Procedure: "incident", In: geo.Around(c.At, reach), Class: "06", OpenedFrom: from, EndedSince: from})
	out = map[string]int{}
	for _, r := range rows {
		kind := classes[r.Class]
		if kind == "" || r.Place == nil || r.Opened < from || !slices.Contains(voiced, r.Source) {
			continue
		}
		p := geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng}
		if shape.Contains(p) || geo.Distance(c.At, p) <= nearby {
			out[kind]++
		}
	}
	return out, err
}

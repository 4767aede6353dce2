package duty

import (
	"context"
	"fmt"
	"time"

	"xiucheng/internal/duties/stall/coverage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
)

// bar is with what one chooses the cluster, the day and the hour of a watch. Over
// the hours stands what share of the streets was seen in each.
type bar struct {
	Clusters []form.Option
	Cluster  string
	Day      string
	Hour     int
	All      bool   // the whole day
	Said     string // the hour or the day in words
	Shares   shares
}

// shares are the parts of a length that were seen, hour by hour of a day.
type shares [24]float64

// evening is the hour that the slider shows while the whole day is asked for.
const evening = 18

func (a asked) bar(ctx context.Context, n names, sheet *coverage.Sheet) bar {
	b := bar{Cluster: a.cluster.Code, Day: a.day.String(), Hour: a.hour, Said: spanOf(a.hour)}
	if b.All = a.hour < 0; b.All {
		b.Hour, b.Said = evening, i18n.T(ctx, "duty.all_day")
	}
	watched := map[string]bool{b.Cluster: true}
	for _, s := range n.streets.Stretches {
		watched[s.Cluster] = true
	}
	for _, c := range n.stalls.Clusters {
		if watched[c.Code] {
			b.Clusters = append(b.Clusters, form.Option{Value: c.Code, Label: c.Name})
		}
	}
	b.Shares = hourly(a.day, sheet.Share)
	return b
}

func hourly(day calendar.Date, share func(from, to time.Time) float64) (out shares) {
	for h := range out {
		from := day.At(h * 60)
		out[h] = share(from, from.Add(time.Hour-time.Microsecond))
	}
	return out
}

// shareOf is the part of one stretch that was seen.
func shareOf(sheet *coverage.Sheet, stretch string, from, to time.Time) float64 {
	var all, seen float64
	for i, p := range sheet.Streets.Pieces {
		if p.Stretch != stretch {
			continue
		}
		all += p.Length()
		if sheet.During(i, from, to).How != 0 {
			seen += p.Length()
		}
	}
	return seen / max(all, 1)
}

// said names the hours in which something was seen.
func (s shares) said(ctx context.Context) string {
	var hours []string
	for h, x := range s {
		if x > 0 {
			hours = append(hours, fmt.Sprintf("%02d:00", h))
		}
	}
	if len(hours) == 0 {
		return "–"
	}
	return joined(ctx, hours)
}

func spanOf(hour int) string { return fmt.Sprintf("%02d:00–%02d:00", hour, hour+1) }

// Measures of the bars over the slider, in the units of their drawing.
const (
	barHigh = 24
	barWide = 0.7
)

// x, y and height of the bar of an hour; one in which nobody saw anything is a
// thin line.
func (s shares) x(h int) string { return fmt.Sprintf("%.2f", float64(h)-barWide/2) }

func (s shares) height(h int) string { return fmt.Sprintf("%.1f", max(1, s[h]*barHigh)) }

func (s shares) y(h int) string { return fmt.Sprintf("%.1f", barHigh-max(1, s[h]*barHigh)) }

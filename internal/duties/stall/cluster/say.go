package cluster

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// chip is how the cluster stands now.
func (l line) chip(ctx context.Context) ui.Chip {
	switch t := l.Tone(); {
	case l.Now != nil:
		return ui.Chip{Label: i18n.T(ctx, "stall.now", "until", Clock(l.Now.To)), Tone: t}
	case t == ui.Blue:
		return ui.Chip{Label: i18n.T(ctx, "stall.later"), Tone: t}
	}
	return ui.Chip{Label: i18n.T(ctx, "stall.shut"), Tone: l.Tone()}
}

// what is when and what may be sold on the day.
func (l line) what(ctx context.Context, day calendar.Date) string {
	if len(l.Today) == 0 {
		return i18n.T(ctx, "stall.until_none")
	}
	lang := i18n.LangOf(ctx)
	var hours []string
	for _, s := range l.Today {
		hours = append(hours, Name(s.Band).In(lang)+" "+Clock(s.From)+"–"+Clock(s.To))
	}
	sep := map[i18n.Lang]string{i18n.ZH: "；", i18n.EN: "; "}[lang]
	return strings.Join(hours, sep) + " · " + i18n.T(ctx, "stall.goods") + map[i18n.Lang]string{i18n.ZH: "：", i18n.EN: ": "}[lang] +
		Names(l.Designation(day).Goods).In(lang)
}

// about is what stands below.
func (l line) about(ctx context.Context) string {
	parts := []string{i18n.Said(ctx, l.Address)}
	switch {
	case l.Zone == Prohibited:
		parts = append(parts, i18n.T(ctx, "stall.zone."+l.Zone))
	case l.Free == 0:
		parts = append(parts, i18n.T(ctx, "stall.full"))
	default:
		parts = append(parts, i18n.T(ctx, "stall.free", "n", l.Free))
	}
	if l.Rating.N > 0 {
		parts = append(parts, l.mean(ctx))
	}
	return strings.Join(parts, " · ")
}

func (l line) mean(ctx context.Context) string {
	if l.Rating.N == 0 {
		return i18n.T(ctx, "stall.mean_none")
	}
	return i18n.T(ctx, "stall.mean", "mean", fmt.Sprintf("%.1f", l.Rating.Mean()), "n", l.Rating.N)
}

func (l line) complaints(ctx context.Context) (out []ui.Chip) {
	for _, k := range Complaints {
		if n := l.Rating.Complaints[k]; n > 0 {
			out = append(out, ui.Chip{Label: fmt.Sprintf("%s %d", Name(k).In(i18n.LangOf(ctx)), n), Tone: ui.Amber})
		}
	}
	return out
}

func (s *Stall) size(ctx context.Context) string {
	out := fmt.Sprintf("%.1f × %.1f m", float64(s.Width)/100, float64(s.Depth)/100)
	if s.Power > 0 {
		out += fmt.Sprintf(" · %d W", s.Power)
	}
	return out
}

func (v oneView) facts(ctx context.Context) (out []ui.Fact) {
	c, fee := v.Cluster, v.Fee
	if fee == "" {
		fee = i18n.T(ctx, "stall.fee_none")
	}
	for _, x := range [][2]string{{"closing", i18n.Said(ctx, c.Closing)}, {"cleaning", i18n.Said(ctx, c.Cleaning)}, {"fee", fee}, {"zone", i18n.T(ctx, "stall.zone."+c.Zone)},
		{"capacity", fmt.Sprint(c.Capacity)}, {"manager", v.Unit}, {"phone", c.Phone}} {
		if x[1] != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "stall."+x[0]), Text: x[1], Wide: x[0] == "closing" || x[0] == "cleaning"})
		}
	}
	return out
}

// document is what stands in a designation.
func document(ctx context.Context, d *Designation) []ui.Fact {
	until := i18n.T(ctx, "stall.open_end")
	if d.To != 0 {
		until = d.To.String()
	}
	out := []ui.Fact{{Label: i18n.T(ctx, "stall.number"), Text: d.Number}, {Label: i18n.T(ctx, "stall.agency"), Text: d.Agency},
		{Label: i18n.T(ctx, "stall.valid"), Text: d.From.String() + " – " + until},
		{Label: i18n.T(ctx, "stall.goods"), Text: Names(d.Goods).In(i18n.LangOf(ctx)), Wide: true}}
	for _, s := range d.Spans {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "stall.spans") + " · " + Name(s.Band).In(i18n.LangOf(ctx)), Text: s.say(ctx), Wide: true})
	}
	return out
}

// say is a span with its season and its days of the week.
func (s Span) say(ctx context.Context) string {
	zh := []string{"一", "二", "三", "四", "五", "六", "日"}
	day := func(n int) string {
		if i18n.LangOf(ctx) == i18n.EN {
			return fmt.Sprint(n)
		}
		return zh[n-1]
	}
	week := i18n.T(ctx, "stall.week", "a", day(s.Days[0]), "b", day(s.Days[len(s.Days)-1]))
	switch len(s.Days) {
	case 7:
		week = i18n.T(ctx, "stall.week_all")
	case 1:
		week = i18n.T(ctx, "stall.week_one", "a", day(s.Days[0]))
	}
	out := week + " " + Clock(s.From) + "–" + Clock(s.To)
	if s.First != 101 || s.Last != 1231 {
		date := func(n int) string { return fmt.Sprintf("%02d-%02d", n/100, n%100) }
		out = i18n.T(ctx, "stall.season", "a", date(s.First), "b", date(s.Last)) + " " + out
	}
	return out
}

// complain is the address of the public's report of the kind, at this place.
func (v oneView) complain(kind string) templ.SafeURL {
	q := url.Values{"lat": {coordinate(v.At.Lat)}, "lng": {coordinate(v.At.Lng)}, "address": {v.Address}}
	return templ.SafeURL("/report/" + choices[kind] + "?" + q.Encode())
}

func coordinate(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

// reported is the kind with how often it was reported here lately.
func (v oneView) reported(ctx context.Context, kind string) string {
	return i18n.T(ctx, "stall.complain", "kind", Name(kind).In(i18n.LangOf(ctx)), "n", v.Reported[kind])
}

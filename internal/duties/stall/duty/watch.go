package duty

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/duties/stall/change"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/coverage"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// reach is from how far a person on the street sees it, in metres.
const reach = 25

// asked is what the address asks for: one cluster, one day, one hour of it or all.
type asked struct {
	division id.ID
	cluster  *cluster.Cluster
	radius   int
	day      calendar.Date
	hour     int // -1 for the whole day
	from, to time.Time
}

func (m *Room) asked(r *http.Request) (a asked, err error) {
	ctx, q := r.Context(), r.URL.Query()
	a.division = visit.From(ctx).Division.ID
	book, err := m.Clusters(ctx, a.division)
	if err != nil {
		return a, err
	}
	set, err := m.Settings(ctx, a.division)
	if err != nil {
		return a, err
	}
	if a.cluster = book.Cluster(q.Get("cluster")); a.cluster == nil && len(book.Clusters) > 0 {
		a.cluster = book.Clusters[0]
	}
	if a.cluster == nil {
		return a, fault.Missing("stall_cluster")
	}
	a.radius = set.Int("watch.radius_m")
	if a.day, err = calendar.ParseDate(q.Get("day")); err != nil {
		a.day = calendar.DateOf(m.Clock.Now())
	}
	if a.hour, err = strconv.Atoi(q.Get("hour")); err != nil || a.hour < 0 || a.hour > 23 || q.Get("all") != "" {
		a.hour = -1
	}
	a.from, a.to = a.day.At(0), (a.day + 1).At(0)
	if a.hour >= 0 {
		a.from = a.day.At(a.hour * 60)
		a.to = a.from.Add(time.Hour)
	}
	return a, nil
}

// within reports whether somebody saw the window; the last instant of it belongs to
// the next hour.
func (a asked) window() (from, to time.Time) { return a.from, a.to.Add(-time.Microsecond) }

func (a asked) href(path string, day calendar.Date, hour int) string {
	q := url.Values{"cluster": {a.cluster.Code}, "day": {day.String()}}
	if hour >= 0 {
		q.Set("hour", strconv.Itoa(hour))
	}
	return path + "?" + q.Encode()
}

// back is how many days before the asked one are looked at for when a stretch was
// seen last.
const back = 7

// sheet lays the tracks of the day and of the week before over the cluster's
// stretches.
func (m *Room) sheet(ctx context.Context, a asked) (*coverage.Sheet, []roster.Stretch, error) {
	book, err := m.Roster.Book(ctx, a.division)
	if err != nil {
		return nil, nil, err
	}
	var mine []roster.Stretch
	for _, s := range book.Stretches {
		if s.Cluster == a.cluster.Code {
			mine = append(mine, s)
		}
	}
	own := func(code string) bool {
		return slices.ContainsFunc(mine, func(s roster.Stretch) bool { return s.Code == code })
	}
	sheet, err := m.days.Sheet(ctx, a.division.String(), lines(book), own, (a.day - back).At(0), back+1)
	return sheet, mine, err
}

func lines(book *roster.Book) []coverage.Stretch {
	out := make([]coverage.Stretch, 0, len(book.Stretches))
	for _, s := range book.Stretches {
		out = append(out, coverage.Stretch{ID: s.Code, Line: s.Line})
	}
	return out
}

// Lay lays the tracks that a watch of today needs over the streets, so that whoever
// looks first does not wait for it.
func (m *Room) Lay(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "duty.Lay")
	book, err := m.Roster.Book(ctx, division)
	if err != nil {
		return err
	}
	none := func(string) bool { return false }
	_, err = m.days.Sheet(ctx, division.String(), lines(book), none, (calendar.DateOf(m.Clock.Now()) - back).At(0), back+1)
	return err
}

// watchView is the watch of one cluster.
type watchView struct {
	Tabs    []ui.Tab
	Bar     bar
	Title   string
	Prev    string
	Next    string
	Figures []ui.KPI
	Map     mapview.Map
	Lines   []stretchLine
	Doubt   string // points that did not count
	Blind   []string
	Repeats []repeatLine
	Records []recordLine
	Change  change.View
}

type stretchLine struct {
	Name, Length, Share, Blind, How, Last string
	Records                               int
	Chip                                  ui.Chip
	Hours                                 shares
}

// repeatLine is a shop or spot with what the visitor can do about it: look at the
// latest record, make it an incident at once, or a lead.
type repeatLine struct {
	What, Where, Talks, Refused, Incidents, Href string

	Pass string // where one tap passes it on, "" where nothing can be done
	Why  string

	Lead      bool   // a lead is due, and the visitor may make it
	Violation string // that the class is found by, "" where the officer has to choose
	Called    string
}

type recordLine struct {
	Time, What, Where, Href string
	State                   ui.Chip
}

func (m *Room) watch(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := m.asked(r)
	if err != nil {
		return err
	}
	n, err := m.names(ctx)
	if err != nil {
		return err
	}
	sheet, stretches, err := m.sheet(ctx, a)
	if err != nil {
		return err
	}
	v := m.frame(ctx, a, n, sheet)
	records, err := watch.Records(ctx, m.DB, a.division, a.day.At(0), (a.day + 1).At(0))
	if err != nil {
		return err
	}
	records = slices.DeleteFunc(records, func(x watch.Record) bool { return x.Cluster != a.cluster.Code })
	v.seen(ctx, a, sheet, stretches, records)
	if err := m.disorder(ctx, a, &v); err != nil {
		return err
	}
	for _, x := range records {
		v.Records = append(v.Records, recordLine{clockTime(x.At), classes[x.Class].In(i18n.LangOf(ctx)), n.place(ctx, x.Stretch), "/cases/" + x.Case.String(), m.stateChip(ctx, x.State)})
	}
	if err := m.repeated(ctx, a, n, &v); err != nil {
		return err
	}
	c, err := m.Changes.Of(ctx, a.division, a.cluster.Code)
	if err != nil {
		return err
	}
	v.Change = change.Say(ctx, c)
	return httpx.Render(w, r, http.StatusOK, watchPage(v))
}

// frame is what leads from one cluster, day and hour to another, and the map.
func (m *Room) frame(ctx context.Context, a asked, n names, sheet *coverage.Sheet) watchView {
	v := watchView{Tabs: tabs(ctx, "watch"), Bar: a.bar(ctx, n, sheet), Prev: a.href("/street/watch", a.day-1, a.hour), Next: a.href("/street/watch", a.day+1, a.hour)}
	v.Title = a.cluster.Name.In(i18n.LangOf(ctx)) + " · " + a.day.String() + " · " + v.Bar.Said
	v.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: a.href("/street/watch/points.json", a.day, a.hour), Areas: a.href("/street/watch/areas.json", a.day, a.hour),
		Label: i18n.T(ctx, "duty.map"), Center: [2]float64{a.cluster.At.Lng, a.cluster.At.Lat}, Zoom: 15.2,
		Legend: []mapview.Key{{Label: i18n.T(ctx, "duty.seen"), Shape: mapview.Area, Tone: ui.Green}, {Label: i18n.T(ctx, "duty.seen_day"), Shape: mapview.Area, Tone: ui.Amber},
			{Label: i18n.T(ctx, "duty.blind"), Shape: mapview.Area, Tone: ui.Red}, {Label: i18n.T(ctx, "duty.radius", "n", a.radius), Shape: mapview.Circle}}}
	return v
}

// seen is what the tracks show of each stretch.
func (v *watchView) seen(ctx context.Context, a asked, sheet *coverage.Sheet, stretches []roster.Stretch, records []watch.Record) {
	from, to := a.window()
	var length, shown float64
	for _, s := range stretches {
		l := stretchLine{Name: s.Name.In(i18n.LangOf(ctx)), Last: "–"}
		var all, part float64
		var how track.Source
		for i, p := range sheet.Streets.Pieces {
			if p.Stretch != s.Code {
				continue
			}
			all += p.Length()
			if x := sheet.During(i, from, to); x.How != 0 {
				part += p.Length()
				how |= x.How
			}
		}
		for _, x := range records {
			if x.Stretch == s.Code {
				l.Records++
			}
		}
		length, shown = length+all, shown+part
		l.Length, l.How = metres(all), sources(ctx, how)
		l.Share, l.Blind = percent(part, all), metres(all-part)
		if at := lastSeen(sheet, s.Code, a); !at.IsZero() {
			l.Last = at.In(calendar.Zone).Format("01-02 15") + i18n.T(ctx, "duty.oclock")
		}
		l.Chip = ui.Chip{Label: i18n.T(ctx, "duty.seen_part"), Tone: ui.Amber}
		switch {
		case part == 0:
			l.Chip = ui.Chip{Label: i18n.T(ctx, "duty.blind"), Tone: ui.Red}
			v.Blind = append(v.Blind, l.Name)
		case all-part < 1:
			l.Chip = ui.Chip{Label: i18n.T(ctx, "duty.seen_all"), Tone: ui.Green}
		}
		l.Hours = hourly(a.day, func(from, to time.Time) float64 { return shareOf(sheet, s.Code, from, to) })
		v.Lines = append(v.Lines, l)
	}
	v.Figures = []ui.KPI{
		{Label: i18n.T(ctx, "duty.share"), Value: percent(shown, length), Note: i18n.T(ctx, "duty.share_how", "n", metres(length))},
		{Label: i18n.T(ctx, "duty.blind_m"), Value: metres(length - shown), Note: i18n.T(ctx, "duty.blind_how"), Tone: ui.Red},
		{Label: i18n.T(ctx, "duty.records"), Value: strconv.Itoa(len(records)), Note: i18n.T(ctx, "duty.records_how")},
	}
	if n := sheet.Inaccurate + sheet.Impossible; n > 0 {
		v.Doubt = i18n.T(ctx, "duty.doubt", "inaccurate", sheet.Inaccurate, "impossible", sheet.Impossible)
	}
}

func metres(x float64) string { return fmt.Sprintf("%.0f m", math.Abs(x)) }

func percent(part, all float64) string {
	if all == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f%%", 100*part/all)
}

// lastSeen is the beginning of the last hour of the week in which somebody saw a
// piece of the stretch; zero for none.
func lastSeen(sheet *coverage.Sheet, stretch string, a asked) time.Time {
	for at := a.to.Add(-time.Hour); !at.Before((a.day - back).At(0)); at = at.Add(-time.Hour) {
		for i, p := range sheet.Streets.Pieces {
			if p.Stretch == stretch && sheet.At(i, at).How != 0 {
				return at.Truncate(time.Hour)
			}
		}
	}
	return time.Time{}
}

// sources says how it is known.
func sources(ctx context.Context, how track.Source) string {
	out := ""
	for _, s := range []struct {
		is  track.Source
		key string
	}{{track.CheckIn, "check_in"}, {track.Foreground, "foreground"}, {track.File, "file"}, {coverage.Between, "between"}} {
		if how&s.is == 0 {
			continue
		}
		if out != "" {
			out += i18n.T(ctx, "duty.comma")
		}
		out += i18n.T(ctx, "duty.how."+s.key)
	}
	if out == "" {
		return "–"
	}
	return out
}

// stateChip is a state of a record in words.
func (m *Room) stateChip(ctx context.Context, state string) ui.Chip {
	tones := map[string]ui.Tone{"met": ui.Blue, "promised": ui.Blue, "led_in": ui.Green, "corrected": ui.Green, "refused": ui.Red, "passed": ui.Amber}
	if p, err := m.Engine.Library().Latest(watch.Procedure); err == nil {
		if s := p.StateOf(state); s != nil {
			return ui.Chip{Label: s.Name.In(i18n.LangOf(ctx)), Tone: tones[state]}
		}
	}
	return ui.Chip{Label: state}
}

// repeated are the shops and spots of the cluster where the rule of repeats holds.
func (m *Room) repeated(ctx context.Context, a asked, n names, v *watchView) error {
	actor := visit.From(ctx).Actor
	list, err := m.Watch.Repeats(ctx, m.DB, a.division, a.cluster.Code, m.Clock.Now())
	for _, c := range list {
		href := "/cases/" + c.Latest.Case.String()
		l := repeatLine{What: classes[c.Latest.Class].In(i18n.LangOf(ctx)), Where: n.place(ctx, c.Latest.Stretch), Talks: strconv.Itoa(c.Talks), Refused: strconv.Itoa(c.Refused),
			Incidents: strconv.Itoa(c.Incidents), Href: href}
		if open := c.Latest.State == "met" || c.Latest.State == "refused"; open && (actor.Has("officer") || actor.Has(roster.Lead)) {
			l.Pass = href + "/steps/pass"
			l.Why = i18n.From(ctx).Bundle.Text("duty.repeat_why").Fill(i18n.ZH, map[string]any{"talks": c.Talks, "refused": c.Refused, "incidents": c.Incidents})
			if c.LeadDue && actor.Has("officer") && actor.Certified(people.Enforcement) {
				l.Lead = true
				list, err := m.Watch.Violations(ctx, m.DB, a.division, c.Latest.Class)
				if err != nil {
					return err
				}
				if len(list) > 0 && list[0].Best {
					l.Violation, l.Called = list[0].Value, list[0].Label.In(i18n.LangOf(ctx))
				}
			}
		}
		v.Repeats = append(v.Repeats, l)
	}
	return err
}

// disorder counts the incidents of the watched classes that were reported inside
// the circle in the week that ends with the day.
func (m *Room) disorder(ctx context.Context, a asked, v *watchView) error {
	list, err := watch.Incidents(ctx, m.DB, a.division, (a.day - back + 1).At(0), (a.day + 1).At(0))
	if err != nil {
		return err
	}
	n := 0
	for _, x := range list {
		if geo.Distance(geo.Point{Lat: x.Place.Lat, Lng: x.Place.Lng}, a.cluster.At) <= float64(a.radius) {
			n++
		}
	}
	v.Figures = append(v.Figures, ui.KPI{Label: i18n.T(ctx, "duty.incidents"), Value: strconv.Itoa(n), Note: i18n.T(ctx, "duty.incidents_how")})
	return nil
}

// half is half the width in which a stretch is drawn, in metres.
const half = 9

// areas draws the circle and every piece of the stretches in the colour of when it
// was seen.
func (m *Room) areas(w http.ResponseWriter, r *http.Request) error {
	a, err := m.asked(r)
	if err != nil {
		return err
	}
	sheet, _, err := m.sheet(r.Context(), a)
	if err != nil {
		return err
	}
	at := a.cluster.At
	list := []geo.Feature{{Point: &at, Properties: map[string]any{"kind": "zone", "radius": a.radius, "label": a.cluster.Name.In(i18n.LangOf(r.Context()))}}}
	for _, x := range a.drawn(sheet) {
		list = append(list, geo.Feature{Shape: strip(x.line), Properties: map[string]any{"kind": x.kind}})
	}
	w.Header().Set("Content-Type", "application/geo+json")
	return geo.Write(w, list)
}

// drawn is a part of a stretch in one colour.
type drawn struct {
	stretch, kind string
	line          geo.Line
}

// drawn joins neighbouring pieces of one colour.
func (a asked) drawn(sheet *coverage.Sheet) (out []drawn) {
	from, to := a.window()
	for i, p := range sheet.Streets.Pieces {
		kind := "ban"
		switch {
		case sheet.During(i, from, to).How != 0:
			kind = "green"
		case a.hour >= 0 && sheet.During(i, a.day.At(0), a.from.Add(-time.Microsecond)).How != 0:
			kind = "limit"
		}
		if n := len(out); n > 0 && out[n-1].stretch == p.Stretch && out[n-1].kind == kind {
			out[n-1].line = append(out[n-1].line, p.Line[1:]...)
			continue
		}
		out = append(out, drawn{p.Stretch, kind, slices.Clone(p.Line)})
	}
	return out
}

// strip is a line as a band that a map can fill.
func strip(l geo.Line) geo.Shape {
	var left, right geo.Ring
	for i, p := range l {
		b := geo.Bearing(l[max(0, i-1)], l[min(len(l)-1, i+1)]) * math.Pi / 180
		east, north := half*math.Cos(b), -half*math.Sin(b)
		left, right = append(left, geo.Offset(p, east, north)), append(right, geo.Offset(p, -east, -north))
	}
	slices.Reverse(right)
	return geo.Shape{geo.Polygon{append(left, right...)}}
}

// points are the records of the day.
func (m *Room) points(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, err := m.asked(r)
	if err != nil {
		return err
	}
	list, err := watch.Records(ctx, m.DB, a.division, a.from, a.to)
	if err != nil {
		return err
	}
	doc := mapview.Points{Points: []mapview.Point{}, Href: "/cases/{id}"}
	for _, x := range list {
		if x.Cluster == a.cluster.Code {
			doc.Points = append(doc.Points, mapview.Point{ID: "case-" + x.Case.String(), Lng: x.Place.Lng, Lat: x.Place.Lat, Tone: m.stateChip(ctx, x.State).Tone,
				Label: classes[x.Class].In(i18n.LangOf(ctx))})
		}
	}
	return httpx.JSON(w, http.StatusOK, doc)
}

// classes are what the watched classes are called.
var classes = map[string]i18n.Text{
	"09001": {ZH: "无照经营游商", EN: "Unlicensed hawker"}, "09005": {ZH: "店外经营", EN: "Trading outside the shop"},
	"09006": {ZH: "占道经营", EN: "Trading on the road"}, "06029": {ZH: "露天烧烤", EN: "Open-air barbecue"},
	"09021": {ZH: "占道洗车", EN: "Washing cars on the road"}, "09022": {ZH: "占道促销宣传", EN: "Promotion on the road"},
	"LOCAL-STALL": {ZH: "摊点超线超时", EN: "Stall outside its line or hours"},
}

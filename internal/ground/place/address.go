package place

import (
	"cmp"
	"math"
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// How near something must be to speak of it, in metres.
const (
	nearCrossing = 160.0
	nearSite     = 150.0
	besideSite   = 40.0 // a site this near is spoken of before a crossing
	nearRoad     = 200.0
	onRoad       = 6.0 // no side of the road below
	farCrossing  = 2000.0
	atOnce       = 15.0 // no direction and no distance below
)

func winds() [8]i18n.Text {
	return [8]i18n.Text{
		{ZH: "北", EN: "north"}, {ZH: "东北", EN: "north-east"}, {ZH: "东", EN: "east"}, {ZH: "东南", EN: "south-east"},
		{ZH: "南", EN: "south"}, {ZH: "西南", EN: "south-west"}, {ZH: "西", EN: "west"}, {ZH: "西北", EN: "north-west"},
	}
}

// saying is a pattern of addresses. Both languages stand here and not among the
// words, because an address is stored with its case in both.
type saying = i18n.Text

func atCrossing() saying { return saying{ZH: "{a}与{b}路口", EN: "the crossing of {a} and {b}"} }
func offCrossing() saying {
	return saying{ZH: "{a}与{b}路口{wind}侧约 {n} 米", EN: "about {n} m {wind} of the crossing of {a} and {b}"}
}
func inSite() saying  { return saying{ZH: "{a}内", EN: "in {a}"} }
func atSite() saying  { return saying{ZH: "{a}附近", EN: "at {a}"} }
func offSite() saying { return saying{ZH: "{a}以{wind}约 {n} 米", EN: "about {n} m {wind} of {a}"} }

// Describe speaks the place of a point in both languages: what it lies in, the
// nearest crossing or site, else the stretch of a road, else a crossing further
// away, else the community; a point far from everything is its coordinates.
func (m *Map) Describe(p geo.Point, at time.Time) i18n.Text {
	day := dayOf(at)
	sites := m.Sites(p, nearSite, at)
	if len(sites) > 0 && sites[0].Metres < besideSite {
		return saySite(sites[0], p)
	}
	if c, d, ok := m.nearestCrossing(p, nearCrossing, day); ok {
		return m.sayCrossing(c, p, d)
	}
	if len(sites) > 0 {
		return saySite(sites[0], p)
	}
	if text, ok := m.alongRoad(p, day); ok {
		return text
	}
	if c, d, ok := m.nearestCrossing(p, farCrossing, day); ok {
		return m.sayCrossing(c, p, d)
	}
	l := m.Locate(p, at)
	for _, code := range []string{l.Community, l.Street} {
		if f, ok := m.code(code, day); ok {
			return both(inSite(), args{"a": f.Name})
		}
	}
	return both(saying{ZH: "北纬 {lat}，东经 {lng}", EN: "{lat} N, {lng} E"}, args{"lat": round(p.Lat), "lng": round(p.Lng)})
}

func saySite(s SiteNear, p geo.Point) i18n.Text {
	switch {
	case s.Metres == 0 && s.Geometry.Point == nil:
		return both(inSite(), args{"a": s.Name})
	case s.Metres < atOnce:
		return both(atSite(), args{"a": s.Name})
	case s.Geometry.Point == nil:
		return both(offSite(), args{"a": s.Name, "wind": s.Side(p), "n": tens(s.Metres)})
	}
	return both(offSite(), args{"a": s.Name, "wind": winds()[geo.Wind(s.Point(), p)], "n": tens(s.Metres)})
}

func (m *Map) sayCrossing(c crossing, p geo.Point, d float64) i18n.Text {
	a := args{"a": m.features[c.a].Name, "b": m.features[c.b].Name}
	if d < atOnce {
		return both(atCrossing(), a)
	}
	a["wind"], a["n"] = winds()[geo.Wind(c.at, p)], tens(d)
	return both(offCrossing(), a)
}

type args = map[string]any

func both(t saying, a args) i18n.Text {
	return i18n.Text{ZH: t.Fill(i18n.ZH, a), EN: t.Fill(i18n.EN, a)}
}

// tens rounds a distance to what somebody can pace out.
func tens(m float64) int { return max(10, int(math.Round(m/10))*10) }

func round(deg float64) float64 { return math.Round(deg*1e5) / 1e5 }

// crossing is where two named roads meet; a and b are indexes of features, a
// the one that runs more east and west (禹王街与新华路).
type crossing struct {
	a, b int
	at   geo.Point
}

// reach is how far in metres a road may end before another and still meet it:
// roads are drawn to the middle or to the edge of the one they join.
const reach = 15.0

func (m *Map) cross() []crossing {
	var named []int
	for _, i := range m.roads {
		if m.features[i].Name.ZH != "" {
			named = append(named, i)
		}
	}
	var out []crossing
	for i, a := range named {
		for _, b := range named[i+1:] {
			fa, fb := &m.features[a], &m.features[b]
			if fa.Name.ZH == fb.Name.ZH {
				continue
			}
			for _, p := range geo.Crossings(fa.Geometry.Line, fb.Geometry.Line, reach) {
				if slope(fa.Geometry.Line, p) <= slope(fb.Geometry.Line, p) {
					out = append(out, crossing{a, b, p})
				} else {
					out = append(out, crossing{b, a, p})
				}
			}
		}
	}
	return out
}

// slope is 0 where the line runs east and west at the point, 1 north and south.
func slope(l geo.Line, p geo.Point) float64 {
	_, i, _ := l.Near(p)
	return math.Abs(math.Cos(geo.Bearing(l[i], l[i+1]) * math.Pi / 180))
}

func (m *Map) holds(c crossing, day calendar.Date) bool {
	return m.periods[c.a].holds(day) && m.periods[c.b].holds(day)
}

func (m *Map) nearestCrossing(p geo.Point, within float64, day calendar.Date) (best crossing, metres float64, ok bool) {
	box := geo.Box{W: p.Lng, E: p.Lng, S: p.Lat, N: p.Lat}.Grow(within)
	metres = within
	for _, c := range m.crossings {
		if !box.Contains(c.at) || !m.holds(c, day) {
			continue
		}
		if d := geo.Distance(c.at, p); d <= metres {
			best, metres, ok = c, d, true
		}
	}
	return best, metres, ok
}

// alongRoad speaks of the nearest named road: between which crossings, and on
// which side of it.
func (m *Map) alongRoad(p geo.Point, day calendar.Date) (i18n.Text, bool) {
	best, road, along, foot := nearRoad, -1, 0.0, geo.Point{}
	for _, r := range m.roads {
		f := &m.features[r]
		if f.Name.ZH == "" || !m.reaches[r].Contains(p) || !m.periods[r].holds(day) {
			continue
		}
		if d, i, share := f.Geometry.Line.Near(p); d < best {
			best, road, foot, along = d, r, f.Geometry.Line.At(i, share), f.Geometry.Line.Along(i, share)
		}
	}
	if road < 0 {
		return i18n.Text{}, false
	}
	a := args{"a": m.features[road].Name, "wind": winds()[geo.Wind(foot, p)]}
	before, after := m.around(road, along, day)
	t := saying{ZH: "{a}", EN: "on {a}"}
	switch {
	case before >= 0 && after >= 0:
		a["b"], a["c"] = m.features[before].Name, m.features[after].Name
		t = saying{ZH: "{a}（{b}至{c}段）", EN: "on {a} between {b} and {c}"}
	case before >= 0 || after >= 0:
		a["b"] = m.features[max(before, after)].Name
		t = saying{ZH: "{a}（{b}附近）", EN: "on {a} near {b}"}
	}
	if best > onRoad {
		t.ZH, t.EN = t.ZH+"路{wind}侧", t.EN+", {wind} side"
	}
	return both(t, a), true
}

// stop is where another road meets a road, in metres along it.
type stop struct {
	along float64
	other int
	at    crossing
}

// lay puts the crossings in order along each road, and says how far from it
// somebody is still beside it.
func (m *Map) lay() {
	m.stops, m.reaches = map[int][]stop{}, map[int]geo.Box{}
	for _, r := range m.roads {
		m.reaches[r] = m.features[r].Geometry.Line.Bounds().Grow(nearRoad)
	}
	for _, c := range m.crossings {
		for _, road := range []int{c.a, c.b} {
			line := m.features[road].Geometry.Line
			_, i, share := line.Near(c.at)
			m.stops[road] = append(m.stops[road], stop{line.Along(i, share), c.a + c.b - road, c})
		}
	}
	for _, list := range m.stops {
		slices.SortStableFunc(list, func(x, y stop) int { return cmp.Compare(x.along, y.along) })
	}
}

// around finds the roads that cross a road next before and next after a place
// along it; -1 for none.
func (m *Map) around(road int, along float64, day calendar.Date) (before, after int) {
	before, after = -1, -1
	for _, s := range m.stops[road] {
		switch {
		case !m.holds(s.at, day):
		case s.along <= along:
			before = s.other
		case after < 0:
			after = s.other
		}
	}
	return before, after
}

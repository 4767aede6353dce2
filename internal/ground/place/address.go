package place

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// crossing is where two named roads meet.
type crossing struct {
	a, b Feature
	at   geo.Point
}

func cross(roads []Feature) []crossing {
	var out []crossing
	for i, a := range roads {
		for _, b := range roads[i+1:] {
			if a.Name.ZH == "" || b.Name.ZH == "" || a.Name.ZH == b.Name.ZH {
				continue
			}
			if p, ok := geo.Cross(a.Geometry.Line, b.Geometry.Line); ok {
				out = append(out, crossing{a, b, p})
			}
		}
	}
	return out
}

// How near something must be to speak of it.
const (
	nearCrossing = 160.0
	nearSite     = 120.0
	nearRoad     = 200.0
	atOnce       = 15.0 // no direction and no distance below
)

var winds = []i18n.Text{
	{ZH: "北", EN: "north"}, {ZH: "东北", EN: "north-east"}, {ZH: "东", EN: "east"}, {ZH: "东南", EN: "south-east"},
	{ZH: "南", EN: "south"}, {ZH: "西南", EN: "south-west"}, {ZH: "西", EN: "west"}, {ZH: "西北", EN: "north-west"},
}

// The sentences of an address. Both languages stand here because an address is
// stored with its case and read in either.
var (
	sayCrossing   = i18n.Text{ZH: "{a}与{b}路口{wind}侧约 {n} 米", EN: "about {n} m {wind} of the crossing of {a} and {b}"}
	sayAtCrossing = i18n.Text{ZH: "{a}与{b}路口", EN: "the crossing of {a} and {b}"}
	saySite       = i18n.Text{ZH: "{a}以{wind}约 {n} 米", EN: "about {n} m {wind} of {a}"}
	sayAtSite     = i18n.Text{ZH: "{a}附近", EN: "at {a}"}
	sayBetween    = i18n.Text{ZH: "{a}（{b}至{c}段）{wind}侧", EN: "{wind} side of {a}, between {b} and {c}"}
	sayRoad       = i18n.Text{ZH: "{a}{wind}侧", EN: "{wind} side of {a}"}
	sayArea       = i18n.Text{ZH: "{a}内", EN: "in {a}"}
	sayPoint      = i18n.Text{ZH: "北纬 {lat}，东经 {lng}", EN: "{lat} N, {lng} E"}
)

// Describe speaks the place of a point in both languages: by the nearest
// crossing, else a site, else a road between two others, else the community.
func (m *Map) Describe(p geo.Point, at time.Time) i18n.Text {
	if c, d, ok := m.nearestCrossing(p); ok {
		if d < atOnce {
			return both(sayAtCrossing, args{"a": c.a.Name, "b": c.b.Name})
		}
		return both(sayCrossing, args{"a": c.a.Name, "b": c.b.Name, "wind": winds[geo.Wind(c.at, p)], "n": tens(d)})
	}
	if near := m.Sites(p, nearSite, at); len(near) > 0 {
		s := near[0]
		if s.Metres < atOnce {
			return both(sayAtSite, args{"a": s.Name})
		}
		return both(saySite, args{"a": s.Name, "wind": winds[geo.Wind(s.Point(), p)], "n": tens(s.Metres)})
	}
	if text, ok := m.alongRoad(p, at); ok {
		return text
	}
	l := m.Locate(p, at)
	for _, code := range []string{l.Community, l.Street} {
		if f, ok := m.Code(code, at); ok {
			return both(sayArea, args{"a": f.Name})
		}
	}
	return both(sayPoint, args{"lat": round(p.Lat), "lng": round(p.Lng)})
}

type args = map[string]any

func both(t i18n.Text, a args) i18n.Text {
	return i18n.Text{ZH: t.Fill(i18n.ZH, a), EN: t.Fill(i18n.EN, a)}
}

// tens rounds a distance to what somebody can pace out.
func tens(m float64) int { return max(10, int(math.Round(m/10))*10) }

func round(deg float64) float64 { return math.Round(deg*1e5) / 1e5 }

func (m *Map) nearestCrossing(p geo.Point) (best crossing, metres float64, ok bool) {
	metres = nearCrossing
	for _, c := range m.crossings {
		if d := geo.Distance(c.at, p); d <= metres {
			best, metres, ok = c, d, true
		}
	}
	return best, metres, ok
}

func (m *Map) alongRoad(p geo.Point, at time.Time) (i18n.Text, bool) {
	best, road, foot := nearRoad, Feature{}, geo.Point{}
	for _, r := range m.roads {
		if r.Name.ZH == "" || !r.Holds(at) {
			continue
		}
		if d, i, share := r.Geometry.Line.Near(p); d < best {
			best, road, foot = d, r, r.Geometry.Line.At(i, share)
		}
	}
	if road.Code == "" {
		return i18n.Text{}, false
	}
	side := winds[geo.Wind(foot, p)]
	var on []crossing
	for _, c := range m.crossings {
		if c.a.Name.ZH == road.Name.ZH || c.b.Name.ZH == road.Name.ZH {
			on = append(on, c)
		}
	}
	slices.SortFunc(on, func(a, b crossing) int {
		return cmp.Compare(geo.Distance(a.at, foot), geo.Distance(b.at, foot))
	})
	if len(on) < 2 {
		return both(sayRoad, args{"a": road.Name, "wind": side}), true
	}
	other := func(c crossing) i18n.Text {
		if c.a.Name.ZH == road.Name.ZH {
			return c.b.Name
		}
		return c.a.Name
	}
	return both(sayBetween, args{"a": road.Name, "b": other(on[0]), "c": other(on[1]), "wind": side}), true
}

// Candidate is a place that an address may mean.
type Candidate struct {
	Label i18n.Text
	Point geo.Point
}

// candidates is how many places a question may offer.
const candidates = 8

// Find looks for the places an address may mean: "新华路与玉清东街",
// "Xinhua Road and Yuqing East Street", "潍坊北站", "新华路". Best first; an
// unknown address gives none.
func (m *Map) Find(query string, at time.Time) []Candidate {
	q := plain(query)
	if q == "" {
		return nil
	}
	var out []Candidate
	for _, c := range m.crossings {
		if named(q, c.a.Name) && named(q, c.b.Name) {
			out = append(out, Candidate{both(sayAtCrossing, args{"a": c.a.Name, "b": c.b.Name}), c.at})
		}
	}
	for _, f := range m.sites {
		if f.Holds(at) && (named(q, f.Name) || within(q, f.Name)) {
			out = append(out, Candidate{f.Name, f.Point()})
		}
	}
	if len(out) == 0 {
		for _, c := range m.crossings { // one road alone: its crossings
			if named(q, c.a.Name) || named(q, c.b.Name) || within(q, c.a.Name) || within(q, c.b.Name) {
				out = append(out, Candidate{both(sayAtCrossing, args{"a": c.a.Name, "b": c.b.Name}), c.at})
			}
		}
	}
	for _, layer := range []Layer{Community, Street} {
		for _, i := range m.all(layer) {
			if f := m.features[i]; f.Holds(at) && (named(q, f.Name) || within(q, f.Name)) {
				out = append(out, Candidate{f.Name, f.Point()})
			}
		}
	}
	return out[:min(len(out), candidates)]
}

// named reports whether the question speaks the whole name.
func named(q string, n i18n.Text) bool {
	return n.ZH != "" && strings.Contains(q, plain(n.ZH)) || n.EN != "" && strings.Contains(q, plain(n.EN))
}

// within reports whether the question is part of the name: two characters at
// least, or one road would mean all.
func within(q string, n i18n.Text) bool {
	if len([]rune(q)) < 2 {
		return false
	}
	return strings.Contains(plain(n.ZH), q) || n.EN != "" && len(q) > 3 && strings.Contains(plain(n.EN), q)
}

// plain drops what people write differently.
func plain(s string) string {
	return strings.NewReplacer(" ", "", "　", "", "（", "(", "）", ")", "·", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}

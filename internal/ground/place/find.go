package place

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// Candidate is a place that an address may mean.
type Candidate struct {
	Label i18n.Text
	Point geo.Point
	score int
}

// candidates is how many places a question may offer.
const candidates = 8

// How well a candidate answers, best first.
const (
	exact    = 100
	crossed  = 90 // both roads are named
	spoken   = 80 // the question holds the whole name
	parted   = 70 // parts of both roads' names
	begun    = 60 // the name holds the question
	oneOfTwo = 40 // a crossing of the only road named
)

// Find looks for the places an address may mean: "新华路与玉清东街", "新华 玉清",
// "Xinhua Road and Yuqing East Street", "潍坊北站", "新华路", and what Describe
// says, with its distance and direction. Best first; an unknown address gives
// none.
func (m *Map) Find(query string, at time.Time) []Candidate {
	q := plain(query)
	if q == "" {
		return nil
	}
	q, east, north, moved := offset(q)
	f := &finder{m: m, q: q, words: words(query), at: at}
	f.crossings()
	f.sites()
	f.areas()
	if len(f.out) == 0 {
		f.oneRoad()
	}
	slices.SortStableFunc(f.out, func(a, b Candidate) int { return cmp.Compare(b.score, a.score) })
	out := f.out[:min(len(f.out), candidates)]
	if moved {
		for i := range out {
			out[i].Point = geo.Offset(out[i].Point, east, north)
			out[i].Label = m.Describe(out[i].Point, at)
		}
	}
	return out
}

type finder struct {
	m     *Map
	q     string
	words []string
	at    time.Time
	out   []Candidate
}

func (f *finder) add(label i18n.Text, p geo.Point, score int) {
	f.out = append(f.out, Candidate{label, p, score})
}

func (f *finder) crossings() {
	day := dayOf(f.at)
	for _, c := range f.m.crossings {
		if !f.m.holds(c, day) {
			continue
		}
		a, b := f.m.features[c.a].Name, f.m.features[c.b].Name
		label := both(atCrossing(), args{"a": a, "b": b})
		switch {
		case named(f.q, a) && named(f.q, b):
			f.add(label, c.at, crossed)
		case f.halves(a, b):
			f.add(label, c.at, parted)
		}
	}
}

// halves reports whether one word of the question is part of each name.
func (f *finder) halves(a, b i18n.Text) bool {
	for i, x := range f.words {
		for j, y := range f.words {
			if i != j && within(x, a) && within(y, b) {
				return true
			}
		}
	}
	return false
}

func (f *finder) oneRoad() {
	day := dayOf(f.at)
	for _, c := range f.m.crossings {
		a, b := f.m.features[c.a].Name, f.m.features[c.b].Name
		if f.m.holds(c, day) && (f.score(a) > 0 || f.score(b) > 0) {
			f.add(both(atCrossing(), args{"a": a, "b": b}), c.at, oneOfTwo)
		}
	}
	for _, i := range f.m.roads {
		if r := f.m.features[i]; len(f.out) == 0 && f.m.periods[i].holds(day) && f.score(r.Name) > 0 {
			f.add(r.Name, r.Point(), oneOfTwo)
		}
	}
}

func (f *finder) sites() {
	day := dayOf(f.at)
	for _, i := range f.m.sites {
		if s := f.m.features[i]; f.m.periods[i].holds(day) {
			if score := f.score(s.Name); score > 0 {
				f.add(s.Name, s.Point(), score)
			}
		}
	}
}

func (f *finder) areas() {
	day := dayOf(f.at)
	for _, layer := range []Layer{Community, Street} {
		if f.m.areas[layer] == nil {
			continue
		}
		for _, i := range f.m.areas[layer].list {
			if a := f.m.features[i]; f.m.periods[i].holds(day) {
				if score := f.score(a.Name); score > 0 {
					f.add(a.Name, a.Point(), score-1)
				}
			}
		}
	}
}

// score is how well a name answers the question, 0 for not at all.
func (f *finder) score(n i18n.Text) int {
	switch {
	case f.q == plain(n.ZH) || f.q == plain(n.EN):
		return exact
	case named(f.q, n):
		return spoken
	case within(f.q, n):
		return begun
	}
	return 0
}

// named reports whether the question speaks the whole name.
func named(q string, n i18n.Text) bool {
	zh, en := plain(n.ZH), plain(n.EN)
	return zh != "" && strings.Contains(q, zh) || en != "" && strings.Contains(q, en)
}

// within reports whether the question is part of the name: two characters at
// least, or one word would mean all.
func within(q string, n i18n.Text) bool {
	if len([]rune(q)) < 2 {
		return false
	}
	return strings.Contains(plain(n.ZH), q) || len(q) > 3 && strings.Contains(plain(n.EN), q)
}

// plain drops what people write differently.
func plain(s string) string {
	return strings.NewReplacer(" ", "", "　", "", "（", "(", "）", ")", "·", "", "-", "", "'", "").Replace(strings.ToLower(strings.TrimSpace(s)))
}

// words takes a question about two roads apart.
func words(s string) []string {
	s = strings.NewReplacer("交叉路口", " ", "交叉口", " ", "路口", " ", "与", " ", "和", " ", "及", " ", "交", " ",
		"、", " ", "/", " ", "×", " ", "&", " ", "，", " ", ",", " ", " and ", " ", " at ", " ").Replace(strings.ToLower(s))
	list := strings.Fields(s)
	return list[:min(len(list), 8)]
}

// offset reads "路口东北侧约 40 米" or "about 40 m north-east of" from a plain
// question and returns the question without it, and the way in metres.
func offset(q string) (rest string, east, north float64, ok bool) {
	zh := regexp.MustCompile(`以?(东北|东南|西北|西南|东|南|西|北)(?:侧|边|面|方)?约?(\d{1,4})米`)
	en := regexp.MustCompile(`(?:about)?(\d{1,4})m(northeast|northwest|southeast|southwest|north|south|east|west)of`)
	wind, n := "", ""
	if x := zh.FindStringSubmatch(q); x != nil {
		wind, n, rest = x[1], x[2], strings.Replace(q, x[0], "", 1)
	} else if x := en.FindStringSubmatch(q); x != nil {
		wind, n, rest = x[2], x[1], strings.Replace(q, x[0], "", 1)
	} else {
		return q, 0, 0, false
	}
	metres, err := strconv.ParseFloat(n, 64)
	for i, w := range winds() {
		if err == nil && (wind == w.ZH || wind == plain(w.EN)) {
			sin, cos := math.Sincos(float64(i) * math.Pi / 4)
			return rest, metres * sin, metres * cos, true
		}
	}
	return q, 0, 0, false
}

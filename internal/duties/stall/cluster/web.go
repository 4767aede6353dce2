package cluster

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	open, guess := httpx.Public(), httpx.Rate{Every: time.Second, Burst: 120}
	return []httpx.Route{
		{Method: "GET", Pattern: "/stalls", Access: open, Handler: m.list, Name: "stall.clusters", Rate: guess},
		{Method: "GET", Pattern: "/stalls/points.json", Access: open, Handler: m.points, Name: "stall.clusters.points", Rate: guess},
		{Method: "GET", Pattern: "/stalls/areas.json", Access: open, Handler: m.areas, Name: "stall.clusters.areas", Rate: guess},
		{Method: "GET", Pattern: "/stalls/{code}", Access: open, Handler: m.one, Name: "stall.cluster", Rate: guess},
		{Method: "POST", Pattern: "/stalls/{code}/rate", Access: open, Handler: m.rate, Name: "stall.cluster.rate", Rate: httpx.Rate{Every: 5 * time.Second, Burst: 20}},
	}
}

// line is one cluster on the list.
type line struct {
	*Cluster
	Now    *Span // open at this moment
	minute int   // of the day, now
	Today  []Span
	Metres float64 // from the visitor; -1 where that is unknown
	Free   int     // stalls that nobody has in some band
	Rating Rating
}

// listView is the public list.
type listView struct {
	Day   calendar.Date
	Near  bool
	Lines []line
	Map   mapview.Map
	Share string // of residents within a walk of 15 minutes
}

// ratedFor is how long a neighbour's voice counts, in days.
const ratedFor = 90

// lines reads every cluster as the list shows it.
func (m *Room) lines(ctx context.Context, division id.ID, from geo.Point, near bool) (out []line, err error) {
	book, err := m.Book(ctx, division)
	if err != nil {
		return nil, err
	}
	held, err := m.Held(ctx, m.DB, division)
	if err != nil {
		return nil, err
	}
	now := m.Clock.Now()
	local := now.In(calendar.Zone)
	rated, err := Ratings(ctx, m.DB, division, calendar.DateOf(now)-ratedFor)
	for _, c := range book.Clusters {
		l := line{Cluster: c, Today: c.Today(calendar.DateOf(now)), Metres: -1, minute: local.Hour()*60 + local.Minute(), Rating: rated[c.Code], Free: len(c.free(held, calendar.DateOf(now)))}
		if s, ok := c.OpenAt(now); ok {
			l.Now = &s
		}
		if near {
			l.Metres = geo.Distance(from, c.At)
		}
		out = append(out, l)
	}
	if near {
		slices.SortStableFunc(out, func(a, b line) int { return cmp.Compare(a.Metres, b.Metres) })
	}
	return out, err
}

// free are the stalls that are open and unheld in a band of the designation, with
// those bands.
func (c *Cluster) free(held map[string][]string, day calendar.Date) (out []vacancy) {
	d := c.Designation(day)
	if c.Zone == Prohibited {
		return nil
	}
	for i := range c.Stalls {
		s := &c.Stalls[i]
		v := vacancy{Stall: s, Goods: s.GoodsAt(d)}
		for _, b := range Bands {
			if s.Open && d.Serves(b) && !slices.Contains(held[s.Code], b) {
				v.Bands = append(v.Bands, b)
			}
		}
		if len(v.Bands) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// vacancy is a stall with the bands that are free.
type vacancy struct {
	*Stall
	Bands, Goods []string
}

// where is the place that the address of a request names.
func where(r *http.Request) (p geo.Point, ok bool) {
	q := r.URL.Query()
	var errLat, errLng error
	p.Lat, errLat = strconv.ParseFloat(q.Get("lat"), 64)
	p.Lng, errLng = strconv.ParseFloat(q.Get("lng"), 64)
	return p, errLat == nil && errLng == nil && p.Valid()
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	from, near := where(r)
	lines, err := m.lines(ctx, visit.From(ctx).Division.ID, from, near)
	if err != nil {
		return err
	}
	v := listView{Day: calendar.DateOf(m.Clock.Now()), Near: near, Lines: lines,
		Map: mapview.Map{ID: "map", Base: "/map/base.json", Points: "/stalls/points.json", Areas: "/stalls/areas.json", Label: i18n.T(ctx, "stall.map"),
			Legend: []mapview.Key{{Label: i18n.T(ctx, "stall.open"), Shape: mapview.Dot, Tone: ui.Green}, {Label: i18n.T(ctx, "stall.later"), Shape: mapview.Dot, Tone: ui.Blue},
				{Label: i18n.T(ctx, "stall.shut"), Shape: mapview.Dot, Tone: ui.Amber}}}}
	places := make([]geo.Point, 0, len(lines))
	for _, l := range lines {
		places = append(places, l.At)
	}
	if v.Share, err = m.share(ctx, visit.From(ctx).Division.ID, "stall.reached", places...); err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// share says how many of the residents live within a walk of 15 minutes of one of
// the places; "" where nobody knows where they live.
func (m *Room) share(ctx context.Context, division id.ID, key string, places ...geo.Point) (string, error) {
	book, err := m.Book(ctx, division)
	if err != nil {
		return "", err
	}
	set, err := m.Settings(ctx, division)
	if err != nil {
		return "", err
	}
	metres := set.Int("stall.walk_m")
	within, all := book.Reached(Walk(metres), places...)
	if all == 0 {
		return "", nil
	}
	return i18n.T(ctx, key, "share", fmt.Sprintf("%.0f%%", 100*float64(within)/float64(all)), "n", within, "metres", metres), nil
}

// Tone is how the cluster stands now: open, open later today, shut today.
func (l line) Tone() ui.Tone {
	switch {
	case l.Now != nil:
		return ui.Green
	case len(l.Today) > 0 && l.Today[len(l.Today)-1].From > l.minute:
		return ui.Blue
	}
	return ui.Amber
}

func (m *Room) points(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	lines, err := m.lines(ctx, visit.From(ctx).Division.ID, geo.Point{}, false)
	if err != nil {
		return err
	}
	doc := mapview.Points{Points: []mapview.Point{}, Href: "/stalls/{id}"}
	for _, l := range lines {
		doc.Points = append(doc.Points, mapview.Point{ID: "cluster-" + l.Code, Lng: l.At.Lng, Lat: l.At.Lat, Tone: l.Tone(), Label: l.Name.In(i18n.LangOf(ctx))})
	}
	return httpx.JSON(w, http.StatusOK, doc)
}

// kinds are how zones are drawn.
var kinds = map[string]string{Prohibited: "ban", Limited: "limit", Permanent: "zone"}

func (m *Room) areas(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	book, err := m.Book(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	var list []geo.Feature
	for _, c := range book.Clusters {
		ring := geo.Ring(c.Outline)
		list = append(list, geo.Feature{Shape: geo.Shape{geo.Polygon{ring}}, Properties: map[string]any{"kind": kinds[c.Zone], "label": c.Name.In(i18n.LangOf(ctx))}})
	}
	w.Header().Set("Content-Type", "application/geo+json")
	return geo.Write(w, list)
}

// oneView is the page of a cluster.
type oneView struct {
	line
	Day         calendar.Date
	Designation *Designation
	Vacant      []vacancy
	Unit        string
	Share       string
	Map         mapview.Map
	Refused     bool
	Reported    map[string]int // by the public, lately, by kind
}

func (m *Room) one(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, http.StatusOK, false)
}

func (m *Room) show(w http.ResponseWriter, r *http.Request, status int, refused bool) error {
	ctx := r.Context()
	division := visit.From(ctx).Division.ID
	lines, err := m.lines(ctx, division, geo.Point{}, false)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(lines, func(l line) bool { return l.Code == r.PathValue("code") })
	if i < 0 {
		return fault.Missing("stall_cluster")
	}
	held, err := m.Held(ctx, m.DB, division)
	if err != nil {
		return err
	}
	day := calendar.DateOf(m.Clock.Now())
	v := oneView{line: lines[i], Day: day, Designation: lines[i].Designation(day), Vacant: lines[i].free(held, day), Refused: refused, Unit: m.Unit(ctx, division, lines[i].Manager).In(i18n.LangOf(ctx)),
		Map: mapview.Map{ID: "map", Base: "/map/base.json", Points: "/stalls/points.json", Areas: "/stalls/areas.json", Selected: "cluster-" + lines[i].Code,
			Label: i18n.T(ctx, "stall.map"), Center: [2]float64{lines[i].At.Lng, lines[i].At.Lat}, Zoom: 16}}
	if v.Reported, err = Reported(ctx, m.DB, division, v.Cluster, m.Clock.Now().AddDate(0, 0, -ratedFor)); err != nil {
		return err
	}
	if v.Share, err = m.share(ctx, division, "stall.reached_one", lines[i].At); err != nil {
		return err
	}
	return httpx.Render(w, r, status, onePage(v))
}

// deviceCookie holds a random key of the visitor's device, of which the digest is
// kept: one voice a day.
const deviceCookie = "stall_voice"

func device(w http.ResponseWriter, r *http.Request) []byte {
	key := ""
	if c, err := r.Cookie(deviceCookie); err == nil && len(c.Value) == 32 {
		key = c.Value
	} else {
		b := make([]byte, 16)
		_, _ = rand.Read(b) // never fails on a supported system
		key = hex.EncodeToString(b)
		http.SetCookie(w, &http.Cookie{Name: deviceCookie, Value: key, Path: "/stalls", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// mostWords is how much a neighbour may write.
const mostWords = 300

func (m *Room) rate(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	division := visit.From(ctx).Division.ID
	in, err := form.Read(r, rating(), calendar.Zone)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	book, err2 := m.Book(ctx, division)
	if err2 != nil {
		return err2
	}
	if book.Cluster(r.PathValue("code")) == nil {
		return fault.Missing("stall_cluster")
	}
	if err != nil {
		return m.show(w, r, http.StatusUnprocessableEntity, true)
	}
	said, _ := in.Values["stars"].(string)
	v := Voice{Cluster: r.PathValue("code"), Stars: number(said), Device: device(w, r)}
	v.Kinds, _ = in.Values["kinds"].([]string)
	v.Words, _ = in.Values["words"].(string)
	if err := m.DB.Write(ctx, func(tx *dbx.Tx) error { return Save(ctx, tx, division, v, m.Clock.Now()) }); err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "stall.rated"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/stalls/"+v.Cluster)
}

// rating are the fields of a neighbour's voice.
func rating() []form.Field {
	most := mostWords
	f := []form.Field{{Name: "stars", Type: form.Enum, Label: names["stars"], Required: true}, {Name: "kinds", Type: form.Enum, List: true, Label: names["kinds"]},
		{Name: "words", Type: form.Text, Label: names["words"], Max: &most}}
	for n := 5; n >= 1; n-- {
		f[0].Options = append(f[0].Options, form.Option{Value: strconv.Itoa(n), Label: i18n.Text{ZH: strings.Repeat("★", n) + strings.Repeat("☆", 5-n), EN: fmt.Sprintf("%d ★", n)}})
	}
	for _, k := range Complaints {
		f[1].Options = append(f[1].Options, form.Option{Value: k, Label: names[k]})
	}
	return f
}

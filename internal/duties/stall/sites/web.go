package sites

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
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

const (
	maxFile = 2 << 20
	slow    = time.Minute
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read, plan, decide := httpx.Only(Roles...), httpx.Only(planners...), httpx.Only(deciders...)
	return []httpx.Route{
		{Method: "GET", Pattern: "/street/sites", Access: read, Handler: m.list, Name: "street.sites"},
		{Method: "GET", Pattern: "/street/sites/points.json", Access: read, Handler: m.points, Name: "street.sites.points"},
		{Method: "GET", Pattern: "/street/sites/areas.json", Access: read, Handler: m.areas, Name: "street.sites.areas"},
		{Method: "POST", Pattern: "/street/sites", Access: plan, Handler: m.ask, Name: "street.sites.ask", Timeout: slow},
		{Method: "POST", Pattern: "/street/sites/candidates", Access: plan, Handler: m.found, Name: "street.sites.found"},
		{Method: "POST", Pattern: "/street/sites/import", Access: plan, Handler: m.bring, Name: "street.sites.import", MaxBody: maxFile},
		{Method: "POST", Pattern: "/street/sites/drop", Access: plan, Handler: m.drop, Name: "street.sites.drop"},
		{Method: "GET", Pattern: "/street/sites/compare", Access: read, Handler: m.compare, Name: "street.sites.compare"},
		{Method: "GET", Pattern: "/street/sites/{id}", Access: read, Handler: m.one, Name: "street.sites.one"},
		{Method: "POST", Pattern: "/street/sites/{id}/decide", Access: decide, Handler: m.decide, Name: "street.sites.decide"},
	}
}

func (m *Room) list(w http.ResponseWriter, r *http.Request) error {
	v, err := m.listOf(r.Context())
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, listPage(v))
}

// done says what happened and goes there.
func (m *Room) done(w http.ResponseWriter, r *http.Request, key string, n int, to string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: key, Args: map[string]any{"n": n}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, to)
}

// again shows the list with a form that was refused; what is not the reader's to
// mend goes on.
func (m *Room) again(w http.ResponseWriter, r *http.Request, wrong error, put func(*listView, error)) error {
	f := fault.As(wrong)
	if f.Kind == fault.Internal {
		return wrong
	}
	v, err := m.listOf(r.Context())
	if err != nil {
		return err
	}
	put(&v, wrong)
	return httpx.Render(w, r, f.Kind.Status(), listPage(v))
}

func (m *Room) found(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, wrong := form.Read(r, candidateFields(), calendar.Zone)
	if wrong == nil {
		c := Candidate{}
		c.Name, _ = in.Values["name"].(string)
		c.Words, _ = in.Values["words"].(string)
		at, _ := in.Values["place"].(form.Point)
		if c.Place, wrong = m.placeOf(ctx, at); wrong == nil {
			wrong = m.Find(ctx, visit.From(ctx).Actor, c)
		}
	}
	if wrong == nil {
		return m.done(w, r, "sites.found", 1, "/street/sites")
	}
	return m.again(w, r, wrong, func(v *listView, err error) { v.Add = v.Add.Refused(ctx, in, err) })
}

// placeOf is a place that was pointed out or named; it lies in the division.
func (m *Room) placeOf(ctx context.Context, at form.Point) (geo.Point, error) {
	area, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return geo.Point{}, err
	}
	now := m.Clock.Now()
	p := geo.Point{Lat: at.Lat, Lng: at.Lng}
	if !at.Located {
		list := area.Find(at.Address, now)
		if len(list) == 0 {
			return p, fault.New(fault.Invalid, "form.refused").Field("place", "sites.no_place")
		}
		p = list[0].Point
	}
	if !area.Locate(p, now).Inside {
		return p, fault.New(fault.Invalid, "form.refused").Field("place", "sites.outside")
	}
	return p, nil
}

func (m *Room) bring(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	file, head, err := r.FormFile("file")
	if err != nil {
		return m.again(w, r, fault.Wrap(err, fault.Invalid, "sites.no_file"), func(v *listView, _ error) { v.Problems = []string{i18n.T(ctx, "sites.no_file")} })
	}
	body, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	n, problems, err := m.Import(ctx, visit.From(ctx).Actor, register.File{Name: head.Filename, Body: body})
	if err == nil && len(problems) == 0 {
		return m.done(w, r, "sites.found", n, "/street/sites")
	}
	if err == nil {
		err = fault.New(fault.Invalid, "sites.file_wrong")
	}
	return m.again(w, r, err, func(v *listView, err error) {
		for _, p := range problems {
			args := []any{}
			for k, x := range p.Args {
				args = append(args, k, x)
			}
			v.Problems = append(v.Problems, i18n.T(ctx, "sites.line", "n", p.Line)+i18n.T(ctx, p.Key, args...))
		}
		if len(problems) == 0 {
			v.Problems = []string{i18n.T(ctx, fault.As(err).Key)}
		}
	})
}

func (m *Room) drop(w http.ResponseWriter, r *http.Request) error {
	if err := m.Drop(r.Context(), visit.From(r.Context()).Actor, r.FormValue("candidate")); err != nil {
		return err
	}
	return m.done(w, r, "sites.dropped", 1, "/street/sites")
}

// ask calculates a scenario and shows it.
func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), visit.From(r.Context())
	in, wrong := form.Read(r, m.wishFields(), calendar.Zone)
	if wrong == nil {
		name, _ := in.Values["name"].(string)
		q, err := m.Ask(ctx, who.Division.ID, wishOf(in.Values))
		if err != nil {
			return err
		}
		s, err := m.Keep(ctx, who.Actor, name, q)
		if err == nil {
			return m.done(w, r, "sites.kept", len(s.Plan.Chosen), "/street/sites/"+s.ID.String())
		}
		wrong = err
	}
	return m.again(w, r, wrong, func(v *listView, err error) { v.Ask = v.Ask.Refused(ctx, in, err) })
}

func (m *Room) one(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, nil, form.Input{})
}

func (m *Room) scenario(r *http.Request, key string) (Scenario, error) {
	which, err := id.Parse(key)
	if err != nil {
		return Scenario{}, fault.Missing("stall_scenario")
	}
	return find(r.Context(), m.DB, visit.From(r.Context()).Division.ID, which)
}

func (m *Room) show(w http.ResponseWriter, r *http.Request, wrong error, in form.Input) error {
	ctx := r.Context()
	s, err := m.scenario(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := m.oneOf(ctx, s)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if wrong != nil {
		status, v.Decide = fault.As(wrong).Kind.Status(), v.Decide.Refused(ctx, in, wrong)
	}
	return httpx.Render(w, r, status, onePage(v))
}

func (m *Room) decide(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := m.scenario(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	in, wrong := form.Read(r, decideFields(), calendar.Zone)
	if wrong == nil {
		words, _ := in.Values["words"].(string)
		if wrong = m.Decide(ctx, visit.From(ctx).Actor, s.ID, words); wrong == nil {
			return m.done(w, r, "sites.decided_now", 1, "/street/sites/"+s.ID.String())
		}
	}
	if fault.As(wrong).Kind == fault.Internal {
		return wrong
	}
	return m.show(w, r, wrong, in)
}

func (m *Room) compare(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	var two [2]oneView
	for i, key := range []string{q.Get("a"), q.Get("b")} {
		s, err := m.scenario(r, key)
		if err != nil {
			return err
		}
		if two[i], err = m.oneOf(ctx, s); err != nil {
			return err
		}
		two[i].Map.ID += strconv.Itoa(i)
	}
	return httpx.Render(w, r, http.StatusOK, comparePage(compareView{Two: two, Rows: compared(ctx, two[0].Scenario, two[1].Scenario)}))
}

// points are the candidates, of a scenario or as they stand now.
func (m *Room) points(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	doc := mapview.Points{Points: []mapview.Point{}}
	if key := q.Get("of"); key != "" {
		s, err := m.scenario(r, key)
		if err != nil {
			return err
		}
		for i, c := range s.Question.Candidates {
			doc.Points = append(doc.Points, mapview.Point{ID: "site-" + c.ID, Lng: c.Place.Lng, Lat: c.Place.Lat, Label: i18n.Said(ctx, s.Question.Names[c.ID]), Tone: toneOf(s.Plan.Verdicts[i])})
		}
		return httpx.JSON(w, http.StatusOK, doc)
	}
	list, err := Candidates(ctx, m.DB, visit.From(ctx).Division.ID)
	for _, c := range list {
		doc.Points = append(doc.Points, mapview.Point{ID: "site-" + c.ID, Lng: c.Place.Lng, Lat: c.Place.Lat, Label: i18n.Said(ctx, c.Name), Tone: ui.Blue})
	}
	if err != nil {
		return err
	}
	return httpx.JSON(w, http.StatusOK, doc)
}

// toneOf is green for a chosen candidate, red for a forbidden one.
func toneOf(v siting.Verdict) ui.Tone {
	switch {
	case v.Chosen:
		return ui.Green
	case len(v.Broken) > 0:
		return ui.Red
	}
	return ui.Blue
}

// areas are the circles that clusters reach: those there are and those chosen.
func (m *Room) areas(w http.ResponseWriter, r *http.Request) error {
	ctx, key := r.Context(), r.URL.Query().Get("of")
	book, err := m.Clusters(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	var list []geo.Feature
	circle := func(p geo.Point, kind, label string, radius int) {
		list = append(list, geo.Feature{Point: &p, Properties: map[string]any{"kind": kind, "radius": radius, "label": label}})
	}
	if key == "" {
		radius, err := m.walk(ctx)
		if err != nil {
			return err
		}
		for _, c := range book.Clusters {
			circle(c.At, "zone", c.Name.In(i18n.LangOf(ctx)), radius)
		}
	} else {
		s, err := m.scenario(r, key)
		if err != nil {
			return err
		}
		for _, p := range s.Question.Clusters {
			circle(p, "zone", "", s.Question.Radius)
		}
		for i, c := range s.Question.Candidates {
			if s.Plan.Verdicts[i].Chosen {
				circle(c.Place, "green", i18n.Said(ctx, s.Question.Names[c.ID]), s.Question.Radius)
			}
		}
	}
	w.Header().Set("Content-Type", "application/geo+json")
	return geo.Write(w, list)
}

// walk is how far a walk of 15 minutes reaches as the crow flies, in metres.
func (m *Room) walk(ctx context.Context) (int, error) {
	set, err := m.Settings(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return 0, err
	}
	return int(cluster.Walk(set.Int("stall.walk_m"))), nil
}

func hrefOf(s id.ID, what string) string {
	return "/street/sites/" + what + "?" + url.Values{"of": {s.String()}}.Encode()
}

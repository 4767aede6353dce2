package portal

import (
	"context"
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/subscriber"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/platform/session"
	"xiucheng/internal/shell/layout"
	export "xiucheng/internal/shell/sheet"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Door serves the pages.
type Door struct {
	citizens   *incident.Citizens
	places     *place.Service
	catalogues *catalogue.Service
	desk       *stepform.Desk
	residents  *resident.Service
	mine       *subscriber.Room
	sessions   *session.Store // of residents
	clk        clock.Clock
}

// Deps are what the door works with.
type Deps struct {
	Citizens   *incident.Citizens
	Places     *place.Service
	Catalogues *catalogue.Service
	Photos     *stepform.Desk
	Residents  *resident.Service
	Mine       *subscriber.Room
	Sessions   *session.Store // of residents
	Clock      clock.Clock
}

// New returns the door.
func New(d Deps) *Door {
	return &Door{citizens: d.Citizens, places: d.Places, catalogues: d.Catalogues, desk: d.Photos, residents: d.Residents, mine: d.Mine,
		sessions: d.Sessions, clk: d.Clock}
}

// maxPhotos is how many photos one report may carry, maxBody what a form with
// them may weigh.
const (
	maxPhotos = 6
	maxBody   = maxPhotos*photo.MaxBytes + 1<<20
)

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	open := httpx.Public()
	slow := 5 * time.Minute // six photos over a bad network
	report := httpx.Rate{Every: 20 * time.Second, Burst: 20}
	guess := httpx.Rate{Every: 2 * time.Second, Burst: 60} // against trying codes
	files := export.Routes("/solved", "portal.solved", open, d.solvedSheet)
	for i := range files {
		files[i].Rate = guess
	}
	return slices.Concat(files, d.meRoutes(), []httpx.Route{
		{Method: "GET", Pattern: "/{$}", Access: open, Handler: d.home, Name: "portal.home"},
		{Method: "GET", Pattern: "/solved/{ref}/{sha}/{size}", Access: open, Handler: d.solvedPhoto, Name: "portal.solved.photo"},
		{Method: "GET", Pattern: "/report", Access: open, Handler: d.choose, Name: "portal.report.choose"},
		{Method: "GET", Pattern: "/report/{choice}", Access: open, Handler: d.form, Name: "portal.report.form"},
		{Method: "POST", Pattern: "/report/{choice}", Access: open, Handler: d.send, Name: "portal.report.send", MaxBody: maxBody, Timeout: slow, Rate: report},
		{Method: "GET", Pattern: "/near", Access: open, Handler: d.near, Name: "portal.near", Rate: guess},
		{Method: "GET", Pattern: "/follow", Access: open, Handler: d.find, Name: "portal.follow.find", Rate: guess},
		{Method: "GET", Pattern: "/r/{code}", Access: open, Handler: d.follow, Name: "portal.follow", Rate: guess},
		{Method: "GET", Pattern: "/r/{code}/{step}", Access: open, Handler: d.stepForm, Name: "portal.step.form", Rate: guess},
		{Method: "POST", Pattern: "/r/{code}/{step}", Access: open, Handler: d.step, Name: "portal.step", MaxBody: maxBody, Timeout: slow, Rate: guess},
		{Method: "GET", Pattern: "/r/{code}/photo/{sha}/{size}", Access: open, Handler: d.picture, Name: "portal.photo"},
	})
}

func page(title string) layout.Page {
	return layout.Page{Title: title, Kind: layout.Public, Scripts: []string{"photo.js"}}
}

func (d *Door) home(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	var ends incident.Ends
	if !v.Division.ID.IsZero() {
		var err error
		if ends, err = d.citizens.Ends(r.Context(), v.Division.ID, d.clk.Now().AddDate(0, 0, -30)); err != nil {
			return err
		}
	}
	solved, err := d.solved(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, homePage(ends, solved, r.URL.Query().Get("unknown") != ""))
}

// solvedShown is how many repairs the front page shows.
const solvedShown = 3

// solved are the latest repairs whose photos before and after were released.
func (d *Door) solved(r *http.Request) ([]repair, error) {
	if visit.From(r.Context()).Division.ID.IsZero() {
		return nil, nil
	}
	since := d.clk.Now().AddDate(0, 0, -30)
	list, err := d.citizens.Published(r.Context(), visit.From(r.Context()).Division.ID, incident.Wanted{Status: incident.ClosedStatus, From: since, Limit: 60})
	if err != nil {
		return nil, err
	}
	var out []repair
	for _, p := range list {
		x := repair{Text: p.Text, Address: p.Address, Dept: p.Dept.In(i18n.LangOf(r.Context())), Day: p.Updated}
		for _, e := range p.Photos {
			pic := ui.Photo{Thumb: "/solved/" + p.Reference + "/" + e.SHA256 + "/thumb", Full: "/solved/" + p.Reference + "/" + e.SHA256 + "/screen", Alt: p.Text}
			switch e.Kind {
			case "before":
				x.Before = pic
			case "after":
				x.After = pic
			}
		}
		if x.Before.Thumb != "" && x.After.Thumb != "" && len(out) < solvedShown {
			out = append(out, x)
		}
	}
	return out, nil
}

// solvedPage is how many ended cases one read of the export takes.
const solvedPage = 200

// solvedSheet is everything of the last thirty days that has ended, as
// everybody may read it.
func (d *Door) solvedSheet(r *http.Request) (export.Sheet, error) {
	v, lang := visit.From(r.Context()), i18n.LangOf(r.Context())
	cat, err := d.catalogues.Catalogue(r.Context(), v.Division.ID)
	if err != nil {
		return export.Sheet{}, err
	}
	s := export.Sheet{Title: i18n.T(r.Context(), "portal.solved"), Columns: export.Heads(r.Context(), export.Head{Word: "portal.solved.class", Width: 22},
		export.Head{Word: "portal.solved.text", Width: 50}, export.Head{Word: "portal.solved.address", Width: 36}, export.Head{Word: "portal.solved.dept", Width: 24},
		export.Head{Word: "portal.solved.state"}, export.Head{Word: "portal.solved.opened", Width: 17}, export.Head{Word: "portal.solved.ended", Width: 17})}
	s.Rows = func(ctx context.Context, put export.Put) error {
		w := incident.Wanted{Status: incident.ClosedStatus, From: d.clk.Now().AddDate(0, 0, -30), Limit: solvedPage}
		for ; ; w.Offset += solvedPage {
			list, err := d.citizens.Published(ctx, v.Division.ID, w)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, p := range list {
				class := ""
				if c, err := cat.Class(p.Class); err == nil {
					class = c.Name.In(lang)
				}
				if err := put(class, p.Text, p.Address, p.Dept.In(lang), p.State.In(lang), p.Opened, p.Updated); err != nil {
					return err
				}
			}
		}
	}
	return s, nil
}

// solvedPhoto sends a released photo.
func (d *Door) solvedPhoto(w http.ResponseWriter, r *http.Request) error {
	p, err := d.citizens.PublishedOne(r.Context(), visit.From(r.Context()).Division.ID, r.PathValue("ref"))
	if err != nil {
		return err
	}
	for _, x := range p.Photos {
		if x.SHA256 == r.PathValue("sha") {
			return d.desk.Send(w, r, stepform.Veiled(x.SHA256), r.PathValue("size"))
		}
	}
	return fault.Missing("photo")
}

// find leads from a typed code to its page; a code that cannot be is told so.
func (d *Door) find(w http.ResponseWriter, r *http.Request) error {
	code, ok := id.ParseReceipt(r.URL.Query().Get("code"))
	if ok {
		_, _, err := d.citizens.Actor(r.Context(), code)
		ok = err == nil
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if !ok {
		return httpx.Redirect(w, r, "/?unknown=1#follow")
	}
	return httpx.Redirect(w, r, "/r/"+code)
}

// picture sends a copy of a photo without its metadata.
func (d *Door) picture(w http.ResponseWriter, r *http.Request) error {
	x, err := d.citizens.Picture(r.Context(), r.PathValue("code"), r.PathValue("sha"))
	if err != nil {
		return err
	}
	return d.desk.Send(w, r, stepform.Veiled(x.SHA256), r.PathValue("size"))
}

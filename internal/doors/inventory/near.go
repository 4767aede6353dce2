package inventory

import (
	"net/http"
	"net/url"
	"strconv"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// How far around a place components are offered, how many, and how near one
// must be to be meant by the place itself: who clicks on its dot puts the place there.
const (
	nearMetres  = 30.0
	nearMost    = 8
	meantMetres = 0.3
)

// near offers the components around the place of a form; a fragment of radio
// buttons. What it names is public: identifier, class, name and place.
func (d *Door) near(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	p, ok, err := d.placeOf(r, q)
	if err != nil {
		return err
	}
	var list []offered
	if ok {
		found, err := component.Around(r.Context(), d.DB, visit.From(r.Context()).Division.ID, p, nearMetres, n.about(q.Get("class")), nearMost)
		if err != nil {
			return err
		}
		list = n.offered(found, q.Get("component"))
	}
	return httpx.Render(w, r, http.StatusOK, nearList(list, ok))
}

// offered is a component near the place.
type offered struct {
	component.Near
	Class  string
	Chosen bool
}

// said is what everybody may know of it beside its name and distance.
func (o offered) said() string {
	out := o.Code + " · " + o.Address
	if o.Class != o.Name {
		out = o.Class + " · " + out
	}
	return out
}

// offered marks the one that was chosen, or else the one that the place means.
func (n names) offered(found []component.Near, chosen string) (out []offered) {
	meant := -1
	for i, c := range found {
		out = append(out, offered{Near: c, Class: n.class(c.Class()), Chosen: c.Code == chosen})
		if c.Metres <= meantMetres && (meant < 0 || c.Metres < found[meant].Metres) {
			meant = i
		}
	}
	if chosen == "" && meant >= 0 {
		out[meant].Chosen = true
	}
	return out
}

// about is the code of the component class that a matter is about, "" for none.
func (n names) about(matter string) string {
	x, err := n.cat.Class(matter)
	if err != nil {
		return ""
	}
	if part, ok := n.cat.ComponentOf(x); ok {
		return part.Code
	}
	return ""
}

// placeOf is the place that a form names: by coordinates, else by its words.
func (d *Door) placeOf(r *http.Request, q url.Values) (geo.Point, bool, error) {
	lat, errLat := strconv.ParseFloat(q.Get("place.lat"), 64)
	lng, errLng := strconv.ParseFloat(q.Get("place.lng"), 64)
	p := geo.Point{Lat: lat, Lng: lng}
	if errLat == nil && errLng == nil && p.Valid() {
		return p, true, nil
	}
	m, err := d.Places.Map(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return p, false, err
	}
	found := m.Find(q.Get("place.address"), d.Clock.Now())
	if len(found) == 0 {
		return p, false, nil
	}
	return found[0].Point, true, nil
}

// pickZoom is from where on a map on which a place is picked shows components.
const pickZoom = 16

// pickable are the points of components on the map of a form; public like near.
func (d *Door) pickable(w http.ResponseWriter, r *http.Request) error {
	in, zoom := mapview.Asked(r.URL.Query())
	doc := struct {
		Points []mapview.Point `json:"points"`
		Groups []mapview.Group `json:"groups"` // never null: the map asks again when it is moved
	}{[]mapview.Point{}, []mapview.Group{}}
	if zoom < pickZoom {
		return httpx.JSON(w, http.StatusOK, doc)
	}
	list, err := component.Inside(r.Context(), d.DB, visit.From(r.Context()).Division.ID, in, component.Filter{}, pointsMost)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.State == component.Removed {
			continue
		}
		p := c.Point()
		doc.Points = append(doc.Points, mapview.Point{ID: "part-" + c.Code, Lng: p.Lng, Lat: p.Lat, Tone: ui.Plain, Label: c.Name})
	}
	return httpx.JSON(w, http.StatusOK, doc)
}

// classesOf are the classes for the list's filter, by group.
func classesOf(list []catalogue.Class) (out [][]catalogue.Class) {
	for i, x := range list {
		if i == 0 || list[i-1].Group != x.Group {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], x)
	}
	return out
}

package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// question is what the visitor looks for in words.
func question(r *http.Request) string { return strings.TrimSpace(r.URL.Query().Get("q")) }

// page is a part of a list; Hits is what the search says of it, nil when the
// list was not searched.
type page struct {
	record.Page
	Hits *search.Hits
}

// page reads the part of the list that the address asks for: what says the
// words it asks for, or all in the filter's order.
func (d *Desk) page(r *http.Request, f record.Filter) (p page, err error) {
	division := visit.From(r.Context()).Division.ID
	if question(r) == "" {
		p.Page, err = record.List(r.Context(), d.DB, division, f)
		return p, err
	}
	limit := f.Limit
	if limit == 0 {
		limit = searchPage
	}
	h, err := search.Find(r.Context(), d.DB, division, question(r), f, f.After, limit)
	return page{record.Page{Rows: h.Rows, Next: h.Next}, &h}, err
}

// searchPage is how many found cases a page shows.
const searchPage = 50

// found says how many cases were found, "" for a list that was not searched
// and for the pages after its first.
func (p page) found(ctx context.Context) string {
	switch {
	case p.Hits == nil:
		return ""
	case p.Hits.Short:
		return i18n.T(ctx, "desk.found.short")
	case p.Hits.Total > search.Most:
		return i18n.T(ctx, "desk.found", "n", strconv.Itoa(search.Most)+"+")
	case p.Hits.Total > 0:
		return i18n.T(ctx, "desk.found", "n", strconv.Itoa(p.Hits.Total))
	}
	return ""
}

// spots are the places of the list: of a search, of its first page alone.
func (d *Desk) spots(r *http.Request) ([]record.Spot, error) {
	f := d.filter(r)
	f.After = ""
	if question(r) == "" {
		return record.Spots(r.Context(), d.DB, visit.From(r.Context()).Division.ID, f, mostPoints)
	}
	p, err := d.page(r, f)
	var out []record.Spot
	for _, x := range p.Rows {
		if x.Place != nil {
			out = append(out, record.Spot{ID: x.ID, State: x.State, Terminal: x.Terminal, Class: x.Class, Lat: x.Place.Lat, Lng: x.Place.Lng, Due: x.Due})
		}
	}
	return out, err
}

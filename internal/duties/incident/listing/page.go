package listing

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"

	"xiucheng/internal/casework/heat"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// Page is a part of a list; Hits is what the search says of it, nil when the
// list was not searched.
type Page struct {
	record.Page
	Hits *search.Hits
}

// usual is how many cases a page shows.
const usual = 50

// Page reads the part of a list that an address asks for, at most limit (0 is
// 50): the cases the actor watches, what says the words, or all in the filter's
// order. f is what Asked made of the address.
func (m *Room) Page(ctx context.Context, q url.Values, actor people.Actor, f record.Filter, limit int) (p Page, err error) {
	f.Limit = limit
	if f.Limit == 0 {
		f.Limit = usual
	}
	switch {
	case q.Get("watched") != "":
		p.Rows, err = m.watched(ctx, q, actor)
	case Question(q) != "":
		h, err := search.Find(ctx, m.DB, actor.Division, Question(q), f, f.After, f.Limit)
		return Page{record.Page{Rows: h.Rows, Next: h.Next}, &h}, err
	default:
		p.Page, err = record.List(ctx, m.DB, actor.Division, f)
	}
	return p, err
}

// watched are the cases the actor watches and may read, as the address asks;
// they are few enough for one page.
func (m *Room) watched(ctx context.Context, q url.Values, actor people.Actor) ([]record.Row, error) {
	f := wish(q, actor, m.Clock.Now())
	rows, err := m.Watching(ctx, actor, f)
	slices.SortFunc(rows, func(a, b record.Row) int {
		if f.Sort == record.ByOpened {
			return cmp.Or(cmp.Compare(b.Opened, a.Opened), slices.Compare(b.ID[:], a.ID[:]))
		}
		return cmp.Or(cmp.Compare(a.Due, b.Due), slices.Compare(a.ID[:], b.ID[:]))
	})
	return rows, err
}

// Found says how many cases were found, "" for a list that was not searched
// and for the pages after its first.
func (p Page) Found(ctx context.Context) string {
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

// View is where the cases of a list lie inside a box, as points or, when they
// are more than most, as groups: of a search, those of its first page.
func (m *Room) View(ctx context.Context, q url.Values, actor people.Actor, in geo.Box, zoom, most int) (v heat.View, err error) {
	now := m.Clock.Now()
	f := Asked(q, actor, now)
	f.After = ""
	if Question(q) == "" && q.Get("watched") == "" {
		return m.Heat.View(ctx, actor.Division, f, in, zoom, most, clock.Micro(now))
	}
	p, err := m.Page(ctx, q, actor, f, 0)
	for _, x := range p.Rows {
		if x.Place != nil {
			v.Spots = append(v.Spots, heat.SpotOf(x, clock.Micro(now)))
		}
	}
	return v, err
}

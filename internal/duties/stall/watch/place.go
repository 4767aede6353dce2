package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Place is a stall that is free for the opening of now.
type Place struct {
	*cluster.Stall
	Cluster *cluster.Cluster
	Band    string
	Goods   []string
	Metres  float64
}

// Free are the stalls nobody has for the opening that is now or comes next today
// and that take the goods, nearest first.
func (m *Room) Free(ctx context.Context, q dbx.Querier, division id.ID, from geo.Point, goods []string, now time.Time) (out []Place, err error) {
	defer fault.Trace(&err, "watch.Free")
	book, err := m.Clusters(ctx, division)
	if err != nil {
		return nil, err
	}
	held, err := permit.Held(ctx, q, division)
	if err != nil {
		return nil, err
	}
	day := calendar.DateOf(now)
	given, err := permit.Passes(ctx, q, division, day)
	for _, c := range book.Clusters {
		band := permit.Band(c, now)
		for i := range c.Stalls {
			s := &c.Stalls[i]
			takes := s.GoodsAt(c.Designation(day))
			_, taken := given[[2]string{s.Code, band}]
			if band == "" || !s.Open || taken || slices.Contains(held[s.Code], band) || len(cluster.Beyond(takes, goods)) > 0 {
				continue
			}
			out = append(out, Place{s, c, band, takes, geo.Distance(from, s.At)})
		}
	}
	slices.SortStableFunc(out, func(a, b Place) int { return cmp.Compare(a.Metres, b.Metres) })
	return out, err
}

// vacant tells of the stall that the form names.
func (m *Room) vacant(ctx context.Context, a engine.Asked, name string) (any, error) {
	goods := text(a.Input["goods"])
	if name == "goods" {
		t := cluster.Names([]string{goods})
		return t.ZH + " / " + t.EN, nil
	}
	free, err := m.Free(ctx, a.Q, a.Snapshot.Division, geo.Point{}, []string{goods}, a.Now)
	return slices.ContainsFunc(free, func(p Place) bool { return p.Code == text(a.Input["place"]) }), err
}

// card answers for the card of an earlier pass that somebody showed. Nobody has to
// show one.
func (m *Room) card(ctx context.Context, a engine.Asked, name string) (any, error) {
	said := text(a.Input["card"])
	if said == "" {
		return true, nil
	}
	p, err := permit.PassOf(ctx, a.Q, a.Snapshot.Division, said)
	switch {
	case fault.Is(err, fault.NotFound):
		return name != "card_known", nil
	case err != nil || name == "card_known":
		return true, err
	}
	return m.Permits.CardLeft(ctx, a.Q, a.Snapshot.Division, p, a.Now)
}

// pass gives the stall to whoever was led in, for this opening, without a name.
func (m *Room) pass(ctx context.Context, d *engine.Doing) error {
	return m.Permits.LeadIn(ctx, d.Tx, d.Actor, permit.Led{Case: d.After.ID, Stall: text(d.Input["place"]), Band: m.band(ctx, d),
		Goods: []string{text(d.Input["goods"])}, Card: text(d.Input["card"])}, d.Now)
}

func (m *Room) band(ctx context.Context, d *engine.Doing) string {
	book, err := m.Clusters(ctx, d.After.Division)
	if err != nil {
		return ""
	}
	_, c := book.Stall(text(d.Input["place"]))
	if c == nil {
		return ""
	}
	return permit.Band(c, d.Now)
}

// offered is how many free stalls the form offers.
const offered = 20

func (m *Room) choices(ctx context.Context, a engine.Asked, name string) (out []engine.Choice, err error) {
	p, placed := point(a)
	switch name {
	case "violations":
		return m.Violations(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Text("class"))
	case "shops":
		return m.Shops(ctx, a.Q, a.Snapshot.Division, p)
	case "clusters":
		book, err := m.Clusters(ctx, a.Snapshot.Division)
		if err != nil {
			return nil, err
		}
		for _, c := range book.Clusters {
			out = append(out, engine.Choice{Value: c.Code, Label: c.Name})
		}
		return out, nil
	case "free_places":
		free, err := m.Free(ctx, a.Q, a.Snapshot.Division, p, nil, a.Now)
		for i, x := range free[:min(offered, len(free))] {
			c := engine.Choice{Value: x.Code, Label: x.Cluster.Name, Hint: cluster.Names(x.Goods), Best: i == 0 && placed}
			c.Label.ZH, c.Label.EN = c.Label.ZH+" "+x.Code, c.Label.EN+" "+x.Code
			if placed {
				far := fmt.Sprintf(" · %.0f m", x.Metres)
				c.Label = i18n.Text{ZH: c.Label.ZH + far, EN: c.Label.EN + far}
			}
			out = append(out, c)
		}
		return out, err
	}
	return nil, fmt.Errorf("watch: no choices %q", name)
}

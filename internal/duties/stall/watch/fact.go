package watch

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

func (m *Room) fact(ctx context.Context, a engine.Asked, name string) (any, error) {
	switch name {
	case "on_duty", "duty":
		s, err := roster.Current(ctx, a.Q, a.Snapshot.Division, a.Actor.Account, a.Now)
		if fault.Is(err, fault.NotFound) {
			return map[string]any{"on_duty": false, "duty": ""}[name], nil
		}
		return map[string]any{"on_duty": true, "duty": s.ID.String()}[name], err
	case "identity":
		return !mayAsk(a.Actor) && (forbidden.MatchString(text(a.Input["words"])) || forbidden.MatchString(text(a.Input["note"]))), nil
	case "certified":
		return a.Actor.Certified(people.Enforcement), nil
	case "same_day":
		return calendar.DateOf(time.UnixMicro(a.Snapshot.Opened)) == calendar.DateOf(a.Now), nil
	case "history", "lead_due":
		return m.past(ctx, a, name)
	case "pass_by":
		return m.passBy(ctx, a)
	case "free", "goods":
		return m.vacant(ctx, a, name)
	case "card_known", "card_left":
		return m.card(ctx, a, name)
	case "in_watch", "title", "address", "grid", "cluster", "stretch", "nearest":
		return m.where(ctx, a, name)
	}
	return nil, fmt.Errorf("watch: no fact %q", name)
}

func text(v any) string { s, _ := v.(string); return s }

// mayAsk reports whether the person may ask for papers.
func mayAsk(a people.Actor) bool { return a.Has("officer") && a.Certified(people.Enforcement) }

// forbidden is what nobody but an officer may write down: an identity or telephone
// number, and that papers were looked at or goods were taken.
var forbidden = regexp.MustCompile(`\d{17}[\dXx]|\b\d{15}\b|1[3-9]\d{9}|身份证|证件号|营业执照号|查验证件|登记证件|扣留|扣押|暂扣|没收|(?i:\bID (card|number)|\bconfiscat|\bseiz)`)

// point is where the record is made: the answer of the form, else of the case.
func point(a engine.Asked) (geo.Point, bool) {
	p, ok := a.Input["place"].(procedure.Point)
	if !ok {
		p, ok = a.Snapshot.Data["place"].(procedure.Point)
	}
	return geo.Point{Lat: p.Lat, Lng: p.Lng}, ok
}

// reach is how far from a stretch what is on it may lie, in metres.
const reach = 40

// where answers what the place itself tells.
func (m *Room) where(ctx context.Context, a engine.Asked, name string) (any, error) {
	p, ok := point(a)
	if !ok {
		return nil, nil
	}
	division := a.Snapshot.Division
	if name == "grid" {
		return m.Grid(ctx, division, p)
	}
	book, err := m.Clusters(ctx, division)
	if err != nil {
		return nil, err
	}
	streets, err := m.Roster.Book(ctx, division)
	if err != nil {
		return nil, err
	}
	near, metres := nearest(book, p)
	on := streets.Near(p, reach)
	duty := m.dutyStretch(ctx, a, streets)
	switch name {
	case "in_watch":
		set, err := m.Settings(ctx, division)
		if err != nil {
			return nil, err
		}
		mine := duty != nil && along(duty, p)
		return mine || near != nil && metres <= float64(set.Int("watch.radius_m")), nil
	case "title":
		return classes[text(a.Input["class"])] + " · " + at(on, near), nil
	case "address":
		return at(on, near), nil
	case "cluster":
		if said := text(a.Input["cluster"]); book.Cluster(said) != nil {
			return said, nil
		}
		if near == nil {
			return "", nil
		}
		return near.Code, nil
	case "stretch":
		switch {
		case on != nil:
			return on.Code, nil
		case duty != nil:
			return duty.Code, nil
		}
		return "", nil
	}
	free, err := m.Free(ctx, a.Q, division, p, nil, a.Now)
	if err != nil || len(free) == 0 {
		return "", err
	}
	return free[0].Cluster.Name.ZH + " " + free[0].Code, nil
}

func along(s *roster.Stretch, p geo.Point) bool {
	d, _, _ := s.Line.Near(p)
	return d <= reach
}

// dutyStretch is the stretch for which the actor signed in, nil for none.
func (m *Room) dutyStretch(ctx context.Context, a engine.Asked, b *roster.Book) *roster.Stretch {
	s, err := roster.Current(ctx, a.Q, a.Snapshot.Division, a.Actor.Account, a.Now)
	if err != nil {
		return nil
	}
	return b.Stretch(s.Place)
}

func nearest(b *cluster.Book, p geo.Point) (near *cluster.Cluster, metres float64) {
	for _, c := range b.Clusters {
		if d := geo.Distance(c.At, p); near == nil || d < metres {
			near, metres = c, d
		}
	}
	return near, metres
}

// at names the place by its stretch, else by the cluster near it.
func at(on *roster.Stretch, near *cluster.Cluster) string {
	switch {
	case on != nil:
		return on.Name.ZH
	case near != nil:
		return near.Name.ZH + "附近"
	}
	return "值守路段"
}

// classes are what a record is called by.
var classes = map[string]string{"09001": "无照经营游商", "09005": "店外经营", "09006": "占道经营", "06029": "露天烧烤", "09021": "占道洗车", "09022": "占道促销宣传", "LOCAL-STALL": "摊点超线超时"}

// past tells of earlier records at the same shop or spot.
func (m *Room) past(ctx context.Context, a engine.Asked, name string) (any, error) {
	r, err := m.rules(ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	p, ok := point(a)
	if !ok {
		return nil, nil
	}
	shop := text(a.Input["shop"])
	if shop == "" {
		shop = a.Snapshot.Text("shop")
	}
	me := Record{Case: a.Snapshot.ID, Shop: shop, Place: p, At: a.Now, Refused: a.Step != nil && a.Step.ID == "refuse"}
	list, err := alike(ctx, a.Q, a.Snapshot.Division, me, a.Now.AddDate(0, 0, -max(r.days, r.incidentDays)), a.Now.Add(time.Microsecond))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(x Record) bool { return x.Case == a.Snapshot.ID })
	proved := map[id.ID]bool{}
	if name == "lead_due" {
		if proved, err = confirmed(ctx, a.Q, a.Snapshot.Division, list); err != nil {
			return nil, err
		}
	}
	same := []*Record{&me}
	for i := range list {
		same = append(same, &list[i])
	}
	c := r.count(me, same, proved, a.Now)
	if name == "lead_due" {
		return c.LeadDue, nil
	}
	return fmt.Sprintf(History, Spot, r.days, c.Talks, c.Refused), nil
}

// passBy is an hour from now while somebody is rostered then, else an hour after
// the next duty of the roster begins; without any it is an hour from now.
func (m *Room) passBy(ctx context.Context, a engine.Asked) (any, error) {
	turns, err := roster.Turns(ctx, a.Q, a.Snapshot.Division, a.Now, a.Now.AddDate(0, 0, 7))
	if err != nil || len(turns) == 0 {
		return a.Now.Add(time.Hour), err
	}
	return later(turns[0].From, a.Now).Add(time.Hour), nil
}

func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

package permit

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// worth is what an act costs; a good turn gives a point back.
var worth = map[string]int64{"line": 1, "dirt": 1, "card": 1, "absent": 1, "damage": 3, "build": 3, "block": 4, "banned": 4, "sublet": 6, "abuse": 6, "good_turn": 1}

// Acts are the acts as people read them.
var Acts = map[string]i18n.Text{
	"line": {ZH: "超线超时", EN: "outside the line or hours"}, "dirt": {ZH: "收摊不清", EN: "not cleared at close"}, "card": {ZH: "未亮证", EN: "card not shown"},
	"absent": {ZH: "无故缺席", EN: "absent unexcused"}, "damage": {ZH: "损绿损设施", EN: "damage to green or fittings"}, "build": {ZH: "搭建", EN: "building a structure"},
	"block": {ZH: "堵占消防通道、盲道", EN: "blocking a fire lane or tactile paving"}, "banned": {ZH: "露天烧烤、禁售物", EN: "open-air barbecue, banned goods"},
	"sublet": {ZH: "转租", EN: "subletting"}, "abuse": {ZH: "辱骂", EN: "abuse of officers"}, "good_turn": {ZH: "好人好事", EN: "good turn"}}

// Balance is what is left of a permit's points in the running term: the points of
// a year, less those in effect, and one for each good turn, never above the year's.
func (m *Room) Balance(ctx context.Context, q dbx.Querier, division, permit id.ID, now time.Time) (int64, error) {
	set, err := m.Settings(ctx, division)
	if err != nil {
		return 0, err
	}
	all, err := PointsOf(ctx, q, division, permit)
	if err != nil {
		return 0, err
	}
	from, err := m.termBegan(ctx, q, division, permit, now)
	return balance(int64(set.Int("stall.points")), all, from), err
}

func balance(year int64, all []Point, from time.Time) int64 {
	left := year
	for _, p := range all {
		if p.State == "effective" && !p.At.Before(from) {
			left += p.Good - p.N
		}
	}
	return min(max(left, 0), year)
}

// termBegan is when the running term of a permit began; a permit that has none
// yet counts from ever.
func (m *Room) termBegan(ctx context.Context, q dbx.Querier, division, permit id.ID, now time.Time) (from time.Time, err error) {
	p, err := Find(ctx, q, division, permit)
	if err != nil || p.Until.IsZero() {
		return from, err
	}
	set, err := m.Settings(ctx, division)
	if err != nil {
		return from, err
	}
	for from = p.Until; from.After(now); {
		from = from.AddDate(0, 0, -max(1, set.Int("stall.term")))
	}
	if from.Before(p.Since.AddDate(0, 0, 1)) { // a term ends at 24:00, the first began by day
		from = p.Since
	}
	return from, nil
}

// pointFact answers for a record of points, of which the case above is the permit.
func (m *Room) pointFact(ctx context.Context, a engine.Asked, name string) (any, error) {
	act := text(a.Input["act"])
	at, _ := a.Input["at"].(time.Time)
	switch name {
	case "title":
		p, err := Find(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent)
		return p.Stall + " " + Acts[act].ZH, err
	case "what":
		return Acts[act].ZH + " / " + Acts[act].EN, nil
	case "worth":
		return worth[act], nil
	case "on":
		return calendar.DateOf(at).String(), nil
	case "first", "again_today":
		return m.before(ctx, a, name, act, calendar.DateOf(at))
	case "far":
		return m.far(ctx, a)
	case "standing":
		p, err := Find(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent)
		return slices.Contains(owning, p.State), err
	}
	return nil, fmt.Errorf("permit: no fact %q", name)
}

// before looks for the same act on the day or, for the first, in the running term.
// What was cancelled never happened.
func (m *Room) before(ctx context.Context, a engine.Asked, name, act string, day calendar.Date) (any, error) {
	all, err := PointsOf(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent)
	if err != nil {
		return nil, err
	}
	from, err := m.termBegan(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent, a.Now)
	found := slices.ContainsFunc(all, func(p Point) bool {
		return p.Case != a.Snapshot.ID && p.Act == act && p.State != "cancelled" && !p.At.Before(from) && (name == "first" || p.Day == day)
	})
	return found == (name == "again_today"), err
}

// farthest is how far from the stall a photo may say it was taken, in metres.
const farthest = 200

func (m *Room) far(ctx context.Context, a engine.Asked) (any, error) {
	book, err := m.Book(ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	p, err := Find(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent)
	if err != nil {
		return nil, err
	}
	s, _ := book.Stall(p.Stall)
	return s != nil && slices.ContainsFunc(a.Files, func(f engine.Upload) bool {
		return f.Field == "photo" && f.At != nil && geo.Distance(s.At, geo.Point{Lat: f.At.Lat, Lng: f.At.Lng}) > farthest+f.At.Accuracy
	}), nil
}

func (m *Room) pointWords(ctx context.Context, a engine.Asked) fault.Args {
	n, err := m.Balance(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent, a.Now)
	if err != nil {
		return fault.Args{}
	}
	return fault.Args{"points": n}
}

func (m *Room) keepPoints(ctx context.Context, d *engine.Doing) error {
	s := d.After
	p := Point{Case: s.ID, Permit: s.Parent, Act: s.Text("act"), State: s.State, At: d.Now}
	p.N, _ = s.Data["n"].(int64)
	p.Good, _ = s.Data["good"].(int64)
	day, err := calendar.ParseDate(s.Text("on"))
	if err != nil {
		return err
	}
	p.Day = day
	return putPoint(ctx, d.Tx, s.Division, p)
}

// bring takes the vendor along to the record, so that the appeal is the vendor's,
// and tells of it on the page of the permit.
func (m *Room) bring(ctx context.Context, d *engine.Doing) error {
	s := d.After
	above, err := party.Of(ctx, d.Tx, s.Division, s.Parent)
	if err != nil {
		return err
	}
	for _, p := range above {
		same := party.Party{Division: s.Division, ID: id.New(), Case: s.ID, Now: s.ID, Kind: p.Kind, Seq: 1, Anonymous: p.Anonymous, At: d.Now}
		if err := party.Insert(ctx, d.Tx, same); err != nil {
			return err
		}
	}
	p, err := Find(ctx, d.Tx, s.Division, s.Parent)
	if err != nil || !slices.Contains(owning, p.State) {
		return err
	}
	n, _ := s.Data["n"].(int64)
	told := fmt.Sprintf("已记录“%s”%d 分，五个工作日内可申诉 / recorded: %s, %d points; you may appeal within five working days", Acts[s.Text("act")].ZH, n, Acts[s.Text("act")].EN, n)
	_, err = d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: s.Parent, Step: "points_told", Actor: people.SystemActor(s.Division), Input: procedure.Input{"text": told}})
	return err
}

// PartyOf is the vendor as a party of the case; none is NotFound.
func PartyOf(ctx context.Context, q dbx.Querier, division, caseID id.ID) (p party.Party, err error) {
	defer fault.Trace(&err, "permit.PartyOf(%s)", caseID)
	list, err := party.Of(ctx, q, division, caseID)
	if err == nil && len(list) == 0 {
		err = fault.Missing("party")
	}
	if err != nil {
		return p, err
	}
	return list[0], nil
}

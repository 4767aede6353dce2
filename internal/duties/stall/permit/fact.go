package permit

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

func text(v any) string { s, _ := v.(string); return s }

func words(v any) []string { s, _ := v.([]string); return s }

// asked is a case as the facts look at it, with the chosen stall.
type asked struct {
	engine.Asked
	*Room
	ctx  context.Context
	book *cluster.Book
	day  calendar.Date
}

func (m *Room) fact(ctx context.Context, q engine.Asked, name string) (any, error) {
	book, err := m.Book(ctx, q.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	a := asked{q, m, ctx, book, calendar.DateOf(q.Now)}
	switch name {
	case "title":
		return "摊位申请 · " + cluster.Names(words(q.Input["goods"])).ZH + " · " + cluster.InTitle(text(q.Input["hours"])), nil
	case "age":
		return age(text(q.Input["id_no"]), q.Now), nil
	case "own_place":
		return a.own()
	case "barred":
		return a.barred()
	case "food":
		return slices.ContainsFunc(a.goods(), func(g string) bool { return slices.Contains(cluster.Food, g) }), nil
	case "unlisted":
		return a.unlisted(), nil
	case "term_until":
		return a.termUntil()
	case "pause_days":
		until, _ := q.Input["until"].(time.Time)
		return int64(calendar.DateOf(until) - a.day), nil
	case "balance":
		return m.Balance(ctx, q.Q, q.Snapshot.Division, q.Snapshot.ID, q.Now)
	case "appeals":
		return a.appeals()
	case "absent":
		p, err := Find(ctx, q.Q, q.Snapshot.Division, q.Snapshot.ID)
		if err != nil {
			return nil, err
		}
		return m.absent(ctx, q.Q, q.Snapshot.Division, p, q.Now)
	case "in_force":
		_, c := book.Stall(q.Snapshot.Text("stall"))
		return c != nil && c.Designation(a.day) != nil, nil
	}
	return a.ofStall(name)
}

// ofStall are the facts of the chosen stall. Where none is chosen nothing is
// against it.
func (a asked) ofStall(name string) (any, error) {
	code := cmp.Or(text(a.Input["stall"]), text(a.Input["other"]), a.Snapshot.Text("stall"))
	s, c := a.book.Stall(code)
	switch name {
	case "cluster":
		if c == nil {
			return "", nil
		}
		return c.Code, nil
	case "designated":
		return code == "" || s != nil && s.Open && c.Zone != cluster.Prohibited && c.Designation(a.day).Serves(a.Snapshot.Text("hours")), nil
	case "stall_unlisted":
		if s == nil {
			return "", nil
		}
		return cluster.Names(cluster.Beyond(s.GoodsAt(c.Designation(a.day)), a.goods())).ZH, nil
	case "free":
		p, err := Holder(a.ctx, a.Q, a.Snapshot.Division, code, a.Snapshot.Text("hours"))
		if fault.Is(err, fault.NotFound) {
			return true, nil
		}
		return p.Case == a.Snapshot.ID, err
	case "first":
		return a.first(s, c)
	case "swaps":
		return a.swaps(s)
	}
	return nil, fmt.Errorf("permit: no fact %q", name)
}

func (a asked) goods() []string { return words(a.Snapshot.Data["goods"]) }

// unlisted are the goods that no cluster asked for designates.
func (a asked) unlisted() string {
	var least []string
	for i, code := range words(a.Snapshot.Data["clusters"]) {
		c := a.book.Cluster(code)
		if c == nil {
			continue
		}
		d := c.Designation(a.day)
		missing := a.goods()
		if d != nil {
			missing = cluster.Beyond(d.Goods, a.goods())
		}
		if len(missing) == 0 {
			return ""
		}
		if i == 0 || len(missing) < len(least) {
			least = missing
		}
	}
	if least == nil {
		least = a.goods()
	}
	return cluster.Names(least).ZH
}

// persons are the digests of the vendor: of the form while it is opened, else
// those that were kept.
func (a asked) persons() (person, household []byte, err error) {
	if a.Snapshot.ID.IsZero() || a.Input["id_no"] != nil {
		return digest(a.Snapshot.Division, "id", text(a.Input["id_no"])), digest(a.Snapshot.Division, "household", text(a.Input["household"])), nil
	}
	p, err := Find(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID)
	return p.person, p.household, err
}

func (a asked) own() (any, error) {
	person, household, err := a.persons()
	if err != nil {
		return nil, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	if !set.Bool("stall.household") {
		household = nil
	}
	return own(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID, person, household)
}

func (a asked) barred() (any, error) {
	person, _, err := a.persons()
	if err != nil {
		return nil, err
	}
	at, err := lastRevoked(a.ctx, a.Q, a.Snapshot.Division, person)
	if err != nil || at.IsZero() {
		return "", err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	if from := calendar.DateOf(at) + calendar.Date(set.Int("stall.reapply_days")); from > a.day {
		return from.String(), nil
	}
	return "", nil
}

// termUntil is where the term ends that begins today, or that goes on after the
// running one.
func (a asked) termUntil() (any, error) {
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	from := a.day
	if until, ok := a.Snapshot.Data["until"].(time.Time); ok {
		from = max(from, calendar.DueDate(until))
	}
	return (from + calendar.Date(set.Int("stall.term"))).End(), nil
}

func (a asked) appeals() (any, error) {
	all, err := PointsOf(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID)
	n := int64(0)
	for _, p := range all {
		if p.State == "noted" || p.State == "appealed" {
			n++
		}
	}
	return n, err
}

// fits reports whether the stall suits what a vendor asked for.
func fits(s *cluster.Stall, c *cluster.Cluster, d *cluster.Designation, p Permit) bool {
	return slices.Contains(p.Clusters, c.Code) && s.Open && c.Zone != cluster.Prohibited && d.Serves(p.Band) && s.Power >= p.Power &&
		len(cluster.Beyond(s.GoodsAt(d), p.Goods)) == 0
}

// first reports whether nobody who waits longer suits the stall.
func (a asked) first(s *cluster.Stall, c *cluster.Cluster) (any, error) {
	if s == nil {
		return true, nil
	}
	waiting, err := In(a.ctx, a.Q, a.Snapshot.Division, "waiting")
	turn := a.Now
	if t, ok := a.Snapshot.Data["turn"].(time.Time); ok {
		turn = t
	}
	d := c.Designation(a.day)
	for _, p := range waiting {
		longer := p.Turn.Compare(turn) < 0 || p.Turn.Equal(turn) && bytes.Compare(p.Case[:], a.Snapshot.ID[:]) < 0
		if p.Case != a.Snapshot.ID && longer && p.Band == a.Snapshot.Text("hours") && fits(s, c, d, p) {
			return false, err
		}
	}
	return true, err
}

// swaps reports whether the vendor may change to the stall: a free one that takes
// the goods in these hours, or one of the same cluster whose vendor sells the same.
func (a asked) swaps(s *cluster.Stall) (any, error) {
	if s == nil || s.Code == a.Snapshot.Text("stall") {
		return false, nil
	}
	_, c := a.book.Stall(s.Code)
	d, band := c.Designation(a.day), a.Snapshot.Text("hours")
	if !s.Open || !d.Serves(band) || len(cluster.Beyond(s.GoodsAt(d), a.goods())) > 0 {
		return false, nil
	}
	p, err := Holder(a.ctx, a.Q, a.Snapshot.Division, s.Code, band)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	if err != nil {
		return nil, err
	}
	mine, _ := a.book.Stall(a.Snapshot.Text("stall"))
	alike := len(cluster.Beyond(p.Goods, a.goods())) == 0 && len(cluster.Beyond(a.goods(), p.Goods)) == 0
	return p.State == "active" && alike && mine != nil && mine.Cluster == s.Cluster && text(a.Input["other_sign"]) != "", nil
}

// choices are clusters to ask for and stalls to give.
func (m *Room) choices(ctx context.Context, q engine.Asked, name string) ([]engine.Choice, error) {
	book, err := m.Book(ctx, q.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	var out []engine.Choice
	if name == "clusters" {
		for _, c := range book.Clusters {
			if d := c.Designation(calendar.DateOf(q.Now)); d != nil && c.Zone != cluster.Prohibited {
				out = append(out, engine.Choice{Value: c.Code, Label: i18n.Text{ZH: c.Name.ZH + "（" + cluster.Names(d.Goods).ZH + "）", EN: c.Name.EN + " (" + cluster.Names(d.Goods).EN + ")"}})
			}
		}
		return out, nil
	}
	held, err := Held(ctx, q.Q, q.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	p, err := Find(ctx, q.Q, q.Snapshot.Division, q.Snapshot.ID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	for _, c := range book.Clusters {
		d := c.Designation(calendar.DateOf(q.Now))
		for i := range c.Stalls {
			s := &c.Stalls[i]
			taken := slices.Contains(held[s.Code], p.Band)
			if name == "stalls" && (taken || !fits(s, c, d, p)) || name == "swaps" && (c.Code != q.Snapshot.Text("cluster") || s.Code == p.Stall || !fits(s, c, d, p)) {
				continue
			}
			x := engine.Choice{Value: s.Code, Label: i18n.Text{ZH: s.Code + " " + c.Name.ZH, EN: s.Code + " " + c.Name.EN}}
			if taken {
				x.Hint = i18n.Text{ZH: "与现摊主互换", EN: "swap with its vendor"}
			}
			out = append(out, x)
		}
	}
	return out, err
}

// words are the placeholders of public sentences.
func (m *Room) words(ctx context.Context, q engine.Asked) fault.Args {
	args := fault.Args{}
	book, err := m.Book(ctx, q.Snapshot.Division)
	if err != nil {
		return args
	}
	if s, c := book.Stall(q.Snapshot.Text("stall")); s != nil {
		args["place"] = i18n.Text{ZH: s.Code + "（" + c.Name.ZH + "）", EN: s.Code + " (" + c.Name.EN + ")"}
	}
	for _, name := range []string{"until", "pause_until"} { // said as the last day they hold
		if t, ok := q.Snapshot.Data[name].(time.Time); ok {
			args[name] = calendar.DueDate(t).String()
		}
	}
	if n, err := Turn(ctx, q.Q, q.Snapshot.Division, q.Snapshot.ID); err == nil && n > 0 {
		args["n"] = n
	}
	return args
}

// Turn is the place of a case in the waiting list, 0 where it does not wait.
func Turn(ctx context.Context, q dbx.Querier, division, caseID id.ID) (int, error) {
	waiting, err := In(ctx, q, division, "waiting")
	return 1 + slices.IndexFunc(waiting, func(p Permit) bool { return p.Case == caseID }), err
}

// Line is a stall in one line: its code and what it is called.
func Line(b *cluster.Book, code string, lang i18n.Lang) string {
	s, c := b.Stall(code)
	if s == nil {
		return code
	}
	return strings.TrimSpace(s.Code + " · " + c.Name.In(lang) + " " + s.Where().In(lang))
}

package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/assign"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// drawn is a batch of the waiting list with all that explains it.
type drawn struct {
	book   *cluster.Book
	cases  map[string]*engine.Snapshot
	turn   map[string]int
	result *assign.Result
}

// draw matches those who wait with the free stalls, those in hardship first.
func (m *Room) draw(ctx context.Context, division id.ID) (d drawn, err error) {
	if d.book, err = m.Book(ctx, division); err != nil {
		return d, err
	}
	waiting, err := permit.In(ctx, m.DB, division, "waiting")
	if err != nil {
		return d, err
	}
	stalls, err := m.stalls(ctx, division, d.book)
	if err != nil {
		return d, err
	}
	d.cases, d.turn = map[string]*engine.Snapshot{}, map[string]int{}
	b := assign.Batch{Stalls: stalls, HardshipFirst: true}
	for i, p := range waiting {
		s, err := m.Engine().Find(ctx, division, p.Case)
		if err != nil {
			return d, err
		}
		key := p.Case.String()
		d.cases[key], d.turn[key] = s, i+1
		a := assign.Applicant{ID: key, Turn: i + 1, Hardship: p.Hardship, Band: p.Band, Clusters: p.Clusters, Need: assign.Need{Goods: p.Goods, Power: p.Power}, From: nowhere}
		if at, ok := s.Data["from"].(procedure.Point); ok {
			a.From = geo.Point{Lat: at.Lat, Lng: at.Lng}
		}
		b.Applicants = append(b.Applicants, a)
	}
	d.result, err = assign.Match(b)
	return d, err
}

// nowhere is the home of whoever did not say where it is: equally far from all.
var nowhere = geo.Point{Lat: 999, Lng: 999}

// stalls are all that may be given, as the calculation wants them.
func (m *Room) stalls(ctx context.Context, division id.ID, book *cluster.Book) (out []assign.Stall, err error) {
	held, err := permit.Held(ctx, m.DB, division)
	if err != nil {
		return nil, err
	}
	day := calendar.DateOf(m.Clock.Now())
	for _, c := range book.Clusters {
		d := c.Designation(day)
		if d == nil || c.Zone == cluster.Prohibited {
			continue
		}
		var hours []assign.Hours
		for _, s := range d.Spans {
			hours = append(hours, assign.Hours{Band: s.Band, Days: weekdays(s.Days), From: s.From, To: s.To, First: s.First, Last: s.Last})
		}
		for i := range c.Stalls {
			if s := &c.Stalls[i]; s.Open {
				out = append(out, assign.Stall{ID: s.Code, Cluster: c.Code, At: s.At, Goods: s.GoodsAt(d), Hours: hours, Held: held[s.Code], Width: s.Width, Depth: s.Depth, Power: s.Power})
			}
		}
	}
	return out, nil
}

// offerLine is one placement of a batch with its reasons.
type offerLine struct {
	Case, Title, Code, Stall, Way string
	Why                           []string
}

// batchView is a batch that awaits its acceptance.
type batchView struct {
	Tabs    []ui.Tab
	Refused string
	Placed  []offerLine
	Left    []offerLine
}

func (m *Room) batch(w http.ResponseWriter, r *http.Request) error {
	return m.showBatch(w, r, http.StatusOK, "")
}

func (m *Room) showBatch(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	ctx := r.Context()
	d, err := m.draw(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	v := batchView{Tabs: m.tabs(r, "/street/stalls"), Refused: refused}
	for _, key := range slices.SortedFunc(maps.Keys(d.cases), func(a, b string) int { return cmp.Compare(d.turn[a], d.turn[b]) }) {
		s := d.cases[key]
		l := offerLine{Case: key, Title: fmt.Sprintf("%d · %s", d.turn[key], i18n.Said(ctx, s.Title))}
		if i := slices.IndexFunc(d.result.Placements, func(p assign.Placement) bool { return p.Applicant == key }); i >= 0 && len(v.Placed) >= mostTold {
			l.Why = []string{i18n.T(ctx, "stallweb.why_later", "n", mostTold)}
			v.Placed = append(v.Placed, d.placed(ctx, l, &d.result.Placements[i]))
			continue
		}
		why, _ := d.result.Explain(key)
		l.Why = d.reasons(ctx, why)
		if why.Placement == nil {
			v.Left = append(v.Left, l)
			continue
		}
		v.Placed = append(v.Placed, d.placed(ctx, l, why.Placement))
	}
	return httpx.Render(w, r, status, batchPage(v))
}

// mostTold is how many placements are shown with their reasons, those who stand
// first: ten milliseconds each in a batch of 2,000.
const mostTold = 50

// placed adds to a line which stall it is and how far.
func (d drawn) placed(ctx context.Context, l offerLine, p *assign.Placement) offerLine {
	l.Code, l.Stall = p.Stall, permit.Line(d.book, p.Stall, i18n.LangOf(ctx))
	if _, known := d.cases[l.Case].Data["from"].(procedure.Point); known {
		l.Way = i18n.T(ctx, "stallweb.way", "n", p.Metres)
	}
	return l
}

// mostReasons is how many passed stalls a page tells of.
const mostReasons = 4

// reasons are what the calculation says of the nearer stalls, in words.
func (d drawn) reasons(ctx context.Context, why assign.Why) (out []string) {
	for i, p := range why.Passed {
		if i == mostReasons {
			return append(out, i18n.T(ctx, "stallweb.more", "n", len(why.Passed)-i))
		}
		said := make([]string, 0, len(p.Broken))
		for _, b := range p.Broken {
			said = append(said, i18n.T(ctx, "stallweb.rule."+string(b)))
		}
		if len(said) == 0 {
			said = append(said, i18n.T(ctx, "stallweb.claim."+string(p.Claim), "turn", d.turn[p.By], "n", p.More))
		}
		out = append(out, p.Stall+"："+strings.Join(said, "，"))
	}
	return out
}

// told is what the vendor reads of the offer.
func (d drawn) told(key string, p assign.Placement) string {
	why := fmt.Sprintf("按公布的批次规则分配，您在轮候中排第 %d 位", d.turn[key])
	if _, known := d.cases[key].Data["from"].(procedure.Point); known {
		why += fmt.Sprintf("，步行约 %d 米", p.Metres)
	}
	return why + fmt.Sprintf(" / by the published batch; number %d of the list", d.turn[key])
}

// OfferList offers the free stalls to those who wait by the published batch, where
// the division has set that the program does so. What can no longer be offered is
// left for the next time.
func (m *Room) OfferList(ctx context.Context, division id.ID) error {
	set, err := m.Settings(ctx, division)
	if err != nil || !set.Bool("stall.offers") {
		return err
	}
	d, err := m.draw(ctx, division)
	if err != nil {
		return err
	}
	list := slices.Clone(d.result.Placements)
	slices.SortFunc(list, func(a, b assign.Placement) int { return cmp.Compare(d.turn[a.Applicant], d.turn[b.Applicant]) })
	for _, p := range list {
		_, err := m.Engine().Act(ctx, engine.Act{Case: d.cases[p.Applicant].ID, Step: "offer", Actor: people.SystemActor(division),
			Input: procedure.Input{"stall": p.Stall, "rule": "batch", "why": d.told(p.Applicant, p)}})
		if f := fault.As(err); err != nil && f.Kind != fault.Conflict && f.Kind != fault.Invalid && f.Kind != fault.Stale {
			return err
		}
	}
	return nil
}

// accept offers what the head ticked, as the batch stands now. What has changed
// since it was read is refused and the batch shown anew.
func (m *Room) accept(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), visit.From(r.Context())
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "form.refused")
	}
	d, err := m.draw(ctx, who.Division.ID)
	if err != nil {
		return err
	}
	n := 0
	for _, said := range r.PostForm["place"] {
		key, stall, _ := strings.Cut(said, "@")
		i := slices.IndexFunc(d.result.Placements, func(p assign.Placement) bool { return p.Applicant == key && p.Stall == stall })
		if i < 0 {
			return m.showBatch(w, r, http.StatusConflict, i18n.T(ctx, "stallweb.batch_moved", "n", n))
		}
		p := d.result.Placements[i]
		_, err := m.Engine().Act(ctx, engine.Act{Case: d.cases[key].ID, Step: "offer", Actor: who.Actor, Input: procedure.Input{"stall": p.Stall, "rule": "batch", "why": d.told(key, p)}})
		if f := fault.As(err); err != nil && (f.Kind == fault.Conflict || f.Kind == fault.Invalid || f.Kind == fault.Stale) {
			return m.showBatch(w, r, f.Kind.Status(), i18n.T(ctx, "stallweb.batch_moved", "n", n))
		}
		if err != nil {
			return err
		}
		n++
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "stallweb.offered", Args: map[string]any{"n": n}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/street/stalls")
}

package duty

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// rosterView is one week.
type rosterView struct {
	Tabs       []ui.Tab
	Monday     calendar.Date
	Prev, Next string
	Days       []string
	Lines      []rosterLine
	Sum        string // how many turns there are, and how many were kept
	Lead       bool
	Form       form.Form
}

// rosterLine is one person's week.
type rosterLine struct {
	Name string
	Days [7][]shiftCell
}

// shiftCell is one turn: whether it was kept is said once it began.
type shiftCell struct {
	ID, Time, Place string
	Kept            ui.Chip
	Drop            bool
}

func mondayOf(day calendar.Date) calendar.Date {
	return day - calendar.Date((int(day.At(12*60).In(calendar.Zone).Weekday())+6)%7)
}

func (m *Room) week(r *http.Request) calendar.Date {
	day, err := calendar.ParseDate(r.URL.Query().Get("week"))
	if err != nil {
		day = calendar.DateOf(m.Clock.Now())
	}
	return mondayOf(day)
}

func weekHref(monday calendar.Date) string {
	return "/street/rosters?" + url.Values{"week": {monday.String()}}.Encode()
}

func (m *Room) rosters(w http.ResponseWriter, r *http.Request) error {
	v, err := m.rosterOf(r.Context(), m.week(r))
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, rosterPage(v))
}

func (m *Room) rosterOf(ctx context.Context, monday calendar.Date) (v rosterView, err error) {
	actor, now := visit.From(ctx).Actor, m.Clock.Now()
	n, err := m.names(ctx)
	if err != nil {
		return v, err
	}
	v = rosterView{Tabs: tabs(ctx, "rosters"), Monday: monday, Prev: weekHref(monday - 7), Next: weekHref(monday + 7), Lead: actor.Has(roster.Lead)}
	for i := range calendar.Date(7) {
		v.Days = append(v.Days, (monday + i).String()[5:])
	}
	turns, err := roster.Turns(ctx, m.DB, actor.Division, monday.At(0), (monday + 7).At(0))
	if err != nil {
		return v, err
	}
	signs, err := roster.Signs(ctx, m.DB, actor.Division, id.ID{}, monday.At(0).Add(-roster.Early), (monday + 7).At(0))
	if err != nil {
		return v, err
	}
	came, away := map[id.ID]bool{}, map[id.ID]string{}
	for _, s := range signs {
		came[s.Turn], away[s.Turn] = true, n.away(ctx, s)
	}
	at, kept, missed := map[id.ID]int{}, 0, 0
	for _, t := range turns {
		switch {
		case came[t.ID]:
			kept++
		case t.To.Before(now):
			missed++
		}
		i, ok := at[t.Account]
		if !ok {
			i = len(v.Lines)
			at[t.Account] = i
			v.Lines = append(v.Lines, rosterLine{Name: n.person(t.Account)})
		}
		d := int(calendar.DateOf(t.From) - monday)
		if d < 0 || d > 6 {
			continue
		}
		v.Lines[i].Days[d] = append(v.Lines[i].Days[d], shiftCell{ID: t.ID.String(), Time: clockTime(t.From) + "–" + clockTime(t.To), Place: n.place(ctx, t.Place),
			Kept: keptChip(ctx, t, came[t.ID], away[t.ID], now), Drop: v.Lead && !came[t.ID] && t.From.After(now)})
	}
	if n := len(turns); n > 0 {
		v.Sum = i18n.T(ctx, "duty.week_sum", "n", n, "came", kept, "absent", missed, "due", n-kept-missed)
	}
	slices.SortFunc(v.Lines, func(a, b rosterLine) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	v.Form = form.New("plan", "/street/rosters", n.planFields(now)).Fill(nil, calendar.Zone)
	v.Form.Steps = []ui.Step{{Label: i18n.T(ctx, "duty.plan"), Icon: "plus", Primary: true}}
	return v, nil
}

func keptChip(ctx context.Context, t roster.Turn, came bool, away string, now time.Time) ui.Chip {
	switch {
	case away != "":
		return ui.Chip{Label: away, Tone: ui.Amber}
	case came:
		return ui.Chip{Label: i18n.T(ctx, "duty.came"), Tone: ui.Green}
	case t.To.Before(now):
		return ui.Chip{Label: i18n.T(ctx, "duty.absent"), Tone: ui.Red}
	}
	return ui.Chip{}
}

// planFields are what a turn asks.
func (n names) planFields(now time.Time) []form.Field {
	var who []form.Option
	for _, a := range n.dir.Accounts() {
		actor, err := n.dir.Actor(a.ID, now)
		if err == nil && a.Active && slices.ContainsFunc(Walkers, actor.Has) {
			who = append(who, form.Option{Value: a.ID.String(), Label: i18n.Text{ZH: a.Name, EN: a.Name}})
		}
	}
	return []form.Field{
		{Name: "person", Type: form.Enum, Label: words["person"], Options: who, Required: true},
		{Name: "place", Type: form.Enum, Label: words["place"], Options: n.placeOptions(), Required: true},
		{Name: "from", Type: form.Time, Label: words["from"], Required: true},
		{Name: "to", Type: form.Time, Label: words["to"], Required: true},
	}
}

func (m *Room) plan(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	n, err := m.names(ctx)
	if err != nil {
		return err
	}
	in, wrong := form.Read(r, n.planFields(m.Clock.Now()), calendar.Zone)
	monday := mondayOf(calendar.DateOf(m.Clock.Now()))
	if wrong == nil {
		t := roster.Turn{}
		t.From, _ = in.Values["from"].(time.Time)
		t.To, _ = in.Values["to"].(time.Time)
		t.Place, _ = in.Values["place"].(string)
		person, _ := in.Values["person"].(string)
		t.Account, _ = id.Parse(person) // one of the options
		monday = mondayOf(calendar.DateOf(t.From))
		if _, wrong = m.Roster.Plan(ctx, actor, t); wrong == nil {
			return m.done(w, r, "duty.planned", weekHref(monday))
		}
	}
	f := fault.As(wrong)
	if f.Kind == fault.Internal {
		return wrong
	}
	v, err := m.rosterOf(ctx, monday)
	if err != nil {
		return err
	}
	v.Form = v.Form.Refused(ctx, in, wrong)
	return httpx.Render(w, r, f.Kind.Status(), rosterPage(v))
}

func (m *Room) copyWeek(w http.ResponseWriter, r *http.Request) error {
	monday, err := calendar.ParseDate(r.FormValue("week"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	n, err := m.Roster.CopyWeek(r.Context(), visit.From(r.Context()).Actor, mondayOf(monday))
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "duty.copied", Args: map[string]any{"n": n}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, weekHref(mondayOf(monday)))
}

func (m *Room) drop(w http.ResponseWriter, r *http.Request) error {
	turn, err := id.Parse(r.FormValue("turn"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	if err := m.Roster.Drop(r.Context(), visit.From(r.Context()).Actor, turn); err != nil {
		return err
	}
	monday, err := calendar.ParseDate(r.FormValue("week"))
	if err != nil {
		monday = calendar.DateOf(m.Clock.Now())
	}
	return m.done(w, r, "duty.dropped", weekHref(mondayOf(monday)))
}

// volunteer roles of accounts that a confirmed volunteer may use.
const volunteerRole = "volunteer"

// accounts are those of volunteers that nobody confirmed was given yet.
func (n names) accounts(now time.Time, taken []roster.Volunteer) (out []people.Account) {
	for _, a := range n.dir.Accounts() {
		actor, err := n.dir.Actor(a.ID, now)
		used := slices.ContainsFunc(taken, func(v roster.Volunteer) bool { return v.State == roster.Confirmed && v.Account == a.ID })
		if err == nil && a.Active && !used && actor.Has(volunteerRole) {
			out = append(out, a)
		}
	}
	return out
}

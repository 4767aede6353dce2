package duty

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// dutyView is the page of my duty.
type dutyView struct {
	Tabs    []ui.Tab
	Walks   bool // the visitor goes on duty
	Talks   bool
	On      *roster.Sign // the visitor's duty
	Since   string
	Place   string
	Days    int // that raw points are kept
	SignIn  form.Form
	Open    []record.Row // records of mine that wait for their outcome
	Turns   []turnLine
	Present []presentLine
	Hours   string
	Month   string

	FileWrong string // why a device's file was not taken
}

type turnLine struct{ When, Place string }

type presentLine struct{ Name, Place, Since, Away string }

// names reads what places and people are called.
type names struct {
	streets *roster.Book
	stalls  *cluster.Book
	dir     *people.Directory
}

func (m *Room) names(ctx context.Context) (n names, err error) {
	division := visit.From(ctx).Division.ID
	if n.streets, err = m.Roster.Book(ctx, division); err != nil {
		return n, err
	}
	if n.stalls, err = m.Clusters(ctx, division); err != nil {
		return n, err
	}
	n.dir, err = m.People.Directory(ctx, division)
	return n, err
}

func (n names) place(ctx context.Context, code string) string {
	return n.placeIn(i18n.LangOf(ctx), code)
}

func (n names) placeIn(lang i18n.Lang, code string) string {
	if s := n.streets.Stretch(code); s != nil {
		return s.Name.In(lang)
	}
	if c := n.stalls.Cluster(code); c != nil {
		return c.Name.In(lang)
	}
	return code
}

// at is where a place of duty begins; false for none.
func (n names) at(code string) (geo.Point, bool) {
	if s := n.streets.Stretch(code); s != nil && len(s.Line) > 0 {
		return s.Line[0], true
	}
	if c := n.stalls.Cluster(code); c != nil {
		return c.At, true
	}
	return geo.Point{}, false
}

// afar is how far from the place of duty a sign-in is said to be away from it, in
// metres.
const afar = 300

// away says how far from the place of duty somebody signed in, "" where it was
// there.
func (n names) away(ctx context.Context, s roster.Sign) string {
	d := 0.0
	if x := n.streets.Stretch(s.Place); x != nil {
		d, _, _ = x.Line.Near(s.At)
	} else if c := n.stalls.Cluster(s.Place); c != nil {
		d = geo.Distance(c.At, s.At)
	}
	if d <= afar {
		return ""
	}
	return i18n.T(ctx, "duty.away_from", "n", metres(d))
}

func (n names) person(account id.ID) string {
	a, err := n.dir.Account(account)
	if err != nil {
		return "–"
	}
	return a.Name
}

// placeOptions are where a duty can be: clusters, then stretches.
func (n names) placeOptions() (out []form.Option) {
	for _, s := range n.streets.Stretches {
		out = append(out, form.Option{Value: s.Code, Label: s.Name})
	}
	for _, c := range n.stalls.Clusters {
		out = append(out, form.Option{Value: c.Code, Label: c.Name})
	}
	return out
}

// signInFields are what signing in asks: where one stands, and the place where no
// turn says it.
func (n names) signInFields(planned bool) []form.Field {
	return []form.Field{
		{Name: "here", Type: form.Place, Label: words["here"], Required: true, Auto: true},
		{Name: "place", Type: form.Enum, Label: words["place"], Options: n.placeOptions(), Required: !planned},
	}
}

func clockTime(t time.Time) string { return t.In(calendar.Zone).Format("15:04") }

func span(from, to time.Time) string {
	return from.In(calendar.Zone).Format("01-02 15:04") + "–" + clockTime(to)
}

func (m *Room) duty(w http.ResponseWriter, r *http.Request) error {
	v, err := m.dutyOf(r.Context())
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, dutyPage(v))
}

func (m *Room) dutyOf(ctx context.Context) (v dutyView, err error) {
	actor, now := visit.From(ctx).Actor, m.Clock.Now()
	n, err := m.names(ctx)
	if err != nil {
		return v, err
	}
	set, err := m.Settings(ctx, actor.Division)
	if err != nil {
		return v, err
	}
	v.Days = set.Int("watch.keep_days")
	v.Tabs, v.Walks = tabs(ctx, "duty"), slices.ContainsFunc(Walkers, actor.Has)
	v.Talks = slices.ContainsFunc(talkers, actor.Has)
	if err := m.planned(ctx, n, actor, now, &v); err != nil {
		return v, err
	}
	if s, err := roster.Current(ctx, m.DB, actor.Division, actor.Account, now); err == nil {
		v.On, v.Since, v.Place = &s, clockTime(s.From), n.place(ctx, s.Place)
	} else if !fault.Is(err, fault.NotFound) {
		return v, err
	}
	on, err := roster.Now(ctx, m.DB, actor.Division, now)
	if err != nil {
		return v, err
	}
	for _, s := range on {
		v.Present = append(v.Present, presentLine{n.person(s.Account), n.place(ctx, s.Place), clockTime(s.From), n.away(ctx, s)})
	}
	first := monthOf(now)
	v.Month = first.In(calendar.Zone).Format("2006-01")
	mine, err := roster.Signs(ctx, m.DB, actor.Division, actor.Account, first, now)
	if err != nil {
		return v, err
	}
	v.Hours = hoursText(roster.Hours(mine, now))
	v.Open, err = m.openRecords(ctx, actor, now)
	return v, err
}

func monthOf(now time.Time) time.Time {
	local := now.In(calendar.Zone)
	return time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, calendar.Zone)
}

func hoursText(d time.Duration) string { return fmt.Sprintf("%.1f", d.Hours()) }

// planned reads the turns of the visitor, and the form with which one signs in.
func (m *Room) planned(ctx context.Context, n names, actor people.Actor, now time.Time, v *dutyView) error {
	turns, err := roster.Turns(ctx, m.DB, actor.Division, now, now.AddDate(0, 0, 8))
	if err != nil {
		return err
	}
	due := ""
	for _, t := range turns {
		if t.Account != actor.Account {
			continue
		}
		if due == "" && t.From.Before(now.Add(roster.Early)) {
			due = t.Place
		}
		v.Turns = append(v.Turns, turnLine{span(t.From, t.To), n.place(ctx, t.Place)})
	}
	v.SignIn = form.New("in", "/street/duty/in", n.signInFields(due != "")).Fill(map[string]any{"place": due}, calendar.Zone)
	v.SignIn.Ground = mapview.Map{Base: "/map/base.json"}
	if at, ok := n.at(due); ok {
		v.SignIn.Ground.Center, v.SignIn.Ground.Zoom = [2]float64{at.Lng, at.Lat}, near
	}
	v.SignIn.Steps = []ui.Step{{Label: i18n.T(ctx, "duty.sign_in"), Icon: "check", Primary: true}}
	return nil
}

// openRecords are those of the visitor that wait for their outcome.
func (m *Room) openRecords(ctx context.Context, actor people.Actor, now time.Time) ([]record.Row, error) {
	list, err := watch.Records(ctx, m.DB, actor.Division, now.AddDate(0, 0, -2), now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	var mine []id.ID
	for _, x := range list {
		if x.Account == actor.Account && (x.State == "met" || x.State == "promised") {
			mine = append(mine, x.Case)
		}
	}
	if len(mine) == 0 {
		return nil, nil
	}
	return record.Rows(ctx, m.DB, actor.Division, record.Filter{}, mine)
}

func (m *Room) signIn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := m.dutyOf(ctx)
	if err != nil {
		return err
	}
	in, wrong := form.Read(r, v.SignIn.Fields, calendar.Zone)
	if wrong == nil {
		at, _ := in.Values["here"].(form.Point)
		spot, _ := in.Values["place"].(string)
		var s roster.Sign
		if s, wrong = m.begin(ctx, spot, geo.Point{Lat: at.Lat, Lng: at.Lng}, at.Accuracy); wrong == nil {
			p := track.Point{Who: s.Account.String(), At: s.From, Place: s.At, Accuracy: s.Accuracy, Source: track.CheckIn}
			if err := m.Tracks.Append(visit.From(ctx).Division.ID.String(), []track.Point{p}); err != nil {
				return err
			}
			return m.done(w, r, "duty.signed_in", "/street/duty")
		}
	}
	f := fault.As(wrong)
	if f.Kind == fault.Internal {
		return wrong
	}
	v.SignIn = v.SignIn.Refused(ctx, in, wrong)
	return httpx.Render(w, r, f.Kind.Status(), dutyPage(v))
}

// begin signs the visitor in, who stands in the division.
func (m *Room) begin(ctx context.Context, spot string, at geo.Point, accuracy float64) (s roster.Sign, err error) {
	ground, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return s, err
	}
	if at != (geo.Point{}) && !ground.Locate(at, m.Clock.Now()).Near(place.Slack) {
		return s, fault.New(fault.Invalid, "form.refused").Field("here", "duty.outside")
	}
	return m.Roster.SignIn(ctx, visit.From(ctx).Actor, spot, at, accuracy)
}

func (m *Room) signOut(w http.ResponseWriter, r *http.Request) error {
	if _, err := m.Roster.SignOut(r.Context(), visit.From(r.Context()).Actor); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return m.done(w, r, "duty.signed_out", "/street/duty")
}

func (m *Room) done(w http.ResponseWriter, r *http.Request, key, to string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: key}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, to)
}

// pages are the tabs of street order that this room serves, with who may see each.
var pages = []struct {
	name, href, icon string
	roles            []string
}{
	{"duty", "/street/duty", "walk", Readers},
	{"watch", "/street/watch", "map-pin", Keepers},
	{"rosters", "/street/rosters", "calendar", Readers},
	{"groups", "/street/groups", "users", Readers},
	{"volunteers", "/street/volunteers", "user-check", []string{roster.Lead}},
}

func tabs(ctx context.Context, active string) (out []ui.Tab) {
	actor := visit.From(ctx).Actor
	for _, p := range pages {
		if slices.ContainsFunc(p.roles, actor.Has) {
			out = append(out, ui.Tab{Label: i18n.T(ctx, "duty.tab."+p.name), Href: p.href, Icon: p.icon, Active: p.name == active})
		}
	}
	return out
}

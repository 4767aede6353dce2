package duty

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// signUpFields are what the public sign-up asks: no identity number.
func signUpFields() []form.Field {
	n, long := 30, 200
	return []form.Field{
		{Name: "name", Type: form.Text, Label: words["name"], Required: true, Max: &n, Personal: true, Complete: "name"},
		{Name: "phone", Type: form.Phone, Label: words["phone"], Required: true, Personal: true, Complete: "tel"},
		{Name: "wish", Type: form.Text, Label: words["wish"], Max: &long},
		{Name: "agree", Type: form.Bool, Label: words["agree"], Required: true},
	}
}

func signUpForm(ctx context.Context) form.Form {
	f := form.New("volunteer", "/volunteer", signUpFields())
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "duty.offer"), Icon: "send", Primary: true}}
	return f
}

func (m *Room) offer(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, offerPage(signUpForm(r.Context()), r.URL.Query().Get("sent") != ""))
}

func (m *Room) signUp(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	in, wrong := form.Read(r, signUpFields(), calendar.Zone)
	if wrong == nil {
		name, _ := in.Values["name"].(string)
		phone, _ := in.Values["phone"].(string)
		wish, _ := in.Values["wish"].(string)
		if _, wrong = m.Roster.Ask(ctx, visit.From(ctx).Division.ID, name, phone, wish); wrong == nil {
			return httpx.Redirect(w, r, "/volunteer?sent=1")
		}
	}
	f := fault.As(wrong)
	if f.Kind == fault.Internal {
		return wrong
	}
	return httpx.Render(w, r, f.Kind.Status(), offerPage(signUpForm(ctx).Refused(ctx, in, wrong), false))
}

// volunteerView is the list of volunteers.
type volunteerView struct {
	Tabs  []ui.Tab
	Free  []form.Option // accounts that a volunteer can be given
	Lines []volunteerLine
}

type volunteerLine struct {
	roster.Volunteer
	Chip    ui.Chip
	Account string
	Hours   string
}

var volunteerTones = map[string]ui.Tone{roster.Asked: ui.Amber, roster.Confirmed: ui.Green, roster.Declined: ui.Plain, roster.Left: ui.Plain}

func (m *Room) volunteers(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), m.Clock.Now()
	division := visit.From(ctx).Division.ID
	n, err := m.names(ctx)
	if err != nil {
		return err
	}
	list, err := roster.Volunteers(ctx, m.DB, division)
	if err != nil {
		return err
	}
	v := volunteerView{Tabs: tabs(ctx, "volunteers")}
	for _, a := range n.accounts(now, list) {
		v.Free = append(v.Free, form.Option{Value: a.ID.String(), Label: i18n.Text{ZH: a.Name + "（" + a.Login + "）", EN: a.Name + " (" + a.Login + ")"}})
	}
	for _, x := range list {
		l := volunteerLine{Volunteer: x, Chip: ui.Chip{Label: i18n.T(ctx, "duty.volunteer."+x.State), Tone: volunteerTones[x.State]}}
		if !x.Account.IsZero() {
			l.Account = n.person(x.Account)
			signs, err := roster.Signs(ctx, m.DB, division, x.Account, now.AddDate(-1, 0, 0), now)
			if err != nil {
				return err
			}
			l.Hours = hoursText(roster.Hours(signs, now))
		}
		v.Lines = append(v.Lines, l)
	}
	return httpx.Render(w, r, http.StatusOK, volunteerPage(v))
}

func (m *Room) decide(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	actor := visit.From(ctx).Actor
	who, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("volunteer")
	}
	state := r.FormValue("state")
	if !slices.Contains([]string{roster.Confirmed, roster.Declined, roster.Left}, state) {
		return fault.New(fault.Invalid, "fault.bad_request")
	}
	var account id.ID
	if state == roster.Confirmed {
		n, err := m.names(ctx)
		if err != nil {
			return err
		}
		list, err := roster.Volunteers(ctx, m.DB, actor.Division)
		if err != nil {
			return err
		}
		for _, a := range n.accounts(m.Clock.Now(), list) {
			if a.ID.String() == r.FormValue("account") {
				account = a.ID
			}
		}
		if account.IsZero() {
			return fault.New(fault.Invalid, "duty.account_needed")
		}
	}
	if err := m.Roster.Decide(ctx, actor, who, state, account); err != nil {
		return err
	}
	return m.done(w, r, "duty.decided", "/street/volunteers")
}

// hours is the certificate of the visitor's own hours in a year, as PDF.
func (m *Room) hours(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), m.Clock.Now()
	at := visit.From(ctx)
	year, err := strconv.Atoi(r.URL.Query().Get("year"))
	if err != nil {
		year = now.In(calendar.Zone).Year()
	}
	from := time.Date(year, 1, 1, 0, 0, 0, 0, calendar.Zone)
	signs, err := roster.Signs(ctx, m.DB, at.Division.ID, at.Actor.Account, from, from.AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	n, err := m.names(ctx)
	if err != nil {
		return err
	}
	sheets, err := m.Press.Set(pdf.Options{Title: "服务时长证明"}, certificate(at.Division.Name.ZH, at.Actor.Name, year, signs, func(code string) string { return n.placeIn(i18n.ZH, code) }, now))
	if err != nil {
		return err
	}
	body, err := sheets.Bytes()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="hours-`+strconv.Itoa(year)+`.pdf"`)
	_, err = w.Write(body)
	return err
}

// certificate says what the sign-ins show, line by line.
func certificate(division, name string, year int, signs []roster.Sign, place func(string) string, now time.Time) document.Document {
	grid := document.Grid{Cols: []float64{3, 6, 3, 3}, Head: 1, Rows: [][]document.Cell{{{Text: "日期", Label: true}, {Text: "地点", Label: true}, {Text: "到岗—离岗", Label: true}, {Text: "时长（小时）", Label: true}}}}
	for _, s := range signs {
		end := s.From.Add(s.Lasted(now))
		text := clockTime(s.From) + "—" + clockTime(end)
		if s.Forgot {
			text += "（未签退，按排班计）"
		}
		grid.Rows = append(grid.Rows, []document.Cell{{Text: calendar.DateOf(s.From).String()}, {Text: place(s.Place)}, {Text: text}, {Text: hoursText(s.Lasted(now))}})
	}
	return document.Document{Name: "服务时长证明", Foot: "时长由到岗签到和离岗签退计算。", Blocks: []document.Block{
		document.Head{Agency: division, Title: "志愿服务时长证明"},
		document.Para{Text: fmt.Sprintf("兹证明%s于%d年参加街面秩序值守%d次，共计%s小时。", name, year, len(signs), hoursText(roster.Hours(signs, now)))},
		grid,
		document.Para{Text: "出具日期：" + calendar.DateOf(now).String(), Right: true},
	}}
}

// groupView is the page of party groups.
type groupView struct {
	Tabs   []ui.Tab
	Groups []groupPart
}

type groupPart struct {
	roster.Group
	Place    string
	People   []groupPerson
	Meetings []meetingLine
	Last     string // when it met last
	Open     bool   // the visitor's own, or the only few
	Form     *form.Form
}

type groupPerson struct {
	Name, Post, Pledge, Hours string
	Head                      bool
}

// few groups are shown whole.
const few = 3

type meetingLine struct{ Day, Topic, Came string }

func (m *Room) groups(w http.ResponseWriter, r *http.Request) error {
	v, err := m.groupsOf(r.Context())
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, groupPage(v))
}

func (m *Room) groupsOf(ctx context.Context) (v groupView, err error) {
	actor, now := visit.From(ctx).Actor, m.Clock.Now()
	n, err := m.names(ctx)
	if err != nil {
		return v, err
	}
	meetings, err := roster.Meetings(ctx, m.DB, actor.Division, calendar.DateOf(now)-366)
	if err != nil {
		return v, err
	}
	v.Tabs = tabs(ctx, "groups")
	var others []groupPart
	for _, g := range n.streets.Groups {
		p := groupPart{Group: g, Place: n.place(ctx, g.Cluster), Last: i18n.T(ctx, "duty.no_meetings")}
		for _, x := range g.Members {
			p.Open = p.Open || x.Login == actor.Login
			a, err := n.dir.ByLogin(x.Login)
			if err != nil {
				continue
			}
			signs, err := roster.Signs(ctx, m.DB, actor.Division, a.ID, monthOf(now), now)
			if err != nil {
				return v, err
			}
			p.People = append(p.People, groupPerson{a.Name, x.Post, x.Pledge, hoursText(roster.Hours(signs, now)), x.Head})
		}
		for _, x := range meetings {
			if x.Group == g.Code {
				p.Meetings = append(p.Meetings, n.meeting(ctx, x))
			}
		}
		if len(p.Meetings) > 0 {
			p.Last = i18n.T(ctx, "duty.met_last", "day", p.Meetings[0].Day)
		}
		if p.Open || actor.Has(roster.Lead) {
			f := form.New("meet-"+g.Code, "/street/groups/"+g.Code+"/meetings", n.meetFields(g)).Fill(map[string]any{"day": calendar.DateOf(now).At(0)}, calendar.Zone)
			f.Steps = []ui.Step{{Label: i18n.T(ctx, "duty.meet"), Icon: "plus"}}
			p.Form = &f
		}
		if p.Open {
			v.Groups = append(v.Groups, p)
		} else {
			others = append(others, p)
		}
	}
	v.Groups = append(v.Groups, others...)
	for i := range v.Groups {
		v.Groups[i].Open = v.Groups[i].Open || i == 0 || len(v.Groups) <= few
	}
	return v, nil
}

// meeting says who did not come, if anybody.
func (n names) meeting(ctx context.Context, x roster.Meeting) meetingLine {
	came := i18n.T(ctx, "duty.attended", "n", len(x.Present), "of", len(x.Present)+len(x.Absent))
	var away []string
	for _, login := range x.Absent {
		if a, err := n.dir.ByLogin(login); err == nil {
			away = append(away, a.Name)
		}
	}
	if len(away) > 0 {
		came += i18n.T(ctx, "duty.away", "names", joined(ctx, away))
	}
	return meetingLine{x.Day.String(), x.Topic, came}
}

func (n names) meetFields(g roster.Group) []form.Field {
	long := 200
	var who []form.Option
	for _, x := range g.Members {
		if a, err := n.dir.ByLogin(x.Login); err == nil {
			who = append(who, form.Option{Value: x.Login, Label: i18n.Text{ZH: a.Name, EN: a.Name}})
		}
	}
	return []form.Field{{Name: "day", Type: form.Date, Label: words["day"], Required: true}, {Name: "topic", Type: form.Text, Label: words["topic"], Required: true, Max: &long},
		{Name: "came", Type: form.Enum, List: true, Label: words["came"], Options: who}}
}

func (m *Room) meet(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	n, err := m.names(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(n.streets.Groups, func(g roster.Group) bool { return g.Code == r.PathValue("code") })
	if i < 0 {
		return fault.Missing("party_group")
	}
	in, wrong := form.Read(r, n.meetFields(n.streets.Groups[i]), calendar.Zone)
	if wrong == nil {
		x := roster.Meeting{Group: n.streets.Groups[i].Code}
		x.Topic, _ = in.Values["topic"].(string)
		x.Present, _ = in.Values["came"].([]string)
		x.Day = dayOf(in.Values["day"])
		if _, wrong = m.Roster.Meet(ctx, visit.From(ctx).Actor, x); wrong == nil {
			return m.done(w, r, "duty.met", "/street/groups")
		}
	}
	f := fault.As(wrong)
	if f.Kind == fault.Internal {
		return wrong
	}
	v, err := m.groupsOf(ctx)
	if err != nil {
		return err
	}
	for j := range v.Groups {
		if g := &v.Groups[j]; g.Code == n.streets.Groups[i].Code && g.Form != nil {
			again := g.Form.Refused(ctx, in, wrong)
			g.Form, g.Open = &again, true
		}
	}
	return httpx.Render(w, r, f.Kind.Status(), groupPage(v))
}

func dayOf(v any) calendar.Date {
	switch d := v.(type) {
	case calendar.Date:
		return d
	case time.Time:
		return calendar.DateOf(d)
	}
	return 0
}

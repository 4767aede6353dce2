package board

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	read, act := httpx.Only(Roles...), httpx.Only("supervisor", "leader")
	return []httpx.Route{
		{Method: "GET", Pattern: "/enforcement/board", Access: read, Handler: m.board, Name: "enf.board"},
		{Method: "POST", Pattern: "/enforcement/board", Access: act, Handler: m.open, Name: "enf.board.signal"},
		{Method: "GET", Pattern: "/enforcement/meetings", Access: read, Handler: m.meetings, Name: "enf.meetings"},
		{Method: "GET", Pattern: "/enforcement/meetings/{id}", Access: read, Handler: m.meeting, Name: "enf.meeting"},
		{Method: "GET", Pattern: "/enforcement/precedents", Access: httpx.Only(people.Dossiers...), Handler: m.precedents, Name: "enf.precedents"},
	}
}

// soon is how far ahead the board looks.
const soon = 7 * 24 * time.Hour

// line is one case on the board.
type line struct {
	Href, Title, Meta, Due string
	Late                   bool
	ID                     string
}

// unit is the running limits of a unit's cases.
type unit struct {
	Name       string
	Late, Soon []line
}

// view is the board.
type view struct {
	Refused     string
	Units       []unit
	Instruments []line
	Missed      []count // of the last ninety days, by limit
	Seed        string
	Drawn       []line // a spot check
	Population  int
	MayAct      bool
	Key, Case   string
	Matter      string
}

type count struct {
	Name string
	N    int
}

func (m *Room) board(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, http.StatusOK, view{Seed: strings.TrimSpace(r.URL.Query().Get("seed"))})
}

func (m *Room) show(w http.ResponseWriter, r *http.Request, status int, v view) error {
	ctx, who := r.Context(), visit.From(r.Context())
	division, now := who.Division.ID, m.Clock.Now()
	v.MayAct, v.Key = who.Actor.Has("supervisor") || who.Actor.Has("leader"), id.New().String()
	if err := m.running(ctx, division, now, &v); err != nil {
		return err
	}
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{review.Supervise}, Terminal: record.No, Limit: 100})
	if err != nil {
		return err
	}
	for _, x := range p.Rows {
		v.Instruments = append(v.Instruments, m.lineOf(ctx, x, now))
	}
	late, err := m.Missed(ctx, division, now.AddDate(0, 0, -90), now)
	if err != nil {
		return err
	}
	byLimit := map[string]int{}
	for _, x := range late {
		byLimit[x.Case.Proc.Title.In(i18n.LangOf(ctx))+" · "+x.Name.In(i18n.LangOf(ctx))]++
	}
	for _, k := range keys(byLimit) {
		v.Missed = append(v.Missed, count{k, byLimit[k]})
	}
	if v.Seed != "" {
		if err := m.draw(ctx, division, now, &v); err != nil {
			return err
		}
	}
	return httpx.Render(w, r, status, boardPage(v))
}

// running are the limits that are past or soon will be, by unit. What hangs on a
// file counts for the file's unit.
func (m *Room) running(ctx context.Context, division id.ID, now time.Time, v *view) error {
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: m.watched(), Terminal: record.No, DueBefore: clock.Micro(now.Add(soon)), Limit: looked})
	if err != nil {
		return err
	}
	above := map[id.ID]string{}
	for _, x := range p.Rows {
		above[x.ID] = x.Dept
	}
	units := map[string]*unit{}
	for _, x := range p.Rows {
		dept := x.Dept
		if dept == "" && !x.Parent.IsZero() {
			if _, known := above[x.Parent]; !known {
				if s, err := m.Engine().Find(ctx, division, x.Parent); err == nil {
					above[x.Parent] = s.Dept
				}
			}
			dept = above[x.Parent]
		}
		if units[dept] == nil {
			units[dept] = &unit{}
		}
		if l := m.lineOf(ctx, x, now); l.Late {
			units[dept].Late = append(units[dept].Late, l)
		} else {
			units[dept].Soon = append(units[dept].Soon, l)
		}
	}
	names, err := m.names(ctx, division)
	for _, code := range keys(units) {
		units[code].Name = names[code]
		if units[code].Name == "" {
			units[code].Name = i18n.T(ctx, "board.no_unit")
		}
		v.Units = append(v.Units, *units[code])
	}
	return err
}

func (m *Room) names(ctx context.Context, division id.ID) (map[string]string, error) {
	dir, err := m.People.Directory(ctx, division)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range dir.Departments(m.Clock.Now()) {
		out[d.Code] = d.Name.In(i18n.LangOf(ctx))
	}
	return out, nil
}

func (m *Room) lineOf(ctx context.Context, x record.Row, now time.Time) line {
	lang := i18n.LangOf(ctx)
	out := line{Href: "/cases/" + x.ID.String(), Title: x.Title, ID: x.ID.String()}
	if x.Number != "" {
		out.Title = x.Number + " " + x.Title
	}
	p, err := m.Engine().Library().Version(x.Procedure, x.ProcVersion)
	if err != nil {
		return out
	}
	out.Meta = p.Title.In(lang)
	st := p.StateOf(x.State)
	if st == nil {
		return out
	}
	out.Meta += " · " + st.Name.In(lang)
	if def := p.ClockOf(st.Clock); def != nil && x.Due < record.NoDue {
		due := clock.FromMicro(x.Due)
		out.Due, out.Late = def.Name.In(lang)+" "+calendar.FormatDue(due), due.Before(now)
	}
	return out
}

// spot is how many files a spot check draws.
const spot = 5

// draw takes open files by the seed.
func (m *Room) draw(ctx context.Context, division id.ID, now time.Time, v *view) error {
	p, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{Ordinary, "enf.simple"}, Terminal: record.No, Sort: record.ByOpened, Limit: looked})
	if err != nil {
		return err
	}
	rows, files := map[id.ID]record.Row{}, make([]review.Drawn, 0, len(p.Rows))
	for _, x := range p.Rows {
		rows[x.ID] = x
		files = append(files, review.Drawn{ID: x.ID, Number: x.Number, Unit: x.Dept})
	}
	v.Population = len(files)
	for _, f := range review.Draw(files, v.Seed, review.Random, spot) {
		v.Drawn = append(v.Drawn, m.lineOf(ctx, rows[f.ID], now))
	}
	return nil
}

// open begins a supervision of a file.
func (m *Room) open(w http.ResponseWriter, r *http.Request) error {
	who := visit.From(r.Context())
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	v := view{Seed: r.PostForm.Get("seed"), Case: r.PostForm.Get("case"), Matter: strings.TrimSpace(r.PostForm.Get("matter"))}
	file, err := id.Parse(v.Case)
	if err == nil {
		var s *engine.Snapshot
		if s, err = m.Engine().Find(r.Context(), who.Division.ID, file); err == nil && !slices.Contains(m.watched(), s.Procedure) {
			err = fault.Missing("case")
		}
	}
	if err != nil {
		v.Refused = i18n.T(r.Context(), "board.no_file")
		return m.show(w, r, http.StatusUnprocessableEntity, v)
	}
	res, err := m.Engine().Open(r.Context(), engine.Opening{Procedure: review.Supervise, Division: who.Division.ID, Step: "v_open", Actor: who.Actor, Parent: file,
		Input: map[string]any{"source": "spot", "matter": v.Matter}, Key: r.PostForm.Get(form.KeyInput)})
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		v.Refused = i18n.From(r.Context()).Bundle.Text(f.Key).Fill(i18n.LangOf(r.Context()), f.Args)
		if text, ok := f.Args["text"].(i18n.Text); ok {
			v.Refused = i18n.Said(r.Context(), text.In(i18n.LangOf(r.Context())))
		}
		return m.show(w, r, f.Kind.Status(), v)
	}
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+res.Case.String())
}

// meetingView is one meeting with what it is about.
type meetingView struct {
	ID, Title, State string
	Topics           []map[string]string
	Findings         []map[string]string
	Tasks            []task
	Effect           []string
	Earlier          *meetingView // the one before, whose effect is looked at
	Now              []topic      // what would be on an agenda today
}

type task struct {
	What, Who, Until, Proof, WhyNot string
	Done                            bool
}

func (m *Room) meetings(w http.ResponseWriter, r *http.Request) error {
	list, err := m.lines(r, Meeting)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Href = strings.Replace(list[i].Href, "/cases/", "/enforcement/meetings/", 1)
	}
	now := m.Clock.Now()
	topics, err := m.topics(r.Context(), visit.From(r.Context()).Division.ID, now.Add(-window), now)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, meetingsPage(list, topics, visit.From(r.Context()).Actor.Has("unit_head")))
}

// lines are the cases of a procedure, the latest first.
func (m *Room) lines(r *http.Request, procedure string) (out []line, err error) {
	p, err := record.List(r.Context(), m.DB, visit.From(r.Context()).Division.ID, record.Filter{Procedures: []string{procedure}, Sort: record.ByOpened, Limit: 100})
	for _, x := range p.Rows {
		out = append(out, m.lineOf(r.Context(), x, m.Clock.Now()))
	}
	return out, err
}

func (m *Room) precedents(w http.ResponseWriter, r *http.Request) error {
	list, err := m.lines(r, "enf.precedent")
	if err != nil {
		return err
	}
	sessions, err := m.lines(r, Session)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, precedentsPage(list, sessions))
}

// Session is the procedure of an event at which cases are explained.
const Session = "enf.session"

// meeting is the agenda of one meeting, with what became of the one before.
func (m *Room) meeting(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("case")
	}
	division := visit.From(r.Context()).Division.ID
	s, err := m.Engine().Find(r.Context(), division, key)
	if err == nil && s.Procedure != Meeting {
		err = fault.Missing("case")
	}
	if err != nil {
		return err
	}
	v, err := m.viewOf(r.Context(), s)
	if err != nil {
		return err
	}
	p, err := record.List(r.Context(), m.DB, division, record.Filter{Procedures: []string{Meeting}, Sort: record.ByOpened, Limit: 100})
	for _, x := range p.Rows {
		if err != nil || x.Opened >= s.Opened || x.State == "dropped" {
			continue
		}
		var before *engine.Snapshot
		if before, err = m.Engine().Find(r.Context(), division, x.ID); err == nil {
			v.Earlier, err = m.viewOf(r.Context(), before)
		}
		break
	}
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, meetingPage(*v))
}

func (m *Room) viewOf(ctx context.Context, s *engine.Snapshot) (*meetingView, error) {
	v := &meetingView{ID: s.ID.String(), Title: s.Title, State: s.State}
	if st := s.StateOf(); st != nil {
		v.State = st.Name.In(i18n.LangOf(ctx))
	}
	v.Topics, _ = s.Data["topics"].([]map[string]string)
	v.Findings, _ = s.Data["findings"].([]map[string]string)
	effect := s.Text("effect")
	if effect == "" && (s.State == "tracking" || s.State == "held") {
		var err error
		if effect, err = m.effect(ctx, engine.Asked{Snapshot: s, Now: m.Clock.Now()}); err != nil {
			return nil, err
		}
	}
	if effect != "" {
		v.Effect = strings.Split(effect, "\n")
	}
	dir, err := m.People.Directory(ctx, s.Division)
	if err != nil {
		return nil, err
	}
	rows, _ := s.Data["tasks"].([]map[string]string)
	done, _ := s.Data["done"].([]string)
	for _, r := range rows {
		t := task{What: r["what"], Until: r["until"], Proof: r["proof"], WhyNot: r["why_not"], Done: slices.Contains(done, r["what"])}
		if key, err := id.Parse(r["who"]); err == nil {
			if a, err := dir.Account(key); err == nil {
				t.Who = a.Name
			}
		}
		v.Tasks = append(v.Tasks, t)
	}
	return v, nil
}

func begin(step string) string {
	return "/enforcement/leads/new?" + url.Values{"open": {step}}.Encode()
}

func total(v view) (late, next string) {
	a, b := 0, 0
	for _, u := range v.Units {
		a, b = a+len(u.Late), b+len(u.Soon)
	}
	return strconv.Itoa(a), strconv.Itoa(b)
}

func ofCases(ctx context.Context, t topic) string {
	return i18n.T(ctx, "board.of_cases", "list", strings.Join(t.Cases, i18n.T(ctx, "board.and")), "n", len(t.Cases))
}

// choices are the files a signal can be opened of: those on the board.
func (v view) choices() (out []line) {
	add := func(list []line) {
		for _, x := range list {
			if !slices.ContainsFunc(out, func(y line) bool { return y.ID == x.ID }) {
				out = append(out, x)
			}
		}
	}
	add(v.Drawn)
	for _, u := range v.Units {
		add(u.Late)
		add(u.Soon)
	}
	return out
}

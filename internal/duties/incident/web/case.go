package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/duties/incident/reveal"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// caseView is a case as a page shows it.
type caseView struct {
	ID        string
	Number    string
	Title     string
	Chips     []ui.Chip
	Left      ui.Left
	Facts     []ui.Fact
	Desc      string
	Why       string
	Clocks    []ui.Fact
	Before    []ui.Photo
	After     []ui.Photo
	Others    []ui.Photo
	Photos    []photoLine
	Hidden    []photoLine // photos that no page shows
	Release   bool        // the reader releases photos to the public
	Hide      bool        // the reader hides photos
	Timeline  []ui.Entry
	Steps     []ui.Step
	Links     []ui.Fact
	Map       mapview.Map
	Print     string
	Bundle    string // "" for who may not have it
	Watched   bool   // by the visitor
	Similar   []similar
	Alarm     string          // why the check should be looked at
	Border    string          // the other side of a border would be another department's
	Apart     string          // how far and how long the photos before and after lie apart
	UnitLinks templ.Component // by which units answer; nil for none, and for who may not see them
	Reporter  string          // where the reporters' identity can be asked for; "" for most
	Dossier   string          // where a dossier of enforcement is begun from this case; "" for who may not
	Room      string          // of the navigation
	Kind      string          // the procedure in words, where it is not the incident
	Panel     templ.Component // of the duty whose case it is; nil for an incident
	Signed    []ui.Signature
}

// all are the photos in the order of the work.
func (c caseView) all() []ui.Photo { return slices.Concat(c.Before, c.Others, c.After) }

// onSheet is how many photos one A4 page holds beside the words.
const onSheet = 4

func firstFew(list []ui.Photo) []ui.Photo { return list[:min(len(list), onSheet)] }

// sheet are the facts of the printed page.
func (c caseView) sheet(ctx context.Context) []ui.Fact {
	var state []string
	for _, x := range c.Chips {
		state = append(state, x.Label)
	}
	out := []ui.Fact{{Label: i18n.T(ctx, "desk.col.number"), Text: c.Number},
		{Label: i18n.T(ctx, "desk.col.state"), Text: strings.Join(append(state, c.Left.Label), " · ")},
		{Label: i18n.T(ctx, "desk.col.title"), Text: c.Title, Wide: true}}
	if c.Desc != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.fact.desc"), Text: c.Desc, Wide: true})
	}
	out = append(out, c.Facts...)
	if c.Why != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.fact.why"), Text: c.Why, Wide: true})
	}
	return slices.Concat(out, c.Clocks, c.Links)
}

type photoLine struct {
	SHA      string
	Label    string
	Released bool
}

// keys are the keyboard's letters for the usual steps.
var keys = map[string]string{"accept": "a", "send_verify": "v", "file": "f", "dispatch": "d", "take": "t", "feedback": "b", "pass_feedback": "p",
	"send_check": "k", "close": "c", "note": "n", "confirm_reject": "y"}

func (d *Desk) caseView(r *http.Request, n names, s *engine.Snapshot, actor people.Actor) (c caseView, err error) {
	ctx := r.Context()
	c = caseView{Room: "cases", ID: s.ID.String(), Number: s.Number, Title: s.Title, Chips: n.chips(s.Row), Left: n.left(ctx, s.Row), Print: "/cases/" + s.ID.String() + "/print"}
	if slices.ContainsFunc(takers, actor.Has) {
		c.Bundle = "/cases/" + s.ID.String() + "/bundle"
	}
	c.Desc, c.Why = s.Text("desc"), s.Text("route_why")
	if a := s.Text("alarm"); a != "" {
		c.Alarm = i18n.T(ctx, "desk.alarm."+a)
	}
	if n.lang == i18n.EN && s.Text("route_why_en") != "" {
		c.Why = s.Text("route_why_en")
	}
	if s.Dept == "" {
		c.Why = ""
	}
	if c.Watched, err = d.Lists.Watches(ctx, actor, s.ID); err != nil {
		return c, err
	}
	c.Facts, c.Clocks = d.facts(ctx, n, s), clocks(ctx, n, s)
	if err = d.pictures(ctx, n, s, &c); err != nil {
		return c, err
	}
	events, err := record.Timeline(ctx, d.DB, s.Division, s.ID)
	if err != nil {
		return c, err
	}
	c.Timeline, c.Signed = n.timeline(ctx, s, events), n.signed(s, events)
	if incident.Dossier(s.Procedure) {
		c.Room = "enforcement"
	}
	if s.Procedure != incident.Procedure {
		c.Kind = s.Proc.Title.In(n.lang)
	}
	if draw := d.Panels[s.Procedure]; draw != nil {
		if c.Panel, err = draw(ctx, s); err != nil {
			return c, err
		}
	}
	if c.Links, err = d.links(ctx, n, s); err != nil {
		return c, err
	}
	if err = d.advise(ctx, n, s, &c); err != nil {
		return c, err
	}
	if s.Place != nil {
		c.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: "/desk/points.json?own=" + c.ID, Selected: "case-" + c.ID, Label: i18n.T(ctx, "desk.map"),
			Center: [2]float64{s.Place.Lng, s.Place.Lat}, Zoom: 15.5}
	}
	if s.Procedure == incident.Procedure && slices.ContainsFunc(reveal.Roles, actor.Has) {
		c.Reporter = "/cases/" + c.ID + "/reporter"
	}
	if s.Procedure == incident.Procedure && incident.MayOpenDossier(actor) {
		c.Dossier = "/enforcement/leads/new?incident=" + c.ID
	}
	next, err := d.Next(ctx, s)
	if err != nil {
		return c, err
	}
	offers, err := d.Engine.Offers(ctx, actor, s)
	from := ""
	switch {
	case strings.HasPrefix(r.URL.Path, "/desk"):
		from = "desk"
	case strings.HasPrefix(r.URL.Path, "/field"):
		from = "field"
	}
	c.Steps = n.steps(s, offers, next, from)
	return c, err
}

func (d *Desk) facts(ctx context.Context, n names, s *engine.Snapshot) []ui.Fact {
	fact := func(key, text string, wide bool) ui.Fact {
		return ui.Fact{Label: i18n.T(ctx, "desk.fact."+key), Text: text, Wide: wide}
	}
	if s.Procedure != incident.Procedure { // it has neither class nor place of its own
		begun := []ui.Fact{fact("begun", local(clock.FromMicro(s.Opened)), true)}
		if d.Panels[s.Procedure] != nil { // it says whom the case is with
			return begun
		}
		return holders(n, s, begun, fact)
	}
	out := []ui.Fact{fact("class", n.class(s.Class), false), fact("source", i18n.T(ctx, "desk.source."+known(s.Source)), false),
		fact("place", s.Address, true), fact("opened", local(clock.FromMicro(s.Opened)), true), fact("grid", s.Grid, true)}
	if s.Component != "" {
		x := fact("component", s.Component, true)
		if c, err := component.Find(ctx, d.DB, s.Division, s.Component); err == nil { // else it left the register, and only its number is known
			x.Value = partLink(c.Code, c.Name)
		}
		out = append(out, x)
	}
	return append(holders(n, s, out, fact), fact("priority", i18n.T(ctx, "desk.priority."+s.Priority), false))
}

// holders adds whom the case is with.
func holders(n names, s *engine.Snapshot, out []ui.Fact, fact func(key, text string, wide bool) ui.Fact) []ui.Fact {
	if s.Dept != "" {
		out = append(out, fact("dept", n.dept(s.Dept), true))
	}
	if who := n.person(s.Assignee); who != "" {
		out = append(out, fact("assignee", who, false))
	}
	return out
}

// sources are those with words of their own.
var sources = []string{"public_web", "phone", "counter", "hotline", "media", "leader", "collector", "patrol", "open311", "split"}

func known(source string) string {
	if slices.Contains(sources, source) {
		return source
	}
	return "other"
}

// clocks in words: which runs until when, which stands still, which was late.
func clocks(ctx context.Context, n names, s *engine.Snapshot) []ui.Fact {
	var out []ui.Fact
	for _, k := range s.Clocks {
		spec := slices.IndexFunc(s.Proc.Clocks, func(x procedure.Clock) bool { return x.ID == k.ID })
		if spec < 0 || k.State == "stopped" && k.Late == 0 {
			continue
		}
		text := ""
		switch k.State {
		case "running":
			text = i18n.T(ctx, "desk.clock.until", "due", calendar.FormatDue(clock.FromMicro(k.Due)))
			if k.Provisional {
				text += " " + i18n.T(ctx, "desk.clock.provisional")
			}
		case "paused":
			text = i18n.T(ctx, "desk.clock.paused")
		}
		if k.Late != 0 && s.Proc.Clocks[spec].Expiry.None { // nobody's lateness: a right that was not used in time
			text = i18n.T(ctx, "desk.clock.over", "due", calendar.FormatDue(clock.FromMicro(k.Late)))
		} else if k.Late != 0 {
			text += " " + i18n.T(ctx, "desk.clock.late", "due", calendar.FormatDue(clock.FromMicro(k.Late)))
		}
		out = append(out, ui.Fact{Label: s.Proc.Clocks[spec].Name.In(n.lang), Text: text, Wide: true})
	}
	return out
}

// links are the cases joined to this one.
func (d *Desk) links(ctx context.Context, n names, s *engine.Snapshot) ([]ui.Fact, error) {
	list, err := record.Links(ctx, d.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	children, err := record.Children(ctx, d.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	var out []ui.Fact
	actor := visit.From(ctx).Actor
	add := func(relation string, r record.Row) {
		if !incident.MayRead(actor, r) { // that there is one may be known, but not what it is about
			out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.link."+relation), Text: i18n.T(ctx, "desk.link.closed"), Wide: true})
			return
		}
		label := r.Title
		if r.Number != "" {
			label = r.Number + " " + label
		}
		state := ""
		if st := n.state(r); st != nil {
			state = st.Name.In(n.lang)
		}
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.link."+relation), Value: caseLink(r.ID.String(), label, state), Wide: true})
	}
	seen := map[string]bool{}
	for _, r := range children {
		seen[r.ID.String()] = true
		if d.Panels[s.Procedure] == nil { // which lists them itself
			add("child", r)
		}
	}
	for _, l := range list {
		if seen[l.Other.String()] {
			continue
		}
		seen[l.Other.String()] = true
		o, err := d.Engine.Find(ctx, s.Division, l.Other)
		if err != nil {
			return nil, err
		}
		relation := l.Relation
		if !i18n.From(ctx).Bundle.Has("desk.link." + relation) {
			relation = "other"
		}
		if l.Other == s.Parent {
			relation = "above"
		}
		if relation == "arises" && l.Back {
			relation = "dossier"
		}
		add(relation, o.Row)
	}
	return out, nil
}

var kinds = map[string]i18n.Text{
	"before": {ZH: "处置前", EN: "Before"}, "after": {ZH: "处置后", EN: "After"}, "check": {ZH: "核查", EN: "Check"},
	"safe": {ZH: "消险", EN: "Made safe"}, "verify": {ZH: "核实", EN: "Confirmation"}, "other": {ZH: "其他", EN: "Other"},
	"scene": {ZH: "现场", EN: "On site"}, "site": {ZH: "现场", EN: "On site"}, "find": {ZH: "现场", EN: "On site"},
}

func (d *Desk) pictures(ctx context.Context, n names, s *engine.Snapshot, c *caseView) error {
	list, err := evidence.Of(ctx, d.DB, s.Division, s.ID)
	if err != nil {
		return err
	}
	c.Apart = apart(ctx, list)
	for _, x := range list {
		if !x.Hidden.IsZero() {
			c.Hidden = append(c.Hidden, photoLine{SHA: x.SHA256, Label: i18n.T(ctx, "desk.hidden_by", "name", x.HiddenBy, "at", local(x.Hidden))})
		}
		if !x.Photo() {
			continue
		}
		base, at := "/cases/"+s.ID.String()+"/photo/"+x.SHA256, x.Taken
		if at.IsZero() {
			at = x.Received
		}
		label := kinds[x.Kind].In(n.lang)
		p := ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", Alt: label, Label: label, At: at.In(calendar.Zone).Format("01-02 15:04"), Blurred: x.Veiled}
		c.Photos = append(c.Photos, photoLine{SHA: x.SHA256, Label: label + " " + p.At, Released: x.Public()})
		switch x.Kind {
		case "before":
			c.Before = append(c.Before, p)
		case "after":
			c.After = append(c.After, p)
		default:
			c.Others = append(c.Others, p)
		}
	}
	return nil
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// timeline is what happened, in words; the clocks' own marks are left out.
func (n names) timeline(ctx context.Context, s *engine.Snapshot, events []record.Event) []ui.Entry {
	var out []ui.Entry
	was := corrected{}
	for _, e := range events {
		if e.Step == "clock" {
			continue
		}
		body, err := e.Read()
		if err != nil {
			continue
		}
		changes := was.take(ctx, n, body)
		at := clock.FromMicro(e.At)
		x := ui.Entry{ID: "e" + strconv.FormatInt(e.Seq, 10), At: at.In(calendar.Zone).Format("01-02 15:04"), Time: at, Title: n.stepName(s.Proc, e.Step), Who: n.who(ctx, body), Text: said(body), Tone: ui.Green}
		if sealed(s, e.Step) {
			x.Text = s.Proc.Refusals["M03"].In(n.lang)
		}
		if len(changes) > 0 {
			x.Text = strings.Join(append(changes, x.Text), " · ")
		}
		if e.Step == "supervise" || e.Step == "object" {
			x.Tone = ui.Red
		}
		out = append(out, x)
	}
	if st := n.state(s.Row); st != nil && !s.Terminal {
		out = append(out, ui.Entry{Title: st.Name.In(n.lang), At: i18n.T(ctx, "desk.now"), Tone: ui.Blue})
	}
	return out
}

// sealed reports whether a step's words must not be read yet: the second
// reviewer of an appeal decides without the first one's opinion.
func sealed(s *engine.Snapshot, step string) bool {
	return s.Procedure == incident.Appeal && s.State == "second_review" && step == "first"
}

func (n names) stepName(p *procedure.Procedure, step string) string {
	for i := range p.Steps {
		if p.Steps[i].ID == step {
			return p.Steps[i].Name.In(n.lang)
		}
	}
	if name, ok := history.StepName(step); ok {
		return name.In(n.lang)
	}
	return step
}

// who acted, in which post, and for whom; reporters have no name here.
func (n names) who(ctx context.Context, b record.Body) string {
	switch {
	case b.Actor.Account == "system":
		return i18n.T(ctx, "desk.system")
	case len(b.Actor.Account) >= 7 && b.Actor.Account[:7] == "citizen":
		return i18n.T(ctx, "desk.citizen")
	}
	out := b.Actor.Name
	if strings.HasPrefix(b.Actor.Account, rule.LinkPrefix) {
		return i18n.T(ctx, "unitlink.by", "name", out, "dept", n.dept(b.Actor.Dept))
	}
	for _, o := range b.Officers {
		out += i18n.T(ctx, "desk.and") + o.Name
	}
	if r, ok := n.dir.Roles()[b.Actor.Role]; ok {
		out += " · " + r.Name.In(n.lang)
	}
	return out
}

// said is the sentence of a step worth reading in the timeline.
func said(b record.Body) string {
	for _, name := range []string{"reason", "opinion", "reply", "explain", "done", "what", "text", "note", "ask", "override", "measures", "comment"} {
		if raw, ok := b.Input[name]; ok && len(raw) > 2 && raw[0] == '"' {
			if text, err := strconv.Unquote(string(raw)); err == nil {
				return text
			}
		}
	}
	return ""
}

// steps are the buttons of a case; from is the page to come back to.
func (n names) steps(s *engine.Snapshot, offers []engine.Offer, next, from string) []ui.Step {
	return stepform.Buttons(offers, next, n.lang, func(step string) (href, key string) {
		href = "/cases/" + s.ID.String() + "/steps/" + step
		if from != "" {
			href += "?" + from + "=1"
		}
		if step == "send_link" { // the link is shown once, by a page of its own
			href = "/cases/" + s.ID.String() + "/links"
		}
		return href, keys[step]
	})
}

// open finds the case of the path and what a page shows of it.
func (d *Desk) open(r *http.Request) (c caseView, s *engine.Snapshot, actor people.Actor, err error) {
	if s, actor, err = d.find(r); err != nil {
		return c, s, actor, err
	}
	n, err := d.names(r)
	if err != nil {
		return c, s, actor, err
	}
	c, err = d.caseView(r, n, s, actor)
	return c, s, actor, err
}

func (d *Desk) one(w http.ResponseWriter, r *http.Request) error {
	c, s, actor, err := d.open(r)
	if err != nil {
		return err
	}
	if c.UnitLinks, err = d.Links(r.Context(), actor, s); err != nil {
		return err
	}
	c.Release = s.Procedure == incident.Procedure && slices.ContainsFunc([]string{"acceptor", "shift_leader", "reviewer"}, actor.Has)
	c.Hide = s.Proc.Faces == procedure.Blurred && slices.ContainsFunc(hiders, actor.Has)
	return httpx.Render(w, r, http.StatusOK, casePage(c))
}

func (d *Desk) printOne(w http.ResponseWriter, r *http.Request) error {
	c, _, _, err := d.open(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, paperOne(c, d.Clock.Now().In(calendar.Zone)))
}

// printMost is how many cases a printed list holds.
const printMost = 200

func (d *Desk) printList(w http.ResponseWriter, r *http.Request) error {
	n, err := d.names(r)
	if err != nil {
		return err
	}
	page, err := d.page(r, printMost)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, paperList(n.lines(r.Context(), page.Rows), with(r, "/cases"), n.now.In(calendar.Zone)))
}

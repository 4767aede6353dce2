package incident

import (
	"context"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/text"
)

// Procedure is the id of the incident's procedure.
const Procedure = "incident"

// Citizens is what the public can do: report, follow a report by its receipt
// code, answer, object, rate. Nothing here shows who handles a case by name.
type Citizens struct {
	db     *dbx.DB
	engine *engine.Engine
	clk    clock.Clock
	dir    func(context.Context, id.ID) (*people.Directory, error)
	quotes *lru.Cache[quoted, masked]
}

// NewCitizens returns the use cases.
func NewCitizens(db *dbx.DB, e *engine.Engine, clk clock.Clock, dir func(context.Context, id.ID) (*people.Directory, error)) *Citizens {
	cache, _ := lru.New[quoted, masked](quotes) // refuses only a size below one
	return &Citizens{db: db, engine: e, clk: clk, dir: dir, quotes: cache}
}

// Report is what somebody says is wrong.
type Report struct {
	Division id.ID
	Source   string // public_web, open311 …
	Desc     string
	Class    string // "" when the reporter cannot tell
	// Component is the identifier of the component it is about, "" for none.
	Component string
	Point     geo.Point
	Accuracy  float64
	Address   string
	Extra     map[string]string
	Name      string
	Phone     string
	Files     []engine.Upload // with Field "photos"
	Key       string
	// Of reports that staff write down:
	OnBehalf  string
	HotlineNo string
	AnswerBy  time.Time // an answer is promised until then; zero: as the procedure says
	CallBack  bool
}

func (r Report) input() procedure.Input {
	in := procedure.Input{"source": r.Source, "desc": r.Desc,
		"place": procedure.Point{Lat: r.Point.Lat, Lng: r.Point.Lng, Accuracy: r.Accuracy}}
	for name, v := range map[string]string{"class": r.Class, "component": r.Component, "name": r.Name, "phone": r.Phone, "address": r.Address,
		"on_behalf": r.OnBehalf, "hotline_no": r.HotlineNo} {
		if v != "" {
			in[name] = v
		}
	}
	if !r.AnswerBy.IsZero() {
		in["answer_by"] = r.AnswerBy
	}
	if len(r.Extra) > 0 {
		in["extra"] = r.Extra
	}
	return in
}

// Report opens a case. The same key gives the first case and its receipt
// again. Refusals are those of the step: I01, I02 and missing fields; a
// component that is not registered is Invalid.
func (c *Citizens) Report(ctx context.Context, r Report) (res engine.Result, err error) {
	defer fault.Trace(&err, "incident.Report")
	if err := c.named(ctx, &r); err != nil {
		return res, err
	}
	return c.engine.Open(ctx, engine.Opening{Procedure: Procedure, Division: r.Division, Step: "report",
		Actor: people.CitizenActor(r.Division, ""), Input: r.input(), Files: r.Files, Key: r.Key,
		Party: &engine.NewParty{Anonymous: r.Name == "" && r.Phone == "", Phone: r.Phone}})
}

// Take opens a case for somebody who called, came or wrote, or for a
// collector's own finding, which has no receipt code.
func (c *Citizens) Take(ctx context.Context, actor people.Actor, r Report) (res engine.Result, err error) {
	defer fault.Trace(&err, "incident.Take")
	if err := c.named(ctx, &r); err != nil {
		return res, err
	}
	return c.engine.Open(ctx, engine.Opening{Procedure: Procedure, Division: r.Division, Step: "report",
		Actor: actor, Input: r.input(), Files: r.Files, Key: r.Key,
		Party: &engine.NewParty{Anonymous: r.Name == "" && r.Phone == "", Phone: r.Phone, CallBack: r.CallBack, NoReceipt: r.Source == "collector"}})
}

// named puts the register's identifier for what the reporter wrote. A component
// that is not in the register is refused: who mistyped a number should know.
func (c *Citizens) named(ctx context.Context, r *Report) error {
	if r.Component == "" {
		return nil
	}
	x, err := component.Named(ctx, c.db, r.Division, r.Component)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "form.refused").Field("component", "component.unknown", "code", r.Component)
	}
	r.Component = x.Code
	return err
}

// Followed is a report as its reporter sees it.
type Followed struct {
	Receipt  string
	Division id.ID
	Case     id.ID
	Snapshot *engine.Snapshot
	State    i18n.Text // the words of the state
	Title    string
	Desc     string // as the reporter wrote it
	Class    string
	Address  string
	Dept     i18n.Text
	Due      time.Time // of the state's clock; zero when none runs
	Opened   time.Time
	Ended    bool
	Reply    string
	History  []Passed
	Before   []evidence.Exhibit // the reporter's own and released ones
	After    []evidence.Exhibit // released
	Offers   []engine.Offer     // what the reporter can do
}

// Passed is one public step of the history, or one answer the reporter got.
type Passed struct {
	At   time.Time
	Text i18n.Text
}

// Actor is the reporter who holds a receipt code. A code nobody has, or a typing
// error, is NotFound.
func (c *Citizens) Actor(ctx context.Context, receipt string) (people.Actor, party.Party, error) {
	code, ok := id.ParseReceipt(receipt)
	if !ok {
		return people.Actor{}, party.Party{}, fault.Missing("receipt")
	}
	p, err := party.ByReceipt(ctx, c.db, code)
	return people.CitizenActor(p.Division, code), p, err
}

// Follow shows a report. A merged report follows the case it was merged into.
func (c *Citizens) Follow(ctx context.Context, receipt string) (f Followed, err error) {
	defer fault.Trace(&err, "incident.Follow")
	actor, p, err := c.Actor(ctx, receipt)
	if err != nil {
		return f, err
	}
	if f, err = c.followed(ctx, p, actor.Receipt); err != nil {
		return f, err
	}
	f.Offers, err = c.engine.Offers(ctx, actor, f.Snapshot)
	f.Offers = slices.DeleteFunc(f.Offers, func(o engine.Offer) bool { return !slices.Contains(citizenSteps, o.Step.ID) })
	return f, err
}

// FollowParty shows a report to somebody who is known to be its reporter in
// another way than by the receipt code; nothing can be done with it.
func (c *Citizens) FollowParty(ctx context.Context, p party.Party) (f Followed, err error) {
	defer fault.Trace(&err, "incident.FollowParty(%s)", p.ID)
	return c.followed(ctx, p, "")
}

func (c *Citizens) followed(ctx context.Context, p party.Party, receipt string) (f Followed, err error) {
	s, err := c.engine.Find(ctx, p.Division, p.Now)
	if err != nil {
		return f, err
	}
	f = Followed{Receipt: receipt, Division: p.Division, Case: s.ID, Snapshot: s, Title: s.Title, Class: s.Class,
		Address: s.Address, Opened: clock.FromMicro(s.Opened), Ended: s.Terminal}
	f.Desc, _ = s.Data["desc"].(string)
	if s.Due != record.NoDue && s.DueState == "running" {
		f.Due = clock.FromMicro(s.Due)
	}
	if s.Terminal {
		f.Reply, _ = s.Data["reply"].(string)
	}
	if f.State, err = c.engine.PublicWords(ctx, s, receipt); err != nil {
		return f, err
	}
	dir, err := c.dir(ctx, p.Division)
	if err != nil {
		return f, err
	}
	if d, err := dir.Department(s.Dept); err == nil {
		f.Dept = d.Name
	}
	if err := c.pictures(ctx, p, &f); err != nil {
		return f, err
	}
	f.History, err = c.history(ctx, p, s)
	return f, err
}

// citizenSteps are the steps that a follow page offers.
var citizenSteps = []string{"answer", "add", "withdraw", "urge", "object", "rate"}

// pictures are the reporter's own photos, and others' only once released.
func (c *Citizens) pictures(ctx context.Context, p party.Party, f *Followed) error {
	all, err := evidence.Of(ctx, c.db, p.Division, p.Now)
	if err != nil {
		return err
	}
	own := "citizen:" + p.ID.String()
	for _, x := range all {
		switch {
		case !x.Photo() || x.Actor != own && !x.Public():
		case x.Kind == "after" || x.Kind == "check":
			f.After = append(f.After, x)
		default:
			f.Before = append(f.Before, x)
		}
	}
	return nil
}

// Picture finds a photo that the holder of the code may see; others are NotFound.
func (c *Citizens) Picture(ctx context.Context, receipt, sha string) (x evidence.Exhibit, err error) {
	defer fault.Trace(&err, "incident.Picture")
	_, p, err := c.Actor(ctx, receipt)
	if err != nil {
		return x, err
	}
	var f Followed
	if err := c.pictures(ctx, p, &f); err != nil {
		return x, err
	}
	for _, x := range slices.Concat(f.Before, f.After) {
		if x.SHA256 == sha {
			return x, nil
		}
	}
	return x, fault.Missing("photo")
}

// history is the public steps, with what the reporter was told.
func (c *Citizens) history(ctx context.Context, p party.Party, s *engine.Snapshot) ([]Passed, error) {
	told, err := notice.ToParty(ctx, c.db, p.Division, p.ID)
	if err != nil {
		return nil, err
	}
	var out []Passed
	for _, n := range told {
		out = append(out, Passed{At: n.At, Text: n.Text})
	}
	slices.SortStableFunc(out, func(a, b Passed) int { return a.At.Compare(b.At) })
	return out, nil
}

// Act takes one of the reporter's steps.
func (c *Citizens) Act(ctx context.Context, receipt, step string, in procedure.Input, files []engine.Upload, key string) (res engine.Result, err error) {
	defer fault.Trace(&err, "incident.Act(%s)", step)
	actor, p, err := c.Actor(ctx, receipt)
	if err != nil {
		return res, err
	}
	if !slices.Contains(citizenSteps, step) {
		return res, fault.Missing("step")
	}
	return c.engine.Act(ctx, engine.Act{Case: p.Now, Step: step, Actor: actor, Input: in, Files: files, Key: key})
}

// Form is what one of the reporter's steps asks for.
func (c *Citizens) Form(ctx context.Context, receipt, step string) (f engine.Form, err error) {
	defer fault.Trace(&err, "incident.Form(%s)", step)
	actor, p, err := c.Actor(ctx, receipt)
	if err != nil {
		return f, err
	}
	s, err := c.engine.Find(ctx, p.Division, p.Now)
	if err != nil {
		return f, err
	}
	if !slices.Contains(citizenSteps, step) {
		return f, fault.Missing("step")
	}
	return c.engine.Form(ctx, actor, s, step, nil)
}

// Neighbour is an open report near a place, as everybody may read it.
type Neighbour struct {
	Reference string
	Class     string
	Text      string // masked
	State     i18n.Text
	Address   string
	Metres    float64
	Opened    time.Time
}

const (
	nearMetres = 120.0
	nearMost   = 5
)

// Near lists open reports near a point, of the class where one is given,
// nearest first, at most five; their text is masked.
func (c *Citizens) Near(ctx context.Context, division id.ID, p geo.Point, class string) (_ []Neighbour, err error) {
	defer fault.Trace(&err, "incident.Near")
	rows, err := record.Nearest(ctx, c.db, division, record.Around{Procedure: Procedure, In: geo.Around(p, nearMetres), Class: class}, p, nearMetres, nearMost)
	if err != nil {
		return nil, err
	}
	out := make([]Neighbour, 0, len(rows))
	for _, r := range rows {
		n := Neighbour{Reference: Reference(r.ID, r.Opened), Class: r.Class, Address: r.Address, Opened: clock.FromMicro(r.Opened),
			Metres: geo.Distance(p, geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng})}
		n.Text, _ = text.Mask(r.Title)
		if proc, err := c.engine.Library().Version(r.Procedure, r.ProcVersion); err == nil {
			if st := proc.StateOf(r.State); st != nil {
				n.State = st.Name
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// Ends counts how reports ended since an instant; the ends are never added up.
type Ends struct{ Fixed, Unfixable, NotOurs, Open int }

// Ends counts from the cases themselves.
func (c *Citizens) Ends(ctx context.Context, division id.ID, since time.Time) (e Ends, err error) {
	defer fault.Trace(&err, "incident.Ends")
	counts, err := record.Counts(ctx, c.db, division, record.Filter{Procedures: []string{Procedure}, OpenedFrom: clock.Micro(since)}, 0)
	for _, n := range counts {
		switch n.State {
		case "closed_fixed":
			e.Fixed += n.N
		case "closed_unfixable":
			e.Unfixable += n.N
		case "closed_not_ours":
			e.NotOurs += n.N
		case "void", "merged", "withdrawn":
		default:
			e.Open += n.N
		}
	}
	return e, err
}

package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/bundle"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/listing"
	"xiucheng/internal/duties/incident/reveal"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// Deps are what the desk stands on.
type Deps struct {
	DB         *dbx.DB
	Engine     *engine.Engine
	People     *people.Service
	Catalogues *catalogue.Service
	Places     *place.Service
	Citizens   *incident.Citizens
	Photos     *stepform.Desk
	Hub        *event.Hub
	Lists      *listing.Room
	// Links draws the links by which units without an account answer the case, nil
	// for none and for who may not see them.
	Links   func(context.Context, people.Actor, *engine.Snapshot) (templ.Component, error)
	Duty    *incident.Duty
	Bundles bundle.Maker
	Clock   clock.Clock
	// Panels draw what another duty shows on the page of its cases, by procedure.
	Panels map[string]func(context.Context, *engine.Snapshot) (templ.Component, error)
	// Readers say who else may open a case of another duty, by procedure.
	Readers map[string]func(people.Actor, *engine.Snapshot) bool
	// Next is the step another duty's law asks for next, "" for the usual one.
	Next func(context.Context, *engine.Snapshot) (string, error)
	// Drafts shows the papers that a step of another duty makes while its form is
	// filled in, nil for a step that makes none.
	Drafts func(*engine.Snapshot, *procedure.Step) templ.Component
}

// Desk serves the pages.
type Desk struct{ Deps }

// New returns the desk.
func New(d Deps) *Desk { return &Desk{d} }

// maxBody is what a step with its photos may weigh.
const maxBody = 9*photo.MaxBytes + 1<<20

// outside are the roles that work on the street.
var outside = []string{"collector", "handler", "officer"}

// Routes is the desk's part of the route table.
func (d *Desk) Routes() []httpx.Route {
	staff := httpx.SignedIn()
	slow := 5 * time.Minute
	return []httpx.Route{
		{Method: "GET", Pattern: "/desk", Access: staff, Handler: d.desk, Name: "desk"},
		{Method: "GET", Pattern: "/desk/queue", Access: staff, Handler: d.queue, Name: "desk.queue"},
		{Method: "GET", Pattern: "/desk/points.json", Access: staff, Handler: d.points, Name: "desk.points"},
		{Method: "GET", Pattern: "/desk/bulk", Access: httpx.Only("dispatcher", "shift_leader"), Handler: d.bulk, Name: "desk.bulk"},
		{Method: "POST", Pattern: "/desk/bulk", Access: httpx.Only("dispatcher", "shift_leader"), Handler: d.bulkDo, Name: "desk.bulk.do", Timeout: slow},
		{Method: "GET", Pattern: "/cases", Access: staff, Handler: d.list, Name: "case.list"},
		{Method: "GET", Pattern: "/cases/print", Access: staff, Handler: d.printList, Name: "case.list.print"},
		{Method: "GET", Pattern: "/cases/{id}", Access: staff, Handler: d.one, Name: "case"},
		{Method: "GET", Pattern: "/cases/{id}/print", Access: staff, Handler: d.printOne, Name: "case.print"},
		{Method: "GET", Pattern: "/cases/{id}/bundle", Access: httpx.Only(takers...), Handler: d.bundle, Name: "case.bundle", Timeout: slow},
		{Method: "GET", Pattern: "/cases/{id}/steps/{step}", Access: staff, Handler: d.stepForm, Name: "case.step.form"},
		{Method: "POST", Pattern: "/cases/{id}/steps/{step}", Access: staff, Handler: d.step, Name: "case.step", MaxBody: maxBody, Timeout: slow},
		{Method: "POST", Pattern: "/cases/{id}/release", Access: httpx.Only("acceptor", "shift_leader", "reviewer"), Handler: d.release, Name: "case.release"},
		{Method: "POST", Pattern: "/cases/{id}/hide", Access: httpx.Only(hiders...), Handler: d.hide, Name: "case.hide"},
		{Method: "GET", Pattern: "/cases/{id}/photo/{sha}/{size}", Access: staff, Handler: d.picture, Name: "case.photo"},
		{Method: "GET", Pattern: "/cases/{id}/reporter", Access: httpx.Only(reveal.Roles...), Handler: d.askReporter, Name: "case.reporter"},
		{Method: "POST", Pattern: "/cases/{id}/reporter", Access: httpx.Only(reveal.Roles...), Handler: d.reveal, Name: "case.reporter.reveal"},
		{Method: "GET", Pattern: "/reveals", Access: httpx.Only("privacy_officer", "supervisor", "leader"), Handler: d.reveals, Name: "reveals"},
		{Method: "GET", Pattern: "/intake", Access: httpx.Only(incident.Takers...), Handler: d.intake, Name: "intake"},
		{Method: "POST", Pattern: "/intake", Access: httpx.Only(incident.Takers...), Handler: d.intakeSend, Name: "intake.send", MaxBody: maxBody, Timeout: slow},
		{Method: "POST", Pattern: "/intake/earlier", Access: httpx.Only(incident.Takers...), Handler: d.earlier, Name: "intake.earlier"},
		{Method: "GET", Pattern: "/field", Access: httpx.Only(outside...), Handler: d.field, Name: "field"},
		{Method: "GET", Pattern: "/field/{id}", Access: httpx.Only(outside...), Handler: d.task, Name: "field.task"},
		{Method: "GET", Pattern: "/field/report", Access: httpx.Only("collector"), Handler: d.fieldReport, Name: "field.report"},
		{Method: "POST", Pattern: "/field/report", Access: httpx.Only("collector"), Handler: d.fieldSend, Name: "field.report.send", MaxBody: maxBody, Timeout: slow},
		{Method: "GET", Pattern: "/inbox", Access: staff, Handler: d.inbox, Name: "inbox"},
		{Method: "POST", Pattern: "/inbox/read", Access: staff, Handler: d.markRead, Name: "inbox.read"},
		{Method: "GET", Pattern: "/live", Access: staff, Handler: d.live, Name: "live", Stream: true},
	}
}

// find is the case of the path, if the visitor may read it.
func (d *Desk) find(r *http.Request) (*engine.Snapshot, people.Actor, error) {
	v := visit.From(r.Context())
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return nil, v.Actor, fault.Missing("case")
	}
	s, err := d.Engine.Find(r.Context(), v.Division.ID, key)
	if err != nil {
		return nil, v.Actor, err
	}
	if reads := d.Readers[s.Procedure]; !incident.MayRead(v.Actor, s.Row) && (reads == nil || !reads(v.Actor, s)) {
		return nil, v.Actor, fault.Missing("case")
	}
	return s, v.Actor, nil
}

// picture sends a copy of a photo of the case; size is thumb, screen or full.
func (d *Desk) picture(w http.ResponseWriter, r *http.Request) error {
	s, _, err := d.find(r)
	if err != nil {
		return err
	}
	list, err := evidence.Of(r.Context(), d.DB, s.Division, s.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.SHA256 == r.PathValue("sha") && x.Kind == evidence.Signature {
			return d.Photos.Signature(w, x.SHA256)
		}
		if x.SHA256 == r.PathValue("sha") && x.Photo() {
			return d.Photos.Send(w, r, stepform.ShotOf(x), r.PathValue("size"))
		}
	}
	return fault.Missing("photo")
}

// release shows a case's photo to everybody, or takes it back.
func (d *Desk) release(w http.ResponseWriter, r *http.Request) error {
	s, actor, err := d.find(r)
	if err != nil {
		return err
	}
	if s.Procedure != incident.Procedure { // those of other cases show people, as photos of persuasion do
		return fault.New(fault.Conflict, "desk.never_public")
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	err = d.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return evidence.Release(r.Context(), tx, s.Division, s.ID, r.PostForm.Get("sha"), r.PostForm.Get("open") == "1", actor.Name, d.Clock.Now())
	})
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "desk.released"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+s.ID.String())
}

// inboxMost is how many notices a page shows.
const inboxMost = 100

func (d *Desk) inbox(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	list, err := notice.Inbox(r.Context(), d.DB, v.Division.ID, v.Actor.Account.String(), incident.Inbox(v.Actor), time.Time{}, inboxMost)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, inboxPage(list))
}

func unread(list []notice.Item) (n int) {
	for _, x := range list {
		if !x.Read {
			n++
		}
	}
	return n
}

// about is the page of what a notice tells of: a case, or, where it is about no
// step, the administration's matter.
func about(n notice.Item) string {
	if n.Seq == 0 {
		return "/admin/webhooks/" + n.Case.String()
	}
	return "/cases/" + n.Case.String()
}

// Unread counts the visitor's unread notices, for the bell.
func (d *Desk) Unread(ctx context.Context, v *visit.Visit) (int, error) {
	return notice.Unread(ctx, d.DB, v.Division.ID, v.Actor.Account.String(), incident.Inbox(v.Actor))
}

func (d *Desk) markRead(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	account := v.Actor.Account.String()
	list, err := notice.Inbox(r.Context(), d.DB, v.Division.ID, account, incident.Inbox(v.Actor), time.Time{}, inboxMost)
	if err != nil {
		return err
	}
	var unread []id.ID
	for _, n := range list {
		if !n.Read {
			unread = append(unread, n.ID)
		}
	}
	err = d.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return notice.MarkRead(r.Context(), tx, v.Division.ID, account, d.Clock.Now(), unread...)
	})
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/inbox")
}

// quiet is how often a silent stream says that it lives.
const quiet = 20 * time.Second

// live streams what happens in the division, as far as the visitor may hear of
// it; pages read the rest themselves.
func (d *Desk) live(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	after, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		if after, err = event.Head(ctx, d.DB, v.Division.ID); err != nil {
			return err
		}
	}
	s, err := httpx.NewStream(w, r)
	if err != nil {
		return nil // the visitor left
	}
	go func() {
		select {
		case <-s.Closing():
			cancel()
		case <-ctx.Done():
		}
	}()
	say := func(position int64, topic, subject string) error {
		b, err := json.Marshal(map[string]string{"topic": topic, "subject": subject})
		if err != nil {
			return err
		}
		return s.Send(strconv.FormatInt(position, 10), "", string(b))
	}
	last := after
	_ = event.Tail(ctx, d.DB, d.Hub, v.Division.ID, after, quiet, event.Receiver{
		Event: func(e event.Event) error {
			if last = e.Position; !incident.MayHear(v.Actor, e) {
				return nil
			}
			return say(e.Position, e.Topic, e.Subject.String())
		},
		Quiet: s.Ping,
		Gap:   func() error { return say(last, "case", "") },
	})
	return nil // a broken stream is opened again by the browser
}

// filter is what the address asks for of the cases the visitor may read.
func (d *Desk) filter(r *http.Request) record.Filter {
	return listing.Asked(r.URL.Query(), visit.From(r.Context()).Actor, d.Clock.Now())
}

// page reads the part of the list that the address asks for, at most limit.
func (d *Desk) page(r *http.Request, limit int) (listing.Page, error) {
	return d.Lists.Page(r.Context(), r.URL.Query(), visit.From(r.Context()).Actor, d.filter(r), limit)
}

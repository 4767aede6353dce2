package account

import (
	"context"
	"net/http"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/session"
	"xiucheng/internal/shell/visit"
)

// Hint is a demonstration account shown on the sign-in page.
type Hint struct{ Login, Name, Post string }

// Door serves the pages.
type Door struct {
	people   *people.Service
	sessions *session.Store
	clk      clock.Clock
	hints    func(context.Context) ([]Hint, string, error)
}

// New returns the door. hints lists demonstration accounts and their common
// password; nil outside a demonstration on this machine alone.
func New(p *people.Service, s *session.Store, clk clock.Clock, hints func(context.Context) ([]Hint, string, error)) *Door {
	return &Door{people: p, sessions: s, clk: clk, hints: hints}
}

// Routes is the door's part of the route table.
func (d *Door) Routes() []httpx.Route {
	guess := httpx.Rate{Every: 2 * time.Second, Burst: 30} // per address; the lockout of people is per account
	return []httpx.Route{
		{Method: "GET", Pattern: "/login", Access: httpx.Public(), Handler: d.form, Name: "account.login.form"},
		{Method: "POST", Pattern: "/login", Access: httpx.Public(), Handler: d.signIn, Name: "account.login", Rate: guess},
		{Method: "POST", Pattern: "/login/code", Access: httpx.Public(), Handler: d.signInSecond, Name: "account.login.code", Rate: guess},
		{Method: "POST", Pattern: "/logout", Access: httpx.SignedIn(), Handler: d.signOut, Name: "account.logout"},
		{Method: "GET", Pattern: "/account", Access: httpx.SignedIn(), Handler: d.own, Name: "account.own"},
		{Method: "POST", Pattern: "/account/password", Access: httpx.SignedIn(), Handler: d.password, Name: "account.password", Rate: guess},
		{Method: "GET", Pattern: "/account/second", Access: httpx.SignedIn(), Handler: d.second, Name: "account.second"},
		{Method: "POST", Pattern: "/account/second/begin", Access: httpx.SignedIn(), Handler: d.beginSecond, Name: "account.second.begin"},
		{Method: "POST", Pattern: "/account/second", Access: httpx.SignedIn(), Handler: d.confirmSecond, Name: "account.second.confirm", Rate: guess},
		{Method: "POST", Pattern: "/account/second/end", Access: httpx.SignedIn(), Handler: d.endSecond, Name: "account.second.end", Rate: guess},
		{Method: "POST", Pattern: "/account/sessions/{id}/end", Access: httpx.SignedIn(), Handler: d.end, Name: "account.session.end"},
		{Method: "POST", Pattern: "/account/sessions/end", Access: httpx.SignedIn(), Handler: d.endAll, Name: "account.session.end_all"},
	}
}

type loginView struct {
	Login, Next string
	Wrong       string // a sentence
	Hints       []Hint
	Password    string
}

func (d *Door) form(w http.ResponseWriter, r *http.Request) error {
	return d.showLogin(w, r, http.StatusOK, loginView{Next: r.URL.Query().Get("next"), Login: r.URL.Query().Get("as")})
}

func (d *Door) showLogin(w http.ResponseWriter, r *http.Request, status int, v loginView) error {
	if d.hints != nil {
		var err error
		if v.Hints, v.Password, err = d.hints(r.Context()); err != nil {
			return err
		}
	}
	return httpx.Render(w, r, status, loginPage(v))
}

func (d *Door) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	login, next := r.PostForm.Get("login"), r.PostForm.Get("next")
	ip := httpx.Client(r).String()
	in, err := d.people.SignIn(r.Context(), login, r.PostForm.Get("password"), ip)
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		return d.showLogin(w, r, f.Kind.Status(), loginView{Login: login, Next: next, Wrong: say(r.Context(), f)})
	} else if err != nil {
		return err
	}
	if in.Ticket != "" {
		return httpx.Render(w, r, http.StatusOK, codePage(codeView{Ticket: in.Ticket, Next: next}))
	}
	return d.enter(w, r, in, next)
}

// enter opens the session of somebody who has proved all there is to prove.
func (d *Door) enter(w http.ResponseWriter, r *http.Request, in people.SignedIn, next string) error {
	if err := d.sessions.Create(r.Context(), w, in.Account, in.Division, httpx.Client(r).String(), r.UserAgent()); err != nil {
		return err
	}
	if in.MustChange {
		return httpx.Redirect(w, r, "/account?change=1")
	}
	if next == "" {
		next = "/start"
	}
	return httpx.Redirect(w, r, httpx.SafeNext(next))
}

func (d *Door) signOut(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	if err := d.sessions.End(r.Context(), v.Session.Account, v.Session.ID); err != nil {
		return err
	}
	d.sessions.Clear(w)
	return httpx.Redirect(w, r, "/login")
}

type ownView struct {
	Name, Login string
	Posts       []postLine
	Sessions    []sessionLine
	Attempts    []people.Attempt
	Change      bool // a new password is asked for
	Wrong       []fault.Field
	General     string
	Practice    string // login in the practice division, "" for none
	InPractice  bool
	Second      people.SecondState
}

type postLine struct {
	Role, Department, Scope, Via string
}

type sessionLine struct {
	session.Session
	This bool
}

func (d *Door) own(w http.ResponseWriter, r *http.Request) error {
	return d.showOwn(w, r, http.StatusOK, nil)
}

func (d *Door) showOwn(w http.ResponseWriter, r *http.Request, status int, refused *fault.Error) error {
	ctx, v := r.Context(), visit.From(r.Context())
	view := ownView{Name: v.Actor.Name, Login: v.Actor.Login, Change: v.MustChange || r.URL.Query().Get("change") != ""}
	dir, err := d.people.Directory(ctx, v.Division.ID)
	if err != nil {
		return err
	}
	for _, g := range v.Actor.Posts {
		view.Posts = append(view.Posts, postOf(ctx, dir, g))
	}
	list, err := d.sessions.List(ctx, v.Actor.Account)
	if err != nil {
		return err
	}
	for _, s := range list {
		view.Sessions = append(view.Sessions, sessionLine{s, s.ID == v.Session.ID})
	}
	if view.Attempts, err = d.people.Attempts(ctx, v.Actor, v.Actor.Account, 10); err != nil {
		return err
	}
	if view.Second, _, err = d.people.Second(ctx, v.Actor); err != nil {
		return err
	}
	view.InPractice = v.Division.Practice
	if view.Practice, err = d.practice(ctx, v); err != nil {
		return err
	}
	if refused != nil {
		view.Wrong, view.Change = refused.Fields, true
		if len(refused.Fields) == 0 {
			view.General = say(ctx, refused)
		}
	}
	return httpx.Render(w, r, status, ownPage(view))
}

// practice is the visitor's login in the practice division beside his own, ""
// when there is none or he is in it.
func (d *Door) practice(ctx context.Context, v *visit.Visit) (string, error) {
	if v.Division.Practice {
		return "", nil
	}
	all, err := d.people.Divisions(ctx)
	if err != nil {
		return "", err
	}
	for _, one := range all {
		if !one.Practice || !strings.HasPrefix(one.Key, v.Division.Key+"-") {
			continue
		}
		dir, err := d.people.Directory(ctx, one.ID)
		if err != nil {
			return "", err
		}
		if a, err := dir.ByLogin(v.Actor.Login); err == nil && a.Active {
			return a.Login + "@" + one.Key, nil
		}
	}
	return "", nil
}

func (d *Door) password(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	v := visit.From(r.Context())
	fresh := r.PostForm.Get("new")
	err := error(nil)
	if fresh != r.PostForm.Get("again") {
		err = fault.New(fault.Invalid, "people.password_weak").Field("again", "account.again_differs")
	} else {
		err = d.people.ChangePassword(r.Context(), v.Actor, r.PostForm.Get("old"), fresh)
	}
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		return d.showOwn(w, r, http.StatusUnprocessableEntity, f)
	} else if err != nil {
		return err
	}
	if err := d.sessions.EndAll(r.Context(), v.Actor.Account, v.Session.ID); err != nil {
		return err
	}
	return d.back(w, r, "account.password_changed")
}

func (d *Door) end(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	one, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("session")
	}
	if err := d.sessions.End(r.Context(), v.Actor.Account, one); err != nil {
		return err
	}
	return d.back(w, r, "account.session_ended")
}

func (d *Door) endAll(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	if err := d.sessions.EndAll(r.Context(), v.Actor.Account, v.Session.ID); err != nil {
		return err
	}
	return d.back(w, r, "account.sessions_ended")
}

func (d *Door) back(w http.ResponseWriter, r *http.Request, key string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: key}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/account")
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

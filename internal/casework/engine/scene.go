package engine

import (
	"context"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/moment"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/casework/setting"
	"xiucheng/internal/casework/staffing"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// scene is one look at one case by one actor at one instant. What is costly is
// read when first needed and kept.
type scene struct {
	ctx   context.Context
	e     *Engine
	q     dbx.Querier
	snap  *Snapshot
	actor people.Actor
	input procedure.Input
	files []Upload
	now   time.Time
	view  *rule.View
	step  *procedure.Step // being judged; nil for none

	dir      *people.Directory
	settings *pack.Settings
	cals     map[string]*calendar.Calendar
	parties  []party.Party
	asked    bool // parties were read
	me       *party.Party
	exhibits []rule.FileView
	seen     bool                        // exhibits were read
	above    *Snapshot                   // the case this one hangs on; nil until asked for
	told     map[int64]map[string]string // what forms said, by event; nil until asked for
}

// look prepares a scene; it reads nothing yet but a citizen's receipt.
func (e *Engine) look(ctx context.Context, q dbx.Querier, s *Snapshot, actor people.Actor, in procedure.Input, files []Upload) (*scene, error) {
	sc := &scene{ctx: ctx, e: e, q: q, snap: s, actor: actor, input: in, files: files, now: e.now(s)}
	if actor.Division != s.Division {
		return nil, fault.Missing("case")
	}
	if actor.Citizen && !s.ID.IsZero() {
		p, err := party.Speaking(ctx, q, s.Division, actor.Party, actor.Receipt)
		if err != nil || p.Division != s.Division || p.Now != s.ID {
			return nil, fault.Missing("case")
		}
		sc.me = &p
	}
	if !actor.Link.IsZero() && !s.Reached(actor) {
		return nil, fault.Missing("case")
	}
	sc.view = sc.newView()
	return sc, nil
}

// now never goes back within a case, even if the wall clock was set back.
func (e *Engine) now(s *Snapshot) time.Time {
	now := e.Clock.Now().UTC().Truncate(time.Microsecond)
	if n := len(s.Log); n > 0 && now.Before(s.Log[n-1].At) {
		return s.Log[n-1].At
	}
	return now
}

func (sc *scene) newView() *rule.View {
	s := sc.snap
	v := &rule.View{
		State: s.State, To: s.State, Now: sc.now, Data: s.Data, Input: sc.input, Log: s.Log, Place: s.Place,
		Actor:   rule.ActorView{Account: sc.account(), Dept: sc.actor.Department, System: sc.actor.System, Roles: sc.actor.Roles()},
		Clock:   sc.clockView,
		Fact:    sc.fact,
		Setting: sc.setting,
		Files:   sc.evidence,
		Answers: sc.answers,
		Children: func(proc, state string) (int, error) {
			return record.CountChildren(sc.ctx, sc.q, s.Division, s.ID, proc, state)
		},
		Links: func(relation string) (int, error) { return record.CountLinks(sc.ctx, sc.q, s.Division, s.ID, relation) },
		WorkDay: func(from time.Time, n int) (time.Time, error) {
			cal, err := sc.calendar(calendar.Desk)
			if err != nil {
				return time.Time{}, err
			}
			return cal.DueAt(from, calendar.Limit{N: n, Unit: calendar.WorkingDay}, calendar.Agency).At, nil
		},
	}
	if v.Place == nil {
		if p, ok := sc.input["place"].(procedure.Point); ok {
			v.Place = &p
		}
	}
	s.Proc.Aim(v, nil)
	return v
}

// aim points the scene at a step.
func (sc *scene) aim(step *procedure.Step) *rule.View {
	sc.step = step
	sc.snap.Proc.Aim(sc.view, step)
	return sc.view
}

// account is how the actor stands in the timeline.
func (sc *scene) account() string {
	switch {
	case sc.actor.System:
		return procedure.System
	case sc.me != nil:
		return procedure.Citizen + ":" + sc.me.ID.String()
	case sc.actor.Citizen:
		return procedure.Citizen
	case !sc.actor.Link.IsZero():
		return rule.LinkPrefix + sc.actor.Link.String()
	}
	return sc.actor.Account.String()
}

// staffing is who may act here.
func (sc *scene) staffing() staffing.Case {
	return staffing.Case{State: sc.snap.StateOf(), Text: sc.snap.Text, Actor: sc.actor, Now: sc.now, View: sc.view,
		Strict: func() bool { return sc.division().Bool("axis.strict") }, Lineage: sc.lineage}
}

func (sc *scene) asking(step *procedure.Step) Asked {
	return Asked{Q: sc.q, Snapshot: sc.snap, Step: step, Actor: sc.actor, Input: sc.input, Files: sc.files, Now: sc.now}
}

func (sc *scene) fact(name string) (any, error) {
	h := sc.e.hooks[sc.snap.Proc.ID]
	if h.Fact == nil {
		return nil, nil
	}
	return h.Fact(sc.ctx, sc.asking(sc.step), name)
}

func (sc *scene) directory() (*people.Directory, error) {
	if sc.dir == nil {
		d, err := sc.e.Directory(sc.ctx, sc.snap.Division)
		if err != nil {
			return nil, err
		}
		sc.dir = d
	}
	return sc.dir, nil
}

func (sc *scene) division() *pack.Settings {
	if sc.settings == nil {
		s, err := sc.e.Settings(sc.ctx, sc.snap.Division)
		if err != nil {
			sc.e.Log.Error("settings", "err", err)
			s = pack.NewSettings(nil)
		}
		sc.settings = s
	}
	return sc.settings
}

// setting reads a setting that the procedure declares.
func (sc *scene) setting(name string) (any, bool) {
	return setting.Read(sc.division(), sc.snap.Proc.SettingOf(name))
}

func (sc *scene) calendar(name string) (*calendar.Calendar, error) {
	if name != calendar.Dept {
		name = calendar.Desk
	}
	if cal := sc.cals[name]; cal != nil {
		return cal, nil
	}
	cal, err := sc.e.Calendar(sc.ctx, sc.snap.Division, name)
	if err != nil {
		return nil, err
	}
	if sc.cals == nil {
		sc.cals = map[string]*calendar.Calendar{}
	}
	sc.cals[name] = cal
	return cal, nil
}

func (sc *scene) clockView(clockID string) (rule.ClockView, bool) {
	c := sc.snap.Clock(clockID)
	if c == nil {
		return rule.ClockView{}, false
	}
	cal, err := sc.calendar(c.Calendar)
	if err != nil {
		sc.e.Log.Error("calendar", "err", err)
		return rule.ClockView{}, false
	}
	return moment.View(c, cal, sc.now, sc.snap.Late(clockID)), true
}

// reporters are the parties the case carries.
func (sc *scene) reporters() ([]party.Party, error) {
	if !sc.asked {
		list, err := party.Of(sc.ctx, sc.q, sc.snap.Division, sc.snap.ID)
		if err != nil {
			return nil, err
		}
		sc.parties, sc.asked = list, true
	}
	return sc.parties, nil
}

// evidence is what guards see: the case's files and those of this act. A photo
// whose device said no time counts from when it arrived.
func (sc *scene) evidence() ([]rule.FileView, error) {
	if sc.seen {
		return sc.exhibits, nil
	}
	if !sc.snap.ID.IsZero() {
		list, err := evidence.Of(sc.ctx, sc.q, sc.snap.Division, sc.snap.ID)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			sc.exhibits = append(sc.exhibits, x.View())
		}
	}
	for _, u := range sc.files {
		x := evidence.Exhibit{Kind: u.kind(sc.step, sc.input), Mime: u.Mime, Taken: u.Taken, Received: sc.now, At: u.At}
		sc.exhibits = append(sc.exhibits, x.View())
	}
	sc.seen = true
	return sc.exhibits, nil
}

// words are the placeholders of the case's sentences; what the duty adds stands
// over the case's own, the given ones over all.
func (sc *scene) words(step *procedure.Step, given fault.Args) fault.Args {
	s := sc.snap
	c := wording.Case{Proc: s.Proc, Number: s.Number, State: s.State, Data: s.Data, Input: sc.input, Step: step,
		Claimed: sc.now, Actor: sc.actor.Name, People: sc.directory}
	if s.Due != record.NoDue {
		c.Due = clock.FromMicro(s.Due)
	}
	if a := s.Text("assignee"); a != sc.account() {
		c.Holder = a
	}
	if t := sc.view.Latest("claim"); t != nil {
		c.Claimed = t.At
	}
	var duty fault.Args
	if h := sc.e.hooks[s.Proc.ID]; h.Words != nil {
		duty = h.Words(sc.ctx, sc.asking(step))
	}
	return c.Args(duty, given)
}

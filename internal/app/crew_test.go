package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// crew drives cases through the real program with the demonstration's people.
type crew struct {
	t   *testing.T
	a   *App
	w   *enginetest.World
	ctx context.Context

	script map[string]any // what forms say in a walk
	books  int64          // of receipts that a walk handed out
}

func newCrew(t *testing.T, db string) *crew {
	a, w := zone(t, db)
	return &crew{t: t, a: a, w: w, ctx: context.Background()}
}

// at sets the clock to a local instant, "2026-09-30 16:10".
func (c *crew) at(local string) {
	c.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", local, calendar.Zone)
	if err != nil {
		c.t.Fatal(err)
	}
	c.w.Clock.Set(at)
	if _, err := c.w.Engine.Tick(c.ctx); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crew) who(login string) people.Actor {
	c.t.Helper()
	for _, acc := range c.w.People.Accounts() {
		if acc.Login == login {
			a, err := c.w.People.Actor(acc.ID, c.w.Clock.Now())
			if err != nil {
				c.t.Fatal(err)
			}
			return a
		}
	}
	c.t.Fatalf("nobody is called %s", login)
	return people.Actor{}
}

func (c *crew) key(login string) string { return c.who(login).Account.String() }

// photo is taken at the spot, a second after what happened before.
func (c *crew) photo(field string) engine.Upload { return c.photoAt(field, spot) }

func (c *crew) photoAt(field string, at procedure.Point) engine.Upload {
	c.w.Clock.Advance(time.Second)
	return c.w.Photo(field, at)
}

// try takes a step and returns what the engine said.
func (c *crew) try(caseID id.ID, login, step string, in procedure.Input, files ...engine.Upload) error {
	if in == nil {
		in = procedure.Input{}
	}
	actor := people.SystemActor(c.w.Division)
	if login != "system" {
		actor = c.who(login)
	}
	_, err := c.w.Engine.Act(c.ctx, engine.Act{Case: caseID, Step: step, Actor: actor, Input: in, Files: files})
	return err
}

// do takes a step that must succeed.
func (c *crew) do(caseID id.ID, login, step string, in procedure.Input, files ...engine.Upload) {
	c.t.Helper()
	if err := c.try(caseID, login, step, in, files...); err != nil {
		c.t.Fatalf("%s by %s: %v", step, login, err)
	}
}

// refused takes a step that must be refused with the code, in both languages.
func (c *crew) refused(caseID id.ID, code, login, step string, in procedure.Input, files ...engine.Upload) {
	c.t.Helper()
	c.isRefusal(c.try(caseID, login, step, in, files...), code, step)
}

func (c *crew) isRefusal(err error, code, step string) {
	c.t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Key != code {
		c.t.Errorf("%s: want refusal %s, got %v", step, code, err)
		return
	}
	if text := textOf(f); text.ZH == "" || text.EN == "" {
		c.t.Errorf("%s: refusal %s has no words", step, code)
	}
}

func (c *crew) find(caseID id.ID) *engine.Snapshot {
	c.t.Helper()
	s, err := c.w.Engine.Find(c.ctx, c.w.Division, caseID)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *crew) state(caseID id.ID, want string) {
	c.t.Helper()
	if s := c.find(caseID); s.State != want {
		c.t.Fatalf("the case is in %s, not %s", s.State, want)
	}
}

// due is when a running clock of the case ends.
func (c *crew) due(caseID id.ID, clock string) string {
	c.t.Helper()
	for _, k := range c.find(caseID).Clocks {
		if k.ID == clock && k.State == "running" {
			return calendar.FormatDue(time.UnixMicro(k.Due))
		}
	}
	return "not running"
}

func (c *crew) isDue(caseID id.ID, clock, want string) {
	c.t.Helper()
	if got := c.due(caseID, clock); got != want {
		c.t.Errorf("%s is due %s, want %s", clock, got, want)
	}
}

// patrol is a collector's report.
func (c *crew) patrol(class string) id.ID {
	c.t.Helper()
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: c.w.Division, Step: "report", Actor: c.who("caiji3"),
		Input: procedure.Input{"source": "collector", "class": class, "desc": "巡查发现", "place": spot}, Files: []engine.Upload{c.photo("photos")},
		Party: &engine.NewParty{NoReceipt: true}})
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Case
}

// public is a citizen's report; it returns the receipt, too.
func (c *crew) public(class string) (id.ID, string) {
	c.t.Helper()
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: c.w.Division, Step: "report", Actor: people.CitizenActor(c.w.Division, ""),
		Input: procedure.Input{"source": "public_web", "class": class, "desc": "路边的问题", "place": spot, "phone": "13800138000"},
		Party: &engine.NewParty{Phone: "13800138000"}})
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Case, r.Receipt
}

// citizen takes a step with a receipt code.
func (c *crew) citizen(caseID id.ID, receipt, step string, in procedure.Input, files ...engine.Upload) error {
	_, err := c.w.Engine.Act(c.ctx, engine.Act{Case: caseID, Step: step, Actor: people.CitizenActor(c.w.Division, receipt), Input: in, Files: files})
	return err
}

// condition is the class's line with the limit, as "4 working_hour".
func (c *crew) condition(class string, n int, unit calendar.Unit) string {
	c.t.Helper()
	cat, err := c.a.catalogues.Catalogue(c.ctx, c.w.Division)
	if err != nil {
		c.t.Fatal(err)
	}
	list := cat.Conditions(class, c.w.Clock.Now())
	for _, x := range list {
		if x.Limit.N == n && x.Limit.Unit == unit {
			return x.ID
		}
	}
	c.t.Fatalf("class %s has no condition of %d %s: %+v", class, n, unit, list)
	return ""
}

// filed brings a case to "filed".
func (c *crew) filed(caseID id.ID, class, condition string) {
	c.t.Helper()
	c.do(caseID, "shouli1", "accept", procedure.Input{"class": class, "condition": condition, "place": spot, "dup_decision": "none", "dup_reason": "是另一处问题"})
	c.do(caseID, "zhiban1", "file", procedure.Input{"condition": condition})
}

// dispatched is a patrol's case given to a department at this instant.
func (c *crew) dispatched(class string, n int, unit calendar.Unit, dept string) id.ID {
	c.t.Helper()
	x, cond := c.patrol(class), c.condition(class, n, unit)
	c.filed(x, class, cond)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": dept, "override": "演示指定由该单位办理，用于核对期限"})
	return x
}

// checked goes from handling to "to_close" by a department's people.
func (c *crew) checked(x id.ID, desk, handler, checker string) {
	c.t.Helper()
	c.do(x, desk, "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, c.photo("after"))
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key(checker)})
	c.do(x, checker, "check_done", procedure.Input{"result": "fixed"}, c.photo("photo"))
	c.state(x, "to_close")
}

// reportOf is what a collector reports at a place.
func reportOf(c *crew, class string, at procedure.Point) incident.Report {
	c.w.Clock.Advance(time.Second)
	return incident.Report{Division: c.w.Division, Source: "collector", Class: class, Desc: "巡查发现", Point: geo.Point{Lat: at.Lat, Lng: at.Lng},
		Accuracy: at.Accuracy, Files: []engine.Upload{c.w.Photo("photos", at)}}
}

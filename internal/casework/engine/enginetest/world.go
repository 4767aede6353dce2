// Package enginetest gives tests a small city in which any procedure can run,
// and a walker that takes a procedure at random and checks what must always
// hold. Only tests import it.
package enginetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Migrations are the tables the engine writes.
func Migrations() []dbx.Migration {
	return []dbx.Migration{event.Migration, record.Migration, evidence.Migration, party.Migration, notice.Migration}
}

// World is a division with people in every role of its procedures.
type World struct {
	DB       *dbx.DB
	Engine   *engine.Engine
	Clock    *clock.Manual
	Division id.ID
	People   *people.Directory
	Depts    []string
}

// Begin is when a world starts: a working Monday morning in autumn 2026.
var Begin = time.Date(2026, 9, 14, 1, 0, 0, 0, time.UTC)

// axes of the roles a small city has; every other role is neutral.
var axes = map[string]people.Axis{
	"collector": people.Supervision, "acceptor": people.Supervision, "shift_leader": people.Supervision, "inspector": people.Supervision,
	"dispatcher": people.Command, "dept_desk": people.Command, "handler": people.Command,
	"supervisor": people.Oversight, "leader": people.Oversight,
}

// New builds a world on the database with the procedures and the duty's hooks.
func New(t testing.TB, db *dbx.DB, hooks map[string]engine.Hooks, procs ...*procedure.Procedure) *World {
	t.Helper()
	w := &World{DB: db, Clock: clock.At(Begin), Division: id.New(), Depts: []string{"d1", "d2", "d3"}}
	w.People = city(w.Division, w.Depts, procs)
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	cal := calendar.Make(autumn(t), calendar.OfficeHours())
	settings := pack.NewSettings(nil)
	w.Engine = engine.New(engine.Config{
		DB: db, Clock: w.Clock, Blobs: blobs,
		Directory: func(context.Context, id.ID) (*people.Directory, error) { return w.People, nil },
		Calendar:  func(context.Context, id.ID, string) (*calendar.Calendar, error) { return cal, nil },
		Settings:  func(context.Context, id.ID) (*pack.Settings, error) { return settings, nil },
	}, hooks)
	lib, err := library.New(procs...)
	if err != nil {
		t.Fatal(err)
	}
	w.Engine.Use(lib)
	return w
}

// city has two people per role, certified where a step asks for it, and one who
// is not; department roles have them in each department.
func city(division id.ID, depts []string, procs []*procedure.Procedure) *people.Directory {
	d := people.Division{ID: division, Key: "test", Code: "370799", Name: i18n.Text{ZH: "测试区", EN: "Test zone"}}
	var departments []people.Department
	for _, code := range depts {
		departments = append(departments, people.Department{Code: code, Name: i18n.Text{ZH: "部门" + code, EN: "Dept " + code}, Kind: people.KindSection})
	}
	var roles []people.Role
	var accounts []people.Account
	var posts []people.Post
	var certificates []people.Certificate
	asked := certified(procs)
	for _, r := range Roles(procs...) {
		roles = append(roles, people.Role{ID: r, Name: i18n.Text{ZH: "角色" + r, EN: r}, Axis: axes[r]})
		homes := []string{""}
		if slices.Contains([]string{"dept_desk", "handler", "officer", "unit_clerk"}, r) {
			homes = depts
		}
		kinds := asked[r]
		hands := 2
		if len(kinds) > 0 {
			hands = 3 // the third is auxiliary staff: the role and no certificate
		}
		for _, home := range homes {
			for n := range hands {
				login := fmt.Sprintf("%s%s%d", r, home, n)
				a := people.Account{ID: id.New(), Login: login, Name: login, Department: home, Active: true}
				accounts = append(accounts, a)
				for _, kind := range kinds[:len(kinds)*(1-n/2)] {
					certificates = append(certificates, people.Certificate{ID: id.New(), Account: a.ID, Login: login, Kind: kind, Number: login})
				}
				posts = append(posts, people.Post{ID: id.New(), Account: a.ID, Login: login, Role: r, Department: home})
			}
		}
	}
	return people.NewDirectory(d, roles, departments, accounts, posts, nil, certificates...)
}

// certified lists, for every role that takes steps together with a certificate,
// the kinds.
func certified(procs []*procedure.Procedure) map[string][]string {
	kinds := map[string][]string{}
	for _, p := range procs {
		for i := range p.Steps {
			o := p.Steps[i].Officers
			if o == nil || o.Certificate == "" {
				continue
			}
			for _, r := range append(p.Steps[i].Who, o.Roles...) {
				if !slices.Contains(kinds[r], o.Certificate) {
					kinds[r] = append(kinds[r], o.Certificate)
				}
			}
		}
	}
	return kinds
}

// Roles lists the roles the procedures speak of, with those the shared steps need.
func Roles(procs ...*procedure.Procedure) []string {
	roles := []string{"shift_leader", "admin", "supervisor", "leader"}
	for _, p := range procs {
		for i := range p.Steps {
			roles = append(roles, p.Steps[i].Who...)
			if o := p.Steps[i].Officers; o != nil {
				roles = append(roles, o.Roles...)
			}
		}
		for i := range p.States {
			roles = append(roles, p.States[i].Owner...)
		}
	}
	slices.Sort(roles)
	return slices.DeleteFunc(slices.Compact(roles), func(r string) bool {
		return slices.Contains([]string{procedure.System, procedure.Citizen, procedure.Staff, procedure.Owner, procedure.Unit}, r)
	})
}

func autumn(t testing.TB) []calendar.Day {
	var days []calendar.Day
	for _, off := range []bool{true, false} {
		dates := []string{"2026-05-09", "2026-09-20", "2026-10-10"}
		if off {
			dates = []string{"2026-09-25", "2026-09-26", "2026-09-27", "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}
		}
		for _, s := range dates {
			d, err := calendar.ParseDate(s)
			if err != nil {
				t.Fatal(err)
			}
			days = append(days, calendar.Day{Date: d, Off: off, Official: true})
		}
	}
	return days
}

// Staff returns somebody in the role; dept narrows to a department, n chooses.
func (w *World) Staff(role, dept string, n int) people.Actor {
	list := w.People.Holders(role, dept, "", w.Clock.Now())
	return list[n%len(list)]
}

// System is the program itself.
func (w *World) System() people.Actor { return people.SystemActor(w.Division) }

// Citizen is the holder of the receipt, or a visitor.
func (w *World) Citizen(receipt string) people.Actor { return people.CitizenActor(w.Division, receipt) }

// Photo is a picture taken at the place, now.
func (w *World) Photo(field string, at procedure.Point) engine.Upload {
	sum := fmt.Sprintf("%064x", w.Clock.Now().UnixNano())
	return engine.Upload{Field: field, Name: "photo.jpg", Mime: "image/jpeg", SHA256: sum, Size: 1, Taken: w.Clock.Now(), At: &at}
}

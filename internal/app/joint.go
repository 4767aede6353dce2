package app

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/board"
	"xiucheng/internal/duties/enforcement/entry"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/joint/operation"
	jointweb "xiucheng/internal/duties/joint/web"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// joint are the rooms of joint operations.
type joint struct {
	operations *operation.Room
	pages      *jointweb.Room
}

func (a *App) goTogether() {
	now := func() *engine.Engine { return a.engine }
	a.joint.operations = operation.New(operation.Deps{DB: a.db, Engine: now, Directory: a.people.Directory, Settings: a.packs.Settings, Inspected: entered, Violations: a.violations})
	a.joint.pages = jointweb.New(jointweb.Deps{DB: a.db, Engine: now, Operations: a.joint.operations, Directory: a.people.Directory, Places: a.places, Photos: a.photos,
		Press: a.papers.Press, Clock: a.clk})
	a.over.board.Lessons = func(ctx context.Context, division id.ID, from, to time.Time) (out []board.Lesson, err error) {
		list, err := a.joint.operations.Lessons(ctx, division, from, to)
		for _, l := range list {
			out = append(out, board.Lesson(l))
		}
		return out, err
	}
}

// readers say who may open a case of a duty, beside those who read cases of all
// duties.
var readers = map[string]func(people.Actor, *engine.Snapshot) bool{operation.Procedure: operation.Reads}

// violations names those of the law library.
func (a *App) violations(ctx context.Context, division id.ID) (map[string]i18n.Text, error) {
	lib, err := a.library.Library(ctx, division)
	if err != nil {
		return nil, err
	}
	out := map[string]i18n.Text{}
	for _, v := range lib.Violations() {
		out[v.Code] = i18n.Text{ZH: v.Code + " " + v.Name.ZH, EN: v.Code + " " + v.Name.EN}
	}
	return out, nil
}

// entered counts the inspections that entered the business between two
// instants.
func entered(ctx context.Context, q dbx.Querier, division id.ID, code string, from, to time.Time) (int, error) {
	keys, err := holders(ctx, q, division, code)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	return entry.Count(ctx, q, division, id.ID{}, keys, from, to)
}

// operated counts the joint operations that checked the party between two
// instants.
func (a *App) operated(ctx context.Context, q dbx.Querier, division id.ID, party string, from, to time.Time) (int, error) {
	return operation.Checked(ctx, q, division, id.ID{}, from, to, func(code string) (bool, error) {
		keys, err := holders(ctx, q, division, code)
		return slices.Contains(keys, party), err
	})
}

// holders are the parties with the credit code.
func holders(ctx context.Context, q dbx.Querier, division id.ID, code string) (out []string, err error) {
	if !register.CreditCode(code) {
		return nil, nil
	}
	list, err := enfparty.Search(ctx, q, division, code, 1)
	for _, p := range list {
		out = append(out, p.ID.String())
	}
	return out, err
}

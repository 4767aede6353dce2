package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/board"
	"xiucheng/internal/duties/enforcement/dossier"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/joint/operation"
	jointweb "xiucheng/internal/duties/joint/web"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
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
func entered(ctx context.Context, q dbx.Querier, division id.ID, code string, from, to time.Time) (n int, err error) {
	parties, err := enfparty.Search(ctx, q, division, code, 1)
	if err != nil || len(parties) == 0 || !register.CreditCode(code) {
		return 0, err
	}
	f := record.Filter{Procedures: []string{dossier.Inspection}, Sort: record.ByOpened, OpenedFrom: clock.Micro(from.AddDate(-1, 0, 0)), Limit: 500}
	for {
		page, err := record.List(ctx, q, division, f)
		if err != nil {
			return 0, err
		}
		cases := make([]id.ID, len(page.Rows))
		for i, r := range page.Rows {
			cases[i] = r.ID
		}
		err = record.Data(ctx, q, division, cases, func(_ id.ID, data map[string]json.RawMessage) error {
			var of string
			var at int64
			when := data["entered_at"]
			same := json.Unmarshal(data["party_ref"], &of) == nil && slices.ContainsFunc(parties, func(p enfparty.Party) bool { return p.ID.String() == of })
			if same && when != nil && json.Unmarshal(when, &at) == nil && at >= clock.Micro(from) && at < clock.Micro(to) {
				n++
			}
			return nil
		})
		if f.After = page.Next; err != nil || page.Next == "" {
			return n, err
		}
	}
}

package hotline

import (
	"context"
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// result takes what the hotline heard when it called back: it is kept with the
// order, rates the closing, and objects where the caller says it is not solved
// and the time to object runs.
func (r *Room) result(ctx context.Context, actor people.Actor, m *history.Mapping, raw history.Line, dry bool) (a Answer, err error) {
	v, err := values(m, raw)
	if err != nil {
		return a, err
	}
	at, err := m.At("at", raw.Cells)
	if err != nil {
		return a, err
	}
	stars, err := strconv.Atoi("0" + v["stars"])
	if err != nil || stars > 5 || v["solved"] != "" && v["solved"] != "yes" && v["solved"] != "no" || stars == 0 && v["solved"] == "" {
		return a, bad("hotline.result_bad")
	}
	o, err := r.Find(ctx, actor.Division, v["id"])
	if fault.Is(err, fault.NotFound) || err == nil && o.Case.IsZero() {
		return a, bad("hotline.order_unknown")
	} else if err != nil {
		return a, err
	}
	a = Answer{Outcome: Fine, Case: o.Now.String(), Title: o.Title}
	sum := digest(Results, v)
	fresh, err := r.first(ctx, actor.Division, sum)
	if err != nil || !fresh {
		a.Outcome = Known
		return a, err
	}
	if dry {
		return a, nil
	}
	if at.IsZero() {
		at = r.Clock.Now()
	}
	if err := r.calledBack(ctx, o, at, v["solved"], stars, v["comment"]); err != nil {
		return a, err
	}
	if a.Outcome, a.Why, err = r.react(ctx, o, v["solved"], stars, v["comment"]); err != nil {
		return a, err
	}
	return a, r.remember(ctx, actor.Division, sum)
}

func (r *Room) calledBack(ctx context.Context, o Order, at time.Time, solved string, stars int, comment string) error {
	now := clock.Micro(r.Clock.Now())
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE hotline_order SET called_back = $1, solved = $2, stars = $3, comment = $4, changed = $5 WHERE division = $6 AND no = $7`,
			micro(at), solved, stars, clip(comment, 500), now, o.Division, o.No)
		return err
	})
}

// react rates and objects by the rules of those steps; a refusal of the last
// one tried is told, and nothing else is changed by it.
func (r *Room) react(ctx context.Context, o Order, solved string, stars int, comment string) (outcome string, why i18n.Text, err error) {
	outcome = Noted
	caller := people.SpokenFor(o.Division, o.Party, Speaker)
	try := func(step, done string, in procedure.Input) error {
		_, err := r.Engine.Act(ctx, engine.Act{Case: o.Now, Step: step, Actor: caller, Input: in})
		switch {
		case err == nil:
			outcome, why = done, i18n.Text{}
		case ours(err):
			why = r.words(err)
		default:
			return err
		}
		return nil
	}
	if stars > 0 {
		in := procedure.Input{"stars": int64(stars), "comment": clip(comment, 200)}
		if solved != "" {
			in["solved"] = solved == "yes"
		}
		if err := try("rate", Rated, in); err != nil {
			return outcome, why, err
		}
	}
	if solved == "no" {
		if comment == "" {
			comment = r.Words.Text("hotline.not_solved").ZH
		}
		err = try("object", Objected, procedure.Input{"reason": "not_fixed", "explain": comment})
	}
	return outcome, why, err
}

// acknowledged takes the hotline's answer to an order of the latest export that
// held it: a rejected one is told again with the next.
func (r *Room) acknowledged(ctx context.Context, actor people.Actor, m *history.Mapping, raw history.Line, dry bool) (a Answer, err error) {
	v, err := values(m, raw)
	if err != nil {
		return a, err
	}
	if v["taken"] != "yes" && v["taken"] != "no" {
		return a, bad("hotline.answer_bad")
	}
	answer := map[string]string{"yes": "taken", "no": "rejected"}[v["taken"]]
	var n int64
	var had, reason string
	err = r.DB.QueryRow(ctx, `SELECT n, answer, reason FROM hotline_export_row WHERE division = $1 AND no = $2 ORDER BY n DESC LIMIT 1`, actor.Division, v["id"]).Scan(&n, &had, &reason)
	switch {
	case fault.Is(err, fault.NotFound):
		return a, bad("hotline.never_told")
	case err != nil:
		return a, err
	case had == answer && reason == v["reason"]:
		return Answer{Outcome: Known}, nil
	case dry:
		return Answer{Outcome: Fine}, nil
	}
	now := clock.Micro(r.Clock.Now())
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE hotline_export_row SET answer = $1, reason = $2 WHERE division = $3 AND n = $4 AND no = $5`,
			answer, clip(v["reason"], 500), actor.Division, n, v["id"]); err != nil || answer == "taken" {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE hotline_order SET told = '', changed = $1 WHERE division = $2 AND no = $3`, now, actor.Division, v["id"])
		return err
	})
	return Answer{Outcome: Noted}, err
}

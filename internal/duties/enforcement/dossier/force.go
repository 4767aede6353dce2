package dossier

import (
	"strconv"
	"time"

	"xiucheng/internal/ground/calendar"
)

// force are the facts of enforcement by the agency's own hand.
var force = map[string]question{
	"quiet":    asking.quiet,
	"invoiced": func(a asking) (any, error) { return a.sum("invoices"), nil },
}

// quiet is whether the act falls into the night or on a statutory holiday, when
// nothing is enforced (CL 43).
func (a asking) quiet() (any, error) {
	at := a.Now
	for _, name := range []string{"start_at", "exec_at"} {
		if t, ok := a.Input[name].(time.Time); ok {
			at = t
		}
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	hour := at.In(calendar.Zone).Hour()
	if hour >= set.Int("night.from") || hour < set.Int("night.to") {
		return true, nil
	}
	cal, err := a.Calendar(a.ctx, a.Snapshot.Division, calendar.Desk)
	if err != nil {
		return nil, err
	}
	return cal.Holiday(calendar.DateOf(at)), nil
}

// sum is what the rows of a form add up to.
func (a asking) sum(field string) (n int64) {
	rows, _ := a.value(field).([]map[string]string)
	for _, r := range rows {
		fen, _ := strconv.ParseInt(r["amount"], 10, 64)
		n += fen
	}
	return n
}

// forceWords are what the papers of enforcement by one's own hand name.
var forceWords = map[string]func(saying) map[string]any{
	"P40": func(s saying) map[string]any {
		kind := "own"
		if s.After.Procedure == "enf.substitute" {
			kind = "substitute"
		}
		return map[string]any{"kind": kind}
	},
	"P52": func(s saying) map[string]any { return map[string]any{"start_at": s.After.Data["start_at"]} },
	"P66": func(s saying) map[string]any {
		if s.After.State == "susp" {
			return map[string]any{"kind": "suspend"}
		}
		return map[string]any{"kind": or(kindsOf66[s.Step.ID], kinds[s.Step.ID])}
	},
}

// kindsOf66 are the steps that let go on what was suspended.
var kindsOf66 = map[string]string{"b_resume": "resume", "i_resume": "resume"}

package dossier

import (
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
)

// money are the facts of what a party owes.
var money = map[string]question{
	"surcharge":      func(a asking) (any, error) { fen, _ := a.surcharge(); return int64(fen), nil },
	"surcharge_days": func(a asking) (any, error) { _, days := a.surcharge(); return days, nil },
	"owed":           func(a asking) (any, error) { return int64(a.owed()), nil },
	"plan_ok":        asking.planOK,
	"plan_due":       asking.planDue,
	"court_end":      asking.courtEnd,
}

// courtMonths is how long the court may be asked (CL 53).
const courtMonths = 3

// courtEnd is the end of the time to ask the court, counted from the later end
// of the remedy terms. In a year without a table of holidays no clock expires by
// itself, so none started the three months.
func (a asking) courtEnd() (any, error) {
	var last calendar.Date
	for _, name := range []string{"recon60", "suit6m"} {
		if c := a.Snapshot.Clock(name); c != nil {
			last = max(last, calendar.DateOf(clock.FromMicro(c.Due).Add(-time.Minute)))
		}
	}
	if last == 0 {
		return nil, nil
	}
	return law.Months(last, courtMonths).End(), nil
}

// due is the last day to pay without surcharge, 0 while there is none.
func due(s *engine.Snapshot) calendar.Date {
	c := s.Clock("pay15")
	if c == nil {
		return 0
	}
	return calendar.DateOf(clock.FromMicro(c.Due).Add(-time.Minute))
}

// free are the times without surcharge: remedies, deferrals, stays, suspensions
// and agreements, as the steps wrote them down.
func free(s *engine.Snapshot) (out []law.Pause) {
	rows, _ := s.Data["free"].([]map[string]string)
	for _, r := range rows {
		from, err := calendar.ParseDate(r["from"])
		if err != nil {
			continue
		}
		to, _ := calendar.ParseDate(r["to"]) // none: it goes on
		out = append(out, law.Pause{From: from, To: to})
	}
	return out
}

// surcharge is what is owed besides the fine up to the day of the payment in the
// form, else up to today (PL 72(1), 73). Nothing, where the decision did not
// announce it (CL 45).
func (a asking) surcharge() (law.Fen, int64) {
	last := due(a.Snapshot)
	if a.Snapshot.Text("surcharge_told") != "yes" || last == 0 {
		return 0, 0
	}
	day := a.day("paid_on")
	if day == 0 {
		day = calendar.DateOf(a.Now)
	}
	pauses := free(a.Snapshot)
	return law.Surcharge(a.proposed().fen("fine"), last, pauses, day), law.SurchargeDays(last, pauses, day)
}

// principal is the money of the decision that is not paid.
func (a asking) principal() law.Fen {
	told := a.proposed()
	return told.fen("fine") + told.fen("gains") - told.fen("paid")
}

// owed is the principal and the surcharge, which stands still once the principal
// is paid.
func (a asking) owed() law.Fen {
	told, extra := a.proposed(), law.Fen(0)
	if extra = told.fen("surcharge"); a.principal() > 0 {
		extra, _ = a.surcharge()
	}
	return a.principal() + extra - told.fen("relief")
}

func (a asking) plan() (out []law.Instalment) {
	rows, _ := a.value("plan").([]map[string]string)
	for _, r := range rows {
		day, err := calendar.ParseDate(r["date"])
		if err != nil {
			continue
		}
		fen, _ := strconv.ParseInt(r["amount"], 10, 64)
		out = append(out, law.Instalment{Due: day, Amount: law.Fen(fen)})
	}
	return out
}

// planOK holds a plan against what is owed and against the day it must be over.
func (a asking) planOK() (any, error) {
	plan, until := a.plan(), a.day("until")
	if until == 0 && len(plan) > 0 {
		until = plan[len(plan)-1].Due
	}
	return len(law.CheckPlan(plan, a.principal(), until)) == 0 && plan[0].Due >= calendar.DateOf(a.Now), nil
}

// planDue is the end of the first instalment that the payments, with that of the
// form, do not cover.
func (a asking) planDue() (any, error) {
	plan := a.plan()
	var sum law.Fen
	for _, x := range plan {
		sum += x.Amount
	}
	amount, _ := a.Input["amount"].(int64)
	paid := sum - a.principal() + law.Fen(amount)
	for _, x := range plan {
		if paid -= x.Amount; paid < 0 {
			return x.Due.End(), nil
		}
	}
	return nil, nil
}

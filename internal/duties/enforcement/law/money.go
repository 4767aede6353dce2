package law

import (
	"slices"

	"xiucheng/internal/ground/calendar"
)

// Pause is a time in which no surcharge accrues — a remedy (PL 73 para 3), a
// deferral, a stay, a suspension (CL 39): the days from From until the day
// before To. To 0 is still running.
type Pause struct{ From, To calendar.Date }

func (p Pause) holds(d calendar.Date) bool { return p.From <= d && (p.To == 0 || d < p.To) }

// perCentADay is the surcharge of PL 72(1).
const perCentADay = 3

// SurchargeDays is how many days count: those after the due day up to and with
// the day of payment, less the paused ones, each once.
func SurchargeDays(due calendar.Date, pauses []Pause, day calendar.Date) (n int64) {
	for d := due + 1; d <= day; d++ {
		if !slices.ContainsFunc(pauses, func(p Pause) bool { return p.holds(d) }) {
			n++
		}
	}
	return n
}

// Surcharge is what a late payer owes besides the fine when paying on the day:
// three per cent of the fine a day, never more than the fine (PL 72(1), CL 45
// para 2). Parts of a fen are dropped.
func Surcharge(fine Fen, due calendar.Date, pauses []Pause, day calendar.Date) Fen {
	if fine <= 0 {
		return 0
	}
	n := min(SurchargeDays(due, pauses, day), 100/perCentADay+1) // the cap is reached
	return min(fine, fine*perCentADay*Fen(n)/100)
}

// Instalment is one payment of a plan (PL 66 para 2).
type Instalment struct {
	Due    calendar.Date
	Amount Fen
}

// CheckPlan lists what is wrong with a plan for the money still owed: it must
// add up, its days come one after the other, each amount is above nothing, and
// the last day is not after until.
func CheckPlan(plan []Instalment, owed Fen, until calendar.Date) (out []Reason) {
	if len(plan) == 0 {
		return []Reason{because("N75", "plan.empty")}
	}
	var sum Fen
	for i, x := range plan {
		sum += x.Amount
		if x.Amount <= 0 {
			out = append(out, because("N75", "plan.amount", "n", i+1))
		}
		if i > 0 && x.Due <= plan[i-1].Due {
			out = append(out, because("N75", "plan.order", "n", i+1))
		}
	}
	if sum != owed {
		out = append(out, because("N75", "plan.sum", "sum", sum.Yuan(), "owed", owed.Yuan()))
	}
	if last := plan[len(plan)-1].Due; last > until {
		out = append(out, because("N75", "plan.until", "date", until.String()))
	}
	return out
}

// Missed is the first instalment that was due before the day and is not covered
// by what was paid in all; none is false. One missed instalment ends the plan.
func Missed(plan []Instalment, paid Fen, day calendar.Date) (Instalment, bool) {
	var owed Fen
	for _, x := range plan {
		owed += x.Amount
		if x.Due < day && paid < owed {
			return x, true
		}
	}
	return Instalment{}, false
}

package money

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Kinds of entries of a ledger.
const (
	Fine      = "fine"
	Gains     = "gains" // illegal gains that are confiscated
	Surcharge = "surcharge"
	Paid      = "paid"
	Refunded  = "refunded"
)

// Entry is one line of a ledger.
type Entry struct {
	On     calendar.Date
	What   string
	Amount int64 // fen
	Ref    string
	Who    string
}

// Ledger is what a case owes and what was paid. Balance is owed by the party
// above nothing, to the party below.
type Ledger struct {
	Fine, Gains    int64 // fen
	Surcharge      int64 // fen, without what was relieved (CL 42)
	Paid, Refunded int64 // fen
	Entries        []Entry
	Plan           []Stage
	Runs           bool // a surcharge accrues today
	Stopped        bool // it would, but a remedy, a deferral or a stay stops it (PL 73 para 3)
}

// Due is fine, gains and surcharge.
func (l Ledger) Due() int64 { return l.Fine + l.Gains + l.Surcharge }

// Balance is what is still owed; below nothing, too much was paid.
func (l Ledger) Balance() int64 { return l.Due() - l.Paid + l.Refunded }

// Refundable is the most that can be paid back: never more than came in.
func (l Ledger) Refundable() int64 { return l.Paid - l.Refunded }

// sum of the entries of a kind.
func (l Ledger) sum(what string) (n int64) {
	for _, e := range l.Entries {
		if e.What == what {
			n += e.Amount
		}
	}
	return n
}

// Balanced reports whether the entries are the totals: what the case says and
// what happened to it are the same.
func (l Ledger) Balanced() bool {
	return l.sum(Fine) == l.Fine && l.sum(Gains) == l.Gains && l.sum(Surcharge) == l.Surcharge && l.sum(Paid) == l.Paid && l.sum(Refunded) == l.Refunded
}

// Stage is one instalment of a plan and what became of it.
type Stage struct {
	law.Instalment
	Covered int64 // fen of it that are paid
	Missed  bool
}

// Full reports whether the instalment is paid.
func (s Stage) Full() bool { return s.Covered >= int64(s.Amount) }

// stages lays what was paid over a plan, the first instalment first.
func stages(plan []law.Instalment, paid int64, today calendar.Date) (out []Stage) {
	for _, x := range plan {
		got := max(0, min(paid, int64(x.Amount)))
		paid -= got
		out = append(out, Stage{Instalment: x, Covered: got, Missed: x.Due < today && got < int64(x.Amount)})
	}
	return out
}

// Ledger reads what a case owes.
func (m *Room) Ledger(ctx context.Context, s *engine.Snapshot) (l Ledger, err error) {
	defer fault.Trace(&err, "money.Ledger(%s)", s.ID)
	amount := func(name string) int64 { n, _ := s.Data[name].(int64); return n }
	day := func(name string) calendar.Date {
		if t, ok := s.Data[name].(time.Time); ok {
			return calendar.DateOf(t)
		}
		return 0
	}
	l.Paid = amount("paid")
	if d := day("decided_on"); d != 0 {
		l.Fine, l.Gains, l.Surcharge = amount("fine"), amount("gains"), max(0, amount("surcharge")-amount("relief"))
		l.Entries = append(l.Entries, Entry{On: d, What: Fine, Amount: l.Fine})
		if l.Gains > 0 {
			l.Entries = append(l.Entries, Entry{On: d, What: Gains, Amount: l.Gains})
		}
	}
	paid, err := m.payments(ctx, s)
	if err != nil {
		return l, err
	}
	l.Entries = append(l.Entries, paid...)
	if l.Surcharge > 0 {
		last := day("decided_on")
		if len(paid) > 0 {
			last = paid[len(paid)-1].On
		}
		l.Entries = append(l.Entries, Entry{On: last, What: Surcharge, Amount: l.Surcharge})
	}
	back, err := refunds(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return l, err
	}
	l.Entries = append(l.Entries, back...)
	l.Refunded = l.sum(Refunded)
	slices.SortStableFunc(l.Entries, func(a, b Entry) int { return int(a.On) - int(b.On) })
	today := calendar.DateOf(m.Clock.Now())
	l.Plan = stages(planOf(s), l.Paid, today)
	if c := s.Clock("surch"); c != nil {
		l.Runs, l.Stopped = c.State == "running", c.State == "paused"
	}
	return l, nil
}

// planOf are the instalments that were approved; none where the case has none.
func planOf(s *engine.Snapshot) (out []law.Instalment) {
	rows, _ := s.Data["plan"].([]map[string]string)
	for _, r := range rows {
		due, err := calendar.ParseDate(r["date"])
		n, bad := strconv.ParseInt(r["amount"], 10, 64) // rows hold money in fen
		if err == nil && bad == nil {
			out = append(out, law.Instalment{Due: due, Amount: law.Fen(n)})
		}
	}
	return out
}

// payments are the accepted steps of the case that took money: those whose form
// asks for an amount and a receipt.
func (m *Room) payments(ctx context.Context, s *engine.Snapshot) (out []Entry, err error) {
	events, err := record.Timeline(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	recalled := map[int64]bool{}
	for _, t := range s.Log {
		recalled[t.Seq] = t.Recalled
	}
	for _, e := range events {
		step := s.Proc.Named(e.Step)
		ref := receiptOf(step)
		if ref == "" || recalled[e.Seq] {
			continue
		}
		b, err := e.Read()
		if err != nil {
			return nil, err
		}
		x := Entry{On: calendar.DateOf(clock.FromMicro(e.At)), What: Paid, Who: b.Actor.Name}
		for name, raw := range b.Input {
			f := step.FieldOf(name)
			if f == nil {
				continue
			}
			v, err := f.Decode(raw)
			if err != nil {
				return nil, err
			}
			switch v := v.(type) {
			case int64:
				if name == "amount" {
					x.Amount = v
				}
			case time.Time:
				if name == "paid_on" {
					x.On = calendar.DateOf(v)
				}
			case string:
				if name == ref {
					x.Ref = v
				}
			}
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return int(a.On) - int(b.On) })
	return out, nil
}

// receiptOf is the field of a step that takes money in which its receipt stands;
// "" of any other step.
func receiptOf(step *procedure.Step) string {
	if step == nil {
		return ""
	}
	if f := step.FieldOf("amount"); f == nil || f.Type != field.Money {
		return ""
	}
	for _, name := range []string{"receipt", "receipt_no"} {
		if step.FieldOf(name) != nil {
			return name
		}
	}
	return ""
}

func refunds(ctx context.Context, q dbx.Querier, division, caseID id.ID) ([]Entry, error) {
	rows, err := q.Query(ctx, `SELECT amount, basis, ref, paid_on, author FROM refund WHERE division = $1 AND case_id = $2 ORDER BY id`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (e Entry, err error) {
		var basis, ref, day string
		e.What = Refunded
		if err = r.Scan(&e.Amount, &basis, &ref, &day, &e.Who); err != nil {
			return e, err
		}
		e.Ref = strings.TrimSpace(basis + " " + ref)
		e.On, err = calendar.ParseDate(day)
		return e, err
	})
}

// Refund is money that was paid back.
type Refund struct {
	Amount             int64 // fen
	Basis, Reason, Ref string
	PaidOn             calendar.Date
}

// Refund records what was paid back. Finance alone may, and nobody who
// investigated or decided the case (N36); more than came in is Invalid. The case's
// timeline says it, too.
func (m *Room) Refund(ctx context.Context, actor people.Actor, s *engine.Snapshot, in Refund) (err error) {
	defer fault.Trace(&err, "money.Refund(%s)", s.ID)
	if err := actor.Require(s.Division, Finance); err != nil {
		return err
	}
	for _, t := range s.Log {
		if (s.Proc.InGroup(t.Step, "investigation") || s.Proc.InGroup(t.Step, "decision")) && t.By(actor.Account.String()) {
			return fault.New(fault.Forbidden, "money.N36")
		}
	}
	l, err := m.Ledger(ctx, s)
	if err != nil {
		return err
	}
	bad := fault.New(fault.Invalid, "form.refused")
	if in.Amount <= 0 || in.Amount > l.Refundable() {
		bad.Field("amount", "money.refundable", "most", yuan(l.Refundable()))
	}
	if today := calendar.DateOf(m.Clock.Now()); in.PaidOn == 0 || in.PaidOn > today {
		bad.Field("paid_on", "money.day")
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	now, key := m.Clock.Now(), id.New()
	text := "退款" + yuan(in.Amount) + "元，依据：" + in.Basis + "；" + in.Reason
	if _, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Version: s.Version, Step: "note", Actor: actor, Input: procedure.Input{"text": text, "visibility": "internal"}}); err != nil {
		return err
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO refund (division, id, case_id, amount, basis, reason, paid_on, ref, at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			s.Division, key, s.ID, in.Amount, in.Basis, in.Reason, in.PaidOn.String(), in.Ref, clock.Micro(now), actor.Name)
		return err
	})
}

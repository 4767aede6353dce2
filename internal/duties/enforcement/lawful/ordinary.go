package lawful

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	wall "xiucheng/internal/platform/clock"
)

// happening is one event of a timeline with the case as it left it.
type happening struct {
	record.Body
	data   map[string]any
	clocks map[string]clock.Clock
	rule   law.Rule // that the case has, zero when it has none
}

// timeline replays events: what the invariants of a procedure look at.
func timeline(events []record.Body, rule func(string) law.Rule) (out []happening, err error) {
	data, clocks := map[string]any{}, map[string]clock.Clock{}
	for _, b := range events {
		next := happening{Body: b, data: map[string]any{}, clocks: map[string]clock.Clock{}}
		for k, raw := range b.Data {
			var v any
			if err := json.Unmarshal(raw, &v); err != nil {
				return nil, err
			}
			data[k] = v
		}
		if b.AllClocks {
			clear(clocks)
		}
		for _, k := range b.Clocks {
			clocks[k.ID] = k
		}
		maps.Copy(next.data, data)
		maps.Copy(next.clocks, clocks)
		if rule != nil {
			next.rule = rule(next.text("rule"))
		}
		out = append(out, next)
	}
	return out, nil
}

func (x happening) text(name string) string { s, _ := x.data[name].(string); return s }
func (x happening) flag(name string) bool   { b, _ := x.data[name].(bool); return b }
func (x happening) fen(name string) int64   { f, _ := x.data[name].(float64); return int64(f) }

// day is a date of the case, 0 for none.
func (x happening) day(name string) calendar.Date {
	at, ok := x.data[name].(float64)
	if !ok {
		return 0
	}
	return calendar.DateOf(wall.FromMicro(int64(at)))
}

func (x happening) list(name string) (out []string) {
	l, _ := x.data[name].([]any)
	for _, v := range l {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

func (x happening) input(name string) string {
	var s string
	_ = json.Unmarshal(x.Input[name], &s)
	return s
}

// over reports whether the clock's term had ended when the event happened.
func (x happening) over(clock string) bool {
	c, ok := x.clocks[clock]
	return ok && x.At > c.Due
}

// people are who took the step.
func (x happening) people() (out []string) {
	out = append(out, x.Actor.Account)
	for _, o := range x.Officers {
		out = append(out, o.Account)
	}
	return out
}

var investigating = []string{"lead_check", "file_propose", "svy_inspect", "inv_question", "inv_collect", "inv_sample", "inv_verify", "inv_conclude"}

// since is the last of the steps before the n-th event; -1 for none.
func since(list []happening, n int, steps ...string) int {
	for i := n - 1; i >= 0; i-- {
		if slices.Contains(steps, list[i].Step) {
			return i
		}
	}
	return -1
}

// invariant is one thing that always holds of a dossier, at each of its events.
type invariant struct {
	says  string
	holds func(list []happening, n int) bool
}

// at looks only at events of the steps.
func at(holds func(list []happening, n int) bool, steps ...string) func([]happening, int) bool {
	return func(list []happening, n int) bool { return !slices.Contains(steps, list[n].Step) || holds(list, n) }
}

// ofOrdinary are the invariants of a penalty by the ordinary procedure.
var ofOrdinary = []invariant{
	{"1 the party was told before the decision, and a waiver came after", at(func(l []happening, n int) bool {
		return l[n].data["told_on"] != nil && since(l, n, "adj_notice") >= 0
	}, "dec_penalty", "adj_waive")},
	{"2 the decision comes after the statement period, or its waiver", at(func(l []happening, n int) bool {
		return l[n].flag("waived_statement") || l[n].over("stmt")
	}, "dec_penalty")},
	{"3 where a hearing was due the party was told, and its term is over or the hearing is", at(func(l []happening, n int) bool {
		return !l[n].flag("hearing_offered") || l[n].data["hear_on"] != nil && (l[n].flag("hearing_over") || l[n].over("hear5"))
	}, "dec_penalty")},
	{"4 a hearing that was asked for was held or ended, once", at(func(l []happening, n int) bool {
		asked, ended := since(l, n, "adj_hear_ask"), 0
		for i := max(asked, 0); i < n; i++ {
			if l[i].Step == "adj_hear_hold" || l[i].Step == "adj_hear_end" {
				ended++
			}
		}
		return !l[n].flag("hearing_asked") || ended == 1
	}, "dec_penalty")},
	{"5 a hearing is seven clear working days after its call was served", at(func(l []happening, n int) bool { return l[n].over("hearnotice7") }, "adj_hear_hold")},
	{"6 who hears, reviews or votes did not investigate", at(func(l []happening, n int) bool {
		who := append(l[n].people(), l[n].text("host"), l[n].text("hear_rec"))
		if l[n].Step != "adj_hear_hold" {
			who = l[n].people()
		}
		var voters []string
		_ = json.Unmarshal(l[n].Input["voters"], &voters)
		for i := range n {
			if slices.Contains(investigating, l[i].Step) && slices.ContainsFunc(l[i].people(), func(p string) bool { return slices.Contains(append(who, voters...), p) }) {
				return false
			}
		}
		return true
	}, "adj_hear_hold", "adj_legal", "adj_panel", "dec_penalty")},
	{"7 two officers meet the party", at(func(l []happening, n int) bool { return len(l[n].people()) >= 2 },
		"lead_check", "svy_inspect", "inv_question", "inv_sample", "adj_statement", "adj_waive", "exe_onsite", "exe_correct", "exe_demand_say")},
	{"8 every statement is answered before the decision", at(func(l []happening, n int) bool {
		return since(l, n, "adj_statement") <= since(l, n, "adj_reexam") && !l[n].flag("statement_open")
	}, "dec_penalty")},
	{"9 the decision is not heavier than the notice", at(func(l []happening, n int) bool {
		return l[n].fen("fine") <= l[n].fen("told_fine") && l[n].fen("gains") <= l[n].fen("told_gains")
	}, "dec_penalty")},
	{"9 a heavier notice has new facts", at(func(l []happening, n int) bool {
		before := since(l, n, "adj_notice")
		return before < 0 || l[n].fen("fine") <= l[before].fen("fine") || since(l, n, "adj_renotice", "clo_reopen") > before
	}, "adj_notice")},
	{"10 a review passed, and no evidence came after it", at(func(l []happening, n int) bool {
		review := since(l, n, "adj_legal")
		return since(l, n, "adj_skip_legal") > review ||
			review >= 0 && l[review].text("review_result") != "return" && review > since(l, n, "inv_verify", "inv_collect", "inv_conclude")
	}, "dec_penalty")},
	{"11 a panel that was due met after the review", at(func(l []happening, n int) bool {
		review := since(l, n, "adj_legal", "adj_skip_legal")
		return review < 0 || l[review].To != "panel" || since(l, n, "adj_panel") > max(review, since(l, n, "adj_reexam"))
	}, "dec_penalty")},
	{"12 the decision is in time", at(func(l []happening, n int) bool {
		if c, ok := l[n-1].clocks["redo"]; ok && c.State == clock.Running {
			return l[n].At <= c.Due
		}
		return !l[n].over("decide90")
	}, "dec_penalty")},
	{"13 a run of a clock starts and stops once, and a pause never takes more than there was", func(l []happening, n int) bool {
		for _, k := range l[n].Clocks {
			was, known := clock.Clock{}, false
			if n > 0 {
				was, known = l[n-1].clocks[k.ID]
			}
			same := known && was.Run == k.Run
			if same && was.State == clock.Stopped && k.State != clock.Stopped || known && k.Run < was.Run || same && k.Started != was.Started || !same && k.State == clock.Paused {
				return false
			}
			if k.PausedAt > l[n].At || k.Left.Time < 0 || k.Left.Days < 0 {
				return false
			}
		}
		return true
	}},
	{"14 the rule was in force on the last day of the act or is on the day of the decision", at(func(l []happening, n int) bool {
		r := l[n].rule
		return r.ID == "" || r.InForce(l[n].day("act_end")) || r.InForce(calendar.DateOf(wall.FromMicro(l[n].At)))
	}, "dec_penalty")},
	{"16 the fine lies in the range of the rule, or there is a ground and the heads met", at(func(l []happening, n int) bool {
		r, fine := l[n].rule, law.Fen(l[n].fen("fine"))
		if r.ID == "" || !r.HasFine || r.PerUnit != "" || fine == 0 {
			return true
		}
		return fine <= r.Max && (fine >= r.Min || l[n].text("ground") != "" && since(l, n, "adj_panel") >= 0)
	}, "dec_penalty")},
	{"17 a surcharge never falls while the fine stands and no day of it turns out to be free", func(l []happening, n int) bool {
		if n == 0 || l[n].fen("surcharge") >= l[n-1].fen("surcharge") || slices.Contains([]string{"remedy_ended", "clo_annul", "clo_reopen"}, l[n].Step) {
			return true
		}
		set := n - 1 // when it was computed
		for set > 0 && l[set-1].fen("surcharge") == l[n-1].fen("surcharge") {
			set--
		}
		return l[n].counted() < l[set].counted()
	}},
	{"17 the surcharge never exceeds the fine", func(l []happening, n int) bool {
		return !l[n].flag("fined") || l[n].fen("surcharge") <= l[n].fen("fine")
	}},
	{"17 no surcharge for days inside a remedy, a deferral or a stay", func(l []happening, n int) bool {
		grew := n == 0 || l[n].fen("surcharge") > l[n-1].fen("surcharge")
		return !grew || l[n].fen("surcharge") <= l[n].fen("fine")*3*l[n].counted()/100
	}},
	{"18 no surcharge that the decision did not tell, nor before its term", func(l []happening, n int) bool {
		if l[n].fen("surcharge") == 0 {
			return true
		}
		return l[n].text("surcharge_told") == "yes" && l[n].over("pay15")
	}},
	{"19 cash has a fiscal receipt", at(func(l []happening, n int) bool { return l[n].input("receipt_no") != "" }, "exe_onsite")},
	{"20 the court is asked after the remedies and the demand, with no remedy open", at(func(l []happening, n int) bool {
		final := l[n].over("recon60") && l[n].over("suit6m") || since(l, n, "remedy_final") >= 0
		return final && l[n].over("dem10") && l[n].fen("remedies") == 0 && !l[n].flag("statement_open")
	}, "exe_court")},
	{"22 a period from service begins on its day", at(func(l []happening, n int) bool {
		var on int64
		if json.Unmarshal(l[n].Input["on"], &on) != nil {
			return false
		}
		for _, k := range l[n].Clocks {
			if k.State == clock.Running && slices.Contains([]string{"stmt", "hear5", "pay15", "recon60", "suit6m", "dem10"}, k.ID) &&
				calendar.DateOf(wall.FromMicro(k.Started)) != calendar.DateOf(wall.FromMicro(on)) {
				return false
			}
		}
		return on <= l[n].At
	}, "served")},
	{"23 no decision while a recusal is open", at(func(l []happening, n int) bool { return l[n].fen("recusals") == 0 }, "dec_penalty", "dec_none")},
	{"23 who is recused takes no further step", func(l []happening, n int) bool {
		return n == 0 || !slices.ContainsFunc(l[n].people(), func(p string) bool { return slices.Contains(l[n-1].list("recused"), p) })
	}},
	{"24 no excluded evidence carries a fact", at(func(l []happening, n int) bool {
		rows, _ := l[n].data["map"].([]any)
		for _, r := range rows {
			row, _ := r.(map[string]any)
			item, _ := row["item"].(string)
			if slices.Contains(l[n].list("excluded"), item) || !slices.Contains(l[n].list("evidence"), item) {
				return false
			}
		}
		return len(rows) > 0
	}, "inv_conclude")},
	{"25 nothing is decided about a suspected crime", at(func(l []happening, n int) bool {
		return !l[n].flag("crime_open") && since(l, n, "inv_crime_back") >= since(l, n, "inv_crime_hand")
	}, "dec_penalty")},
	{"26 nothing runs in a closed dossier but the archive, publication and remedies", func(l []happening, n int) bool {
		return l[n].To != "closed" && l[n].To != "archived" || !slices.ContainsFunc(slices.Collect(maps.Values(l[n].clocks)), func(k clock.Clock) bool {
			may := []string{"archive", "publish", "unpub3", "refund", "recon60", "suit6m"}
			return k.State == clock.Running && (l[n].To == "archived" || !slices.Contains(may, k.ID)) && (k.Party != calendar.Citizen || k.Due >= l[n].At)
		})
	}},
	{"27 what is annulled is withdrawn and refunded, or the terms for it run", func(l []happening, n int) bool {
		if l[n].To != "annulled" {
			return true
		}
		runs := func(id string) bool { return l[n].clocks[id].State == clock.Running }
		return (!l[n].flag("published") || runs("unpub3")) && (l[n].fen("refunded") >= l[n].fen("refund") || runs("refund"))
	}},
	{"29 who is exempt is not fined", func(l []happening, n int) bool {
		return l[n].To != "decided" || l[n].text("exempted") == ""
	}},
}

// ordinary holds a penalty by the ordinary procedure against every invariant, at
// each of its events.
func ordinary(h History) error {
	list, err := timeline(h.Events, h.Rule)
	if err != nil {
		return err
	}
	for n := range list {
		for _, x := range ofOrdinary {
			if !x.holds(list, n) {
				return fmt.Errorf("event %d, %s: not %q", n+1, list[n].Step, x.says)
			}
		}
	}
	return replayed(h, list)
}

// counted are the days after the last term to pay up to the event, or to the
// payment it records, that are in none of the times without surcharge (PL 73).
func (x happening) counted() (days int64) {
	term, ok := x.clocks["pay15"]
	if !ok {
		return 0
	}
	rows, _ := x.data["free"].([]any)
	until := x.At
	_ = json.Unmarshal(x.Input["paid_on"], &until)
	for d := calendar.DateOf(wall.FromMicro(term.Due-1)) + 1; d <= calendar.DateOf(wall.FromMicro(until)); d++ {
		if !slices.ContainsFunc(rows, func(r any) bool {
			row, _ := r.(map[string]any)
			from, _ := row["from"].(string)
			to, _ := row["to"].(string)
			return from <= d.String() && (to == "" || d.String() < to)
		}) {
			days++
		}
	}
	return days
}

// replayed is an error unless the events give the case as it is: its state, its
// sums and what runs (invariant 30).
func replayed(h History, list []happening) error {
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1]
	if last.To != h.State {
		return fmt.Errorf("not %q: state %s", says30, last.To)
	}
	for _, sum := range []string{"fine", "gains", "surcharge", "paid", "refund", "refunded"} {
		if last.fen(sum) != h.fen(sum) {
			return fmt.Errorf("not %q: %s %d", says30, sum, last.fen(sum))
		}
	}
	for id, k := range last.clocks {
		if now := h.Clock(id); now == nil || now.State != k.State || now.Due != k.Due {
			return fmt.Errorf("not %q: clock %s", says30, id)
		}
	}
	return nil
}

const says30 = "30 the timeline replayed gives the case"

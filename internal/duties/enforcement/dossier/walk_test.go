package dossier

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx/dbtest"
)

// invariants of a case after each step, by procedure: what is wrong, "" if
// nothing is. They look at the timeline and the data alone.
var invariants = map[string]func(s *engine.Snapshot) string{"enf.simple": simpleHolds, "enf.substitute": substituteHolds, "enf.clear": clearHolds,
	"enf.build": buildHolds, "enf.remedy": remedyHolds}

// when is the last time the step was taken; zero is never.
func when(s *engine.Snapshot, step string) (at time.Time) {
	for _, x := range s.Log {
		if x.Step == step {
			at = x.At
		}
	}
	return at
}

func did(s *engine.Snapshot, step string) bool { return !when(s, step).IsZero() }

func fen(s *engine.Snapshot, field string) int64 { n, _ := s.Data[field].(int64); return n }

// pairs reports the first of the steps that one person took alone.
func pairs(s *engine.Snapshot, steps ...string) string {
	for _, x := range s.Log {
		if slices.Contains(steps, x.Step) && len(x.With) == 0 {
			return x.Step + " by one person"
		}
	}
	return ""
}

func first(problems ...string) string {
	for _, p := range problems {
		if p != "" {
			return p
		}
	}
	return ""
}

func unless(ok bool, problem string) string {
	if ok {
		return ""
	}
	return problem
}

func simpleHolds(s *engine.Snapshot) string {
	most := law.SpotCap(law.Citizen)
	if s.Text("party_kind") == "org" {
		most = law.SpotCap(law.Organisation)
	}
	over := []string{"annulled", "archived"}
	return first(
		unless(fen(s, "fine") <= int64(most), "a fine above the limit"),
		unless(!did(s, "s_decide") || did(s, "s_tell") && !when(s, "s_decide").Before(when(s, "s_tell")), "decided before the party was told"),
		pairs(s, "s_start", "s_tell", "s_say", "s_decide", "s_hand", "s_collect", "s_correct"),
		unless(fen(s, "cash") == 0 || s.Text("receipt_no") != "", "money without a receipt"),
		unless(fen(s, "cash") == 0 || did(s, "s_collect"), "money that nobody collected"),
		unless(!did(s, "s_close") || did(s, "s_file") && (fen(s, "cash") == 0 || did(s, "s_bank")), "closed before it was filed or the money paid in"),
		unless(fen(s, "gains") == 0, "a confiscation on the spot"),
		unless(s.State != "converted" || !did(s, "s_decide"), "converted after the decision"),
		unless(fen(s, "surcharge") <= fen(s, "fine") || slices.Contains(over, s.State), "a surcharge above the fine"),
		unless(!did(s, "s_court") || when(s, "s_court").After(when(s, "s_demand")), "before the court without a demand"))
}

func substituteHolds(s *engine.Snapshot) string {
	do := when(s, "b_do")
	return first(
		unless(do.IsZero() || did(s, "b_demand1") && did(s, "b_decide") && did(s, "b_demand2"), "performed without both demands and the decision"),
		unless(do.IsZero() || do.After(s.Clock("dm3").DueAt()), "performed before the last demand was over"),
		unless(do.IsZero() || !did(s, "b_comply"), "performed although the party complied"),
		pairs(s, "b_do", "b_finish", "b_comply"),
		unless(s.State != "paid" || did(s, "b_finish"), "costs of nothing"))
}

func clearHolds(s *engine.Snapshot) string {
	return first(
		unless(slices.Contains([]string{"road", "river", "waterway", "public"}, s.Text("where")), "cleared elsewhere"),
		unless(slices.Contains([]string{"spill", "obstacle", "pollutant"}, s.Text("thing")), "another thing cleared"),
		unless(s.State != "treated" || did(s, "j_tell"), "handled before the party was told"),
		pairs(s, "j_decide", "j_clear", "j_tell"))
}

func buildHolds(s *engine.Snapshot) string {
	do, enforce := when(s, "i_do"), when(s, "i_enforce")
	problem := first(
		unless(!did(s, "i_sealsite") || s.Data["m_seal"] == true, "sealed without the government's assignment"),
		unless(enforce.IsZero() || s.Data["m_demolish"] == true, "demolition without the government's assignment"),
		unless(enforce.IsZero() || did(s, "i_announce") && did(s, "i_demand") && did(s, "i_serve"), "demolition without decision, demand and announcement"),
		unless(do.IsZero() || !enforce.IsZero() && !do.Before(enforce), "pulled down before it was decided"),
		unless(!did(s, "i_stop") || s.Text("stage") == "building", "a finished building was stopped"),
		unless(fen(s, "fine")*100 < fen(s, "cost")*5 || fen(s, "fine") == 0 || s.Text("opinion_result") != "not_correctable", "a fine beside the demolition"),
		pairs(s, "i_find", "i_stop", "i_sealsite", "i_serve", "i_do"))
	if problem != "" || enforce.IsZero() {
		return problem
	}
	return unless(enforce.After(s.Clock("recon60").DueAt()) && enforce.After(s.Clock("suit6m").DueAt()), "demolition before the remedies ended")
}

func remedyHolds(s *engine.Snapshot) string {
	return first(
		unless(s.Data["spot"] != true || s.Text("kind") != "suit" || s.Data["recon_done"] == true, "a suit on the spot before reconsideration"),
		unless(!did(s, "m_defend") || s.Text("kind") == "suit", "a defence in reconsideration"),
		unless(!did(s, "m_on") || did(s, "m_decide"), "gone on from nothing"))
}

// careful fills what a walker cannot find out by trying.
func (b *bureau) careful(r *rand.Rand, s *engine.Snapshot, step *procedure.Step, f *field.Field) (any, bool) {
	if r.IntN(25) == 0 {
		return nil, false
	}
	now := b.Clock.Now()
	switch f.Name {
	case "violation":
		return "UM-002", true
	case "rule":
		return road, true
	case "told_fine", "fine", "amount":
		switch {
		case fen(s, "refund") > 0:
			return fen(s, "refund"), true
		case fen(s, "cost") > 0 && s.Procedure == "enf.build":
			return fen(s, "cost") * int64(r.IntN(3)) * 3 / 100, true
		case fen(s, "cost") > 0:
			return fen(s, "cost"), true
		case fen(s, "fine") > 0:
			return fen(s, "fine") + fen(s, "surcharge"), true
		}
		return int64(100_00), true
	case "start_at":
		return now.Add(-time.Minute), true
	case "found_at", "end_at", "act_at", "at", "on", "copy_on", "paid_on", "decided_on":
		return now, true
	case "served_on":
		if step.ID == "b_open" {
			return now.Add(-5 * 24 * time.Hour), true
		}
		return now, true
	case "term_end":
		return now.Add(-48 * time.Hour), step.ID == "b_open"
	case "exec_at":
		return noon(now), true
	case "term":
		return noon(now).AddDate(0, 0, 8), true
	case "receipt_no":
		return b.receipt(), true
	case "other_open", "complied", "can_clear", "camera":
		return r.IntN(4) == 0, true
	case "cost", "budget":
		return int64(1000_00), true
	case "invoices":
		return []map[string]string{{"number": "1", "amount": "100000"}}, true
	case "area":
		return []string{"planning", "planning", "planning", "village"}[r.IntN(4)], true
	}
	if f.Type == field.Bool {
		return r.IntN(10) > 0, true
	}
	if !f.Required && !f.Files() {
		return nil, r.IntN(4) == 0
	}
	return nil, false
}

func noon(t time.Time) time.Time {
	return calendar.DateOf(t).At(12 * 60)
}

// leads stands where the ordinary procedure begins: its own walk is another's.
const leads = `
procedure: enf.ordinary
version: 1
title: {zh: 线索, en: Leads}
basis: [test]
stages: [{id: all, name: {zh: 办理, en: Work}}]
states: [{id: lead, name: {zh: 线索, en: Lead}, stage: all, owner: [officer]}, {id: done, name: {zh: 完, en: Done}, stage: all, terminal: true}]
steps:
  - {id: end, name: {zh: 完, en: End}, from: [lead], to: [{state: done}], who: [officer], primary: true}
  - id: lead_register
    name: {zh: 登记, en: Register}
    from: [none]
    to: [{state: lead}]
    who: [officer]
    form:
      - {name: source, type: text, label: {zh: 来源, en: Source}}
      - {name: found_at, type: time, label: {zh: 时间, en: Found at}}
      - {name: place, type: place, label: {zh: 位置, en: Place}}
      - {name: address, type: text, label: {zh: 地点, en: Address}}
      - {name: violation, type: code, label: {zh: 行为, en: Violation}}
      - {name: clue, type: long, label: {zh: 线索, en: Lead}}
`

func TestTheProceduresOfTheStreetWalkAtRandom(t *testing.T) {
	procs, err := shippedProcedures()
	if err != nil {
		t.Fatal(err)
	}
	lead, err := procedure.Load("leads.yaml", []byte(leads), procedure.World{})
	if err != nil {
		t.Fatal(err)
	}
	procs = slices.Clone(procs)
	procs[slices.IndexFunc(procs, func(p *procedure.Procedure) bool { return p.ID == lead.ID })] = lead
	for i, name := range []string{"enf.simple", "enf.clear", "enf.build", "above"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t, dbtest.SQLite(t, migrations()...), procs...)
			b.party(law.Citizen, citizenNo)
			b.party(law.Organisation, orgNo)
			steps := 300
			if testing.Short() {
				steps = 200
			}
			p := procs[slices.IndexFunc(procs, func(p *procedure.Procedure) bool { return p.ID == name })]
			stats := enginetest.Walk{World: b.World, Procedure: p, Steps: steps, Seed: uint64(i), Here: here, Value: b.careful, Learning: true,
				After: func(t testing.TB, _, after *engine.Snapshot) {
					if holds := invariants[after.Procedure]; holds != nil {
						if problem := holds(after); problem != "" {
							t.Fatalf("%s in %s: %s, after %v", after.Procedure, after.State, problem, steplist(after.Log))
						}
					}
				}}.Run(t)
			t.Logf("%d cases ended, steps %v", stats.Ended, stats.Steps)
			t.Logf("refused by %v", stats.Refusals)
		})
	}
}

func steplist(log []rule.Taken) (out []string) {
	for _, x := range log {
		out = append(out, fmt.Sprint(x.Step, " ", x.At.In(calendar.Zone).Format("01-02 15:04")))
	}
	return out
}

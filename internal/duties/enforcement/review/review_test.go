package review

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/quick"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

func scheme(t testing.TB) *Scheme {
	t.Helper()
	dir, err := packs.FS("cn-base")
	if err != nil {
		t.Fatal(err)
	}
	list, err := Load(dir)
	if err != nil || len(list) == 0 {
		t.Fatal("no scheme", err)
	}
	return &list[0]
}

// full answers every item well.
func full(s *Scheme) (out Answers) {
	for _, x := range s.Items {
		out = append(out, Answer{Item: x.ID, Result: Met})
	}
	return out
}

func set(l Answers, result, points string, items ...string) Answers {
	l = slices.Clone(l)
	for i := range l {
		if slices.Contains(items, l[i].Item) {
			l[i].Result, l[i].Points = result, points
		}
	}
	return l
}

func TestTheSchemeAddsUpToAHundred(t *testing.T) {
	s := scheme(t)
	if got := s.Score(full(s)); got.Applicable != 100_00 || got.Total != 100_00 || len(s.Items) != 58 {
		t.Errorf("%d items, %s points apply, a full file scores %s", len(s.Items), got.Applicable, got.Total)
	}
}

func TestR1ToR3(t *testing.T) {
	s := scheme(t)
	// R1: no test, no hearing, correction inside the decision, no demand, no court.
	r1 := set(full(s), NA, "", "D04", "D09", "D10", "D07", "D12", "D13")
	r1 = set(r1, Part, "4", "D02")
	r1 = set(r1, Fault, "", "B01")
	if got := s.Score(r1); got.Applicable != 66_00 || got.Earned != 60_00 || got.Deduction != 3_00 || got.Total.String() != "92.45" {
		t.Errorf("R1: %s of %s, less %s: %s", got.Earned, got.Applicable, got.Deduction, got.Total)
	}
	if got := s.Score(set(r1, Fault, "", "V18")); got.Total != 0 || !slices.Equal(got.Veto, []string{"V18"}) {
		t.Errorf("R2: %v", got)
	}
	three := *s // the shipped deductions end at 20
	three.Items = append(slices.Clone(s.Items), Item{ID: "B15", Kind: Deduct, Points: "3"})
	s = &three
	r3 := set(full(s), Part, "0", "D02", "D03") // earned 80
	var every []string
	for _, x := range s.Items {
		if x.Kind == Deduct {
			every = append(every, x.ID)
		}
	}
	r3 = set(r3, Fault, "", every...)
	if got := s.Score(r3); got.Earned != 80_00 || got.Deduction != 23_00 || got.Total.String() != "70" {
		t.Errorf("R3: earned %s, deductions %s: %s", got.Earned, got.Deduction, got.Total)
	}
}

func TestScoresStayBetweenNothingAndAHundred(t *testing.T) {
	s := scheme(t)
	results := []string{Met, Part, Fault, NA}
	same := func(pick []uint8) bool {
		l := full(s)
		for i := range l {
			if len(pick) > 0 {
				x := pick[i%len(pick)] + uint8(i)
				l[i].Result, l[i].Points = results[x%4], fmt.Sprint(x%20)
			}
		}
		a, b := s.Score(l), s.Score(slices.Clone(l))
		return a.Total >= 0 && a.Total <= 100_00 && (len(a.Veto) == 0 || a.Total == 0) && a.Total == b.Total
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func TestKappa(t *testing.T) {
	pairs := func(n ...int) (out [][2]string) { // yes-yes, yes-no, no-yes, no-no
		for i, p := range [][2]string{{"y", "y"}, {"y", "n"}, {"n", "y"}, {"n", "n"}} {
			for range n[i] {
				out = append(out, p)
			}
		}
		return out
	}
	for _, x := range []struct {
		name  string
		pairs [][2]string
		want  float64
	}{{"the textbook's", pairs(20, 5, 10, 15), 0.4}, {"all alike", pairs(3, 0, 0, 0), 1}, {"by chance", pairs(5, 5, 5, 5), 0}} {
		if got, ok := Kappa(x.pairs); !ok || math.Abs(got-x.want) > 1e-9 {
			t.Errorf("%s: %v", x.name, got)
		}
	}
	if _, ok := Kappa(nil); ok {
		t.Error("agreement of nobody")
	}
}

func TestADrawCanBeRepeated(t *testing.T) {
	var files []Drawn
	for i := range 60 {
		files = append(files, Drawn{ID: id.New(), Unit: []string{"a", "a", "a", "b", "b", "c"}[i%6], Class: fmt.Sprint(i % 2)})
	}
	count := func(list []Drawn) map[string]int {
		out := map[string]int{}
		for _, f := range list {
			out[f.Unit]++
		}
		return out
	}
	for _, way := range []string{Random, ByUnit, ByClass} {
		one := Draw(files, "双色球2026131期", way, 12)
		back := slices.Clone(files)
		slices.Reverse(back)
		if two := Draw(back, "双色球2026131期", way, 12); !slices.Equal(one, two) || len(one) != 12 {
			t.Errorf("%s: the same seed draws other files", way)
		}
		if slices.Equal(one, Draw(files, "another", way, 12)) {
			t.Errorf("%s: every seed draws the same files", way)
		}
	}
	if got := count(Draw(files, "s", ByUnit, 12)); got["a"] != 6 || got["b"] != 4 || got["c"] != 2 {
		t.Errorf("stratified: %v", got)
	}
	if got := count(Draw(files, "s", ByUnit, 3)); len(got) != 3 {
		t.Errorf("a unit is left out: %v", got)
	}
	if got := Draw(files, "s", ByUnit, 99); len(got) != 60 {
		t.Errorf("%d of 60 files", len(got))
	}
}

// ordinary is the procedure of the files, read once.
var ordinary = sync.OnceValues(func() (*procedure.Procedure, error) {
	dir, err := packs.FS("cn-base")
	if err != nil {
		return nil, err
	}
	src, err := fs.ReadFile(dir, "procedures/enf.ordinary.yaml")
	if err != nil {
		return nil, err
	}
	return procedure.Load("enf.ordinary.yaml", src, procedure.World{})
})

// paperless is a file made of events alone.
func paperless(t *testing.T, events ...record.Body) *File {
	t.Helper()
	p, err := ordinary()
	if err != nil {
		t.Fatal(err)
	}
	f := &File{Snapshot: &engine.Snapshot{Proc: p, Data: map[string]any{"party": "甲", "act_end": day("2026-09-20"), "found_at": day("2026-09-20")}}}
	for i := range events {
		events[i].Seq = int64(i + 1)
	}
	f.Events = events
	return f
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func did(step, by string, more ...any) record.Body {
	b := record.Body{Step: step, Actor: record.Actor{Account: by, Name: by}, Input: map[string]json.RawMessage{}}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i] == "with" {
			b.Officers = []record.Actor{{Account: more[i+1].(string)}}
			continue
		}
		raw, err := json.Marshal(more[i+1])
		if err != nil {
			panic(err)
		}
		b.Input[more[i].(string)] = raw
	}
	return b
}

func TestWhatTheRecordDecides(t *testing.T) {
	look := did("svy_inspect", "o1", "with", "o2", "cert_shown", true, "rights_told", true, "end_at", 1, "sign", "x")
	told := did("served", "system", "paper", "P22")
	for _, x := range []struct {
		name, item, want string
		file             *File
	}{
		{"two officers", "V03", Met, paperless(t, look)},
		{"one officer", "V03", Fault, paperless(t, did("svy_inspect", "o1"))},
		{"no power seen", "V01", "", paperless(t)},
		{"filing approved", "V01", Met, paperless(t, did("file_approve", "h"))},
		{"a camera nobody reviewed", "V09", Fault, camera(paperless(t, did("lead_register", "c")))},
		{"no camera", "V09", NA, paperless(t)},
		{"not told", "V17", Fault, paperless(t, did("dec_penalty", "h"))},
		{"told", "V17", Met, paperless(t, told, did("dec_penalty", "h"))},
		{"no decision", "V17", NA, paperless(t)},
		{"a statement left alone", "V19", Fault, paperless(t, did("adj_reexam", "h"), did("adj_statement", "o1"))},
		{"a statement looked at", "V19", Met, paperless(t, did("adj_statement", "o1"), did("adj_reexam", "h"))},
		{"a hearing asked for", "V20", Fault, paperless(t, did("adj_hear_ask", "o1"))},
		{"a hearing held", "V20", Met, paperless(t, did("adj_hear_ask", "o1"), did("adj_hear_hold", "z"))},
		{"a host who investigated", "V21", Fault, paperless(t, look, did("adj_hear_hold", "o2"))},
		{"a discussion before the re-examination", "V22", Fault, paperless(t, did("adj_panel", "h"), did("adj_reexam", "u"), did("dec_penalty", "h"))},
		{"a discussion", "V22", Met, paperless(t, did("adj_reexam", "u"), did("adj_panel", "h"), did("dec_penalty", "h"))},
		{"an investigator votes", "V23", Fault, paperless(t, look, did("adj_panel", "h", "voters", []string{"h", "o2"}))},
		{"the heads vote", "V23", Met, paperless(t, look, did("adj_panel", "h", "voters", []string{"h", "u"}))},
		{"a review that was returned", "V24", Fault, paperless(t, did("adj_to_legal", "u"), did("adj_legal", "l", "result", "return"), did("dec_penalty", "h"))},
		{"a review that passed", "V24", Met, paperless(t, did("adj_to_legal", "u"), did("adj_legal", "l", "result", "pass"), did("dec_penalty", "h"))},
		{"a reviewer who investigated", "V25", Fault, paperless(t, look, did("adj_legal", "o1"))},
		{"an officer takes the money", "V29", Fault, paperless(t, look, did("exe_pay", "o2"))},
		{"finance takes the money", "V29", Met, paperless(t, look, did("exe_pay", "f"))},
		{"a crime left alone", "V30", Fault, paperless(t, did("inv_crime", "o1"))},
		{"certificates shown", "B09", Met, paperless(t, look)},
		{"certificates not shown", "B09", Fault, paperless(t, did("inv_question", "o1"))},
		{"signed", "B11", Met, paperless(t, look)},
		{"not signed", "B11", Fault, paperless(t, did("inv_question", "o1"))},
		{"the refusal is noted", "B11", Met, paperless(t, did("inv_question", "o1", "refused", true))},
		{"a record is missing", "D02", Fault, paperless(t)},
		{"no hearing", "D09", NA, paperless(t)},
		{"another name", "V04", Fault, named(paperless(t, did("file_propose", "o1")), "乙")},
		{"the same name", "V04", Met, named(paperless(t, did("file_propose", "o1")), "甲")},
		{"in time", "V16", Met, paperless(t, did("file_propose", "o1"))},
		{"too late", "V16", Fault, late(paperless(t, did("file_propose", "o1")))},
		{"heavier", "V14", Fault, fined(paperless(t, did("dec_penalty", "h")), 2, 1)},
		{"not heavier", "V14", Met, fined(paperless(t, did("dec_penalty", "h")), 1, 1)},
		{"R2, a day too early", "V18", Fault, until(paperless(t, did("dec_penalty", "h")), 10, 11)},
		{"after the period", "V18", Met, until(paperless(t, did("dec_penalty", "h")), 12, 11)},
		{"waived", "V18", Met, until(paperless(t, did("adj_waive", "o1"), did("dec_penalty", "h")), 10, 11)},
	} {
		if got := checks[x.item](x.file); got.Result != x.want {
			t.Errorf("%s: %s says %q, want %q", x.name, x.item, got.Result, x.want)
		}
	}
}

func camera(f *File) *File { f.Data["source"] = "camera"; return f }

func named(f *File, party string) *File { f.Papers = []Sheet{{"P29", 1, party, ""}}; return f }

func late(f *File) *File { f.Data["act_end"] = day("2020-09-20"); return f }

func fined(f *File, fine, told int64) *File {
	f.Data["fine"], f.Data["told_fine"] = fine, told
	return f
}

// until decides at one instant while the statement period ends at another.
func until(f *File, at, due int64) *File {
	f.Events[len(f.Events)-1].At = at
	f.Clocks = []clock.Clock{{ID: "stmt", Due: due}}
	return f
}

func TestEveryCheckIsOfAnItemThatMachinesMayDecide(t *testing.T) {
	s := scheme(t)
	for name := range checks {
		if x := s.Item(name); x == nil || x.Machine == "no" {
			t.Errorf("%s: no item, or one for people alone", name)
		}
	}
	for _, x := range s.Items {
		if x.Machine == "yes" && checks[x.ID] == nil {
			t.Errorf("%s %s: nobody looks", x.ID, x.Name.EN)
		}
	}
}

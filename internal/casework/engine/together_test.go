package engine_test

import (
	"slices"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// handled is a lamp that is being repaired by d1.
func handled(t *testing.T, w *enginetest.World) id.ID {
	t.Helper()
	r := report(t, w)
	act(t, w, engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
	return r.Case
}

// code takes a step and gives the code of its refusal, "" when it was taken.
func code(t *testing.T, w *enginetest.World, c id.ID, step string, actor people.Actor, in procedure.Input) string {
	t.Helper()
	_, err := w.Engine.Act(ctx, engine.Act{Case: c, Step: step, Actor: actor, Input: in})
	if err == nil {
		return ""
	}
	if fault.As(err) == nil {
		t.Fatal(err)
	}
	return fault.As(err).Key
}

func with(second people.Actor, more ...any) procedure.Input {
	in := procedure.Input{procedure.SecondOfficer: second.Account.String(), "paper": "P06"}
	for i := 0; i+1 < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	return in
}

// officers of d1: two with certificates and one of the auxiliary staff.
func officersOf(w *enginetest.World) (one, two, aux people.Actor) {
	for _, a := range w.People.Holders("officer", "d1", "", w.Clock.Now()) {
		switch {
		case !a.Certified(people.Enforcement):
			aux = a
		case one.Account.IsZero():
			one = a
		default:
			two = a
		}
	}
	return one, two, aux
}

func child(t *testing.T, w *enginetest.World, parent id.ID) id.ID {
	t.Helper()
	list, err := record.Children(ctx, w.DB, w.Division, parent)
	if err != nil || len(list) == 0 {
		t.Fatalf("no child: %v", err)
	}
	return list[0].ID
}

func TestTwoCertifiedOfficersTakeAStepTogether(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		c := handled(t, w)
		one, two, aux := officersOf(w)
		for _, x := range []struct {
			name   string
			actor  people.Actor
			second procedure.Input
			want   string
		}{
			{"alone", one, procedure.Input{"paper": "P06"}, "R05"},
			{"with oneself", one, with(one), "L09"},
			{"with auxiliary staff", one, with(aux), "L09"},
			{"with somebody of another post", one, with(w.Staff("collector", "", 0)), "L09"},
			{"by auxiliary staff", aux, with(two), "L09"},
			{"with a bad list", one, with(two, "parts", []map[string]string{{"part": "灯罩", "n": "0"}}), "L12"},
			{"with an unreadable list", one, with(two, "parts", []map[string]string{{"part": "灯罩", "n": "x"}}), "R05"},
			{"lawfully", one, with(two, "parts", []map[string]string{{"part": "灯罩", "n": "2", "price": "1050"}}), ""},
		} {
			if got := code(t, w, c, "take_apart", x.actor, x.second); got != x.want {
				t.Errorf("%s: %q, want %q", x.name, got, x.want)
			}
		}
		s, err := w.Engine.Find(ctx, w.Division, c)
		if err != nil {
			t.Fatal(err)
		}
		last := s.Log[len(s.Log)-1]
		if !last.By(one.Account.String()) || !last.By(two.Account.String()) || last.By(aux.Account.String()) {
			t.Errorf("the log says %+v", last)
		}
		events, err := record.Timeline(ctx, w.DB, w.Division, c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := events[len(events)-1].Read()
		if err != nil || len(b.Officers) != 1 || b.Officers[0].Name != two.Name || b.Officers[0].Role != "officer" {
			t.Errorf("the event says %+v %v", b.Officers, err)
		}
		if rows, _ := s.Data["parts"].([]map[string]string); len(rows) != 1 || rows[0]["price"] != "1050" {
			t.Errorf("rows are kept as %v", s.Data["parts"])
		}
		if got := s.Clock("inspect").Started; got != s.Updated-time.Hour.Microseconds() {
			t.Errorf("the clock counts from %d, the step was at %d", got, s.Updated)
		}
		if form, err := w.Engine.Form(ctx, one, s, "take_apart", nil); err != nil || slices.ContainsFunc(form.Choices[procedure.SecondOfficer], func(x engine.Choice) bool {
			return x.Value == one.Account.String() || x.Value == aux.Account.String()
		}) || len(form.Choices[procedure.SecondOfficer]) == 0 {
			t.Errorf("choices %v %v", form.Choices[procedure.SecondOfficer], err)
		}
		enginetest.CheckCase(t, w, c)
	})
}

func TestWhoeverTookPartIsKeptApartForGood(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		c := handled(t, w)
		one, two, _ := officersOf(w)
		if got := code(t, w, c, "take_apart", one, with(two)); got != "" {
			t.Fatal(got)
		}
		other := w.Staff("officer", "d2", 0)
		for _, x := range []struct {
			actor people.Actor
			want  string
		}{{one, "L10"}, {two, "L10"}, {other, "L11"}} {
			if got := code(t, w, c, "cut_power", x.actor, nil); got != x.want {
				t.Errorf("%s: %q, want %q", x.actor.Login, got, x.want)
			}
		}
		w.Clock.Advance(3 * 24 * time.Hour) // Monday 14 → 17 September: two clear working days are over
		if got := code(t, w, c, "cut_power", other, nil); got != "L13" {
			t.Errorf("unserved: %q", got)
		}
		paper := child(t, w, c)
		if got := code(t, w, paper, "look_through", two, nil); got != "N74" {
			t.Errorf("the second officer looks through the sheet: %q", got)
		}
		if got := code(t, w, paper, "look_through", other, nil); got != "" {
			t.Errorf("somebody else: %q", got)
		}
		if got := code(t, w, paper, "hand_over_paper", one, nil); got != "" {
			t.Fatal(got)
		}
		s, err := w.Engine.Find(ctx, w.Division, c)
		if err != nil || s.Log[len(s.Log)-1].Step != "served" || s.Log[len(s.Log)-1].Actor != procedure.System {
			t.Fatalf("the case above did not hear: %+v %v", s.Log, err)
		}
		if got := code(t, w, c, "cut_power", other, nil); got != "" {
			t.Errorf("once all is done: %q", got)
		}
		links, err := record.Links(ctx, w.DB, w.Division, c)
		if err != nil || len(links) != 1 || links[0].Other != paper || links[0].Relation != "paper" {
			t.Errorf("links %+v %v", links, err)
		}
		enginetest.CheckCase(t, w, c)
		enginetest.CheckCase(t, w, paper)
	})
}

func TestARecusedPersonTakesNoFurtherStepHereOrInAChild(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		c := handled(t, w)
		one, two, _ := officersOf(w)
		if got := code(t, w, c, "take_apart", one, with(two)); got != "" {
			t.Fatal(got)
		}
		if got := code(t, w, c, "recuse", w.Staff("leader", "", 0), procedure.Input{"whom": two.Account.String()}); got != "" {
			t.Fatal(got)
		}
		for _, x := range []struct {
			name, step string
			on         id.ID
			actor      people.Actor
			in         procedure.Input
		}{
			{"as actor", "take_apart", c, two, with(one)},
			{"as second", "take_apart", c, one, with(two)},
			{"with a note", "note", c, two, procedure.Input{"text": "再说一句", "visibility": "internal"}},
			{"in a child", "hand_over_paper", child(t, w, c), two, nil},
		} {
			if got := code(t, w, x.on, x.step, x.actor, x.in); got != "L08" {
				t.Errorf("%s: %q", x.name, got)
			}
		}
	})
}

func TestAStepWaitsForItsSetting(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		c := handled(t, w)
		leader := w.Staff("leader", "", 0)
		s, err := w.Engine.Find(ctx, w.Division, c)
		if err != nil {
			t.Fatal(err)
		}
		offers, err := w.Engine.Offers(ctx, leader, s)
		if err != nil || slices.ContainsFunc(offers, func(o engine.Offer) bool { return o.Step.ID == "idle" }) {
			t.Errorf("offered: %v", err)
		}
		_, err = w.Engine.Act(ctx, engine.Act{Case: c, Step: "idle", Actor: leader})
		if f := fault.As(err); f == nil || f.Key != "R14" || f.Args["law"] != "住建部令55号" {
			t.Errorf("taken: %v", err)
		}
	})
}

// A child that cannot be opened, or a case above that refuses, undoes the step.
func TestWhatHangsTogetherHappensTogether(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		c := handled(t, w)
		one, two, _ := officersOf(w)
		before, err := w.Engine.Find(ctx, w.Division, c)
		if err != nil {
			t.Fatal(err)
		}
		in := with(two)
		delete(in, "paper") // the child asks for it
		if got := code(t, w, c, "take_apart", one, in); got != "R05" {
			t.Errorf("without what the child needs: %q", got)
		}
		after, err := w.Engine.Find(ctx, w.Division, c)
		if err != nil || after.Version != before.Version {
			t.Errorf("version %d became %d: %v", before.Version, after.Version, err)
		}
		if list, err := record.Children(ctx, w.DB, w.Division, c); err != nil || len(list) != 0 {
			t.Errorf("%d children, %v", len(list), err)
		}
	})
}

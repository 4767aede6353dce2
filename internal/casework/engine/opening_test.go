package engine_test

import (
	"slices"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
)

func TestStartsAreWhatAnActorCanOpenByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		w := enginetest.New(t, db, nil, children(t)...)
		for role, want := range map[string][]string{
			"officer":     {"dossier.begin", "enf.precedent.p_pick"},
			"supervisor":  {"enf.precedent.p_pick"},
			"unit_head":   {"enf.meeting.g_plan"},
			"agency_head": nil,
		} {
			list, err := w.Engine.Starts(ctx, w.Staff(role, "", 0))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range list {
				if !s.Allowed {
					t.Errorf("%s may not take %s: %s", role, s.Step.ID, s.Reason.EN)
				}
				got = append(got, s.Proc.ID+"."+s.Step.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s starts %v, want %v", role, got, want)
			}
		}
	}, enginetest.Migrations()...)
}

func TestTheFormOfACaseThatIsNotOpenYet(t *testing.T) {
	each(t, func(t *testing.T, w *enginetest.World) {
		draw := func(proc, step string, actor people.Actor, in procedure.Input) (engine.Form, error) {
			return w.Engine.FormOpening(ctx, engine.Opening{Procedure: proc, Division: w.Division, Step: step, Actor: actor, Input: in})
		}
		f, err := draw("lamp", "report", w.Citizen(""), procedure.Input{"desc": "路灯不亮", "colour": "red"})
		if err != nil || f.Step.ID != "report" || f.Filled["desc"] != "路灯不亮" || f.Filled["colour"] != nil {
			t.Fatalf("%v %+v", err, f.Filled)
		}
		if _, err := draw("lamp", "report", w.Staff("dept_desk", "d1", 0), nil); !fault.Is(err, fault.Forbidden) || fault.As(err).Key != "R01" {
			t.Errorf("somebody else's form: %v", err)
		}
		if _, err := draw("lamp", "finish", w.Staff("dept_desk", "d1", 0), nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("a step of an open case: %v", err)
		}
		if _, err := draw("torch", "report", w.Citizen(""), nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown procedure: %v", err)
		}
		if _, err := draw("lamp-paper", "draft", w.System(), nil); !fault.Is(err, fault.NotFound) {
			t.Errorf("a child that hangs on nothing: %v", err)
		}
	})
}

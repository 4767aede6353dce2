package incident

import (
	"context"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// Appeal is the procedure by which a department contests a mark.
const Appeal = "mark-appeal"

// marks in words.
var marks = map[string]i18n.Text{
	"late_handle": {ZH: "处置超期", EN: "late repair"}, "late_stage": {ZH: "环节超期", EN: "late stage"}, "rework": {ZH: "返工", EN: "rework"},
	"objection_upheld": {ZH: "异议成立", EN: "objection upheld"}, "bad_rating": {ZH: "低评分", EN: "bad rating"},
}

// badStars is the highest rating that counts against a department.
const badStars = 2

// marked reports whether the mark that the form names stands in the case.
func marked(_ context.Context, s scene) (any, error) {
	n := func(field string) int64 { v, _ := s.Snapshot.Data[field].(int64); return v }
	late := func(is func(id string) bool) bool {
		for _, c := range s.Snapshot.Clocks {
			if def := s.Snapshot.Proc.ClockOf(c.ID); c.Late != 0 && def != nil && def.Mark == "department" && is(c.ID) {
				return true
			}
		}
		return false
	}
	switch s.text("mark") {
	case "late_handle":
		return late(func(id string) bool { return id == "handle" }), nil
	case "late_stage":
		return late(func(id string) bool { return id != "handle" }), nil
	case "rework":
		return n("rework") > 0, nil
	case "objection_upheld":
		return n("reopened") > 0, nil
	case "bad_rating":
		return n("stars") > 0 && n("stars") <= badStars, nil
	}
	return false, nil
}

// appealed is how an earlier appeal of the same mark ended, "" when there was
// none: a mark is appealed once.
func appealed(ctx context.Context, s scene) (any, error) {
	children, err := record.Children(ctx, s.Q, s.Snapshot.Division, s.Snapshot.ID)
	for _, c := range children {
		if c.Procedure != Appeal {
			continue
		}
		full, err := record.Find(ctx, s.Q, s.Snapshot.Division, c.ID)
		if err != nil {
			return "", err
		}
		if string(full.Raw["mark"]) == `"`+s.text("mark")+`"` {
			return c.State, nil
		}
	}
	return "", err
}

// appeal opens the appeal beside the case.
func (d *Duty) appeal(ctx context.Context, x *engine.Doing) error {
	mark, _ := x.Input["mark"].(string)
	ground, _ := x.Input["ground"].(string)
	explain, _ := x.Input["explain"].(string)
	res, err := x.Engine.OpenIn(ctx, x.Tx, engine.Opening{Procedure: Appeal, Division: x.After.Division, Step: "appeal",
		Actor: people.SystemActor(x.After.Division), Parent: x.After.ID, Party: &engine.NewParty{NoReceipt: true},
		Input: procedure.Input{"mark": mark, "title": marks[mark].ZH + " · " + x.After.Number + " " + x.After.Title, "ground": ground, "explain": explain, "dept": x.After.Dept}})
	if err != nil {
		return err
	}
	x.Event.Children = append(x.Event.Children, res.Case)
	return nil
}

// exempt puts the second fact beside the mark of an appeal that was granted.
func exempt(ctx context.Context, x *engine.Doing) error {
	if x.After.State != "granted" {
		return nil
	}
	_, err := x.Engine.ActIn(ctx, x.Tx, engine.Act{Case: x.After.Parent, Step: "exempt", Actor: people.SystemActor(x.After.Division),
		Input: procedure.Input{"mark": x.After.Text("mark")}})
	return err
}

// appealFacts are what the appeal asks about the case it belongs to.
func appealFacts(ctx context.Context, a engine.Asked, name string) (any, error) {
	if a.Snapshot.Parent.IsZero() {
		return false, nil // not opened yet
	}
	parent, err := record.Find(ctx, a.Q, a.Snapshot.Division, a.Snapshot.Parent)
	if err != nil {
		return false, err
	}
	if name == "own" {
		return slices.Contains(a.Actor.Departments("dept_desk"), parent.Dept) || slices.Contains(a.Actor.Departments("handler"), parent.Dept), nil
	}
	account := a.Actor.Account.String()
	return slices.ContainsFunc(parent.Log, func(t taken) bool { return t.Actor == account }), nil
}

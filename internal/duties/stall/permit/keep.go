package permit

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
)

// keep writes what a step made of the permit. Two cases never keep one stall in
// the same hours, nor one person two stalls: whoever comes second is a Conflict.
func (m *Room) keep(ctx context.Context, d *engine.Doing) error {
	s := d.After
	p := Permit{Case: s.ID}
	if d.Before.State == procedure.None {
		p.person = digest(s.Division, "id", text(d.Input["id_no"]))
		p.household = digest(s.Division, "household", text(d.Input["household"]))
	} else {
		var err error
		if p, err = Find(ctx, d.Tx, s.Division, s.ID); err != nil {
			return err
		}
	}
	at := func(name string) time.Time { t, _ := s.Data[name].(time.Time); return t }
	power, _ := s.Data["power_w"].(int64)
	p.State, p.Goods, p.Clusters, p.Band, p.Stall = s.State, words(s.Data["goods"]), words(s.Data["clusters"]), s.Text("hours"), s.Text("stall")
	p.Power, p.Hardship, p.Turn, p.Since, p.Until = int(power), s.Data["hardship"] == true, at("turn"), at("since"), at("until")
	if slices.Contains(holding, p.State) {
		other, err := Holder(ctx, d.Tx, s.Division, p.Stall, p.Band)
		if err == nil && other.Case != s.ID {
			return fault.New(fault.Conflict, "stall.taken")
		} else if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if slices.Contains(owning, p.State) {
		has, err := own(ctx, d.Tx, s.Division, s.ID, p.person, nil)
		if err == nil && has != "" {
			err = fault.New(fault.Conflict, "stall.one_each", "place", has)
		}
		if err != nil {
			return err
		}
	}
	if err := put(ctx, d.Tx, s.Division, p, d.Now); err != nil {
		return err
	}
	switch was := d.Before.State; {
	case s.State == "suspended" && was == "active":
		return excuse(ctx, d.Tx, s.Division, s.ID, d.Now, at("pause_until"))
	case was == "suspended" && s.State != "suspended":
		return unexcuse(ctx, d.Tx, s.Division, s.ID, d.Now)
	}
	return nil
}

// swap moves whoever has the other stall to the one that is left.
func (m *Room) swap(ctx context.Context, d *engine.Doing) error {
	s, to := d.After, d.After.Text("stall")
	from := d.Before.Text("stall")
	other, err := Holder(ctx, d.Tx, s.Division, to, s.Text("hours"))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// No stall is held twice, not even between two lines of one transaction.
	if _, err := d.Tx.Exec(ctx, `UPDATE stall_permit SET held = FALSE WHERE division = $1 AND case_id = $2`, s.Division, s.ID); err != nil {
		return err
	}
	_, err = d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: other.Case, Step: "moved", Actor: people.SystemActor(s.Division), Input: procedure.Input{"stall": from, "why": text(d.Input["why"])}})
	return err
}

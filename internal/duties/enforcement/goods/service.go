package goods

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Item is one kind of goods as it is brought in.
type Item struct {
	Name, Unit, Condition, Shelf string
	Quantity                     int64
	Perishable                   bool
}

// two refuses one person alone, and who keeps no goods.
func two(division id.ID, one, other people.Actor) error {
	if err := one.Require(division, Keepers...); err != nil {
		return err
	}
	if other.Account.IsZero() || other.Account == one.Account || !slices.ContainsFunc(Keepers, other.Has) {
		return fault.New(fault.Conflict, "goods.two")
	}
	return nil
}

// Receive takes goods of a case in. Two persons do it; an item without name,
// number or shelf is Invalid, and then none comes in.
func (m *Room) Receive(ctx context.Context, actor, second people.Actor, s *engine.Snapshot, source string, items []Item) (out []Lot, err error) {
	defer fault.Trace(&err, "goods.Receive(%s)", s.ID)
	if err := two(s.Division, actor, second); err != nil {
		return nil, err
	}
	if len(items) == 0 || !slices.Contains(Sources, source) {
		return nil, fault.New(fault.Invalid, "form.refused").Field("items", "goods.needed")
	}
	now := m.Clock.Now()
	var said []string
	for _, x := range items {
		x.Name, x.Shelf = strings.TrimSpace(x.Name), strings.TrimSpace(x.Shelf)
		if x.Name == "" || x.Shelf == "" || x.Quantity <= 0 {
			return nil, fault.New(fault.Invalid, "form.refused").Field("items", "goods.item")
		}
		said = append(said, fmt.Sprintf("%s %d%s", x.Name, x.Quantity, x.Unit))
		out = append(out, Lot{ID: id.New(), Case: s.ID, Source: source, Name: x.Name, Unit: x.Unit, Quantity: x.Quantity, Condition: x.Condition, Perishable: x.Perishable, At: now,
			Moves: []Movement{{What: In, Quantity: x.Quantity, Shelf: x.Shelf, At: now, Account: actor.Account.String(), Name: actor.Name, Second: second.Account.String(), Partner: second.Name}}})
	}
	if err := m.note(ctx, actor, s.ID, "goods:"+out[0].ID.String(), "物品入库："+strings.Join(said, "、")+"；经手人："+actor.Name+"、"+second.Name+"。"); err != nil {
		return nil, err
	}
	return out, m.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, l := range out {
			if err := insert(ctx, tx, s.Division, l); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Room) note(ctx context.Context, actor people.Actor, caseID id.ID, key, text string) error {
	_, err := m.Engine().Act(ctx, engine.Act{Case: caseID, Step: "note", Actor: actor, Key: key, Input: procedure.Input{"text": text, "visibility": "internal"}})
	return err
}

// Step is one movement as it is entered.
type Step struct {
	What, Shelf, Receiver string
	Why, Paper, Witness   string
	Quantity              int64
	Proceeds              int64 // fen
}

// check says what is wrong with a movement of a lot.
func (l Lot) check(in Step) error {
	bad := fault.New(fault.Invalid, "form.refused")
	if in.What != Shelve && !slices.Contains(Outs, in.What) {
		bad.Field("what", "goods.needed")
	}
	if in.Why == "" {
		bad.Field("why", "goods.needed")
	}
	switch in.What {
	case Shelve:
		if in.Shelf == "" {
			bad.Field("shelf", "goods.needed")
		}
		return bad.OrNil()
	case Return, Transfer:
		if in.Receiver == "" {
			bad.Field("receiver", "goods.needed")
		}
	case Auction, Destroy, Early:
		if in.Paper == "" {
			bad.Field("paper", "goods.needed")
		}
	}
	if in.What == Destroy && in.Witness == "" {
		bad.Field("witness", "goods.needed")
	}
	if in.What == Early && in.Proceeds <= 0 {
		bad.Field("proceeds", "goods.needed")
	}
	if in.Quantity <= 0 || in.Quantity > l.Kept() {
		bad.Field("quantity", "goods.kept", "n", l.Kept(), "unit", l.Unit)
	}
	return bad.OrNil()
}

// confiscated reports whether a decision of the dossier takes the lot away.
func confiscated(dossier *engine.Snapshot, name string) bool {
	_, decided := dossier.Data["decided_on"]
	list, _ := dossier.Data["goods"].([]string)
	return decided && slices.ContainsFunc(list, func(g string) bool { return strings.Contains(g, name) || strings.Contains(name, g) })
}

// Pass moves a lot. Two persons do it, and where goods are sold or destroyed not
// only those who brought them in. Goods are sold or destroyed by a decision that
// confiscates them; before one only what is perishable (CL 28). What is asked for
// beyond what is kept is Invalid; the rest is a Conflict with its sentence.
func (m *Room) Pass(ctx context.Context, actor, second people.Actor, lot id.ID, in Step) (err error) {
	defer fault.Trace(&err, "goods.Pass(%s)", lot)
	division := actor.Division
	if err := two(division, actor, second); err != nil {
		return err
	}
	l, err := Find(ctx, m.DB, division, lot)
	if err != nil {
		return err
	}
	for _, s := range []*string{&in.Shelf, &in.Receiver, &in.Why, &in.Paper, &in.Witness} {
		*s = strings.TrimSpace(*s)
	}
	if err := l.check(in); err != nil {
		return err
	}
	if err := m.allowed(ctx, actor, second, l, in.What); err != nil {
		return err
	}
	mv := Movement{What: in.What, Quantity: in.Quantity, Shelf: in.Shelf, Receiver: in.Receiver, Why: in.Why, Paper: in.Paper, Proceeds: in.Proceeds, Witness: in.Witness,
		At: m.Clock.Now(), Account: actor.Account.String(), Name: actor.Name, Second: second.Account.String(), Partner: second.Name}
	if in.What == Shelve {
		mv.Quantity = 0
	}
	n := len(l.Moves)
	text := fmt.Sprintf("物品“%s”%s%d%s：%s；经手人：%s、%s。", l.Name, whats[in.What].ZH, mv.Quantity, l.Unit, strings.Join(slices.DeleteFunc([]string{in.Receiver, in.Shelf, in.Paper, in.Why},
		func(s string) bool { return s == "" }), "，"), actor.Name, second.Name)
	if err := m.note(ctx, actor, l.Case, fmt.Sprintf("goods:%s:%d", lot, n), text); err != nil {
		return err
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error { return move(ctx, tx, division, lot, n, mv) })
}

// allowed refuses what the law or the rule of two keys forbids.
func (m *Room) allowed(ctx context.Context, actor, second people.Actor, l Lot, what string) error {
	if what == Early && !l.Perishable {
		return fault.New(fault.Conflict, "goods.fresh")
	}
	if what != Auction && what != Destroy {
		return nil
	}
	first := l.Moves[0]
	seized := []string{first.Account, first.Second}
	if slices.Contains(seized, actor.Account.String()) && slices.Contains(seized, second.Account.String()) {
		return fault.New(fault.Conflict, "goods.pair")
	}
	s, err := m.Engine().Find(ctx, actor.Division, l.Case)
	if err == nil && !s.Parent.IsZero() {
		s, err = m.Engine().Find(ctx, actor.Division, s.Parent)
	}
	if err != nil {
		return err
	}
	if !confiscated(s, l.Name) {
		return fault.New(fault.Conflict, "goods.decision")
	}
	return nil
}

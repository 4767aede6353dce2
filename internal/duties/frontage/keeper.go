package frontage

import (
	"context"

	"xiucheng/internal/casework/party"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Own is what the holder of a receipt code may see: the shop, and those of its
// cases that the code opens, the newest first.
type Own struct {
	Division id.ID
	Shop     shop.Shop
	Cases    []Entry
}

// Own finds a shop's cases by a receipt code: the case the code was given with,
// and whatever hangs on it. A code nobody has, or a typing error, is NotFound.
func (m *Room) Own(ctx context.Context, receipt string) (o Own, err error) {
	defer fault.Trace(&err, "frontage.Own")
	code, ok := id.ParseReceipt(receipt)
	if !ok {
		return o, fault.Missing("receipt")
	}
	p, err := party.ByReceipt(ctx, m.DB, code)
	if err != nil {
		return o, err
	}
	s, err := m.Engine().Find(ctx, p.Division, p.Now)
	if err != nil {
		return o, err
	}
	if s.Procedure != Pledge && s.Procedure != Inspection && s.Procedure != Listing {
		return o, fault.Missing("receipt") // of another duty: it has a page of its own
	}
	o.Division = p.Division
	if o.Shop, err = shop.Find(ctx, m.DB, p.Division, s.Text("shop")); err != nil {
		return o, err
	}
	all, err := Of(ctx, m.DB, p.Division, o.Shop.Code, "")
	above := map[id.ID]id.ID{}
	for _, e := range all {
		above[e.Case] = e.Parent
	}
	for _, e := range all {
		at := e.Case
		for at != p.Now && !at.IsZero() {
			at = above[at]
		}
		if at == p.Now {
			o.Cases = append(o.Cases, e)
		}
	}
	return o, err
}

// Keeper is who may act for the shop in one of the cases that the receipt code
// opens; any other case is NotFound.
func (m *Room) Keeper(ctx context.Context, receipt string, caseID id.ID) (a people.Actor, err error) {
	defer fault.Trace(&err, "frontage.Keeper")
	o, err := m.Own(ctx, receipt)
	if err != nil {
		return a, err
	}
	for _, e := range o.Cases {
		if e.Case != caseID {
			continue
		}
		list, err := party.Of(ctx, m.DB, o.Division, caseID)
		if err != nil {
			return a, err
		}
		if len(list) > 0 {
			return people.SpokenFor(o.Division, list[0].ID, ""), nil
		}
	}
	return a, fault.Missing("case")
}

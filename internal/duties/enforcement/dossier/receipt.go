package dossier

import (
	"context"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/platform/fault"
)

// receipts are the facts and effects of money that is taken on the spot: the
// field receipt_no names a blank receipt of a book that the officer holds.
var receipts = map[string]question{"receipt_ok": asking.receiptOK}

var receiptEffects = map[string]effect{"receipt": (*Room).useReceipt}

// receiptOK is false for a number that N37 refuses.
func (a asking) receiptOK() (any, error) {
	_, _, err := receipt.Handed(a.ctx, a.Q, a.Snapshot.Division, a.Actor.Account.String(), a.text("receipt_no"))
	if fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// useReceipt marks the receipt as given for this payment.
func (m *Room) useReceipt(ctx context.Context, d *engine.Doing) error {
	number, _ := d.Input["receipt_no"].(string)
	amount, _ := d.Input["amount"].(int64)
	return receipt.Use(ctx, d.Tx, d.Actor, number, d.After.ID, amount, d.Now)
}

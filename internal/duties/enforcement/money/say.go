package money

import (
	"context"
	"strconv"

	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

func lineFacts(ctx context.Context, x Line) (out []ui.Fact) {
	for _, f := range [][2]string{{"paid_on", x.PaidOn.String()}, {"amount", i18n.T(ctx, "money.yuan", "n", yuan(x.Amount))}, {"payer", x.Payer}, {"memo", x.Memo}, {"ref", x.Ref},
		{"receipt", x.Receipt}} {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "money.col."+f[0]), Text: f[1], Wide: true})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "money.kind"), Text: i18n.T(ctx, "money.kind."+x.Kind), Wide: true})
}

// standing is where a book is, as a chip.
func standing(ctx context.Context, b receipt.Book) ui.Chip {
	switch {
	case !b.Returned.IsZero():
		return ui.Chip{Label: i18n.T(ctx, "money.book.returned")}
	case b.Holder != "":
		return ui.Chip{Tone: ui.Blue, Label: i18n.T(ctx, "money.book.handed")}
	}
	return ui.Chip{Tone: ui.Green, Label: i18n.T(ctx, "money.book.stock")}
}

func bookFacts(ctx context.Context, b receipt.Book) []ui.Fact {
	at := func(name string, text string) ui.Fact {
		return ui.Fact{Label: i18n.T(ctx, "money.book.col."+name), Text: text}
	}
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	out := []ui.Fact{at("size", n(b.Size())), at("used", n(b.Used)), at("void", n(b.Void)), at("blank", n(b.Blank()))}
	if b.Holder != "" {
		out = append(out, at("holder", b.Name), at("handed", local(b.Handed)))
	}
	if !b.Returned.IsZero() {
		out = append(out, at("returned", local(b.Returned)))
	}
	return out
}

func balanceTone(l Ledger) ui.Tone {
	switch b := l.Balance(); {
	case b < 0:
		return ui.Amber
	case b == 0 && l.Due() > 0:
		return ui.Green
	}
	return ui.Plain
}

func balanceNote(ctx context.Context, l Ledger) string {
	switch b := l.Balance(); {
	case b < 0:
		return i18n.T(ctx, "money.overpaid")
	case b == 0 && l.Due() > 0:
		return i18n.T(ctx, "money.all_paid")
	}
	return ""
}

func stageChip(ctx context.Context, x Stage) ui.Chip {
	switch {
	case x.Full():
		return ui.Chip{Tone: ui.Green, Label: i18n.T(ctx, "money.plan.paid")}
	case x.Missed:
		return ui.Chip{Tone: ui.Red, Label: i18n.T(ctx, "money.plan.missed")}
	}
	return ui.Chip{Label: i18n.T(ctx, "money.plan.open")}
}

func ledgerFacts(ctx context.Context, l Ledger) (out []ui.Fact) {
	for _, x := range []struct {
		name string
		n    int64
	}{{Fine, l.Fine}, {Gains, l.Gains}, {Surcharge, l.Surcharge}, {Paid, l.Paid}, {Refunded, l.Refunded}, {"balance", l.Balance()}} {
		if x.n != 0 || x.name == "balance" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "money."+x.name), Text: i18n.T(ctx, "money.yuan", "n", yuan(x.n))})
		}
	}
	return out
}

// figures are the totals of a ledger; gains only where there are some.
func figures(ctx context.Context, l Ledger) (out []ui.KPI) {
	for _, x := range []struct {
		name string
		n    int64
	}{{Fine, l.Fine}, {Gains, l.Gains}, {Surcharge, l.Surcharge}, {Paid, l.Paid}, {Refunded, l.Refunded}} {
		if x.n != 0 || x.name != Gains {
			out = append(out, ui.KPI{Label: i18n.T(ctx, "money."+x.name), Value: yuan(x.n), Unit: i18n.T(ctx, "money.unit")})
		}
	}
	return append(out, ui.KPI{Label: i18n.T(ctx, "money.balance"), Value: yuan(l.Balance()), Unit: i18n.T(ctx, "money.unit"), Tone: balanceTone(l), Note: balanceNote(ctx, l)})
}

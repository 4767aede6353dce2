package goods

import (
	"context"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// whats are the movements in words.
var whats = map[string]i18n.Text{
	In: {ZH: "入库", EN: "Came in"}, Shelve: {ZH: "移位", EN: "Put on another shelf"}, Return: {ZH: "退还", EN: "Returned"}, Transfer: {ZH: "移送", EN: "Transferred"},
	Auction: {ZH: "拍卖", EN: "Auctioned"}, Destroy: {ZH: "销毁", EN: "Destroyed"}, Early: {ZH: "鲜活物品先行处理", EN: "Perishables disposed of early"},
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// term says until when a lot may be kept.
func term(ctx context.Context, s Standing, now time.Time) ui.Chip {
	switch {
	case s.Kept() == 0:
		return ui.Chip{Label: i18n.T(ctx, "goods.gone")}
	case s.Back:
		return ui.Chip{Tone: ui.Red, Icon: "alert-triangle", Label: i18n.T(ctx, "goods.back_now")}
	case s.Due.IsZero():
		return ui.Chip{Label: i18n.T(ctx, "goods.no_term")}
	case s.Due.Before(now.Add(soon)):
		return ui.Chip{Tone: ui.Red, Icon: "clock-exclamation", Label: i18n.T(ctx, "goods.until", "due", calendar.FormatDue(s.Due))}
	}
	return ui.Chip{Tone: ui.Blue, Label: i18n.T(ctx, "goods.until", "due", calendar.FormatDue(s.Due))}
}

func lotFacts(ctx context.Context, s Standing) (out []ui.Fact) {
	for _, f := range [][2]string{{"in", number(s.Quantity) + " " + s.Unit}, {"out", number(s.Out()) + " " + s.Unit}, {"kept", number(s.Kept()) + " " + s.Unit}, {"shelf", s.Shelf()},
		{"source", i18n.T(ctx, "goods.source."+s.Source)}, {"condition", s.Condition}} {
		if f[1] != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "goods.f."+f[0]), Text: f[1]})
		}
	}
	return out
}

// moves is what became of a lot, the latest first.
func moves(ctx context.Context, l Lot) (out []ui.Entry) {
	for i := len(l.Moves) - 1; i >= 0; i-- {
		m := l.Moves[i]
		e := ui.Entry{At: local(m.At), Time: m.At, Title: whats[m.What].In(i18n.LangOf(ctx)), Tone: ui.Green, Who: m.Name + ", " + m.Partner}
		if m.Quantity > 0 {
			e.Title += " " + number(m.Quantity) + " " + l.Unit
		}
		var said []string
		for _, s := range []string{m.Receiver, m.Shelf, m.Paper, m.Why} {
			if s != "" {
				said = append(said, s)
			}
		}
		if m.Witness != "" {
			said = append(said, i18n.T(ctx, "goods.f.witness")+" "+m.Witness)
		}
		if m.Proceeds > 0 {
			said = append(said, i18n.T(ctx, "goods.proceeds", "n", strconv.FormatFloat(float64(m.Proceeds)/100, 'f', 2, 64)))
		}
		e.Text = strings.Join(said, " · ")
		out = append(out, e)
	}
	return out
}

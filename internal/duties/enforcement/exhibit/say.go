package exhibit

import (
	"context"
	"strings"

	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// kindNames are the eight kinds as PL 46 calls them.
var kindNames = map[string]i18n.Text{
	"documentary": {ZH: "书证", EN: "Document"}, "physical": {ZH: "物证", EN: "Physical evidence"}, "av": {ZH: "视听资料", EN: "Audio or video"},
	"edata": {ZH: "电子数据", EN: "Electronic data"}, "witness": {ZH: "证人证言", EN: "Testimony"}, "statement": {ZH: "当事人的陈述", EN: "Statement of the party"},
	"opinion": {ZH: "鉴定意见", EN: "Expert opinion"}, "record": {ZH: "勘验笔录、现场笔录", EN: "Record of inspection"},
}

var moveNames = map[string]i18n.Text{
	Take: {ZH: "取得", EN: "Taken"}, Hand: {ZH: "移交保管", EN: "Handed over"}, Move: {ZH: "变更存放地点", EN: "Moved"}, Send: {ZH: "送检", EN: "Sent to be examined"},
	Back: {ZH: "送检收回", EN: "Came back"}, Return: {ZH: "退还", EN: "Returned"}, Transfer: {ZH: "移送", EN: "Transferred"}, Destroy: {ZH: "销毁", EN: "Destroyed"},
}

// rulingChip says whether a piece was admitted.
func rulingChip(ctx context.Context, x Exhibit) ui.Chip {
	switch x.Ruling {
	case Verified:
		return ui.Chip{Tone: ui.Green, Label: i18n.T(ctx, "exhibit.verified")}
	case Excluded:
		return ui.Chip{Tone: ui.Red, Label: i18n.T(ctx, "exhibit.excluded")}
	}
	return ui.Chip{Tone: ui.Amber, Label: i18n.T(ctx, "exhibit.unruled")}
}

// keptBy says who has a piece, and where.
func keptBy(ctx context.Context, x Exhibit) string {
	if x.Gone() {
		return moveNames[x.Chain[len(x.Chain)-1].What].In(i18n.LangOf(ctx))
	}
	return strings.Trim(x.Keeper()+" · "+x.Place(), " ·")
}

func itemFacts(ctx context.Context, x Exhibit) (out []ui.Fact) {
	lang := i18n.LangOf(ctx)
	fact := func(name, text string, wide bool) {
		if text != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "exhibit.f."+name), Text: text, Wide: wide})
		}
	}
	fact("kind", kindNames[x.Kind].In(lang), false)
	form := "original"
	if !x.Original {
		form = "copy"
	}
	fact("form", i18n.T(ctx, "exhibit.f."+form), false)
	fact("proves", x.Proves, true)
	fact("source", x.Source, true)
	fact("kept_at", x.KeptAt, true)
	holder := x.Holder
	if x.Signed != "" {
		holder = i18n.T(ctx, "exhibit.drawn", "sum", x.Signed[:12])
	}
	fact("holder", holder, true)
	fact("collectors", x.Author+"、"+x.Second, false)
	fact("entered", local(x.At), false)
	if x.Ruling != "" {
		fact("reason", x.Reason+" · "+x.Ruler+" · "+local(x.Ruled), true)
	}
	return out
}

// chain is the chain of custody, the latest link first.
func chain(ctx context.Context, x Exhibit) (out []ui.Entry) {
	lang := i18n.LangOf(ctx)
	for i := len(x.Chain) - 1; i >= 0; i-- {
		m := x.Chain[i]
		e := ui.Entry{At: local(m.At), Time: m.At, Title: moveNames[m.What].In(lang), Tone: ui.Green, Who: m.Author}
		if i == len(x.Chain)-1 {
			e.Tone = ui.Blue
		}
		if m.Second != "" {
			e.Who += "、" + m.Second
		}
		if m.Giver != m.Keeper && m.Giver != "" && m.Keeper != "" {
			e.Title += " · " + m.Giver + " → " + m.Keeper
		} else if m.Keeper != "" {
			e.Title += " · " + m.Keeper
		}
		e.Text = strings.Trim(m.Place+" · "+m.Why, " ·")
		out = append(out, e)
	}
	return out
}

package web

import (
	"context"
	"slices"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/permit"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// reason is a law's reason in words.
func reason(ctx context.Context, r law.Reason) string {
	return i18n.From(ctx).Bundle.Text(r.Key).Fill(i18n.LangOf(ctx), r.Args)
}

// outcomeTone is red where nobody may go on without a reviewer.
func outcomeTone(c law.Choice) ui.Tone {
	switch {
	case !c.Settled():
		return ui.Red
	case c.Outcome == law.NoPenalty:
		return ui.Amber
	}
	return ui.Green
}

func joined(list []law.Kind) string {
	var out []string
	for _, k := range list {
		out = append(out, string(k))
	}
	return strings.Join(out, " ")
}

// compared is one side of a comparison in words.
func compared(ctx context.Context, of, v string) string {
	if of == "kinds" {
		return cell(ctx, "rule", "kinds", v)
	}
	return thousands(v)
}

// named is a row's name in the visitor's language.
func named(ctx context.Context, c register.Cells) string {
	if c["name_en"] != "" && i18n.LangOf(ctx) == i18n.EN {
		return c["name_en"]
	}
	return c["name_zh"]
}

// title is what a row's page is called.
func title(ctx context.Context, kind register.Kind, c register.Cells) string {
	switch kind.ID {
	case permit.Permits.ID:
		return c["number"]
	case power.Items.ID:
		return named(ctx, c)
	}
	return kind.KeyOf(c)
}

// homeOf is where a register is read.
func homeOf(kind register.Kind) string {
	if h := homes[kind.ID]; h != "" {
		return h
	}
	return "/enforcement"
}

// demo reports whether rows are made up.
func demo(list []register.Near) bool {
	return slices.ContainsFunc(list, func(x register.Near) bool { return x.Cells["provenance"] == "synthetic" })
}

// partyFacts are a party's facts, the number masked.
func partyFacts(ctx context.Context, v partyView) []ui.Fact {
	born := ""
	if v.Born != 0 {
		born = v.Born.String()
	}
	out := []ui.Fact{{Label: i18n.T(ctx, "enf.party.number"), Text: v.Number, Wide: true}, {Label: i18n.T(ctx, "enf.party.phone"), Text: v.Phone}}
	for _, x := range [][2]string{{"born", born}, {"operator", v.Operator}, {"address", v.Address}} {
		if x[1] != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "enf.party."+x[0]), Text: x[1]})
		}
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "enf.party.entered"), Text: local(v.At) + " · " + v.By, Wide: true})
}

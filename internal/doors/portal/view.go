package portal

import (
	"context"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

func title(ctx context.Context, c catalogue.Choice) string {
	if c.ID == "" {
		return i18n.T(ctx, "portal.other")
	}
	return c.Name.In(i18n.LangOf(ctx))
}

func facts(ctx context.Context, f incident.Followed) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "portal.where"), Text: f.Address, Wide: true}, {Label: i18n.T(ctx, "portal.when"), Text: local(f.Opened)}}
	if f.Dept.ZH != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "portal.dept"), Text: f.Dept.In(i18n.LangOf(ctx))})
	}
	if !f.Due.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "portal.due"), Text: due(f)})
	}
	return out
}

func history(ctx context.Context, f incident.Followed) []ui.Entry {
	var out []ui.Entry
	for i, h := range f.History {
		tone := ui.Green
		if i == len(f.History)-1 && !f.Ended {
			tone = ui.Blue
		}
		out = append(out, ui.Entry{Title: local(h.At), Text: h.Text.In(i18n.LangOf(ctx)), Tone: tone})
	}
	return out
}

// repair is a case put right, for the front page.
type repair struct {
	Text, Address, Dept string
	Day                 time.Time
	Before, After       ui.Photo
}

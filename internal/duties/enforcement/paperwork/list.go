package paperwork

import (
	"context"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
)

// Line is one paper of a case in a list.
type Line struct {
	Name, Number, At, Href string
	States                 []ui.Chip
}

// Of lists a case's papers with their states, the oldest first.
func Of(ctx context.Context, q dbx.Querier, lib *paper.Library, division, caseID id.ID) ([]Line, error) {
	list, err := paper.Of(ctx, q, division, caseID)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, p := range list {
		out = append(out, Line{Name: title(ctx, lib, p.Template, p.Version), Number: p.Number, At: local(p.IssuedAt),
			Href: "/enforcement/papers/" + p.ID.String(), States: states(ctx, p)})
	}
	return out, nil
}

// title is what the template is called, its id where it is unknown.
func title(ctx context.Context, lib *paper.Library, template string, version int) string {
	if t := lib.Version(template, version); t != nil {
		return t.Title.In(i18n.LangOf(ctx))
	}
	return template
}

// states are what became of a paper.
func states(ctx context.Context, p paper.Paper) (out []ui.Chip) {
	add := func(on bool, word string, tone ui.Tone) {
		if on {
			out = append(out, ui.Chip{Label: i18n.T(ctx, "paperwork.state."+word), Tone: tone})
		}
	}
	add(p.State == paper.Draft, "draft", ui.Plain)
	add(p.State == paper.Voided, "voided", ui.Red)
	add(p.State == paper.Replaced, "replaced", ui.Amber)
	add(p.State == paper.Issued && p.SealedAt.IsZero() && p.Scan.SHA256 == "", "issued", ui.Blue)
	add(!p.SealedAt.IsZero(), "sealed", ui.Green)
	add(p.Scan.SHA256 != "", "scanned", ui.Green)
	add(!p.ErasedAt.IsZero(), "erased", ui.Plain)
	return out
}

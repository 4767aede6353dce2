package account

import (
	"context"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// say is a refusal in the reader's words.
func say(ctx context.Context, f *fault.Error) string {
	p := i18n.From(ctx)
	return p.Bundle.Text(f.Key).Fill(p.Lang, f.Args)
}

// wrong is what was wrong with a field, "" when nothing was.
func wrong(ctx context.Context, fields []fault.Field, name string) string {
	p := i18n.From(ctx)
	for _, f := range fields {
		if f.Name == name {
			return p.Bundle.Text(f.Key).Fill(p.Lang, f.Args)
		}
	}
	return ""
}

func postOf(ctx context.Context, dir *people.Directory, g people.Grant) postLine {
	lang := i18n.LangOf(ctx)
	line := postLine{Role: g.Role, Scope: g.Scope}
	if role, ok := dir.Roles()[g.Role]; ok {
		line.Role = role.Name.In(lang)
	}
	if dep, err := dir.Department(g.Department); err == nil {
		line.Department = dep.Name.In(lang)
	}
	if g.Via != nil {
		line.Via = i18n.T(ctx, "account.via", "name", g.Via.Name, "until", local(g.Via.Until))
	}
	return line
}

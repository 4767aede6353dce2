package dossier

import (
	"context"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/platform/i18n"
)

// most is how many parties a form offers, the latest first.
const most = 200

func (m *Room) choices(ctx context.Context, a engine.Asked, list string) (out []engine.Choice, err error) {
	q := asking{m, a, ctx}
	switch list {
	case "heads":
		dir, err := m.People.Directory(ctx, a.Snapshot.Division)
		if err != nil {
			return nil, err
		}
		for _, x := range dir.Holders("panel", "", "", a.Now) {
			out = append(out, engine.Choice{Value: x.Account.String(), Label: i18n.Text{ZH: x.Name, EN: x.Name}})
		}
		return out, nil
	case "parties":
		found, err := party.Search(ctx, a.Q, a.Snapshot.Division, "", most)
		for _, p := range found {
			out = append(out, engine.Choice{Value: p.ID.String(), Label: i18n.Text{ZH: p.Name + " " + p.Number, EN: p.Name + " " + p.Number}})
		}
		return out, err
	}
	lib, err := q.library()
	if err != nil {
		return nil, err
	}
	if list == "violations" {
		for _, v := range lib.Violations() {
			out = append(out, engine.Choice{Value: v.Code, Label: v.Name})
		}
		return out, nil
	}
	for _, r := range lib.Rules(a.Snapshot.Text("violation")) {
		if !r.Elsewhere {
			out = append(out, engine.Choice{Value: r.ID, Label: i18n.Text{ZH: r.Law.ZH + r.Article.ZH, EN: r.Law.EN + " " + r.Article.EN}})
		}
	}
	return slices.Clip(out), nil
}

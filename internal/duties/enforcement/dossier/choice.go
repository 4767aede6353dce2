package dossier

import (
	"context"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
)

// most is how many parties a form offers, the latest first.
const most = 200

// posts are the role behind a list of persons, and the certificate they need.
var posts = map[string]struct {
	role        string
	certificate string
}{"heads": {"panel", ""}, "hosts": {"host", people.Host}, "recorders": {"recorder", ""}, "certified": {"officer", people.Enforcement}}

func (m *Room) holders(ctx context.Context, a engine.Asked, list string) (out []engine.Choice, err error) {
	dir, err := m.People.Directory(ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	want := posts[list]
	for _, x := range dir.Holders(want.role, "", "", a.Now) {
		if want.certificate == "" || slices.ContainsFunc(x.Certificates, func(c people.Certificate) bool { return c.Kind == want.certificate }) {
			out = append(out, engine.Choice{Value: x.Account.String(), Label: i18n.Text{ZH: x.Name, EN: x.Name}})
		}
	}
	return out, nil
}

func (m *Room) choices(ctx context.Context, a engine.Asked, list string) (out []engine.Choice, err error) {
	q := asking{m, a, ctx}
	switch list {
	case "heads", "hosts", "recorders", "certified":
		return m.holders(ctx, a, list)
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
	if list == "grades" {
		return grades(lib, a.Snapshot.Text("violation")), nil
	}
	for _, r := range lib.Rules(a.Snapshot.Text("violation")) {
		if !r.Elsewhere {
			out = append(out, engine.Choice{Value: r.ID, Label: i18n.Text{ZH: r.Law.ZH + r.Article.ZH, EN: r.Law.EN + " " + r.Article.EN}})
		}
	}
	return slices.Clip(out), nil
}

package app

import (
	"context"
	"slices"
	"strings"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/frontage"
	frontageweb "xiucheng/internal/duties/frontage/web"
	"xiucheng/internal/duties/joint/operation"
	jointweb "xiucheng/internal/duties/joint/web"
	"xiucheng/internal/duties/stall/change"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/duty"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/duties/stall/sites"
	stallweb "xiucheng/internal/duties/stall/web"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// streetRoles are those for whom the page of street order holds something.
func streetRoles() (out []string) {
	for _, d := range street() {
		out = append(out, d.Roles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// street lists the doors of street order: every duty adds its own here.
func street() []stallweb.Door {
	return []stallweb.Door{
		{Name: "stalls", Icon: "building-store", Href: "/street/stalls", Roles: stallweb.Roles,
			Waits: record.Filter{Procedures: []string{permit.Procedure}, States: []string{"applied", "checking", "offered", "renewing", "revoking", "suspended"}}},
		{Name: "closing", Icon: "camera", Href: "/street/closing", Roles: stallweb.Roles, First: []string{"stall_manager"}},
		{Name: "pass", Icon: "ticket", Href: "/street/pass", Roles: []string{"stall_manager", "officer"}, First: []string{"stall_manager"}},
		{Name: "frontage", Icon: "map-pins", Href: "/street/frontage", Roles: frontageweb.Roles, First: []string{"community_inspector", "outreach"},
			Waits: record.Filter{Procedures: []string{frontage.Inspection}, States: []string{"to_correct", "claimed", "failed", "appealed"}}},
		{Name: "duty", Icon: "walk", Href: "/street/duty", Roles: duty.Readers, First: []string{roster.Lead, "party_member", "volunteer"},
			Waits: record.Filter{Procedures: []string{"persuasion"}, Terminal: record.No}},
		{Name: "watch", Icon: "map-pin", Href: "/street/watch", Roles: duty.Keepers},
		{Name: "sites", Icon: "map-pin-plus", Href: "/street/sites", Roles: sites.Roles},
		{Name: "effect", Icon: "chart-line", Href: "/street/effect", Roles: change.Roles},
		{Name: "joint", Icon: "users-group", Href: "/joint", Roles: jointweb.Roles, First: []string{"unit_clerk", "unit_head"},
			Waits: record.Filter{Procedures: []string{operation.Procedure}, Terminal: record.No}},
	}
}

// streetTerm is what the words in titles of street order are called: acts that
// cost points, goods and bands, clusters and stretches, alone or with what is near.
func (a *App) streetTerm(ctx context.Context, division id.ID, word string) (i18n.Text, bool) {
	for _, t := range permit.Acts {
		if t.ZH == word {
			return t, true
		}
	}
	if t, ok := cluster.Term(word); ok {
		return t, true
	}
	if road, drawn := strings.CutSuffix(word, "附近（示意）"); drawn {
		return i18n.Text{ZH: word, EN: "near " + a.road(ctx, division, road) + " (illustrative)"}, true
	}
	if spot, near := strings.CutSuffix(word, "附近"); near {
		t, ok := a.streetTerm(ctx, division, spot)
		return i18n.Text{ZH: word, EN: "near " + t.EN}, ok
	}
	if book, err := a.stalls.clusters.Book(ctx, division); err == nil {
		for _, c := range book.Clusters {
			if c.Name.ZH == word {
				return c.Name, true
			}
		}
	}
	if book, err := a.onStreet.roster.Book(ctx, division); err == nil {
		for _, s := range book.Stretches {
			if s.Name.ZH == word {
				return s.Name, true
			}
		}
	}
	return i18n.Text{}, false
}

// road is what the map calls a road in English; one without a name there keeps its own.
func (a *App) road(ctx context.Context, division id.ID, name string) string {
	if town, err := a.places.Map(ctx, division); err == nil {
		for _, f := range town.Features(a.clk.Now(), place.Road) {
			if f.Name.ZH == name {
				return f.Name.In(i18n.EN)
			}
		}
	}
	return name
}

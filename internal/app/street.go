package app

import (
	"slices"

	frontageweb "xiucheng/internal/duties/frontage/web"
	jointweb "xiucheng/internal/duties/joint/web"
	"xiucheng/internal/duties/stall/duty"
	"xiucheng/internal/duties/stall/sites"
	stallweb "xiucheng/internal/duties/stall/web"
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
		{Name: "stalls", Icon: "building-store", Href: "/street/stalls", Roles: stallweb.Roles},
		{Name: "closing", Icon: "camera", Href: "/street/closing", Roles: stallweb.Roles},
		{Name: "pass", Icon: "ticket", Href: "/street/pass", Roles: []string{"stall_manager", "officer"}},
		{Name: "frontage", Icon: "map-pins", Href: "/street/frontage", Roles: frontageweb.Roles},
		{Name: "duty", Icon: "walk", Href: "/street/duty", Roles: duty.Readers},
		{Name: "watch", Icon: "map-pin", Href: "/street/watch", Roles: duty.Keepers},
		{Name: "sites", Icon: "map-pin-plus", Href: "/street/sites", Roles: sites.Roles},
		{Name: "joint", Icon: "users-group", Href: "/joint", Roles: jointweb.Roles},
	}
}

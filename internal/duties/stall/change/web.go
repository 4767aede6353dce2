package change

import (
	"net/http"

	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	return []httpx.Route{{Method: "GET", Pattern: "/street/effect", Access: httpx.Only(Roles...), Handler: m.show, Name: "street.effect"}}
}

func (m *Room) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	division := visit.From(ctx).Division.ID
	if code := r.URL.Query().Get("cluster"); code != "" {
		c, err := m.Of(ctx, division, code)
		if err != nil {
			return err
		}
		return httpx.Render(w, r, http.StatusOK, onePage(Say(ctx, c)))
	}
	list, err := m.All(ctx, division)
	if err != nil {
		return err
	}
	var lines []View
	for _, c := range list {
		lines = append(lines, Say(ctx, c))
	}
	return httpx.Render(w, r, http.StatusOK, listPage(lines))
}

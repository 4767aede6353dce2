package web

import (
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Sizes and times of routes that take photos from phones.
const (
	maxBody = 64 << 20
	slow    = 5 * time.Minute
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	open, guess, heavy := httpx.Public(), httpx.Rate{Every: time.Second, Burst: 60}, httpx.Rate{Every: 5 * time.Second, Burst: 20}
	read, scan, head, keep := httpx.Only(Roles...), httpx.Only(onSite...), httpx.Only("stall_head"), httpx.Only("stall_manager")
	return []httpx.Route{
		{Method: "GET", Pattern: "/stalls/apply", Access: open, Handler: m.applyForm, Name: "stall.apply.form", Rate: guess},
		{Method: "POST", Pattern: "/stalls/apply", Access: open, Handler: m.apply, Name: "stall.apply", MaxBody: maxBody, Timeout: slow, Rate: heavy},
		{Method: "GET", Pattern: "/stalls/mine", Access: open, Handler: m.mine, Name: "stall.mine", Rate: guess},
		{Method: "GET", Pattern: "/stalls/card/{number}", Access: open, Handler: m.card, Name: "stall.card", Rate: guess},
		{Method: "GET", Pattern: "/stall/{code}", Access: open, Handler: m.vendor, Name: "stall.vendor", Rate: guess},
		{Method: "GET", Pattern: "/stall/{code}/card.pdf", Access: open, Handler: m.print, Name: "stall.vendor.card", Rate: heavy, Timeout: time.Minute},
		{Method: "GET", Pattern: "/stall/{code}/receipt.pdf", Access: open, Handler: m.receipt, Name: "stall.vendor.receipt", Rate: heavy, Timeout: time.Minute},
		{Method: "GET", Pattern: "/stall/{code}/photo/{sha}/{size}", Access: open, Handler: m.photo, Name: "stall.vendor.photo", Rate: guess},
		{Method: "GET", Pattern: "/stall/{code}/steps/{step}", Access: open, Handler: m.stepForm, Name: "stall.vendor.step.form", Rate: guess},
		{Method: "POST", Pattern: "/stall/{code}/steps/{step}", Access: open, Handler: m.step, Name: "stall.vendor.step", MaxBody: maxBody, Timeout: slow, Rate: heavy},
		{Method: "GET", Pattern: "/stall/{code}/points/{id}/{step}", Access: open, Handler: m.stepForm, Name: "stall.vendor.point.form", Rate: guess},
		{Method: "POST", Pattern: "/stall/{code}/points/{id}/{step}", Access: open, Handler: m.step, Name: "stall.vendor.point", MaxBody: maxBody, Timeout: slow, Rate: heavy},
		{Method: "GET", Pattern: "/stalls/pass", Access: open, Handler: m.passForm, Name: "stall.pass.form", Rate: guess},
		{Method: "POST", Pattern: "/stalls/pass", Access: open, Handler: m.pass, Name: "stall.pass", Rate: httpx.Rate{Every: 20 * time.Second, Burst: 5}},
		{Method: "GET", Pattern: "/stalls/pass/{code}", Access: open, Handler: m.passCard, Name: "stall.pass.card", Rate: guess},
		{Method: "GET", Pattern: "/street/closing", Access: read, Handler: m.closings, Name: "street.closing"},
		{Method: "GET", Pattern: "/street/closing/{code}", Access: keep, Handler: m.askClosing, Name: "street.closing.form"},
		{Method: "POST", Pattern: "/street/closing/{code}", Access: keep, Handler: m.close, Name: "street.closing.do", MaxBody: maxBody, Timeout: slow},
		{Method: "GET", Pattern: "/street/closing/{code}/{day}", Access: read, Handler: m.closingPhoto, Name: "street.closing.photo"},
		{Method: "GET", Pattern: "/street", Access: httpx.Only(m.everybody()...), Handler: m.street, Name: "street"},
		{Method: "GET", Pattern: "/street/stalls", Access: read, Handler: m.desk, Name: "street.stalls"},
		{Method: "GET", Pattern: "/street/stalls/batch", Access: head, Handler: m.batch, Name: "street.batch"},
		{Method: "POST", Pattern: "/street/stalls/batch", Access: head, Handler: m.accept, Name: "street.batch.accept"},
		{Method: "GET", Pattern: "/street/pass", Access: scan, Handler: m.passForm, Name: "street.pass.form"},
		{Method: "POST", Pattern: "/street/pass", Access: scan, Handler: m.pass, Name: "street.pass"},
		{Method: "POST", Pattern: "/street/scan/{number}/here", Access: scan, Handler: m.here, Name: "street.here"},
		{Method: "GET", Pattern: "/street/scan/{number}/points", Access: scan, Handler: m.pointForm, Name: "street.points.form"},
		{Method: "POST", Pattern: "/street/scan/{number}/points", Access: scan, Handler: m.point, Name: "street.points", MaxBody: maxBody, Timeout: slow},
	}
}

// everybody are the roles for whom the page of street order holds something.
func (m *Room) everybody() []string {
	var out []string
	for _, d := range m.Doors {
		out = append(out, d.Roles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// doors are those of the visitor, the ones that make the day first.
func (m *Room) doors(r *http.Request) (out []Door) {
	who := visit.From(r.Context()).Actor
	for _, d := range m.Doors {
		if slices.ContainsFunc(d.Roles, who.Has) {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(x, y Door) int {
		if first := slices.ContainsFunc(x.First, who.Has); first != slices.ContainsFunc(y.First, who.Has) {
			if first {
				return -1
			}
			return 1
		}
		return 0
	})
	return out
}

// tile is a door with what waits behind it today.
type tile struct {
	Door
	N int
}

// manyWait is where a tile stops counting.
const manyWait = 999

func (m *Room) street(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	var tiles []tile
	for _, d := range m.doors(r) {
		t := tile{Door: d}
		if len(d.Waits.Procedures) > 0 {
			var err error
			if t.N, err = record.Upto(ctx, m.DB, division, d.Waits, manyWait); err != nil {
				return err
			}
		}
		tiles = append(tiles, t)
	}
	return httpx.Render(w, r, http.StatusOK, streetPage(tiles))
}

// base is the program's address, as it stands on a card.
func (m *Room) base(r *http.Request) string {
	if m.BaseURL != "" {
		return m.BaseURL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// tones are the states of permits and points as they are coloured.
var tones = map[string]ui.Tone{"active": ui.Green, "renewing": ui.Green, "waiting": ui.Blue, "offered": ui.Amber, "suspended": ui.Amber, "correcting": ui.Amber, "revoking": ui.Red,
	"refused": ui.Red, "revoked": ui.Red, "noted": ui.Amber, "appealed": ui.Blue, "effective": ui.Red}

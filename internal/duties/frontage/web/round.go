package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Around an officer on a round: how far shops are looked for, and how many a page
// shows.
const (
	reach = 150
	shown = 50
)

// shopsView is the list of shops with its map.
type shopsView struct {
	Text, Show string
	Here       form.Form
	Near       bool
	Rows       []doorRow
	Pager      ui.Pager
	Map        mapview.Map
	May        may
}

// doorRow is one shop of a list.
type doorRow struct {
	Code, Name, Address, Trade, Metres string
	Pledge, Last                       ui.Chip
	Score                              string
	Listed                             []ui.Chip
}

func hereForm(ctx context.Context) form.Form {
	b := i18n.From(ctx).Bundle
	f := form.New("here", "/street/frontage/shops", []form.Field{{Name: "place", Type: form.Place, Required: true, Label: b.Text("frontage.here"), Help: b.Text("frontage.here_help"), Auto: true}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "frontage.near_do"), Icon: "current-location", Primary: true}}
	return f
}

func (m *Room) blankShops(ctx context.Context) shopsView {
	return shopsView{Here: hereForm(ctx), May: mayOf(ctx), Map: mapview.Map{ID: "map", Base: "/map/base.json", Points: "/street/frontage/map.json", Label: i18n.T(ctx, "frontage.map"), Legend: legend(ctx)}}
}

func (m *Room) shops(w http.ResponseWriter, r *http.Request) error {
	ctx, q, division := r.Context(), r.URL.Query(), visit.From(r.Context()).Division.ID
	v := m.blankShops(ctx)
	v.Text, v.Show = q.Get("q"), q.Get("show")
	var doors []frontage.Door
	var err error
	if v.Show == "unsigned" {
		doors, err = m.unsigned(ctx, division)
	} else {
		var list []shop.Shop
		var next string
		list, next, err = shop.Search(ctx, m.DB, division, v.Text, q.Get("after"), shown)
		if next != "" {
			v.Pager.Next = "/street/frontage/shops?" + url.Values{"q": {v.Text}, "after": {next}}.Encode()
		}
		if err == nil {
			doors, err = frontage.Doors(ctx, m.DB, division, list)
		}
	}
	if err != nil {
		return err
	}
	for _, d := range doors {
		v.Rows = append(v.Rows, m.row(ctx, d))
	}
	v.Pager.Shown = len(v.Rows)
	return httpx.Render(w, r, http.StatusOK, shopsPage(v))
}

// unsigned are the shops that trade without a pledge in force.
func (m *Room) unsigned(ctx context.Context, division id.ID) (out []frontage.Door, err error) {
	b, err := m.Duty.Look(ctx, division)
	for _, d := range b.Doors {
		if !d.Pledged() && len(out) < 4*shown {
			out = append(out, d)
		}
	}
	return out, err
}

// near lists the shops around where the visitor stands.
func (m *Room) near(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	v := m.blankShops(ctx)
	in, err := form.Read(r, v.Here.Fields, calendar.Zone)
	var at geo.Point
	if err == nil {
		at, err = m.locate(ctx, in)
	}
	if ours(err) {
		v.Here = v.Here.Refused(ctx, in, err)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, shopsPage(v))
	}
	if err != nil {
		return err
	}
	list, err := shop.Around(ctx, m.DB, division, at, reach)
	if err != nil {
		return err
	}
	plain := make([]shop.Shop, len(list))
	for i, x := range list {
		plain[i] = x.Shop
	}
	doors, err := frontage.Doors(ctx, m.DB, division, plain)
	if err != nil {
		return err
	}
	for i, d := range doors {
		row := m.row(ctx, d)
		row.Metres = i18n.T(ctx, "frontage.metres", "n", fmt.Sprintf("%.0f", list[i].Metres))
		v.Rows = append(v.Rows, row)
	}
	v.Near, v.Pager.Shown = true, len(v.Rows)
	v.Map.Center, v.Map.Zoom = [2]float64{at.Lng, at.Lat}, 18
	return httpx.Render(w, r, http.StatusOK, shopsPage(v))
}

// locate finds the point of a place: as given, else from its words.
func (m *Room) locate(ctx context.Context, in form.Input) (geo.Point, error) {
	where, _ := in.Values["place"].(form.Point)
	if where.Located {
		return geo.Point{Lat: where.Lat, Lng: where.Lng}, nil
	}
	town, err := m.Places.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return geo.Point{}, err
	}
	if found := town.Find(where.Address, m.Clock.Now()); len(found) > 0 {
		return found[0].Point, nil
	}
	return geo.Point{}, fault.New(fault.Invalid, "form.refused").Field("place", "frontage.unknown_place")
}

func (m *Room) row(ctx context.Context, d frontage.Door) doorRow {
	out := doorRow{Code: d.Code, Name: d.Name, Address: d.Address, Trade: i18n.T(ctx, "shop.trade."+d.Trade), Pledge: ui.Chip{Label: i18n.T(ctx, "frontage.no_pledge"), Tone: ui.Plain}}
	if !d.Pledge.Case.IsZero() {
		out.Pledge = m.chip(ctx, d.Pledge)
	}
	if !d.Last.Case.IsZero() {
		out.Last, out.Score = m.chip(ctx, d.Last), i18n.T(ctx, "frontage.points", "n", d.Last.Total, "day", day(d.Last.Opened))
	}
	for _, e := range d.Listed {
		out.Listed = append(out.Listed, ui.Chip{Label: i18n.T(ctx, "frontage."+e.List), Tone: map[string]ui.Tone{frontage.Red: ui.Green, frontage.Black: ui.Red}[e.List]})
	}
	return out
}

// toneOf is how a shop stands on the map.
func toneOf(k frontage.Mark) ui.Tone {
	switch {
	case k.Last == "failed":
		return ui.Red
	case k.Last == "to_correct" || k.Last == "claimed":
		return ui.Amber
	case k.Pledged:
		return ui.Green
	}
	return ui.Blue
}

func legend(ctx context.Context) (out []mapview.Key) {
	for _, x := range []struct {
		name string
		tone ui.Tone
	}{{"signed", ui.Green}, {"correcting", ui.Amber}, {"failed", ui.Red}, {"unsigned", ui.Blue}} {
		out = append(out, mapview.Key{Label: i18n.T(ctx, "frontage.legend."+x.name), Shape: mapview.Dot, Tone: x.tone})
	}
	return append(out, mapview.Key{Label: i18n.T(ctx, "frontage.legend.many"), Shape: mapview.Many})
}

// points are the shops on the map.
func (m *Room) points(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := m.Duty.Map(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	in, zoom := mapview.Asked(r.URL.Query())
	all = slices.DeleteFunc(all, func(k frontage.Mark) bool {
		return k.At.Lng < in.W || k.At.Lng > in.E || k.At.Lat < in.S || k.At.Lat > in.N
	})
	return httpx.JSON(w, http.StatusOK, onMap(all, zoom))
}

// shopView is one shop with what happened at its door.
type shopView struct {
	Shop    shop.Shop
	Facts   []ui.Fact
	Map     mapview.Map
	Pledge  *frontage.Entry // open, or the latest
	State   ui.Chip
	Actions []ui.Step
	Draft   bool // a pledge can be drafted
	Key     string
	Cases   []caseLine
	Failing *failing
}

// failing is an inspection that nobody put right, with what an officer can make
// of it at once.
type failing struct {
	Said, Post, Href string
	Laws             []lawChoice // with a rule in force; a lead needs one
}

type lawChoice struct{ Code, Name, Article string }

// failing is the shop's open failure; nil for none, and for whom may not pass it on.
func (m *Room) failing(ctx context.Context, division id.ID, list []frontage.Entry) (*failing, error) {
	i := slices.IndexFunc(list, func(e frontage.Entry) bool { return e.Procedure == frontage.Inspection && e.State == "failed" })
	if i < 0 || !visit.From(ctx).Actor.Has("officer") {
		return nil, nil
	}
	laws, err := m.Duty.Violations(ctx, division)
	if err != nil {
		return nil, err
	}
	n := len(frontage.Judge(frontage.Black, list, 0, m.Clock.Now()).Counted)
	page := "/cases/" + list[i].Case.String()
	v := &failing{Said: i18n.T(ctx, "frontage.failing.said", "n", n), Post: page + "/steps/pass_on", Href: page}
	lang := i18n.LangOf(ctx)
	for _, x := range laws {
		v.Laws = append(v.Laws, lawChoice{x.Value, x.Label.In(lang), x.Hint.In(lang)})
	}
	return v, nil
}

// caseLine is one case of the shop in a list.
type caseLine struct {
	What, Href, Day, Score string
	State                  ui.Chip
}

func (m *Room) shop(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	s, err := shop.Find(ctx, m.DB, division, r.PathValue("code"))
	if err != nil {
		return err
	}
	list, err := frontage.Of(ctx, m.DB, division, s.Code, "")
	if err != nil {
		return err
	}
	v := shopView{Shop: s, Facts: factsOf(ctx, s), Map: mapOf(ctx, s), Key: id.New().String()}
	for _, e := range list {
		line := caseLine{What: i18n.T(ctx, "frontage.what."+e.Procedure), Href: "/cases/" + e.Case.String(), Day: day(e.Opened), State: m.chip(ctx, e)}
		if e.Procedure == frontage.Inspection {
			line.Score = strconv.Itoa(e.Total)
		}
		if e.Procedure == frontage.Pledge && (v.Pledge == nil || !e.Terminal) {
			v.Pledge, v.State = &e, m.chip(ctx, e)
		}
		v.Cases = append(v.Cases, line)
	}
	if v.Failing, err = m.failing(ctx, division, list); err != nil {
		return err
	}
	can := mayOf(ctx)
	v.Draft = can.Offer && s.Open(m.today()) && (v.Pledge == nil || v.Pledge.Terminal)
	if can.Inspect && s.Open(m.today()) {
		v.Actions = append(v.Actions, ui.Step{Label: i18n.T(ctx, "frontage.inspect"), Icon: "camera", Href: "/street/frontage/shops/" + url.PathEscape(s.Code) + "/inspect", Primary: true})
	}
	keyed, err := frontage.Keyed(ctx, m.DB, division, s.Code)
	if err != nil {
		return err
	}
	if can.Recode && !keyed.IsZero() && (v.Pledge == nil || v.Pledge.State != "drafted") {
		v.Actions = append(v.Actions, ui.Step{Label: i18n.T(ctx, "frontage.code.title"), Icon: "refresh", Href: "/street/frontage/shops/" + url.PathEscape(s.Code) + "/code"})
	}
	if v.Pledge != nil {
		v.Actions = append(v.Actions, ui.Step{Label: i18n.T(ctx, "frontage.pdf"), Icon: "printer", Href: "/street/frontage/pledges/" + v.Pledge.Case.String() + "/pdf"})
	}
	return httpx.Render(w, r, http.StatusOK, shopPage(v))
}

func factsOf(ctx context.Context, s shop.Shop) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "frontage.code"), Text: s.Code}, {Label: i18n.T(ctx, "frontage.trade"), Text: i18n.T(ctx, "shop.trade."+s.Trade)},
		{Label: i18n.T(ctx, "frontage.address"), Text: s.Address, Wide: true}}
	if s.Credit != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "enf.col.credit_code"), Text: s.Credit})
	}
	if s.Risk != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "enf.col.risk"), Text: i18n.T(ctx, "shop.risk."+s.Risk)})
	}
	stretch := i18n.T(ctx, "frontage.no_stretch")
	if len(s.Stretch) > 0 {
		stretch = i18n.T(ctx, "frontage.long", "n", fmt.Sprintf("%.1f", s.Stretch.Metres()))
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "enf.col.stretch"), Text: stretch})
	if s.Provenance == "synthetic" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "enf.col.provenance"), Text: i18n.T(ctx, "frontage.synthetic")})
	}
	return out
}

// mapOf shows the shop's stretch.
func mapOf(ctx context.Context, s shop.Shop) mapview.Map {
	return mapview.Map{ID: "map", Base: "/map/base.json", Areas: "/frontage/line/" + url.PathEscape(s.Code), Label: i18n.T(ctx, "frontage.map_one", "name", s.Name),
		Center: [2]float64{s.At.Lng, s.At.Lat}, Zoom: 19}
}

// pictures are the photos of a case that a shop may see, too: of the inspection,
// of what it put right, of the re-check.
func pictures(ctx context.Context, list []evidence.Exhibit, base string) (out []ui.Photo) {
	for _, x := range list {
		if !x.Photo() || x.Kind == "signature" {
			continue
		}
		label := i18n.T(ctx, "frontage.photo."+kindOf(x.Kind))
		out = append(out, ui.Photo{Thumb: base + x.SHA256 + "/thumb", Full: base + x.SHA256 + "/screen", Alt: label, Label: label, At: x.Received.In(calendar.Zone).Format("01-02 15:04"), Blurred: x.Veiled})
	}
	return out
}

func kindOf(k string) string {
	switch k {
	case "site", "after", "check":
		return k
	}
	return "other"
}

// found reads a case of this duty by the id of the address.
func (m *Room) found(r *http.Request, name string, division id.ID) (*engine.Snapshot, error) {
	key, err := id.Parse(r.PathValue(name))
	if err != nil {
		return nil, fault.Missing("case")
	}
	s, err := m.Engine().Find(r.Context(), division, key)
	if err != nil {
		return nil, err
	}
	if s.Procedure != frontage.Pledge && s.Procedure != frontage.Inspection && s.Procedure != frontage.Listing {
		return nil, fault.Missing("case")
	}
	return s, nil
}

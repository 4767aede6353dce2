package web

import (
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/duties/stall/assign"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// weekdays are days counted from Monday as the standard library counts them.
func weekdays(days []int) (out []time.Weekday) {
	for _, d := range days {
		out = append(out, time.Weekday(d%7))
	}
	return out
}

// passFields are what an officer asks a vendor met on the street.
func passFields() []form.Field {
	f := []form.Field{
		{Name: "goods", Type: form.Enum, List: true, Label: i18n.Text{ZH: "卖什么", EN: "What is sold"}, Required: true},
		{Name: "phone", Type: form.Phone, Label: i18n.Text{ZH: "手机号（只留摘要，用来计每月次数）", EN: "Mobile number (only a digest is kept, to count passes)"}, Required: true},
		{Name: "place", Type: form.Place, Label: i18n.Text{ZH: "您现在的位置", EN: "Where you are"}, Required: true, Auto: true},
	}
	for _, g := range cluster.Goods {
		f[0].Options = append(f[0].Options, form.Option{Value: g, Label: cluster.Name(g)})
	}
	return f
}

// passForm is the form of an officer, or of the vendor himself.
func passForm(path string) form.Form {
	f := form.New("pass", path, passFields())
	f.Ground = mapview.Map{Base: "/map/base.json"}
	return f
}

func (m *Room) passForm(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path == ownPass {
		return httpx.Render(w, r, http.StatusOK, passPage(nil, passForm(ownPass), nil))
	}
	month, err := m.month(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, passPage(m.passTabs(r), passForm(r.URL.Path), month))
}

// pass gives the nearest stall with room for the opening of today.
func (m *Room) pass(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f := passForm(r.URL.Path)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	var given permit.Pass
	if err == nil {
		given, err = m.nearest(r, in)
	}
	if err != nil {
		wrong := fault.As(err)
		if wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict {
			return err
		}
		f = f.Refused(ctx, in, wrong)
		if len(wrong.Fields) == 0 {
			f.General = i18n.T(ctx, wrong.Key, args(wrong)...)
		}
		return httpx.Render(w, r, wrong.Kind.Status(), passPage(m.passTabs(r), f, nil))
	}
	return httpx.Redirect(w, r, ownPass+"/"+given.Code)
}

// ownPass is where a vendor takes a stall for the day himself.
const ownPass = "/stalls/pass"

// passTabs are those of staff; a vendor has none.
func (m *Room) passTabs(r *http.Request) []ui.Tab {
	if r.URL.Path == ownPass {
		return nil
	}
	return m.tabs(r, "/street/pass")
}

func args(f *fault.Error) (out []any) {
	for k, v := range f.Args {
		out = append(out, k, v)
	}
	return out
}

func (m *Room) nearest(r *http.Request, in form.Input) (p permit.Pass, err error) {
	ctx, who, now := r.Context(), visit.From(r.Context()), m.Clock.Now()
	book, err := m.Book(ctx, who.Division.ID)
	if err != nil {
		return p, err
	}
	stalls, err := m.stalls(ctx, who.Division.ID, book)
	if err != nil {
		return p, err
	}
	today, err := permit.Passes(ctx, m.DB, who.Division.ID, calendar.DateOf(now))
	if err != nil {
		return p, err
	}
	for i := range stalls {
		s := &stalls[i]
		s.Held = slices.Clone(s.Held)
		for _, b := range cluster.Bands {
			if _, taken := today[[2]string{s.ID, b}]; taken {
				s.Held = append(s.Held, b)
			}
		}
	}
	goods, _ := in.Values["goods"].([]string)
	phone, _ := in.Values["phone"].(string)
	at, _ := in.Values["place"].(form.Point)
	if !at.Located {
		return p, fault.New(fault.Invalid, "form.refused").Field("place", "stallweb.where")
	}
	o, ok := assign.Nearest(stalls, geo.Point{Lat: at.Lat, Lng: at.Lng}, assign.Need{Goods: goods}, now.In(calendar.Zone))
	if !ok {
		return p, fault.New(fault.Conflict, "stallweb.nowhere")
	}
	giver := who.Actor
	if r.URL.Path == ownPass {
		giver = people.Actor{Division: who.Division.ID}
	}
	return m.Permits.DayPass(ctx, giver, o.Stall, phone, goods, now)
}

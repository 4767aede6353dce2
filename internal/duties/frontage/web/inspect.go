package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// Endings of an inspection: the button that was pressed.
const (
	pass  = "pass"
	spot  = "spot"
	order = "order"
)

// grades are the shares of an item's points that a thumb can choose.
var grades = []struct {
	name  string
	share int
}{{"full", 100}, {"good", 80}, {"fair", 60}, {"poor", 40}, {"none", 0}}

// inspectView is the form at the door.
type inspectView struct {
	Shop   shop.Shop
	Form   form.Form
	Duties []frontage.Duty
}

func (m *Room) blankInspect(r *http.Request) (v inspectView, err error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	if v.Shop, err = shop.Find(ctx, m.DB, division, r.PathValue("code")); err != nil {
		return v, err
	}
	if v.Duties, err = frontage.InForce(ctx, m.DB, division, m.today()); err != nil {
		return v, err
	}
	b := i18n.From(ctx).Bundle
	occasion := form.Field{Name: "occasion", Type: form.Enum, Required: true, Label: b.Text("frontage.occasion")}
	for _, o := range []string{"routine", "complaint", "hazard"} {
		occasion.Options = append(occasion.Options, form.Option{Value: o, Label: b.Text("frontage.occasion." + o)})
	}
	fields := []form.Field{{Name: stepform.Here, Type: form.Place, Label: b.Text("frontage.here"), Help: b.Text("frontage.here_photo"), Auto: true}, occasion,
		{Name: "photos", Type: form.Photo, List: true, Required: true, Label: b.Text("frontage.photos"), Help: b.Text("frontage.photos_help")}}
	for _, d := range v.Duties {
		f := form.Field{Name: "score_" + d.Code, Type: form.Enum, Required: true, Label: d.Name, Help: d.Text}
		for _, g := range grades {
			n := strconv.Itoa(d.Points * g.share / 100)
			f.Options = append(f.Options, form.Option{Value: n, Label: i18n.Text{ZH: n + " " + b.Text("frontage.grade."+g.name).ZH, EN: n + " " + b.Text("frontage.grade."+g.name).EN}})
		}
		fields = append(fields, f)
	}
	most := 500
	fields = append(fields, form.Field{Name: "after", Type: form.Photo, List: true, Label: b.Text("frontage.after"), Help: b.Text("frontage.after_help")},
		form.Field{Name: "note", Type: form.Text, Label: b.Text("frontage.note"), Max: &most})
	v.Form = form.New("inspect", r.URL.Path, fields)
	v.Form.Raw = url.Values{"occasion": {"routine"}}
	for _, x := range []struct{ name, icon string }{{pass, "check"}, {spot, "refresh"}, {order, "clock"}} {
		v.Form.Steps = append(v.Form.Steps, ui.Step{Label: i18n.T(ctx, "frontage.then."+x.name), Icon: x.icon, Name: "then", Value: x.name, Primary: x.name == pass})
	}
	return v, nil
}

func (m *Room) askInspect(w http.ResponseWriter, r *http.Request) error {
	v, err := m.blankInspect(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, inspectPage(v))
}

// inspect records the scores and takes the step of the button that was pressed.
// Where that one is refused, the inspection stays and its page says what can be
// done next.
func (m *Room) inspect(w http.ResponseWriter, r *http.Request) error {
	v, err := m.blankInspect(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	sent, err := m.Photos.Read(r, v.Form.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	then := r.PostForm.Get("then")
	wrong := sent.Wrong
	if wrong == nil && then == spot && !has(sent.Uploads, "after") {
		wrong = fault.New(fault.Invalid, "form.refused").Field("after", "form.required.photo")
	}
	var res engine.Result
	if wrong == nil {
		res, err = m.record(ctx, v, sent)
		if err != nil && !ours(err) {
			return err
		}
		wrong = fault.As(err)
	}
	if wrong != nil {
		v.Form = sent.Refused(ctx, v.Form, wrong)
		return httpx.Render(w, r, wrong.Kind.Status(), inspectPage(v))
	}
	flash := httpx.Flash{Key: "frontage.inspected"}
	if err := m.conclude(ctx, v, sent, res, then); ours(err) {
		flash = httpx.Flash{Key: "frontage.inspected_but", Args: map[string]any{"why": sentence(ctx, err)}}
	} else if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, flash); err != nil {
		return err
	}
	to := "/street/frontage/shops/" + url.PathEscape(v.Shop.Code)
	switch {
	case res.Receipt != "": // the shop has no code yet: show it now
		to = "/shop/my/" + res.Receipt
	case then == "" || flash.Args != nil:
		to = "/cases/" + res.Case.String()
	}
	return httpx.Redirect(w, r, to)
}

func has(list []engine.Upload, field string) bool {
	for _, u := range list {
		if u.Field == field {
			return true
		}
	}
	return false
}

func of(list []engine.Upload, field string) (out []engine.Upload) {
	for _, u := range list {
		if u.Field == field {
			out = append(out, u)
		}
	}
	return out
}

// record opens the inspection under the shop's pledge; a shop without one gets a
// receipt code of its own.
func (m *Room) record(ctx context.Context, v inspectView, sent stepform.Sent) (engine.Result, error) {
	actor := visit.From(ctx).Actor
	scores := map[string]string{}
	for _, d := range v.Duties {
		scores[d.Code], _ = sent.Values["score_"+d.Code].(string)
	}
	in := procedure.Input{"shop": v.Shop.Code, "occasion": sent.Values["occasion"], "scores": scores}
	if s, _ := sent.Values["note"].(string); s != "" {
		in["note"] = s
	}
	o := engine.Opening{Procedure: frontage.Inspection, Division: actor.Division, Step: "inspect", Actor: actor, Input: in, Files: of(sent.Uploads, "photos"), Key: sent.Key}
	return m.open(ctx, v.Shop.Code, o)
}

// open opens a case for a shop: under the one it has a code of, or with a code of its
// own.
func (m *Room) open(ctx context.Context, code string, o engine.Opening) (r engine.Result, err error) {
	if o.Parent, err = frontage.Keyed(ctx, m.DB, o.Division, code); err != nil {
		return r, err
	}
	if o.Parent.IsZero() {
		o.Party = &engine.NewParty{}
	}
	return m.Engine().Open(ctx, o)
}

// conclude takes the step of the button; none leaves the inspection recorded.
func (m *Room) conclude(ctx context.Context, v inspectView, sent stepform.Sent, res engine.Result, then string) error {
	a := engine.Act{Case: res.Case, Step: then, Actor: visit.From(ctx).Actor}
	switch then {
	case pass:
	case spot:
		a.Files = of(sent.Uploads, "after")
	case order:
		a.Input = procedure.Input{"items": lacking(v.Duties, sent)}
	default:
		return nil
	}
	if sent.Key != "" {
		a.Key = sent.Key + "+" + then
	}
	_, err := m.Engine().Act(ctx, a)
	return err
}

// lacking are the items to put right: those below four fifths of their points,
// else all that lost any.
func lacking(duties []frontage.Duty, sent stepform.Sent) (out []string) {
	for _, most := range []int{80, 100} {
		for _, d := range duties {
			s, _ := sent.Values["score_"+d.Code].(string)
			if n, err := strconv.Atoi(s); err == nil && n*100 < d.Points*most {
				out = append(out, d.Code)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

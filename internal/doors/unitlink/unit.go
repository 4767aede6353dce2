package unitlink

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/platform/text"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// maxBody is what a step with its photos may weigh.
const maxBody = 9*photo.MaxBytes + 1<<20

// Routes is the room's part of the route table.
func (r *Room) Routes() []httpx.Route {
	open, guess := httpx.Public(), httpx.Rate{Every: 2 * time.Second, Burst: 60}
	return append(r.staffRoutes(),
		httpx.Route{Method: "GET", Pattern: "/u/{token}", Access: open, Handler: r.behind(r.unit), Name: "unit", Rate: guess},
		httpx.Route{Method: "GET", Pattern: "/u/{token}/steps/{step}", Access: open, Handler: r.behind(r.stepForm), Name: "unit.step.form", Rate: guess},
		httpx.Route{Method: "POST", Pattern: "/u/{token}/steps/{step}", Access: open, Handler: r.behind(r.step), Name: "unit.step", MaxBody: maxBody,
			Timeout: 5 * time.Minute, Rate: guess},
		httpx.Route{Method: "GET", Pattern: "/u/{token}/photo/{sha}/{size}", Access: open, Handler: r.behind(r.picture), Name: "unit.photo"},
		httpx.Route{Method: "GET", Pattern: "/u/{token}/points.json", Access: open, Handler: r.behind(r.points), Name: "unit.points"},
	)
}

// guest is somebody who came by a link that opens its case.
type guest struct {
	Link
	snap  *engine.Snapshot
	base  string // of the link's pages
	title string // this and the next without numbers that people wrote into them
	where string
	dir   *people.Directory
	phone string // whom to call
}

// behind lets in who has a link that opens its case; anybody else is told why
// not, and whom to call.
func (r *Room) behind(h func(http.ResponseWriter, *http.Request, guest) error) httpx.Handler {
	return func(w http.ResponseWriter, req *http.Request) error {
		l, s, over, err := r.Find(req.Context(), req.PathValue("token"))
		if err != nil {
			return err
		}
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("X-Robots-Tag", "noindex, nofollow")
		division := l.Division
		if over == Unknown {
			division = visit.From(req.Context()).Division.ID
		}
		phone, err := r.phone(req.Context(), division, s)
		if err != nil {
			return err
		}
		switch over {
		case Good:
		case Unknown:
			return httpx.Render(w, req, http.StatusNotFound, overPage(over, l, "", phone))
		default:
			return httpx.Render(w, req, http.StatusGone, overPage(over, l, kinds[s.Procedure].words, phone))
		}
		g := guest{Link: l, snap: s, base: "/u/" + req.PathValue("token"), phone: phone}
		g.title, _ = text.Mask(s.Title)
		g.where, _ = text.Mask(s.Address)
		if g.dir, err = r.People.Directory(req.Context(), l.Division); err != nil {
			return err
		}
		return h(w, req, g)
	}
}

// phone is whom the unit may call: the lead unit of an operation, else the desk.
func (r *Room) phone(ctx context.Context, division id.ID, s *engine.Snapshot) (string, error) {
	set, err := r.Settings(ctx, division)
	if err != nil {
		return "", err
	}
	out := set.Text("contact.phone")
	if s == nil || kinds[s.Procedure].held {
		return out, nil
	}
	dir, err := r.People.Directory(ctx, division)
	if err != nil {
		return "", err
	}
	if d, err := dir.Department(s.Text("dept")); err == nil {
		out = cmp.Or(d.Phone, out)
	}
	return out, nil
}

// unitView is the case as the unit sees it.
type unitView struct {
	guest
	Dept     string
	Chips    []ui.Chip
	Left     ui.Left
	Facts    []ui.Fact
	Desc     string
	Rework   bool
	Ask      string
	Geo      string // for the phone's own map
	Map      mapview.Map
	Photos   []ui.Photo
	Steps    []ui.Step
	Timeline []ui.Entry
	Staff    bool // the visitor has an account and acts under it
}

func (r *Room) unit(w http.ResponseWriter, req *http.Request, g guest) error {
	v, err := r.view(req, g)
	if err != nil {
		return err
	}
	if v.Staff = visit.From(req.Context()).SignedIn(); !v.Staff {
		if err := r.open(req.Context(), g.Link); err != nil {
			return err
		}
	}
	return httpx.Render(w, req, http.StatusOK, unitPage(v))
}

// soon is when a time left turns amber.
const soon = time.Hour

func (r *Room) view(req *http.Request, g guest) (v unitView, err error) {
	ctx, s, lang := req.Context(), g.snap, i18n.LangOf(req.Context())
	v = unitView{guest: g, Dept: g.deptName(lang), Ask: s.Text("ask")}
	v.Desc, _ = text.Mask(s.Text("desc"))
	v.Rework, _ = s.Data["rework_now"].(bool)
	v.Chips = []ui.Chip{{Label: s.StateOf().Name.In(lang), Tone: ui.Blue}}
	switch {
	case s.DueState == "paused":
		v.Left = ui.Paused(ctx)
	case s.Due == record.NoDue:
		v.Left = ui.LeftUntil(ctx, r.Clock.Now(), time.Time{}, soon)
	default:
		v.Left = ui.LeftUntil(ctx, r.Clock.Now(), clock.FromMicro(s.Due), soon)
	}
	if v.Facts, err = kinds[s.Procedure].facts(r, ctx, g); err != nil {
		return v, err
	}
	if s.Place != nil {
		v.Geo = fmt.Sprintf("geo:%.6f,%.6f?q=%.6f,%.6f", s.Place.Lat, s.Place.Lng, s.Place.Lat, s.Place.Lng)
		v.Map = mapview.Map{ID: "map", Base: "/map/base.json", Points: g.base + "/points.json", Selected: "case", Label: i18n.T(ctx, "unitlink.place"),
			Center: [2]float64{s.Place.Lng, s.Place.Lat}, Zoom: 15.5}
	}
	if v.Photos, err = r.photos(ctx, g); err != nil {
		return v, err
	}
	events, err := record.Timeline(ctx, r.DB, s.Division, s.ID)
	if err != nil {
		return v, err
	}
	v.Timeline = g.timeline(ctx, events)
	offers, err := r.Engine.Offers(ctx, g.Actor(""), s)
	v.Steps = stepform.Buttons(offers, "", lang, func(step string) (string, string) { return g.base + "/steps/" + step, "" })
	return v, err
}

func (g guest) deptName(lang i18n.Lang) string { return named(g.dir, g.Dept, lang) }

// named is what the department is called, its code where it is unknown.
func named(dir *people.Directory, code string, lang i18n.Lang) string {
	if d, err := dir.Department(code); err == nil {
		return d.Name.In(lang)
	}
	return code
}

func (r *Room) photos(ctx context.Context, g guest) (out []ui.Photo, err error) {
	list, err := evidence.Of(ctx, r.DB, g.Division, g.Case)
	for _, x := range list {
		if !x.Photo() {
			continue
		}
		at := x.Taken
		if at.IsZero() {
			at = x.Received
		}
		label, base := i18n.T(ctx, "unitlink.photo."+x.Kind), g.base+"/photo/"+x.SHA256
		out = append(out, ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", Alt: label, Label: label, At: at.In(calendar.Zone).Format("01-02 15:04")})
	}
	return out, err
}

// timeline is what the unit itself did, and what of others concerns it; names of
// others and what reporters wrote are not in it.
func (g guest) timeline(ctx context.Context, events []record.Event) (out []ui.Entry) {
	lang, p, k := i18n.LangOf(ctx), g.snap.Proc, kinds[g.snap.Procedure]
	for _, e := range events {
		step := p.Named(e.Step)
		body, err := e.Read()
		if err != nil || step == nil || e.Dept != g.Dept && !k.concerns(step) {
			continue
		}
		at := clock.FromMicro(e.At)
		x := ui.Entry{At: at.In(calendar.Zone).Format("01-02 15:04"), Time: at, Title: step.Name.In(lang), Text: said(body), Tone: ui.Green}
		if e.Dept == g.Dept {
			x.Who = body.Actor.Name
		}
		out = append(out, x)
	}
	return out
}

// said is the sentence of a step worth reading in the timeline.
func said(b record.Body) string {
	for _, name := range []string{"explain", "opinion", "reply", "what", "progress", "text", "ask", "measures", "reason"} {
		if raw := b.Input[name]; len(raw) > 2 && raw[0] == '"' {
			if s, err := strconv.Unquote(string(raw)); err == nil {
				return s
			}
		}
	}
	return ""
}

// who is the name of the field, and of the cookie, that has the person's name.
const who = "unit_person"

// longestName is how many characters of a name stand in a timeline.
const longestName = 30

// blankStep is the form of a step, with the name that was typed before.
func (r *Room) blankStep(req *http.Request, g guest) (f form.Form, name string, err error) {
	ctx := req.Context()
	if visit.From(ctx).SignedIn() {
		return f, "", fault.New(fault.Forbidden, "unitlink.has_account")
	}
	ef, err := r.Engine.Form(ctx, g.Actor(""), g.snap, req.PathValue("step"), stepform.Answered(req.URL.Query()))
	if err != nil {
		return f, "", err
	}
	b, fields := i18n.From(ctx).Bundle, slices.DeleteFunc(stepform.Fields(ef), nobody)
	if slices.ContainsFunc(fields, func(x form.Field) bool { return x.Type == form.Photo }) {
		fields = append(fields, form.Field{Name: stepform.Here, Type: form.Place, Label: b.Text("unitlink.here"), Help: b.Text("unitlink.here_help"), Auto: true})
	}
	fields = append(fields, form.Field{Name: who, Type: form.Text, Label: b.Text("unitlink.who"), Help: b.Text("unitlink.who_help"), Required: true, Min: new(2),
		Max: new(longestName), Complete: "name"})
	f = form.New("step", req.URL.Path, fields).Fill(stepform.Filled(ef), calendar.Zone)
	f.Raw.Set(who, remembered(req))
	f.Version, f.Draft = g.snap.Version, "unit-"+g.ID.String()+"-"+ef.Step.ID
	name = ef.Step.Name.In(i18n.LangOf(ctx))
	f.Steps = []ui.Step{{Label: name, Icon: "check", Primary: true}}
	return f, name, nil
}

// nobody: the field asks for people of the unit that have accounts, and there are
// none.
func nobody(f form.Field) bool {
	return f.Type == form.Person && f.List && !f.Required && len(f.Options) == 0
}

// remembered is the name that was typed into the last form.
func remembered(req *http.Request) string {
	c, err := req.Cookie(who)
	if err != nil {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	return string(b)
}

func (r *Room) stepForm(w http.ResponseWriter, req *http.Request, g guest) error {
	f, name, err := r.blankStep(req, g)
	if err != nil {
		return err
	}
	return r.showStep(w, req, http.StatusOK, g, name, f)
}

func (r *Room) showStep(w http.ResponseWriter, req *http.Request, status int, g guest, name string, f form.Form) error {
	pictures, err := r.photos(req.Context(), g)
	if err != nil {
		return err
	}
	return httpx.Render(w, req, status, stepPage(g, name, f, pictures))
}

func (r *Room) step(w http.ResponseWriter, req *http.Request, g guest) error {
	f, name, err := r.blankStep(req, g)
	if err != nil {
		return err
	}
	sent, err := r.Photos.Read(req, f.Fields, calendar.Zone, r.Clock.Now())
	if err != nil {
		return err
	}
	wrong, person := sent.Wrong, plain(sent.Values[who])
	if wrong == nil && person == "" {
		wrong = fault.New(fault.Invalid, "form.refused").Field(who, "unitlink.who_wrong")
	}
	if wrong == nil {
		delete(sent.Values, who)
		err = r.Act(req.Context(), g.Link, g.snap, engine.Act{Version: sent.Version, Step: req.PathValue("step"), Input: stepform.Values(sent.Input),
			Files: sent.Uploads, Key: sent.Key}, person)
		if err == nil {
			return r.thank(w, req, g, name, person)
		}
		if wrong = fault.As(err); wrong.Kind == fault.Internal || wrong.Kind == fault.NotFound {
			return err
		}
	}
	return r.showStep(w, req, wrong.Kind.Status(), g, name, sent.Refused(req.Context(), f, wrong))
}

// plain is a name as it may stand in a timeline: letters on one line, at least two.
func plain(v any) string {
	s, _ := v.(string)
	s = strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }), " ")
	if strings.ContainsFunc(s, unicode.IsLetter) && len([]rune(s)) > 1 {
		return s
	}
	return ""
}

// thank remembers the name for the next step and leads back.
func (r *Room) thank(w http.ResponseWriter, req *http.Request, g guest, step, person string) error {
	http.SetCookie(w, &http.Cookie{Name: who, Value: base64.RawURLEncoding.EncodeToString([]byte(person)), Path: g.base, Expires: g.Expires,
		HttpOnly: true, Secure: req.TLS != nil, SameSite: http.SameSiteLaxMode})
	if err := httpx.SetFlash(w, httpx.Flash{Key: "unitlink.done", Args: map[string]any{"step": step}}); err != nil {
		return err
	}
	return httpx.Redirect(w, req, g.base)
}

func (r *Room) picture(w http.ResponseWriter, req *http.Request, g guest) error {
	list, err := evidence.Of(req.Context(), r.DB, g.Division, g.Case)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.SHA256 == req.PathValue("sha") && x.Photo() {
			return r.Photos.Send(w, req, stepform.ShotOf(x), req.PathValue("size"))
		}
	}
	return fault.Missing("photo")
}

// points is the one dot of the map.
func (r *Room) points(w http.ResponseWriter, _ *http.Request, g guest) error {
	var p mapview.Points
	if at := g.snap.Place; at != nil {
		p.Points = []mapview.Point{{ID: "case", Lng: at.Lng, Lat: at.Lat, Tone: ui.Blue, Label: g.where}}
	}
	return httpx.JSON(w, http.StatusOK, p)
}

// call is the address by which a phone calls.
func call(phone string) string { return "tel:" + url.PathEscape(strings.ReplaceAll(phone, " ", "")) }

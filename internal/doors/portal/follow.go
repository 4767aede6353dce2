package portal

import (
	"net/http"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
)

func (d *Door) follow(w http.ResponseWriter, r *http.Request) error {
	f, err := d.citizens.Follow(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, http.StatusOK, followPage(f, "/r/"+f.Receipt, r.URL.Query().Get("new") != ""))
}

func (d *Door) blankStep(r *http.Request) (form.Form, i18n.Text, error) {
	ef, err := d.citizens.Form(r.Context(), r.PathValue("code"), r.PathValue("step"))
	if err != nil {
		return form.Form{}, i18n.Text{}, err
	}
	f := form.New("step", r.URL.Path, stepform.Fields(ef)).Fill(stepform.Filled(ef), calendar.Zone)
	return f, ef.Step.Name, nil
}

func (d *Door) stepForm(w http.ResponseWriter, r *http.Request) error {
	f, name, err := d.blankStep(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, stepPage(r.PathValue("code"), name, f))
}

func (d *Door) step(w http.ResponseWriter, r *http.Request) error {
	f, name, err := d.blankStep(r)
	if err != nil {
		return err
	}
	sent, err := d.desk.Read(r, f.Fields, calendar.Zone, d.clk.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	if wrong == nil {
		_, err = d.citizens.Act(r.Context(), r.PathValue("code"), r.PathValue("step"), stepform.Values(sent.Input), sent.Uploads, sent.Key)
		if err == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "portal.thanks"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/r/"+r.PathValue("code"))
		}
		if wrong = fault.As(err); wrong.Kind != fault.Invalid && wrong.Kind != fault.Conflict {
			return err
		}
	}
	return httpx.Render(w, r, wrong.Kind.Status(), stepPage(r.PathValue("code"), name, sent.Refused(r.Context(), f, wrong)))
}

// photos are exhibits as the page of a report shows them.
func photos(page string, list []evidence.Exhibit, lang i18n.Lang) []ui.Photo {
	out := make([]ui.Photo, 0, len(list))
	for _, x := range list {
		base := page + "/photo/" + x.SHA256
		out = append(out, ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", Alt: kinds[x.Kind].In(lang), Label: kinds[x.Kind].In(lang), At: x.Received.In(calendar.Zone).Format("01-02 15:04"), Blurred: true})
	}
	return out
}

var kinds = map[string]i18n.Text{
	"before": {ZH: "处理前", EN: "Before"}, "after": {ZH: "处理后", EN: "After"}, "check": {ZH: "核查", EN: "Check"},
	"safe": {ZH: "消除危险", EN: "Made safe"}, "verify": {ZH: "核实", EN: "Confirmed"}, "other": {ZH: "照片", EN: "Photo"},
}

func local(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// buttons are what the reporter can do; what is not possible now is left out,
// except objecting, which says until when it was.
func buttons(f incident.Followed, lang i18n.Lang) []ui.Step {
	var out []ui.Step
	for _, o := range f.Offers {
		s := ui.Step{Label: o.Step.Name.In(lang), Href: "/r/" + f.Receipt + "/" + o.Step.ID, Icon: icons[o.Step.ID]}
		if o.Step.ID == "object" {
			s.Label, s.Danger = map[i18n.Lang]string{i18n.ZH: "没有解决，我有异议", i18n.EN: "Not solved: I object"}[lang], true
		}
		if !o.Allowed {
			continue
		}
		out = append(out, s)
	}
	return out
}

var icons = map[string]string{"answer": "message", "withdraw": "arrow-back-up", "urge": "bell", "object": "alert-triangle", "rate": "star"}

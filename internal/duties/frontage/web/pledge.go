package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// batchView is a list of shops that pledges are drafted for.
type batchView struct {
	Form  form.Form
	Key   string
	Done  []drafted
	Wrong []refused
}

// drafted is a shop's own address, shown this once for the sheet it gets.
type drafted struct {
	Code, Name, Address, Link string
	QR                        templ.Component
}

type refused struct{ Code, Why string }

func batchForm(ctx context.Context) form.Form {
	b := i18n.From(ctx).Bundle
	most := 20_000
	f := form.New("batch", "/street/frontage/pledges", []form.Field{{Name: "codes", Type: form.Long, Required: true, Label: b.Text("frontage.batch.codes"), Help: b.Text("frontage.batch.codes_help"), Max: &most}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "frontage.batch.do"), Icon: "signature", Primary: true}}
	return f
}

func (m *Room) askBatch(w http.ResponseWriter, r *http.Request) error {
	f := batchForm(r.Context())
	if r.URL.Query().Get("unsigned") != "" {
		list, err := m.unsigned(r.Context(), visit.From(r.Context()).Division.ID)
		if err != nil {
			return err
		}
		var codes []string
		for _, d := range list {
			if (d.Pledge.Case.IsZero() || d.Pledge.Terminal) && len(d.Stretch) > 0 {
				codes = append(codes, d.Code)
			}
		}
		f.Raw.Set("codes", strings.Join(codes, "\n"))
	}
	return httpx.Render(w, r, http.StatusOK, batchPage(batchView{Form: f}))
}

// most is how many pledges one form drafts.
const most = 300

// draft drafts and sends a pledge for each shop named; what is refused says why
// and holds up nothing else.
func (m *Room) draft(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	f := batchForm(ctx)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err != nil && !ours(err) {
		return err
	}
	text, _ := in.Values["codes"].(string)
	codes := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；、", r) })
	if err == nil && len(codes) > most {
		err = fault.New(fault.Invalid, "form.refused").Field("codes", "frontage.batch.many", "n", most)
	}
	if err != nil {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, batchPage(batchView{Form: f.Refused(ctx, in, err)}))
	}
	v := batchView{Form: f}
	for _, code := range codes {
		d, err := m.offer(r, actor.Division, code, in.Key)
		switch {
		case ours(err):
			v.Wrong = append(v.Wrong, refused{code, sentence(ctx, err)})
		case err != nil:
			return err
		default:
			v.Done = append(v.Done, d)
		}
	}
	status := http.StatusOK
	if len(v.Wrong) > 0 { // what could not be drafted may be mended and sent again
		var left []string
		for _, x := range v.Wrong {
			left = append(left, x.Code)
		}
		v.Form = v.Form.Fill(map[string]any{"codes": strings.Join(left, "\n")}, calendar.Zone)
		if len(v.Done) == 0 {
			status = http.StatusUnprocessableEntity
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, status, batchPage(v))
}

// offer drafts one pledge and sends it.
func (m *Room) offer(r *http.Request, division id.ID, code, key string) (d drafted, err error) {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	if key != "" {
		key += "-" + code
	}
	res, err := m.Engine().Open(ctx, engine.Opening{Procedure: frontage.Pledge, Division: division, Step: "draft", Actor: actor, Party: &engine.NewParty{}, Key: key,
		Input: procedure.Input{"shop": code, "from": m.Clock.Now()}})
	if err != nil {
		return d, err
	}
	if !res.Replayed {
		if _, err = m.Engine().Act(ctx, engine.Act{Case: res.Case, Step: "send", Actor: actor, Input: procedure.Input{"how": "visit"}}); err != nil {
			return d, err
		}
	}
	s, err := shop.Find(ctx, m.DB, division, code)
	if err != nil {
		return d, err
	}
	return m.slip(r, s, res.Receipt)
}

// slip is what a shop is handed of its code.
func (m *Room) slip(r *http.Request, s shop.Shop, receipt string) (d drafted, err error) {
	d = drafted{Code: s.Code, Name: s.Name, Address: s.Address, Link: m.base(r) + "/shop/my/" + receipt}
	d.QR, err = ui.QR(d.Link, i18n.T(r.Context(), "frontage.batch.qr", "name", s.Name))
	return d, err
}

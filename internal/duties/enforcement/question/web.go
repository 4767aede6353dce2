package question

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	officer := httpx.Only("officer")
	const at = "/enforcement/cases/{id}/question"
	return []httpx.Route{
		{Method: "GET", Pattern: at, Access: officer, Handler: m.ask, Name: "question.ask"},
		{Method: "POST", Pattern: at, Access: officer, Handler: m.take, Name: "question.take", Timeout: 2 * time.Minute},
	}
}

// Where the form is: being written, or read back and signed.
const (
	writing = "write"
	reading = "read"
	signing = "sign"
)

// sheet is the record on its way: the head's form, what was said, and at the end
// the form by which it is confirmed and signed.
type sheet struct {
	Case  *engine.Snapshot
	Form  form.Form // the step's other fields
	Pairs []Pair
	Pages [][]Pair
	Sign  form.Form
	Bad   string // what is wrong with the whole, in words
}

func (m *Room) begin(r *http.Request) (s sheet, err error) {
	ctx := r.Context()
	if s.Case, err = dossier.Of(ctx, m.Engine(), visit.From(ctx).Division.ID, r.PathValue("id")); err != nil {
		return s, err
	}
	f, err := m.Engine().Form(ctx, visit.From(ctx).Actor, s.Case, step, nil)
	if err != nil {
		return s, err
	}
	fields, last := split(stepform.Fields(f))
	action := "/enforcement/cases/" + s.Case.ID.String() + "/question"
	s.Form = form.New("question", action, fields)
	s.Form = s.Form.Fill(stepform.Filled(f), calendar.Zone)
	s.Form.Draft = "question:" + s.Case.ID.String()
	b := i18n.From(ctx).Bundle
	s.Sign = form.New("sign", action, append(last, form.Field{Name: signature, Type: form.Sign, Label: b.Text("question.sign"), Help: b.Text("question.sign_help")}))
	return s, nil
}

// signature is the field in which the questioned person signs, where the step has
// none of its own.
const signature = "questioned_sign"

// split leaves what was said out of the step's fields, and puts what is answered
// only after the reading apart.
func split(all []form.Field) (head, last []form.Field) {
	for _, f := range all {
		switch {
		case f.Name == said:
		case f.Type == form.Sign || f.Name == "refused":
			last = append(last, f)
		default:
			head = append(head, f)
		}
	}
	return head, last
}

func (m *Room) ask(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := m.begin(r)
	if err != nil {
		return err
	}
	list, err := Of(ctx, m.DB, s.Case.Division, s.Case.Text("violation"))
	if err != nil {
		return err
	}
	for _, q := range list {
		s.Pairs = append(s.Pairs, Pair{Question: q.In(i18n.LangOf(ctx))})
	}
	s.Pairs = append(s.Pairs, make([]Pair, 2)...)
	return httpx.Render(w, r, http.StatusOK, writePage(s))
}

// take goes from writing to reading back, and from there to the step.
func (m *Room) take(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := m.begin(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, s.Form.Fields, calendar.Zone)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	s.Form.Raw, s.Form.Key = in.Raw, in.Key
	s.Pairs = pairs(in.Raw, in.Step == "more" || in.Step == writing)
	switch in.Step {
	case "more":
		s.Pairs = append(s.Pairs, make([]Pair, 3)...)
		return httpx.Render(w, r, http.StatusOK, writePage(s))
	case writing:
		return httpx.Render(w, r, http.StatusOK, writePage(s))
	}
	s.Bad = s.wrong(ctx)
	if err != nil || s.Bad != "" {
		if err != nil {
			s.Form = s.Form.Refused(ctx, in, err)
		}
		return httpx.Render(w, r, http.StatusUnprocessableEntity, writePage(s))
	}
	s.Pages = Pages(s.Pairs)
	if in.Step != signing {
		return httpx.Render(w, r, http.StatusOK, readPage(s))
	}
	err = m.act(r, &s, in)
	if f := fault.As(err); f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden}, f.Kind) {
		s.Sign = stepform.Sent{Input: in}.Refused(ctx, s.Sign, f)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, readPage(s))
	}
	if err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/cases/"+s.Case.ID.String())
}

// wrong says what is missing of what was said.
func (s sheet) wrong(ctx context.Context) string {
	if len(s.Pairs) == 0 {
		return i18n.T(ctx, "question.empty")
	}
	for i, p := range s.Pairs {
		if p.Question == "" || p.Answer == "" {
			return i18n.T(ctx, "question.half", "n", i+1)
		}
	}
	return ""
}

// act takes the step with the signed record. Every page is confirmed, and the
// person signed or refused to; the drawing goes into the record too, and what was
// said names its digest.
func (m *Room) act(r *http.Request, s *sheet, head form.Input) error {
	ctx := r.Context()
	last, err := m.Photos.Read(r, s.Sign.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	if last.Wrong != nil {
		return last.Wrong
	}
	for i := range s.Pages {
		if !last.Raw.Has("page." + strconv.Itoa(i)) {
			return fault.New(fault.Conflict, "question.page", "n", i+1)
		}
	}
	in := stepform.Values(head)
	text := Text(s.Pairs) + "\n以上笔录共" + strconv.Itoa(len(s.Pages)) + "页，被询问人逐页阅读（听读）并确认与所述一致。"
	own := last.Values[signature]
	delete(last.Values, signature)
	maps.Copy(in, stepform.Values(last.Input))
	ups := slices.DeleteFunc(last.Uploads, func(u engine.Upload) bool { return u.Field == signature })
	sign, _ := own.(form.Signature)
	refused, _ := in["refused"].(bool)
	var drawn *engine.Upload
	switch {
	case len(sign.PNG) > 0:
		u, err := m.Photos.Keep(ctx, "files", "被询问人签名.png", sign.PNG, m.Clock.Now())
		if err != nil {
			return err
		}
		drawn, text = &u, text+"\n被询问人在屏幕上签名（SHA-256 "+u.SHA256+"）。"
	case sign.Name != "":
		text += "\n被询问人签名：" + sign.Name
	case len(ups) == 0 && !refused:
		return fault.New(fault.Conflict, "question.unsigned")
	}
	in[said] = text
	actor := visit.From(ctx).Actor
	if drawn != nil {
		if _, err := m.Engine().Act(ctx, engine.Act{Case: s.Case.ID, Step: "attach", Actor: actor, Files: []engine.Upload{*drawn}, Key: key(head, "ink"), Input: map[string]any{"kind": "other"}}); err != nil {
			return err
		}
	}
	_, err = m.Engine().Act(ctx, engine.Act{Case: s.Case.ID, Step: step, Actor: actor, Input: in, Files: ups, Key: key(head, "act")})
	return err
}

// key keeps a repeated request from being a second record.
func key(in form.Input, what string) string {
	if in.Key == "" {
		return ""
	}
	return fmt.Sprintf("question:%s:%s", in.Key, what)
}

// kept are the values that the reading carries on to the signing.
func kept(raw url.Values) (out [][2]string) {
	for name, list := range raw {
		if strings.HasPrefix(name, "page.") || strings.HasPrefix(name, signature) || name == form.StepInput || name == form.KeyInput || name == "refused" {
			continue
		}
		for _, v := range list {
			out = append(out, [2]string{name, v})
		}
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return out
}

// Panel leads from the page of a case to a questioning; nil where none can be
// taken.
func (m *Room) Panel(ctx context.Context, s *engine.Snapshot) (templ.Component, error) {
	if now, _ := s.Proc.Step(step, s.State); now == nil || !visit.From(ctx).Actor.Has("officer") {
		return nil, nil
	}
	return panelView("/enforcement/cases/" + s.ID.String() + "/question"), nil
}

package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// webhookRoutes are the pages of subscriptions.
func (d *Door) webhookRoutes() []httpx.Route {
	at := func(method, tail, name string, h httpx.Handler) httpx.Route {
		return httpx.Route{Method: method, Pattern: "/admin/webhooks" + tail, Access: httpx.Only(people.Admin), Handler: h, Name: "admin.webhooks" + name}
	}
	return []httpx.Route{
		at("GET", "", "", d.webhooks),
		at("POST", "", ".create", d.createWebhook),
		at("GET", "/{id}", ".one", d.webhook),
		at("POST", "/{id}", ".change", d.changeWebhook),
		at("POST", "/{id}/replay", ".replay", d.replayWebhook),
		at("POST", "/{id}/test", ".test", d.testWebhook),
		at("POST", "/{id}/pause", ".pause", d.switchWebhook(false)),
		at("POST", "/{id}/resume", ".resume", d.switchWebhook(true)),
		at("POST", "/{id}/secret", ".secret", d.renewWebhook),
		at("POST", "/{id}/delete", ".delete", d.deleteWebhook),
	}
}

func webhookFields(r *http.Request) []form.Field {
	var kinds []form.Option
	for _, k := range webhook.Types() {
		kinds = append(kinds, form.Option{Value: k, Label: words(r, "webhook.type."+k)})
	}
	return []form.Field{
		{Name: "name", Type: form.Text, Label: words(r, "admin.webhook_name"), Help: words(r, "admin.webhook_name_help"), Required: true, Max: new(80)},
		{Name: "url", Type: form.Text, Label: words(r, "admin.webhook_url"), Help: words(r, "admin.webhook_url_help"), Required: true, Max: new(500)},
		{Name: "types", Type: form.Enum, List: true, Label: words(r, "admin.webhook_types"), Options: kinds, Required: true},
	}
}

func draftOf(in form.Input) webhook.Draft {
	kinds, _ := in.Values["types"].([]string)
	return webhook.Draft{Name: str(in, "name"), URL: str(in, "url"), Types: kinds}
}

func (d *Door) webhooks(w http.ResponseWriter, r *http.Request) error {
	return d.showWebhooks(w, r, http.StatusOK, form.New("webhook", "/admin/webhooks", webhookFields(r)))
}

func (d *Door) showWebhooks(w http.ResponseWriter, r *http.Request, status int, f form.Form) error {
	actor := visit.From(r.Context()).Actor
	list, err := d.Webhooks.List(r.Context(), actor)
	if err != nil {
		return err
	}
	_, last, err := d.Webhooks.Kept(r.Context(), actor.Division)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, webhooksPage(list, last, f))
}

func (d *Door) createWebhook(w http.ResponseWriter, r *http.Request) error {
	f := form.New("webhook", "/admin/webhooks", webhookFields(r))
	in, err := form.Read(r, f.Fields, calendar.Zone)
	var v webhookView
	if err == nil {
		v.ID, v.Secret, err = d.Webhooks.Create(r.Context(), visit.From(r.Context()).Actor, draftOf(in))
	}
	if refused(err) {
		return d.showWebhooks(w, r, fault.As(err).Kind.Status(), f.Refused(r.Context(), in, err))
	} else if err != nil {
		return err
	}
	return d.showWebhook(w, r, http.StatusOK, v) // the one time the secret can be read
}

// webhookView is the page of one subscription.
type webhookView struct {
	webhook.Subscription
	Secret         string // in plain, once
	First, Last    int64  // positions that are kept
	Tries          []webhook.Try
	Change, Replay form.Form
}

func (d *Door) webhook(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	v := webhookView{}
	v.ID = one
	return d.showWebhook(w, r, http.StatusOK, v)
}

// showWebhook fills what the view lacks and draws it.
func (d *Door) showWebhook(w http.ResponseWriter, r *http.Request, status int, v webhookView) (err error) {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	if v.Subscription, err = d.Webhooks.Find(ctx, actor, v.ID); err != nil {
		return err
	}
	if v.First, v.Last, err = d.Webhooks.Kept(ctx, actor.Division); err != nil {
		return err
	}
	if v.Tries, err = d.Webhooks.Tries(ctx, actor, v.ID); err != nil {
		return err
	}
	if v.Change.ID == "" {
		v.Change = form.New("webhook", webhookPath(v.Subscription), webhookFields(r)).
			Fill(map[string]any{"name": v.Name, "url": v.URL, "types": v.Types}, calendar.Zone)
	}
	if v.Replay.ID == "" {
		v.Replay = form.New("replay", webhookPath(v.Subscription)+"/replay", replayFields(r))
	}
	return httpx.Render(w, r, status, webhookPage(v))
}

func replayFields(r *http.Request) []form.Field {
	return []form.Field{
		{Name: "position", Type: form.Int, Label: words(r, "admin.webhook_position"), Min: new(1)},
		{Name: "since", Type: form.Time, Label: words(r, "admin.webhook_since"), Help: words(r, "admin.webhook_since_help")},
	}
}

func (d *Door) changeWebhook(w http.ResponseWriter, r *http.Request) error {
	return d.askWebhook(w, r, webhookFields(r), "", func(v *webhookView) *form.Form { return &v.Change }, func(v webhookView, in form.Input) error {
		err := d.Webhooks.Change(r.Context(), visit.From(r.Context()).Actor, v.ID, draftOf(in))
		if err != nil {
			return err
		}
		return accept(w, r, "admin.saved", webhookPath(v.Subscription))
	})
}

func (d *Door) replayWebhook(w http.ResponseWriter, r *http.Request) error {
	return d.askWebhook(w, r, replayFields(r), "/replay", func(v *webhookView) *form.Form { return &v.Replay }, func(v webhookView, in form.Input) error {
		from, _ := in.Values["position"].(int64)
		since, _ := in.Values["since"].(time.Time)
		at, err := d.Webhooks.Replay(r.Context(), visit.From(r.Context()).Actor, v.ID, from, since)
		if err != nil {
			return err
		}
		if err := httpx.SetFlash(w, httpx.Flash{Key: "admin.webhook_replayed", Args: map[string]any{"n": strconv.FormatInt(at, 10)}}); err != nil {
			return err
		}
		return httpx.Redirect(w, r, webhookPath(v.Subscription))
	})
}

// askWebhook reads one form of the page, does what it asks for, and draws the
// page again where that is refused.
func (d *Door) askWebhook(w http.ResponseWriter, r *http.Request, fields []form.Field, tail string, pick func(*webhookView) *form.Form, do func(webhookView, form.Input) error) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	v := webhookView{}
	v.ID = one
	f := form.New(map[string]string{"": "webhook", "/replay": "replay"}[tail], webhookPath(v.Subscription)+tail, fields)
	in, err := form.Read(r, fields, calendar.Zone)
	if err == nil {
		err = do(v, in)
	}
	if refused(err) {
		*pick(&v) = f.Refused(r.Context(), in, err)
		return d.showWebhook(w, r, fault.As(err).Kind.Status(), v)
	}
	return err
}

func (d *Door) testWebhook(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	t, err := d.Webhooks.Test(r.Context(), visit.From(r.Context()).Actor, one)
	if err != nil {
		return err
	}
	flash := httpx.Flash{Key: "admin.webhook_test_ok", Args: map[string]any{"status": strconv.Itoa(t.Status), "ms": strconv.FormatInt(t.Took.Milliseconds(), 10)}}
	if !t.OK() {
		flash = httpx.Flash{Key: "admin.webhook_test_bad", Bad: true, Args: map[string]any{"why": outcome(r.Context(), t)}}
	}
	if err := httpx.SetFlash(w, flash); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/admin/webhooks/"+one.String())
}

func (d *Door) switchWebhook(on bool) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		one, err := pathID(r, "id")
		if err != nil {
			return err
		}
		if err := d.Webhooks.Switch(r.Context(), visit.From(r.Context()).Actor, one, on); err != nil {
			return err
		}
		return accept(w, r, "admin.saved", "/admin/webhooks/"+one.String())
	}
}

func (d *Door) renewWebhook(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	v := webhookView{}
	v.ID = one
	if v.Secret, err = d.Webhooks.Renew(r.Context(), visit.From(r.Context()).Actor, one); err != nil {
		return err
	}
	return d.showWebhook(w, r, http.StatusOK, v)
}

func (d *Door) deleteWebhook(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := d.Webhooks.Delete(r.Context(), visit.From(r.Context()).Actor, one); err != nil {
		return err
	}
	return accept(w, r, "admin.webhook_deleted", "/admin/webhooks")
}

func webhookPath(x webhook.Subscription) string { return "/admin/webhooks/" + x.ID.String() }

// webhookChip is the state of a subscription at a glance; one that is on and
// failing shows it.
func webhookChip(ctx context.Context, x webhook.Subscription) ui.Chip {
	switch {
	case x.State == webhook.Off:
		return ui.Chip{Label: i18n.T(ctx, "webhook.state.off"), Tone: ui.Amber, Icon: "alert-circle"}
	case x.State == webhook.Paused:
		return ui.Chip{Label: i18n.T(ctx, "webhook.state.paused"), Icon: "player-pause"}
	case !x.Failing.IsZero():
		return ui.Chip{Label: i18n.T(ctx, "admin.webhook_failing"), Tone: ui.Amber, Icon: "alert-triangle"}
	}
	return ui.Chip{Label: i18n.T(ctx, "webhook.state.on"), Tone: ui.Green, Icon: "check"}
}

// outcome is how a delivery went, in words.
func outcome(ctx context.Context, t webhook.Try) string {
	code := ""
	if t.Status > 0 {
		code = " " + strconv.Itoa(t.Status)
	}
	if t.OK() {
		return i18n.T(ctx, "admin.webhook_taken") + code
	}
	return i18n.T(ctx, "webhook.failure."+t.Failure) + code
}

// hostOf is the part of an address that fits into a list.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// kindsOf names the kinds of events of a subscription.
func kindsOf(ctx context.Context, x webhook.Subscription) (out []string) {
	for _, k := range x.Types {
		out = append(out, i18n.T(ctx, "webhook.type."+k))
	}
	return out
}

func webhookFacts(ctx context.Context, v webhookView) []ui.Fact {
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "admin.webhook_url"), Text: v.URL, Wide: true},
		{Label: i18n.T(ctx, "admin.state"), Value: ui.ChipOf(webhookChip(ctx, v.Subscription))},
		{Label: i18n.T(ctx, "admin.webhook_created"), Text: local(v.Created)},
		{Label: i18n.T(ctx, "admin.webhook_sent_to"), Text: n(v.Position) + " / " + n(v.Last)},
		{Label: i18n.T(ctx, "admin.webhook_kept"), Text: n(v.First) + " – " + n(v.Last)},
	}
	if !v.Failing.IsZero() {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "admin.webhook_failing_since"), Text: local(v.Failing)})
		if v.State == webhook.On {
			facts = append(facts, ui.Fact{Label: i18n.T(ctx, "admin.webhook_next"), Text: local(v.NextAt)})
		}
	}
	return facts
}

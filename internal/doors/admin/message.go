package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// messageRoutes are the page of what was told to people outside.
func (d *Door) messageRoutes() []httpx.Route {
	at := func(method, tail, name string, h httpx.Handler) httpx.Route {
		return httpx.Route{Method: method, Pattern: "/admin/messages" + tail, Access: httpx.Only(people.Admin), Handler: h, Name: "admin.messages" + name}
	}
	return []httpx.Route{
		at("GET", "", "", d.listMessages),
		at("POST", "", ".try", d.tryMessage),
		at("POST", "/{id}/again", ".again", d.againMessage),
	}
}

// perPage is how many messages one page lists.
const perPage = 50

// messagesView is the page.
type messagesView struct {
	List   []message.Message
	State  message.State
	Older  string // "" at the end
	Ready  []message.Channel
	Sample []message.Letter // each template in words, with its places unfilled
	Try    form.Form
}

func tryFields(r *http.Request) []form.Field {
	var ways []form.Option
	for _, c := range message.Channels() {
		ways = append(ways, form.Option{Value: string(c), Label: words(r, "admin.channel."+string(c))})
	}
	return []form.Field{
		{Name: "channel", Type: form.Enum, Label: words(r, "admin.message_channel"), Options: ways, Required: true},
		{Name: "to", Type: form.Text, Label: words(r, "admin.message_to"), Required: true, Max: new(200)},
	}
}

func (d *Door) listMessages(w http.ResponseWriter, r *http.Request) error {
	return d.showMessages(w, r, http.StatusOK, form.New("try", "/admin/messages", tryFields(r)))
}

func (d *Door) showMessages(w http.ResponseWriter, r *http.Request, status int, f form.Form) (err error) {
	division := visit.From(r.Context()).Division.ID
	v := messagesView{State: message.State(r.URL.Query().Get("state")), Try: f}
	var before time.Time
	if us, bad := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64); bad == nil {
		before = time.UnixMicro(us)
	}
	if v.List, err = d.Messages.List(r.Context(), division, v.State, before, perPage+1); err != nil {
		return err
	}
	if len(v.List) > perPage {
		v.List = v.List[:perPage]
		v.Older = strconv.FormatInt(v.List[perPage-1].At.UnixMicro(), 10)
	}
	for _, c := range message.Channels() {
		if d.Messages.Ready(c) {
			v.Ready = append(v.Ready, c)
		}
	}
	for _, t := range []string{"message.code", "message.news", "message.followed", "unitlink.letter", "unitlink.summons", "message.try"} {
		l, err := d.Messages.Write(message.Message{Template: t, Lang: i18n.LangOf(r.Context())})
		if err != nil {
			return err
		}
		v.Sample = append(v.Sample, l)
	}
	return httpx.Render(w, r, status, messagesPage(v))
}

// tryMessage sends a trial, so that an administrator sees whether the settings
// are right.
func (d *Door) tryMessage(w http.ResponseWriter, r *http.Request) error {
	f := form.New("try", "/admin/messages", tryFields(r))
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil && !d.Messages.Ready(message.Channel(str(in, "channel"))) {
		err = fault.New(fault.Invalid, "form.refused").Field("channel", "message.no_way")
	}
	if err != nil {
		if !refused(err) {
			return err
		}
		return d.showMessages(w, r, fault.As(err).Kind.Status(), f.Refused(r.Context(), in, err))
	}
	err = d.Messages.DB.Write(r.Context(), func(tx *dbx.Tx) error {
		return d.Messages.Queue(r.Context(), tx, message.Message{Division: visit.From(r.Context()).Division.ID, Key: "try:" + id.New().String(),
			Channel: message.Channel(str(in, "channel")), To: str(in, "to"), Template: "message.try", Lang: i18n.LangOf(r.Context()), Urgent: true})
	})
	if err != nil {
		return err
	}
	return accept(w, r, "admin.message_queued", "/admin/messages")
}

func (d *Door) againMessage(w http.ResponseWriter, r *http.Request) error {
	one, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := d.Messages.Again(r.Context(), visit.From(r.Context()).Division.ID, one); err != nil {
		return err
	}
	return accept(w, r, "admin.message_queued", "/admin/messages")
}

func messageChip(ctx context.Context, m message.Message) ui.Chip {
	tone := map[message.State]ui.Tone{message.Waiting: ui.Blue, message.Sent: ui.Green, message.Failed: ui.Red, message.Withheld: ui.Plain}[m.State]
	return ui.Chip{Tone: tone, Label: i18n.T(ctx, "admin.message_state."+string(m.State))}
}

// hidden is an address without its middle: who looks here checks the sending,
// not the people.
func hidden(to string) string {
	at := strings.LastIndexByte(to, '@')
	r := []rune(to)
	switch {
	case at > 0:
		return string(r[:1]) + "***" + to[at:]
	case len(r) > 7:
		return string(r[:3]) + "****" + string(r[len(r)-4:])
	}
	return "***"
}

// why is what went wrong with a message: a sentence of ours, or what the other
// side said.
func why(ctx context.Context, m message.Message) string {
	if strings.HasPrefix(m.Error, "message.") {
		return i18n.T(ctx, m.Error)
	}
	return m.Error
}

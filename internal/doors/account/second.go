package account

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// codeView is the second half of signing in.
type codeView struct{ Ticket, Next, Wrong string }

func (d *Door) signInSecond(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	v := codeView{Ticket: r.PostForm.Get("ticket"), Next: r.PostForm.Get("next")}
	in, err := d.people.SignInSecond(r.Context(), v.Ticket, r.PostForm.Get("code"), httpx.Client(r).String())
	switch f := fault.As(err); {
	case f != nil && f.Key == "people.second_over":
		return d.showLogin(w, r, f.Kind.Status(), loginView{Next: v.Next, Wrong: say(r.Context(), f)})
	case f != nil && f.Kind != fault.Internal:
		v.Wrong = say(r.Context(), f)
		return httpx.Render(w, r, f.Kind.Status(), codePage(v))
	case err != nil:
		return err
	}
	return d.enter(w, r, in, v.Next)
}

// secondView is the page on which somebody turns the second factor on or off.
type secondView struct {
	State    people.SecondState
	Secret   string // in groups of four, to be typed
	Picture  templ.Component
	Recovery []string
	Wrong    string
}

func (d *Door) second(w http.ResponseWriter, r *http.Request) error {
	return d.showSecond(w, r, http.StatusOK, "", nil)
}

func (d *Door) showSecond(w http.ResponseWriter, r *http.Request, status int, wrong string, recovery []string) error {
	actor := visit.From(r.Context()).Actor
	state, secret, err := d.people.Second(r.Context(), actor)
	if err != nil {
		return err
	}
	v := secondView{State: state, Recovery: recovery, Wrong: wrong}
	if secret != "" {
		address := url.URL{Scheme: "otpauth", Host: "totp", Path: "/Xiucheng:" + actor.Login, RawQuery: url.Values{"secret": {secret}, "issuer": {"Xiucheng"}}.Encode()}
		if v.Picture, err = ui.QR(address.String(), i18n.T(r.Context(), "account.second_qr")); err != nil {
			return err
		}
		for part := secret; part != ""; {
			n := min(4, len(part))
			v.Secret += part[:n] + " "
			part = part[n:]
		}
	}
	return httpx.Render(w, r, status, secondPage(v))
}

func (d *Door) beginSecond(w http.ResponseWriter, r *http.Request) error {
	if err := d.people.BeginSecond(r.Context(), visit.From(r.Context()).Actor); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/account/second")
}

func (d *Door) confirmSecond(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	codes, err := d.people.ConfirmSecond(r.Context(), visit.From(r.Context()).Actor, r.PostForm.Get("code"))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return d.showSecond(w, r, http.StatusUnprocessableEntity, say(r.Context(), f), nil)
	} else if err != nil {
		return err
	}
	return d.showSecond(w, r, http.StatusOK, "", codes)
}

func (d *Door) endSecond(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	actor := visit.From(r.Context()).Actor
	err := d.people.EndSecond(r.Context(), actor, actor.Account, r.PostForm.Get("code"))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid {
		return d.showSecond(w, r, http.StatusUnprocessableEntity, say(r.Context(), f), nil)
	} else if err != nil {
		return err
	}
	return d.back(w, r, "account.second_ended")
}

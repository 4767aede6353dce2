package portal

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/subscriber"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// meRoutes are the pages of a citizen with an account.
func (d *Door) meRoutes() []httpx.Route {
	guess := httpx.Rate{Every: 2 * time.Second, Burst: 30} // against trying codes, and sending many
	at := func(method, tail, name string, h httpx.Handler) httpx.Route {
		return httpx.Route{Method: method, Pattern: "/me" + tail, Access: httpx.Public(), Handler: h, Name: "portal.me" + name, Rate: guess}
	}
	return []httpx.Route{
		at("GET", "", "", d.me),
		at("POST", "/code", ".code", d.askCode),
		at("POST", "/sign-in", ".sign_in", d.proveCode),
		at("POST", "/sign-out", ".sign_out", d.leave),
		at("POST", "/add", ".add", d.own(d.addMine)),
		at("POST", "/follow", ".follow", d.own(d.followOne)),
		at("POST", "/unfollow", ".unfollow", d.own(d.unfollow)),
		at("POST", "/news", ".news", d.own(d.prefer)),
		at("POST", "/erase", ".erase", d.own(d.erase)),
		at("GET", "/data.zip", ".data", d.own(d.data)),
		at("GET", "/reports/{party}", ".report", d.own(d.report)),
		at("GET", "/reports/{party}/photo/{sha}/{size}", ".photo", d.own(d.minePicture)),
	}
}

// who is the resident of the request's session; NotFound when nobody is.
func (d *Door) who(r *http.Request) (resident.Resident, id.ID, error) {
	s, err := d.sessions.Find(r.Context(), r)
	if fault.Is(err, fault.Unauthenticated) {
		return resident.Resident{}, id.ID{}, fault.Missing("resident")
	} else if err != nil {
		return resident.Resident{}, id.ID{}, err
	}
	who, err := resident.Find(r.Context(), d.mine.DB, s.Division, s.Account)
	return who, s.ID, err
}

// own answers residents; others are led to signing in.
func (d *Door) own(h func(http.ResponseWriter, *http.Request, resident.Resident) error) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, _, err := d.who(r)
		if fault.Is(err, fault.NotFound) {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "portal.me_follow_first"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/me")
		} else if err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r, who)
	}
}

// asking is what the page for signing in shows.
type asking struct {
	Address string
	Sent    bool   // a code was sent, or could have been
	Code    string // in a demonstration that sends nothing
	Wrong   map[string]string
}

func (d *Door) me(w http.ResponseWriter, r *http.Request) error {
	who, _, err := d.who(r)
	if fault.Is(err, fault.NotFound) {
		return httpx.Render(w, r, http.StatusOK, askPage(asking{}))
	} else if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return d.showMine(w, r, http.StatusOK, who, nil)
}

func (d *Door) showMine(w http.ResponseWriter, r *http.Request, status int, who resident.Resident, wrong map[string]string) error {
	m, err := d.mine.Of(r.Context(), who)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, status, minePage(who, m, wrong))
}

// said is what was wrong, by field; an error of another kind is returned.
func said(ctx context.Context, err error) (map[string]string, int, error) {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.TooMany && f.Kind != fault.NotFound {
		return nil, 0, err
	}
	out := map[string]string{}
	p := httpx.ProblemOf(ctx, err)
	for _, x := range p.Fields {
		out[x.Name] = x.Detail
	}
	if len(p.Fields) == 0 {
		out[""] = p.Detail
	}
	return out, p.Status, nil
}

func (d *Door) askCode(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := asking{Address: r.PostFormValue("address"), Sent: true}
	code, err := d.residents.Ask(ctx, visit.From(ctx).Division.ID, a.Address, i18n.LangOf(ctx))
	status := http.StatusOK
	if err != nil {
		if a.Wrong, status, err = said(ctx, err); err != nil {
			return err
		}
		a.Sent = status == http.StatusTooManyRequests // the one before is still good
	}
	a.Code = code
	return httpx.Render(w, r, status, askPage(a))
}

func (d *Door) proveCode(w http.ResponseWriter, r *http.Request) error {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	a := asking{Address: r.PostFormValue("address"), Sent: true}
	who, err := d.residents.Prove(ctx, division, a.Address, r.PostFormValue("code"), i18n.LangOf(ctx))
	if err != nil {
		var status int
		if a.Wrong, status, err = said(ctx, err); err != nil {
			return err
		}
		return httpx.Render(w, r, status, askPage(a))
	}
	if err := d.sessions.Create(ctx, w, who.ID, division, visit.From(ctx).IP, r.UserAgent()); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/me")
}

func (d *Door) leave(w http.ResponseWriter, r *http.Request) error {
	who, session, err := d.who(r)
	if err == nil {
		err = d.sessions.End(r.Context(), who.ID, session)
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	d.sessions.Clear(w)
	return httpx.Redirect(w, r, "/")
}

func done(w http.ResponseWriter, r *http.Request, key string) error {
	if err := httpx.SetFlash(w, httpx.Flash{Key: key}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/me")
}

// keepMine lists a new report among the resident's, if one is signed in.
func (d *Door) keepMine(r *http.Request, receipt string) error {
	who, _, err := d.who(r)
	if fault.Is(err, fault.NotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return d.mine.Add(r.Context(), who, receipt)
}

func (d *Door) addMine(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	err := d.mine.Add(r.Context(), who, r.PostFormValue("receipt"))
	if fault.Is(err, fault.NotFound) {
		return d.showMine(w, r, http.StatusUnprocessableEntity, who, map[string]string{"receipt": i18n.T(r.Context(), "portal.code_unknown")})
	} else if err != nil {
		return err
	}
	return done(w, r, "portal.me_added")
}

func (d *Door) followOne(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	if err := d.mine.Follow(r.Context(), who, r.PostFormValue("reference")); err != nil {
		return err
	}
	return done(w, r, "portal.me_follows")
}

func (d *Door) unfollow(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	caseID, err := id.Parse(r.PostFormValue("case"))
	if err != nil {
		return fault.Missing("case")
	}
	if err := d.mine.Unfollow(r.Context(), who, caseID); err != nil {
		return err
	}
	return done(w, r, "portal.me_saved")
}

func (d *Door) prefer(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	who.News, who.Lang = r.PostFormValue("news") == "on", i18n.LangOf(r.Context())
	if err := d.residents.Prefer(r.Context(), who); err != nil {
		return err
	}
	return done(w, r, "portal.me_saved")
}

func (d *Door) erase(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	if r.PostFormValue("sure") == "" {
		return d.showMine(w, r, http.StatusUnprocessableEntity, who, map[string]string{"sure": i18n.T(r.Context(), "portal.me_erase_tick")})
	}
	e, err := d.mine.Erase(r.Context(), who)
	if err != nil {
		return err
	}
	if err := d.sessions.EndAll(r.Context(), who.ID, id.ID{}); err != nil {
		return err
	}
	d.sessions.Clear(w)
	return httpx.Render(w, r, http.StatusOK, erasedPage(e))
}

func (d *Door) mineParty(r *http.Request, who resident.Resident) (f incident.Followed, err error) {
	partyID, err := id.Parse(r.PathValue("party"))
	if err != nil {
		return f, fault.Missing("report")
	}
	p, err := d.mine.Own(r.Context(), who, partyID)
	if err != nil {
		return f, err
	}
	return d.citizens.FollowParty(r.Context(), p)
}

func (d *Door) report(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	f, err := d.mineParty(r, who)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, followPage(f, "/me/reports/"+r.PathValue("party"), false))
}

func (d *Door) minePicture(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	f, err := d.mineParty(r, who)
	if err != nil {
		return err
	}
	for _, x := range slices.Concat(f.Before, f.After) {
		if x.SHA256 == r.PathValue("sha") {
			return d.desk.Send(w, r, stepform.Veiled(x.SHA256), r.PathValue("size"))
		}
	}
	return fault.Missing("photo")
}

// taken is a report as its reporter takes it along.
type taken struct {
	Title   string    `json:"title"`
	Desc    string    `json:"description"`
	Address string    `json:"address"`
	State   string    `json:"state"`
	Reply   string    `json:"reply,omitempty"`
	Opened  time.Time `json:"opened"`
	History []string  `json:"history,omitempty"`
}

// data sends everything held about a resident: data.json, and the reports as
// reports.csv (个人信息保护法 art. 45).
func (d *Door) data(w http.ResponseWriter, r *http.Request, who resident.Resident) error {
	m, err := d.mine.Of(r.Context(), who)
	if err != nil {
		return err
	}
	lang := i18n.LangOf(r.Context())
	var list []taken
	for _, x := range m.Reports {
		t := taken{Title: x.Title, Desc: x.Desc, Address: x.Address, State: x.State.In(lang), Reply: x.Reply, Opened: x.Opened}
		for _, h := range x.History {
			t.History = append(t.History, local(h.At)+" "+h.Text.In(lang))
		}
		list = append(list, t)
	}
	var followed []string
	for _, x := range m.Followed {
		followed = append(followed, x.Reference)
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="my-data.zip"`)
	z := zip.NewWriter(w)
	f, err := z.Create("data.json")
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"address": who.Address, "since": who.At, "news": who.News, "language": who.Lang, "reports": list, "followed": followed}); err != nil {
		return err
	}
	if f, err = z.Create("reports.csv"); err != nil {
		return err
	}
	if err := table(f, list); err != nil {
		return err
	}
	return z.Close()
}

func table(f io.Writer, list []taken) error {
	if _, err := io.WriteString(f, "\ufeff"); err != nil { // a spreadsheet reads UTF-8 by it
		return err
	}
	w := csv.NewWriter(f)
	_ = w.Write([]string{"opened", "title", "description", "address", "state", "reply"})
	for _, t := range list {
		_ = w.Write([]string{local(t.Opened), t.Title, t.Desc, t.Address, t.State, t.Reply})
	}
	w.Flush() // tells what Write did not
	return w.Error()
}

func counts(ctx context.Context, e subscriber.Erased) string {
	return i18n.T(ctx, "portal.me_erased", "reports", e.Reports, "kept", e.Kept)
}

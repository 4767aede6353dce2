package httpx

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Problem is an error as a reader sees it, already in the reader's language.
// Its JSON form is RFC 9457.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Instance  string         `json:"instance,omitempty"`
	Code      string         `json:"code"` // the kind: "not_found"
	Key       string         `json:"key"`  // the sentence's key, stable across languages
	RequestID string         `json:"request_id"`
	Fields    []ProblemField `json:"errors,omitempty"`
	// RetryAfter is in seconds; 0 when trying again does not help.
	RetryAfter int `json:"-"`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Key    string `json:"key"`
}

// ProblemOf translates an error for the reader of ctx. Errors of the standard
// library that tell of the visitor's request get their own kind; what else is
// no fault is Internal, and its text stays private.
func ProblemOf(ctx context.Context, err error) Problem {
	e := known(err)
	p := Problem{Type: "about:blank", Status: e.Kind.Status(), Code: e.Kind.String(), Key: e.Key,
		RequestID: RequestID(ctx)}
	args := []any{}
	for k, v := range e.Args {
		args = append(args, k, v)
	}
	if e.Kind == fault.Unavailable || e.Kind == fault.TooMany {
		p.RetryAfter = retryAfter(e)
		if _, has := e.Args["seconds"]; !has {
			args = append(args, "seconds", p.RetryAfter)
		}
	}
	p.Title = i18n.T(ctx, "problem."+e.Kind.String())
	p.Detail = i18n.T(ctx, e.Key, args...)
	if t, ok := e.Args["text"].(i18n.Text); ok { // a sentence from a pack, which no words.yaml has
		p.Detail = i18n.Said(ctx, t.In(i18n.LangOf(ctx)))
	}
	for _, f := range e.Fields {
		p.Fields = append(p.Fields, ProblemField{Name: f.Name, Key: f.Key,
			Detail: i18n.From(ctx).Bundle.Text(f.Key).Fill(i18n.LangOf(ctx), f.Args)})
	}
	return p
}

// known gives errors from outside our rooms their kind.
func known(err error) *fault.Error {
	var e *fault.Error
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &big):
		return fault.Wrap(err, fault.TooLarge, "fault.too_large", "limit", size(big.Limit))
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, "fault.timeout")
	case errors.Is(err, http.ErrNotMultipart), errors.Is(err, http.ErrMissingBoundary):
		return fault.Wrap(err, fault.Invalid, "fault.bad_request")
	}
	return fault.As(err)
}

func retryAfter(e *fault.Error) int {
	if n, ok := e.Args["seconds"].(int); ok && n > 0 {
		return n
	}
	return 5
}

// fail renders an error. Where the visitor went away nothing is written.
func (rt *Router) fail(w http.ResponseWriter, r *http.Request, err error) {
	st := stateOf(r.Context())
	st.err = err
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		st.gone = true
		return
	}
	if st.written {
		rt.opt.Log.ErrorContext(r.Context(), "error after the answer began", "id", st.id, "err", err)
		return
	}
	p := ProblemOf(r.Context(), err)
	if p.Code == fault.Unauthenticated.String() && !WantsJSON(r) {
		rt.toLogin(w, r)
		return
	}
	rt.show(w, r, p)
}

// show writes a problem in the form the caller understands.
func (rt *Router) show(w http.ResponseWriter, r *http.Request, p Problem) {
	ctx := r.Context()
	p.RequestID = RequestID(ctx)
	if p.Type == "" {
		p.Type = "about:blank"
	}
	if p.Title == "" {
		p.Title, p.Detail = i18n.T(ctx, "problem."+p.Code), i18n.T(ctx, p.Key)
	}
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	w.Header().Set("Cache-Control", "no-store")
	var err error
	switch {
	case WantsJSON(r):
		p.Instance = r.URL.Path
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(p.Status)
		err = json.NewEncoder(w).Encode(p)
	case IsFragment(r) && rt.opt.Fragment != nil:
		err = Render(w, r, p.Status, rt.opt.Fragment(p))
	case rt.opt.Page != nil:
		err = Render(w, r, p.Status, rt.opt.Page(p))
	default:
		http.Error(w, p.Title+"\n"+p.Detail, p.Status)
	}
	if err != nil {
		rt.opt.Log.LogAttrs(ctx, slog.LevelError, "error page failed", slog.String("id", p.RequestID), slog.Any("err", err))
	}
}

// toLogin sends the visitor to the sign-in page and remembers where to return:
// the page itself, or for a form the page it stood on.
func (rt *Router) toLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = local(r.Header.Get("Referer"))
	}
	if at := r.Header.Get("HX-Current-URL"); at != "" {
		next = local(at)
	}
	to := rt.opt.Login
	if next != "" && next != "/" {
		to += "?next=" + url.QueryEscape(next)
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", to)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// local keeps the path and query of an address and drops the rest.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return SafeNext(u.RequestURI())
}

// SafeNext returns next if it is a path of this site, else "/": a sign-in page
// must never forward to a stranger's address.
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return "/"
	}
	return next
}

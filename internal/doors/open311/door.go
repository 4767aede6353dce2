package open311

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/errand"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/stepform"
)

// Deps are what the door works with.
type Deps struct {
	Citizens   *incident.Citizens
	People     *people.Service
	Places     *place.Service
	Catalogues *catalogue.Service
	Settings   func(context.Context, id.ID) (*pack.Settings, error)
	Photos     *stepform.Desk
	Errands    *errand.Runner
	Clock      clock.Clock
	BaseURL    string // of this server, without a slash at the end; "": as the caller called it
	Test       bool   // says in the discovery document that nothing here is real
}

// Door answers the requests.
type Door struct {
	Deps
	pace *httpx.Limiter
}

// New returns the door.
func New(d Deps) *Door {
	d.BaseURL = strings.TrimSuffix(d.BaseURL, "/")
	return &Door{Deps: d, pace: httpx.NewLimiter(httpx.Rate{Every: perKey, Burst: burst}, d.Clock)}
}

// root is where the interface begins.
const root = "/open311/v2"

// maxPhotos is how many photos one report may carry, maxBody what a report with
// them may weigh. Every key may send a burst of reports at once, then one per
// perKey: a whole town's day passes, a program gone wild does not.
const (
	maxPhotos = 6
	maxBody   = maxPhotos*photo.MaxBytes + 1<<20
	perKey    = 200 * time.Millisecond
	burst     = 200
)

// slow is how long photos may take to arrive over a bad network.
const slow = 5 * time.Minute

// unbounded leaves it to the handler to refuse a body by its size: the
// protocol has its own shape of refusal.
const unbounded = 1 << 60

// Routes is the door's part of the route table. What begins like the interface
// and is nothing is answered in its shape too.
func (d *Door) Routes() []httpx.Route {
	var out []httpx.Route
	add := func(method, path, name string, h httpx.Handler) {
		route := httpx.Route{Method: method, Pattern: root + path, Access: httpx.Public(), Bare: true, Handler: h, Name: "open311." + name, MaxBody: unbounded}
		if method == http.MethodPost {
			route.Timeout = slow
		}
		out = append(out, route)
	}
	for _, f := range []format{inXML, inJSON} {
		name := strings.TrimPrefix(f.suffix, ".")
		add("GET", "/discovery"+f.suffix, "discovery."+name, d.as(f, d.discovery))
		add("GET", "/services"+f.suffix, "services."+name, d.as(f, d.services))
		add("GET", "/requests"+f.suffix, "requests."+name, d.as(f, d.list))
		add("POST", "/requests"+f.suffix, "create."+name, d.as(f, d.create))
		add("GET", "/servicerequestupdates"+f.suffix, "updates."+name, d.as(f, d.updates))
		add("POST", "/servicerequestupdates"+f.suffix, "update."+name, d.as(f, d.update))
	}
	add("GET", "/services/{code}", "definition", d.named("code", d.definition))
	add("GET", "/requests/{id}", "request", d.named("id", d.one))
	add("GET", "/tokens/{token}", "token", d.named("token", d.token))
	add("GET", "/media/{id}/{sha}", "media", d.media)
	add("GET", "/openapi.json", "openapi", d.openapi)
	add("GET", "/{rest...}", "unknown", d.named("rest", d.unknown))
	add("POST", "/{rest...}", "unknown.post", d.named("rest", d.unknown))
	return out
}

// answer makes what is sent, or says why not; several refusals are joined.
type answer func(r *http.Request) (node, error)

func (d *Door) as(f format, make answer) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error { return f.serve(w, r, make) }
}

// named is as for an address whose last part carries a name and the format.
func (d *Door) named(part string, make func(r *http.Request, name string) (node, error)) httpx.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		name, f, ok := cut(r.PathValue(part))
		return f.serve(w, r, func(r *http.Request) (node, error) {
			if !ok {
				return d.unknown(r, name)
			}
			return make(r, name)
		})
	}
}

// cut takes the format off a name; without one the answer is in XML, which
// every caller of the protocol must read.
func cut(file string) (name string, f format, ok bool) {
	for _, f := range []format{inXML, inJSON} {
		if name, ok := strings.CutSuffix(file, f.suffix); ok {
			return name, f, true
		}
	}
	return file, inXML, false
}

func (d *Door) unknown(*http.Request, string) (node, error) {
	return node{}, fault.New(fault.NotFound, "open311.no_resource")
}

func (f format) serve(w http.ResponseWriter, r *http.Request, make answer) error {
	n, err := make(r)
	if err != nil && r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return err // nobody waits for the answer
	}
	status := http.StatusOK
	if err != nil {
		status, n = refused(w, r.Context(), err)
	}
	b, bad := f.write(n)
	if bad != nil {
		return bad
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	if r.Method != http.MethodPost {
		// What is told to everybody may be read by every site's pages.
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	} else {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, _ = w.Write(b) // the caller may have left
	if status >= http.StatusInternalServerError {
		return err // for the log; the answer has gone
	}
	return nil
}

// refused turns an error into the protocol's list of errors and its status: 404
// for what is not there, 403 for the key, 400 for everything else the caller
// did; too many requests and failures keep their own. The first error decides.
func refused(w http.ResponseWriter, ctx context.Context, err error) (int, node) {
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	status, out := 0, many("errors")
	for _, err := range all {
		p := httpx.ProblemOf(ctx, err)
		code := codeOf(p.Status)
		if status == 0 {
			status = code
		}
		if p.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(p.RetryAfter))
		}
		if len(p.Fields) == 0 {
			out.kids = append(out.kids, issue(code, p.Detail))
		}
		for _, field := range p.Fields {
			out.kids = append(out.kids, issue(code, field.Name+": "+field.Detail))
		}
	}
	return status, out
}

func issue(code int, description string) node {
	return group("error", raw("code", strconv.Itoa(code)), say("description", description))
}

func codeOf(status int) int {
	switch {
	case status == http.StatusNotFound, status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return status
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// jurisdiction is the division a request is about: the one named by
// jurisdiction_id, a division's key or code, else the first; those for training
// are not offered. An unknown one is NotFound.
func (d *Door) jurisdiction(ctx context.Context, want string) (people.Division, error) {
	all, err := d.People.Divisions(ctx)
	if err != nil {
		return people.Division{}, err
	}
	for _, div := range all {
		if !div.Practice && (want == "" || want == div.Key || want == div.Code) {
			return div, nil
		}
	}
	return people.Division{}, fault.New(fault.NotFound, "open311.no_jurisdiction")
}

// given is an argument; an empty one counts as absent.
func given(values map[string][]string, name string) string {
	for _, v := range values[name] {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// base is the address of this server for links.
func (d *Door) base(r *http.Request) string {
	switch {
	case d.BaseURL != "":
		return d.BaseURL
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

package httpx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzhttp"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Gate decides whether the visitor may use a route. It returns the request to
// go on with (usually carrying the actor and the page's frame), or a fault:
// Unauthenticated leads to the sign-in page, Forbidden and NotFound are
// rendered as they are. A request that comes with a fault, unless nil, is the
// one the error page is drawn for. The writer is for cookies only.
type Gate func(w http.ResponseWriter, r *http.Request, a Access) (*http.Request, error)

// Options are what a Router needs from its surroundings. Every field but
// Bundle may be left empty.
type Options struct {
	Log    *slog.Logger
	Clock  clock.Clock
	Bundle *i18n.Bundle
	Gate   Gate
	// Page and Fragment draw a problem as a whole page and as a piece of one.
	Page     func(Problem) templ.Component
	Fragment func(Problem) templ.Component
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Observe is told of every answered request: the pattern of its route ("" for
	// none), method, status and time; nil for nobody.
	Observe func(pattern, method string, status int, took time.Duration)
	// TLS says that visitors arrive over a certificate they trust.
	TLS bool
	// Login is the sign-in page; empty means "/login".
	Login string
}

// Router is the route table and the middleware around it. Register all routes
// before serving; it is not safe to do both at once.
type Router struct {
	opt    Options
	mux    *http.ServeMux
	routes []Route
	names  map[string]bool
	cross  *http.CrossOriginProtection
	gzip   func(http.Handler) http.HandlerFunc
	chain  http.Handler
}

// New returns an empty Router. It fails only if the compression settings are
// refused, which a test would notice.
func New(o Options) (*Router, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Bundle == nil {
		o.Bundle = &i18n.Bundle{}
	}
	if o.Login == "" {
		o.Login = "/login"
	}
	// Pages are made for one reader and compressed once: the fastest level costs a
	// third of the usual one and sends a tenth more. Files are compressed before.
	zip, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(1))
	if err != nil {
		return nil, fmt.Errorf("httpx.New: %w", err)
	}
	rt := &Router{opt: o, mux: http.NewServeMux(), names: map[string]bool{},
		cross: http.NewCrossOriginProtection(), gzip: zip}
	rt.chain = rt.identify(rt.speak(rt.secure(rt.logged(rt.recovered(rt.sameOrigin(http.HandlerFunc(rt.dispatch)))))))
	return rt, nil
}

// Handle registers routes. It returns every route that is incomplete, named
// twice or in conflict with another pattern; the good ones are registered.
func (rt *Router) Handle(routes ...Route) error {
	var bad []error
	for _, route := range routes {
		if err := rt.add(route); err != nil {
			bad = append(bad, err)
		}
	}
	return errors.Join(bad...)
}

func (rt *Router) add(route Route) (err error) {
	if err := route.check(); err != nil {
		return err
	}
	if rt.names[route.Name] {
		return fmt.Errorf("httpx: two routes are named %s", route.Name)
	}
	defer func() { // ServeMux reports conflicting patterns by panicking
		if p := recover(); p != nil {
			err = fmt.Errorf("httpx: route %s: %v", route.Name, p)
		}
	}()
	rt.mux.Handle(route.Method+" "+route.Pattern, rt.adapt(route))
	rt.names[route.Name] = true
	rt.routes = append(rt.routes, route)
	return nil
}

// Routes lists the table in order of registration.
func (rt *Router) Routes() []Route { return slices.Clone(rt.routes) }

// ServeHTTP answers a request through the middleware and the table.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) { rt.chain.ServeHTTP(w, r) }

// dispatch is the mux, except that its bare 404 and 405 are rendered like any
// other refusal.
func (rt *Router) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := rt.mux.Handler(r)
	if pattern != "" {
		rt.mux.ServeHTTP(w, r)
		return
	}
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		rt.show(w, r, Problem{Status: probe.status, Code: "method", Key: "fault.method"})
		return
	}
	rt.fail(w, r, fault.New(fault.NotFound, "fault.no_page"))
}

// probe learns the status of an answer and drops the rest.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

// adapt wraps a route's handler with what depends on the route.
func (rt *Router) adapt(route Route) http.Handler {
	limiter := NewLimiter(route.Rate, rt.opt.Clock)
	h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w = &marker{w, stateOf(r.Context())}
		seen, err := rt.serve(w, r, route, limiter)
		if err != nil {
			rt.fail(w, seen, err)
		}
	}))
	if !route.Stream && !route.Plain {
		h = rt.gzip(h)
	}
	return rt.deadlines(route, h)
}

// serve returns the request as the gate left it, for the error page.
func (rt *Router) serve(w http.ResponseWriter, r *http.Request, route Route, l *Limiter) (*http.Request, error) {
	st := stateOf(r.Context())
	st.route, st.pattern = route.Name, route.Pattern
	if wait := l.Take(ClientKey(r)); wait > 0 {
		return r, fault.New(fault.TooMany, "fault.too_many", "seconds", seconds(wait), "n", seconds(wait))
	}
	if !route.Access.IsPublic() {
		w.Header().Set("Cache-Control", "no-store")
	}
	if rt.opt.Gate != nil && !route.Bare {
		allowed, err := rt.opt.Gate(w, r, route.Access)
		if allowed != nil {
			r = allowed
		}
		if err != nil {
			return r, err
		}
	} else if !route.Access.IsPublic() {
		return r, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	limit := route.MaxBody
	if limit == 0 {
		limit = DefaultMaxBody
	}
	if r.ContentLength > limit {
		return r, TooLarge(limit)
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	return r, route.Handler(w, r)
}

// deadlines bounds how long a body may take to arrive, an answer to leave and
// the work in between; streams are left open.
func (rt *Router) deadlines(route Route, next http.Handler) http.Handler {
	limit := route.Timeout
	if limit == 0 {
		limit = DefaultTimeout
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route.Stream {
			next.ServeHTTP(w, r)
			return
		}
		// An error here says that the connection has no deadlines: a recorder in
		// a test. Writing gets longer, so that the refusal still reaches a slow phone.
		rc, now := http.NewResponseController(w), time.Now()
		_ = rc.SetReadDeadline(now.Add(limit))
		_ = rc.SetWriteDeadline(now.Add(limit + 30*time.Second))
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// TooLarge is the fault for a body above limit bytes.
func TooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "fault.too_large", "limit", size(limit))
}

func size(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(max(n>>10, 1), 10) + " KB"
}

// seconds rounds a wait up to whole seconds, at least one.
func seconds(d time.Duration) int { return max(1, int((d+time.Second-1)/time.Second)) }

// WantsJSON reports whether the caller is a program: by its Accept header or
// because the path belongs to an interface.
func WantsJSON(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/open311/") {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// IsFragment reports whether htmx asks for a piece of a page.
func IsFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Boosted") != "true" &&
		r.Header.Get("HX-History-Restore-Request") != "true"
}

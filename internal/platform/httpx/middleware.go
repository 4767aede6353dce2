package httpx

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// state is what the middleware knows of one request; one per request, used by
// that request's goroutine alone.
type state struct {
	id      string
	client  netip.Addr
	route   string
	pattern string
	err     error
	gone    bool
	written bool
	status  int
	bytes   int64
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	if st, ok := ctx.Value(stateKey{}).(*state); ok {
		return st
	}
	return &state{}
}

// path is what the log calls the request's path: the pattern, or, where none
// fits, the first part, since the rest may be a mistyped code or link.
func (st *state) path(r *http.Request) string {
	if st.pattern != "" {
		return st.pattern
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if rest == "" {
		return "/" + first
	}
	return "/" + first + "/…"
}

// RequestID is the number under which the log knows the request; "" outside one.
func RequestID(ctx context.Context) string { return stateOf(ctx).id }

// recorder remembers status and size, as sent, for the access log.
type recorder struct {
	http.ResponseWriter
	st *state
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) WriteHeader(status int) {
	if status >= 200 && w.st.status == 0 {
		w.st.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.st.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.st.bytes += int64(n)
	return n, err
}

// Flush lets streams through the recorder.
func (w *recorder) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// marker knows that a handler began its answer, although the compressor
// outside it may still hold the bytes back.
type marker struct {
	http.ResponseWriter
	st *state
}

func (w *marker) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *marker) WriteHeader(status int) {
	w.st.written = w.st.written || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

func (w *marker) Write(b []byte) (int, error) {
	w.st.written = true
	return w.ResponseWriter.Write(b)
}

// identify gives the request its number and finds the visitor's address.
func (rt *Router) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := &state{id: rand.Text()[:16], client: clientOf(r, rt.opt.Proxies)}
		w.Header().Set("X-Request-Id", st.id)
		next.ServeHTTP(&recorder{w, st}, r.WithContext(context.WithValue(r.Context(), stateKey{}, st)))
	})
}

// speak puts the reader's language into the context and keeps a choice made
// by ?lang= for a year.
func (rt *Router) speak(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lang := i18n.Of(r)
		if r.URL.Query().Has("lang") {
			http.SetCookie(w, &http.Cookie{Name: i18n.Cookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
		}
		h := w.Header()
		h.Set("Content-Language", string(lang))
		h.Add("Vary", "Accept-Language, Cookie, HX-Request")
		next.ServeHTTP(w, r.WithContext(i18n.With(r.Context(), &i18n.Printer{Bundle: rt.opt.Bundle, Lang: lang})))
	})
}

// policy is the Content-Security-Policy of every answer. blob: is for the
// preview of photos before they are sent, data: for the map's small patterns.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-src 'none'; frame-ancestors 'none'"

func (rt *Router) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "private, no-cache")
		if rt.opt.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// logged writes one line per request, without personal data: the pattern stands
// for the path, which may carry a receipt code or a signed link; the query is
// left out, since somebody may have searched for a name; a refusal is logged by
// its key, without the values in its sentence; the visitor's address is cut to
// its network.
func (rt *Router) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		next.ServeHTTP(w, r)
		st := stateOf(r.Context())
		took := time.Since(start)
		if rt.opt.Observe != nil {
			rt.opt.Observe(st.pattern, r.Method, st.status, took)
		}
		lvl, why := slog.LevelInfo, slog.Attr{}
		if st.err != nil && !st.gone {
			e := known(st.err)
			why = slog.String("refused", e.Key)
			if e.Kind == fault.Internal || e.Kind == fault.Unavailable {
				lvl, why = slog.LevelError, slog.String("err", st.err.Error())
			}
		}
		attrs := []slog.Attr{slog.String("id", st.id), slog.String("method", r.Method), slog.String("path", st.path(r)),
			slog.String("route", st.route), slog.Int("status", st.status), slog.Int64("bytes", st.bytes),
			slog.Duration("took", took), slog.String("net", network(st.client))}
		if !why.Equal(slog.Attr{}) {
			attrs = append(attrs, why)
		}
		rt.opt.Log.LogAttrs(r.Context(), lvl, "request", attrs...)
	})
}

// recovered turns a panic into a 500 page; the stack goes to the log only.
func (rt *Router) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			rt.opt.Log.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("id", RequestID(r.Context())),
				slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			rt.fail(w, r, fmt.Errorf("panic: %v", p))
		}()
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses state-changing requests that a browser sent from another site.
func (rt *Router) sameOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := rt.cross.Check(r); err != nil {
			rt.fail(w, r, fault.Wrap(err, fault.Forbidden, "fault.cross_origin"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

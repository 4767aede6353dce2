// Package fault is the one error type that crosses rooms: a kind that decides
// the status, a translatable key that decides the sentence, field errors that
// fill a form again, and a private cause that only the log sees.
//
// It owns kinds and their HTTP status. It does not translate (i18n) and does
// not render (httpx).
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Kind says what went wrong in terms a caller can act on. The zero value is
// Internal, so a forgotten kind never looks like the visitor's mistake.
type Kind int

// The kinds, each with the one HTTP status it maps to (see Kind.Status).
const (
	Internal Kind = iota
	Invalid
	NotFound
	Conflict
	Stale
	Forbidden
	Unauthenticated
	TooMany
	TooLarge
	Unavailable
)

var kinds = map[Kind]struct {
	name   string
	status int
}{
	Internal:        {"internal", http.StatusInternalServerError},
	Invalid:         {"invalid", http.StatusUnprocessableEntity},
	NotFound:        {"not_found", http.StatusNotFound},
	Conflict:        {"conflict", http.StatusConflict},
	Stale:           {"stale", http.StatusConflict},
	Forbidden:       {"forbidden", http.StatusForbidden},
	Unauthenticated: {"unauthenticated", http.StatusUnauthorized},
	TooMany:         {"too_many", http.StatusTooManyRequests},
	TooLarge:        {"too_large", http.StatusRequestEntityTooLarge},
	Unavailable:     {"unavailable", http.StatusServiceUnavailable},
}

func (k Kind) String() string { return kinds[k].name }

// Status is the HTTP status of the kind.
func (k Kind) Status() int { return kinds[k].status }

// Args fill the {placeholders} of a sentence.
type Args map[string]any

// Field is what is wrong with one field of a form.
type Field struct {
	Name string
	Key  string
	Args Args
}

// Error is a refusal or a failure. Key is a key of the i18n bundle, such as
// "fault.not_found" or a refusal code of a procedure.
type Error struct {
	Kind   Kind
	Key    string
	Args   Args
	Fields []Field
	cause  error
}

// New returns an error of the kind; kv are alternating placeholder names and values.
func New(kind Kind, key string, kv ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args(kv)}
}

// Wrap is New with a private cause, which Unwrap returns and no page shows.
func Wrap(cause error, kind Kind, key string, kv ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args(kv), cause: cause}
}

// Missing is the error for a thing that is absent or that the actor may not see.
func Missing(what string) *Error { return New(NotFound, "fault.not_found", "what", what) }

// Field adds what is wrong with one field and returns e for chaining.
func (e *Error) Field(name, key string, kv ...any) *Error {
	e.Fields = append(e.Fields, Field{Name: name, Key: key, Args: args(kv)})
	return e
}

// OrNil is nil when no field was refused: the end of a form check.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Key)
	for k, v := range e.Args {
		fmt.Fprintf(&b, " %s=%v", k, v)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Key)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.cause }

// As returns the *Error in err's chain, or an Internal one that wraps err.
// It returns nil for a nil err.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Wrap(err, Internal, "fault.internal")
}

// Is reports whether err is a fault of the kind.
func Is(err error, k Kind) bool { return err != nil && As(err).Kind == k }

// Trace adds the call path to *err; defer it first in an exported function:
//
//	defer fault.Trace(&err, "place.Find(%s)", code)
func Trace(err *error, format string, a ...any) {
	if *err == nil {
		return
	}
	*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, a...), *err)
}

func args(kv []any) Args {
	if len(kv) == 0 {
		return nil
	}
	m := make(Args, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

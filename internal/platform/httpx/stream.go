package httpx

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Stream is an open answer of server-sent events. It is for one goroutine.
type Stream struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	done <-chan struct{}
	stop <-chan struct{}
}

// NewStream begins a text/event-stream answer; the route must be marked Stream.
// The browser is told to come back after two seconds when the line breaks.
func NewStream(w http.ResponseWriter, r *http.Request) (*Stream, error) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	w.WriteHeader(http.StatusOK)
	s := &Stream{w: w, rc: http.NewResponseController(w), done: r.Context().Done(), stop: closing(r.Context())}
	return s, s.write("retry: 2000\n\n")
}

// Done is closed when the visitor left.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Closing is closed when the server wants to end; the handler should return.
func (s *Stream) Closing() <-chan struct{} { return s.stop }

// Send writes one event. id may be empty; data may have several lines.
func (s *Stream) Send(id, event, data string) error {
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", oneLine(id))
	}
	if event != "" {
		fmt.Fprintf(&b, "event: %s\n", oneLine(event))
	}
	for line := range strings.SplitSeq(data, "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteByte('\n')
	return s.write(b.String())
}

// Ping writes a comment that keeps proxies from closing a silent line.
func (s *Stream) Ping() error { return s.write(": ping\n\n") }

func (s *Stream) write(text string) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(15 * time.Second)) // no deadline on a recorder
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.rc.Flush()
}

func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }

type closingKey struct{}

// closing is closed when the server began to shut down; nil outside a Server.
func closing(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(closingKey{}).(chan struct{})
	return c
}

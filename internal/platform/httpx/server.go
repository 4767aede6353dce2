package httpx

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serving says where and how to listen.
type Serving struct {
	Addr string // host:port; port 0 takes a free one
	// Cert and Key are PEM files; both or neither.
	Cert, Key string
	// Self makes a certificate for trials and keeps it in Dir.
	Self bool
	Dir  string
	// Grace is how long requests may take to end at shutdown; 0 means 15 s.
	Grace time.Duration
	Log   *slog.Logger
}

// Server is a listening server. Open it, then Run it.
type Server struct {
	http   *http.Server
	ln     net.Listener
	grace  time.Duration
	closed chan struct{}
	tls    bool
}

// Listen binds the address, so that a taken port is known before anything else
// starts. The caller must Run or Close the server.
func Listen(s Serving, h http.Handler) (_ *Server, err error) {
	cfg, err := certificate(s)
	if err != nil {
		return nil, fmt.Errorf("httpx.Listen: %w", err)
	}
	ln, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return nil, fmt.Errorf("httpx.Listen: %w", err)
	}
	if cfg != nil {
		ln = tls.NewListener(ln, cfg)
	}
	log := s.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if s.Grace == 0 {
		s.Grace = 15 * time.Second
	}
	closed := make(chan struct{})
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), closingKey{}, closed)
		}}
	return &Server{http: srv, ln: ln, grace: s.Grace, closed: closed, tls: cfg != nil}, nil
}

// URL is the address to type, with the port that was taken.
func (s *Server) URL() string {
	scheme := "http"
	if s.tls {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.ln.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// Run serves until ctx ends, then lets running requests finish: streams are
// told to close, the rest get the grace period. It returns nil after a clean end.
func (s *Server) Run(ctx context.Context) error {
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("httpx.Run: %w", err)
	case <-ctx.Done():
	}
	close(s.closed)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	if err := s.http.Shutdown(last); err != nil {
		return errors.Join(fmt.Errorf("httpx.Run: requests were cut off: %w", err), s.http.Close())
	}
	return nil
}

// Close gives the port back without serving.
func (s *Server) Close() error { return s.ln.Close() }

package httpx_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/platform/httpx"
)

// start serves h until the test ends and returns a stop that waits for the end.
func start(t *testing.T, s httpx.Serving, h http.Handler) (*httpx.Server, func() error) {
	t.Helper()
	s.Addr = "127.0.0.1:0"
	srv, err := httpx.Listen(s, h)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	stop := func() error { cancel(); return <-ended }
	t.Cleanup(cancel)
	return srv, stop
}

func TestShutdownLetsRequestsFinish(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	rt := router(t, httpx.Options{}, route("GET", "/slow", func(w http.ResponseWriter, _ *http.Request) error {
		close(arrived)
		<-release
		return httpx.JSON(w, 200, "done")
	}))
	srv, stop := start(t, httpx.Serving{}, rt)
	body := make(chan string, 1)
	go func() {
		res, err := http.Get(srv.URL() + "/slow")
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		body <- string(b)
	}()
	<-arrived
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	close(release)
	if got := <-body; got != "\"done\"\n" {
		t.Errorf("body %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	stream := route("GET", "/live", func(w http.ResponseWriter, r *http.Request) error {
		s, err := httpx.NewStream(w, r)
		if err != nil {
			return err
		}
		if err := s.Send("7", "case", "one\ntwo"); err != nil {
			return err
		}
		select {
		case <-s.Closing():
			return s.Send("", "bye", "")
		case <-s.Done():
			return nil
		}
	})
	stream.Stream = true
	srv, stop := start(t, httpx.Serving{}, router(t, httpx.Options{}, stream))
	req, _ := http.NewRequest("GET", srv.URL()+"/live", nil)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.Header.Get("Content-Encoding") != "" || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("headers %v", res.Header)
	}
	in := bufio.NewReader(res.Body)
	var got strings.Builder
	for !strings.Contains(got.String(), "data: two\n\n") {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err, got.String())
		}
		got.WriteString(line)
	}
	if want := "retry: 2000\n\nid: 7\nevent: case\ndata: one\ndata: two\n\n"; got.String() != want {
		t.Errorf("got %q", got.String())
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if rest, _ := io.ReadAll(in); !strings.Contains(string(rest), "event: bye") {
		t.Errorf("rest %q", rest)
	}
}

func TestSelfSigned(t *testing.T) {
	dir := t.TempDir()
	srv, stop := start(t, httpx.Serving{Self: true, Dir: dir}, router(t, httpx.Options{}, httpx.Health()...))
	pem, err := os.ReadFile(filepath.Join(dir, "tls-self.crt"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		res, err := client.Get(strings.Replace(srv.URL(), "127.0.0.1", host, 1) + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 200 {
			t.Errorf("%s: %d", host, res.StatusCode)
		}
	}
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Error(err)
	}
	again, stop := start(t, httpx.Serving{Self: true, Dir: dir}, http.NotFoundHandler())
	after, _ := os.ReadFile(filepath.Join(dir, "tls-self.crt"))
	if string(after) != string(pem) {
		t.Error("a good certificate must be kept: phones have accepted it")
	}
	_ = again
	if err := stop(); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "tls-self.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v %v", info, err)
	}
}

func TestListenRefuses(t *testing.T) {
	if _, err := httpx.Listen(httpx.Serving{Addr: "127.0.0.1:0", Cert: "a.pem"}, nil); err == nil || !strings.Contains(err.Error(), "belong together") {
		t.Errorf("half a pair: %v", err)
	}
	srv, err := httpx.Listen(httpx.Serving{Addr: "127.0.0.1:0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if _, err := httpx.Listen(httpx.Serving{Addr: strings.TrimPrefix(srv.URL(), "http://")}, nil); err == nil {
		t.Error("a taken port must be refused")
	}
}

func TestReadiness(t *testing.T) {
	broken := errors.New("disk full")
	rt := router(t, httpx.Options{}, httpx.Health(
		httpx.Check{Name: "db", Do: func(context.Context) error { return nil }},
		httpx.Check{Name: "blob", Do: func(context.Context) error { return broken }})...)
	w := ask(rt, "GET", "/readyz")
	if w.Code != 503 || w.Body.String() != "{\"blob\":\"failing\",\"db\":\"ok\"}\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(rt, "GET", "/healthz"); w.Code != 200 {
		t.Errorf("%d", w.Code)
	}
}

func TestSlowBodyIsEnded(t *testing.T) {
	x := route("POST", "/x", func(_ http.ResponseWriter, r *http.Request) error {
		_, err := io.ReadAll(r.Body)
		return err
	})
	x.Timeout = 50 * time.Millisecond
	srv, _ := start(t, httpx.Serving{}, router(t, httpx.Options{}, x))
	body, hold := io.Pipe()
	defer hold.Close()
	res, err := http.Post(srv.URL()+"/x", "text/plain", body)
	if err == nil {
		defer res.Body.Close()
		if res.StatusCode < 500 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}

package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/platform/fetch"
)

func TestPrivateNetworksAreNotReached(t *testing.T) {
	reached := 0
	here := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer here.Close()
	client := fetch.NewClient(fetch.Options{Timeout: 2 * time.Second})
	_, port, _ := strings.Cut(strings.TrimPrefix(here.URL, "http://"), ":")
	for _, address := range []string{
		here.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port,
		"http://127.1.2.3", "http://0.0.0.0:" + port, "http://10.0.0.1", "http://172.16.3.4", "http://192.168.1.1",
		"http://169.254.169.254/latest/meta-data", "http://100.64.0.1", "http://[fe80::1]", "http://[fd00::1]",
		"http://224.0.0.1", "http://8.8.8.8:22",
	} {
		if _, err := client.Get(address); !errors.Is(err, fetch.ErrPrivate) {
			t.Errorf("%s: %v, want it refused as private", address, err)
		}
	}
	if reached != 0 {
		t.Errorf("%d requests arrived", reached)
	}
	if _, err := client.Get("file:///etc/passwd"); !errors.Is(err, fetch.ErrScheme) {
		t.Errorf("a file: %v", err)
	}
}

func TestRedirectsAreCheckedAndCounted(t *testing.T) {
	target := "http://10.0.0.1/"
	hops := 0
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hops++
		if target == "loop" {
			http.Redirect(w, r, "/again", http.StatusFound)
			return
		}
		http.Redirect(w, r, target, http.StatusFound)
	}))
	defer here.Close()
	client := fetch.NewClient(fetch.Options{AllowLoopback: true, Timeout: 2 * time.Second})
	if _, err := client.Get(here.URL); !errors.Is(err, fetch.ErrPrivate) {
		t.Errorf("a redirect into a private network: %v", err)
	}
	target = "gopher://example.com/"
	if _, err := client.Get(here.URL); !errors.Is(err, fetch.ErrScheme) {
		t.Errorf("a redirect to another scheme: %v", err)
	}
	target, hops = "loop", 0
	if _, err := client.Get(here.URL); err == nil || hops != 4 {
		t.Errorf("a loop: %v after %d requests, want an error after 4", err, hops)
	}
}

func TestAnAnswerIsCutOffAtItsLimit(t *testing.T) {
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
	}))
	defer here.Close()
	for limit, want := range map[int64]error{99: fetch.ErrTooLarge, 100: nil, 101: nil} {
		answer, err := fetch.NewClient(fetch.Options{AllowLoopback: true, MaxBytes: limit}).Get(here.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if !errors.Is(err, want) || len(got) != int(min(limit, 100)) {
			t.Errorf("limit %d: %d bytes, %v; want %v", limit, len(got), err, want)
		}
	}
}

func TestCheckSaysWhatTheTextAloneTells(t *testing.T) {
	for address, want := range map[string]error{
		"https://example.org/hook": nil,
		"https://example.org:8443": nil, // a name may be anything; the dialer decides
		"ftp://example.org":        fetch.ErrScheme,
		"example.org":              fetch.ErrScheme,
		"http://":                  fetch.ErrScheme,
		"https://127.0.0.1/":       fetch.ErrPrivate,
		"https://[::1]/":           fetch.ErrPrivate,
		"http://10.9.8.7":          fetch.ErrPrivate,
		"https://93.184.215.14/":   nil,
	} {
		if err := fetch.Check(address, fetch.Options{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
	}
}

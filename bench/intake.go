package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// took is how long requests took, sorted.
type took []time.Duration

func (t took) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	return t[min(len(t)-1, int(float64(len(t))*share))]
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func ms(d time.Duration) string { return number(inMS(d)) + " ms" }

// storm sends requests from clients at once and returns how many a second were
// answered as wanted, and how long each took.
func storm(clients, requests, want int, send func(n int64) (*http.Request, error)) (rate float64, all took, err error) {
	c := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var next, failed atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			var own took
			for n := next.Add(1); n <= int64(requests); n = next.Add(1) {
				s := time.Now()
				if !ask(c, want, n, send) {
					failed.Add(1)
				}
				own = append(own, time.Since(s))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	rate = float64(requests) / time.Since(began).Seconds()
	if n := failed.Load(); n > 0 {
		return 0, nil, fmt.Errorf("%d of %d requests were not answered as they should", n, requests)
	}
	slices.Sort(all)
	return rate, all, nil
}

func ask(c *http.Client, want int, n int64, send func(int64) (*http.Request, error)) bool {
	req, err := send(n)
	if err != nil {
		return false
	}
	res, err := c.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == want
}

// report is one report as the public page sends it; no two are alike, and each
// comes from an address of its own, by which the rate is limited.
func report(base string) func(int64) (*http.Request, error) {
	round := time.Now().UnixNano() & 0xff
	return func(n int64) (*http.Request, error) {
		form := url.Values{"_key": {id.New().String()}, "class": {"06010"}, "desc": {fmt.Sprintf("垃圾一堆，第 %d 处", n)},
			"place.lat": {fmt.Sprintf("%.6f", 36.76+float64(n%100)*.0002)}, "place.lng": {fmt.Sprintf("%.6f", 119.12+float64(n/100%100)*.0003)}}
		req, err := http.NewRequest(http.MethodPost, base+"/report/garbage", strings.NewReader(form.Encode()))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("%d.%d.%d.%d", 20+round%80, n>>16&255, n>>8&255, n&255))
		return req, nil
	}
}

// insert is one record for the peer.
func insert(base string) func(int64) (*http.Request, error) {
	return func(n int64) (*http.Request, error) {
		body := fmt.Sprintf(`{"class":"06010","text":"垃圾一堆，第 %d 处","lat":%.6f,"lng":%.6f}`, n, 36.76+float64(n%100)*.0002, 119.12+float64(n/100%100)*.0003)
		req, err := http.NewRequest(http.MethodPost, base+"/api/collections/reports/records", bytes.NewReader([]byte(body)))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req, err
	}
}

// intake measures reports, the peer's inserts and the bare limit, one after the other.
func (b *bench) intake(ctx context.Context) (err error) {
	peer := 0.0
	if b.peers {
		if peer, err = b.peer(ctx); err != nil {
			return err
		}
	}
	bare, err := b.bare(ctx)
	if err != nil {
		return err
	}
	own, err := b.reports64(ctx, "report over HTTP, durable")
	if err != nil {
		return err
	}
	b.few = own
	b.add("a report beside the bare limit", number(own/bare)+" ×", "", "")
	if peer > 0 {
		goal := 1.0
		if b.db != "" {
			goal = .7
		}
		b.least("a report beside PocketBase's insert", own/peer, goal, "×", "")
	}
	return nil
}

// reports64 is a storm of reports on the run's data.
func (b *bench) reports64(ctx context.Context, what string) (float64, error) {
	p, err := b.serve(ctx)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if _, _, err := storm(b.clients, b.reports/20, http.StatusSeeOther, report(p.base)); err != nil {
		return 0, err
	}
	rate, all, err := storm(b.clients, b.reports, http.StatusSeeOther, report(p.base))
	if err == nil {
		b.add(fmt.Sprintf("%s, %d clients", what, b.clients), number(rate)+" /s", "p50 "+ms(all.at(.5)), "")
		b.most("p99 of the same", inMS(all.at(.99)), 50, "ms", "")
	}
	return rate, err
}

func (b *bench) peer(ctx context.Context) (float64, error) {
	binary := filepath.Join(b.dir, "peer")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".")
	build.Dir = filepath.Join("bench", "peers")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build of the peer: %w: %s", err, out)
	}
	p, err := launch(ctx, b.dir, io.Discard, binary)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if _, _, err := storm(b.clients, b.reports/20, http.StatusOK, insert(p.base)); err != nil {
		return 0, err
	}
	rate, all, err := storm(b.clients, b.reports, http.StatusOK, insert(p.base))
	if err == nil {
		b.add(strings.Join(p.words[1:], " ")+", bare insert, SQLite", number(rate)+" /s", "p50 "+ms(all.at(.5))+", p99 "+ms(all.at(.99)), "")
	}
	return rate, err
}

// bare is what is left when a report does nothing but be kept: net/http and
// one row in the group commit.
func (b *bench) bare(ctx context.Context) (float64, error) {
	address := "sqlite:" + filepath.Join(b.dir, "bare.db")
	if b.db != "" {
		address = b.db
	}
	db, err := dbx.Open(ctx, address, nil)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	table := dbx.Migration{Name: "bench_bare", FS: fstest.MapFS{"00001_bare.sql": {Data: []byte("-- +goose Up\nCREATE TABLE bench_bare (id BYTEA PRIMARY KEY, body TEXT NOT NULL);\n-- +goose Down\nDROP TABLE bench_bare;\n")}}}
	if err := db.Migrate(ctx, table); err != nil {
		return 0, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = db.Write(r.Context(), func(tx *dbx.Tx) error {
				_, err := tx.Exec(r.Context(), `INSERT INTO bench_bare (id, body) VALUES ($1, $2)`, id.New(), string(body))
				return err
			})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	rate, all, err := storm(b.clients, b.reports, http.StatusOK, insert("http://"+l.Addr().String()))
	if err == nil {
		b.add("net/http and one durable row", number(rate)+" /s", "p99 "+ms(all.at(.99)), "")
	}
	return rate, err
}

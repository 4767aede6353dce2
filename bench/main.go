// Command bench measures the program from outside, over HTTP on this machine:
// how many reports it takes in, alone and under a crowd, and how fast the desk
// answers afterwards. Figures of one run are comparable with each other, not
// with those of another machine.
//
//	go run ./bench -reports 3000 [-db postgres://…]
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xiucheng/internal/app"
	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

func main() {
	reports := flag.Int("reports", 3000, "how many reports a crowd of 32 sends")
	db := flag.String("db", "", "PostgreSQL URL; empty: SQLite in a temporary folder")
	flag.Parse()
	if err := run(*reports, *db); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(reports int, db string) (err error) {
	dir, err := os.MkdirTemp("", "xiucheng-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg := &config.Config{Data: dir, Addr: "127.0.0.1:0", DB: db, Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	ctx, stop := context.WithCancel(context.Background())
	a, err := app.New(ctx, cfg, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		stop()
		return err
	}
	fill, err := a.Demo(ctx)
	if err == nil {
		err = fill(ctx)
	}
	if err != nil {
		stop()
		return err
	}
	srv, err := a.Listen()
	if err != nil {
		stop()
		return err
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, srv) }()
	err = measure(srv.URL(), reports)
	stop()
	if end := <-done; err == nil {
		err = end
	}
	if end := a.Close(); err == nil {
		err = end
	}
	return err
}

func measure(base string, reports int) error {
	one, err := storm(base, 1, max(reports/20, 1))
	if err != nil {
		return err
	}
	many, err := storm(base, 32, reports)
	if err != nil {
		return err
	}
	fmt.Printf("reports by 1 client       %8.0f /s\n", one)
	fmt.Printf("reports by 32 clients     %8.0f /s   %.1f times\n", many, many/one)
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	staff := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	res, err := staff.PostForm(base+"/login", url.Values{"login": {"shouli1"}, "password": {"Xiucheng-2026"}})
	if err != nil {
		return err
	}
	res.Body.Close()
	var least time.Duration
	for _, path := range []string{"/login", "/desk", "/desk/queue", "/desk?q=%E5%9E%83%E5%9C%BE", "/cases", "/desk/points.json", "/near?place.lat=36.7682&place.lng=119.1421"} {
		p50, worst, err := pages(staff, base+path, 60)
		if err != nil {
			return err
		}
		if least == 0 {
			least = p50
		}
		fmt.Printf("%-26s p50 %8s   worst of 60 %8s   %.1f times /login\n", strings.SplitN(path, "?", 2)[0], p50.Round(10*time.Microsecond), worst.Round(10*time.Microsecond), float64(p50)/float64(least))
	}
	return nil
}

// storm sends reports from clients at once and returns how many a second were
// acknowledged.
func storm(base string, clients, reports int) (float64, error) {
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range clients {
		wg.Go(func() {
			c := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			for n := next.Add(1); n <= int64(reports); n = next.Add(1) {
				if !report(c, base, n) {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := failed.Load(); n > 0 {
		return 0, fmt.Errorf("%d of %d reports were not acknowledged", n, reports)
	}
	return float64(reports) / time.Since(began).Seconds(), nil
}

func report(c *http.Client, base string, n int64) bool {
	form := url.Values{"_key": {id.New().String()}, "class": {"06010"}, "desc": {fmt.Sprintf("垃圾一堆 %d", n)},
		"place.lat": {fmt.Sprintf("%.6f", 36.76+float64(n%100)*.0002)}, "place.lng": {fmt.Sprintf("%.6f", 119.12+float64(n/100%100)*.0003)}}
	req, err := http.NewRequest(http.MethodPost, base+"/report/garbage", strings.NewReader(form.Encode()))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)) // the rate limit is per address
	res, err := c.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusSeeOther
}

func pages(c *http.Client, address string, n int) (p50, worst time.Duration, err error) {
	took := make([]time.Duration, 0, n)
	for range n {
		began := time.Now()
		res, err := c.Get(address)
		if err != nil {
			return 0, 0, err
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			return 0, 0, fmt.Errorf("%s: %d %v", address, res.StatusCode, err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[n/2], took[n-1], nil
}

package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// figuresAt reads the figures of a served program: each line's value by its name
// and labels.
func figuresAt(t *testing.T, address string) map[string]float64 {
	t.Helper()
	res, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("%d %v %v", res.StatusCode, res.Header, err)
	}
	out := map[string]float64{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			if out[line[:at]], err = strconv.ParseFloat(line[at+1:], 64); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
		}
	}
	return out
}

// free is an address nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func TestAMonitorReadsWhatTheProgramDid(t *testing.T) {
	for name, db := range engines() {
		t.Run(name, func(t *testing.T) {
			at, more := free(t), []string(nil)
			if u := db(t); u != "" {
				more = []string{"--db", u}
			}
			s := launch(t, t.TempDir(), append(more, "--metrics-addr", at)...)
			before := figuresAt(t, at)
			for range 3 {
				res, err := http.Get(s.base + "/nowhere/" + id.New().String())
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
			}
			for range 5 {
				if code := s.report(stay(), sent{key: id.New().String(), words: "一堆垃圾"}, 1); code == "" {
					t.Fatal("a report was not taken")
				}
			}
			if res, err := http.Get(s.base + "/metrics"); err != nil || res.StatusCode != http.StatusNotFound {
				t.Errorf("the public address answers %v %v", res, err)
			} else {
				res.Body.Close()
			}
			after := figuresAt(t, at)
			for line, want := range map[string]float64{
				`xiucheng_http_requests_total{method="GET",route="none",status="4xx"}`:                   4,
				`xiucheng_http_requests_total{method="POST",route="/report/{choice}",status="3xx"}`:      5,
				`xiucheng_http_request_seconds_count{method="POST",route="/report/{choice}"}`:            5,
				`xiucheng_http_request_seconds_bucket{method="POST",route="/report/{choice}",le="+Inf"}`: 5,
				`xiucheng_http_requests_total{method="POST",route="/report/{choice}",status="5xx"}`:      0,
				`xiucheng_metrics_unread_total{figure="xiucheng_cases"}`:                                 0,
			} {
				if got := after[line] - before[line]; got != want {
					t.Errorf("%s: %v more, want %v", line, got, want)
				}
			}
			if n := after["xiucheng_db_write_calls_sum"] - before["xiucheng_db_write_calls_sum"]; n < 5 {
				t.Errorf("%v writes for five reports", n)
			}
			if after["xiucheng_db_write_seconds_count"] != after["xiucheng_db_write_calls_count"] || after["xiucheng_db_write_seconds_sum"] <= 0 || after["xiucheng_db_queue_limit"] < 100 {
				t.Errorf("writes: %v counted, %v timed", after["xiucheng_db_write_calls_count"], after["xiucheng_db_write_seconds_count"])
			}
			for line := range after {
				if strings.Contains(line, "nowhere") || strings.Contains(line, "garbage") {
					t.Errorf("%s holds a path", line)
				}
			}
			if after["go_goroutines"] < 5 || after["process_resident_memory_bytes"] < 1<<20 {
				t.Errorf("the process: %v goroutines, %v bytes", after["go_goroutines"], after["process_resident_memory_bytes"])
			}
		})
	}
}

func TestFiguresOfCasesJobsAndFollowers(t *testing.T) {
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			clk := clock.At(time.Now())
			cfg := &config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", MetricsAddr: "127.0.0.1:0", DB: address(t), Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour}
			a, err := New(context.Background(), cfg, clk, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			ctx := context.Background()
			fill, err := a.Demo(ctx)
			if err == nil {
				err = fill(ctx)
			}
			if err != nil {
				t.Fatal(err)
			}
			err = a.db.Write(ctx, func(tx *dbx.Tx) error {
				for _, j := range []job.Job{{Kind: "mail", RunAt: clk.Now()}, {Kind: "mail", RunAt: clk.Now()}, {Kind: "paper", Key: "1", RunAt: clk.Now()}} {
					if err := job.Enqueue(ctx, tx, j); err != nil {
						return err
					}
				}
				_, err := tx.Exec(ctx, `UPDATE job SET dead = TRUE, error = 'x' WHERE kind = 'paper'`)
				return err
			})
			if err == nil {
				err = a.relay.Pass(ctx)
			}
			if err == nil {
				err = a.index(ctx)
			}
			if err != nil {
				t.Fatal(err)
			}
			monitor, err := a.ListenMetrics()
			if err != nil {
				t.Fatal(err)
			}
			serving, stop := context.WithCancel(ctx)
			defer stop()
			go func() { _ = monitor.Run(serving) }()
			at := strings.TrimPrefix(monitor.URL(), "http://")
			got := figuresAt(t, at)
			want := map[string]float64{`xiucheng_jobs{kind="mail",state="waiting"}`: 2, `xiucheng_jobs{kind="paper",state="dead"}`: 1}
			rows, err := a.db.Query(ctx, `SELECT d.key, c.state, count(*) FROM cases c JOIN division d ON d.id = c.division GROUP BY 1, 2`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				var key, state string
				var n float64
				if err := rows.Scan(&key, &state, &n); err != nil {
					t.Fatal(err)
				}
				want[fmt.Sprintf(`xiucheng_cases{division="%s",state="%s"}`, key, state)] = n
			}
			if len(want) < 15 {
				t.Fatalf("%v", want)
			}
			for line, n := range want {
				if got[line] != n {
					t.Errorf("%s %v, want %v", line, got[line], n)
				}
			}
			if got[`xiucheng_cases_overdue{division="weifang-ez"}`] < 1 {
				t.Error("the demonstration has no case that is late")
			}
			admin := person{t, a, signIn(t, a, "admin"), "en"}
			a.webhooks.Reach(fetch.Options{AllowLoopback: true})
			admin.post("/admin/webhooks", url.Values{"name": {"x"}, "url": {"http://127.0.0.1:9/"}, "types": {"case.opened"}}, http.StatusOK)
			reported(t, a)
			if err := a.relay.Pass(ctx); err != nil {
				t.Fatal(err)
			}
			if err := a.webhooks.Pass(ctx); err != nil {
				t.Fatal(err)
			}
			if again := figuresAt(t, at); again[`xiucheng_jobs{kind="mail",state="waiting"}`] != 2 || again[`xiucheng_webhooks{division="weifang-ez",state="failing"}`] != 0 {
				t.Error("figures are read at every look")
			}
			clk.Advance(15 * time.Second)
			again := figuresAt(t, at)
			for line, n := range map[string]float64{`xiucheng_webhooks{division="weifang-ez",state="failing"}`: 1,
				`xiucheng_follower_lag_events{division="weifang-ez",follower="webhook"}`: 1, `xiucheng_follower_lag_events{division="weifang-ez",follower="search"}`: 1, `xiucheng_events_waiting`: 0} {
				if again[line] != n {
					t.Errorf("%s %v, want %v", line, again[line], n)
				}
			}
		})
	}
}

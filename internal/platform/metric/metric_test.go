package metric_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/metric"
)

func look(t *testing.T, m *metric.Registry) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func says(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(text, "\n"+l+"\n") {
			t.Errorf("there is no %q in\n%s", l, text)
		}
	}
}

func TestRequestsAndRefusalsAreCounted(t *testing.T) {
	m := metric.New(clock.System())
	m.Request("/cases/{id}", "GET", 200, 30*time.Millisecond)
	m.Request("/cases/{id}", "GET", 204, 3*time.Second)
	m.Request("/cases/{id}", "GET", 503, time.Millisecond)
	m.Request("", "BREW", 404, time.Millisecond)
	m.Refusal("N45")
	m.Refusal("N45")
	says(t, look(t, m), `xiucheng_http_requests_total{method="GET",route="/cases/{id}",status="2xx"} 2`,
		`xiucheng_refusals_total{code="N45"} 2`,
		`xiucheng_http_requests_total{method="GET",route="/cases/{id}",status="5xx"} 1`,
		`xiucheng_http_requests_total{method="other",route="none",status="4xx"} 1`,
		`xiucheng_http_request_seconds_bucket{method="GET",route="/cases/{id}",le="0.05"} 2`,
		`xiucheng_http_request_seconds_count{method="GET",route="/cases/{id}"} 3`)
	if text := look(t, m); !strings.Contains(text, "xiucheng_build_info{") || !strings.Contains(text, "go_goroutines ") {
		t.Errorf("%s", text)
	}
}

func TestAFigureIsReadAgainOnlyAfterItsTime(t *testing.T) {
	clk := clock.At(time.Date(2026, 9, 14, 1, 0, 0, 0, time.UTC))
	m, reads := metric.New(clk), 0.0
	var broken error
	m.Add(metric.Figure{Name: "x_things", Help: "Things.", Kind: metric.Gauge, Labels: []string{"kind"}, Keep: 15 * time.Second,
		Read: func(context.Context) ([]metric.Value, error) {
			reads++
			return []metric.Value{{Labels: []string{"a"}, Value: reads}}, broken
		}})
	m.AddSpread("x_seconds", "Spread.", func() metric.Spread {
		return metric.Spread{Count: 3, Sum: 1.5, UpTo: map[float64]uint64{.1: 1, 1: 2}}
	})
	says(t, look(t, m), `x_things{kind="a"} 1`, `x_seconds_bucket{le="0.1"} 1`, `x_seconds_bucket{le="+Inf"} 3`, `x_seconds_sum 1.5`)
	clk.Advance(14 * time.Second)
	says(t, look(t, m), `x_things{kind="a"} 1`)
	clk.Advance(time.Second)
	says(t, look(t, m), `x_things{kind="a"} 2`)
	broken = errors.New("no database")
	clk.Advance(time.Minute)
	if strings.Contains(look(t, m), "\nx_things{") {
		t.Error("an old figure is shown as if it were new")
	}
	// figures are read side by side: this look's own failure may be counted in the next
	if unread := `xiucheng_metrics_unread_total{figure="x_things"} `; !regexp.MustCompile(regexp.QuoteMeta(unread) + "[12]\n").MatchString(look(t, m)) {
		t.Error("nobody is told that the figure could not be read")
	}
}

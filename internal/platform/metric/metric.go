package metric

import (
	"context"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"xiucheng/internal/platform/clock"
)

// Registry is one program's figures. It is safe for concurrent use.
type Registry struct {
	reg      *prometheus.Registry
	clk      clock.Clock
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	unread   *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

// New returns a registry with the figures of the Go runtime, of the process and
// of the build; how old a figure is that was read before is told by the clock.
func New(clk clock.Clock) *Registry {
	m := &Registry{
		reg: prometheus.NewRegistry(), clk: clk,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xiucheng_http_requests_total",
			Help: "Requests answered, by pattern of the route, method and class of the status."}, []string{"route", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "xiucheng_http_request_seconds",
			Help:    "How long requests took, by pattern of the route and method.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}, []string{"route", "method"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xiucheng_refusals_total",
			Help: "Steps that a procedure refused, by code of the refusal."}, []string{"code"}),
		unread: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xiucheng_metrics_unread_total",
			Help: "Figures that could not be read when somebody looked."}, []string{"figure"}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "xiucheng_build_info", Help: "Always 1; the labels say what is running."},
		[]string{"version", "revision", "go"})
	build.WithLabelValues(built()).Set(1)
	m.reg.MustRegister(m.requests, m.took, m.refused, m.unread, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// built is what the Go toolchain wrote into the program; "unknown" where it did not.
func built() (version, revision, golang string) {
	version, revision, golang = "unknown", "unknown", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, revision, golang
	}
	version, golang = info.Main.Version, info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return version, revision, golang
}

// methods that are told apart; a stranger may invent others without end.
var methods = [...]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// Request counts one answered request. The pattern is the route's, never the
// path; "" stands for addresses that no route has.
func (m *Registry) Request(pattern, method string, status int, took time.Duration) {
	if pattern == "" {
		pattern = "none"
	}
	if !slices.Contains(methods[:], method) {
		method = "other"
	}
	m.requests.WithLabelValues(pattern, method, strconv.Itoa(status/100)+"xx").Inc()
	m.took.WithLabelValues(pattern, method).Observe(took.Seconds())
}

// Refusal counts one refused step under the code that its procedure declares.
func (m *Registry) Refusal(code string) { m.refused.WithLabelValues(code).Inc() }

// Handler answers with every figure.
func (m *Registry) Handler() http.Handler {
	return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{Timeout: 30 * time.Second})
}

// Kind is how a figure moves.
type Kind = prometheus.ValueType

// The kinds.
const (
	Counter Kind = prometheus.CounterValue // only grows while the program runs
	Gauge   Kind = prometheus.GaugeValue
)

// Figure is one family of values that is read when somebody looks.
type Figure struct {
	Name, Help string
	Kind       Kind
	Labels     []string
	// Keep is how long a reading serves those who look again; 0 reads each time.
	Keep time.Duration
	// Read returns every value. What cannot be read is left out and counted.
	Read func(ctx context.Context) ([]Value, error)
}

// Value is one value with those of its labels.
type Value struct {
	Labels []string
	Value  float64
}

// Add adds figures; call it before the first look. Two of one name panic.
func (m *Registry) Add(figures ...Figure) {
	for _, f := range figures {
		m.reg.MustRegister(&figure{Figure: f, registry: m, desc: prometheus.NewDesc(f.Name, f.Help, f.Labels, nil)})
	}
}

// readFor bounds one reading, so that a slow database does not pile up looks.
const readFor = 10 * time.Second

type figure struct {
	Figure
	registry *Registry
	desc     *prometheus.Desc

	mu   sync.Mutex
	at   time.Time
	last []Value
}

// Describe says which family this is.
func (f *figure) Describe(to chan<- *prometheus.Desc) { to <- f.desc }

// Collect reads the values, or repeats those read a moment ago.
func (f *figure) Collect(to chan<- prometheus.Metric) {
	values, err := f.values()
	if err != nil {
		f.registry.unread.WithLabelValues(f.Name).Inc()
		return
	}
	for _, v := range values {
		to <- prometheus.MustNewConstMetric(f.desc, f.Kind, v.Value, v.Labels...)
	}
}

func (f *figure) values() ([]Value, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.registry.clk.Now()
	if age := now.Sub(f.at); !f.at.IsZero() && age >= 0 && age < f.Keep {
		return f.last, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), readFor)
	defer cancel()
	values, err := f.Read(ctx)
	if err == nil {
		f.at, f.last = now, values
	}
	return values, err
}

// Spread is how values that somebody counted by himself are spread: how many
// were at most each bound.
type Spread struct {
	Count uint64
	Sum   float64
	UpTo  map[float64]uint64
}

// AddSpread adds a histogram that is read when somebody looks.
func (m *Registry) AddSpread(name, help string, read func() Spread) {
	m.reg.MustRegister(&spread{prometheus.NewDesc(name, help, nil, nil), read})
}

type spread struct {
	desc *prometheus.Desc
	read func() Spread
}

// Describe says which family this is.
func (s *spread) Describe(to chan<- *prometheus.Desc) { to <- s.desc }

// Collect reads the histogram.
func (s *spread) Collect(to chan<- prometheus.Metric) {
	v := s.read()
	to <- prometheus.MustNewConstHistogram(s.desc, v.Count, v.Sum, v.UpTo)
}

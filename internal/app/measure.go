package app

import (
	"context"
	"database/sql"
	"net/http"
	"time"

	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/metric"
)

// How long a figure that costs queries serves those who look again.
const (
	lookAgain  = 15 * time.Second
	countAgain = time.Minute // all cases of an index are read for it
)

// ListenMetrics binds the address at which a monitor may look at the figures;
// nil where the configuration names none.
func (a *App) ListenMetrics() (*httpx.Server, error) {
	if a.cfg.MetricsAddr == "" {
		return nil, nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.gauges.Handler())
	return httpx.Listen(httpx.Serving{Addr: a.cfg.MetricsAddr, Log: a.log}, mux)
}

// measure registers every figure besides the requests.
func (a *App) measure() {
	now := func(read func(dbx.Load) []metric.Value) func(context.Context) ([]metric.Value, error) {
		return func(context.Context) ([]metric.Value, error) { return read(a.db.Load()), nil }
	}
	one := func(v float64) []metric.Value { return []metric.Value{{Value: v}} }
	a.gauges.Add(
		metric.Figure{Name: "xiucheng_db_queue", Help: "Writes that wait for the writer.", Kind: metric.Gauge,
			Read: now(func(l dbx.Load) []metric.Value { return one(float64(l.Waiting)) })},
		metric.Figure{Name: "xiucheng_db_queue_limit", Help: "Writes that may wait; one more is refused.", Kind: metric.Gauge,
			Read: now(func(l dbx.Load) []metric.Value { return one(float64(l.MayWait)) })},
		metric.Figure{Name: "xiucheng_db_writes_failed_total", Help: "Transactions that were undone.", Kind: metric.Counter,
			Read: now(func(l dbx.Load) []metric.Value { return one(float64(l.Failed)) })},
		metric.Figure{Name: "xiucheng_db_connections", Help: "Connections of the pool for reading, by state.", Kind: metric.Gauge, Labels: []string{"state"},
			Read: now(func(l dbx.Load) []metric.Value {
				return []metric.Value{{Labels: []string{"used"}, Value: float64(l.Pool.InUse)}, {Labels: []string{"idle"}, Value: float64(l.Pool.Idle)}}
			})},
		metric.Figure{Name: "xiucheng_db_connections_limit", Help: "Connections that the pool may open.", Kind: metric.Gauge,
			Read: now(func(l dbx.Load) []metric.Value { return one(float64(l.Pool.MaxOpenConnections)) })},
		metric.Figure{Name: "xiucheng_db_connection_waits_total", Help: "Reads that waited for a connection.", Kind: metric.Counter,
			Read: now(func(l dbx.Load) []metric.Value { return one(float64(l.Pool.WaitCount)) })},
		metric.Figure{Name: "xiucheng_db_connection_wait_seconds_total", Help: "How long reads waited for a connection.", Kind: metric.Counter,
			Read: now(func(l dbx.Load) []metric.Value { return one(l.Pool.WaitDuration.Seconds()) })},
		metric.Figure{Name: "xiucheng_jobs", Help: "Jobs in the queue, by kind and state.", Kind: metric.Gauge, Labels: []string{"kind", "state"}, Keep: lookAgain, Read: a.jobCounts},
		metric.Figure{Name: "xiucheng_events_waiting", Help: "Events that the relay has not given a position.", Kind: metric.Gauge, Keep: lookAgain, Read: a.eventsWaiting},
		metric.Figure{Name: "xiucheng_follower_lag_events", Help: "Events that a follower has not looked at.", Kind: metric.Gauge,
			Labels: []string{"follower", "division"}, Keep: lookAgain, Read: a.followers},
		metric.Figure{Name: "xiucheng_webhooks", Help: "Webhook subscriptions, by state.", Kind: metric.Gauge, Labels: []string{"division", "state"}, Keep: lookAgain, Read: a.webhookStates},
		metric.Figure{Name: "xiucheng_cases", Help: "Cases, by state.", Kind: metric.Gauge, Labels: []string{"division", "state"}, Keep: countAgain, Read: a.caseStates},
		metric.Figure{Name: "xiucheng_cases_overdue", Help: "Open cases whose time limit has passed.", Kind: metric.Gauge, Labels: []string{"division"}, Keep: countAgain, Read: a.overdue},
	)
	a.gauges.AddSpread("xiucheng_db_write_calls", "Writes in one durable transaction.", func() metric.Spread { return spread(a.db.Load().Calls) })
	a.gauges.AddSpread("xiucheng_db_write_seconds", "One transaction of the writer, from its beginning to its durable end.", func() metric.Spread { return spread(a.db.Load().Took) })
}

func spread(t *dbx.Tally) metric.Spread {
	count, sum, upTo := t.Read()
	return metric.Spread{Count: count, Sum: sum, UpTo: upTo}
}

func (a *App) jobCounts(ctx context.Context) (out []metric.Value, err error) {
	list, err := job.Counts(ctx, a.db)
	for _, c := range list {
		out = append(out, metric.Value{Labels: []string{c.Kind, c.State}, Value: float64(c.N)})
	}
	return out, err
}

func (a *App) eventsWaiting(ctx context.Context) ([]metric.Value, error) {
	var n float64
	err := a.db.QueryRow(ctx, `SELECT count(*) FROM outbox WHERE position IS NULL`).Scan(&n)
	return []metric.Value{{Value: n}}, err
}

// followers says how far each of those who follow the outbox is behind; of
// subscriptions the one that is on and furthest behind.
func (a *App) followers(ctx context.Context) (out []metric.Value, err error) {
	for _, f := range []struct{ name, query string }{
		{"search", `SELECT h.division, h.next - 1 - f.position FROM outbox_head h JOIN search_head f ON f.owner = h.division`},
		{"watch", `SELECT h.division, h.next - 1 - f.position FROM outbox_head h JOIN watch_head f ON f.division = h.division`},
		{"webhook", `SELECT h.division, h.next - 1 - min(f.position) FROM outbox_head h JOIN webhook f ON f.division = h.division WHERE f.state = 'on' GROUP BY h.division, h.next`},
	} {
		list, err := a.byDivision(ctx, f.query)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out = append(out, metric.Value{Labels: append([]string{f.name}, v.Labels...), Value: max(v.Value, 0)})
		}
	}
	return out, nil
}

func (a *App) webhookStates(ctx context.Context) ([]metric.Value, error) {
	return a.byDivision(ctx, `SELECT division, CASE WHEN state = $1 AND attempts > 0 THEN 'failing' ELSE state END AS how, count(*) FROM webhook GROUP BY 1, 2`, webhook.On)
}

func (a *App) caseStates(ctx context.Context) ([]metric.Value, error) {
	return a.byDivision(ctx, `SELECT division, state, count(*) FROM cases GROUP BY division, state`)
}

func (a *App) overdue(ctx context.Context) (out []metric.Value, err error) {
	list, err := a.people.Divisions(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		var n float64
		err := a.db.QueryRow(ctx, `SELECT count(*) FROM cases WHERE division = $1 AND terminal = FALSE AND due < $2`, d.ID, clock.Micro(a.clk.Now())).Scan(&n)
		if err != nil {
			return nil, err
		}
		out = append(out, metric.Value{Labels: []string{d.Key}, Value: n})
	}
	return out, nil
}

// byDivision reads rows of a division, perhaps a word, and a number; the
// division's key becomes the first label.
func (a *App) byDivision(ctx context.Context, query string, args ...any) (_ []metric.Value, err error) {
	defer fault.Trace(&err, "app.byDivision")
	list, err := a.people.Divisions(ctx)
	if err != nil {
		return nil, err
	}
	keys := map[id.ID]string{}
	for _, d := range list {
		keys[d.ID] = d.Key
	}
	rows, err := a.db.Query(ctx, query, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (v metric.Value, err error) {
		var division id.ID
		var word string
		columns, err := r.Columns()
		if err != nil {
			return v, err
		}
		to := []any{&division, &v.Value}
		if len(columns) == 3 {
			to = []any{&division, &word, &v.Value}
		}
		err = r.Scan(to...)
		v.Labels = []string{keys[division]}
		if len(columns) == 3 {
			v.Labels = append(v.Labels, word)
		}
		return v, err
	})
}

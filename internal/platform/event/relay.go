package event

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const (
	batch    = 500
	leaseFor = 5 * time.Second // how long events wait after a relay's sudden death
	idle     = time.Second     // how late a missed notice or another process's file write is noticed
)

// Relay gives events their positions and feeds the hub. Any number of
// processes may run one; a lease lets a single one assign positions.
type Relay struct {
	db   *dbx.DB
	clk  clock.Clock
	log  *slog.Logger
	hub  *Hub
	me   id.ID
	wake chan struct{}
	keep time.Duration
	seen map[id.ID]int64
}

// NewRelay returns a relay that keeps events for the duration.
func NewRelay(db *dbx.DB, clk clock.Clock, log *slog.Logger, hub *Hub, keep time.Duration) *Relay {
	return &Relay{db: db, clk: clk, log: log, hub: hub, me: id.New(), wake: make(chan struct{}, 1), keep: keep, seen: map[id.ID]int64{}}
}

// Wake makes the relay look now.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends, and then gives the lease back.
func (r *Relay) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { r.db.Listen(ctx, signal, r.Wake) })
	tick := time.NewTicker(idle)
	defer tick.Stop()
	for started := false; ; {
		var err error
		if !started {
			err = r.start(ctx)
			started = err == nil
		}
		if started {
			err = r.Pass(ctx)
		}
		if err != nil && ctx.Err() == nil {
			r.log.Error("event relay", "err", err)
		}
		select {
		case <-ctx.Done():
			r.release(context.WithoutCancel(ctx))
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// release spares the next relay the rest of the lease.
func (r *Relay) release(ctx context.Context) {
	err := r.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM outbox_lease WHERE name = 'relay' AND holder = $1`, r.me)
		return err
	})
	if err != nil {
		r.log.Warn("event relay keeps its lease", "err", err)
	}
}

// head is where a division stands.
type head struct {
	division id.ID
	next     int64
}

func (r *Relay) heads(ctx context.Context) ([]head, error) {
	rows, err := r.db.Query(ctx, `SELECT division, next FROM outbox_head`)
	return dbx.Collect(rows, err, func(rows *sql.Rows) (h head, err error) {
		err = rows.Scan(&h.division, &h.next)
		return h, err
	})
}

// start remembers where each division stands, so that old events are not told again.
func (r *Relay) start(ctx context.Context) error {
	heads, err := r.heads(ctx)
	for _, h := range heads {
		r.seen[h.division] = h.next - 1
	}
	return err
}

// Pass assigns positions to what waits and tells the hub what is new.
func (r *Relay) Pass(ctx context.Context) (err error) {
	defer fault.Trace(&err, "event.Relay.Pass")
	for {
		n, err := r.assign(ctx)
		if err != nil {
			return err
		}
		if err := r.tell(ctx); err != nil {
			return err
		}
		if n < batch {
			return nil
		}
	}
}

// assign numbers one batch. Another relay's lease means that the batch is its:
// it is told that something waits.
func (r *Relay) assign(ctx context.Context) (n int, err error) {
	var waiting int
	err = r.db.QueryRow(ctx, `SELECT 1 FROM outbox WHERE position IS NULL LIMIT 1`).Scan(&waiting)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	now := r.clk.Now()
	err = r.db.Write(ctx, func(tx *dbx.Tx) error {
		n = 0
		mine, err := tx.Exec(ctx, `INSERT INTO outbox_lease (name, holder, until) VALUES ('relay', $1, $2)
			ON CONFLICT (name) DO UPDATE SET holder = $1, until = $2 WHERE outbox_lease.holder = $1 OR outbox_lease.until < $3`,
			r.me, clock.Micro(now.Add(leaseFor)), clock.Micro(now))
		if err != nil || mine == 0 {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id, division, topic, subject, data, at, 0 FROM outbox WHERE position IS NULL ORDER BY at, id LIMIT $1`, batch)
		events, err := dbx.Collect(rows, err, scan)
		if err != nil {
			return err
		}
		n = len(events)
		return number(ctx, tx, events)
	})
	if err != nil {
		return 0, err
	}
	return n, r.db.Notify(ctx, signal)
}

func number(ctx context.Context, tx *dbx.Tx, events []Event) error {
	count := map[id.ID]int64{}
	for _, e := range events {
		count[e.Division]++
	}
	next := map[id.ID]int64{}
	for d, n := range count {
		first, err := take(ctx, tx, d, n)
		if err != nil {
			return err
		}
		next[d] = first
	}
	for _, e := range events {
		if _, err := tx.Exec(ctx, `UPDATE outbox SET position = $1 WHERE id = $2`, next[e.Division], e.ID); err != nil {
			return err
		}
		next[e.Division]++
	}
	return nil
}

// tell reads what got a position since the last pass, whoever assigned it.
func (r *Relay) tell(ctx context.Context) error {
	heads, err := r.heads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		for r.seen[h.division] < h.next-1 {
			events, err := Follow(ctx, r.db, h.division, r.seen[h.division], batch)
			if err != nil {
				return err
			}
			if len(events) == 0 { // deleted already
				r.seen[h.division] = h.next - 1
				break
			}
			for _, e := range events {
				r.hub.Tell(e)
			}
			r.seen[h.division] = events[len(events)-1].Position
		}
	}
	return nil
}

// Sweep deletes events older than the relay keeps, some at a time, so that
// nobody waits long for the writer.
func (r *Relay) Sweep(ctx context.Context) (err error) {
	defer fault.Trace(&err, "event.Relay.Sweep")
	heads, err := r.heads(ctx)
	for i := 0; err == nil && i < len(heads); i++ {
		for more := true; more && err == nil; {
			more, err = r.sweep(ctx, heads[i].division, r.clk.Now().Add(-r.keep))
		}
	}
	return err
}

// sweep deletes the division's oldest events as far as they are old; more when
// there may be others.
func (r *Relay) sweep(ctx context.Context, division id.ID, old time.Time) (more bool, err error) {
	events, err := Follow(ctx, r.db, division, 0, batch)
	if err != nil {
		return false, err
	}
	last := int64(0)
	for _, e := range events {
		if !e.At.Before(old) {
			break
		}
		last = e.Position
	}
	if last == 0 {
		return false, nil
	}
	err = r.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM outbox WHERE division = $1 AND position <= $2`, division, last)
		return err
	})
	return last == events[len(events)-1].Position && len(events) == batch, err
}

// Package event carries what happened out of the transaction in which it
// happened: an outbox row written with the change, a relay that gives each row
// a gapless position in its division, and a hub that tells this process's
// listeners. Followers read by position and miss nothing.
//
// It owns the outbox. It does not know what a topic means.
package event

import (
	"context"
	"database/sql"
	"embed"
	"log/slog"
	"sync"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the outbox tables.
var Migration = dbx.Migration{Name: "event", FS: dbx.Sub(files, "migrations")}

// Event is one thing that happened.
type Event struct {
	ID       id.ID
	Division id.ID
	Topic    string // "case", "notice", …
	Subject  id.ID  // the case
	Data     string // JSON for listeners; never personal data
	At       time.Time
	Position int64 // gapless from 1 in the division; 0 before the relay saw it
}

// Publish writes the event in the caller's transaction.
func Publish(ctx context.Context, tx *dbx.Tx, e Event) error {
	if e.ID.IsZero() {
		e.ID = id.New()
	}
	_, err := tx.Exec(ctx, `INSERT INTO outbox (id, division, topic, subject, data, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.ID, e.Division, e.Topic, e.Subject, e.Data, clock.Micro(e.At))
	return err
}

// Follow lists up to limit events of a division after a position, in order.
func Follow(ctx context.Context, q dbx.Querier, division id.ID, after int64, limit int) (_ []Event, err error) {
	defer fault.Trace(&err, "event.Follow")
	rows, err := q.Query(ctx, `SELECT id, division, topic, subject, data, at, position FROM outbox
		WHERE division = $1 AND position > $2 ORDER BY position LIMIT $3`, division, after, limit)
	return dbx.Collect(rows, err, scan)
}

func scan(r *sql.Rows) (e Event, err error) {
	var at int64
	err = r.Scan(&e.ID, &e.Division, &e.Topic, &e.Subject, &e.Data, &at, &e.Position)
	e.At = clock.FromMicro(at)
	return e, err
}

const (
	batch    = 500
	leaseFor = 15 * time.Second
	idle     = time.Second // how late another process hears, and how soon a dead relay is replaced
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

// Wake makes the relay look now; for Tx.AfterCommit.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends.
func (r *Relay) Run(ctx context.Context) {
	tick := time.NewTicker(idle)
	defer tick.Stop()
	if err := r.start(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("event relay", "err", err)
	}
	for {
		if err := r.Pass(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("event relay", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-tick.C:
		}
	}
}

// start remembers where each division stands, so that old events are not told again.
func (r *Relay) start(ctx context.Context) error {
	type head struct {
		division id.ID
		next     int64
	}
	rows, err := r.db.Query(ctx, `SELECT division, next FROM outbox_head`)
	heads, err := dbx.Collect(rows, err, func(rows *sql.Rows) (h head, err error) {
		err = rows.Scan(&h.division, &h.next)
		return h, err
	})
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

func (r *Relay) assign(ctx context.Context) (n int, err error) {
	var waiting int
	if err := r.db.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM outbox WHERE position IS NULL LIMIT 1) w`).Scan(&waiting); err != nil || waiting == 0 {
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
	return n, err
}

func number(ctx context.Context, tx *dbx.Tx, events []Event) error {
	count := map[id.ID]int64{}
	for _, e := range events {
		count[e.Division]++
	}
	next := map[id.ID]int64{}
	for d, n := range count {
		var after int64
		err := tx.QueryRow(ctx, `INSERT INTO outbox_head (division, next) VALUES ($1, $2)
			ON CONFLICT (division) DO UPDATE SET next = outbox_head.next + $3 RETURNING next`, d, n+1, n).Scan(&after)
		if err != nil {
			return err
		}
		next[d] = after - n
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
	rows, err := r.db.Query(ctx, `SELECT division, next FROM outbox_head`)
	type head struct {
		division id.ID
		next     int64
	}
	heads, err := dbx.Collect(rows, err, func(rows *sql.Rows) (h head, err error) {
		err = rows.Scan(&h.division, &h.next)
		return h, err
	})
	if err != nil {
		return err
	}
	for _, h := range heads {
		for r.seen[h.division] < h.next-1 {
			events, err := Follow(ctx, r.db, h.division, r.seen[h.division], batch)
			if err != nil {
				return err
			}
			if len(events) == 0 { // swept already
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

// Sweep deletes events older than the relay keeps.
func (r *Relay) Sweep(ctx context.Context) error {
	return r.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM outbox WHERE position IS NOT NULL AND at < $1`, clock.Micro(r.clk.Now().Add(-r.keep)))
		return err
	})
}

// Hub tells listeners of this process what happened.
type Hub struct {
	mu   sync.Mutex
	subs map[*Sub]struct{}
}

// NewHub returns a hub without listeners.
func NewHub() *Hub { return &Hub{subs: map[*Sub]struct{}{}} }

// Sub is one listener of one division. C is closed when the listener was too
// slow and must read again from its last position.
type Sub struct {
	C        <-chan Event
	c        chan Event
	division id.ID
	hub      *Hub
}

const subBuffer = 256

// Listen begins to hear a division; Close it when done.
func (h *Hub) Listen(division id.ID) *Sub {
	c := make(chan Event, subBuffer)
	s := &Sub{C: c, c: c, division: division, hub: h}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subs[s] = struct{}{}
	return s
}

// Close stops listening; closing twice is no error.
func (s *Sub) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

func (h *Hub) drop(s *Sub) {
	if _, ok := h.subs[s]; ok {
		delete(h.subs, s)
		close(s.c)
	}
}

// Tell gives the event to its division's listeners without waiting for any.
func (h *Hub) Tell(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		if s.division != e.Division {
			continue
		}
		select {
		case s.c <- e:
		default:
			h.drop(s)
		}
	}
}

package event

import (
	"context"
	"database/sql"
	"embed"
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

// signal is the name under which waiting events are announced.
const signal = "outbox"

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

// Publish writes the event in the caller's transaction; its commit wakes the
// relay.
func Publish(ctx context.Context, tx *dbx.Tx, e Event) error {
	if e.ID.IsZero() {
		e.ID = id.New()
	}
	tx.Signal(signal)
	if tx.Engine() == dbx.SQLite {
		b := dbx.Together(tx, numbered{}, func() *batchOf { return &batchOf{} }, (*batchOf).publish)
		b.events = append(b.events, e)
		return nil
	}
	return tx.Add(ctx, &newEvents, e.ID, e.Division, e.Topic, e.Subject, e.Data, clock.Micro(e.At), nil)
}

var newEvents = dbx.Rows{Columns: 7, Into: `INSERT INTO outbox (id, division, topic, subject, data, at, position) VALUES`}

// numbered is under what one transaction's events are kept until its end.
type numbered struct{}

// batchOf is what a transaction publishes on SQLite, where writers stand in
// line: positions can be given at once, neither twice nor with a gap.
type batchOf struct{ events []Event }

func (b *batchOf) publish(tx *dbx.Tx) error {
	ctx, next, count := context.Background(), map[id.ID]int64{}, map[id.ID]int64{}
	for _, e := range b.events {
		count[e.Division]++
	}
	for d, n := range count {
		first, err := take(ctx, tx, d, n)
		if err != nil {
			return err
		}
		next[d] = first
	}
	for _, e := range b.events {
		if err := tx.Add(ctx, &newEvents, e.ID, e.Division, e.Topic, e.Subject, e.Data, clock.Micro(e.At), next[e.Division]); err != nil {
			return err
		}
		next[e.Division]++
	}
	return nil
}

// take takes the division's next n positions and returns the first.
func take(ctx context.Context, tx *dbx.Tx, division id.ID, n int64) (first int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO outbox_head (division, next) VALUES ($1, $2)
		ON CONFLICT (division) DO UPDATE SET next = outbox_head.next + $3 RETURNING next - $3`, division, n+1, n).Scan(&first)
	return first, err
}

// Follow lists up to limit events of a division after a position, in order.
func Follow(ctx context.Context, q dbx.Querier, division id.ID, after int64, limit int) (_ []Event, err error) {
	defer fault.Trace(&err, "event.Follow")
	rows, err := q.Query(ctx, `SELECT id, division, topic, subject, data, at, position FROM outbox
		WHERE division = $1 AND position > $2 ORDER BY position LIMIT $3`, division, after, limit)
	return dbx.Collect(rows, err, scan)
}

// Head is the position of the division's newest event, 0 when it has none: a
// page built now shows everything up to Head and tails from there.
func Head(ctx context.Context, q dbx.Querier, division id.ID) (_ int64, err error) {
	defer fault.Trace(&err, "event.Head")
	var next int64
	err = q.QueryRow(ctx, `SELECT next FROM outbox_head WHERE division = $1`, division).Scan(&next)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return next - 1, err
}

// Since is the position of the division's first kept event at or after the
// instant, 0 when there is none.
func Since(ctx context.Context, q dbx.Querier, division id.ID, at time.Time) (position int64, err error) {
	defer fault.Trace(&err, "event.Since")
	err = q.QueryRow(ctx, `SELECT position FROM outbox WHERE division = $1 AND position > 0 AND at >= $2 ORDER BY position LIMIT 1`, division, clock.Micro(at)).Scan(&position)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	return position, err
}

func scan(r *sql.Rows) (e Event, err error) {
	var at int64
	err = r.Scan(&e.ID, &e.Division, &e.Topic, &e.Subject, &e.Data, &at, &e.Position)
	e.At = clock.FromMicro(at)
	return e, err
}

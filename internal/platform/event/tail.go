package event

import (
	"context"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Tail sends every event of the division after a position, in order and each
// once: first the kept ones, then those to come. It ends when the context ends
// (nil) or with the first error of a callback. quiet is called whenever
// nothing happened for the pause, to keep a stream alive. Events that are no
// longer kept cannot be sent: gap is called instead, and the listener must
// load its page again.
func Tail(ctx context.Context, db *dbx.DB, hub *Hub, division id.ID, after int64, pause time.Duration, to Receiver) (err error) {
	defer fault.Trace(&err, "event.Tail")
	t := &tail{db: db, division: division, last: after, pause: pause, to: to}
	for ctx.Err() == nil {
		sub := hub.Listen(division) // before reading, so that nothing falls in between
		err := t.kept(ctx)
		if err == nil {
			err = t.live(ctx, sub)
		}
		sub.Close()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Receiver is what Tail calls, from one goroutine.
type Receiver struct {
	Event func(Event) error
	Quiet func() error
	Gap   func() error
}

type tail struct {
	db       *dbx.DB
	division id.ID
	last     int64
	pause    time.Duration
	to       Receiver
}

// kept sends what lies in the outbox.
func (t *tail) kept(ctx context.Context) error {
	head, err := Head(ctx, t.db, t.division)
	if err != nil {
		return err
	}
	if t.last > head { // of another database: a restored backup, a new demo
		t.last = head
		return t.to.Gap()
	}
	for {
		events, err := Follow(ctx, t.db, t.division, t.last, batch)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			if t.last < head {
				t.last = head
				return t.to.Gap()
			}
			return nil
		}
		for _, e := range events {
			if err := t.send(e); err != nil {
				return err
			}
		}
	}
}

// live sends what the hub tells; nil when the hub cut this listener off.
func (t *tail) live(ctx context.Context, sub *Sub) error {
	timer := time.NewTimer(t.pause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			if err := t.to.Quiet(); err != nil {
				return err
			}
		case e, ok := <-sub.C:
			if !ok {
				return nil
			}
			if err := t.send(e); err != nil {
				return err
			}
		}
		timer.Reset(t.pause)
	}
}

func (t *tail) send(e Event) error {
	if e.Position <= t.last { // heard from both sides
		return nil
	}
	missed := e.Position != t.last+1
	t.last = e.Position
	if missed {
		if err := t.to.Gap(); err != nil {
			return err
		}
	}
	return t.to.Event(e)
}

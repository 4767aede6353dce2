package webhook

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/wording"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const (
	tick    = time.Second
	batch   = 100
	burst   = 20          // messages sent under one lease
	leaseOf = time.Minute // renewed with every message; longer than one may take
	giveUp  = 5 * 24 * time.Hour
)

// rest is how long a receiver is left alone after its nth failure in a row:
// 5 s, 15 s, 45 s … up to six hours.
func rest(n int) time.Duration {
	d := 5 * time.Second
	for ; n > 1 && d < 6*time.Hour; n-- {
		d *= 3
	}
	return min(d, 6*time.Hour)
}

// Run delivers until the context ends and then waits for what was being sent.
func (s *Service) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	timer := time.NewTicker(tick)
	defer timer.Stop()
	for {
		if err := s.start(ctx, &wg, func(err error) { s.Log.Error("webhooks", "err", err) }); err != nil && ctx.Err() == nil {
			s.Log.Error("webhooks", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// Pass delivers once to every subscription that is due and waits for it.
func (s *Service) Pass(ctx context.Context) (err error) {
	defer fault.Trace(&err, "webhook.Pass")
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all error
	err = s.start(ctx, &wg, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		all = errors.Join(all, err)
	})
	wg.Wait()
	return errors.Join(err, all)
}

// start begins with each due subscription that this process is not sending to
// already, so that a slow receiver delays nobody else.
func (s *Service) start(ctx context.Context, wg *sync.WaitGroup, failed func(error)) error {
	rows, err := s.DB.Query(ctx, `SELECT division, id FROM webhook WHERE state = $1 AND next_at <= $2`, On, clock.Micro(s.Clock.Now()))
	type due struct{ division, id id.ID }
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (d due, err error) { return d, r.Scan(&d.division, &d.id) })
	if err != nil {
		return err
	}
	for _, d := range list {
		s.mu.Lock()
		taken := s.busy[d.id]
		s.busy[d.id] = true
		s.mu.Unlock()
		if taken {
			continue
		}
		wg.Go(func() {
			err := s.deliver(ctx, d.division, d.id)
			s.mu.Lock()
			delete(s.busy, d.id)
			s.mu.Unlock()
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
		})
	}
	return nil
}

// deliver sends what waits for one subscription, in order, until the first failure.
func (s *Service) deliver(ctx context.Context, division, sub id.ID) error {
	waits, err := s.waits(ctx, division, sub)
	if err != nil || !waits {
		return err
	}
	x, err := s.claim(ctx, division, sub)
	if fault.Is(err, fault.NotFound) {
		return nil // another process is sending, or somebody switched it off
	} else if err != nil {
		return err
	}
	next, err := s.send(ctx, &x)
	if err != nil {
		return err
	}
	return s.release(context.WithoutCancel(ctx), x, next)
}

// waits looks, without the writer, whether there is anything after the position.
func (s *Service) waits(ctx context.Context, division, sub id.ID) (bool, error) {
	var at int64
	if err := s.DB.QueryRow(ctx, `SELECT position FROM webhook WHERE division = $1 AND id = $2`, division, sub).Scan(&at); err != nil {
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return false, err
	}
	head, err := event.Head(ctx, s.DB, division)
	return head != at, err
}

// claim leases the subscription; NotFound when it is not to be had.
func (s *Service) claim(ctx context.Context, division, sub id.ID) (x Subscription, err error) {
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE webhook SET holder = $1, until = $2 WHERE division = $3 AND id = $4 AND state = $5 AND until <= $6`,
			s.me, clock.Micro(now.Add(leaseOf)), division, sub, On, clock.Micro(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("webhook")
		}
		x, err = scanSub(tx.QueryRow(ctx, subSelect+` WHERE division = $1 AND id = $2`, division, sub))
		return err
	})
	return x, err
}

// send sends until a failure, the end of the events or of the burst, and
// returns how far the subscription is now.
func (s *Service) send(ctx context.Context, x *Subscription) (at int64, err error) {
	at = x.Position
	for n := 0; n < burst; {
		events, err := event.Follow(ctx, s.DB, x.Division, at, batch)
		if err != nil {
			return at, err
		}
		if len(events) == 0 {
			return s.end(ctx, x.Division, at)
		}
		for _, e := range events {
			m, ok, err := s.message(ctx, e)
			if err != nil {
				return at, err
			}
			if !ok || !slices.Contains(x.Types, m.Type) {
				at = e.Position
				continue
			}
			t := s.post(ctx, *x, m)
			if ctx.Err() != nil { // stopped before it is known how it went: sent again
				return at, nil
			}
			if kept, err := s.mark(ctx, x, t); err != nil || !kept || !t.OK() || x.State != On {
				return x.Position, err
			}
			at = e.Position
			if n++; n == burst {
				break
			}
		}
	}
	return at, nil
}

// end is where a subscription stands that has nothing more to send: at the
// head, also where it was beyond it (an older backup came back) or where what
// was in between is no longer kept.
func (s *Service) end(ctx context.Context, division id.ID, at int64) (int64, error) {
	head, err := event.Head(ctx, s.DB, division)
	if err == nil && head > at {
		var more []event.Event
		if more, err = event.Follow(ctx, s.DB, division, at, 1); err == nil && len(more) > 0 {
			return at, nil
		}
	}
	return head, err
}

// mark writes down how a message went. It is not kept when somebody set the
// position meanwhile or the lease was lost.
func (s *Service) mark(ctx context.Context, x *Subscription, t Try) (kept bool, err error) {
	now := s.Clock.Now()
	after := x.after(t, now)
	ctx = context.WithoutCancel(ctx) // it is known how it went: a stop must not leave that half written and the lease taken
	err = s.DB.Write(ctx, func(tx *dbx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE webhook SET position = $1, attempts = $2, failing = $3, next_at = $4,
				state = CASE WHEN state = 'on' THEN $5 ELSE state END, until = $6
			WHERE division = $7 AND id = $8 AND holder = $9 AND position = $10 RETURNING state`,
			after.Position, after.Attempts, clock.Micro(after.Failing), clock.Micro(after.NextAt), after.State, clock.Micro(now.Add(leaseOf)),
			x.Division, x.ID, s.me, x.Position).Scan(&after.State)
		if kept = err == nil; kept && after.State == Off {
			err = s.tell(ctx, tx, after, now)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return t.insert(ctx, tx, *x)
	})
	if err == nil && kept {
		*x = after
	}
	return kept, err
}

// after is the subscription after a delivery.
func (x Subscription) after(t Try, now time.Time) Subscription {
	if t.OK() {
		x.Position, x.Attempts, x.Failing, x.NextAt = t.Position, 0, time.Time{}, time.Time{}
		return x
	}
	x.Attempts++
	if x.Failing.IsZero() {
		x.Failing = now
	}
	x.NextAt = now.Add(max(rest(x.Attempts), t.wait))
	if t.Failure == gone || now.Sub(x.Failing) >= giveUp {
		x.State = Off
	}
	return x
}

// tell tells the administrators that a subscription was given up; what they
// were told of it before goes.
func (s *Service) tell(ctx context.Context, tx *dbx.Tx, x Subscription, now time.Time) error {
	if err := notice.Withdraw(ctx, tx, x.Division, x.ID, 0); err != nil {
		return err
	}
	text := wording.Fill(s.Words.Text("webhook.given_up"), fault.Args{"name": x.Name})
	return notice.Insert(ctx, tx, []notice.Notice{{Division: x.Division, ID: id.New(), Case: x.ID, Kind: notice.Role, Target: people.Admin, At: now, Text: text}})
}

// release gives the lease back and keeps how far the subscription is, unless
// somebody set the position meanwhile.
func (s *Service) release(ctx context.Context, x Subscription, at int64) error {
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE webhook SET position = $1, holder = NULL, until = 0 WHERE division = $2 AND id = $3 AND holder = $4 AND position = $5`,
			at, x.Division, x.ID, s.me, x.Position)
		return err
	})
}

package dbx

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"xiucheng/internal/platform/id"
)

// reconnect is how long a broken listening connection rests.
const reconnect = time.Second

// signals wakes what waits for news of the database, by name.
type signals struct {
	self string // marks this process's notices, which it has heard already
	mu   sync.Mutex
	ears map[string]map[*func()]struct{}
}

func newSignals() *signals {
	return &signals{self: id.New().String(), ears: map[string]map[*func()]struct{}{}}
}

func (s *signals) wake(name string) {
	s.mu.Lock()
	var all []func()
	for f := range s.ears[name] {
		all = append(all, *f)
	}
	s.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// Signal wakes this process's listeners of the name once the transaction is
// durable. Other processes are not told: Notify does that, once for many.
func (t *Tx) Signal(name string) { t.AfterCommit(func() { t.db.signals.wake(name) }) }

// Notify wakes the listeners of the name in the other processes on the same
// PostgreSQL. On SQLite, whose file has one server, it does nothing. It is not
// part of a transaction: a notice in each would make inserts 4 to 5 times
// slower.
func (db *DB) Notify(ctx context.Context, name string) error {
	if db.engine == SQLite {
		return nil
	}
	_, err := db.write.ExecContext(ctx, "SELECT pg_notify($1, $2)", name, db.signals.self)
	return translate(err)
}

// Listen calls heard on every Signal of this process and Notify of another,
// until the context ends. heard must return at once. It is also called after
// each time the connection to PostgreSQL had to be made, since notices may
// have been missed; a notice is a hint, and whoever waits also looks by itself
// now and then.
func (db *DB) Listen(ctx context.Context, name string, heard func()) {
	s := db.signals
	s.mu.Lock()
	if s.ears[name] == nil {
		s.ears[name] = map[*func()]struct{}{}
	}
	s.ears[name][&heard] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ears[name], &heard)
	}()
	for db.engine == Postgres && ctx.Err() == nil {
		err := db.listenOnce(ctx, name, heard)
		if ctx.Err() != nil {
			return
		}
		db.log.Warn("listening to PostgreSQL", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(reconnect):
		}
	}
	<-ctx.Done()
}

func (db *DB) listenOnce(ctx context.Context, name string, heard func()) error {
	conn, err := pgx.ConnectConfig(ctx, db.pg.Copy())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // the connection has nothing to lose
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{name}.Sanitize()); err != nil {
		return err
	}
	heard()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Payload != db.signals.self {
			heard()
		}
	}
}

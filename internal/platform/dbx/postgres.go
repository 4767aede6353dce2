package dbx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	pgConns = 32
	// Several writers, so that a slow call holds up few; not many, so that what
	// waits commits together.
	pgWriters = 6
)

func openPostgres(ctx context.Context, dsn string, log *slog.Logger) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the PostgreSQL address cannot be read") // the cause would show the password
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(pgConns)
	pool.SetMaxIdleConns(pgConns)
	var encoding string
	var bytewise bool // asked by example: what decides it differs between versions and locale providers
	err = pool.QueryRowContext(ctx, "SELECT current_setting('server_encoding'), 'B' < 'a' AND 'a-b' < 'aa'").Scan(&encoding, &bytewise)
	if err == nil && (encoding != "UTF8" || !bytewise) {
		err = errors.New("the database must compare text bytewise; create it with: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL cannot be used: %w", err), pool.Close())
	}
	db := &DB{engine: Postgres, log: log, read: pool, reads: pool, write: pool, signals: newSignals(), generations: newGenerations(), pg: cfg,
		queue: make(chan *call, queueLength), load: newLoad()}
	for range pgWriters {
		db.workers.Go(db.groups)
	}
	return db, nil
}

package dbx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const pgConns = 32

func openPostgres(ctx context.Context, dsn string, log *slog.Logger) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the PostgreSQL address cannot be read") // the cause would show the password
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(pgConns)
	pool.SetMaxIdleConns(pgConns)
	var collate string
	err = pool.QueryRowContext(ctx, "SELECT datcollate FROM pg_database WHERE datname = current_database()").Scan(&collate)
	if err == nil && collate != "C" && collate != "POSIX" && collate != "C.UTF-8" {
		err = fmt.Errorf("the database compares text by %s; create it with: CREATE DATABASE … LOCALE 'C' TEMPLATE template0", collate)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("PostgreSQL cannot be used: %w", err), pool.Close())
	}
	return &DB{engine: Postgres, log: log, read: pool, reads: pool, write: pool}, nil
}

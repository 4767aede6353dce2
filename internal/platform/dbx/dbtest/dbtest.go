// Package dbtest gives store tests a migrated database of each engine.
package dbtest

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Each runs fn on SQLite and on PostgreSQL, each on a fresh migrated database.
// PostgreSQL comes from XIUCHENG_TEST_POSTGRES (a superuser's URL), else from a
// throwaway cluster where its programs are installed, else the test is skipped;
// XIUCHENG_REQUIRE=postgres turns the skip into a failure.
func Each(t *testing.T, fn func(t *testing.T, db *dbx.DB), sets ...dbx.Migration) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, sets...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, sets...)) })
}

// SQLite opens a fresh SQLite file.
func SQLite(t testing.TB, sets ...dbx.Migration) *dbx.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), sets)
}

// Postgres opens a fresh PostgreSQL database, or skips.
func Postgres(t testing.TB, sets ...dbx.Migration) *dbx.DB {
	t.Helper()
	return open(t, PostgresURL(t), sets)
}

// PostgresURL returns the address of an empty PostgreSQL database, or skips.
func PostgresURL(t testing.TB) string {
	t.Helper()
	admin, own := server(t)
	if own {
		return spare(t, admin)
	}
	u, drop := create(t, admin)
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Logf("drop the test database: %v", err)
		}
	})
	return u
}

// PostgresKept returns the address of an empty PostgreSQL database that stays
// until it is dropped: others begin as copies of it. Or it skips.
func PostgresKept(t testing.TB) (address string, drop func() error) {
	t.Helper()
	admin, _ := server(t)
	return create(t, admin)
}

// Refill makes the database at the address a copy of the kept one. Nobody may be
// connected to either.
func Refill(t testing.TB, address, kept string) {
	t.Helper()
	admin, _ := server(t)
	if err := run(admin, "DROP DATABASE "+base(t, address)+" WITH (FORCE)", "CREATE DATABASE "+base(t, address)+" TEMPLATE "+base(t, kept)+" STRATEGY = FILE_COPY"); err != nil {
		t.Fatalf("copy a test database: %v", err)
	}
}

func base(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// create makes a database that compares text bytewise.
func create(t testing.TB, admin string) (address string, drop func() error) {
	t.Helper()
	name := "x" + strings.ReplaceAll(id.New().String(), "-", "")
	if err := run(admin, "CREATE DATABASE "+name+" LOCALE 'C' ENCODING 'UTF8' TEMPLATE template0 STRATEGY = FILE_COPY"); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String(), func() error { return run(admin, "DROP DATABASE "+name+" WITH (FORCE)") }
}

// spare hands out a database that an earlier test left, emptied: that takes a
// tenth of the time of making one.
func spare(t testing.TB, admin string) string {
	t.Helper()
	shared.mu.Lock()
	var u string
	if n := len(shared.spare); n > 0 {
		u, shared.spare = shared.spare[n-1], shared.spare[:n-1]
	}
	shared.mu.Unlock()
	if u == "" {
		u, _ = create(t, admin)
	}
	t.Cleanup(func() {
		err := run(u, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
			`DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`)
		if err != nil {
			t.Logf("empty the test database: %v", err)
			return
		}
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.spare = append(shared.spare, u)
	})
	return u
}

// run runs statements on a connection of its own.
func run(address string, queries ...string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			return err
		}
	}
	return nil
}

func open(t testing.TB, dsn string, sets []dbx.Migration) *dbx.DB {
	t.Helper()
	ctx := context.Background()
	db, err := dbx.Open(ctx, dsn, nil)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := db.Migrate(ctx, sets...); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return db
}

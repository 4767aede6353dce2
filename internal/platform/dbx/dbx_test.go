package dbx_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var things = dbx.Migration{Name: "thing", FS: fstest.MapFS{"00001_thing.sql": {Data: []byte(`-- +goose Up
CREATE TABLE thing (
	id BYTEA PRIMARY KEY,
	parent BYTEA,
	name TEXT NOT NULL UNIQUE,
	ok BOOLEAN NOT NULL DEFAULT FALSE,
	version BIGINT NOT NULL DEFAULT 1,
	data JSONB,
	raw BYTEA CHECK (version > 0)
);
-- +goose Down
DROP TABLE thing;
`)}}}

func insert(ctx context.Context, tx *dbx.Tx, name string) (id.ID, error) {
	i := id.New()
	_, err := tx.Exec(ctx, "INSERT INTO thing (id, name) VALUES ($1, $2)", i, name)
	return i, err
}

func TestEveryValueComesBackAsItWentIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		raw := make([]byte, 256)
		for i := range raw {
			raw[i] = byte(i)
		}
		for _, name := range []string{"", "绣城 🧵", `{"a":1`, "'; DROP TABLE thing; --", "a\tb\nc", "100", "𠮷野家"} {
			i := id.New()
			err := db.Write(ctx, func(tx *dbx.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO thing (id, parent, name, ok, data, raw, version) VALUES ($1, $2, $3, $4, $5, $6, $7)",
					i, id.ID{}, name, true, `{"k":"`+"值"+`"}`, raw, int64(1)<<62)
				return err
			})
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			var got, parent id.ID
			var gotName, data string
			var ok bool
			var gotRaw []byte
			var big int64
			err = db.QueryRow(ctx, "SELECT id, parent, name, ok, data, raw, version FROM thing WHERE name = $1 AND id = $2", name, i).
				Scan(&got, &parent, &gotName, &ok, &data, &gotRaw, &big)
			if err != nil || got != i || !parent.IsZero() || gotName != name || !ok || !bytes.Equal(raw, gotRaw) || big != int64(1)<<62 {
				t.Fatalf("%q: got %v %v %q %v %v %d, %v", name, got, parent, gotName, ok, gotRaw, big, err)
			}
		}
	}, things)
}

func TestErrorsAreFaults(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		one := func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "one"); return err }
		if err := db.Write(ctx, one); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(ctx, one); !fault.Is(err, fault.Conflict) {
			t.Errorf("second insert: %v, want Conflict", err)
		}
		if err := db.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", "none").Scan(new(int64)); !fault.Is(err, fault.NotFound) {
			t.Errorf("no row: %v, want NotFound", err)
		}
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO thing (id, name, version) VALUES ($1, $2, $3)", id.New(), "bad", -1)
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("check: %v, want Invalid", err)
		}
	}, things)
}

func TestOneFailureOfAGroupFailsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		var wg sync.WaitGroup
		errs := make([]error, 60)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Write(ctx, func(tx *dbx.Tx) error {
					if _, err := insert(ctx, tx, fmt.Sprint("n", i)); err != nil {
						return err
					}
					switch i % 10 {
					case 3:
						return boom
					case 7:
						panic("a panic")
					}
					return nil
				})
			})
		}
		wg.Wait()
		for i, err := range errs {
			var n int
			if e := db.QueryRow(ctx, "SELECT count(*) FROM thing WHERE name = $1", fmt.Sprint("n", i)).Scan(&n); e != nil {
				t.Fatal(e)
			}
			fails := i%10 == 3 || i%10 == 7
			if (err != nil) != fails || (n == 0) != fails {
				t.Errorf("call %d: error %v, %d rows", i, err, n)
			}
			if i%10 == 3 && !errors.Is(err, boom) {
				t.Errorf("call %d got %v, want its own error", i, err)
			}
		}
	}, things)
}

func TestAfterCommitRunsOnlyWhenDurableAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		var seen []int
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			tx.AfterCommit(func() { seen = append(seen, 1) })
			tx.AfterCommit(func() { seen = append(seen, 2) })
			return nil
		})
		if err != nil || fmt.Sprint(seen) != "[1 2]" {
			t.Fatalf("%v %v", seen, err)
		}
		_ = db.Write(ctx, func(tx *dbx.Tx) error {
			tx.AfterCommit(func() { seen = append(seen, 3) })
			return errors.New("no")
		})
		if len(seen) != 2 {
			t.Fatalf("ran after a rollback: %v", seen)
		}
	}, things)
}

func TestVersionedUpdatesLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "counter"); return err }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for {
					var v int64
					if err := db.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", "counter").Scan(&v); err != nil {
						t.Error(err)
						return
					}
					var n int64
					err := db.Write(ctx, func(tx *dbx.Tx) (err error) {
						n, err = tx.Exec(ctx, "UPDATE thing SET version = $1 WHERE name = $2 AND version = $3", v+1, "counter", v)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
					if n == 1 {
						return
					}
				}
			})
		}
		wg.Wait()
		var v int64
		if err := db.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", "counter").Scan(&v); err != nil || v != 21 {
			t.Fatalf("version %d, %v; want 21", v, err)
		}
	}, things)
}

func TestTextSortsBytewiseAndListsExpand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		for _, n := range []string{"b", "B", "a", "é", "Z", "中"} {
			if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, n); return err }); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := db.Query(ctx, "SELECT name FROM thing WHERE name IN ("+dbx.In(1, 6)+") ORDER BY name", "b", "B", "a", "é", "Z", "中")
		got, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return })
		if err != nil || fmt.Sprint(got) != "[B Z a b é 中]" {
			t.Fatalf("%v, %v", got, err)
		}
	}, things)
}

func TestALeftCallerIsToldAndNothingHangs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := db.Write(ctx, func(tx *dbx.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	}, things)
}

func TestABrokenFileIsOneClearError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database "), 400), 0o600); err != nil {
		t.Fatal(err)
	}
	if db, err := dbx.Open(context.Background(), "sqlite:"+path, nil); err == nil {
		db.Close()
		t.Fatal("opened rubbish")
	}
	if _, err := dbx.Open(context.Background(), "mysql://x", nil); err == nil {
		t.Fatal("opened an engine we do not have")
	}
}

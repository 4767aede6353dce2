package dbx_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func count(t *testing.T, db *dbx.DB, name string) (n int) {
	t.Helper()
	if err := db.QueryRow(context.Background(), "SELECT count(*) FROM thing WHERE name = $1", name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// hold keeps the SQLite writer busy until release is called.
func hold(t *testing.T, db *dbx.DB) (release func()) {
	t.Helper()
	running, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- db.Write(context.Background(), func(*dbx.Tx) error { close(running); <-free; return nil })
	}()
	<-running
	return func() {
		close(free)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// Any mix of good, failing, panicking and conflicting callers in one group
// leaves exactly the good ones' rows.
func TestAnyMixOfCallersKeepsTheGoodOnes(t *testing.T) {
	db := dbtest.SQLite(t, things)
	ctx := context.Background()
	if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "taken"); return err }); err != nil {
		t.Fatal(err)
	}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		kinds := rapid.SliceOfN(rapid.IntRange(0, 4), 1, 40).Draw(rt, "kinds")
		release := hold(t, db)
		errs := make([]error, len(kinds))
		var wg sync.WaitGroup
		for i, k := range kinds {
			wg.Go(func() {
				errs[i] = db.Write(ctx, func(tx *dbx.Tx) error {
					if _, err := insert(ctx, tx, fmt.Sprintf("r%d n%d", round, i)); err != nil {
						return err
					}
					switch k {
					case 2:
						return errors.New("no")
					case 3:
						panic("a panic")
					case 4:
						_, _ = insert(ctx, tx, "taken")
					}
					return nil
				})
			})
		}
		release()
		wg.Wait()
		for i, k := range kinds {
			if n, good := count(t, db, fmt.Sprintf("r%d n%d", round, i)), k < 2; (n == 1) != good || (errs[i] == nil) != good {
				rt.Fatalf("caller %d of kind %d: %d rows, %v", i, k, n, errs[i])
			}
		}
	})
}

func TestAFailedStatementFailsTheWriteEvenUnread(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			_, _ = insert(ctx, tx, "twice")
			_, _ = insert(ctx, tx, "twice")
			return nil
		})
		if !fault.Is(err, fault.Conflict) || count(t, db, "twice") != 0 {
			t.Fatalf("%v, %d rows; want Conflict and none", err, count(t, db, "twice"))
		}
		err = db.Write(ctx, func(tx *dbx.Tx) error { // looking for what is not there is no failure
			if err := tx.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", "none").Scan(new(int64)); !fault.Is(err, fault.NotFound) {
				return fmt.Errorf("got %w", err)
			}
			_, err := insert(ctx, tx, "once")
			return err
		})
		if err != nil || count(t, db, "once") != 1 {
			t.Fatalf("%v", err)
		}
	}, things)
}

func TestRowsLeftOpenDoNotBlockTheNextWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		for range 3 {
			err := db.Write(ctx, func(tx *dbx.Tx) error {
				for i := range 3 {
					if _, err := insert(ctx, tx, fmt.Sprint(i)); err != nil {
						return err
					}
				}
				rows, err := tx.Query(ctx, "SELECT name FROM thing ORDER BY name")
				if err != nil {
					return err
				}
				rows.Next()
				return errors.New("left early")
			})
			if err == nil || err.Error() != "left early" {
				t.Fatalf("got %v", err)
			}
		}
		if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "after"); return err }); err != nil {
			t.Fatal(err)
		}
	}, things)
}

func TestWhatACommitTriggersCannotHurtTheWriter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the caller did not see its panic")
				}
			}()
			_ = db.Write(ctx, func(tx *dbx.Tx) error {
				tx.AfterCommit(func() { panic("after") })
				_, err := insert(ctx, tx, "kept")
				return err
			})
		}()
		var inner error
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			tx.AfterCommit(func() {
				inner = db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "next"); return err })
			})
			return nil
		})
		if err != nil || inner != nil || count(t, db, "kept") != 1 || count(t, db, "next") != 1 {
			t.Fatal(err, inner)
		}
	}, things)
}

func TestAFullQueueRefusesAndACallerMayLeaveIt(t *testing.T) {
	db := dbtest.SQLite(t, things)
	release := hold(t, db)
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	var wg sync.WaitGroup
	var mu sync.Mutex
	busy, left := 0, 0
	for i := range 1100 {
		wg.Go(func() {
			err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, fmt.Sprint(i)); return err })
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, context.Canceled):
				left++
			case fault.Is(err, fault.Unavailable) && fault.As(err).Key == "fault.busy":
				if busy++; busy == 1100-1024 {
					leave()
				}
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	release()
	var n int
	if err := db.QueryRow(context.Background(), "SELECT count(*) FROM thing").Scan(&n); err != nil || n != 0 || busy != 76 || left != 1024 {
		t.Fatalf("%d rows, %d refused, %d left, %v", n, busy, left, err)
	}
}

func TestCloseFinishesWhatWaitsAndRefusesTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "数据 #1?%41.db")
	ctx := context.Background()
	db, err := dbx.Open(ctx, "sqlite:"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(ctx, things); err != nil {
		t.Fatal(err)
	}
	release := hold(t, db)
	queued := make(chan error)
	go func() {
		queued <- db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := insert(ctx, tx, "queued")
			return err
		})
	}()
	closed := make(chan error)
	go func() { release(); closed <- db.Close() }()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	kept := <-queued // either it was queued before Close, or it was refused
	if err := db.Write(ctx, func(*dbx.Tx) error { return nil }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("write after Close: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	for file, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", file, fi.Mode(), err)
		}
	}
	if db, err = dbx.Open(ctx, "sqlite:"+path, nil); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := count(t, db, "queued"); (n == 1) != (kept == nil) {
		t.Errorf("%d rows although the caller heard %v", n, kept)
	}
}

// A command beside the running server writes to the same file.
func TestTwoProcessesShareTheFile(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "x.db"), context.Background()
	var wg sync.WaitGroup
	for p := range 2 {
		db, err := dbx.Open(ctx, "sqlite:"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(ctx, things); err != nil {
			t.Fatal(err)
		}
		for c := range 8 {
			wg.Go(func() {
				for i := range 20 {
					name := fmt.Sprint(p, " ", c, " ", i)
					if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, name); return err }); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	db, err := dbx.Open(ctx, "sqlite:"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(ctx, "SELECT count(*) FROM thing").Scan(&n); err != nil || n != 320 {
		t.Fatalf("%d rows, %v", n, err)
	}
}

func TestMigrationsGoOnWhileTheWriterWorks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		list := func() ([]string, error) {
			rows, err := db.Query(ctx, "SELECT * FROM thing")
			if err != nil {
				return nil, err
			}
			defer rows.Close()
			return rows.Columns()
		}
		before, err := list()
		if err != nil {
			t.Fatal(err)
		}
		more := dbx.Migration{Name: "thing", FS: fstest.MapFS{
			"00001_thing.sql": things.FS.(fstest.MapFS)["00001_thing.sql"],
			"00002_more.sql":  {Data: []byte("-- +goose Up\nALTER TABLE thing ADD COLUMN more BIGINT;\n-- +goose Down\nALTER TABLE thing DROP COLUMN more;\n")},
		}}
		if err := db.Migrate(ctx, more, things); err == nil {
			t.Error("a program older than its database started")
		}
		if err := db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO thing (id, name, more) VALUES ($1, $2, $3)", id.New(), "x", 7)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var m sql.NullInt64
		if err := db.QueryRow(ctx, "SELECT more FROM thing WHERE name = $1", "x").Scan(&m); err != nil || m.Int64 != 7 {
			t.Fatal(m, err)
		}
		if after, err := list(); db.Engine() == dbx.SQLite && (err != nil || len(after) != len(before)+1) {
			t.Errorf("kept statement: %v, %v", after, err)
		}
	}, things)
}

package dbx_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

var newThings = dbx.Rows{Into: `INSERT INTO thing (id, name) VALUES`, Columns: 2}

// Rows that wait are there for the next statement of their own call and for
// everybody after the commit, whatever else their transaction writes; a row
// that cannot be written fails its own caller alone.
func TestRowsThatWaitAreWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		failed := make([]error, 100)
		for i := range failed {
			wg.Go(func() {
				failed[i] = db.Write(ctx, func(tx *dbx.Tx) error {
					name := fmt.Sprintf("caller %d", i)
					one := id.New()
					for n := range i%7 + 1 {
						if err := tx.Add(ctx, &newThings, id.New(), fmt.Sprintf("%s row %d", name, n)); err != nil {
							return err
						}
					}
					if i%3 == 0 {
						var n int
						if err := tx.QueryRow(ctx, `SELECT count(*) FROM thing WHERE name = $1`, name+" row 0").Scan(&n); err != nil || n != 1 {
							return fmt.Errorf("%s does not see its own row: %d %w", name, n, err)
						}
					}
					if i%10 == 9 { // the same twice
						if err := tx.Add(ctx, &newThings, one, name); err != nil {
							return err
						}
						return tx.Add(ctx, &newThings, one, name)
					}
					return nil
				})
			})
		}
		wg.Wait()
		for i, err := range failed {
			if bad := i%10 == 9; bad != dbx.Collides(err) || !bad && err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
			for n := range i%7 + 1 {
				want := 1
				if i%10 == 9 {
					want = 0
				}
				if got := count(t, db, fmt.Sprintf("caller %d row %d", i, n)); got != want {
					t.Errorf("caller %d has %d of row %d", i, got, n)
				}
			}
		}
		if err := db.Write(ctx, func(tx *dbx.Tx) error { return tx.Add(ctx, &newThings, id.New()) }); err == nil {
			t.Error("a row with too few values was taken")
		}
	}, things)
}

func TestWhatIsDoneTogetherIsDoneOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		type list struct{ names []string }
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				err := db.Write(ctx, func(tx *dbx.Tx) error {
					l := dbx.Together(tx, "names", func() *list { return &list{} }, func(l *list, tx *dbx.Tx) error {
						for _, n := range l.names {
							if err := tx.Add(ctx, &newThings, id.New(), n); err != nil {
								return err
							}
						}
						return nil
					})
					l.names = append(l.names, fmt.Sprintf("together %d", i))
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range 50 {
			if n := count(t, db, fmt.Sprintf("together %d", i)); n != 1 {
				t.Errorf("%d is there %d times", i, n)
			}
		}
	}, things)
}

package dbx_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// A write as a request makes it: two rows in one durable transaction.
// Run it with: go test -run '^$' -bench Write ./internal/platform/dbx
func BenchmarkWrite(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			db := dbtest.SQLite(b, things)
			ctx := context.Background()
			var n atomic.Int64
			done := make(chan error, callers)
			b.ResetTimer()
			for range callers {
				go func() {
					for n.Add(1) <= int64(b.N) {
						err := db.Write(ctx, func(tx *dbx.Tx) error {
							parent, err := insert(ctx, tx, id.New().String())
							if err != nil {
								return err
							}
							_, err = tx.Exec(ctx, "INSERT INTO thing (id, parent, name) VALUES ($1, $2, $3)", id.New(), parent, id.New().String())
							return err
						})
						if err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range callers {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	}
}

func BenchmarkReadOneRow(b *testing.B) {
	db := dbtest.SQLite(b, things)
	ctx := context.Background()
	if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "one"); return err }); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var v int64
		if err := db.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", "one").Scan(&v); err != nil {
			b.Fatal(err)
		}
	}
}

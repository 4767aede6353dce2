package dbx_test

import (
	"context"
	"errors"
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
	refused := errors.New("refused")
	for _, c := range []struct{ callers, failing int }{{1, 0}, {64, 0}, {64, 10}} {
		b.Run(fmt.Sprintf("callers=%d/failing=%d%%", c.callers, c.failing), func(b *testing.B) {
			db := dbtest.SQLite(b, things)
			ctx := context.Background()
			var n atomic.Int64
			done := make(chan error, c.callers)
			b.ResetTimer()
			for range c.callers {
				go func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						err := db.Write(ctx, func(tx *dbx.Tx) error {
							parent, err := insert(ctx, tx, id.New().String())
							if err != nil {
								return err
							}
							if int(i*37%100) < c.failing { // 37 spreads them
								return refused
							}
							_, err = tx.Exec(ctx, "INSERT INTO thing (id, parent, name) VALUES ($1, $2, $3)", id.New(), parent, id.New().String())
							return err
						})
						if err != nil && !errors.Is(err, refused) {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range c.callers {
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

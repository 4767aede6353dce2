package engine_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx/dbtest"
)

// One public report: case, event, party, notices, personal values, outbox and
// idempotency key in one durable transaction.
// Run it with: go test -run '^$' -bench . ./internal/casework/engine
func BenchmarkOpen(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			w := enginetest.New(b, dbtest.SQLite(b, enginetest.Migrations()...), lampHooks(), lamp(b))
			parallel(b, callers, func(n int64) error {
				_, err := w.Engine.Open(ctx, engine.Opening{
					Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""), Key: fmt.Sprint(n),
					Input: procedure.Input{"source": "public_web", "desc": "路灯不亮", "place": here, "phone": "13800000000"},
				})
				return err
			})
		})
	}
}

func BenchmarkOffers(b *testing.B) {
	w := enginetest.New(b, dbtest.SQLite(b, enginetest.Migrations()...), lampHooks(), lamp(b))
	r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""),
		Input: procedure.Input{"source": "public_web", "desc": "路灯不亮", "place": here}})
	if err != nil {
		b.Fatal(err)
	}
	actor := w.Staff("acceptor", "", 0)
	for b.Loop() {
		s, err := w.Engine.Find(ctx, w.Division, r.Case)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Engine.Offers(ctx, actor, s); err != nil {
			b.Fatal(err)
		}
	}
}

func parallel(b *testing.B, callers int, do func(n int64) error) {
	var n atomic.Int64
	done := make(chan error, callers)
	b.ResetTimer()
	for range callers {
		go func() {
			for {
				i := n.Add(1)
				if i > int64(b.N) {
					done <- nil
					return
				}
				if err := do(i); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
}

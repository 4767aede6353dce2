package event_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

var start = time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC)

func publish(t *testing.T, db *dbx.DB, division id.ID, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			err := db.Write(context.Background(), func(tx *dbx.Tx) error {
				return event.Publish(context.Background(), tx, event.Event{Division: division, Topic: "case", Subject: id.New(), Data: fmt.Sprint(i), At: start})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestPositionsAreGaplessAndNothingIsMissed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, a, b := context.Background(), id.New(), id.New()
		clk := clock.At(start)
		hub := event.NewHub()
		sub := hub.Listen(a)
		defer sub.Close()
		one := event.NewRelay(db, clk, slog.New(slog.DiscardHandler), hub, time.Hour)
		two := event.NewRelay(db, clk, slog.New(slog.DiscardHandler), event.NewHub(), time.Hour)
		publish(t, db, a, 40)
		publish(t, db, b, 7)
		if err := one.Pass(ctx); err != nil {
			t.Fatal(err)
		}
		publish(t, db, a, 20)
		if err := two.Pass(ctx); err != nil { // the lease is one's
			t.Fatal(err)
		}
		if got, err := event.Follow(ctx, db, a, 0, 1000); db.Engine() == dbx.Postgres && (err != nil || len(got) != 40) { // SQLite numbers at once
			t.Fatalf("%d events, %v; a second relay assigned without the lease", len(got), err)
		}
		clk.Advance(time.Minute)
		if err := two.Pass(ctx); err != nil { // the lease has run out
			t.Fatal(err)
		}
		if err := one.Pass(ctx); err != nil {
			t.Fatal(err)
		}
		got, err := event.Follow(ctx, db, a, 0, 1000)
		if err != nil || len(got) != 60 {
			t.Fatalf("%d events, %v", len(got), err)
		}
		for i, e := range got {
			if e.Position != int64(i+1) {
				t.Fatalf("position %d at place %d", e.Position, i)
			}
			if told := <-sub.C; told.ID != e.ID {
				t.Fatalf("listener heard %v at %d, want %v", told.ID, i, e.ID)
			}
		}
		clk.Advance(2 * time.Hour)
		if err := one.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := event.Follow(ctx, db, b, 0, 10); err != nil || len(got) != 0 {
			t.Fatalf("%d kept, %v", len(got), err)
		}
	}, event.Migration)
}

func TestASlowListenerIsCutOffAndHoldsNobodyUp(t *testing.T) {
	hub, d := event.NewHub(), id.New()
	slow := hub.Listen(d)
	for i := range 1000 {
		hub.Tell(event.Event{Division: d, Position: int64(i)})
	}
	n := 0
	for range slow.C {
		n++
	}
	if n == 0 || n == 1000 {
		t.Fatalf("heard %d before being cut off", n)
	}
	slow.Close()
}

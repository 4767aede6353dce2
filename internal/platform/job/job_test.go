package job_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/job"
)

func TestAJobIsDoneOnceAndATroubledOneIsPutOffThenDead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		clk := clock.At(time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC))
		r := job.NewRunner(db, clk, slog.New(slog.DiscardHandler))
		done := map[string]int{}
		r.Handle("good", func(_ context.Context, j job.Job) error { done[j.Payload]++; return nil })
		r.Handle("bad", func(context.Context, job.Job) error { panic("always") })
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			return errors.Join(
				job.Enqueue(ctx, tx, job.Job{Kind: "good", Key: "k", Payload: "1", RunAt: clk.Now()}),
				job.Enqueue(ctx, tx, job.Job{Kind: "good", Key: "k", Payload: "2", RunAt: clk.Now()}),
				job.Enqueue(ctx, tx, job.Job{Kind: "good", Payload: "3", RunAt: clk.Now().Add(time.Hour)}),
				job.Enqueue(ctx, tx, job.Job{Kind: "bad", Payload: "x", RunAt: clk.Now()}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := r.Pass(ctx); err != nil || n != 2 || done["1"] != 1 || done["2"] != 0 || done["3"] != 0 {
			t.Fatalf("%d tried, %v, %v", n, done, err)
		}
		for range 20 {
			clk.Advance(time.Hour)
			if _, err := r.Pass(ctx); err != nil {
				t.Fatal(err)
			}
		}
		dead, err := job.Dead(ctx, db, 10)
		if err != nil || len(dead) != 1 || dead[0].Attempts != 8 || done["3"] != 1 {
			t.Fatalf("%+v, %v, %v", dead, done, err)
		}
	}, job.Migration)
}

func TestWorkOfADeadWorkerIsDoneAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, stop := context.WithCancel(context.Background())
		clk := clock.At(time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC))
		one := job.NewRunner(db, clk, slog.New(slog.DiscardHandler))
		one.Handle("k", func(context.Context, job.Job) error { stop(); return nil }) // dies in the middle
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			return job.Enqueue(ctx, tx, job.Job{Kind: "k", Payload: "{}", RunAt: clk.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := one.Pass(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		ctx = context.Background()
		n := 0
		two := job.NewRunner(db, clk, slog.New(slog.DiscardHandler))
		two.Handle("k", func(context.Context, job.Job) error { n++; return nil })
		if _, err := two.Pass(ctx); err != nil || n != 0 {
			t.Fatalf("done %d times while leased, %v", n, err)
		}
		clk.Advance(time.Hour)
		if _, err := two.Pass(ctx); err != nil || n != 1 {
			t.Fatalf("done %d times, %v", n, err)
		}
	}, job.Migration)
}

func TestTicksRepeatUntilStopped(t *testing.T) {
	db := dbtest.SQLite(t, job.Migration)
	ctx, stop := context.WithCancel(context.Background())
	r := job.NewRunner(db, clock.System(), slog.New(slog.DiscardHandler))
	n := 0
	r.Every("count", time.Millisecond, func(context.Context) error {
		if n++; n == 3 {
			stop()
		}
		return errors.New("troubles are logged, not fatal")
	})
	r.Run(ctx)
	if n != 3 {
		t.Fatalf("ticked %d times", n)
	}
}

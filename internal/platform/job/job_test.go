package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/job"
)

var (
	start = time.Date(2026, 9, 20, 8, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
)

func TestAJobIsDoneOnceAndATroubledOneIsPutOffThenDead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		clk := clock.At(start)
		r := job.NewRunner(db, clk, quiet)
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

func add(t *testing.T, db *dbx.DB, jobs ...job.Job) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *dbx.Tx) error {
		for _, j := range jobs {
			if err := job.Enqueue(context.Background(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pass(t *testing.T, r *job.Runner, want int) {
	t.Helper()
	if n, err := r.Pass(context.Background()); err != nil || n != want {
		t.Fatalf("%d jobs tried, %v; want %d", n, err, want)
	}
}

func TestWorkOfADeadWorkerIsDoneAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		clk := clock.At(start)
		one := job.NewRunner(db, clk, quiet)
		one.Handle("k", func(context.Context, job.Job) error { runtime.Goexit(); return nil }) // dies in the middle
		add(t, db, job.Job{Kind: "k", Payload: "{}", RunAt: start})
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = one.Pass(context.Background()) })
		wg.Wait()
		n := 0
		two := job.NewRunner(db, clk, quiet)
		two.Handle("k", func(context.Context, job.Job) error { n++; return nil })
		pass(t, two, 0) // leased
		clk.Advance(time.Hour)
		pass(t, two, 1)
		if n != 1 {
			t.Fatalf("done %d times", n)
		}
	}, job.Migration)
}

func TestStoppedWorkIsTakenUpAtOnceAndFinishedWorkIsNotRepeated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		clk := clock.At(start)
		r := job.NewRunner(db, clk, quiet)
		done := 0
		r.Handle("finished", func(context.Context, job.Job) error { stop(); return nil })
		r.Handle("broken off", func(ctx context.Context, j job.Job) error {
			done++
			if j.Attempts != 1 {
				t.Errorf("attempt %d", j.Attempts)
			}
			return ctx.Err()
		})
		add(t, db, job.Job{Kind: "finished", Payload: "{}", RunAt: start})
		if n, err := r.Pass(ctx); n != 1 || !errors.Is(err, context.Canceled) {
			t.Fatal(n, err)
		}
		pass(t, r, 0)
		ctx, stop = context.WithCancel(context.Background())
		r.Handle("broken off", func(ctx context.Context, j job.Job) error { stop(); return ctx.Err() })
		add(t, db, job.Job{Kind: "broken off", Payload: "{}", RunAt: start})
		if n, err := r.Pass(ctx); n != 1 || !errors.Is(err, context.Canceled) {
			t.Fatal(n, err)
		}
		r.Handle("broken off", func(_ context.Context, j job.Job) error { done += j.Attempts; return nil })
		pass(t, r, 1)
		if done != 1 {
			t.Fatalf("attempts counted: %d", done)
		}
	}, job.Migration)
}

func TestAskingAgainDuringTheWorkRepeatsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		clk := clock.At(start)
		r := job.NewRunner(db, clk, quiet)
		n := 0
		j := job.Job{Kind: "k", Key: "one", Payload: "{}", RunAt: start}
		r.Handle("k", func(context.Context, job.Job) error {
			if n++; n == 1 {
				add(t, db, j)
			}
			return nil
		})
		add(t, db, j, j) // waiting ones merge
		pass(t, r, 2)
		pass(t, r, 0)
		if n != 2 {
			t.Fatalf("done %d times", n)
		}
	}, job.Migration)
}

func TestADeadJobLivesAgainWhenAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		clk := clock.At(start)
		r := job.NewRunner(db, clk, quiet)
		var works bool
		var got string
		r.Handle("k", func(_ context.Context, j job.Job) error {
			if !works {
				return errors.New("no: \xff")
			}
			got = j.Payload
			return nil
		})
		add(t, db, job.Job{Kind: "k", Key: "one", Payload: "old", RunAt: start})
		for range 8 {
			pass(t, r, 1)
			pass(t, r, 0) // it rests
			clk.Advance(6 * time.Hour)
		}
		pass(t, r, 0)
		if dead, err := job.Dead(ctx, db, 10); err != nil || len(dead) != 1 || dead[0].Error != "no: ?" {
			t.Fatal(dead, err)
		}
		works = true
		add(t, db, job.Job{Kind: "k", Key: "one", Payload: "new", RunAt: clk.Now()})
		pass(t, r, 1)
		if dead, err := job.Dead(ctx, db, 10); err != nil || len(dead) != 0 || got != "new" {
			t.Fatal(dead, got, err)
		}
	}, job.Migration)
}

func TestManyWorkersShareTheWorkAndACommitWakesThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		const jobs = 100
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		var mu sync.Mutex
		done := map[string]int{}
		var wg sync.WaitGroup
		for range 3 {
			r := job.NewRunner(db, clock.System(), quiet)
			r.Handle("k", func(_ context.Context, j job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				if done[j.Payload]++; len(done) == jobs {
					stop()
				}
				return nil
			})
			wg.Go(func() { r.Run(ctx) })
		}
		for i := range jobs {
			add(t, db, job.Job{Kind: "k", Payload: fmt.Sprint(i), RunAt: start})
		}
		wg.Wait()
		for p, n := range done {
			if n != 1 {
				t.Errorf("job %s done %d times", p, n)
			}
		}
		if len(done) != jobs {
			t.Errorf("%d of %d jobs done", len(done), jobs)
		}
	}, job.Migration)
}

func TestTicksRepeatUntilStopped(t *testing.T) {
	db := dbtest.SQLite(t, job.Migration)
	ctx, stop := context.WithCancel(context.Background())
	r := job.NewRunner(db, clock.System(), quiet)
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

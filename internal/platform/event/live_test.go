package event_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

var quiet = slog.New(slog.DiscardHandler)

// run starts a relay that the test's end stops.
func run(t *testing.T, db *dbx.DB) *event.Hub {
	t.Helper()
	hub := event.NewHub()
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { event.NewRelay(db, clock.System(), quiet, hub, time.Hour).Run(ctx) })
	t.Cleanup(func() { stop(); wg.Wait() })
	return hub
}

func hear(t *testing.T, sub *event.Sub, want string) {
	t.Helper()
	select {
	case e := <-sub.C:
		if e.Data != want {
			t.Fatalf("heard %q, want %q", e.Data, want)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%q was never heard", want)
	}
}

func say(t *testing.T, db *dbx.DB, division id.ID, data string) {
	t.Helper()
	err := db.Write(context.Background(), func(tx *dbx.Tx) error {
		return event.Publish(context.Background(), tx, event.Event{Division: division, Topic: "case", Data: data, At: start})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Ten rounds, one after another: by looking once a second they would take nine
// seconds.
func TestACommitIsHeardAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		hub := run(t, db)
		sub := hub.Listen(d)
		defer sub.Close()
		warmed(t, db, d, sub)
		begin := time.Now()
		for i := range 10 {
			say(t, db, d, fmt.Sprint(i))
			hear(t, sub, fmt.Sprint(i))
		}
		if took := time.Since(begin); took > 6*time.Second {
			t.Errorf("ten rounds took %v", took)
		}
	}, event.Migration)
}

// warmed waits until the relay has begun and everything said so far was heard:
// what was said before it began is not news.
func warmed(t *testing.T, db *dbx.DB, d id.ID, sub *event.Sub) {
	t.Helper()
	for i := 0; ; i++ {
		last := fmt.Sprint("warm ", i)
		say(t, db, d, last)
		for waiting := true; waiting; {
			select {
			case e := <-sub.C:
				if e.Data == last {
					return
				}
			case <-time.After(200 * time.Millisecond):
				waiting = false
			}
		}
	}
}

// Both processes hear what either says, whichever relay holds the lease.
func TestOtherProcessesHearAtOnce(t *testing.T) {
	u := dbtest.PostgresURL(t)
	d := id.New()
	var dbs []*dbx.DB
	var subs []*event.Sub
	for range 2 {
		db, err := dbx.Open(context.Background(), u, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		if err := db.Migrate(context.Background(), event.Migration); err != nil {
			t.Fatal(err)
		}
		sub := run(t, db).Listen(d)
		defer sub.Close()
		dbs, subs = append(dbs, db), append(subs, sub)
	}
	for _, sub := range subs {
		warmed(t, dbs[0], d, sub)
	}
	say(t, dbs[0], d, "go")
	for _, sub := range subs {
		for e := range sub.C {
			if e.Data == "go" {
				break
			}
		}
	}
	begin := time.Now()
	for i := range 10 {
		say(t, dbs[i%2], d, fmt.Sprint(i))
		for _, sub := range subs {
			hear(t, sub, fmt.Sprint(i))
		}
	}
	if took := time.Since(begin); took > 6*time.Second {
		t.Errorf("ten rounds took %v", took)
	}
}

func TestATailSendsEachEventOnceAndSaysWhereItCannot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d := context.Background(), id.New()
		clk := clock.At(start)
		hub := event.NewHub()
		relay := event.NewRelay(db, clk, quiet, hub, time.Hour)
		pass := func() {
			if err := relay.Pass(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 { // together more than a batch and more than a listener's buffer
			publish(t, db, d, 400)
		}
		pass()
		var got []int64
		var gaps []int
		tail := func(after int64, until int, during func(int)) error {
			got, gaps = nil, nil
			ctx, stop := context.WithTimeout(ctx, time.Minute)
			defer stop()
			return event.Tail(ctx, db, hub, d, after, time.Hour, event.Receiver{
				Event: func(e event.Event) error {
					got = append(got, e.Position)
					during(len(got))
					if len(got) == until {
						stop()
					}
					return nil
				},
				Quiet: func() error { return nil },
				Gap:   func() error { gaps = append(gaps, len(got)); return nil },
			})
		}
		err := tail(200, 1800, func(n int) {
			if n == 700 { // while it is still reading the kept ones, more happens than the hub can hold
				publish(t, db, d, 800)
				pass()
			}
		})
		var want []int64
		for p := int64(201); p <= 2000; p++ {
			want = append(want, p)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" || gaps != nil {
			t.Fatalf("%v, gaps %v\n%s", err, gaps, diff)
		}
		clk.Advance(2 * time.Hour)
		if err := relay.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		say(t, db, d, "after the sweep")
		pass()
		if err := tail(200, 1, func(int) {}); err != nil || cmp.Diff([]int64{2001}, got) != "" || cmp.Diff([]int{0}, gaps) != "" {
			t.Errorf("after a sweep: %v, %v, gaps %v", err, got, gaps)
		}
		stop := errors.New("the visitor left")
		err = event.Tail(ctx, db, hub, d, 9000, time.Hour, event.Receiver{Gap: func() error { return stop }})
		if !errors.Is(err, stop) {
			t.Errorf("a position of another database: %v", err)
		}
		err = event.Tail(ctx, db, hub, d, 2001, time.Millisecond, event.Receiver{Quiet: func() error { return stop }})
		if !errors.Is(err, stop) {
			t.Errorf("silence: %v", err)
		}
	}, event.Migration)
}

package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/webhook"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

var (
	ctx    = context.Background()
	here   = procedure.Point{Lat: 36.77, Lng: 119.1, Accuracy: 5}
	tables = append(enginetest.Migrations(), people.Migration, webhook.Migration)
)

// got is a message as it arrived, with its headers.
type got struct {
	webhook.Message
	id, sig string
	raw     string
}

// receiver takes what is posted and answers what the test says; it keeps
// nothing whose signature is wrong.
type receiver struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	secret []string
	all    []got
	answer func(n int, g got) int // of the nth message, from 0; nil: 204
	header http.Header
	now    func() time.Time
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t, header: http.Header{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	g := got{id: req.Header.Get("webhook-id"), sig: req.Header.Get("webhook-signature"), raw: string(body)}
	if err := json.Unmarshal(body, &g.Message); err != nil || g.id != g.ID || req.Header.Get("content-type") != "application/json" {
		r.t.Errorf("%v: %s in %s", err, g.id, body)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.secret {
		if err := verify(s, req.Header, body, r.now()); err != nil {
			r.t.Error(err)
		}
	}
	if n := len(strings.Fields(g.sig)); n != len(r.secret) {
		r.t.Errorf("%d signatures in %q", n, g.sig)
	}
	r.all = append(r.all, g)
	for k := range r.header {
		w.Header().Set(k, r.header.Get(k))
	}
	status := http.StatusNoContent
	if r.answer != nil {
		status = r.answer(len(r.all)-1, g)
	}
	w.WriteHeader(status)
}

// taken empties the receiver.
func (r *receiver) taken() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all
	r.all = nil
	return all
}

func (r *receiver) answers(fn func(n int, g got) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

func types(all []got) (out []string) {
	for _, g := range all {
		out = append(out, g.Type)
	}
	return out
}

// town is a world with the room in it.
type town struct {
	*enginetest.World
	t   *testing.T
	hub *webhook.Service
}

func lamp(t *testing.T) *procedure.Procedure {
	t.Helper()
	src, err := os.ReadFile("../procedure/testdata/lamp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := procedure.Load("lamp.yaml", src, procedure.World{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newTown(t *testing.T, db *dbx.DB) *town {
	hooks := map[string]engine.Hooks{"lamp": {Fact: func(_ context.Context, _ engine.Asked, name string) (any, error) {
		if name == "proposal" {
			return "d1", nil
		}
		return true, nil
	}}}
	w := &town{World: enginetest.New(t, db, hooks, lamp(t)), t: t}
	w.hub = w.service(db)
	return w
}

// service is one process on the database.
func (w *town) service(db *dbx.DB) *webhook.Service {
	words, err := i18n.Load(webhook.Words)
	if err != nil {
		w.t.Fatal(err)
	}
	s := webhook.New(webhook.Deps{DB: db, Clock: w.Clock, Log: slog.New(slog.DiscardHandler), Words: words,
		Directory: func(context.Context, id.ID) (*people.Directory, error) { return w.People, nil }, Version: w.Engine.Library().Version})
	s.Reach(fetch.Options{AllowLoopback: true, Timeout: 5 * time.Second})
	return s
}

func each(t *testing.T, fn func(t *testing.T, w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, newTown(t, db)) }, tables...)
}

func (w *town) admin() people.Actor { return w.Staff("admin", "", 0) }

func (w *town) subscribe(r *receiver, kinds ...string) id.ID {
	w.t.Helper()
	if kinds == nil {
		kinds = webhook.Types()
	}
	made, secret, err := w.hub.Create(ctx, w.admin(), webhook.Draft{Name: "接收方", URL: r.URL + "/hook", Types: kinds})
	if err != nil {
		w.t.Fatal(err)
	}
	r.secret, r.now = append([]string{secret}, r.secret...), w.Clock.Now
	return made
}

func (w *town) find(sub id.ID) webhook.Subscription {
	w.t.Helper()
	x, err := w.hub.Find(ctx, w.admin(), sub)
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

// relay gives the events their positions, which SQLite did already.
func (w *town) relay() {
	w.t.Helper()
	if err := event.NewRelay(w.DB, w.Clock, slog.New(slog.DiscardHandler), event.NewHub(), time.Hour).Pass(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) pass() {
	w.t.Helper()
	w.relay()
	if err := w.hub.Pass(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) report() engine.Result {
	w.t.Helper()
	r, err := w.Engine.Open(ctx, engine.Opening{Procedure: "lamp", Division: w.Division, Step: "report", Actor: w.Citizen(""),
		Input: procedure.Input{"source": "public_web", "desc": "张三家门口的路灯不亮", "place": here, "phone": "13800000000"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *town) act(a engine.Act) {
	w.t.Helper()
	if _, err := w.Engine.Act(ctx, a); err != nil {
		w.t.Fatalf("%s: %v", a.Step, err)
	}
}

// life is a case from its report to its end and back.
func (w *town) life() id.ID {
	w.t.Helper()
	r := w.report()
	w.act(engine.Act{Case: r.Case, Step: "dispatch", Actor: w.Staff("dispatcher", "", 0), Input: procedure.Input{"dept": "d1"}})
	w.Clock.Advance(time.Minute)
	w.act(engine.Act{Case: r.Case, Step: "finish", Actor: w.Staff("dept_desk", "d1", 0), Files: []engine.Upload{w.Photo("after", here)}})
	w.act(engine.Act{Case: r.Case, Step: "check", Actor: w.Staff("collector", "", 0), Input: procedure.Input{"result": "fixed"}})
	w.act(engine.Act{Case: r.Case, Step: "object", Actor: w.Citizen(r.Receipt), Input: procedure.Input{"why": "王五家还是不亮"}})
	return r.Case
}

func TestEveryEventArrivesSignedInOrderAndWithoutPersonalData(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		before := w.report() // what was before the subscription is not told
		r := newReceiver(t)
		w.relay()
		w.subscribe(r)
		c := w.life()
		w.pass()
		all := r.taken()
		want := []string{webhook.Opened, webhook.Stepped, webhook.Stepped, webhook.Closed, webhook.Reopened}
		if !slices.Equal(types(all), want) {
			t.Fatalf("%v, want %v", types(all), want)
		}
		for i, g := range all {
			if g.Data.ID != c.String() || g.Data.ID == before.Case.String() || g.Data.Seq != int64(i+1) || g.Position != all[0].Position+int64(i) ||
				g.Division != "test" || g.Data.Procedure != "lamp" || g.Data.Version != 1 || g.Timestamp.IsZero() {
				t.Errorf("%d: %s", i, g.raw)
			}
			for _, s := range []string{"张三", "王五", "13800000000", "36.77", "路灯"} {
				if strings.Contains(g.raw, s) {
					t.Errorf("%q in %s", s, g.raw)
				}
			}
		}
		if all[0].Data.Number != "" || all[0].Data.From != "" || !strings.HasPrefix(all[1].Data.Number, "L20260914") || all[3].Data.State != "closed" || all[4].Data.From != "closed" {
			t.Errorf("%s\n%s\n%s", all[0].raw, all[1].raw, all[3].raw)
		}
		if w.pass(); len(r.taken()) != 0 {
			t.Error("what was taken was sent again")
		}
	})
}

func TestOnlyWhatWasAskedForIsSent(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r, webhook.Closed)
		w.life()
		w.life()
		w.pass()
		if all := types(r.taken()); !slices.Equal(all, []string{webhook.Closed, webhook.Closed}) {
			t.Errorf("%v", all)
		}
		if x := w.find(sub); x.Position != 10 {
			t.Errorf("it stands at %d", x.Position)
		}
	})
}

func TestAReceiverThatFailsGetsEverythingInOrderWhenItComesBack(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r, other := newReceiver(t), newReceiver(t)
		sub := w.subscribe(r)
		w.subscribe(other)
		w.life()
		r.answers(func(int, got) int { return http.StatusInternalServerError })
		var waits []time.Duration
		for range 5 {
			w.pass()
			x := w.find(sub)
			waits = append(waits, x.NextAt.Sub(w.Clock.Now()))
			if w.pass(); w.find(sub).Attempts != x.Attempts {
				t.Error("it was tried again before its time")
			}
			w.Clock.Set(x.NextAt)
		}
		failed := r.taken()
		if len(failed) != 5 || slices.ContainsFunc(failed, func(g got) bool { return g.id != failed[0].id || g.raw != failed[0].raw }) {
			t.Fatalf("while it failed: %v", failed)
		}
		if want := []time.Duration{5 * time.Second, 15 * time.Second, 45 * time.Second, 135 * time.Second, 405 * time.Second}; !slices.Equal(waits, want) {
			t.Errorf("it was left alone for %v", waits)
		}
		if len(other.taken()) != 5 {
			t.Error("another receiver was held up")
		}
		r.answers(func(n int, _ got) int { return []int{204, 200, 503}[min(n, 2)] })
		r.header.Set("Retry-After", "600")
		w.pass()
		x := w.find(sub)
		if at := r.taken(); len(at) != 3 || at[0].id != failed[0].id || x.Position != 2 || x.Attempts != 1 || x.NextAt.Sub(w.Clock.Now()) != 10*time.Minute {
			t.Fatalf("%d came, %+v", len(at), x)
		}
		r.answers(nil)
		w.Clock.Set(x.NextAt)
		w.pass()
		if at := r.taken(); len(at) != 3 || at[0].Data.Seq != 3 || at[2].Data.Seq != 5 {
			t.Errorf("%v", types(at))
		}
		log, err := w.hub.Tries(ctx, w.admin(), sub)
		if err != nil || len(log) != 11 || log[0].Status != 204 || !log[0].OK() || log[10].Status != 500 || log[10].Failure != "status" || log[10].Took <= 0 {
			t.Errorf("%d lines, %v: %+v", len(log), err, log)
		}
		if x := w.find(sub); x.Attempts != 0 || !x.Failing.IsZero() || x.Position != 5 {
			t.Errorf("%+v", x)
		}
	})
}

func TestWhatWasSentBeforeASuddenDeathIsSentAgainWithTheSameID(t *testing.T) {
	for name, address := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "one.db") },
		"postgres": func() string { return dbtest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := address()
			open := func() *dbx.DB {
				db, err := dbx.Open(ctx, at, nil)
				if err != nil {
					t.Fatal(err)
				}
				return db
			}
			db := open()
			defer db.Close()
			if err := db.Migrate(ctx, tables...); err != nil {
				t.Fatal(err)
			}
			w, r := newTown(t, db), newReceiver(t)
			w.subscribe(r)
			w.report()
			w.relay()
			doomed := open()
			dies := w.service(doomed)
			r.answers(func(int, got) int {
				if err := doomed.Close(); err != nil { // it can write nothing down any more
					t.Error(err)
				}
				return http.StatusOK
			})
			if err := dies.Pass(ctx); err == nil {
				t.Error("it wrote down what it sent")
			}
			r.answers(nil)
			w.pass()
			first := r.taken()
			if len(first) != 1 {
				t.Fatalf("%d came while the lease of the dead runs", len(first))
			}
			w.Clock.Advance(2 * time.Minute)
			w.pass()
			if again := r.taken(); len(again) != 1 || again[0].id != first[0].id || again[0].raw != first[0].raw {
				t.Errorf("%v after %v", again, first)
			}
		})
	}
}

func TestStoppingWhileSendingSendsAgain(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r)
		w.report()
		w.relay()
		stopping, stop := context.WithCancel(ctx)
		r.answers(func(int, got) int { stop(); return http.StatusOK })
		if err := w.hub.Pass(stopping); err != nil {
			t.Fatal(err)
		}
		first := r.taken()
		r.answers(nil)
		w.pass()
		all := append(first, r.taken()...)
		if x := w.find(sub); x.Position != 1 || len(all) == 0 || len(all) > 2 || all[len(all)-1].id != all[0].id {
			t.Errorf("%d came, it stands at %d", len(all), x.Position)
		}
	})
}

func TestASlowReceiverHoldsUpNobodyElseAndIsGivenUpInTime(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.hub.Reach(fetch.Options{AllowLoopback: true, Timeout: time.Second})
		slow, quick := newReceiver(t), newReceiver(t)
		late := w.subscribe(slow)
		w.subscribe(quick)
		goOn, came := make(chan struct{}), make(chan string, 10)
		slow.answers(func(int, got) int { <-goOn; return http.StatusOK })
		quick.answers(func(_ int, g got) int { came <- g.ID; return http.StatusOK })
		w.report()
		w.report()
		w.relay()
		running, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() { w.hub.Run(running) })
		first := <-came
		if second := <-came; second == first {
			t.Error("the quick one got the same twice")
		}
		for w.find(late).Attempts == 0 {
			runtime.Gosched()
		}
		stop()
		wg.Wait()
		close(goOn)
		log, err := w.hub.Tries(ctx, w.admin(), late)
		if err != nil || len(log) != 1 || log[0].Failure != "timeout" || log[0].Status != 0 || log[0].Took < 200*time.Millisecond {
			t.Fatalf("%+v %v", log, err)
		}
		slow.answers(nil)
		w.hub.Reach(fetch.Options{AllowLoopback: true})
		w.Clock.Set(w.find(late).NextAt)
		w.pass()
		all := slow.taken()
		if len(all) != 3 || all[0].ID != first || all[1].raw != all[0].raw || all[2].Data.Seq != 1 || w.find(late).Position != 2 {
			t.Errorf("%v", all)
		}
	})
}

func TestAfterDaysOfFailureItIsSwitchedOffAndTheAdministratorsAreTold(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r)
		w.report()
		r.answers(func(int, got) int { return http.StatusNotFound })
		began, tries := w.Clock.Now(), 0
		for ; w.find(sub).State == webhook.On && tries < 100; tries++ {
			w.pass()
			w.Clock.Set(w.find(sub).NextAt)
		}
		if d := w.Clock.Now().Sub(began); w.find(sub).State != webhook.Off || d < 5*24*time.Hour || d > 6*24*time.Hour || tries > 40 {
			t.Fatalf("%s after %v and %d attempts", w.find(sub).State, d, tries)
		}
		inbox, err := notice.Inbox(ctx, w.DB, w.Division, "a", []notice.Address{{Kind: notice.Role, Target: people.Admin}}, time.Time{}, 10)
		if err != nil || len(inbox) != 1 || inbox[0].Case != sub || inbox[0].Seq != 0 || !strings.Contains(inbox[0].Text.ZH, "“接收方”连续失败") {
			t.Fatalf("%+v %v", inbox, err)
		}
		r.taken()
		if w.pass(); len(r.taken()) != 0 {
			t.Error("it still sends")
		}
		r.answers(nil)
		if err := w.hub.Switch(ctx, w.admin(), sub, true); err != nil {
			t.Fatal(err)
		}
		if w.pass(); len(r.taken()) != 1 || w.find(sub).State != webhook.On {
			t.Error("switched on again it does not go on")
		}
		r.answers(func(int, got) int { return http.StatusGone })
		w.report()
		if w.pass(); w.find(sub).State != webhook.Off {
			t.Error("a receiver that is gone is asked again")
		}
		if err := w.hub.Delete(ctx, w.admin(), sub); err != nil {
			t.Fatal(err)
		}
		if inbox, err := notice.Inbox(ctx, w.DB, w.Division, "a", []notice.Address{{Kind: notice.Role, Target: people.Admin}}, time.Time{}, 10); err != nil || len(inbox) != 0 {
			t.Errorf("of a deleted subscription the inbox says %+v, %v", inbox, err)
		}
	})
}

func TestReplayFromAPositionAndFromAnInstant(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r)
		w.life()
		w.Clock.Advance(time.Hour)
		since := w.Clock.Now()
		w.report()
		w.pass()
		first := r.taken()
		replay := func(position int64, since time.Time, want int64) {
			t.Helper()
			at, err := w.hub.Replay(ctx, w.admin(), sub, position, since)
			if err != nil || at != want {
				t.Fatalf("from %d: %v, want %d", at, err, want)
			}
			w.pass()
			again := r.taken()
			if len(again) != len(first)-int(want)+1 {
				t.Fatalf("%d came again", len(again))
			}
			for i, g := range again {
				if g.raw != first[int(want)-1+i].raw {
					t.Errorf("%s, first it was %s", g.raw, first[int(want)-1+i].raw)
				}
			}
		}
		replay(3, time.Time{}, 3)
		replay(0, since, 6)
		if _, err := w.hub.Replay(ctx, w.admin(), sub, 7, time.Time{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("from the future: %v", err)
		}
		if _, err := w.hub.Replay(ctx, w.admin(), sub, 0, w.Clock.Now().Add(time.Hour)); !fault.Is(err, fault.Invalid) {
			t.Errorf("from tomorrow: %v", err)
		}
		err := w.DB.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM outbox WHERE position < 4`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		replay(1, time.Time{}, 4) // older ones are no longer kept
	})
}

func TestATestMessageAndANewSecret(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r)
		try, err := w.hub.Test(ctx, w.admin(), sub)
		if err != nil || !try.OK() || try.Status != 204 {
			t.Fatalf("%+v %v", try, err)
		}
		if all := r.taken(); len(all) != 1 || all[0].Type != "webhook.test" || all[0].Data != nil || w.find(sub).Position != 0 {
			t.Errorf("%+v", all)
		}
		fresh, err := w.hub.Renew(ctx, w.admin(), sub)
		if err != nil {
			t.Fatal(err)
		}
		r.secret = []string{fresh, r.secret[0]} // for a day both sign
		w.report()
		w.pass()
		r.secret = r.secret[:1]
		w.Clock.Advance(25 * time.Hour)
		w.report()
		if w.pass(); len(r.taken()) != 2 {
			t.Error("with the new secret nothing came")
		}
	})
}

func TestAddressesInPrivateNetworksAreRefused(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, tables...))
	strict := webhook.New(w.hub.Deps)
	for address, key := range map[string]string{
		"https://127.0.0.1/x": "webhook.private", "https://localhost/x": "webhook.private", "https://10.1.2.3/x": "webhook.private",
		"https://169.254.169.254/latest/meta-data": "webhook.private", "https://[::1]/x": "webhook.private", "https://192.168.0.1": "webhook.private",
		"https://[::ffff:10.0.0.1]/": "webhook.private", "https://8.8.8.8:8443/x": "webhook.private", "http://8.8.8.8/x": "webhook.https",
		"ftp://8.8.8.8/": "webhook.https", "https://a:b@8.8.8.8/": "webhook.url", "": "webhook.url", "https:///x": "webhook.url", "https://no-such-host.invalid/": "webhook.no_host",
	} {
		_, _, err := strict.Create(ctx, w.admin(), webhook.Draft{Name: "x", URL: address, Types: webhook.Types()})
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "url" || f.Fields[0].Key != key {
			t.Errorf("%s: %v, want %s", address, err, key)
		}
	}
	if _, _, err := strict.Create(ctx, w.admin(), webhook.Draft{Name: "x", URL: "https://8.8.8.8/x", Types: webhook.Types()}); err != nil {
		t.Errorf("a public address: %v", err)
	}
	if _, _, err := strict.Create(ctx, w.Staff("acceptor", "", 0), webhook.Draft{Name: "x", URL: "https://8.8.8.8/x", Types: webhook.Types()}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an acceptor: %v", err)
	}
}

// A name may be pointed elsewhere after it was saved, and a receiver may send
// on: neither reaches a private network.
func TestNothingReachesAPrivateNetworkLater(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, tables...))
	inner, r := newReceiver(t), newReceiver(t)
	sub := w.subscribe(inner)
	w.report()
	strict := webhook.New(w.hub.Deps)
	if err := strict.Pass(ctx); err != nil {
		t.Fatal(err)
	}
	log, err := w.hub.Tries(ctx, w.admin(), sub)
	if err != nil || len(log) != 1 || log[0].Failure != "private" || log[0].Status != 0 {
		t.Errorf("%+v %v", log, err)
	}
	if err := w.hub.Delete(ctx, w.admin(), sub); err != nil {
		t.Fatal(err)
	}
	sub = w.subscribe(r)
	w.report()
	r.header.Set("Location", inner.URL)
	for _, status := range []int{301, 302, 307, 308} {
		r.answers(func(int, got) int { return status })
		w.pass()
		w.Clock.Set(w.find(sub).NextAt)
	}
	log, err = w.hub.Tries(ctx, w.admin(), sub)
	if err != nil || len(log) != 4 || slices.ContainsFunc(log, func(t webhook.Try) bool { return t.Failure != "redirect" }) {
		t.Errorf("%+v %v", log, err)
	}
	if n := len(inner.taken()); n != 0 {
		t.Errorf("%d messages reached what was not to be reached", n)
	}
}

func TestTheLogForgetsItsOldestLinesAndDeletingEndsAll(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		r := newReceiver(t)
		sub := w.subscribe(r)
		for range 105 {
			w.report()
		}
		for range 8 { // a burst at a time
			w.pass()
		}
		log, err := w.hub.Tries(ctx, w.admin(), sub)
		if err != nil || len(r.taken()) != 105 || len(log) != 100 || log[0].Position != 105 || log[99].Position != 6 {
			t.Fatalf("%d lines, %v", len(log), err)
		}
		if err := w.hub.Delete(ctx, w.admin(), sub); err != nil {
			t.Fatal(err)
		}
		w.report()
		if w.pass(); len(r.taken()) != 0 {
			t.Error("a deleted subscription sends")
		}
		if _, err := w.hub.Find(ctx, w.admin(), sub); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		var n int
		if err := w.DB.QueryRow(ctx, `SELECT count(*) FROM webhook_try`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d lines are left, %v", n, err)
		}
	})
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/config"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/packs"
)

// beginning is what many tests begin with. It is made once for each engine, when
// a test first asks, and copied for every test.
type beginning struct {
	name   string
	at     time.Time // of the clock that made it
	make   func(*App) error
	moulds [2]mould // SQLite, PostgreSQL
}

// mould is a folder and a database that are copied.
type mould struct {
	once    sync.Once
	dir, db string
	err     error
}

var (
	// told is the demonstration with its cases.
	told = &beginning{name: "told", at: time.Now(), make: fill}
	// zoned is the demonstration's city without cases.
	zoned = &beginning{name: "zoned", at: enginetest.Begin, make: func(a *App) error {
		if _, err := a.Demo(context.Background()); err != nil {
			return err
		}
		v, err := a.public(context.Background())
		if err != nil {
			return err
		}
		return moreCollectors(a, people.SystemActor(v.Division.ID))
	}}
	// packed is a real city, not a demonstration, with the same pack.
	packed = &beginning{name: "packed", at: packedAt, make: func(a *App) error {
		dir, err := packs.FS(demoPack)
		if err != nil {
			return err
		}
		list, problems := CheckPack(dir)
		if err := problems.Err(); err != nil {
			return err
		}
		_, err = a.ApplyPack(context.Background(), list)
		return err
	}}
)

// packedAt is when the packed city begins: a Monday morning.
var packedAt = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// copy puts the beginning into the empty folder and the empty database: "" is
// SQLite in the folder, anything else PostgreSQL.
func (b *beginning) copy(t testing.TB, dir, db string) {
	t.Helper()
	m := &b.moulds[0]
	if db != "" {
		m = &b.moulds[1]
	}
	m.once.Do(func() {
		if db != "" {
			var drop func() error
			m.db, drop = dbtest.PostgresKept(t)
			atTheEnd(drop)
		}
		m.dir = filepath.Join(workshop, b.name+map[bool]string{true: "-postgres"}[db != ""])
		m.err = b.fill(m)
	})
	if m.err != nil {
		t.Fatal(m.err)
	}
	if err := os.CopyFS(dir, os.DirFS(m.dir)); err != nil {
		t.Fatal(err)
	}
	if db != "" {
		dbtest.Refill(t, db, m.db)
	}
}

func (b *beginning) fill(m *mould) error {
	cfg := demoConfig(m.dir, m.db)
	cfg.Demo = b != packed
	a, err := New(context.Background(), cfg, clock.At(b.at), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(b.make(a), a.Close())
}

func demoConfig(dir, db string) *config.Config {
	return &config.Config{Data: dir, Addr: "127.0.0.1:0", DB: db, Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour}
}

// demo is the program with the demonstration told. db is "" or an empty
// PostgreSQL database.
func demo(t *testing.T, db string) *App {
	t.Helper()
	dir := t.TempDir()
	told.copy(t, dir, db)
	return opened(t, demoConfig(dir, db), clock.System())
}

// opened is the program; it is closed with the test.
func opened(t *testing.T, cfg *config.Config, clk clock.Clock) *App {
	t.Helper()
	a, err := New(context.Background(), cfg, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// demoAt tells the demonstration at another time than now.
func demoAt(t *testing.T, db string, clk clock.Clock) *App {
	t.Helper()
	a := opened(t, demoConfig(t.TempDir(), db), clk)
	if err := fill(a); err != nil {
		t.Fatal(err)
	}
	return a
}

// fill tells the demonstration.
func fill(a *App) error {
	tell, err := a.Demo(context.Background())
	if err != nil {
		return err
	}
	return tell(context.Background())
}

// workshop is where the program is built and moulds are kept; it goes with this
// process, and with it what was to be done at the end.
var (
	workshop string
	ending   sync.Mutex
	ends     []func() error
)

func atTheEnd(fn func() error) {
	ending.Lock()
	defer ending.Unlock()
	ends = append(ends, fn)
}

// Many worlds are opened and few are kept: collecting seldom saves a fifth of the
// processor's time, and the limit keeps memory from filling.
const (
	gcPercent = 300
	gcLimit   = 1536 << 20
)

func TestMain(m *testing.M) {
	var err error
	if workshop, err = os.MkdirTemp("", "xiucheng-program"); err != nil {
		panic(err)
	}
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(gcLimit)
	code := m.Run()
	for _, fn := range ends {
		if err := fn(); err != nil {
			println("at the end:", err.Error())
		}
	}
	_ = os.RemoveAll(workshop)
	os.Exit(code)
}

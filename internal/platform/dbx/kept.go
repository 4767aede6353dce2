package dbx

import (
	"context"
	"embed"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// own holds the tables of this package; Migrate makes them before all others.
var own = Migration{Name: "dbx", FS: Sub(files, "migrations")}

// freshFor is how long another process's change may go unnoticed. This
// process's own changes are noticed at once.
const freshFor = 250 * time.Millisecond

// Kept is something that is read often and changes seldom, kept in memory for
// each division and read again when its generation has moved. Whoever changes
// what it is made of says so with Moved, in the same transaction.
type Kept[T any] struct {
	db   *DB
	name string
	load func(ctx context.Context, division id.ID) (T, error)

	reading singleflight.Group // what takes long to read is read once for all who wait

	mu  sync.RWMutex
	has map[id.ID]kept[T]
}

type kept[T any] struct {
	generation int64
	value      T
}

// NewKept keeps what load reads under a name. A value must not be changed once
// it was returned.
func NewKept[T any](db *DB, name string, load func(ctx context.Context, division id.ID) (T, error)) *Kept[T] {
	return &Kept[T]{db: db, name: name, load: load, has: map[id.ID]kept[T]{}}
}

// Get returns the division's value. It sees every change this process has
// committed, and others' within a quarter of a second. Errors are load's.
func (k *Kept[T]) Get(ctx context.Context, division id.ID) (v T, err error) {
	n, err := k.db.generations.find(ctx, k.db, division, k.name)
	if err != nil {
		return v, err
	}
	k.mu.RLock()
	have, ok := k.has[division]
	k.mu.RUnlock()
	if ok && have.generation == n {
		return have.value, nil
	}
	read, err, _ := k.reading.Do(fmt.Sprintf("%s %d", division, n), func() (any, error) {
		return k.load(context.WithoutCancel(ctx), division) // whoever asked first may leave before the others
	})
	if err != nil {
		return v, err
	}
	v = read.(T)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.has[division].generation <= n { // a slower reader must not put an older value back
		k.has[division] = kept[T]{n, v}
	}
	return v, nil
}

// Moved makes every Kept of the name read the division again once the
// transaction is committed.
func Moved(ctx context.Context, tx *Tx, division id.ID, name string) (err error) {
	defer fault.Trace(&err, "dbx.Moved(%s)", name)
	g := tx.db.generations
	tx.AfterCommit(func() { g.forget(division) })
	_, err = tx.Exec(ctx, `INSERT INTO generation (division, name, n) VALUES ($1, $2, 1)
		ON CONFLICT (division, name) DO UPDATE SET n = generation.n + 1`, division, name)
	return err
}

// generations is what was last read of the table.
type generations struct {
	mu    sync.RWMutex
	read  map[id.ID]counted
	epoch map[id.ID]int // how often the division was forgotten
}

type counted struct {
	at     time.Time
	byName map[string]int64
}

func newGenerations() *generations {
	return &generations{read: map[id.ID]counted{}, epoch: map[id.ID]int{}}
}

func (g *generations) forget(division id.ID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.read, division)
	g.epoch[division]++
}

// find returns a counter, 0 before its first change.
func (g *generations) find(ctx context.Context, db *DB, division id.ID, name string) (int64, error) {
	g.mu.RLock()
	c, ok := g.read[division]
	epoch := g.epoch[division]
	g.mu.RUnlock()
	if ok && time.Since(c.at) < freshFor {
		return c.byName[name], nil
	}
	c = counted{time.Now(), map[string]int64{}}
	rows, err := db.Query(ctx, `SELECT name, n FROM generation WHERE division = $1`, division)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return 0, translate(err)
		}
		c.byName[name] = n
	}
	if err := rows.Err(); err != nil {
		return 0, translate(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.epoch[division] == epoch { // else a change was committed meanwhile, and what was read may be older
		g.read[division] = c
	}
	return c.byName[name], nil
}

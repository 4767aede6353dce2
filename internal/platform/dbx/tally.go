package dbx

import (
	"database/sql"
	"math"
	"sync/atomic"
	"time"
)

// Tally counts how often a value was at most each of some bounds.
type Tally struct {
	bounds []float64
	counts []atomic.Uint64 // one more than bounds: those above all
	sum    atomic.Uint64   // bits of a float64
}

func newTally(bounds ...float64) *Tally {
	return &Tally{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

func (t *Tally) add(v float64) {
	i := 0
	for i < len(t.bounds) && v > t.bounds[i] {
		i++
	}
	for old := t.sum.Load(); !t.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)); old = t.sum.Load() {
	}
	t.counts[i].Add(1)
}

// Read returns how many values there were, their sum, and how many were at
// most each bound.
func (t *Tally) Read() (count uint64, sum float64, upTo map[float64]uint64) {
	upTo = make(map[float64]uint64, len(t.bounds))
	for i, b := range t.bounds {
		count += t.counts[i].Load()
		upTo[b] = count
	}
	return count + t.counts[len(t.bounds)].Load(), math.Float64frombits(t.sum.Load()), upTo
}

// load is what a database counts about its writers.
type load struct {
	calls  *Tally        // in one transaction that was kept
	took   *Tally        // seconds from its beginning to its durable end
	failed atomic.Uint64 // transactions that were not kept
}

func newLoad() *load {
	return &load{calls: newTally(1, 2, 4, 8, 16, 32, 64, 128, groupMax), took: newTally(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5)}
}

func (l *load) count(calls int, start time.Time, err error) {
	if err != nil {
		l.failed.Add(1)
		return
	}
	l.calls.add(float64(calls))
	l.took.add(time.Since(start).Seconds())
}

// Load is how busy the database is at this moment and was since it was opened.
type Load struct {
	Waiting, MayWait int    // calls of Write in the queue, and its length
	Calls            *Tally // of Write in one durable transaction
	Took             *Tally // seconds of one, from its beginning to its durable end
	Failed           uint64 // transactions undone: a refusal in one call, or a broken disk
	Pool             sql.DBStats
}

// Load reads the figures; it costs nothing worth counting.
func (db *DB) Load() Load {
	return Load{Waiting: len(db.queue), MayWait: cap(db.queue), Calls: db.load.calls, Took: db.load.took, Failed: db.load.failed.Load(), Pool: db.read.Stats()}
}

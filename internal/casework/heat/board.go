package heat

import (
	"context"
	"database/sql"
	"sync"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// name is the generation that moves when cases came without events.
const name = "heat"

// Moved says that cases were brought in without events: every process reads
// the division's places again. Use it in the transaction that ends the bringing.
func Moved(ctx context.Context, tx *dbx.Tx, division id.ID) error {
	return dbx.Moved(ctx, tx, division, name)
}

// Map shows the cases of every division.
type Map struct {
	db     *dbx.DB
	boards *dbx.Kept[*board]
}

// New returns the map of the database. It reads a division when it is first asked.
func New(db *dbx.DB) *Map {
	return &Map{db: db, boards: dbx.NewKept(db, name, func(ctx context.Context, division id.ID) (*board, error) {
		return read(ctx, db, division)
	})}
}

// Follow brings the division up to date, so that the next look need not.
func (m *Map) Follow(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "heat.Follow(%s)", division)
	_, err = m.board(ctx, division)
	return err
}

func (m *Map) board(ctx context.Context, division id.ID) (*board, error) {
	b, err := m.boards.Get(ctx, division)
	if err != nil {
		return nil, err
	}
	return b, b.follow(ctx, m.db, division)
}

// board is where the cases of one division lie.
type board struct {
	following sync.Mutex // one reader of the outbox at a time

	mu       sync.RWMutex
	position int64 // of the outbox
	words    [facets]words
	tiles    map[int64]*tile
	open     map[id.ID]int64 // the tile of each case that has not ended
}

// read reads every place of the division. Cases that change meanwhile are read
// again with their events, because the position is taken first.
func read(ctx context.Context, db *dbx.DB, division id.ID) (b *board, err error) {
	b = &board{tiles: map[int64]*tile{}, open: map[id.ID]int64{}}
	if b.position, err = event.Head(ctx, db, division); err != nil {
		return nil, err
	}
	// Written so that no index by place serves: rows picked by place lie all over
	// the file, and nearly all are wanted. SQLite then reads them as they came.
	rows, err := db.Query(ctx, `SELECT id, cell, lat, lng, terminal, due, opened, procedure, state, dept, assignee, class, grid, priority, source
		FROM cases WHERE division = $1 AND COALESCE(cell, 0) <> 0`, division)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := b.scan(rows); err != nil {
			return nil, err
		}
	}
	return b, rows.Err()
}

func (b *board) scan(rows *sql.Rows) error {
	var s spot
	var cell int64
	var lat, lng float64
	var f [facets]string
	err := rows.Scan(&s.id, &cell, &lat, &lng, &s.terminal, &s.due, &s.opened, &f[procedures], &f[states], &f[depts], &f[assignees], &f[classes], &f[grids], &f[priorities], &f[sources])
	if err != nil {
		return err
	}
	s.lat, s.lng = degrees(lat), degrees(lng)
	b.put(s, f, cell)
	return nil
}

// reload takes over everything as it is now.
func (b *board) reload(ctx context.Context, db *dbx.DB, division id.ID) error {
	fresh, err := read(ctx, db, division)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.position, b.words, b.tiles, b.open = fresh.position, fresh.words, fresh.tiles, fresh.open
	return nil
}

// batch is how many events are followed at once; beyond so many batches reading
// everything again is cheaper.
const (
	batch = 500
	far   = 40 * batch
)

// follow reads the cases of the events since the last look.
func (b *board) follow(ctx context.Context, db *dbx.DB, division id.ID) error {
	head, err := event.Head(ctx, db, division)
	if err != nil || head == b.at() {
		return err
	}
	b.following.Lock()
	defer b.following.Unlock()
	if head-b.at() > far {
		return b.reload(ctx, db, division)
	}
	for b.at() < head {
		events, err := event.Follow(ctx, db, division, b.at(), batch)
		switch {
		case err != nil || len(events) == 0:
			return err
		case events[0].Position != b.at()+1: // those between are gone
			return b.reload(ctx, db, division)
		}
		if err := b.take(ctx, db, division, events); err != nil {
			return err
		}
	}
	return nil
}

func (b *board) at() int64 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.position
}

func (b *board) take(ctx context.Context, db *dbx.DB, division id.ID, events []event.Event) error {
	seen := map[id.ID]bool{}
	var cases []id.ID
	for _, e := range events {
		if e.Topic == record.Topic && !seen[e.Subject] {
			seen[e.Subject] = true
			cases = append(cases, e.Subject)
		}
	}
	rows, err := record.Rows(ctx, db, division, record.Filter{}, cases)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range rows {
		b.drop(r.ID)
		if r.Place != nil {
			b.put(spotOf(r), facetsOf(r), cellOf(r))
		}
	}
	b.position = events[len(events)-1].Position
	return nil
}

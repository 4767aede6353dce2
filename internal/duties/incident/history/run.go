package history

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xiucheng/internal/casework/heat"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// batch is how many lines one durable transaction takes.
const batch = 1000

// Import is one run over one file.
type Import struct {
	DB         *dbx.DB
	Division   id.ID
	Procedure  *procedure.Procedure
	Places     *place.Map
	Catalogue  *catalogue.Catalogue
	Directory  *people.Directory
	Calendars  [2]*calendar.Calendar // of the desk and of the departments
	Digest     string                // of the chains: record.SM3, or "" for SHA-256
	Now        time.Time
	Mapping    *Mapping
	File       string
	Rejects    string   // where lines go that are set aside
	Relocate   *geo.Box // where the places are moved to; nil leaves them
	OnProgress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Lines, Imported, Known, Rejected int64
	Share                            float64 // of the file, 0 to 1
	Resumed                          bool    // an earlier run of the file was cut off, and this one went on there
}

// Run imports what is not there yet. A run that was cut off goes on behind its
// last durable batch; a run over a file that is in adds nothing. Lines that
// cannot be are written to Rejects with number and reason; a mapping that does
// not fit the file is an error before anything is written.
func (im Import) Run(ctx context.Context) (p Progress, err error) {
	b, err := im.builder()
	if err != nil {
		return p, err
	}
	if im.Relocate != nil {
		if b.relocate, err = im.survey(); err != nil {
			return p, err
		}
	}
	r := &run{Import: im, b: b}
	if err = r.begin(ctx); err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, r.table.close(), r.rejects.Close()) }()
	if err = r.all(ctx); err == nil {
		err = im.DB.Analyze(ctx)
	}
	return r.at, err
}

func (im Import) builder() (*builder, error) {
	_, initial, err := im.Procedure.Initial(&rule.View{Now: im.Now})
	return &builder{Mapping: im.Mapping, engine: im.DB.Engine(), division: im.Division, digest: im.Digest, now: im.Now, proc: im.Procedure, initial: initial,
		desk: im.Calendars[0], dept: im.Calendars[1], places: im.Places, classes: im.Catalogue, directory: im.Directory}, err
}

// relocation moves places from one rectangle into another, each side for itself.
type relocation struct{ from, to geo.Box }

func (r relocation) move(p geo.Point) geo.Point {
	along := func(v, from, width, to, span float64) float64 {
		if width == 0 {
			return to + span/2
		}
		return to + (v-from)/width*span
	}
	return geo.Point{
		Lat: along(p.Lat, r.from.S, r.from.N-r.from.S, r.to.S, r.to.N-r.to.S),
		Lng: along(p.Lng, r.from.W, r.from.E-r.from.W, r.to.W, r.to.E-r.to.W),
	}
}

// survey finds the rectangle the file's places lie in.
func (im Import) survey() (*relocation, error) {
	var read atomic.Int64
	t, err := openTable(im.File, im.Mapping, &read)
	if err != nil {
		return nil, err
	}
	r := &relocation{to: *im.Relocate}
	first := true
	for {
		l, err := t.next()
		if errors.Is(err, io.EOF) {
			return r, t.close()
		}
		if err != nil {
			return nil, errors.Join(err, t.close())
		}
		if l.bad != "" {
			continue
		}
		cells := map[string]string{}
		for i, h := range t.columns() {
			cells[h] = l.cells[i]
		}
		if p, err := im.Mapping.Point(cells); err == nil && p != nil {
			if first {
				r.from, first = geo.Box{W: p.Lng, S: p.Lat, E: p.Lng, N: p.Lat}, false
			}
			r.from = r.from.Add(*p)
		}
	}
}

// run is an import at work.
type run struct {
	Import
	b       *builder
	table   table
	read    atomic.Int64
	size    int64
	sum     []byte
	rejects *os.File
	out     *csv.Writer
	at      Progress
}

// begin opens the file and goes to where an earlier run ended.
func (r *run) begin(ctx context.Context) (err error) {
	if r.sum, r.size, err = r.digest(); err != nil {
		return err
	}
	var at Progress
	var kept int64
	var done bool
	err = r.DB.QueryRow(ctx, `SELECT lines, imported, known, rejected, rejects, done FROM history_run WHERE division = $1 AND origin = $2 AND sum = $3`,
		r.Division, r.Mapping.Origin, r.sum).Scan(&at.Lines, &at.Imported, &at.Known, &at.Rejected, &kept, &done)
	switch {
	case err == nil && !done:
		r.at, r.at.Resumed = at, true
	default: // never begun, or done: from the first line on
		kept = 0
	}
	if err := os.MkdirAll(filepath.Dir(r.Rejects), 0o700); err != nil {
		return err
	}
	if r.rejects, err = os.OpenFile(r.Rejects, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	if err := r.rejects.Truncate(kept); err != nil {
		return err
	}
	if _, err := r.rejects.Seek(kept, io.SeekStart); err != nil {
		return err
	}
	if r.table, err = openTable(r.File, r.Mapping, &r.read); err != nil {
		return err
	}
	r.b.head = r.table.columns()
	if missing := r.Mapping.missing(r.b.head); len(missing) > 0 {
		return fmt.Errorf("the table has no column %q; it has %q", missing, r.b.head)
	}
	r.out = csv.NewWriter(r.rejects)
	if kept == 0 {
		if err := r.out.Write(append([]string{"line", "reason"}, r.b.head...)); err != nil {
			return err
		}
	}
	for range r.at.Lines {
		if _, err := r.table.next(); err != nil {
			return err
		}
	}
	return nil
}

// digest tells this run from others: the file, and where its places go.
func (r *run) digest() (sum []byte, size int64, err error) {
	f, err := os.Open(r.File)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	fmt.Fprint(h, r.Relocate)
	return h.Sum(nil), size, err
}

// load is one batch on its way.
type load struct {
	lines []line
	cases []*built // nil where the line is set aside
	why   []error
	read  int64
	err   error
}

// all builds the next batch while one is being written.
func (r *run) all(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	loads := make(chan *load, 2)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() {
		defer close(loads)
		for {
			l := r.load()
			select {
			case loads <- l:
			case <-ctx.Done():
				return
			}
			if l.err != nil || len(l.lines) < batch {
				return
			}
		}
	})
	for l := range loads {
		if l.err != nil {
			return l.err
		}
		if err := r.write(ctx, l); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// load reads a batch and builds its cases on all processors.
func (r *run) load() *load {
	l := &load{lines: make([]line, 0, batch)}
	for len(l.lines) < batch {
		x, err := r.table.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return &load{err: err}
		}
		l.lines = append(l.lines, x)
	}
	l.cases, l.why = make([]*built, len(l.lines)), make([]error, len(l.lines))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(l.lines); i = int(next.Add(1)) - 1 {
				l.cases[i], l.why[i] = r.b.build(l.lines[i])
			}
		})
	}
	wg.Wait()
	l.read = r.read.Load()
	for _, err := range l.why {
		var no refusal
		if err != nil && !errors.As(err, &no) {
			l.err = err
		}
	}
	return l
}

// write keeps a batch: its cases, its rejects, and how far the run is.
func (r *run) write(ctx context.Context, l *load) error {
	known, err := r.known(ctx, l)
	if err != nil {
		return err
	}
	next := r.at
	next.Lines += int64(len(l.lines))
	next.Share = float64(l.read) / float64(max(r.size, 1))
	var fresh []*built
	for i, c := range l.cases {
		switch {
		case c == nil:
			next.Rejected++
			cells := append([]string{strconv.FormatInt(l.lines[i].n, 10), l.why[i].Error()}, l.lines[i].cells...)
			if err := r.out.Write(cells); err != nil {
				return err
			}
		case known[c.foreign]:
			next.Known++
		default:
			known[c.foreign] = true // a second line of the same case adds nothing
			next.Imported++
			fresh = append(fresh, c)
		}
	}
	r.out.Flush()
	if err := errors.Join(r.out.Error(), r.rejects.Sync()); err != nil {
		return err
	}
	kept, err := r.rejects.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, c := range fresh {
			if err := r.keep(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, c := range fresh { // behind all rows, which then are written together
			if err := c.words.Add(ctx, tx); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO history_run (division, origin, sum, lines, imported, known, rejected, rejects, done) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (division, origin, sum) DO UPDATE SET lines = $4, imported = $5, known = $6, rejected = $7, rejects = $8, done = $9`,
			r.Division, r.Mapping.Origin, r.sum, next.Lines, next.Imported, next.Known, next.Rejected, kept, len(l.lines) < batch)
		if err != nil || len(l.lines) == batch {
			return err
		}
		return errors.Join(seal.Walk(ctx, tx, r.Division), heat.Moved(ctx, tx, r.Division))
	})
	if err != nil {
		return err
	}
	r.at = next
	if r.OnProgress != nil {
		r.OnProgress(next)
	}
	return nil
}

func (r *run) keep(ctx context.Context, tx *dbx.Tx, c *built) error {
	if err := record.Bring(ctx, tx, c.c, c.columns, c.events); err != nil {
		return err
	}
	return tx.Add(ctx, &newCases, r.Division, r.Mapping.Origin, c.foreign, c.c.ID)
}

var newCases = dbx.Rows{Columns: 4, Into: `INSERT INTO history_case (division, origin, foreign_id, case_id) VALUES`}

// known are those of the batch's cases that are there already.
func (r *run) known(ctx context.Context, l *load) (map[string]bool, error) {
	args := []any{r.Division, r.Mapping.Origin}
	for _, c := range l.cases {
		if c != nil {
			args = append(args, c.foreign)
		}
	}
	out := map[string]bool{}
	if len(args) == 2 {
		return out, nil
	}
	rows, err := r.DB.Query(ctx, `SELECT foreign_id FROM history_case WHERE division = $1 AND origin = $2 AND foreign_id IN (`+dbx.In(3, len(args)-2)+`)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out[s] = true
	}
	return out, rows.Err()
}

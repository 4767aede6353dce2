package search

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// batch is how many cases one transaction indexes; the writer is nobody's for
// longer than some milliseconds.
const batch = 250

// burst is how many batches one pass follows: in a storm of reports the words
// fall behind, rather than the reports.
const burst = 2

// Indexer keeps the index of a division some moments behind its cases.
type Indexer struct{ db *dbx.DB }

// NewIndexer returns an indexer of the database.
func NewIndexer(db *dbx.DB) *Indexer { return &Indexer{db} }

// head is how far a division is indexed.
type head struct {
	position int64  // of the outbox
	walked   string // cursor of the walk over all cases
	whole    bool   // the walk is done
}

// Pass indexes what has happened in the division since the last pass. A
// division that was never indexed, or whose events are no longer kept, is
// walked from its first case to its last.
func (x *Indexer) Pass(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "search.Pass(%s)", division)
	h, err := x.head(ctx, division)
	for err == nil && !h.whole {
		h, err = x.walk(ctx, division, h)
	}
	for n, done := 0, false; err == nil && !done && n < burst; n++ {
		h, done, err = x.follow(ctx, division, h)
	}
	return err
}

func (x *Indexer) head(ctx context.Context, division id.ID) (h head, err error) {
	err = x.db.QueryRow(ctx, `SELECT position, walked, whole FROM search_head WHERE owner = $1`, division).Scan(&h.position, &h.walked, &h.whole)
	if !fault.Is(err, fault.NotFound) {
		return h, err
	}
	h.position, err = event.Head(ctx, x.db, division)
	return h, err
}

func keepHead(ctx context.Context, tx *dbx.Tx, division id.ID, h head) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_head (owner, position, walked, whole) VALUES ($1, $2, $3, $4)
		ON CONFLICT (owner) DO UPDATE SET position = $2, walked = $3, whole = $4`, division, h.position, h.walked, h.whole)
	return err
}

// walk indexes the next cases of the whole division.
func (x *Indexer) walk(ctx context.Context, division id.ID, h head) (head, error) {
	page, err := record.List(ctx, x.db, division, record.Filter{Sort: record.ByOpened, After: h.walked, Limit: batch})
	if err != nil {
		return h, err
	}
	h.walked, h.whole = page.Next, page.Next == ""
	return h, x.put(ctx, division, page.Rows, h)
}

// follow indexes the cases of the next events; done when there are no more.
func (x *Indexer) follow(ctx context.Context, division id.ID, h head) (_ head, done bool, err error) {
	events, err := event.Follow(ctx, x.db, division, h.position, batch)
	if err != nil || len(events) == 0 {
		return h, true, err
	}
	if events[0].Position != h.position+1 { // those between are gone
		h = head{position: events[0].Position - 1}
		for err == nil && !h.whole {
			h, err = x.walk(ctx, division, h)
		}
		return h, false, err
	}
	seen := map[id.ID]bool{}
	var cases []id.ID
	for _, e := range events {
		if e.Topic == record.Topic && !seen[e.Subject] {
			seen[e.Subject] = true
			cases = append(cases, e.Subject)
		}
	}
	rows, err := record.Rows(ctx, x.db, division, record.Filter{}, cases)
	if err != nil {
		return h, false, err
	}
	h.position = events[len(events)-1].Position
	return h, len(events) < batch, x.put(ctx, division, rows, h)
}

func (x *Indexer) put(ctx context.Context, division id.ID, rows []record.Row, h head) error {
	ids := make([]id.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	texts, err := record.Texts(ctx, x.db, division, ids, "desc")
	if err != nil {
		return err
	}
	entries := make([]Entry, len(rows))
	for i, r := range rows {
		entries[i] = Prepare(x.db.Engine(), Doc{Division: division, Case: r.ID, Opened: r.Opened, Number: r.Number, Title: r.Title, Address: r.Address,
			Text: texts[r.ID], Dept: r.Dept, Family: procedure.Family(r.Procedure), Ended: r.Terminal})
	}
	return x.db.Write(ctx, func(tx *dbx.Tx) error {
		for _, e := range entries {
			if err := e.put(ctx, tx); err != nil {
				return err
			}
		}
		return keepHead(ctx, tx, division, h)
	})
}

// Entry is a document in the form in which an engine keeps it.
type Entry struct {
	Doc
	engine dbx.Engine
	stored string
	sum    []byte
}

// Prepare makes the entry of a document; it is work for outside a transaction.
func Prepare(engine dbx.Engine, d Doc) Entry {
	words := d.words()
	e := Entry{Doc: d, engine: engine, sum: sum(words)}
	if e.engine == dbx.SQLite {
		e.stored = strings.Join(words, " ")
	} else {
		e.stored = vector(words)
	}
	return e
}

// vector writes words as a tsvector. It counts no further than 16,383.
func vector(words []string) string {
	var b strings.Builder
	for i, w := range words {
		fmt.Fprintf(&b, "'%s':%d ", w, min(i+1, 16383))
	}
	return b.String()
}

func (e Entry) put(ctx context.Context, tx *dbx.Tx) error {
	var doc int64
	var was []byte
	err := tx.QueryRow(ctx, `SELECT doc, sum FROM case_search WHERE owner = $1 AND case_id = $2`, e.Division, e.Case).Scan(&doc, &was)
	switch {
	case fault.Is(err, fault.NotFound):
		return e.Add(ctx, tx)
	case err != nil || bytes.Equal(was, e.sum):
		return err
	case e.engine == dbx.Postgres:
		_, err = tx.Exec(ctx, `UPDATE case_search SET sum = $1, words = $2::tsvector WHERE doc = $3`, e.sum, e.stored, doc)
		return err
	}
	if _, err = tx.Exec(ctx, `UPDATE case_search SET sum = $1 WHERE doc = $2`, e.sum, doc); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE case_words SET words = $1 WHERE rowid = $2`, e.stored, doc)
	return err
}

// Add indexes a document that is not there yet, in the transaction that writes
// its case. It gives it a number that grows with the instant the case was
// opened, so that the newest first is the index read backwards.
func (e Entry) Add(ctx context.Context, tx *dbx.Tx) error {
	for doc := e.Opened/1000<<8 | int64(e.Case[len(e.Case)-1]); ; doc++ {
		n, err := e.claim(ctx, tx, doc)
		switch {
		case err != nil:
			return err
		case n == 0: // of another case opened in the same millisecond
			continue
		case e.engine == dbx.SQLite:
			_, err = tx.Exec(ctx, `INSERT INTO case_words (rowid, words) VALUES ($1, $2)`, doc, e.stored)
		}
		return err
	}
}

func (e Entry) claim(ctx context.Context, tx *dbx.Tx, doc int64) (int64, error) {
	if e.engine == dbx.Postgres {
		return tx.Exec(ctx, `INSERT INTO case_search (doc, owner, case_id, sum, words) VALUES ($1, $2, $3, $4, $5::tsvector) ON CONFLICT (doc) DO NOTHING`,
			doc, e.Division, e.Case, e.sum, e.stored)
	}
	return tx.Exec(ctx, `INSERT INTO case_search (doc, owner, case_id, sum) VALUES ($1, $2, $3, $4) ON CONFLICT (doc) DO NOTHING`,
		doc, e.Division, e.Case, e.sum)
}

package search

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Most is how far results are counted: beyond it there are "more than Most".
const Most = 1000

// looked is how many found cases one page holds against the filter. What the
// words leave open the filter must decide case by case, and a page may not
// take longer than that.
const looked = 4000

// Hits is one page of what was found: first the case or place that is named
// exactly, then what says the words in its title, then the others, each newest
// first.
type Hits struct {
	Rows  []record.Row
	Next  string // cursor of the next page; "" at the end. A page may be short and have a next one.
	Total int    // how many cases say the words, counted up to Most+1; of the filter only departments, end and what is left out are looked at
	Short bool   // the question says too little to look for anything
}

// Find looks for cases of the division that say all words of the question and
// fit the filter, whose order, text and cursor are not looked at. after is the
// cursor of the page before; one it did not give is Invalid.
func Find(ctx context.Context, db *dbx.DB, division id.ID, question string, f record.Filter, after string, limit int) (h Hits, err error) {
	defer fault.Trace(&err, "search.Find")
	s := seeker{db: db, division: division, filter: f, limit: limit, left: looked}
	if !s.ask(question) {
		return Hits{Short: true}, nil
	}
	at, err := readCursor(after)
	if err != nil {
		return h, err
	}
	if after == "" {
		if h.Total, err = s.count(ctx); err != nil {
			return h, err
		}
	}
	h.Rows, at, err = s.page(ctx, at)
	if err == nil && at.rank < len(s.ranks) {
		h.Next = fmt.Sprintf("%d.%d", at.rank, at.doc)
	}
	return h, err
}

// place is where a page ended: behind which document of which rank.
type place struct {
	rank int
	doc  int64
}

func readCursor(s string) (p place, err error) {
	if s == "" {
		return place{0, math.MaxInt64}, nil
	}
	if n, err := fmt.Sscanf(s, "%d.%d", &p.rank, &p.doc); err != nil || n != 2 || p.rank < 0 {
		return p, fault.New(fault.Invalid, "record.cursor")
	}
	return p, nil
}

type seeker struct {
	db       *dbx.DB
	division id.ID
	filter   record.Filter
	limit    int
	left     int     // how many found cases may still be looked at
	ranks    []match // one case is in one of them at most
}

// ask turns the question into ranks; false when it says too little.
func (s *seeker) ask(question string) bool {
	said, titled, named := terms(question, ""), terms(question, signTitle), []term{{words: []string{whole(question)}}}
	if len(said) == 0 {
		return false
	}
	s.ranks = []match{{all: named}, {all: titled, but: [][]term{named}}, {all: said, but: [][]term{titled, named}}}
	for i := range s.ranks {
		m := &s.ranks[i]
		if s.filter.Terminal == record.No {
			m.all = append(m.all, term{words: []string{wordOpen}})
		}
		for _, d := range s.filter.Depts {
			m.any = append(m.any, signDept+squash(d))
		}
		if s.filter.Without != "" {
			m.but = append(m.but, []term{{words: []string{signFam + squash(s.filter.Without)}}})
		}
	}
	return true
}

func (s *seeker) match(m match) string {
	if s.db.Engine() == dbx.SQLite {
		return fts5.write(m)
	}
	return tsvector.write(m)
}

// count counts everything that is found, up to Most+1.
func (s *seeker) count(ctx context.Context) (n int, err error) {
	all := s.ranks[2]
	all.but = all.but[2:] // found in whatever rank
	query := `SELECT count(*) FROM (SELECT 1 FROM case_words f CROSS JOIN case_search s ON s.doc = f.rowid WHERE f.words MATCH $1 AND s.owner = $2 LIMIT $3) t`
	if s.db.Engine() == dbx.Postgres {
		query = `SELECT count(*) FROM (SELECT 1 FROM case_search WHERE words @@ $1::tsquery AND owner = $2 LIMIT $3) t`
	}
	err = s.db.QueryRow(ctx, query, s.match(all), s.division, Most+1).Scan(&n)
	return n, err
}

// page reads from the place on until the page is full, everything was seen, or
// enough was looked at; it returns where to go on, behind the last rank when
// there is no more.
func (s *seeker) page(ctx context.Context, at place) (out []record.Row, _ place, err error) {
	for at.rank < len(s.ranks) && len(out) < s.limit && s.left > 0 {
		n := min(s.limit-len(out)+1, s.left)
		if len(out) > 0 || s.left < looked { // the filter refuses some: look further at once
			n = min(4*s.limit, s.left)
		}
		found, err := s.candidates(ctx, at, n)
		if err != nil {
			return nil, at, err
		}
		s.left -= n
		rows, err := record.Rows(ctx, s.db, s.division, s.filter, cases(found))
		if err != nil {
			return nil, at, err
		}
		fits := make(map[id.ID]record.Row, len(rows))
		for _, r := range rows {
			fits[r.ID] = r
		}
		seen := 0
		for _, c := range found {
			if len(out) == s.limit {
				break
			}
			if r, ok := fits[c.id]; ok {
				out = append(out, r)
			}
			at.doc = c.doc
			seen++
		}
		if seen == len(found) && len(found) < n {
			at = place{at.rank + 1, math.MaxInt64}
		}
	}
	return out, at, nil
}

type candidate struct {
	doc int64
	id  id.ID
}

func cases(list []candidate) []id.ID {
	out := make([]id.ID, len(list))
	for i, c := range list {
		out[i] = c.id
	}
	return out
}

func (s *seeker) candidates(ctx context.Context, at place, n int) ([]candidate, error) {
	query := `SELECT f.rowid, s.case_id FROM case_words f CROSS JOIN case_search s ON s.doc = f.rowid
		WHERE f.words MATCH $1 AND f.rowid < $2 AND s.owner = $3 ORDER BY f.rowid DESC LIMIT $4`
	if s.db.Engine() == dbx.Postgres {
		query = `SELECT doc, case_id FROM case_search WHERE words @@ $1::tsquery AND doc < $2 AND owner = $3 ORDER BY doc DESC LIMIT $4`
	}
	rows, err := s.db.Query(ctx, query, s.match(s.ranks[at.rank]), at.doc, s.division, n)
	return dbx.Collect(rows, err, func(r *sql.Rows) (c candidate, err error) {
		err = r.Scan(&c.doc, &c.id)
		return c, err
	})
}

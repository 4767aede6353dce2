package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// What street order has after some years, beside the shops.
const (
	talks      = 20_000 // persuasions, in ninety days
	waiting    = 2000   // vendors without a stall
	operations = 100
	finds      = 60 // of the operation that is under way
)

// crowd writes all that into the tables, each row like one of the demonstration's:
// pages are measured here, not the steps that lead to them.
func (b *bench) crowd(ctx context.Context) error {
	db, err := dbx.Open(ctx, cmp.Or(b.db, "sqlite:"+filepath.Join(b.dir, "data", "xiucheng.db")), nil)
	if err != nil {
		return err
	}
	defer db.Close()
	var have int
	if err := db.QueryRow(ctx, `SELECT COUNT(*) FROM persuasion`).Scan(&have); err != nil || have >= talks {
		return err
	}
	return db.Write(ctx, func(tx *dbx.Tx) error {
		for _, part := range []func(context.Context, *dbx.Tx) error{frontages, persuasions, applications, joint} {
			if err := part(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// before is an instant that ever lies further back: the i-th of n in so many days.
func before(i, n, days int) int64 {
	return clock.Micro(time.Now().Add(-time.Duration(i) * time.Duration(days) * 24 * time.Hour / time.Duration(n)))
}

// frontages gives every shop a pledge and three inspections in the last year.
func frontages(ctx context.Context, tx *dbx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT code FROM register_row WHERE register = 'shop' AND division = (SELECT division FROM frontage_case LIMIT 1) ORDER BY code`)
	codes, err := dbx.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		return err
	}
	err = copies(ctx, tx, "frontage_case", "procedure = 'frontage-pledge' AND state = 'active'", len(codes), func(i int, r row) {
		r["case_id"], r["shop"] = id.New(), codes[i]
	})
	n := 3 * len(codes)
	return errors.Join(err, copies(ctx, tx, "frontage_case", "procedure = 'frontage-inspection'", n, func(i int, r row) {
		r["case_id"], r["shop"], r["opened"], r["moved"] = id.New(), codes[i%len(codes)], before(i, n, 365), before(i, n, 365)
	}))
}

// persuasions are records within a few hundred metres of the demonstration's, some
// of them passed on.
func persuasions(ctx context.Context, tx *dbx.Tx) error {
	c := rand.New(rand.NewPCG(20, 4))
	passed := []row{}
	err := copies(ctx, tx, "persuasion", "kind = ''", talks, func(i int, r row) {
		r["case_id"], r["at"] = id.New(), before(i, talks, 90)
		r["lat"], r["lng"] = r["lat"].(float64)+c.NormFloat64()*.002, r["lng"].(float64)+c.NormFloat64()*.002
		if i%3 == 0 {
			r["shop"] = fmt.Sprintf("B-%04d", c.IntN(shops))
		}
		if i%20 == 0 {
			r["state"], r["kind"] = "passed", "incident"
			passed = append(passed, r)
		}
	})
	if err != nil {
		return err
	}
	var incident []byte
	if err := tx.QueryRow(ctx, `SELECT id FROM cases WHERE procedure = 'incident' AND state = 'closed_fixed' LIMIT 1`).Scan(&incident); err != nil {
		return err
	}
	return copies(ctx, tx, "case_links", "relation = 'caused_by'", len(passed), func(i int, r row) {
		r["division"], r["case_id"], r["other"] = passed[i]["division"], passed[i]["case_id"], incident
	})
}

func applications(ctx context.Context, tx *dbx.Tx) error {
	keys := make([]id.ID, waiting)
	err := copies(ctx, tx, "cases", "procedure = 'stall-permit' AND state = 'waiting'", waiting, func(i int, r row) {
		keys[i] = id.New()
		r["id"], r["number"] = keys[i], fmt.Sprintf("TWB%04d", i)
	})
	return errors.Join(err, copies(ctx, tx, "stall_permit", "state = 'waiting'", waiting, func(i int, r row) {
		r["case_id"], r["person"], r["household"], r["turn"] = keys[i], keys[i], nil, before(i, waiting, 200)
	}))
}

func joint(ctx context.Context, tx *dbx.Tx) error {
	err := copies(ctx, tx, "cases", "procedure = 'joint-operation'", operations, func(i int, r row) {
		r["id"], r["number"], r["opened"] = id.New(), fmt.Sprintf("LHB%04d", i), before(i, operations, 900)
	})
	return errors.Join(err, copies(ctx, tx, "case_events", "step = 'find' AND case_id IN (SELECT id FROM cases WHERE procedure = 'joint-operation' AND state = 'running')", finds, func(i int, r row) {
		r["seq"] = 1000 + i
	}))
}

// row is one row of a table by column.
type row map[string]any

// copies adds n rows to a table, like those that match one after the other, each
// changed.
func copies(ctx context.Context, tx *dbx.Tx, table, where string, n int, change func(i int, r row)) error {
	rows, err := tx.Query(ctx, `SELECT * FROM `+table+` WHERE `+where)
	if err != nil {
		return err
	}
	names, err := rows.Columns()
	like, err := dbx.Collect(rows, err, func(r *sql.Rows) ([]any, error) {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		return values, r.Scan(into...)
	})
	if err != nil {
		return err
	}
	if len(like) == 0 {
		return fmt.Errorf("the demonstration has nothing in %s where %s", table, where)
	}
	insert := `INSERT INTO ` + table + ` (` + strings.Join(names, ", ") + `) VALUES (` + dbx.In(1, len(names)) + `)`
	for i := range n {
		r := row{}
		for j, v := range like[i%len(like)] {
			r[names[j]] = v
		}
		change(i, r)
		args := make([]any, len(names))
		for j, name := range names {
			args[j] = r[name]
		}
		if _, err := tx.Exec(ctx, insert, args...); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

package dbx_test

import (
	"context"
	"database/sql"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var families = dbx.Migration{Name: "family", FS: fstest.MapFS{"00001_family.sql": {Data: []byte(`-- +goose Up
CREATE TABLE parent (id BIGINT PRIMARY KEY, hits BIGINT NOT NULL DEFAULT 1);
CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id));
-- +goose Down
DROP TABLE child;
DROP TABLE parent;
`)}}}

// Another SQLite driver binds placeholders by their place in the text; ours
// must bind them by number, also where one is used twice or before a lower one.
func TestPlaceholdersBindByNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		var got string
		const query = "SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT) || CAST($3 AS TEXT)"
		if err := db.QueryRow(ctx, query, "a", "b", "c").Scan(&got); err != nil || got != "babc" {
			t.Errorf("read: %q, %v", got, err)
		}
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO parent (hits, id) VALUES ($2, $1)", 1, 20); err != nil {
				return err
			}
			return tx.QueryRow(ctx, query, "a", "b", "c").Scan(&got)
		})
		if err != nil || got != "babc" {
			t.Errorf("write: %q, %v", got, err)
		}
		var hits int
		if err := db.QueryRow(ctx, "SELECT hits FROM parent WHERE id = $1", 1).Scan(&hits); err != nil || hits != 20 {
			t.Errorf("stored %d, %v", hits, err)
		}
	}, families)
}

func TestUpsertsReturnWhatTheyMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		var hits []int
		for range 3 {
			err := db.Write(ctx, func(tx *dbx.Tx) error {
				var h int
				err := tx.QueryRow(ctx, `INSERT INTO parent (id) VALUES ($1)
					ON CONFLICT (id) DO UPDATE SET hits = parent.hits + 1 RETURNING hits`, 7).Scan(&h)
				hits = append(hits, h)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff([]int{1, 2, 3}, hits); d != "" {
			t.Error(d)
		}
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			n, err := tx.Exec(ctx, "INSERT INTO parent (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", 7)
			if err == nil && n != 0 {
				t.Errorf("%d rows changed by DO NOTHING", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}, families)
}

func TestAChildNeedsItsParent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO child (id, parent) VALUES ($1, $2)", 1, 99)
			return err
		})
		if !fault.Is(err, fault.Invalid) || fault.As(err).Key != "fault.constraint" {
			t.Fatalf("got %v", err)
		}
	}, families)
}

func TestTextThatOneEngineCannotKeepIsRefusedOnBoth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		for _, bad := range []string{"a\x00b", "\xff\xfe", "绣\xe5"} {
			err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, bad); return err })
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("write %q: %v", bad, err)
			}
			if err := db.QueryRow(ctx, "SELECT version FROM thing WHERE name = $1", bad).Scan(new(int64)); !fault.Is(err, fault.Invalid) {
				t.Errorf("row %q: %v", bad, err)
			}
			if _, err := db.Query(ctx, "SELECT version FROM thing WHERE name = $1", bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("rows %q: %v", bad, err)
			}
		}
	}, things)
}

func TestBooleansAndMissingIDsAreComparable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		root := id.New()
		for _, c := range []struct {
			parent id.ID
			name   string
			ok     bool
		}{{id.ID{}, "root", true}, {root, "leaf", true}, {root, "dry leaf", false}} {
			err := db.Write(ctx, func(tx *dbx.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO thing (id, parent, name, ok) VALUES ($1, $2, $3, $4)", id.New(), c.parent, c.name, c.ok)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for want, args := range map[string][]any{"leaf": {root, true}, "dry leaf": {root, false}} {
			var name string
			if err := db.QueryRow(ctx, "SELECT name FROM thing WHERE parent = $1 AND ok = $2", args...).Scan(&name); err != nil || name != want {
				t.Errorf("got %q, %v; want %q", name, err, want)
			}
		}
		var parent id.ID
		var all sql.NullBool
		err := db.QueryRow(ctx, "SELECT parent, ok AND NOT ok FROM thing WHERE parent IS NULL").Scan(&parent, &all)
		if err != nil || !parent.IsZero() || all.Bool {
			t.Errorf("%v %v %v", parent, all, err)
		}
	}, things)
}

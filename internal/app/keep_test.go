package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/audit"
	"xiucheng/internal/config"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/archive"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// figures are how many cases stand where, in every division.
func figures(t *testing.T, db *dbx.DB) map[string]int {
	t.Helper()
	rows, err := db.Query(context.Background(), `SELECT state, count(*) FROM cases GROUP BY state`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var s string
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			t.Fatal(err)
		}
		out[s] = n
	}
	return out
}

// The drill: back up while reports come in, restore elsewhere, on the other
// engine too, and find everything as it was.
func TestABackupComesBackWholeOnEitherEngine(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			a, ctx := demo(t, address(t)), context.Background()
			v, err := a.public(ctx)
			if err != nil {
				t.Fatal(err)
			}
			day := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			walked := []track.Point{{Who: "p", At: day, Place: geo.Point{Lat: 36.7682, Lng: 119.1421}, Accuracy: 5, Source: track.Foreground}}
			if err := a.onStreet.tracks.Append(v.Division.ID.String(), walked); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			stop := make(chan struct{})
			wg.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					_, err := a.citizens.Report(ctx, incident.Report{Division: v.Division.ID, Source: "public_web", Class: "06010", Desc: fmt.Sprintf("备份时第 %d 件 😀 \"'\\ \u2028", i),
						Point: geo.Point{Lat: 36.7682, Lng: 119.1421}, Phone: "13800000000", Key: id.New().String()})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
			file := filepath.Join(t.TempDir(), "b.tar.zst")
			m, err := a.Backup(ctx, file)
			close(stop)
			wg.Wait()
			if err != nil {
				t.Fatal(err)
			}
			if m.Files == 0 || m.Rows() < 500 {
				t.Errorf("%d rows, %d files", m.Rows(), m.Files)
			}
			if _, err := a.Backup(ctx, file); !errors.Is(err, os.ErrExist) {
				t.Errorf("over an existing file: %v", err)
			}
			first := restored(t, file, "")
			second := restored(t, file, dbtest.PostgresURL(t))
			if diff := cmp.Diff(figures(t, first.db), figures(t, second.db)); diff != "" {
				t.Error(diff)
			}
			for _, b := range []*App{first, second} {
				got, dropped, err := b.onStreet.tracks.Read(ctx, v.Division.ID.String(), day, day.Add(time.Second))
				if err != nil || dropped > 0 || !cmp.Equal(got, walked) {
					t.Errorf("tracks %v, %d dropped, %v", got, dropped, err)
				}
			}
			n := 0
			for _, c := range figures(t, first.db) {
				n += c
			}
			for _, tb := range m.Tables {
				if tb.Name == "cases" && int64(n) != tb.Rows {
					t.Errorf("%d cases, the backup has %d", n, tb.Rows)
				}
			}
		})
	}
}

// restored is the program on a restored backup, verified.
func restored(t *testing.T, file, db string) *App {
	t.Helper()
	ctx := context.Background()
	cfg := &config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", DB: db, SessionIdle: time.Hour, SessionMax: time.Hour}
	if _, err := Restore(ctx, cfg, file, false, time.Now(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, cfg, file, false, time.Now(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a restore over what is there")
	}
	a, err := New(ctx, cfg, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	r, err := a.Audit(ctx, nil)
	if err != nil || len(r.Findings) > 0 || r.Cases < 50 || r.Files == 0 {
		t.Errorf("%d cases, %d events, %d files, found %v, %v", r.Cases, r.Events, r.Files, r.Findings, err)
	}
	return a
}

func TestABackupThatWasTouchedIsRefused(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	file := filepath.Join(t.TempDir(), "b.tar.zst")
	if _, err := a.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"cut off": whole[:len(whole)/2], "empty": {}, "no backup": []byte("hello"), "one byte": flipped(whole)} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Check(ctx, file); err == nil {
			t.Errorf("%s: taken", name)
		}
		data := t.TempDir()
		if _, err := Restore(ctx, &config.Config{Data: data}, file, false, time.Now(), slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: restored", name)
		}
		if _, err := os.Stat(filepath.Join(data, "xiucheng.db")); err == nil {
			t.Errorf("%s: left a database", name)
		}
	}
}

func flipped(b []byte) []byte {
	out := append([]byte(nil), b...)
	out[len(out)/2] ^= 1
	return out
}

func TestARestoreWaitsForNoServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	release, err := Hold(data, false)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Hold(data, false); err != nil {
		t.Errorf("two servers of one folder: %v", err)
	} else if err := again(); err != nil {
		t.Error(err)
	}
	if _, err := Restore(context.Background(), &config.Config{Data: data}, "none", true, time.Now(), slog.New(slog.DiscardHandler)); !errors.Is(err, ErrServed) {
		t.Errorf("while it is served: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}

// Whoever changes one thing behind the program's back is found, and nothing else is.
func TestTamperingIsNamed(t *testing.T) {
	t.Parallel()
	tampering := []struct {
		name, sql string
		want      audit.What
		seq       int64
	}{
		{"body altered", `UPDATE case_events SET body = replace(body, '"at":', '"at" :') WHERE case_id = $1 AND seq = 2`, audit.Altered, 2},
		{"event removed", `DELETE FROM case_events WHERE case_id = $1 AND seq = 2`, audit.Missing, 2},
		{"last event removed", `DELETE FROM case_events WHERE case_id = $1 AND seq = (SELECT max(seq) FROM case_events WHERE case_id = $1)`, audit.Cut, 0},
		{"event put in", `INSERT INTO case_events (division, case_id, seq, at, step, actor, dept, recalls, body, prev, hash)
			SELECT division, case_id, (SELECT max(seq) + 1 FROM case_events WHERE case_id = $1), at, step, actor, dept, recalls, body, prev, hash FROM case_events WHERE case_id = $1 AND seq = 1`, audit.Moved, 0},
		{"two exchanged", `UPDATE case_events SET seq = CASE seq WHEN 1 THEN -2 ELSE -1 END WHERE case_id = $1 AND seq IN (1, 2)`, audit.Missing, 1},
		{"state of the row", `UPDATE cases SET state = 'other' WHERE id = $1`, audit.Row, 0},
		{"title of the row", `UPDATE cases SET title = 'other' WHERE id = $1`, audit.Row, 0},
		{"due of the row", `UPDATE cases SET due = due + 1 WHERE id = $1`, audit.Row, 0},
		{"data of the row", `UPDATE cases SET data = '{}' WHERE id = $1`, audit.Row, 0},
		{"version of the row", `UPDATE cases SET version = version + 1 WHERE id = $1`, audit.Cut, 0},
		{"case removed", `DELETE FROM cases WHERE id = $1`, audit.Orphan, 0},
	}
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			a, ctx := demo(t, address(t)), context.Background()
			rows, err := a.db.Query(ctx, `SELECT case_id FROM case_events WHERE seq = 3 ORDER BY at LIMIT 20`)
			cases, err := dbx.Collect(rows, err, scanID)
			if err != nil || len(cases) < len(tampering) {
				t.Fatalf("%d cases to touch, %v", len(cases), err)
			}
			for i, x := range tampering {
				err := a.db.Write(ctx, func(tx *dbx.Tx) error { _, err := tx.Exec(ctx, x.sql, cases[i]); return err })
				if err != nil {
					t.Fatalf("%s: %v", x.name, err)
				}
			}
			sha, spoiled := spoil(t, a), 0
			r, err := a.Audit(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			found := map[id.ID]audit.Finding{}
			for _, f := range r.Findings {
				if f.What == audit.File {
					spoiled++
					if f.Detail != sha {
						t.Errorf("the file %s was not touched", f.Detail)
					}
					continue
				}
				if _, ok := found[f.Case]; ok {
					t.Errorf("found twice: %+v", f)
				}
				found[f.Case] = f
			}
			if spoiled == 0 {
				t.Error("the other file was not found")
			}
			for i, x := range tampering {
				f := found[cases[i]]
				if f.What != x.want || x.seq != 0 && f.Seq != x.seq {
					t.Errorf("%s: found %+v", x.name, f)
				}
			}
			if len(found) != len(tampering) {
				t.Errorf("%d found, %d touched", len(found), len(tampering))
			}
		})
	}
}

func spoil(t *testing.T, a *App) (sha string) {
	t.Helper()
	var path string
	err := filepath.WalkDir(filepath.Join(a.cfg.Data, "files"), func(p string, d os.DirEntry, err error) error {
		var n int
		if err == nil && !d.IsDir() && path == "" && len(d.Name()) == 64 {
			if a.db.QueryRow(context.Background(), `SELECT 1 FROM case_events WHERE body LIKE $1 LIMIT 1`, "%"+d.Name()+"%").Scan(&n) == nil {
				path, sha = p, d.Name()
			}
		}
		return err
	})
	if err != nil || path == "" {
		t.Fatal("no file to touch", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 10)), 0o600); err != nil {
		t.Fatal(err)
	}
	return sha
}

func scanID(r *sql.Rows) (x id.ID, err error) {
	err = r.Scan(&x)
	return x, err
}

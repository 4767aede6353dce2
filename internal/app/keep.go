package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"xiucheng/internal/casework/audit"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/config"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/archive"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// passing are tables that a backup leaves out: what is made again from the
// others, and what must not come back from the dead (sessions, unfinished uploads, work that was
// done since).
var passing = []string{"case_search", "case_words", "case_words_data", "case_words_idx", "case_words_docsize", "case_words_config", "case_words_content",
	"search_head", "job", "session", "outbox_lease", "upload"}

// Backup writes everything into one file while the program may be served.
func (a *App) Backup(ctx context.Context, path string) (archive.Manifest, error) {
	return archive.Write(ctx, path, a.db, archive.Folders{Files: filepath.Join(a.cfg.Data, "files"), Journals: tracks(a.cfg.Data)}, passing, a.clk.Now())
}

// tracks is where the points of people on duty lie, a file for each day.
func tracks(data string) string { return filepath.Join(data, "tracks") }

// Audit verifies every case of every division.
func (a *App) Audit(ctx context.Context, tell func(audit.Report)) (r audit.Report, err error) {
	defer fault.Trace(&err, "app.Audit")
	all, err := a.people.Divisions(ctx)
	if err != nil {
		return r, err
	}
	ids := make([]id.ID, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	return audit.Auditor{DB: a.db, Files: a.blobs, Version: a.engine.Library().Version, Tell: tell}.Verify(ctx, ids)
}

// ErrServed is why a command that replaces data refuses.
var ErrServed = errors.New("the data folder is being served; stop the server first")

// Hold takes the data folder until release is called: servers share it, who
// replaces data has it alone. While it is taken otherwise, it is ErrServed.
func Hold(data string, alone bool) (release func() error, err error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(data, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data folder cannot be written: %w", err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrServed, f.Close())
	}
	return f.Close, nil
}

// Restore reads a backup into the configuration's empty database and data
// folder. The whole file is checked before anything is written. With replace an
// existing SQLite database is set aside beside the new one, which takes its
// place only when it is whole, as are the tracks; a PostgreSQL database must be
// empty.
func Restore(ctx context.Context, cfg *config.Config, path string, replace bool, now time.Time, log *slog.Logger) (m archive.Manifest, err error) {
	defer fault.Trace(&err, "app.Restore")
	release, err := Hold(cfg.Data, true)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if m, err = archive.Check(ctx, path); err != nil {
		return m, err
	}
	files, err := blob.Open(filepath.Join(cfg.Data, "files"))
	if err != nil {
		return m, err
	}
	stamp := filepath.Join(cfg.Data, "restore-"+now.Format("20060102-150405"))
	final, fresh, walked := filepath.Join(cfg.Data, "xiucheng.db"), stamp+".db", stamp+".tracks"
	address := cfg.DB
	if address == "" {
		if _, err := os.Stat(final); err == nil && !replace {
			return m, &fs.PathError{Op: "restore", Path: final, Err: fs.ErrExist}
		}
		address = "sqlite:" + fresh
	}
	if err := os.Mkdir(walked, 0o700); err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(walked)) }()
	if err := load(ctx, address, path, m, files, walked, log); err != nil {
		return m, err
	}
	if err := exchange(tracks(cfg.Data), walked, now); err != nil {
		return m, err
	}
	if cfg.DB == "" {
		if err := exchange(final, fresh, now); err != nil {
			return m, err
		}
	}
	return m, seal.SetAside(now, cfg.Data, cfg.CheckpointCopy)
}

// exchange puts the new database or folder in the old one's place and keeps the old one.
func exchange(final, fresh string, now time.Time) error {
	aside := final + track.Aside + now.Format("20060102-150405")
	for _, tail := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(final+tail, aside+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(fresh, final)
}

func load(ctx context.Context, address, path string, m archive.Manifest, files *blob.Store, walked string, log *slog.Logger) (err error) {
	db, err := dbx.Open(ctx, address, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx, Migrations()...); err != nil {
		return err
	}
	var n int
	if err := db.QueryRow(ctx, `SELECT count(*) FROM division`).Scan(&n); err != nil || n > 0 {
		return errors.Join(err, fmt.Errorf("the database is not empty: it has %d divisions", n))
	}
	if err := archive.Read(ctx, path, m, db, files, walked); err != nil {
		return err
	}
	return db.Analyze(ctx)
}

package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	_ "modernc.org/sqlite" // the driver
)

// Each pragma with its reason.
var readPragmas = []string{
	"busy_timeout(10000)",   // another process (a command beside the server) may hold the lock for a moment
	"journal_mode(WAL)",     // readers never wait for the writer
	"foreign_keys(1)",       // off by default
	"mmap_size(1073741824)", // lists read 1.6 to 1.9 times faster than through the page cache
	"cache_size(-16384)",    // 16 MB for each connection
	"temp_store(MEMORY)",    // sorting never touches the disk
	"query_only(1)",         // a read connection cannot write by mistake
}

var writePragmas = []string{
	"busy_timeout(10000)",
	"journal_mode(WAL)",
	"foreign_keys(1)",
	"synchronous(FULL)", // acknowledged means on the disk; costs 12 % of the group-commit rate
	"cache_size(-65536)",
	"temp_store(MEMORY)",
	"wal_autocheckpoint(8000)",     // 32 MB: under load a page is written back once for many commits
	"journal_size_limit(67108864)", // a WAL grown by one big import shrinks again
}

func sqliteDSN(path string, pragmas []string) string {
	q := url.Values{"_pragma": pragmas}
	q.Set("_txlock", "immediate") // a transaction that will write takes the lock at once, not halfway
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openSQLite(ctx context.Context, path string, log *slog.Logger) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the database file cannot be written: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, writePragmas))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(2) // the writer keeps one; the other is for migrations
	w, err := openWriter(ctx, write)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s is not a usable database: %w", filepath.Base(path), err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, readPragmas))
	if err != nil {
		return nil, errors.Join(err, w.close(), write.Close())
	}
	read.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	db := &DB{
		engine: SQLite, log: log, read: read, reads: newPrepared(read), write: write, signals: newSignals(), generations: newGenerations(),
		writer: w, queue: make(chan *call, queueLength), load: newLoad(),
	}
	db.workers.Go(db.groups)
	return db, nil
}

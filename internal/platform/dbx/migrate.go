package dbx

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"xiucheng/internal/platform/fault"
)

// Migration is one room's folder of goose files, 00001_name.sql …, one SQL
// text for both engines. Each room counts its own versions.
type Migration struct {
	Name string
	FS   fs.FS
}

// Migrate brings every room's tables up to date, in order of the list.
func (db *DB) Migrate(ctx context.Context, sets ...Migration) (err error) {
	defer fault.Trace(&err, "dbx.Migrate")
	dialect := map[Engine]database.Dialect{SQLite: database.DialectSQLite3, Postgres: database.DialectPostgres}[db.engine]
	for _, m := range sets {
		store, err := database.NewStore(dialect, "schema_"+m.Name)
		if err != nil {
			return err
		}
		opts := []goose.ProviderOption{goose.WithStore(store), goose.WithDisableGlobalRegistry(true)}
		if db.engine == Postgres { // processes that start together take turns; SQLite's file lock does that by itself
			locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
			if err != nil {
				return err
			}
			opts = append(opts, goose.WithSessionLocker(locker))
		}
		p, err := goose.NewProvider("", db.write, m.FS, opts...)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

// Sub is the folder of an embedded file system that holds a room's files.
// The folder is named in the source, so a wrong name is a programming error.
func Sub(files fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		panic(err)
	}
	return sub
}

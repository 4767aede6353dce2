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
// text for both engines. Each room counts its own versions. Postgres is the
// folder for PostgreSQL where the engines must differ; nil: FS serves both.
type Migration struct {
	Name     string
	FS       fs.FS
	Postgres fs.FS
}

// Migrate brings every room's tables up to date, in order of the list. It
// refuses a database that a newer program has migrated further.
func (db *DB) Migrate(ctx context.Context, sets ...Migration) (err error) {
	defer fault.Trace(&err, "dbx.Migrate")
	for _, m := range append([]Migration{own}, sets...) {
		if err := db.migrate(ctx, m); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

func (db *DB) migrate(ctx context.Context, m Migration) error {
	dialect, files := database.DialectSQLite3, m.FS
	if db.engine == Postgres && m.Postgres != nil {
		files = m.Postgres
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if db.engine == Postgres { // servers that start together take turns; a SQLite file has one server
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		dialect, opts = database.DialectPostgres, append(opts, goose.WithSessionLocker(locker))
	}
	store, err := database.NewStore(dialect, "schema_"+m.Name)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider("", db.write, files, append(opts, goose.WithStore(store))...)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	is, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	known := p.ListSources()
	if last := known[len(known)-1].Version; is > last {
		return fmt.Errorf("the database is of a newer program (version %d, this one knows %d)", is, last)
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

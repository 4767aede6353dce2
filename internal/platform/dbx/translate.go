package dbx

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"xiucheng/internal/platform/fault"
)

// errRetry marks a PostgreSQL failure that the same transaction may survive
// when run again.
var errRetry = errors.New("serialization failure")

func retryable(err error) bool { return errors.Is(err, errRetry) }

// translate turns a driver's error into a fault; faults and context errors
// pass through.
func translate(err error) error {
	var f *fault.Error
	switch {
	case err == nil, errors.As(err, &f), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fault.Wrap(err, fault.NotFound, "fault.not_found")
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return fault.Wrap(err, fault.Unavailable, "fault.database")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return fromSQLite(err, lite.Code())
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fromPostgres(err, pg.Code)
	}
	var conn *pgconn.ConnectError
	if errors.As(err, &conn) || pgconn.SafeToRetry(err) {
		return fault.Wrap(err, fault.Unavailable, "fault.database")
	}
	return fault.Wrap(err, fault.Internal, "fault.internal")
}

func fromSQLite(err error, code int) error {
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return fault.Wrap(err, fault.Conflict, "fault.conflict")
	}
	switch code & 0xff { // the low byte is the primary code
	case lib.SQLITE_CONSTRAINT:
		return fault.Wrap(err, fault.Invalid, "fault.constraint")
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fault.Wrap(err, fault.Unavailable, "fault.busy")
	case lib.SQLITE_FULL:
		return fault.Wrap(err, fault.Unavailable, "fault.disk_full")
	case lib.SQLITE_READONLY, lib.SQLITE_IOERR, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_CANTOPEN:
		return fault.Wrap(err, fault.Unavailable, "fault.database")
	}
	return fault.Wrap(err, fault.Internal, "fault.internal")
}

func fromPostgres(err error, code string) error {
	switch code {
	case "23505":
		return fault.Wrap(err, fault.Conflict, "fault.conflict")
	case "40001", "40P01":
		return fault.Wrap(errors.Join(err, errRetry), fault.Unavailable, "fault.busy")
	case "22021", "22P05": // text the encoding does not have; checkText sees it first
		return fault.Wrap(err, fault.Invalid, "fault.text")
	case "53100":
		return fault.Wrap(err, fault.Unavailable, "fault.disk_full")
	}
	switch code[:2] {
	case "23":
		return fault.Wrap(err, fault.Invalid, "fault.constraint")
	case "08", "53", "57", "58":
		return fault.Wrap(err, fault.Unavailable, "fault.database")
	}
	return fault.Wrap(err, fault.Internal, "fault.internal")
}

// Collides reports whether a row could not be written because there is one like it.
func Collides(err error) bool {
	e := fault.As(err)
	return e != nil && e.Kind == fault.Conflict && e.Key == "fault.conflict"
}

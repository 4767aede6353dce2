package dbx

import (
	"context"
	"database/sql"
	"errors"
)

// writer is SQLite's one writing connection. It belongs to the goroutine that
// drains the queue.
type writer struct {
	*prepared
	conn *sql.Conn
}

// openWriter proves that the file is a database and can be written, by taking
// its write lock once.
func openWriter(ctx context.Context, pool *sql.DB) (*writer, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{prepared: newPrepared(conn), conn: conn}
	if err = w.begin(); err == nil {
		_, err = w.ExecContext(ctx, "SELECT count(*) FROM sqlite_master")
		w.rollback()
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// begin takes the write lock at once, so that no statement finds it taken.
func (w *writer) begin() error {
	_, err := w.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	return err
}

func (w *writer) commit() error {
	_, err := w.ExecContext(context.Background(), "COMMIT")
	return err
}

// rollback ends the transaction. SQLite may have ended it by itself (a full
// disk), and then says so: no news.
func (w *writer) rollback() {
	_, _ = w.ExecContext(context.Background(), "ROLLBACK")
}

func (w *writer) close() error { return errors.Join(w.prepared.close(), w.conn.Close()) }

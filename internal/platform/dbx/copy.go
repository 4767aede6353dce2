package dbx

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/platform/fault"
)

// Table is a table as a copy of the database sees it.
type Table struct {
	Name    string
	Columns []Column
}

// Column is a column with its declared type in capitals.
type Column struct{ Name, Type string }

// Copy is the whole database as it is at one instant, whatever is written
// meanwhile.
type Copy struct {
	engine Engine
	tx     runner
}

// Copying runs fn over a consistent picture of the database. Writers go on;
// on SQLite the write-ahead log grows until fn has ended.
func (db *DB) Copying(ctx context.Context, fn func(*Copy) error) (err error) {
	defer fault.Trace(&err, "dbx.Copying")
	if db.engine == Postgres {
		tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
		if err != nil {
			return translate(err)
		}
		return errors.Join(fn(&Copy{db.engine, tx}), tx.Rollback())
	}
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN DEFERRED"); err != nil { // the driver's own BEGIN would take the writer's lock
		return translate(err)
	}
	err = fn(&Copy{db.engine, conn})
	_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return errors.Join(err, end)
}

// Tables lists the tables of the program in order of their names, without
// those of the engine and of the migrations.
func (c *Copy) Tables(ctx context.Context) (out []Table, err error) {
	query := `SELECT m.name, t.name, upper(t.type) FROM sqlite_master m JOIN pragma_table_info(m.name) t
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'schema_%' ORDER BY m.name, t.cid`
	if c.engine == Postgres {
		query = `SELECT table_name, column_name, upper(data_type) FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name NOT LIKE 'schema\_%' ORDER BY table_name COLLATE "C", ordinal_position`
	}
	rows, err := c.tx.QueryContext(ctx, query)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		var col Column
		if err := rows.Scan(&table, &col.Name, &col.Type); err != nil {
			return nil, err
		}
		if n := len(out); n == 0 || out[n-1].Name != table {
			out = append(out, Table{Name: table})
		}
		last := &out[len(out)-1]
		last.Columns = append(last.Columns, col)
	}
	return out, translate(rows.Err())
}

func (t Table) names() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// Write writes every row of a table as one line, a JSON list of its values in
// order of the columns, bytes in base64, and says how many there were.
func (c *Copy) Write(ctx context.Context, t Table, w io.Writer) (n int64, err error) {
	rows, err := c.tx.QueryContext(ctx, "SELECT "+t.names()+" FROM "+t.Name)
	if err != nil {
		return 0, translate(err)
	}
	defer rows.Close()
	values, dest := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return n, err
		}
		line, err := encodeRow(t, values)
		if err != nil {
			return n, err
		}
		if _, err := w.Write(line); err != nil {
			return n, err
		}
		n++
	}
	return n, translate(rows.Err())
}

func encodeRow(t Table, values []any) ([]byte, error) {
	out := []byte{'['}
	for i, v := range values {
		if i > 0 {
			out = append(out, ',')
		}
		switch t.Columns[i].Type {
		case "BYTEA":
			if b, ok := v.([]byte); ok {
				v = base64.StdEncoding.EncodeToString(b)
			}
		case "BOOLEAN":
			if n, ok := v.(int64); ok {
				v = n != 0
			}
		case "TEXT", "JSONB":
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
		}
		cell, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Name, t.Columns[i].Name, err)
		}
		out = append(out, cell...)
	}
	return append(out, ']', '\n'), nil
}

// Read inserts rows that Write wrote, of the named columns, which may have
// come from the other engine. A column this database lacks is an error.
func (db *DB) Read(ctx context.Context, table string, columns []string, r io.Reader) (n int64, err error) {
	defer fault.Trace(&err, "dbx.Read(%s)", table)
	t, err := db.table(ctx, table, columns)
	if err != nil {
		return 0, err
	}
	into := &Rows{Into: "INSERT INTO " + t.Name + " (" + t.names() + ") VALUES", Columns: len(t.Columns)}
	dec := json.NewDecoder(r)
	dec.UseNumber()
	for {
		var batch [][]any
		for len(batch) < 500 {
			var line []any
			if err := dec.Decode(&line); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return n, err
			}
			if line, err = decodeRow(t, line); err != nil {
				return n, err
			}
			batch = append(batch, line)
		}
		if len(batch) == 0 {
			return n, nil
		}
		err := db.Write(ctx, func(tx *Tx) error {
			for _, line := range batch {
				if err := tx.Add(ctx, into, line...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += int64(len(batch))
	}
}

// table is the table with the columns in the given order.
func (db *DB) table(ctx context.Context, name string, columns []string) (t Table, err error) {
	err = db.Copying(ctx, func(c *Copy) error {
		all, err := c.Tables(ctx)
		i := slices.IndexFunc(all, func(x Table) bool { return x.Name == name })
		if err != nil || i < 0 {
			return errors.Join(err, fmt.Errorf("there is no table %s", name))
		}
		t = Table{Name: name}
		for _, want := range columns {
			j := slices.IndexFunc(all[i].Columns, func(c Column) bool { return c.Name == want })
			if j < 0 {
				return fmt.Errorf("the table %s has no column %s", name, want)
			}
			t.Columns = append(t.Columns, all[i].Columns[j])
		}
		return nil
	})
	return t, err
}

func decodeRow(t Table, line []any) ([]any, error) {
	if len(line) != len(t.Columns) {
		return nil, fmt.Errorf("%s: %d values for %d columns", t.Name, len(line), len(t.Columns))
	}
	for i, v := range line {
		var err error
		switch x := v.(type) {
		case string:
			if t.Columns[i].Type == "BYTEA" {
				line[i], err = base64.StdEncoding.DecodeString(x)
			}
		case json.Number:
			if line[i], err = strconv.ParseInt(string(x), 10, 64); err != nil || bytes.ContainsAny([]byte(x), ".eE") {
				line[i], err = strconv.ParseFloat(string(x), 64)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t.Name, t.Columns[i].Name, err)
		}
	}
	return line, nil
}

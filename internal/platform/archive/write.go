package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// format is the version of the file's shape. The first had no journals.
const format = 2

const manifestName = "manifest.json"

// Manifest says what a backup holds.
type Manifest struct {
	Format int       `json:"format"`
	Made   time.Time `json:"made"`
	Engine string    `json:"engine"`
	Tables []Table   `json:"tables"`
	Files  int       `json:"files"` // each is named by its own SHA-256

	Journals []Journal `json:"journals,omitempty"`
}

// Journal is one file that only grows, as long as it was.
type Journal struct {
	Name   string `json:"name"` // its path in the folder, with slashes
	SHA256 string `json:"sha256"`
}

// Folders are where what is not in the database is kept.
type Folders struct {
	Files    string // never changed, named by their SHA-256
	Journals string // files under names of their own that only grow; need not be there
}

// Table is one table of a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Write makes a backup of the database as it is now, without the tables named
// by skip, and of the folders. The file appears under its name
// only when it is whole; an existing one is not overwritten.
func Write(ctx context.Context, path string, db *dbx.DB, from Folders, skip []string, now time.Time) (m Manifest, err error) {
	defer fault.Trace(&err, "archive.Write")
	if _, err := os.Stat(path); err == nil {
		return m, &fs.PathError{Op: "backup", Path: path, Err: fs.ErrExist}
	}
	out, err := os.CreateTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(out.Name()))
		}
	}()
	m = Manifest{Format: format, Made: now.UTC(), Engine: db.Engine().String()}
	if err = write(ctx, out, db, from, skip, &m); err != nil {
		return m, errors.Join(err, out.Close())
	}
	if err = errors.Join(out.Sync(), out.Close()); err != nil {
		return m, err
	}
	return m, os.Rename(out.Name(), path)
}

func write(ctx context.Context, out *os.File, db *dbx.DB, from Folders, skip []string, m *Manifest) error {
	z, err := zstd.NewWriter(out)
	if err != nil {
		return err
	}
	w := tar.NewWriter(z)
	err = db.Copying(ctx, func(c *dbx.Copy) error {
		tables, err := c.Tables(ctx)
		for i := 0; err == nil && i < len(tables); i++ {
			if !slices.Contains(skip, tables[i].Name) {
				err = table(ctx, w, out, c, tables[i], m)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	// Files are never changed and are there before the row that names them: those
	// of the picture are all here, and perhaps some more.
	if m.Files, err = keep(ctx, w, from.Files); err != nil {
		return err
	}
	if m.Journals, err = journals(ctx, w, from.Journals); err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := add(w, manifestName, int64(len(text)), func() error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	return errors.Join(w.Close(), z.Close())
}

func add(w *tar.Writer, name string, size int64, body func() error) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return err
	}
	return body()
}

// table goes through a file beside the backup, because a tar wants to know how
// long a part is before it comes.
func table(ctx context.Context, w *tar.Writer, beside *os.File, c *dbx.Copy, t dbx.Table, m *Manifest) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(beside.Name()), ".table-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name())) }()
	h := sha256.New()
	part := Table{Name: t.Name}
	for _, col := range t.Columns {
		part.Columns = append(part.Columns, col.Name)
	}
	if part.Rows, err = c.Write(ctx, t, io.MultiWriter(tmp, h)); err != nil {
		return err
	}
	part.SHA256 = hex.EncodeToString(h.Sum(nil))
	size, err := tmp.Seek(0, io.SeekCurrent)
	if err == nil {
		_, err = tmp.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	m.Tables = append(m.Tables, part)
	return add(w, "tables/"+t.Name, size, func() error { _, err := io.Copy(w, tmp); return err })
}

func keep(ctx context.Context, w *tar.Writer, folder string) (n int, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isDigest(d.Name()) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		n++
		return add(w, "files/"+d.Name(), info.Size(), func() error { _, err := io.Copy(w, f); return err })
	})
	return n, err
}

// journals keeps each file as long as it is when its turn comes.
func journals(ctx context.Context, w *tar.Writer, folder string) (list []Journal, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // no folder yet, or deleted since it was listed
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		j, err := journal(w, path, filepath.ToSlash(name))
		if err == nil {
			list = append(list, j)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return list, err
}

func journal(w *tar.Writer, path, name string) (j Journal, err error) {
	f, err := os.Open(path)
	if err != nil {
		return j, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return j, err
	}
	h := sha256.New()
	err = add(w, "journals/"+name, info.Size(), func() error {
		_, err := io.CopyN(io.MultiWriter(w, h), f, info.Size())
		return err
	})
	return Journal{Name: name, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

func isDigest(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == sha256.Size
}

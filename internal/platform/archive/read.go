package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Check reads a backup as a whole and compares it with its manifest. Anything
// altered, missing or cut off is an error that names the part.
func Check(ctx context.Context, path string) (m Manifest, err error) {
	defer fault.Trace(&err, "archive.Check")
	sums, rows, files, grown := map[string]string{}, map[string]int64{}, 0, map[string]string{}
	err = parts(ctx, path, func(name string, r io.Reader) error {
		h := sha256.New()
		lines := &counter{}
		if name == manifestName {
			return json.NewDecoder(r).Decode(&m)
		}
		if _, err := io.Copy(io.MultiWriter(h, lines), r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		sum := hex.EncodeToString(h.Sum(nil))
		if sha, ok := strings.CutPrefix(name, "files/"); ok {
			if files++; sha != sum {
				return fmt.Errorf("the file %s is not what it was", sha)
			}
			return nil
		}
		if name, ok := strings.CutPrefix(name, "journals/"); ok {
			grown[name] = sum
			return nil
		}
		name = strings.TrimPrefix(name, "tables/")
		sums[name], rows[name] = sum, lines.n
		return nil
	})
	switch {
	case err != nil:
		return m, err
	case m.Format < 1 || m.Format > format:
		return m, fmt.Errorf("%s is no whole backup of this program", path)
	case files != m.Files:
		return m, fmt.Errorf("%d files are there, the manifest names %d", files, m.Files)
	case len(sums) != len(m.Tables):
		return m, fmt.Errorf("%d tables are there, the manifest names %d", len(sums), len(m.Tables))
	case len(grown) != len(m.Journals):
		return m, fmt.Errorf("%d journals are there, the manifest names %d", len(grown), len(m.Journals))
	}
	for _, j := range m.Journals {
		if grown[j.Name] != j.SHA256 {
			return m, fmt.Errorf("the journal %s is not what it was", j.Name)
		}
	}
	for _, t := range m.Tables {
		if sums[t.Name] != t.SHA256 || rows[t.Name] != t.Rows {
			return m, fmt.Errorf("the table %s is not what it was", t.Name)
		}
	}
	return m, nil
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(strings.Count(string(p), "\n"))
	return len(p), nil
}

// Read puts a checked backup into a migrated, empty database and the store of
// kept files, and its journals into a folder that has none of them.
func Read(ctx context.Context, path string, m Manifest, db *dbx.DB, files *blob.Store, journals string) (err error) {
	defer fault.Trace(&err, "archive.Read")
	columns := map[string][]string{}
	for _, t := range m.Tables {
		columns[t.Name] = t.Columns
	}
	return parts(ctx, path, func(name string, r io.Reader) error {
		if table, ok := strings.CutPrefix(name, "tables/"); ok {
			_, err := db.Read(ctx, table, columns[table], r)
			return err
		}
		if _, ok := strings.CutPrefix(name, "files/"); ok {
			_, err := files.Put(ctx, r, 1<<40)
			return err
		}
		if name, ok := strings.CutPrefix(name, "journals/"); ok {
			return putJournal(journals, name, r)
		}
		return nil
	})
}

// putJournal writes a file where its name says, which may not lead elsewhere.
func putJournal(folder, name string, r io.Reader) (err error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("the journal %q would lie outside", name)
	}
	path := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return f.Sync()
}

// parts reads a backup from its beginning to its end.
func parts(ctx context.Context, path string, part func(name string, r io.Reader) error) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := zstd.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s is no backup: %w", path, err)
	}
	defer z.Close()
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s is no whole backup: %w", path, err)
		}
		if err := errors.Join(ctx.Err(), part(h.Name, t)); err != nil {
			return err
		}
	}
}

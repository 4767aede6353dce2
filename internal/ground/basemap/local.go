package basemap

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver, for MBTiles
)

// openLocal opens a folder of tiles or an MBTiles file.
func openLocal(name string) (source, error) {
	st, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("there is no folder or MBTiles file %s", name)
	case st.IsDir():
		root, err := os.OpenRoot(name)
		return folder{root}, err
	case strings.EqualFold(filepath.Ext(name), ".mbtiles"):
		return openMBTiles(name)
	}
	return nil, fmt.Errorf("%s is neither a folder nor an .mbtiles file", name)
}

// folder is Z/X/Y with an ending, y from the north.
type folder struct{ root *os.Root }

func (f folder) tile(_ context.Context, at address) ([]byte, error) {
	base := path.Join(strconv.Itoa(at.z), strconv.Itoa(at.x), strconv.Itoa(at.y))
	for _, ending := range []string{".png", ".jpg", ".webp", ".jpeg"} {
		b, err := f.root.ReadFile(base + ending)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !pictured(b) {
			return nil, ErrUnreachable
		}
		return b, nil
	}
	return nil, nil
}

// Close closes the folder.
func (f folder) Close() error { return f.root.Close() }

// mbtiles is a file of the MBTiles specification 1.3, whose rows count from the south.
type mbtiles struct{ db *sql.DB }

func openMBTiles(name string) (_ source, err error) {
	q := url.Values{"mode": {"ro"}, "immutable": {"1"}}
	full, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: full}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	var format string
	err = db.QueryRow("SELECT value FROM metadata WHERE name = 'format'").Scan(&format)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("%s is not an MBTiles file", name)
	case format == "pbf":
		return nil, fmt.Errorf("%s holds vector tiles; picture tiles are needed (png, jpg or webp)", name)
	}
	return mbtiles{db}, nil
}

func (m mbtiles) tile(ctx context.Context, at address) (b []byte, err error) {
	err = m.db.QueryRowContext(ctx, "SELECT tile_data FROM tiles WHERE zoom_level = $1 AND tile_column = $2 AND tile_row = $3",
		at.z, at.x, 1<<at.z-1-at.y).Scan(&b)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil || !pictured(b):
		return nil, ErrUnreachable
	}
	return b, nil
}

// Close closes the file.
func (m mbtiles) Close() error { return m.db.Close() }

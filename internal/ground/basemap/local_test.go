package basemap

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T, o Options) *Map {
	t.Helper()
	m, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderOfTiles(t *testing.T) {
	dir, red := t.TempDir(), paint(t, color.NRGBA{R: 255, A: 255})
	write(t, filepath.Join(dir, "3", "6", "2.png"), red)
	write(t, filepath.Join(dir, "3", "6", "3.png"), []byte("no picture"))
	m := open(t, Options{Kind: Tiles, Source: dir, MaxZoom: 18})
	if b, kind, err := m.Tile(context.Background(), 3, 6, 2); err != nil || kind != "image/png" || !bytes.Equal(b, red) {
		t.Errorf("%s %v", kind, err)
	}
	if b, _, err := m.Tile(context.Background(), 3, 6, 4); err != nil || !bytes.Equal(b, m.blank) {
		t.Errorf("where nothing is: %v", err)
	}
	if _, _, err := m.Tile(context.Background(), 3, 6, 3); !errors.Is(err, ErrUnreachable) {
		t.Errorf("a broken file: %v", err)
	}
}

// newMBTiles writes a file of the specification with one tile at 3/6/2.
func newMBTiles(t *testing.T, format string, tile []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "district.mbtiles")
	db, err := sql.Open("sqlite", "file:"+name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		"CREATE TABLE metadata (name text, value text)", "INSERT INTO metadata VALUES ('format', '" + format + "')",
		"CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("INSERT INTO tiles VALUES (3, 6, 5, $1)", tile); err != nil { // row 5 from the south of 8
		t.Fatal(err)
	}
	return name
}

func TestMBTilesCountFromTheSouth(t *testing.T) {
	red := paint(t, color.NRGBA{R: 255, A: 255})
	m := open(t, Options{Kind: Tiles, Source: newMBTiles(t, "png", red), MaxZoom: 18})
	if b, _, err := m.Tile(context.Background(), 3, 6, 2); err != nil || !bytes.Equal(b, red) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if b, _, err := m.Tile(context.Background(), 3, 6, 5); err != nil || !bytes.Equal(b, m.blank) {
		t.Errorf("where nothing is: %v", err)
	}
}

func TestWhatCannotBeABaseMapIsRefusedInOneSentence(t *testing.T) {
	text := filepath.Join(t.TempDir(), "map.mbtiles")
	write(t, text, []byte("this is no database, only some words of a text"))
	dir := t.TempDir()
	for want, o := range map[string]Options{
		"there is no folder":         {Kind: Tiles, Source: filepath.Join(dir, "nothing")},
		"is not an MBTiles file":     {Kind: Tiles, Source: text},
		"vector tiles":               {Kind: Tiles, Source: newMBTiles(t, "pbf", nil)},
		"have a grid of their own":   {Kind: Tiles, Source: dir, CRS: "BD-09"},
		"the coordinate system of t": {Kind: Tiles, Source: dir, CRS: "EPSG:32650"},
	} {
		if _, err := Open(o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestWithoutTilesThereIsNothingToAsk(t *testing.T) {
	for _, kind := range []Kind{"", Vectors, None} {
		m := open(t, Options{Kind: kind})
		if _, _, err := m.Tile(context.Background(), 3, 1, 1); !errors.Is(err, ErrNoTile) || m.Tiled() {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/platform/fault"
)

func TestBytesComeBackAndAreKeptOnce(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte{0, 1, 255}, 999)
	var names []string
	for range 2 {
		info, err := s.Put(context.Background(), bytes.NewReader(want), 1<<20)
		if err != nil || info.Size != int64(len(want)) {
			t.Fatal(info, err)
		}
		names = append(names, info.SHA256)
	}
	got, err := s.Read(names[0])
	if err != nil || !bytes.Equal(got, want) || names[0] != names[1] {
		t.Fatal(names, err)
	}
	if n := count(t, dir); n != 1 {
		t.Fatalf("%d files, want 1", n)
	}
}

func TestNothingHalfWrittenRemains(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(context.Background(), strings.NewReader("too long"), 3); !fault.Is(err, fault.TooLarge) {
		t.Fatalf("got %v, want TooLarge", err)
	}
	torn := io.MultiReader(strings.NewReader("abc"), failing{})
	if _, err := s.Put(context.Background(), torn, 99); err == nil {
		t.Fatal("a torn upload was stored")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Put(ctx, strings.NewReader("abc"), 99); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, dir); n != 0 {
		t.Fatalf("%d files remain", n)
	}
}

func TestNamesCannotLeaveTheFolder(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../../etc/passwd", strings.Repeat("a", 64) + "/..", strings.Repeat("A", 64), strings.Repeat("0", 64)} {
		if f, err := s.Open(name); !fault.Is(err, fault.NotFound) {
			t.Errorf("Open(%q) = %v, %v", name, f, err)
		}
	}
}

func TestOpenClearsAwayWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{"incoming-old": 25 * time.Hour, "incoming-new": time.Minute} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "incoming-new" {
		t.Fatalf("left %v, %v", left, err)
	}
}

func TestDeletedBytesAreGoneAndMayComeBack(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		info, err := s.Put(context.Background(), strings.NewReader("a photo"), 99)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := s.Read(info.SHA256); err != nil || string(b) != "a photo" {
			t.Fatal(string(b), err)
		}
		for range 2 { // the second time there is nothing
			if err := s.Delete(info.SHA256); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Read(info.SHA256); !fault.Is(err, fault.NotFound) {
			t.Fatalf("after Delete: %v", err)
		}
	}
	if err := s.Delete("../../etc/passwd"); err != nil {
		t.Fatal(err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("line dropped") }

func count(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

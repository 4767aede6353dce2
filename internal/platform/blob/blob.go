// Package blob keeps files by the SHA-256 of their bytes in a local folder.
// The same bytes are kept once and never overwritten. It knows nothing of
// what a file means or who may see it.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"xiucheng/internal/platform/fault"
)

// Store is a folder of files.
type Store struct{ dir string }

// Info is what is known of stored bytes.
type Info struct {
	SHA256 string // 64 hexadecimal letters: the name
	Size   int64
}

const (
	incoming  = "incoming-"
	abandoned = 24 * time.Hour // no upload takes this long
)

// Open uses the folder, making it if it is missing, and clears away what
// uploads left there that a crash cut off.
func Open(dir string) (_ *Store, err error) {
	defer fault.Trace(&err, "blob.Open")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	left, err := filepath.Glob(filepath.Join(dir, incoming+"*"))
	if err != nil {
		return nil, err
	}
	for _, name := range left {
		if fi, err := os.Stat(name); err == nil && time.Since(fi.ModTime()) > abandoned {
			if err := os.Remove(name); err != nil {
				return nil, err
			}
		}
	}
	return &Store{dir: dir}, nil
}

// Put stores at most limit bytes of r durably and returns their name. More is
// a TooLarge fault; a full disk is Unavailable; nothing half-written remains.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (info Info, err error) {
	defer fault.Trace(&err, "blob.Put")
	tmp, err := os.CreateTemp(s.dir, incoming)
	if err != nil {
		return info, storage(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(reader{ctx, r}, limit+1))
	if err != nil {
		return info, storage(err)
	}
	if n > limit {
		return info, fault.New(fault.TooLarge, "fault.too_large", "limit", megabytes(limit))
	}
	info = Info{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	if err := tmp.Sync(); err != nil {
		return info, storage(err)
	}
	if err := s.move(tmp.Name(), info.SHA256); err != nil {
		return info, storage(err)
	}
	return info, tmp.Close()
}

// move gives the file its name. A name is on the disk only when its folder is
// synced, and a new folder only when the one above it is.
func (s *Store) move(from, sha string) error {
	name := s.path(sha)
	leaf := filepath.Dir(name)
	_, err := os.Stat(leaf)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(leaf, 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, name); err != nil {
		return err
	}
	dirs := []string{leaf}
	if fresh {
		dirs = append(dirs, filepath.Dir(leaf), s.dir)
	}
	for _, d := range dirs {
		if err := syncFolder(d); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open reads stored bytes; an unknown or malformed name is a NotFound fault.
func (s *Store) Open(sha string) (*os.File, error) {
	if !valid(sha) {
		return nil, fault.Missing("file")
	}
	f, err := os.Open(s.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Missing("file")
	}
	return f, err
}

// Read is Open for small files.
func (s *Store) Read(sha string) ([]byte, error) {
	f, err := s.Open(sha)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Delete removes stored bytes; unknown ones are no error.
func (s *Store) Delete(sha string) error {
	if !valid(sha) {
		return nil
	}
	if err := os.Remove(s.path(sha)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) path(sha string) string { return filepath.Join(s.dir, sha[:2], sha[2:4], sha) }

func valid(sha string) bool {
	b, err := hex.DecodeString(sha)
	return err == nil && len(b) == sha256.Size && hex.EncodeToString(b) == sha
}

func storage(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(err, fault.Unavailable, "fault.disk_full")
	}
	return err
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", max(1, n>>20)) }

// reader stops when the context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

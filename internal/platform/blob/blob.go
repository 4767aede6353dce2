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

	"xiucheng/internal/platform/fault"
)

// Store is a folder of files.
type Store struct{ dir string }

// Info is what is known of stored bytes.
type Info struct {
	SHA256 string // 64 hexadecimal letters: the name
	Size   int64
}

// Open uses the folder, making it if it is missing.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &Store{dir: dir}, nil
}

// Put stores at most limit bytes of r durably and returns their name. More is
// a TooLarge fault; a full disk is Unavailable; nothing half-written remains.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (info Info, err error) {
	defer fault.Trace(&err, "blob.Put")
	tmp, err := os.CreateTemp(s.dir, "incoming-")
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
	name := s.path(info.SHA256)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return info, storage(err)
	}
	if err := os.Rename(tmp.Name(), name); err != nil {
		return info, storage(err)
	}
	return info, tmp.Close()
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

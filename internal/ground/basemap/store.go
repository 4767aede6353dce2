package basemap

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// store keeps tiles on the disk, at most so many bytes of them: the oldest go first.
type store struct {
	dir string
	max int64

	mu   sync.Mutex
	used int64
}

// file is a kept tile; no body means that the service has none there.
type file struct {
	body []byte
	at   time.Time
}

func openStore(dir string, max int64) (*store, error) {
	s := &store{dir: dir, max: max}
	if max <= 0 {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for _, f := range s.list() {
		s.used += f.size
	}
	return s, s.shrink()
}

// get returns the kept tile of the name, which is a path inside the folder.
func (s *store) get(name string) (file, bool) {
	if s.max <= 0 {
		return file{}, false
	}
	full := filepath.Join(s.dir, name)
	st, err := os.Stat(full)
	if err != nil {
		return file{}, false
	}
	b, err := os.ReadFile(full)
	return file{b, st.ModTime()}, err == nil
}

// put keeps a tile got at the instant. What cannot be kept is asked for again.
func (s *store) put(name string, body []byte, at time.Time) error {
	if s.max <= 0 {
		return nil
	}
	full := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(full), "part-*")
	if err != nil {
		return err
	}
	_, err = part.Write(body)
	err = errors.Join(err, part.Close())
	if err == nil {
		err = errors.Join(os.Chtimes(part.Name(), at, at), os.Rename(part.Name(), full))
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	s.mu.Lock()
	s.used += int64(len(body))
	crowded := s.used > s.max
	s.mu.Unlock()
	if crowded {
		return s.shrink()
	}
	return nil
}

// kept is one file of the folder.
type kept struct {
	path string
	size int64
	at   time.Time
}

func (s *store) list() (out []kept) {
	_ = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error { // what cannot be read is not counted
		if err != nil || d.IsDir() {
			return nil
		}
		if st, err := d.Info(); err == nil {
			out = append(out, kept{path, st.Size(), st.ModTime()})
		}
		return nil
	})
	return out
}

// shrink removes the oldest tiles until a tenth of the room is free.
func (s *store) shrink() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used <= s.max {
		return nil
	}
	all := s.list()
	slices.SortFunc(all, func(a, b kept) int { return a.at.Compare(b.at) })
	s.used = 0
	for _, f := range all {
		s.used += f.size
	}
	var bad []error
	for _, f := range all {
		if s.used <= s.max-s.max/10 {
			break
		}
		if err := os.Remove(f.path); err != nil {
			bad = append(bad, err)
			continue
		}
		s.used -= f.size
	}
	return errors.Join(bad...)
}

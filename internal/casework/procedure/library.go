package procedure

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"xiucheng/internal/platform/fault"
)

// Library holds procedures by id and version. It never changes.
type Library struct {
	byKey  map[string]*Procedure
	latest map[string]*Procedure
}

// NewLibrary collects loaded procedures. The same id and version with another
// text is an error: a case keeps its version, so a version keeps its words.
func NewLibrary(ps ...*Procedure) (*Library, error) {
	l := &Library{byKey: map[string]*Procedure{}, latest: map[string]*Procedure{}}
	var bad []error
	for _, p := range ps {
		k := key(p.ID, p.Version)
		if old := l.byKey[k]; old != nil && old.sum != p.sum {
			bad = append(bad, fmt.Errorf("procedure %s version %d was already used with another text; raise its version", p.ID, p.Version))
			continue
		}
		l.byKey[k] = p
		if old := l.latest[p.ID]; old == nil || old.Version < p.Version {
			l.latest[p.ID] = p
		}
	}
	return l, errors.Join(bad...)
}

func key(id string, version int) string { return fmt.Sprintf("%s@%d", id, version) }

// Latest returns the newest version; unknown is NotFound.
func (l *Library) Latest(id string) (*Procedure, error) {
	if p := l.latest[id]; p != nil {
		return p, nil
	}
	return nil, fault.Missing("procedure")
}

// Version returns one version; unknown is NotFound.
func (l *Library) Version(id string, version int) (*Procedure, error) {
	if p := l.byKey[key(id, version)]; p != nil {
		return p, nil
	}
	return nil, fault.Missing("procedure")
}

// All lists the newest versions by id.
func (l *Library) All() []*Procedure {
	out := make([]*Procedure, 0, len(l.latest))
	for _, p := range l.latest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *Procedure) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Check loads every *.yaml below the folder root. The error is a Problems with
// everything wrong in all files; the good procedures come back either way.
func Check(fsys fs.FS, w World) (ps []*Procedure, err error) {
	var all Problems
	walkErr := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		p, err := Load(path, src, w)
		var bad Problems
		switch {
		case errors.As(err, &bad):
			all = append(all, bad...)
		case err != nil:
			return err
		default:
			ps = append(ps, p)
		}
		return nil
	})
	if walkErr != nil {
		return ps, walkErr
	}
	if len(all) > 0 {
		return ps, all
	}
	return ps, nil
}

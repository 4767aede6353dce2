// Package library holds the procedures in force by id and version, reads those
// of a folder, and looks at what they do to each other's cases.
package library

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Library holds procedures by id and version. It never changes.
type Library struct {
	byKey  map[string]*procedure.Procedure
	latest map[string]*procedure.Procedure
	terms  map[string]i18n.Text // what procedures and their clocks are called, by the Chinese word
}

// Term is what a word of the procedures is called.
func (l *Library) Term(word string) (t i18n.Text, known bool) {
	t, known = l.terms[word]
	return t, known
}

// New collects loaded procedures. The same id and version with another
// text is an error: a case keeps its version, so a version keeps its words.
func New(ps ...*procedure.Procedure) (*Library, error) {
	l := &Library{byKey: map[string]*procedure.Procedure{}, latest: map[string]*procedure.Procedure{}, terms: map[string]i18n.Text{}}
	var bad []error
	for _, p := range ps {
		k := key(p.ID, p.Version)
		if old := l.byKey[k]; old != nil && old.Sum() != p.Sum() {
			bad = append(bad, fmt.Errorf("procedure %s version %d was already used with another text; raise its version", p.ID, p.Version))
			continue
		}
		l.byKey[k] = p
		if old := l.latest[p.ID]; old == nil || old.Version < p.Version {
			l.latest[p.ID] = p
		}
	}
	for _, p := range l.latest {
		for _, c := range p.Clocks {
			l.terms[c.Name.ZH] = c.Name
		}
		l.terms[p.Title.ZH] = p.Title
	}
	return l, errors.Join(bad...)
}

func key(id string, version int) string { return fmt.Sprintf("%s@%d", id, version) }

// Latest returns the newest version; unknown is NotFound.
func (l *Library) Latest(id string) (*procedure.Procedure, error) {
	if p := l.latest[id]; p != nil {
		return p, nil
	}
	return nil, fault.Missing("procedure")
}

// Version returns one version; unknown is NotFound.
func (l *Library) Version(id string, version int) (*procedure.Procedure, error) {
	if p := l.byKey[key(id, version)]; p != nil {
		return p, nil
	}
	return nil, fault.Missing("procedure")
}

// All lists the newest versions by id.
func (l *Library) All() []*procedure.Procedure {
	out := make([]*procedure.Procedure, 0, len(l.latest))
	for _, p := range l.latest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *procedure.Procedure) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// read are the procedures that Read has read, by text.
var read sync.Map

// Read loads a procedure that was checked before. A process reads the same text
// once: a start finds it in more than one place, and procedures never change.
func Read(name string, src []byte) (*procedure.Procedure, error) {
	if p, ok := read.Load(string(src)); ok {
		return p.(*procedure.Procedure), nil
	}
	p, err := procedure.Load(name, src, procedure.World{})
	if err == nil {
		read.Store(string(src), p)
	}
	return p, err
}

// Check loads every *.yaml below the folder root. The error is a procedure.Problems with
// everything wrong in all files; the good procedures come back either way.
func Check(fsys fs.FS, w procedure.World) (ps []*procedure.Procedure, err error) {
	var all procedure.Problems
	walkErr := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		p, err := procedure.Load(path, src, w)
		var bad procedure.Problems
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
	if all = append(all, CheckCases(ps...)...); len(all) > 0 {
		return ps, all
	}
	return ps, nil
}

// CheckCases looks at what the procedures do to each other's cases. A procedure
// of another pack is not known here and is met when the step is taken.
func CheckCases(ps ...*procedure.Procedure) (all procedure.Problems) {
	byID := map[string]*procedure.Procedure{}
	for _, p := range ps {
		byID[p.ID] = p
	}
	for _, p := range ps {
		bad := func(path, text string) {
			all = append(all, p.Problem(path, text))
		}
		for i := range p.Steps {
			for j, o := range p.Steps[i].Open {
				path := fmt.Sprintf("$.steps[%d].open[%d]", i, j)
				other := byID[o.Procedure]
				if other == nil {
					continue
				}
				s, _ := other.Step(o.Step, procedure.None)
				if s == nil {
					bad(path, fmt.Sprintf("step %s does not open a case of %s", o.Step, o.Procedure))
					continue
				}
				for name := range o.Input {
					if s.FieldOf(name) == nil {
						bad(path+".input."+name, fmt.Sprintf("step %s has no field %s", o.Step, name))
					}
				}
				all = append(all, checkParents(p, other)...)
			}
		}
	}
	return all
}

// checkParents looks at the steps a child takes in the case that opens it.
func checkParents(p, child *procedure.Procedure) (all procedure.Problems) {
	for i := range child.Steps {
		a := child.Steps[i].Parent
		if a == nil || p.Named(a.Step) != nil && p.Named(a.Step).By(procedure.System) {
			continue
		}
		path := fmt.Sprintf("$.steps[%d].parent.step", i)
		all = append(all, child.Problem(path, fmt.Sprintf("%s, which opens %s, has no step %s of the system's", p.ID, child.ID, a.Step)))
	}
	return all
}

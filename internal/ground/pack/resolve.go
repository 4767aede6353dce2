package pack

import (
	"io/fs"
	"slices"
)

// Resolve reads and checks a pack together with the packs it depends on, which
// find looks up by id (packs.FS for the embedded ones). The packs come in the
// order in which to apply them, the asked one last. Problems of any of them are
// returned; those of a dependency are named "id/file".
func Resolve(dir fs.FS, find func(id string) (fs.FS, error)) ([]*Pack, Problems) {
	r := &resolver{find: find}
	r.read(dir, "")
	return r.done, r.problems
}

type resolver struct {
	find     func(id string) (fs.FS, error)
	open     []string // ids on the way down, to stop at a circle
	done     []*Pack
	problems Problems
}

func (r *resolver) read(dir fs.FS, prefix string) {
	head := &loader{dir: dir, pack: &Pack{}}
	head.manifest()
	r.open = append(r.open, head.pack.ID)
	for _, need := range head.pack.Depends {
		circle := slices.Contains(r.open, need)
		known := slices.ContainsFunc(r.done, func(p *Pack) bool { return p.ID == need })
		if circle || known {
			continue
		}
		if base, err := r.find(need); err == nil {
			r.read(base, need+"/")
		}
	}
	// A dependency that was not found or goes round in a circle is a problem of
	// the pack that names it.
	p, problems := Check(dir, r.done...)
	for _, x := range problems {
		x.File = prefix + x.File
		r.problems = append(r.problems, x)
	}
	r.done = append(r.done, p)
}

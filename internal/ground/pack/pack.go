package pack

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/i18n"
)

// Manifest is pack.yaml.
type Manifest struct {
	ID       string              `yaml:"pack"`
	Version  string              `yaml:"version"`
	Title    i18n.Text           `yaml:"title"`
	Licence  string              `yaml:"licence"`
	Depends  []string            `yaml:"depends,omitempty"`
	Division *Home               `yaml:"division,omitempty"`
	Files    map[string][]string `yaml:"files"`
}

// Home is the division a pack is made for; a shared pack has none.
type Home struct {
	Key  string    `yaml:"key"`
	Code string    `yaml:"code"`
	Name i18n.Text `yaml:"name"`
}

// Pack is a pack that was read and checked.
type Pack struct {
	Manifest
	Rows       []Row
	Procedures []Procedure
	Papers     []Procedure // templates of official documents, kept by id and version like procedures
	Workdays   []File
	Layers     []Layer
	Components []File // registers in WGS-84, which the room of components reads
	Registers  []Register
	Warnings   Problems // overlaps and gaps of borders: told, but no reason to refuse
}

// Layer is a map layer file and what it holds.
type Layer struct {
	File
	Features []place.Feature
}

// Register is a file of one of the enforcement registers, which their own rooms
// read.
type Register struct {
	Kind string // violations, rules, factors, grades, powers, permits, interviews, terms, unit_powers
	File
}

// Procedure is one procedure file as it lies in the pack.
type Procedure struct {
	ID      string
	Version int
	File
}

// File is a file that is taken whole.
type File struct {
	Path string
	Body []byte
}

// Hash is the SHA-256 of the file.
func (f File) Hash() []byte {
	h := sha256.Sum256(f.Body)
	return h[:]
}

// Kinds of files that are not tables of rows.
const (
	filesWorkdays   = "workdays"
	filesLayers     = "layers"
	filesProcedures = "procedures"
	filesPapers     = "papers"
	filesComponents = "components"
)

// Check reads a pack and everything in it. bases are the packs it depends on,
// already checked: references may lead into them. Every problem is listed, in
// the order of files and lines; the Pack is whole only when there are none.
func Check(dir fs.FS, bases ...*Pack) (*Pack, Problems) {
	l := &loader{dir: dir, bases: bases, pack: &Pack{}}
	if l.manifest() {
		for _, kind := range slices.Sorted(maps.Keys(l.pack.Files)) {
			for _, pattern := range l.pack.Files[kind] {
				l.files(kind, pattern)
			}
		}
		l.check()
	}
	return l.pack, l.problems.sort()
}

type loader struct {
	dir      fs.FS
	bases    []*Pack
	pack     *Pack
	problems Problems
}

const manifestFile = "pack.yaml"

// manifest reads pack.yaml; false when nothing else can be read without it.
func (l *loader) manifest() bool {
	data, err := fs.ReadFile(l.dir, manifestFile)
	if err != nil {
		l.problems.add(manifestFile, 0, "pack.manifest_missing")
		return false
	}
	if err := yaml.UnmarshalWithOptions(data, &l.pack.Manifest, yaml.Strict()); err != nil {
		line, why := yamlError(err)
		l.problems.add(manifestFile, line, "pack.yaml_broken", "why", why)
		return false
	}
	m := l.pack.Manifest
	for name, value := range map[string]string{"pack": m.ID, "version": m.Version, "title.zh": m.Title.ZH, "title.en": m.Title.EN, "licence": m.Licence} {
		if value == "" {
			l.problems.add(manifestFile, 0, "pack.field_empty", "column", name)
		}
	}
	if m.Division != nil && (m.Division.Key == "" || m.Division.Name.ZH == "" || m.Division.Name.EN == "") {
		l.problems.add(manifestFile, 0, "pack.division_blank")
	}
	for _, need := range m.Depends {
		if !slices.ContainsFunc(l.bases, func(b *Pack) bool { return b.ID == need }) {
			l.problems.add(manifestFile, 0, "pack.depends_missing", "pack", need)
		}
	}
	return true
}

// files reads one path of the manifest; a pattern with * may match nothing.
func (l *loader) files(kind, pattern string) {
	read, known := l.reader(kind)
	if !known {
		l.problems.add(manifestFile, 0, "pack.files_unknown", "kind", kind)
		return
	}
	paths, err := fs.Glob(l.dir, pattern)
	if err != nil || (len(paths) == 0 && pattern == path.Clean(pattern) && !hasStar(pattern)) {
		l.problems.add(manifestFile, 0, "pack.file_missing", "file", pattern)
		return
	}
	for _, p := range paths {
		data, err := fs.ReadFile(l.dir, p)
		if err != nil {
			l.problems.add(p, 0, "pack.file_missing", "file", p)
			continue
		}
		read(File{Path: p, Body: data})
	}
}

func hasStar(pattern string) bool {
	for _, r := range pattern {
		if r == '*' || r == '?' || r == '[' {
			return true
		}
	}
	return false
}

// reader returns how files of a kind are read.
func (l *loader) reader(kind string) (func(File), bool) {
	switch kind {
	case filesWorkdays:
		return l.workdays, true
	case filesLayers:
		return l.layer, true
	case filesProcedures:
		return l.procedure, true
	case filesPapers:
		return l.paper, true
	case filesComponents:
		return func(f File) { l.pack.Components = append(l.pack.Components, f) }, true
	case "violations", "rules", "factors", "grades", "powers", "permits", "interviews", "terms", "unit_powers", "clusters", "designations", "stalls", "residents", "barriers", "shops", "frontage_duties",
		"party_groups", "party_members", "stretches":
		return func(f File) { l.pack.Registers = append(l.pack.Registers, Register{kind, f}) }, true
	case "roles":
		return l.roles, true
	case "questions":
		return l.questions, true
	case "choices":
		return l.choices, true
	case "settings":
		return l.settings, true
	}
	s, ok := sheets()[kind]
	return func(f File) {
		for _, r := range readCSV(f.Path, f.Body, s.columns, &l.problems) {
			l.pack.Rows = append(l.pack.Rows, newRow(s.parse(r), r.file, r.line))
		}
	}, ok
}

package review

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Kinds of items.
const (
	Veto     = "veto"     // a fault makes the score 0
	Document = "document" // earns points where it applies
	Deduct   = "deduct"   // takes points away
)

// Scheme is one way to score files, as a pack has it.
type Scheme struct {
	ID      string    `yaml:"scheme"`
	Version int       `yaml:"version"`
	Title   i18n.Text `yaml:"title"`
	Base    int       `yaml:"base"`   // points of every file without a veto
	Weight  int       `yaml:"weight"` // points that documents share out
	Cap     int       `yaml:"cap"`    // most that is deducted
	Items   []Item    `yaml:"items"`
}

// Item is one question about a file.
type Item struct {
	ID      string    `yaml:"id"`
	Kind    string    `yaml:"kind"`
	Group   i18n.Text `yaml:"group"`
	Name    i18n.Text `yaml:"name"`
	Points  string    `yaml:"points,omitempty"` // 1.5
	Hint    i18n.Text `yaml:"hint,omitempty"`
	Machine string    `yaml:"machine"` // yes, partly or no
	Basis   i18n.Text `yaml:"basis"`
}

// Full is the item's points.
func (i Item) Full() Points {
	p, _ := ReadPoints(i.Points)
	return p
}

// Points are hundredths of a point.
type Points int64

// ReadPoints reads 1.5 as 150; anything else than a number from 0 is false.
func ReadPoints(s string) (Points, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 1000 {
		return 0, false
	}
	return Points(v*100 + 0.5), true
}

// String is the number as people write it: 92.45, 66.
func (p Points) String() string { return strconv.FormatFloat(float64(p)/100, 'f', -1, 64) }

// Load reads the schemes of a pack's folder.
func Load(dir fs.FS) (out []Scheme, err error) {
	files, err := fs.Glob(dir, "review/*.yaml")
	for i := 0; i < len(files) && err == nil; i++ {
		var b []byte
		var s Scheme
		if b, err = fs.ReadFile(dir, files[i]); err != nil {
			break
		}
		if err = yaml.UnmarshalWithOptions(b, &s, yaml.Strict()); err == nil {
			err = s.check()
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", path.Base(files[i]), err)
		}
		out = append(out, s)
	}
	return out, err
}

func (s *Scheme) check() error {
	seen := map[string]bool{}
	for _, x := range s.Items {
		_, number := ReadPoints(x.Points)
		if seen[x.ID] || !slices.Contains([]string{Veto, Document, Deduct}, x.Kind) || number == (x.Kind == Veto) {
			return fmt.Errorf("item %s: stands twice, or its kind and points do not fit", x.ID)
		}
		seen[x.ID] = true
	}
	return nil
}

// Item finds an item.
func (s *Scheme) Item(id string) *Item {
	if i := slices.IndexFunc(s.Items, func(x Item) bool { return x.ID == id }); i >= 0 {
		return &s.Items[i]
	}
	return nil
}

// scheme is the version a review began with; none is NotFound.
func (m *Room) scheme(id string, version int) (*Scheme, error) {
	for i := range m.Schemes {
		if m.Schemes[i].ID == id && (version == 0 || m.Schemes[i].Version == version) {
			return &m.Schemes[i], nil
		}
	}
	return nil, fault.Missing("scheme")
}

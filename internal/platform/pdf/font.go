package pdf

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"weak"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"xiucheng/internal/platform/fault"
)

//go:embed fonts
var embedded embed.FS

// Press sets documents. It is safe for concurrent use.
type Press struct {
	dir string

	mu    sync.Mutex
	fonts weak.Pointer[fonts] // 20 MB that an idle program need not hold
}

// NewPress returns a press that looks for further fonts in dir; "" for none.
func NewPress(dir string) *Press { return &Press{dir: dir} }

// fonts are the two of the text and those that lend characters.
type fonts struct {
	regular, bold *face
	more          []*face
}

type face struct {
	name string
	raw  []byte
	font *sfnt.Font
	em   fixed.Int26_6
}

func (p *Press) load() (*fonts, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.fonts.Value(); f != nil {
		return f, nil
	}
	f := &fonts{}
	for _, own := range []struct {
		dst        **face
		name, file string
	}{{&f.regular, "regular", "NotoSerifSC-Regular.zst"}, {&f.bold, "bold", "NotoSerifSC-Bold.zst"}} {
		raw, err := p.replaced(own.name + ".ttf")
		if errors.Is(err, fs.ErrNotExist) {
			if raw, err = embedded.ReadFile("fonts/" + own.file); err == nil {
				raw, err = unpack(raw)
			}
		}
		if err != nil {
			return nil, err
		}
		if *own.dst, err = newFace(own.name, raw); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "pdf.font", "file", own.name)
		}
	}
	if err := p.lend(f); err != nil {
		return nil, err
	}
	p.fonts = weak.Make(f)
	return f, nil
}

func (p *Press) replaced(name string) ([]byte, error) {
	if p.dir == "" {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile(filepath.Join(p.dir, name))
}

// lend reads every other font of the folder.
func (p *Press) lend(f *fonts) error {
	if p.dir == "" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(p.dir, "*.ttf"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "regular.ttf" || name == "bold.ttf" {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		x, err := newFace(name, raw)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "pdf.font", "file", name)
		}
		f.more = append(f.more, x)
	}
	return nil
}

func newFace(name string, raw []byte) (*face, error) {
	f, err := sfnt.Parse(raw)
	if err != nil {
		return nil, err
	}
	return &face{name: name, raw: raw, font: f, em: fixed.I(int(f.UnitsPerEm()))}, nil
}

// glyph is a character in the face that has it.
type glyph struct {
	face    *face
	index   sfnt.GlyphIndex
	advance float64 // in ems
}

// ruler finds glyphs and remembers them for one job.
type ruler struct {
	*fonts
	buf  sfnt.Buffer
	seen [2]map[rune]glyph
	lost error // the first character that no font has
}

func newRuler(f *fonts) *ruler {
	return &ruler{fonts: f, seen: [2]map[rune]glyph{{}, {}}}
}

// find looks in the face asked for, then in the regular one, then in those
// that lend. What is nowhere is remembered as lost.
func (r *ruler) find(c rune, bold bool) glyph {
	n, order := 0, append([]*face{r.regular}, r.more...)
	if bold {
		n, order = 1, append([]*face{r.bold}, order...)
	}
	if g, ok := r.seen[n][c]; ok {
		return g
	}
	var g glyph
	for _, f := range order {
		// The writer of the file knows only the first 65,536 characters of its own fonts.
		if c > 0xFFFF && (f == r.regular || f == r.bold) {
			continue
		}
		i, err := f.font.GlyphIndex(&r.buf, c)
		if err != nil || i == 0 {
			continue
		}
		adv, err := f.font.GlyphAdvance(&r.buf, i, f.em, font.HintingNone)
		if err != nil {
			continue
		}
		g = glyph{face: f, index: i, advance: float64(adv) / float64(f.em)}
		break
	}
	if g.face == nil && r.lost == nil {
		r.lost = fault.New(fault.Invalid, "pdf.glyph", "char", string(c), "code", fmt.Sprintf("U+%04X", c))
	}
	r.seen[n][c] = g
	return g
}

// wide reports whether the character takes a whole cell.
func (g glyph) wide() bool { return g.advance > 0.99 }

// width is the room the text takes on one line.
func (r *ruler) width(s string, size float64, bold bool) (w float64) {
	for _, c := range s {
		w += r.room(c, size, bold)
	}
	return w
}

func (r *ruler) room(c rune, size float64, bold bool) float64 {
	g := r.find(c, bold)
	if g.wide() {
		return size * squeezed
	}
	return size * g.advance
}

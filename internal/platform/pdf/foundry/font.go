package main

import (
	"errors"
	"math"
	"slices"
)

// font is a font file with TrueType outlines that are not made of others.
type font struct {
	tables map[string][]byte
	glyphs int
	em     int
}

type point struct {
	x, y int
	on   bool
}

func read(src []byte) (*font, error) {
	f := &font{tables: map[string][]byte{}}
	if len(src) < 12 {
		return nil, errors.New("no font file")
	}
	for i := range int(be.Uint16(src[4:])) {
		e := src[12+16*i:]
		f.tables[string(e[:4])] = src[be.Uint32(e[8:]):][:be.Uint32(e[12:])]
	}
	if f.tables["glyf"] == nil || be.Uint16(f.tables["head"][50:]) != 1 {
		return nil, errors.New("want outlines of TrueType with a long loca")
	}
	f.glyphs, f.em = int(be.Uint16(f.tables["maxp"][4:])), int(be.Uint16(f.tables["head"][18:]))
	return f, nil
}

// scaled puts a measure of the file on the grid.
func (f *font) scaled(v int) int { return int(math.Round(float64(v) * grid / float64(f.em))) }

// outline is a glyph on the grid, without the points that it makes needless.
func (f *font) outline(i int) (out [][]point) {
	loca := f.tables["loca"]
	g := f.tables["glyf"][be.Uint32(loca[4*i:]):be.Uint32(loca[4*i+4:])]
	if len(g) == 0 {
		return nil
	}
	for _, c := range contours(g) {
		for k := range c {
			c[k].x, c[k].y = f.scaled(c[k].x), f.scaled(c[k].y)
		}
		out = append(out, simple(c))
	}
	return out
}

// contours decodes a glyph.
func contours(g []byte) (out [][]point) {
	n := int(int16(be.Uint16(g)))
	ends, p := g[10:10+2*n], g[10+2*n:]
	p = p[2+int(be.Uint16(p)):] // no instructions
	points := make([]point, int(be.Uint16(ends[2*n-2:]))+1)
	var flags []byte
	for len(flags) < len(points) {
		f, times := p[0], 1
		if p = p[1:]; f&8 != 0 {
			times, p = 1+int(p[0]), p[1:]
		}
		flags = append(flags, slices.Repeat([]byte{f}, times)...)
	}
	at := 0
	for i, f := range flags {
		at += step(&p, f&2 != 0, f&16 != 0)
		points[i] = point{x: at, on: f&1 != 0}
	}
	at = 0
	for i, f := range flags {
		at += step(&p, f&4 != 0, f&32 != 0)
		points[i].y = at
	}
	from := 0
	for i := range n {
		to := int(be.Uint16(ends[2*i:])) + 1
		out = append(out, points[from:to])
		from = to
	}
	return out
}

func step(p *[]byte, short, same bool) (v int) {
	switch {
	case short:
		v, *p = int((*p)[0]), (*p)[1:]
		if !same {
			v = -v
		}
	case !same:
		v, *p = int(int16(be.Uint16(*p))), (*p)[2:]
	}
	return v
}

// simple leaves out points on a straight line between their neighbours, and
// those that TrueType understands between two curves.
func simple(c []point) []point {
	for i := 0; i < len(c) && len(c) > 3; i++ {
		a, b, d := c[(i+len(c)-1)%len(c)], c[i], c[(i+1)%len(c)]
		level := (b.x-a.x)*(d.y-b.y) == (b.y-a.y)*(d.x-b.x)
		onward := (b.x-a.x)*(d.x-b.x) >= 0 && (b.y-a.y)*(d.y-b.y) >= 0
		if a.on && d.on && level && onward || b.on && !a.on && !d.on && 2*b.x == a.x+d.x && 2*b.y == a.y+d.y {
			c = slices.Delete(slices.Clone(c), i, i+1)
			i = max(i-2, -1)
		}
	}
	return c
}

// rest is the font file without outlines, measures on the grid.
func (f *font) rest() []byte {
	head, hhea, hmtx := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["hmtx"])
	be.PutUint16(head[18:], grid)
	for i := 36; i < 44; i += 2 {
		f.rescale(head[i:])
	}
	for i := 4; i < 18; i += 2 {
		f.rescale(hhea[i:])
	}
	for i := 0; i+1 < len(hmtx); i += 2 {
		f.rescale(hmtx[i:])
	}
	os2 := slices.Clone(f.tables["OS/2"])
	for _, i := range []int{2, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 68, 70, 72, 74, 76, 86, 88} {
		if i+1 < len(os2) {
			f.rescale(os2[i:])
		}
	}
	post := slices.Clone(f.tables["post"])
	f.rescale(post[8:])
	f.rescale(post[10:])
	tables := map[string][]byte{"head": head, "hhea": hhea, "hmtx": hmtx, "OS/2": os2, "post": post, "glyf": nil, "loca": nil,
		"cmap": f.tables["cmap"], "maxp": f.tables["maxp"], "name": f.tables["name"]}
	return file(tables)
}

func (f *font) rescale(b []byte) { be.PutUint16(b, uint16(int16(f.scaled(int(int16(be.Uint16(b))))))) }

// file joins tables to a font file.
func file(tables map[string][]byte) []byte {
	var tags []string
	for t := range tables {
		tags = append(tags, t)
	}
	slices.Sort(tags)
	out := make([]byte, 12+16*len(tags))
	copy(out, []byte{0, 1, 0, 0})
	be.PutUint16(out[4:], uint16(len(tags)))
	for i, t := range tags {
		e := out[12+16*i:]
		copy(e, t)
		be.PutUint32(e[8:], uint32(len(out)))
		be.PutUint32(e[12:], uint32(len(tables[t])))
		out = append(out, tables[t]...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out
}

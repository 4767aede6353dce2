package main

import "image/color"

// mood is the light of a picture.
type mood struct {
	sky, glow, far, near, leaf, pave, kerb, road, mark color.NRGBA
}

var (
	morning  = mood{hex(0xCFE6F2), hex(0xF4F7EE), hex(0xB7CCD9), hex(0x9DB4C6), hex(0x7FAE86), hex(0xD9D5CB), hex(0xB9B4A8), hex(0x7C828A), hex(0xF2EFE6)}
	noon     = mood{hex(0xBFE0EE), hex(0xEAF5F6), hex(0xC8D3CF), hex(0xAFC2BD), hex(0x6FA36A), hex(0xE2DCCC), hex(0xC2BAA6), hex(0x868A8C), hex(0xF7F4EA)}
	dusk     = mood{hex(0xF3C9A2), hex(0xFBE7CB), hex(0xC9A79C), hex(0xA78A8C), hex(0x7F8C63), hex(0xCDB9A6), hex(0xAA9683), hex(0x6E6870), hex(0xEBD9C3)}
	overcast = mood{hex(0xD3D9DD), hex(0xE8EBEB), hex(0xBCC5CA), hex(0xA3AEB5), hex(0x84998A), hex(0xCFCDC8), hex(0xAEACA7), hex(0x70757A), hex(0xE9E8E3)}
	night    = mood{hex(0x1D2A4A), hex(0x2C3D63), hex(0x243357), hex(0x1A2745), hex(0x22413F), hex(0x3A4358), hex(0x2D354A), hex(0x232B3E), hex(0x6C7488)}
)

// sky fills down to the horizon, lighter towards it.
func sky(c canvas, m mood, horizon float64) {
	const bands = 12
	for i := range bands {
		y := horizon * float64(i) / bands
		c.rect(mix(m.sky, m.glow, float64(i)/bands), 0, y, width, horizon/bands+1)
	}
}

// skyline draws two rows of houses that stand on base.
func skyline(c canvas, m mood, base float64, seed uint32) {
	d := dice(seed)
	for x := -20.0; x < width; {
		w, h := d.in(70, 130), d.in(120, 230)
		c.rect(m.far, x, base-h, w, h)
		x += w + d.in(0, 24)
	}
	for x := -40.0; x < width; {
		w, h := d.in(110, 180), d.in(70, 140)
		c.rect(m.near, x, base-h, w, h)
		for wy := base - h + 16; wy < base-26; wy += 30 {
			for wx := x + 14; wx < x+w-20; wx += 28 {
				c.rect(mix(m.near, m.glow, 0.45), wx, wy, 13, 15)
			}
		}
		x += w + d.in(6, 40)
	}
}

func tree(c canvas, m mood, x, base, s float64, seed uint32) {
	t := c.at(x, base, 0, s)
	t.rect(hex(0x7A624E), -7, -90, 14, 90)
	t.blob(mix(m.leaf, hex(0x20402A), 0.18), 0, -130, 66, 62, seed)
	t.blob(m.leaf, -10, -142, 52, 48, seed+1)
}

// street is a frontal view: houses, pavement from 380, kerb at 500, road below.
func street(c canvas, m mood, seed uint32) {
	sky(c, m, 385)
	skyline(c, m, 382, seed)
	c.rect(m.pave, 0, 380, width, 120)
	for x := -60.0; x < width+60; x += 64 {
		c.line(mix(m.pave, m.kerb, 0.5), 2, x+30, 380, x, 500)
	}
	c.line(mix(m.pave, m.kerb, 0.5), 2, 0, 432, width, 432)
	c.rect(m.kerb, 0, 498, width, 16)
	c.rect(m.road, 0, 514, width, height-514)
	for x := 30.0; x < width; x += 190 {
		c.rect(m.mark, x, 640, 100, 11)
	}
}

// avenue looks along a road: horizon at 250, vanishing point in the middle.
func avenue(c canvas, m mood, seed uint32) {
	sky(c, m, 252)
	skyline(c, m, 252, seed)
	c.rect(mix(m.leaf, m.pave, 0.25), 0, 250, width, height-250)
	c.poly(m.pave, 400, 250, 560, 250, 1180, height, -220, height)
	c.poly(m.kerb, 424, 250, 536, 250, 1010, height, -50, height)
	c.poly(m.road, 428, 250, 532, 250, 985, height, -25, height)
	for _, y := range []float64{290, 345, 425, 545, 690} {
		h := (y - 235) / 5
		w := (y - 235) / 30
		c.poly(m.mark, 480-w*0.8, y, 480+w*0.8, y, 480+w, y+h, 480-w, y+h)
	}
	for i, t := range [][3]float64{{352, 276, 0.42}, {280, 318, 0.68}, {150, 402, 1.15}} {
		tree(c, m, t[0], t[1], t[2], seed+uint32(i)*7)
		tree(c, m, width-t[0], t[1], t[2], seed+uint32(i)*7+3)
	}
}

// ground is a close look down at a surface, with fine grains.
func ground(c canvas, k color.NRGBA, seed uint32) {
	c.rect(k, 0, 0, width, height)
	d := dice(seed)
	for range 90 {
		c.ellipse(mix(k, hex(0x000000), d.in(0.03, 0.09)), d.in(0, width), d.in(0, height), d.in(2, 7), d.in(1, 4))
	}
	for range 60 {
		c.ellipse(mix(k, hex(0xFFFFFF), d.in(0.04, 0.10)), d.in(0, width), d.in(0, height), d.in(2, 6), d.in(1, 3))
	}
}

// footway looks along a pavement with a strip of tactile paving.
func footway(c canvas, m mood, seed uint32) {
	sky(c, m, 232)
	skyline(c, m, 232, seed)
	c.rect(m.road, 0, 230, width, height-230)
	c.poly(mix(m.leaf, m.pave, 0.3), 0, 230, 420, 230, -60, height, 0, height)
	c.poly(m.pave, 410, 230, 560, 230, 1000, height, -80, height)
	c.poly(m.kerb, 556, 230, 566, 230, 1040, height, 996, height)
	for _, y := range []float64{252, 284, 328, 388, 468, 576} {
		t := (y - 230) / (height - 230)
		c.line(mix(m.pave, m.kerb, 0.6), 1+2*t, 410-490*t, y, 560+440*t, y)
	}
	c.poly(hex(0xE3B23C), 474, 230, 496, 230, 576, height, 344, height)
	for i := range 4 {
		f := (float64(i) + 0.5) / 4
		c.line(hex(0xC4922A), 5, 474+22*f, 232, 344+232*f, height)
	}
	for i, t := range [][3]float64{{330, 268, 0.5}, {218, 340, 0.85}, {50, 452, 1.35}} {
		tree(c, m, t[0], t[1], t[2], seed+uint32(i)*5)
	}
}

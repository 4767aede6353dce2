package main

func litter(c canvas) {
	footway(c, dusk, 81)
	bottle(c, 250, 470, 66, hex(0xA8D5E2))
	bottle(c, 770, 480, -38, hex(0xB9DDB5))
	cup := c.at(480, 520, -70, 1.3)
	cup.poly(hex(0xFBF7EE), -26, -44, 26, -44, 18, 38, -18, 38)
	cup.poly(hex(0xB5523C), -23, -14, 23, -14, 20, 14, -20, 14)
	cup.round(hex(0x6E4A35), -30, -54, 60, 14, 5)
	c.at(620, 600, 18, 1).round(hex(0xF7F3E8), -56, -36, 112, 72, 5)
	c.at(620, 600, 18, 1).rect(hex(0xD94F3D), -56, -8, 112, 16)
	bag(c, 350, 650, 1.4, hex(0xEFECE4), 7)
	for i, p := range [][3]float64{{140, 590, 20}, {700, 400, -16}, {860, 600, 40}, {420, 410, 8}} {
		c.at(p[0], p[1], p[2], 1).rect(hex([]uint32{0xFBF7EE, 0xF0D9A0, 0xFBF7EE, 0xC9DCE8}[i]), -34, -22, 68, 44)
	}
	for i, p := range [][2]float64{{540, 430}, {220, 560}, {780, 650}} {
		c.at(p[0], p[1], float64(i)*50, 1).line(hex(0xE4B98A), 8, -18, 0, 10, 0)
		c.at(p[0], p[1], float64(i)*50, 1).line(hex(0xFBF7EE), 8, 10, 0, 26, 0)
	}
}

// wall is a brick wall with a strip of pavement before it.
func wall(c canvas) {
	c.rect(hex(0xC98F6B), 0, 0, width, 580)
	for row := range 15 {
		y := float64(row) * 40
		c.rect(hex(0xB57C5A), 0, y, width, 4)
		for x := float64(row%2)*48 - 48; x < width; x += 96 {
			c.rect(hex(0xB57C5A), x, y, 4, 40)
		}
	}
	c.rect(hex(0xCFC9BC), 0, 580, width, 140)
	c.rect(hex(0xA9A293), 0, 576, width, 12)
}

func wallAfter(c canvas) {
	wall(c)
	for i, x := range []float64{150, 480, 810} {
		c.ellipse(veil(0x000000, 45), x, 652, 104, 12)
		c.blob(hex(0x5F955C), x, 566, 92, 50, uint32(i+3))
		c.blob(hex(0x79AD6C), x-16, 554, 66, 34, uint32(i+9))
		c.poly(hex(0xB9714C), x-96, 590, x+96, 590, x+84, 654, x-84, 654)
		c.rect(hex(0xA55F3D), x-100, 584, 200, 16)
	}
}

func poster(c canvas) {
	wall(c)
	papers := []struct {
		x, y, turn, w, h float64
		k                uint32
	}{
		{230, 190, -6, 190, 240, 0xFBF7EE}, {450, 250, 4, 170, 220, 0xF6E08A}, {670, 180, -3, 200, 250, 0xFBF7EE},
		{330, 430, 7, 180, 150, 0xF2B8A8}, {560, 440, -8, 190, 160, 0xFBF7EE}, {800, 410, 5, 150, 200, 0xBFDDEA},
		{130, 430, 10, 130, 170, 0xF6E08A},
	}
	for i, p := range papers {
		t := c.at(p.x, p.y, p.turn, 1)
		t.rect(veil(0x000000, 50), -p.w/2+6, -p.h/2+8, p.w, p.h)
		t.poly(hex(p.k), -p.w/2, -p.h/2, p.w/2, -p.h/2, p.w/2, p.h/2-34, p.w/2-40, p.h/2, -p.w/2, p.h/2)
		t.poly(mix(hex(p.k), hex(0x000000), 0.15), p.w/2, p.h/2-34, p.w/2-40, p.h/2, p.w/2-44, p.h/2-40)
		t.rect(hex([]uint32{0xB93A33, 0x2F5E9E}[i%2]), -p.w/2+16, -p.h/2+18, p.w-32, 34)
		for y := -p.h/2 + 70; y < p.h/2-44; y += 24 {
			t.rect(hex(0x8C8578), -p.w/2+18, y, p.w-36-float64(i*13%40), 8)
		}
	}
	for i, p := range [][2]float64{{60, 250}, {910, 160}, {90, 80}} {
		c.at(p[0], p[1], float64(i)*30, 1).poly(hex(0xEDE7D8), -40, -20, 10, -34, 44, -8, 20, 30, -24, 22)
	}
}

func tactile(c canvas) {
	footway(c, noon, 81)
	car(c.at(470, 560, 0, 1.15), hex(0xD9DDE0))
	bike(c.at(700, 650, 0, 1.05), hex(0x3F8F88))
}

func footwayAfter(c canvas) {
	footway(c, noon, 81)
	t := c.at(470, 560, 0, 1.1)
	person(t, 0, 0, 1, hex(0x3F6FA0), hex(0x39404A))
	t.line(hex(0xF4F4F0), 6, 36, -92, 74, 30)
	t.line(hex(0xC8452F), 6, 66, 6, 74, 30)
	t.round(hex(0x22262B), -20, -184, 40, 11, 5)
}

func bikes(c canvas) {
	corner(c, noon)
	tones := []uint32{0x2F8FB5, 0xE8B53A, 0x4FA36B}
	for i, p := range [][4]float64{
		{180, 470, -4, 0.9}, {330, 462, 6, 0.9}, {520, 468, -3, 0.9}, {680, 474, 5, 0.9},
		{250, 560, 64, 1}, {430, 548, -12, 1}, {600, 590, -72, 1}, {760, 566, 10, 1},
		{330, 650, 4, 1.1}, {560, 668, 80, 1.05},
	} {
		bike(c.at(p[0], p[1], p[2], p[3]), hex(tones[i%3]))
	}
}

// railing is a stretch of guardrail between two posts.
func railing(c canvas) {
	rail, shade := hex(0xF3F5F4), hex(0xB9C3C9)
	for i := range 8 {
		c.rect(shade, 14+24*float64(i), -118, 8, 100)
	}
	c.rect(rail, 0, -130, 204, 15)
	c.rect(rail, 0, -32, 204, 13)
	c.rect(hex(0x2F6DB5), -9, -152, 18, 152)
	c.rect(hex(0x2F6DB5), 195, -152, 18, 152)
	c.rect(hex(0xF0C23B), -9, -140, 18, 14)
	c.rect(hex(0xF0C23B), 195, -140, 18, 14)
	c.round(hex(0x6B7178), -22, -8, 44, 12, 3)
	c.round(hex(0x6B7178), 182, -8, 44, 12, 3)
}

func guardrail(c canvas) {
	street(c, overcast, 18)
	tree(c, overcast, 140, 400, 1.3, 8)
	railing(c.at(-150, 590, 0, 1))
	railing(c.at(54, 590, 0, 1))
	railing(c.at(322, 636, -32, 1))
	railing(c.at(560, 660, 12, 1))
	railing(c.at(800, 590, 0, 1))
	d := dice(6)
	for i := range 12 {
		c.at(d.in(270, 760), d.in(620, 700), d.in(0, 180), 1).rect(hex([]uint32{0xF3F5F4, 0x2F6DB5}[i%2]), -16, -4, 32, 8)
	}
	for _, x := range []float64{300, 340} {
		c.line(hex(0x4B4F54), 12, x, 715, x+150, 600, x+190, 596)
	}
}

func guardrailAfter(c canvas) {
	street(c, overcast, 18)
	tree(c, overcast, 140, 400, 1.3, 8)
	for x := -150.0; x < width; x += 204 {
		railing(c.at(x, 590, 0, 1))
	}
}

func pile(c canvas) {
	wall(c)
	c = c.at(0, 64, 0, 1)
	c.ellipse(veil(0x000000, 50), 480, 566, 390, 40)
	c.poly(hex(0x9A8F83), 120, 560, 230, 440, 330, 400, 420, 300, 540, 320, 640, 390, 760, 450, 850, 566)
	c.poly(hex(0xB0A598), 170, 560, 300, 440, 430, 340, 500, 360, 560, 470, 600, 560)
	d := dice(23)
	for range 46 {
		x := d.in(170, 800)
		top := 570 - (1-absf(x-480)/370)*230
		k := d.of(hex(0xA9503A), hex(0xBF6A4C), hex(0xC9C1B4), hex(0x7E766D))
		c.at(x, d.in(top, 560), d.in(-40, 40), 1).rect(k, -28, -13, 56, 26)
	}
	c.line(hex(0x8A6440), 16, 300, 560, 420, 250)
	c.line(hex(0x9C754C), 14, 620, 540, 560, 262)
	c.at(700, 560, -30, 1).rect(hex(0xEDE8DC), -70, -60, 140, 90)
	bag(c, 220, 590, 1.7, hex(0xE9E2D0), 5)
	bag(c, 800, 596, 1.5, hex(0xDAD3C0), 8)
	bag(c, 690, 620, 1.3, hex(0xE9E2D0), 9)
}

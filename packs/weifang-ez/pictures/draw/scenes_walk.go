package main

import "image/color"

var (
	green = hex(0x4F8A5B)
	blue  = hex(0x3D6FA8)
)

// corner is the same stretch of street in every light, with its tree and two
// bins at the right.
func corner(c canvas, m mood) {
	street(c, m, 90)
	tree(c, m, 110, 400, 1.3, 3)
	bin(c, 690, 470, green, false)
	bin(c, 850, 470, blue, false)
}

func streetAfter(c canvas) {
	corner(c, noon)
	person(c, 420, 490, 0.95, hex(0x8A6FA8), hex(0x454B5A))
	person(c, 330, 488, 0.7, hex(0xE8B53A), hex(0x3D6FA8))
}

func binFull(c canvas) {
	street(c, morning, 90)
	tree(c, morning, 110, 400, 1.3, 3)
	bin(c, 690, 470, green, true)
	bin(c, 850, 470, blue, true)
	bag(c, 566, 500, 1.3, hex(0x3F4650), 1)
	bag(c, 770, 512, 1.1, hex(0xE7E3DA), 2)
	bag(c, 470, 524, 1, hex(0xB7D3C0), 4)
	bag(c, 640, 560, 1.35, hex(0x3F4650), 3)
	bottle(c, 350, 560, 78, hex(0xA8D5E2))
	c.at(836, 572, 14, 1).round(hex(0xC79A62), -44, -26, 88, 44, 3)
	c.at(420, 610, -22, 1).rect(hex(0xFBF7EE), -24, -14, 48, 24)
	bottle(c, 540, 622, -64, hex(0xB9DDB5))
}

// shop is a front with awning, window and open door, on the pavement.
func shop(c canvas, m mood, wall, cloth color.NRGBA) {
	street(c, m, 44)
	c.rect(wall, 120, 60, 720, 400)
	c.rect(mix(wall, hex(0x000000), 0.2), 120, 440, 720, 20)
	c.rect(hex(0x7B3B33), 160, 86, 640, 74)
	for i := range 6 {
		c.round(hex(0xF3E2BE), 232+float64(i)*88, 104, 56, 38, 6)
	}
	c.rect(hex(0xCFE4EA), 170, 240, 330, 190)
	c.line(hex(0xF2F7F8), 12, 210, 420, 330, 250)
	c.line(hex(0xF2F7F8), 6, 240, 424, 360, 254)
	c.rect(hex(0x4A3B33), 560, 230, 200, 230)
	c.rect(hex(0x6A5547), 576, 246, 168, 214)
	for i := range 12 {
		k := cloth
		if i%2 == 1 {
			k = hex(0xFBF3E6)
		}
		x := 140 + float64(i)*680/12
		c.poly(k, x, 172, x+57, 172, x+57, 236, x, 236)
		c.circle(k, x+28, 236, 28)
	}
}

func shopfront(c canvas) {
	shop(c, noon, hex(0xE5D3B4), hex(0x3F7F6B))
	for i, k := range []uint32{0xD94F3D, 0xE8A33A, 0x7FA653, 0xD94F3D, 0xE8C84A} {
		crate(c, 190+132*float64(i), 492, hex(k))
	}
	for i, k := range []uint32{0xE8A33A, 0x8C5AA0, 0xD94F3D, 0x7FA653} {
		crate(c, 220+142*float64(i), 566, hex(k))
	}
	c.rect(hex(0x6F7A84), 850, 330, 8, 190)
	c.rect(hex(0x6F7A84), 940, 330, 8, 190)
	c.rect(hex(0x6F7A84), 846, 326, 106, 8)
	for i, k := range []uint32{0xC65B7C, 0x4F7FB0, 0xE0B04A} {
		x := 856 + 30*float64(i)
		c.poly(hex(k), x, 338, x+30, 338, x+34, 450, x-4, 450)
	}
}

func shopfrontAfter(c canvas) {
	shop(c, noon, hex(0xE5D3B4), hex(0x3F7F6B))
	for i, k := range []uint32{0xD94F3D, 0xE8A33A, 0x7FA653} {
		crate(c, 236+100*float64(i), 430, hex(k))
	}
	c.at(812, 470, 0, 0.8).round(hex(0x9C6B4A), -46, -56, 92, 56, 8)
	c.at(812, 414, 0, 0.8).blob(hex(0x5F955C), 0, -26, 54, 44, 9)
}

func hawker(c canvas) {
	corner(c, dusk)
	person(c, 690, 574, 1.2, hex(0x4E6E8E), hex(0x3B3A45))
	t := c.at(430, 600, 0, 1)
	t.ellipse(veil(0x000000, 60), 0, 4, 250, 20)
	for _, x := range []float64{-130, 110} {
		t.ring(hex(0x33343A), x, -44, 40, 9)
		t.circle(hex(0x8A8F96), x, -44, 9)
	}
	t.line(hex(0x5B6470), 10, 110, -44, 236, -60, 252, -150)
	t.line(hex(0x33343A), 9, 228, -160, 272, -150)
	t.poly(hex(0x2F7F86), -210, -150, 170, -150, 150, -74, -190, -74)
	t.rect(hex(0x3B979E), -210, -156, 380, 14)
	for i := range 15 {
		k := []uint32{0xE0503A, 0xE8A33A, 0x86B04F}[i/5]
		t.circle(hex(k), -184+float64(i)*25, -168-float64(i%2)*8, 17)
	}
	for i := range 4 {
		t.circle([]color.NRGBA{hex(0xE0503A), hex(0xE8A33A), hex(0xE8A33A), hex(0x86B04F)}[i], -150+float64(i)*96, -192, 15)
	}
	t.rect(hex(0x6B5A4C), -18, -420, 9, 264)
	roof := arc(-14, -378, 250, 110, 180, 360)
	t.poly(hex(0xC8452F), roof...)
	t.poly(hex(0xF4E6CF), arc(-14, -378, 150, 110, 180, 360)...)
	t.poly(hex(0xC8452F), arc(-14, -378, 54, 110, 180, 360)...)
}

func barbecue(c canvas) {
	street(c, night, 52)
	tree(c, night, 720, 400, 1.5, 6)
	lamp(c, 300, 496, true)
	for i := range 9 {
		c.circle(veil(0xFFC47A, 13), 446, 450, 60+float64(i)*34)
	}
	d := dice(9)
	for i := range 16 {
		f := float64(i)
		c.blob(veil(0xC9CDD6, uint8(112-5*i)), 430+d.in(-30, 30)+f*f*0.9, 390-f*26, 34+f*7, 26+f*5, uint32(i))
	}
	person(c, 250, 600, 1.3, hex(0xD8DCE2), hex(0x2F3A55))
	t := c.at(450, 590, 0, 1)
	t.ellipse(veil(0x000000, 90), 0, 4, 190, 14)
	for _, x := range []float64{-150, 140} {
		t.line(hex(0x6A7080), 9, x, -100, x, 0)
	}
	t.rect(hex(0x4B5060), -176, -150, 352, 60)
	t.rect(hex(0xE8642E), -166, -150, 332, 14)
	t.rect(hex(0xFFB14A), -150, -146, 300, 6)
	for i := range 9 {
		x := -150 + 36*float64(i)
		t.line(hex(0xD9C6A4), 4, x, -120, x+10, -190)
		t.at(x+7, -168, 8, 1).round(hex(0x9C4A2E), -9, -20, 18, 36, 6)
	}
	for i := range 3 {
		s := c.at(700+92*float64(i%2)+40*float64(i/2), 600+34*float64(i), 0, 1)
		s.round(hex(0xC8452F), -30, -46, 60, 14, 5)
		s.poly(hex(0x93301F), -24, -32, 24, -32, 30, 0, -30, 0)
	}
}

func lampDark(c canvas) {
	street(c, night, 52)
	c.circle(hex(0xE9E4CE), 800, 96, 34)
	c.circle(night.sky, 786, 88, 32)
	tree(c, night, 720, 400, 1.5, 6)
	lamp(c, 300, 496, false)
}

func lampAfter(c canvas) {
	street(c, night, 52)
	c.circle(hex(0xE9E4CE), 800, 96, 34)
	c.circle(night.sky, 786, 88, 32)
	tree(c, night, 720, 400, 1.5, 6)
	c.ellipse(veil(0xFFE6A0, 60), 450, 560, 260, 60)
	lamp(c, 300, 496, true)
	person(c, 520, 490, 0.8, hex(0xC65B4C), hex(0x39456B))
}

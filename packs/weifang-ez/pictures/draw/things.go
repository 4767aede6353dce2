package main

import "image/color"

func cone(c canvas, x, y, s float64) {
	t := c.at(x, y, 0, s)
	t.ellipse(veil(0x000000, 50), 6, 2, 46, 10)
	t.round(hex(0xC9502B), -40, -12, 80, 14, 4)
	t.poly(hex(0xE8683A), -28, -10, 28, -10, 8, -110, -8, -110)
	t.poly(hex(0xFBF3E6), -21, -42, 21, -42, 15, -68, -15, -68)
}

func bin(c canvas, x, base float64, k color.NRGBA, full bool) {
	t := c.at(x, base, 0, 1)
	t.ellipse(veil(0x000000, 45), 4, 0, 78, 12)
	t.poly(k, -66, -170, 66, -170, 54, -4, -54, -4)
	t.poly(mix(k, hex(0x000000), 0.15), 30, -170, 66, -170, 54, -4, 26, -4)
	t.round(mix(k, hex(0xFFFFFF), 0.75), -26, -112, 44, 44, 22)
	t.circle(mix(k, hex(0x000000), 0.3), -44, -4, 10)
	t.circle(mix(k, hex(0x000000), 0.3), 44, -4, 10)
	if !full {
		t.round(mix(k, hex(0x000000), 0.25), -74, -190, 148, 24, 10)
		return
	}
	t.blob(hex(0x3F4650), -24, -196, 46, 36, 11)
	t.blob(hex(0xE7E3DA), 30, -192, 36, 30, 12)
	t.at(2, -222, -18, 1).round(hex(0xC79A62), -26, -18, 52, 36, 3)
	t.at(-2, -172, 0, 1).at(0, 0, -24, 1).round(mix(k, hex(0x000000), 0.25), -150, -34, 120, 20, 8)
}

func bag(c canvas, x, base, s float64, k color.NRGBA, seed uint32) {
	t := c.at(x, base, 0, s)
	t.ellipse(veil(0x000000, 45), 4, 0, 50, 9)
	t.blob(k, 0, -32, 44, 34, seed)
	t.poly(k, -10, -60, 10, -60, 16, -84, 0, -74, -16, -84)
	t.blob(mix(k, hex(0xFFFFFF), 0.18), -14, -40, 12, 14, seed+1)
}

func bottle(c canvas, x, y, degrees float64, k color.NRGBA) {
	t := c.at(x, y, degrees, 1)
	t.round(k, -12, -34, 24, 62, 7)
	t.rect(k, -5, -48, 10, 16)
	t.rect(hex(0x2F6DB5), -6, -56, 12, 10)
	t.rect(hex(0xFBF7EE), -12, -12, 24, 18)
}

func crate(c canvas, x, base float64, fruit color.NRGBA) {
	t := c.at(x, base, 0, 1)
	t.ellipse(veil(0x000000, 40), 0, 0, 66, 9)
	for i := range 5 {
		t.circle(mix(fruit, hex(0x000000), 0.08*float64(i%2)), -44+22*float64(i), -54, 16)
	}
	t.rect(hex(0xB98A56), -60, -50, 120, 50)
	for i := range 3 {
		t.rect(hex(0xD3A771), -60, -48+17*float64(i), 120, 11)
	}
}

// bike stands on its wheels at the origin of the canvas it gets.
func bike(c canvas, k color.NRGBA) {
	tyre := hex(0x30353C)
	for _, x := range []float64{-62, 62} {
		c.ring(tyre, x, -42, 40, 7)
		c.ring(hex(0xB8BEC5), x, -42, 33, 2)
		c.circle(tyre, x, -42, 6)
	}
	c.line(k, 9, -62, -42, -8, -44, 42, -104, -30, -104, -8, -44)
	c.line(k, 9, -62, -42, -30, -104)
	c.line(k, 9, 62, -42, 38, -124)
	c.line(tyre, 7, 16, -132, 38, -124, 50, -130)
	c.line(tyre, 6, -30, -104, -34, -118)
	c.round(tyre, -54, -126, 40, 10, 5)
	c.poly(mix(k, hex(0xFFFFFF), 0.2), 46, -112, 92, -112, 84, -82, 52, -82)
}

func lamp(c canvas, x, base float64, lit bool) {
	t := c.at(x, base, 0, 1)
	if lit {
		t.poly(veil(0xFFE6A0, 46), 118, -424, 178, -424, 330, 30, -30, 30)
		t.poly(veil(0xFFEDBD, 50), 128, -424, 168, -424, 250, 30, 50, 30)
		for i := range 6 {
			t.circle(veil(0xFFE9A8, 22), 148, -424, 22+float64(i)*13)
		}
	}
	t.rect(hex(0x56607A), -8, -430, 16, 430)
	t.rect(hex(0x47506A), -16, -40, 32, 40)
	t.line(hex(0x56607A), 12, 0, -426, 60, -446, 120, -440)
	head := t
	if !lit {
		head = t.at(120, -438, 32, 1).at(-120, 438, 0, 1)
	}
	head.poly(hex(0x6B7590), 108, -452, 184, -440, 190, -426, 106, -430)
	if lit {
		head.round(hex(0xFFF3CC), 112, -432, 72, 12, 6)
	} else {
		head.round(hex(0x39415A), 112, -432, 72, 12, 6)
		t.line(hex(0x9AA3BC), 3, 150, -408, 146, -386, 152, -370)
	}
}

func person(c canvas, x, base, s float64, coat, legs color.NRGBA) {
	t := c.at(x, base, 0, s)
	t.ellipse(veil(0x000000, 40), 0, 0, 34, 7)
	t.round(legs, -18, -70, 15, 70, 6)
	t.round(legs, 3, -70, 15, 70, 6)
	t.round(coat, -28, -150, 56, 92, 20)
	t.line(mix(coat, hex(0x000000), 0.14), 14, -22, -132, -34, -84)
	t.line(mix(coat, hex(0x000000), 0.14), 14, 22, -132, 36, -92)
	t.circle(hex(0xE8BE9C), 0, -176, 23)
	t.poly(hex(0x3B3230), arc(0, -178, 25, 25, 180, 360)...)
}

// car is seen from behind, standing on its wheels at y = 0.
func car(c canvas, k color.NRGBA) {
	c.ellipse(veil(0x000000, 60), 0, 0, 160, 18)
	c.round(hex(0x2C3036), -132, -40, 46, 44, 10)
	c.round(hex(0x2C3036), 86, -40, 46, 44, 10)
	c.poly(mix(k, hex(0xFFFFFF), 0.12), -104, -126, -80, -206, 80, -206, 104, -126)
	c.poly(hex(0x5A6E80), -84, -130, -66, -190, 66, -190, 84, -130)
	c.round(k, -146, -134, 292, 112, 22)
	c.round(hex(0xB93A33), -136, -108, 46, 26, 8)
	c.round(hex(0xB93A33), 90, -108, 46, 26, 8)
	c.round(hex(0xE9EEF2), -48, -84, 96, 30, 4)
	c.rect(mix(k, hex(0x000000), 0.25), -140, -44, 280, 14)
}

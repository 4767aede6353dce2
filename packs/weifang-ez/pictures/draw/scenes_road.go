package main

// scene is one picture; its name is its file name without .jpg. A name ending
// in -after is a place put right; index.yaml says for which pictures.
type scene struct {
	name string
	draw func(canvas)
}

var scenes = []scene{
	{"barbecue", barbecue}, {"bikes", bikes}, {"bin", binFull}, {"guardrail", guardrail},
	{"hawker", hawker}, {"lamp", lampDark}, {"litter", litter}, {"manhole", manhole},
	{"mud", mud}, {"pile", pile}, {"poster", poster}, {"pothole", pothole},
	{"shopfront", shopfront}, {"tactile", tactile}, {"tree", treeFallen}, {"water", water},
	{"avenue-after", avenueAfter}, {"footway-after", footwayAfter}, {"guardrail-after", guardrailAfter},
	{"lamp-after", lampAfter}, {"manhole-after", manholeAfter}, {"shopfront-after", shopfrontAfter},
	{"street-after", streetAfter}, {"wall-after", wallAfter},
}

// The same avenue in every light, so that one picture shows it put right.
const avenueSeed = 33

func pothole(c canvas) {
	avenue(c, morning, avenueSeed)
	c.blob(hex(0x5A5F66), 520, 560, 200, 78, 5)
	c.blob(hex(0x3B3F45), 520, 562, 168, 60, 5)
	c.blob(hex(0x2A2D32), 526, 572, 136, 40, 6)
	c.blob(hex(0x7FA3B8), 540, 582, 78, 17, 8)
	for _, l := range [][]float64{
		{352, 540, 300, 520, 250, 526}, {690, 530, 742, 500, 770, 505}, {430, 622, 398, 662, 402, 690},
		{620, 624, 672, 660, 720, 662}, {500, 486, 512, 446, 498, 420},
	} {
		c.line(hex(0x4A4F56), 5, l...)
	}
	d := dice(3)
	for range 16 {
		c.ellipse(hex(0x4F545B), 520+d.in(-260, 260), 580+d.in(-90, 110), d.in(5, 13), d.in(3, 8))
	}
}

func manhole(c canvas) {
	ground(c, hex(0x83888B), 9)
	c.rect(hex(0xF2EFE6), 60, 0, 26, height)
	c.ellipse(hex(0x6B7073), 500, 392, 262, 190)
	c.ellipse(hex(0x4C5155), 500, 388, 232, 166)
	c.ellipse(hex(0x16191D), 500, 390, 200, 140)
	c.poly(hex(0x2A2F36), arc(500, 390, 200, 140, 180, 360)...)
	c.ellipse(hex(0x16191D), 500, 424, 190, 116)
	for i := range 3 {
		y := 330 + 52*float64(i)
		c.line(hex(0x6F7880), 8, 446, y+26, 446, y, 554, y, 554, y+26)
	}
	c.at(812, 560, 8, 1).line(hex(0x6B4F37), 10, -30, 60, 10, -180)
	c.at(812, 560, 8, 1).blob(hex(0x7FA06A), 8, -196, 52, 34, 4)
}

func manholeAfter(c canvas) {
	ground(c, hex(0x83888B), 9)
	c.rect(hex(0xF2EFE6), 60, 0, 26, height)
	c.ellipse(hex(0x6B7073), 500, 392, 262, 190)
	c.ellipse(hex(0x41464A), 500, 388, 232, 166)
	c.ellipse(hex(0x5E656B), 500, 386, 218, 154)
	for i := -4; i <= 4; i++ {
		for j := -4; j <= 4; j++ {
			x, y := float64(i)*44, float64(j)*31
			if (x*x)/(190*190)+(y*y)/(128*128) < 1 {
				c.at(500+x, 386+y, 45, 1).round(hex(0x7A8289), -11, -11, 22, 22, 3)
			}
		}
	}
	c.ellipse(hex(0x33383C), 400, 386, 13, 9)
	c.ellipse(hex(0x33383C), 600, 386, 13, 9)
}

func treeFallen(c canvas) {
	avenue(c, overcast, avenueSeed)
	t := c.at(150, 600, -9, 1)
	t.ellipse(veil(0x000000, 60), 330, 46, 400, 26)
	t.poly(hex(0x7A5F49), -40, -26, 460, -10, 460, 22, -40, 34)
	t.poly(hex(0x64503E), -40, 12, 460, 10, 460, 22, -40, 34)
	t.circle(hex(0xD9B98C), -40, 4, 32)
	t.ring(hex(0xB7935F), -40, 4, 18, 4)
	t.line(hex(0x7A5F49), 16, 300, 0, 380, -90)
	t.line(hex(0x7A5F49), 14, 360, 10, 450, 80)
	leaf := mix(overcast.leaf, hex(0x2E5A36), 0.45)
	for i, p := range [][4]float64{{520, -40, 130, 92}, {420, -104, 84, 62}, {610, 26, 120, 80}, {470, 70, 92, 58}} {
		t.blob(mix(leaf, hex(0xFFFFFF), 0.05*float64(i)), p[0], p[1], p[2], p[3], uint32(40+i))
	}
	d := dice(8)
	for range 22 {
		c.at(d.in(120, 900), d.in(640, 705), d.in(0, 180), 1).ellipse(leaf, 0, 0, 12, 5)
	}
}

func avenueAfter(c canvas) {
	avenue(c, morning, avenueSeed)
	person(c, 760, 590, 1.25, hex(0xE07B2F), hex(0x39506B))
	c.line(hex(0x9A7B53), 8, 814, 470, 838, 622)
	c.poly(hex(0xCFA95E), 822, 618, 852, 614, 866, 650, 814, 656)
}

func mud(c canvas) {
	avenue(c, noon, avenueSeed)
	mudTone := hex(0x8A6A45)
	c.poly(veil(0x8A6A45, 190), 455, 262, 505, 262, 700, height, 250, height)
	for _, x := range [][2]float64{{462, 330}, {498, 620}} {
		c.poly(hex(0x735634), x[0]-3, 262, x[0]+3, 262, x[1]+44, height, x[1]-44, height)
		for i := range 16 {
			t := float64(i*i) / 256
			y := 270 + t*450
			cx := x[0] + (x[1]-x[0])*t
			c.line(hex(0x5E4527), 1+6*t, cx-4-38*t, y, cx+4+38*t, y+10*t)
		}
	}
	d := dice(17)
	for i := range 20 {
		y := d.in(380, 700)
		c.blob(mudTone, 480+d.in(-1, 1)*(y-230)*0.8, y, d.in(8, 30), d.in(4, 12), uint32(i))
	}
	t := c.at(480, 356, 0, 0.62)
	t.ellipse(veil(0x000000, 60), 0, 2, 130, 14)
	t.round(hex(0x2C3036), -104, -44, 44, 46, 8)
	t.round(hex(0x2C3036), 60, -44, 44, 46, 8)
	t.rect(hex(0x3C6E4F), -116, -196, 232, 158)
	t.blob(mudTone, 0, -204, 112, 34, 3)
	t.rect(hex(0x2F5840), -116, -70, 232, 14)
	t.rect(hex(0x315D44), -8, -186, 16, 110)
}

func water(c canvas) {
	corner(c, overcast)
	c.blob(veil(0x8CC3DE, 235), 470, 590, 420, 92, 12)
	c.blob(veil(0xB5DCEC, 235), 450, 584, 320, 58, 13)
	c.blob(veil(0x8CC3DE, 255), 470, 500, 120, 34, 14)
	c.rect(hex(0x3E4A55), 428, 452, 84, 48)
	c.poly(hex(0x6E665B), 380, 486, 420, 452, 520, 450, 566, 490, 520, 512, 410, 510)
	c.poly(hex(0x3B372F), 410, 486, 440, 466, 506, 466, 532, 488, 504, 500, 430, 500)
	for i := -3; i <= 3; i++ {
		f := float64(i)
		c.line(veil(0xDDF2FA, 240), 13-absf(f)*2, 470, 484, 470+f*16, 380-absf(f)*-8, 470+f*44, 300+absf(f)*26, 470+f*84, 360+absf(f)*34)
	}
	for i, r := range []float64{46, 84, 128} {
		c.line(veil(0xFFFFFF, uint8(150-40*i)), 4, arc(320, 600, r, r/4, 150, 390)...)
	}
	d := dice(5)
	for range 26 {
		c.ellipse(veil(0xE6F6FC, 230), 470+d.in(-250, 250), d.in(290, 460), 4, 7)
	}
	cone(c, 120, 640, 1.1)
}

func absf(f float64) float64 { return max(f, -f) }

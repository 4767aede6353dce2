package basemap

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/geo"
)

const key = "a1b2c3d4e5-key"

// service is a map service on this machine that counts who asks.
type service struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	keys   []string
	answer func(w http.ResponseWriter, r *http.Request)
}

func newService(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *service {
	t.Helper()
	s := &service{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		s.keys = append(s.keys, r.URL.Query().Get("tk"))
		do := s.answer
		s.mu.Unlock()
		do(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) set(answer func(http.ResponseWriter, *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *service) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// paint is a tile of one colour.
func paint(t *testing.T, c color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			img.Set(x, y, c)
		}
	}
	b, err := picture(img)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gives(b []byte) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) }
}

func fails(status int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no: "+r.URL.String(), status)
	}
}

type bench struct {
	*Map
	clk *clock.Manual
	log *bytes.Buffer
}

// over opens the base map over the service, with changes to the usual options.
func (s *service) over(t *testing.T, change func(*Options)) bench {
	t.Helper()
	b := bench{clk: clock.At(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)), log: &bytes.Buffer{}}
	o := Options{Kind: WMTS, Source: s.URL + "/vec/{z}/{x}/{y}?tk={key}", Key: key, MaxZoom: 18, Cache: t.TempDir(), CacheMax: 10 << 20, Rate: 10000,
		Clock: b.clk, Log: slog.New(slog.NewTextHandler(b.log, nil))}
	if change != nil {
		change(&o)
	}
	var err error
	if b.Map, err = Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestAServiceIsAskedOnceWithItsKey(t *testing.T) {
	red := paint(t, color.NRGBA{R: 200, A: 255})
	s := newService(t, gives(red))
	m := s.over(t, nil)
	for range 3 {
		body, kind, err := m.Tile(context.Background(), 12, 3403, 1598)
		if err != nil || kind != "image/png" || !bytes.Equal(body, red) {
			t.Fatalf("%d bytes of %s, %v", len(body), kind, err)
		}
	}
	if s.count() != 1 || s.asked[0] != "/vec/12/3403/1598" || s.keys[0] != key {
		t.Errorf("asked %v with %v", s.asked, s.keys)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, _, err := m.Tile(context.Background(), 12, 3404, 1598); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.count() != 2 {
		t.Errorf("20 who wanted the same tile made %d requests", s.count()-1)
	}
	if strings.Contains(m.Tag(), key) || m.Tag() == "" {
		t.Errorf("tag %q", m.Tag())
	}
}

func TestAServiceThatFailsIsLeftAloneAndNeverQuoted(t *testing.T) {
	for name, broken := range map[string]func(http.ResponseWriter, *http.Request){
		"error":    fails(http.StatusBadGateway),
		"refused":  fails(http.StatusForbidden),
		"page":     gives([]byte("<html>your key " + key + "</html>")),
		"empty":    gives(nil),
		"huge":     gives(append(paint(t, color.White), make([]byte, maxTile)...)),
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else?tk="+key, http.StatusFound) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = w.Write([]byte("x"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, broken)
			m := s.over(t, nil)
			for x := range 5 {
				body, _, err := m.Tile(context.Background(), 10, x, 1)
				if !errors.Is(err, ErrUnreachable) || body != nil || strings.Contains(err.Error(), key) {
					t.Fatalf("%q, %v", body, err)
				}
			}
			if s.count() != 1 {
				t.Errorf("%d requests while the service rests", s.count())
			}
			good := paint(t, color.White)
			s.set(gives(good))
			m.clk.Set(m.clk.Now().Add(restTime + time.Second))
			if body, _, err := m.Tile(context.Background(), 10, 1, 1); err != nil || !bytes.Equal(body, good) {
				t.Errorf("after the rest: %v", err)
			}
			log := m.log.String()
			if strings.Contains(log, key) || strings.Count(log, "not reachable") != 1 || !strings.Contains(log, "reachable again") {
				t.Errorf("log: %s", log)
			}
		})
	}
}

func TestAnUnreachableHostIsSaidWithoutTheKey(t *testing.T) {
	s := newService(t, gives(nil))
	m := s.over(t, nil)
	s.Close()
	if _, _, err := m.Tile(context.Background(), 10, 1, 1); !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
	if log := m.log.String(); strings.Contains(log, key) || !strings.Contains(log, "not reachable") {
		t.Errorf("log: %s", log)
	}
}

func TestAnOldTileIsBetterThanNone(t *testing.T) {
	first, second := paint(t, color.Black), paint(t, color.White)
	s := newService(t, gives(first))
	m := s.over(t, nil)
	tile := func() []byte {
		b, _, err := m.Tile(context.Background(), 9, 4, 5)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tile()
	m.clk.Set(m.clk.Now().Add(freshTime + time.Hour))
	s.set(fails(http.StatusInternalServerError))
	if !bytes.Equal(tile(), first) || s.count() != 2 {
		t.Errorf("the old tile was not given, %d requests", s.count())
	}
	s.set(gives(second))
	m.clk.Set(m.clk.Now().Add(restTime + time.Second))
	if !bytes.Equal(tile(), second) {
		t.Error("the tile was not renewed")
	}
}

func TestWhereThereIsNothingIsRememberedToo(t *testing.T) {
	s := newService(t, fails(http.StatusNotFound))
	m := s.over(t, nil)
	for range 2 {
		body, kind, err := m.Tile(context.Background(), 5, 4, 5)
		if err != nil || kind != "image/png" {
			t.Fatal(kind, err)
		}
		if img, err := png.Decode(bytes.NewReader(body)); err != nil || img.Bounds().Dx() != size {
			t.Errorf("%v", err)
		}
	}
	if s.count() != 1 {
		t.Errorf("%d requests", s.count())
	}
}

func TestAServiceIsNotAskedOutsideTheArea(t *testing.T) {
	s := newService(t, gives(paint(t, color.White)))
	m := s.over(t, func(o *Options) {
		o.Area = func(context.Context) (geo.Box, error) { return geo.Box{W: 119.03, S: 36.73, E: 119.19, N: 36.81}, nil }
	})
	x, y := tileOf(geo.Point{Lng: 119.1, Lat: 36.77}, 14)
	for _, at := range [][2]int{{x, y}, {x + 100, y}, {x, y - 100}} {
		if _, _, err := m.Tile(context.Background(), 14, at[0], at[1]); err != nil {
			t.Error(err)
		}
	}
	if s.count() != 1 {
		t.Errorf("asked for %v", s.asked)
	}
}

func TestTheKeptTilesDoNotOutgrowTheirRoom(t *testing.T) {
	tile := paint(t, color.White)
	s := newService(t, gives(tile))
	m := s.over(t, func(o *Options) { o.CacheMax = int64(10 * len(tile)) })
	for x := range 30 {
		m.clk.Set(m.clk.Now().Add(time.Minute))
		if _, _, err := m.Tile(context.Background(), 10, x, 0); err != nil {
			t.Fatal(err)
		}
	}
	kept := m.layers[0].(*remote).kept
	if n := len(kept.list()); n < 5 || n > 10 {
		t.Errorf("%d tiles are kept", n)
	}
	if _, _, err := m.Tile(context.Background(), 10, 29, 0); err != nil || s.count() != 30 {
		t.Errorf("the newest tile was not kept: %d requests, %v", s.count(), err)
	}
}

func TestAddressesThatAreNoTiles(t *testing.T) {
	s := newService(t, gives(paint(t, color.White)))
	m := s.over(t, nil)
	for _, at := range [][3]int{{-1, 0, 0}, {19, 0, 0}, {3, 8, 0}, {3, 0, 8}, {3, -1, 0}, {3, 0, -1}} {
		if _, _, err := m.Tile(context.Background(), at[0], at[1], at[2]); !errors.Is(err, ErrNoTile) {
			t.Errorf("%v: %v", at, err)
		}
	}
	if s.count() != 0 {
		t.Errorf("%d requests", s.count())
	}
}

// tileOf is the tile of web mercator that holds the point.
func tileOf(p geo.Point, z int) (x, y int) {
	u, v := mercator.at(p)
	n := math.Exp2(float64(z))
	return int(u * n), int(v * n)
}

// TestTilesOfOtherGridsAreBent puts a dark spot where another grid has a known
// place, and looks for it where the place is on our own map.
func TestTilesOfOtherGridsAreBent(t *testing.T) {
	place := geo.Point{Lng: 119.1057, Lat: 36.7709}
	for _, crs := range []string{"GCJ-02", "EPSG:4490", "EPSG:4326"} {
		g, err := parseGrid(crs)
		if err != nil {
			t.Fatal(err)
		}
		for _, z := range []int{12, 15, 18} {
			u, v := g.at(place)
			all := math.Exp2(float64(z)) * size
			dot := image.Pt(int(u*all), int(v*all))
			s := newService(t, func(w http.ResponseWriter, r *http.Request) {
				at := strings.Split(r.URL.Path, "/")
				img := image.NewNRGBA(image.Rect(0, 0, size, size))
				for y := range size {
					for x := range size {
						img.Set(x, y, color.White)
						if d := image.Pt(number(at[3])*size+x, number(at[4])*size+y).Sub(dot); abs(d.X) <= 1 && abs(d.Y) <= 1 {
							img.Set(x, y, color.Black)
						}
					}
				}
				b, err := picture(img)
				if err != nil {
					t.Error(err)
				}
				_, _ = w.Write(b)
			})
			m := s.over(t, func(o *Options) { o.CRS = crs })
			x, y := tileOf(place, z)
			body, _, err := m.Tile(context.Background(), z, x, y)
			if err != nil {
				t.Fatal(err)
			}
			u, v = mercator.at(place)
			want := image.Pt(int(u*all)-x*size, int(v*all)-y*size)
			if got, dark := darkest(t, body); abs(got.X-want.X) > 1 || abs(got.Y-want.Y) > 1 || dark > 60 {
				t.Errorf("%s at zoom %d: the spot (grey %d) is at %v, want %v", crs, z, dark, got, want)
			}
		}
	}
}

func number(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

func abs(n int) int { return max(n, -n) }

func darkest(t *testing.T, body []byte) (at image.Point, grey uint8) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	grey = 255
	for y := range size {
		for x := range size {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			if c.A < 255 {
				t.Fatalf("a hole at %d, %d", x, y)
			}
			if c.R < grey {
				at, grey = image.Pt(x, y), c.R
			}
		}
	}
	return at, grey
}

func TestLayersLieOverEachOther(t *testing.T) {
	ground, half := paint(t, color.NRGBA{R: 200, A: 255}), paint(t, color.NRGBA{B: 200, A: 128})
	s := newService(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/cva/") {
			gives(half)(w, r)
			return
		}
		gives(ground)(w, r)
	})
	m := s.over(t, func(o *Options) { o.Source += " " + s.URL + "/cva/{z}/{x}/{y}?tk={key}" })
	body, _, err := m.Tile(context.Background(), 3, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := color.NRGBAModel.Convert(img.At(100, 100)).(color.NRGBA)
	if c.A != 255 || abs(int(c.R)-100) > 1 || abs(int(c.B)-100) > 1 {
		t.Errorf("%+v", c)
	}
	if s.count() != 2 {
		t.Errorf("asked for %v", s.asked)
	}
}

func BenchmarkABentTile(b *testing.B) {
	dir := b.TempDir()
	m, err := Open(Options{Kind: Tiles, Source: dir, CRS: "GCJ-02", MaxZoom: 18})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	m.layers[0] = one(m.blank)
	for b.Loop() {
		if _, _, err := m.Tile(context.Background(), 14, 13604, 6376); err != nil {
			b.Fatal(err)
		}
	}
}

// one is a source that has the same tile everywhere.
type one []byte

func (o one) tile(context.Context, address) ([]byte, error) { return o, nil }
func (one) Close() error                                    { return nil }

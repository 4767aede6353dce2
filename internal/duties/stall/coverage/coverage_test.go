package coverage

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/geo"
)

const reach = 25

var (
	station = geo.Point{Lat: 36.7958, Lng: 119.18942}
	nine    = time.Date(2026, 11, 28, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))
)

func at(east, north float64) geo.Point { return geo.Offset(station, east, north) }

// crossing is a street of 1 km from west to east, and one of 400 m that leaves
// it northwards in its middle and bends.
func crossing() *Streets {
	return Cut([]Stretch{
		{"main", geo.Line{at(0, 0), at(500, 0), at(1000, 0)}},
		{"side", geo.Line{at(500, 0), at(500, 180), at(720, 180)}},
		{"nowhere", geo.Line{at(0, 0)}},
	}, reach)
}

func seen(who string, after time.Duration, p geo.Point) track.Point {
	return track.Point{Who: who, At: nine.Add(after), Place: p, Source: track.Foreground}
}

func TestStretchesAreCutEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line geo.Line
		for range rapid.IntRange(2, 6).Draw(t, "corners") {
			line = append(line, at(rapid.Float64Range(0, 300).Draw(t, "east"), rapid.Float64Range(0, 300).Draw(t, "north")))
		}
		pieces := Cut([]Stretch{{"s", line}}, reach).Pieces
		sum := 0.0
		for i, p := range pieces {
			if d := p.Line.Length(); d > pieceMost+0.1 || math.Abs(d-p.Length()) > 0.1 {
				t.Fatalf("piece %d is %f m long, said to be %f", i, d, p.Length())
			}
			if sum += p.Length(); i > 0 && (p.From != pieces[i-1].To && math.Abs(p.From-pieces[i-1].To) > 1e-6 || p.Line[0] != pieces[i-1].Line[len(pieces[i-1].Line)-1]) {
				t.Fatalf("piece %d does not begin where the last ends", i)
			}
		}
		if math.Abs(sum-line.Length()) > 0.1 || pieces[len(pieces)-1].Line[len(pieces[len(pieces)-1].Line)-1] != line[len(line)-1] {
			t.Fatalf("%f m of %f", sum, line.Length())
		}
	})
}

// drawPoints are points that need not be possible together.
func drawPoints(t *rapid.T) (out []track.Point) {
	for range rapid.IntRange(0, 12).Draw(t, "points") {
		p := seen(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "who"),
			time.Duration(rapid.IntRange(50, 70).Draw(t, "minute"))*time.Minute,
			at(rapid.Float64Range(-60, 1060).Draw(t, "east"), rapid.SampledFrom([]float64{-30, -5, 0, 20, 40, 180}).Draw(t, "north")))
		p.Source = rapid.SampledFrom([]track.Source{track.CheckIn, track.Foreground, track.File}).Draw(t, "source")
		p.Accuracy = rapid.SampledFrom([]float64{0, 5, 50, 51}).Draw(t, "accuracy")
		out = append(out, p)
	}
	return out
}

// plain counts piece by piece and second by second, for points that are all
// possible.
func plain(s *Streets, points []track.Point, r Rules, piece int, h time.Time) (out Seen) {
	within := func(t time.Time) bool { return !t.Before(h) && t.Before(h.Add(time.Hour)) }
	near := func(p track.Point, piece int) bool {
		d, _, _ := s.Pieces[piece].Line.Near(p.Place)
		return d <= reach
	}
	for _, who := range []string{"a", "b"} {
		var own []track.Point
		for _, p := range points {
			if p.Who == who && p.Accuracy <= r.Accuracy {
				own = append(own, p)
			}
		}
		slices.SortFunc(own, func(a, b track.Point) int { return a.At.Compare(b.At) })
		var last time.Time
		for i, p := range own {
			joined := p.At.Sub(last) <= r.Gap
			way := i > 0 && p.At.Sub(own[i-1].At) <= r.Gap && passed(s, own[i-1], p, piece, near)
			if within(p.At) && way {
				out.How |= Between
			}
			if within(p.At) && near(p, piece) {
				out.How |= p.Source
			}
			if within(p.At) && !joined && (way || near(p, piece)) {
				out.Passes++
			}
			if !near(p, piece) {
				continue
			}
			for t := last; joined && t.Before(p.At); t = t.Add(time.Second) {
				if within(t) {
					out.Time += time.Second
					out.How |= p.Source
				}
			}
			last = p.At
		}
	}
	return out
}

// passed says that the piece lies between those near one point and those near
// the other, and not far from the straight way.
func passed(s *Streets, a, b track.Point, piece int, near func(track.Point, int) bool) bool {
	var sides [2][2]int // of a and b: pieces before and after on the same stretch
	for k, p := range s.Pieces {
		for side, q := range []track.Point{a, b} {
			switch {
			case p.Stretch != s.Pieces[piece].Stretch || !near(q, k):
			case k == piece:
				return false
			case k < piece:
				sides[side][0]++
			default:
				sides[side][1]++
			}
		}
	}
	across := sides[0][0] > 0 && sides[0][1] == 0 && sides[1][0] == 0 && sides[1][1] > 0 ||
		sides[1][0] > 0 && sides[1][1] == 0 && sides[0][0] == 0 && sides[0][1] > 0
	d, _, _ := geo.Line{a.Place, b.Place}.Near(s.Pieces[piece].Line.At(0, 0.5))
	return across && d <= reach
}

func TestAsCountedPieceByPiece(t *testing.T) {
	s := crossing()
	r := Usual()
	r.Speed = math.Inf(1)
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t)
		for i := range points { // nothing divided by nothing
			points[i].At = points[i].At.Add(time.Duration(i) * time.Second)
		}
		sheet := s.Watch(points, r)
		var all, share float64
		for i, p := range s.Pieces {
			any := false
			for h := range 3 {
				hour := nine.Add(time.Duration(h) * time.Hour)
				want := plain(s, points, r, i, hour)
				if d := cmp.Diff(want, sheet.At(i, hour.Add(59*time.Minute))); d != "" {
					t.Fatalf("piece %d, hour %d: %s", i, h, d)
				}
				any = any || want.How != 0
			}
			if slices.Contains(sheet.Blind(nine, nine.Add(3*time.Hour)), i) == any {
				t.Fatalf("piece %d is blind and seen", i)
			}
			if all += p.Length(); any {
				share += p.Length()
			}
		}
		if got := sheet.Share(nine, nine.Add(3*time.Hour)); math.Abs(got-share/all) > 1e-9 {
			t.Fatalf("a share of %f, want %f", got, share/all)
		}
	})
}

func TestTheOrderOfPointsDoesNotMatter(t *testing.T) {
	s := crossing()
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t)
		one, two := s.Watch(points, Usual()), s.Watch(rapid.Permutation(points).Draw(t, "again"), Usual())
		if d := cmp.Diff(one, two, cmp.AllowUnexported(Sheet{}, spot{}), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Streets" }, cmp.Ignore())); d != "" {
			t.Fatal(d)
		}
	})
}

// walk is where somebody is every ten seconds who goes about the crossing.
func walk(t *rapid.T) (out []track.Point) {
	east, north := rapid.Float64Range(0, 1000).Draw(t, "from"), 0.0
	for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
		out = append(out, seen("a", time.Duration(i)*10*time.Second, at(east, north)))
		east += rapid.Float64Range(-80, 80).Draw(t, "east")
		north += rapid.Float64Range(-40, 40).Draw(t, "north")
	}
	return out
}

func TestMorePointsNeverCoverLess(t *testing.T) {
	s := crossing()
	rapid.Check(t, func(t *rapid.T) {
		all := walk(t)
		some := slices.DeleteFunc(slices.Clone(all), func(track.Point) bool { return rapid.Bool().Draw(t, "missing") })
		few, many := s.Watch(some, Usual()), s.Watch(all, Usual())
		if many.Impossible != 0 {
			t.Fatal("a walk is impossible")
		}
		for spot, f := range few.seen {
			shown := f.How &^ Between
			if m := many.seen[spot]; m.How&shown != shown || m.Time < f.Time {
				t.Fatalf("%v: %v of some points, %v of all", spot, f, m)
			}
		}
	})
}

func TestWhatNobodyCameNearIsNeverSeen(t *testing.T) {
	s := crossing()
	rapid.Check(t, func(t *rapid.T) {
		points := walk(t)
		sheet := s.Watch(points, Usual())
		for spot, c := range sheet.seen {
			line := s.Pieces[spot.piece].Line
			shown, past := false, false
			for i, p := range points {
				d, _, _ := line.Near(p.Place)
				shown = shown || d <= reach
				if i > 0 {
					d, _, _ := geo.Line{points[i-1].Place, p.Place}.Near(line.At(0, 0.5))
					past = past || d <= reach
				}
			}
			if c.How&^Between != 0 && !shown || c.How&Between != 0 && !past {
				t.Fatalf("piece %d is seen: %+v", spot.piece, c)
			}
		}
	})
}

// A wild point among the true ones takes nothing away but itself; when a whole
// file is wild, the larger part counts.
func TestPointsThatContradictTheRestDoNotCount(t *testing.T) {
	s := crossing()
	rapid.Check(t, func(t *rapid.T) {
		honest := walk(t)
		if len(honest) < 3 {
			return
		}
		i := rapid.IntRange(0, len(honest)-1).Draw(t, "after")
		wild := seen("a", honest[i].At.Sub(nine)+time.Second, at(900, 5000))
		got := s.Watch(append(slices.Clone(honest), wild), Usual())
		if d := cmp.Diff(s.Watch(honest, Usual()).seen, got.seen, cmp.AllowUnexported(spot{})); d != "" || got.Impossible != 1 {
			t.Fatal(got.Impossible, d)
		}
	})
	var points []track.Point
	for i := range 20 {
		points = append(points, seen("a", time.Duration(i)*time.Second, at(100, 0)))
		if i%2 == 0 {
			points = append(points, seen("a", time.Duration(i)*time.Second+time.Second/2, at(900, 0)))
		}
	}
	if sheet := s.Watch(points, Usual()); sheet.Impossible != 10 || len(sheet.Blind(nine, nine.Add(time.Hour))) != len(s.Pieces)-2 {
		t.Error(sheet.Impossible, sheet.seen)
	}
}

func TestWhatIsSaidOfAPiece(t *testing.T) {
	s := crossing()
	r := Usual()
	points := []track.Point{
		seen("a", 58*time.Minute, at(25, 10)), seen("a", 61*time.Minute, at(25, 10)), // a stay over the hour
		seen("a", 65*time.Minute, at(25, 0)), // four minutes later: another
		seen("b", 61*time.Minute, at(25, 0)),
		seen("b", 62*time.Minute, at(975, 26)),                          // out of reach
		seen("c", 0, at(510, 10)), seen("c", time.Minute, at(510, 170)), // up the side street
		seen("c", 6*time.Minute, at(510, 10)),
	}
	points[3].Source = track.CheckIn
	sheet := s.Watch(points, r)
	if d := cmp.Diff(Seen{2 * time.Minute, 1, track.Foreground}, sheet.At(0, nine)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(Seen{time.Minute, 2, track.Foreground | track.CheckIn}, sheet.At(0, nine.Add(time.Hour))); d != "" {
		t.Error(d)
	}
	if got := sheet.During(0, nine.Add(59*time.Minute), nine.Add(61*time.Minute)); got.Passes != 3 {
		t.Error("a window counts whole hours", got)
	}
	want := map[int]track.Source{0: track.Foreground, 9: track.Foreground, 10: track.Foreground, 20: track.Foreground, 21: Between, 22: track.Foreground, 23: track.Foreground, 24: track.Foreground}
	for i := range s.Pieces {
		if got := sheet.At(i, nine).How; got != want[i] {
			t.Errorf("piece %d, %+v, is seen by %d", i, s.Pieces[i], got)
		}
	}
	if none := Cut(nil, reach).Watch(points, r); none.Share(nine, nine.Add(time.Hour)) != 0 || none.Blind(nine, nine.Add(time.Hour)) != nil {
		t.Error("no streets are seen")
	}
}

// month is a district's streets and a million points of sixty people.
func month() (*Streets, []track.Point) {
	r := rand.New(rand.NewPCG(5, 14))
	var stretches []Stretch
	for i := range 40 {
		stretches = append(stretches,
			Stretch{fmt.Sprint("w", i), geo.Line{at(0, float64(i)*200), at(8000, float64(i)*200)}},
			Stretch{fmt.Sprint("n", i), geo.Line{at(float64(i)*200, 0), at(float64(i)*200, 8000)}})
	}
	points := make([]track.Point, 0, 1_000_000)
	for who := range 60 {
		east, north, t := r.Float64()*8000, r.Float64()*8000, time.Duration(0)
		name := fmt.Sprint("p", who)
		for i := range cap(points) / 60 {
			if i%2000 == 0 {
				t += 12 * time.Hour
			}
			t += 10 * time.Second
			east, north = math.Abs(east+r.NormFloat64()*15), math.Abs(north+r.NormFloat64()*15)
			points = append(points, seen(name, t, at(east, north)))
		}
	}
	return Cut(stretches, reach), points
}

func BenchmarkAMonth(b *testing.B) {
	s, points := month()
	for b.Loop() {
		sheet := s.Watch(points, Usual())
		b.ReportMetric(sheet.Share(nine, nine.AddDate(0, 1, 0)), "share")
	}
}

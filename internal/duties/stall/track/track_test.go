package track

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

var (
	zone    = time.FixedZone("CST", 8*3600)
	morning = time.Date(2026, 11, 28, 8, 0, 0, 0, zone)
	station = geo.Point{Lat: 36.7958, Lng: 119.18942}
	// near is what a line keeps: centimetres and decimetres.
	near = cmp.Options{cmpopts.EquateApprox(0, 1e-7), cmpopts.EquateApproxTime(time.Millisecond)}
)

func at(minutes int) Point {
	return Point{Who: "officer-7", At: morning.Add(time.Duration(minutes) * time.Minute), Place: station, Source: Foreground}
}

func drawPoint(t *rapid.T) Point {
	return Point{
		Who:      rapid.StringMatching(`[!-~]{1,64}`).Draw(t, "who"),
		At:       morning.Add(time.Duration(rapid.IntRange(-86400_000, 86400_000).Draw(t, "ms")) * time.Millisecond),
		Place:    geo.Point{Lat: rapid.Float64Range(36, 37).Draw(t, "lat"), Lng: rapid.Float64Range(119, 120).Draw(t, "lng")},
		Accuracy: float64(rapid.IntRange(0, 5000).Draw(t, "accuracy")) / 10,
		Source:   rapid.SampledFrom([]Source{CheckIn, Foreground, File}).Draw(t, "source"),
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		s := Open(filepath.Join(dir, fmt.Sprint(n)), zone)
		points := rapid.SliceOfN(rapid.Custom(drawPoint), 0, 12).Draw(r, "points")
		if err := s.Append("weifang-ez", points); err != nil {
			r.Fatal(err)
		}
		from := morning.Add(time.Duration(rapid.IntRange(-30, 30).Draw(r, "from")) * time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(0, 40).Draw(r, "hours")) * time.Hour)
		got, dropped, err := s.Read(context.Background(), "weifang-ez", from, to)
		if err != nil || dropped != 0 {
			r.Fatal(dropped, err)
		}
		var want []Point
		for _, p := range points {
			if ms := p.At.Truncate(time.Millisecond); !ms.Before(from) && ms.Before(to) {
				want = append(want, p)
			}
		}
		early := cmpopts.SortSlices(func(a, b Point) bool {
			return a.At.Before(b.At) || a.At.Equal(b.At) && a.Who+fmt.Sprint(a.Place) < b.Who+fmt.Sprint(b.Place)
		})
		if d := cmp.Diff(want, got, near, early, cmpopts.EquateEmpty()); d != "" {
			r.Fatal(d)
		}
	})
}

// A file that a crash cut anywhere gives every whole line, says whether one was
// torn, and takes further points.
func TestATornLineIsDroppedAndSaid(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir, zone)
	if err := s.Append("ez", []Point{at(0), at(1), at(2)}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ez", "2026-11-28.track")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(string(whole[:cut]), "\n")
		torn := 0
		if cut > 0 && whole[cut-1] != '\n' {
			torn = 1
		}
		got, dropped, err := s.Read(context.Background(), "ez", morning, morning.AddDate(0, 0, 1))
		if err != nil || len(got) != lines || dropped != torn {
			t.Fatalf("cut at %d: %d points, %d dropped, %v", cut, len(got), dropped, err)
		}
		if err := s.Append("ez", []Point{at(9)}); err != nil {
			t.Fatal(err)
		}
		got, dropped, err = s.Read(context.Background(), "ez", morning, morning.AddDate(0, 0, 1))
		if whole[cut] == '\n' { // only the end of the line was missing
			lines, torn = lines+1, 0
		}
		if err != nil || len(got) != lines+1 || dropped != torn || !got[lines].At.Equal(at(9).At) {
			t.Fatalf("cut at %d and written on: %d points, %d dropped, %v", cut, len(got), dropped, err)
		}
	}
}

func TestAChangedLineIsDropped(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir, zone)
	if err := s.Append("ez", []Point{at(0), at(1)}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "ez", "2026-11-28.track")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "36.7958", "36.7959", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, dropped, err := s.Read(context.Background(), "ez", morning, morning.AddDate(0, 0, 1)); len(got) != 1 || dropped != 1 || err != nil {
		t.Error(got, dropped, err)
	}
}

func TestManyWriteAtOnce(t *testing.T) {
	s := Open(t.TempDir(), zone)
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for i := range 12 {
				p := at(i)
				p.Who = fmt.Sprint("p", who)
				if err := s.Append("ez", []Point{p, p}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	got, dropped, err := s.Read(context.Background(), "ez", morning, morning.AddDate(0, 0, 1))
	if len(got) != 8*12*2 || dropped != 0 || err != nil {
		t.Error(len(got), dropped, err)
	}
}

func TestOldDaysAreForgotten(t *testing.T) {
	s := Open(t.TempDir(), zone)
	for day := range 5 {
		for _, division := range []string{"ez", "ez-practice"} {
			if err := s.Append(division, []Point{at(day * 24 * 60)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	// half past midnight of the 30th there is still the 29th elsewhere
	if n, err := s.Forget(time.Date(2026, 11, 30, 0, 30, 0, 0, zone)); n != 4 || err != nil {
		t.Error(n, err)
	}
	days, err := s.Days("ez")
	if d := cmp.Diff([]string{"2026-11-30", "2026-12-01", "2026-12-02"}, days); d != "" || err != nil {
		t.Error(d, err)
	}
	if days, err := s.Days("nowhere"); len(days) != 0 || err != nil {
		t.Error(days, err)
	}
}

func TestWhatARestoreSetAsideIsForgottenByTheSameRule(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tracks")
	s := Open(dir, zone)
	for i, aside := range []string{"20261129-120000", "20261201-120000"} {
		for _, day := range []int{0, 3 * i} {
			if err := s.Append("ez", []Point{at(day * 24 * 60)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Rename(dir, dir+Aside+aside); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Forget(time.Date(2026, 11, 30, 12, 0, 0, 0, zone)); n != 2 || err != nil {
		t.Error(n, err)
	}
	left, err := filepath.Glob(dir + Aside + "*/ez/*")
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "2026-12-01"+suffix {
		t.Error("left:", left, err)
	}
	if gone, err := filepath.Glob(dir + Aside + "20261129*"); len(gone) != 0 || err != nil {
		t.Error("an empty folder stays:", gone, err)
	}
}

func TestWhatCannotBeIsNotWritten(t *testing.T) {
	s := Open(t.TempDir(), zone)
	for name, spoil := range map[string]func(*Point){
		"track.who":      func(p *Point) { p.Who = "two words" },
		"track.when":     func(p *Point) { p.At = time.Time{} },
		"track.where":    func(p *Point) { p.Place.Lat = 91 },
		"track.accuracy": func(p *Point) { p.Accuracy = -1 },
		"track.source":   func(p *Point) { p.Source = CheckIn | File },
	} {
		p := at(0)
		spoil(&p)
		if err := s.Append("ez", []Point{at(0), p}); !fault.Is(err, fault.Invalid) || fault.As(err).Key != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Append("../ez", []Point{at(0)}); err == nil {
		t.Error("a division that leaves the folder")
	}
	if days, err := s.Days("ez"); len(days) != 0 || err != nil {
		t.Error(days, err)
	}
}

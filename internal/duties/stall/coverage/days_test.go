package coverage

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/geo"
)

// What the days say is what one look at all points says, however the files grew
// and the streets changed meanwhile.
func TestDaysSayWhatAllPointsSay(t *testing.T) {
	r, ctx := rand.New(rand.NewPCG(1, 2)), context.Background()
	store := track.Open(t.TempDir(), nine.Location())
	days := NewDays(store, reach)
	midnight := nine.Add(-9 * time.Hour)
	streets := []Stretch{{"main", geo.Line{at(0, 0), at(1000, 0)}}, {"side", geo.Line{at(500, 0), at(500, 180), at(720, 180)}}}
	var all []track.Point
	passes := 0
	for round := range 6 {
		var more []track.Point
		for i := range 200 {
			p := seen("p", time.Duration(r.IntN(3))*24*time.Hour+time.Duration(round*200+i)*20*time.Second, at(r.Float64()*300+float64(round)*120, r.Float64()*60))
			p.Accuracy = 5
			more = append(more, p)
		}
		if err := store.Append("d", more); err != nil {
			t.Fatal(err)
		}
		if round == 4 {
			streets = []Stretch{{"main", geo.Line{at(0, 10), at(1000, 10)}}, streets[1]}
		}
		all, _, _ = store.Read(ctx, "d", midnight, midnight.AddDate(0, 0, 3))
		if len(all) != 200*(round+1) {
			t.Fatalf("%d points are kept", len(all))
		}
		for _, only := range []string{"main", "side"} {
			got, err := days.Sheet(ctx, "d", streets, func(s string) bool { return s == only }, midnight, 3)
			if err != nil {
				t.Fatal(err)
			}
			passes += agree(t, got, Cut(streets, reach).Watch(all, Usual()), only, midnight)
		}
	}
	if passes < 100 {
		t.Errorf("only %d passes were compared", passes)
	}
}

// agree compares every piece of a stretch in every hour and says how many passes
// that were.
func agree(t *testing.T, got, want *Sheet, only string, midnight time.Time) (passes int) {
	t.Helper()
	if got.Impossible != want.Impossible || got.Inaccurate != want.Inaccurate {
		t.Errorf("%d and %d points do not count, want %d and %d", got.Impossible, got.Inaccurate, want.Impossible, want.Inaccurate)
	}
	n := 0
	for i, p := range want.Streets.Pieces {
		if p.Stretch != only {
			continue
		}
		for h := range 72 {
			g, w := got.At(n, midnight.Add(time.Duration(h)*time.Hour)), want.At(i, midnight.Add(time.Duration(h)*time.Hour))
			if diff := cmp.Diff(w, g); diff != "" {
				t.Fatalf("%s %d, hour %d: %s", only, n, h, diff)
			}
			passes += w.Passes
		}
		n++
	}
	if n != len(got.Streets.Pieces) {
		t.Errorf("%d pieces, want %d", len(got.Streets.Pieces), n)
	}
	return passes
}

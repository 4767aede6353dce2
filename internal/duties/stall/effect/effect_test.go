package effect

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/geo"
)

var (
	station = geo.Point{Lat: 36.7958, Lng: 119.18942}
	opened  = time.Date(2026, 9, 7, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
)

func at(east float64) geo.Point { return geo.Offset(station, east, 0) }

func TestEventsFallIntoWholeWeeks(t *testing.T) {
	o := Opening{At: opened, Place: station, Radius: 1000, Others: []geo.Point{at(3000)}}
	day := func(n int) time.Time { return opened.AddDate(0, 0, n) }
	events := []Event{
		{day(0), at(0)}, {day(0).Add(-time.Second), at(999)}, {day(7).Add(-time.Second), at(1001)},
		{day(7), at(1500)}, {day(-7), at(-5000)}, {day(-7).Add(-time.Second), at(-5000)},
		{day(1), at(2500)}, {day(1), at(4001)}, // the other cluster's, and beyond it
		{day(15), at(0)}, {day(-15), at(0)}, // in no whole week
	}
	before, after := o.Weeks(events, day(-20), day(20))
	if d := cmp.Diff([]Week{{0, 1}, {1, 1}}, before); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Week{{1, 2}, {0, 1}}, after); d != "" {
		t.Error(d)
	}
	if before, after := o.Weeks(events, day(-14), day(0)); len(before) != 2 || len(after) != 0 {
		t.Error(before, after)
	}
	if before, after := o.Weeks(events, day(30), day(14)); len(before) != 0 || len(after) != 2 {
		t.Error(before, after)
	}
}

func weeks(n, near, outside int) []Week { return slices.Repeat([]Week{{near, outside}}, n) }

func TestNoNumberWithoutGrounds(t *testing.T) {
	for want, c := range map[Refusal][2][]Week{
		FewBefore:   {weeks(3, 10, 50), weeks(9, 5, 50)},
		FewAfter:    {weeks(9, 10, 50), weeks(3, 5, 50)},
		NoneBefore:  {weeks(4, 0, 50), weeks(4, 5, 50)},
		NoneAfter:   {weeks(4, 10, 50), weeks(4, 0, 50)},
		NoneOutside: {weeks(4, 10, 50), weeks(4, 5, 0)},
		TooSparse:   {append(weeks(3, 0, 50), Week{1, 50}), append(weeks(3, 0, 50), Week{1, 50})},
	} {
		e := Compare(c[0], c[1])
		if e.Refusal != want || e.Change != 0 || e.Verdict != "" || e.Notes != nil {
			t.Errorf("%s: %+v", want, e)
		}
	}
	if e := Compare(nil, nil); e.Refusal != FewBefore {
		t.Errorf("%+v", e)
	}
}

func TestWhatChangesEverywhereIsNoEffect(t *testing.T) {
	before, after := weeks(6, 20, 100), weeks(6, 10, 50)
	for i := range before { // not all the same
		before[i].Near += i % 3
		after[i].Near += i % 2
	}
	if e := Compare(before, after); e.Verdict != Unclear || e.Low > 0 || e.High < 0 || math.Abs(e.Change) > 0.1 {
		t.Errorf("%+v", e)
	}
}

func TestAClearEffectIsToldAndBounded(t *testing.T) {
	before, after := weeks(6, 40, 100), weeks(6, 20, 100)
	for i := range before {
		before[i].Near += i % 3
		after[i].Near += i % 2
	}
	e := Compare(before, after)
	if e.Verdict != Less || math.Abs(e.Change+0.5) > 0.05 || e.Low > e.Change || e.High < e.Change || e.High >= 0 || e.Chance > 0.01 {
		t.Errorf("%+v", e)
	}
	if d := cmp.Diff([]Note{Recorded}, e.Notes); d != "" {
		t.Error(d)
	}
	if e := Compare(after, before); e.Verdict != More {
		t.Errorf("%+v", e)
	}
	falling := []Week{{40, 100}, {40, 100}, {20, 100}, {20, 100}}
	if e := Compare(falling, weeks(4, 20, 100)); !slices.Contains(e.Notes, Trend) {
		t.Errorf("%+v", e)
	}
	if e := Compare(weeks(5, 4, 100), append(weeks(4, 3, 100), Week{4, 90})); !slices.Contains(e.Notes, Small) {
		t.Errorf("%+v", e)
	}
}

func drawWeeks(t *rapid.T, name string) (out []Week) {
	for range rapid.IntRange(4, 6).Draw(t, name) {
		out = append(out, Week{rapid.IntRange(0, 30).Draw(t, "near"), rapid.IntRange(0, 90).Draw(t, "outside")})
	}
	return out
}

func TestAnswersAreConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawWeeks(t, "before"), drawWeeks(t, "after")
		e := Compare(before, after)
		if d := cmp.Diff(e, Compare(before, after)); d != "" {
			t.Fatal(d)
		}
		if e.Refusal != "" {
			return
		}
		if want := float64(e.After.Near*e.Before.Outside)/float64(e.After.Outside*e.Before.Near) - 1; math.Abs(want-e.Change) > 1e-9 {
			t.Fatalf("a change of %f, want %f", e.Change, want)
		}
		if !(e.Low < e.Change && e.Change < e.High) || e.Low <= -1 || e.Chance <= 0 || e.Chance > 1 {
			t.Fatalf("%+v", e)
		}
		if (e.Verdict == Unclear) != (e.Low <= 0 && e.High >= 0) {
			t.Fatalf("%+v", e)
		}
		if e.Chance > level+1e-9 && e.Verdict != Unclear && min(math.Abs(e.Low), math.Abs(e.High)) > 2*step {
			t.Fatalf("told although chance does it: %+v", e)
		}
	})
}

// Where nothing changes, hardly more than one in twenty comparisons tell of a
// change; where half goes away, most do.
func TestHowOftenItErrs(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 14))
	poisson := func(mean float64) int {
		n, p := 0, r.Float64()
		for limit := math.Exp(-mean); p > limit; n++ {
			p *= r.Float64()
		}
		return n
	}
	draw := func(factor float64) Effect {
		var sides [2][]Week
		for side := range sides {
			for range 5 {
				everywhere := math.Exp(r.NormFloat64() * 0.3) // weather
				near := 20 * everywhere
				if side == 1 {
					near *= factor
				}
				sides[side] = append(sides[side], Week{poisson(near), poisson(100 * everywhere)})
			}
		}
		return Compare(sides[0], sides[1])
	}
	const n = 150
	told := map[float64]int{}
	covered := 0
	for _, factor := range []float64{1, 0.5} {
		for range n {
			e := draw(factor)
			if e.Verdict != Unclear {
				told[factor]++
			}
			if e.Low <= factor-1 && factor-1 <= e.High {
				covered++
			}
		}
	}
	if told[1] > n*9/100 || told[0.5] < n*8/10 || covered < 2*n*91/100 {
		t.Errorf("of %d each, without effect %d are told, with one %d; %d of %d intervals hold the truth", n, told[1], told[0.5], covered, 2*n)
	}
}

func TestManyWeeksAreDrawnTheSameWay(t *testing.T) {
	before, after := weeks(26, 20, 100), weeks(26, 14, 100)
	for i := range before {
		before[i].Near += i % 5
		after[i].Near += i % 4
	}
	e := Compare(before, after)
	if d := cmp.Diff(e, Compare(before, after)); d != "" || e.Verdict != Less {
		t.Error(d, e)
	}
	if n := len(divisions(4, 4)); n != 70 {
		t.Error(n, "ways to divide eight weeks")
	}
}

func TestEveryKeyHasItsWords(t *testing.T) {
	for _, key := range []string{string(FewBefore), string(FewAfter), string(NoneBefore), string(NoneAfter), string(NoneOutside), string(TooSparse),
		string(Less), string(More), string(Unclear), string(Recorded), string(Trend), string(Small)} {
		if !strings.Contains(string(Words), "effect."+key+":") {
			t.Error(key, "has no words")
		}
	}
}

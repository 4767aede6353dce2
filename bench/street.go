package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"xiucheng/internal/duties/stall/assign"
	"xiucheng/internal/duties/stall/coverage"
	"xiucheng/internal/duties/stall/effect"
	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/platform/geo"
)

// street measures what street order calculates, in this process on one
// processor; beside each figure stands plainer work on the same data.
func (b *bench) street(ctx context.Context) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := b.stalls(); err != nil {
		return err
	}
	if err := b.month(ctx); err != nil {
		return err
	}
	b.sites()
	b.weeks()
	return nil
}

// cpu is the processor time in seconds that the work takes: others on this
// machine do not count.
func cpu(work func()) float64 {
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return math.NaN()
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	}
	runtime.GC()
	start := used()
	work()
	return used() - start
}

// city draws places around a station.
type city struct{ *rand.Rand }

var middle = geo.Point{Lat: 36.7958, Lng: 119.18942}

func newCity() city { return city{rand.New(rand.NewPCG(5, 14))} }

func (c city) around(p geo.Point, metres float64) geo.Point {
	return geo.Offset(p, c.NormFloat64()*metres, c.NormFloat64()*metres)
}

// stalls matches everybody in one band of hours, which is harder than a real
// batch: homes crowd around few of the clusters.
func (b *bench) stalls() error {
	c, batch := newCity(), assign.Batch{HardshipFirst: true}
	var clusters []geo.Point
	for range 14 {
		clusters = append(clusters, c.around(middle, 3000))
	}
	for i := range 1500 {
		s := assign.Stall{ID: fmt.Sprintf("%04d", i), At: c.around(clusters[i%14], 60), Goods: []string{"fruit", "snack"}, Hours: []assign.Hours{{Band: "evening"}}}
		s.Goods = s.Goods[:1+min(1, i%4)]
		batch.Stalls = append(batch.Stalls, s)
	}
	for i := range 2000 {
		a := assign.Applicant{ID: fmt.Sprintf("%04d", i), Turn: i, From: c.around(clusters[c.IntN(5)], 900), Hardship: i%10 == 0, Band: "evening"}
		a.Goods = []string{[]string{"fruit", "fruit", "snack"}[i%3]}
		batch.Applicants = append(batch.Applicants, a)
	}
	var r *assign.Result
	var err error
	spent := cpu(func() { r, err = assign.Match(batch) })
	if err != nil {
		return err
	}
	told := cpu(func() {
		for _, p := range r.Placements[:50] {
			r.Explain(p.Applicant)
		}
	})
	b.most("say why to fifty of them, as the page does", told, 2, "s", "")
	placed, walk, plain := 0, 0, 0.0
	plain = cpu(func() { placed, walk = byTurn(batch) })
	b.most("match 2,000 vendors with 1,500 stalls", spent, 2, "s", fmt.Sprintf("%d placed, %.0f m each; one after the other at the nearest: %s s, %d placed, %.0f m each",
		len(r.Placements), float64(r.Metres)/float64(len(r.Placements)), number(plain), placed, float64(walk)/float64(placed)))
	return nil
}

// byTurn gives each in turn the nearest stall that is left.
func byTurn(b assign.Batch) (placed, walk int) {
	left := b.Stalls
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for _, a := range b.Applicants {
		offer, ok := assign.Nearest(left, a.From, a.Need, at)
		if !ok {
			continue
		}
		placed, walk = placed+1, walk+offer.Metres
		rest := make([]assign.Stall, 0, len(left))
		for _, s := range left {
			if s.ID != offer.Stall {
				rest = append(rest, s)
			}
		}
		left = rest
	}
	return placed, walk
}

// month is a million points of sixty people in 640 km of streets, written to
// daily files, read and laid over the streets.
func (b *bench) month(ctx context.Context) error {
	c := newCity()
	var stretches []coverage.Stretch
	for i := range 40 {
		at := func(east, north float64) geo.Point { return geo.Offset(middle, east, north) }
		stretches = append(stretches,
			coverage.Stretch{ID: fmt.Sprint("w", i), Line: geo.Line{at(0, float64(i)*200), at(8000, float64(i)*200)}},
			coverage.Stretch{ID: fmt.Sprint("n", i), Line: geo.Line{at(float64(i)*200, 0), at(float64(i)*200, 8000)}})
	}
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	const all, watches = 1_000_000, 2000
	points := make([]track.Point, 0, all)
	for i := range watches {
		east, north := c.Float64()*8000, c.Float64()*8000
		t := start.AddDate(0, 0, i/60).Add(time.Duration(i%60) * time.Minute)
		for range all / watches {
			points = append(points, track.Point{Who: fmt.Sprint("p", i%60), At: t, Place: geo.Offset(middle, east, north), Accuracy: 5, Source: track.Foreground})
			t = t.Add(10 * time.Second)
			east, north = math.Abs(east+c.NormFloat64()*15), math.Abs(north+c.NormFloat64()*15)
		}
	}
	dir := filepath.Join(b.dir, "tracks")
	defer os.RemoveAll(dir)
	store := track.Open(dir, time.UTC)
	var err error
	wrote := cpu(func() { err = store.Append("bench", points) })
	if err != nil {
		return err
	}
	read := cpu(func() { points, _, err = store.Read(ctx, "bench", start, start.AddDate(0, 2, 0)) })
	if err != nil {
		return err
	}
	b.most("read a month of 1,000,000 track points", read, 5, "s", "write: "+number(wrote)+" s")
	var sheet *coverage.Sheet
	spent := cpu(func() { sheet = coverage.Cut(stretches, 25).Watch(points, coverage.Usual()) })
	plain := cpu(func() {
		for i := range points[1:] {
			_ = geo.Distance(points[i].Place, points[i+1].Place)
		}
	})
	b.most("lay 1,000,000 track points over 640 km of streets", spent, 5, "s", fmt.Sprintf("%.0f%% of the length seen; only the way from each point to the next: %s s",
		100*sheet.Share(start, start.AddDate(0, 2, 0)), number(plain)))
	return days(ctx, b, store, stretches, start)
}

// days is the same as the page of the watch has it: from the daily files, for one
// street, and once more when nothing has changed.
func days(ctx context.Context, b *bench, store *track.Store, stretches []coverage.Stretch, start time.Time) error {
	for _, x := range []struct {
		what string
		days int
		goal float64
	}{{"first look at the watch, eight days of them", 8, .3}, {"first look at a month's files, 1,000,000 points", 34, 5}} {
		held := coverage.NewDays(store, 25)
		var err error
		look := func() {
			_, err = held.Sheet(ctx, "bench", stretches, func(s string) bool { return s == "w7" }, start, x.days)
		}
		first, again := cpu(look), cpu(look)
		if err != nil {
			return err
		}
		b.most(x.what, first, x.goal, "s", "again: "+number(1000*again)+" ms")
	}
	return nil
}

func (b *bench) sites() {
	c := newCity()
	place := func() geo.Point { return geo.Offset(middle, c.Float64()*8000, c.Float64()*8000) }
	s := siting.Scenario{Radius: 1000, Count: 14, Weights: map[string]int{siting.Residents: 1}, Distances: siting.UsualDistances()}
	for i := range 500 {
		s.Candidates = append(s.Candidates, siting.Candidate{ID: fmt.Sprint(i), Place: place()})
	}
	for range 20_000 {
		s.Demand = append(s.Demand, siting.Demand{Kind: siting.Residents, Place: place(), Amount: c.IntN(100)})
	}
	for range 200 {
		p := place()
		s.Obstacles = append(s.Obstacles, siting.Obstacle{Kind: siting.School, Point: &p})
	}
	var best, first siting.Plan
	spent := cpu(func() { best = siting.Solve(s) })
	s.Candidates = s.Candidates[:14]
	plain := cpu(func() { first = siting.Solve(s) })
	share := func(p siting.Plan) float64 {
		return 100 * float64(p.After[siting.Residents]) / float64(p.All[siting.Residents])
	}
	b.most("choose 14 of 500 sites for 20,000 places of demand", spent, 5, "s", fmt.Sprintf("%.0f%% reached; the first 14: %s s, %.0f%%", share(best), number(plain), share(first)))
}

func (b *bench) weeks() {
	c := newCity()
	var before, after []effect.Week
	for range 26 {
		before = append(before, effect.Week{Near: 20 + c.IntN(10), Outside: 200 + c.IntN(50)})
		after = append(after, effect.Week{Near: 14 + c.IntN(10), Outside: 200 + c.IntN(50)})
	}
	var year, eight effect.Effect
	spent := cpu(func() { year = effect.Compare(before, after) })
	plain := cpu(func() { eight = effect.Compare(before[:4], after[:4]) })
	say := func(e effect.Effect) string { return fmt.Sprintf("%.0f%% to %.0f%%", 100*e.Low, 100*e.High) }
	b.most("compare a year of weeks before and after", 1000*spent, 500, "ms", fmt.Sprintf("%s; eight weeks: %s ms, %s", say(year), number(1000*plain), say(eight)))
}

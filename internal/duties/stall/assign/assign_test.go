package assign

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/geo"
)

var station = geo.Point{Lat: 36.7958, Lng: 119.18942}

// east is a place so many metres east of the station.
func east(m int) geo.Point { return geo.Offset(station, float64(m), 0) }

func evening(id string, at geo.Point) Stall {
	return Stall{ID: id, Cluster: "c1", At: at, Goods: []string{"fruit", "snack"}, Hours: []Hours{{Band: "evening", From: 17 * 60, To: 21 * 60}}, Width: 200, Depth: 150, Power: 1000}
}

func asks(id string, turn int, from geo.Point) Applicant {
	return Applicant{ID: id, From: from, Turn: turn, Band: "evening", Need: Need{Goods: []string{"fruit"}}}
}

// smallBatch draws few applicants and stalls on few places, so that many ways
// are equally long.
func smallBatch(t *rapid.T) Batch {
	b := Batch{HardshipFirst: rapid.Bool().Draw(t, "hardship first")}
	bands := []string{"morning", "evening"}
	for i := range rapid.IntRange(0, 5).Draw(t, "stalls") {
		s := evening(fmt.Sprintf("s%d", i), east(rapid.IntRange(0, 4).Draw(t, "at")*100))
		s.Cluster = rapid.SampledFrom([]string{"c1", "c2"}).Draw(t, "cluster")
		s.Goods = rapid.SampledFrom([][]string{{"fruit"}, {"fruit", "snack"}, nil}).Draw(t, "goods")
		s.Hours = append(s.Hours, Hours{Band: "morning"})[rapid.IntRange(0, 1).Draw(t, "hours"):]
		s.Held = rapid.SampledFrom([][]string{nil, nil, nil, {"evening"}}).Draw(t, "held")
		s.Power = rapid.IntRange(0, 2).Draw(t, "power") * 1000
		b.Stalls = append(b.Stalls, s)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "applicants") {
		a := asks(fmt.Sprintf("a%d", i), rapid.IntRange(0, 3).Draw(t, "turn"), east(rapid.IntRange(0, 4).Draw(t, "from")*100))
		a.Hardship = rapid.Bool().Draw(t, "hardship")
		a.Band = rapid.SampledFrom(bands).Draw(t, "band")
		a.Clusters = rapid.SampledFrom([][]string{nil, {"c1"}, {"c1", "c2"}}).Draw(t, "clusters")
		a.Goods = rapid.SampledFrom([][]string{{"fruit"}, {"fruit", "snack"}}).Draw(t, "wares")
		a.Power = rapid.SampledFrom([]int{0, 0, 1000}).Draw(t, "watts")
		b.Applicants = append(b.Applicants, a)
	}
	return b
}

// each calls f with every lawful arrangement: a stall or -1 for each applicant
// in the published order.
func each(b Batch, order []int, f func([]int)) {
	got := make([]int, len(order))
	taken := map[[2]any]bool{}
	var next func(int)
	next = func(i int) {
		if i == len(order) {
			f(got)
			return
		}
		a := &b.Applicants[order[i]]
		got[i] = -1
		next(i + 1)
		for j := range b.Stalls {
			key := [2]any{j, a.Band}
			if taken[key] || len(a.broken(&b.Stalls[j])) > 0 {
				continue
			}
			taken[key], got[i] = true, j
			next(i + 1)
			delete(taken, key)
		}
	}
	next(0)
}

func total(b Batch, order, got []int) (n int) {
	for i, j := range got {
		if j >= 0 {
			n += metres(b.Applicants[order[i]].From, b.Stalls[j].At)
		}
	}
	return n
}

// better says the published rule in the plainest words.
func better(b Batch, order, x, y []int) bool {
	for i := range x {
		if (x[i] >= 0) != (y[i] >= 0) {
			return x[i] >= 0
		}
	}
	if d := total(b, order, x) - total(b, order, y); d != 0 {
		return d < 0
	}
	for i := range x {
		if x[i] < 0 || x[i] == y[i] {
			continue
		}
		from := b.Applicants[order[i]].From
		if d := metres(from, b.Stalls[x[i]].At) - metres(from, b.Stalls[y[i]].At); d != 0 {
			return d < 0
		}
		return b.Stalls[x[i]].ID < b.Stalls[y[i]].ID
	}
	return false
}

func TestAsBruteForceDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := smallBatch(t)
		order := b.order()
		var best []int
		most := 0
		each(b, order, func(got []int) {
			n := 0
			for _, j := range got {
				if j >= 0 {
					n++
				}
			}
			most = max(most, n)
			if best == nil || better(b, order, got, best) {
				best = slices.Clone(got)
			}
		})
		r, err := Match(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Placements) != most {
			t.Fatalf("%d have a stall, %d could", len(r.Placements), most)
		}
		var want []Placement
		for i, j := range best {
			if j >= 0 {
				a, s := b.Applicants[order[i]], b.Stalls[j]
				want = append(want, Placement{a.ID, s.ID, a.Band, metres(a.From, s.At)})
			}
		}
		if d := cmp.Diff(want, r.Placements, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		explained(t, b, order, best, r)
	})
}

// explained compares every claim with what enumeration says of it.
func explained(t *rapid.T, b Batch, order, best []int, r *Result) {
	for i, at := range order {
		a := &b.Applicants[at]
		w, ok := r.Explain(a.ID)
		if !ok || (w.Placement != nil) != (best[i] >= 0) {
			t.Fatalf("%s: %+v", a.ID, w)
		}
		nearer := 0
		for j := range b.Stalls {
			if best[i] < 0 || metres(a.From, b.Stalls[j].At) < w.Placement.Metres {
				nearer++
			}
		}
		if len(w.Passed) != nearer {
			t.Fatalf("%s: %d of %d nearer stalls are explained", a.ID, len(w.Passed), nearer)
		}
		for _, p := range w.Passed {
			j := slices.IndexFunc(b.Stalls, func(s Stall) bool { return s.ID == p.Stall })
			if d := cmp.Diff(a.broken(&b.Stalls[j]), p.Broken); d != "" {
				t.Fatal(d)
			}
			if p.Broken != nil {
				continue
			}
			if !slices.ContainsFunc(r.Placements, func(q Placement) bool {
				return q.Stall == p.Stall && q.Applicant == p.By && q.Band == a.Band
			}) {
				t.Fatalf("%s does not have %s", p.By, p.Stall)
			}
			claimed(t, b, order, best, i, j, p)
		}
	}
}

func claimed(t *rapid.T, b Batch, order, best []int, i, j int, p Passed) {
	if best[i] < 0 {
		holder := slices.IndexFunc(order, func(at int) bool { return b.Applicants[at].ID == p.By })
		a, by := b.Applicants[order[i]], b.Applicants[order[holder]]
		want := Earlier
		if b.HardshipFirst && by.Hardship && !a.Hardship {
			want = Hardship
		}
		if holder > i || p.Claim != want {
			t.Fatalf("%s goes before %s by %q", by.ID, a.ID, p.Claim)
		}
		return
	}
	least := far
	each(b, order, func(got []int) {
		for k := range got {
			if (got[k] >= 0) != (best[k] >= 0) {
				return
			}
		}
		if got[i] == j {
			least = min(least, total(b, order, got))
		}
	})
	want := Passed{Stall: p.Stall, Metres: p.Metres, By: p.By, Claim: NoOther}
	if least != far {
		want.Claim, want.More = Shorter, least-total(b, order, best)
		if want.More == 0 {
			want.Claim = Equal
		}
	}
	if d := cmp.Diff(want, p); d != "" {
		t.Fatal(d)
	}
}

func TestTheOrderOfTheListsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := smallBatch(t)
		c := b
		c.Applicants = rapid.Permutation(b.Applicants).Draw(t, "applicants again")
		c.Stalls = rapid.Permutation(b.Stalls).Draw(t, "stalls again")
		x, err := Match(b)
		if err != nil {
			t.Fatal(err)
		}
		y, err := Match(c)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(x, y, cmpopts.IgnoreUnexported(Result{})); d != "" {
			t.Fatal(d)
		}
	})
}

// crowd is a batch like that of a district, all in one band, which is harder
// than a real one: stalls in clusters, homes around them.
func crowd(applicants, stalls int) Batch {
	r := rand.New(rand.NewPCG(5, 14))
	b := Batch{HardshipFirst: true}
	around := func(p geo.Point, m float64) geo.Point {
		return geo.Offset(p, r.NormFloat64()*m, r.NormFloat64()*m)
	}
	var clusters []geo.Point
	for range 14 {
		clusters = append(clusters, around(station, 3000))
	}
	for i := range stalls {
		c := i % len(clusters)
		s := evening(fmt.Sprintf("%02d-%04d", c, i), around(clusters[c], 60))
		if i%4 == 0 {
			s.Goods = []string{"fruit"}
		}
		b.Stalls = append(b.Stalls, s)
	}
	for i := range applicants {
		a := asks(fmt.Sprintf("v%04d", i), i, around(clusters[r.IntN(5)], 900))
		a.Hardship = r.IntN(10) == 0
		if r.IntN(3) == 0 {
			a.Goods = []string{"snack"}
		}
		b.Applicants = append(b.Applicants, a)
	}
	return b
}

// For many, the potentials prove that no arrangement of those placed is shorter.
func TestManyAreProvedBest(t *testing.T) {
	b := crowd(400, 300)
	r, err := Match(b)
	if err != nil {
		t.Fatal(err)
	}
	m := r.markets["evening"]
	sum := 0
	for row, edges := range m.rows {
		if m.taken[row] == none {
			continue
		}
		sum += m.u[row]
		for _, e := range edges {
			if e.cost < m.u[row]+m.v[e.col] {
				t.Fatalf("row %d could have column %d for less", row, e.col)
			}
		}
	}
	for col, v := range m.v {
		if sum += v; v > 0 || m.holder[col] == none && v != 0 {
			t.Fatalf("column %d has the potential %d", col, v)
		}
	}
	if sum != r.Metres || len(r.Placements) != 300 || len(r.Waiting) != 100 {
		t.Errorf("%d m of %d, the bound is %d m; %d wait", r.Metres, len(r.Placements), sum, len(r.Waiting))
	}
	for _, id := range r.Waiting[1:] {
		if w, _ := r.Explain(id); len(w.Passed) != 300 {
			t.Fatalf("%s is told of %d stalls", id, len(w.Passed))
		}
	}
}

func TestAWholeDayHasItsBands(t *testing.T) {
	s := evening("s1", station)
	s.Hours = append(s.Hours, Hours{Band: "morning", From: 6 * 60, To: 9 * 60})
	morning := asks("b", 2, station)
	morning.Band = "morning"
	r, err := Match(Batch{Stalls: []Stall{s}, Applicants: []Applicant{morning, asks("a", 1, east(30)), asks("c", 3, station)}})
	if err != nil {
		t.Fatal(err)
	}
	want := []Placement{{"a", "s1", "evening", 30}, {"b", "s1", "morning", 0}}
	if d := cmp.Diff(want, r.Placements); d != "" || !slices.Equal(r.Waiting, []string{"c"}) {
		t.Error(d, r.Waiting)
	}
	if w, _ := r.Explain("c"); !cmp.Equal(w.Passed, []Passed{{Stall: "s1", By: "a", Claim: Earlier}}) {
		t.Errorf("%+v", w)
	}
	if _, ok := r.Explain("nobody"); ok {
		t.Error("nobody is explained")
	}
}

func TestTwiceTheSameIsRefused(t *testing.T) {
	if _, err := Match(Batch{Applicants: []Applicant{asks("a", 1, station), asks("a", 2, station)}}); err == nil {
		t.Error("one applicant twice")
	}
	if _, err := Match(Batch{Stalls: []Stall{evening("s", station), evening("s", east(9))}}); err == nil {
		t.Error("one stall twice")
	}
}

func TestNearestIsOpenFreeAndAllowed(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	saturday := time.Date(2026, 11, 28, 18, 0, 0, 0, zone)
	held, far, winter, night := evening("s1", station), evening("s3", east(300)), evening("s2", east(100)), evening("s0", east(200))
	held.Held = []string{"evening"}
	winter.Hours[0].First, winter.Hours[0].Last = 1115, 315
	winter.Hours[0].Days = []time.Weekday{time.Saturday, time.Sunday}
	night.Hours[0] = Hours{Band: "night", From: 22 * 60, To: 2 * 60}
	stalls := []Stall{held, far, winter, night}
	need := Need{Goods: []string{"snack"}}
	for at, want := range map[time.Time]string{
		saturday:                                  "s2",
		saturday.AddDate(0, 0, 2):                 "s3", // a Monday
		saturday.AddDate(0, 6, 0):                 "s3", // a Thursday in May
		saturday.Add(-2 * time.Hour):              "",
		saturday.Add(3*time.Hour - time.Second):   "s2",
		saturday.Add(3 * time.Hour):               "",
		saturday.Add(7 * time.Hour):               "s0", // one o'clock
		saturday.Add(8 * time.Hour):               "",
		time.Date(2027, 3, 14, 17, 0, 0, 0, zone): "s2",
		time.Date(2027, 3, 20, 17, 0, 0, 0, zone): "s3",
	} {
		got, ok := Nearest(stalls, station, need, at)
		if got.Stall != want || ok != (want != "") {
			t.Errorf("%s: %+v, want %q", at, got, want)
		}
		if ok && !got.Closes.After(at) {
			t.Errorf("%s: closed at %s", at, got.Closes)
		}
	}
	if got, _ := Nearest(stalls, station, need, saturday); got.Metres != 100 || !got.Closes.Equal(saturday.Add(3*time.Hour)) {
		t.Errorf("%+v", got)
	}
	if got, ok := Nearest(stalls, station, Need{Goods: []string{"barbecue"}}, saturday); ok {
		t.Errorf("%+v for goods that nowhere may be sold", got)
	}
	if got, ok := Nearest(stalls, station, Need{Width: 201}, saturday); ok {
		t.Errorf("%+v is too small", got)
	}
}

func BenchmarkMatch(b *testing.B) {
	batch := crowd(2000, 1500)
	for b.Loop() {
		if _, err := Match(batch); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	batch := crowd(2000, 1500)
	r, err := Match(batch)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		r.Explain(r.Placements[i%len(r.Placements)].Applicant)
	}
}

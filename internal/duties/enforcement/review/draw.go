package review

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"xiucheng/internal/platform/id"
)

// Ways of drawing.
const (
	Random  = "random"
	ByUnit  = "unit"
	ByClass = "class"
)

// Drawn is a file that can be drawn.
type Drawn struct {
	ID                         id.ID
	Number, Unit, Class, Title string
}

// Draw takes n of the files in the order of SHA-256(seed ‖ id), so that anybody
// with the seed draws the same ones. Stratified, each unit or class gives one and
// then its share of n.
func Draw(files []Drawn, seed, way string, n int) []Drawn {
	order := func(x id.ID) []byte {
		sum := sha256.Sum256(append([]byte(seed), x[:]...))
		return sum[:]
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b Drawn) int { return bytes.Compare(order(a.ID), order(b.ID)) })
	n = min(n, len(files))
	if way == Random {
		return files[:n]
	}
	var names []string // in the order their first file was drawn
	strata, taken := map[string][]Drawn{}, map[string]int{}
	for _, f := range files {
		name := f.Unit
		if way == ByClass {
			name = f.Class
		}
		if strata[name] == nil {
			names = append(names, name)
		}
		strata[name] = append(strata[name], f)
	}
	claim := func(name string) float64 {
		switch all, have := float64(len(strata[name])), float64(taken[name]); {
		case all == have:
			return 0
		case have == 0:
			return all + float64(len(files)) // before every share
		default:
			return all / (2*have + 1)
		}
	}
	out := make([]Drawn, 0, n)
	for len(out) < n {
		next := names[0]
		for _, name := range names {
			if claim(name) > claim(next) {
				next = name
			}
		}
		out = append(out, strata[next][taken[next]])
		taken[next]++
	}
	return out
}

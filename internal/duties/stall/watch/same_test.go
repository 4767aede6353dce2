package watch

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// What the squares find is what a look at every record finds.
func TestSquaresFindTheSame(t *testing.T) {
	c := rand.New(rand.NewPCG(3, 30))
	for _, at := range []geo.Point{{Lat: 36.99995, Lng: 119.1}, {Lat: 53.4, Lng: 122.3}, {Lat: -0.0001, Lng: -0.0001}} {
		var all []Record
		for range 400 {
			r := Record{Case: id.New(), Place: geo.Offset(at, c.NormFloat64()*80, c.NormFloat64()*80)}
			if n := c.IntN(20); n < 8 {
				r.Shop = fmt.Sprint("M", n)
			}
			all = append(all, r)
		}
		ids := func(list []*Record) (out []id.ID) {
			for _, r := range list {
				out = append(out, r.Case)
			}
			slices.SortFunc(out, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
			return out
		}
		s := sort(all)
		for _, of := range all {
			var want []*Record
			for i := range all {
				if all[i].Same(of) {
					want = append(want, &all[i])
				}
			}
			if got := s.same(of); !slices.Equal(ids(got), ids(want)) {
				t.Fatalf("%d of %d records of %+v", len(got), len(want), of)
			}
		}
	}
}

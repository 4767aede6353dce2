// Package coverage says which stretch of street was seen when, how that is
// known, and which was not seen at all 盲区.
//
// A piece of street was seen when somebody's point lies within reach of it, or
// when it lies between two points of his at the same stretch, little time apart,
// and the straight way from one to the other leads past it. The second is said
// as what it is: a third point may still show that he went another way. What
// points show themselves never becomes less by more points, unless they
// contradict each other; what nobody came near is blind, whatever the reason.
//
// Distances are metres, all of it is calculation: points come from the room
// track, and Days holds in memory what of it was calculated.
package coverage

import (
	"iter"
	"math"

	"xiucheng/internal/platform/geo"
)

// Stretch is a street or a part of it.
type Stretch struct {
	ID   string
	Line geo.Line // of at least two points; fewer are nowhere and have no pieces
}

// Piece is at most 50 m of a stretch.
type Piece struct {
	Stretch  string
	From, To float64 // metres from the start of the stretch
	Line     geo.Line
}

// Length is in metres.
func (p Piece) Length() float64 { return p.To - p.From }

// pieceMost is short enough that a walker's point every minute leaves no piece
// out.
const pieceMost = 50

// Streets is stretches cut to pieces, ready to be found by place.
type Streets struct {
	Pieces     []Piece // in the order of the stretches, from their starts
	stretch    []int   // of each piece, by number
	reach      float64
	lat, lng   float64 // degrees of a cell
	neighbours map[cell][]int32
}

type cell struct{ row, col int32 }

// Cut divides each stretch evenly into pieces of at most 50 m. Pieces will be
// found from the reach on: 25 m for a person who looks at both sides.
func Cut(stretches []Stretch, reach float64) *Streets {
	s := &Streets{reach: reach, neighbours: map[cell][]int32{}}
	for i, st := range stretches {
		if len(st.Line) >= 2 {
			s.Pieces = append(s.Pieces, cut(st)...)
		}
		for len(s.stretch) < len(s.Pieces) {
			s.stretch = append(s.stretch, i)
		}
	}
	if len(s.Pieces) == 0 {
		return s
	}
	at := s.Pieces[0].Line[0]
	corner := geo.Offset(at, pieceMost, pieceMost)
	s.lat, s.lng = corner.Lat-at.Lat, corner.Lng-at.Lng
	for i, p := range s.Pieces {
		box := p.Line.Bounds().Grow(reach)
		from, to := s.cell(geo.Point{Lat: box.S, Lng: box.W}), s.cell(geo.Point{Lat: box.N, Lng: box.E})
		for row := from.row; row <= to.row; row++ {
			for col := from.col; col <= to.col; col++ {
				c := cell{row, col}
				s.neighbours[c] = append(s.neighbours[c], int32(i))
			}
		}
	}
	return s
}

func (s *Streets) cell(p geo.Point) cell {
	return cell{int32(math.Floor(p.Lat / s.lat)), int32(math.Floor(p.Lng / s.lng))}
}

// near lists the pieces within reach of the place.
func (s *Streets) near(p geo.Point, found []int32) []int32 {
	if len(s.Pieces) == 0 {
		return found
	}
	for _, i := range s.neighbours[s.cell(p)] {
		if d, _, _ := s.Pieces[i].Line.Near(p); d <= s.reach {
			found = append(found, i)
		}
	}
	return found
}

// between lists the pieces that lie between what was near a and what was near b
// on the same stretch and that the straight way from a to b passes within reach.
func (s *Streets) between(a, b geo.Point, nearA, nearB, found []int32) []int32 {
	way := geo.Line{a, b}
	for i, j := range spans(s.stretch, nearA, nearB) {
		for k := i + 1; k < j; k++ {
			line := s.Pieces[k].Line
			if d, _, _ := way.Near(line.At(0, 0.5)); d <= s.reach {
				found = append(found, k)
			}
		}
	}
	return found
}

// spans yields, for each stretch that occurs in both ascending lists, the piece
// of the one and of the other that are next to each other.
func spans(stretch []int, a, b []int32) iter.Seq2[int32, int32] {
	return func(yield func(int32, int32) bool) {
		for len(a) > 0 && len(b) > 0 {
			of := stretch[a[0]]
			if of > stretch[b[0]] {
				a, b, of = b, a, stretch[b[0]]
			}
			i, j := end(stretch, a, of), end(stretch, b, of)
			if j > 0 {
				from, to := a[i-1], b[0]
				if from >= to {
					from, to = b[j-1], a[0]
				}
				if !yield(from, to) {
					return
				}
			}
			a, b = a[i:], b[j:]
		}
	}
}

// end is how many pieces at the start of the list belong to the stretch.
func end(stretch []int, list []int32, of int) (n int) {
	for n < len(list) && stretch[list[n]] == of {
		n++
	}
	return n
}

// cut walks along a stretch and ends a piece every so many metres.
func cut(st Stretch) (out []Piece) {
	n := max(1, int(math.Ceil(st.Line.Length()/pieceMost)))
	each := st.Line.Length() / float64(n)
	line, gone := geo.Line{st.Line[0]}, 0.0
	for i := 0; i+1 < len(st.Line); i++ {
		length := geo.Distance(st.Line[i], st.Line[i+1])
		for end := float64(len(out)+1) * each; len(out) < n-1 && end <= gone+length; end += each {
			p := st.Line.At(i, (end-gone)/length)
			out = append(out, Piece{st.ID, end - each, end, append(line, p)})
			line = geo.Line{p}
		}
		line, gone = append(line, st.Line[i+1]), gone+length
	}
	return append(out, Piece{st.ID, float64(n-1) * each, float64(n) * each, line})
}

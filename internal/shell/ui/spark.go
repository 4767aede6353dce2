package ui

import (
	"fmt"
	"slices"
	"strings"
)

// The drawing area of a sparkline, in its own units.
const (
	sparkW = 84.0
	sparkH = 26.0
)

// sparkPath is a polyline through the values, left to right, scaled to the
// drawing area with room for the stroke; a flat series runs through the middle.
func sparkPath(values []float64) string {
	if len(values) < 2 {
		return ""
	}
	lo, hi := slices.Min(values), slices.Max(values)
	var b strings.Builder
	for i, v := range values {
		y := sparkH / 2
		if hi > lo {
			y = 2 + (sparkH-4)*(1-(v-lo)/(hi-lo))
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], 1+(sparkW-2)*float64(i)/float64(len(values)-1), y)
	}
	return b.String()
}

// number prints a value without needless decimals.
func number(v float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0") }

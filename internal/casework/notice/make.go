package notice

import (
	"slices"
	"strings"
)

// NumberToCome stands in notices for a number that the transaction will issue.
const NumberToCome = "{no}"

// Numbered puts the number into the notices.
func Numbered(list []Notice, no string) []Notice {
	out := slices.Clone(list)
	for i := range out {
		out[i].Text.ZH = strings.ReplaceAll(out[i].Text.ZH, NumberToCome, no)
		out[i].Text.EN = strings.ReplaceAll(out[i].Text.EN, NumberToCome, no)
	}
	return out
}

// One is a notice for the target, none for "".
func One(kind, target string) []Notice {
	if target == "" {
		return nil
	}
	return []Notice{{Kind: kind, Target: target}}
}

package pack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Problem is one thing wrong with a pack or a workbook, and where. File is the
// path inside the pack, or the name of a sheet; Line is 0 for the whole file.
type Problem struct {
	File string
	Line int
	Key  string
	Args fault.Args
}

// Text is the problem as a line for the reader: "posts.csv:12: …".
func (p Problem) Text(words *i18n.Bundle, l i18n.Lang) string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return where + ": " + words.Text(p.Key).Fill(l, p.Args)
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s %v", p.File, p.Line, p.Key, p.Args) }

// Problems are all that is wrong, in the order of files and lines. As an error
// it is Invalid.
type Problems []Problem

// Err is nil without problems, else an Invalid fault that names the first and
// carries them all.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return fault.Wrap(fmt.Errorf("%s", strings.Join(lines, "\n")), fault.Invalid, "pack.invalid", "n", len(ps), "first", lines[0])
}

func (ps *Problems) add(file string, line int, key string, kv ...any) {
	*ps = append(*ps, Problem{File: file, Line: line, Key: key, Args: fault.New(fault.Invalid, key, kv...).Args})
}

// sort brings problems into reading order and drops what stands twice.
func (ps Problems) sort() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a.String() == b.String() })
}

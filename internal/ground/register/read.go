package register

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Read reads a table of the kind that is no register but goes through the same
// gate: its rows in their order, and everything wrong by line. A file that cannot
// be read at all is Invalid.
func Read(kind Kind, f File) (out []Cells, problems []Problem, err error) {
	lines, problems, err := kind.read(f)
	for _, l := range lines {
		out = append(out, l.cells)
	}
	return out, problems, err
}

// json reads a list of objects, the names of their fields as headings.
func (r *reader) json(body []byte) {
	var list []map[string]any
	in := json.NewDecoder(bytes.NewReader(body))
	in.UseNumber()
	if err := in.Decode(&list); err != nil {
		r.bad(0, Wrong("register.json", "why", err.Error()))
		return
	}
	seen := map[string]bool{}
	for _, row := range list {
		for name := range row {
			seen[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(seen))
	if len(names) > 0 && !r.row(1, names) {
		return
	}
	for i, row := range list {
		cells := make([]string, len(names))
		for j, name := range names {
			if v, ok := row[name]; ok && v != nil {
				cells[j] = fmt.Sprint(v)
			}
		}
		if !r.row(i+1, cells) {
			return
		}
	}
}

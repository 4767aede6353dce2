package pack

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
)

// layer reads a GeoJSON file.
func (l *loader) layer(f File) {
	features, issues := place.Parse(bytes.NewReader(f.Body))
	for _, i := range issues {
		l.problems = append(l.problems, Problem{File: f.Path, Line: featureLine(f.Body, i.Feature), Key: i.Err.Key, Args: i.Err.Args})
	}
	l.pack.Layers = append(l.pack.Layers, Layer{File: f, Features: features})
}

var featureMark = regexp.MustCompile(`"type"\s*:\s*"Feature"`)

// featureLine is the line on which the nth feature of a file is called one.
func featureLine(body []byte, n int) int {
	marks := featureMark.FindAllIndex(body, n)
	if n < 1 || len(marks) < n {
		return 0
	}
	return 1 + bytes.Count(body[:marks[n-1][0]], []byte("\n"))
}

// checkLayers looks at what only shows over all layers: departments of zones,
// parents of the tree, and, as warnings, overlaps and gaps.
func (l *loader) checkLayers(n names) {
	var all []place.Feature
	home := map[string]string{}
	for _, b := range slices.Concat(l.bases, []*Pack{l.pack}) {
		for _, layer := range b.Layers {
			all = append(all, layer.Features...)
			for _, f := range layer.Features {
				home[f.Code] = layer.Path
			}
		}
	}
	for _, layer := range l.pack.Layers {
		for _, f := range layer.Features {
			if f.Department != "" && !n.departments[f.Department] {
				l.problems.add(layer.Path, codeLine(layer.Body, f.Code), "people.department_unknown", "code", f.Department)
			}
		}
	}
	if len(l.pack.Layers) == 0 {
		return
	}
	for _, e := range place.Check(all, newest(all)) {
		p := Problem{File: "geo", Key: e.Key, Args: e.Args}
		if code, _ := e.Args["code"].(string); home[code] != "" {
			p.File = home[code]
		}
		if e.Key == "place.no_parent" {
			l.problems = append(l.problems, p)
		} else {
			l.pack.Warnings = append(l.pack.Warnings, p)
		}
	}
}

// newest is the instant from which the youngest border of the features holds.
func newest(list []place.Feature) time.Time {
	at := time.UnixMicro(0)
	for _, f := range list {
		if d, err := calendar.ParseDate(f.From); err == nil && d.At(0).After(at) {
			at = d.At(0)
		}
	}
	return at
}

// codeLine is the line on which a feature's code stands.
func codeLine(body []byte, code string) int {
	at := bytes.Index(body, []byte(`"`+code+`"`))
	if at < 0 {
		return 0
	}
	return 1 + bytes.Count(body[:at], []byte("\n"))
}

// featureKeys lists what a layer holds, one line each: what has to be dropped
// when a later version of the file no longer holds it.
func featureKeys(list []place.Feature) string {
	keys := make([]string, len(list))
	for i, f := range list {
		keys[i] = string(f.Layer) + " " + f.Code + " " + f.From
	}
	slices.Sort(keys)
	return strings.Join(keys, "\n")
}

// putLayer writes a layer and drops what the file held before and no more.
func (a *applying) putLayer(layer Layer) error {
	var before string
	err := a.tx.QueryRow(a.ctx, `SELECT holds FROM pack_file WHERE division = $1 AND pack = $2 AND path = $3`,
		a.actor.Division, a.pack.ID, layer.Path).Scan(&before)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	now := map[string]bool{}
	for _, other := range a.pack.Layers { // a feature may have moved to another file
		for _, key := range strings.Split(featureKeys(other.Features), "\n") {
			now[key] = true
		}
	}
	var gone []place.Feature
	for _, key := range strings.Split(before, "\n") {
		if parts := strings.Split(key, " "); len(parts) == 3 && !now[key] {
			gone = append(gone, place.Feature{Layer: place.Layer(parts[0]), Code: parts[1], From: parts[2]})
		}
	}
	if err := place.Drop(a.ctx, a.tx, a.actor.Division, gone); err != nil {
		return err
	}
	return place.Put(a.ctx, a.tx, a.actor.Division, a.pack.ID, layer.Features)
}

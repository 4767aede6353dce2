package dossier

import (
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/platform/fault"
)

// discretion are the facts of the discretion benchmark 裁量基准 (PL 34).
var discretion = map[string]question{
	"graded":  asking.graded,
	"outside": func(a asking) (any, error) { return a.outside() },
}

// scale is the benchmark of the rule that was chosen; false is none, or no fine.
func (a asking) scale() (s library.Scale, r library.Rule, ok bool, err error) {
	if r, err = a.rule(); err != nil || r.ID == "" || a.fen("fine") == 0 {
		return s, r, false, err
	}
	lib, err := a.library()
	if err != nil {
		return s, r, false, err
	}
	s, err = lib.Scale(r.Violation, r.Tier)
	if fault.Is(err, fault.NotFound) {
		return s, r, false, nil
	}
	return s, r, err == nil, err
}

// graded is false where a benchmark is published for the rule and none of its
// grades that the law's range touches is named.
func (a asking) graded() (any, error) {
	s, r, ok, err := a.scale()
	if err != nil || !ok {
		return true, err
	}
	_, ok = s.At(a.text("grade"), r.Rule, a.units())
	return ok, nil
}

// outside reports whether the fine leaves the grade that was named. A ground of
// mitigation leads below the law's range itself, and to the heads in any case.
func (a asking) outside() (bool, error) {
	ground, _ := a.value("ground").(string)
	s, r, ok, err := a.scale()
	if err != nil || !ok || ground != "" {
		return false, err
	}
	advice, ok := s.At(a.text("grade"), r.Rule, a.units())
	return ok && advice.Outside(a.fen("fine")), nil
}

// grades are the grades of the violation's benchmarks, lowest first.
func grades(lib *library.Library, violation string) (out []engine.Choice) {
	for _, s := range lib.Scales() {
		for _, g := range s.Grades {
			if s.Violation == violation && !slices.ContainsFunc(out, func(c engine.Choice) bool { return c.Value == g.ID }) {
				out = append(out, engine.Choice{Value: g.ID, Label: s.Names[g.ID]})
			}
		}
	}
	return out
}

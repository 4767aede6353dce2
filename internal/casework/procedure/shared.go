package procedure

import (
	_ "embed"
	"slices"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/platform/i18n"
)

//go:embed shared.yaml
var sharedSource []byte

// SharedDo lists the hooks of the shared steps, which the engine itself
// provides, and number, which gives the case its number.
func SharedDo() []string {
	return []string{"claim", "correct", "link", "recall", "recompute", "number"}
}

// addShared appends the shared steps and refusals a procedure did not write
// itself. Claiming needs the data field assignee.
func addShared(p *Procedure) error {
	var shared struct {
		Steps    []Step               `yaml:"steps"`
		Refusals map[string]i18n.Text `yaml:"refusals"`
	}
	if err := yaml.UnmarshalWithOptions(sharedSource, &shared, yaml.Strict()); err != nil {
		return err
	}
	assignee := slices.ContainsFunc(p.Data, func(f field.Field) bool { return f.Name == "assignee" })
	for _, s := range shared.Steps {
		own := slices.ContainsFunc(p.Steps, func(o Step) bool { return o.ID == s.ID })
		claims := s.ID == "claim" || s.ID == "hand_over"
		if own || slices.Contains(p.Without, s.ID) || claims && !assignee {
			continue
		}
		s.shared = true
		p.Steps = append(p.Steps, s)
	}
	if p.Refusals == nil {
		p.Refusals = map[string]i18n.Text{}
	}
	for code, t := range shared.Refusals {
		if _, own := p.Refusals[code]; !own {
			p.Refusals[code] = t
		}
	}
	return nil
}

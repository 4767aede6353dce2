package procedure

import (
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/platform/fault"
)

// Point and Input are what expressions see of places and forms.
type (
	Point = rule.Point
	Input = rule.Input
)

// Check returns the input without empty, hidden and unknown values, and one
// message per field that is missing or wrong; nil when the form is good. The
// fault's key is R05; its argument fields holds the labels of missing fields.
func (s *Step) Check(in Input) (Input, *fault.Error) {
	clean := make(Input, len(in))
	bad := fault.New(fault.Invalid, "R05")
	var missing []string
	for i := range s.Form {
		f := &s.Form[i]
		v := in[f.Name]
		if !f.Shown(in) {
			continue
		}
		if field.Empty(v) {
			if f.Required {
				bad.Field(f.Name, "procedure.field.required")
				missing = append(missing, f.Name)
			}
			continue
		}
		if p := f.Check(v); p != nil {
			bad.Fields = append(bad.Fields, *p)
			missing = append(missing, f.Name)
			continue
		}
		clean[f.Name] = v
	}
	if len(bad.Fields) == 0 {
		return clean, nil
	}
	bad.Args = fault.Args{"fields": s.Labels(missing...)}
	return clean, bad
}

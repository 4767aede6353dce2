package paper

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

// Prefill is what is known of the template's fields before anybody types: from
// the newest earlier paper that has a field of the name and type, else from the
// case's data.
func (t *Template) Prefill(earlier []Values, data map[string]json.RawMessage) Values {
	out := Values{}
	for i := range t.Fields {
		f := &t.Fields[i]
		for _, p := range slices.Backward(earlier) {
			if v := p[f.Name]; filled(v) && fits(&f.Field, v) {
				out[f.Name] = v
				break
			}
		}
		if out[f.Name] != nil {
			continue
		}
		name := f.Name
		if f.From != "" {
			name = f.From
		}
		if v, err := f.Decode(data[name]); err == nil && filled(v) {
			out[f.Name] = v
		}
	}
	return out
}

// fits reports whether a value of an earlier paper is of the field's type.
func fits(f *field.Field, v any) bool {
	raw, err := field.Encode(v)
	if err != nil {
		return false
	}
	again, err := f.Decode(raw)
	return err == nil && fmt.Sprintf("%T", again) == fmt.Sprintf("%T", v)
}

// Check refuses a paper that lacks what it must contain: an Invalid fault N33
// that lists all of it, with a field error for each.
func (t *Template) Check(c Content) error {
	bad := fault.New(fault.Invalid, "paper.N33")
	var zh, en, laws []string
	lack := func(label i18n.Text, law string) {
		if !slices.Contains(zh, label.ZH) {
			zh, en = append(zh, label.ZH), append(en, label.EN)
		}
		if law != "" && !slices.Contains(laws, law) {
			laws = append(laws, law)
		}
	}
	own := c.Agency.values()
	x := &filling{t: t, c: c}
	for _, n := range t.Require {
		if !x.holds(n.When) {
			continue
		}
		for _, names := range n.Fields {
			if !slices.ContainsFunc(strings.Split(names, "|"), func(s string) bool {
				return filled(c.Fields[s]) || own[s] != "" || s == "date" && !c.Date.IsZero() || s == "number" && c.Number != ""
			}) {
				lack(n.Label, n.Law)
				bad.Field(strings.Split(names, "|")[0], "procedure.field.required")
			}
		}
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if f.Required && f.Shown(procedure.Input(c.Fields)) && !filled(c.Fields[f.Name]) && !isBool(c.Fields[f.Name]) {
			lack(f.Label, "")
			bad.Field(f.Name, "procedure.field.required")
		}
	}
	bad.Args = fault.Args{"paper": t.Title, "law": strings.Join(laws, "、"),
		"lacks": i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, "; ")}}
	return bad.OrNil()
}

func isBool(v any) bool { _, ok := v.(bool); return ok }

// Decode reads stored or sent fields; unknown names are left out, a value of
// another type is an error.
func (t *Template) Decode(raw map[string]json.RawMessage) (Values, error) {
	out := Values{}
	for i := range t.Fields {
		f := &t.Fields[i]
		v, err := f.Decode(raw[f.Name])
		if err != nil {
			return nil, fault.New(fault.Invalid, "procedure.field.unreadable").Field(f.Name, "procedure.field.unreadable")
		}
		if v != nil {
			out[f.Name] = v
		}
	}
	return out, nil
}

func encode(v Values) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for name, x := range v {
		raw, err := field.Encode(x)
		if err != nil {
			return nil, err
		}
		out[name] = raw
	}
	return out, nil
}

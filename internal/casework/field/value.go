package field

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"xiucheng/internal/casework/rule"
)

// Fill is what the form's field is filled with before anybody types; nil when
// there is no default or it cannot be known.
func (f *Field) Fill(v *rule.View) any {
	if f.Filler == nil {
		return nil
	}
	x, err := f.Value(f.Filler, v)
	if err != nil {
		return nil
	}
	return x
}

// Value evaluates to the Go type that Decode gives.
func (f *Field) Value(x *rule.Expr, v *rule.View) (any, error) {
	out, err := x.Eval(v)
	if err != nil {
		return nil, err
	}
	return f.fromCEL(out)
}

func (f *Field) fromCEL(out ref.Val) (any, error) {
	t, c := f.Type, f.CELType()
	switch {
	case t == Place:
		m, err := rule.Native[map[string]float64](out)
		if err != nil {
			return nil, err
		}
		return rule.Point{Lat: m["lat"], Lng: m["lng"], Accuracy: m["accuracy"]}, nil
	case t == Map:
		return must(rule.Native[map[string]string](out))
	case t == Rows:
		return must(rule.Native[[]map[string]string](out))
	case c.Kind() == cel.ListKind && c.Parameters()[0] == cel.IntType:
		return must(rule.Native[[]int64](out))
	case c.Kind() == cel.ListKind:
		return must(rule.Native[[]string](out))
	}
	return out.Value(), nil
}

func must[T any](v T, err error) (any, error) { return v, err }

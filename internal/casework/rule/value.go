package rule

import (
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types/ref"
)

// ParsePoint reads "lat,lng" or "lat,lng,accuracy".
func ParsePoint(s string) (p Point, err error) {
	parts := strings.Split(s, ",")
	if len(parts) < 2 || len(parts) > 3 {
		return p, strconv.ErrSyntax
	}
	for i, dst := range []*float64{&p.Lat, &p.Lng, &p.Accuracy}[:len(parts)] {
		if *dst, err = strconv.ParseFloat(strings.TrimSpace(parts[i]), 64); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Native is the value as the Go type.
func Native[T any](out ref.Val) (v T, err error) {
	if v, ok := out.Value().(T); ok {
		return v, nil
	}
	x, err := out.ConvertToNative(reflect.TypeFor[T]())
	if err != nil {
		return v, err
	}
	v, _ = x.(T)
	return v, nil
}

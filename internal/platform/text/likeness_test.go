package text

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBigrams(t *testing.T) {
	for s, want := range map[string][]string{
		"":          nil,
		"，。 ":       nil,
		"井":         {"井"},
		"井盖破损":      {"井盖", "盖破", "破损"},
		"井盖，破损":     {"井盖", "破损"},
		"ＡB12":      {"ab", "b1", "12"},
		"a b":       {"a", "b"},
		"路\u200b灯":  {"路灯"},
		"哈哈哈":       {"哈哈", "哈哈"},
		"Manhole 盖": {"ma", "an", "nh", "ho", "ol", "le", "盖"},
	} {
		if d := cmp.Diff(want, Bigrams(s)); d != "" {
			t.Errorf("Bigrams(%q): %s", s, d)
		}
	}
}

func TestLikeness(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"", "", 0}, {"井盖", "", 0}, {"井盖破损", "井盖破损", 1}, {"井盖破损！", "井盖 破损", 0.8},
		{"路面坑洼", "垃圾满溢", 0}, {"井盖破损", "井盖丢失", 2.0 / 6},
	} {
		if got := Likeness(c.a, c.b); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("Likeness(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestLikenessIsAMeasure(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		gen := rapid.StringOf(rapid.RuneFrom([]rune("井盖破损路灯ab1，")))
		a, b := gen.Draw(rt, "a"), gen.Draw(rt, "b")
		l := Likeness(a, b)
		if l < 0 || l > 1 || l != Likeness(b, a) {
			rt.Fatalf("Likeness(%q, %q) = %v, back %v", a, b, l, Likeness(b, a))
		}
		if len(Bigrams(a)) > 0 && Likeness(a, a) != 1 {
			rt.Fatalf("%q is not like itself", a)
		}
	})
}

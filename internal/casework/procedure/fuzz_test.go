package procedure

import (
	"os"
	"testing"
)

// Whatever the text, it is a procedure or a list of what is wrong with it.
func FuzzLoad(f *testing.F) {
	small := []byte("procedure: p\nversion: 1\ntitle: {zh: 甲, en: A}\nstates:\n  - {id: a, name: {zh: 甲, en: A}}\n  - {id: z, name: {zh: 终, en: Z}, terminal: true}\nsteps:\n  - {id: s, name: {zh: 步, en: S}, from: [none], to: [{state: a}], who: [staff]}\n  - {id: e, name: {zh: 毕, en: E}, from: [a], to: [{state: z}], who: [staff], guards: [{if: \"now > timestamp(0)\", refuse: R05}]}\n")
	f.Add(small)
	f.Add([]byte("procedure: &a [*a]"))
	f.Add([]byte("steps: [{id: x, form: [{name: a, type: int, default: \"1 + \"}]}]"))
	if real, err := os.ReadFile("testdata/lamp.yaml"); err == nil {
		f.Add(real)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Load("f.yaml", text, World{})
		if (p == nil) == (err == nil) {
			t.Fatalf("a procedure and problems: %v %v", p, err)
		}
	})
}

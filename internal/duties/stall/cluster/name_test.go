package cluster

import "testing"

func TestStoredWordsOfGoodsAreReadInBothLanguages(t *testing.T) {
	for word, want := range map[string]string{"蔬菜水果、饮品": "Fruit and vegetables, Drinks", "夜市时段": "evening", "夜市": "", "垃圾": "", "蔬菜水果、别的": "", "": ""} {
		got, known := Term(word)
		if known != (want != "") || got.EN != want {
			t.Errorf("%q: got %q, %v", word, got.EN, known)
		}
		if known && got.ZH != word {
			t.Errorf("%q came back as %q", word, got.ZH)
		}
	}
}

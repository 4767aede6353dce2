package pack

import (
	"testing"

	"xiucheng/packs"
)

func TestEmbeddedPacksAreWhole(t *testing.T) {
	var bases []*Pack
	for _, id := range packs.IDs() {
		dir, err := packs.FS(id)
		if err != nil {
			t.Fatal(err)
		}
		p, problems := Check(dir, bases...)
		for _, x := range problems {
			t.Error(x)
		}
		bases = append(bases, p)
	}
}

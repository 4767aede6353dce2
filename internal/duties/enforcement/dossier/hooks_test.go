package dossier

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"xiucheng/internal/casework/procedure"
)

// engines are what the engine does itself.
var engines = []string{"number", "link", "recall", "recompute", "correct"}

// otherRooms are procedures whose own rooms answer beside this one.
var otherRooms = []string{"enf.review", "enf.campaign", "enf.precedent", "enf.meeting"}

const shipped = "../../../../packs/cn-base/"

func TestEveryProcedureOfEnforcementHasItsPapersAndFacts(t *testing.T) {
	files, err := filepath.Glob(shipped + "procedures/enf.*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	hooks := New(Deps{}).Hooks()
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Load(file, src, procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		h, ok := hooks[p.ID]
		if !ok {
			t.Errorf("%s has no hooks", p.ID)
		}
		for i := range p.Facts {
			if facts[p.Facts[i].Name] == nil && !slices.Contains(otherRooms, p.ID) {
				t.Errorf("%s: nobody answers the fact %s", p.ID, p.Facts[i].Name)
			}
		}
		for i := range p.Steps {
			for _, do := range p.Steps[i].Do {
				if h.Do[do] == nil && !slices.Contains(otherRooms, p.ID) && !slices.Contains(engines, do) && do != "announcement" { // paperwork's
					t.Errorf("%s: %s does %s, which nobody knows", p.ID, p.Steps[i].ID, do)
				}
			}
		}
	}
}

func TestThePapersOfStepsAreThoseOfThePack(t *testing.T) {
	files, err := filepath.Glob(shipped + "papers/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".yaml"); name != "P71" { // the pledge of a shop
			got = append(got, name)
		}
	}
	if a, b := strings.Join(got, " "), strings.Join(papers, " "); a != b {
		t.Errorf("the pack has\n%s\nsteps may fix\n%s", a, b)
	}
}

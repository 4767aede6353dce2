package dossier

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/i18n"
)

// The table has every refusal of the law with its article, in both languages. A
// procedure says the same sentence, wherever it refuses; those in wider refuse
// more than the table's and say so.
func TestRefusalsOfTheLawNameTheirArticles(t *testing.T) {
	f, err := os.Open("testdata/refusals.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]i18n.Text{}
	for _, l := range lines[1:] {
		table[l[0]] = i18n.Text{ZH: l[1], EN: l[2]}
	}
	files, err := filepath.Glob(shipped + "procedures/enf.*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := procedure.Load(file, src, procedure.World{})
		if err != nil {
			t.Fatal(err)
		}
		for code, said := range p.Refusals {
			if wider[p.ID] == code {
				continue
			}
			if want, known := table[code]; code[0] == 'N' && (!known || said != want) {
				t.Errorf("%s: %s says %+v, not %+v", p.ID, code, said, want)
			}
		}
	}
}

// wider: who works for the unit of the case neither supervises nor reviews it.
var wider = map[string]string{"enf.supervise": "N74", "enf.review": "N74"}

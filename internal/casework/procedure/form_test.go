package procedure

import "testing"

func TestFormsNameEveryWrongField(t *testing.T) {
	p, err := Load("lamp.yaml", []byte(lamp(t)), world)
	if err != nil {
		t.Fatal(err)
	}
	s := p.Named("report")
	clean, bad := s.Check(Input{"source": "telepathy", "place": Point{Lat: 95}, "desc": "x", "stranger": "x", "name": "  "})
	if bad == nil || bad.Key != "R05" || len(bad.Fields) != 2 {
		t.Fatalf("told %v", bad)
	}
	if _, kept := clean["stranger"]; kept || clean["name"] != nil {
		t.Errorf("kept what the form does not have: %v", clean)
	}
	check := p.Named("check")
	clean, bad = check.Check(Input{"result": "fixed", "note": "hidden"})
	if bad != nil || clean["note"] != nil {
		t.Errorf("a hidden field was kept: %v %v", clean, bad)
	}
}

func BenchmarkLoad(b *testing.B) {
	src := lamp(b)
	for b.Loop() {
		if _, err := Load("lamp.yaml", []byte(src), world); err != nil {
			b.Fatal(err)
		}
	}
}

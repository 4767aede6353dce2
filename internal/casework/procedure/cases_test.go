package procedure

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// What one procedure does to the cases of another is looked at when all are read.
func TestProceduresAgreeOnEachOthersCases(t *testing.T) {
	child, err := os.ReadFile("testdata/lamp-paper.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, now, want string }{
		"as they are":       {"", "", ""},
		"no such opening":   {"step: draw,", "step: hand_over_paper,", "step hand_over_paper does not open a case of lamp-paper"},
		"no such field":     {"input: {paper: input.paper, parts", "input: {papers: input.paper, parts", "step draw has no field papers"},
		"no step above":     {"id: served\n", "id: delivered\n", "lamp, which opens lamp-paper, has no step served of the system's"},
		"another procedure": {"procedure: lamp-paper, step: draw", "procedure: elsewhere, step: draw", ""},
	} {
		src := strings.Replace(lamp(t), c.old, c.now, 1)
		if name == "no step above" {
			src = strings.Replace(src, "case.done_with('served', 'paper', 'P06') && case.at_with('served', 'paper', 'P06')", "case.at_with('delivered', 'paper', 'P06')", 1)
		}
		_, err := Check(fstest.MapFS{"lamp.yaml": {Data: []byte(src)}, "lamp-paper.yaml": {Data: child}}, World{})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), ".yaml:1:")):
			t.Errorf("%s: told %v, want %q with its line", name, err, c.want)
		}
	}
}

func TestRowsAreWhatTheirColumnsSay(t *testing.T) {
	f := Field{Name: "goods", Type: Rows, Columns: []Column{
		{Name: "what", Type: Text, Required: true}, {Name: "n", Type: Int}, {Name: "price", Type: Money}, {Name: "on", Type: Date},
		{Name: "state", Type: Enum, Options: []Option{{Value: "good"}}},
	}}
	s := Step{Form: []Field{f}}
	for _, c := range []struct {
		row  map[string]string
		want string
	}{
		{map[string]string{"what": "炉具", "n": "-2", "price": "1050", "on": "2026-10-08", "state": "good"}, ""},
		{map[string]string{"n": "2"}, "procedure.field.row_required"},
		{map[string]string{"what": "炉具", "n": "02"}, "procedure.field.row_unreadable"},
		{map[string]string{"what": "炉具", "price": "-1"}, "procedure.field.row_unreadable"},
		{map[string]string{"what": "炉具", "on": "2026-02-30"}, "procedure.field.row_unreadable"},
		{map[string]string{"what": "炉具", "state": "bad"}, "procedure.field.row_unreadable"},
		{map[string]string{"what": "炉具", "who": "x"}, "procedure.field.row_unreadable"},
	} {
		_, err := s.Check(Input{"goods": []map[string]string{{"what": "第一件"}, c.row}})
		switch {
		case err == nil && c.want != "":
			t.Errorf("%v was taken", c.row)
		case err != nil && (len(err.Fields) != 1 || err.Fields[0].Key != c.want || err.Fields[0].Args["n"] != 2):
			t.Errorf("%v: %v", c.row, err.Fields)
		}
	}
	if _, err := s.Check(Input{"goods": make([]map[string]string, 201)}); err == nil {
		t.Error("201 rows were taken")
	}
}

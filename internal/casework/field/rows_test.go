package field

import "testing"

func TestRowsAreWhatTheirColumnsSay(t *testing.T) {
	f := Field{Name: "goods", Type: Rows, Columns: []Column{
		{Name: "what", Type: Text, Required: true}, {Name: "n", Type: Int}, {Name: "price", Type: Money}, {Name: "on", Type: Date},
		{Name: "state", Type: Enum, Options: []Option{{Value: "good"}}},
	}}
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
		err := f.Check([]map[string]string{{"what": "第一件"}, c.row})
		switch {
		case err == nil && c.want != "":
			t.Errorf("%v was taken", c.row)
		case err != nil && (err.Key != c.want || err.Args["n"] != 2):
			t.Errorf("%v: %v", c.row, err)
		}
	}
	if f.Check(make([]map[string]string, 201)) == nil {
		t.Error("201 rows were taken")
	}
}

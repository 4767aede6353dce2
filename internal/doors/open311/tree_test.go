package open311

import (
	"encoding/json"
	"encoding/xml"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever a text holds, both formats carry the same one, and both are well
// formed.
func TestEveryTextIsTheSameInBothFormats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		if rapid.Bool().Draw(t, "runes") {
			text = rapid.String().Draw(t, "string")
		}
		n := group("a", say("b", text))
		x, err := inXML.write(n)
		if err != nil {
			t.Fatal(err)
		}
		j, err := inJSON.write(n)
		if err != nil {
			t.Fatal(err)
		}
		var fromXML struct {
			B string `xml:"b"`
		}
		var fromJSON struct{ B *string }
		if err := xml.Unmarshal(x, &fromXML); err != nil {
			t.Fatalf("%v: %s", err, x)
		}
		if err := json.Unmarshal(j, &fromJSON); err != nil {
			t.Fatalf("%v: %s", err, j)
		}
		if fromJSON.B == nil && fromXML.B != "" || fromJSON.B != nil && *fromJSON.B != fromXML.B {
			t.Fatalf("%q: XML %q, JSON %s", text, fromXML.B, j)
		}
	})
}

func TestAListWithoutItemsIsAnEmptyList(t *testing.T) {
	for f, want := range map[format]string{inJSON: "[]\n", inXML: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<errors></errors>\n"} {
		if got, err := f.write(many("errors")); err != nil || string(got) != want {
			t.Errorf("%q %v", got, err)
		}
	}
}

func TestNamesAreWrittenAsTheirBearersDo(t *testing.T) {
	for _, c := range [][3]string{{"小明", "欧阳", "欧阳小明"}, {"Ada", "Lovelace", "Ada Lovelace"}, {"Ada", "", "Ada"}, {"", "Lovelace", "Lovelace"}, {"", "", ""}} {
		if got := fullName(c[0], c[1]); got != c[2] {
			t.Errorf("%q, want %q", got, c[2])
		}
	}
}

func TestWhenNothingIsAskedItIsTheLastNinetyDaysAndAThousand(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 7, time.UTC)
	w, err := wanted(nil, now)
	if err != nil || w.Limit != 1000 || w.Offset != 0 || !w.From.Equal(now.Add(-90*24*time.Hour)) || !w.To.After(now) || w.To.Sub(now) > time.Second {
		t.Errorf("%+v %v", w, err)
	}
}

func FuzzWanted(f *testing.F) {
	f.Add("2026-11-23T02:00:00Z", "2026-11-24", "open,closed", "2", "50", "A-1,B")
	f.Add("2010-04-14T06:37:38 08:00", "", ",", "0", "x", ",,")
	f.Fuzz(func(t *testing.T, start, end, status, page, size, ids string) {
		w, err := wanted(map[string][]string{"start_date": {start}, "end_date": {end}, "status": {status}, "page": {page}, "page_size": {size},
			"service_request_id": {ids}}, time.Unix(1_790_000_000, 0))
		if err == nil && (w.Limit < 1 || w.Limit > mostRows || w.Offset < 0 || len(w.References) == 0 && w.To.Sub(w.From) > longestSpan+time.Second) {
			t.Errorf("%+v", w)
		}
	})
}

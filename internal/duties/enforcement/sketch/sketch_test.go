package sketch

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

var spot = geo.Point{Lat: 36.7701, Lng: 119.16}

// rectangle is a drawing of one, so many metres wide and high.
func rectangle(w, h float64) string {
	var l []string
	for _, p := range []geo.Point{spot, geo.Offset(spot, w, 0), geo.Offset(spot, w, h), geo.Offset(spot, 0, h), spot} {
		l = append(l, fmt.Sprintf("[%.9f,%.9f]", p.Lng, p.Lat))
	}
	return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"占道"},"geometry":{"type":"Polygon","coordinates":[[` + strings.Join(l, ",") + `]]}}]}`
}

func TestAreaAndLengthAreWhatWasDrawn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w, h := rapid.Float64Range(1, 200).Draw(r, "wide"), rapid.Float64Range(1, 200).Draw(r, "high")
		got, err := Read(rectangle(w, h), nil)
		if err != nil || len(got) != 1 || got[0].Name != "占道" {
			r.Fatal(got, err)
		}
		if math.Abs(got[0].Square-w*h) > 0.005*w*h || math.Abs(got[0].Length-2*(w+h)) > 0.005*(w+h) {
			r.Fatalf("%.2f × %.2f is %.2f m² around %.2f m", w, h, got[0].Square, got[0].Length)
		}
	})
}

func TestLengthsByTapeCountLikeDrawnOnes(t *testing.T) {
	got, err := Read("", []Tape{{Name: "边", Length: 12.5}, {Length: 3.2, Width: 5}})
	if err != nil || len(got) != 2 || got[0].Kind != Line || got[0].Length != 12.5 || got[1].Kind != Area || got[1].Square != 16 || got[1].Name != "2" {
		t.Fatal(got, err)
	}
	if s := words(got); s != "1. 边长12.50米，尺量；2. 2面积16.00平方米（周长16.40米，尺量）" {
		t.Error(s)
	}
	for _, wrong := range [][]Tape{nil, {{Length: 0}}, {{Length: -1}}, {{Length: 1, Width: -1}}, {{Length: 9000}}} {
		if _, err := Read("", wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func TestADrawingThatIsNoneIsRefused(t *testing.T) {
	hole := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[119,36],[119.001,36],[119.001,36.001],[119,36]],[[119,36],[119.0001,36],[119.0001,36.0001],[119,36]]]}}]}`
	for name, s := range map[string]string{"no json": "{", "no feature": `{"type":"FeatureCollection","features":[]}`, "a hole": hole, "too wide": rectangle(4000, 4000),
		"many": strings.Replace(rectangle(1, 1), `"features":[`, `"features":[`+strings.Repeat(`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[119.16,36.7701]}},`, 41), 1)} {
		if _, err := Read(s, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASketchComesBackFromItsDocumentAndHasAPicture(t *testing.T) {
	line := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[119.16,36.7701],[119.1602,36.7702]]}},` +
		`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[119.1601,36.77015]}}]}`
	list, err := Read(line, []Tape{{Length: 2}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Document(list)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(doc, nil)
	if err != nil || len(back) != 2 || math.Abs(back[0].Length-list[0].Length) > 0.2 {
		t.Error(back, err)
	}
	body, err := Picture(list, []geo.Line{{{Lat: 36.7701, Lng: 119.159}, {Lat: 36.7702, Lng: 119.161}}})
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]int{}
	for x := range wide {
		for y := range high {
			r, _, _, _ := img.At(x, y).RGBA()
			seen[r>>8]++
		}
	}
	if seen[0x0f] < 200 || seen[0xb8] < 200 || seen[0x10] < 50 {
		t.Errorf("line %d, road %d, words %d pixels", seen[0x0f], seen[0xb8], seen[0x10])
	}
	if _, err := Picture(list[2:], nil); err != nil {
		t.Error("by tape alone:", err)
	}
}

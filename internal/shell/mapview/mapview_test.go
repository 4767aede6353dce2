package mapview_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

func draw(t *testing.T, m mapview.Map) *goquery.Document {
	t.Helper()
	words, err := i18n.Load(mapview.Words, ui.Words)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	ctx := i18n.With(context.Background(), &i18n.Printer{Bundle: words, Lang: i18n.EN})
	if err := mapview.Of(m).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestAttributes(t *testing.T) {
	doc := draw(t, mapview.Map{ID: "m", Base: "/base.json", Extent: [4]float64{119.03, 36.73, 119.19, 36.81}, Center: [2]float64{119.1, 36.77}, Zoom: 14.5,
		Legend: []mapview.Key{{Label: "No stalls", Shape: mapview.Area, Tone: ui.Red}}, Credit: "Schematic"})
	el := doc.Find("#m[data-map]")
	for k, want := range map[string]string{"data-base": "/base.json", "data-extent": "119.03,36.73,119.19,36.81", "data-view": "119.1,36.77,14.5", "data-pick": ""} {
		if got := el.AttrOr(k, "absent"); got != want {
			t.Errorf("%s = %q, want %q", k, got, want)
		}
	}
	canvas := doc.Find(".canvas")
	if canvas.AttrOr("aria-label", "") != "Map" || doc.Find("#"+canvas.AttrOr("aria-describedby", "x")).Length() != 1 {
		t.Error("the map has no name or no hint")
	}
	if doc.Find(".legend .area.red").Length() != 1 || doc.Find(".credit").Text() != "Schematic" {
		t.Error("legend or credit missing")
	}
}

func TestViewIsLeftToTheBaseLayer(t *testing.T) {
	el := draw(t, mapview.Map{ID: "m", Pick: "place"}).Find("#m")
	if el.AttrOr("data-extent", "x") != "" || el.AttrOr("data-view", "x") != "" || !el.HasClass("pick") {
		t.Error("an unset view must stay empty")
	}
}

func TestPointsDocument(t *testing.T) {
	b, err := json.Marshal(mapview.Points{Points: []mapview.Point{{ID: "c1", Lng: 119.1, Lat: 36.7, Tone: ui.Red}}})
	if err != nil || string(b) != `{"points":[{"id":"c1","lng":119.1,"lat":36.7,"tone":"red"}]}` {
		t.Errorf("%s %v", b, err)
	}
}

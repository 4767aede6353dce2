package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/duties/enforcement/sketch"
)

func TestASketchBecomesEvidenceOfItsCase(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	x := c.lead("UM-004")
	path := "/enforcement/cases/" + x.String() + "/sketch"
	form := url.Values{"title": {"占道范围"}, "drawn": {"{"}}
	if said := page(t, c.asked("sketch.keep", "zhifa1", path, form), 422); !strings.Contains(said, "cannot be read") {
		t.Error(said)
	}
	form.Set("drawn", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[119.16,36.77],[119.1601,36.77],[119.1601,36.7701],[119.16,36.77]]]}}]}`)
	if w := c.asked("sketch.keep", "zhifa1", path, form); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, page(t, w, w.Code))
	}
	list, err := sketch.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(list) != 1 || list[0].Title != "占道范围" || !strings.Contains(list[0].Doc, "Polygon") {
		t.Fatalf("%+v %v", list, err)
	}
	files, err := evidence.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(files) != 1 || files[0].SHA256 != list[0].Picture || !files[0].Photo() {
		t.Errorf("%+v %v", files, err)
	}
	if w := c.asked("sketch.file", "zhifa1", path+"/"+list[0].ID.String()+".png", nil); w.Header().Get("Content-Type") != "image/jpeg" || w.Body.Len() < 1000 {
		t.Error(w.Header())
	}
	if sheet, err := c.a.keepers.exhibits.PhotoSheet(c.ctx, c.find(x), nil); err != nil || len(sheet) < 1000 {
		t.Error(err)
	}
	enginetest.CheckCase(t, c.w, x)
}

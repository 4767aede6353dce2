package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The head of the stalls asks where clusters should be, compares and decides.
func TestSitesAreProposedComparedAndDecided(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.says(o.ask("tandian2", "/street/sites", nil), "演示备选点 01", "已采用")
	wish := url.Values{"name": {"两处试试"}, "count": {"2"}, "radius": {"800"}, "days": {"365"}, "weight_residents": {"1"}, "weight_disorder": {"0"}, "weight_complaints": {"0"}}
	for _, k := range []string{"main_road", "fire_lane", "tactile", "school", "hospital", "station", "government", "square", "green", "park"} {
		wish.Set("least_"+k, "30")
	}
	w := o.ask("tandian2", "/street/sites", wish)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("ask: %d %.600s", w.Code, w.Body)
	}
	one := w.Header().Get("Location")
	page := o.ask("tandian2", one, nil)
	o.says(page, "两处试试", "建议", "不可设", "距学校")
	if n := strings.Count(page.Body.String(), `<span class="chip green`); n < 2 {
		t.Errorf("%d green chips, want two proposed places", n)
	}
	key := one[strings.LastIndex(one, "/")+1:]
	o.says(o.ask("tandian2", "/street/sites/points.json?of="+key, nil), `"tone":"green"`)
	o.says(o.ask("tandian2", "/street/sites/areas.json?of="+key, nil), `"kind":"green"`)
	o.says(o.ask("tandian2", "/street/sites/compare?a="+key+"&b="+key, nil), "两处试试", "服务半径")
	if w := o.ask("tandian2", "/street/sites/compare?a="+key+"&b=none", nil); w.Code != http.StatusNotFound {
		t.Errorf("compared with nothing: %d", w.Code)
	}
	if w := o.ask("tandian2", one+"/decide", url.Values{"words": {" "}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("decided without a reason: %d", w.Code)
	}
	if w := o.ask("tandian1", one+"/decide", url.Values{"words": {"就这样"}}); w.Code != http.StatusForbidden {
		t.Errorf("a clerk decided: %d", w.Code)
	}
	if w := o.ask("tandian2", one+"/decide", url.Values{"words": {"居民最多"}}); w.Code != http.StatusSeeOther {
		t.Errorf("decide: %d %.300s", w.Code, w.Body)
	}
	o.says(o.ask("fenguan", one, nil), "居民最多")
	o.says(get(o.a, "GET", "/stalls", nil), "within 15 minutes on foot")
}

package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// stranger sends a form as a visitor.
func (o *office) stranger(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "zh-CN")
	w := httptest.NewRecorder()
	o.a.router.ServeHTTP(w, r)
	return w
}

// staff is somebody of the demonstration.
func (o *office) staff(login string) people.Actor {
	o.t.Helper()
	v, err := o.a.public(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	dir, err := o.a.people.Directory(context.Background(), v.Division.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	acc, err := dir.ByLogin(login)
	if err != nil {
		o.t.Fatal(err)
	}
	actor, err := dir.Actor(acc.ID, time.Now())
	if err != nil {
		o.t.Fatal(err)
	}
	return actor
}

func (o *office) step(who people.Actor, c id.ID, step string, in procedure.Input, files ...engine.Upload) {
	o.t.Helper()
	if _, err := o.a.engine.Act(context.Background(), engine.Act{Case: c, Step: step, Actor: who, Input: in, Files: files}); err != nil {
		o.t.Fatalf("%s: %v", step, err)
	}
}

func (o *office) says(w *httptest.ResponseRecorder, words ...string) {
	o.t.Helper()
	for _, x := range words {
		if !strings.Contains(w.Body.String(), x) {
			o.t.Errorf("%d: nothing says %q", w.Code, x)
		}
	}
}

// A vendor applies by phone, is assigned in a batch, pledges, is scanned, loses a
// point and appeals.
func TestAVendorFromTheApplicationToTheAppeal(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	form := url.Values{"name": {"演示甲"}, "id_no": {citizenNumber(7)}, "phone": {"13800009999"}, "goods": {"daily"}, "clusters": {"C12"}, "hours": {"day"},
		"from.lat": {"36.77"}, "from.lng": {"119.13"}, "_key": {id.New().String()}}
	o.says(get(o.a, "GET", "/stalls/apply?cluster=C12", nil), "C12")
	bad := url.Values{"name": {"演示甲"}, "id_no": {"370705201501010000"}, "phone": {"13800009999"}, "goods": {"daily"}, "clusters": {"C12"}, "hours": {"day"}, "_key": {id.New().String()}}
	if w := o.stranger("/stalls/apply", bad); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusConflict {
		t.Errorf("a number that does not check: %d", w.Code)
	} else {
		o.says(w, "年满 16 周岁", "演示甲")
	}
	w := o.stranger("/stalls/apply", form)
	own := strings.TrimSuffix(w.Header().Get("Location"), "?new=1")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(own, "/stall/") {
		t.Fatalf("applied: %d %s", w.Code, w.Body)
	}
	code := strings.TrimPrefix(own, "/stall/")
	o.says(get(o.a, "GET", own, nil), "Received; by")
	p, err := party.ByReceipt(ctx, o.a.db, code)
	if err != nil {
		t.Fatal(err)
	}
	clerk, head := o.staff("tandian1"), o.staff("tandian2")
	o.says(o.ask("tandian1", "/cases/"+p.Case.String(), nil), "受理")
	o.step(clerk, p.Case, "receive", nil)
	o.step(clerk, p.Case, "propose", procedure.Input{"ok": true, "opinion": "符合"})
	o.step(head, p.Case, "check", procedure.Input{"ok": true})
	page := o.page("tandian2", "/street/stalls/batch")
	place, _ := page.Find(`input[name=place][value^="` + p.Case.String() + `"]`).Attr("value")
	if !strings.Contains(place, "@C12-") {
		t.Fatalf("the batch places the vendor at %q", place)
	}
	if w := o.ask("tandian2", "/street/stalls/batch", url.Values{"place": {p.Case.String() + "@C01-01"}}); w.Code != http.StatusConflict {
		t.Errorf("a placement that the batch does not hold: %d", w.Code)
	}
	if w := o.ask("tandian2", "/street/stalls/batch", url.Values{"place": {place}}); w.Code != http.StatusSeeOther {
		t.Fatalf("accepted: %d %s", w.Code, w.Body)
	}
	o.says(get(o.a, "GET", own, nil), "A place for you", "Confirm and pledge")
	if w := o.stranger(own+"/steps/decline", url.Values{"reason": {strings.Repeat("太远了。", 2000)}, "_key": {id.New().String()}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a reason as long as a book: %d", w.Code)
	}
	photo := func(field string) engine.Upload {
		return engine.Upload{Field: field, Name: "a.jpg", Mime: "image/jpeg", Body: strings.NewReader("x"), Taken: time.Now()}
	}
	o.step(people.CitizenActor(p.Division, code), p.Case, "take_place", procedure.Input{"pledge": "演示甲"}, photo("photo"))
	s, err := o.a.engine.Find(ctx, p.Division, p.Case)
	if err != nil {
		t.Fatal(err)
	}
	o.scanned(s, own, photo("photo"))
}

// scanned is the second half: the card at the stall, the points, the appeal.
func (o *office) scanned(s *engine.Snapshot, own string, photo engine.Upload) {
	t, ctx := o.t, context.Background()
	t.Helper()
	card := "/stalls/card/" + s.Number
	if w := get(o.a, "GET", card, nil); !strings.Contains(w.Body.String(), "演某") || strings.Contains(w.Body.String(), "演示甲") || strings.Contains(w.Body.String(), "/here") {
		t.Errorf("the public card: %.300s", w.Body)
	}
	if w := o.ask("tanguan1", "/street/scan/"+s.Number+"/here", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("scanned in: %d", w.Code)
	}
	o.says(o.ask("tanguan1", card, nil), "今天已到岗", "近 30 日到岗 1 天", "超线超时")
	if w := o.ask("tandian1", "/street/scan/"+s.Number+"/here", url.Values{}); w.Code != http.StatusForbidden {
		t.Errorf("a clerk scanned: %d", w.Code)
	}
	none := url.Values{"kind": {"points"}, "_key": {id.New().String()}}
	o.says(o.ask("tanguan1", "/street/scan/"+s.Number+"/points?act=line", none), "须有 24 小时内现场照片")
	r, err := o.a.engine.Open(ctx, engine.Opening{Procedure: permit.Points, Division: s.Division, Step: "note", Actor: o.staff("tanguan1"), Parent: s.ID,
		Input: procedure.Input{"act": "line", "kind": "points", "at": time.Now().Truncate(time.Second), "explained_to": true}, Files: []engine.Upload{photo}})
	if err != nil {
		t.Fatal(err)
	}
	appeal := own + "/points/" + r.Case.String() + "/appeal"
	o.says(get(o.a, "GET", own, nil), "outside the line or hours", appeal)
	english(t, o.a, nil, own)
	english(t, o.a, nil, appeal)
	english(t, o.a, o.cookies["tanguan1"], card)
	english(t, o.a, o.cookies["tanguan1"], "/street/scan/"+s.Number+"/points?act=line")
	if w := o.stranger(appeal, url.Values{"_key": {id.New().String()}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an appeal without a word: %d", w.Code)
	}
	if w := o.stranger(appeal, url.Values{"explain": {"线是昨天才画的。"}, "_key": {id.New().String()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("appealed: %d %s", w.Code, w.Body)
	}
	o.says(get(o.a, "GET", own, nil), "Someone else is reviewing")
	o.says(o.ask("tandian2", "/street/stalls", nil), "记分申诉", "/cases/"+r.Case.String())
	o.step(o.staff("tandian2"), r.Case, "cancel", procedure.Input{"reason": "划线刚改，撤销。"})
	o.says(get(o.a, "GET", own, nil), "Cancelled, no points", "12/12")
	other := "/stall/" + id.Receipt()
	if w := get(o.a, "GET", other, nil); w.Code != http.StatusNotFound {
		t.Errorf("a code nobody has: %d", w.Code)
	}
}

// Neighbours rate a cluster with stars and complaints, and read what others said.
func TestNeighboursRateACluster(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	voices := func() cluster.Rating {
		all, err := cluster.Ratings(context.Background(), o.a.db, o.staff("tandian1").Division, 0)
		if err != nil {
			t.Fatal(err)
		}
		return all["C01"]
	}
	before := voices()
	if w := o.stranger("/stalls/C01/rate", url.Values{"kinds": {"noise"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without stars: %d", w.Code)
	}
	if w := o.stranger("/stalls/C01/rate", url.Values{"stars": {"4"}, "kinds": {"noise"}}); w.Code != http.StatusSeeOther {
		t.Errorf("rated: %d", w.Code)
	}
	if now := voices(); now.N != before.N+1 || now.Stars != before.Stars+4 || now.Complaints["noise"] != before.Complaints["noise"]+1 {
		t.Errorf("%+v after %+v", now, before)
	}
	o.says(get(o.a, "GET", "/stalls/C01", nil), "Noise", "voices")
	at := o.cluster("C01")
	reported := func() map[string]int {
		n, err := cluster.Reported(context.Background(), o.a.db, o.staff("tandian1").Division, at, o.a.clk.Now().AddDate(0, 0, -90))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	past, place := reported(), url.Values{"lat": {fmt.Sprint(at.At.Lat)}, "lng": {fmt.Sprint(at.At.Lng)}}
	o.says(get(o.a, "GET", "/report/noise?"+place.Encode(), nil), place.Get("lat"), place.Get("lng"))
	said := url.Values{"class": {"06028"}, "place.lat": place["lat"], "place.lng": place["lng"], "q_noise_source": {"shop"}, "desc": {"摊点群晚上音响太响"}, "_key": {id.New().String()}}
	if w := o.stranger("/report/noise", said); w.Code != http.StatusSeeOther {
		t.Fatalf("reported: %d %s", w.Code, w.Body)
	}
	if now := reported(); now["noise"] != past["noise"]+1 || now["litter"] != past["litter"] {
		t.Errorf("%v after %v", now, past)
	}
	o.says(get(o.a, "GET", "/stalls", nil), "Demo Stall Cluster 14")
	o.says(get(o.a, "GET", "/stalls/points.json", nil), "cluster-C14")
	o.says(get(o.a, "GET", "/stalls/areas.json", nil), "Polygon")
	if w := get(o.a, "GET", "/stalls/C99", nil); w.Code != http.StatusNotFound {
		t.Errorf("a cluster that is none: %d", w.Code)
	}
}

func (o *office) cluster(code string) *cluster.Cluster {
	o.t.Helper()
	book, err := o.a.stalls.clusters.Book(context.Background(), o.staff("tandian1").Division)
	if err != nil || book.Cluster(code) == nil {
		o.t.Fatal(code, err)
	}
	return book.Cluster(code)
}

package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// walker is somebody on the street with a phone whose clock may be wrong.
type walker struct {
	*doors
	login string
	slow  time.Duration // of the phone's clock
}

func newWalker(t *testing.T, login string) *walker {
	w := &walker{doors: &doors{crew: newCrew(t, "")}, login: login}
	w.at("2026-09-24 18:02")
	return w
}

// stretch is one of the demonstration's.
func (w *walker) stretch(code string) *roster.Stretch {
	w.t.Helper()
	book, err := w.a.onStreet.roster.Book(w.ctx, w.w.Division)
	if err != nil || book.Stretch(code) == nil {
		w.t.Fatal(code, err)
	}
	return book.Stretch(code)
}

// signIn begins a duty at the start of the stretch, by the form.
func (w *walker) signIn(code string) {
	w.t.Helper()
	at := w.stretch(code).Line[0]
	r := w.sent(w.login, "/street/duty/in", url.Values{"place": {code}, "here.lat": {fmt.Sprint(at.Lat)}, "here.lng": {fmt.Sprint(at.Lng)}, "here.accuracy": {"8"}})
	if r.Code != http.StatusSeeOther {
		w.t.Fatalf("signed in: %d %.600s", r.Code, plainText(r.Body.String()))
	}
}

// raw sends a body as somebody, or with headers alone; without a body it asks.
func (w *walker) raw(login, method, path, kind, body string, head ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept-Language", "zh-CN")
	for i := 0; i < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	if login != "" {
		signed := httptest.NewRecorder()
		if err := w.a.sessions.Create(w.ctx, signed, w.who(login).Account, w.w.Division, "127.0.0.1", "test"); err != nil {
			w.t.Fatal(err)
		}
		r.AddCookie(signed.Result().Cookies()[0])
	}
	out := httptest.NewRecorder()
	w.a.Router().ServeHTTP(out, r)
	return out
}

// kept is what the program says it did with points.
type kept struct {
	Kept    int  `json:"kept"`
	Off     int  `json:"off_duty"`
	Outside int  `json:"outside"`
	Future  int  `json:"future"`
	OnDuty  bool `json:"on_duty"`
}

// fix is a place at so long before now.
type fix struct {
	at  geo.Point
	ago time.Duration
}

// batch is what the phone tells, by its own clock.
func (w *walker) batch(fixes ...fix) string {
	now := w.w.Clock.Now().Add(-w.slow)
	points := []map[string]any{}
	for _, f := range fixes {
		points = append(points, map[string]any{"at": now.Add(-f.ago).UnixMilli(), "lat": f.at.Lat, "lng": f.at.Lng, "accuracy": 7})
	}
	b, err := json.Marshal(map[string]any{"now": now.UnixMilli(), "points": points})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w *walker) tell(want kept, fixes ...fix) {
	w.t.Helper()
	w.heard(w.raw(w.login, "POST", "/street/track", "application/json", w.batch(fixes...)), want)
}

func (w *walker) heard(r *httptest.ResponseRecorder, want kept) {
	w.t.Helper()
	var got kept
	if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil || r.Code != http.StatusOK || got != want {
		w.t.Errorf("%d %+v, want %+v: %.300s", r.Code, got, want, r.Body)
	}
}

// walk goes along the stretch and tells it, a place every thirty seconds.
func (w *walker) walk(code string) {
	w.t.Helper()
	line := w.stretch(code).Line
	var way []geo.Point
	for i := 1; i < len(line); i++ {
		n := 1 + int(geo.Distance(line[i-1], line[i])/35)
		for k := range n {
			way = append(way, line.At(i-1, float64(k)/float64(n)))
		}
	}
	way = append(way, line[len(line)-1])
	w.w.Clock.Advance(time.Duration(len(way)) * 30 * time.Second)
	var fixes []fix
	for i, p := range way {
		fixes = append(fixes, fix{p, time.Duration(len(way)-1-i) * 30 * time.Second})
	}
	w.tell(kept{Kept: len(fixes), OnDuty: true}, fixes...)
}

// rows counts what is in the case database, table by table.
func (w *walker) rows() map[string]int {
	w.t.Helper()
	out := map[string]int{}
	list, err := w.a.db.Query(w.ctx, `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = list.Close() }()
	var names []string
	for list.Next() {
		var name string
		if err := list.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, name := range names {
		var n int
		if err := w.a.db.QueryRow(w.ctx, `SELECT COUNT(*) FROM "`+name+`"`).Scan(&n); err != nil {
			w.t.Fatal(name, err)
		}
		if name != "session" {
			out[name] = n
		}
	}
	return out
}

// A volunteer signs in, walks four stretches with a phone whose clock is seven
// minutes slow, and signs out: the fifth is blind, in words, in the table and on
// the map, and what the phone tells later is not kept.
func TestAVolunteersWatchLeavesOneStretchUnseenAndItIsDrawn(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhiyuan1")
	w.slow = 7 * time.Minute
	w.signIn("C03-L1")
	if page := w.raw(w.login, "GET", "/street/duty", "", "").Body.String(); !strings.Contains(page, "开始记录轨迹") || !strings.Contains(page, "90 天后删除") {
		t.Error("nobody says what is recorded")
	}
	w.tell(kept{Kept: 1, OnDuty: true}, fix{w.stretch("C03-L1").Line[0], 5 * time.Second}) // the place that the phone had found before
	before := w.rows()
	for _, code := range []string{"C03-L1", "C03-L2", "C03-L3", "C03-L4"} {
		w.walk(code)
	}
	for name, n := range w.rows() {
		if n != before[name] {
			t.Errorf("points went into the table %s", name)
		}
	}
	file, err := os.ReadFile(filepath.Join(w.a.cfg.Data, "tracks", w.w.Division.String(), "2026-09-24.track"))
	if err != nil || strings.Count(string(file), w.key(w.login)) < 40 {
		t.Errorf("the file of the day holds %d bytes: %v", len(file), err)
	}
	if r := w.sent(w.login, "/street/duty/out", nil); r.Code != http.StatusSeeOther {
		t.Error("signed out:", r.Code)
	}
	w.w.Clock.Advance(time.Minute)
	w.tell(kept{Off: 1}, fix{w.stretch("C03-L5").Line[0], 0})

	page := w.raw("daiban", "GET", "/street/watch?cluster=C03&day=2026-09-24&hour=18", "", "").Body.String()
	said := strings.Join(strings.Fields(plainText(page)), " ")
	for _, x := range []string{"盲区 1 段，这段时间无人看过：演示街巷 03-5。盲区不代表秩序良好。", "演示街巷 03-1 359 m 全程看过 100% 18:00 签到、手机页面轨迹", "演示街巷 03-5 236 m 盲区 0% – –", "18:00–19:00"} {
		if !strings.Contains(said, x) {
			t.Errorf("nothing says %q", x)
		}
	}
	if later := plainText(w.raw("daiban", "GET", "/street/watch?cluster=C03&day=2026-09-24&hour=21", "", "").Body.String()); !strings.Contains(later, "盲区 5 段") {
		t.Errorf("three hours later not all is blind")
	}
	w.drawn("/street/watch/areas.json?cluster=C03&day=2026-09-24&hour=18", "C03-L5")
}

// drawn holds that of the map's bands the one of the stretch is red and whole, and
// no other one is.
func (w *walker) drawn(path, blind string) {
	w.t.Helper()
	var doc struct {
		Features []struct {
			Geometry struct {
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
			Properties struct {
				Kind string `json:"kind"`
			} `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(w.raw("daiban", "GET", path, "", "").Body.Bytes(), &doc); err != nil {
		w.t.Fatal(err)
	}
	line, n := w.stretch(blind).Line, 0
	for _, f := range doc.Features {
		if f.Properties.Kind != "ban" {
			continue
		}
		n++
		var rings [][][2]float64
		if err := json.Unmarshal(f.Geometry.Coordinates, &rings); err != nil {
			w.t.Fatal(err)
		}
		for _, c := range rings[0] {
			if d, _, _ := line.Near(geo.Point{Lng: c[0], Lat: c[1]}); d > 10 {
				w.t.Errorf("red is drawn %.0f m away from the blind stretch", d)
			}
		}
	}
	if n != 1 {
		w.t.Errorf("%d red bands", n)
	}
}

// What no track may hold is left out and said; what cannot be is kept, but does
// not count.
func TestPointsThatProveNothing(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhiyuan1")
	here, far := w.stretch("C03-L1").Line[0], w.stretch("C09-L1").Line[0]
	w.tell(kept{Off: 1}, fix{here, 0})
	w.signIn("C03-L1")
	w.w.Clock.Advance(20 * time.Minute)
	w.tell(kept{Kept: 1, Off: 1, Outside: 1, Future: 1, OnDuty: true}, fix{here, 0}, fix{here, time.Hour}, fix{geo.Point{Lat: 30, Lng: 120}, 0}, fix{here, -10 * time.Minute})
	w.tell(kept{Kept: 3, OnDuty: true}, fix{here, 20 * time.Second}, fix{far, 10 * time.Second}, fix{here, 0}) // 1.5 km in ten seconds
	if said := plainText(w.raw("daiban", "GET", "/street/watch?cluster=C09&day=2026-09-24", "", "").Body.String()); !strings.Contains(said, "1 个点与其他点矛盾") || !strings.Contains(said, "盲区 5 段") {
		t.Errorf("a leap counts: %.900s", said)
	}
	for _, body := range []string{"", "[]", `{"points":[]}`, w.batch(make([]fix, 501)...)} {
		if r := w.raw(w.login, "POST", "/street/track", "application/json", body); r.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: %d", body, r.Code)
		}
	}
	if r := w.raw("shouli1", "POST", "/street/track", "application/json", w.batch()); r.Code != http.StatusForbidden {
		t.Error("an acceptor's track:", r.Code)
	}
	outside := url.Values{"place": {"C03-L1"}, "here.lat": {"30"}, "here.lng": {"120"}}
	if r := w.sent("zhiyuan2", "/street/duty/in", outside); r.Code != http.StatusUnprocessableEntity || !strings.Contains(r.Body.String(), "不在辖区内") {
		t.Error("signed in from elsewhere:", r.Code, plainText(r.Body.String()))
	}
}

// A device sends by itself, with a key of the division, in three forms.
func TestADeviceSendsItsTrackWithAKey(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhifa1")
	w.signIn("C03-L2")
	w.w.Clock.Advance(10 * time.Minute)
	line, now := w.stretch("C03-L2").Line, w.w.Clock.Now()
	at := func(i int) (geo.Point, string) {
		return line[i], now.Add(-time.Duration(5-i) * time.Minute).UTC().Format(time.RFC3339)
	}
	gpx, csv := `<gpx version="1.1"><trk><trkseg>`, "time,lat,lng,accuracy\n"
	for i := range 2 {
		p, when := at(i)
		gpx += fmt.Sprintf(`<trkpt lat="%f" lon="%f"><time>%s</time></trkpt>`, p.Lat, p.Lng, when)
		csv += fmt.Sprintf("%s,%f,%f,5\n", when, p.Lat, p.Lng)
	}
	gpx += "</trkseg></trk></gpx>"
	admin := w.who("admin")
	key, made, err := w.a.people.CreateKey(w.ctx, admin, "记录仪平台")
	if err != nil {
		t.Fatal(err)
	}
	const path = "/street/track/device.json?login="
	for kind, body := range map[string]string{"application/gpx+xml": gpx, "text/csv; charset=utf-8": csv, "application/json": w.batch(fix{line[0], time.Minute}, fix{line[1], 0})} {
		w.heard(w.raw("", "POST", path+"zhifa1", kind, body, "X-Api-Key", key), kept{Kept: 2, OnDuty: true})
	}
	w.heard(w.raw("", "POST", path+"zhifa2", "text/csv", csv, "X-Api-Key", key), kept{Off: 2}) // he is not on duty
	if said := plainText(w.raw("daiban", "GET", "/street/watch?cluster=C03&day=2026-09-24", "", "").Body.String()); !strings.Contains(said, "签到、设备文件") {
		t.Error("nobody says that a device recorded it")
	}
	for _, x := range []struct {
		login, kind, body, key string
		status                 int
	}{{"zhifa1", "text/csv", csv, "", 401}, {"zhifa1", "text/csv", csv, "xc_wrong", 401}, {"nobody", "text/csv", csv, key, 422}, {"shouli1", "text/csv", csv, key, 422},
		{"zhifa1", "text/plain", csv, key, 422}, {"zhifa1", "text/csv", "time,lat\n", key, 422}, {"zhifa1", "application/gpx+xml", "<html/>", key, 422}} {
		r := w.raw("", "POST", path+x.login, x.kind, x.body, "X-Api-Key", x.key, "Accept", "application/json")
		if r.Code != x.status || strings.Contains(r.Body.String(), `"kept"`) {
			t.Errorf("%s %s %.12q: %d, want %d: %.200s", x.login, x.kind, x.key, r.Code, x.status, r.Body)
		}
	}
	if err := w.a.people.RevokeKey(w.ctx, admin, made.ID); err != nil {
		t.Fatal(err)
	}
	if r := w.raw("", "POST", path+"zhifa1", "text/csv", csv, "X-Api-Key", key, "Accept", "application/json"); r.Code != http.StatusUnauthorized {
		t.Error("a key that was taken back:", r.Code)
	}
}

// Whoever refuses three times at one door becomes an incident with one tap; what
// was photographed there nobody outside sees, and nobody with a face in it.
func TestARepeatedSpotBecomesAnIncidentWithOneTap(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhiyuan1")
	w.signIn("C03-L1")
	at := w.stretch("C03-L1").Line[0]
	place := procedure.Point{Lat: at.Lat, Lng: at.Lng, Accuracy: 5}
	var last id.ID
	for range 3 {
		w.w.Clock.Advance(10 * time.Minute)
		res, err := w.w.Engine.Open(w.ctx, engine.Opening{Procedure: watch.Procedure, Division: w.w.Division, Step: "talk", Actor: w.who(w.login),
			Input: procedure.Input{"class": "09005", "place": place}, Files: []engine.Upload{w.passerby("photos", place)}})
		if err != nil {
			t.Fatal(err)
		}
		last = res.Case
		w.do(last, w.login, "refuse", nil)
	}
	w.unseen(last)
	w.veiled(last)
	w.hides(last)
	for login, status := range map[string]int{w.login: 200, "zhiyuan2": 404, "daiban": 200, "dangyuan1": 200} {
		if r := w.raw(login, "GET", "/cases/"+last.String(), "", "", "Accept", "text/html"); r.Code != status {
			t.Errorf("%s reads the record: %d, want %d", login, r.Code, status)
		}
	}
	read := func(login string) string {
		return w.raw(login, "GET", "/street/watch?cluster=C03&day=2026-09-24", "", "").Body.String()
	}
	pass := "/cases/" + last.String() + "/steps/pass"
	if !strings.Contains(read("daiban"), `action="`+pass+`"`) || strings.Contains(read("dangyuan1"), pass) {
		t.Error("the tap is not there for the duty lead alone")
	}
	if r := w.sent("daiban", pass, url.Values{"kind": {"incident"}, "why": {"同店或同处反复劝导：劝导 3 次，不听 3 次。"}}); r.Code != http.StatusSeeOther {
		t.Fatalf("passed on: %d %.600s", r.Code, plainText(r.Body.String()))
	}
	links, err := record.Links(w.ctx, w.a.db, w.w.Division, last)
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	if s := w.find(links[0].Other); s.Procedure != "incident" || s.Text("class") != "09005" || !strings.Contains(s.Text("desc"), "不听 3 次") {
		t.Errorf("it became %+v", s.Data)
	}
	w.unseen(links[0].Other)
}

// A vendor met on the street is led to the nearest free stall with one tap.
func TestAVendorOnTheStreetIsLedInWithOneTap(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhiyuan1")
	w.signIn("C03-L1")
	at := w.stretch("C03-L1").Line[0]
	r := w.sent(w.login, "/street/talk", url.Values{"class": {"09001"}, "place.lat": {fmt.Sprint(at.Lat)}, "place.lng": {fmt.Sprint(at.Lng)}, "place.accuracy": {"6"}, "words": {"愿意进摊点"}})
	path := r.Header().Get("Location")
	if r.Code != http.StatusSeeOther || !strings.HasPrefix(path, "/cases/") {
		t.Fatalf("recorded: %d %.400s", r.Code, plainText(r.Body.String()))
	}
	page, err := goquery.NewDocumentFromReader(w.raw(w.login, "GET", path, "", "", "Accept", "text/html").Body)
	if err != nil {
		t.Fatal(err)
	}
	tap := page.Find(`form[action="` + path + `/steps/lead"]`).First()
	place, _ := tap.Find("[name=place]").Attr("value")
	goods, _ := tap.Find("[name=goods]").Attr("value")
	if !strings.Contains(plainText(tap.Text()), " m") || !strings.HasPrefix(place, "C03-") {
		t.Errorf("the nearest place is said to be %s: %s", place, tap.Text())
	}
	if r := w.sent(w.login, path+"/steps/lead", url.Values{"place": {place}, "goods": {goods}}); r.Code != http.StatusSeeOther {
		t.Fatalf("led in: %d %.400s", r.Code, plainText(r.Body.String()))
	}
	c, err := id.Parse(strings.TrimPrefix(path, "/cases/"))
	if err != nil {
		t.Fatal(err)
	}
	if s := w.find(c); s.State != "led_in" || s.Text("stall") != place {
		t.Errorf("%s %s", s.State, s.Text("stall"))
	}
}

// unseen holds that nobody outside is sent a photo of the case.
func (w *walker) unseen(c id.ID) {
	w.t.Helper()
	s := w.find(c)
	photos, err := evidence.Of(w.ctx, w.a.db, w.w.Division, c)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, x := range photos {
		if x.Public() {
			w.t.Error("a photo is public before anybody released it")
		}
		for _, path := range []string{"/solved/" + s.Number + "/" + x.SHA256 + "/thumb", "/solved/" + c.String() + "/" + x.SHA256 + "/screen",
			"/open311/v2/media/" + s.Number + "/" + x.SHA256, "/cases/" + c.String() + "/photo/" + x.SHA256 + "/thumb"} {
			if r := w.raw("", "GET", path, "", "", "Accept", "image/*"); r.Code == http.StatusOK || strings.HasPrefix(r.Header().Get("Content-Type"), "image/") {
				w.t.Errorf("anybody sees %s: %d", path, r.Code)
			}
		}
	}
}

// A volunteer signs up on a phone, is confirmed, and proves the hours as PDF.
func TestAVolunteerSignsUpAndProvesTheHours(t *testing.T) {
	t.Parallel()
	w := newWalker(t, "zhiyuan8")
	if r := w.sent("", "/volunteer", url.Values{"name": {"演示·周某"}, "phone": {"13900001234"}, "agree": {"true"}}); r.Code != http.StatusSeeOther {
		t.Fatalf("signed up: %d %.400s", r.Code, plainText(r.Body.String()))
	}
	list, err := roster.Volunteers(w.ctx, w.a.db, w.w.Division)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if page := w.raw("daiban", "GET", "/street/volunteers", "", "").Body.String(); !strings.Contains(page, "tel:13900001234") {
		t.Error("nobody can call him")
	}
	r := w.sent("daiban", "/street/volunteers/"+list[0].ID.String(), url.Values{"state": {roster.Confirmed}, "account": {w.key(w.login)}})
	if r.Code != http.StatusSeeOther {
		t.Fatal("confirmed:", r.Code)
	}
	if page := w.raw("daiban", "GET", "/street/volunteers", "", "").Body.String(); strings.Contains(page, "13900001234") || !strings.Contains(page, "139****1234") {
		t.Error("the number of a confirmed volunteer is not masked")
	}
	w.signIn("C05-L1")
	elsewhere := w.stretch("C09-L1").Line[0]
	w.sent("zhiyuan7", "/street/duty/in", url.Values{"place": {"C05-L1"}, "here.lat": {fmt.Sprint(elsewhere.Lat)}, "here.lng": {fmt.Sprint(elsewhere.Lng)}})
	if page := plainText(w.raw("daiban", "GET", "/street/duty", "", "").Body.String()); !strings.Contains(page, "此刻在岗 2 人") || strings.Count(page, "签到处距岗位") != 1 {
		t.Error("nobody sees who is on duty, and who is somewhere else")
	}
	w.w.Clock.Advance(90 * time.Minute)
	w.sent(w.login, "/street/duty/out", nil)
	if page := plainText(w.raw(w.login, "GET", "/street/duty", "", "").Body.String()); !strings.Contains(page, "已值守 1.5 小时") {
		t.Error("the hours are not counted")
	}
	if pdf := w.raw(w.login, "GET", "/street/duty/hours?year=2026", "", ""); pdf.Code != http.StatusOK || !strings.HasPrefix(pdf.Body.String(), "%PDF") {
		t.Error("no certificate:", pdf.Code)
	}
}

// The demonstration has people on duty, stretches known in each way, a blind one,
// and a spot that an officer makes a lead of with one tap.
func TestTheDemonstrationIsWatched(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	t.Run("in English", o.inEnglish)
	o.says(o.ask("daiban", "/street/duty", nil), "此刻在岗 5 人")
	o.says(o.ask("daiban", "/street/watch?cluster=C03", nil), "演示街巷 03-5", "设备文件")
	o.says(o.ask("daiban", "/street/watch?cluster=C01", nil), "手机页面轨迹", "转为案件")
	o.says(o.ask("daiban", "/street/rosters", nil), "已到岗", "未签到")
	o.says(o.ask("daiban", "/street/groups", nil), "应到 2 人", "每周值守不少于两次")
	o.says(o.ask("daiban", "/street/volunteers", nil), "待确认", "近一年")
	tap := o.page("zhifa1", "/street/watch?cluster=C02").Find(`#repeats form:has([name=kind][value=lead])`)
	path, _ := tap.Attr("action")
	form := url.Values{}
	tap.Find("input").Each(func(_ int, in *goquery.Selection) {
		form.Set(in.AttrOr("name", ""), in.AttrOr("value", ""))
	})
	if w := o.ask("zhifa1", path, form); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d", path, w.Code)
	}
	c, err := id.Parse(strings.Split(strings.TrimPrefix(path, "/cases/"), "/")[0])
	if err != nil {
		t.Fatal(err)
	}
	children, err := record.Children(t.Context(), o.a.db, o.staff("zhifa1").Division, c)
	if err != nil || len(children) != 1 || children[0].Procedure != "enf.ordinary" || children[0].State != "lead" {
		t.Errorf("it became %+v, %v", children, err)
	}
}

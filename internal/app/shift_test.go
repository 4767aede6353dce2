package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/app/story"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/shift"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// send posts a form as a member of staff.
func (c *crew) send(login, path string, form url.Values) *httptest.ResponseRecorder {
	c.t.Helper()
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who(login).Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(signed.Result().Cookies()[0])
	w := httptest.NewRecorder()
	c.a.Router().ServeHTTP(w, r)
	return w
}

// begun is a handover that somebody began on the page.
func (c *crew) begun(login, desk string) id.ID {
	c.t.Helper()
	w := c.send(login, "/shift", url.Values{"desk": {desk}})
	key, err := id.Parse(strings.TrimPrefix(w.Header().Get("Location"), "/cases/"))
	if w.Code != http.StatusSeeOther || err != nil {
		c.t.Fatalf("%d %s %v", w.Code, w.Header().Get("Location"), err)
	}
	return key
}

// frozen is the list as the last signature of the outgoing person keeps it.
func (c *crew) frozen(x id.ID) (l shift.List) {
	c.t.Helper()
	log, err := record.Timeline(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range log {
		b, err := e.Read()
		if err != nil {
			c.t.Fatal(err)
		}
		var text string
		if e.Step == "sign_out" && (json.Unmarshal(b.Data["list"], &text) != nil || json.Unmarshal([]byte(text), &l) != nil) {
			c.t.Fatalf("no list in %s", b.Data["list"])
		}
	}
	return l
}

func drawn(t *testing.T, name string) string {
	t.Helper()
	b, err := story.Scribble(name)
	if err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b)
}

func TestADeskIsHandedOver(t *testing.T) {
	for name, db := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handOver(t, newCrew(t, db(t)))
		})
	}
}

func handOver(t *testing.T, c *crew) {
	c.at("2026-09-28 09:00")
	late := c.dispatched("06042", 4, calendar.WorkingHour, "HW") // will be late, and urged
	c.at("2026-09-28 15:30")
	c.do(late, "paiqian1", "urge", procedure.Input{"text": "请尽快。"})
	filed := c.patrol("06010")
	c.filed(filed, "06010", c.condition("06010", 4, calendar.WorkingHour))
	theirs := c.patrol("06029") // the acceptors' desk, not this one

	x := c.begun("paiqian1", "command")
	if s := c.find(x); s.State != "draft" || s.Number != "JB20260928-001" {
		t.Fatalf("%s %q", s.State, s.Number)
	}
	path := "/cases/" + x.String() + "/steps/"
	if page := c.page("paiqian1", path+"sign_out"); !strings.Contains(page, `name="notes.`+c.find(late).Number+`"`) || !strings.Contains(page, "data-sign") {
		t.Error("the form asks for no note on an open case, or for no signature")
	}
	form := url.Values{"summary": {"平稳"}, "attention": {"雨天"}, "goods": {"钥匙一把"}, "looked": {"1"}, "notes." + c.find(late).Number: {"催过两次"}}
	for what, add := range map[string]url.Values{"no signature": {}, "a blank one": {"signature.ink": {"data:image/png;base64,AAAA"}}, "a name alone": {"signature": {"王小明"}}} {
		bad := url.Values{}
		for k, v := range form {
			bad[k] = v
		}
		for k, v := range add {
			bad[k] = v
		}
		if w := c.send("paiqian1", path+"sign_out", bad); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "平稳") {
			t.Errorf("%s: %d, or the form came back empty", what, w.Code)
		}
	}
	c.refused(x, "J04", "paiqian2", "sign_out", procedure.Input{"summary": "不是我的班", "looked": true, "signature": "乙"})
	form.Set("signature.ink", drawn(t, "paiqian1"))
	if w := c.send("paiqian1", path+"sign_out", form); w.Code != http.StatusSeeOther {
		t.Fatalf("sign out: %d %s", w.Code, w.Body)
	}
	c.state(x, "handed")

	l := c.frozen(x)
	why := map[id.ID]string{}
	for _, i := range l.Items {
		why[i.Case] = strings.Join(i.Why, " ")
	}
	if !strings.HasPrefix(why[late], "overdue") || !strings.Contains(why[late], "urged") || why[filed] == "" || why[theirs] != "" || l.Items[0].Case != late {
		t.Errorf("%v; overdue and urged %s, filed %s, of another desk %s", l.Items, late, filed, theirs)
	}
	if p, err := record.Verify(c.ctx, c.a.db, c.w.Division, x); err != nil || p.Broken != nil {
		t.Errorf("the list cannot be proved: %+v %v", p, err)
	}
	takeOver(t, c, x, filed, path)
}

// takeOver is the other half: what changed meanwhile must be looked at, and
// nobody takes over from himself or for a desk that is not his.
func takeOver(t *testing.T, c *crew, x, filed id.ID, path string) {
	t.Helper()
	typed := procedure.Input{"signature": "派遣员二"}
	c.refused(x, "J01", "paiqian1", "sign_in", typed)
	c.refused(x, "J02", "shouli1", "sign_in", typed)
	c.refused(x, "R01", "hw.desk", "sign_in", typed)
	c.do(x, "paiqian2", "send_back", procedure.Input{"reason": "钥匙数目不对"})
	c.do(x, "paiqian1", "sign_out", procedure.Input{"summary": "钥匙两把", "looked": true, "signature": "派遣员一"})
	c.do(filed, "paiqian2", "dispatch", procedure.Input{"dept": "SZ", "override": "演示指定由该单位办理"})
	page := c.page("paiqian2", "/cases/"+x.String())
	if !strings.Contains(page, `<tr class="changed`) || !strings.Contains(page, "/cases/"+filed.String()) {
		t.Error("the page does not say what changed")
	}
	if w := c.send("paiqian2", path+"sign_in", url.Values{"signature": {"派遣员二"}, "signature.typed": {"1"}}); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest {
		t.Errorf("unseen changes were signed: %d", w.Code)
	}
	c.refused(x, "J03", "paiqian2", "sign_in", typed)
	ink := drawn(t, "paiqian2")
	if w := c.send("paiqian2", path+"sign_in", url.Values{"seen": {"1"}, "remarks": {"已核对"}, "signature.ink": {ink}}); w.Code != http.StatusSeeOther {
		t.Fatalf("sign in: %d %s", w.Code, w.Body)
	}
	c.state(x, "received")
	list, err := evidence.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(list) != 2 || list[1].Kind != evidence.Signature || list[1].Actor != c.key("paiqian2") {
		t.Fatalf("%+v %v", list, err)
	}
	want, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(ink, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.page("ducha1", "/cases/"+x.String()+"/photo/"+list[1].SHA256+"/full"); !bytes.Equal([]byte(got), want) {
		t.Error("the signature is not what was drawn")
	}
	for _, at := range []string{"", "/print"} {
		page := c.page("ducha1", "/cases/"+x.String()+at)
		if strings.Count(page, `class="signatures"`) != 1 || !strings.Contains(page, list[1].SHA256) || !strings.Contains(page, `class="typed"`) {
			t.Errorf("page%s does not show both signatures", at)
		}
	}
	if page := c.page("ducha1", "/shift?day=2026-09-28&desk=command"); !strings.Contains(page, "JB20260928-001") {
		t.Error("the list of handovers has lost it")
	}
	for _, none := range []string{"/shift?day=2026-09-27", "/shift?desk=supervision"} {
		if strings.Contains(c.page("ducha1", none), `">JB20260928-001`) {
			t.Errorf("%s shows it", none)
		}
	}
}

func TestAHandoverIsBegunByWhoKeepsTheDesk(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	for _, x := range []struct{ login, desk string }{{"paiqian1", "supervision"}, {"ducha1", "command"}, {"shouli1", "nowhere"}, {"shouli1", ""}} {
		if w := c.send(x.login, "/shift", url.Values{"desk": {x.desk}}); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s began %q: %d", x.login, x.desk, w.Code)
		}
	}
	for _, other := range []string{"hw.desk", "caiji3"} {
		if w := c.send(other, "/shift", url.Values{"desk": {"command"}}); w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", other, w.Code)
		}
	}
	x := c.begun("shouli1", "supervision")
	w := c.send("shouli1", "/shift", url.Values{"desk": {"supervision"}})
	if w.Code != http.StatusConflict && w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "JB20260928-001") {
		t.Errorf("a second one: %d", w.Code)
	}
	c.refused(x, "J04", "shouli2", "cancel", procedure.Input{"reason": "不是我的"})
	c.do(x, "zhiban1", "cancel", procedure.Input{"reason": "重复"})
	c.begun("shouli1", "supervision")
}

func TestAHandoverThatWaitsIsAlarmed(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	x := c.begun("shouli1", "supervision")
	c.do(x, "shouli1", "sign_out", procedure.Input{"summary": "平稳", "looked": true, "signature": "受理员一"})
	c.isDue(x, "take_over", "2026-09-28 10:00")
	c.at("2026-09-28 10:01")
	if !strings.Contains(c.page("ducha1", "/inbox"), "/cases/"+x.String()) {
		t.Error("the supervisor hears nothing of it")
	}
}

func TestTheHandoverWalksAtRandom(t *testing.T) {
	t.Parallel()
	a, w := zone(t, "")
	p, err := a.engine.Library().Latest(shift.Procedure)
	if err != nil {
		t.Fatal(err)
	}
	stats := enginetest.Walk{World: w, Procedure: p, Steps: 600, Seed: 3, Here: spot, Value: handoverValue}.Run(t)
	for i := range p.States {
		if s := p.States[i].ID; stats.States[s] == 0 {
			t.Errorf("the walk never entered %s: %+v", s, stats)
		}
	}
}

// handoverValue ticks what must be ticked; the walker does not know that notes
// go by case.
func handoverValue(_ *rand.Rand, _ *engine.Snapshot, _ *procedure.Step, f *field.Field) (any, bool) {
	switch f.Name {
	case "looked", "seen":
		return true, true
	case "notes":
		return nil, true
	}
	return nil, false
}

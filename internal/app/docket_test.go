package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/dossier"
	"xiucheng/internal/duties/enforcement/entry"
	"xiucheng/internal/duties/enforcement/law"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// get reads a page as a member of staff, in English.
func (c *crew) get(login, path string) *httptest.ResponseRecorder {
	c.t.Helper()
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who(login).Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		c.t.Fatal(err)
	}
	return get(c.a, "GET", path, signed.Result().Cookies()[0])
}

// reads asserts what a page says and does not say.
func (c *crew) reads(login, path string, says, not []string) {
	c.t.Helper()
	text := page(c.t, c.get(login, path), 200)
	for _, s := range says {
		if !strings.Contains(text, s) {
			c.t.Errorf("%s, %s: no %q in %.900s", login, path, s, text)
		}
	}
	for _, s := range not {
		if strings.Contains(text, s) {
			c.t.Errorf("%s, %s: %q stands there", login, path, s)
		}
	}
}

func TestAnIncidentBecomesADossierWithItsPhotos(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x := c.dispatched("06010", 4, calendar.WorkingHour, "ZD1")
	const address = "/enforcement/leads/new?incident="
	c.reads("zhifa1", "/cases/"+x.String(), []string{"Open a dossier"}, nil)
	c.reads("zhifa1", address+x.String(), []string{"The case it arises from", "Register a lead", c.find(x).Number}, nil)
	if w := c.get("caiwu", address+x.String()); w.Code != 404 {
		t.Errorf("a case that finance may not open: %d", w.Code)
	}
	in := url.Values{"source": {"patrol"}, "found_at": {"2026-09-14T09:00"}, "place.lat": {"36.7701"}, "place.lng": {"119.1600"}, "place.address": {"演示路1号"},
		"violation": {"UM-004"}, "clue": {"店外堆放"}}
	w := c.send("zhifa1", address+x.String(), in)
	key, err := id.Parse(strings.TrimPrefix(w.Header().Get("Location"), "/cases/"))
	if w.Code != http.StatusSeeOther || err != nil {
		t.Fatalf("%d %s", w.Code, page(t, w, 303))
	}
	d := c.find(key)
	if d.Procedure != "enf.ordinary" || d.Address != "演示路1号" || d.Place == nil {
		t.Errorf("%s at %q %v", d.Procedure, d.Address, d.Place)
	}
	was, err := evidence.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		t.Fatal(err)
	}
	has, err := evidence.Of(c.ctx, c.a.db, c.w.Division, key)
	if err != nil || len(has) != len(was) || len(has) == 0 || has[0].SHA256 != was[0].SHA256 {
		t.Errorf("photos %v, were %v, %v", has, was, err)
	}
	links, err := record.Links(c.ctx, c.a.db, c.w.Division, key)
	if err != nil || len(links) != 1 || links[0].Other != x || links[0].Relation != dossier.Arises || links[0].Back {
		t.Errorf("links %v %v", links, err)
	}
	c.reads("zhifa1", "/cases/"+x.String(), []string{"Dossier", "Open-air barbecue, or providing the place"}, nil)
	c.reads("zhifa1", "/cases/"+key.String(), []string{"Arose from", c.find(x).Number}, nil)
	c.reads("shouli1", "/cases/"+x.String(), []string{"(not yours to read)"}, []string{d.Title, "Open-air barbecue, or providing the place"})
}

func TestALeadIsRegisteredOnTheStreetWithWhatWasWrongInWords(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	const path = "/enforcement/leads/new"
	c.reads("zhifa1", path, []string{"Register a lead", "Administrative inspection"}, []string{"Analysis meeting"})
	c.reads("banan", path, []string{"Analysis meeting"}, []string{"Register a lead"})
	c.reads("caiwu", path, []string{"Your post opens no procedure"}, nil)
	if w := c.get("caiwu", path+"?open=enf.ordinary/lead_register"); w.Code != 404 {
		t.Errorf("another's beginning: %d", w.Code)
	}
	if w := c.get("shouli1", path); w.Code != 403 {
		t.Errorf("an acceptor: %d", w.Code)
	}
	in := url.Values{"source": {"patrol"}, "found_at": {"2026-09-15T09:00"}, "place.address": {"演示路1号"}, "place.lat": {"36.7701"}, "place.lng": {"119.1600"},
		"violation": {"UM-004"}, "clue": {"店外烧烤"}}
	if text := page(t, c.send("zhifa1", path, in), 422); !strings.Contains(text, "时间填写有误") || !strings.Contains(text, "店外烧烤") {
		t.Errorf("found tomorrow: %s", text)
	}
	in.Set("found_at", "2026-09-14T08:00")
	if w := c.send("zhifa1", path, in); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, page(t, w, 303))
	}
}

func TestDossiersAreListedByStageAndShownToNobodyElse(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	c.promote("zhifa1", "agency_head") // so that the proposer could approve, were it allowed
	c.lead("UM-004")
	x := c.underway()
	number, title := c.find(x).Number, c.find(x).Title
	const list = "/enforcement/dossiers"
	for _, login := range []string{"zhifa1", "banan", "fazhi", "juzhang", "caiwu", "dangan", "ducha1"} {
		c.reads(login, list, []string{"Open 2", "Filing 1", "Survey 1", number}, nil)
	}
	c.reads("zhifa1", list+"?stage=s1", nil, []string{number})
	c.reads("zhifa1", list+"?stage=s2", []string{number}, nil)
	c.reads("zhifa1", list+"?mine=1", []string{number, "Open 1"}, nil)
	c.reads("zhifa2", list+"?mine=1", []string{"No such dossier"}, nil)
	c.reads("zhifa1", list+"?late=1", []string{"No such dossier"}, nil)
	c.reads("zhifa1", list+"?procedure=enf.meeting", []string{"No such dossier"}, nil)
	c.reads("zhifa1", list+"/print", []string{number, "演示当事人 · Open-air barbecue, or providing the place"}, nil)
	if w := c.get("zhifa1", list+"/table.csv"); w.Code != 200 || !strings.Contains(w.Body.String(), number) {
		t.Errorf("table: %d", w.Code)
	}
	c.at("2026-12-30 09:00")
	c.reads("zhifa1", list+"?late=1", []string{number, "Overdue 2"}, nil)
	if w := c.get("shouli1", list); w.Code != 403 {
		t.Errorf("an acceptor: %d", w.Code)
	}
	if w := c.get("shouli1", "/cases/"+x.String()); w.Code != 404 {
		t.Errorf("an acceptor opens a dossier: %d", w.Code)
	}
	for _, p := range []string{"/cases?view_of=all", "/desk", "/cases?view_of=all&procedure=enf.ordinary"} {
		c.reads("shouli1", p, nil, []string{number, title, "Open-air barbecue, or providing the place"})
	}
	c.unknownOutside(x)
}

// unknownOutside asks every public page for the dossier.
func (c *crew) unknownOutside(x id.ID) {
	c.t.Helper()
	s := c.find(x)
	n := 0
	for _, r := range c.a.router.Routes() {
		if !r.Access.IsPublic() || r.Method != http.MethodGet || r.Stream {
			continue
		}
		path := placeholder.ReplaceAllString(r.Pattern, x.String())
		for _, q := range []string{"", "?q=" + url.QueryEscape(s.Number), "?service_request_id=" + s.Number, "?code=" + s.Number + "&bbox=119,36,120,37&w=119&s=36&e=120&n=37&z=18"} {
			n++
			body := get(c.a, http.MethodGet, path+q, nil).Body.String()
			for _, secret := range []string{s.Title, s.Text("party"), s.Text("cause")} {
				if secret != "" && strings.Contains(body, secret) {
					c.t.Errorf("%s says %q", path+q, secret)
				}
			}
		}
	}
	if n < 40 {
		c.t.Errorf("only %d public pages were asked", n)
	}
}

// business is a registered organisation.
func (c *crew) business(name, number string) string {
	c.t.Helper()
	key, err := c.a.parties.Save(c.ctx, c.who("zhifa1"), enfparty.Draft{Kind: law.Organisation, Name: name, Number: number, Address: "演示工业园1号"})
	if err != nil {
		c.t.Fatal(err)
	}
	return key.String()
}

func (c *crew) plan(party string, kv ...any) (id.ID, error) {
	in := procedure.Input{"party_ref": party, "kind": "daily", "basis": "演示检查事项清单第1项", "items": []string{"渣土运输"}, "listed": true, "visit_on": c.w.Clock.Now(),
		"place": spot, "address": "演示工业园1号"}
	for i := 0; i+1 < len(kv); i += 2 {
		in[kv[i].(string)] = kv[i+1]
	}
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: entry.Inspection, Division: c.w.Division, Step: "i_plan", Actor: c.who("zhifa1"), Input: in,
		Party: &engine.NewParty{NoReceipt: true}})
	return r.Case, err
}

func TestABusinessIsInspectedByPlanAndNoMoreThanTheCap(t *testing.T) {
	for name, db := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return dbtest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) { inspected(t, newCrew(t, db())) })
	}
}

func inspected(t *testing.T, c *crew) {
	c.at("2026-09-14 09:00")
	who := c.business("演示·某运输有限公司", "91370799MADEM0002N")
	_, err := c.plan(who, "listed", false)
	c.cites(err, "I01", "国办发〔2024〕54号", "2024 No. 54")
	x, err := c.plan(who)
	if err != nil {
		t.Fatal(err)
	}
	c.promote("zhifa1", "agency_head")
	c.refused(x, "N07", "zhifa1", "i_approve", procedure.Input{"opinion_head": "同意"})
	c.do(x, "juzhang", "i_approve", procedure.Input{"opinion_head": "同意"})
	const enter = "/enforcement/enter/"
	c.reads("zhifa1", enter+who, []string{"No inspection may enter here"}, nil)
	c.cites(c.try(x, "zhifa1", "i_tell", procedure.Input{"way": "no"}), "I04", "国办发〔2024〕54号", "2024 No. 54")
	c.do(x, "zhifa1", "i_tell", procedure.Input{"way": "phone"})
	if to := c.get("zhifa1", enter+who).Header().Get("Location"); to != "/cases/"+x.String()+"/steps/i_enter?code="+who {
		t.Errorf("the code leads to %q", to)
	}
	c.reads("zhifa1", "/enforcement/parties/"+who+"/code", []string{"演示·某运输有限公司", enter + who}, nil)
	expired := c.two("code", who, "cert_shown", true)
	expired[procedure.SecondOfficer] = c.key("zhifa3")
	c.cites(c.try(x, "zhifa1", "i_enter", expired), "N04", "《行政处罚法》第四十二条", "PL 42")
	c.cites(c.try(x, "zhifa1", "i_enter", c.two("code", "typed", "cert_shown", true)), "I03", "国办发〔2024〕54号", "2024 No. 54")
	c.cites(c.try(x, "zhifa1", "i_enter", c.two("code", who)), "N05", "《行政处罚法》第五十五条", "PL 55")
	c.do(x, "zhifa1", "i_enter", c.two("code", who, "cert_shown", true))
	c.w.Clock.Advance(time.Hour)
	now := c.w.Clock.Now()
	found := func(kv ...any) procedure.Input {
		return c.two(append([]any{"start_at", now.Add(-30 * time.Minute), "end_at", now, "cert_shown", true, "findings", "车辆未密闭"}, kv...)...)
	}
	c.cites(c.try(x, "zhifa1", "i_record", found("result", "dossier")), "I06", "《行政处罚法》第五十四条", "PL 54")
	c.do(x, "zhifa1", "i_record", found("result", "dossier", "violation", "UM-004"))
	c.state(x, "lead")
	kids, err := record.Children(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(kids) != 1 || kids[0].Procedure != "enf.ordinary" {
		t.Fatalf("%v %v", kids, err)
	}
	if d := c.find(kids[0].ID); d.Text("source") != "check" || d.Text("party") != "演示·某运输有限公司" || d.Text("clue") != "车辆未密闭" {
		t.Errorf("%+v", d.Data)
	}
	c.printed(x, "P06")
	_, err = c.plan(who)
	c.cites(err, "I02", "已检查1次，达到年度频次上限1次", "inspected 1 times this year; the yearly cap is 1")
	_, err = c.plan(who, "kind", "lead") // the exception awaits confirmation and is off
	c.cites(err, "I02", "国办发〔2024〕54号", "2024 No. 54")
	if _, err = c.plan(c.business("演示·某建设有限公司", "91370799MADEM0003R")); err != nil {
		t.Errorf("another business: %v", err)
	}
	c.at("2027-01-04 09:00")
	if _, err = c.plan(who); err != nil {
		t.Errorf("in the next year: %v", err)
	}
}

// cites asserts a refusal and that its sentences name the article.
func (c *crew) cites(err error, code, zh, en string) {
	c.t.Helper()
	c.isRefusal(err, code, code)
	if f := fault.As(err); f != nil {
		if text := textOf(f); !strings.Contains(text.ZH, zh) || !strings.Contains(text.EN, en) {
			c.t.Errorf("%s says %q and %q", code, text.ZH, text.EN)
		}
	}
}

func TestAnInspectionThatOrdersACorrectionHearsOfIt(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	who := c.business("演示·某运输有限公司", "91370799MADEM0002N")
	x, err := c.plan(who)
	if err != nil {
		t.Fatal(err)
	}
	c.do(x, "juzhang", "i_approve", procedure.Input{"opinion_head": "同意"})
	c.do(x, "zhifa1", "i_tell", procedure.Input{"way": "written"})
	c.do(x, "zhifa1", "i_enter", c.two("code", who, "cert_shown", true))
	c.w.Clock.Advance(time.Hour)
	now := c.w.Clock.Now()
	c.do(x, "zhifa1", "i_record", c.two("start_at", now.Add(-30*time.Minute), "end_at", now, "cert_shown", true, "findings", "未保洁", "result", "correct"))
	c.state(x, "correcting")
	c.do(x, "system", "correction_result", procedure.Input{"result": "refused", "on": now})
	c.state(x, "uncorrected")
	c.do(x, "zhifa1", "i_lead", procedure.Input{"violation": "UM-004"})
	c.state(x, "lead")
	c.reads("zhifa1", "/cases/"+x.String(), []string{"Ordinary penalty", "Correction order", "File and whole number"}, nil)
}

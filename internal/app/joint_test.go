package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/board"
	"xiucheng/internal/duties/enforcement/law"
	enfparty "xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/id"
)

// outing is a plan of the demonstration's units for the evening of the 24th.
func (c *crew) outing() procedure.Input {
	at := func(s string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
		if err != nil {
			c.t.Fatal(err)
		}
		return t
	}
	return procedure.Input{"goal": "夜市联合整治", "laws": []string{"road", "parking", "food"}, "units": []string{"ZD1", "GA", "SCJG"}, "place": spot, "radius": int64(400), "area_name": "夜市街",
		"start": at("2026-09-24 18:00"), "end": at("2026-09-24 21:00"), "people": int64(5), "risk": "设警戒线，交管疏导", "recording": true, "announce": true}
}

func (c *crew) drafted(in procedure.Input) id.ID {
	c.t.Helper()
	r, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: operation.Procedure, Division: c.w.Division, Step: "draft", Actor: c.who("zhifa1"), Input: in})
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Case
}

func (c *crew) keys(logins ...string) (out []string) {
	for _, l := range logins {
		out = append(out, c.key(l))
	}
	return out
}

// outside is an operation under way: three units, two teams.
func (c *crew) outside() id.ID {
	c.t.Helper()
	x := c.drafted(c.outing())
	c.do(x, "zhifa1", "submit", nil)
	c.refused(x, "R01", "banan", "approve", procedure.Input{"opinion": "同意"})
	c.do(x, "fenguan", "approve", procedure.Input{"opinion": "同意"})
	come := func(logins ...string) procedure.Input {
		return procedure.Input{"come": "yes", "people": c.keys(logins...), "officers": c.keys(logins...)}
	}
	c.do(x, "zhifa1", "answer", come("zhifa1", "zhifa2"))
	c.refused(x, "J03", "jiaojing.link", "answer", come("jiaojing1", "jiaojing2")) // the second one's certificate ended in June
	c.do(x, "jiaojing.link", "answer", come("jiaojing1"))
	c.do(x, "scjg.link", "answer", come("scjg1", "scjg2"))
	team := func(n, login, duty string) map[string]string {
		return map[string]string{"team": n, "person": c.key(login), "duty": duty}
	}
	c.do(x, "zhifa1", "confirm", procedure.Input{"teams": []map[string]string{team("1", "zhifa1", "lead"), team("1", "zhifa2", "officer"), team("1", "jiaojing1", "officer"), team("2", "scjg1", "lead"), team("2", "scjg2", "officer")},
		"lead_on_site": c.key("zhifa1"), "minimum": int64(5), "assembly": "东门"})
	c.at("2026-09-24 17:50")
	c.do(x, "zhifa1", "begin", procedure.Input{"roll": c.keys("zhifa1", "zhifa2", "jiaojing1", "scjg1", "scjg2"), "recorders": []string{"JLY-01"}})
	return x
}

// Three units run an operation to its report; what each finds becomes a case of
// whom it belongs to, and what was learned stands on the next agenda.
func TestThreeUnitsRunAnOperation(t *testing.T) {
	for name, db := range engines() {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, db(t))
			x := c.outside()
			if said := get(c.a, "GET", "/operations", nil).Body.String(); !strings.Contains(said, `<span lang="zh-CN">夜市联合整治</span> under way in <span lang="zh-CN">夜市街</span>.`) {
				t.Errorf("everybody reads %.600s", said)
			}
			at := procedure.Input{"place": spot, "address": "夜市东门", "words": "占道摆摊", "unit": "ZD1", "law": "road", "kind": "enforcement", "violation": "UM-002", "officers": c.keys("zhifa1", "zhifa2")}
			wrong := procedure.Input{"place": spot, "words": "无证售卖熟食", "unit": "ZD1", "law": "food", "kind": "incident"}
			c.refused(x, "J06", "zhifa1", "find", wrong)
			c.do(x, "zhifa1", "find", at, c.photo("photos"))
			wrong["unit"] = "SCJG"
			c.do(x, "scjg1", "find", wrong)
			c.do(x, "jiaojing1", "find", procedure.Input{"place": spot, "unit": "GA", "kind": "nothing"})
			c.do(x, "zhifa1", "sign_out", procedure.Input{"team": int64(1), "note": "齐"})
			c.refused(x, "J07", "zhifa1", "finish", nil)
			c.do(x, "scjg2", "sign_out", procedure.Input{"team": int64(2), "note": "齐"})
			c.do(x, "zhifa1", "finish", nil)
			c.do(x, "zhifa1", "report", procedure.Input{"text": "共检查三处，问题均已转办。", "lessons": "引导标识提前一小时摆好"})
			c.do(x, "fenguan", "close", procedure.Input{"opinion": "同意"})
			s := c.find(x)
			for name, want := range map[string]int64{"places": 3, "found": 2, "incidents": 1, "leads": 1, "photos": 1} {
				if s.Data[name] != want {
					t.Errorf("%s: %v, want %d", name, s.Data[name], want)
				}
			}
			children, err := record.Children(c.ctx, c.w.DB, c.w.Division, x)
			if err != nil || len(children) != 2 {
				t.Fatal(children, err)
			}
			states := []string{children[0].Procedure + " " + children[0].State, children[1].Procedure + " " + children[1].State}
			if slices.Sort(states); !slices.Equal(states, []string{"enf.ordinary lead", "incident reported"}) {
				t.Errorf("opened %v", states)
			}
			topics, err := c.a.over.board.Lessons(c.ctx, c.w.Division, c.w.Clock.Now().Add(-time.Hour), c.w.Clock.Now().Add(time.Hour))
			if err != nil || !slices.Equal(topics, []board.Lesson{{Text: "引导标识提前一小时摆好", Number: s.Number}}) {
				t.Errorf("the next agenda: %v %v", topics, err)
			}
		})
	}
}

// Inspections and operations count against the same cap of a year.
func TestABusinessIsNotCheckedBeyondItsCap(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	const code = "92370799MADEM0001G"
	party, err := c.a.parties.Save(c.ctx, c.who("zhifa1"), enfparty.Draft{Kind: law.SoleTrader, Name: "演示·某烧烤店", Operator: "演示·郑某", Number: code, Address: "演示路11号"})
	if err != nil {
		t.Fatal(err)
	}
	in := c.outing()
	in["targets"] = []map[string]string{{"code": code, "name": "演示·某烧烤店", "risk": "A"}}
	within := c.drafted(in)
	c.do(within, "zhifa1", "submit", nil)
	y, err := c.open("zhifa1", "enf.inspect", "i_plan", procedure.Input{"party_ref": party.String(), "kind": "daily", "basis": "年度计划", "items": []string{"油烟"}, "listed": true,
		"visit_on": c.w.Clock.Now(), "place": spot, "address": "演示路11号"})
	if err != nil {
		t.Fatal(err)
	}
	c.do(y, "juzhang", "i_approve", procedure.Input{"opinion_head": "同意"})
	c.do(y, "zhifa1", "i_tell", procedure.Input{"way": "phone"})
	c.do(y, "zhifa1", "i_enter", procedure.Input{"code": party.String(), "cert_shown": true, "second_officer": c.key("zhifa2")})
	beyond := c.drafted(in)
	c.refused(beyond, "J02", "zhifa1", "submit", nil)
	c.do(beyond, "zhifa1", "submit", procedure.Input{"exceptions": []map[string]string{{"code": code, "kind": "complaint", "ground": "12345 工单"}}}, c.photo("materials"))

	// and the other way round: an operation that entered counts for inspections
	const other = "91370799MADEM0003R"
	who := c.business("演示·某建设有限公司", other)
	x := c.outside()
	c.do(x, "zhifa1", "find", procedure.Input{"kind": "nothing", "unit": "ZD1", "place": spot, "shop": other, "scan": other, "exception": "complaint"})
	_, err = c.plan(who)
	c.cites(err, "I02", "已检查1次，达到年度频次上限1次", "inspected 1 times this year; the yearly cap is 1")
}

// The pages of an operation are for those who take part.
func TestWhoReadsAnOperation(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	x := c.outside()
	one := "/joint/" + x.String()
	for _, login := range []string{"zhifa1", "scjg.link", "jiaojing1", "fenguan", "hw.work"} {
		if err := c.a.people.SetPassword(c.ctx, people.SystemActor(c.w.Division), demoPassword, true, c.who(login).Account); err != nil {
			t.Fatal(err)
		}
	}
	for login, want := range map[string]int{"zhifa1": 200, "scjg.link": 200, "jiaojing1": 200, "fenguan": 200, "hw.work": 404} {
		as := signIn(t, c.a, login)
		for _, path := range []string{one + "/board", one + "/area", one + "/points", one + "/order.pdf", "/cases/" + x.String()} {
			if w := get(c.a, "GET", path, as); w.Code != want {
				t.Errorf("%s reads %s: %d", login, path, w.Code)
			}
		}
	}
	zhifa := signIn(t, c.a, "zhifa1")
	for path, holds := range map[string]string{"/joint": "夜市联合整治", "/joint/new": `name="laws"`, one + "/find": "kind=incident", one + "/find?kind=enforcement": `value="UM-002"`} {
		if w := get(c.a, "GET", path, zhifa); w.Code != 200 || !strings.Contains(w.Body.String(), holds) {
			t.Errorf("%s: %d without %q", path, w.Code, holds)
		}
	}
	form := url.Values{"place.lat": {"36.7682"}, "place.lng": {"119.1421"}, "words": {"占道"}, "law": {"food"}, "unit": {"ZD1"}, "key": {id.New().String()}}
	w := posted(c.a, one+"/find?kind=incident", "application/x-www-form-urlencoded", form.Encode(), zhifa)
	if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), "pass it to Market regulation (demo)") {
		t.Errorf("a finding beyond the unit's power: %d %.400s", w.Code, w.Body)
	}
	w = posted(c.a, "/joint/new", "application/x-www-form-urlencoded", url.Values{"goal": {"整治目标"}, "units": {"ZD1", "GA"}, "end": {"soon"}}.Encode(), zhifa)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "整治目标") || !strings.Contains(w.Body.String(), "Begins") {
		t.Errorf("a plan without a time: %d %.400s", w.Code, w.Body)
	}
	form.Set("law", "road")
	if w := posted(c.a, one+"/find?kind=incident", "application/x-www-form-urlencoded", form.Encode(), zhifa); w.Code != http.StatusSeeOther {
		t.Errorf("a finding: %d %.400s", w.Code, w.Body)
	}
	if n := len(c.find(x).Log); c.find(x).Log[n-1].Step != "find" {
		t.Error("it was not recorded")
	}

	// what is begun from the operation, on a page of its own, belongs to it
	who := c.business("演示·某建设有限公司", "91370799MADEM0003R")
	w = c.send("zhifa1", "/enforcement/leads/new?open=enf.inspect%2Fi_plan&incident="+x.String(), url.Values{"party_ref": {who}, "kind": {"lead"}, "basis": {"联合执法发现"}, "items": {"占道"},
		"listed": {"true"}, "visit_on": {"2026-09-25"}, "place.lat": {"36.7682"}, "place.lng": {"119.1421"}, "place.address": {"夜市"}})
	links, err := record.Links(c.ctx, c.w.DB, c.w.Division, x)
	if w.Code != http.StatusSeeOther || err != nil || len(links) != 2 || links[1].Relation != "part_of" || "/cases/"+links[1].Other.String() != w.Header().Get("Location") {
		t.Errorf("%d %s: %+v %v", w.Code, page(t, w, 303), links, err)
	}
}

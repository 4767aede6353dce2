package story

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// outing is one joint operation of the demonstration: when it begins, what for,
// and how far it has come.
type outing struct {
	goal, area string
	begins     time.Duration // from now
	until      string        // the step it has come to
	announce   bool
	targets    []map[string]string
}

// outings are invented (演示): one that is over, one of today, three to come.
var outings = []outing{
	{goal: "夜间占道经营联合整治（演示）", area: "演示夜市", begins: -9*24*time.Hour - 4*time.Hour, until: "close", announce: true},
	{goal: "校园周边秩序联合执法（演示）", area: "演示小学周边", begins: -70 * time.Minute, until: "find", announce: true},
	{goal: "露天烧烤联合整治（演示）", area: "演示烧烤街", begins: 2*24*time.Hour + 3*time.Hour, until: "confirm", announce: true},
	{goal: "农贸市场周边联合整治（演示）", area: "演示农贸市场", begins: 4 * 24 * time.Hour, until: "answer"},
	{goal: "餐饮门店食品安全与店外经营联合检查（演示）", area: "演示美食街", begins: 7 * 24 * time.Hour, until: "submit",
		targets: []map[string]string{{"code": "92370799MADEM0001G", "name": "演示·某烧烤店", "risk": "C"}, {"code": "92370799MADEM0004R", "name": "演示·某五金店", "risk": "A"}}},
}

// operations tells the joint operations.
func (s *story) operations(ctx context.Context) {
	for i, o := range outings {
		if err := s.goOut(ctx, i, o); err != nil {
			s.Log.Warn("demo operation", "n", i+1, "err", err)
		}
	}
}

// trip is one operation on its way.
type trip struct {
	*story
	ctx context.Context
	id  id.ID
	at  procedure.Point
}

func (s *story) goOut(ctx context.Context, n int, o outing) error {
	m, err := s.Places.Map(ctx, s.division.ID)
	if err != nil {
		return err
	}
	found := m.Find(s.reports[n].Place, s.now)
	if len(found) == 0 {
		return nil
	}
	p := found[0].Point
	t := &trip{story: s, ctx: ctx, at: procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: 8}}
	start := s.now.Add(o.begins).Truncate(10 * time.Minute)
	drafted := start.AddDate(0, 0, -6)
	if drafted.After(s.now) {
		drafted = s.now.Add(-2 * time.Hour)
	}
	s.clk.Set(drafted)
	who, err := s.actor("zhifa1")
	if err != nil {
		return err
	}
	in := procedure.Input{"goal": o.goal, "laws": []string{"road", "parking", "food"}, "units": []string{"ZD1", "GA", "SCJG"}, "place": t.at, "radius": int64(400), "area_name": o.area,
		"route": "东门—中街—西门，最后巡查停车点。", "start": start, "end": start.Add(3 * time.Hour), "people": int64(5), "vehicles": int64(2),
		"risk": "人流密集，防拥挤和阻碍执法；设警戒线，交管疏导。", "recording": true, "announce": o.announce}
	if o.announce {
		in["outline"] = t.outline()
	}
	if o.targets != nil {
		in["targets"] = o.targets
	}
	res, err := s.engine.Open(ctx, engine.Opening{Procedure: operation.Procedure, Division: s.division.ID, Step: "draft", Actor: who, Input: in})
	if err != nil {
		return err
	}
	t.id = res.Case
	for _, a := range t.acts(start) {
		if !a.at.IsZero() {
			t.clk.Set(a.at)
		}
		if err := t.do(a.login, a.step, a.in, a.files...); err != nil {
			return fmt.Errorf("%s: %w", a.step, err)
		}
		if a.step == o.until && !a.more {
			break
		}
	}
	return nil
}

// act is one step of an operation; more says that a story that ends with this
// step ends with the next one of its name.
type act struct {
	step, login string
	in          procedure.Input
	files       []engine.Upload
	at          time.Time // when; zero for some time after the one before
	more        bool
}

// acts are the steps of an operation in their order.
func (t *trip) acts(start time.Time) []act {
	p := t.people
	find := func(kind, unit, law, words string, north float64, more procedure.Input) procedure.Input {
		at := geo.Offset(geo.Point{Lat: t.at.Lat, Lng: t.at.Lng}, north/2, north)
		in := procedure.Input{"kind": kind, "unit": unit, "place": procedure.Point{Lat: at.Lat, Lng: at.Lng, Accuracy: 6}, "address": "演示路口", "words": words}
		if law != "" {
			in["law"] = law
		}
		maps.Copy(in, more)
		return in
	}
	team := func(n, login, duty string) map[string]string {
		return map[string]string{"team": n, "person": p(login)[0], "duty": duty}
	}
	rest := func(unit string) procedure.Input {
		return procedure.Input{"team": map[string]int64{"1": 1, "2": 2}[unit], "note": "装备、记录仪齐全"}
	}
	minutes := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	return []act{
		{step: "submit", login: "zhifa1", in: procedure.Input{"exceptions": []map[string]string{}}},
		{step: "approve", login: "fenguan", in: procedure.Input{"opinion": "同意，注意安全和全过程记录。"}},
		{step: "answer", login: "zhifa1", in: procedure.Input{"come": "yes", "people": p("zhifa1", "zhifa2"), "officers": p("zhifa1", "zhifa2")}, more: true},
		{step: "answer", login: "scjg.link", in: procedure.Input{"come": "yes", "people": p("scjg1", "scjg2"), "officers": p("scjg1", "scjg2")}},
		{step: "answer", login: "jiaojing.link", in: procedure.Input{"come": "yes", "people": p("jiaojing1"), "officers": p("jiaojing1")}},
		{step: "confirm", login: "zhifa1", in: procedure.Input{"teams": []map[string]string{team("1", "zhifa1", "lead"), team("1", "zhifa2", "officer"), team("1", "jiaojing1", "officer"),
			team("2", "scjg1", "lead"), team("2", "scjg2", "officer")}, "lead_on_site": p("zhifa1")[0], "minimum": int64(4), "assembly": "提前十分钟在东门集合，着制服，带记录仪。"}},
		{step: "begin", login: "zhifa1", at: minutes(-10), in: procedure.Input{"roll": p("zhifa1", "zhifa2", "jiaojing1", "scjg1", "scjg2"), "recorders": []string{"演示-JLY-01", "演示-JLY-02"}, "told": true}},
		{step: "find", login: "zhifa1", at: minutes(12), in: find(operation.Enforcement, "ZD1", "road", "占用人行道设摊，影响通行。", 60, procedure.Input{"violation": "UM-002", "officers": p("zhifa1", "zhifa2")}), files: t.picture(), more: true},
		{step: "find", login: "jiaojing1", at: minutes(25), in: find(operation.ToIncident, "GA", "parking", "机动车占用盲道停放五辆。", -80, nil), files: t.picture(), more: true},
		{step: "find", login: "scjg1", at: minutes(38), in: find(operation.Nothing, "SCJG", "", "证照齐全，未发现问题。", 130, nil), more: true},
		{step: "find", login: "zhifa2", at: minutes(44), in: find(operation.Persuade, "ZD1", "", "店外桌椅略出门线，提醒后当场收回。", 240, nil), more: true},
		{step: "find", login: "scjg2", at: minutes(50), in: find(operation.ToIncident, "SCJG", "food", "流动食品摊贩两处，未亮证。", -150, nil)},
		{step: "sign_out", login: "zhifa1", at: minutes(150), in: rest("1")},
		{step: "sign_out", login: "scjg1", at: minutes(155), in: rest("2")},
		{step: "finish", login: "zhifa1", at: minutes(160)},
		{step: "report", login: "zhifa1", at: start.Add(20 * time.Hour), in: procedure.Input{"text": "行动期间秩序良好，发现的问题均已交有权单位办理。", "lessons": "引导标识应在开市前一小时摆好\n交管提前半小时设停车引导"}},
		{step: "close", login: "fenguan", at: start.Add(30 * time.Hour), in: procedure.Input{"opinion": "同意，经验请带到分析会。"}},
	}
}

// do takes a step some minutes after the one before, never later than now.
func (t *trip) do(login, step string, in procedure.Input, files ...engine.Upload) error {
	if next := t.clk.Now().Add(10 * time.Minute); next.Before(t.now) {
		t.clk.Set(next)
	}
	who, err := t.actor(login)
	if err != nil {
		return err
	}
	if in == nil {
		in = procedure.Input{}
	}
	_, err = t.engine.Act(t.ctx, engine.Act{Case: t.id, Step: step, Actor: who, Input: in, Files: files})
	return err
}

// people are accounts by login, "" for nobody.
func (t *trip) people(logins ...string) (out []string) {
	for _, l := range logins {
		a, _ := t.actor(l) // nobody's account is refused by the step
		out = append(out, a.Account.String())
	}
	return out
}

// outline is the block around the centre, written as a plan does.
func (t *trip) outline() string {
	var out []string
	for _, p := range [][2]float64{{-170, -190}, {120, -190}, {190, -60}, {180, 180}, {-60, 200}, {-180, 60}} {
		at := geo.Offset(geo.Point{Lat: t.at.Lat, Lng: t.at.Lng}, p[0], p[1])
		out = append(out, fmt.Sprintf("%.6f %.6f", at.Lng, at.Lat))
	}
	return strings.Join(out, "; ")
}

// picture is one of the pack's drawings as a photo of the moment; none where it
// is missing.
func (t *trip) picture() []engine.Upload {
	b, err := t.story.picture(t.reports[0].Picture, false)
	if err != nil {
		return nil
	}
	at := t.at
	return []engine.Upload{{Field: "photos", Name: "find.jpg", Mime: "image/jpeg", Body: bytes.NewReader(b), At: &at, Device: "演示"}}
}

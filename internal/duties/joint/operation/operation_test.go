package operation_test

import (
	"slices"
	"strings"
	"testing"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/joint/operation"
)

// Three units go out, and what each finds goes to whom it belongs.
func TestAnOperationGoesToItsReport(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := w.running(w.plan())
		photo := w.Photo("photos", spot)
		w.do(x, "officerd10", "find", found("incident", "d2", "traffic"), photo)
		lead := found("enforcement", "d1", "street")
		lead["violation"], lead["officers"] = "UM-002", w.keys("officerd10", "officerd11")
		w.do(x, "officerd10", "find", lead)
		away := found("enforcement", "d3", "food") // no dossiers of theirs are kept here
		away["officers"] = w.keys("handlerd30", "unit_clerkd30")
		w.do(x, "handlerd30", "find", away)
		w.do(x, "handlerd20", "find", procedure.Input{"kind": "nothing", "unit": "d2", "place": spot})
		if got := w.children(x); !slices.Equal(got, []string{"enf.ordinary", "incident", "incident"}) {
			t.Errorf("opened %v", got)
		}
		w.do(x, "officerd10", "sign_out", procedure.Input{"team": int64(1), "note": "设备齐全"})
		w.refused(x, "J20", "officerd10", "sign_out", procedure.Input{"team": int64(1), "note": "设备齐全"})
		w.says(w.try(x, "officerd10", "finish", nil), "J07", "第 2 组尚未签退。", "Team 2 has not signed out.")
		w.do(x, "handlerd30", "sign_out", procedure.Input{"team": int64(2), "note": "设备齐全"})
		w.do(x, "officerd10", "finish", nil)
		w.do(x, "officerd10", "report", procedure.Input{"text": "本次联合执法共检查四处，秩序明显好转。", "lessons": "摊贩应先引导\n请交警提前设点"})
		w.refused(x, "R01", "officerd11", "close", procedure.Input{"opinion": "同意"})
		w.do(x, "leader1", "close", procedure.Input{"opinion": "同意"})
		s := w.find(x)
		for name, want := range map[string]int64{"places": 4, "found": 3, "incidents": 2, "leads": 1, "spots": 0, "photos": 1} {
			if s.Data[name] != want {
				t.Errorf("%s: %v, want %d", name, s.Data[name], want)
			}
		}
		said, err := w.Engine.PublicWords(w.ctx, s, "")
		if err != nil || said.ZH != "行动情况：检查 4 处，发现 3 个问题，已转办。" || said.EN != "4 places, 3 findings, all passed on." {
			t.Errorf("everybody reads %+v %v", said, err)
		}
		enginetest.CheckCase(t, w.World, x)
	})
}

func TestAPlanNamesUnitsWithPowerAndATime(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for _, units := range [][]string{{"d1"}, {"d1", "d1"}} {
			in := w.plan()
			in["units"] = units
			_, err := w.open("officerd10", in)
			w.says(err, "J01", "至少两个有相应职权的单位，并写明依据。", "At least two units with the power, and the laws named.")
		}
		in := w.plan()
		in["units"] = []string{"d2", "d3"}
		_, err := w.open("officerd10", in)
		w.says(err, "J12", "贵单位未列入参加单位。", "Your unit was not asked to take part.")
		in = w.plan()
		in["laws"] = []string{"street", "traffic"} // d3 has neither
		_, err = w.open("officerd10", in)
		w.says(err, "J01", "至少两个有相应职权的单位，并写明依据。", "At least two units with the power, and the laws named.")
		in["laws"] = []string{"street", "traffic", "fire"} // d3 had it until January
		_, err = w.open("officerd10", in)
		w.says(err, "J01", "至少两个有相应职权的单位，并写明依据。", "At least two units with the power, and the laws named.")
		for _, end := range []string{"2026-09-21 18:00", "2026-09-22 06:01"} {
			in := w.plan()
			in["end"] = w.local(end)
			_, err := w.open("officerd10", in)
			w.says(err, "J09", "结束须晚于开始，且不超过 12 小时；开始时间不能已过。", "It ends after it begins, within 12 hours, and begins in the future.")
		}
		in = w.plan()
		in["end"] = w.local("2026-09-22 06:00")
		if _, err := w.open("officerd10", in); err != nil {
			t.Error("twelve hours:", err)
		}
		in["recording"] = false
		x, err := w.open("officerd10", in)
		if err != nil {
			t.Fatal(err)
		}
		w.refused(x, "J10", "officerd10", "submit", nil)
		w.do(x, "officerd11", "revise", w.plan())
		w.do(x, "officerd11", "submit", nil)
		w.do(x, "leader0", "send_back", procedure.Input{"opinion": "请细化"})
		w.refused(x, "R01", "officerd20", "revise", w.plan())
		w.state(x, "drafted")
	})
}

var shop = map[string]string{"code": "91370799MADEMO001X", "name": "演示餐馆", "risk": "A"}

// A business is checked beyond its cap only on a named exception with its papers.
func TestTheCapOfABusiness(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		in := w.plan()
		in["targets"] = []map[string]string{shop}
		x, err := w.open("officerd10", in)
		if err != nil {
			t.Fatal(err)
		}
		w.inspected[shop["code"]] = 1
		w.says(w.try(x, "officerd10", "submit", nil), "J02", "演示餐馆 今年检查已达 1 次上限；如属投诉举报、移送或隐患，请选择例外并附材料。",
			"演示餐馆 has reached 1 checks this year; if it is a complaint, transfer or hazard, name the exception and attach it.")
		exception := procedure.Input{"exceptions": []map[string]string{{"code": shop["code"], "kind": "complaint", "ground": "12345 工单"}}}
		w.refused(x, "J02", "officerd10", "submit", exception) // without papers
		w.do(x, "officerd10", "submit", exception, w.Photo("materials", spot))

		w.inspected = map[string]int{}
		first := w.running(in)
		at := found("incident", "d3", "food")
		at["shop"] = shop["code"]
		w.refused(first, "J17", "officerd10", "find", at)
		at["scan"] = shop["code"]
		w.do(first, "officerd10", "find", at)
		w.do(first, "officerd10", "find", at) // the same visit
		at["shop"], at["scan"] = "91370799MADEMO002X", "91370799MADEMO002X"
		w.refused(first, "J19", "officerd10", "find", at)
		at["exception"] = "hazard"
		w.do(first, "officerd10", "find", at)

		in["start"], in["end"] = w.local("2026-10-12 18:00"), w.local("2026-10-12 21:00")
		second, err := w.open("officerd10", in)
		if err != nil {
			t.Fatal(err)
		}
		w.refused(second, "J02", "officerd10", "submit", nil) // the first operation was the one check
		w.caps = ""
		w.inspected = map[string]int{}
		in["targets"] = []map[string]string{{"code": "91370799MADEMO003X", "name": "演示五金", "risk": "C"}}
		third, err := w.open("officerd10", in)
		if err != nil {
			t.Fatal(err)
		}
		w.refused(third, "J02", "officerd10", "submit", nil) // nobody set a cap
		w.caps = "C：1"
		w.do(third, "officerd10", "submit", nil)
	})
}

// Two plans may each be within the cap; on the day the second is not.
func TestTheCapHoldsOnTheDay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		in := w.plan()
		in["targets"] = []map[string]string{shop}
		x := w.running(in)
		w.inspected[shop["code"]] = 1
		at := found("incident", "d3", "food")
		at["shop"], at["scan"] = shop["code"], shop["code"]
		w.refused(x, "J02", "officerd10", "find", at)
		at["exception"] = "complaint"
		w.do(x, "officerd10", "find", at)
	})
}

func TestUnitsAnswerForThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := w.summoned(w.plan())
		late := yes(w.keys("handlerd20", "handlerd21"), w.keys("handlerd20", "handlerd21"))
		w.says(w.try(x, "unit_clerkd20", "answer", late), "J03", "handlerd21 的执法证在行动当日已过期。", "handlerd21’s certificate is not valid on that day.")
		w.refused(x, "J13", "unit_clerkd20", "answer", yes(w.keys("handlerd10"), nil))
		w.refused(x, "R06", "unit_clerkd20", "answer", procedure.Input{"come": "no"})
		w.refused(x, "R05", "unit_clerkd20", "answer", procedure.Input{"come": "yes"})
		w.do(x, "unit_clerkd20", "answer", yes(w.keys("handlerd20"), w.keys("handlerd20")))
		w.do(x, "unit_clerkd20", "answer", procedure.Input{"come": "no", "reason": "当晚另有任务"}) // the last word counts
		if s := w.find(x); len(operation.Rows(s, "answers")) != 1 || len(operation.Rows(s, "crew")) != 0 {
			t.Errorf("answers %v, people %v", s.Data["answers"], s.Data["crew"])
		}
		w.do(x, "officerd10", "answer", yes(w.keys("officerd10", "officerd11"), w.keys("officerd10", "officerd11")))
		confirm := procedure.Input{"teams": w.teams()[:2], "lead_on_site": w.key("officerd10"), "minimum": int64(2), "assembly": "东门"}
		w.refused(x, "J14", "officerd10", "confirm", confirm) // d3 is silent, and may be until Wednesday
		w.at("2026-09-17 09:00")
		w.refused(x, "J01", "officerd10", "confirm", confirm) // one unit alone
		w.do(x, "unit_clerkd30", "answer", procedure.Input{"come": "instead", "reason": "派所里人员", "people": w.keys("handlerd30"), "officers": w.keys("handlerd30")})
		confirm["teams"] = append(w.teams()[:2], w.teams()[3])
		w.says(w.try(x, "officerd10", "confirm", confirm), "J04", "每组须有两名以上持证执法人员。", "Each team needs two certified officers.")
		confirm["teams"] = w.teams()[:3] // whom d2 did not send after all
		w.refused(x, "J15", "officerd10", "confirm", confirm)
		confirm["teams"], confirm["lead_on_site"] = w.teams()[:2], w.key("handlerd30")
		w.refused(x, "J23", "officerd10", "confirm", confirm)
		confirm["lead_on_site"] = w.key("officerd10")
		w.refused(x, "R01", "officerd20", "confirm", confirm)
		w.do(x, "officerd10", "confirm", confirm)
		w.do(x, "officerd10", "change", procedure.Input{"what": "改到周二", "reason": "天气", "start": w.local("2026-09-22 18:00"), "end": w.local("2026-09-22 20:00")})
		if s := w.find(x); s.State != "summoning" || s.Data["answers"] != nil || s.Text("day") != "2026-09-22" {
			t.Errorf("after a change: %s %v %s", s.State, s.Data["answers"], s.Text("day"))
		}
		w.refused(x, "J11", "officerd20", "cancel", procedure.Input{"reason": "不办了"})
		w.refused(x, "R06", "officerd10", "cancel", procedure.Input{"reason": "雨"})
		w.do(x, "leader0", "cancel", procedure.Input{"reason": "暴雨预警"})
		said, _ := w.Engine.PublicWords(w.ctx, w.find(x), "")
		if said.ZH != "原定 2026-09-22 的行动取消。" {
			t.Error(said)
		}
	})
}

func TestAnOperationBeginsWithTheRollInItsTime(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		in := w.plan()
		in["targets"] = []map[string]string{shop}
		x := w.ready(in)
		zh, en := "未到时间，或未签到、未开启全过程记录。", "Not yet time, or roll call or recording is missing."
		w.at("2026-09-21 17:29")
		w.says(w.try(x, "officerd10", "begin", w.roll()), "J05", zh, en)
		w.at("2026-09-21 17:30")
		without := func(name string, v any) procedure.Input {
			r := w.roll()
			r[name] = v
			return r
		}
		w.says(w.try(x, "officerd10", "begin", without("recorders", []string{})), "J05", zh, en)
		w.says(w.try(x, "officerd10", "begin", without("roll", w.keys("officerd10", "officerd11"))), "J05", zh, en)
		w.refused(x, "J16", "officerd10", "begin", without("told", false))
		w.refused(x, "J04", "officerd10", "begin", without("roll", w.keys("officerd10", "officerd11", "handlerd30", "unit_clerkd20")))
		more := without("roll", w.keys("officerd10", "officerd11", "handlerd30", "unit_clerkd30", "officerd20"))
		w.says(w.try(x, "officerd10", "begin", more), "J15", "officerd20 不在各单位回复的名单中；临时增加须写明理由。", "officerd20 was named by no unit; adding somebody needs a reason.")
		w.refused(x, "R01", "officerd11", "begin", w.roll()) // only the lead on site
		more["added_why"] = "现场警力不足"
		w.do(x, "officerd10", "begin", more)
		w.refused(x, "J21", "officerd11", "join", procedure.Input{"person": w.key("officerd10"), "reason": "来了"})
		w.do(x, "officerd11", "join", procedure.Input{"person": w.key("handlerd20"), "reason": "迟到"})
		named(t, w.find(x))
		w.at("2026-09-22 01:00") // four hours after its end
		if s := w.find(x); s.State != "running" {
			t.Fatal("ended early", s.State)
		}
		w.at("2026-09-22 01:01")
		w.state(x, "wrapping")
		enginetest.CheckCase(t, w.World, x)
	})
}

// Each keeps its own powers.
func TestAFindingGoesToWhomItBelongs(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := w.running(w.plan())
		w.says(w.try(x, "officerd10", "find", found("incident", "d1", "food")), "J06", "该问题不属于 部门d1 职权，请转 部门d3。", "Not in Dept d1’s power; pass it to Dept d3.")
		w.refused(x, "J06", "officerd10", "find", found("incident", "d3", "fire")) // no longer theirs
		w.refused(x, "J18", "officerd20", "find", found("incident", "d2", "traffic"))
		lead := found("enforcement", "d1", "street")
		lead["violation"], lead["officers"] = "UM-002", w.keys("officerd10", "officerd10")
		w.refused(x, "J04", "officerd10", "find", lead)
		lead["officers"] = w.keys("officerd10", "handlerd21") // not there
		w.refused(x, "J04", "officerd10", "find", lead)
		lead["officers"] = w.keys("officerd10", "officerd11")
		delete(lead, "violation")
		w.refused(x, "J22", "officerd10", "find", lead)
		mute := found("incident", "d1", "street")
		delete(mute, "words")
		w.refused(x, "R05", "officerd10", "find", mute)
		if got := w.children(x); len(got) != 0 {
			t.Errorf("refused findings opened %v", got)
		}
	})
}

// What was not passed on is explained, finding by finding.
func TestEveryFindingHasItsCaseOrAReason(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := w.running(w.plan())
		for range 2 {
			penalty := found("spot", "d1", "street")
			penalty["officers"] = w.keys("officerd10", "officerd11")
			w.do(x, "officerd10", "find", penalty)
		}
		w.do(x, "officerd10", "stop_early", procedure.Input{"reason": "weather"})
		text := procedure.Input{"text": "因降雨提前结束，已登记两处。", "lessons": "备雨具"}
		w.says(w.try(x, "officerd10", "report", text), "J08", "还有 2 条发现未转办或未说明。", "2 findings have neither a case nor a reason.")
		r, err := w.Engine.Open(w.ctx, engine.Opening{Procedure: operation.Spot, Division: w.Division, Step: "s_start", Actor: w.who("officerd10"), Input: procedure.Input{}})
		if err != nil {
			t.Fatal(err)
		}
		w.do(x, "officerd10", "link", procedure.Input{"case": r.Case.String(), "relation": "part_of"})
		w.says(w.try(x, "officerd10", "report", text), "J08", "还有 1 条发现未转办或未说明。", "1 findings have neither a case nor a reason.")
		text["reasons"] = []map[string]string{{"n": "2", "why": "当事人已自行改正"}}
		w.do(x, "officerd10", "report", text)
		w.do(x, "leader0", "return", procedure.Input{"opinion": "补充照片"})
		w.do(x, "officerd11", "report", text)
		s := w.find(x)
		if s.Data["spots"] != int64(1) || s.Data["found"] != int64(2) {
			t.Errorf("figures %v", s.Data)
		}
		w.do(x, "leader0", "close", procedure.Input{"opinion": "同意"})
	})
}

// An operation that does not begin is noticed two hours later, and can then only
// be moved or cancelled.
func TestAnOperationThatDoesNotBegin(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		x := w.ready(w.plan())
		w.at("2026-09-21 19:00")
		w.refused(x, "R11", "officerd10", "change", procedure.Input{"what": "改期", "reason": "天气"})
		w.at("2026-09-21 20:01")
		if !w.find(x).Late("unbegun") {
			t.Error("nobody noticed")
		}
		w.refused(x, "J09", "officerd10", "change", procedure.Input{"what": "改期", "reason": "天气"})
		w.do(x, "officerd10", "change", procedure.Input{"what": "改期", "reason": "天气", "start": w.local("2026-09-28 18:00"), "end": w.local("2026-09-28 20:00")})
		if got := w.find(x).Text("day"); got != "2026-09-28" {
			t.Error(got)
		}
	})
}

// named: whoever is on the roll answered, or was added with a reason.
func named(t testing.TB, s *engine.Snapshot) {
	t.Helper()
	crew := operation.Rows(s, "crew")
	for _, p := range operation.Texts(s, "roll") {
		i := slices.IndexFunc(crew, func(c map[string]string) bool { return c["person"] == p })
		if i < 0 || crew[i]["unit"] == "" && strings.TrimSpace(crew[i]["why"]) == "" {
			t.Fatalf("%s is on the roll and nobody named them", p)
		}
	}
}

package app

import (
	"testing"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
)

func textOf(f *fault.Error) i18n.Text {
	t, _ := f.Args["text"].(i18n.Text)
	return t
}

// The worked examples E1–E5 and E12 of the incident's tables (§1.9).
func TestDeadlinesAreThoseOfTheWorkedExamples(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	for _, x := range []struct {
		name, at, class string
		n               int
		unit            calendar.Unit
		due             string
	}{
		{"E1 working hours over the holiday", "2026-09-30 16:10", "06010", 4, calendar.WorkingHour, "2026-10-08 11:10"},
		{"E2 urgent overnight", "2026-10-02 22:45", "09005", 2, calendar.ContinuousHour, "2026-10-03 00:45"},
		{"E3 make-up Sunday, lunch", "2026-09-20 12:30", "06012", 2, calendar.WorkingHour, "2026-09-20 15:30"},
		{"E3 day off before", "2026-09-19 10:00", "06012", 2, calendar.WorkingHour, "2026-09-20 10:30"},
		{"E4 working days, make-up Sunday", "2026-09-17 10:00", "02017", 3, calendar.WorkingDay, "2026-09-21 17:30"},
		{"E5 working days over the holiday", "2026-09-29 15:00", "06013", 5, calendar.WorkingDay, "2026-10-12 17:30"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c.t = t
			c.at(x.at)
			c.isDue(c.dispatched(x.class, x.n, x.unit, "HW"), "handle", x.due)
		})
	}
}

func TestAReturnRefusedGivesBackWhatWasLeft(t *testing.T) { // E6
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-24 10:00")
	x := c.dispatched("06042", 4, calendar.WorkingHour, "HW")
	c.isDue(x, "handle", "2026-09-24 15:30")
	c.at("2026-09-24 10:50")
	c.refused(x, "I22", "hw.desk", "return_dept", procedure.Input{"reason": "not_our_duty", "explain": "不归我们管"})
	c.do(x, "hw.desk", "return_dept", procedure.Input{"reason": "not_our_duty", "explain": "不归我们管", "basis": "职责清单"})
	c.state(x, "filed")
	c.at("2026-09-24 16:30")
	c.do(x, "paiqian1", "reject_return", procedure.Input{"reason": "职责清单写明归环卫"})
	c.isDue(x, "handle", "2026-09-28 10:40")
	c.refused(x, "R03", "paiqian1", "reject_return", procedure.Input{"reason": "再驳"})
}

func TestADelayCountsFromTheOldDue(t *testing.T) { // E7
	t.Parallel()
	for _, approve := range []string{"yes", "no"} {
		t.Run(approve, func(t *testing.T) {
			c := newCrew(t, "")
			c.at("2026-10-09 09:20")
			x := c.dispatched("04002", 2, calendar.WorkingDay, "YL")
			c.do(x, "yl.desk", "take", procedure.Input{"handler": c.key("yl.work")})
			c.isDue(x, "handle", "2026-10-12 17:30")
			c.at("2026-10-12 15:00")
			c.do(x, "yl.desk", "ask_delay", procedure.Input{"reason": "weather", "explain": "连续降雨无法作业", "extra": int64(2)})
			c.refused(x, "R10", "yl.desk", "ask_delay", procedure.Input{"reason": "weather", "explain": "连续降雨无法作业", "extra": int64(2)})
			c.at("2026-10-13 09:00")
			c.do(x, "paiqian1", "decide_delay", procedure.Input{"approve": approve, "opinion": "情况属实", "extra": int64(2)})
			late := false
			for _, k := range c.find(x).Clocks {
				late = late || k.ID == "handle" && k.Late != 0
			}
			if approve == "yes" {
				c.isDue(x, "handle", "2026-10-14 17:30")
			} else if c.at("2026-10-13 09:01"); true {
				for _, k := range c.find(x).Clocks {
					late = late || k.ID == "handle" && k.Late != 0
				}
			}
			if late != (approve == "no") {
				t.Errorf("late %v after %q", late, approve)
			}
		})
	}
}

func TestASuspensionKeepsWhatIsLeft(t *testing.T) { // E8
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-10 10:00")
	x := c.dispatched("04002", 15, calendar.WorkingDay, "YL")
	c.do(x, "yl.desk", "take", procedure.Input{"handler": c.key("yl.work")})
	c.isDue(x, "handle", "2026-10-08 17:30")
	c.at("2026-09-22 10:00")
	resume := time.Date(2026, 10, 20, 9, 0, 0, 0, calendar.Zone)
	c.do(x, "yl.desk", "ask_suspend", procedure.Input{"reason": "season", "explain": "反季节不宜补植", "plan": "秋后补植", "resume_on": resume}, c.photo("photo"))
	c.do(x, "paiqian1", "endorse_suspend", procedure.Input{"agree": "yes", "opinion": "同意报批"})
	c.at("2026-09-24 10:00")
	c.do(x, "fenguan", "approve_suspend", procedure.Input{"approve": "yes", "opinion": "同意", "public_note": "等待补植季节"})
	c.state(x, "suspended")
	c.at("2026-10-20 09:00")
	if c.find(x).State == "suspended" {
		c.do(x, "yl.desk", "resume", procedure.Input{"reason": "到补植季节"})
	}
	c.isDue(x, "handle", "2026-10-28 17:30")
}

func TestPromiseAndObjectionWindow(t *testing.T) { // E9, E10
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-30 20:00")
	x, _ := c.public("06010")
	c.isDue(x, "promise", "2026-10-13 17:30")

	c = newCrew(t, "")
	c.at("2026-09-28 09:00")
	x, receipt := c.public("06010")
	cond := c.condition("06010", 4, calendar.WorkingHour)
	c.do(x, "shouli1", "send_verify", procedure.Input{"collector": c.key("caiji4"), "ask": "请核实"})
	c.do(x, "caiji4", "verify_done", procedure.Input{"result": "true"}, c.photo("photo"))
	c.filed(x, "06010", cond)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "HW"})
	c.do(x, "hw.desk", "take", nil)
	c.checked(x, "hw.desk", "hw.work", "caiji3")
	c.do(x, "zhiban1", "close", procedure.Input{"end": "fixed", "condition": cond, "reply": "已处理"})
	c.isDue(x, "objection", "2026-10-08 24:00")
	c.at("2026-10-08 23:59")
	if err := c.citizen(x, receipt, "object", procedure.Input{"reason": "not_fixed", "explain": "还在"}); err != nil {
		t.Errorf("a minute before the end: %v", err)
	}
	c.state(x, "objected")
	c.refused(x, "I43", "paiqian1", "propose_dismiss", procedure.Input{"reason": "照片显示已清理", "finding": "不成立"})
	c.do(x, "paiqian1", "redo_objection", procedure.Input{"dept": "HW", "reason": "照片属实"})
	c.state(x, "dispatched")
}

func TestAnObjectionIsLookedAtByAnotherPersonBeforeItIsDismissed(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x, receipt := c.public("06010")
	cond := c.condition("06010", 4, calendar.WorkingHour)
	c.do(x, "shouli1", "send_verify", procedure.Input{"collector": c.key("caiji3"), "ask": "请核实"})
	c.do(x, "caiji3", "verify_done", procedure.Input{"result": "true"}, c.photo("photo"))
	c.filed(x, "06010", cond)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "HW"})
	c.do(x, "hw.desk", "take", nil)
	c.checked(x, "hw.desk", "hw.work", "caiji3")
	c.do(x, "zhiban1", "close", procedure.Input{"end": "fixed", "condition": cond, "reply": "已处理"})
	if err := c.citizen(x, receipt, "object", procedure.Input{"reason": "not_fixed", "explain": "没有清干净"}); err != nil {
		t.Fatal(err)
	}
	c.refused(x, "I43", "paiqian1", "propose_dismiss", procedure.Input{"reason": "照片显示已清理"})
	c.do(x, "paiqian1", "recheck_objection", procedure.Input{"ask": "看看是否清理干净"})
	c.refused(x, "I33", "shouli1", "send_check", procedure.Input{"collector": c.key("caiji3")})
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji4")})
	c.do(x, "caiji4", "check_done", procedure.Input{"result": "fixed"}, c.photo("photo"))
	c.state(x, "objected")
	c.do(x, "paiqian1", "propose_dismiss", procedure.Input{"reason": "另一名采集员核查已清理"})
	c.refused(x, "R04", "zhiban1", "dismiss", procedure.Input{"reply": "经复核已处理"})
	c.do(x, "zhiban2", "dismiss", procedure.Input{"reply": "经复核已处理，仍有意见可拨打 12345"})
	c.state(x, "closed_fixed")
}

func TestReworkHasHalfTheTime(t *testing.T) { // E11
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-30 16:10")
	x := c.dispatched("06010", 4, calendar.WorkingHour, "HW")
	c.do(x, "hw.desk", "take", nil)
	c.at("2026-10-08 10:00")
	c.do(x, "hw.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, c.photo("after"))
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.refused(x, "I33", "shouli1", "send_check", procedure.Input{"collector": c.key("hw.work")})
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji4")})
	c.refused(x, "I36", "caiji4", "check_done", procedure.Input{"result": "fixed"}, c.photoAt("photo", procedure.Point{Lat: spot.Lat + .01, Lng: spot.Lng}))
	c.do(x, "caiji4", "check_done", procedure.Input{"result": "partly"}, c.photo("photo"))
	c.state(x, "fed_back")
	c.refused(x, "I32", "paiqian1", "pass_feedback", nil)
	c.at("2026-10-08 10:40")
	c.do(x, "paiqian1", "order_rework", procedure.Input{"missing": "partly", "reason": "只清了一半"})
	c.isDue(x, "handle", "2026-10-08 14:10")
}

func TestADeadlineInAYearWithoutATableIsProvisional(t *testing.T) { // E12
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-12-30 10:00")
	x := c.dispatched("04002", 2, calendar.WorkingDay, "YL")
	c.isDue(x, "handle", "2027-01-04 17:30")
	for _, k := range c.find(x).Clocks {
		if k.ID == "handle" && !k.Provisional {
			t.Error("the deadline does not say that it is provisional")
		}
	}
}

func TestRefusalsAtTheDoor(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	open := func(in procedure.Input, files ...engine.Upload) error {
		actor := c.who("caiji3")
		if in["source"] == "public_web" {
			actor = c.w.Citizen("")
		}
		_, err := c.w.Engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: c.w.Division, Step: "report", Actor: actor, Input: in, Files: files})
		return err
	}
	c.isRefusal(open(procedure.Input{"source": "public_web", "desc": "  ", "place": spot}), "I01", "report")
	c.isRefusal(open(procedure.Input{"source": "public_web", "desc": "不在这里", "place": procedure.Point{Lat: 36.2, Lng: 119.1}}), "I02", "report")
	c.isRefusal(open(procedure.Input{"source": "collector", "desc": "没拍照", "place": spot}), "I03", "report")

	x, receipt := c.public("06010")
	cond := c.condition("06010", 4, calendar.WorkingHour)
	c.refused(x, "I07", "shouli1", "accept", procedure.Input{"class": "06010", "condition": cond, "place": spot, "dup_decision": "none"})
	c.refused(x, "I10", "shouli1", "propose_reject", procedure.Input{"kind": "not_ours", "reason": "归物业"})
	c.refused(x, "I11", "shouli1", "merge", procedure.Input{"target": x.String(), "reason": "同一件事情"})
	c.refused(x, "R01", "hw.desk", "accept", procedure.Input{"class": "06010", "condition": cond, "place": spot, "dup_decision": "none"})
	c.do(x, "shouli1", "send_verify", procedure.Input{"collector": c.key("caiji3"), "ask": "请核实"})
	c.refused(x, "I06", "caiji3", "verify_done", procedure.Input{"result": "true"}, c.photoAt("photo", procedure.Point{Lat: spot.Lat + .01, Lng: spot.Lng}))
	c.do(x, "caiji3", "verify_done", procedure.Input{"result": "true"}, c.photo("photo"))
	c.refused(x, "I15", "shouli1", "accept", procedure.Input{"class": "06010", "condition": "09005-1", "place": spot, "dup_decision": "none"})
	c.filed(x, "06010", cond)
	if err := c.citizen(x, receipt, "urge", procedure.Input{"text": "请快一点"}); err != nil {
		t.Fatal(err)
	}
	c.isRefusal(c.citizen(x, receipt, "urge", procedure.Input{"text": "再快一点"}), "I45", "urge")
	c.refused(x, "I16", "paiqian1", "dispatch", procedure.Input{"dept": "YL"})
	if err := c.citizen(x, receipt, "add", procedure.Input{"text": "旁边还有一堆"}); err != nil {
		t.Errorf("adding something: %v", err)
	}
	c.isRefusal(c.citizen(x, receipt, "add", procedure.Input{"text": " "}), "I01", "add")
}

func TestADuplicateMustBeMergedOrExplainedAndAMergeCanBeUndone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	first, _ := c.public("06010")
	second, receipt := c.public("06010")
	cond := c.condition("06010", 4, calendar.WorkingHour)
	c.do(second, "shouli1", "send_verify", procedure.Input{"collector": c.key("caiji3"), "ask": "请核实"})
	c.do(second, "caiji3", "verify_done", procedure.Input{"result": "true"}, c.photo("photo"))
	c.refused(second, "I08", "shouli1", "accept", procedure.Input{"class": "06010", "condition": cond, "place": spot, "dup_decision": "none"})
	c.do(second, "shouli1", "merge", procedure.Input{"target": first.String(), "reason": "同一处同一件事"})
	c.state(second, "merged")
	f, err := c.a.citizens.Follow(c.ctx, receipt)
	if err != nil || f.Case != first {
		t.Errorf("the merged report follows %v, %v", f.Case, err)
	}
	c.do(second, "shouli2", "unmerge", procedure.Input{"reason": "现场看是两处"})
	if f, err = c.a.citizens.Follow(c.ctx, receipt); err != nil || f.Case != second {
		t.Errorf("after the un-merge it follows %v, %v", f.Case, err)
	}
}

func TestThreeReturnsLeadToARulingAndAfterItNoneIsOffered(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x := c.dispatched("06010", 4, calendar.WorkingHour, "HW")
	back := procedure.Input{"reason": "not_our_area", "explain": "不在我们片区"}
	c.do(x, "hw.desk", "return_dept", back)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "SZ", "override": "环卫回退后改派市政，新情况见附件"})
	c.do(x, "sz.desk", "return_dept", back)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "YL", "override": "市政回退后改派园林，新情况见附件"})
	c.do(x, "yl.desk", "return_dept", back)
	c.state(x, "arbitrating")
	c.do(x, "fenguan", "rule", procedure.Input{"dept": "HW", "basis": "职责清单第 3 条"})
	c.state(x, "dispatched")
	c.refused(x, "I21", "hw.desk", "return_dept", back)
}

func TestCoTasksHoldTheLeadUntilTheyAreDone(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x, cond := c.patrol("06010"), c.condition("06010", 4, calendar.WorkingHour)
	c.filed(x, "06010", cond)
	c.do(x, "paiqian1", "dispatch", procedure.Input{"dept": "HW", "co_depts": []string{"SZ"}, "override": "环卫主办，市政协办"})
	c.do(x, "hw.desk", "take", nil)
	c.refused(x, "I30", "hw.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, c.photo("after"))
	tasks, err := record.Children(c.ctx, c.w.DB, c.w.Division, x)
	if err != nil || len(tasks) != 1 || tasks[0].Dept != "SZ" {
		t.Fatalf("co-tasks %+v, %v", tasks, err)
	}
	c.isDue(tasks[0].ID, "task", c.due(x, "handle"))
	c.refused(tasks[0].ID, "R01", "hw.desk", "finish", procedure.Input{"what": "代办"})
	c.do(tasks[0].ID, "sz.desk", "finish", procedure.Input{"what": "已配合"})
	c.do(x, "hw.desk", "feedback", procedure.Input{"result": "fixed", "reply": "已处理"}, c.photo("after"))
}

func TestCannotBeFixedAndNotOursAreEndsOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x := c.dispatched("04002", 2, calendar.WorkingDay, "YL")
	cond := c.condition("04002", 2, calendar.WorkingDay)
	c.do(x, "yl.desk", "take", nil)
	c.refused(x, "I31", "yl.desk", "feedback", procedure.Input{"result": "cannot_fix", "reply": "目前不能"})
	c.do(x, "yl.desk", "feedback", procedure.Input{"result": "cannot_fix", "reply": "列入明年计划", "why_not": "不在补植季节", "plan": "明年三月补植"})
	c.do(x, "paiqian1", "pass_feedback", nil)
	c.do(x, "shouli1", "send_check", procedure.Input{"collector": c.key("caiji4")})
	c.do(x, "caiji4", "check_done", procedure.Input{"result": "not_fixed"}, c.photo("photo"))
	c.refused(x, "I38", "zhiban2", "close", procedure.Input{"end": "unfixable", "condition": cond, "reply": "列入计划"})
	c.refused(x, "I37", "zhiban2", "close", procedure.Input{"end": "fixed", "condition": cond, "reply": "已处理"})
	c.do(x, "ducha1", "approve_unfixable", procedure.Input{"opinion": "属实", "look_again": c.w.Clock.Now().AddDate(0, 5, 0)})
	c.do(x, "zhiban2", "close", procedure.Input{"end": "unfixable", "condition": cond, "reply": "列入明年计划"})
	c.state(x, "closed_unfixable")

	y, _ := c.public("06010")
	c.do(y, "shouli1", "propose_reject", procedure.Input{"kind": "not_ours", "reason": "小区内部由物业管", "refer_to": "物业", "refer_phone": "12345"})
	c.refused(y, "R01", "shouli1", "confirm_reject", procedure.Input{"reply": "不归本平台"})
	c.do(y, "zhiban1", "confirm_reject", procedure.Input{"reply": "请联系物业"})
	c.state(y, "closed_not_ours")
}

func TestADepartmentAppealsAMarkAndTwoPeopleDecideApart(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-14 09:00")
	x := c.dispatched("06010", 4, calendar.WorkingHour, "HW")
	c.do(x, "hw.desk", "take", nil)
	c.at("2026-09-14 16:00") // past the limit
	c.checked(x, "hw.desk", "hw.work", "caiji4")
	c.do(x, "zhiban2", "close", procedure.Input{"end": "fixed", "condition": c.condition("06010", 4, calendar.WorkingHour), "reply": "已处理"})
	ask := procedure.Input{"mark": "late_handle", "ground": "weather", "explain": "暴雨"}
	proof := c.photo("proof")
	c.refused(x, "M04", "hw.desk", "appeal", procedure.Input{"mark": "bad_rating", "ground": "unreasonable", "explain": "没有评价"}, proof)
	c.do(x, "hw.desk", "appeal", ask, proof)
	c.refused(x, "M02", "hw.desk", "appeal", ask, proof)
	children, err := record.Children(c.ctx, c.w.DB, c.w.Division, x)
	if err != nil || len(children) != 1 || children[0].Procedure != "mark-appeal" {
		t.Fatalf("%+v %v", children, err)
	}
	y := children[0].ID
	c.do(y, "ducha1", "first", procedure.Input{"agree": true, "opinion": "当天暴雨红色预警"})
	c.refused(y, "R04", "ducha1", "second", procedure.Input{"agree": true, "opinion": "自己再看一遍"})
	c.refused(y, "R04", "zhiban2", "second", procedure.Input{"agree": true, "opinion": "本案是我结的"})
	c.do(y, "ducha2", "second", procedure.Input{"agree": true, "opinion": "属实"})
	c.state(y, "granted")
	if got := c.find(x).Text("exempted"); got != "late_handle" {
		t.Errorf("exempted %q", got)
	}
	late := false
	for _, k := range c.find(x).Clocks {
		late = late || k.ID == "handle" && k.Late != 0
	}
	if !late {
		t.Error("the lateness itself must stay readable")
	}
	enginetest.CheckCase(t, c.w, x)
	enginetest.CheckCase(t, c.w, y)
}

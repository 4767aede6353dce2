package story

import (
	"context"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// tale is one case of the demonstration on its way.
type tale struct {
	*story
	told
	ctx     context.Context
	at      procedure.Point
	id      id.ID
	receipt string
}

// beat is one thing that happens to a case.
type beat func(*tale) error

// The ways a case can go. Each name is a path of demo/reports.yaml.
var paths = map[string][]beat{
	"reported":      {},
	"verifying":     {sendVerify},
	"awaiting_info": {askReporter},
	"accepted":      {sendVerify, verify, accept},
	"reject_review": {sendVerify, verify, proposeReject},
	"filed":         to("filed"),
	"dispatched":    to("dispatched"),
	"handling":      to("handling"),
	"late":          to("handling"),
	"returned":      append(to("dispatched"), giveBack),
	"arbitrating":   append(to("dispatched"), giveBack, askRuling),
	"delayed":       append(to("handling"), askDelay, allowDelay),
	"suspended":     append(to("handling"), askSuspend, endorse, allowSuspend),
	"fed_back":      to("fed_back"),
	"to_check":      to("to_check"),
	"checking":      to("checking"),
	"to_close":      to("to_close"),
	"closed":        to("closed"),
	"rated":         append(to("closed"), rate),
	"objected":      append(to("closed"), object),
	"reworked":      append(to("checking"), checkFailed, rework, work, feedBack, passOn, sendCheck, check, closeFixed),
	"unfixable":     append(to("handling"), cannotFix, passOn, sendCheck, checkUnfixable, agreeUnfixable, closeUnfixable),
	"not_ours":      {sendVerify, verify, proposeNotOurs, confirmReject},
	"void":          {proposeTest, confirmReject},
	"withdrawn":     {withdraw},
	"merged":        {sendVerify, verify, merge},
	"self_fix":      {fixOnTheSpot, closeFixed},
}

// to is the ordinary way up to a state.
func to(state string) []beat {
	way := []struct {
		beat  beat
		state string
	}{
		{sendVerify, ""}, {verify, ""}, {accept, "accepted"}, {file, "filed"}, {dispatch, "dispatched"}, {take, "handling"},
		{work, ""}, {feedBack, "fed_back"}, {passOn, "to_check"}, {sendCheck, "checking"}, {check, "to_close"}, {closeFixed, "closed"},
	}
	var out []beat
	for _, w := range way {
		out = append(out, w.beat)
		if w.state == state {
			break
		}
	}
	return out
}

func (c *tale) public() bool { return c.Source != "collector" }

// beatTime is more office time than one beat takes, its waiting for the office included.
const beatTime = 25 * time.Minute

// begin sets the clock to the instant of the report: as long ago as its story
// says, and longer where the office was not open long enough since for people
// to come as far, as after a weekend or a holiday.
func (c *tale) begin() error {
	cal, err := c.Calendars.Calendar(c.ctx, c.division.ID, "desk")
	if err != nil {
		return err
	}
	at := c.now.Add(-time.Duration(c.Ago * float64(time.Hour)))
	for need := time.Duration(len(paths[c.Path])) * beatTime; cal.ElapsedAt(at, c.now, calendar.WorkingHour).Time < need; {
		at = at.Add(-20 * time.Minute)
	}
	c.clk.Set(at)
	return nil
}

// wait lets time pass, but never into the future.
func (c *tale) wait(d time.Duration) {
	next := c.clk.Now().Add(d)
	if next.After(c.now) {
		next = c.now
	}
	c.clk.Set(next)
}

// office moves on to the next office time, so that people work by day.
func (c *tale) office() {
	cal, err := c.Calendars.Calendar(c.ctx, c.division.ID, "desk")
	if err != nil {
		return
	}
	for !cal.InOffice(c.clk.Now()) && c.clk.Now().Before(c.now) {
		c.wait(20 * time.Minute)
	}
}

func (c *tale) do(who people.Actor, step string, in procedure.Input, files ...engine.Upload) error {
	if in == nil {
		in = procedure.Input{}
	}
	_, err := c.engine.Act(c.ctx, engine.Act{Case: c.id, Step: step, Actor: who, Input: in, Files: files})
	return err
}

// by takes a step as a member of staff by login, some minutes later.
func (c *tale) by(login, step string, later time.Duration, in procedure.Input, files ...engine.Upload) error {
	c.office()
	c.wait(later)
	who, err := c.actor(login)
	if err != nil {
		return err
	}
	return c.do(who, step, in, files...)
}

func (c *tale) snapshot() (*engine.Snapshot, error) { return c.engine.Find(c.ctx, c.division.ID, c.id) }

func (c *tale) report() error {
	part, err := c.part()
	if err != nil {
		return err
	}
	in := procedure.Input{"source": c.Source, "desc": c.Text, "class": c.Class, "place": c.at}
	if part != "" {
		in["component"] = part
	}
	who, party := people.CitizenActor(c.division.ID, ""), &engine.NewParty{Anonymous: true}
	switch c.Source {
	case "collector":
		who, err = c.actor("caiji3")
		party = &engine.NewParty{NoReceipt: true}
	case "phone", "hotline":
		who, err = c.actor("shouli2")
	}
	if err != nil {
		return err
	}
	photo, err := c.upload("photos", false)
	if err != nil {
		return err
	}
	res, err := c.engine.Open(c.ctx, engine.Opening{Procedure: "incident", Division: c.division.ID, Step: "report",
		Actor: who, Input: in, Files: []engine.Upload{photo}, Party: party})
	c.id, c.receipt = res.Case, res.Receipt
	return err
}

func askReporter(c *tale) error {
	return c.by("shouli1", "ask_reporter", 6*time.Minute, procedure.Input{"question": "声音主要在什么时间？是哪一家店？"})
}

// someone picks the first person a field offers, one whose sign-in the
// demonstration shows before all others, so that the work can be looked at.
func (c *tale) someone(who people.Actor, step, field string) (string, error) {
	s, err := c.snapshot()
	if err != nil {
		return "", err
	}
	f, err := c.engine.Form(c.ctx, who, s, step, nil)
	if err != nil {
		return "", err
	}
	list := f.Choices[field]
	for _, login := range c.First {
		acc, err := c.dir.ByLogin(login)
		if err == nil && slices.ContainsFunc(list, func(x engine.Choice) bool { return x.Value == acc.ID.String() }) {
			return acc.ID.String(), nil
		}
	}
	if len(list) > 0 {
		return list[0].Value, nil
	}
	return "", nil
}

func (c *tale) assign(login, step, field string, in procedure.Input) error {
	who, err := c.actor(login)
	if err != nil {
		return err
	}
	if in[field], err = c.someone(who, step, field); err != nil {
		return err
	}
	return c.by(login, step, 5*time.Minute, in)
}

func sendVerify(c *tale) error {
	if !c.public() {
		return nil
	}
	return c.assign("shouli1", "send_verify", "collector", procedure.Input{"ask": "请到现场核实是否属实。"})
}

// assignee is the person the case is with.
func (c *tale) assignee() (people.Actor, error) {
	s, err := c.snapshot()
	if err != nil {
		return people.Actor{}, err
	}
	key, err := id.Parse(s.Assignee)
	if err != nil {
		return people.Actor{}, err
	}
	return c.dir.Actor(key, c.now)
}

func verify(c *tale) error {
	if !c.public() {
		return nil
	}
	who, err := c.assignee()
	if err != nil {
		return err
	}
	c.office()
	c.wait(25 * time.Minute)
	photo, err := c.upload("photo", false)
	if err != nil {
		return err
	}
	return c.do(who, "verify_done", procedure.Input{"result": "true"}, photo)
}

func accept(c *tale) error {
	cat, err := c.Catalogues.Catalogue(c.ctx, c.division.ID)
	if err != nil {
		return err
	}
	in := procedure.Input{"class": c.Class, "place": c.at, "dup_decision": "none", "dup_reason": "现场确认是另一处问题。"}
	if list := cat.Conditions(c.Class, c.clk.Now()); len(list) > 0 {
		in["condition"] = list[0].ID
	}
	return c.by("shouli1", "accept", 4*time.Minute, in)
}

func (c *tale) condition() string {
	s, err := c.snapshot()
	if err != nil {
		return ""
	}
	return s.Text("condition")
}

func file(c *tale) error {
	return c.by("zhiban1", "file", 5*time.Minute, procedure.Input{"condition": c.condition()})
}

func dispatch(c *tale) error {
	who, err := c.actor("paiqian1")
	if err != nil {
		return err
	}
	dept, err := c.someone(who, "dispatch", "dept")
	if err != nil {
		return err
	}
	return c.by("paiqian1", "dispatch", 6*time.Minute, procedure.Input{"dept": dept})
}

// desk takes a step as the department's desk.
func (c *tale) desk(step string, later time.Duration, in procedure.Input, files ...engine.Upload) error {
	s, err := c.snapshot()
	if err != nil {
		return err
	}
	who, err := c.holder("dept_desk", s.Dept, "")
	if err != nil {
		return err
	}
	who.Department = s.Dept
	c.office()
	c.wait(later)
	return c.do(who, step, in, files...)
}

func take(c *tale) error {
	s, err := c.snapshot()
	if err != nil {
		return err
	}
	who, err := c.holder("handler", s.Dept, "")
	if err != nil {
		return err
	}
	return c.desk("take", 10*time.Minute, procedure.Input{"handler": who.Account.String()})
}

func work(c *tale) error {
	who, err := c.assignee()
	if err != nil {
		return err
	}
	c.office()
	c.wait(35 * time.Minute)
	photo, err := c.upload("after", true)
	if err != nil {
		return err
	}
	return c.do(who, "submit_work", procedure.Input{"done": "已到场处理完毕。", "done_at": c.clk.Now()}, photo)
}

func feedBack(c *tale) error {
	return c.desk("feedback", 8*time.Minute, procedure.Input{"result": "fixed", "reply": "已安排人员到场处理，现场已恢复。"})
}

func cannotFix(c *tale) error {
	return c.desk("feedback", 40*time.Minute, procedure.Input{"result": "cannot_fix", "reply": "目前不在防治季节，已列入明年春季计划。",
		"why_not": "已过病虫害防治季节。", "plan": "明年三月统一防治。"})
}

func passOn(c *tale) error { return c.by("paiqian1", "pass_feedback", 12*time.Minute, nil) }

func sendCheck(c *tale) error {
	return c.assign("shouli1", "send_check", "collector", procedure.Input{"ask": "请核查是否处理到位。"})
}

func (c *tale) checked(result string, after bool) error {
	who, err := c.assignee()
	if err != nil {
		return err
	}
	c.office()
	c.wait(30 * time.Minute)
	photo, err := c.upload("photo", after)
	if err != nil {
		return err
	}
	return c.do(who, "check_done", procedure.Input{"result": result}, photo)
}

func check(c *tale) error          { return c.checked("fixed", true) }
func checkFailed(c *tale) error    { return c.checked("not_fixed", false) }
func checkUnfixable(c *tale) error { return c.checked("safe_but_not_fixed", false) }

func rework(c *tale) error {
	return c.by("paiqian1", "order_rework", 10*time.Minute, procedure.Input{"missing": "partly", "reason": "只清了表面，箅子下面还堵着。"})
}

func closeFixed(c *tale) error {
	condition := c.condition()
	if condition == "" {
		condition = c.Class + "-1"
	}
	err := c.by("zhiban2", "close", 9*time.Minute, procedure.Input{"end": "fixed", "condition": condition, "reply": "您反映的问题已处理并核查，感谢支持。", "release": true})
	if err != nil {
		return err
	}
	list, err := evidence.Of(c.ctx, c.DB, c.division.ID, c.id)
	if err != nil {
		return err
	}
	var shas []string
	for _, x := range list {
		if x.Kind == "before" || x.Kind == "after" {
			shas = append(shas, x.SHA256)
		}
	}
	return c.release(shas...)
}

func releasePhoto(ctx context.Context, tx *dbx.Tx, division, caseID id.ID, sha string, at time.Time) error {
	return evidence.Release(ctx, tx, division, caseID, sha, true, "演示 / demo", at)
}

func agreeUnfixable(c *tale) error {
	return c.by("ducha1", "approve_unfixable", 20*time.Minute, procedure.Input{"opinion": "情况属实，同意。", "look_again": c.clk.Now().AddDate(0, 4, 0)})
}

func closeUnfixable(c *tale) error {
	return c.by("zhiban2", "close", 9*time.Minute, procedure.Input{"end": "unfixable", "condition": c.condition(), "reply": "问题属实，已列入明年春季防治计划，届时再看。"})
}

func giveBack(c *tale) error {
	return c.desk("return_dept", 9*time.Minute, procedure.Input{"reason": "not_our_duty", "explain": "此处由其他单位养护。", "basis": "职责清单（演示）"})
}

func askRuling(c *tale) error {
	return c.by("paiqian1", "ask_arbitration", 8*time.Minute, procedure.Input{"question": "停车位置在绿地与便道之间，养护责任有争议。"})
}

func askDelay(c *tale) error {
	return c.desk("ask_delay", 30*time.Minute, procedure.Input{"reason": "weather", "explain": "连续降雨，车辆无法进场", "extra": int64(1)})
}

func allowDelay(c *tale) error {
	return c.by("paiqian1", "decide_delay", 15*time.Minute, procedure.Input{"approve": "yes", "opinion": "情况属实，同意。", "extra": int64(1)})
}

func askSuspend(c *tale) error {
	photo, err := c.upload("photo", false)
	if err != nil {
		return err
	}
	return c.desk("ask_suspend", 30*time.Minute, procedure.Input{"reason": "engineering", "explain": "需与外立面改造一并实施", "plan": "列入外立面改造工程。",
		"resume_on": c.now.AddDate(0, 2, 0)}, photo)
}

func endorse(c *tale) error {
	return c.by("paiqian1", "endorse_suspend", 20*time.Minute, procedure.Input{"agree": "yes", "opinion": "同意报批。"})
}

func allowSuspend(c *tale) error {
	return c.by("fenguan", "approve_suspend", 40*time.Minute, procedure.Input{"approve": "yes", "opinion": "同意。", "public_note": "招牌需与外立面改造一并更换"})
}

func proposeReject(c *tale) error {
	return c.by("shouli1", "propose_reject", 5*time.Minute, procedure.Input{"kind": "not_ours", "reason": "小区内部停车由物业管理。", "refer_to": "小区物业", "refer_phone": "12345"})
}

func proposeNotOurs(c *tale) error {
	return c.by("shouli1", "propose_reject", 5*time.Minute, procedure.Input{"kind": "not_ours", "reason": "小区内部道路由物业负责清理。", "refer_to": "小区物业", "refer_phone": "12345"})
}

func proposeTest(c *tale) error {
	return c.by("shouli1", "propose_reject", 5*time.Minute, procedure.Input{"kind": "test", "reason": "测试上报。"})
}

func confirmReject(c *tale) error {
	return c.by("zhiban1", "confirm_reject", 20*time.Minute, procedure.Input{"reply": "经核实，这件事不由本平台办理，请联系小区物业；仍有疑问可拨打 12345。"})
}

func withdraw(c *tale) error {
	if c.receipt == "" {
		return nil
	}
	c.wait(10 * time.Minute)
	return c.do(people.CitizenActor(c.division.ID, c.receipt), "withdraw", procedure.Input{"reason": "已经自行离开。"})
}

func rate(c *tale) error {
	if c.receipt == "" {
		return nil
	}
	c.wait(5 * time.Hour)
	return c.do(people.CitizenActor(c.division.ID, c.receipt), "rate", procedure.Input{"stars": int64(5), "solved": true, "comment": "处理很快。"})
}

func object(c *tale) error {
	if c.receipt == "" {
		return nil
	}
	if back := c.now.Add(-3 * time.Hour); back.After(c.clk.Now()) {
		c.clk.Set(back)
	}
	return c.do(people.CitizenActor(c.division.ID, c.receipt), "object", procedure.Input{"reason": "came_back", "explain": "今天早上又有人在卖菜。"})
}

func merge(c *tale) error {
	who, err := c.actor("shouli1")
	if err != nil {
		return err
	}
	target, err := c.someone(who, "merge", "target")
	if err != nil || target == "" {
		return err
	}
	return c.by("shouli1", "merge", 3*time.Minute, procedure.Input{"target": target, "reason": "与附近在办的案件是同一问题。"})
}

func fixOnTheSpot(c *tale) error {
	who, err := c.actor("caiji3")
	if err != nil {
		return err
	}
	c.wait(6 * time.Minute)
	before, err := c.upload("before", false)
	if err != nil {
		return err
	}
	after, err := c.upload("after", true)
	if err != nil {
		return err
	}
	return c.do(who, "self_fix", procedure.Input{"what": "当场清除。"}, before, after)
}

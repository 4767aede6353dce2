package incident

import (
	"slices"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
)

// The priorities of §1.8, most urgent first.
const (
	P1 = "P1"
	P2 = "P2"
	P3 = "P3"
	P4 = "P4"
)

// alarming are words of injury, gas, live wires, collapse and blocked fire
// lanes. "没有人受伤" is not one of them.
var alarming = []string{"受伤", "伤人", "流血", "燃气味", "煤气味", "燃气泄漏", "煤气泄漏", "漏气", "触电", "漏电", "带电", "坍塌", "塌陷", "倒塌",
	"堵消防通道", "占用消防通道", "着火", "起火", "injured", "gas smell", "gas leak", "live wire", "collapse", "fire lane"}

var calming = []string{"没有人受伤", "无人受伤", "没人受伤", "未受伤", "没有受伤", "nobody injured", "no one injured", "not injured"}

// speaksOfDanger reports whether the words tell of danger to people.
func speaksOfDanger(s string) bool {
	s = strings.ToLower(s)
	for _, w := range calming {
		s = strings.ReplaceAll(s, w, "")
	}
	return slices.ContainsFunc(alarming, func(w string) bool { return strings.Contains(s, w) })
}

// urgency is what decides the priority; who reports is not in it.
type urgency struct {
	danger    bool // the condition is marked hazard, or words or answers tell of danger
	limit     catalogue.Limit
	reporters int  // in 24 hours
	sensitive bool // blocks the way near a school, hospital or station entrance
	reopened  bool
	frail     bool // a disabled or aged person cannot pass
}

// crowd is how many reporters within a day make a case urgent.
const crowd = 5

// longDays is the limit from which a case can wait.
const longDays = 10

func (u urgency) priority() string {
	switch {
	case u.danger:
		return P1
	case u.limit.Unit == calendar.ContinuousHour, u.reporters >= crowd, u.sensitive, u.reopened, u.frail:
		return P2
	case u.limit.Unit == calendar.WorkingDay && u.limit.N >= longDays:
		return P4
	}
	return P3
}

// frailWords tell that somebody who is disabled or old cannot pass.
var frailWords = []string{"轮椅", "残疾", "盲人", "老人过不", "老人上不", "老人下不", "wheelchair", "disabled", "blind"}

func speaksOfFrail(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(frailWords, func(w string) bool { return strings.Contains(s, w) })
}

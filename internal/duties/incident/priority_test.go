package incident

import (
	"testing"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
)

func TestPriorityIsTheFirstThatHolds(t *testing.T) { // §1.8
	hours := catalogue.Limit{N: 2, Unit: calendar.ContinuousHour}
	days := catalogue.Limit{N: 3, Unit: calendar.WorkingDay}
	weeks := catalogue.Limit{N: 10, Unit: calendar.WorkingDay}
	for name, x := range map[string]struct {
		u    urgency
		want string
	}{
		"danger goes before a long limit":   {urgency{danger: true, limit: weeks}, P1},
		"a limit in continuous hours":       {urgency{limit: hours}, P2},
		"five reporters in a day":           {urgency{limit: days, reporters: 5}, P2},
		"four are not enough":               {urgency{limit: days, reporters: 4}, P3},
		"blocks the way near a school":      {urgency{limit: days, sensitive: true}, P2},
		"came back":                         {urgency{limit: weeks, reopened: true}, P2},
		"a wheelchair cannot pass":          {urgency{limit: days, frail: true}, P2},
		"ten working days can wait":         {urgency{limit: weeks}, P4},
		"ten natural days are not the same": {urgency{limit: catalogue.Limit{N: 10, Unit: calendar.NaturalDay}}, P3},
		"the rest":                          {urgency{limit: days}, P3},
	} {
		if got := x.u.priority(); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func TestWordsOfDangerAndOfThoseWhoCannotPass(t *testing.T) {
	for text, want := range map[string][2]bool{
		"电线杆漏电，有人受伤":                        {true, false},
		"撞坏护栏，没有人受伤":                        {false, false},
		"There is a GAS LEAK":               {true, false},
		"盲道被占，轮椅过不去":                        {false, true},
		"地面塌陷，老人过不去":                        {true, true},
		"垃圾没有清理":                            {false, false},
		"nobody injured, the fence is bent": {false, false},
	} {
		if got := [2]bool{speaksOfDanger(text), speaksOfFrail(text)}; got != want {
			t.Errorf("%q: danger, frail = %v, want %v", text, got, want)
		}
	}
}

package question

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatWasSaidIsReadInOrderAndWithoutGaps(t *testing.T) {
	raw := url.Values{"q.0": {"姓名？"}, "a.0": {"张三\n\n 住址不详"}, "q.1": {""}, "a.1": {" "}, "q.2": {"经过？"}, "a.2": {""}, "q.4": {"不在其列"}}
	got := pairs(raw, false)
	if len(got) != 2 || got[0].Answer != "张三 住址不详" || got[1].Question != "经过？" {
		t.Errorf("%+v", got)
	}
	if kept := pairs(raw, true); len(kept) != 3 {
		t.Errorf("%+v", kept)
	}
	if text := Text(got[:1]); text != "问：姓名？\n答：张三 住址不详" {
		t.Error(text)
	}
}

func TestPagesLoseNothingAndNeverPartAnAnswerFromItsQuestion(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var list, back []Pair
		for range rapid.IntRange(1, 40).Draw(r, "pairs") {
			list = append(list, Pair{"问", strings.Repeat("答", rapid.IntRange(1, 700).Draw(r, "length"))})
		}
		for _, page := range Pages(list) {
			n := 0
			for _, p := range page {
				n += lines(p.Question) + lines(p.Answer)
			}
			if len(page) > 1 && n > pageLines {
				r.Fatalf("%d lines on a page", n)
			}
			back = append(back, page...)
		}
		if Text(back) != Text(list) {
			r.Fatal("pages lost something")
		}
	})
}

package listing

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
)

// The parameters of an address that say what a list holds. Everything else in
// an address is about the page.
var asked = []string{"q", "view_of", "sort", "class", "group", "street", "dept", "state", "priority", "source", "from", "to", "days",
	"overdue", "mine", "watched", "procedure"}

// Canonical is the part of an address that says what a list holds, always in
// the same order: two addresses of one list are equal.
func Canonical(q url.Values) string {
	out := url.Values{}
	for _, k := range asked {
		if v := strings.TrimSpace(q.Get(k)); v != "" {
			out.Set(k, v)
		}
	}
	return out.Encode()
}

// Question is what an address looks for in words, "" for nothing.
func Question(q url.Values) string { return strings.TrimSpace(q.Get("q")) }

// Asked is the filter an address asks for, narrowed to what the actor may read.
// What cannot be understood does not narrow.
func Asked(q url.Values, actor people.Actor, now time.Time) record.Filter {
	f := wish(q, actor, now)
	chosen := f.Depts
	if f = incident.Narrow(actor, f); len(chosen) == 1 && slices.Contains(f.Depts, chosen[0]) {
		f.Depts = chosen // one of those the actor may read
	}
	return f
}

func wish(q url.Values, actor people.Actor, now time.Time) record.Filter {
	f := record.Filter{After: q.Get("after"), Class: q.Get("class"), Grid: q.Get("street"), Priority: q.Get("priority"), Source: q.Get("source"),
		States: one(q.Get("state")), Depts: one(q.Get("dept")), Classes: one(q.Get("group")), Procedures: one(q.Get("procedure")),
		OpenedFrom: day(q.Get("from"), 0), OpenedTo: day(q.Get("to"), 1)}
	f.Terminal, f.Sort = order(q)
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n >= 0 {
		f.OpenedFrom = Ago(now, n)
	}
	if q.Get("mine") != "" {
		f.Assignee = actor.Account.String()
	}
	if q.Get("overdue") != "" {
		f.DueBefore = clock.Micro(now)
	}
	return f
}

// order is which cases an address means, open or ended, and their order. Time
// left orders only what still has some.
func order(q url.Values) (record.Tri, record.Sort) {
	terminal, by := record.No, record.ByDue
	switch {
	case q.Get("view_of") == "closed":
		terminal, by = record.Yes, record.ByOpened
	case q.Get("view_of") == "all":
		terminal, by = record.Either, record.ByOpened
	case Question(q) != "" || q.Get("watched") != "": // whoever names a case wants it, ended or not
		terminal = record.Either
	}
	if q.Get("state") != "" {
		return record.Either, map[bool]record.Sort{true: record.ByOpened, false: record.ByDue}[q.Get("sort") == string(record.ByOpened)]
	}
	if q.Get("sort") == string(record.ByOpened) {
		by = record.ByOpened
	}
	return terminal, by
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// day is the beginning of a local day, so many days later; 0 for none.
func day(s string, later int) int64 {
	t, err := time.ParseInLocation(time.DateOnly, s, calendar.Zone)
	if err != nil {
		return 0
	}
	return clock.Micro(t.AddDate(0, 0, later))
}

// Ago is the beginning of the local day so many days before now.
func Ago(now time.Time, n int) int64 {
	return clock.Micro((calendar.DateOf(now) - calendar.Date(n)).At(0))
}

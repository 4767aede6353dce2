package operation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// caps reads the setting joint.cap: "A:1 B:2". A class that is not named, or not
// with a number, has no known cap.
func caps(text string) map[string]int {
	out := map[string]int{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;，；、", r) }) {
		class, n, _ := strings.Cut(strings.ReplaceAll(part, "：", ":"), ":")
		if n, err := strconv.Atoi(n); err == nil && n >= 0 {
			out[class] = n
		}
	}
	return out
}

// yearOf is the calendar year of an instant.
func yearOf(at time.Time) (from, to time.Time) {
	y := at.In(calendar.Zone).Year()
	return time.Date(y, 1, 1, 0, 0, 0, 0, calendar.Zone), time.Date(y+1, 1, 1, 0, 0, 0, 0, calendar.Zone)
}

// checks is how often the business was checked in the year of the instant, by
// inspections and by other operations; one operation is one check.
func (m *Room) checks(ctx context.Context, q dbx.Querier, division, own id.ID, code string, at time.Time) (int, error) {
	from, to := yearOf(at)
	n, err := m.Inspected(ctx, q, division, code, from, to)
	if err != nil {
		return 0, err
	}
	others, err := Checked(ctx, q, division, own, from, to, func(shop string) (bool, error) { return shop == code, nil })
	return n + others, err
}

// Checked is how many operations, but the one named own, checked premises between
// two instants whose credit code the caller knows as its own.
func Checked(ctx context.Context, q dbx.Querier, division, own id.ID, from, to time.Time, same func(code string) (bool, error)) (n int, err error) {
	seen := map[id.ID]bool{own: true}
	err = record.Changes(ctx, q, division, Procedure, clock.Micro(from), clock.Micro(to), func(c record.Change) (bool, error) {
		if seen[c.Case] {
			return true, nil
		}
		b, err := c.Read()
		if err != nil || b.Step != "find" {
			return true, err
		}
		shop := findOf(&b).Shop
		is, err := shop != "", error(nil)
		if is {
			is, err = same(shop)
		}
		if is {
			seen[c.Case] = true
			n++
		}
		return true, err
	})
	return n, err
}

// target is one business of a plan.
type target struct{ Code, Name, Risk string }

// beyond is the first business that reached its cap and has no named exception,
// with how often it was checked; "" for none. A business whose cap nobody set
// needs an exception.
func (m *Room) beyond(ctx context.Context, q dbx.Querier, division, own id.ID, list []target, excepted []string, at time.Time) (name string, n int, err error) {
	set, err := m.Settings(ctx, division)
	if err != nil {
		return "", 0, err
	}
	limits := caps(set.Text("joint.cap"))
	for _, t := range list {
		if slices.Contains(excepted, t.Code) {
			continue
		}
		if n, err = m.checks(ctx, q, division, own, t.Code, at); err != nil {
			return "", 0, err
		}
		if limit, known := limits[t.Risk]; !known || n+1 > limit {
			return t.Name, n, nil
		}
	}
	return "", 0, nil
}

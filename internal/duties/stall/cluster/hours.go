package cluster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
)

// Span is when a band is open: in a season, on some days of the week, between
// two hours of one day.
type Span struct {
	Band        string
	First, Last int   // month·100+day, both included; 101 and 1231 for the whole year
	Days        []int // 1 is Monday, 7 Sunday
	From, To    int   // minutes after midnight, From < To ≤ 24:00
}

// ParseHours reads spans separated by ";", each "BAND MM-DD..MM-DD D-D HH:MM-HH:MM":
// "evening 04-01..10-31 1-5 17:00-21:00". A season may run over the new year.
func ParseHours(s string) (out []Span, err error) {
	for _, part := range strings.Split(s, ";") {
		f := strings.Fields(part)
		if len(f) != 4 || !slices.Contains(Bands, f[0]) {
			return nil, fmt.Errorf("stall: no hours: %q", part)
		}
		x := Span{Band: f[0]}
		days := [2]int{}
		for _, read := range []func() error{
			func() error { return pair(f[1], "..", monthDay, &x.First, &x.Last) },
			func() error { return pair(f[2], "-", weekday, &days[0], &days[1]) },
			func() error { return pair(f[3], "-", minute, &x.From, &x.To) },
		} {
			if err := read(); err != nil {
				return nil, err
			}
		}
		for d := days[0]; d <= days[1]; d++ {
			x.Days = append(x.Days, d)
		}
		if len(x.Days) == 0 || x.From >= x.To {
			return nil, fmt.Errorf("stall: no hours: %q", part)
		}
		out = append(out, x)
	}
	return out, nil
}

func pair(s, between string, read func(string) (int, error), a, b *int) (err error) {
	first, last, ok := strings.Cut(s, between)
	if !ok {
		return fmt.Errorf("stall: %q is no pair", s)
	}
	if *a, err = read(first); err == nil {
		*b, err = read(last)
	}
	return err
}

func monthDay(s string) (int, error) {
	t, err := time.Parse("2006-01-02", "2000-"+s) // a leap year
	return int(t.Month())*100 + t.Day(), err
}

func weekday(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err == nil && (n < 1 || n > 7) {
		err = fmt.Errorf("stall: no weekday %d", n)
	}
	return n, err
}

func minute(s string) (int, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err
}

// On reports whether the span is open on the day.
func (s Span) On(day calendar.Date) bool {
	t := day.At(0).In(calendar.Zone)
	n := int(t.Month())*100 + t.Day()
	season := s.First <= n && n <= s.Last
	if s.First > s.Last {
		season = n >= s.First || n <= s.Last
	}
	week := int(t.Weekday())
	if week == 0 {
		week = 7
	}
	return season && slices.Contains(s.Days, week)
}

// Clock is an hour of the span as people write it.
func Clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

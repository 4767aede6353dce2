package party

import (
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
)

// Citizens' numbers: 17 digits, the day of birth among them, and a check digit
// of ISO 7064 MOD 11-2 (GB 11643).
const (
	idLength   = 18
	birthBegin = 6
	birthEnd   = 14
	idChecks   = "10X98765432"
)

// CheckID is the day of birth in a citizen's number; false is no such number.
func CheckID(s string) (born calendar.Date, ok bool) {
	if len(s) != idLength {
		return 0, false
	}
	sum := 0
	for i := range idLength - 1 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		weight := 1
		for range idLength - 1 - i {
			weight = weight * 2 % 11
		}
		sum += int(s[i]-'0') * weight
	}
	if s[idLength-1] != idChecks[sum%11] {
		return 0, false
	}
	t, err := time.Parse("20060102", s[birthBegin:birthEnd])
	if err != nil {
		return 0, false
	}
	return calendar.Date(t.Unix() / 86400), true
}

// Mask shows a number's beginning and end.
func Mask(s string) string {
	const head, tail = 4, 2
	if len(s) <= head+tail {
		return strings.Repeat("*", len(s))
	}
	return s[:head] + strings.Repeat("*", len(s)-head-tail) + s[len(s)-tail:]
}

// clean is a number as it is kept: without blanks, in capitals.
func clean(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '　' {
			return -1
		}
		return r
	}, s))
}

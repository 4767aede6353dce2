package people

import (
	"unicode"

	"xiucheng/internal/platform/fault"
)

// CheckPassword refuses a password that is shorter than 8 characters, longer
// than 128, or of fewer than three kinds of: upper case, lower case, digit,
// other (GB/T 22239-2019 practice; letters of scripts without case are other).
// The refusal names the form field "password".
func CheckPassword(login, password string) error {
	var upper, lower, digit, other int
	n := 0
	for _, r := range password {
		n++
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	e := fault.New(fault.Invalid, "people.password_weak")
	switch {
	case n < 8:
		return e.Field("password", "people.password_short", "n", 8)
	case n > 128:
		return e.Field("password", "people.password_long", "n", 128)
	case upper+lower+digit+other < 3:
		return e.Field("password", "people.password_kinds")
	case login != "" && password == login:
		return e.Field("password", "people.password_login")
	}
	return nil
}

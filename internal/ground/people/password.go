package people

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"xiucheng/internal/platform/fault"
)

// CheckPassword refuses a password that is shorter than 8 characters, longer
// than 128, or of fewer than three kinds of: upper case, lower case, digit,
// other (GB/T 22239-2019 practice; letters of scripts without case are other).
// The refusal names the form field "password".
func CheckPassword(login, password string) error {
	n, kinds := utf8.RuneCountInString(password), map[int]bool{}
	for _, r := range password {
		kinds[slices.IndexFunc([]func(rune) bool{unicode.IsUpper, unicode.IsLower, unicode.IsDigit}, func(is func(rune) bool) bool { return is(r) })] = true // -1 is other
	}
	e := fault.New(fault.Invalid, "people.password_weak")
	switch {
	case n < 8:
		return e.Field("password", "people.password_short", "n", 8)
	case n > 128:
		return e.Field("password", "people.password_long", "n", 128)
	case len(kinds) < 3:
		return e.Field("password", "people.password_kinds")
	case login != "" && password == login:
		return e.Field("password", "people.password_login")
	}
	return nil
}

package register

import "strings"

// Unified social credit codes: 17 places of 31 characters and a check character
// by powers of 3 modulo 31 (GB 32100).
const (
	creditLength  = 18
	creditLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
)

// CreditCode reports whether the text is a unified social credit code
// 统一社会信用代码.
func CreditCode(s string) bool {
	check, ok := CreditCheck(s)
	return ok && len(s) == creditLength && s[creditLength-1] == check
}

// CreditCheck is the check character that belongs to the first 17 of a code;
// false where those are none.
func CreditCheck(s string) (check byte, ok bool) {
	if len(s) < creditLength-1 {
		return 0, false
	}
	sum, weight := 0, 1
	for i := range creditLength - 1 {
		v := strings.IndexByte(creditLetters, s[i])
		if v < 0 {
			return 0, false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return creditLetters[(31-sum%31)%31], true
}

package permit

import (
	"crypto/sha256"
	"strings"
	"time"

	"xiucheng/internal/platform/id"
)

// normal is an identity or household number as it is compared.
func normal(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

// digest is what is kept of a number, salted with the division; nil for none.
func digest(division id.ID, kind, s string) []byte {
	if s = normal(s); s == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(string(division[:]) + kind + ":" + s))
	return sum[:]
}

// age is how old the holder of an identity number (GB 11643) is, -1 where its
// date or its check digit is wrong.
func age(number string, now time.Time) int64 {
	n := normal(number)
	if len(n) != 18 {
		return -1
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		if n[i] < '0' || n[i] > '9' {
			return -1
		}
		sum += w * int(n[i]-'0')
	}
	born, err := time.Parse("20060102", n[6:14])
	if err != nil || n[17] != "10X98765432"[sum%11] || born.After(now) {
		return -1
	}
	years := now.Year() - born.Year()
	if now.YearDay() < born.AddDate(years, 0, 0).YearDay() {
		years--
	}
	return int64(years)
}

package permit_test

import (
	"testing"

	"xiucheng/internal/duties/enforcement/permit"
	"xiucheng/internal/ground/register"
)

func TestWhatAPermitIsWorth(t *testing.T) {
	c := register.Cells{"state": "valid", "from": "2026-11-01", "to": "2026-12-15"}
	open := register.Cells{"state": "valid", "from": "2026-11-01"}
	for _, x := range []struct {
		c         register.Cells
		day, want string
	}{{c, "2026-10-31", "early"}, {c, "2026-11-01", "valid"}, {c, "2026-12-15", "valid"}, {c, "2026-12-16", "expired"}, {open, "2040-01-01", "valid"}, {register.Cells{"state": "revoked"}, "2026-11-01", "revoked"}} {
		if got := permit.Standing(x.c, register.Cells{"d": x.day}.Day("d")); got != x.want {
			t.Errorf("%v on %s: %s", x.c, x.day, got)
		}
	}
}

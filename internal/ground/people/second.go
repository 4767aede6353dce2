package people

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// A second factor 二次验证 is a code that changes every half minute (TOTP, RFC
// 6238), shown by an app that shares a secret with the account.

const (
	stepLength    = 30 * time.Second
	ticketFor     = 5 * time.Minute
	recoveryCodes = 10
)

// SecondState is how far an account is with its second factor.
type SecondState string

// The states.
const (
	SecondNone    SecondState = ""
	SecondPending SecondState = "pending" // a secret was made and not yet confirmed by a code
	SecondOn      SecondState = "on"
)

type factor struct {
	secret    string
	confirmed int64
	last      int64 // the step of the last code that was taken
}

func (s *Service) factor(ctx context.Context, q dbx.Querier, division, account id.ID) (f factor, err error) {
	err = q.QueryRow(ctx, `SELECT secret, confirmed, last_step FROM second_factor WHERE division = $1 AND account = $2`, division, account).
		Scan(&f.secret, &f.confirmed, &f.last)
	if fault.Is(err, fault.NotFound) {
		return factor{}, nil
	}
	return f, err
}

// Second says how far the actor's own second factor is; secret is what an app
// must be told while it is pending, else "".
func (s *Service) Second(ctx context.Context, actor Actor) (state SecondState, secret string, err error) {
	defer fault.Trace(&err, "people.Second")
	f, err := s.factor(ctx, s.db, actor.Division, actor.Account)
	switch {
	case err != nil || f.secret == "":
		return SecondNone, "", err
	case f.confirmed == 0:
		return SecondPending, f.secret, nil
	}
	return SecondOn, "", nil
}

// BeginSecond makes a fresh secret for the actor's own account. One that is
// confirmed already must be ended first: Conflict.
func (s *Service) BeginSecond(ctx context.Context, actor Actor) (err error) {
	defer fault.Trace(&err, "people.BeginSecond")
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Xiucheng", AccountName: actor.Login})
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO second_factor (division, account, secret, confirmed, last_step) VALUES ($1, $2, $3, 0, 0)
			ON CONFLICT (division, account) DO UPDATE SET secret = $3 WHERE second_factor.confirmed = 0`, actor.Division, actor.Account, key.Secret())
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "people.second_on")
		}
		return err
	})
}

// ConfirmSecond turns the second factor on with a first code and returns the
// recovery codes, which are shown this once and work once each. A wrong code
// is Invalid.
func (s *Service) ConfirmSecond(ctx context.Context, actor Actor, code string) (codes []string, err error) {
	defer fault.Trace(&err, "people.ConfirmSecond")
	now := s.clk.Now()
	for range recoveryCodes {
		codes = append(codes, id.Token(6))
	}
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		f, err := s.factor(ctx, tx, actor.Division, actor.Account)
		if err != nil {
			return err
		}
		step, ok := f.check(code, now)
		if !ok || f.confirmed != 0 {
			return fault.New(fault.Invalid, "people.second_wrong").Field("code", "people.second_wrong")
		}
		if _, err := tx.Exec(ctx, `UPDATE second_factor SET confirmed = $1, last_step = $2 WHERE division = $3 AND account = $4`,
			clock.Micro(now), step, actor.Division, actor.Account); err != nil {
			return err
		}
		for _, c := range codes {
			if _, err := tx.Exec(ctx, `INSERT INTO recovery_code (division, account, digest, used) VALUES ($1, $2, $3, 0)`, actor.Division, actor.Account, codeDigest(c)); err != nil {
				return err
			}
		}
		return Note(ctx, tx, actor, now, "second.on", actor.Login, nil, nil)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// EndSecond turns the second factor of the actor's own account off, with a
// code; an administrator may end anybody's, without one.
func (s *Service) EndSecond(ctx context.Context, actor Actor, account id.ID, code string) (err error) {
	defer fault.Trace(&err, "people.EndSecond(%s)", account)
	now := s.clk.Now()
	own := account == actor.Account
	if !own {
		if err := actor.Require(actor.Division, Admin); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		if own {
			if ok, err := s.take(ctx, tx, actor.Division, account, code, now); err != nil || !ok {
				return wrongSecond(err)
			}
		}
		for _, table := range []string{"second_factor", "recovery_code", "sign_in_ticket"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE division = $1 AND account = $2`, actor.Division, account); err != nil {
				return err
			}
		}
		return Note(ctx, tx, actor, now, "second.off", account.String(), nil, nil)
	})
}

func wrongSecond(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Invalid, "people.second_wrong").Field("code", "people.second_wrong")
}

// take spends a code of the app or a recovery code: neither is taken twice.
func (s *Service) take(ctx context.Context, tx *dbx.Tx, division, account id.ID, code string, now time.Time) (bool, error) {
	f, err := s.factor(ctx, tx, division, account)
	if err != nil || f.confirmed == 0 {
		return false, err
	}
	if step, ok := f.check(code, now); ok {
		n, err := tx.Exec(ctx, `UPDATE second_factor SET last_step = $1 WHERE division = $2 AND account = $3 AND last_step < $1`, step, division, account)
		return n == 1, err
	}
	n, err := tx.Exec(ctx, `UPDATE recovery_code SET used = $1 WHERE division = $2 AND account = $3 AND digest = $4 AND used = 0`,
		clock.Micro(now), division, account, codeDigest(code))
	return n == 1, err
}

// check finds the step of the code among now and its neighbours: clocks of
// telephones are off by some seconds.
func (f factor) check(code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, at := range []time.Time{now, now.Add(-stepLength), now.Add(stepLength)} {
		want, err := totp.GenerateCode(f.secret, at)
		n := at.Unix() / int64(stepLength/time.Second)
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && n > f.last {
			return n, true
		}
	}
	return 0, false
}

func codeDigest(code string) []byte {
	sum := sha256.Sum256([]byte("xiucheng recovery " + strings.ToLower(strings.TrimSpace(code))))
	return sum[:]
}

// ticket lets who proved the password, and owes a code, come back with it.
func (s *Service) ticket(ctx context.Context, c credential) (token string, err error) {
	f, err := s.factor(ctx, s.db, c.division, c.account)
	if err != nil || f.confirmed == 0 {
		return "", err
	}
	token = id.Token(32)
	now := s.clk.Now()
	return token, s.db.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_ticket WHERE until_at < $1`, clock.Micro(now)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO sign_in_ticket (digest, division, account, until_at) VALUES ($1, $2, $3, $4)`,
			codeDigest(token), c.division, c.account, clock.Micro(now.Add(ticketFor)))
		return err
	})
}

// SignInSecond is the second half of signing in. A wrong code is
// Unauthenticated, counts towards the account's lockout and leaves the ticket;
// a ticket that is over is Unauthenticated with the key people.second_over.
func (s *Service) SignInSecond(ctx context.Context, ticket, code, ip string) (in SignedIn, err error) {
	defer fault.Trace(&err, "people.SignInSecond")
	now := s.clk.Now()
	err = s.db.QueryRow(ctx, `SELECT division, account FROM sign_in_ticket WHERE digest = $1 AND until_at >= $2`, codeDigest(ticket), clock.Micro(now)).
		Scan(&in.Division, &in.Account)
	if fault.Is(err, fault.NotFound) {
		return SignedIn{}, fault.New(fault.Unauthenticated, "people.second_over")
	}
	if err != nil {
		return SignedIn{}, err
	}
	c, err := credentialOf(ctx, s.db, in.Division, in.Account)
	if err != nil {
		return SignedIn{}, err
	}
	in.MustChange = c.mustChange
	var ok bool
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		if ok = false; c.lockedUntil <= clock.Micro(now) && c.active {
			var err error
			if ok, err = s.take(ctx, tx, in.Division, in.Account, code, now); err != nil {
				return err
			}
		}
		if !ok {
			return nil
		}
		_, err := tx.Exec(ctx, `DELETE FROM sign_in_ticket WHERE digest = $1`, codeDigest(ticket))
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.settle(ctx, c, ok, ip, now); err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			err = fault.New(fault.Unauthenticated, "people.second_wrong")
		}
		return SignedIn{}, err
	}
	return in, nil
}

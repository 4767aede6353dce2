package people

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Lockout: after this many failures in a row an account rests for this long.
const (
	lockAfter = 5
	lockFor   = 15 * time.Minute
)

// Results in the log of sign-ins.
const (
	SignInOK     = "ok"
	SignInWrong  = "wrong"
	SignInLocked = "locked"
)

// SignedIn is who has just proved to be whom.
type SignedIn struct {
	Division   id.ID
	Account    id.ID
	MustChange bool   // ask for a new password before anything else
	Ticket     string // a second factor is owed: nobody is signed in before SignInSecond
}

type credential struct {
	division, account id.ID
	practice          bool
	active            bool
	hash              string
	mustChange        bool
	lockedUntil       int64
}

// SignIn proves a password. login is "name" or "name@division-key"; the bare
// name means the one division that is not for practice and has it. Wrong,
// unknown and switched-off accounts are the same Unauthenticated and take the
// same time; an account in lockout is TooMany. Every attempt on a known
// account is logged.
func (s *Service) SignIn(ctx context.Context, login, password, ip string) (in SignedIn, err error) {
	defer fault.Trace(&err, "people.SignIn")
	cred, err := s.credential(ctx, strings.ToLower(strings.TrimSpace(login)))
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.prove(ctx, cred, password, ip); err != nil {
		return SignedIn{}, err
	}
	in = SignedIn{Division: cred.division, Account: cred.account, MustChange: cred.mustChange}
	in.Ticket, err = s.ticket(ctx, cred)
	return in, err
}

// credential finds what to prove; the zero credential when nobody, or more
// than one, is meant.
func (s *Service) credential(ctx context.Context, login string) (credential, error) {
	name, key, _ := strings.Cut(login, "@")
	rows, err := s.db.Query(ctx, credentialSelect+` WHERE a.login = $1`, name)
	all, err := dbx.Collect(rows, err, func(r *sql.Rows) (keyed, error) { return scanCredential(r) })
	if err != nil {
		return credential{}, err
	}
	var found []credential
	for _, k := range all {
		if (key == "" && !k.practice) || (key != "" && k.key == key) {
			found = append(found, k.credential)
		}
	}
	if len(found) != 1 {
		return credential{}, nil
	}
	return found[0], nil
}

const credentialSelect = `SELECT d.key, d.practice, a.division, a.id, a.active, a.hash, a.must_change, a.locked_until
	FROM account a JOIN division d ON d.id = a.division`

type keyed struct {
	credential
	key string
}

func scanCredential(r scanner) (k keyed, err error) {
	err = r.Scan(&k.key, &k.practice, &k.division, &k.account, &k.active, &k.hash, &k.mustChange, &k.lockedUntil)
	return k, err
}

func credentialOf(ctx context.Context, q dbx.Querier, division, account id.ID) (credential, error) {
	k, err := scanCredential(q.QueryRow(ctx, credentialSelect+` WHERE a.division = $1 AND a.id = $2`, division, account))
	return k.credential, err
}

// prove checks the password, counts failures and keeps the log. The lock is
// looked at again where success is written, so that a volley of guesses in
// parallel gains nothing.
func (s *Service) prove(ctx context.Context, c credential, password, ip string) error {
	now := s.clk.Now()
	ok, err := s.hasher.Verify(ctx, c.hash, password)
	if err != nil {
		return err
	}
	if c.account.IsZero() {
		return fault.New(fault.Unauthenticated, "people.sign_in_wrong")
	}
	f, err := s.factor(ctx, s.db, c.division, c.account)
	if err != nil {
		return err
	}
	if ok && c.active && f.confirmed != 0 && c.lockedUntil <= clock.Micro(now) {
		return nil // half a proof: it forgets no failure, or codes could be guessed for ever
	}
	return s.settle(ctx, c, ok, ip, now)
}

// settle counts a proof that failed, or forgets those before one that held, and
// logs it.
func (s *Service) settle(ctx context.Context, c credential, ok bool, ip string, now time.Time) (err error) {
	locked := c.lockedUntil > clock.Micro(now)
	var result string
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		switch {
		case locked:
			result = SignInLocked
		case !ok || !c.active:
			result = SignInWrong
			_, err := tx.Exec(ctx, `UPDATE account SET
				locked_until = CASE WHEN failures + 1 = $1 THEN $2 ELSE locked_until END,
				failures = CASE WHEN failures >= $3 THEN 1 ELSE failures + 1 END
				WHERE division = $4 AND id = $5`,
				lockAfter, clock.Micro(now.Add(lockFor)), lockAfter, c.division, c.account)
			if err != nil {
				return err
			}
		default:
			result = SignInOK
			n, err := tx.Exec(ctx, `UPDATE account SET failures = 0, locked_until = 0
				WHERE division = $1 AND id = $2 AND locked_until <= $3`, c.division, c.account, clock.Micro(now))
			if err != nil {
				return err
			}
			if n == 0 {
				result = SignInLocked
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO sign_in (division, id, at, account, ip, result) VALUES ($1,$2,$3,$4,$5,$6)`,
			c.division, id.New(), clock.Micro(now), c.account, ip, result)
		return err
	})
	switch {
	case err != nil:
		return err
	case result == SignInLocked:
		return fault.New(fault.TooMany, "people.locked", "n", int(lockFor/time.Minute))
	case result == SignInWrong:
		return fault.New(fault.Unauthenticated, "people.sign_in_wrong")
	}
	return nil
}

// Attempt is one line of the log of sign-ins.
type Attempt struct {
	At      time.Time
	Account id.ID
	IP      string
	Result  string
}

// Attempts lists the latest attempts on an account, at most limit. Only the
// person and administrators may read them.
func (s *Service) Attempts(ctx context.Context, actor Actor, account id.ID, limit int) (list []Attempt, err error) {
	defer fault.Trace(&err, "people.Attempts(%s)", account)
	if actor.Account != account {
		if err := actor.Require(actor.Division, Admin); err != nil {
			return nil, err
		}
	}
	rows, err := s.db.Query(ctx, `SELECT at, account, ip, result FROM sign_in
		WHERE division = $1 AND account = $2 ORDER BY id DESC LIMIT $3`, actor.Division, account, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (a Attempt, err error) {
		var at int64
		err = r.Scan(&at, &a.Account, &a.IP, &a.Result)
		a.At = clock.FromMicro(at)
		return a, err
	})
}

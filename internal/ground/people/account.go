package people

import (
	"context"
	"regexp"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Account is a person who signs in. Phone is personal data: shown to
// administrators and to the person alone.
type Account struct {
	ID         id.ID  `json:"-"`
	Login      string `json:"login"`
	Name       string `json:"name"`
	Department string `json:"department,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Active     bool   `json:"active"`
	MustChange bool   `json:"-"` // the password was set by somebody else
	HasSecret  bool   `json:"-"` // a password has been set at all
	Origin     `json:"-"`
}

var loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,39}$`)

// Check refuses an account without a name or with a login that is not 2–40
// lower-case letters, digits, dots, dashes, underscores.
func (a Account) Check() error {
	e := fault.New(fault.Invalid, "people.account_bad")
	if !loginShape.MatchString(a.Login) {
		e.Field("login", "people.login_shape")
	}
	need(e, "name", a.Name)
	return e.OrNil()
}

// CreateAccount adds an account, active and without a password; SetPassword
// follows. The actor must be an administrator; a login in use is Conflict.
func (s *Service) CreateAccount(ctx context.Context, actor Actor, a Account) (out Account, err error) {
	defer fault.Trace(&err, "people.CreateAccount(%s)", a.Login)
	if err := a.Check(); err != nil {
		return Account{}, err
	}
	a.ID, a.Active = id.New(), true
	err = s.change(ctx, actor, func(e *edit) error {
		if err := e.knownDepartment(a.Department); err != nil {
			return err
		}
		if _, err := e.dir.ByLogin(a.Login); err == nil {
			return fault.New(fault.Conflict, "people.login_taken", "login", a.Login).Field("login", "people.login_taken", "login", a.Login)
		}
		a.Origin = Origin{Local: true, By: e.actor.Name, At: e.at}
		if err := putAccount(e.ctx, e.tx, e.actor.Division, a); err != nil {
			return err
		}
		return e.audit("account.create", a.Login, nil, a)
	})
	return a, err
}

// UpdateAccount changes name, department, phone and whether the account is
// active; the login stays. The actor must be an administrator, and cannot
// switch off the own account. An unknown account is NotFound.
func (s *Service) UpdateAccount(ctx context.Context, actor Actor, a Account) (err error) {
	defer fault.Trace(&err, "people.UpdateAccount(%s)", a.ID)
	return s.change(ctx, actor, func(e *edit) error {
		old, err := e.dir.Account(a.ID)
		if err != nil {
			return err
		}
		next := old
		next.Name, next.Department, next.Phone, next.Active = a.Name, a.Department, a.Phone, a.Active
		if err := next.Check(); err != nil {
			return err
		}
		if !next.Active && a.ID == actor.Account {
			return fault.New(fault.Invalid, "people.not_self").Field("active", "people.not_self")
		}
		if err := e.knownDepartment(next.Department); err != nil {
			return err
		}
		next.Origin = Origin{Pack: old.Pack, Local: true, By: e.actor.Name, At: e.at}
		if err := putAccount(e.ctx, e.tx, e.actor.Division, next); err != nil {
			return err
		}
		return e.audit("account.change", old.Login, old, next)
	})
}

// SetPassword gives accounts a password they must change at the next sign-in,
// unless keep. It also ends a lockout. The actor must be an administrator.
func (s *Service) SetPassword(ctx context.Context, actor Actor, password string, keep bool, accounts ...id.ID) (err error) {
	defer fault.Trace(&err, "people.SetPassword(%s)", accounts)
	if err := actor.Require(actor.Division, Admin); err != nil {
		return err
	}
	return s.setPassword(ctx, actor, password, !keep, accounts...)
}

// ChangePassword replaces the actor's own password. A wrong old one is Invalid
// and counts as a failed sign-in.
func (s *Service) ChangePassword(ctx context.Context, actor Actor, old, password string) (err error) {
	defer fault.Trace(&err, "people.ChangePassword(%s)", actor.Account)
	cred, err := credentialOf(ctx, s.db, actor.Division, actor.Account)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, cred, old, ""); err != nil {
		return fault.Wrap(err, fault.Invalid, "people.password_wrong").Field("old", fault.As(err).Key)
	}
	if old == password {
		return fault.New(fault.Invalid, "people.password_weak").Field("password", "people.password_same")
	}
	return s.setPassword(ctx, actor, password, false, actor.Account)
}

func (s *Service) setPassword(ctx context.Context, actor Actor, password string, mustChange bool, accounts ...id.ID) error {
	dir, err := s.Directory(ctx, actor.Division)
	if err != nil {
		return err
	}
	logins := make([]string, len(accounts))
	for i, account := range accounts {
		acc, err := dir.Account(account)
		if err == nil {
			err = CheckPassword(acc.Login, password)
		}
		if err != nil {
			return err
		}
		logins[i] = acc.Login
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.write(ctx, actor, func(e *edit) error {
		for i, account := range accounts {
			n, err := e.tx.Exec(e.ctx, `UPDATE account SET hash = $1, must_change = $2, failures = 0, locked_until = 0
				WHERE division = $3 AND id = $4`, hash, mustChange, actor.Division, account)
			if err == nil && n == 0 {
				err = fault.Missing("account")
			}
			if err == nil {
				err = e.audit("account.password", logins[i], nil, nil)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *edit) knownDepartment(code string) error {
	if _, ok := e.dir.departments[code]; code != "" && !ok {
		return fault.New(fault.Invalid, "people.account_bad").Field("department", "people.department_unknown", "code", code)
	}
	return nil
}

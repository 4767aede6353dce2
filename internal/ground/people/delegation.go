package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Delegation lets one account act in another's posts from From until Until
// (exclusive): leave, illness, a substitute. Every act taken under it says so.
type Delegation struct {
	ID          id.ID     `json:"-"`
	FromAccount id.ID     `json:"from"`
	ToAccount   id.ID     `json:"to"`
	Roles       []string  `json:"roles"`
	From        time.Time `json:"from_at"`
	Until       time.Time `json:"until_at"`
	Reason      string    `json:"reason"`
	CreatedBy   string    `json:"-"`
	Revoked     time.Time `json:"revoked,omitzero"`
}

// Holds reports whether the delegation is in force at the instant.
func (d Delegation) Holds(at time.Time) bool {
	return d.Revoked.IsZero() && !at.Before(d.From) && at.Before(d.Until)
}

func (d Delegation) days() Period { return Period{From: Day(d.From), To: Day(d.Until)} }

// longestDelegation is a year: a longer absence is a change of posts.
const longestDelegation = 366 * 24 * time.Hour

// Delegate creates a delegation. An account may delegate its own posts, an
// administrator anybody's. Roles must be held by the giver; the taker must be
// active and stay on one side of the wall; the period must not be over.
func (s *Service) Delegate(ctx context.Context, actor Actor, d Delegation) (out Delegation, err error) {
	defer fault.Trace(&err, "people.Delegate")
	if actor.Account.IsZero() || d.FromAccount != actor.Account {
		if err := actor.Require(actor.Division, Admin); err != nil {
			return Delegation{}, err
		}
	}
	d.ID = id.New()
	err = s.write(ctx, actor, func(e *edit) error {
		if err := e.checkDelegation(d); err != nil {
			return err
		}
		d.CreatedBy, e.wall = e.actor.Name, true
		if err := insertDelegation(e.ctx, e.tx, e.actor.Division, d, e.at); err != nil {
			return err
		}
		return e.audit("delegation.create", e.dir.accounts[d.ToAccount].Login, nil, d)
	})
	return d, err
}

// Revoke ends a delegation at once; giver, taker and administrators may. An
// unknown one, or one that is not theirs, is NotFound.
func (s *Service) Revoke(ctx context.Context, actor Actor, delegation id.ID) (err error) {
	defer fault.Trace(&err, "people.Revoke(%s)", delegation)
	return s.write(ctx, actor, func(e *edit) error {
		i := slices.IndexFunc(e.dir.delegations, func(d Delegation) bool { return d.ID == delegation })
		if i < 0 {
			return fault.Missing("delegation")
		}
		d := e.dir.delegations[i]
		if actor.Account != d.FromAccount && actor.Account != d.ToAccount && actor.Require(actor.Division, Admin) != nil {
			return fault.Missing("delegation")
		}
		if err := revokeDelegation(e.ctx, e.tx, e.actor.Division, delegation, e.at); err != nil {
			return err
		}
		return e.audit("delegation.revoke", e.dir.accounts[d.ToAccount].Login, d, nil)
	})
}

func (e *edit) checkDelegation(d Delegation) error {
	bad := fault.New(fault.Invalid, "people.delegation_bad")
	if to, ok := e.dir.accounts[d.ToAccount]; !ok || !to.Active || d.ToAccount == d.FromAccount {
		bad.Field("to", "people.delegate_to")
	}
	if len(d.Roles) == 0 {
		bad.Field("roles", "people.needed")
	}
	for _, r := range d.Roles {
		if !slices.ContainsFunc(e.dir.posts[d.FromAccount], func(p Post) bool { return p.Role == r }) {
			bad.Field("roles", "people.not_held", "role", e.dir.roles[r].Name)
		}
	}
	if !d.Until.After(d.From) || !d.Until.After(e.at) || d.Until.Sub(d.From) > longestDelegation {
		bad.Field("until", "people.delegation_period")
	}
	if strings.TrimSpace(d.Reason) == "" {
		bad.Field("reason", "people.needed")
	}
	return bad.OrNil()
}

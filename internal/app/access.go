package app

import (
	"context"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// pick finds a division by key; without one, the only real division there is.
func (a *App) pick(ctx context.Context, key string) (people.Division, error) {
	if key != "" {
		return a.people.Division(ctx, key)
	}
	all, err := a.people.Divisions(ctx)
	if err != nil {
		return people.Division{}, err
	}
	var found []people.Division
	for _, d := range all {
		if !d.Practice {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		return people.Division{}, fault.New(fault.Invalid, "app.which_division", "n", len(found))
	}
	return found[0], nil
}

// CreateKey makes an API key of a division and returns it in plain, this once.
func (a *App) CreateKey(ctx context.Context, division, name string) (string, error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return "", err
	}
	plain, _, err := a.people.CreateKey(ctx, people.SystemActor(d.ID), name)
	return plain, err
}

// CreateAdmin makes an administrator with a password that must be changed at
// the first sign-in, and returns it, this once.
func (a *App) CreateAdmin(ctx context.Context, division, login, name string) (string, error) {
	d, err := a.pick(ctx, division)
	if err != nil {
		return "", err
	}
	actor := people.SystemActor(d.ID)
	acc, err := a.people.CreateAccount(ctx, actor, people.Account{Login: login, Name: name})
	if err != nil {
		return "", err
	}
	if _, err := a.people.SavePost(ctx, actor, people.Post{Account: acc.ID, Role: people.Admin}); err != nil {
		return "", err
	}
	password := "Xc-" + id.Token(8)
	return password, a.people.SetPassword(ctx, actor, password, false, acc.ID)
}

// EndSecond turns off the second factor of somebody who lost phone and recovery
// codes; the audit trail keeps it.
func (a *App) EndSecond(ctx context.Context, division, login string) error {
	d, err := a.pick(ctx, division)
	if err != nil {
		return err
	}
	dir, err := a.people.Directory(ctx, d.ID)
	if err != nil {
		return err
	}
	acc, err := dir.ByLogin(login)
	if err != nil {
		return err
	}
	return a.people.EndSecond(ctx, people.SystemActor(d.ID), acc.ID, "")
}

package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"

	"xiucheng/internal/app/story"
	"xiucheng/internal/app/story/past"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/doors/account"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

// demoPack is the demonstration, demoPassword everybody's there. It is shown
// on the sign-in page, only where nobody else can reach the server.
const (
	demoPack     = "weifang-ez"
	demoPassword = "Xiucheng-2026"
)

// Demo fills an empty data folder: the zone and its people at once; cases are
// filled in by the returned function, which may run behind the open server.
func (a *App) Demo(ctx context.Context) (fill func(context.Context) error, err error) {
	defer fault.Trace(&err, "app.Demo")
	dir, err := packs.FS(demoPack)
	if err != nil {
		return nil, err
	}
	list, problems := CheckPack(dir)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if _, err := a.ApplyPack(ctx, list); err != nil {
		return nil, err
	}
	home, err := home(list)
	if err != nil {
		return nil, err
	}
	d, err := a.people.Division(ctx, home.Key)
	if err != nil {
		return nil, err
	}
	page, err := record.List(ctx, a.db, d.ID, record.Filter{Limit: 1})
	if err != nil || len(page.Rows) > 0 {
		return func(context.Context) error { return nil }, err
	}
	a.telling.Store(true)
	return func(ctx context.Context) error {
		defer a.telling.Store(false)
		if err := a.demoPasswords(ctx); err != nil {
			return err
		}
		err := story.Tell(ctx, story.Deps{DB: a.db, Log: a.log, Clock: a.clk, Engine: a.engine, Hooks: a.hooks(), People: a.people, Places: a.places,
			Calendars: a.calendars, Catalogues: a.catalogues, Parties: a.parties, Sites: a.stalls.sites, First: shownLogins, Tracks: a.onStreet.tracks,
			Keepers: story.Keepers{Goods: a.keepers.goods, Money: a.keepers.money, Receipts: receipt.New(a.db, a.clk)}}, d, dir)
		err = errors.Join(err, a.demoPast(ctx, d.ID))
		debug.FreeOSMemory() // decoding the pictures took much that is not needed again
		return err
	}, nil
}

// demoPast brings in what is made up of the months around the day the clusters opened.
func (a *App) demoPast(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "app.demoPast")
	book, err := a.stalls.clusters.Book(ctx, division)
	if err != nil || len(book.Clusters) == 0 {
		return err
	}
	m, err := a.places.Map(ctx, division)
	if err != nil {
		return err
	}
	now := a.clk.Now()
	table, mapping, err := past.Table(book.Clusters[0].Since, book.Places(), past.Roads(m, now), now)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "xiucheng-past-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "past.csv")
	if err := os.WriteFile(file, table, 0o600); err != nil {
		return err
	}
	p, _, err := a.ImportRequests(ctx, "", file, filepath.Join(dir, "rejects.csv"), mapping, nil, nil)
	if err == nil && p.Rejected > 0 {
		a.log.Warn("demo past", "rejected", p.Rejected)
	}
	return err
}

// demoPasswords gives every account of the demonstration the same password,
// unless it has one.
func (a *App) demoPasswords(ctx context.Context) error {
	divisions, err := a.people.Divisions(ctx)
	if err != nil {
		return err
	}
	for _, d := range divisions {
		dir, err := a.people.Directory(ctx, d.ID)
		if err != nil {
			return err
		}
		var list []id.ID
		for _, acc := range dir.Accounts() {
			if !acc.HasSecret && acc.Active {
				list = append(list, acc.ID)
			}
		}
		if len(list) == 0 {
			continue
		}
		if err := a.people.SetPassword(ctx, people.SystemActor(d.ID), demoPassword, true, list...); err != nil {
			return err
		}
	}
	return nil
}

// shownLogins are the demonstration's accounts on the sign-in page, one a role.
var shownLogins = []string{"shouli1", "zhiban1", "paiqian1", "caiji1", "caiji3", "hw.desk", "hw.work", "sz.desk", "sz.work", "zhifa1", "banan", "fazhi", "juzhang", "caiwu", "dangan", "tandian1", "tandian2", "tanguan1", "xuncha1", "daiban", "ducha1", "fenguan", "admin"}

// hints lists the demonstration's accounts for the sign-in page, only in a
// demonstration that nobody but this machine can reach.
func (a *App) hints() func(context.Context) ([]account.Hint, string, error) {
	if !a.cfg.Demo || !onLoopback(a.cfg.Addr) {
		return nil
	}
	return func(ctx context.Context) ([]account.Hint, string, error) {
		v, err := a.public(ctx)
		if err != nil {
			return nil, "", err
		}
		dir, err := a.people.Directory(ctx, v.Division.ID)
		if err != nil {
			return nil, "", err
		}
		var out []account.Hint
		for _, login := range shownLogins {
			acc, err := dir.ByLogin(login)
			if err != nil || !acc.HasSecret {
				continue
			}
			out = append(out, account.Hint{Login: login, Name: acc.Name, Post: a.postOf(ctx, dir, acc)})
		}
		return out, demoPassword, nil
	}
}

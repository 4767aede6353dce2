package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Batch is what a pack or a workbook brings. The caller has already left out
// what was changed locally. Gone names what the same pack brought before and
// brings no more.
type Batch struct {
	Pack        string // "" for a workbook
	Local       bool   // what a workbook brings counts as changed here
	Roles       []Role
	Departments []Department
	Accounts    []Account // matched by login
	Posts       []Post    // matched by Key; Login names the account
	// Certificates are matched by Key; Login names the account.
	Certificates []Certificate
	Gone         struct {
		Departments  []string
		Accounts     []string // logins
		Posts        []string // keys
		Certificates []string // keys
	}
}

// Empty reports whether there is nothing to import.
func (b Batch) Empty() bool {
	return len(b.Roles)+len(b.Departments)+len(b.Accounts)+len(b.Posts)+len(b.Certificates)+
		len(b.Gone.Departments)+len(b.Gone.Accounts)+len(b.Gone.Posts)+len(b.Gone.Certificates) == 0
}

// Import writes a batch in the caller's transaction: departments that are gone
// end yesterday, accounts that are gone are switched off, posts that are gone
// end, certificates that are gone are revoked. strict refuses a result in which anybody stands on both sides of the
// wall.
func Import(ctx context.Context, tx *dbx.Tx, actor Actor, at time.Time, b Batch, strict bool) (err error) {
	defer fault.Trace(&err, "people.Import(%s)", b.Pack)
	dir, err := Load(ctx, tx, actor.Division)
	if err != nil {
		return err
	}
	im := importing{ctx: ctx, tx: tx, actor: actor, at: at, dir: dir, origin: Origin{Pack: b.Pack, Local: b.Local, By: actor.Name, At: at}}
	for _, r := range b.Roles {
		err = errors.Join(err, putRole(ctx, tx, actor.Division, r, b.Pack))
	}
	for _, d := range b.Departments {
		err = errors.Join(err, im.department(d))
	}
	for _, a := range b.Accounts {
		err = errors.Join(err, im.account(a))
	}
	if err != nil {
		return err
	}
	if im.dir, err = Load(ctx, tx, actor.Division); err != nil {
		return err
	}
	for _, p := range b.Posts {
		err = errors.Join(err, im.post(p))
	}
	for _, c := range b.Certificates {
		err = errors.Join(err, im.certificate(c))
	}
	if err = errors.Join(err, im.gone(b)); err != nil {
		return err
	}
	if strict {
		if im.dir, err = Load(ctx, tx, actor.Division); err != nil {
			return err
		}
		if err := im.dir.CheckWall(at); err != nil {
			return err
		}
	}
	return dbx.Moved(ctx, tx, actor.Division, kept)
}

type importing struct {
	ctx    context.Context
	tx     *dbx.Tx
	actor  Actor
	at     time.Time
	dir    *Directory
	origin Origin
}

func (im *importing) department(d Department) error {
	old, existed := im.dir.departments[d.Code]
	d.Origin = im.from(old.Origin)
	if err := putDepartment(im.ctx, im.tx, im.actor.Division, d); err != nil {
		return err
	}
	return im.audit("department.import", d.Code, old, d, existed)
}

func (im *importing) account(a Account) error {
	old, err := im.dir.ByLogin(a.Login)
	existed := err == nil
	a.ID = old.ID
	if !existed {
		a.ID = id.New()
	}
	a.Origin = im.from(old.Origin)
	if err := putAccount(im.ctx, im.tx, im.actor.Division, a); err != nil {
		return err
	}
	return im.audit("account.import", a.Login, old, a, existed)
}

func (im *importing) post(p Post) error {
	acc, err := im.dir.ByLogin(p.Login)
	if err != nil {
		return err
	}
	p.ID, p.Account = id.New(), acc.ID
	var before Post
	for _, old := range im.dir.posts[acc.ID] {
		if old.Key() == p.Key() {
			before, p.ID = old, old.ID
		}
	}
	p.Origin = im.from(before.Origin)
	if err := putPost(im.ctx, im.tx, im.actor.Division, p); err != nil {
		return err
	}
	return im.audit("post.import", p.Key(), before, p, !before.ID.IsZero())
}

func (im *importing) certificate(c Certificate) error {
	acc, err := im.dir.ByLogin(c.Login)
	if err != nil {
		return err
	}
	c.ID, c.Account = id.New(), acc.ID
	var before Certificate
	for _, old := range im.dir.certificates[acc.ID] {
		if old.Key() == c.Key() {
			before, c.ID = old, old.ID
		}
	}
	c.Origin = im.from(before.Origin)
	if err := putCertificate(im.ctx, im.tx, im.actor.Division, c); err != nil {
		return err
	}
	return im.audit("certificate.import", c.Key(), before, c, !before.ID.IsZero())
}

// from is the origin a row gets; a local change remembers its pack.
func (im *importing) from(old Origin) Origin {
	o := im.origin
	if o.Local {
		o.Pack = old.Pack
	}
	return o
}

func (im *importing) gone(b Batch) error {
	yesterday := Day(im.at.AddDate(0, 0, -1))
	for _, code := range b.Gone.Departments {
		d := im.dir.departments[code]
		d.To = yesterday
		d.From = min(d.From, d.To)
		if err := im.department(d); err != nil {
			return err
		}
	}
	for _, login := range b.Gone.Accounts {
		a, err := im.dir.ByLogin(login)
		if err != nil {
			return err
		}
		a.Active = false
		if err := im.account(a); err != nil {
			return err
		}
	}
	for _, p := range im.dir.Posts(id.ID{}) {
		for _, key := range b.Gone.Posts {
			if p.Key() != key {
				continue
			}
			p.To = yesterday
			p.From = min(p.From, p.To)
			if err := im.post(p); err != nil {
				return err
			}
		}
	}
	for _, c := range im.dir.Certificates(id.ID{}) {
		if !slices.Contains(b.Gone.Certificates, c.Key()) {
			continue
		}
		c.Revoked = Day(im.at)
		if err := im.certificate(c); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) audit(what, subject string, before, after any, existed bool) error {
	if !existed {
		before = nil
	}
	return Note(im.ctx, im.tx, im.actor, im.at, what, subject, before, after)
}

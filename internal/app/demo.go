package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"runtime/debug"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/doors/account"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
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
		s, err := a.newStory(ctx, d, dir)
		if err != nil {
			return err
		}
		err = s.tell(ctx)
		debug.FreeOSMemory() // decoding the pictures took much that is not needed again
		return err
	}, nil
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
		for _, acc := range dir.Accounts() {
			if acc.HasSecret || !acc.Active {
				continue
			}
			if err := a.people.SetPassword(ctx, people.SystemActor(d.ID), acc.ID, demoPassword, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// shownLogins are the demonstration's accounts on the sign-in page, one a role.
var shownLogins = []string{"shouli1", "zhiban1", "paiqian1", "caiji1", "caiji3", "hw.desk", "hw.work", "sz.desk", "sz.work", "ducha1", "fenguan", "admin"}

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

// story tells the demonstration's cases by taking their real steps with the
// real people, on a clock of its own that runs through the past weeks.
type story struct {
	a        *App
	engine   *engine.Engine
	clk      *clock.Manual
	division people.Division
	dir      *people.Directory
	files    fs.FS
	reports  []told
	now      time.Time
}

// told is one report of the pack's demo/reports.yaml.
type told struct {
	Class   string  `yaml:"class"`
	Picture string  `yaml:"picture"`
	Place   string  `yaml:"place"`
	East    float64 `yaml:"east"`
	North   float64 `yaml:"north"`
	Ago     float64 `yaml:"ago"` // hours before now
	Source  string  `yaml:"source"`
	Path    string  `yaml:"path"`
	Text    string  `yaml:"text"`
}

func (a *App) newStory(ctx context.Context, d people.Division, files fs.FS) (*story, error) {
	b, err := fs.ReadFile(files, "demo/reports.yaml")
	if err != nil {
		return nil, err
	}
	var doc struct {
		Reports []told `yaml:"reports"`
	}
	if err := yaml.UnmarshalWithOptions(b, &doc, yaml.Strict()); err != nil {
		return nil, err
	}
	s := &story{a: a, division: d, files: files, reports: doc.Reports, now: a.clk.Now(), clk: clock.At(a.clk.Now())}
	cfg := a.engine.Config
	cfg.Clock = s.clk
	s.engine = engine.New(cfg, a.hooks())
	s.engine.Use(a.engine.Library())
	s.dir, err = a.people.Directory(ctx, d.ID)
	return s, err
}

// tell carries every report as far as its path says. A case that cannot go on
// is told to the log and left where it is; the others go on.
func (s *story) tell(ctx context.Context) error {
	began := time.Now()
	for i, r := range s.reports {
		if err := s.one(ctx, r); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.a.log.Warn("demo case", "n", i+1, "path", r.Path, "err", err)
		}
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	if err := s.shifts(ctx); err != nil {
		s.a.log.Warn("demo handovers", "err", err)
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	s.a.log.Info("demo cases are there", "n", len(s.reports), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// unreadFor is how far back the demonstration's people have not looked into
// their inboxes yet.
const unreadFor = 3 * time.Hour

// read marks what people of the story would have read by now.
func (s *story) read(ctx context.Context) error {
	dir, err := s.a.people.Directory(ctx, s.division.ID)
	if err != nil {
		return err
	}
	return s.a.db.Write(ctx, func(tx *dbx.Tx) error {
		for _, acc := range dir.Accounts() {
			actor, err := dir.Actor(acc.ID, s.now)
			if err != nil {
				continue // nobody can sign in with it
			}
			account := acc.ID.String()
			list, err := notice.Inbox(ctx, tx, s.division.ID, account, incident.Inbox(actor), s.now.Add(-unreadFor), 500)
			if err != nil {
				return err
			}
			old := make([]id.ID, 0, len(list))
			for _, n := range list {
				old = append(old, n.ID)
			}
			if err := notice.MarkRead(ctx, tx, s.division.ID, account, s.now, old...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *story) one(ctx context.Context, r told) error {
	m, err := s.a.places.Map(ctx, s.division.ID)
	if err != nil {
		return err
	}
	found := m.Find(r.Place, s.now)
	if len(found) == 0 {
		return fmt.Errorf("no place %q", r.Place)
	}
	p := geo.Offset(found[0].Point, r.East, r.North)
	c := &tale{story: s, ctx: ctx, told: r, at: procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: 8}}
	if err := c.begin(); err != nil {
		return err
	}
	if err := c.report(); err != nil {
		return err
	}
	for _, beat := range paths[r.Path] {
		if err := beat(c); err != nil {
			return err
		}
	}
	return nil
}

// picture is one of the pack's drawings; after is the same place put right.
func (s *story) picture(name string, after bool) ([]byte, error) {
	if after {
		b, err := fs.ReadFile(s.files, "pictures/index.yaml")
		if err != nil {
			return nil, err
		}
		var index []struct {
			Name  string `yaml:"name"`
			After string `yaml:"after"`
			ZH    string `yaml:"zh"`
			EN    string `yaml:"en"`
		}
		if err := yaml.Unmarshal(b, &index); err != nil {
			return nil, err
		}
		for _, x := range index {
			if x.Name == name {
				name = x.After
				break
			}
		}
	}
	return fs.ReadFile(s.files, "pictures/"+name+".jpg")
}

// actor is a member of staff by login, or the first one who holds a role for
// the department.
func (s *story) actor(login string) (people.Actor, error) {
	acc, err := s.dir.ByLogin(login)
	if err != nil {
		return people.Actor{}, err
	}
	return s.dir.Actor(acc.ID, s.now)
}

func (s *story) holder(role, dept, grid string) (people.Actor, error) {
	list := s.dir.Holders(role, dept, grid, s.now)
	if len(list) == 0 {
		return people.Actor{}, fmt.Errorf("nobody is %s of %s", role, dept)
	}
	return list[0], nil
}

// release shows the photos of a closed case to everybody, as a person would
// after looking at them.
func (c *tale) release(shas ...string) error {
	return c.a.db.Write(c.ctx, func(tx *dbx.Tx) error {
		for _, sha := range shas {
			if err := releasePhoto(c.ctx, tx, c.division.ID, c.id, sha, c.clk.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// upload is a drawing as a photo taken at the case's place, now.
func (c *tale) upload(field string, after bool) (engine.Upload, error) {
	b, err := c.picture(c.Picture, after)
	if err != nil {
		return engine.Upload{}, err
	}
	at := c.at
	return engine.Upload{Field: field, Name: c.Picture + ".jpg", Mime: "image/jpeg", Body: bytes.NewReader(b), Taken: c.clk.Now(), At: &at, Device: "演示"}, nil
}

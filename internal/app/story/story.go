// Package story tells the demonstration: cases of the past weeks in every state,
// by taking their real steps with the real people, on a clock of its own.
//
// It knows what happens to whom in the demonstration and nothing else of the
// program's making; the reports themselves are data of the pack.
package story

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/goccy/go-yaml"

	"xiucheng/internal/app/story/lookout"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/stall/sites"
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Deps are the rooms that the story goes through.
type Deps struct {
	DB         *dbx.DB
	Log        *slog.Logger
	Clock      clock.Clock
	Engine     *engine.Engine // the story runs one like it, on its own clock
	Hooks      map[string]engine.Hooks
	People     *people.Service
	Places     *place.Service
	Calendars  *calendar.Service
	Catalogues *catalogue.Service
	Parties    *party.Service
	Keepers    Keepers
	Sites      *sites.Room
	Tracks     *track.Store
	// First are the logins whose work people come to look at, the first ones first.
	First []string
}

// story is one telling.
type story struct {
	Deps
	engine   *engine.Engine
	clk      *clock.Manual
	division people.Division
	dir      *people.Directory
	files    fs.FS
	reports  []told
	now      time.Time
	cases    known
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

// Tell tells the cases of the pack whose files are given in the division. A case
// that cannot go on is told to the log and left where it is; the others go on.
func Tell(ctx context.Context, d Deps, division people.Division, files fs.FS) (err error) {
	defer fault.Trace(&err, "story.Tell")
	b, err := fs.ReadFile(files, "demo/reports.yaml")
	if err != nil {
		return err
	}
	var doc struct {
		Reports []told `yaml:"reports"`
	}
	if err := yaml.UnmarshalWithOptions(b, &doc, yaml.Strict()); err != nil {
		return err
	}
	now := d.Clock.Now()
	s := &story{Deps: d, division: division, files: files, reports: doc.Reports, now: now, cases: known{}, clk: clock.At(now)}
	cfg := d.Engine.Config
	cfg.Clock = s.clk
	s.engine = engine.New(cfg, d.Hooks)
	s.engine.Use(d.Engine.Library())
	if s.dir, err = d.People.Directory(ctx, division.ID); err != nil {
		return err
	}
	return s.tell(ctx)
}

// tell carries every report as far as its path says.
func (s *story) tell(ctx context.Context) error {
	began := time.Now()
	for i, r := range s.reports {
		if err := s.one(ctx, r); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			s.Log.Warn("demo case", "n", i+1, "path", r.Path, "err", err)
		}
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	if err := s.shifts(ctx); err != nil {
		s.Log.Warn("demo handovers", "err", err)
	}
	if err := s.dossiers(ctx); err != nil {
		return err
	}
	if err := s.frontages(ctx); err != nil {
		return err
	}
	if err := s.keep(ctx); err != nil {
		s.Log.Warn("demo keepers", "err", err)
	}
	s.operations(ctx)
	if err := s.stalls(ctx); err != nil {
		s.Log.Warn("demo stalls", "err", err)
	}
	if err := s.street(ctx); err != nil {
		s.Log.Warn("demo street", "err", err)
	}
	if err := s.siting(ctx); err != nil {
		s.Log.Warn("demo sites", "err", err)
	}
	if err := s.read(ctx); err != nil {
		return err
	}
	s.Log.Info("demo cases are there", "n", len(s.reports), "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// street tells of people on duty around the stall clusters.
func (s *story) street(ctx context.Context) error {
	s.clk.Set(s.now)
	return lookout.Tell(ctx, lookout.Deps{DB: s.DB, Engine: s.engine, Clock: s.clk, Dir: s.dir, Tracks: s.Tracks, Division: s.division.ID, Handle: s.handle,
		Picture: func(after bool) ([]byte, error) { return s.picture("shopfront", after) }})
}

// handle carries an incident that staff found to its end.
func (s *story) handle(ctx context.Context, incident id.ID, class string, at procedure.Point) error {
	c := &tale{story: s, ctx: ctx, told: told{Class: class, Picture: "shopfront", Source: "collector"}, id: incident, at: at}
	for _, beat := range to("closed") {
		if err := beat(c); err != nil {
			return err
		}
	}
	return nil
}

// unreadFor is how far back the demonstration's people have not looked into
// their inboxes yet.
const unreadFor = 3 * time.Hour

// read marks what people of the story would have read by now.
func (s *story) read(ctx context.Context) error {
	dir, err := s.People.Directory(ctx, s.division.ID)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
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
	m, err := s.Places.Map(ctx, s.division.ID)
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
	return c.DB.Write(c.ctx, func(tx *dbx.Tx) error {
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

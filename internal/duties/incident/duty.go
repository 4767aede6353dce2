package incident

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Deps are the rooms of the ground that the duty asks.
type Deps struct {
	Places     *place.Service
	Catalogues *catalogue.Service
	People     *people.Service
	Settings   func(ctx context.Context, division id.ID) (*pack.Settings, error)
}

// Duty answers what the procedure asks.
type Duty struct{ Deps }

// New returns the duty.
func New(d Deps) *Duty { return &Duty{d} }

// Hooks are what the duty adds to its procedures.
func (d *Duty) Hooks() map[string]engine.Hooks {
	return map[string]engine.Hooks{
		Procedure: {Fact: d.fact, Choices: d.choices, Do: map[string]func(context.Context, *engine.Doing) error{
			"merge": d.merge, "unmerge": d.unmerge, "split": d.split, "co_tasks": d.coTasks, "ruling": d.ruling, "release": release, "appeal": d.appeal,
		}, Words: d.words},
		"incident-task": {},
		Appeal:          {Fact: appealFacts, Do: map[string]func(context.Context, *engine.Doing) error{"exempt": exempt}},
	}
}

// scene is what most answers look at.
type scene struct {
	engine.Asked
	m      *place.Map
	cat    *catalogue.Catalogue
	dir    *people.Directory
	set    *pack.Settings
	opened time.Time // when the case was, or is being, reported
}

func (d *Duty) scene(ctx context.Context, a engine.Asked) (s scene, err error) {
	division := a.Snapshot.Division
	s = scene{Asked: a, opened: a.Now}
	if len(a.Snapshot.Log) > 0 {
		s.opened = a.Snapshot.Log[0].At
	}
	if s.m, err = d.Places.Map(ctx, division); err != nil {
		return s, err
	}
	if s.cat, err = d.Catalogues.Catalogue(ctx, division); err != nil {
		return s, err
	}
	if s.dir, err = d.People.Directory(ctx, division); err != nil {
		return s, err
	}
	s.set, err = d.Settings(ctx, division)
	return s, err
}

// text is a text of the form, else of the case.
func (s scene) text(name string) string {
	if v, ok := s.Input[name].(string); ok && v != "" {
		return v
	}
	return s.data(name)
}

func (s scene) data(name string) string {
	v, _ := s.Snapshot.Data[name].(string)
	return v
}

// point is the place of the form, else of the case.
func (s scene) point() (geo.Point, float64, bool) {
	if p, ok := s.Input["place"].(procedure.Point); ok {
		return geo.Point{Lat: p.Lat, Lng: p.Lng}, p.Accuracy, true
	}
	if p := s.Snapshot.Place; p != nil {
		return geo.Point{Lat: p.Lat, Lng: p.Lng}, p.Accuracy, true
	}
	return geo.Point{}, 0, false
}

// class is the class of the form, else of the case; false when none is known.
func (s scene) class() (catalogue.Class, bool) {
	c, err := s.cat.Class(s.text("class"))
	return c, err == nil
}

// condition is the filing condition of the form, else of the case, as it was in
// force on the day of the report.
func (s scene) condition() (catalogue.Condition, bool) {
	want := s.text("condition")
	for _, c := range s.cat.Conditions(s.text("class"), s.opened) {
		if c.ID == want {
			return c, true
		}
	}
	return catalogue.Condition{}, false
}

package hotline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Deps are what the room stands on.
type Deps struct {
	DB         *dbx.DB
	Engine     *engine.Engine
	Citizens   *incident.Citizens
	People     *people.Service
	Places     *place.Service
	Catalogues *catalogue.Service
	Calendars  *calendar.Service
	Settings   func(ctx context.Context, division id.ID) (*pack.Settings, error)
	Clock      clock.Clock
	Words      *i18n.Bundle
}

// Room is the round trip.
type Room struct{ Deps }

// New returns the room.
func New(d Deps) *Room { return &Room{d} }

// Speaker is how the hotline stands in a timeline when it tells what a caller
// wants.
const Speaker = "12345"

// Mapping is the division's mapping; a wrong one is an Invalid fault that says
// what is wrong.
func (r *Room) Mapping(ctx context.Context, division id.ID) (*Mapping, error) {
	s, err := r.Settings(ctx, division)
	if err != nil {
		return nil, err
	}
	m, err := ReadMapping([]byte(s.Text(Setting)))
	if err != nil {
		return nil, fault.New(fault.Invalid, "hotline.mapping_bad", "why", err.Error())
	}
	return m, nil
}

// within is when a limit that begins at an instant ends.
func (r *Room) within(ctx context.Context, division id.ID, from time.Time, l history.Limit) (time.Time, error) {
	cal, err := r.Calendars.Calendar(ctx, division, calendar.Desk)
	if err != nil {
		return time.Time{}, err
	}
	limit := calendar.Limit{N: int(l.N), Unit: calendar.Unit(l.Unit)}
	if limit.Unit.Hours() {
		limit.N = int(l.N * 60)
	}
	return cal.DueAt(from, limit, calendar.Agency).At, nil
}

// words is a fault in both languages: a procedure's own sentence where it has
// one, else that of the key, with what is wrong in the fields.
func (r *Room) words(err error) i18n.Text {
	var f *fault.Error
	if !errors.As(err, &f) {
		return i18n.Text{ZH: err.Error(), EN: err.Error()}
	}
	if t, ok := f.Args["text"].(i18n.Text); ok {
		return t
	}
	t := r.say(f.Key, f.Args)
	for _, x := range f.Fields {
		more := r.say(x.Key, x.Args)
		t.ZH, t.EN = fmt.Sprintf("%s %s：%s", t.ZH, x.Name, more.ZH), fmt.Sprintf("%s %s: %s", t.EN, x.Name, more.EN)
	}
	return t
}

func (r *Room) say(key string, args fault.Args) i18n.Text {
	t := r.Words.Text(key)
	return i18n.Text{ZH: t.Fill(i18n.ZH, args), EN: t.Fill(i18n.EN, args)}
}

// ours reports whether a fault is one that a line may be refused for.
func ours(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable
}

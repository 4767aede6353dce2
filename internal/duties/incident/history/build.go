package history

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	wall "xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// The two events of a foreign case.
const (
	TakenOver = "taken_over"
	Ended     = "ended_elsewhere"
)

// StepName is how a timeline calls an event of this room; false for others.
func StepName(step string) (i18n.Text, bool) {
	switch step {
	case TakenOver:
		return i18n.Text{ZH: "移交接收（原系统受理时间）", EN: "Taken over (opened elsewhere)"}, true
	case Ended:
		return i18n.Text{ZH: "原系统办结", EN: "Ended elsewhere"}, true
	}
	return i18n.Text{}, false
}

// builder makes cases of lines. It is used by many goroutines and changes nothing.
type builder struct {
	*Mapping
	engine    dbx.Engine
	division  id.ID
	digest    string
	now       time.Time
	proc      *procedure.Procedure
	initial   map[string]json.RawMessage
	desk      *calendar.Calendar
	dept      *calendar.Calendar
	places    *place.Map
	classes   *catalogue.Catalogue
	directory *people.Directory
	relocate  *relocation
	head      []string
}

// built is a case ready to be written.
type built struct {
	foreign string
	c       *record.Case
	columns record.Encoded
	events  []record.Event
	words   search.Entry
}

// publicSources are the ways in by which the public is heard; as in the
// procedure's step report.
var publicSources = []string{"public_web", "phone", "counter", "hotline", "media", "leader", "open311", "visit", "open_day"}

// said is what a line says, read.
type said struct {
	foreign, number, title, desc, class, dept, source, priority, address, end string
	opened, due, closed                                                       time.Time
	place                                                                     *geo.Point
}

func (b *builder) read(l line) (s said, err error) {
	if l.bad != "" {
		return s, refusal{"line", l.bad}
	}
	cells := make(map[string]string, len(b.head))
	for i, h := range b.head {
		if !utf8.ValidString(l.cells[i]) {
			return s, refusal{h, "is not text in the encoding of the mapping"}
		}
		cells[h] = l.cells[i]
	}
	for name, to := range map[string]*string{"id": &s.foreign, "number": &s.number, "title": &s.title, "desc": &s.desc, "class": &s.class, "dept": &s.dept,
		"source": &s.source, "priority": &s.priority, "address": &s.address, "end": &s.end} {
		if *to, err = b.Value(name, cells); err != nil {
			return s, err
		}
	}
	for name, to := range map[string]*time.Time{"opened": &s.opened, "due": &s.due, "closed": &s.closed} {
		if *to, err = b.At(name, cells); err != nil {
			return s, err
		}
	}
	if s.place, err = b.Point(cells); err != nil {
		return s, err
	}
	if s.place != nil && b.relocate != nil {
		p := b.relocate.move(*s.place)
		s.place = &p
	}
	return s, b.judge(&s)
}

// judge refuses what cannot be, and fills in what goes without saying.
func (b *builder) judge(s *said) error {
	switch {
	case s.foreign == "":
		return refusal{"id", "is empty"}
	case s.opened.IsZero():
		return refusal{"opened", "is empty"}
	case s.opened.After(b.now):
		return refusal{"opened", "lies in the future"}
	case !s.closed.IsZero() && s.closed.Before(s.opened):
		return refusal{"closed", "lies before it was opened"}
	case s.closed.After(b.now):
		return refusal{"closed", "lies in the future"}
	case s.title == "":
		return refusal{"title", "is empty"}
	}
	if s.class != "" {
		if _, err := b.classes.Class(s.class); err != nil {
			return refusal{"class", fmt.Sprintf("there is no class %q", s.class)}
		}
	}
	if s.dept != "" {
		if _, err := b.directory.Department(s.dept); err != nil {
			return refusal{"dept", fmt.Sprintf("there is no department %q", s.dept)}
		}
	}
	if s.end == "" {
		s.end = "fixed"
	}
	if ends[s.end] == "" {
		return refusal{"end", fmt.Sprintf("%q is none of fixed, unfixable, not_ours, void", s.end)}
	}
	if s.source == "" {
		s.source = "phone"
	}
	if s.priority == "" {
		s.priority = "P3"
	}
	if !slices.Contains([]string{"P1", "P2", "P3", "P4"}, s.priority) {
		return refusal{"priority", fmt.Sprintf("%q is none of P1 to P4", s.priority)}
	}
	if s.desc == "" {
		s.desc = s.title
	}
	return nil
}

// build makes the case of a line; an error is why it is set aside.
func (b *builder) build(l line) (*built, error) {
	s, err := b.read(l)
	if err != nil {
		return nil, err
	}
	data, err := b.data(s)
	if err != nil {
		return nil, err
	}
	caseID, state := id.New(), "filed"
	if s.dept != "" {
		state = "handling"
	}
	running := b.clocks(s, state)
	bodies := []*record.Body{{Case: caseID, Seq: 1, At: wall.Micro(s.opened), Step: TakenOver, From: procedure.None, To: state,
		Procedure: b.proc.ID, Version: b.proc.Version, Number: s.number, Actor: record.Actor{Account: "system"},
		Input: b.input(s.foreign), Data: data, Clocks: running}}
	if !s.closed.IsZero() {
		bodies = append(bodies, b.end(s, caseID, state, running))
	}
	return b.seal(s, caseID, bodies)
}

func (b *builder) input(foreign string) map[string]json.RawMessage {
	return map[string]json.RawMessage{"origin": raw(b.Origin), "foreign_id": raw(foreign), "taken_over_at": raw(b.now.UTC().Format(time.RFC3339))}
}

// raw is a string as JSON, which cannot fail.
func raw(s string) json.RawMessage {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return out
}

// data are the case's first fields.
func (b *builder) data(s said) (map[string]json.RawMessage, error) {
	out := make(map[string]json.RawMessage, len(b.initial)+20)
	for k, v := range b.initial {
		out[k] = v
	}
	n, unit := b.Limit.N, b.Limit.Unit
	if s.class != "" {
		if list := b.classes.Conditions(s.class, b.now); len(list) > 0 {
			out["condition"], out["closing"] = raw(list[0].ID), raw(list[0].ID)
			n, unit = float64(list[0].Limit.N), string(list[0].Limit.Unit)
		}
	}
	values := map[string]any{"limit_n": n, "public_source": slices.Contains(publicSources, s.source)}
	provenance := b.Provenance
	if s.place != nil {
		at := b.places.Locate(*s.place, b.now)
		for name, code := range map[string]string{"grid": at.Grid, "street": at.Street, "community": at.Community} {
			if code != "" {
				out[name] = raw(code)
			}
		}
		values["place"] = procedure.Point{Lat: s.place.Lat, Lng: s.place.Lng}
		if s.address == "" {
			s.address = b.places.Describe(*s.place, b.now).ZH
		}
		if b.relocate != nil {
			provenance = "synthetic: moved from its own city; " + provenance
		}
	}
	if s.dept != "" {
		values["dispatched"], values["dispatched_at"] = true, s.opened
	}
	for k, v := range values {
		encoded, err := field.Encode(v)
		if err != nil {
			return nil, err
		}
		out[k] = encoded
	}
	for k, v := range map[string]string{"limit_unit": unit, "title": s.title, "desc": s.desc, "class": s.class, "dept": s.dept, "source": s.source,
		"priority": s.priority, "address": s.address, "provenance": provenance} {
		if v != "" {
			out[k] = raw(v)
		}
	}
	return out, nil
}

// clocks is the clock of the state with the target as its due instant. What
// was late elsewhere is late here, but nobody is told of it again.
func (b *builder) clocks(s said, state string) []clock.Clock {
	st := b.proc.StateOf(state)
	if s.due.IsZero() || st == nil || st.Clock == "" {
		return nil
	}
	def := b.proc.ClockOf(st.Clock)
	spec := clock.Spec{ID: def.ID, Party: calendar.Party(def.Party), Calendar: def.Calendar, Until: s.due}
	for _, r := range def.Ladder {
		if r.Past != nil {
			spec.Ladder = append(spec.Ladder, clock.Ladder{ID: r.ID, Share: *r.Past, MinHours: r.MinHours, MinDays: r.MinDays})
		}
	}
	c := clock.Start(b.calendar(def.Calendar), spec, 1, s.opened)
	until := b.now
	if !s.closed.IsZero() {
		until = s.closed
	}
	for more := true; more; {
		_, more = c.Fire(until)
	}
	return []clock.Clock{c}
}

func (b *builder) calendar(name string) *calendar.Calendar {
	if name == "dept" {
		return b.dept
	}
	return b.desk
}

// end is the event of a case that ended elsewhere.
func (b *builder) end(s said, caseID id.ID, from string, running []clock.Clock) *record.Body {
	e := &record.Body{Case: caseID, Seq: 2, At: wall.Micro(s.closed), Step: Ended, From: from, To: ends[s.end], Actor: record.Actor{Account: "system"},
		Input: b.input(s.foreign), Data: map[string]json.RawMessage{"end": raw(s.end), "settled": json.RawMessage("true")}}
	if s.end != "fixed" {
		e.Data["reason"] = raw("原系统（" + b.Origin + "）的办理结果 / as " + b.Origin + " recorded it")
	}
	for _, c := range running {
		c.Finish(b.calendar(c.Calendar), s.closed)
		e.Clocks = append(e.Clocks, c)
	}
	return e
}

// seal chains the events and makes the row that follows from them.
func (b *builder) seal(s said, caseID id.ID, bodies []*record.Body) (*built, error) {
	f := record.Folded{Raw: map[string]json.RawMessage{}}
	out := &built{foreign: s.foreign}
	for _, body := range bodies {
		body.Digest = b.digest
		ev, err := record.Seal(body, "", f.Head)
		if err != nil {
			return nil, err
		}
		f.Apply(body)
		f.Head = ev.Hash
		out.events = append(out.events, ev)
	}
	c := &record.Case{Raw: f.Raw, Clocks: f.Clocks, Head: f.Head}
	c.Row = record.Row{Division: b.division, ID: caseID, Procedure: b.proc.ID, ProcVersion: b.proc.Version, Number: f.Number, Digest: f.Digest, State: f.State,
		Opened: f.Opened, Updated: f.Updated, Entered: f.Entered, Version: int64(len(bodies))}
	if err := c.Project(b.proc); err != nil {
		return nil, err
	}
	out.c = c
	var err error
	if out.columns, err = c.Encode(); err != nil {
		return nil, err
	}
	out.words = search.Prepare(b.engine, search.Doc{Division: c.Division, Case: c.ID, Opened: c.Opened, Number: c.Number, Title: c.Title,
		Address: c.Address, Text: s.desc, Dept: c.Dept, Ended: c.Terminal})
	return out, nil
}

package incident

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/text"
)

// Published is a case as everybody may read it: what the neighbours' list
// shows, and what became of it. Text is masked, photos are those a person
// released, and nothing tells who reported or who handles it by name.
type Published struct {
	Reference string
	Open      bool
	State     i18n.Text
	Class     string // "" while nobody has named it
	Text      string // masked; "" when the report was refused
	Address   string // masked
	Dept      i18n.Text
	Point     *geo.Point
	Opened    time.Time
	Updated   time.Time
	Promised  time.Time          // by when the reporter hears the result; zero when nothing runs
	Photos    []evidence.Exhibit // released
}

// Wanted narrows what is published. Empty parts do not narrow.
type Wanted struct {
	References []string // other parts are not looked at beside them
	Classes    []string
	Status     Status
	From, To   time.Time // opened, the second exclusive
	Limit      int
	Offset     int
}

// Status is whether a case is still being worked on.
type Status string

// The statuses, as a procedure's states carry them.
const (
	AnyStatus    Status = ""
	OpenStatus   Status = "open"
	ClosedStatus Status = "closed"
)

// What was taken back by its reporter nobody else is told of; what was refused,
// often a joke or an insult, is counted but not quoted.
const (
	withdrawnEnd = "withdrawn"
	voidEnd      = "void"
)

// tail is the length of the part of a reference that tells apart cases of the
// same instant.
const tail = 6

// Reference is the name of a case towards everybody. The receipt code cannot be
// it, because who holds one may act as the reporter; nor the case number, which
// a report has only once it is filed; nor the internal id, which no stranger
// needs. It is computed: the instant of the report, which is public anyway and
// has an index, and a few letters of a digest.
func Reference(caseID id.ID, opened int64) string {
	return strings.ToUpper(strconv.FormatInt(opened, 36)) + "-" + digest(caseID)
}

func digest(caseID id.ID) string {
	sum := sha256.Sum256(append([]byte("xiucheng public reference "), caseID[:]...))
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	out := make([]byte, tail)
	for i := range out {
		out[i] = letters[sum[i]%byte(len(letters))]
	}
	return string(out)
}

// instant is when the case of a reference was opened; ok is false for what
// cannot be one.
func instant(ref string) (opened int64, ok bool) {
	at, rest, found := strings.Cut(ref, "-")
	opened, err := strconv.ParseInt(at, 36, 64)
	return opened, found && err == nil && opened > 0 && len(rest) == tail
}

// Published lists what everybody may read, the newest first. References nobody
// has are left out.
func (c *Citizens) Published(ctx context.Context, division id.ID, w Wanted) (_ []Published, err error) {
	defer fault.Trace(&err, "incident.Published")
	e := record.Extract{Procedure: Procedure, Limit: w.Limit, Offset: w.Offset}
	if len(w.References) > 0 {
		e.Opened = instants(w.References)
		if len(e.Opened) == 0 {
			return nil, nil
		}
	} else {
		e.Classes, e.From, e.To = w.Classes, clock.Micro(w.From), clock.Micro(w.To)
		if e.Without, err = c.without(w.Status); err != nil {
			return nil, err
		}
	}
	rows, err := e.Full(ctx, c.db, division)
	if err != nil {
		return nil, err
	}
	return c.publish(ctx, division, rows, w)
}

func instants(refs []string) (out []int64) {
	for _, ref := range refs {
		if at, ok := instant(strings.ToUpper(ref)); ok {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// without lists the states that are not published under the status.
func (c *Citizens) without(want Status) (out []string, err error) {
	p, err := c.engine.Library().Latest(Procedure)
	if err != nil {
		return nil, err
	}
	for i := range p.States {
		if s := &p.States[i]; !published(s) || want != AnyStatus && s.Open311 != string(want) {
			out = append(out, s.ID)
		}
	}
	return out, nil
}

func published(s *procedure.State) bool { return s.Open311 != "" && s.End != withdrawnEnd }

func (c *Citizens) publish(ctx context.Context, division id.ID, rows []record.Full, w Wanted) ([]Published, error) {
	dir, err := c.dir(ctx, division)
	if err != nil {
		return nil, err
	}
	var kept []id.ID
	var out []Published
	for i := range rows {
		r := &rows[i]
		p, err := c.engine.Library().Version(r.Procedure, r.ProcVersion)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "fault.internal")
		}
		s := p.StateOf(r.State)
		ref := Reference(r.ID, r.Opened)
		if s == nil || !published(s) || len(w.References) > 0 && !slices.ContainsFunc(w.References, func(x string) bool { return strings.EqualFold(x, ref) }) {
			continue
		}
		x := Published{Reference: ref, Open: s.Open311 == string(OpenStatus), State: s.Name, Class: r.Class,
			Opened: clock.FromMicro(r.Opened), Updated: clock.FromMicro(r.Updated), Promised: clock.FromMicro(r.PromiseDue)}
		if s.End != voidEnd {
			x.Text, _ = text.Mask(described(r))
		}
		x.Address, _ = text.Mask(r.Address)
		if r.Place != nil {
			x.Point = &geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng}
		}
		if d, err := dir.Department(r.Dept); err == nil {
			x.Dept = d.Name
		}
		kept, out = append(kept, r.ID), append(out, x)
	}
	photos, err := evidence.Released(ctx, c.db, division, kept)
	for i, caseID := range kept {
		out[i].Photos = photos[caseID]
	}
	return out, err
}

// described is what the reporter wrote, else the title: a report may be a photo
// alone.
func described(r *record.Full) (s string) {
	if json.Unmarshal(r.Raw["desc"], &s) != nil || strings.TrimSpace(s) == "" {
		return r.Title
	}
	return s
}

// PublishedOne finds a case by its reference; what is not published is NotFound.
func (c *Citizens) PublishedOne(ctx context.Context, division id.ID, ref string) (p Published, err error) {
	defer fault.Trace(&err, "incident.PublishedOne")
	list, err := c.Published(ctx, division, Wanted{References: []string{ref}, Limit: sameInstant})
	if err != nil {
		return p, err
	}
	if len(list) == 0 {
		return p, fault.Missing("request")
	}
	return list[0], nil
}

// sameInstant is how many cases may have been opened within one microsecond:
// histories brought in from elsewhere know whole seconds only.
const sameInstant = 1000

// ReferenceOf is the public name of a case just opened.
func (c *Citizens) ReferenceOf(ctx context.Context, division, caseID id.ID) (ref string, err error) {
	defer fault.Trace(&err, "incident.ReferenceOf")
	s, err := c.engine.Find(ctx, division, caseID)
	if err != nil {
		return "", err
	}
	return Reference(s.ID, s.Opened), nil
}

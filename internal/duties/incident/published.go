package incident

import (
	"context"
	"crypto/sha256"
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
	refused   bool
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
	rows, err := e.List(ctx, c.db, division)
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

func (c *Citizens) publish(ctx context.Context, division id.ID, rows []record.Brief, w Wanted) ([]Published, error) {
	dir, err := c.dir(ctx, division)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, ref := range w.References {
		asked[strings.ToUpper(ref)] = true
	}
	versions := map[int]*procedure.Procedure{}
	kept, out := make([]record.Brief, 0, len(rows)), make([]Published, 0, len(rows))
	for _, r := range rows {
		if versions[r.ProcVersion] == nil {
			p, err := c.engine.Library().Version(Procedure, r.ProcVersion)
			if err != nil {
				return nil, fault.Wrap(err, fault.Internal, "fault.internal")
			}
			versions[r.ProcVersion] = p
		}
		s := versions[r.ProcVersion].StateOf(r.State)
		ref := Reference(r.ID, r.Opened)
		if s == nil || !published(s) || len(asked) > 0 && !asked[ref] {
			continue
		}
		x := Published{Reference: ref, Open: s.Open311 == string(OpenStatus), State: s.Name, Class: r.Class, refused: s.End == voidEnd,
			Opened: clock.FromMicro(r.Opened), Updated: clock.FromMicro(r.Updated), Promised: clock.FromMicro(r.PromiseDue)}
		if r.Place != nil {
			x.Point = &geo.Point{Lat: r.Place.Lat, Lng: r.Place.Lng}
		}
		if d, err := dir.Department(r.Dept); err == nil {
			x.Dept = d.Name
		}
		kept, out = append(kept, r), append(out, x)
	}
	if err := c.quote(ctx, division, kept, out); err != nil {
		return nil, err
	}
	return out, c.illustrate(ctx, division, kept, out)
}

// quoted names the texts of a case as they were at one version.
type quoted struct {
	division, caseID id.ID
	version          int64
}

// masked are the texts of a case that everybody may read.
type masked struct{ desc, address string }

// quotes is how many cases' masked texts are remembered: a list of 1,000 costs
// four times as much when each text is masked anew.
const quotes = 8192

// quote fills in the masked texts.
func (c *Citizens) quote(ctx context.Context, division id.ID, rows []record.Brief, out []Published) error {
	var missing []int
	var ids []id.ID
	for i, r := range rows {
		m, ok := c.quotes.Get(quoted{division, r.ID, r.Version})
		if !ok {
			missing, ids = append(missing, i), append(ids, r.ID)
		}
		out[i].say(m)
	}
	texts, err := record.Texts(ctx, c.db, division, ids, "desc")
	if err != nil {
		return err
	}
	for _, i := range missing {
		r, desc := rows[i], texts[rows[i].ID]
		if strings.TrimSpace(desc) == "" { // a report may be a photo alone
			desc = r.Title
		}
		var m masked
		m.desc, _ = text.Mask(desc)
		m.address, _ = text.Mask(r.Address)
		c.quotes.Add(quoted{division, r.ID, r.Version}, m)
		out[i].say(m)
	}
	return nil
}

func (p *Published) say(m masked) {
	p.Address = m.address
	if !p.refused {
		p.Text = m.desc
	}
}

// illustrate fills in the released photos.
func (c *Citizens) illustrate(ctx context.Context, division id.ID, rows []record.Brief, out []Published) error {
	ids := make([]id.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	photos, err := evidence.Released(ctx, c.db, division, ids)
	for i, caseID := range ids {
		out[i].Photos = photos[caseID]
	}
	return err
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

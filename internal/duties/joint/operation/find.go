package operation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Kinds of findings.
const (
	ToIncident  = "incident"
	Enforcement = "enforcement"
	OnTheSpot   = "spot"
	Persuade    = "persuade"
	Nothing     = "nothing"
)

// Find is one place that was looked at, as the timeline says it.
type Find struct {
	N               int // the how manieth of the operation
	At              time.Time
	By, Account     string
	Kind, Unit, Law string
	Shop, Exception string
	Address, Words  string
	Place           *procedure.Point
	Photos          []string // SHA-256 of those that are shown
	Child           id.ID    // the case that it opened; zero for none
}

// Problem reports whether something was found that somebody must deal with:
// where people were persuaded, it was dealt with there.
func (f Find) Problem() bool { return f.Kind != Nothing && f.Kind != Persuade }

// Finds lists what an operation found, in its order.
func Finds(ctx context.Context, q dbx.Querier, division, operation id.ID) (out []Find, err error) {
	events, err := record.Timeline(ctx, q, division, operation)
	if err != nil {
		return nil, err
	}
	files, err := evidence.Of(ctx, q, division, operation)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Step != "find" {
			continue
		}
		b, err := e.Read()
		if err != nil {
			return nil, err
		}
		f := findOf(&b)
		f.N = len(out) + 1
		f.Photos = slices.DeleteFunc(f.Photos, func(sha string) bool {
			return !slices.ContainsFunc(files, func(x evidence.Exhibit) bool { return x.SHA256 == sha && x.Photo() })
		})
		out = append(out, f)
	}
	return out, nil
}

func findOf(b *record.Body) Find {
	f := Find{At: clock.FromMicro(b.At), By: b.Actor.Name, Account: b.Actor.Account}
	for name, to := range map[string]*string{"kind": &f.Kind, "unit": &f.Unit, "law": &f.Law, "shop": &f.Shop, "exception": &f.Exception, "address": &f.Address, "words": &f.Words} {
		if raw := b.Input[name]; raw != nil {
			_ = json.Unmarshal(raw, to) // of the form's type, or empty
		}
	}
	if raw := b.Input["place"]; raw != nil {
		var p procedure.Point
		if json.Unmarshal(raw, &p) == nil {
			f.Place = &p
		}
	}
	for _, x := range b.Evidence {
		f.Photos = append(f.Photos, x.SHA256)
	}
	if len(b.Children) > 0 {
		f.Child = b.Children[0]
	}
	return f
}

// Figures are what a report counts: from the findings, their cases and photos.
type Figures struct {
	Places, Found, Incidents, Leads, Spots, Persuaded, Photos int
	Loose                                                     []int // findings with neither a case nor a reason
}

// count counts. An on-the-spot case is begun on its own page and linked to the
// operation, so that it answers for the findings of its kind, the first ones
// first.
func count(finds []Find, children []record.Row, spots int, reasons []map[string]string) (g Figures) {
	g.Places, g.Spots = len(finds), spots
	for _, f := range finds {
		g.Photos += len(f.Photos)
		if f.Kind == Persuade {
			g.Persuaded++
		}
		if !f.Problem() {
			continue
		}
		g.Found++
		i := slices.IndexFunc(children, func(r record.Row) bool { return r.ID == f.Child })
		switch {
		case i >= 0 && children[i].Procedure == "incident":
			g.Incidents++
		case i >= 0:
			g.Leads++
		case f.Kind == OnTheSpot && spots > 0:
			spots--
		case !explained(reasons, f.N):
			g.Loose = append(g.Loose, f.N)
		}
	}
	return g
}

// Count counts what an operation did so far; reasons say why findings were not
// passed on.
func (m *Room) Count(ctx context.Context, q dbx.Querier, s *engine.Snapshot, reasons []map[string]string) (g Figures, err error) {
	finds, err := Finds(ctx, q, s.Division, s.ID)
	if err != nil {
		return g, err
	}
	children, err := record.Children(ctx, q, s.Division, s.ID)
	if err != nil {
		return g, err
	}
	links, err := record.Links(ctx, q, s.Division, s.ID)
	spots := 0
	for _, l := range links {
		if l.Relation != partOf {
			continue
		}
		c, err := record.Find(ctx, q, s.Division, l.Other)
		if err != nil {
			return g, err
		}
		if c.Procedure == Spot {
			spots++
		}
	}
	return count(finds, children, spots, reasons), err
}

// Rows are the records of a list in the data of an operation.
func Rows(s *engine.Snapshot, name string) []map[string]string {
	list, _ := s.Data[name].([]map[string]string)
	return list
}

// Texts are the words of a list in the data of an operation.
func Texts(s *engine.Snapshot, name string) []string {
	list, _ := s.Data[name].([]string)
	return list
}

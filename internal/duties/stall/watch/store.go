package watch

import (
	"context"
	"database/sql"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Record is one persuasion as it is counted.
type Record struct {
	Case, Account, Duty           id.ID
	Class, Shop, Cluster, Stretch string
	Place                         geo.Point
	State                         string
	Kind                          string // what it was passed on as
	Refused                       bool
	At                            time.Time
}

// Spot is how far apart two records are at most that count as one place, in metres.
const Spot = 30

// History is how a record says what came before it: metres, days, talks, refusals.
const History = "同店或同处（%d 米内）%d 日内劝导 %d 次，不听劝导 %d 次。"

// Same reports whether both are about one shop or, where a shop is not named, one
// spot.
func (r Record) Same(o Record) bool {
	if r.Shop != "" && o.Shop != "" {
		return r.Shop == o.Shop
	}
	return geo.Distance(r.Place, o.Place) <= Spot
}

// Records are those of the time, oldest first.
func Records(ctx context.Context, q dbx.Querier, division id.ID, from, to time.Time) (_ []Record, err error) {
	defer fault.Trace(&err, "watch.Records")
	rows, err := q.Query(ctx, `SELECT case_id, account, duty, class, shop, cluster, stretch, lat, lng, state, kind, refused, at FROM persuasion
		WHERE division = $1 AND at >= $2 AND at < $3 ORDER BY at, case_id`, division, clock.Micro(from), clock.Micro(to))
	return dbx.Collect(rows, err, func(s *sql.Rows) (r Record, err error) {
		var refused, at int64
		err = s.Scan(&r.Case, &r.Account, &r.Duty, &r.Class, &r.Shop, &r.Cluster, &r.Stretch, &r.Place.Lat, &r.Place.Lng, &r.State, &r.Kind, &refused, &at)
		r.Refused, r.At = refused != 0, clock.FromMicro(at)
		return r, err
	})
}

// keep writes what a step made of the record.
func (m *Room) keep(ctx context.Context, d *engine.Doing) error {
	s := d.After
	var refused int64
	if s.State == "refused" {
		refused = clock.Micro(d.Now)
	}
	if d.Before.State != procedure.None {
		_, err := d.Tx.Exec(ctx, `UPDATE persuasion SET state = $1, kind = $2, refused = CASE WHEN refused > 0 THEN refused ELSE $3 END WHERE division = $4 AND case_id = $5`,
			s.State, s.Text("kind"), refused, s.Division, s.ID)
		return err
	}
	p, _ := s.Data["place"].(procedure.Point)
	duty, err := id.Parse(s.Text("duty"))
	if err != nil {
		return err
	}
	_, err = d.Tx.Exec(ctx, `INSERT INTO persuasion (division, case_id, account, duty, class, shop, cluster, stretch, lat, lng, state, kind, refused, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, $12)`,
		s.Division, s.ID, d.Actor.Account, duty, s.Text("class"), s.Text("shop"), s.Text("cluster"), s.Text("stretch"), p.Lat, p.Lng, s.State, clock.Micro(d.Now))
	return err
}

// Count is how often somebody was spoken to at one shop or spot.
type Count struct {
	Latest            Record
	Talks, Refused    int
	Incidents         int // confirmed, in the time of that rule
	Repeated, LeadDue bool
}

// rules is when a place counts as repeated.
type rules struct {
	refused, talks, days    int
	incidents, incidentDays int
}

func (m *Room) rules(ctx context.Context, division id.ID) (r rules, err error) {
	set, err := m.Settings(ctx, division)
	if err != nil {
		return r, err
	}
	return rules{set.Int("persuasion.repeat"), set.Int("persuasion.talks"), set.Int("persuasion.days"), set.Int("persuasion.incidents"), set.Int("persuasion.incident_days")}, nil
}

// count counts what happened where the record was made, itself included.
func (r rules) count(of Record, all []Record, confirmed map[id.ID]bool, now time.Time) Count {
	c := Count{Latest: of}
	since, incidents := now.AddDate(0, 0, -r.days), now.AddDate(0, 0, -r.incidentDays)
	for _, x := range all {
		if x.State == "void" || !x.Same(of) {
			continue
		}
		if !x.At.Before(since) {
			c.Talks++
			if x.Refused {
				c.Refused++
			}
		}
		if !x.At.Before(incidents) && confirmed[x.Case] {
			c.Incidents++
		}
		if x.At.After(c.Latest.At) {
			c.Latest = x
		}
	}
	c.Repeated = c.Refused >= r.refused || c.Talks >= r.talks
	c.LeadDue = c.Incidents >= r.incidents
	return c
}

// confirmed are the records whose incident turned out to be true: it was filed,
// and not ended as void or withdrawn.
func confirmed(ctx context.Context, q dbx.Querier, division id.ID, list []Record) (map[id.ID]bool, error) {
	out, of := map[id.ID]bool{}, map[id.ID]id.ID{}
	var incidents []id.ID
	for _, r := range list {
		if r.Kind != "incident" {
			continue
		}
		links, err := record.Links(ctx, q, division, r.Case)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			of[l.Other] = r.Case
			incidents = append(incidents, l.Other)
		}
	}
	if len(incidents) == 0 {
		return out, nil
	}
	rows, err := record.Rows(ctx, q, division, record.Filter{Procedures: []string{"incident"}}, incidents)
	for _, x := range rows {
		switch x.State {
		case "reported", "awaiting_info", "verifying", "reject_review", "void", "withdrawn", "closed_not_ours":
		default:
			out[of[x.ID]] = true
		}
	}
	return out, err
}

// Repeats are the places where the rule of repeats holds now, those with the most
// refusals first.
func (m *Room) Repeats(ctx context.Context, q dbx.Querier, division id.ID, now time.Time) (out []Count, err error) {
	defer fault.Trace(&err, "watch.Repeats")
	r, err := m.rules(ctx, division)
	if err != nil {
		return nil, err
	}
	list, err := Records(ctx, q, division, now.AddDate(0, 0, -max(r.days, r.incidentDays)), now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	proved, err := confirmed(ctx, q, division, list)
	seen := map[id.ID]bool{}
	for i := len(list) - 1; i >= 0; i-- {
		of := list[i]
		if seen[of.Case] || of.State == "void" {
			continue
		}
		for _, x := range list {
			if x.Same(of) {
				seen[x.Case] = true
			}
		}
		if c := r.count(of, list, proved, now); c.Repeated || c.LeadDue {
			out = append(out, c)
		}
	}
	return out, err
}

// Classes are those that are watched around a cluster, as prefixes of their codes.
var Classes = []string{"09001", "09005", "09006", "06029", "09021", "09022", "LOCAL-STALL"}

// Incidents are those of the watched classes that were reported at a known place
// in the time, newest first.
func Incidents(ctx context.Context, q dbx.Querier, division id.ID, from, to time.Time) (out []record.Row, err error) {
	defer fault.Trace(&err, "watch.Incidents")
	f := record.Filter{Procedures: []string{"incident"}, Classes: Classes, OpenedFrom: clock.Micro(from), OpenedTo: clock.Micro(to), Sort: record.ByOpened, Limit: 500}
	for {
		p, err := record.List(ctx, q, division, f)
		if err != nil {
			return nil, err
		}
		for _, r := range p.Rows {
			if r.Place != nil {
				out = append(out, r)
			}
		}
		if f.After = p.Next; f.After == "" {
			return out, nil
		}
	}
}

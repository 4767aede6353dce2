package watch

import (
	"context"
	"database/sql"
	"math"
	"slices"
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
	return list(ctx, q, `division = $1 AND at >= $2 AND at < $3`, division, clock.Micro(from), clock.Micro(to))
}

// alike are the records of the time about the same shop or spot, oldest first.
func alike(ctx context.Context, q dbx.Querier, division id.ID, of Record, from, to time.Time) (_ []Record, err error) {
	defer fault.Trace(&err, "watch.alike")
	out, err := list(ctx, q, `division = $1 AND at >= $2 AND at < $3 AND (shop <> '' AND shop = $4 OR lat BETWEEN $5 AND $6 AND lng BETWEEN $7 AND $8)`,
		division, clock.Micro(from), clock.Micro(to), of.Shop, of.Place.Lat-side, of.Place.Lat+side, of.Place.Lng-side, of.Place.Lng+side)
	return slices.DeleteFunc(out, func(x Record) bool { return !x.Same(of) }), err
}

func list(ctx context.Context, q dbx.Querier, where string, args ...any) ([]Record, error) {
	rows, err := q.Query(ctx, `SELECT case_id, account, duty, class, shop, cluster, stretch, lat, lng, state, kind, refused, at FROM persuasion WHERE `+where+` ORDER BY at, case_id`, args...)
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

// count counts what happened where the record was made: same are those of one shop
// or spot with it, itself included.
func (r rules) count(of Record, same []*Record, confirmed map[id.ID]bool, now time.Time) Count {
	c := Count{Latest: of}
	since, incidents := now.AddDate(0, 0, -r.days), now.AddDate(0, 0, -r.incidentDays)
	for _, x := range same {
		if x.State == "void" {
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
			c.Latest = *x
		}
	}
	c.Repeated = c.Refused >= r.refused || c.Talks >= r.talks
	c.LeadDue = c.Incidents >= r.incidents
	return c
}

// confirmed are the records whose incident turned out to be true: it was filed,
// and not ended as void or withdrawn.
func confirmed(ctx context.Context, q dbx.Querier, division id.ID, list []Record) (map[id.ID]bool, error) {
	out, of := map[id.ID]bool{}, map[id.ID][]id.ID{}
	var passed, incidents []id.ID
	for _, r := range list {
		if r.Kind == "incident" {
			passed = append(passed, r.Case)
		}
	}
	links, err := record.Others(ctx, q, division, passed)
	if err != nil || len(links) == 0 {
		return out, err
	}
	for c, others := range links {
		for _, o := range others {
			of[o] = append(of[o], c)
			if len(of[o]) == 1 {
				incidents = append(incidents, o)
			}
		}
	}
	rows, err := record.Rows(ctx, q, division, record.Filter{Procedures: []string{"incident"}}, incidents)
	for _, x := range rows {
		switch x.State {
		case "reported", "awaiting_info", "verifying", "reject_review", "void", "withdrawn", "closed_not_ours":
		default:
			for _, c := range of[x.ID] {
				out[c] = true
			}
		}
	}
	return out, err
}

// Repeats are the places where the rule of repeats holds now, those with the most
// refusals first; with a cluster, those whose latest record is of that one.
func (m *Room) Repeats(ctx context.Context, q dbx.Querier, division id.ID, cluster string, now time.Time) (out []Count, err error) {
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
	if err != nil {
		return nil, err
	}
	all := sort(list)
	seen := map[id.ID]bool{}
	for i := len(list) - 1; i >= 0; i-- {
		of := list[i]
		if seen[of.Case] || of.State == "void" || cluster != "" && of.Cluster != cluster {
			continue
		}
		same := all.same(of)
		for _, x := range same {
			seen[x.Case] = true
		}
		if c := r.count(of, same, proved, now); (c.Repeated || c.LeadDue) && (cluster == "" || c.Latest.Cluster == cluster) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Count) int { return b.Refused - a.Refused })
	return out, nil
}

// sorted are records by their shop and by the square of the map they lie in: of
// thousands only those near each other are compared.
type sorted struct {
	shops   map[string][]*Record
	squares map[[2]int][]*Record
}

func sort(list []Record) sorted {
	s := sorted{map[string][]*Record{}, map[[2]int][]*Record{}}
	for i := range list {
		r := &list[i]
		if r.Shop != "" {
			s.shops[r.Shop] = append(s.shops[r.Shop], r)
		}
		s.squares[square(r.Place)] = append(s.squares[square(r.Place)], r)
	}
	return s
}

// side is that of a square of the map in degrees: sixty metres to the north, and
// from the equator to Mohe more than thirty to the east. What lies within Spot of a
// place is in its square or in one beside it.
const side = 2 * Spot / 111_000.0

func square(p geo.Point) [2]int {
	return [2]int{int(math.Floor(p.Lat / side)), int(math.Floor(p.Lng / side))}
}

// same are the records of the shop or spot, that one included, in no order.
func (s sorted) same(of Record) []*Record {
	out := slices.Clone(s.shops[of.Shop]) // none have the shop ""
	at := square(of.Place)
	for y := at[0] - 1; y <= at[0]+1; y++ {
		for x := at[1] - 1; x <= at[1]+1; x++ {
			for _, r := range s.squares[[2]int{y, x}] {
				if (r.Shop == "" || of.Shop == "") && of.Same(*r) {
					out = append(out, r)
				}
			}
		}
	}
	return out
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

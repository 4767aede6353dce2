package incident

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	wall "xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

type taken = rule.Taken

// placeOf is where a scene's point lies.
type placeOf struct {
	Point geo.Point
	place.Located
}

// target is the case a merge names, followed to the root where it was merged
// itself.
func (s scene) target(ctx context.Context) (*record.Case, error) {
	key, err := id.Parse(s.text("target"))
	if err != nil {
		return nil, fault.Missing("case")
	}
	return record.Find(ctx, s.Q, s.Snapshot.Division, key)
}

func mergeOK(ctx context.Context, s scene) (any, error) {
	t, err := s.target(ctx)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	} else if err != nil {
		return nil, err
	}
	return t.ID != s.Snapshot.ID && !t.Terminal && t.Procedure == Procedure, nil
}

func (s scene) apart(ctx context.Context) (metres float64, gap time.Duration, err error) {
	t, err := s.target(ctx)
	if err != nil || t.Place == nil || s.Snapshot.Place == nil {
		return 0, 0, err
	}
	own := s.Snapshot.Place
	metres = geo.Distance(geo.Point{Lat: own.Lat, Lng: own.Lng}, geo.Point{Lat: t.Place.Lat, Lng: t.Place.Lng})
	return metres, wall.FromMicro(t.Opened).Sub(s.opened).Abs(), nil
}

func mergeNear(ctx context.Context, s scene) (any, error) {
	metres, gap, err := s.apart(ctx)
	c, ok := s.class()
	return ok && err == nil && metres <= float64(c.Family.RadiusM)+slack && gap <= c.Family.Window(), ignoreMissing(err)
}

func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func mergeMetres(ctx context.Context, s scene) (any, error) {
	metres, _, err := s.apart(ctx)
	return int64(metres), ignoreMissing(err)
}

func mergeGap(ctx context.Context, s scene) (any, error) {
	_, gap, err := s.apart(ctx)
	if gap >= 48*time.Hour {
		return fmt.Sprintf("%d 天 / %d days", int(gap.Hours()/24), int(gap.Hours()/24)), ignoreMissing(err)
	}
	return fmt.Sprintf("%d 小时 / %d h", int(gap.Hours()), int(gap.Hours())), ignoreMissing(err)
}

func targetOpen(ctx context.Context, s scene) (any, error) {
	key, err := id.Parse(s.data("merged_into"))
	if err != nil {
		return false, nil
	}
	t, err := record.Find(ctx, s.Q, s.Snapshot.Division, key)
	if err != nil {
		return false, ignoreMissing(err)
	}
	return !t.Terminal || string(t.Raw["settled"]) != "true", nil
}

// merge hands this case's reporters and its promise to the target; the earlier
// promise wins.
func (d *Duty) merge(ctx context.Context, x *engine.Doing) error {
	to, err := id.Parse(fmt.Sprint(x.Input["target"]))
	if err != nil {
		return fault.Missing("case")
	}
	division := x.After.Division
	carried, err := party.Of(ctx, x.Tx, division, x.After.ID)
	if err != nil {
		return err
	}
	own := []id.ID{x.After.ID}
	for _, p := range carried {
		if !slices.Contains(own, p.Case) {
			own = append(own, p.Case)
		}
	}
	if _, err := party.Carry(ctx, x.Tx, division, own, to); err != nil {
		return err
	}
	x.Event.Links = append(x.Event.Links, record.Link{Other: to, Relation: "same_place"})
	i := slices.IndexFunc(x.Before.Clocks, func(c clock.Clock) bool { return c.ID == "promise" && c.State == clock.Running })
	if i < 0 {
		return nil
	}
	_, err = x.Engine.ActIn(ctx, x.Tx, engine.Act{Case: to, Step: "join", Actor: people.SystemActor(division), Input: procedure.Input{
		"case": x.After.ID.String(), "promise": wall.FromMicro(x.Before.Clocks[i].Due),
	}})
	return err
}

// unmerge takes the reporters back.
func (d *Duty) unmerge(ctx context.Context, x *engine.Doing) error {
	_, err := party.Carry(ctx, x.Tx, x.After.Division, []id.ID{x.After.ID}, x.After.ID)
	return err
}

// split opens a case for each part; the first case goes on with its own.
func (d *Duty) split(ctx context.Context, x *engine.Doing) error {
	parts, _ := x.Input["parts"].([]string)
	p := x.Before.Place
	if p == nil {
		return fault.New(fault.Invalid, "R05", "fields", "位置 / place")
	}
	for _, part := range parts {
		res, err := x.Engine.OpenIn(ctx, x.Tx, engine.Opening{Procedure: Procedure, Division: x.After.Division, Step: "report",
			Actor: people.SystemActor(x.After.Division), Party: &engine.NewParty{NoReceipt: true},
			Input: procedure.Input{"source": "split", "desc": part, "place": *p}})
		if err != nil {
			return err
		}
		x.Event.Children = append(x.Event.Children, res.Case)
		x.Event.Links = append(x.Event.Links, record.Link{Other: res.Case, Relation: "part_of"})
	}
	return nil
}

// coTasks gives every co-unit a task that ends with the lead's limit.
func (d *Duty) coTasks(ctx context.Context, x *engine.Doing) error {
	depts, _ := x.Input["co_depts"].([]string)
	i := slices.IndexFunc(x.After.Clocks, func(c clock.Clock) bool { return c.ID == "handle" })
	for _, dept := range depts {
		if dept == x.After.Dept || i < 0 {
			continue
		}
		res, err := x.Engine.OpenIn(ctx, x.Tx, engine.Opening{Procedure: "incident-task", Division: x.After.Division, Step: "give",
			Actor: people.SystemActor(x.After.Division), Parent: x.After.ID, Party: &engine.NewParty{NoReceipt: true},
			Input: procedure.Input{"dept": dept, "ask": x.After.Title, "due": wall.FromMicro(x.After.Clocks[i].Due)}})
		if err != nil {
			return err
		}
		x.Event.Children = append(x.Event.Children, res.Case)
	}
	return nil
}

// ruling remembers who answers for this class at this grid, unless the ruling
// was for the time being.
func (d *Duty) ruling(ctx context.Context, x *engine.Doing) error {
	if temporary, _ := x.Input["temporary"].(bool); temporary || x.After.Grid == "" {
		return nil
	}
	_, err := x.Tx.Exec(ctx, `INSERT INTO incident_ruling (division, class, grid, department, case_id, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (division, class, grid) DO UPDATE SET department = excluded.department, case_id = excluded.case_id, at = excluded.at`,
		x.After.Division, x.After.Class, x.After.Grid, x.After.Dept, x.After.ID, wall.Micro(x.Now))
	return err
}

// release shows the photos of the repair to the reporters and everybody, when
// whoever closes the case has looked at them and says so.
func release(ctx context.Context, x *engine.Doing) error {
	if yes, _ := x.Input["release"].(bool); !yes {
		return nil
	}
	list, err := evidence.Of(ctx, x.Tx, x.After.Division, x.After.ID)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !e.Photo() || e.Kind != "after" && e.Kind != "check" {
			continue
		}
		if err := evidence.Release(ctx, x.Tx, x.After.Division, x.After.ID, e.SHA256, true, x.Actor.Name, x.Now); err != nil {
			return err
		}
	}
	return nil
}

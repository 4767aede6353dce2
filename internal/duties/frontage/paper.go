package frontage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
)

// door is the template of the pledge as it hangs at the door.
const door = "P71"

// Sheet is the template of the pledge and all that it says of a case: no word of
// the person who signed, because it hangs at the door.
func (m *Room) Sheet(ctx context.Context, q dbx.Querier, s *engine.Snapshot, now time.Time) (t *paper.Template, c paper.Content, err error) {
	lib, err := m.Templates(ctx)
	if err != nil {
		return nil, c, err
	}
	if t = lib.Latest(door); t == nil {
		return nil, c, fmt.Errorf("frontage: no template %s", door)
	}
	set, err := m.Settings(ctx, s.Division)
	if err != nil {
		return nil, c, err
	}
	all, err := InForce(ctx, q, s.Division, calendar.DateOf(now))
	items, _ := s.Data["items"].([]string)
	var duties []string
	for _, d := range all {
		if slices.Contains(items, d.Code) {
			duties = append(duties, d.Name.ZH+"|"+d.Text.ZH)
		}
	}
	line, _ := shop.ParseLine(s.Text("stretch")) // was checked when it was drafted
	c = paper.Content{Agency: paper.AgencyOf(set), Date: now, Fields: paper.Values{"pledge_no": s.Number, "shop_code": s.Text("shop"), "shop_name": s.Text("shop_name"),
		"shop_address": s.Text("address"), "metres": fmt.Sprintf("%.1f", line.Metres()), "duties": duties}}
	for field, name := range map[string]string{"signed_on": "signed_at", "until": "until"} {
		if at, ok := s.Data[name].(time.Time); ok {
			c.Fields[field] = at
		}
	}
	return t, c, err
}

// keep fixes the signed pledge as a paper of the case; one that was signed before
// is replaced.
func (m *Room) keep(ctx context.Context, d *engine.Doing) error {
	before, err := paper.Of(ctx, d.Tx, d.After.Division, d.After.ID)
	if err != nil {
		return err
	}
	t, c, err := m.Sheet(ctx, d.Tx, d.After, d.Now)
	if err != nil {
		return err
	}
	by := d.Actor.Account.String()
	next, err := paper.Fix(ctx, d.Tx, paper.Act{Division: d.After.Division, Case: d.After.ID, Seq: d.Event.Seq, By: by, Template: t, Content: c})
	for i := 0; err == nil && i < len(before); i++ {
		if before[i].State == paper.Issued {
			err = paper.Replace(ctx, d.Tx, d.After.Division, before[i].ID, next.ID, by, d.Step.Name.ZH, d.Now)
		}
	}
	return err
}

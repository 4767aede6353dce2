package permit

import (
	"context"
	"math"
	"time"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Band is the one that is open now or opens next today, "" for none.
func Band(c *cluster.Cluster, now time.Time) string { return bandOf(c, now) }

// LeadIn gives a stall for the opening of today to whoever was met on the street
// and led there. Nobody asked for a name or a number, so that the month's number
// of passes is not counted. A stall that is taken is a Conflict.
func LeadIn(ctx context.Context, tx *dbx.Tx, actor people.Actor, stall string, goods []string, band string, now time.Time) error {
	if _, err := Holder(ctx, tx, actor.Division, stall, band); err == nil {
		return fault.New(fault.Conflict, "stall.taken")
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	return pass(ctx, tx, actor, Pass{ID: id.New(), Stall: stall, Band: band, Goods: goods, At: now}, []byte{}, calendar.DateOf(now), math.MaxInt)
}

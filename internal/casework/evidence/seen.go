package evidence

import (
	"context"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// LastSeen is where each of some accounts took their last photo since an
// instant. Who took none that says where is missing.
func LastSeen(ctx context.Context, q dbx.Querier, division id.ID, accounts []string, since time.Time) (_ map[string]procedure.Point, err error) {
	defer fault.Trace(&err, "evidence.LastSeen")
	out := map[string]procedure.Point{}
	for _, a := range accounts {
		var p procedure.Point
		err := q.QueryRow(ctx, `SELECT lat, lng FROM evidence WHERE division = $1 AND actor = $2 AND received >= $3 AND lat IS NOT NULL
			ORDER BY received DESC LIMIT 1`, division, a, clock.Micro(since)).Scan(&p.Lat, &p.Lng)
		if fault.Is(err, fault.NotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		out[a] = p
	}
	return out, nil
}

// Before reports whether one of these files was handed in earlier, with any case
// of the division: an old photo given as a new one.
func Before(ctx context.Context, q dbx.Querier, division id.ID, digests []string) (found bool, err error) {
	defer fault.Trace(&err, "evidence.Before")
	for _, sha := range digests {
		var one int
		err := q.QueryRow(ctx, `SELECT 1 FROM evidence WHERE division = $1 AND sha256 = $2 LIMIT 1`, division, sha).Scan(&one)
		if err == nil {
			return true, nil
		} else if !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	return false, nil
}

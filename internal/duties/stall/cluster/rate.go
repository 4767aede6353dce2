package cluster

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Complaints are what neighbours complain about.
var Complaints = []string{"noise", "smoke", "litter"}

// Voice is what one neighbour says of a cluster on a day.
type Voice struct {
	Cluster string
	Device  []byte // digest of the device's key
	Stars   int    // 1 to 5
	Kinds   []string
	Words   string
}

// Save writes the voice of the day; the same device says it anew.
func Save(ctx context.Context, tx *dbx.Tx, division id.ID, v Voice, now time.Time) (err error) {
	defer fault.Trace(&err, "cluster.Save(%s)", v.Cluster)
	if v.Stars < 1 || v.Stars > 5 {
		return fault.New(fault.Invalid, "form.refused").Field("stars", "stall.stars")
	}
	kinds := slices.DeleteFunc(slices.Clone(Complaints), func(k string) bool { return !slices.Contains(v.Kinds, k) })
	_, err = tx.Exec(ctx, `INSERT INTO stall_rating (division, cluster, day, device, stars, kinds, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (division, cluster, day, device) DO UPDATE SET stars = excluded.stars, kinds = excluded.kinds, words = excluded.words, at = excluded.at`,
		division, v.Cluster, int64(calendar.DateOf(now)), v.Device, v.Stars, strings.Join(kinds, " "), v.Words, clock.Micro(now))
	return err
}

// Rating is what neighbours said of a cluster.
type Rating struct {
	N, Stars   int            // voices, sum of their stars
	Complaints map[string]int // by kind
}

// Mean is the mean of the stars, 0 without voices.
func (r Rating) Mean() float64 {
	if r.N == 0 {
		return 0
	}
	return float64(r.Stars) / float64(r.N)
}

// Ratings adds up the voices since a day, by cluster.
func Ratings(ctx context.Context, q dbx.Querier, division id.ID, since calendar.Date) (out map[string]Rating, err error) {
	defer fault.Trace(&err, "cluster.Ratings")
	out = map[string]Rating{}
	rows, err := q.Query(ctx, `SELECT cluster, kinds, COUNT(*), SUM(stars) FROM stall_rating WHERE division = $1 AND day >= $2 GROUP BY cluster, kinds`,
		division, int64(since))
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var code, kinds string
		var n, stars int
		if err := r.Scan(&code, &kinds, &n, &stars); err != nil {
			return struct{}{}, err
		}
		x := out[code]
		if x.Complaints == nil {
			x.Complaints = map[string]int{}
		}
		x.N, x.Stars = x.N+n, x.Stars+stars
		for _, k := range strings.Fields(kinds) {
			x.Complaints[k] += n
		}
		out[code] = x
		return struct{}{}, nil
	})
	return out, err
}

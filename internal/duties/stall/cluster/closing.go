package cluster

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Closing is how a cluster was left at the end of an opening day 收摊.
type Closing struct {
	Cluster string
	Day     calendar.Date
	Photo   string // digest
	Clean   bool
	Words   string // what was left, and who cleans it
	At      time.Time
}

// CloseDay writes down how the cluster was left today; said again it replaces what
// was said. A day without opening, and one whose hours have not begun, is a
// Conflict; what is not clean needs words.
func (m *Room) CloseDay(ctx context.Context, actor people.Actor, x Closing) (err error) {
	defer fault.Trace(&err, "cluster.CloseDay(%s)", x.Cluster)
	book, err := m.Book(ctx, actor.Division)
	if err != nil {
		return err
	}
	now := m.Clock.Now()
	c := book.Cluster(x.Cluster)
	if c == nil {
		return fault.Missing("stall_cluster")
	}
	x.Day, x.At = calendar.DateOf(now), now
	if !c.Opened(now) {
		return fault.New(fault.Conflict, "stall.not_opened")
	}
	if x.Words = strings.TrimSpace(x.Words); !x.Clean && x.Words == "" {
		return fault.New(fault.Invalid, "form.refused").Field("words", "stall.left_words")
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error { return BringClosing(ctx, tx, actor, x) })
}

// BringClosing keeps a closing of a day as it is said, the last of a day stands.
func BringClosing(ctx context.Context, tx *dbx.Tx, actor people.Actor, x Closing) error {
	_, err := tx.Exec(ctx, `INSERT INTO stall_closing (division, cluster, day, photo, clean, words, account, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (division, cluster, day) DO UPDATE SET photo = excluded.photo, clean = excluded.clean, words = excluded.words, account = excluded.account, at = excluded.at`,
		actor.Division, x.Cluster, int64(x.Day), x.Photo, x.Clean, x.Words, actor.Account, clock.Micro(x.At))
	return err
}

// Opened reports whether the cluster opens today and its hours have begun.
func (c *Cluster) Opened(now time.Time) bool {
	local := now.In(calendar.Zone)
	spans := c.Today(calendar.DateOf(now))
	return len(spans) > 0 && local.Hour()*60+local.Minute() >= spans[0].From
}

// Closings are those since a day, by cluster and day.
func Closings(ctx context.Context, q dbx.Querier, division id.ID, since calendar.Date) (out map[string]map[calendar.Date]Closing, err error) {
	defer fault.Trace(&err, "cluster.Closings")
	out = map[string]map[calendar.Date]Closing{}
	rows, err := q.Query(ctx, `SELECT cluster, day, photo, clean, words, at FROM stall_closing WHERE division = $1 AND day >= $2`, division, int64(since))
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (s struct{}, err error) {
		var x Closing
		var day, at int64
		if err = r.Scan(&x.Cluster, &day, &x.Photo, &x.Clean, &x.Words, &at); err == nil {
			x.Day, x.At = calendar.Date(day), clock.FromMicro(at)
			if out[x.Cluster] == nil {
				out[x.Cluster] = map[calendar.Date]Closing{}
			}
			out[x.Cluster][x.Day] = x
		}
		return s, err
	})
	return out, err
}

// LastOpening is the latest day whose opening is over, 0 where the cluster did not
// open in the last two weeks.
func (c *Cluster) LastOpening(now time.Time) calendar.Date {
	local := now.In(calendar.Zone)
	minute, today := local.Hour()*60+local.Minute(), calendar.DateOf(now)
	for day := today; day > today-14; day-- {
		spans := c.Today(day)
		if n := len(spans); n > 0 && (day < today || spans[n-1].To <= minute) {
			return day
		}
	}
	return 0
}

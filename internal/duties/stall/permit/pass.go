package permit

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/casework/party"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Pass is a stall for one opening.
type Pass struct {
	ID          id.ID
	Code        string // on its card
	Stall, Band string
	Goods       []string
	Last4       string // of the telephone number, "" where nobody asked for one
	Day         calendar.Date
	At          time.Time

	chain []byte // what the passes of one person have in common
}

// DayPass gives a free stall for the opening of today. A stall that is taken or
// does not take the goods is a Conflict; so is a person who had all passes of the
// month.
func (m *Room) DayPass(ctx context.Context, actor people.Actor, stall, phone string, goods []string, now time.Time) (p Pass, err error) {
	defer fault.Trace(&err, "permit.DayPass(%s)", stall)
	book, err := m.Book(ctx, actor.Division)
	if err != nil {
		return p, err
	}
	s, c := book.Stall(stall)
	if s == nil {
		return p, fault.Missing("stall")
	}
	set, err := m.Settings(ctx, actor.Division)
	if err != nil {
		return p, err
	}
	day := calendar.DateOf(now)
	band := bandOf(c, now)
	who := party.PhoneDigest(actor.Division, phone)
	switch {
	case len(who) == 0:
		return p, fault.New(fault.Invalid, "form.refused").Field("phone", "form.required")
	case band == "" || !s.Open:
		return p, fault.New(fault.Conflict, "stall.not_open")
	case len(cluster.Beyond(s.GoodsAt(c.Designation(day)), goods)) > 0:
		return p, fault.New(fault.Conflict, "stall.not_these_goods")
	}
	p = Pass{ID: id.New(), Code: id.Receipt(), Stall: stall, Band: band, Goods: goods, Last4: phone[max(0, len(phone)-4):], Day: day, At: now, chain: who}
	return p, m.DB.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := Holder(ctx, tx, actor.Division, stall, band); err == nil {
			return fault.New(fault.Conflict, "stall.taken")
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		return pass(ctx, tx, actor, p, set.Int("stall.day_passes"))
	})
}

// bandOf is the band that is open now or opens next today, "" for none.
func bandOf(c *cluster.Cluster, now time.Time) string {
	local := now.In(calendar.Zone)
	for _, s := range c.Today(calendar.DateOf(now)) {
		if local.Hour()*60+local.Minute() < s.To {
			return s.Band
		}
	}
	return ""
}

// pass writes a day pass unless the stall is given away for the day or the person
// had as many as a month allows.
func pass(ctx context.Context, tx *dbx.Tx, actor people.Actor, p Pass, most int) error {
	had, err := Had(ctx, tx, actor.Division, p)
	if err != nil {
		return err
	}
	var taken, today int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM stall_day_pass WHERE division = $1 AND stall = $2 AND band = $3 AND day = $4`, actor.Division, p.Stall, p.Band, int64(p.Day)).Scan(&taken); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM stall_day_pass WHERE division = $1 AND chain = $2 AND day = $3 AND band = $4`, actor.Division, p.chain, int64(p.Day), p.Band).Scan(&today); err != nil {
		return err
	}
	switch {
	case taken > 0:
		return fault.New(fault.Conflict, "stall.taken")
	case today > 0:
		return fault.New(fault.Conflict, "stall.pass_today")
	case had >= most:
		return fault.New(fault.Conflict, "stall.passes", "n", most)
	}
	var account any
	if !actor.Account.IsZero() {
		account = actor.Account
	}
	_, err = tx.Exec(ctx, `INSERT INTO stall_day_pass (division, id, stall, band, day, goods, chain, last4, at, account, code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		actor.Division, p.ID, p.Stall, p.Band, int64(p.Day), strings.Join(p.Goods, " "), p.chain, p.Last4, clock.Micro(p.At), account, p.Code)
	return err
}

const passColumns = `id, code, stall, band, goods, last4, day, at, chain`

func scanPass(r interface{ Scan(...any) error }) (p Pass, err error) {
	var goods string
	var day, at int64
	err = r.Scan(&p.ID, &p.Code, &p.Stall, &p.Band, &goods, &p.Last4, &day, &at, &p.chain)
	p.Goods, p.Day, p.At = strings.Fields(goods), calendar.Date(day), clock.FromMicro(at)
	return p, err
}

// Passes are the stalls given away for the opening of a day, by stall and band.
func Passes(ctx context.Context, q dbx.Querier, division id.ID, day calendar.Date) (out map[[2]string]Pass, err error) {
	defer fault.Trace(&err, "permit.Passes")
	out = map[[2]string]Pass{}
	rows, err := q.Query(ctx, `SELECT `+passColumns+` FROM stall_day_pass WHERE division = $1 AND day = $2`, division, int64(day))
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (p Pass, err error) {
		if p, err = scanPass(r); err == nil {
			out[[2]string{p.Stall, p.Band}] = p
		}
		return p, err
	})
	return out, err
}

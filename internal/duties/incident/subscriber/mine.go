package subscriber

import (
	"context"
	"database/sql"
	"slices"

	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func scan(r *sql.Rows) (s subscription, err error) {
	var p []byte
	err = r.Scan(&s.Resident.ID, &s.Case, &p)
	copy(s.Party[:], p)
	return s, err
}

// mostMine is how many reports of one resident are shown.
const mostMine = 200

// Mine is a resident's reports and the published cases the resident follows,
// each list the newest first.
type Mine struct {
	Reports  []Report
	Followed []Followed
}

// Report is one of the resident's own.
type Report struct {
	Party party.Party
	incident.Followed
}

// Followed is somebody else's.
type Followed struct {
	Case id.ID
	incident.Published
}

// Of lists what is a resident's: reports left with the proven number, those
// added by their receipt code, and followed cases.
func (r *Room) Of(ctx context.Context, who resident.Resident) (m Mine, err error) {
	defer fault.Trace(&err, "subscriber.Of")
	parties, err := r.parties(ctx, r.DB, who)
	if err != nil {
		return m, err
	}
	for _, p := range parties {
		f, err := r.Citizens.FollowParty(ctx, p)
		if err != nil {
			return m, err
		}
		m.Reports = append(m.Reports, Report{p, f})
	}
	rows, err := r.DB.Query(ctx, `SELECT resident, case_id, party FROM subscription WHERE division = $1 AND resident = $2 AND party IS NULL ORDER BY at DESC LIMIT $3`,
		who.Division, who.ID, mostMine)
	subs, err := dbx.Collect(rows, err, scan)
	for i := 0; err == nil && i < len(subs); i++ {
		var p incident.Published
		p, err = r.Citizens.PublishedCase(ctx, who.Division, subs[i].Case)
		if fault.Is(err, fault.NotFound) {
			err = nil // its reporter took it back
			continue
		}
		m.Followed = append(m.Followed, Followed{subs[i].Case, p})
	}
	return m, err
}

// parties are those whom a resident is.
func (r *Room) parties(ctx context.Context, q dbx.Querier, who resident.Resident) (out []party.Party, err error) {
	if !who.Mail() {
		if out, err = party.ByPhone(ctx, q, who.Division, who.Address, mostMine); err != nil {
			return nil, err
		}
	}
	rows, err := q.Query(ctx, `SELECT resident, case_id, party FROM subscription WHERE division = $1 AND resident = $2 AND party IS NOT NULL`, who.Division, who.ID)
	subs, err := dbx.Collect(rows, err, scan)
	if err != nil {
		return nil, err
	}
	var ids []id.ID
	for _, s := range subs {
		if !slices.ContainsFunc(out, func(p party.Party) bool { return p.ID == s.Party }) {
			ids = append(ids, s.Party)
		}
	}
	added, err := party.Find(ctx, q, who.Division, ids)
	out = append(out, added...)
	slices.SortFunc(out, func(a, b party.Party) int { return b.At.Compare(a.At) })
	return out, err
}

// Own is the resident's party with the id; another's is NotFound.
func (r *Room) Own(ctx context.Context, who resident.Resident, partyID id.ID) (p party.Party, err error) {
	defer fault.Trace(&err, "subscriber.Own")
	list, err := r.parties(ctx, r.DB, who)
	if i := slices.IndexFunc(list, func(p party.Party) bool { return p.ID == partyID }); i >= 0 {
		return list[i], err
	}
	if err == nil {
		err = fault.Missing("report")
	}
	return p, err
}

// Add makes the report with a receipt code one of the resident's. A code nobody
// has is NotFound.
func (r *Room) Add(ctx context.Context, who resident.Resident, receipt string) (err error) {
	defer fault.Trace(&err, "subscriber.Add")
	_, p, err := r.Citizens.Actor(ctx, receipt)
	if err != nil {
		return err
	}
	if p.Division != who.Division {
		return fault.Missing("receipt")
	}
	return r.subscribe(ctx, who, p.Case, p.ID[:])
}

// Follow has a resident told what becomes of a published case, by its public
// reference. One that is not published is NotFound.
func (r *Room) Follow(ctx context.Context, who resident.Resident, reference string) (err error) {
	defer fault.Trace(&err, "subscriber.Follow")
	caseID, err := r.Citizens.CaseOf(ctx, who.Division, reference)
	if err != nil {
		return err
	}
	return r.subscribe(ctx, who, caseID, nil)
}

func (r *Room) subscribe(ctx context.Context, who resident.Resident, caseID id.ID, partyID any) error {
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO subscription (division, resident, case_id, party, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (division, resident, case_id) DO UPDATE SET party = COALESCE(excluded.party, subscription.party)`,
			who.Division, who.ID, caseID, partyID, clock.Micro(r.Clock.Now()))
		return err
	})
}

// Unfollow ends it; not having followed is no error.
func (r *Room) Unfollow(ctx context.Context, who resident.Resident, caseID id.ID) (err error) {
	defer fault.Trace(&err, "subscriber.Unfollow")
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM subscription WHERE division = $1 AND resident = $2 AND case_id = $3 AND party IS NULL`, who.Division, who.ID, caseID)
		return err
	})
}

// erased is the rule that an erasure names in the record.
const erased = "PIPL-47"

// Erased tells what an erasure did.
type Erased struct {
	Reports int // whose names and numbers are gone
	Kept    int // of reports still open: gone as soon as they end
}

// Erase ends an account. Names and numbers of its ended reports are erased now;
// those of open ones when they end, because the law wants the answer given
// first. The timelines stay and verify: personal values never were in them.
func (r *Room) Erase(ctx context.Context, who resident.Resident) (e Erased, err error) {
	defer fault.Trace(&err, "subscriber.Erase")
	now := clock.Micro(r.Clock.Now())
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		e = Erased{}
		list, err := r.parties(ctx, tx, who)
		if err != nil {
			return err
		}
		for _, p := range list {
			ended, err := hasEnded(ctx, tx, p)
			if err != nil {
				return err
			}
			if ended {
				e.Reports++
				err = erase(ctx, tx, p.Division, p.Case, p.ID, now)
			} else {
				e.Kept++
				_, err = tx.Exec(ctx, `INSERT INTO erase_later (division, party, at) VALUES ($1, $2, $3) ON CONFLICT (division, party) DO NOTHING`, p.Division, p.ID, now)
			}
			if err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `DELETE FROM subscription WHERE division = $1 AND resident = $2`, who.Division, who.ID); err != nil {
			return err
		}
		return resident.Delete(ctx, tx, who)
	})
	return e, err
}

func hasEnded(ctx context.Context, q dbx.Querier, p party.Party) (ended bool, err error) {
	rows, err := record.Rows(ctx, q, p.Division, record.Filter{}, []id.ID{p.Now})
	return err == nil && len(rows) == 1 && rows[0].Terminal, err
}

func erase(ctx context.Context, tx *dbx.Tx, division, caseID, partyID id.ID, now int64) error {
	if _, err := record.Erase(ctx, tx, division, caseID, erased, now); err != nil {
		return err
	}
	return party.Redact(ctx, tx, division, partyID)
}

// eraseEnded does what had to wait for the end of a case.
func (r *Room) eraseEnded(ctx context.Context, tx *dbx.Tx, division id.ID, events []event.Event) error {
	rows, err := tx.Query(ctx, `SELECT party FROM erase_later WHERE division = $1`, division)
	waiting, err := dbx.Collect(rows, err, func(r *sql.Rows) (p id.ID, err error) { return p, r.Scan(&p) })
	if err != nil || len(waiting) == 0 {
		return err
	}
	parties, err := party.Find(ctx, tx, division, waiting)
	for i := 0; err == nil && i < len(parties); i++ {
		p := parties[i]
		if slices.ContainsFunc(events, func(e event.Event) bool { return e.Topic == record.Topic && e.Subject == p.Now }) {
			err = r.eraseWaiting(ctx, tx, p)
		}
	}
	return err
}

func (r *Room) eraseWaiting(ctx context.Context, tx *dbx.Tx, p party.Party) error {
	ended, err := hasEnded(ctx, tx, p)
	if err != nil || !ended {
		return err
	}
	if err := erase(ctx, tx, p.Division, p.Case, p.ID, clock.Micro(r.Clock.Now())); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM erase_later WHERE division = $1 AND party = $2`, p.Division, p.ID)
	return err
}

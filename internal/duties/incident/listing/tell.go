package listing

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// batch is how many events one transaction looks at.
const batch = 250

// watcher is one person watching one case; State is the last one told.
type watcher struct {
	account, state string
	caseID         id.ID
}

// Tell tells those who watch cases of the division what happened since the last
// time: a notice for each new state, except to whoever brought it about. Who
// may no longer read the case stops watching it.
func (m *Room) Tell(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "listing.Tell(%s)", division)
	var at int64
	err = m.DB.QueryRow(ctx, `SELECT position FROM watch_head WHERE division = $1`, division).Scan(&at)
	if fault.Is(err, fault.NotFound) {
		if at, err = event.Head(ctx, m.DB, division); err == nil {
			err = m.DB.Write(ctx, func(tx *dbx.Tx) error { return moveHead(ctx, tx, division, at) })
		}
	}
	for err == nil {
		var events []event.Event
		if events, err = event.Follow(ctx, m.DB, division, at, batch); err != nil || len(events) == 0 {
			return err
		}
		at = events[len(events)-1].Position
		err = m.tell(ctx, division, events, at)
	}
	return err
}

func moveHead(ctx context.Context, tx *dbx.Tx, division id.ID, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO watch_head (division, position) VALUES ($1, $2) ON CONFLICT (division) DO UPDATE SET position = $2`, division, at)
	return err
}

// news is what is to be written about one watcher.
type news struct {
	watcher
	gone    bool // may no longer read the case
	notices []notice.Notice
}

func (m *Room) tell(ctx context.Context, division id.ID, events []event.Event, head int64) error {
	steps := map[id.ID][]event.Event{}
	for _, e := range events {
		if e.Topic == record.Topic {
			steps[e.Subject] = append(steps[e.Subject], e)
		}
	}
	list, err := m.watchers(ctx, division, steps)
	if err != nil {
		return err
	}
	all := make([]news, 0, len(list))
	for _, w := range list {
		n, err := m.news(ctx, division, w, steps[w.caseID])
		if err != nil {
			return err
		}
		all = append(all, n)
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, n := range all {
			if err := n.write(ctx, tx, division); err != nil {
				return err
			}
		}
		return moveHead(ctx, tx, division, head)
	})
}

func (m *Room) watchers(ctx context.Context, division id.ID, steps map[id.ID][]event.Event) ([]watcher, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	args := []any{division}
	for c := range steps {
		args = append(args, c)
	}
	rows, err := m.DB.Query(ctx, `SELECT account, state, case_id FROM case_watch WHERE division = $1 AND case_id IN (`+dbx.In(2, len(args)-1)+`)`, args...)
	return dbx.Collect(rows, err, func(r *sql.Rows) (w watcher, err error) { return w, r.Scan(&w.account, &w.state, &w.caseID) })
}

// news looks at what happened to a case with the eyes of one watcher.
func (m *Room) news(ctx context.Context, division id.ID, w watcher, steps []event.Event) (n news, err error) {
	n.watcher = w
	rows, err := record.Rows(ctx, m.DB, division, record.Filter{}, []id.ID{w.caseID})
	if err != nil {
		return n, err
	}
	actor, err := m.actor(ctx, division, w.account)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.Forbidden) || err == nil && (len(rows) == 0 || !incident.MayRead(actor, rows[0])) {
		n.gone = true
		return n, nil
	}
	if err != nil {
		return n, err
	}
	log, err := record.Timeline(ctx, m.DB, division, w.caseID)
	if err != nil {
		return n, err
	}
	authors := map[int64]string{}
	for _, e := range log {
		authors[e.Seq] = e.Actor
	}
	for _, e := range steps {
		var said struct {
			Seq   int64  `json:"seq"`
			State string `json:"state"`
		}
		if err := json.Unmarshal([]byte(e.Data), &said); err != nil {
			return n, err
		}
		if said.State == n.state {
			continue
		}
		n.state = said.State
		if authors[said.Seq] != w.account {
			n.notices = append(n.notices, notice.Notice{Division: division, ID: id.New(), Case: w.caseID, Seq: said.Seq,
				Kind: notice.Account, Target: w.account, At: e.At, Text: m.told(rows[0], said.State)})
		}
	}
	return n, nil
}

func (m *Room) actor(ctx context.Context, division id.ID, account string) (people.Actor, error) {
	key, err := id.Parse(account)
	if err != nil {
		return people.Actor{}, fault.Missing("account")
	}
	return m.People.Actor(ctx, division, key, m.Clock.Now())
}

// told is the notice in both languages.
func (m *Room) told(r record.Row, state string) i18n.Text {
	name := stateName(m.Engine.Library(), r, state)
	t := m.Bundle.Text("listing.watch.told")
	return i18n.Text{ZH: strings.NewReplacer("{title}", r.Title, "{state}", name.ZH).Replace(t.ZH),
		EN: strings.NewReplacer("{title}", r.Title, "{state}", name.EN).Replace(t.EN)}
}

func (n news) write(ctx context.Context, tx *dbx.Tx, division id.ID) error {
	if n.gone {
		return forget(ctx, tx, division, n.account, n.caseID)
	}
	if err := notice.Insert(ctx, tx, n.notices); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE case_watch SET state = $1 WHERE division = $2 AND account = $3 AND case_id = $4`, n.state, division, n.account, n.caseID)
	return err
}

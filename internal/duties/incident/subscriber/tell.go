package subscriber

import (
	"context"
	"encoding/json"
	"slices"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
)

// Room is the use cases of this room.
type Room struct {
	DB       *dbx.DB
	Clock    clock.Clock
	Citizens *incident.Citizens
	Messages *message.Service
	BaseURL  string // for links; "" without
}

// batch is how many events are followed at once.
const batch = 200

// Pass tells what has happened in the division since the last pass. A division
// that is met for the first time begins with what happens next; so does one
// whose events are no longer kept.
func (r *Room) Pass(ctx context.Context, division id.ID) (err error) {
	defer fault.Trace(&err, "subscriber.Pass(%s)", division)
	var at int64
	err = r.DB.QueryRow(ctx, `SELECT position FROM subscription_head WHERE division = $1`, division).Scan(&at)
	if fault.Is(err, fault.NotFound) {
		if at, err = event.Head(ctx, r.DB, division); err != nil {
			return err
		}
		return r.DB.Write(ctx, func(tx *dbx.Tx) error { return keepHead(ctx, tx, division, at) })
	} else if err != nil {
		return err
	}
	events, err := event.Follow(ctx, r.DB, division, at, batch)
	if err != nil || len(events) == 0 {
		return err
	}
	letters, err := r.letters(ctx, division, events)
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, m := range letters {
			if err := r.Messages.Queue(ctx, tx, m); err != nil {
				return err
			}
		}
		if err := r.eraseEnded(ctx, tx, division, events); err != nil {
			return err
		}
		return keepHead(ctx, tx, division, events[len(events)-1].Position)
	})
}

func keepHead(ctx context.Context, tx *dbx.Tx, division id.ID, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO subscription_head (division, position) VALUES ($1, $2) ON CONFLICT (division) DO UPDATE SET position = $2`, division, at)
	return err
}

// step is what a step's event says.
type step struct {
	Seq       int64  `json:"seq"`
	State     string `json:"state"`
	Procedure string `json:"procedure"`
}

// happened is which steps of which incidents some events tell.
func happened(events []event.Event) (map[id.ID][]step, error) {
	out := map[id.ID][]step{}
	for _, e := range events {
		if e.Topic != record.Topic {
			continue
		}
		var s step
		if err := json.Unmarshal([]byte(e.Data), &s); err != nil {
			return nil, err
		}
		if s.Procedure == incident.Procedure {
			out[e.Subject] = append(out[e.Subject], s)
		}
	}
	return out, nil
}

// letters are the messages that the events cause.
func (r *Room) letters(ctx context.Context, division id.ID, events []event.Event) (out []message.Message, err error) {
	steps, err := happened(events)
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	cases := make([]id.ID, 0, len(steps))
	for c := range steps {
		cases = append(cases, c)
	}
	slices.SortFunc(cases, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	told, err := notice.ToParties(ctx, r.DB, division, cases)
	if err != nil {
		return nil, err
	}
	told = slices.DeleteFunc(told, func(n notice.Notice) bool {
		return !slices.ContainsFunc(steps[n.Case], func(s step) bool { return s.Seq == n.Seq })
	})
	subs, err := r.subscriptions(ctx, division, cases)
	if err != nil {
		return nil, err
	}
	news, err := r.toReporters(ctx, division, told, subs)
	if err != nil {
		return nil, err
	}
	followed, err := r.toFollowers(ctx, division, steps, subs)
	return append(news, followed...), err
}

// subscription is one resident's interest in one case.
type subscription struct {
	Resident resident.Resident
	Case     id.ID
	Party    id.ID // as whom the resident reported; zero for a follower
}

func (r *Room) subscriptions(ctx context.Context, division id.ID, cases []id.ID) (out []subscription, err error) {
	for part := range slices.Chunk(cases, batch) {
		args := []any{division}
		for _, c := range part {
			args = append(args, c)
		}
		rows, err := r.DB.Query(ctx, `SELECT resident, case_id, party FROM subscription WHERE division = $1 AND case_id IN (`+dbx.In(2, len(part))+`) ORDER BY at`, args...)
		list, err := dbx.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if s.Resident, err = resident.Find(ctx, r.DB, division, s.Resident.ID); fault.Is(err, fault.NotFound) {
				continue // the account was deleted meanwhile
			} else if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}

// toReporters turns what reporters read on their follow page into messages: to
// the number they left, and to the residents they are.
func (r *Room) toReporters(ctx context.Context, division id.ID, told []notice.Notice, subs []subscription) (out []message.Message, err error) {
	var ids []id.ID
	for _, n := range told {
		if p, err := id.Parse(n.Target); err == nil {
			ids = append(ids, p)
		}
	}
	parties, err := party.Find(ctx, r.DB, division, ids)
	if err != nil {
		return nil, err
	}
	by := map[string]party.Party{}
	for _, p := range parties {
		by[p.ID.String()] = p
	}
	for _, n := range told {
		p, ok := by[n.Target]
		if !ok {
			continue
		}
		to := map[string]resident.Resident{}
		if phone, err := r.phone(ctx, p); err != nil {
			return nil, err
		} else if phone != "" {
			to[phone] = resident.Resident{Address: phone, Lang: i18n.ZH, News: true}
		}
		for _, s := range subs {
			if s.Party == p.ID {
				to[s.Resident.Address] = s.Resident
			}
		}
		for address, who := range to {
			if who.News {
				out = append(out, message.Message{Division: division, Key: "news:" + n.ID.String() + ":" + address, Channel: who.Channel(), To: address,
					Template: "message.news", Args: map[string]string{"text": n.Text.In(who.Lang), "link": r.link("/follow")}, Lang: who.Lang})
			}
		}
	}
	return out, nil
}

// phone is the mobile number that a reporter left, "" when none was, or when it
// was erased since.
func (r *Room) phone(ctx context.Context, p party.Party) (string, error) {
	if p.PhoneHash == nil {
		return "", nil
	}
	values, err := record.PersonalOf(ctx, r.DB, p.Division, p.Case)
	if err != nil {
		return "", err
	}
	for _, v := range values {
		if v.Field != "phone" || v.Seq != p.Seq || v.Value == "" {
			continue
		}
		var typed string
		if err := json.Unmarshal([]byte(v.Value), &typed); err != nil {
			return "", err
		}
		if address, err := resident.Address(typed); err == nil {
			return address, nil
		}
	}
	return "", nil
}

// toFollowers tells who follows a case that it came into another state.
func (r *Room) toFollowers(ctx context.Context, division id.ID, steps map[id.ID][]step, subs []subscription) (out []message.Message, err error) {
	for _, s := range subs {
		if !s.Party.IsZero() || !s.Resident.News {
			continue
		}
		p, err := r.Citizens.PublishedCase(ctx, division, s.Case)
		if fault.Is(err, fault.NotFound) {
			continue // its reporter took it back
		} else if err != nil {
			return nil, err
		}
		list, err := r.Citizens.UpdatesOfCase(ctx, division, s.Case)
		if err != nil {
			return nil, err
		}
		for _, u := range list {
			if slices.ContainsFunc(steps[s.Case], func(x step) bool { return x.Seq == u.Seq }) {
				out = append(out, message.Message{Division: division, Key: "followed:" + u.ID + ":" + s.Resident.Address, Channel: s.Resident.Channel(), To: s.Resident.Address,
					Template: "message.followed", Args: map[string]string{"address": p.Address, "state": u.Text(s.Resident.Lang)}, Lang: s.Resident.Lang})
			}
		}
	}
	return out, nil
}

func (r *Room) link(path string) string {
	if r.BaseURL == "" {
		return ""
	}
	return r.BaseURL + path
}

package message

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// Channel is a way to somebody.
type Channel string

// The channels. All but Mail go through the gateway.
const (
	Mail     Channel = "mail"
	SMS      Channel = "sms"
	WeCom    Channel = "wecom"
	DingTalk Channel = "dingtalk"
	WeChat   Channel = "wechat"
)

// Channels lists them.
func Channels() []Channel { return []Channel{Mail, SMS, WeCom, DingTalk, WeChat} }

// State is how far a message is.
type State string

// The states. Withheld ones were never tried: nothing is configured for their
// channel, or the address had its share for the day.
const (
	Waiting  State = "waiting"
	Sent     State = "sent"
	Failed   State = "failed"
	Withheld State = "withheld"
)

// Message is one thing told to one person outside.
type Message struct {
	Division id.ID
	ID       id.ID
	Key      string // nobody is told the same twice: a second one with the key is dropped
	Channel  Channel
	To       string // e-mail address, telephone number or the gateway's name for somebody
	Template string // a sentence by key; with .subject and .text behind it
	Args     map[string]string
	Lang     i18n.Lang
	Urgent   bool // also at night

	// What became of it:
	State     State
	At        time.Time
	NotBefore time.Time
	Tried     time.Time // last; zero for never
	Attempts  int
	Error     string
}

// Queue has a message sent, in the caller's transaction. Outside the hours of
// the division it waits for the morning.
func (s *Service) Queue(ctx context.Context, tx *dbx.Tx, m Message) error {
	rules, err := s.Rules(ctx, m.Division)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	m.ID, m.At, m.State, m.NotBefore = id.New(), now, Waiting, now
	if !m.Urgent {
		m.NotBefore = rules.from(now)
	}
	if s.way(m.Channel) == nil {
		m.State, m.Error = Withheld, "message.no_way"
	} else if full, err := crowded(ctx, tx, m, now, rules.PerDay); err != nil {
		return err
	} else if full {
		m.State, m.Error = Withheld, "message.too_many"
	}
	args, err := json.Marshal(m.Args)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO message (division, id, key, channel, address, template, args, lang, urgent, state, at, not_before, tried, attempts, error)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, $13) ON CONFLICT (division, key) DO NOTHING`,
		m.Division, m.ID, m.Key, string(m.Channel), m.To, m.Template, string(args), string(m.Lang), m.Urgent, string(m.State), clock.Micro(m.At), clock.Micro(m.NotBefore), m.Error)
	if err != nil || n == 0 || m.State != Waiting {
		return err
	}
	return job.Enqueue(ctx, tx, s.work(m))
}

// crowded reports whether an address has had its share of the last day.
func crowded(ctx context.Context, q dbx.Querier, m Message, now time.Time, most int) (bool, error) {
	if m.Urgent || most <= 0 {
		return false, nil
	}
	var n int
	err := q.QueryRow(ctx, `SELECT count(*) FROM message WHERE division = $1 AND address = $2 AND at > $3 AND state <> $4`,
		m.Division, m.To, clock.Micro(now.Add(-24*time.Hour)), string(Withheld)).Scan(&n)
	return n >= most, err
}

const columns = `SELECT division, id, key, channel, address, template, args, lang, urgent, state, at, not_before, tried, attempts, error FROM message`

func scan(r *sql.Rows) (m Message, err error) { return m, m.read(r.Scan) }

func (m *Message) read(scan func(...any) error) error {
	var at, notBefore, tried int64
	var args string
	if err := scan(&m.Division, &m.ID, &m.Key, &m.Channel, &m.To, &m.Template, &args, &m.Lang, &m.Urgent, &m.State, &at, &notBefore, &tried, &m.Attempts, &m.Error); err != nil {
		return err
	}
	m.At, m.NotBefore, m.Tried = clock.FromMicro(at), clock.FromMicro(notBefore), clock.FromMicro(tried)
	return json.Unmarshal([]byte(args), &m.Args)
}

// Find is one message; one that is not there is NotFound.
func (s *Service) Find(ctx context.Context, division, message id.ID) (m Message, err error) {
	defer fault.Trace(&err, "message.Find(%s)", message)
	return m, m.read(s.DB.QueryRow(ctx, columns+` WHERE division = $1 AND id = $2`, division, message).Scan)
}

// List is the division's messages, the newest first, older than before (zero:
// from now); a state narrows it.
func (s *Service) List(ctx context.Context, division id.ID, state State, before time.Time, limit int) (_ []Message, err error) {
	defer fault.Trace(&err, "message.List")
	us := clock.Micro(before)
	if us == 0 {
		us = 1 << 62
	}
	rows, err := s.DB.Query(ctx, columns+` WHERE division = $1 AND at < $2 AND ($3 = '' OR state = $3) ORDER BY at DESC, id DESC LIMIT $4`, division, us, string(state), limit)
	return dbx.Collect(rows, err, scan)
}

// Again tries a failed message once more; another one is NotFound.
func (s *Service) Again(ctx context.Context, division, message id.ID) (err error) {
	defer fault.Trace(&err, "message.Again(%s)", message)
	m, err := s.Find(ctx, division, message)
	if err != nil {
		return err
	}
	if m.State != Failed {
		return fault.Missing("message")
	}
	m.NotBefore = s.Clock.Now()
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE message SET state = $1, attempts = 0, error = '' WHERE division = $2 AND id = $3`, string(Waiting), division, message); err != nil {
			return err
		}
		return job.Enqueue(ctx, tx, s.work(m))
	})
}

// keep is how long messages are kept: long enough to ask why somebody was not
// told, no longer, because each names a person.
const keep = 30 * 24 * time.Hour

// Sweep deletes old messages.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Trace(&err, "message.Sweep")
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM message WHERE at < $1`, clock.Micro(s.Clock.Now().Add(-keep)))
		return err
	})
}

// Forget deletes what an address was told, because its owner wants it.
func Forget(ctx context.Context, tx *dbx.Tx, division id.ID, address string) error {
	_, err := tx.Exec(ctx, `DELETE FROM message WHERE division = $1 AND address = $2`, division, address)
	return err
}

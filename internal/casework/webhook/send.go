package webhook

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/id"
)

const (
	sendFor    = 15 * time.Second // a receiver answers within this and does its work later
	answerMost = 64 << 10         // read of an answer, so that the connection can serve again
	longest    = time.Hour        // that a receiver may ask to be left alone
	logged     = 100              // deliveries kept in the log of a subscription
)

// Why a delivery failed; "" when it did not.
const (
	refused     = "status"      // an answer other than 2xx
	gone        = "gone"        // 410: the receiver wants no more
	redirected  = "redirect"    // never followed
	private     = "private"     // the name now leads into a private network
	timeout     = "timeout"     // no answer in time
	unreachable = "unreachable" // no connection, or no valid certificate
)

// Try is one delivery and how it went.
type Try struct {
	ID       id.ID
	At       time.Time
	Event    string // id of the message
	Type     string
	Position int64 // 0 for a test
	Status   int   // 0 without an answer
	Took     time.Duration
	Failure  string

	wait time.Duration // asked for by the receiver
}

// OK reports whether the receiver took the message.
func (t Try) OK() bool { return t.Failure == "" }

// post sends one message and says how it went.
func (s *Service) post(ctx context.Context, x Subscription, m Message) Try {
	now := s.Clock.Now()
	t := Try{ID: id.New(), At: now, Event: m.ID, Type: m.Type, Position: m.Position, Failure: unreachable}
	r, err := request(ctx, x, m, now)
	if err != nil {
		return t
	}
	start := time.Now()
	answer, err := s.client.Do(r)
	t.Took = time.Since(start)
	if err != nil {
		t.Failure = reason(err)
		return t
	}
	_, _ = io.Copy(io.Discard, answer.Body) // what it says does not matter, nor whether it says it all
	_ = answer.Body.Close()
	t.Status = answer.StatusCode
	t.Failure = judged(answer.StatusCode)
	if n, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && n > 0 && !t.OK() {
		t.wait = min(time.Duration(min(n, 1<<20))*time.Second, longest)
	}
	return t
}

func request(ctx context.Context, x Subscription, m Message, now time.Time) (*http.Request, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	signed, err := x.signatures(m.ID, now, body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, x.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Xiucheng-Webhook/1")
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", signed)
	return r, nil
}

func judged(status int) string {
	switch {
	case status >= 200 && status < 300:
		return ""
	case status == http.StatusGone:
		return gone
	case status >= 300 && status < 400:
		return redirected
	}
	return refused
}

func reason(err error) string {
	switch {
	case errors.Is(err, fetch.ErrPrivate):
		return private
	case errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err):
		return timeout
	}
	return unreachable
}

// Test posts a message of type webhook.test now, whatever the state of the
// subscription, and returns how it went. It is logged and changes nothing else.
func (s *Service) Test(ctx context.Context, actor people.Actor, sub id.ID) (t Try, err error) {
	defer fault.Trace(&err, "webhook.Test(%s)", sub)
	x, err := s.Find(ctx, actor, sub)
	if err != nil {
		return t, err
	}
	dir, err := s.Directory(ctx, actor.Division)
	if err != nil {
		return t, err
	}
	t = s.post(ctx, x, testMessage(dir.Division().Key, s.Clock.Now()))
	return t, s.DB.Write(ctx, func(tx *dbx.Tx) error { return t.insert(ctx, tx, x) })
}

// insert adds a line to the log and forgets the oldest.
func (t Try) insert(ctx context.Context, tx *dbx.Tx, x Subscription) error {
	event, err := id.Parse(t.Event)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO webhook_try (division, webhook, id, at, event, type, position, status, took, failure) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		x.Division, x.ID, t.ID, clock.Micro(t.At), event, t.Type, t.Position, t.Status, t.Took.Microseconds(), t.Failure)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM webhook_try WHERE division = $1 AND webhook = $2 AND id <=
		(SELECT id FROM webhook_try WHERE division = $1 AND webhook = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)`, x.Division, x.ID, logged)
	return err
}

// Tries lists the last deliveries of a subscription, the latest first.
func (s *Service) Tries(ctx context.Context, actor people.Actor, sub id.ID) (_ []Try, err error) {
	defer fault.Trace(&err, "webhook.Tries(%s)", sub)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, `SELECT id, at, event, type, position, status, took, failure FROM webhook_try
		WHERE division = $1 AND webhook = $2 ORDER BY id DESC LIMIT $3`, actor.Division, sub, logged)
	return dbx.Collect(rows, err, func(r *sql.Rows) (t Try, err error) {
		var at, took int64
		var event id.ID
		err = r.Scan(&t.ID, &at, &event, &t.Type, &t.Position, &t.Status, &took, &t.Failure)
		t.At, t.Took, t.Event = clock.FromMicro(at), time.Duration(took)*time.Microsecond, event.String()
		return t, err
	})
}

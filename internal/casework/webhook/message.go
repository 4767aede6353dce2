package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

// Kinds of events.
const (
	Opened   = "case.opened"
	Stepped  = "case.step" // any step that is none of the others
	Closed   = "case.closed"
	Reopened = "case.reopened"

	test = "webhook.test"
)

// Types lists the kinds that can be subscribed to.
func Types() []string { return []string{Opened, Stepped, Closed, Reopened} }

// Message is the body that is posted. Sent again, it is the same to the byte.
type Message struct {
	ID        string    `json:"id"` // of the event; the same for every receiver and every attempt
	Position  int64     `json:"position"`
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened
	Division  string    `json:"division"`
	Data      *Case     `json:"data"`
}

// Case is what is told of a case: what anybody may know who may know that it
// exists, never who reported it, where they live or what they wrote.
type Case struct {
	ID        string `json:"case"`
	Number    string `json:"number"` // "" before one is issued
	Procedure string `json:"procedure"`
	Version   int    `json:"version"` // of the procedure
	Seq       int64  `json:"seq"`     // of the step, from 1 on, without gaps in the case
	Step      string `json:"step"`
	From      string `json:"from"` // state before, "" when it was opened
	State     string `json:"state"`
}

// message makes an event's message as of its instant; ok is false for events
// that tell of no case.
func (s *Service) message(ctx context.Context, e event.Event) (m Message, ok bool, err error) {
	if e.Topic != record.Topic {
		return m, false, nil
	}
	var said struct {
		Seq int64 `json:"seq"`
	}
	if err := json.Unmarshal([]byte(e.Data), &said); err != nil {
		return m, false, err
	}
	log, err := record.Timeline(ctx, s.DB, e.Division, e.Subject)
	if err != nil || said.Seq < 1 || int64(len(log)) < said.Seq {
		return m, false, err
	}
	c := &Case{ID: e.Subject.String(), Seq: said.Seq}
	for _, line := range log[:said.Seq] {
		b, err := line.Read()
		if err != nil {
			return m, false, err
		}
		if b.Seq == 1 {
			c.Procedure, c.Version = b.Procedure, b.Version
		}
		if b.Number != "" {
			c.Number = b.Number
		}
		c.Step, c.From, c.State = b.Step, b.From, b.To
	}
	if c.Seq == 1 {
		c.From = ""
	}
	dir, err := s.Directory(ctx, e.Division)
	if err != nil {
		return m, false, err
	}
	m = Message{ID: e.ID.String(), Position: e.Position, Timestamp: e.At.UTC(), Division: dir.Division().Key, Data: c}
	m.Type, err = s.kind(c)
	return m, true, err
}

// kind is what sort of event it was.
func (s *Service) kind(c *Case) (string, error) {
	if c.Seq == 1 {
		return Opened, nil
	}
	p, err := s.Version(c.Procedure, c.Version)
	if err != nil {
		return "", err
	}
	ended := func(state string) bool {
		st := p.StateOf(state)
		return st != nil && st.Terminal
	}
	switch {
	case !ended(c.From) && ended(c.State):
		return Closed, nil
	case ended(c.From) && !ended(c.State):
		return Reopened, nil
	}
	return Stepped, nil
}

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
)

func newSecret() string {
	b := make([]byte, secretBytes)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand never fails on a supported system
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(b)
}

// sign is the signature of Standard Webhooks: v1, and the HMAC-SHA256 over id,
// timestamp in seconds and body.
func sign(secret, message string, at time.Time, body []byte) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// signatures are those of every secret that is in force, the newest first.
func (x Subscription) signatures(message string, at time.Time, body []byte) (string, error) {
	out, err := sign(x.secret, message, at, body)
	if err != nil || x.oldSecret == "" || !at.Before(x.oldUntil) {
		return out, err
	}
	old, err := sign(x.oldSecret, message, at, body)
	return out + " " + old, err
}

// testMessage is sent when somebody wants to see whether a receiver listens.
func testMessage(division string, at time.Time) Message {
	return Message{ID: id.New().String(), Type: test, Timestamp: at.UTC(), Division: division}
}

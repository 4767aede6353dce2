package webhook

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// States of a subscription.
const (
	On     = "on"
	Paused = "paused" // by an administrator
	Off    = "off"    // given up after days of failure
)

// Subscription is one receiver of a division's events.
type Subscription struct {
	Division id.ID
	ID       id.ID
	Name     string
	URL      string
	Types    []string // kinds of events it wants
	State    string
	Position int64     // of the last event it has taken
	Attempts int       // failures of the next event in a row
	Failing  time.Time // since when nothing was taken; zero when all is well
	NextAt   time.Time // not tried again before
	Created  time.Time

	secret, oldSecret string
	oldUntil          time.Time
}

// Deps are what the room needs.
type Deps struct {
	DB        *dbx.DB
	Clock     clock.Clock
	Log       *slog.Logger
	Words     *i18n.Bundle
	Directory func(ctx context.Context, division id.ID) (*people.Directory, error)
	Version   func(procedure string, version int) (*procedure.Procedure, error)
}

// Service keeps subscriptions and delivers to them.
type Service struct {
	Deps
	reach  fetch.Options
	client *http.Client
	me     id.ID // holds the lease of a subscription while this process sends

	mu   sync.Mutex
	busy map[id.ID]bool // subscriptions this process is sending to
}

// New returns a service that reaches public addresses only.
func New(d Deps) *Service {
	s := &Service{Deps: d, me: id.New(), busy: map[id.ID]bool{}}
	s.Reach(fetch.Options{Timeout: sendFor, MaxBytes: answerMost})
	return s
}

// Reach says how far the service may go, where that is not what New decided:
// tests reach this machine, also over plain http. Call it before anything is
// sent. A redirect is an answer like any other and not followed.
func (s *Service) Reach(o fetch.Options) {
	s.reach, s.client = o, fetch.NewClient(o)
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

// most subscriptions of a division.
const most = 20

// Draft is what an administrator decides about a subscription.
type Draft struct {
	Name  string
	URL   string
	Types []string
}

// Create adds a subscription that begins with the next event and returns its
// secret in plain, this once. A wrong draft is Invalid with its fields.
func (s *Service) Create(ctx context.Context, actor people.Actor, d Draft) (made id.ID, secret string, err error) {
	defer fault.Trace(&err, "webhook.Create")
	if err = actor.Require(actor.Division, people.Admin); err != nil {
		return made, "", err
	}
	if d, err = s.checked(ctx, d); err != nil {
		return made, "", err
	}
	made, secret = id.New(), newSecret()
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(tx *dbx.Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM webhook WHERE division = $1`, actor.Division).Scan(&n); err != nil {
			return err
		}
		if n >= most {
			return fault.New(fault.Conflict, "webhook.too_many", "n", most)
		}
		head, err := event.Head(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO webhook (division, id, name, url, types, secret, old_secret, old_until, state, position, attempts, failing, next_at, until, created)
			VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7, $8, 0, 0, 0, 0, $9)`,
			actor.Division, made, d.Name, d.URL, strings.Join(d.Types, " "), secret, On, head, clock.Micro(now))
		if err != nil {
			return err
		}
		return people.Note(ctx, tx, actor, now, "webhook.create", d.Name, nil, d)
	})
	return made, secret, err
}

// checked trims the draft and refuses what cannot be meant.
func (s *Service) checked(ctx context.Context, d Draft) (Draft, error) {
	bad := fault.New(fault.Invalid, "webhook.bad")
	d.Name, d.URL = strings.TrimSpace(d.Name), strings.TrimSpace(d.URL)
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > 80 {
		bad.Field("name", "webhook.name")
	}
	if len(d.Types) == 0 || slices.ContainsFunc(d.Types, func(x string) bool { return !slices.Contains(Types(), x) }) {
		bad.Field("types", "webhook.types")
	}
	if key := s.refusal(ctx, d.URL); key != "" {
		bad.Field("url", key)
	}
	return d, bad.OrNil()
}

// Change replaces what was decided. Unknown is NotFound.
func (s *Service) Change(ctx context.Context, actor people.Actor, sub id.ID, d Draft) (err error) {
	defer fault.Trace(&err, "webhook.Change(%s)", sub)
	before, err := s.Find(ctx, actor, sub)
	if err != nil {
		return err
	}
	if d, err = s.checked(ctx, d); err != nil {
		return err
	}
	return s.change(ctx, actor, before, "webhook.change", Draft{before.Name, before.URL, before.Types}, d, func(tx *dbx.Tx) (int64, error) {
		return tx.Exec(ctx, `UPDATE webhook SET name = $1, url = $2, types = $3, next_at = 0 WHERE division = $4 AND id = $5`,
			d.Name, d.URL, strings.Join(d.Types, " "), actor.Division, sub)
	})
}

// change carries out an administrator's change and writes it into the audit trail.
func (s *Service) change(ctx context.Context, actor people.Actor, sub Subscription, what string, before, after any, fn func(*dbx.Tx) (int64, error)) error {
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := fn(tx)
		if err == nil && n == 0 {
			err = fault.Missing("webhook")
		}
		if err != nil {
			return err
		}
		return people.Note(ctx, tx, actor, now, what, sub.Name, before, after)
	})
}

// Switch pauses or resumes; a resumed subscription goes on where it stopped,
// with its failures forgotten.
func (s *Service) Switch(ctx context.Context, actor people.Actor, sub id.ID, on bool) (err error) {
	defer fault.Trace(&err, "webhook.Switch(%s)", sub)
	before, err := s.Find(ctx, actor, sub)
	if err != nil {
		return err
	}
	state := Paused
	if on {
		state = On
	}
	return s.change(ctx, actor, before, "webhook."+state, before.State, state, func(tx *dbx.Tx) (int64, error) {
		return tx.Exec(ctx, `UPDATE webhook SET state = $1, attempts = 0, failing = 0, next_at = 0 WHERE division = $2 AND id = $3`, state, actor.Division, sub)
	})
}

// overlap is how long a replaced secret still signs beside the new one.
const overlap = 24 * time.Hour

// Renew makes a new secret and returns it in plain, this once. For a day every
// message carries a signature by each of the two.
func (s *Service) Renew(ctx context.Context, actor people.Actor, sub id.ID) (secret string, err error) {
	defer fault.Trace(&err, "webhook.Renew(%s)", sub)
	before, err := s.Find(ctx, actor, sub)
	if err != nil {
		return "", err
	}
	secret = newSecret()
	until := clock.Micro(s.Clock.Now().Add(overlap))
	return secret, s.change(ctx, actor, before, "webhook.secret", nil, nil, func(tx *dbx.Tx) (int64, error) {
		return tx.Exec(ctx, `UPDATE webhook SET old_secret = secret, secret = $1, old_until = $2 WHERE division = $3 AND id = $4`, secret, until, actor.Division, sub)
	})
}

// Delete ends a subscription with its log and what was told of it.
func (s *Service) Delete(ctx context.Context, actor people.Actor, sub id.ID) (err error) {
	defer fault.Trace(&err, "webhook.Delete(%s)", sub)
	before, err := s.Find(ctx, actor, sub)
	if err != nil {
		return err
	}
	return s.change(ctx, actor, before, "webhook.delete", Draft{before.Name, before.URL, before.Types}, nil, func(tx *dbx.Tx) (int64, error) {
		if _, err := tx.Exec(ctx, `DELETE FROM webhook_try WHERE division = $1 AND webhook = $2`, actor.Division, sub); err != nil {
			return 0, err
		}
		if err := notice.Withdraw(ctx, tx, actor.Division, sub, 0); err != nil {
			return 0, err
		}
		return tx.Exec(ctx, `DELETE FROM webhook WHERE division = $1 AND id = $2`, actor.Division, sub)
	})
}

// Kept is what can be sent again: the positions of the oldest event that is
// still kept and of the newest, 0 when there is none.
func (s *Service) Kept(ctx context.Context, division id.ID) (first, last int64, err error) {
	defer fault.Trace(&err, "webhook.Kept")
	if last, err = event.Head(ctx, s.DB, division); err != nil {
		return 0, 0, err
	}
	oldest, err := event.Follow(ctx, s.DB, division, 0, 1)
	if err != nil || len(oldest) == 0 {
		return 0, last, err
	}
	return oldest[0].Position, last, nil
}

// Replay sends again from a position on, or, where that is 0, from the first
// event at or after the instant. It returns the position it begins with, which
// is later where older events are no longer kept. One after the last event is
// Invalid.
func (s *Service) Replay(ctx context.Context, actor people.Actor, sub id.ID, from int64, since time.Time) (_ int64, err error) {
	defer fault.Trace(&err, "webhook.Replay(%s, %d)", sub, from)
	before, err := s.Find(ctx, actor, sub)
	if err != nil {
		return 0, err
	}
	first, last, err := s.Kept(ctx, actor.Division)
	if err != nil {
		return 0, err
	}
	field := "position"
	if from == 0 {
		field = "since"
		if from, err = event.Since(ctx, s.DB, actor.Division, since); err != nil {
			return 0, err
		}
	}
	if first == 0 || from < 1 || from > last {
		return 0, fault.New(fault.Invalid, "webhook.bad").Field(field, "webhook.no_event", "first", first, "last", last)
	}
	from = max(from, first)
	return from, s.change(ctx, actor, before, "webhook.replay", before.Position, from-1, func(tx *dbx.Tx) (int64, error) {
		return tx.Exec(ctx, `UPDATE webhook SET position = $1, attempts = 0, failing = 0, next_at = 0, holder = NULL, until = 0 WHERE division = $2 AND id = $3`,
			from-1, actor.Division, sub)
	})
}

// List is every subscription of the actor's division, the oldest first.
func (s *Service) List(ctx context.Context, actor people.Actor) (_ []Subscription, err error) {
	defer fault.Trace(&err, "webhook.List")
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, subSelect+` WHERE division = $1 ORDER BY id`, actor.Division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (Subscription, error) { return scanSub(r) })
}

// Find is one subscription of the actor's division; unknown is NotFound.
func (s *Service) Find(ctx context.Context, actor people.Actor, sub id.ID) (_ Subscription, err error) {
	defer fault.Trace(&err, "webhook.Find(%s)", sub)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return Subscription{}, err
	}
	found, err := scanSub(s.DB.QueryRow(ctx, subSelect+` WHERE division = $1 AND id = $2`, actor.Division, sub))
	if fault.Is(err, fault.NotFound) {
		return found, fault.Missing("webhook")
	}
	return found, err
}

const subSelect = `SELECT division, id, name, url, types, state, position, attempts, failing, next_at, created, secret, old_secret, old_until FROM webhook`

func scanSub(r interface{ Scan(...any) error }) (x Subscription, err error) {
	var types string
	var failing, next, created, old int64
	err = r.Scan(&x.Division, &x.ID, &x.Name, &x.URL, &types, &x.State, &x.Position, &x.Attempts, &failing, &next, &created, &x.secret, &x.oldSecret, &old)
	x.Types = strings.Fields(types)
	x.Failing, x.NextAt, x.Created, x.oldUntil = clock.FromMicro(failing), clock.FromMicro(next), clock.FromMicro(created), clock.FromMicro(old)
	return x, err
}

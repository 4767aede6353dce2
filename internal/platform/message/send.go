package message

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// Rules are a division's: within which hours of the day people are told, and
// how often an address in 24 hours (0: as often as need be).
type Rules struct {
	Zone     *time.Location
	From, To time.Duration // since midnight
	PerDay   int
}

// from is the first moment not before t at which somebody may be told.
func (r Rules) from(t time.Time) time.Time {
	l := t.In(r.Zone)
	midnight := time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, r.Zone)
	switch since := l.Sub(midnight); {
	case r.From >= r.To || since >= r.From && since < r.To:
		return t
	case since < r.From:
		return midnight.Add(r.From)
	}
	return midnight.AddDate(0, 0, 1).Add(r.From)
}

// Letter is a message in words, ready to go.
type Letter struct {
	ID       id.ID
	Channel  Channel
	To       string
	Template string
	Args     map[string]string
	Subject  string
	Text     string
	Lang     i18n.Lang
}

// Way sends letters. ErrNever in its error says that another try is no use.
type Way interface {
	Send(ctx context.Context, l Letter) error
}

// ErrNever marks an answer that will not change.
var ErrNever = errors.New("it will never be taken")

// Deps are what messages are sent with.
type Deps struct {
	DB     *dbx.DB
	Clock  clock.Clock
	Bundle *i18n.Bundle
	Log    *slog.Logger
	Site   i18n.Text // what the sender is called
	Rules  func(context.Context, id.ID) (Rules, error)
	Mail   Way // nil: no mail is sent
	Others Way // nil: nothing else is sent
}

// Service sends.
type Service struct{ Deps }

// kind is the jobs that send.
const kind = "send a message"

// New returns a service that sends with jobs.
func New(d Deps, jobs *job.Runner) *Service {
	s := &Service{d}
	jobs.Handle(kind, s.send)
	jobs.Every("sweep messages", time.Hour, s.Sweep)
	return s
}

func (s *Service) way(c Channel) Way {
	if c == Mail {
		return s.Mail
	}
	return s.Others
}

// Ready reports whether anything could be sent that way.
func (s *Service) Ready(c Channel) bool { return s.way(c) != nil }

type named struct {
	Division id.ID `json:"division"`
	Message  id.ID `json:"message"`
}

func (s *Service) work(m Message) job.Job {
	body, _ := json.Marshal(named{m.Division, m.ID}) // two ids do not fail
	return job.Job{Kind: kind, Key: m.ID.String() + " " + m.NotBefore.UTC().Format(time.RFC3339), Payload: string(body), RunAt: m.NotBefore}
}

// tries is how often a message is tried before it counts as failed; the waits
// between make it an hour and a half.
const tries = 6

func (s *Service) send(ctx context.Context, j job.Job) error {
	var n named
	if err := json.Unmarshal([]byte(j.Payload), &n); err != nil {
		return err
	}
	m, err := s.Find(ctx, n.Division, n.Message)
	if fault.Is(err, fault.NotFound) || err == nil && m.State != Waiting {
		return nil // forgotten, or sent by an earlier run
	} else if err != nil {
		return err
	}
	if !m.Urgent {
		later, err := s.tooLate(ctx, m)
		if err != nil || later {
			return err
		}
	}
	l, err := s.Write(m)
	if err == nil {
		if way := s.way(m.Channel); way != nil {
			err = way.Send(ctx, l)
		} else {
			err = errors.Join(ErrNever, errors.New("nothing is configured for the channel"))
		}
	}
	m.State = Sent
	if err != nil {
		m.State = Waiting
		if errors.Is(err, ErrNever) || m.Attempts+1 >= tries {
			m.State = Failed
		}
	}
	if bad := s.note(ctx, m, err); bad != nil {
		return errors.Join(err, bad)
	}
	if m.State == Waiting {
		return err
	}
	return nil
}

// tooLate puts a message off that came into the night by being tried again.
func (s *Service) tooLate(ctx context.Context, m Message) (bool, error) {
	rules, err := s.Rules(ctx, m.Division)
	if err != nil {
		return false, err
	}
	now := s.Clock.Now()
	if m.NotBefore = rules.from(now); !m.NotBefore.After(now) {
		return false, nil
	}
	return true, s.DB.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE message SET not_before = $1 WHERE division = $2 AND id = $3`, clock.Micro(m.NotBefore), m.Division, m.ID); err != nil {
			return err
		}
		return job.Enqueue(ctx, tx, s.work(m))
	})
}

// note writes down how a try ended, also while the program stops.
func (s *Service) note(ctx context.Context, m Message, failed error) error {
	why := ""
	if failed != nil {
		why = clip(failed.Error())
	}
	ctx = context.WithoutCancel(ctx)
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE message SET state = $1, tried = $2, attempts = attempts + 1, error = $3 WHERE division = $4 AND id = $5`,
			string(m.State), clock.Micro(s.Clock.Now()), why, m.Division, m.ID)
		return err
	})
}

const longestError = 300

func clip(s string) string {
	if r := []rune(s); len(r) > longestError {
		return string(r[:longestError])
	}
	return s
}

// Write puts a message into words.
func (s *Service) Write(m Message) (Letter, error) {
	l := Letter{ID: m.ID, Channel: m.Channel, To: m.To, Template: m.Template, Args: m.Args, Lang: m.Lang}
	if !s.Bundle.Has(m.Template+".text") || !s.Bundle.Has(m.Template+".subject") {
		return l, errors.Join(ErrNever, errors.New("there is no template "+m.Template))
	}
	args := map[string]any{"site": s.Site.In(m.Lang)}
	for name, v := range m.Args {
		args[name] = v
	}
	l.Subject = s.Bundle.Text(m.Template+".subject").Fill(m.Lang, args)
	l.Text = strings.TrimSpace(s.Bundle.Text(m.Template+".text").Fill(m.Lang, args))
	return l, nil
}

package errand

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/stepform"
)

// Deps are what errands are run with.
type Deps struct {
	DB       *dbx.DB
	Citizens *incident.Citizens
	Photos   *stepform.Desk
	Clock    clock.Clock
	Bundle   *i18n.Bundle
	// Loopback lets photos be fetched from this machine, for tests.
	Loopback bool
}

// Runner runs errands.
type Runner struct {
	Deps
	client *http.Client
	reach  fetch.Options
}

const (
	openKind  = "open a report"
	photoKind = "fetch a photo"
)

// New returns a runner that does its jobs with jobs.
func New(d Deps, jobs *job.Runner) *Runner {
	reach := fetch.Options{AllowLoopback: d.Loopback, Timeout: 30 * time.Second, MaxBytes: photo.MaxBytes}
	r := &Runner{Deps: d, reach: reach, client: fetch.NewClient(reach)}
	jobs.Handle(openKind, r.open)
	jobs.Handle(photoKind, r.attach)
	return r
}

// Reachable refuses an address that could not be fetched, as far as its text
// tells: fetch.ErrScheme or fetch.ErrPrivate.
func (r *Runner) Reachable(address string) error { return fetch.Check(address, r.reach) }

// Photos are to be fetched: for the reporter with a receipt code, else for the
// sender of an update about a reference.
type Photos struct {
	Division  id.ID
	Receipt   string
	Reference string
	Sender    string
	Addresses []string
}

// wanted is one of them.
type wanted struct {
	Division  id.ID  `json:"division"`
	Receipt   string `json:"receipt,omitempty"`
	Reference string `json:"reference,omitempty"`
	Sender    string `json:"sender,omitempty"`
	URL       string `json:"url"`
}

// Fetch has photos fetched and added to the case. The same address is fetched
// once for the same report or reference.
func (r *Runner) Fetch(ctx context.Context, p Photos) (err error) {
	defer fault.Trace(&err, "errand.Fetch")
	if len(p.Addresses) == 0 {
		return nil
	}
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, u := range p.Addresses {
			w := wanted{p.Division, p.Receipt, p.Reference, p.Sender, u}
			body, err := json.Marshal(w)
			if err != nil {
				return err
			}
			if err := job.Enqueue(ctx, tx, job.Job{Kind: photoKind, Key: w.key(), Payload: string(body), RunAt: r.Clock.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
}

// key names the errand, so that a photo joins a case once.
func (w wanted) key() string {
	sum := sha256.Sum256([]byte(w.Division.String() + " " + w.Receipt + w.Reference + " " + w.URL))
	return "media:" + hex.EncodeToString(sum[:16])
}

// tries is how often an address that does not answer is asked again; the waits
// between make it some twenty minutes.
const tries = 5

// attach fetches a photo and adds it in the name of who named it. What can never
// become one, and what did not come after some tries, is said on the case.
func (r *Runner) attach(ctx context.Context, j job.Job) error {
	var w wanted
	if err := json.Unmarshal([]byte(j.Payload), &w); err != nil {
		return err
	}
	said, files := "errand.photo", []engine.Upload(nil)
	up, err := r.get(ctx, w.URL)
	switch {
	case err == nil:
		files = append(files, up)
	case lasting(err) || j.Attempts >= tries:
		said = "errand.no_photo"
	default:
		return err
	}
	said = r.Bundle.Text(said).Fill(i18n.ZH, fault.Args{"url": w.URL})
	if w.Receipt != "" {
		_, err = r.Citizens.Act(ctx, w.Receipt, "add", procedure.Input{"text": said}, files, w.key())
	} else {
		_, err = r.Citizens.Hear(ctx, incident.Word{Division: w.Division, Reference: w.Reference, Sender: w.Sender, Text: said, Files: files, Key: w.key()})
	}
	if f := fault.As(err); f != nil && f.Kind.Status() < http.StatusInternalServerError {
		return nil // the case has ended: nobody waits for the photo
	}
	return err
}

// lasting reports whether another try could not end better.
func lasting(err error) bool {
	f := fault.As(err)
	return errors.Is(err, fetch.ErrPrivate) || errors.Is(err, fetch.ErrScheme) || errors.Is(err, fetch.ErrTooLarge) ||
		f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge)
}

func (r *Runner) get(ctx context.Context, address string) (u engine.Upload, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return u, fetch.ErrScheme
	}
	a, err := r.client.Do(q)
	if err != nil {
		return u, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return u, fmt.Errorf("the photo's address answers %s", a.Status)
	}
	data, err := io.ReadAll(a.Body)
	if err != nil {
		return u, err
	}
	return r.Photos.Keep(ctx, "photos", path.Base(q.URL.Path), data, r.Clock.Now())
}

// Package session remembers which browsers are signed in. A session is a
// random token in a cookie; the database holds its SHA-256 only. It knows an
// account by its id and nothing else of people.
package session

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"net/http"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

//go:embed migrations/*.sql
var files embed.FS

// Migration holds the sessions.
var Migration = dbx.Migration{Name: "session", FS: dbx.Sub(files, "migrations")}

// Store keeps sessions.
type Store struct {
	db   *dbx.DB
	clk  clock.Clock
	idle time.Duration // ends after this long without a request
	max  time.Duration // ends after this long in any case
	tls  bool
	name string // of the cookie
}

// New returns a store whose sessions end after idle without a request and
// after max in any case. With tls the cookie is Secure and bound to the host.
func New(db *dbx.DB, clk clock.Clock, idle, max time.Duration, tls bool) *Store {
	return &Store{db: db, clk: clk, idle: idle, max: max, tls: tls, name: "session"}
}

// Named is a store for other people than those of s: their cookie has another
// name, and their sessions last as long as is said here.
func (s *Store) Named(name string, idle, max time.Duration) *Store {
	other := *s
	other.name, other.idle, other.max = name, idle, max
	return &other
}

// Session is one signed-in browser.
type Session struct {
	ID       id.ID
	Account  id.ID
	Division id.ID // where the person is working now
	Created  time.Time
	Seen     time.Time
	IP       string
	Agent    string
}

// touchEvery spares a write on every request: the idle limit is exact to this.
const touchEvery = time.Minute

// Create signs an account in and sets the cookie.
func (s *Store) Create(ctx context.Context, w http.ResponseWriter, account, division id.ID, ip, agent string) (err error) {
	defer fault.Trace(&err, "session.Create")
	token := id.Token(32)
	now := clock.Micro(s.clk.Now())
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO session (id, token, account, division, created, seen, ip, agent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id.New(), digest(token), account, division, now, now, ip, clip(agent, 200))
		return err
	})
	if err == nil {
		http.SetCookie(w, s.cookie(token, s.max))
	}
	return err
}

// Find returns the session of the request's cookie. No cookie, an unknown, an
// ended or an idle session is an Unauthenticated fault.
func (s *Store) Find(ctx context.Context, r *http.Request) (_ *Session, err error) {
	defer fault.Trace(&err, "session.Find")
	out := fault.New(fault.Unauthenticated, "fault.unauthenticated")
	c, err := r.Cookie(s.cookieName())
	if err != nil || c.Value == "" {
		return nil, out
	}
	row := s.db.QueryRow(ctx, columns+` WHERE token = $1 AND ended IS NULL`, digest(c.Value))
	found, err := scan(row.Scan)
	if fault.Is(err, fault.NotFound) {
		return nil, out
	} else if err != nil {
		return nil, err
	}
	now := s.clk.Now()
	if now.Sub(found.Seen) > s.idle || now.Sub(found.Created) > s.max {
		return nil, out
	}
	if now.Sub(found.Seen) > touchEvery {
		err = s.db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE session SET seen = $1 WHERE id = $2`, clock.Micro(now), found.ID)
			return err
		})
	}
	if fault.Is(err, fault.Unavailable) {
		err = nil // a busy writer costs nobody the page; the next request notes the visit
	}
	return &found, err
}

// Move changes the division the session works in.
func (s *Store) Move(ctx context.Context, session, division id.ID) (err error) {
	defer fault.Trace(&err, "session.Move")
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE session SET division = $1 WHERE id = $2`, division, session)
		return err
	})
}

// End ends one session of the account; another account's is NotFound.
func (s *Store) End(ctx context.Context, account, session id.ID) (err error) {
	defer fault.Trace(&err, "session.End")
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE session SET ended = $1 WHERE id = $2 AND account = $3 AND ended IS NULL`, clock.Micro(s.clk.Now()), session, account)
		if err == nil && n == 0 {
			return fault.Missing("session")
		}
		return err
	})
}

// EndAll ends every session of the account, but not the one to keep.
func (s *Store) EndAll(ctx context.Context, account, keep id.ID) (err error) {
	defer fault.Trace(&err, "session.EndAll")
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE session SET ended = $1 WHERE account = $2 AND id <> $3 AND ended IS NULL`,
			clock.Micro(s.clk.Now()), account, notNull(keep))
		return err
	})
}

// notNull makes "no session" comparable: id <> NULL would hold for none.
func notNull(i id.ID) []byte { return i[:] }

// Clear removes the cookie.
func (s *Store) Clear(w http.ResponseWriter) { http.SetCookie(w, s.cookie("", -time.Second)) }

// List returns the account's living sessions, newest first.
func (s *Store) List(ctx context.Context, account id.ID) (_ []Session, err error) {
	defer fault.Trace(&err, "session.List")
	now := s.clk.Now()
	rows, err := s.db.Query(ctx, columns+` WHERE account = $1 AND ended IS NULL AND seen > $2 AND created > $3 ORDER BY seen DESC`,
		account, clock.Micro(now.Add(-s.idle)), clock.Micro(now.Add(-s.max)))
	return dbx.Collect(rows, err, func(r *sql.Rows) (Session, error) { return scan(r.Scan) })
}

// Sweep deletes sessions that ended or can no longer live.
func (s *Store) Sweep(ctx context.Context) (err error) {
	defer fault.Trace(&err, "session.Sweep")
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE ended IS NOT NULL OR created < $1`, clock.Micro(s.clk.Now().Add(-s.max)))
		return err
	})
}

const columns = `SELECT id, account, division, created, seen, ip, agent FROM session`

func scan(read func(...any) error) (s Session, err error) {
	var created, seen int64
	err = read(&s.ID, &s.Account, &s.Division, &created, &seen, &s.IP, &s.Agent)
	s.Created, s.Seen = clock.FromMicro(created), clock.FromMicro(seen)
	return s, err
}

func (s *Store) cookieName() string {
	if s.tls {
		return "__Host-" + s.name // browsers accept it only over TLS, for this host alone
	}
	return s.name
}

func (s *Store) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, Secure: s.tls, SameSite: http.SameSiteLaxMode,
	}
}

func digest(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// clip makes what a browser said fit to keep: at most n characters of UTF-8.
func clip(s string, n int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

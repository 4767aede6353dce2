package people

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// keyPrefix lets a leaked key be recognised by scanners of source code.
const keyPrefix = "xc_"

// APIKey is a machine's right to send reports into one division. Only a
// SHA-256 of the key is stored: it has 256 random bits, so there is nothing to
// guess and no need for a slow hash.
type APIKey struct {
	ID       id.ID
	Division id.ID
	Name     string
	Created  time.Time
	Revoked  time.Time
	LastUsed time.Time // to the hour
}

// CreateKey makes a key for an administrator (or the system) and returns it in
// plain, this once.
func (s *Service) CreateKey(ctx context.Context, actor Actor, name string) (plain string, key APIKey, err error) {
	defer fault.Trace(&err, "people.CreateKey(%s)", name)
	if name = strings.TrimSpace(name); name == "" {
		return "", APIKey{}, fault.New(fault.Invalid, "people.key_name").Field("name", "people.needed")
	}
	if err := actor.Require(actor.Division, Admin); err != nil {
		return "", APIKey{}, err
	}
	plain = keyPrefix + id.Token(32)
	key = APIKey{ID: id.New(), Division: actor.Division, Name: name, Created: s.clk.Now()}
	err = s.write(ctx, actor, func(e *edit) error {
		_, err := e.tx.Exec(e.ctx, `INSERT INTO api_key (division, id, name, hash, created, revoked, last_used) VALUES ($1,$2,$3,$4,$5,0,0)`,
			key.Division, key.ID, key.Name, hashKey(plain), clock.Micro(key.Created))
		if err != nil {
			return err
		}
		return e.audit("apikey.create", name, nil, nil)
	})
	return plain, key, err
}

// FindKey returns the key a machine shows; unknown and revoked ones are
// Unauthenticated. It notes the use, at most once an hour.
func (s *Service) FindKey(ctx context.Context, plain string) (key APIKey, err error) {
	defer fault.Trace(&err, "people.FindKey")
	key, err = scanKey(s.db.QueryRow(ctx, keySelect+` WHERE hash = $1`, hashKey(plain)))
	if fault.Is(err, fault.NotFound) || (err == nil && !key.Revoked.IsZero()) {
		return APIKey{}, fault.New(fault.Unauthenticated, "people.key_wrong")
	}
	if err != nil {
		return APIKey{}, err
	}
	if now := s.clk.Now(); now.Sub(key.LastUsed) > time.Hour {
		err = s.db.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE api_key SET last_used = $1 WHERE division = $2 AND id = $3`,
				clock.Micro(now), key.Division, key.ID)
			return err
		})
	}
	return key, err
}

// Keys lists the keys of the actor's division, for administrators.
func (s *Service) Keys(ctx context.Context, actor Actor) (keys []APIKey, err error) {
	defer fault.Trace(&err, "people.Keys")
	if err := actor.Require(actor.Division, Admin); err != nil {
		return nil, err
	}
	return collect(ctx, s.db, func(r *sql.Rows) (APIKey, error) { return scanKey(r) },
		keySelect+` WHERE division = $1 ORDER BY id`, actor.Division)
}

// RevokeKey ends a key at once; an unknown one is NotFound.
func (s *Service) RevokeKey(ctx context.Context, actor Actor, key id.ID) (err error) {
	defer fault.Trace(&err, "people.RevokeKey(%s)", key)
	return s.change(ctx, actor, func(e *edit) error {
		n, err := e.tx.Exec(e.ctx, `UPDATE api_key SET revoked = $1 WHERE division = $2 AND id = $3 AND revoked = 0`,
			clock.Micro(e.at), e.actor.Division, key)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("api key")
		}
		return e.audit("apikey.revoke", key.String(), nil, nil)
	})
}

const keySelect = `SELECT id, division, name, created, revoked, last_used FROM api_key`

func scanKey(r scanner) (k APIKey, err error) {
	var created, revoked, used int64
	err = r.Scan(&k.ID, &k.Division, &k.Name, &created, &revoked, &used)
	k.Created, k.Revoked, k.LastUsed = clock.FromMicro(created), clock.FromMicro(revoked), clock.FromMicro(used)
	return k, err
}

func hashKey(plain string) []byte {
	h := sha256.Sum256([]byte(plain))
	return h[:]
}

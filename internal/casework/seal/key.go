package seal

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Origin names a division's log among all logs there are.
func Origin(d people.Division) string {
	s := d.ID.String()
	return "xiucheng/" + d.Key + "/" + s[len(s)-12:]
}

// Key is a public key by which a log was or is signed.
type Key struct {
	Text string // name+hash+key, as golang.org/x/mod/sumdb/note writes it
	Made time.Time
}

// Keys lists the public keys of a division, the one in use last.
func Keys(ctx context.Context, q dbx.Querier, division id.ID) (_ []Key, err error) {
	defer fault.Trace(&err, "seal.Keys")
	rows, err := q.Query(ctx, `SELECT key, made FROM seal_key WHERE division = $1 ORDER BY made, key`, division)
	return dbx.Collect(rows, err, func(s *sql.Rows) (k Key, err error) {
		var made int64
		err = s.Scan(&k.Text, &made)
		k.Made = clock.FromMicro(made)
		return k, err
	})
}

func (s *Sealer) keyFile(d people.Division) string {
	return filepath.Join(s.Dir, "seal", d.Key+".key")
}

// signer is the division's private key; the first use makes one. The file is
// read each time, so that a key that was changed meanwhile is the one in use.
func (s *Sealer) signer(ctx context.Context, d people.Division) (note.Signer, error) {
	raw, err := os.ReadFile(s.keyFile(d))
	if errors.Is(err, fs.ErrNotExist) {
		return s.newKey(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	secret, public, ok := strings.Cut(strings.TrimSpace(string(raw)), "\n")
	signer, err := note.NewSigner(secret)
	if err != nil || !ok || signer.Name() != Origin(d) {
		return nil, fmt.Errorf("%s is not the key of %s", s.keyFile(d), Origin(d))
	}
	return signer, s.list(ctx, d, public)
}

func (s *Sealer) newKey(ctx context.Context, d people.Division) (note.Signer, error) {
	secret, public, err := note.GenerateKey(rand.Reader, Origin(d))
	if err != nil {
		return nil, err
	}
	path := s.keyFile(d)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := appendFile(path, 0o600, secret+"\n"+public+"\n"); err != nil {
		return nil, err
	}
	if err := s.list(ctx, d, public); err != nil {
		return nil, err
	}
	return note.NewSigner(secret)
}

// list writes a public key down, in the table and beside the checkpoints, where
// it is not yet.
func (s *Sealer) list(ctx context.Context, d people.Division, public string) error {
	var one int
	err := s.DB.QueryRow(ctx, `SELECT 1 FROM seal_key WHERE division = $1 AND key = $2`, d.ID, public).Scan(&one)
	if fault.Is(err, fault.NotFound) {
		err = s.DB.Write(ctx, func(tx *dbx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO seal_key (division, key, made) VALUES ($1, $2, $3) ON CONFLICT (division, key) DO NOTHING`,
				d.ID, public, clock.Micro(s.Clock.Now()))
			return err
		})
	}
	for _, o := range s.outsides(d) {
		if err == nil {
			err = errors.Join(s.begin(ctx, d, o), o.addKey(public))
		}
	}
	return err
}

// Rotate makes a new key. The old private key is deleted; the public one stays
// listed, and what it signed stays signed.
func (s *Sealer) Rotate(ctx context.Context, d people.Division) (err error) {
	defer fault.Trace(&err, "seal.Rotate")
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.signer(ctx, d); err != nil { // listed, before it goes
		return err
	}
	if err := os.Remove(s.keyFile(d)); err != nil {
		return err
	}
	_, err = s.newKey(ctx, d)
	return err
}

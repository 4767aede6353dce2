package upload

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Upload is one file on its way. Offset is how much has arrived.
type Upload struct {
	Division, ID, Case, Account id.ID
	Name, Mime                  string
	Size, Offset                int64
	Wanted, SHA256              string
	At                          time.Time
}

// Whole reports whether all of it arrived and was hashed.
func (u Upload) Whole() bool { return u.SHA256 != "" }

const columns = `division, id, case_id, account, name, mime, size, wanted, sha256, at`

func (m *Room) scan(r *sql.Rows) (u Upload, err error) {
	var at int64
	if err = r.Scan(&u.Division, &u.ID, &u.Case, &u.Account, &u.Name, &u.Mime, &u.Size, &u.Wanted, &u.SHA256, &at); err != nil {
		return u, err
	}
	u.At = clock.FromMicro(at)
	if fi, err := os.Stat(m.path(u.ID)); err == nil {
		u.Offset = fi.Size()
	}
	return u, nil
}

// path is where an upload's bytes lie until it is taken.
func (m *Room) path(key id.ID) string { return filepath.Join(m.Dir, key.String()) }

// Find reads an upload of the account; another's or none is NotFound.
func (m *Room) Find(ctx context.Context, division, account, key id.ID) (u Upload, err error) {
	defer fault.Trace(&err, "upload.Find(%s)", key)
	rows, err := m.DB.Query(ctx, `SELECT `+columns+` FROM upload WHERE division = $1 AND id = $2 AND account = $3`, division, key, account)
	list, err := dbx.Collect(rows, err, m.scan)
	if err == nil && len(list) == 0 {
		return u, fault.Missing("upload")
	}
	if err != nil {
		return u, err
	}
	return list[0], nil
}

// Waiting lists an account's whole uploads for a case that nobody took yet.
func (m *Room) Waiting(ctx context.Context, division, account, caseID id.ID) (_ []Upload, err error) {
	defer fault.Trace(&err, "upload.Waiting(%s)", caseID)
	rows, err := m.DB.Query(ctx, `SELECT `+columns+` FROM upload WHERE division = $1 AND case_id = $2 AND account = $3 AND sha256 <> '' ORDER BY at, id`, division, caseID, account)
	return dbx.Collect(rows, err, m.scan)
}

func (m *Room) create(ctx context.Context, u Upload) error {
	if err := os.MkdirAll(m.Dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(m.path(u.ID), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO upload (division, id, case_id, account, name, mime, size, wanted, sha256, at, touched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10)`,
			u.Division, u.ID, u.Case, u.Account, u.Name, u.Mime, u.Size, u.Wanted, clock.Micro(u.At), clock.Micro(u.At))
		return err
	})
}

// grow appends what body brings; a cut connection keeps what arrived.
func (m *Room) grow(ctx context.Context, u *Upload, body io.Reader) (err error) {
	f, err := os.OpenFile(m.path(u.ID), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	n, cut := io.Copy(f, io.LimitReader(body, u.Size-u.Offset))
	u.Offset += n
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := m.touch(context.WithoutCancel(ctx), *u); err != nil {
		return err
	}
	if cut != nil {
		return fault.Wrap(cut, fault.Invalid, "upload.part")
	}
	return nil
}

func (m *Room) touch(ctx context.Context, u Upload) error {
	now := clock.Micro(m.Clock.Now())
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE upload SET touched = $1, sha256 = $2 WHERE division = $3 AND id = $4`, now, u.SHA256, u.Division, u.ID)
		return err
	})
}

// finish hashes a whole upload. One that is not what its sender announced is
// thrown away: a Conflict.
func (m *Room) finish(ctx context.Context, u *Upload) error {
	f, err := os.Open(m.path(u.ID))
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if u.Wanted != "" && u.Wanted != got {
		if err := m.drop(ctx, *u); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "upload.digest", "want", u.Wanted, "got", got)
	}
	u.SHA256 = got
	return m.touch(ctx, *u)
}

// drop forgets an upload and its bytes.
func (m *Room) drop(ctx context.Context, u Upload) error {
	if err := os.Remove(m.path(u.ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM upload WHERE division = $1 AND id = $2`, u.Division, u.ID)
		return err
	})
}

// Keep puts a whole upload into the blob store, under the digest that it was
// given when it was finished. Forget it when its evidence is recorded.
func (m *Room) Keep(ctx context.Context, u Upload) (err error) {
	defer fault.Trace(&err, "upload.Keep(%s)", u.ID)
	if !u.Whole() {
		return fault.New(fault.Conflict, "upload.part")
	}
	f, err := os.Open(m.path(u.ID))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := m.Blobs.Put(ctx, f, u.Size)
	if err != nil {
		return err
	}
	if info.SHA256 != u.SHA256 { // the disk changed what was hashed
		return fault.New(fault.Conflict, "upload.digest", "want", u.SHA256, "got", info.SHA256)
	}
	return nil
}

// Forget ends uploads that became evidence.
func (m *Room) Forget(ctx context.Context, list ...Upload) error {
	for _, u := range list {
		if err := m.drop(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// stale is how long an upload waits for its next part, and a whole one to be taken.
const stale = 24 * time.Hour

// Sweep ends uploads of every division that nobody touched for a day.
func (m *Room) Sweep(ctx context.Context) (err error) {
	defer fault.Trace(&err, "upload.Sweep")
	rows, err := m.DB.Query(ctx, `SELECT `+columns+` FROM upload WHERE touched < $1 LIMIT 1000`, clock.Micro(m.Clock.Now().Add(-stale)))
	list, err := dbx.Collect(rows, err, m.scan)
	if err != nil {
		return err
	}
	return m.Forget(ctx, list...)
}

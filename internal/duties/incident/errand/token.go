package errand

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// waiting is a report until its case is opened.
type waiting struct {
	Division id.ID           `json:"division"`
	Token    string          `json:"token"`
	Report   incident.Report `json:"report"`
	Photos   []string        `json:"photos,omitempty"` // addresses
}

// Take keeps a report whose case is opened by a job, and returns its token. The
// same key gives the same token; with another report it is Invalid.
func (r *Runner) Take(ctx context.Context, report incident.Report, photos []string) (token string, err error) {
	defer fault.Trace(&err, "errand.Take")
	t := id.New()
	if report.Key != "" {
		sum := sha256.Sum256(append(report.Division[:], "token "+report.Key...))
		copy(t[:], sum[:])
	}
	w := waiting{Division: report.Division, Token: hex.EncodeToString(t[:]), Report: report, Photos: photos}
	body, err := json.Marshal(w)
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256(body)
	return w.Token, r.DB.Write(ctx, func(tx *dbx.Tx) error {
		now := r.Clock.Now()
		n, err := tx.Exec(ctx, `INSERT INTO report_token (division, token, digest, report, reference, at) VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (division, token) DO NOTHING`,
			w.Division, t, digest[:], string(body), clock.Micro(now))
		if err != nil {
			return err
		}
		if n == 0 {
			return same(ctx, tx, w.Division, t, digest[:])
		}
		ref, err := json.Marshal(reference{w.Division, t})
		if err != nil {
			return err
		}
		return job.Enqueue(ctx, tx, job.Job{Kind: openKind, Key: w.Token, Payload: string(ref), RunAt: now})
	})
}

func same(ctx context.Context, tx *dbx.Tx, division, token id.ID, digest []byte) error {
	var first []byte
	err := tx.QueryRow(ctx, `SELECT digest FROM report_token WHERE division = $1 AND token = $2`, division, token).Scan(&first)
	if err == nil && !bytes.Equal(first, digest) {
		return fault.New(fault.Invalid, "errand.key_reused")
	}
	return err
}

// reference is what a job carries: the report itself stays in the table.
type reference struct {
	Division id.ID `json:"division"`
	Token    id.ID `json:"token"`
}

// open opens the case of a token. Done again it finds the case it opened.
func (r *Runner) open(ctx context.Context, j job.Job) error {
	var ref reference
	if err := json.Unmarshal([]byte(j.Payload), &ref); err != nil {
		return err
	}
	var body string
	err := r.DB.QueryRow(ctx, `SELECT report FROM report_token WHERE division = $1 AND token = $2 AND reference = ''`, ref.Division, ref.Token).Scan(&body)
	if fault.Is(err, fault.NotFound) {
		return nil // done before
	} else if err != nil {
		return err
	}
	var w waiting
	if err := json.Unmarshal([]byte(body), &w); err != nil {
		return err
	}
	w.Report.Key = "token:" + w.Token
	res, err := r.Citizens.Report(ctx, w.Report)
	if err != nil {
		return err
	}
	name, err := r.Citizens.ReferenceOf(ctx, ref.Division, res.Case)
	if err != nil {
		return err
	}
	if err := r.Fetch(ctx, Photos{Division: ref.Division, Receipt: res.Receipt, Addresses: w.Photos}); err != nil {
		return err
	}
	return r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE report_token SET reference = $1, report = '' WHERE division = $2 AND token = $3`, name, ref.Division, ref.Token)
		return err
	})
}

// Reference is the name of the case that a token became, "" while it waits. A
// token nobody was given is NotFound.
func (r *Runner) Reference(ctx context.Context, division id.ID, token string) (ref string, err error) {
	defer fault.Trace(&err, "errand.Reference")
	t, bad := hex.DecodeString(token)
	if bad != nil || len(t) != len(id.ID{}) {
		return "", fault.Missing("token")
	}
	err = r.DB.QueryRow(ctx, `SELECT reference FROM report_token WHERE division = $1 AND token = $2`, division, t).Scan(&ref)
	return ref, err
}

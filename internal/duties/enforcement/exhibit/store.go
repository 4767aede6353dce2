package exhibit

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Kinds are the eight of PL 46, in its order.
var Kinds = []string{"documentary", "physical", "av", "edata", "witness", "statement", "opinion", "record"}

// Rulings on a piece of evidence; "" is none yet.
const (
	Verified = "verified"
	Excluded = "excluded"
)

// Movements of a piece of evidence.
const (
	Take     = "take" // the first of every chain
	Hand     = "hand" // to another keeper
	Move     = "move" // to another place
	Send     = "send" // away, to be examined
	Back     = "back"
	Return   = "return" // to whom it belongs
	Transfer = "transfer"
	Destroy  = "destroy"
)

// Movements are those that can follow the first.
var Movements = []string{Hand, Move, Send, Back, Return, Transfer, Destroy}

// last are the movements after which a piece is no longer kept.
var last = []string{Return, Transfer, Destroy}

// Exhibit is a piece of evidence with its files and its chain, the oldest first.
type Exhibit struct {
	ID, Case       id.ID
	N              int64
	Kind, Name     string
	Source, Proves string
	Original       bool
	Holder, Signed string // of a copy: who signed that it is like the original
	KeptAt         string
	Ruling, Reason string
	Ruled          time.Time
	Ruler          string
	At             time.Time
	Author, Second string
	Files          []File
	Chain          []Movement
}

// File is one file of a piece.
type File struct {
	SHA256, Name, Mime string
	Size               int64
}

// Movement is one link of the chain of custody.
type Movement struct {
	What           string
	At             time.Time
	Giver, Keeper  string
	Place, Why     string
	Author, Second string
}

// Keeper is who has the piece, "" when it is gone.
func (x Exhibit) Keeper() string {
	if n := len(x.Chain); n > 0 {
		return x.Chain[n-1].Keeper
	}
	return ""
}

// Place is where the piece lies.
func (x Exhibit) Place() string {
	for _, m := range slices.Backward(x.Chain) {
		if m.Place != "" {
			return m.Place
		}
	}
	return ""
}

// Gone reports whether the piece is no longer kept.
func (x Exhibit) Gone() bool {
	n := len(x.Chain)
	return n > 0 && slices.Contains(last, x.Chain[n-1].What)
}

// Broken reports whether a link was handed on by another than its keeper, or
// before it came.
func (x Exhibit) Broken() bool {
	for i, m := range x.Chain {
		if i == 0 && m.What != Take || i > 0 && (m.Giver != x.Chain[i-1].Keeper || m.At.Before(x.Chain[i-1].At)) {
			return true
		}
	}
	return len(x.Chain) == 0
}

const columns = `id, case_id, n, kind, name, source, proves, original, holder, signed, kept_at, ruling, reason, ruled, ruler, at, author, second`

func scan(r *sql.Rows) (x Exhibit, err error) {
	var ruled, at int64
	err = r.Scan(&x.ID, &x.Case, &x.N, &x.Kind, &x.Name, &x.Source, &x.Proves, &x.Original, &x.Holder, &x.Signed, &x.KeptAt, &x.Ruling, &x.Reason, &ruled, &x.Ruler,
		&at, &x.Author, &x.Second)
	x.Ruled, x.At = clock.FromMicro(ruled), clock.FromMicro(at)
	return x, err
}

// Of lists a case's evidence by number.
func Of(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Exhibit, err error) {
	defer fault.Trace(&err, "exhibit.Of(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM exhibit WHERE division = $1 AND case_id = $2 ORDER BY n`, division, caseID)
	list, err := dbx.Collect(rows, err, scan)
	if err != nil || len(list) == 0 {
		return list, err
	}
	at := map[id.ID]*Exhibit{}
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	rows, err = q.Query(ctx, `SELECT exhibit, sha256, name, mime, size FROM exhibit_file WHERE division = $1 AND case_id = $2 ORDER BY exhibit, n`, division, caseID)
	if _, err = dbx.Collect(rows, err, func(r *sql.Rows) (f File, err error) {
		var of id.ID
		if err = r.Scan(&of, &f.SHA256, &f.Name, &f.Mime, &f.Size); err == nil && at[of] != nil {
			at[of].Files = append(at[of].Files, f)
		}
		return f, err
	}); err != nil {
		return nil, err
	}
	rows, err = q.Query(ctx, `SELECT exhibit, what, at, giver, keeper, place, why, author, second FROM exhibit_move WHERE division = $1 AND case_id = $2 ORDER BY exhibit, n`, division, caseID)
	_, err = dbx.Collect(rows, err, func(r *sql.Rows) (m Movement, err error) {
		var of id.ID
		var when int64
		if err = r.Scan(&of, &m.What, &when, &m.Giver, &m.Keeper, &m.Place, &m.Why, &m.Author, &m.Second); err == nil && at[of] != nil {
			m.At = clock.FromMicro(when)
			at[of].Chain = append(at[of].Chain, m)
		}
		return m, err
	})
	return list, err
}

// Find reads one piece of a case; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, caseID, key id.ID) (x Exhibit, err error) {
	defer fault.Trace(&err, "exhibit.Find(%s)", key)
	list, err := Of(ctx, q, division, caseID)
	if err != nil {
		return x, err
	}
	if i := slices.IndexFunc(list, func(x Exhibit) bool { return x.ID == key }); i >= 0 {
		return list[i], nil
	}
	return x, fault.Missing("exhibit")
}

func insert(ctx context.Context, tx *dbx.Tx, division id.ID, x *Exhibit) error {
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM exhibit WHERE division = $1 AND case_id = $2`, division, x.Case).Scan(&x.N); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO exhibit (division, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', 0, '', $13, $14, $15)`,
		division, x.ID, x.Case, x.N, x.Kind, x.Name, x.Source, x.Proves, x.Original, x.Holder, x.Signed, x.KeptAt, clock.Micro(x.At), x.Author, x.Second)
	if err != nil {
		return err
	}
	for i, f := range x.Files {
		if _, err := tx.Exec(ctx, `INSERT INTO exhibit_file (division, exhibit, case_id, n, sha256, name, mime, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			division, x.ID, x.Case, i, f.SHA256, f.Name, f.Mime, f.Size); err != nil {
			return err
		}
	}
	return link(ctx, tx, division, *x, 0, x.Chain[0], x.At)
}

func link(ctx context.Context, tx *dbx.Tx, division id.ID, x Exhibit, n int, m Movement, entered time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO exhibit_move (division, exhibit, case_id, n, what, at, giver, keeper, place, why, author, second, entered)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, division, x.ID, x.Case, n, m.What, clock.Micro(m.At), m.Giver, m.Keeper, m.Place, m.Why, m.Author, m.Second,
		clock.Micro(entered))
	return err
}

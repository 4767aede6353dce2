package seal

import (
	"context"
	"database/sql"

	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Proof leads from one event to a checkpoint's root.
type Proof struct {
	Leaf
	Path tlog.RecordProof
}

// Prove proves that every event of the case is under the division's newest
// checkpoint. Events that are not sealed yet have no proof.
func Prove(ctx context.Context, q dbx.Querier, division, caseID id.ID) (signed string, c Checkpoint, list []Proof, err error) {
	defer fault.Trace(&err, "seal.Prove(%s)", caseID)
	if c, signed, err = Newest(ctx, q, division); err != nil {
		return "", c, nil, err
	}
	rows, err := q.Query(ctx, `SELECT n, case_id, seq, hash FROM seal_leaf WHERE division = $1 AND case_id = $2 AND n < $3 ORDER BY seq`, division, caseID, c.Size)
	leaves, err := dbx.Collect(rows, err, scanLeaf)
	r := newReader(ctx, q, division)
	for i := 0; err == nil && i < len(leaves); i++ {
		p := Proof{Leaf: leaves[i]}
		p.Path, err = tlog.ProveRecord(c.Size, p.N, r)
		list = append(list, p)
	}
	return signed, c, list, err
}

// Sealed is an event with the first checkpoint that covers it.
type Sealed struct {
	Leaf
	First Checkpoint // the zero one while none does
}

// ByHash finds the sealed event whose hash begins with these bytes; none, or more
// than one, is NotFound.
func ByHash(ctx context.Context, q dbx.Querier, division id.ID, prefix []byte) (s Sealed, err error) {
	defer fault.Trace(&err, "seal.ByHash")
	from, to := make([]byte, tlog.HashSize), make([]byte, tlog.HashSize)
	for i := range to {
		to[i] = 0xff
	}
	copy(from, prefix)
	copy(to, prefix)
	rows, err := q.Query(ctx, `SELECT n, case_id, seq, hash FROM seal_leaf WHERE division = $1 AND hash >= $2 AND hash <= $3 LIMIT 2`, division, from, to)
	list, err := dbx.Collect(rows, err, scanLeaf)
	if err != nil {
		return s, err
	}
	if len(list) != 1 {
		return s, fault.Missing("event")
	}
	s.Leaf = list[0]
	s.First, err = first(ctx, q, division, s.N)
	return s, err
}

// ByEvent finds a case's event in the log; one that is not sealed is NotFound.
func ByEvent(ctx context.Context, q dbx.Querier, division, caseID id.ID, seq int64) (s Sealed, err error) {
	defer fault.Trace(&err, "seal.ByEvent(%s)", caseID)
	err = q.QueryRow(ctx, `SELECT n, case_id, seq, hash FROM seal_leaf WHERE division = $1 AND case_id = $2 AND seq = $3`, division, caseID, seq).
		Scan(&s.N, &s.Case, &s.Seq, &s.Hash)
	if err == nil {
		s.First, err = first(ctx, q, division, s.N)
	}
	return s, err
}

func first(ctx context.Context, q dbx.Querier, division id.ID, n int64) (c Checkpoint, err error) {
	rows, err := q.Query(ctx, `SELECT note FROM seal_checkpoint WHERE division = $1 AND size > $2 ORDER BY size LIMIT 1`, division, n)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (n string, err error) { err = r.Scan(&n); return n, err })
	if err != nil || len(list) == 0 {
		return c, err
	}
	return unsigned(list[0])
}

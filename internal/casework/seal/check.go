package seal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Finding is one thing in which a log is not as it was sealed.
type Finding struct {
	Division string
	What     What
	Case     id.ID // of an event
	Seq      int64
	Size     int64  // of a checkpoint
	Detail   string // where
}

// What is wrong with a log.
type What string

// What can be found.
const (
	Changed What = "sealed-altered" // an event is not the one that was sealed
	Gone    What = "sealed-missing" // a sealed event is not there
	Leafs   What = "log-leaf"       // a leaf is missing from the log
	Node    What = "log-node"       // a hash above the leaves does not follow from them
	Rewrite What = "rewritten"      // a signed checkpoint does not fit the leaves: rewritten in its range
	Short   What = "shortened"      // a signed checkpoint covers more than there is
	Unknown What = "unsigned"       // a checkpoint that none of the listed keys signed
	Unkept  What = "key-unlisted"   // a key that the table lists and the folder of checkpoints does not
)

// String says it in a line.
func (f Finding) String() string {
	s := f.Division + ": " + string(f.What)
	if !f.Case.IsZero() {
		s += fmt.Sprintf(" case %s event %d", f.Case, f.Seq)
	} else if f.What != Unkept {
		s += fmt.Sprintf(" at %d events", f.Size)
	}
	return strings.TrimSpace(s + " " + f.Detail)
}

// Report is what was looked at and what was found.
type Report struct {
	Leaves, Checkpoints int64
	Waiting             int64 // events that are not sealed yet
	Findings            []Finding
}

// witness is a signed checkpoint and where it was read.
type witness struct {
	size  int64
	root  tlog.Hash
	where string
}

// Check looks at a division's log as a whole: each leaf against its event, the
// tree against its leaves, every checkpoint inside and outside against the tree.
func (s *Sealer) Check(ctx context.Context, d people.Division) (r Report, err error) {
	defer fault.Trace(&err, "seal.Check(%s)", d.Key)
	found := func(f Finding) { f.Division = d.Key; r.Findings = append(r.Findings, f) }
	list, err := s.witnesses(ctx, d, found)
	if err != nil {
		return r, err
	}
	r.Checkpoints = int64(len(list))
	slices.SortStableFunc(list, func(a, b witness) int { return cmp.Compare(a.size, b.size) })
	var p peaks
	var level []tlog.Hash
	rewritten := map[string]bool{}
	seen := func() {
		for ; len(list) > 0 && list[0].size <= p.size; list = list[1:] {
			if w := list[0]; w.root != p.root() && !rewritten[w.where] {
				rewritten[w.where] = true // all later ones cover it too
				found(Finding{What: Rewrite, Size: w.size, Detail: w.where})
			}
		}
	}
	seen()
	for {
		part, err := s.pairs(ctx, d.ID, p.size)
		if err != nil {
			return r, err
		}
		for _, x := range part {
			if x.N != p.size {
				found(Finding{What: Leafs, Size: p.size})
				return r, nil // nothing behind it can be compared
			}
			switch {
			case x.now == nil:
				found(Finding{What: Gone, Case: x.Case, Seq: x.Seq})
			case !bytes.Equal(x.now, x.Hash):
				found(Finding{What: Changed, Case: x.Case, Seq: x.Seq})
			}
			h := x.RecordHash()
			level = append(level, h)
			p.add(h)
			seen()
		}
		if level, err = s.nodes(ctx, d.ID, p.size-int64(len(level)), level, found); err != nil {
			return r, err
		}
		if len(part) < page {
			break
		}
	}
	r.Leaves = p.size
	if root, err := tlog.TreeHash(p.size, newReader(ctx, s.DB, d.ID)); err != nil || root != p.root() {
		found(Finding{What: Node, Size: p.size, Detail: "root"})
	}
	for _, w := range list {
		found(Finding{What: Short, Size: w.size, Detail: w.where})
	}
	err = s.DB.QueryRow(ctx, `SELECT count(*) FROM case_events e WHERE e.division = $1
		AND NOT EXISTS (SELECT 1 FROM seal_leaf l WHERE l.division = e.division AND l.case_id = e.case_id AND l.seq = e.seq)`, d.ID).Scan(&r.Waiting)
	return r, err
}

// pair is a leaf and the hash its event has now, nil for none.
type pair struct {
	Leaf
	now []byte
}

func (s *Sealer) pairs(ctx context.Context, division id.ID, from int64) ([]pair, error) {
	rows, err := s.DB.Query(ctx, `SELECT l.n, l.case_id, l.seq, l.hash, e.hash FROM seal_leaf l
		LEFT JOIN case_events e ON e.division = l.division AND e.case_id = l.case_id AND e.seq = l.seq
		WHERE l.division = $1 AND l.n >= $2 ORDER BY l.n LIMIT $3`, division, from, page)
	return dbx.Collect(rows, err, func(r *sql.Rows) (x pair, err error) {
		err = r.Scan(&x.N, &x.Case, &x.Seq, &x.Hash, &x.now)
		return x, err
	})
}

// nodes compares the kept hashes over whole groups of leaves; it returns the
// leaves of the group that is not whole.
func (s *Sealer) nodes(ctx context.Context, division id.ID, at int64, level []tlog.Hash, found func(Finding)) ([]tlog.Hash, error) {
	whole := int64(len(level)) / width
	if whole == 0 {
		return level, nil
	}
	kept, err := hashes(ctx, s.DB, division, stride, at/width, at/width+whole)
	if err != nil {
		found(Finding{What: Node, Size: at, Detail: err.Error()})
		return level[whole*width:], nil
	}
	for i := range whole {
		if int64(len(kept)) <= i || kept[i] != fold(level[i*width:(i+1)*width]) {
			found(Finding{What: Node, Size: at + i*width, Detail: fmt.Sprint("level ", stride)})
		}
	}
	return level[whole*width:], nil
}

// witnesses are the signed checkpoints of the table and of the folders. A
// checkpoint that nobody signed is found wrong and is none.
func (s *Sealer) witnesses(ctx context.Context, d people.Division, found func(Finding)) (list []witness, err error) {
	listed, err := Keys(ctx, s.DB, d.ID)
	if err != nil {
		return nil, err
	}
	var table []string
	for _, k := range listed {
		table = append(table, k.Text)
	}
	trusted := table
	for _, o := range s.outsides(d) {
		known, err := o.known()
		if err != nil {
			return nil, err
		}
		for _, k := range table {
			if len(known) > 0 && !slices.Contains(known, k) {
				found(Finding{What: Unkept, Detail: k})
			}
		}
		var torn []string // a crash half wrote what stands again behind it
		err = o.all(func(signed string) {
			c, _, err := OpenCheckpoint(signed, known...)
			if err != nil || c.Origin != Origin(d) {
				torn = append(torn, signed)
				return
			}
			torn = slices.DeleteFunc(torn, func(t string) bool { return strings.HasPrefix(signed, strings.TrimSuffix(t, "\n")) })
			list = append(list, witness{c.Size, c.Root, o.notes})
		})
		if err != nil {
			return nil, err
		}
		for _, t := range torn {
			c, _ := unsigned(t) // its size, where it can be read
			found(Finding{What: Unknown, Size: c.Size, Detail: o.notes})
		}
		if len(known) > 0 {
			trusted = known
		}
	}
	inside, err := s.inside(ctx, d, trusted, found)
	return append(list, inside...), err
}

func (s *Sealer) inside(ctx context.Context, d people.Division, keys []string, found func(Finding)) ([]witness, error) {
	rows, err := s.DB.Query(ctx, `SELECT size, root, at, note FROM seal_checkpoint WHERE division = $1 ORDER BY size`, d.ID)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (w witness, err error) {
		var at int64
		var root []byte
		var signed string
		if err := r.Scan(&w.size, &root, &at, &signed); err != nil {
			return w, err
		}
		c, _, err := OpenCheckpoint(signed, keys...)
		if err != nil || c.Origin != Origin(d) || c.Size != w.size || !bytes.Equal(c.Root[:], root) || clock.Micro(c.At) != at {
			found(Finding{What: Unknown, Size: w.size, Detail: "table"})
			return witness{size: -1}, nil
		}
		w.root, w.where = c.Root, "table"
		return w, nil
	})
	return slices.DeleteFunc(list, func(w witness) bool { return w.size < 0 }), err
}

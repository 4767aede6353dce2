package seal

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Leaf is one event in the log.
type Leaf struct {
	N    int64 // its place, from 0
	Case id.ID
	Seq  int64
	Hash []byte // of the event
}

// Record is what the tree hashes of a leaf: a text that anybody can write down.
func (l Leaf) Record() []byte {
	return fmt.Appendf(nil, "xiucheng leaf 1\n%s %d %s\n", l.Case, l.Seq, hex.EncodeToString(l.Hash))
}

// RecordHash is the leaf's hash in the tree, as RFC 6962 defines it.
func (l Leaf) RecordHash() tlog.Hash { return tlog.RecordHash(l.Record()) }

// The tree is kept as its leaves and each eighth level above them: a hash between
// is made from at most 128 below it, which costs less than keeping it.
const (
	stride = 8
	width  = 1 << stride
)

// fold is the hash over a power of two of neighbours.
func fold(list []tlog.Hash) tlog.Hash {
	if len(list) == 1 {
		return list[0]
	}
	half := len(list) / 2
	return tlog.NodeHash(fold(list[:half]), fold(list[half:]))
}

// reader reads hashes of a division's tree; it remembers what it has read.
type reader struct {
	ctx      context.Context
	q        dbx.Querier
	division id.ID
	tiles    map[[2]int64][]tlog.Hash
}

func newReader(ctx context.Context, q dbx.Querier, division id.ID) *reader {
	return &reader{ctx, q, division, map[[2]int64][]tlog.Hash{}}
}

// ReadHashes is what tlog asks for when it proves something.
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		span := int64(1) << (level % stride)
		base, first := level-level%stride, n*span
		tile, err := r.tile(base, first/width)
		if err != nil {
			return nil, err
		}
		from := first % width
		if from+span > int64(len(tile)) {
			return nil, fmt.Errorf("the log has no hash at level %d, place %d", level, n)
		}
		out[i] = fold(tile[from : from+span])
	}
	return out, nil
}

func (r *reader) tile(level int, n int64) ([]tlog.Hash, error) {
	key := [2]int64{int64(level), n}
	if t, ok := r.tiles[key]; ok {
		return t, nil
	}
	t, err := hashes(r.ctx, r.q, r.division, level, n*width, (n+1)*width)
	if err == nil {
		r.tiles[key] = t
	}
	return t, err
}

// hashes reads the kept hashes of a level from one place up to another.
func hashes(ctx context.Context, q dbx.Querier, division id.ID, level int, from, to int64) ([]tlog.Hash, error) {
	if level == 0 {
		list, err := leaves(ctx, q, division, from, to)
		out := make([]tlog.Hash, len(list))
		for i, l := range list {
			if l.N != from+int64(i) {
				return nil, fmt.Errorf("the log has no leaf %d", from+int64(i))
			}
			out[i] = l.RecordHash()
		}
		return out, err
	}
	rows, err := q.Query(ctx, `SELECT n, hash FROM seal_node WHERE division = $1 AND level = $2 AND n >= $3 AND n < $4 ORDER BY n`, division, level, from, to)
	next := from
	return dbx.Collect(rows, err, func(s *sql.Rows) (h tlog.Hash, err error) {
		var n int64
		var b []byte
		if err := s.Scan(&n, &b); err != nil {
			return h, err
		}
		if n != next || len(b) != len(h) {
			return h, fmt.Errorf("the log has no node %d of level %d", next, level)
		}
		next++
		copy(h[:], b)
		return h, nil
	})
}

func leaves(ctx context.Context, q dbx.Querier, division id.ID, from, to int64) ([]Leaf, error) {
	rows, err := q.Query(ctx, `SELECT n, case_id, seq, hash FROM seal_leaf WHERE division = $1 AND n >= $2 AND n < $3 ORDER BY n`, division, from, to)
	return dbx.Collect(rows, err, scanLeaf)
}

func scanLeaf(s *sql.Rows) (l Leaf, err error) {
	err = s.Scan(&l.N, &l.Case, &l.Seq, &l.Hash)
	return l, err
}

// node is a hash to be kept above the leaves.
type node struct {
	level int
	n     int64
	hash  tlog.Hash
}

// grown are the nodes that become whole when hashes are added to a level at a
// place, upwards to the top.
func grown(ctx context.Context, q dbx.Querier, division id.ID, level int, at int64, added []tlog.Hash) (out []node, err error) {
	first := at - at%width
	var all []tlog.Hash
	if first+width <= at+int64(len(added)) && first < at {
		if all, err = hashes(ctx, q, division, level, first, at); err != nil {
			return nil, err
		}
		if int64(len(all)) != at-first {
			return nil, fmt.Errorf("the log ends before place %d of level %d", at, level)
		}
	} else if first < at {
		return nil, nil
	}
	all = append(all, added...)
	var up []tlog.Hash
	for ; len(all) >= width; all = all[width:] {
		h := fold(all[:width])
		out = append(out, node{level + stride, first/width + int64(len(up)), h})
		up = append(up, h)
	}
	if len(up) == 0 {
		return nil, nil
	}
	higher, err := grown(ctx, q, division, level+stride, first/width, up)
	return append(out, higher...), err
}

// peaks is the tree while leaves are added one by one: the whole subtrees.
type peaks struct {
	size int64
	tops []tlog.Hash
}

func (p *peaks) add(h tlog.Hash) {
	p.tops = append(p.tops, h)
	for n := p.size; n&1 == 1; n >>= 1 {
		last := len(p.tops) - 1
		p.tops[last-1] = tlog.NodeHash(p.tops[last-1], p.tops[last])
		p.tops = p.tops[:last]
	}
	p.size++
}

func (p *peaks) root() tlog.Hash {
	if p.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // of nothing: no hash is read
		return h
	}
	h := p.tops[len(p.tops)-1]
	for i := len(p.tops) - 2; i >= 0; i-- {
		h = tlog.NodeHash(p.tops[i], h)
	}
	return h
}

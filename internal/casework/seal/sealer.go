package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Sealer keeps the logs of all divisions some moments behind their events. Any
// number of processes may run one.
type Sealer struct {
	DB    *dbx.DB
	Clock clock.Clock
	Log   *slog.Logger
	Dir   string        // the data folder, for the key and the checkpoints
	Copy  string        // a further folder for the checkpoints, "" for none
	Every time.Duration // at most one checkpoint in this time

	mu     sync.Mutex
	looked map[id.ID]error // what the look outside found at the first pass
}

const (
	page  = 4000 // events of one transaction on a walk over all of them
	batch = 500  // events of the outbox in one transaction
	burst = 20   // batches of one pass
)

// head is how far a division is sealed.
type head struct {
	size     int64
	position int64  // of the outbox
	atCase   []byte // how far the walk over all events is
	atSeq    int64
	whole    bool // the walk is done
}

// start stands before every case.
var start = make([]byte, len(id.ID{}))

// Walk has all events of the division looked at again. Use it in the transaction
// that brought events which are not in the outbox. Each walk begins at another
// number below the first event's: a walk that was on its way from the beginning
// when more events came is then told from the new one, and is overtaken.
func Walk(ctx context.Context, tx *dbx.Tx, division id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE seal_log SET walked_case = $1, walked_seq = $2, whole = FALSE WHERE division = $3`, start, -1-rand.Int64N(1<<62), division)
	return err
}

// Pass seals what has happened in the division since the last pass, and signs a
// checkpoint when one is due. A division whose log no longer fits what was kept
// outside is left alone, and the log says so once.
func (s *Sealer) Pass(ctx context.Context, d people.Division) (err error) {
	defer fault.Trace(&err, "seal.Pass(%s)", d.Key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, looked := s.looked[d.ID]; !looked {
		if err := s.look(ctx, d); err != nil {
			return err
		}
	}
	if s.looked[d.ID] != nil {
		return nil
	}
	for n, more := 0, true; more && err == nil && n < burst; n++ {
		more, err = s.advance(ctx, d.ID)
	}
	if errors.Is(err, errOvertaken) {
		return nil
	}
	if err == nil {
		err = s.checkpoint(ctx, d, s.Every)
	}
	if s.looked[d.ID] != nil { // said already
		return nil
	}
	return err
}

// Cover makes sure that a signed checkpoint covers every event of the case now.
func (s *Sealer) Cover(ctx context.Context, d people.Division, caseID id.ID) (err error) {
	defer fault.Trace(&err, "seal.Cover(%s)", caseID)
	s.mu.Lock()
	defer s.mu.Unlock()
	for try := 0; ; try++ {
		h, err := s.head(ctx, d.ID)
		if err != nil {
			return err
		}
		list, err := s.unsealed(ctx, d.ID, []id.ID{caseID})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		if err := s.add(ctx, d.ID, h, h, list); err != nil && (try == 3 || !errors.Is(err, errOvertaken)) {
			return err
		}
	}
	covered, err := s.covered(ctx, d.ID, caseID)
	if err != nil || covered {
		return err
	}
	return s.checkpoint(ctx, d, 0)
}

// covered reports whether the newest checkpoint is behind the case's last leaf.
func (s *Sealer) covered(ctx context.Context, division, caseID id.ID) (bool, error) {
	var last, size int64
	err := s.DB.QueryRow(ctx, `SELECT COALESCE((SELECT max(n) FROM seal_leaf WHERE division = $1 AND case_id = $2), -1),
		COALESCE((SELECT max(size) FROM seal_checkpoint WHERE division = $1), 0)`, division, caseID).Scan(&last, &size)
	return last < size, err
}

// look compares with what is outside, at the first pass of a process and before
// each signature, and remembers what it found.
func (s *Sealer) look(ctx context.Context, d people.Division) error {
	err := s.fits(ctx, d)
	var rewritten *Rewritten
	if err != nil && !errors.As(err, &rewritten) {
		return err
	}
	if s.looked == nil {
		s.looked = map[id.ID]error{}
	}
	s.looked[d.ID] = err
	if err != nil {
		s.Log.Error("the sealed log is not the one that was signed; nothing more is sealed in this division", "division", d.Key, "err", err)
	}
	return nil
}

func (s *Sealer) head(ctx context.Context, division id.ID) (h head, err error) {
	err = s.DB.QueryRow(ctx, `SELECT size, position, walked_case, walked_seq, whole FROM seal_log WHERE division = $1`, division).
		Scan(&h.size, &h.position, &h.atCase, &h.atSeq, &h.whole)
	if !fault.Is(err, fault.NotFound) {
		return h, err
	}
	h.atCase = start
	if h.position, err = event.Head(ctx, s.DB, division); err != nil {
		return h, err
	}
	err = s.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO seal_log (division, size, position, walked_case, walked_seq, whole) VALUES ($1, 0, $2, $3, 0, FALSE)
			ON CONFLICT (division) DO NOTHING`, division, h.position, start)
		return err
	})
	return h, err
}

// advance seals the next batch; more when there may be others.
func (s *Sealer) advance(ctx context.Context, division id.ID) (more bool, err error) {
	h, err := s.head(ctx, division)
	if err != nil {
		return false, err
	}
	if !h.whole {
		return true, s.walk(ctx, division, h)
	}
	events, err := event.Follow(ctx, s.DB, division, h.position, batch)
	if err != nil || len(events) == 0 {
		return false, err
	}
	next := h
	if events[0].Position != h.position+1 { // those between are gone
		next.position, next.whole, next.atCase, next.atSeq = events[0].Position-1, false, start, 0
		return true, s.add(ctx, division, h, next, nil)
	}
	seen := map[id.ID]bool{}
	var cases []id.ID
	for _, e := range events {
		if e.Topic == record.Topic && !seen[e.Subject] {
			seen[e.Subject] = true
			cases = append(cases, e.Subject)
		}
	}
	list, err := s.unsealed(ctx, division, cases)
	if err != nil {
		return false, err
	}
	next.position = events[len(events)-1].Position
	return len(events) == batch, s.add(ctx, division, h, next, list)
}

// walk seals what is not sealed among the next events of the whole division.
func (s *Sealer) walk(ctx context.Context, division id.ID, h head) error {
	rows, err := s.DB.Query(ctx, `SELECT COALESCE(l.n, -1), e.case_id, e.seq, e.hash FROM case_events e
		LEFT JOIN seal_leaf l ON l.division = e.division AND l.case_id = e.case_id AND l.seq = e.seq
		WHERE e.division = $1 AND (e.case_id, e.seq) > ($2, $3) ORDER BY e.case_id, e.seq LIMIT $4`, division, h.atCase, h.atSeq, page)
	all, err := dbx.Collect(rows, err, scanLeaf)
	if err != nil {
		return err
	}
	next := h
	next.whole = len(all) < page
	var list []Leaf
	for _, l := range all {
		next.atCase, next.atSeq = l.Case[:], l.Seq
		if l.N < 0 {
			list = append(list, l)
		}
	}
	return s.add(ctx, division, h, next, list)
}

// unsealed lists the cases' events that are in no log.
func (s *Sealer) unsealed(ctx context.Context, division id.ID, cases []id.ID) ([]Leaf, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	args := []any{division}
	for _, c := range cases {
		args = append(args, c)
	}
	rows, err := s.DB.Query(ctx, `SELECT -1, e.case_id, e.seq, e.hash FROM case_events e WHERE e.division = $1 AND e.case_id IN (`+dbx.In(2, len(cases))+`)
		AND NOT EXISTS (SELECT 1 FROM seal_leaf l WHERE l.division = e.division AND l.case_id = e.case_id AND l.seq = e.seq) ORDER BY e.case_id, e.seq`, args...)
	return dbx.Collect(rows, err, scanLeaf)
}

// errOvertaken is that another process sealed first.
var errOvertaken = errors.New("another sealer was first")

var (
	newLeaves = dbx.Rows{Columns: 5, Into: `INSERT INTO seal_leaf (division, n, case_id, seq, hash) VALUES`}
	newNodes  = dbx.Rows{Columns: 4, Into: `INSERT INTO seal_node (division, level, n, hash) VALUES`}
)

// add appends leaves and moves the head, both or neither.
func (s *Sealer) add(ctx context.Context, division id.ID, was, next head, list []Leaf) error {
	added := make([]tlog.Hash, len(list))
	for i := range list {
		list[i].N = was.size + int64(i)
		added[i] = list[i].RecordHash()
	}
	next.size = was.size + int64(len(list))
	nodes, err := grown(ctx, s.DB, division, 0, was.size, added)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE seal_log SET size = $1, position = $2, walked_case = $3, walked_seq = $4, whole = $5
			WHERE division = $6 AND size = $7 AND position = $8 AND walked_case = $9 AND walked_seq = $10 AND whole = $11`,
			next.size, next.position, next.atCase, next.atSeq, next.whole, division, was.size, was.position, was.atCase, was.atSeq, was.whole)
		if err != nil {
			return err
		}
		if n == 0 {
			return errOvertaken
		}
		for _, l := range list {
			if err := tx.Add(ctx, &newLeaves, division, l.N, l.Case, l.Seq, l.Hash); err != nil {
				return err
			}
		}
		for _, x := range nodes {
			if err := tx.Add(ctx, &newNodes, division, x.level, x.n, x.hash[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkpoint signs the log as it is, when it has grown and the last checkpoint
// is older than the pause; and writes outside what is not there yet.
func (s *Sealer) checkpoint(ctx context.Context, d people.Division, pause time.Duration) error {
	h, err := s.head(ctx, d.ID)
	if err != nil {
		return err
	}
	last, _, err := Newest(ctx, s.DB, d.ID)
	if err != nil {
		return err
	}
	now := s.Clock.Now().UTC().Truncate(time.Second)
	if h.size > last.Size && now.Sub(last.At) >= pause {
		if err := s.look(ctx, d); err != nil || s.looked[d.ID] != nil {
			return errors.Join(err, s.looked[d.ID])
		}
		if err := s.sign(ctx, d, h.size, now); err != nil {
			return err
		}
	}
	return s.publish(ctx, d)
}

func (s *Sealer) sign(ctx context.Context, d people.Division, size int64, now time.Time) error {
	root, err := tlog.TreeHash(size, newReader(ctx, s.DB, d.ID))
	if err != nil {
		return err
	}
	signer, err := s.signer(ctx, d)
	if err != nil {
		return err
	}
	text := Checkpoint{Origin(d), size, root, now}.Text()
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO seal_checkpoint (division, size, root, at, note) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (division, size) DO NOTHING`, d.ID, size, root[:], clock.Micro(now), string(signed))
		return err
	})
}

// Newest is the division's last checkpoint with its signed note; the zero one
// when there is none.
func Newest(ctx context.Context, q dbx.Querier, division id.ID) (c Checkpoint, signed string, err error) {
	err = q.QueryRow(ctx, `SELECT note FROM seal_checkpoint WHERE division = $1 ORDER BY size DESC LIMIT 1`, division).Scan(&signed)
	if fault.Is(err, fault.NotFound) {
		return c, "", nil
	}
	if err != nil {
		return c, "", err
	}
	c, err = unsigned(signed)
	return c, signed, err
}

// unsigned reads the checkpoint of a note of our own database.
func unsigned(signed string) (Checkpoint, error) {
	var none *note.UnverifiedNoteError
	if _, err := note.Open([]byte(signed), note.VerifierList()); !errors.As(err, &none) {
		return Checkpoint{}, errCheckpoint
	}
	return ParseCheckpoint(none.Note.Text)
}

// publish writes outside the checkpoints that are not there yet. What was signed
// by a key that is not listed there, as that of another machine on the same
// database, is not this folder's to keep.
func (s *Sealer) publish(ctx context.Context, d people.Division) error {
	for _, o := range s.outsides(d) {
		if err := s.begin(ctx, d, o); err != nil {
			return err
		}
		keys, err := o.known()
		if err != nil {
			return err
		}
		last, _, err := o.last(keys)
		if err != nil {
			return err
		}
		rows, err := s.DB.Query(ctx, `SELECT note FROM seal_checkpoint WHERE division = $1 AND size > $2 ORDER BY size`, d.ID, last.Size)
		notes, err := dbx.Collect(rows, err, func(r *sql.Rows) (n string, err error) { err = r.Scan(&n); return n, err })
		if err != nil {
			return err
		}
		notes = slices.DeleteFunc(notes, func(n string) bool { _, _, err := OpenCheckpoint(n, keys...); return err != nil })
		if len(notes) > 0 {
			if err := o.add(notes); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin lists the keys of the table in a folder that has none yet. Later the
// table is not believed: only keys of this machine are added.
func (s *Sealer) begin(ctx context.Context, d people.Division, o outside) error {
	known, err := o.known()
	if err != nil || len(known) > 0 {
		return err
	}
	keys, err := Keys(ctx, s.DB, d.ID)
	for i := 0; err == nil && i < len(keys); i++ {
		err = o.addKey(keys[i].Text)
	}
	return err
}

// Rewritten is that a log is not the one whose checkpoints were signed.
type Rewritten struct {
	Division string
	Size     int64 // of the checkpoint that no longer fits
	Have     int64 // how many leaves there are
	Where    string
}

func (r *Rewritten) Error() string {
	if r.Have < r.Size {
		return fmt.Sprintf("division %s: %s has a checkpoint over %d events, the database has %d: later ones are gone", r.Division, r.Where, r.Size, r.Have)
	}
	return fmt.Sprintf("division %s: the first %d events are not those of the checkpoint in %s: history was rewritten", r.Division, r.Size, r.Where)
}

// fits compares the log with the last checkpoints outside and with its own last one.
func (s *Sealer) fits(ctx context.Context, d people.Division) error {
	h, err := s.head(ctx, d.ID)
	if err != nil {
		return err
	}
	for _, o := range s.outsides(d) {
		keys, err := o.known()
		if err != nil {
			return err
		}
		c, ok, err := o.last(keys)
		if err != nil {
			return err
		}
		if ok {
			if err := s.follows(ctx, d, h.size, c, o.notes); err != nil {
				return err
			}
		}
	}
	return nil
}

// follows proves that the log as it is begins with what the checkpoint covers.
func (s *Sealer) follows(ctx context.Context, d people.Division, size int64, c Checkpoint, where string) error {
	wrong := &Rewritten{d.Key, c.Size, size, where}
	if c.Size > size {
		return wrong
	}
	r := newReader(ctx, s.DB, d.ID)
	now, err := tlog.TreeHash(size, r)
	if err != nil {
		return errors.Join(wrong, err)
	}
	proof, err := tlog.ProveTree(size, c.Size, r)
	if err != nil {
		return errors.Join(wrong, err)
	}
	if tlog.CheckTree(proof, size, now, c.Size, c.Root) != nil {
		return wrong
	}
	return nil
}

package seal_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)
)

type city struct {
	*seal.Sealer
	t     testing.TB
	d     people.Division
	clk   *clock.Manual
	relay *event.Relay
}

func newCity(t testing.TB, db *dbx.DB) *city {
	clk := clock.At(noon)
	return &city{&seal.Sealer{DB: db, Clock: clk, Log: slog.New(slog.DiscardHandler), Dir: t.TempDir(), Every: time.Minute}, t,
		people.Division{ID: id.New(), Key: "d"}, clk, event.NewRelay(db, clk, slog.New(slog.DiscardHandler), event.NewHub(), time.Hour)}
}

// again is the same log after the process ended.
func (c *city) again() *city {
	return &city{&seal.Sealer{DB: c.DB, Clock: c.clk, Log: c.Log, Dir: c.Dir, Copy: c.Copy, Every: c.Every}, c.t, c.d, c.clk, c.relay}
}

var rows = dbx.Rows{Columns: 11, Into: `INSERT INTO case_events (division, case_id, seq, at, step, actor, dept, recalls, body, prev, hash) VALUES`}

func put(tx *dbx.Tx, division, caseID id.ID, seq int64) error {
	h := sha256.Sum256(binary.BigEndian.AppendUint64(append([]byte{}, caseID[:]...), uint64(seq)))
	return tx.Add(ctx, &rows, division, caseID, seq, 1, "s", "", "", 0, "{}", []byte{1}, h[:])
}

// happen writes events of a case as a step does.
func (c *city) happen(caseID id.ID, from, to int64) {
	c.t.Helper()
	c.write(func(tx *dbx.Tx) error {
		for seq := from; seq <= to; seq++ {
			if err := put(tx, c.d.ID, caseID, seq); err != nil {
				return err
			}
			if err := event.Publish(ctx, tx, event.Event{Division: c.d.ID, Topic: record.Topic, Subject: caseID, Data: "{}"}); err != nil {
				return err
			}
		}
		return nil
	})
	if c.DB.Engine() == dbx.Postgres {
		if err := c.relay.Pass(ctx); err != nil {
			c.t.Fatal(err)
		}
	}
}

// bring writes cases of one event that no outbox tells of.
func (c *city) bring(n int) {
	c.t.Helper()
	c.write(func(tx *dbx.Tx) error {
		for range n {
			if err := put(tx, c.d.ID, id.New(), 1); err != nil {
				return err
			}
		}
		return seal.Walk(ctx, tx, c.d.ID)
	})
}

func (c *city) write(fn func(*dbx.Tx) error) {
	c.t.Helper()
	if err := c.DB.Write(ctx, fn); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) sql(q string, args ...any) {
	c.t.Helper()
	c.write(func(tx *dbx.Tx) error { _, err := tx.Exec(ctx, q, args...); return err })
}

func (c *city) pass() {
	c.t.Helper()
	if err := c.Pass(ctx, c.d); err != nil {
		c.t.Fatal(err)
	}
}

func (c *city) minute() {
	c.t.Helper()
	c.clk.Advance(time.Minute)
	c.pass()
}

func (c *city) check() seal.Report {
	c.t.Helper()
	r, err := c.Check(ctx, c.d)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *city) sound(leaves, waiting int64) {
	c.t.Helper()
	if r := c.check(); len(r.Findings) > 0 || r.Leaves != leaves || r.Waiting != waiting {
		c.t.Errorf("%d leaves, %d waiting, found %+v", r.Leaves, r.Waiting, r.Findings)
	}
}

func (c *city) file() string { return filepath.Join(c.Dir, "checkpoints", "d.log") }

func each(t *testing.T, fn func(t *testing.T, c *city)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, newCity(t, db)) }, event.Migration, record.Migration, seal.Migration)
}

func TestEveryEventIsSealedOnceAndProven(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		one := id.New()
		c.bring(700) // before the log began
		c.pass()
		c.happen(one, 1, 3)
		c.pass()
		c.pass()
		c.bring(5000)
		c.happen(one, 4, 4)
		c = c.again()
		c.minute()
		c.sound(5704, 0)
		signed, cp, list, err := seal.Prove(ctx, c.DB, c.d.ID, one)
		if err != nil || len(list) != 4 || cp.Size != 5704 {
			t.Fatalf("%d proofs under %d, %v", len(list), cp.Size, err)
		}
		keys, err := seal.Keys(ctx, c.DB, c.d.ID)
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		if got, key, err := seal.OpenCheckpoint(signed, keys[0].Text); err != nil || got != cp || key != keys[0].Text {
			t.Errorf("%+v by %q, %v", got, key, err)
		}
		for i, p := range list {
			if p.Seq != int64(i+1) || tlog.CheckRecord(p.Path, cp.Size, cp.Root, p.N, p.RecordHash()) != nil {
				t.Errorf("no proof of event %d", p.Seq)
			}
			s, err := seal.ByHash(ctx, c.DB, c.d.ID, p.Hash[:10])
			if err != nil || s.Case != one || s.Seq != p.Seq || s.First.Size <= p.N {
				t.Errorf("by hash: %+v, %v", s, err)
			}
		}
	})
}

func TestCheckpointsComeAtAPaceAndAreKeptOutside(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.Copy = t.TempDir()
		for i := range int64(5) {
			c.happen(id.New(), 1, 1)
			c.clk.Advance(25 * time.Second)
			c.pass()
			if i == 2 {
				c = c.again()
			}
		}
		c.minute()
		c.minute() // nothing new
		text, err := os.ReadFile(c.file())
		if err != nil || strings.Count(string(text), "xiucheng/d/") != 2*3 { // name in text and signature
			t.Errorf("%v\n%s", err, text)
		}
		if same, err := os.ReadFile(filepath.Join(c.Copy, "d.log")); err != nil || string(same) != string(text) {
			t.Errorf("the copy: %v\n%s", err, same)
		}
		if st, err := os.Stat(filepath.Join(c.Dir, "seal", "d.key")); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("the key: %v %v", st, err)
		}
		c.sound(5, 0)
	})
}

func TestCoverSignsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.pass()
		c.bring(10)
		one := id.New()
		c.happen(one, 1, 2)
		for range 2 {
			if err := c.Cover(ctx, c.d, one); err != nil {
				t.Fatal(err)
			}
		}
		_, cp, list, err := seal.Prove(ctx, c.DB, c.d.ID, one)
		if err != nil || len(list) != 2 || cp.Size != 2 {
			t.Errorf("%d proofs under %d, %v", len(list), cp.Size, err)
		}
		c.pass()
		c.sound(12, 0)
	})
}

func TestSealersDoNotDisturbEachOther(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.pass()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				mine := c.again()
				for range 10 {
					mine.bring(20)
					mine.pass()
				}
			})
		}
		wg.Wait()
		for range 3 {
			c.minute()
		}
		c.sound(800, 0)
	})
}

func TestARotatedKeyStaysListed(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.happen(id.New(), 1, 3)
		c.pass()
		if err := c.Rotate(ctx, c.d); err != nil {
			t.Fatal(err)
		}
		c.happen(id.New(), 1, 3)
		c.minute()
		keys, err := seal.Keys(ctx, c.DB, c.d.ID)
		if err != nil || len(keys) != 2 {
			t.Fatal(keys, err)
		}
		c.sound(6, 0)
	})
}

func TestATornCheckpointIsWrittenAgain(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		c.happen(id.New(), 1, 3)
		c.pass()
		c.happen(id.New(), 1, 3)
		c.minute()
		whole, err := os.ReadFile(c.file())
		if err != nil {
			t.Fatal(err)
		}
		for cut := 1; cut < len(whole)/2; cut += 7 {
			if err := os.WriteFile(c.file(), whole[:len(whole)-cut], 0o600); err != nil {
				t.Fatal(err)
			}
			c = c.again()
			c.pass()
			if r := c.check(); len(r.Findings) > 0 || r.Checkpoints < 4 {
				t.Fatalf("cut by %d: %+v", cut, r)
			}
		}
	})
}

func TestARewrittenLogIsNamed(t *testing.T) {
	one := id.New()
	for name, x := range map[string]struct {
		sql  string
		want seal.What
	}{
		"event altered":          {`UPDATE case_events SET hash = prev WHERE case_id = $1 AND seq = 2`, seal.Changed},
		"event removed":          {`DELETE FROM case_events WHERE case_id = $1 AND seq = 3`, seal.Gone},
		"case removed":           {`DELETE FROM case_events WHERE case_id = $1`, seal.Gone},
		"leaf removed":           {`DELETE FROM seal_leaf WHERE case_id = $1 AND seq = 2`, seal.Leafs},
		"leaf and event altered": {`UPDATE seal_leaf SET hash = $1 WHERE seq = 2`, seal.Rewrite},
		"node altered":           {`UPDATE seal_node SET hash = $1`, seal.Node},
		"checkpoint altered":     {`UPDATE seal_checkpoint SET root = $1`, seal.Unknown},
		"key put in":             {`INSERT INTO seal_key SELECT division, 'x', made FROM seal_key WHERE made > 0 AND $1 IS NOT NULL`, seal.Unkept},
		"key put in and used":    {`UPDATE seal_key SET key = 'xiucheng/d/0+00000000+AAAA' WHERE $1 IS NOT NULL`, seal.Unkept},
		"cut with all traces":    {`DELETE FROM seal_leaf WHERE n >= 302 AND $1 IS NOT NULL`, seal.Short},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t, dbtest.SQLite(t, event.Migration, record.Migration, seal.Migration))
			c.bring(300)
			c.happen(one, 1, 3)
			c.pass()
			c.sound(303, 0)
			c.sql(x.sql, one)
			r := c.check()
			for _, f := range r.Findings {
				if f.What == x.want && f.Division == "d" {
					return
				}
			}
			t.Errorf("found %+v", r.Findings)
		})
	}
}

// A history that was rewritten with everything in the database does not fit what
// was signed, and nothing more is signed over it.
func TestNothingIsSignedOverARewrittenLog(t *testing.T) {
	for name, q := range map[string][]string{
		"rewritten": {`UPDATE case_events SET hash = prev WHERE seq = 2`, `UPDATE seal_leaf SET hash = case_id WHERE seq = 2`, `DELETE FROM seal_checkpoint`},
		"shortened": {`DELETE FROM seal_leaf WHERE n = 2`, `UPDATE seal_log SET size = 2`, `DELETE FROM seal_checkpoint`, `DELETE FROM case_events WHERE seq = 3`},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				c := newCity(t, dbtest.SQLite(t, event.Migration, record.Migration, seal.Migration))
				c.happen(id.New(), 1, 3)
				c.pass()
				for _, s := range q {
					c.sql(s)
				}
				if restart {
					c = c.again()
				}
				one := id.New()
				c.happen(one, 1, 1)
				c.minute()
				_, signed, err := seal.Newest(ctx, c.DB, c.d.ID)
				if err != nil || signed != "" {
					t.Errorf("signed %q, %v", signed, err)
				}
				var wrong *seal.Rewritten
				if err := c.Cover(ctx, c.d, one); !errors.As(err, &wrong) || wrong.Size != 3 {
					t.Errorf("cover: %v", err)
				}
			})
		}
	}
}

func TestOnlyTheVeryTextIsACheckpoint(t *testing.T) {
	good := seal.Checkpoint{Origin: "xiucheng/d", Size: 12, At: noon}
	if c, err := seal.ParseCheckpoint(good.Text()); err != nil || c != good {
		t.Errorf("%+v, %v", c, err)
	}
	for _, bad := range []string{"", "x\n1\n", strings.Replace(good.Text(), "12", "012", 1), strings.Replace(good.Text(), "12", "-2", 1), good.Text() + "\n", strings.Replace(good.Text(), "time", "Time", 1)} {
		if _, err := seal.ParseCheckpoint(bad); err == nil {
			t.Errorf("taken: %q", bad)
		}
	}
}

// BenchmarkSeal measures a walk over many events that were brought at once.
func BenchmarkSeal(b *testing.B) {
	c := newCity(b, dbtest.SQLite(b, event.Migration, record.Migration, seal.Migration))
	c.pass()
	const n = 100_000
	total := 0
	for b.Loop() {
		b.StopTimer()
		c.bring(n)
		b.StartTimer()
		for r, want := int64(0), int64(total+n); r < want; {
			c.pass()
			if err := c.DB.QueryRow(ctx, `SELECT size FROM seal_log WHERE division = $1`, c.d.ID).Scan(&r); err != nil {
				b.Fatal(err)
			}
		}
		total += n
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "events/s")
}

func TestACodeSurvivesHowPeopleTypeIt(t *testing.T) {
	h := sha256.Sum256([]byte("x"))
	code := seal.Code(h[:])
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), strings.NewReplacer("0", "o", "1", "l").Replace(code)} {
		if got, ok := seal.ParseCode(typed); !ok || string(got) != string(h[:10]) {
			t.Errorf("%q: %x", typed, got)
		}
	}
	for _, bad := range []string{"", code[1:], code + "A", strings.Repeat("g", 64), "UUUU-UUUU-UUUU-UUUU"} {
		if _, ok := seal.ParseCode(bad); ok {
			t.Errorf("taken: %q", bad)
		}
	}
}

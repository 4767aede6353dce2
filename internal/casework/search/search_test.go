package search_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var (
	ctx    = context.Background()
	tables = []dbx.Migration{event.Migration, record.Migration, search.Migration}
)

// say opens or changes a case that says something.
func say(t *testing.T, db *dbx.DB, c *record.Case, desc string) {
	t.Helper()
	if c.ID.IsZero() {
		c.ID = id.New()
	}
	raw, err := json.Marshal(desc)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Procedure
	if p == "" {
		p = "p"
	}
	c.Procedure, c.ProcVersion, c.State, c.Due, c.Tick = p, 1, "open", record.NoDue, record.NoDue
	c.Raw = map[string]json.RawMessage{"desc": raw}
	c.Version++
	ev, err := record.Seal(&record.Body{Case: c.ID, Seq: c.Version, At: c.Version, Step: "s", To: "open"}, "", c.Head)
	if err != nil {
		t.Fatal(err)
	}
	c.Head = ev.Hash
	enc, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(ctx, func(tx *dbx.Tx) error {
		write := record.Update
		if c.Version == 1 {
			write = record.Insert
		}
		if err := write(ctx, tx, c, enc, ev); err != nil {
			return err
		}
		return event.Publish(ctx, tx, event.Event{Division: c.Division, Topic: record.Topic, Subject: c.ID, Data: "{}"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// settle gives the events their positions and indexes them.
func settle(t *testing.T, db *dbx.DB, division id.ID) {
	t.Helper()
	if err := relay(db).Pass(ctx); err != nil {
		t.Fatal(err)
	}
	if err := search.NewIndexer(db).Pass(ctx, division); err != nil {
		t.Fatal(err)
	}
}

func relay(db *dbx.DB) *event.Relay {
	return event.NewRelay(db, clock.System(), slog.New(slog.DiscardHandler), event.NewHub(), time.Hour)
}

// find turns all pages and returns the titles.
func find(t *testing.T, db *dbx.DB, division id.ID, question string, f record.Filter, limit int) (out []string) {
	t.Helper()
	after := ""
	for pages := 0; ; pages++ {
		h, err := search.Find(ctx, db, division, question, f, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range h.Rows {
			out = append(out, r.Title)
		}
		if after = h.Next; after == "" {
			return out
		}
		if pages > 500 {
			t.Fatal("the pages do not end")
		}
	}
}

func TestWhatIsNamedComesFirstThenTitlesThenTheNewest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for i, c := range []struct{ title, address, desc, number string }{
			{"井盖", "鸢飞路12号", "井盖破了，垃圾桶旁边", "37070320260900001"},
			{"垃圾桶满了", "北海路", "垃圾桶满了", "37070320260900002"},
			{"树倒了", "垃圾桶", "树倒了", "37070320260900003"},
			{"路灯", "新华路", "灯不亮。旁边是垃圾，桶在对面 ABCdef", "37070320260900004"},
			{"垃圾", "泰祥街", "还是垃圾桶", ""},
		} {
			say(t, db, &record.Case{Row: record.Row{Division: d, Title: c.title, Address: c.address, Number: c.number, Opened: int64(i+1) * 1000}}, c.desc)
		}
		say(t, db, &record.Case{Row: record.Row{Division: id.New(), Title: "of another division"}}, "垃圾桶")
		settle(t, db, d)
		for question, want := range map[string][]string{
			"垃圾桶":               {"树倒了", "垃圾桶满了", "垃圾", "井盖"},
			"垃圾":                {"垃圾", "垃圾桶满了", "路灯", "树倒了", "井盖"},
			"鸢飞路12号":            {"井盖"},
			"37070320260900002": {"垃圾桶满了"},
			"00004":             {"路灯"},
			"ＡＢＣ":               {"路灯"},
			"abcd 垃圾":           {"路灯"},
			"桶 垃圾桶满":            {"垃圾桶满了"},
			"没有这个":              nil,
			"'\" OR * ) 树倒":     nil,
		} {
			for _, limit := range []int{1, 2, 50} {
				if diff := cmp.Diff(want, find(t, db, d, question, record.Filter{}, limit)); diff != "" {
					t.Errorf("%s by %d: %s", question, limit, diff)
				}
			}
		}
	}, tables...)
}

// What is left out is neither listed nor counted.
func TestAFamilyOfProceduresIsLeftOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for i, p := range []string{"incident", "enf.ordinary", "enforcement", "enf.service"} {
			say(t, db, &record.Case{Row: record.Row{Division: d, Procedure: p, Title: p, Number: fmt.Sprintf("垃圾%d", i), Address: "垃圾桶", Opened: int64(i+1) * 1000}}, "垃圾桶")
		}
		settle(t, db, d)
		for without, want := range map[string][]string{"": {"enf.service", "enforcement", "enf.ordinary", "incident"}, "enf": {"enforcement", "incident"}} {
			h, err := search.Find(ctx, db, d, "垃圾桶", record.Filter{Without: without}, "", 10)
			if got := find(t, db, d, "垃圾桶", record.Filter{Without: without}, 1); err != nil || !slices.Equal(got, want) || h.Total != len(want) {
				t.Errorf("without %q: %v, %d counted, %v", without, got, h.Total, err)
			}
		}
	}, tables...)
}

func TestAQuestionThatSaysTooLittle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		for _, q := range []string{"", "桶", " ， ", "*"} {
			if h, err := search.Find(ctx, db, id.New(), q, record.Filter{}, "", 10); err != nil || !h.Short {
				t.Errorf("%q: %+v %v", q, h, err)
			}
		}
		if _, err := search.Find(ctx, db, id.New(), "垃圾", record.Filter{}, "x", 10); !fault.Is(err, fault.Invalid) {
			t.Errorf("a foreign cursor: %v", err)
		}
	}, tables...)
}

// What is found is exactly what a look at every case finds, on both engines.
func TestNothingIsMissedAndNothingInvented(t *testing.T) {
	const letters = "垃圾桶井盖，。 a7"
	rng := rand.New(rand.NewPCG(1, 2))
	phrase := func(n int) string {
		var b strings.Builder
		all := []rune(letters)
		for range n {
			b.WriteRune(all[rng.IntN(len(all))])
		}
		return b.String()
	}
	var texts []string
	for i := range 300 {
		texts = append(texts, fmt.Sprintf("第%d ", i)+phrase(2+rng.IntN(14)))
	}
	var questions []string
	for range 60 {
		questions = append(questions, phrase(2+rng.IntN(4)))
	}
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for i, text := range texts {
			c := &record.Case{Row: record.Row{Division: d, Title: fmt.Sprint(i), Terminal: i%3 == 0, Dept: []string{"d-1", "d-2"}[i%2], Opened: int64(i/2) * 1000}}
			say(t, db, c, "before")
			say(t, db, c, text)
		}
		settle(t, db, d)
		asked := 0
		for _, q := range questions {
			for name, f := range map[string]record.Filter{"all": {}, "open": {Terminal: record.No}, "of d-2": {Depts: []string{"d-2"}}, "old": {OpenedTo: 50_000}} {
				var want []string
				for i, text := range texts {
					if says(text, q) && (name != "open" || i%3 != 0) && (name != "of d-2" || i%2 == 1) && (name != "old" || i < 100) {
						want = append(want, fmt.Sprint(i))
					}
				}
				got := find(t, db, d, q, f, 7)
				slices.Sort(want)
				slices.Sort(got)
				if !meaningful(q) {
					want = nil
				}
				asked += len(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%q, %s: %s", q, name, diff)
				}
			}
		}
		if asked < 1000 {
			t.Fatalf("only %d found: the questions prove nothing", asked)
		}
	}, tables...)
}

// pieces are runs of Chinese and runs of the letters a and 7.
func pieces(s string) (han, other []string) {
	var run []rune
	kind := 0
	end := func() {
		if len(run) > 0 && kind == 1 {
			han = append(han, string(run))
		} else if len(run) > 0 {
			other = append(other, string(run))
		}
		run = nil
	}
	for _, r := range s {
		k := 1
		if strings.ContainsRune("，。 ", r) {
			end()
			continue
		} else if r < 128 {
			k = 2
		}
		if k != kind {
			end()
		}
		kind = k
		run = append(run, r)
	}
	end()
	return han, other
}

func meaningful(q string) bool {
	han, other := pieces(q)
	return len(other) > 0 || slices.ContainsFunc(han, func(s string) bool { return len([]rune(s)) > 1 })
}

func says(text, q string) bool {
	_, own := pieces(text)
	runs, _ := pieces(text)
	han, other := pieces(q)
	for _, h := range han {
		if len([]rune(h)) > 1 && !slices.ContainsFunc(runs, func(r string) bool { return strings.Contains(r, h) }) {
			return false
		}
	}
	for _, o := range other {
		found := slices.Contains(own, o)
		if len(o) >= 3 && !strings.Contains(o, "7") {
			found = slices.ContainsFunc(own, func(w string) bool { return strings.HasPrefix(w, o) })
		}
		if !found {
			return false
		}
	}
	return true
}

func TestALostIndexIsBuiltAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for i := range 600 {
			say(t, db, &record.Case{Row: record.Row{Division: d, Title: fmt.Sprint(i), Opened: 5000}}, "垃圾桶")
		}
		if err := relay(db).Pass(ctx); err != nil {
			t.Fatal(err)
		}
		for _, lost := range []string{`DELETE FROM outbox`, `DELETE FROM search_head`} {
			if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := tx.Exec(ctx, lost); return err }); err != nil {
				t.Fatal(err)
			}
			say(t, db, &record.Case{Row: record.Row{Division: d, Title: lost, Opened: 1000}}, "垃圾桶")
			settle(t, db, d)
			if err := search.NewIndexer(db).Pass(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(find(t, db, d, "圾桶", record.Filter{}, 100)); n != 602 {
			t.Fatalf("%d found", n)
		}
		if h, err := search.Find(ctx, db, d, "圾桶", record.Filter{}, "", 10); err != nil || h.Total != 602 {
			t.Fatalf("%d counted, %v", h.Total, err)
		}
	}, tables...)
}

package goods

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func lot(n int64) Lot {
	return Lot{ID: id.New(), Case: id.New(), Source: "hold", Name: "烧烤炉", Unit: "台", Quantity: n, At: now,
		Moves: []Movement{{What: In, Quantity: n, Shelf: "A-1", At: now, Account: "1", Name: "甲", Second: "2", Partner: "乙"}}}
}

func TestWhatCameInIsWhatWentOutAndWhatIsKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := lot(rapid.Int64Range(1, 20).Draw(r, "in"))
		for range rapid.IntRange(0, 10).Draw(r, "moves") {
			in := Step{What: rapid.SampledFrom(append([]string{Shelve}, Outs...)).Draw(r, "what"), Quantity: rapid.Int64Range(-1, 21).Draw(r, "n"), Shelf: "B", Receiver: "某", Why: "x", Paper: "P",
				Witness: "某", Proceeds: 1}
			if l.check(in) != nil {
				continue
			}
			if in.What == Shelve {
				in.Quantity = 0
			}
			l.Moves = append(l.Moves, Movement{What: in.What, Quantity: in.Quantity})
		}
		if l.Quantity != l.Out()+l.Kept() || l.Kept() < 0 {
			r.Fatalf("%d in, %d out, %d kept", l.Quantity, l.Out(), l.Kept())
		}
	})
}

func TestAMovementSaysWhatItNeeds(t *testing.T) {
	ok := map[string]Step{Shelve: {Shelf: "B", Why: "x"}, Return: {Receiver: "某", Why: "x", Quantity: 1}, Transfer: {Receiver: "某", Why: "x", Quantity: 1},
		Auction: {Paper: "P", Why: "x", Quantity: 1}, Destroy: {Paper: "P", Witness: "某", Why: "x", Quantity: 1}, Early: {Paper: "P", Proceeds: 1, Why: "x", Quantity: 1}}
	l := lot(2)
	for what, in := range ok {
		in.What = what
		if err := l.check(in); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if l.check(Step{What: what, Why: "x"}) == nil || l.check(Step{What: what, Shelf: in.Shelf, Receiver: in.Receiver, Paper: in.Paper, Witness: in.Witness, Proceeds: in.Proceeds, Quantity: in.Quantity}) == nil {
			t.Errorf("%s: nothing is needed", what)
		}
		if in.Quantity = 3; what != Shelve && l.check(in) == nil {
			t.Errorf("%s: more went out than there is", what)
		}
	}
	if l.check(Step{What: In, Why: "x", Quantity: 1}) == nil {
		t.Error("goods came in twice")
	}
}

func TestGoodsComeBackWithAllThatBecameOfThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d := context.Background(), id.New()
		a, b := lot(5), lot(1)
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			for _, l := range []Lot{a, b} {
				if err := insert(ctx, tx, d, l); err != nil {
					return err
				}
			}
			if err := move(ctx, tx, d, a.ID, 1, Movement{What: Return, Quantity: 2, Receiver: "当事人", Why: "解除", At: now}); err != nil {
				return err
			}
			if err := move(ctx, tx, d, a.ID, 2, Movement{What: Shelve, Shelf: "B-2", Why: "清点", At: now}); err != nil {
				return err
			}
			return move(ctx, tx, d, b.ID, 1, Movement{What: Destroy, Quantity: 1, Paper: "P", Witness: "丙", Proceeds: 0, At: now})
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Find(ctx, db, d, a.ID)
		if err != nil || got.Kept() != 3 || got.Shelf() != "B-2" || len(got.Moves) != 3 || got.Moves[0].Partner != "乙" || !got.At.Equal(now) {
			t.Fatalf("%+v %v", got, err)
		}
		if kept, err := List(ctx, db, d, false); err != nil || len(kept) != 1 || kept[0].ID != a.ID {
			t.Errorf("%+v %v", kept, err)
		}
		if all, err := List(ctx, db, d, true); err != nil || len(all) != 2 {
			t.Errorf("%+v %v", all, err)
		}
		if of, err := Of(ctx, db, d, b.Case, id.New()); err != nil || len(of) != 1 || of[0].Kept() != 0 || of[0].Moves[1].Witness != "丙" {
			t.Errorf("%+v %v", of, err)
		}
		if _, err := Find(ctx, db, id.New(), a.ID); !fault.Is(err, fault.NotFound) {
			t.Error("another division reads it", err)
		}
	}, Migration)
}

func TestATermThatEndsSoonAndGoodsThatMustGoBackAreUrgent(t *testing.T) {
	l := lot(1)
	for name, c := range map[string]struct {
		s    Standing
		want bool
	}{"no term": {Standing{Lot: l}, false}, "far": {Standing{Lot: l, Due: now.Add(soon + time.Hour)}, false}, "soon": {Standing{Lot: l, Due: now.Add(time.Hour)}, true},
		"back": {Standing{Lot: l, Back: true}, true}} {
		if c.s.Urgent(now) != c.want {
			t.Error(name)
		}
	}
	l.Moves = append(l.Moves, Movement{What: Return, Quantity: 1})
	if (Standing{Lot: l, Back: true}).Urgent(now) {
		t.Error("what is gone is urgent")
	}
}

package receipt_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// stock is the people around one stock.
type stock struct {
	*receipt.Service
	t                 *testing.T
	db                *dbx.DB
	ctx               context.Context
	keeper, one, two  people.Actor
	without, stranger people.Actor
}

func each(t *testing.T, fn func(s *stock)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		who := func(name string, role string, certified bool) people.Actor {
			a := people.Actor{Division: d, Account: id.New(), Name: name, Posts: []people.Grant{{Role: role}}}
			if certified {
				a.Certificates = []people.Certificate{{Kind: people.Enforcement, Number: "演示-1"}}
			}
			return a
		}
		fn(&stock{Service: receipt.New(db, clock.At(now)), t: t, db: db, ctx: context.Background(), keeper: who("财务", "finance", false), one: who("队员一", "officer", true),
			two: who("队员二", "officer", true), without: who("协管员", "officer", false), stranger: people.Actor{Division: id.New(), Account: id.New()}})
	}, receipt.Migration)
}

func (s *stock) book(series string, first, last int64) id.ID {
	s.t.Helper()
	key, err := s.Add(s.ctx, s.keeper, receipt.Range{Series: series, Digits: 6, First: first, Last: last})
	if err != nil {
		s.t.Fatal(err)
	}
	return key
}

func (s *stock) is(err error, key string) {
	s.t.Helper()
	if got := fault.As(err); err == nil && key != "" || err != nil && got.Key != key {
		s.t.Errorf("got %v, want %q", err, key)
	}
}

func (s *stock) use(who people.Actor, number string) error {
	return s.db.Write(s.ctx, func(tx *dbx.Tx) error { return receipt.Use(s.ctx, tx, who, number, id.New(), 200_00, now) })
}

func TestMoneyIsTakenOnlyAgainstAReceiptOfABookInHand(t *testing.T) {
	each(t, func(s *stock) {
		book := s.book("A", 1, 50)
		s.is(s.use(s.one, "A000001"), "receipt.N37") // it lies in the stock
		s.is(s.Hand(s.ctx, s.keeper, book, s.without), "form.refused")
		s.is(s.Hand(s.ctx, s.one, book, s.one), "people.role_needed")
		s.is(s.Hand(s.ctx, s.keeper, book, s.one), "")
		s.is(s.Hand(s.ctx, s.keeper, book, s.two), "receipt.held")
		for _, wrong := range []string{"", "A1", "A000051", "B000001", "000001", "A00000１"} {
			s.is(s.use(s.one, wrong), "receipt.N37")
		}
		s.is(s.use(s.two, "A000001"), "receipt.N37")
		s.is(s.use(s.stranger, "A000001"), "receipt.N37")
		s.is(s.use(s.one, " A000001 "), "")
		s.is(s.use(s.one, "A000001"), "receipt.N37") // once only
		s.is(s.Spoil(s.ctx, s.keeper, book, 2, " "), "form.refused")
		s.is(s.Spoil(s.ctx, s.keeper, book, 2, "写错"), "")
		s.is(s.Spoil(s.ctx, s.keeper, book, 1, "写错"), "receipt.taken")
		s.is(s.use(s.one, "A000002"), "receipt.N37")
		s.is(s.Return(s.ctx, s.keeper, book), "")
		s.is(s.use(s.one, "A000003"), "receipt.N37")
		s.is(s.Return(s.ctx, s.keeper, book), "receipt.returned")
		b, err := receipt.Find(s.ctx, s.db, s.keeper.Division, book)
		if err != nil || b.Used != 1 || b.Void != 1 || b.Blank() != 48 || b.Title() != "A000001–A000050" {
			t.Errorf("%+v %v", b, err)
		}
		list, err := receipt.Of(s.ctx, s.db, s.keeper.Division, book)
		if err != nil || len(list) != 2 || list[0].State != receipt.Used || list[0].Amount != 200_00 || list[0].Case.IsZero() || list[1].Why != "写错" || list[1].Name != "财务" {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestBooksNeverOverlap(t *testing.T) {
	each(t, func(s *stock) {
		s.book("A", 100, 199)
		s.book("B", 100, 199)
		for _, r := range []receipt.Range{{Series: "A", First: 199, Last: 250}, {Series: "A", First: 1, Last: 100}, {Series: "A", First: 120, Last: 130}} {
			_, err := s.Add(s.ctx, s.keeper, r)
			s.is(err, "receipt.overlap")
		}
		for _, r := range []receipt.Range{{Series: "A", First: 10, Last: 9}, {Series: "A", First: 1000, Last: 2000}, {Series: "A", First: -1, Last: 3}} {
			_, err := s.Add(s.ctx, s.keeper, r)
			s.is(err, "form.refused")
		}
		_, err := s.Add(s.ctx, s.one, receipt.Range{Series: "C", First: 1, Last: 2})
		s.is(err, "people.role_needed")
	})
}

func TestEveryNumberIsBlankUsedOrVoid(t *testing.T) {
	db := dbtest.SQLite(t, receipt.Migration)
	rapid.Check(t, func(r *rapid.T) {
		s := &stock{Service: receipt.New(db, clock.At(now)), t: t, db: db, ctx: context.Background(), keeper: people.Actor{Division: id.New(), Account: id.New(), Posts: []people.Grant{{Role: "finance"}}}}
		s.one = people.Actor{Division: s.keeper.Division, Account: id.New(), Posts: []people.Grant{{Role: "officer"}}, Certificates: []people.Certificate{{Kind: people.Enforcement}}}
		book := s.book("A", 1, 9)
		s.is(s.Hand(s.ctx, s.keeper, book, s.one), "")
		gone := map[int64]bool{}
		for range rapid.IntRange(1, 12).Draw(r, "acts") {
			n := rapid.Int64Range(1, 9).Draw(r, "number")
			var err error
			if rapid.Bool().Draw(r, "use") {
				err = s.use(s.one, receipt.Book{Series: "A", Digits: 6}.Number(n))
			} else {
				err = s.Spoil(s.ctx, s.keeper, book, n, "写错")
			}
			if (err != nil) != gone[n] {
				r.Fatalf("number %d gone %v: %v", n, gone[n], err)
			}
			gone[n] = true
		}
		b, err := receipt.Find(s.ctx, db, s.keeper.Division, book)
		if err != nil || b.Blank()+b.Used+b.Void != b.Size() || b.Used+b.Void != int64(len(gone)) {
			r.Fatalf("%+v %v", b, err)
		}
	})
}

package receipt

import (
	"context"
	"strings"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Keeper is the post that keeps the stock.
const Keeper = "finance"

// Service changes the stock. It is safe for concurrent use.
type Service struct {
	db  *dbx.DB
	clk clock.Clock
}

// New returns the service.
func New(db *dbx.DB, clk clock.Clock) *Service { return &Service{db, clk} }

// Range is a new book as the keeper enters it.
type Range struct {
	Series      string
	Digits      int
	First, Last int64
}

// Add takes a book into the stock. The actor keeps the stock; a range that is
// none is Invalid, one that overlaps with another book a Conflict.
func (s *Service) Add(ctx context.Context, actor people.Actor, in Range) (key id.ID, err error) {
	defer fault.Trace(&err, "receipt.Add")
	if err := actor.Require(actor.Division, Keeper); err != nil {
		return key, err
	}
	in.Series = strings.TrimSpace(in.Series)
	bad := fault.New(fault.Invalid, "form.refused")
	if len([]rune(in.Series)) > 30 {
		bad.Field("series", "receipt.series")
	}
	if in.First < 0 || in.Last < in.First || in.Last-in.First >= mostNumbers {
		bad.Field("last", "receipt.range", "n", mostNumbers)
	}
	if err := bad.OrNil(); err != nil {
		return key, err
	}
	now := s.clk.Now()
	key = id.New()
	return key, s.db.Write(ctx, func(tx *dbx.Tx) error {
		list, err := Books(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		for _, b := range list {
			if b.Series == in.Series && b.First <= in.Last && in.First <= b.Last {
				return fault.New(fault.Conflict, "receipt.overlap", "book", b.Title())
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO receipt_book (division, id, series, digits, first, last, holder, name, handed, returned, at, author)
			VALUES ($1, $2, $3, $4, $5, $6, '', '', 0, 0, $7, $8)`, actor.Division, key, in.Series, in.Digits, in.First, in.Last, clock.Micro(now), actor.Name)
		return err
	})
}

// change runs fn on a book that was not returned.
func (s *Service) change(ctx context.Context, actor people.Actor, book id.ID, fn func(tx *dbx.Tx, b Book, now time.Time) error) error {
	if err := actor.Require(actor.Division, Keeper); err != nil {
		return err
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		b, err := Find(ctx, tx, actor.Division, book)
		if err != nil {
			return err
		}
		if !b.Returned.IsZero() {
			return fault.New(fault.Conflict, "receipt.returned")
		}
		return fn(tx, b, now)
	})
}

// Hand gives a book of the stock to an officer with a certificate. A book that
// somebody holds is a Conflict.
func (s *Service) Hand(ctx context.Context, actor people.Actor, book id.ID, officer people.Actor) (err error) {
	defer fault.Trace(&err, "receipt.Hand(%s)", book)
	if !officer.Has("officer") || !officer.Certified(people.Enforcement) {
		return fault.New(fault.Invalid, "form.refused").Field("officer", "receipt.officer")
	}
	return s.change(ctx, actor, book, func(tx *dbx.Tx, b Book, now time.Time) error {
		if b.Holder != "" {
			return fault.New(fault.Conflict, "receipt.held", "name", b.Name)
		}
		_, err := tx.Exec(ctx, `UPDATE receipt_book SET holder = $1, name = $2, handed = $3 WHERE division = $4 AND id = $5`,
			officer.Account.String(), officer.Name, clock.Micro(now), actor.Division, book)
		return err
	})
}

// Return takes a book back for good; what is blank in it stays blank and can no
// longer be used. A book that nobody holds is a Conflict.
func (s *Service) Return(ctx context.Context, actor people.Actor, book id.ID) (err error) {
	defer fault.Trace(&err, "receipt.Return(%s)", book)
	return s.change(ctx, actor, book, func(tx *dbx.Tx, b Book, now time.Time) error {
		if b.Holder == "" {
			return fault.New(fault.Conflict, "receipt.not_held")
		}
		_, err := tx.Exec(ctx, `UPDATE receipt_book SET returned = $1 WHERE division = $2 AND id = $3`, clock.Micro(now), actor.Division, book)
		return err
	})
}

// Spoil voids a blank number of a book, with the reason.
func (s *Service) Spoil(ctx context.Context, actor people.Actor, book id.ID, number int64, why string) (err error) {
	defer fault.Trace(&err, "receipt.Spoil(%s)", book)
	if why = strings.TrimSpace(why); why == "" {
		return fault.New(fault.Invalid, "form.refused").Field("why", "receipt.why")
	}
	return s.change(ctx, actor, book, func(tx *dbx.Tx, b Book, now time.Time) error {
		if number < b.First || number > b.Last {
			return fault.New(fault.Invalid, "form.refused").Field("number", "receipt.not_in")
		}
		return mark(ctx, tx, b, number, actor, Receipt{State: Void, Why: why, At: now}, id.ID{})
	})
}

// Use marks the receipt that a number names as given for a payment of the case,
// in the transaction of the step that takes the money. What is no blank receipt
// of a book that the actor holds is Forbidden with N37.
func Use(ctx context.Context, tx *dbx.Tx, actor people.Actor, number string, caseID id.ID, amount int64, at time.Time) (err error) {
	defer fault.Trace(&err, "receipt.Use")
	b, n, err := Handed(ctx, tx, actor.Division, actor.Account.String(), number)
	if err != nil {
		return err
	}
	return mark(ctx, tx, b, n, actor, Receipt{State: Used, Amount: amount, At: at}, caseID)
}

func mark(ctx context.Context, tx *dbx.Tx, b Book, number int64, actor people.Actor, x Receipt, caseID id.ID) error {
	var of any
	if !caseID.IsZero() {
		of = caseID
	}
	n, err := tx.Exec(ctx, `INSERT INTO receipt (division, book, number, state, case_id, amount, why, at, account, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (division, book, number) DO NOTHING`, actor.Division, b.ID, number, x.State, of, x.Amount, x.Why, clock.Micro(x.At), actor.Account.String(), actor.Name)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "receipt.taken", "number", b.Number(number))
	}
	return err
}

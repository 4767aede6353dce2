package receipt

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// States of a number that is no longer blank.
const (
	Used = "used"
	Void = "void"
)

// mostNumbers is how many receipts a book may have.
const mostNumbers = 1000

// Book is one book of receipts. Blank + Used + Void is what it has in all.
type Book struct {
	ID          id.ID
	Series      string
	Digits      int
	First, Last int64
	Holder      string // account, "" in the stock
	Name        string
	Handed      time.Time // zero never
	Returned    time.Time // zero not yet
	At          time.Time
	Used, Void  int64
}

// Size is how many receipts the book has.
func (b Book) Size() int64 { return b.Last - b.First + 1 }

// Blank is how many are neither used nor void.
func (b Book) Blank() int64 { return b.Size() - b.Used - b.Void }

// Number is a number of the book as it is printed on the receipt.
func (b Book) Number(n int64) string { return fmt.Sprintf("%s%0*d", b.Series, b.Digits, n) }

// Title is the book's range.
func (b Book) Title() string { return b.Number(b.First) + "–" + b.Number(b.Last) }

// Receipt is a number that was used or voided.
type Receipt struct {
	Number int64
	State  string
	Case   id.ID // of a used one
	Amount int64 // fen
	Why    string
	At     time.Time
	Name   string
}

const bookColumns = `b.id, b.series, b.digits, b.first, b.last, b.holder, b.name, b.handed, b.returned, b.at,
	(SELECT COUNT(*) FROM receipt r WHERE r.division = b.division AND r.book = b.id AND r.state = 'used'),
	(SELECT COUNT(*) FROM receipt r WHERE r.division = b.division AND r.book = b.id AND r.state = 'void')`

func scanBook(r *sql.Rows) (b Book, err error) {
	var handed, returned, at int64
	err = r.Scan(&b.ID, &b.Series, &b.Digits, &b.First, &b.Last, &b.Holder, &b.Name, &handed, &returned, &at, &b.Used, &b.Void)
	b.Handed, b.Returned, b.At = clock.FromMicro(handed), clock.FromMicro(returned), clock.FromMicro(at)
	return b, err
}

// Books lists the books, those still in use first, by series and number.
func Books(ctx context.Context, q dbx.Querier, division id.ID) (_ []Book, err error) {
	defer fault.Trace(&err, "receipt.Books")
	rows, err := q.Query(ctx, `SELECT `+bookColumns+` FROM receipt_book b WHERE b.division = $1 ORDER BY CASE WHEN b.returned = 0 THEN 0 ELSE 1 END, b.series, b.first`, division)
	return dbx.Collect(rows, err, scanBook)
}

// Find reads one book; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, key id.ID) (b Book, err error) {
	defer fault.Trace(&err, "receipt.Find(%s)", key)
	rows, err := q.Query(ctx, `SELECT `+bookColumns+` FROM receipt_book b WHERE b.division = $1 AND b.id = $2`, division, key)
	list, err := dbx.Collect(rows, err, scanBook)
	if err == nil && len(list) == 0 {
		return b, fault.Missing("receipt book")
	}
	if err != nil {
		return b, err
	}
	return list[0], nil
}

// Of lists what became of a book's numbers, in their order.
func Of(ctx context.Context, q dbx.Querier, division, book id.ID) (_ []Receipt, err error) {
	defer fault.Trace(&err, "receipt.Of(%s)", book)
	rows, err := q.Query(ctx, `SELECT number, state, case_id, amount, why, at, name FROM receipt WHERE division = $1 AND book = $2 ORDER BY number`, division, book)
	return dbx.Collect(rows, err, func(r *sql.Rows) (x Receipt, err error) {
		var at int64
		var of []byte
		err = r.Scan(&x.Number, &x.State, &of, &x.Amount, &x.Why, &at, &x.Name)
		copy(x.Case[:], of)
		x.At = clock.FromMicro(at)
		return x, err
	})
}

// Handed finds the blank receipt that a number names in a book that the account
// holds; any other is Forbidden with N37.
func Handed(ctx context.Context, q dbx.Querier, division id.ID, account, number string) (book Book, n int64, err error) {
	defer fault.Trace(&err, "receipt.Handed")
	no := fault.New(fault.Forbidden, "receipt.N37")
	rows, err := q.Query(ctx, `SELECT `+bookColumns+` FROM receipt_book b WHERE b.division = $1 AND b.holder = $2 AND b.returned = 0`, division, account)
	list, err := dbx.Collect(rows, err, scanBook)
	if err != nil {
		return book, 0, err
	}
	number = strings.TrimSpace(number)
	for _, b := range list {
		n, err := strconv.ParseInt(strings.TrimPrefix(number, b.Series), 10, 64)
		if err != nil || n < b.First || n > b.Last || b.Number(n) != number {
			continue
		}
		var state string
		err = q.QueryRow(ctx, `SELECT state FROM receipt WHERE division = $1 AND book = $2 AND number = $3`, division, b.ID, n).Scan(&state)
		if fault.Is(err, fault.NotFound) {
			return b, n, nil
		}
		if err != nil {
			return book, 0, err
		}
		return book, 0, no
	}
	return book, 0, no
}

package story

import (
	"context"
	"fmt"
	"strings"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/goods"
	"xiucheng/internal/duties/enforcement/money"
	"xiucheng/internal/duties/enforcement/receipt"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
)

// Keepers are the rooms that keep what is beside a dossier's record.
type Keepers struct {
	Goods    *goods.Room
	Money    *money.Room
	Receipts *receipt.Service
}

// keep tells what lies in the store, the books of receipts, and a statement of
// the bank that finance has still to match.
func (s *story) keep(ctx context.Context) error {
	finance, err := s.actor("caiwu")
	if err != nil {
		return err
	}
	officer, err := s.actor("zhifa1")
	if err != nil {
		return err
	}
	second, err := s.actor("zhifa2")
	if err != nil {
		return err
	}
	if err := s.books(ctx, finance, officer); err != nil {
		return err
	}
	if err := s.store(ctx, officer, second); err != nil {
		return err
	}
	return s.statement(ctx, finance)
}

func (s *story) books(ctx context.Context, finance, officer people.Actor) error {
	for i, first := range []int64{2600101, 2600151, 2600201} {
		book, err := s.Keepers.Receipts.Add(ctx, finance, receipt.Range{Series: "演罚A", Digits: 8, First: first, Last: first + 49})
		if err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		if err := s.Keepers.Receipts.Hand(ctx, finance, book, officer); err != nil {
			return err
		}
		if err := s.Keepers.Receipts.Spoil(ctx, finance, book, first, "演示：填写错误"); err != nil {
			return err
		}
	}
	return nil
}

// store brings in what was registered on the spot.
func (s *story) store(ctx context.Context, officer, second people.Actor) error {
	list, err := record.List(ctx, s.DB, s.division.ID, record.Filter{Procedures: []string{"enf.hold"}, States: []string{"held"}, Limit: 1})
	if err != nil || len(list.Rows) == 0 {
		return err
	}
	held, err := s.Engine.Find(ctx, s.division.ID, list.Rows[0].ID)
	if err != nil {
		return err
	}
	lots, err := s.Keepers.Goods.Receive(ctx, officer, second, held, "hold", []goods.Item{
		{Name: "金属货架", Unit: "组", Quantity: 2, Condition: "七成新，有锈迹", Shelf: "A-03"}, {Name: "塑料水管", Unit: "根", Quantity: 12, Condition: "未拆封", Shelf: "B-01"}})
	if err != nil {
		return err
	}
	return s.Keepers.Goods.Pass(ctx, officer, second, lots[1].ID, goods.Step{What: goods.Shelve, Shelf: "B-02", Why: "与同类物品放在一起"})
}

// statement is the bank's, of the last days: one payment by its number, one by
// its payer and less than is owed, one that nobody knows.
func (s *story) statement(ctx context.Context, finance people.Actor) error {
	claims, err := s.Keepers.Money.Claims(ctx, s.division.ID)
	if err != nil || len(claims) < 2 {
		return err
	}
	var b strings.Builder
	b.WriteString("ref,paid_on,amount,payer,memo,receipt\n")
	line := func(n, ago int, fen int64, payer, memo string) {
		fmt.Fprintf(&b, "DEMO%04d,%s,%d.%02d,%s,%s,\n", n, s.now.AddDate(0, 0, -ago).Format("2006-01-02"), fen/100, fen%100, payer, memo)
	}
	line(1, 1, claims[0].Owed, claims[0].Party, "罚款 "+claims[0].Decision)
	line(2, 1, claims[1].Owed/2, claims[1].Party, "缴罚款")
	line(3, 2, 20000, "演示·某个人", "转账")
	_, _, err = s.Keepers.Money.Import(ctx, finance, money.Bank, register.File{Name: "演示对账单.csv", Body: []byte(b.String())})
	return err
}

package money

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func TestAmountsAreReadInFen(t *testing.T) {
	for said, want := range map[string]int64{"1500": 1500_00, "1,500.00": 1500_00, "￥0.5": 50, " 12.34 ": 12_34, "999999999999": 999999999999_00} {
		if n, ok := fen(said); !ok || n != want {
			t.Errorf("%q is %d %v", said, n, ok)
		}
	}
	for _, said := range []string{"", ".5", "1.234", "1.-5", "x", "9999999999999", "1e3"} {
		if n, ok := fen(said); ok {
			t.Errorf("%q is %d", said, n)
		}
	}
	if got := yuan(-123456789); got != "−1,234,567.89" {
		t.Error(got)
	}
}

func statement(lines ...string) register.File {
	return register.File{Name: "流水.csv", Body: []byte("流水号,交易日期,金额,付款人,摘要,票据号\n" + strings.Join(lines, "\n") + "\n")}
}

func TestAStatementComesInOnceAndWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		m := New(Deps{DB: db, Clock: clock.At(now)})
		finance := people.Actor{Division: id.New(), Account: id.New(), Name: "财务", Posts: []people.Grant{{Role: Finance}}}
		officer := people.Actor{Division: finance.Division, Posts: []people.Grant{{Role: "officer"}}}
		file := statement("L1,2026-11-20,\"1,500.00\",演示当事人,缴罚款,P-9", "L2,2026-11-21,80,某人,停车费,")
		if _, _, err := m.Import(ctx, officer, Bank, file); !fault.Is(err, fault.Forbidden) {
			t.Error("an officer brought a statement in", err)
		}
		_, wrong, err := m.Import(ctx, finance, Bank, statement("L1,2026-11-20,1,演示当事人,,", "L3,2026-13-20,0,,x,", "L1,2026-11-20,2,某,,"))
		if err != nil || len(wrong) != 2 {
			t.Errorf("%+v %v", wrong, err)
		}
		if list, _ := Lines(ctx, db, finance.Division, Open); len(list) != 0 {
			t.Error("a wrong file left lines")
		}
		s, wrong, err := m.Import(ctx, finance, Bank, file)
		if err != nil || len(wrong) != 0 || s.Added != 2 || s.Same != 0 {
			t.Fatalf("%+v %v %v", s, wrong, err)
		}
		if s, _, err = m.Import(ctx, finance, Bank, file); err != nil || s.Added != 0 || s.Same != 2 {
			t.Errorf("the same again: %+v %v", s, err)
		}
		if s, _, err = m.Import(ctx, finance, NonTax, file); err != nil || s.Added != 2 {
			t.Errorf("another system's numbers are its own: %+v %v", s, err)
		}
		list, err := Lines(ctx, db, finance.Division, Open)
		if err != nil || len(list) != 4 || list[0].PaidOn < list[3].PaidOn {
			t.Fatalf("%+v %v", list, err)
		}
		aside := list[0]
		if err := m.SetAside(ctx, finance, aside.ID, " "); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if err := m.SetAside(ctx, finance, aside.ID, "停车费"); err != nil {
			t.Error(err)
		}
		if err := m.SetAside(ctx, finance, aside.ID, "停车费"); !fault.Is(err, fault.Conflict) {
			t.Error("settled twice", err)
		}
		if x, err := FindLine(ctx, db, finance.Division, aside.ID); err != nil || x.State != Aside || x.Why != "停车费" || x.Author != "财务" || !x.Settled.Equal(now) {
			t.Errorf("%+v %v", x, err)
		}
		if _, err := FindLine(ctx, db, id.New(), aside.ID); !fault.Is(err, fault.NotFound) {
			t.Error("another division reads it", err)
		}
		files, err := Statements(ctx, db, finance.Division, 10)
		if err != nil || len(files) != 3 || len(files[0].SHA256) != 64 {
			t.Errorf("%+v %v", files, err)
		}
	}, Migration)
}

func TestALineIsMatchedByNumberPayerAndAmount(t *testing.T) {
	claims := []Claim{
		{Case: id.New(), Number: "CF20261008001", Decision: "演示综执罚字〔2026〕第0001号", Party: "张三", Owed: 1500_00},
		{Case: id.New(), Number: "CF20261008002", Decision: "演示综执罚字〔2026〕第0002号", Party: "李四", Owed: 1500_00},
		{Case: id.New(), Number: "CF20261008003", Decision: "演示综执罚字〔2026〕第0003号", Party: "某公司", Owed: 900_00},
	}
	for name, c := range map[string]struct {
		line Line
		best int
		why  string
		sure bool
	}{
		"number in other brackets": {Line{Memo: "罚款 演示综执罚字[2026]第 0002号", Payer: "王五", Amount: 1500_00}, 1, "decision amount", true},
		"payer and amount":         {Line{Payer: "张三", Amount: 1500_00}, 0, "payer amount", true},
		"a part":                   {Line{Payer: "某公司", Amount: 300_00}, 2, "payer part", false},
		"amount alone":             {Line{Payer: "无名", Amount: 900_00}, 2, "amount", false},
		"number in the receipt":    {Line{Receipt: "CF20261008003", Payer: "x", Amount: 900_00}, 2, "case amount", true},
	} {
		got := Candidates(c.line, claims)
		if len(got) == 0 || got[0].Case != claims[c.best].Case || strings.Join(got[0].Why, " ") != c.why || got[0].Sure() != c.sure {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Candidates(Line{Payer: "无名", Amount: 1, Memo: "利息"}, claims); len(got) != 0 {
		t.Errorf("nothing speaks for %+v", got)
	}
}

func TestALedgerAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Ledger{Fine: rapid.Int64Range(1, 1e7).Draw(t, "fine")}
		l.Entries = append(l.Entries, Entry{What: Fine, Amount: l.Fine})
		if l.Gains = rapid.Int64Range(0, 1e6).Draw(t, "gains"); l.Gains > 0 {
			l.Entries = append(l.Entries, Entry{What: Gains, Amount: l.Gains})
		}
		if l.Surcharge = rapid.Int64Range(0, l.Fine).Draw(t, "surcharge"); l.Surcharge > 0 {
			l.Entries = append(l.Entries, Entry{What: Surcharge, Amount: l.Surcharge})
		}
		for _, n := range rapid.SliceOfN(rapid.Int64Range(1, 1e6), 0, 6).Draw(t, "paid") {
			l.Paid += n
			l.Entries = append(l.Entries, Entry{What: Paid, Amount: n})
		}
		for l.Refundable() > 0 && rapid.Bool().Draw(t, "refund") {
			n := rapid.Int64Range(1, l.Refundable()).Draw(t, "back")
			l.Refunded += n
			l.Entries = append(l.Entries, Entry{What: Refunded, Amount: n})
		}
		if !l.Balanced() || l.Balance()+l.Paid != l.Due()+l.Refunded || l.Refundable() < 0 {
			t.Fatalf("%+v", l)
		}
		l.Entries = append(l.Entries, Entry{What: Paid, Amount: 1})
		if l.Balanced() {
			t.Fatal("a payment that the case does not know is not seen")
		}
	})
}

func TestAPlanIsCoveredFromItsFirstInstalment(t *testing.T) {
	day := func(s string) calendar.Date { d, _ := calendar.ParseDate(s); return d }
	plan := []law.Instalment{{Due: day("2026-11-01"), Amount: 500_00}, {Due: day("2026-12-01"), Amount: 500_00}, {Due: day("2027-01-01"), Amount: 500_00}}
	got := stages(plan, 700_00, day("2026-12-02"))
	if !got[0].Full() || got[0].Missed || got[1].Covered != 200_00 || !got[1].Missed || got[2].Covered != 0 || got[2].Missed {
		t.Errorf("%+v", got)
	}
	if got := stages(plan, 499_99, day("2026-11-01")); got[0].Missed || got[0].Full() {
		t.Errorf("on its last day an instalment is not missed: %+v", got)
	}
}

package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/money"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/id"
)

// performing is a dossier whose decision was served: the fine may be paid.
func (c *crew) performing(fine int64) id.ID {
	c.t.Helper()
	x := c.concluded(fine)
	c.do(x, "zhifa1", "adj_notice", procedure.Input{})
	c.serve(x, "P22")
	c.serve(x, "P23")
	c.at("2026-10-09 09:00")
	c.do(x, "banan", "adj_reexam", procedure.Input{"reexam": "已复核", "adopted": "none", "reason": "无新的事实"})
	c.do(x, "banan", "adj_to_legal", nil)
	ok := procedure.Input{"result": "pass"}
	for _, p := range []string{"power", "party", "facts", "law", "discretion", "procedure", "papers"} {
		ok["point_"+p] = "符合"
	}
	c.do(x, "fazhi", "adj_legal", ok)
	c.do(x, "juzhang", "adj_panel", procedure.Input{"start_at": c.w.Clock.Now(), "voters": []string{c.key("juzhang"), c.key("banan"), c.key("fenguan")},
		"opinions": []string{"同意", "同意", "同意"}, "conclusion": "罚款"})
	c.do(x, "juzhang", "dec_penalty", c.decision(fine))
	c.serve(x, "P29")
	return x
}

// decisionOf is the number of the case's decision.
func (c *crew) decisionOf(x id.ID) string {
	c.t.Helper()
	list, err := paper.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range list {
		if p.Template == "P29" {
			return p.Number
		}
	}
	c.t.Fatal("no decision")
	return ""
}

func TestAStatementPaysADecision(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.performing(1500_00)
	m := c.a.keepers.money
	finance := c.who("caiwu")
	file := register.File{Name: "a.csv", Body: []byte("ref,paid_on,amount,payer,memo\nL1,2026-10-09,500,演示当事人," + c.decisionOf(x) + "\nL2,2026-10-09,1200,演示当事人,罚款\n")}
	if _, problems, err := m.Import(c.ctx, finance, money.Bank, file); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	open, err := money.Lines(c.ctx, c.a.db, c.w.Division, money.Open)
	if err != nil || len(open) != 2 {
		t.Fatal(open, err)
	}
	claims, err := m.Claims(c.ctx, c.w.Division)
	if err != nil || len(claims) != 1 || claims[0].Owed != 1500_00 || claims[0].Decision == "" {
		t.Fatalf("%+v %v", claims, err)
	}
	for _, l := range open {
		c.w.Clock.Advance(time.Second)
		if err := m.Match(c.ctx, c.who("zhifa1"), l.ID, x, "bank"); err == nil {
			t.Error("an officer took the money") // PL 67
		}
		if err := m.Match(c.ctx, finance, l.ID, x, "bank"); err != nil {
			t.Fatal(err)
		}
		if err := m.Match(c.ctx, finance, l.ID, x, "bank"); err == nil {
			t.Error("one line paid twice")
		}
	}
	s := c.find(x)
	l, err := m.Ledger(c.ctx, s)
	if err != nil || !l.Balanced() || l.Paid != 1700_00 || l.Balance() != -200_00 || len(l.Entries) != 3 {
		t.Fatalf("%+v %v", l, err)
	}
	today := calendar.DateOf(c.w.Clock.Now())
	back := money.Refund{Amount: 200_00, PaidOn: today, Basis: "多缴", Reason: "多缴退回"}
	if err := m.Refund(c.ctx, finance, s, money.Refund{Amount: 1700_01, PaidOn: today, Basis: "x", Reason: "x"}); err == nil {
		t.Error("more came back than came in")
	}
	if err := m.Refund(c.ctx, finance, s, back); err != nil {
		t.Fatal(err)
	}
	if l, err = m.Ledger(c.ctx, c.find(x)); err != nil || !l.Balanced() || l.Balance() != 0 {
		t.Fatalf("%+v %v", l, err)
	}
	if beside, err := m.Panel(c.ctx, c.find(x)); err != nil || beside == nil {
		t.Error("the case does not lead to its ledger", err)
	}
}

func TestFinanceMatchesStatementsAndKeepsReceipts(t *testing.T) {
	a := demo(t, "")
	finance, officer, head := signIn(t, a, "caiwu"), signIn(t, a, "zhifa1"), signIn(t, a, "juzhang")
	file := "流水号,交易日期,金额,付款人,摘要\nT-1,2026-11-20,\"1,234.50\",某某,停车费\n"
	if w := send(a, "/enforcement/money", officer, map[string]string{"kind": "bank", "file": file}); w.Code != http.StatusForbidden {
		t.Error("an officer brought a statement in", w.Code)
	}
	if said := page(t, send(a, "/enforcement/money", finance, map[string]string{"kind": "bank", "file": strings.Replace(file, "1,234.50", "viel", 1)}), 422); !strings.Contains(said, "Line 2") {
		t.Error(said)
	}
	if w := send(a, "/enforcement/money", finance, map[string]string{"kind": "bank", "file": file}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	list := page(t, get(a, "GET", "/enforcement/money", head), 200)
	if !strings.Contains(list, "1,234.50") || !strings.Contains(list, "Not recognised") || strings.Contains(list, "Import a statement CSV") {
		t.Error(list)
	}
	line := hrefOf(t, get(a, "GET", "/enforcement/money", finance), `tr:contains("1,234.50") a[href^="/enforcement/money/"]`)
	if said := page(t, send(a, line, finance, map[string]string{"act": "aside", "why": ""}), 422); !strings.Contains(said, "1,234.50") {
		t.Error(said)
	}
	page(t, send(a, line, finance, map[string]string{"act": "match", "case": id.New().String(), "channel": "bank"}), 422)
	if w := send(a, line, finance, map[string]string{"act": "aside", "why": "停车费"}); w.Code != http.StatusSeeOther {
		t.Error(w.Code, w.Body)
	}
	page(t, send(a, line, finance, map[string]string{"act": "aside", "why": "停车费"}), 422) // settled already

	w := send(a, "/enforcement/receipts", finance, map[string]string{"series": "演示", "digits": "6", "first": "1", "last": "50"})
	book := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	page(t, send(a, "/enforcement/receipts", finance, map[string]string{"series": "演示", "digits": "6", "first": "50", "last": "60"}), 422) // overlaps
	page(t, send(a, book, finance, map[string]string{"act": "void", "number": "51", "why": "写错"}), 422)
	if w := send(a, book, finance, map[string]string{"act": "void", "number": "50", "why": "写错"}); w.Code != http.StatusSeeOther {
		t.Error(w.Code, w.Body)
	}
	if said := page(t, get(a, "GET", book, head), 200); !strings.Contains(said, "演示000050") || !strings.Contains(said, "Blank49") {
		t.Error(said)
	}
}

// hrefOf is where the first link that the selector finds leads.
func hrefOf(t *testing.T, w *httptest.ResponseRecorder, selector string) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	href, ok := doc.Find(selector).Attr("href")
	if !ok {
		t.Fatalf("nothing is %s", selector)
	}
	return href
}

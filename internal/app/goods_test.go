package app

import (
	"testing"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/goods"
)

func TestGoodsGoOutByTwoAndAreSoldOnlyByADecision(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.concluded(1500_00)
	m, s := c.a.keepers.goods, c.find(x)
	one, two, finance := c.who("zhifa1"), c.who("zhifa2"), c.who("caiwu")
	items := []goods.Item{{Name: "烧烤炉", Unit: "台", Quantity: 2, Shelf: "A-1"}, {Name: "羊肉", Unit: "公斤", Quantity: 10, Shelf: "冷柜", Perishable: true}}
	_, err := m.Receive(c.ctx, one, one, s, "hold", items)
	c.keyed(err, "goods.two")
	_, err = m.Receive(c.ctx, one, c.who("juzhang"), s, "hold", items)
	c.keyed(err, "goods.two")
	_, err = m.Receive(c.ctx, one, two, s, "hold", []goods.Item{{Name: "烧烤炉", Quantity: 0, Shelf: "A"}})
	c.keyed(err, "form.refused")
	lots, err := m.Receive(c.ctx, one, two, s, "hold", items)
	if err != nil || len(lots) != 2 {
		t.Fatal(err)
	}
	grill, meat := lots[0].ID, lots[1].ID
	sell := goods.Step{What: goods.Auction, Quantity: 1, Paper: "决定书", Why: "处理罚没物品", Proceeds: 100_00}
	c.keyed(m.Pass(c.ctx, one, two, grill, sell), "goods.pair")
	c.keyed(m.Pass(c.ctx, finance, one, grill, sell), "goods.decision")
	early := goods.Step{What: goods.Early, Quantity: 10, Paper: "先行处理记录", Proceeds: 300_00, Why: "易腐"}
	c.keyed(m.Pass(c.ctx, finance, one, grill, goods.Step{What: goods.Early, Quantity: 1, Paper: "P", Proceeds: 1, Why: "x"}), "goods.fresh")
	if err := m.Pass(c.ctx, finance, one, meat, early); err != nil {
		t.Fatal(err)
	}
	c.keyed(m.Pass(c.ctx, finance, one, meat, early), "form.refused") // there is no more
	if err := m.Pass(c.ctx, one, two, grill, goods.Step{What: goods.Return, Quantity: 1, Receiver: "当事人", Why: "与案件无关"}); err != nil {
		t.Fatal(err)
	}
	c.do(x, "zhifa1", "adj_notice", procedure.Input{})
	got, err := goods.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	var in, out, kept int64
	for _, l := range got {
		in, out, kept = in+l.Quantity, out+l.Out(), kept+l.Kept()
	}
	if in != out+kept || in != 12 || kept != 1 {
		t.Errorf("%d in, %d out, %d kept", in, out, kept)
	}
	enginetest.CheckCase(t, c.w, x)
}

func TestConfiscatedGoodsAreSold(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.performing(1500_00)
	m := c.a.keepers.goods
	lots, err := m.Receive(c.ctx, c.who("zhifa1"), c.who("zhifa2"), c.find(x), "confiscated", []goods.Item{{Name: "烧烤炉", Unit: "台", Quantity: 1, Shelf: "A-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Pass(c.ctx, c.who("caiwu"), c.who("zhifa1"), lots[0].ID, goods.Step{What: goods.Destroy, Quantity: 1, Paper: "决定书", Witness: "见证人", Why: "无使用价值"}); err != nil {
		t.Error(err)
	}
}

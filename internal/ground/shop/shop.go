// Package shop is the register of shops 门店: who trades at which door, under
// which licence, and how far the pavement before the door is theirs to keep, as
// a line along the kerb. It is filled from licence lists by CSV, XLSX or a pack.
//
// It owns what a shop is and where. What a shop promised, how it was found and
// what follows are matters of the duties.
package shop

import (
	"context"
	_ "embed"
	"regexp"
	"slices"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Words are the sentences of this room.
//
//go:embed words.yaml
var Words []byte

// Shops is the register.
var Shops = register.Kind{ID: "shop", Key: []string{"code"}, Words: []string{"code", "name", "credit_code", "address", "trade"}, Check: check, Columns: []register.Column{
	{Name: "code", ZH: "门店编号", Required: true}, {Name: "name", ZH: "店名", Required: true}, {Name: "trade", ZH: "业态", Required: true},
	{Name: "credit_code", ZH: "统一社会信用代码"}, {Name: "address", ZH: "地址", Required: true},
	{Name: register.Lng, ZH: "经度", Required: true}, {Name: register.Lat, ZH: "纬度", Required: true}, {Name: "stretch", ZH: "责任段"},
	{Name: "risk", ZH: "风险等级"}, {Name: "from", ZH: "开业日期"}, {Name: "to", ZH: "停业日期"}, {Name: "provenance", ZH: "来源性质", Required: true}}}

// Trades are what shops deal in, as far as it matters to the street.
var Trades = []string{"food", "grocery", "fruit", "repair", "hardware", "clothes", "service", "other"}

// Risks are how closely a shop is looked at; empty is usual.
var Risks = []string{"low", "usual", "high"}

func check(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	if !slices.Contains(Trades, c["trade"]) {
		out = append(out, register.Wrong("register.word", "column", "trade", "said", c["trade"]))
	}
	if c["risk"] != "" && !slices.Contains(Risks, c["risk"]) {
		out = append(out, register.Wrong("register.word", "column", "risk", "said", c["risk"]))
	}
	if c["credit_code"] != "" && !register.CreditCode(c["credit_code"]) {
		out = append(out, register.Wrong("shop.credit", "said", c["credit_code"]))
	}
	if _, err := ParseLine(c["stretch"]); c["stretch"] != "" && err != nil {
		out = append(out, register.Wrong("shop.stretch", "said", c["stretch"]))
	}
	return out
}

// Shop is one shop as duties read it.
type Shop struct {
	Code, Name, Trade, Credit, Address, Risk string
	At                                       geo.Point
	Stretch                                  Line // nil where nobody drew it
	From, To                                 calendar.Date
	Provenance                               string
}

func read(x register.Row) Shop {
	c := x.Cells
	s := Shop{Code: x.Code, Name: c["name"], Trade: c["trade"], Credit: c["credit_code"], Address: c["address"], Risk: c["risk"],
		From: c.Day("from"), To: c.Day("to"), Provenance: c["provenance"]}
	s.At, _ = c.Point()
	s.Stretch, _ = ParseLine(c["stretch"]) // checked when it came in
	return s
}

// Open reports whether the shop trades on the day.
func (s Shop) Open(on calendar.Date) bool { return on >= s.From && (s.To == 0 || on <= s.To) }

// road ends the name of a street in an address: what follows is a number or a
// remark in brackets.
var road = regexp.MustCompile(`^[^\d（(]*[路街道巷]`)

// Road is the street of the shop's address, "" where the address names none.
func (s Shop) Road() string { return road.FindString(s.Address) }

// Find reads one shop; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division id.ID, code string) (Shop, error) {
	x, err := register.Find(ctx, q, division, Shops, code)
	return read(x), err
}

// All reads every shop by its code.
func All(ctx context.Context, q dbx.Querier, division id.ID) ([]Shop, error) {
	rows, err := register.All(ctx, q, division, Shops)
	return each(rows), err
}

// Search reads at most limit shops after a code that hold the text; next is what
// after takes, "" at the end.
func Search(ctx context.Context, q dbx.Querier, division id.ID, text, after string, limit int) (_ []Shop, next string, err error) {
	rows, next, err := register.Search(ctx, q, division, Shops, text, after, limit)
	return each(rows), next, err
}

func each(rows []register.Row) []Shop {
	out := make([]Shop, len(rows))
	for i, x := range rows {
		out[i] = read(x)
	}
	return out
}

// Near is a shop and how far its door is.
type Near struct {
	Shop
	Metres float64
}

// Around reads the shops whose door is at most so many metres from the point, the
// nearest first.
func Around(ctx context.Context, q dbx.Querier, division id.ID, p geo.Point, metres float64) ([]Near, error) {
	rows, err := register.Around(ctx, q, division, Shops, p, metres)
	out := make([]Near, len(rows))
	for i, x := range rows {
		out[i] = Near{read(x.Row), x.Metres}
	}
	return out, err
}

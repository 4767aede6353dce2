package web

import (
	"net/http"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/shell/visit"
)

// lines are rows of a paper: what, and its value.
func lines(list [][2]string) (rows [][]document.Cell) {
	for _, x := range list {
		rows = append(rows, []document.Cell{{Text: x[0], Label: true}, {Text: x[1]}})
	}
	return rows
}

// receipt is the receipt of the application, to keep with its code.
func (m *Room) receipt(w http.ResponseWriter, r *http.Request) error {
	me, _, s, err := m.holder(r)
	if err != nil {
		return err
	}
	doc, err := m.receiptPaper(r, s, me.Receipt)
	if err != nil {
		return err
	}
	return m.send(w, doc)
}

func (m *Room) receiptPaper(r *http.Request, s *engine.Snapshot, code string) (doc document.Document, err error) {
	ctx := r.Context()
	book, err := m.Book(ctx, s.Division)
	if err != nil {
		return doc, err
	}
	name, err := m.called(ctx, s)
	if err != nil {
		return doc, err
	}
	words, err := m.Engine().PublicWords(ctx, s, code)
	if err != nil {
		return doc, err
	}
	goods, _ := s.Data["goods"].([]string)
	wished, _ := s.Data["clusters"].([]string)
	var places []string
	for _, at := range wished {
		if c := book.Cluster(at); c != nil {
			places = append(places, c.Name.ZH+"，"+c.Address)
		}
	}
	agency, page := visit.From(ctx).Division.Name.ZH, m.base(r)+"/stall/"+code
	rows := lines([][2]string{{"申请人", name}, {"申请时间", time.UnixMicro(s.Opened).In(calendar.Zone).Format("2006-01-02 15:04")}, {"经营品类", cluster.Names(goods).ZH}, {"时段", cluster.Name(s.Text("hours")).ZH},
		{"意向摊点群", strings.Join(places, "；")}, {"办理情况", words.ZH}, {"查询码", code}})
	return document.Document{Name: code, Foot: "凭查询码随时查看进度、补正和答复，请勿转给他人", Blocks: []document.Block{
		document.Head{Agency: agency, Title: "便民摊点申请回执", Number: s.Number}, document.Grid{Cols: []float64{1, 3}, Rows: rows},
		document.Sign{Agency: agency, Date: calendar.DateOf(m.Clock.Now()).String(), QR: page, Caption: []string{"扫码查看进度", code}}}}, nil
}

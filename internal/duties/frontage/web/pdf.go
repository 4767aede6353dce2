package web

import (
	"context"
	"net/http"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/visit"
)

// pledgePDF is the pledge for the door, as staff print it.
func (m *Room) pledgePDF(w http.ResponseWriter, r *http.Request) error {
	s, err := m.found(r, "id", visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	return m.sendPDF(w, r, s)
}

// ownPDF is the same, as the shop takes it from its own page.
func (m *Room) ownPDF(w http.ResponseWriter, r *http.Request) error {
	o, err := m.Duty.Own(r.Context(), r.PathValue("receipt"))
	if err != nil {
		return err
	}
	for _, e := range o.Cases {
		if e.Procedure != frontage.Pledge {
			continue
		}
		s, err := m.Engine().Find(r.Context(), o.Division, e.Case)
		if err != nil {
			return err
		}
		return m.sendPDF(w, r, s)
	}
	return fault.Missing("pledge")
}

func (m *Room) sendPDF(w http.ResponseWriter, r *http.Request, s *engine.Snapshot) error {
	if s.Procedure != frontage.Pledge {
		return fault.Missing("pledge")
	}
	d, err := m.paper(r.Context(), s, m.base(r))
	if err != nil {
		return err
	}
	file, _, err := paper.Print(m.Press, pdf.Options{}, d)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file) // the visitor may have left
	return nil
}

// paper is the pledge as it hangs at the door: no word of the person who signed.
func (m *Room) paper(ctx context.Context, s *engine.Snapshot, base string) (d document.Document, err error) {
	set, err := m.Settings(ctx, s.Division)
	if err != nil {
		return d, err
	}
	duties, err := frontage.InForce(ctx, m.DB, s.Division, calendar.DateOf(m.Clock.Now()))
	if err != nil {
		return d, err
	}
	body := set.Text("contact.body")
	line, _ := shop.ParseLine(s.Text("stretch"))
	grid := document.Grid{Cols: []float64{1, 5}, Head: 1, Rows: [][]document.Cell{{{Text: "责任", Label: true}, {Text: "要求", Label: true}}}}
	items, _ := s.Data["items"].([]string)
	for _, x := range duties {
		for _, code := range items {
			if code == x.Code {
				grid.Rows = append(grid.Rows, []document.Cell{{Text: x.Name.ZH, Label: true}, {Text: x.Text.ZH}})
			}
		}
	}
	state := "（尚未签订）"
	date := ""
	if at, ok := s.Data["signed_at"].(time.Time); ok && s.State == "active" {
		date = at.In(calendar.Zone).Format("2006年1月2日")
		state = "本店已于" + date + "签订，有效至" + day(untilOf(s)) + "。"
	}
	d = document.Document{Name: "门前五包责任书 " + s.Text("shop_name"), Foot: "责任书是门店的承诺；罚款须有法律依据，并依法定程序作出。", Blocks: []document.Block{
		document.Head{Agency: body, Title: "门前五包责任书", Number: s.Number},
		document.Para{Text: "门店：" + s.Text("shop_name"), Flush: true, Strong: true},
		document.Para{Text: "地址：" + s.Text("address"), Flush: true},
		document.Para{Text: "责任段：门前墙根至路缘，沿路缘" + metresOf(line) + "米（界线见二维码中的地图）。", Flush: true},
		document.Para{Text: "本店承诺做好门前责任段内的以下事项："},
		grid,
		document.Para{Text: state},
		document.Sign{Agency: s.Text("shop_name"), Date: date, QR: base + "/shop/" + s.Text("shop"), Caption: []string{"扫码看责任、评分", "也可反映问题"}},
	}}
	return d, nil
}

func untilOf(s *engine.Snapshot) time.Time {
	t, _ := s.Data["until"].(time.Time)
	return t
}

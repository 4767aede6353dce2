package web

import (
	"context"
	"net/http"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
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
	file, err := m.sheet(r, s)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(file) // the visitor may have left
	return nil
}

// sheet is the signed pledge as the record keeps it, else what would be signed,
// marked as such. A program that was not told its address cannot keep the code
// that phones read: the request's is put in.
func (m *Room) sheet(r *http.Request, s *engine.Snapshot) ([]byte, error) {
	ctx := r.Context()
	kept, err := m.kept(ctx, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	var d document.Document
	o := pdf.Options{}
	switch {
	case kept == nil:
		t, c, err := m.Duty.Sheet(ctx, m.DB, s, m.Clock.Now())
		if err != nil {
			return nil, err
		}
		if d, err = t.Compose(c); err != nil {
			return nil, err
		}
		o.Watermark = "未签订"
	case m.BaseURL != "":
		return m.Papers.PDF(ctx, s.Division, kept.ID)
	default:
		if d, err = m.Papers.Document(ctx, s.Division, kept.ID); err != nil {
			return nil, err
		}
	}
	for i := range d.Blocks {
		if x, ok := d.Blocks[i].(document.Sign); ok {
			if kept == nil {
				x.Caption = nil // the page of a door without a pledge is not there
			} else {
				x.QR = m.base(r) + "/shop/" + s.Text("shop")
			}
			d.Blocks[i] = x
		}
	}
	file, _, err := paper.Print(m.Papers.Press, o, d)
	return file, err
}

// kept is the paper of a signed pledge that stands; nil for none.
func (m *Room) kept(ctx context.Context, division, caseID id.ID) (*paper.Paper, error) {
	list, err := paper.Of(ctx, m.DB, division, caseID)
	for _, p := range list {
		if p.State == paper.Issued {
			return &p, err
		}
	}
	return nil, err
}

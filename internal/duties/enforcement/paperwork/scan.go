package paperwork

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/jpeg"
	"io"
	"net/http"
	"regexp"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
)

func scanForm(ctx context.Context, p id.ID) *form.Form {
	b := i18n.From(ctx).Bundle
	one := 1
	f := form.New("scan", "/enforcement/papers/"+p.String()+"/scan", []form.Field{
		{Name: "file", Type: form.File, Label: b.Text("paperwork.scan.file"), Help: b.Text("paperwork.scan.help"), Required: true, Max: &one}})
	f.Steps = []ui.Step{{Label: i18n.T(ctx, "paperwork.scan.keep"), Icon: "scan", Primary: true}}
	return &f
}

// scanned is what is known of the signed copy.
func (m *Room) scanned(ctx context.Context, v *view, by string) error {
	s := v.Paper.Scan
	if s.SHA256 == "" {
		return nil
	}
	body, err := m.Papers.Blobs.Read(s.SHA256)
	if fault.Is(err, fault.NotFound) { // erased
		body, err = nil, nil
	}
	v.Scan.Photo = !isPDF(body) && body != nil
	v.Scan.Facts = []ui.Fact{{Label: i18n.T(ctx, "paperwork.scan.at"), Text: local(s.At)}, {Label: i18n.T(ctx, "paperwork.scan.by"), Text: by},
		{Label: i18n.T(ctx, "paperwork.fact.digest"), Text: s.SHA256, Wide: true}}
	return err
}

// keepScan joins a signed copy to its paper: a PDF, or one photo.
func (m *Room) keepScan(w http.ResponseWriter, r *http.Request) error {
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	in, err := form.Read(r, scanForm(r.Context(), p.ID).Fields, calendar.Zone)
	s := paper.Scan{Pages: 1, At: m.Clock.Now()}
	if err == nil {
		s.SHA256, s.Pages, err = m.take(r.Context(), in)
	}
	if err == nil {
		err = m.act(r, func(ctx context.Context, tx *dbx.Tx, by string) error {
			s.By = by
			return paper.Scanned(ctx, tx, p.Division, p.ID, s)
		})
	}
	if err != nil {
		return m.refused(w, r, in, err, func(v *view) *form.Form { return v.Scan.Form })
	}
	return m.done(w, r, p.ID, "paperwork.scan.kept")
}

// take proves the file that was sent and keeps it.
func (m *Room) take(ctx context.Context, in form.Input) (sha string, pages int, err error) {
	f, err := in.Files["file"][0].Open()
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	body, err := io.ReadAll(io.LimitReader(f, maxScan+1))
	switch {
	case err != nil:
		return "", 0, err
	case len(body) > maxScan:
		return "", 0, fault.New(fault.TooLarge, "form.refused").Field("file", "paperwork.scan.large")
	case !isPDF(body):
		u, err := m.Photos.Keep(ctx, "file", in.Files["file"][0].Filename, body, m.Clock.Now())
		if g := fault.As(err); g != nil && g.Kind == fault.Invalid {
			return "", 0, fault.New(fault.Invalid, "form.refused").Field("file", "paperwork.scan.unread")
		}
		return u.SHA256, 1, err
	}
	info, err := m.Papers.Blobs.Put(ctx, bytes.NewReader(body), maxScan)
	return info.SHA256, max(1, len(pageObject.FindAll(body, -1))), err
}

// scan sends the signed copy.
func (m *Room) scan(w http.ResponseWriter, r *http.Request) error {
	p, _, err := m.find(r)
	if err != nil {
		return err
	}
	if p.Scan.SHA256 == "" {
		return fault.Missing("file")
	}
	body, err := m.Papers.Blobs.Read(p.Scan.SHA256)
	if err != nil {
		return err
	}
	if !isPDF(body) {
		return m.Photos.Send(w, r, stepform.Plain(p.Scan.SHA256), "screen")
	}
	return send(w, "application/pdf", p.Template+"-scan.pdf", body)
}

func isPDF(b []byte) bool { return bytes.HasPrefix(b, []byte("%PDF-")) }

var (
	pageObject = regexp.MustCompile(`/Type\s*/Page[^s]`)
	jpegStream = regexp.MustCompile(`/DCTDecode[^>]*(?:>>[^>]*)??>>\s*stream\r?\n`)
)

// pictures are the pages of a signed copy as JPEG: a photo, or what a scanner put
// into a PDF, one picture to a page. Another PDF has none.
func pictures(body []byte) (out [][]byte) {
	if !isPDF(body) {
		return [][]byte{body}
	}
	for _, at := range jpegStream.FindAllIndex(body, -1) {
		rest := body[at[1]:]
		end := bytes.Index(rest, []byte("endstream"))
		if end < 0 {
			break
		}
		if _, kind, err := image.DecodeConfig(bytes.NewReader(rest[:end])); err == nil && kind == "jpeg" {
			out = append(out, rest[:end])
		}
	}
	if len(out) != len(pageObject.FindAll(body, -1)) {
		return nil
	}
	return out
}

package paper

import (
	"bytes"
	"context"
	"encoding/json"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/docx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/pdf"
)

// maxFile is no paper's size, but a limit must be named.
const maxFile = 256 << 20

// Room sets papers and keeps their files.
type Room struct {
	DB      *dbx.DB
	Blobs   *blob.Store
	Press   *pdf.Press
	Library func(context.Context) (*Library, error)
	// BaseURL is where this program is reached; the QR codes of papers lead there.
	BaseURL string
	// Done is told of a paper whose PDF is kept now, so that the digest may go
	// into the case's timeline; nil for nobody.
	Done func(ctx context.Context, p Paper) error
}

// Attach makes the runner set what Fix asks for.
func (r *Room) Attach(jobs *job.Runner) { jobs.Handle(jobKind, r.work) }

func (r *Room) work(ctx context.Context, j job.Job) error {
	var ids []id.ID
	if err := json.Unmarshal([]byte(j.Payload), &ids); err != nil {
		return err
	}
	_, err := r.Set(ctx, ids[0], ids[1])
	return err
}

// Set makes the paper's PDF, keeps it and records its digest. Done once more,
// it proves that the same bytes come out: others are a Conflict.
func (r *Room) Set(ctx context.Context, division, paper id.ID) (p Paper, err error) {
	defer fault.Trace(&err, "paper.Set(%s)", paper)
	if p, err = Find(ctx, r.DB, division, paper); err != nil {
		return p, err
	}
	if !p.ErasedAt.IsZero() {
		return p, nil // what was printed is gone for good
	}
	d, err := r.compose(ctx, p, (*Template).Compose)
	if err != nil {
		return p, err
	}
	file, pages, err := Print(r.Press, pdf.Options{}, d)
	if err != nil {
		return p, err
	}
	info, err := r.Blobs.Put(ctx, bytes.NewReader(file), maxFile)
	if err != nil {
		return p, err
	}
	if p.SHA256 != "" {
		if p.SHA256 != info.SHA256 {
			return p, fault.New(fault.Conflict, "paper.rendered")
		}
		return p, nil
	}
	p.stored.Verify = r.BaseURL // from now on: another address would be another file
	said, err := json.Marshal(p.stored)
	if err != nil {
		return p, err
	}
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE paper SET sha256 = $1, pages = $2, content = $3 WHERE division = $4 AND id = $5 AND sha256 = ''`,
			info.SHA256, pages, string(said), division, paper)
		return err
	})
	p.SHA256, p.Pages = info.SHA256, pages
	if err == nil && r.Done != nil {
		err = r.Done(ctx, p)
	}
	return p, err
}

// compose fills the version of the template that the paper was fixed with.
func (r *Room) compose(ctx context.Context, p Paper, how func(*Template, Content) (document.Document, error)) (document.Document, error) {
	lib, err := r.Library(ctx)
	if err != nil {
		return document.Document{}, err
	}
	t := lib.Version(p.Template, p.Version)
	if t == nil {
		return document.Document{}, fault.Missing("paper template")
	}
	c, err := p.Content(t)
	if err != nil {
		return document.Document{}, err
	}
	if p.SHA256 == "" {
		c.Verify = r.BaseURL
	}
	if c.Code, err = r.Code(ctx, p); err != nil {
		return document.Document{}, err
	}
	c.Files = r.Blobs.Read
	return how(t, c)
}

// Code is the verification code of the event that fixed the paper, "" before.
func (r *Room) Code(ctx context.Context, p Paper) (string, error) {
	list, err := record.Timeline(ctx, r.DB, p.Division, p.Case)
	if err != nil {
		return "", err
	}
	for _, e := range list {
		if e.Seq == p.Seq {
			return seal.Code(e.Hash), nil
		}
	}
	return "", nil
}

// Document is the filled paper before it is set, for a page that shows it.
func (r *Room) Document(ctx context.Context, division, paper id.ID) (_ document.Document, err error) {
	defer fault.Trace(&err, "paper.Document(%s)", paper)
	p, err := Find(ctx, r.DB, division, paper)
	if err != nil {
		return document.Document{}, err
	}
	return r.compose(ctx, p, (*Template).Compose)
}

// PDF is the paper's file: the kept one, or set on the spot for a draft or a
// voided paper, which is marked as such.
func (r *Room) PDF(ctx context.Context, division, paper id.ID) (_ []byte, err error) {
	defer fault.Trace(&err, "paper.PDF(%s)", paper)
	p, err := Find(ctx, r.DB, division, paper)
	if err != nil {
		return nil, err
	}
	if p.SHA256 != "" && p.State != Voided && p.ErasedAt.IsZero() {
		return r.Blobs.Read(p.SHA256)
	}
	d, err := r.compose(ctx, p, (*Template).Compose)
	if err != nil {
		return nil, err
	}
	o := pdf.Options{}
	switch p.State {
	case Draft:
		o.Watermark = "草稿"
	case Voided:
		o.Watermark = "作废"
	}
	file, _, err := Print(r.Press, o, d)
	return file, err
}

// PublicPDF is the masked copy of an issued paper for publication. What is
// internal has none: Forbidden.
func (r *Room) PublicPDF(ctx context.Context, division, paper id.ID) (_ []byte, err error) {
	defer fault.Trace(&err, "paper.PublicPDF(%s)", paper)
	p, err := Find(ctx, r.DB, division, paper)
	if err != nil {
		return nil, err
	}
	if p.State != Issued {
		return nil, p.refuse()
	}
	d, err := r.compose(ctx, p, func(t *Template, c Content) (document.Document, error) {
		if t.Kind != External {
			return document.Document{}, fault.New(fault.Forbidden, "paper.internal")
		}
		return t.Public(c)
	})
	if err != nil {
		return nil, err
	}
	file, _, err := Print(r.Press, pdf.Options{}, d)
	return file, err
}

// Word is the paper for a word processor.
func (r *Room) Word(ctx context.Context, division, paper id.ID) (_ []byte, err error) {
	defer fault.Trace(&err, "paper.Word(%s)", paper)
	p, err := Find(ctx, r.DB, division, paper)
	if err != nil {
		return nil, err
	}
	d, err := r.compose(ctx, p, (*Template).Compose)
	if err != nil {
		return nil, err
	}
	return docx.Bytes(d)
}

// Dossier is several papers in one file, page numbers running through.
func (r *Room) Dossier(ctx context.Context, division id.ID, title string, papers []id.ID) (_ []byte, err error) {
	defer fault.Trace(&err, "paper.Dossier")
	var docs []document.Document
	for _, x := range papers {
		p, err := Find(ctx, r.DB, division, x)
		if err != nil {
			return nil, err
		}
		d, err := r.compose(ctx, p, (*Template).Compose)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	file, _, err := Print(r.Press, pdf.Options{Title: title}, docs...)
	return file, err
}

// Preview is the template with these contents and the sample of a seal, marked
// 样本; nothing is kept.
func Preview(press *pdf.Press, t *Template, c Content) ([]byte, error) {
	d, err := t.Compose(c)
	if err != nil {
		return nil, err
	}
	file, _, err := Print(press, pdf.Options{Watermark: "样本", Sample: true}, d)
	return file, err
}

// Print sets documents into one file and counts its pages.
func Print(press *pdf.Press, o pdf.Options, docs ...document.Document) (file []byte, pages int, err error) {
	if o.Title == "" && len(docs) > 0 {
		o.Title = docs[0].Name
	}
	s, err := press.Set(o, docs...)
	if err != nil {
		return nil, 0, err
	}
	file, err = s.Bytes()
	return file, s.Pages(), err
}

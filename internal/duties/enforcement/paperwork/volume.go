package paperwork

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/visit"
)

// cover is the template of cover, catalogue and notes 封面、目录、备考表.
const cover = "P44"

// piece is one part of the volume with its line in the catalogue.
type piece struct {
	doc                  document.Document
	number, date, remark string
}

// volume sends the whole dossier as one file.
func (m *Room) volume(w http.ResponseWriter, r *http.Request) error {
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.Missing("case")
	}
	body, err := m.Volume(r.Context(), visit.From(r.Context()).Division.ID, key)
	if err != nil {
		return err
	}
	return send(w, "application/pdf", "volume.pdf", body)
}

// Volume is the whole dossier in one file: cover and catalogue, the main volume
// 正卷 and the side volume 副卷 in the order of their templates, signed copies in
// the place of what was sent, the photos, the notes, and what proves it all. Page
// numbers run through.
func (m *Room) Volume(ctx context.Context, division, caseID id.ID) ([]byte, error) {
	set, err := m.set(ctx, division, caseID)
	if err != nil {
		return nil, err
	}
	return set.Bytes()
}

// Pages is how many pages the volume has.
func (m *Room) Pages(ctx context.Context, division, caseID id.ID) (int, error) {
	set, err := m.set(ctx, division, caseID)
	if err != nil {
		return 0, err
	}
	return set.Pages(), nil
}

// set lays the volume out.
func (m *Room) set(ctx context.Context, division, caseID id.ID) (set *pdf.Sheets, err error) {
	defer fault.Trace(&err, "paperwork.Volume(%s)", caseID)
	s, err := m.dossier(ctx, division, caseID)
	if err != nil {
		return nil, err
	}
	tree, err := m.tree(ctx, division, s.Row)
	if err != nil {
		return nil, err
	}
	front, pieces, err := m.papers(ctx, s, tree)
	if err != nil {
		return nil, err
	}
	photos, err := m.photos(ctx, tree)
	if err != nil {
		return nil, err
	}
	if photos != nil {
		pieces = slices.Insert(pieces, ofMain(pieces), *photos)
	}
	proofs, err := m.proven(ctx, tree)
	if err != nil {
		return nil, err
	}
	// Again until the pages in the catalogue are those it leads to: its own length
	// may change with them.
	pieces = append(pieces, piece{}, piece{doc: proofs})
	starts := make([]int, len(pieces)+1)
	for range passes {
		if set, err = m.bound(&front, pieces, starts); err != nil {
			return nil, err
		}
		if front.pages = set.Pages(); slices.Equal(starts, set.Starts()) {
			break
		}
		starts = set.Starts()
	}
	return set, nil
}

// passes are more than any catalogue needs.
const passes = 5

// ofMain is how many of the pieces belong to the main volume.
func ofMain(pieces []piece) int {
	n := slices.IndexFunc(pieces, func(p piece) bool { return p.remark == sideRemark })
	if n < 0 {
		return len(pieces)
	}
	return n
}

const sideRemark = "副卷"

// tree is the case with all that arose from it, each once, parents first.
func (m *Room) tree(ctx context.Context, division id.ID, root record.Row) ([]record.Row, error) {
	out := []record.Row{root}
	for i := 0; i < len(out); i++ {
		children, err := record.Children(ctx, m.DB, division, out[i].ID)
		if err != nil {
			return nil, err
		}
		out = append(out, children...)
	}
	return out, nil
}

// fronted is what the cover says, before the pages are known.
type fronted struct {
	t       *paper.Template
	content paper.Content
	pages   int
}

// papers are the cover and the parts of both volumes in their order.
func (m *Room) papers(ctx context.Context, s *engine.Snapshot, tree []record.Row) (front fronted, out []piece, err error) {
	lib, err := m.Papers.Library(ctx)
	if err != nil {
		return front, nil, err
	}
	type bound struct {
		paper.Paper
		t *paper.Template
	}
	var all []bound
	var said []paper.Values
	front.t = lib.Latest(cover)
	if front.t == nil {
		return front, nil, fault.Missing("paper template")
	}
	for _, row := range tree {
		list, err := paper.Of(ctx, m.DB, s.Division, row.ID)
		if err != nil {
			return front, nil, err
		}
		for _, p := range list {
			t := lib.Version(p.Template, p.Version)
			if t == nil || p.State == paper.Draft || p.State == paper.Voided {
				continue
			}
			c, err := p.Content(t)
			if err != nil {
				return front, nil, err
			}
			front.content.Agency, said = c.Agency, append(said, c.Fields)
			if p.Template == cover {
				front.t, front.content = t, c
				continue
			}
			all = append(all, bound{p, t})
		}
	}
	if front.content.Fields == nil {
		front.content.Fields = front.t.Prefill(said, s.Raw)
		front.content.Fields["case_number"] = s.Number
	}
	front.content.Fields["volume"] = "正卷、副卷"
	slices.SortStableFunc(all, func(a, b bound) int {
		return cmp.Or(cmp.Compare(a.t.Volume, b.t.Volume), cmp.Compare(a.t.Order, b.t.Order), a.IssuedAt.Compare(b.IssuedAt))
	})
	for _, p := range all {
		x := piece{number: p.Number, date: p.IssuedAt.In(calendar.Zone).Format(time.DateOnly)}
		if p.t.Volume == paper.Side {
			x.remark = sideRemark
		}
		if x.doc, err = m.Papers.Document(ctx, s.Division, p.ID); err != nil {
			return front, nil, err
		}
		if err := m.signed(ctx, p.Paper, &x); err != nil {
			return front, nil, err
		}
		out = append(out, x)
	}
	return front, out, nil
}

// signed puts the signed copy in the place of the paper. A file whose pages
// cannot be shown is named in the catalogue.
func (m *Room) signed(ctx context.Context, p paper.Paper, x *piece) error {
	if p.Scan.SHA256 == "" || !p.ErasedAt.IsZero() {
		return nil
	}
	body, err := m.Papers.Blobs.Read(p.Scan.SHA256)
	if err != nil {
		return err
	}
	list := pictures(body)
	if !isPDF(body) {
		if list[0], err = m.Photos.Print(ctx, stepform.Plain(p.Scan.SHA256), false); err != nil {
			return err
		}
	}
	if x.remark != "" {
		x.remark += "，"
	}
	if len(list) == 0 {
		x.remark += "扫描件另存"
		return nil
	}
	x.remark += "扫描件"
	x.doc.Blocks = nil
	for _, jpg := range list {
		x.doc.Blocks = append(x.doc.Blocks, document.Scan{Data: jpg})
	}
	return nil
}

// photos are the sheets of the case's photos; nil when there are none.
func (m *Room) photos(ctx context.Context, tree []record.Row) (*piece, error) {
	p := piece{doc: document.Document{Name: "证据照片", Blocks: []document.Block{document.Head{Title: "证据照片"}}}}
	n := 0
	for _, row := range tree {
		list, err := evidence.Of(ctx, m.DB, row.Division, row.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if !e.Photo() {
				continue
			}
			jpg, err := m.Photos.Print(ctx, stepform.ShotOf(e), false)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			n++
			at := "拍摄时间不明，接收于" + local(e.Received)
			if !e.Taken.IsZero() {
				at = "拍摄于" + local(e.Taken)
			}
			p.doc.Blocks = append(p.doc.Blocks, document.Photo{Data: jpg, Caption: []string{fmt.Sprintf("照片%d　%s", n, at), "SHA-256 " + e.SHA256}})
		}
	}
	if n == 0 {
		return nil, nil
	}
	return &p, nil
}

// bound sets everything; starts are the pages on which the parts begin, as the
// catalogue says. The last but one is the notes, which the cover's template holds.
func (m *Room) bound(f *fronted, pieces []piece, starts []int) (*pdf.Sheets, error) {
	c := f.content
	c.Fields, c.Code = maps.Clone(f.content.Fields), ""
	var rows []string
	for i, p := range pieces {
		name, span := cmp.Or(p.doc.Name, notesName), strconv.Itoa(starts[i+1])
		last := f.pages
		if i+2 < len(starts) {
			last = starts[i+2] - 1
		}
		if last > starts[i+1] {
			span += "—" + strconv.Itoa(last)
		}
		rows = append(rows, fmt.Sprintf("%d|%s|%s|%s|%s|%s", i+1, name, p.number, p.date, span, p.remark))
	}
	c.Fields["catalogue"], c.Fields["pages"] = rows, int64(f.pages)
	whole, err := f.t.Compose(c)
	if err != nil {
		return nil, err
	}
	first, notes := split(whole)
	docs := []document.Document{first}
	for _, p := range pieces {
		docs = append(docs, p.doc)
	}
	docs[len(docs)-2] = notes
	return m.Papers.Press.Set(pdf.Options{Title: whole.Name}, docs...)
}

const notesName = "备考表"

// split parts the notes from cover and catalogue: they stand at the end.
func split(d document.Document) (first, notes document.Document) {
	last := -1
	for i, b := range d.Blocks {
		if _, ok := b.(document.Break); ok {
			last = i
		}
	}
	first, notes = d, document.Document{Name: notesName}
	if last >= 0 {
		first.Blocks, notes.Blocks = d.Blocks[:last], d.Blocks[last+1:]
	}
	return first, notes
}

// proven is the page of proofs: every event with its hash, the checkpoint that
// covers them, and how anybody checks.
func (m *Room) proven(ctx context.Context, tree []record.Row) (document.Document, error) {
	d := document.Document{Name: "存证证明", Blocks: []document.Block{document.Head{Title: "存证证明"},
		document.Para{Text: "本卷每一步办理都记入案件时间线，每条记录的摘要由该记录及其前一条记录的摘要算出，并封入只增不减的存证日志。改动任何一处，其后的摘要都不再相符。"}}}
	for _, row := range tree {
		events, err := record.Timeline(ctx, m.DB, row.Division, row.ID)
		if err != nil {
			return d, err
		}
		proc, err := m.Engine().Library().Version(row.Procedure, row.ProcVersion)
		if err != nil {
			return d, err
		}
		names := map[string]string{}
		for i := range proc.Steps {
			names[proc.Steps[i].ID] = proc.Steps[i].Name.ZH
		}
		g := document.Grid{Cols: []float64{0.8, 2.4, 1.9, 5}, Head: 1, Rows: [][]document.Cell{{{Text: "序号", Label: true}, {Text: "时间", Label: true},
			{Text: "步骤", Label: true}, {Text: "记录摘要", Label: true}}}}
		for _, e := range events {
			step := cmp.Or(names[e.Step], e.Step)
			g.Rows = append(g.Rows, []document.Cell{{Text: strconv.FormatInt(e.Seq, 10)}, {Text: local(clock.FromMicro(e.At))}, {Text: step}, {Text: hex.EncodeToString(e.Hash)}})
		}
		d.Blocks = append(d.Blocks, document.Para{Text: strings.TrimSpace(proc.Title.ZH + "　" + cmp.Or(row.Number, row.Title)), Strong: true}, g)
	}
	c, signed, err := seal.Newest(ctx, m.DB, tree[0].Division)
	if err != nil {
		return d, err
	}
	if signed != "" {
		d.Blocks = append(d.Blocks, document.Para{Text: "签名检查点", Strong: true},
			document.Para{Text: fmt.Sprintf("本卷生成时，存证日志的最新检查点签于%s，含记录%d条：", local(c.At), c.Size)}, document.Note{Text: signed})
	}
	d.Blocks = append(d.Blocks, document.Para{Text: "核验方法", Strong: true},
		document.Para{Text: "1．在本机关网站的 /verify 页面输入任一文书的核验码或者上表任一摘要，可查到该记录何时封入存证日志。\n" +
			"2．案件页面的“存证包”含全部记录、文件和证明，用命令 xiucheng verify 核验，无需联网，也不依赖本机关的服务器。\n" +
			"3．存证包内的 README.txt 写明如何用通用工具逐步手工核验。"})
	return d, nil
}

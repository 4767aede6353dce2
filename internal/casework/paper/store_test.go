package paper_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
)

// bench is a room on one engine with a case to make papers of.
type bench struct {
	*paper.Room
	t        *testing.T
	ctx      context.Context
	division id.ID
	caseID   id.ID
	lib      *paper.Library
	now      time.Time
}

func each(t *testing.T, fn func(b *bench)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		lib, err := paper.NewLibrary(templates(t)...)
		if err != nil {
			t.Fatal(err)
		}
		blobs, err := blob.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, ctx: context.Background(), division: id.New(), caseID: id.New(), lib: lib, now: time.UnixMicro(1_794_000_000_000_000).UTC()}
		b.Room = &paper.Room{DB: db, Blobs: blobs, Press: press, Library: func(context.Context) (*paper.Library, error) { return lib, nil }}
		fn(b)
	}, job.Migration, record.Migration, evidence.Migration, paper.Migration)
}

func (b *bench) write(fn func(tx *dbx.Tx) error) error { return b.DB.Write(b.ctx, fn) }

func (b *bench) act(template string, change ...func(*paper.Act)) paper.Act {
	t := b.lib.Latest(template)
	a := paper.Act{Division: b.division, Code: "370799", Case: b.caseID, Seq: 7, By: "head", Template: t, Content: example(t)}
	a.Content.Date = b.now
	for _, fn := range change {
		fn(&a)
	}
	return a
}

func (b *bench) fix(a paper.Act) (p paper.Paper, err error) {
	err = b.write(func(tx *dbx.Tx) error {
		p, err = paper.Fix(b.ctx, tx, a)
		return err
	})
	return p, err
}

func (b *bench) mustFix(template string) paper.Paper {
	b.t.Helper()
	p, err := b.fix(b.act(template))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

func TestAnActFixesAPaperAndAJobSetsIt(t *testing.T) {
	each(t, func(b *bench) {
		p := b.mustFix("P29")
		if p.Number != "演综执罚决字〔2026〕第0001号" || p.State != paper.Issued || p.SHA256 != "" {
			b.t.Fatalf("%+v", p)
		}
		told := ""
		b.Done = func(_ context.Context, p paper.Paper) error { told = p.SHA256; return nil }
		jobs := job.NewRunner(b.DB, clock.At(b.now), slog.New(slog.DiscardHandler))
		b.Attach(jobs)
		if n, err := jobs.Pass(b.ctx); err != nil || n != 1 {
			b.t.Fatal(n, err)
		}
		got, err := paper.Find(b.ctx, b.DB, b.division, p.ID)
		if err != nil || got.SHA256 == "" || got.SHA256 != told || got.Pages != 2 {
			b.t.Fatalf("%+v %v", got, err)
		}
		again, err := b.Set(b.ctx, b.division, p.ID)
		if err != nil || again.SHA256 != got.SHA256 {
			b.t.Errorf("set anew: %v %v", again.SHA256, err)
		}
		file, err := b.PDF(b.ctx, b.division, p.ID)
		if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
			b.t.Errorf("%d bytes, %v", len(file), err)
		}
		fields, err := got.Fields(b.lib.Latest("P29"))
		if diff := cmp.Diff(map[string]any(example(b.lib.Latest("P29")).Fields), map[string]any(fields), cmp.Comparer(func(x, y time.Time) bool { return x.Equal(y) })); err != nil || diff != "" {
			b.t.Errorf("%v\n%s", err, diff)
		}
		if word, err := b.Word(b.ctx, b.division, p.ID); err != nil || !bytes.HasPrefix(word, []byte("PK")) {
			b.t.Error(err)
		}
	})
}

func TestNumbersRunOnAndVoidedOnesStay(t *testing.T) {
	each(t, func(b *bench) {
		first, second := b.mustFix("P29"), b.mustFix("P29")
		other := b.mustFix("P22")
		if !strings.HasSuffix(second.Number, "第0002号") || !strings.HasSuffix(other.Number, "罚告字〔2026〕第0001号") {
			b.t.Error(second.Number, other.Number)
		}
		void := func(reason string) error {
			return b.write(func(tx *dbx.Tx) error { return paper.Void(b.ctx, tx, b.division, first.ID, "head", reason, b.now) })
		}
		if err := void(" "); !fault.Is(err, fault.Invalid) {
			b.t.Error("voided without a reason:", err)
		}
		if err := void("当事人姓名有误"); err != nil {
			b.t.Fatal(err)
		}
		if err := void("再次"); !fault.Is(err, fault.Conflict) {
			b.t.Error("voided twice:", err)
		}
		if _, err := b.PublicPDF(b.ctx, b.division, first.ID); !fault.Is(err, fault.Conflict) {
			b.t.Error("a voided paper is published:", err)
		}
		if _, err := b.PublicPDF(b.ctx, b.division, b.mustFix("P01").ID); !fault.Is(err, fault.Forbidden) {
			b.t.Error("who reported is published:", err)
		}
		if file, err := b.PublicPDF(b.ctx, b.division, second.ID); err != nil || len(file) == 0 {
			b.t.Error(err)
		}
		third := b.mustFix("P29")
		err := b.write(func(tx *dbx.Tx) error {
			return paper.Replace(b.ctx, tx, b.division, second.ID, third.ID, "head", "更正", b.now)
		})
		if err != nil {
			b.t.Fatal(err)
		}
		list, err := paper.Numbers(b.ctx, b.DB, b.division, "P29", 10)
		if err != nil || len(list) != 3 {
			b.t.Fatal(list, err)
		}
		states := map[string]string{}
		for _, p := range list {
			states[p.Number[len(p.Number)-len("0001号"):]] = p.State + p.Reason
		}
		want := map[string]string{"0001号": "voided当事人姓名有误", "0002号": "replaced更正", "0003号": "issued"}
		if diff := cmp.Diff(want, states); diff != "" {
			b.t.Error(diff)
		}
	})
}

func TestAPaperThatLacksWhatTheLawWantsIsRefused(t *testing.T) {
	each(t, func(b *bench) {
		_, err := b.fix(b.act("P29", func(a *paper.Act) {
			delete(a.Content.Fields, "party_address")
			delete(a.Content.Fields, "evidence")
			a.Content.Agency.Court = ""
		}))
		f := fault.As(err)
		if !fault.Is(err, fault.Invalid) || f.Key != "paper.N33" || len(f.Fields) != 3 {
			b.t.Fatalf("%v", err)
		}
		for _, want := range []string{"当事人的姓名或者名称、地址", "事实和证据", "途径和期限"} {
			if !strings.Contains(f.Args["lacks"].(i18n.Text).ZH, want) {
				b.t.Errorf("%v does not name %s", f.Args["lacks"], want)
			}
		}
		if p := b.mustFix("P29"); !strings.HasSuffix(p.Number, "第0001号") {
			b.t.Error("the refusal used a number:", p.Number)
		}
	})
}

func TestADraftIsFixedOnce(t *testing.T) {
	each(t, func(b *bench) {
		a := b.act("P22", func(a *paper.Act) { delete(a.Content.Fields, "facts") })
		var p paper.Paper
		save := func() (err error) {
			return b.write(func(tx *dbx.Tx) error {
				p, err = paper.SaveDraft(b.ctx, tx, a)
				return err
			})
		}
		if err := save(); err != nil || p.Number != "" {
			b.t.Fatal(p, err)
		}
		if file, err := b.PDF(b.ctx, b.division, p.ID); err != nil || len(file) == 0 {
			b.t.Error(err)
		}
		a.ID, a.Content.Fields = p.ID, example(a.Template).Fields
		if err := save(); err != nil || p.ID != a.ID {
			b.t.Fatal(p, err)
		}
		if got, err := b.fix(a); err != nil || got.ID != a.ID || got.Number == "" {
			b.t.Fatal(got, err)
		}
		if err := save(); !fault.Is(err, fault.Conflict) {
			b.t.Error("an issued paper was written over:", err)
		}
		if _, err := b.fix(a); !fault.Is(err, fault.Conflict) {
			b.t.Error("issued twice:", err)
		}
		if list, err := paper.Of(b.ctx, b.DB, b.division, b.caseID); err != nil || len(list) != 1 {
			b.t.Error(list, err)
		}
	})
}

func TestSealScanAndDelivery(t *testing.T) {
	each(t, func(b *bench) {
		p := b.mustFix("P29")
		seal := func(u paper.SealUse) error {
			u.Paper, u.AskedBy, u.AskedAt = p.ID, "li", b.now
			return b.write(func(tx *dbx.Tx) error { _, err := paper.AskSeal(b.ctx, tx, b.division, u); return err })
		}
		if err := seal(paper.SealUse{Copies: 0, Purpose: " "}); !fault.Is(err, fault.Invalid) || len(fault.As(err).Fields) != 2 {
			b.t.Error("asked for nothing:", err)
		}
		if err := seal(paper.SealUse{Copies: 3, Purpose: "送达"}); err != nil {
			b.t.Fatal(err)
		}
		if err := seal(paper.SealUse{Copies: 1, Purpose: "再盖"}); fault.As(err).Key != "paper.seal_open" {
			b.t.Error("asked twice:", err)
		}
		asked, _, err := paper.Seals(b.ctx, b.DB, b.division, paper.SealFilter{Answer: paper.Open, Limit: 5})
		if err != nil || len(asked) != 1 || asked[0].Number != p.Number {
			b.t.Fatal(asked, err)
		}
		answer := func(by string, yes bool, why string) error {
			return b.write(func(tx *dbx.Tx) error {
				return paper.AnswerSeal(b.ctx, tx, b.division, asked[0].ID, by, yes, why, b.now)
			})
		}
		if err := answer("li", true, ""); fault.As(err).Key != "paper.seal_same" {
			b.t.Error("approved oneself:", err)
		}
		if err := answer("head", false, " "); !fault.Is(err, fault.Invalid) {
			b.t.Error("refused without a reason:", err)
		}
		if err := answer("head", true, ""); err != nil {
			b.t.Fatal(err)
		}
		if err := answer("chief", false, "不用了"); fault.As(err).Key != "paper.seal_answered" {
			b.t.Error("answered twice:", err)
		}
		err = b.write(func(tx *dbx.Tx) error {
			if err := paper.Printed(b.ctx, tx, b.division, p.ID, b.now); err != nil {
				return err
			}
			if err := paper.Scanned(b.ctx, tx, b.division, p.ID, paper.Scan{SHA256: "ab", Pages: 2, At: b.now, By: "li"}); err != nil {
				return err
			}
			return paper.Deliver(b.ctx, tx, b.division, paper.Delivery{Paper: p.ID, Way: "direct", At: b.now, Receiver: "张三平", By: "li", Noted: b.now})
		})
		if err != nil {
			b.t.Fatal(err)
		}
		got, err := paper.Find(b.ctx, b.DB, b.division, p.ID)
		if err != nil || !got.SealedAt.Equal(b.now) || got.Prints != 1 || got.Scan.SHA256 != "ab" || got.Scan.Pages != 2 {
			b.t.Errorf("%+v %v", got, err)
		}
		if list, next, err := paper.Seals(b.ctx, b.DB, b.division, paper.SealFilter{From: b.now, To: b.now.Add(time.Second), Limit: 1}); err != nil || len(list) != 1 || list[0].Copies != 3 || next != "" {
			b.t.Error(list, err)
		}
		if list, err := paper.Deliveries(b.ctx, b.DB, b.division, p.ID); err != nil || len(list) != 1 || list[0].Way != "direct" {
			b.t.Error(list, err)
		}
		bad := b.write(func(tx *dbx.Tx) error {
			return paper.Deliver(b.ctx, tx, b.division, paper.Delivery{Paper: p.ID, Way: "pigeon", At: b.now})
		})
		if !fault.Is(bad, fault.Invalid) {
			b.t.Error("delivered by pigeon:", bad)
		}
		if _, err := paper.Find(b.ctx, b.DB, id.New(), p.ID); !fault.Is(err, fault.NotFound) {
			b.t.Error("another division sees it:", err)
		}
	})
}

func TestADossierIsOneFile(t *testing.T) {
	each(t, func(b *bench) {
		var papers []id.ID
		for _, x := range []string{"P44", "P29", "P02"} {
			papers = append(papers, b.mustFix(x).ID)
		}
		file, err := b.Dossier(b.ctx, b.division, "卷宗", papers)
		if err != nil || bytes.Count(file, []byte("/Type /Page\n")) < 6 {
			b.t.Error(bytes.Count(file, []byte("/Type /Page\n")), err)
		}
	})
}

func TestWhatWasTypedOnceFlowsOn(t *testing.T) {
	list := templates(t)
	lib, err := paper.NewLibrary(list...)
	if err != nil {
		t.Fatal(err)
	}
	earlier := []paper.Values{{"party": "旧名", "fine": int64(1)}, {"party": "张三平"}, {"fine": "not money"}}
	got := lib.Latest("P29").Prefill(earlier, map[string]json.RawMessage{"cause": json.RawMessage(`"占道"`), "party": json.RawMessage(`"案中名"`), "fine": json.RawMessage(`"x"`)})
	if diff := cmp.Diff(paper.Values{"party": "张三平", "cause": "占道", "fine": int64(1)}, got); diff != "" {
		t.Error(diff)
	}
}

// The code on a paper is that of the event that fixed it; the QR code leads to
// the address the program had when the PDF was set.
func TestAFixedPaperCarriesItsCode(t *testing.T) {
	each(t, func(b *bench) {
		b.event(t, 7)
		p := b.mustFix("P29")
		list, err := record.Timeline(b.ctx, b.DB, b.division, b.caseID)
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		d, err := b.Document(b.ctx, b.division, p.ID)
		if err != nil || d.Foot != "核验码 "+seal.Code(list[0].Hash) {
			t.Errorf("%q, %v", d.Foot, err)
		}
		if sign(d).QR != "" || len(sign(d).Caption) != 4 {
			t.Errorf("without an address the code stands in words: %+v", sign(d))
		}
		b.BaseURL = "https://a.example"
		if _, err := b.Set(b.ctx, b.division, p.ID); err != nil {
			t.Fatal(err)
		}
		b.BaseURL = "https://b.example"
		if _, err := b.Set(b.ctx, b.division, p.ID); err != nil {
			t.Errorf("another address changes no paper: %v", err)
		}
		d, err = b.Document(b.ctx, b.division, p.ID)
		if want := "https://a.example/v/" + seal.Code(list[0].Hash); err != nil || sign(d).QR != want {
			t.Errorf("%q, want %q, %v", sign(d).QR, want, err)
		}
	})
}

func sign(d document.Document) (s document.Sign) {
	for _, b := range d.Blocks {
		if x, ok := b.(document.Sign); ok {
			s = x
		}
	}
	return s
}

// event opens the case with one event, which names a person.
func (b *bench) event(t *testing.T, seq int64) {
	t.Helper()
	err := b.write(func(tx *dbx.Tx) error {
		c := &record.Case{Row: record.Row{Division: b.division, ID: b.caseID, Procedure: "enf.ordinary", ProcVersion: 1, State: "filed"}}
		enc, err := c.Encode()
		if err != nil {
			return err
		}
		value, commitment := record.Conceal("party", []byte(`"张三平"`))
		e, err := record.Seal(&record.Body{Case: b.caseID, Seq: seq, At: 1, Step: "decide", Commit: map[string]string{"party": commitment}}, "", nil)
		if err != nil {
			return err
		}
		c.Head = e.Hash
		if err := record.Insert(b.ctx, tx, c, enc, e); err != nil {
			return err
		}
		return record.InsertPersonal(b.ctx, tx, b.division, b.caseID, seq, []record.Personal{value})
	})
	if err != nil {
		t.Fatal(err)
	}
}

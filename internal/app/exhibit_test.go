package app

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/engine/enginetest"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/exhibit"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// keyed asserts the key of a refusal and that it has words in both languages.
func (c *crew) keyed(err error, key string) {
	c.t.Helper()
	if err == nil || fault.As(err).Key != key {
		c.t.Errorf("got %v, want %s", err, key)
		return
	}
	if text := c.a.words.Text(key); text.ZH == "" || text.In(i18n.EN) == "" || text.ZH == text.EN {
		c.t.Errorf("%s has no words", key)
	}
}

func TestEvidenceIsTakenByTwoKeptByOneAndRuledOnByTheLead(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.underway()
	began := c.w.Clock.Now()
	c.surveyed(x)
	m, s := c.a.keepers.exhibits, c.find(x)
	files, err := evidence.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		t.Fatal(err)
	}
	d := exhibit.Draft{Kind: "physical", Name: "烧烤炉", Source: "现场", Proves: "露天烧烤", Place: "物证室", At: began, Original: true, Digests: []string{files[len(files)-1].SHA256}, Second: c.who("zhifa3")}
	_, err = m.Add(c.ctx, c.who("zhifa1"), s, d)
	c.keyed(err, "exhibit.N04") // auxiliary staff have no certificate
	d.Second = c.who("zhifa1")
	_, err = m.Add(c.ctx, c.who("zhifa1"), s, d)
	c.keyed(err, "exhibit.N04") // alone
	d.Second = c.who("zhifa2")
	grill, err := m.Add(c.ctx, c.who("zhifa1"), s, d)
	if err != nil {
		t.Fatal(err)
	}
	paper := d
	paper.Kind, paper.Name, paper.Original, paper.Digests = "documentary", "营业执照复印件", false, nil
	_, err = m.Add(c.ctx, c.who("zhifa1"), s, paper)
	c.keyed(err, "exhibit.copy")
	paper.Holder, paper.KeptAt = "演示当事人", "当事人处"
	if _, err = m.Add(c.ctx, c.who("zhifa1"), s, paper); err != nil {
		t.Fatal(err)
	}
	now := c.w.Clock.Now()
	if err := m.Pass(c.ctx, c.who("zhifa1"), s, grill.ID, exhibit.Step{What: exhibit.Hand, To: "演示·财务", Place: "罚没物品库", Why: "入库", At: now}); err != nil {
		t.Fatal(err)
	}
	c.keyed(m.Pass(c.ctx, c.who("zhifa1"), s, grill.ID, exhibit.Step{What: exhibit.Return, To: "当事人", Why: "退还", At: now}), "exhibit.N04")
	c.isRefusal(m.Rule(c.ctx, c.who("zhifa3"), s, grill.ID, true, "属实"), "E01", "rule") // not of this case
	if err := m.Rule(c.ctx, c.who("zhifa1"), s, grill.ID, true, "与现场一致"); err != nil {
		t.Fatal(err)
	}
	c.keyed(m.Rule(c.ctx, c.who("zhifa1"), s, grill.ID, true, "与现场一致"), "exhibit.ruled")
	if err := m.Rule(c.ctx, c.who("zhifa1"), s, grill.ID, false, "取得方式不合法"); err != nil {
		t.Fatal(err)
	}
	c.keyed(m.Rule(c.ctx, c.who("zhifa1"), s, grill.ID, true, "又属实了"), "exhibit.N13")
	list, err := exhibit.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil || len(list) != 2 || list[0].Ruling != exhibit.Excluded || list[0].Keeper() != "演示·财务" || list[0].Broken() || len(list[0].Files) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
	c.recorded(x, began)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewRGBA(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	photo, err := c.a.photos.Keep(c.ctx, "files", "现场.png", drawn.Bytes(), c.w.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	c.do(x, "zhifa1", "attach", procedure.Input{"kind": "other"}, photo)
	sheet, err := m.PhotoSheet(c.ctx, c.find(x), []string{photo.SHA256})
	if err != nil || !bytes.HasPrefix(sheet, []byte("%PDF")) {
		t.Error("no photo sheet", err)
	}
	enginetest.CheckCase(t, c.w, x) // every movement is in the record, and the record is whole
}

// recorded asserts that a recording of the act is found by officer and time.
func (c *crew) recorded(x id.ID, began time.Time) {
	c.t.Helper()
	m := c.a.keepers.exhibits
	line := func(name, sum string, at time.Time, officer string) string {
		return strings.Join([]string{name, strings.Repeat(sum, 64), at.Format(time.RFC3339), at.Add(15 * time.Minute).Format(time.RFC3339), "D1", officer}, ",") + "\n"
	}
	body := "name,sha256,begins,ends,device,officer\n" + line("mine.mp4", "a", began.Add(-5*time.Minute), c.who("zhifa2").Name) +
		line("late.mp4", "b", began.Add(time.Hour), c.who("zhifa2").Name) + line("other.mp4", "c", began, c.who("zhifa3").Name)
	if n, wrong, err := m.ImportRecordings(c.ctx, c.who("zhifa1"), register.File{Name: "a.csv", Body: []byte(body)}); err != nil || len(wrong) > 0 || n != 3 {
		c.t.Fatal(n, wrong, err)
	}
	acts, err := m.Acts(c.ctx, c.find(x))
	if err != nil || len(acts) != 2 || len(acts[0].Recordings) != 1 || acts[0].Recordings[0].Name != "mine.mp4" {
		c.t.Errorf("%+v %v", acts, err)
	}
}

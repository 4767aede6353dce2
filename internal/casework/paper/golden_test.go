package paper_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/docx"
	"xiucheng/internal/platform/pdf"
	"xiucheng/packs"
)

var (
	update = flag.Bool("update", false, "write the golden lines of the papers anew")
	press  = pdf.NewPress("")
)

// shipped reads the papers of the common pack once.
var shipped = sync.OnceValues(func() (list []*paper.Template, err error) {
	dir, err := packs.FS("cn-base")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "papers/*.yaml")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no papers (%w)", err)
	}
	var bad []error
	for _, name := range names {
		src, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		x, wrong := paper.Load(name, src)
		if wrong == nil && name != "papers/"+x.ID+".yaml" {
			wrong = fmt.Errorf("%s holds %s", name, x.ID)
		}
		bad = append(bad, wrong)
		list = append(list, x)
	}
	return list, errors.Join(bad...)
})

func templates(t testing.TB) []*paper.Template {
	t.Helper()
	list, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var agency = paper.Agency{Name: "演示区综合行政执法局", Short: "演综执", Government: "演示区人民政府", Court: "演示区人民法院", Address: "演示区长安路1号", Phone: "0536-0000000"}

// said are values for fields that need more than their own name to look real.
var said = map[string]any{
	"party": "张三平", "party_id": "370702199001010013", "party_head": "", "party_address": "演示区中山路57号", "party_phone": "13800000000", "party_kind": "citizen",
	"cause":    "擅自占用城市道路设摊经营",
	"facts":    "2026年10月12日8时20分，你在中山路118号门前人行道设摊经营水果，占用盲道约6平方米。经本机关责令限期改正，逾期仍未改正。",
	"clue":     "群众反映中山路118号门前有人长期占道摆摊，影响盲道通行。",
	"summary":  "2026年10月12日，执法人员巡查时发现张三平在中山路118号门前人行道设摊经营水果，占用盲道约6平方米。",
	"findings": "中山路118号门前人行道上摆放折叠桌两张、水果筐六只，占用盲道，长约3米、宽约2米，面积约6平方米。现场未见占道许可手续。执法人员对现场拍照四张、录像一段。",
	"dialogue": "问：请介绍一下你的基本情况。\n答：我叫张三平，在中山路118号门前卖水果。\n问：你摆摊是否办理过占道许可？\n答：没有办理。\n问：2026年10月8日本机关向你送达责令限期改正通知书，你是否收到？\n答：收到了。",
	"violated": "《城市道路管理条例》第二十七条第（一）项", "suspected": "《城市道路管理条例》第二十七条第（一）项",
	"penal_basis": "《城市道路管理条例》第四十二条", "order_basis": "《城市道路管理条例》第四十二条",
	"evidence": []string{"现场检查笔录", "询问笔录", "现场照片四张", "责令限期改正通知书及送达回证"},
	"officers": []string{"李明", "王芳"}, "cert_nos": []string{"37070001", "37070002"}, "lead": "李明", "second": "王芳", "recorder": "王芳",
	"fine": int64(50000), "correction": "立即清除占道物品，恢复盲道通行", "discretion": "当事人经责令改正拒不改正，属于“一般”档次",
	"penalties": []string{}, "proposed": []string{}, "place": "演示区中山路118号门前",
	"statement_days": int64(5), "times": int64(1), "surcharge_told": "yes", "bank": "演示银行中山路支行", "pay_way": "bank", "penalty_kind": "fine",
	"goods":     []string{"折叠桌|80cm×60cm|张|2|旧", "水果筐|塑料，蓝色|只|6|完好", "电子秤|TCS-30|台|1|完好"},
	"photos":    []string{"a", "b"},
	"catalogue": []string{"1|行政处罚决定书|演综执罚决字〔2026〕第0001号|2026-11-03|1—2|", "2|立案审批表||2026-10-12|3|", "3|现场检查（勘验）笔录||2026-10-12|4—5|"},
}

// example fills every field of a template.
func example(t *paper.Template) paper.Content {
	at := time.Date(2026, 10, 12, 8, 20, 0, 0, calendar.Zone)
	v := paper.Values{}
	for _, f := range t.Fields {
		if x, ok := said[f.Name]; ok {
			if s, is := x.(string); is && f.List {
				x = []string{s}
			} else if l, is := x.([]string); is && !f.List && !f.Files() {
				x = strings.Join(l, "、")
			} else if is && f.Type == field.Enum {
				x = f.Options[0].Value
				for _, o := range f.Options {
					if o.Value == s {
						x = s
					}
				}
			}
			if _, is := x.(string); is && f.Type == field.Enum {
				known := false
				for _, o := range f.Options {
					known = known || o.Value == x
				}
				if !known {
					x = f.Options[0].Value
				}
			}
			v[f.Name] = x
			continue
		}
		switch f.Type {
		case field.Text, field.Long:
			if v[f.Name] = "（" + f.Label.ZH + "）"; f.List {
				v[f.Name] = []string{"（" + f.Label.ZH + "甲）", "（" + f.Label.ZH + "乙）"}
			}
		case field.Int:
			v[f.Name] = int64(3)
		case field.Money:
			v[f.Name] = int64(123456)
		case field.Dec:
			v[f.Name] = 6.5
		case field.Bool:
			v[f.Name] = true
		case field.Date, field.Time:
			v[f.Name] = at
			at = at.Add(25 * time.Hour)
		case field.Enum:
			if v[f.Name] = f.Options[0].Value; f.List {
				v[f.Name] = []string{f.Options[0].Value}
			}
		}
	}
	return paper.Content{Agency: agency, Number: strings.NewReplacer("{short}", agency.Short, "{year}", "2026", "{serial4}", "0097", "{serial5}", "00097").Replace(t.Number),
		Date: time.Date(2026, 11, 3, 9, 0, 0, 0, calendar.Zone), Code: "2F7K-0M3A-9QRT-61VD", Verify: "https://example.org", Fields: v, Files: picture}
}

func picture(string) ([]byte, error) {
	m := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = uint8(120 + i%90)
	}
	m.SetGray(1, 1, color.Gray{255})
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

func TestEveryPaperIsSetAsItWas(t *testing.T) {
	for _, x := range templates(t) {
		t.Run(x.ID, func(t *testing.T) {
			c := example(x)
			if err := x.Check(c); err != nil {
				t.Errorf("the example lacks something: %v", err)
			}
			d, err := x.Compose(c)
			if err != nil {
				t.Fatal(err)
			}
			s, err := press.Set(pdf.Options{Sample: true}, d)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, x.ID, s.Lines())
			if _, err := docx.Bytes(d); err != nil {
				t.Error(err)
			}
			if dir := os.Getenv("PAPER_OUT"); dir != "" {
				file, err := s.Bytes()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, x.ID+".pdf"), file, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func golden(t *testing.T, name string, lines []string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(got), 0o644)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("set otherwise than before; look at it (PAPER_OUT=folder), then -update:\n%s", diff)
	}
}

func TestAnEmptyPaperCanStillBePrinted(t *testing.T) {
	for _, x := range templates(t) {
		d, err := x.Compose(paper.Content{Agency: agency})
		if err != nil {
			t.Errorf("%s: %v", x.ID, err)
			continue
		}
		s, err := press.Set(pdf.Options{}, d)
		if err != nil {
			t.Errorf("%s: %v", x.ID, err)
			continue
		}
		for _, l := range s.Lines() {
			if strings.ContainsAny(l, "{}") {
				t.Errorf("%s: %s", x.ID, l)
			}
		}
	}
}

// Remedies are the same in every paper that names them: sixty days and six
// months, never the fifteen days of older rules.
func TestRemediesAreSixtyDaysAndSixMonths(t *testing.T) {
	for _, x := range templates(t) {
		words := ""
		for _, b := range x.Body {
			words += b.Text + b.Strong + b.Note + fmt.Sprint(b.Lines)
		}
		if !strings.Contains(words, "申请行政复议") || !strings.Contains(words, "如不服") {
			continue
		}
		if !strings.Contains(words, "六十日内") {
			t.Errorf("%s does not say sixty days", x.ID)
		}
		if x.ID == "P31" {
			if !strings.Contains(words, "应当自收到本决定书之日起六十日内先向{government}申请行政复议") {
				t.Error("P31 does not say that reconsideration comes first")
			}
		} else if !strings.Contains(words, "六个月内") {
			t.Errorf("%s does not say six months", x.ID)
		}
	}
}

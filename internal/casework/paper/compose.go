package paper

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
)

// Values are a paper's fields by name, as procedure.Field.Decode gives them:
// string, int64, float64, bool, time.Time, []string.
type Values map[string]any

// Agency is whose paper it is; it is fixed with the paper.
type Agency struct {
	Name       string `json:"org"`
	Short      string `json:"short"`      // 机关代字, begins numbers
	Government string `json:"government"` // where reconsideration is asked for
	Court      string `json:"court"`
	Address    string `json:"org_address"`
	Phone      string `json:"org_phone"`
}

// AgencyOf is the agency of a division by its settings. An agency without a body
// for reconsideration or a court cannot issue a paper that must name them.
func AgencyOf(set *pack.Settings) Agency {
	return Agency{Name: set.Text("contact.body"), Short: set.Text("agency.short"), Government: set.Text("agency.government"), Court: set.Text("agency.court"),
		Address: set.Text("agency.address"), Phone: set.Text("contact.phone")}
}

func (a Agency) values() map[string]string {
	return map[string]string{"org": a.Name, "short": a.Short, "government": a.Government, "court": a.Court, "org_address": a.Address, "org_phone": a.Phone}
}

// Content is all that a paper says.
type Content struct {
	Agency Agency
	Number string
	Date   time.Time
	Fields Values
	Code   string                           // the verification code 核验码; empty before the paper is fixed
	Verify string                           // the address of this program, for the QR code; empty: the code stands in words
	Files  func(sha string) ([]byte, error) // for photos
}

// filling puts values into wordings.
type filling struct {
	t *Template
	c Content
	// mask hides what is personal, for the copy that is made public.
	mask func(s string) string
}

// Compose fills the template. What was not filled in stays a line to write on.
func (t *Template) Compose(c Content) (document.Document, error) {
	return (&filling{t: t, c: c}).document()
}

func (x *filling) document() (document.Document, error) {
	t := x.t
	d := document.Document{Name: t.Title.ZH}
	if x.c.Code != "" {
		d.Foot = "核验码 " + x.c.Code
	}
	head := document.Head{Agency: x.c.Agency.Name, Title: t.Title.ZH, Number: x.c.Number, Red: t.Red}
	if t.Heading != "" {
		head.Title = x.fill(t.Heading, "")
	}
	d.Blocks = append(d.Blocks, head)
	for i := range t.Body {
		if !x.holds(t.Body[i].When) {
			continue
		}
		b, err := x.block(&t.Body[i])
		if err != nil {
			return d, err
		}
		d.Blocks = append(d.Blocks, b...)
	}
	return d, nil
}

// blank is the line to write on in a paragraph.
const blank = "________"

func (x *filling) block(b *Block) ([]document.Block, error) {
	switch {
	case b.To != "":
		return []document.Block{document.Para{Text: x.fill(b.To, blank), Flush: true}}, nil
	case b.Text != "":
		return []document.Block{document.Para{Text: x.fill(b.Text, blank)}}, nil
	case b.Heading != "":
		return []document.Block{document.Para{Text: x.fill(b.Heading, blank), Strong: true}}, nil
	case b.Strong != "":
		return []document.Block{document.Para{Text: x.fill(b.Strong, blank), Strong: true}}, nil
	case b.Note != "":
		return []document.Block{document.Note{Text: x.fill(b.Note, blank)}}, nil
	case len(b.Lines) > 0:
		return []document.Block{document.Para{Text: x.fill(strings.Join(b.Lines, "\n"), "　　　　"), Flush: true}}, nil
	case b.Grid != nil:
		return []document.Block{x.grid(b.Grid)}, nil
	case b.Table != nil:
		return []document.Block{x.table(b.Table)}, nil
	case b.Sign != nil:
		return []document.Block{x.sign(b.Sign)}, nil
	case b.Photos != "":
		return x.photos(b.Photos)
	}
	return []document.Block{document.Break{}}, nil
}

func (x *filling) grid(g *Grid) document.Grid {
	out := document.Grid{Cols: g.Cols}
	for _, row := range g.Rows {
		var cells []document.Cell
		for _, c := range row {
			d := document.Cell{Text: x.fill(c.Text, ""), Foot: x.fill(c.Foot, "　　　　"), Span: c.Span, Lines: c.Lines}
			if c.Label != "" {
				d.Text, d.Label = x.fill(c.Label, ""), true
			}
			cells = append(cells, d)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func (x *filling) table(t *Table) document.Grid {
	out := document.Grid{Cols: t.Cols, Head: 1}
	var head []document.Cell
	for _, h := range t.Head {
		head = append(head, document.Cell{Text: h, Label: true})
	}
	out.Rows = append(out.Rows, head)
	items, _ := x.c.Fields[t.Field].([]string)
	for _, item := range append(slices.Clone(items), make([]string, max(0, t.Blank-len(items)))...) {
		row := make([]document.Cell, len(t.Cols))
		for i, s := range strings.Split(item, "|") {
			if i < len(row) {
				row[i].Text = x.masked(strings.TrimSpace(s))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (x *filling) sign(s *Sign) document.Sign {
	out := document.Sign{Agency: x.c.Agency.Name, Date: "　　年　　月　　日", Seal: s.Seal}
	if s.Agency != "" {
		out.Agency = x.fill(s.Agency, "")
	}
	switch {
	case s.Date != "":
		out.Date = x.fill(s.Date, out.Date)
	case !x.c.Date.IsZero():
		out.Date = day(x.c.Date)
	}
	switch {
	case s.Link != "":
		out.Caption = s.Say
		if x.c.Verify != "" {
			out.QR = strings.TrimSuffix(x.c.Verify, "/") + x.fill(s.Link, "")
		}
	case !s.Verify || x.c.Code == "":
	case x.c.Verify == "":
		out.Caption = []string{"核验码", x.c.Code, "在本机关网站的 /verify 页面", "输入核验码，可核验真伪"}
	default:
		out.QR, out.Caption = strings.TrimSuffix(x.c.Verify, "/")+"/v/"+x.c.Code, []string{"扫码核验真伪"}
	}
	return out
}

func (x *filling) photos(name string) (out []document.Block, err error) {
	if x.mask != nil {
		return nil, nil // a photo is released by a person, not by a rule
	}
	list, _ := x.c.Fields[name].([]string)
	said, _ := x.c.Fields[name+"_captions"].([]string)
	for i, sha := range list {
		if x.c.Files == nil {
			return nil, fault.Missing("file")
		}
		data, err := x.c.Files(sha)
		if err != nil {
			return nil, err
		}
		p := document.Photo{Data: data, PNG: strings.HasPrefix(string(data), "\x89PNG"), Caption: []string{fmt.Sprintf("照片%d", i+1)}}
		if i < len(said) {
			p.Caption[0] += "　" + x.masked(said[i])
		}
		p.Caption = append(p.Caption, "SHA-256 "+sha)
		out = append(out, p)
	}
	return out, nil
}

// holds judges When: field, !field or field=value.
func (x *filling) holds(when string) bool {
	name, not := strings.CutPrefix(when, "!")
	name, want, compare := strings.Cut(name, "=")
	switch {
	case when == "":
		return true
	case compare:
		return (fmt.Sprint(x.c.Fields[name]) == want) != not
	}
	return filled(x.c.Fields[name]) != not
}

// filled: false counts as not filled, so that "when: econsent" reads well.
func filled(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return strings.TrimSpace(v) != ""
	case []string:
		return len(v) > 0
	case time.Time:
		return !v.IsZero()
	}
	return true
}

// fill replaces the placeholders {field}, {field:shape} and {field|otherwise}.
func (x *filling) fill(s, none string) string {
	return stops.ReplaceAllString(x.places(s, none), "$1")
}

// stops are those of a value that ends a sentence before the template does.
var stops = regexp.MustCompile(`[。；]+([。，；、])`)

func (x *filling) places(s, none string) string {
	return placePattern.ReplaceAllStringFunc(s, func(m string) string {
		p := placePattern.FindStringSubmatch(m)
		if w := x.word(p[1], p[2]); w != "" {
			return w
		}
		if strings.Contains(m, "|") {
			return p[3]
		}
		f := x.t.Field(p[1])
		switch {
		case f != nil && f.Fallback != "":
			return f.Fallback
		case f != nil && f.Type == field.Date && none != "":
			return "　　年　　月　　日"
		}
		return none
	})
}

// word is one value as it is written; "" when there is none.
func (x *filling) word(name, shape string) string {
	f := x.t.Field(name)
	if f == nil {
		switch name {
		case "number":
			return x.c.Number
		case "date":
			return day(x.c.Date)
		case "year":
			return x.c.Date.In(calendar.Zone).Format("2006")
		}
		return x.c.Agency.values()[name]
	}
	if shape == "boxes" {
		return boxes(f, x.c.Fields[name])
	}
	v := x.c.Fields[name]
	if b, ok := v.(bool); ok {
		return map[bool]string{true: "是", false: "否"}[b]
	}
	if !filled(v) {
		return ""
	}
	return x.masked(written(f, v, shape))
}

func (x *filling) masked(s string) string {
	if x.mask == nil {
		return s
	}
	return x.mask(s)
}

func written(f *Field, v any, shape string) string {
	switch v := v.(type) {
	case int64:
		if f.Type != field.Money {
			break
		}
		switch shape {
		case "capital":
			return Capital(v)
		case "yuan":
			return "¥" + yuan(v)
		case "num":
			return yuan(v)
		}
		return "人民币" + Capital(v) + "（¥" + yuan(v) + "）"
	case time.Time:
		if f.Type == field.Time && shape != "day" {
			return minute(v)
		}
		return day(v)
	case []string:
		return list(v, shape)
	case string:
		for _, o := range f.Options {
			if o.Value == v {
				return o.Label.ZH
			}
		}
		return strings.TrimSpace(v)
	}
	return fmt.Sprint(v)
}

func list(v []string, shape string) string {
	switch shape {
	case "lines":
		return strings.Join(v, "\n")
	case "numbered":
		var out []string
		for i, s := range v {
			out = append(out, fmt.Sprintf("%d．%s", i+1, s))
		}
		return strings.Join(out, "\n")
	}
	return strings.Join(v, "、")
}

// boxes shows every option, the chosen ones ticked.
func boxes(f *Field, v any) string {
	chosen, _ := v.([]string)
	if s, ok := v.(string); ok {
		chosen = []string{s}
	}
	var out []string
	for _, o := range f.Options {
		box := "□"
		if slices.Contains(chosen, o.Value) {
			box = "■"
		}
		out = append(out, box+o.Label.ZH)
	}
	return strings.Join(out, "　")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006年1月2日")
}

func minute(t time.Time) string {
	t = t.In(calendar.Zone)
	return fmt.Sprintf("%s%d时%02d分", day(t), t.Hour(), t.Minute())
}

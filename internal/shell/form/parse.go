package form

import (
	"math"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"xiucheng/internal/platform/fault"
)

// parser reads one field.
type parser struct {
	f     Field
	raw   url.Values
	loc   *time.Location
	wrong []fault.Field
}

func (p *parser) refuse(key string, kv ...any) {
	args := fault.Args{"label": p.f.Label}
	for i := 0; i+1 < len(kv); i += 2 {
		args[kv[i].(string)] = kv[i+1]
	}
	p.wrong = append(p.wrong, fault.Field{Name: p.f.Name, Key: key, Args: args})
}

// value returns the typed answer; false when there is none or it was refused.
func (p *parser) value() (any, bool) {
	switch {
	case p.f.Type == Place:
		return p.place()
	case p.f.Type == Map:
		return p.pairs()
	case p.f.Type == Sign:
		return p.sign()
	case p.f.Type == Rows:
		return p.rows()
	case p.f.Type == Bool && !p.f.List:
		given := p.raw.Get(p.f.Name) != ""
		if p.f.Required && !given {
			p.refuse("form.required.choice")
		}
		return given, true
	case p.f.List:
		return p.list()
	}
	text, ok := p.clean(p.raw.Get(p.f.Name))
	if !ok {
		return nil, false
	}
	if text == "" {
		if p.f.Required {
			p.refuse(p.missing())
		}
		return nil, false
	}
	return p.one(text)
}

func (p *parser) missing() string {
	switch {
	case p.f.isChoice():
		return "form.required.choice"
	case p.f.isFile():
		return "form.required.photo"
	}
	return "form.required"
}

// clean trims a text and refuses what no keyboard types: broken UTF-8, NUL and
// other control characters, and marks that turn the direction of reading,
// with which a text can show other words than it holds.
func (p *parser) clean(s string) (string, bool) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	lines := p.f.Type == Long || p.f.List || p.f.Type == Map
	bad := func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && !(r == '\n' && lines) || unicode.Is(unicode.Bidi_Control, r)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, bad) {
		p.refuse("form.bad.control")
		return "", false
	}
	return strings.TrimSpace(s), true
}

// one reads a single text that is not empty.
func (p *parser) one(s string) (any, bool) {
	switch p.f.Type {
	case Int:
		return p.whole(s)
	case Dec:
		return p.decimal(s)
	case Money:
		return p.money(s)
	case Date:
		return p.instant(s, "form.bad.date", time.DateOnly, "2006/1/2", "2006年1月2日")
	case Time:
		return p.instant(s, "form.bad.time", "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04")
	case Phone:
		return p.phone(s)
	case Text, Long:
		return s, p.length(s)
	}
	return p.key(s)
}

func (p *parser) length(s string) bool {
	n := utf8.RuneCountInString(s)
	switch {
	case p.f.Min != nil && n < *p.f.Min:
		p.refuse("form.bad.short", "min", *p.f.Min)
	case n > p.f.limit():
		p.refuse("form.bad.long", "max", p.f.limit(), "n", n)
	default:
		return true
	}
	return false
}

func (p *parser) key(s string) (any, bool) {
	switch {
	case p.f.Type == Enum || len(p.f.Options) > 0:
		if !p.f.hasOption(s) {
			p.refuse("form.bad.option")
			return nil, false
		}
		return s, true
	case strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_/〔〕[]() ", r)
	}):
		p.refuse("form.bad.code")
		return nil, false
	}
	return s, p.length(s)
}

// narrow turns the full-width digits of a Chinese keyboard into ASCII.
func narrow(s string) string { return strings.TrimSpace(width.Narrow.String(s)) }

func (p *parser) whole(s string) (any, bool) {
	n, err := strconv.ParseInt(strings.ReplaceAll(narrow(s), ",", ""), 10, 64)
	if err != nil {
		p.refuse("form.bad.int")
		return nil, false
	}
	return n, p.bounds(float64(n))
}

func (p *parser) decimal(s string) (any, bool) {
	v, err := strconv.ParseFloat(strings.ReplaceAll(narrow(s), ",", ""), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(s, "xXpP_") {
		p.refuse("form.bad.dec")
		return nil, false
	}
	return v, p.bounds(v)
}

// money reads yuan with up to two decimals, exactly: no float touches it.
func (p *parser) money(s string) (any, bool) {
	s = strings.TrimLeft(strings.ReplaceAll(narrow(s), ",", ""), "¥￥ ")
	yuan, cents, dotted := strings.Cut(s, ".")
	for len(cents) < 2 {
		cents += "0"
	}
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	if yuan == "" || !digits(yuan) || !digits(cents) || len(cents) > 2 || dotted && strings.HasSuffix(s, ".") || len(yuan) > 13 {
		p.refuse("form.bad.money")
		return nil, false
	}
	fen, err := strconv.ParseInt(yuan+cents, 10, 64)
	if err != nil {
		p.refuse("form.bad.money")
		return nil, false
	}
	return fen, p.bounds(float64(fen) / 100)
}

func (p *parser) bounds(v float64) bool {
	switch {
	case p.f.Min != nil && v < float64(*p.f.Min):
		p.refuse("form.bad.min", "min", *p.f.Min)
	case p.f.Max != nil && v > float64(*p.f.Max):
		p.refuse("form.bad.max", "max", *p.f.Max)
	default:
		return true
	}
	return false
}

func (p *parser) instant(s, key string, layouts ...string) (any, bool) {
	s = narrow(s)
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, p.loc)
		if err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return t, true
		}
	}
	p.refuse(key)
	return nil, false
}

func (p *parser) phone(s string) (any, bool) {
	s = strings.NewReplacer(" ", "", "(", "", ")", "-", "—", "-").Replace(narrow(s))
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '-' || r == '+' && i == 0:
		default:
			digits = -100
		}
	}
	if digits < 3 || digits > 20 {
		p.refuse("form.bad.phone")
		return nil, false
	}
	return s, true
}

// place reads coordinates and address; either is enough.
func (p *parser) place() (any, bool) {
	get := func(part string) string { return narrow(p.raw.Get(p.f.Name + "." + part)) }
	address, ok := p.clean(p.raw.Get(p.f.Name + ".address"))
	if !ok {
		return nil, false
	}
	at := Point{Address: address}
	if lat, lng := get("lat"), get("lng"); lat != "" || lng != "" {
		var e1, e2 error
		at.Lat, e1 = strconv.ParseFloat(lat, 64)
		at.Lng, e2 = strconv.ParseFloat(lng, 64)
		if e1 != nil || e2 != nil || !(math.Abs(at.Lat) <= 90) || !(math.Abs(at.Lng) <= 180) {
			p.refuse("form.bad.place")
			return nil, false
		}
		at.Located = true
		if acc, err := strconv.ParseFloat(get("accuracy"), 64); err == nil && acc > 0 && acc < 1e6 {
			at.Accuracy = acc
		}
	}
	if at == (Point{}) {
		if p.f.Required {
			p.refuse("form.required.place")
		}
		return nil, false
	}
	return at, p.length(address)
}

// pairs reads a map: one input per option, or lines of name=content.
func (p *parser) pairs() (any, bool) {
	m := map[string]string{}
	for _, o := range p.f.Options {
		if v, ok := p.clean(p.raw.Get(p.f.Name + "." + o.Value)); ok && v != "" && p.length(v) {
			m[o.Value] = v
		}
	}
	text, ok := p.clean(p.raw.Get(p.f.Name))
	if !ok {
		return nil, false
	}
	for line := range strings.Lines(text) {
		k, v, found := strings.Cut(line, "=")
		if k = strings.TrimSpace(k); !found || k == "" {
			p.refuse("form.bad.pair")
			return nil, false
		}
		m[k] = strings.TrimSpace(v)
	}
	if len(m) == 0 {
		if p.f.Required {
			p.refuse("form.required")
		}
		return nil, false
	}
	return m, len(p.wrong) == 0
}

// list reads several values: of checkboxes, or one per line.
func (p *parser) list() (any, bool) {
	var texts []string
	for _, sent := range p.raw[p.f.Name] {
		clean, ok := p.clean(sent)
		if !ok {
			return nil, false
		}
		for line := range strings.Lines(clean) {
			if line = strings.TrimSpace(line); line != "" && !slices.Contains(texts, line) {
				texts = append(texts, line)
			}
		}
	}
	if len(texts) == 0 {
		if p.f.Required {
			p.refuse(p.missing())
		}
		return nil, false
	}
	if !p.amount(len(texts), maxItems) {
		return nil, false
	}
	item := parser{f: p.f, loc: p.loc}
	item.f.Min, item.f.Max = nil, nil // they bound the count
	values := make([]any, 0, len(texts))
	for _, s := range texts {
		if v, ok := item.one(s); ok {
			values = append(values, v)
		}
	}
	p.wrong = append(p.wrong, item.wrong...)
	return typed(values), len(item.wrong) == 0
}

// amount checks a count against Min and Max.
func (p *parser) amount(n, most int) bool {
	if p.f.Max != nil {
		most = *p.f.Max
	}
	switch {
	case p.f.Min != nil && n < *p.f.Min:
		p.refuse("form.bad.few", "min", *p.f.Min)
	case n > most:
		p.refuse("form.bad.many", "max", most, "n", n)
	default:
		return true
	}
	return false
}

// typed turns values of one type into a slice of it.
func typed(values []any) any {
	switch values := values; first(values).(type) {
	case int64:
		return slice[int64](values)
	case float64:
		return slice[float64](values)
	case time.Time:
		return slice[time.Time](values)
	default:
		return slice[string](values)
	}
}

func first(values []any) any {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func slice[T any](values []any) []T {
	out := make([]T, 0, len(values))
	for _, v := range values {
		if t, ok := v.(T); ok {
			out = append(out, t)
		}
	}
	return out
}

// files reads the uploads of a field, with those that were delivered before.
func (p *parser) files(body *multipart.Form, in *Input) {
	kept := p.raw[p.f.Name+".kept"]
	var sent []*multipart.FileHeader
	if body != nil {
		for _, h := range body.File[p.f.Name] {
			if h.Filename == "" && h.Size == 0 { // an input left empty
				continue
			}
			if h.Size == 0 {
				p.refuse("form.bad.file", "name", h.Filename)
				continue
			}
			sent = append(sent, h)
		}
	}
	most := 1
	if p.f.List {
		most = maxFiles
	}
	n := len(sent) + len(kept)
	switch {
	case n == 0 && len(p.wrong) > 0:
	case n == 0 && p.f.Required:
		p.refuse("form.required.photo")
	case n > 0 && p.amount(n, most):
		in.Files[p.f.Name], in.Kept[p.f.Name] = sent, kept
	}
}

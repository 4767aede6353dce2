// Package i18n holds every sentence the program says, in Simplified Chinese and
// English, side by side. A room keeps its own words.yaml; app merges them all
// into one Bundle, and a test fails where either language is missing.
//
// It owns keys, placeholders and the reader's language. Words of procedures
// live in packs and use Text.
package i18n

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

// Lang is a language the program speaks.
type Lang string

// The languages. ZH is the first and the fallback.
const (
	ZH Lang = "zh-CN"
	EN Lang = "en"
)

// Text is a sentence in both languages; it is how packs carry words.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
	// One is the English singular, used when the placeholder n is 1.
	One string `yaml:"one,omitempty" json:"one,omitempty"`
}

// In returns the text in the language, Chinese where English is empty.
func (t Text) In(l Lang) string {
	if l == EN && t.EN != "" {
		return t.EN
	}
	return t.ZH
}

// Fill returns the text in the language with its {placeholders} replaced.
// A placeholder without a value stays visible, so that it is noticed.
func (t Text) Fill(l Lang, args map[string]any) string {
	s := t.In(l)
	if l == EN && t.One != "" && fmt.Sprint(args["n"]) == "1" {
		s = t.One
	}
	for k, v := range args {
		if strings.Contains(s, "{"+k+"}") {
			s = strings.ReplaceAll(s, "{"+k+"}", show(v, l))
		}
	}
	return s
}

// show lets an argument be bilingual itself: a department's name, a state.
func show(v any, l Lang) string {
	if t, ok := v.(Text); ok {
		return t.In(l)
	}
	return fmt.Sprint(v)
}

// Bundle is the program's words by key. It is immutable once built.
type Bundle struct{ words map[string]Text }

// Load merges words.yaml files (flat maps "room.key: {zh: …, en: …}"). It
// refuses a key that stands twice and a key without both languages, all at once.
func Load(files ...[]byte) (*Bundle, error) {
	b := &Bundle{words: map[string]Text{}}
	var bad []error
	for _, f := range files {
		var m map[string]Text
		if err := yaml.UnmarshalWithOptions(f, &m, yaml.DisallowUnknownField()); err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		for k, t := range m {
			if _, twice := b.words[k]; twice {
				bad = append(bad, fmt.Errorf("i18n: key %q stands twice", k))
			}
			if t.ZH == "" || t.EN == "" {
				bad = append(bad, fmt.Errorf("i18n: key %q lacks a language", k))
			}
			b.words[k] = t
		}
	}
	return b, errors.Join(bad...)
}

// Has reports whether the key exists.
func (b *Bundle) Has(key string) bool { _, ok := b.words[key]; return ok }

// Text returns the words of a key; an unknown key returns itself, visibly.
func (b *Bundle) Text(key string) Text {
	if t, ok := b.words[key]; ok {
		return t
	}
	return Text{ZH: "⟨" + key + "⟩", EN: "⟨" + key + "⟩"}
}

// Keys lists all keys, sorted.
func (b *Bundle) Keys() []string {
	ks := make([]string, 0, len(b.words))
	for k := range b.words {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	return ks
}

// Printer is a bundle read in one language.
type Printer struct {
	Bundle *Bundle
	Lang   Lang
	Terms  Terms // nil knows none
}

// T returns the sentence of key; kv are alternating placeholder names and values.
// The laws it names are called as the reader calls them.
func (p *Printer) T(key string, kv ...any) string {
	return p.cited(p.spelled(p.Bundle.Text(key).Fill(p.Lang, pairs(kv))))
}

type ctxKey struct{}

// With puts the reader's printer into the context.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, ctxKey{}, p)
}

// From returns the reader's printer; without one, an empty Chinese printer.
func From(ctx context.Context) *Printer {
	if p, ok := ctx.Value(ctxKey{}).(*Printer); ok {
		return p
	}
	return &Printer{Bundle: &Bundle{}, Lang: ZH}
}

// T is From(ctx).T: what templates call.
func T(ctx context.Context, key string, kv ...any) string { return From(ctx).T(key, kv...) }

// LangOf is From(ctx).Lang.
func LangOf(ctx context.Context) Lang { return From(ctx).Lang }

// Cookie is the name of the cookie that keeps a chosen language.
const Cookie = "lang"

var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// Of chooses the language of a request: ?lang=, then the cookie, then
// Accept-Language, else Chinese.
func Of(r *http.Request) Lang {
	want := r.URL.Query().Get("lang")
	if want == "" {
		if c, err := r.Cookie(Cookie); err == nil {
			want = c.Value
		}
	}
	switch want {
	case string(ZH), "zh":
		return ZH
	case string(EN):
		return EN
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil && len(tags) > 0 {
		if _, i, conf := matcher.Match(tags...); i == 1 && conf > language.No {
			return EN
		}
	}
	return ZH
}

func pairs(kv []any) map[string]any {
	m := make(map[string]any, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

package open311

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"unicode"
)

// node is a piece of an answer. Both formats are written from the same tree, so
// that they cannot say different things.
type node struct {
	name string
	kind kind
	text string
	kids []node
}

type kind int

const (
	word   kind = iota // "" is null: an empty element in XML
	bare               // a number or truth value, written without quotes; "" is null
	object             // kids by name
	list               // kids in order; in JSON their names are left out
)

func say(name, text string) node           { return node{name: name, text: printable(text)} }
func raw(name, text string) node           { return node{name: name, kind: bare, text: text} }
func group(name string, kids ...node) node { return node{name: name, kind: object, kids: kids} }
func many(name string, kids ...node) node  { return node{name: name, kind: list, kids: kids} }

func flag(name string, v bool) node {
	if v {
		return raw(name, "true")
	}
	return raw(name, "false")
}

// printable drops the control characters that XML cannot carry, in both formats
// alike.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// format is the suffix of an address: how the answer is written.
type format struct{ suffix, mime string }

var (
	inXML  = format{".xml", "text/xml; charset=utf-8"}
	inJSON = format{".json", "application/json; charset=utf-8"}
)

func (f format) write(n node) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(n.weight())
	if f == inJSON {
		err := n.json(&b)
		b.WriteByte('\n')
		return b.Bytes(), err
	}
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	err := n.xml(&b)
	b.WriteByte('\n')
	return b.Bytes(), err
}

// perItem is about what one item of a long list weighs.
const perItem = 800

func (n node) weight() int { return perItem * (1 + len(n.kids)) }

func (n node) xml(b *bytes.Buffer) error {
	b.WriteString("<" + n.name + ">")
	if plain(n.text) {
		b.WriteString(n.text)
	} else if err := xml.EscapeText(b, []byte(n.text)); err != nil {
		return err
	}
	for _, k := range n.kids {
		if err := k.xml(b); err != nil {
			return err
		}
	}
	b.WriteString("</" + n.name + ">")
	return nil
}

// plain reports whether a text stands for itself in both formats, as nearly all
// do: escaping is half the cost of a long list.
func plain(s string) bool { return !strings.ContainsAny(s, "\"'\\<>&\n\t\u2028\u2029\uFFFD") }

func (n node) json(b *bytes.Buffer) error {
	switch {
	case n.kind == list:
		return n.series(b, '[', ']', func(node) {})
	case n.kind == object:
		return n.series(b, '{', '}', func(k node) { b.WriteString(`"` + k.name + `":`) })
	case n.text == "":
		b.WriteString("null")
	case n.kind == bare:
		b.WriteString(n.text)
	case plain(n.text):
		b.WriteString(`"` + n.text + `"`)
	default:
		quoted, err := json.Marshal(n.text)
		b.Write(quoted)
		return err
	}
	return nil
}

func (n node) series(b *bytes.Buffer, open, end byte, label func(node)) error {
	b.WriteByte(open)
	for i, k := range n.kids {
		if i > 0 {
			b.WriteByte(',')
		}
		label(k)
		if err := k.json(b); err != nil {
			return err
		}
	}
	b.WriteByte(end)
	return nil
}

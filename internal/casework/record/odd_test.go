package record_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// odd are characters that have been lost, changed or misread somewhere before.
func odd() map[string]string {
	var planes strings.Builder
	for r := rune(1); r <= utf8.MaxRune; r += 97 {
		if utf8.ValidRune(r) {
			planes.WriteRune(r)
		}
	}
	return map[string]string{
		"every plane": planes.String(), "signs of control": "\x01\x02\x08\t\n\r\x1b\x7f", "signs of JSON": `"\/{}[],:'` + "`", "signs of HTML": "<script>&amp;&#39;",
		"ends of lines": "a\u2028b\u2029c\u0085d", "right to left": "\u202eעברית\u202c العربية", "combining": "e\u0301 \u0915\u094d\u0937", "emoji": "👨‍👩‍👧‍👦🏳️‍🌈", "rare names": "𠮷𡈽𪚥㐂",
		"marks of order": "\ufeff\ufffe\uffff", "very long": strings.Repeat("长", 200_000), "signs of SQL": `'; DROP TABLE cases; --  $1 ? %s`, "numbers": "1e999 -0 0x10", "blanks": " \u00a0\u3000 ",
	}
}

// What an event says comes back byte for byte from both engines, and its chain
// holds.
func TestOddCharactersSurvive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		for name, text := range odd() {
			raw, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			k := put(t, db, d, 1, func(c *record.Case) {
				c.Raw["desc"], c.Title = raw, "t"
			})
			b := record.Body{Case: k.ID, Seq: 2, At: 2, Step: "s", To: "open", Actor: record.Actor{Account: "a", Name: text}, Data: map[string]json.RawMessage{"desc": raw}, Input: map[string]json.RawMessage{"desc": raw}}
			ev, err := record.Seal(&b, "", k.Head)
			if err != nil {
				t.Fatal(err)
			}
			k.Head, k.Version = ev.Hash, 2
			enc, err := k.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return record.Update(ctx, tx, k, enc, ev) }); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			events, err := record.Timeline(ctx, db, d, k.ID)
			if err != nil || len(events) != 2 || events[1].Body != ev.Body {
				t.Fatalf("%s: the bytes are not the same (%v)", name, err)
			}
			read, err := events[1].Read()
			var said string
			if err == nil {
				err = json.Unmarshal(read.Data["desc"], &said)
			}
			if err != nil || said != text || read.Actor.Name != text {
				t.Errorf("%s: %q came back (%v)", name, said, err)
			}
			if proof, err := record.Verify(ctx, db, d, k.ID); err != nil || proof.Broken != nil {
				t.Errorf("%s: %+v %v", name, proof.Broken, err)
			}
			found, err := record.Find(ctx, db, d, k.ID)
			if err == nil {
				err = json.Unmarshal(found.Raw["desc"], &said)
			}
			if err != nil || said != text {
				t.Errorf("%s: the row says something else (%v)", name, err)
			}
		}
		for name, text := range map[string]string{"a NUL": "a\x00b", "no UTF-8": "a\xff"} {
			err := db.Write(ctx, func(tx *dbx.Tx) error {
				return record.InsertPersonal(ctx, tx, d, id.New(), 1, []record.Personal{{Field: "x", Value: text}})
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}, record.Migration)
}

// A clock that is set back changes no order: events stand as they were taken.
func TestAClockSetBackKeepsTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		d := id.New()
		k := put(t, db, d, 1, nil)
		for seq := int64(2); seq <= 4; seq++ {
			ev, err := record.Seal(&record.Body{Case: k.ID, Seq: seq, At: 1_000_000 - seq*1000, Step: "s", To: "open", Actor: record.Actor{Account: "a"}}, "", k.Head)
			if err != nil {
				t.Fatal(err)
			}
			k.Head, k.Version = ev.Hash, seq
			enc, err := k.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return record.Update(ctx, tx, k, enc, ev) }); err != nil {
				t.Fatal(err)
			}
		}
		events, err := record.Timeline(ctx, db, d, k.ID)
		if err != nil || len(events) != 4 {
			t.Fatal(len(events), err)
		}
		for i, e := range events {
			if e.Seq != int64(i+1) {
				t.Errorf("event %d stands at place %d", e.Seq, i+1)
			}
		}
		if proof, err := record.Verify(ctx, db, d, k.ID); err != nil || proof.Broken != nil {
			t.Errorf("%+v %v", proof.Broken, err)
		}
	}, record.Migration)
}

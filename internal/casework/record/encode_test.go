package record

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/platform/id"
)

// The bytes that are hashed are those of encoding/json.
func TestABodyIsWrittenAsJSONWould(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z<>&"\\\x00-\x1f\x{7f}\x{2028}\x{2029}垃圾😀]{0,9}`))
	raw := rapid.Custom(func(t *rapid.T) json.RawMessage {
		b, err := json.Marshal(text.Draw(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
	object := rapid.MapOfN(text, raw, 0, 5)
	rapid.Check(t, func(t *rapid.T) {
		some := func(name string) bool { return rapid.Bool().Draw(t, name) }
		b := &Body{Case: id.New(), Seq: rapid.Int64().Draw(t, "seq"), At: rapid.Int64().Draw(t, "at"), Step: text.Draw(t, "step"), From: text.Draw(t, "from"), To: text.Draw(t, "to"),
			Number: text.Draw(t, "number"), Actor: Actor{Account: text.Draw(t, "account"), Name: text.Draw(t, "name")},
			Input: object.Draw(t, "input"), Data: object.Draw(t, "data"), Recalls: rapid.Int64Range(0, 3).Draw(t, "recalls"), AllClocks: some("all")}
		if some("first") {
			b.Procedure, b.Version, b.Parent = "incident", 3, id.New()
			b.Data["gone"] = json.RawMessage("null")
		}
		if some("more") {
			b.Commit = map[string]string{"phone": "ab"}
			b.Evidence = []Exhibit{{SHA256: "x", Lat: 1.5}}
			b.Clocks = []clock.Clock{{ID: "take", Run: 1}}
			b.Tells, b.Links, b.Children = []Told{{"a", 1}}, []Link{{id.New(), "r"}}, []id.ID{id.New()}
		}
		want, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.encode()
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%v\n%s\n%s", err, got, want)
		}
	})
}

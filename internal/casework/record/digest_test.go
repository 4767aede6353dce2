package record_test

import (
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

func TestAChainKeepsTheDigestItBeganWith(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		division := id.New()
		c := put(t, db, division, 4, func(c *record.Case) { c.Digest = record.SM3 })
		if p, err := record.Verify(ctx, db, division, c.ID); err != nil || p.Events != 4 || p.Broken != nil {
			t.Fatalf("%+v, %v", p, err)
		}
		if found, err := record.Find(ctx, db, division, c.ID); err != nil || found.Digest != record.SM3 {
			t.Errorf("%+v, %v", found, err)
		}
		ev, err := record.Seal(&record.Body{Case: c.ID, Seq: 5, At: 5, Step: "s", To: "open", Actor: record.Actor{Account: "a"}}, "", c.Head)
		if err != nil {
			t.Fatal(err)
		}
		events, err := record.Timeline(ctx, db, division, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if f := record.Chain(append(events, ev), c.ID); f == nil || *f != (record.Finding{Seq: 5, Kind: record.Altered}) {
			t.Errorf("an event of the other digest: %v", f)
		}
		for i, e := range events {
			events[i].Body = strings.Replace(e.Body, `"digest":"sm3",`, "", 1)
			if f := record.Chain(events, c.ID); f == nil || f.Seq != e.Seq {
				t.Errorf("event %d says another digest: %v", e.Seq, f)
			}
			events[i].Body = e.Body
		}
	}, record.Migration)
}

// The two digests of one event, as any tool computes them from the bytes that
// ADR 9 and ADR 15 give.
func TestDigestsAreThoseOfTheStandards(t *testing.T) {
	for kind, want := range map[string]string{
		"":         "48283836d5956f76559a3e5824756b2b1df924da8114b06b3d3f534910d962f5",
		record.SM3: "3b3ca1dd4ce99705ee06a71cbde10803b6a2602444753aa8fed85772d6d9a48d",
	} {
		ev, err := record.Seal(&record.Body{Case: id.ID{1}, Digest: kind, Seq: 1, At: 2, Step: "s", To: "t", Actor: record.Actor{Account: "a"}, Input: map[string]json.RawMessage{}}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(ev.Hash); got != want {
			t.Errorf("%q: %s of %s", kind, got, ev.Body)
		}
	}
}

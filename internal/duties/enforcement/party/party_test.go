package party_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// The example of GB 11643, and a code made up by the rule of GB 32100.
const (
	person = "11010519491231002X"
	firm   = "91350100M000100Y43"
)

func TestNumbersAreCheckedByTheirOwnDigit(t *testing.T) {
	if born, ok := party.CheckID(person); !ok || born.String() != "1949-12-31" {
		t.Error(born, ok)
	}
	if !register.CreditCode(firm) {
		t.Error("the standard's own code is refused")
	}
	for _, s := range []string{"", "110105194912310021", "11010519491331002X", "1101051949123100", strings.Repeat("x", 18), strings.Repeat("一", 6)} {
		if _, ok := party.CheckID(s); ok {
			t.Errorf("%q is a citizen's number", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) { // one wrong character is always seen
		for _, x := range []struct {
			number, letters string
			ok              func(string) bool
		}{{person, "0123456789X", func(s string) bool { _, ok := party.CheckID(s); return ok }}, {firm, "0123456789ABCDEFGHJKLMNPQRTUWXY", register.CreditCode}} {
			at, c := rapid.IntRange(0, 17).Draw(t, "at"), rapid.SampledFrom([]byte(x.letters)).Draw(t, "letter")
			wrong := x.number[:at] + string(c) + x.number[at+1:]
			if wrong != x.number && x.ok(wrong) {
				t.Fatalf("%s passes for %s", wrong, x.number)
			}
		}
	})
	if got := party.Mask(person); got != "1101************2X" {
		t.Error(got)
	}
}

func each(t *testing.T, fn func(t *testing.T, db *dbx.DB, s *party.Service, officer people.Actor)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		officer := people.Actor{Division: id.New(), Account: id.New(), Name: "队员", Posts: []people.Grant{{Role: "officer"}}}
		fn(t, db, party.New(db, clock.At(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))), officer)
	}, party.Migration)
}

func TestAPartyIsKnownOnceAndItsNumberStaysHidden(t *testing.T) {
	each(t, func(t *testing.T, db *dbx.DB, s *party.Service, officer people.Actor) {
		ctx := context.Background()
		key, err := s.Save(ctx, officer, party.Draft{Kind: law.Citizen, Name: "张某", Number: " 110105 19491231 002x ", Phone: "13800000000"})
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Save(ctx, officer, party.Draft{Kind: law.Citizen, Name: "张某某", Number: person, Phone: "13900000000"})
		if err != nil || again != key {
			t.Error("entered twice", key, again, err)
		}
		if _, err := s.Save(ctx, officer, party.Draft{Kind: law.Organisation, Name: "某公司", Number: firm}); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]string{person: "张某某", strings.ToLower(person): "张某某", firm: "某公司", "张": "张某某", "公司": "某公司"} {
			list, err := party.Search(ctx, db, officer.Division, text, 10)
			if err != nil || len(list) != 1 || list[0].Name != want {
				t.Errorf("%s: %+v %v", text, list, err)
			}
			for _, p := range list {
				if strings.Contains(p.Number, "491231") || strings.Contains(p.Phone, "900000") {
					t.Errorf("shown whole: %s %s", p.Number, p.Phone)
				}
			}
		}
		if list, err := party.Search(ctx, db, officer.Division, person[:10], 10); err != nil || len(list) != 0 {
			t.Error("part of a number finds somebody", list, err)
		}
		if list, err := party.Search(ctx, db, id.New(), person, 10); err != nil || len(list) != 0 {
			t.Error("another division finds somebody", list, err)
		}
	})
}

func TestWhoLooksAtANumberIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, db *dbx.DB, s *party.Service, officer people.Actor) {
		ctx := context.Background()
		key, err := s.Save(ctx, officer, party.Draft{Kind: law.Citizen, Name: "张某", Number: person})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reveal(ctx, officer, key, "看"); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := s.Reveal(ctx, people.Actor{Division: officer.Division}, key, "制作决定书"); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		if _, err := s.Reveal(ctx, officer, id.New(), "制作决定书"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		w, err := s.Reveal(ctx, officer, key, "制作决定书")
		if err != nil || w.Number != person {
			t.Error(w, err)
		}
		if log, err := party.Looks(ctx, db, officer.Division, key); err != nil || len(log) != 1 || log[0].Purpose != "制作决定书" || log[0].Name != "队员" {
			t.Error(log, err)
		}
	})
}

func TestWrongPartiesAreRefusedFieldByField(t *testing.T) {
	each(t, func(t *testing.T, _ *dbx.DB, s *party.Service, officer people.Actor) {
		for field, d := range map[string]party.Draft{
			"kind": {Kind: "ghost", Name: "x", Number: firm}, "name": {Kind: law.Citizen, Name: " ", Number: person}, "number": {Kind: law.Citizen, Name: "x", Number: firm},
			"operator": {Kind: law.SoleTrader, Name: "x", Number: firm},
		} {
			_, err := s.Save(context.Background(), officer, d)
			if !fault.Is(err, fault.Invalid) || len(fault.As(err).Fields) != 1 || fault.As(err).Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestEarlierDecisionsFollowTheParty(t *testing.T) { // PL 29, 33
	each(t, func(t *testing.T, db *dbx.DB, s *party.Service, officer people.Actor) {
		ctx := context.Background()
		key, err := s.Save(ctx, officer, party.Draft{Kind: law.Organisation, Name: "某公司", Number: firm})
		if err != nil {
			t.Fatal(err)
		}
		at := func(s string) calendar.Date { d, _ := calendar.ParseDate(s); return d }
		fine := party.Decision{Case: id.New(), Violation: "UM-009", ActFrom: at("2026-08-01"), ActTo: at("2026-08-03"), Decided: at("2026-09-01"), Fine: 2000_00}
		note := func(d party.Decision) {
			t.Helper()
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return party.Note(ctx, tx, officer.Division, key, d) }); err != nil {
				t.Fatal(err)
			}
		}
		note(fine)
		note(party.Decision{Violation: "UM-001", ActFrom: at("2026-01-10"), ActTo: at("2026-01-10"), Decided: at("2026-01-10"), Exempt: true})
		read := func() []party.Decision {
			t.Helper()
			p, err := party.Find(ctx, db, officer.Division, key)
			if err != nil {
				t.Fatal(err)
			}
			list, err := party.Decisions(ctx, db, officer.Division, p)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		list := read()
		if len(list) != 2 || list[0] != fine {
			t.Fatalf("%+v", list)
		}
		if first, _ := law.FirstOffence(party.Past(list), "UM-001", at("2026-12-10"), 2); first {
			t.Error("the exemption is forgotten")
		}
		if _, same := party.SameAct(list, "UM-009", at("2026-08-03"), at("2026-08-05")); !same {
			t.Error("a second fine for the same days")
		}
		if _, same := party.SameAct(list, "UM-009", at("2026-08-04"), at("2026-08-05")); same {
			t.Error("another act is held for the same")
		}
		fine.Annulled = true
		note(fine) // replaces the case's first
		if list = read(); len(list) != 2 {
			t.Errorf("%+v", list)
		}
		if _, same := party.SameAct(list, "UM-009", at("2026-08-03"), at("2026-08-05")); same || len(party.Past(list)) != 1 {
			t.Error("an annulled decision counts")
		}
	})
}

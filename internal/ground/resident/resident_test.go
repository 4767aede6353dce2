package resident_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/job"
	"xiucheng/internal/platform/message"
)

func TestACodeLetsInOnceAndNotForLong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, div, clk := context.Background(), id.New(), clock.At(time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC))
		words, err := i18n.Load(message.Words)
		if err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.NewTextHandler(io.Discard, nil))
		tell := message.New(message.Deps{DB: db, Clock: clk, Bundle: words, Log: log, Rules: func(context.Context, id.ID) (message.Rules, error) {
			return message.Rules{Zone: time.UTC}, nil
		}}, job.NewRunner(db, clk, log))
		s := resident.New(db, clk, tell, true)
		ask := func(address string) string {
			t.Helper()
			code, err := s.Ask(ctx, div, address, i18n.ZH)
			if err != nil || len(code) != 6 {
				t.Fatal(code, err)
			}
			return code
		}
		prove := func(address, code string) (resident.Resident, bool) {
			t.Helper()
			r, err := s.Prove(ctx, div, address, code, i18n.ZH)
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return r, err == nil
		}
		code := ask("138 0000-0001")
		if _, ok := prove("13800000001", "000000x"); ok {
			t.Error("a wrong code lets in")
		}
		r, ok := prove("+86 13800000001", " "+code+" ")
		if !ok || r.Address != "13800000001" || r.Mail() {
			t.Fatalf("%+v %v", r, ok)
		}
		if _, ok := prove("13800000001", code); ok {
			t.Error("a code lets in twice")
		}
		if _, err := s.Ask(ctx, div, "13800000001", i18n.ZH); !fault.Is(err, fault.TooMany) {
			t.Errorf("asked twice in a minute: %v", err)
		}
		clk.Advance(time.Minute)
		code = ask("13800000001")
		if same, ok := prove("13800000001", code); !ok || same.ID != r.ID {
			t.Error("the account is another one", same, ok)
		}
		clk.Advance(time.Minute)
		code = ask("13800000001")
		for range 5 {
			prove("13800000001", "wrong!")
		}
		if _, ok := prove("13800000001", code); ok {
			t.Error("a code may be guessed for ever")
		}
		clk.Advance(2 * time.Minute)
		code = ask("13800000001")
		clk.Advance(10 * time.Minute)
		if _, ok := prove("13800000001", code); ok {
			t.Error("an old code lets in")
		}
		ask("13800000001")
		clk.Advance(2 * time.Minute)
		if _, err := s.Ask(ctx, div, "13800000001", i18n.ZH); !fault.Is(err, fault.TooMany) {
			t.Errorf("a sixth code within the hour: %v", err)
		}
		if _, ok := prove("13900000002", "123456"); ok {
			t.Error("an address without a code is let in")
		}
		strict := resident.New(db, clk, tell, false)
		if _, err := strict.Ask(ctx, div, "13800000003", i18n.ZH); !fault.Is(err, fault.Invalid) {
			t.Errorf("nothing can send, yet: %v", err)
		}
		err = db.Write(ctx, func(tx *dbx.Tx) error { return resident.Delete(ctx, tx, r) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := resident.Find(ctx, db, div, r.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("deleted, but found: %v", err)
		}
	}, job.Migration, message.Migration, resident.Migration)
}

func TestAddressesHaveOneForm(t *testing.T) {
	for typed, want := range map[string]string{" 138-0000-0001": "13800000001", "A.b@Example.ORG": "A.b@example.org", "+8613800000001": "13800000001"} {
		if got, err := resident.Address(typed); err != nil || got != want {
			t.Errorf("%q is %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"", "12345", "Zhang <a@b.cn>", "a@", "@b", "1380000000x", strings.Repeat("a", 300) + "@b.cn"} {
		if got, err := resident.Address(typed); err == nil {
			t.Errorf("%q is %q", typed, got)
		}
	}
}

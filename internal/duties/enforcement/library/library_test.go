package library_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/packs"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// city is a division with the law of the packs.
func city(t *testing.T, db *dbx.DB) (*library.Service, people.Actor) {
	t.Helper()
	ctx, admin := context.Background(), people.SystemActor(id.New())
	regs := register.New(db, clock.At(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)))
	for _, x := range []struct {
		pack, file string
		kind       register.Kind
	}{{"cn-base", "violations", library.Violations}, {"cn-base", "rules", library.Rules}, {"weifang-ez", "factors", library.Factors}, {"weifang-ez", "grades", library.Grades}, {"weifang-ez", "powers", power.Items}} {
		dir, err := packs.FS(x.pack)
		if err != nil {
			t.Fatal(err)
		}
		body, err := fs.ReadFile(dir, "law/"+x.file+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := regs.Apply(ctx, admin, x.pack, x.kind, register.File{Name: x.file + ".csv", Body: body}, false); err != nil {
			t.Fatal(err)
		}
	}
	return library.New(db, regs), admin
}

func each(t *testing.T, fn func(t *testing.T, db *dbx.DB, s *library.Service, admin people.Actor)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		s, admin := city(t, db)
		fn(t, db, s, admin)
	}, calendar.Migration, register.Migration)
}

func TestTheBarbecueOfThePackFollowsTheLaw(t *testing.T) { // O1 by the data that ships
	each(t, func(t *testing.T, _ *dbx.DB, s *library.Service, admin people.Actor) {
		l, err := s.Library(context.Background(), admin.Division)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			end, decision, tier, rule string
			outcome                   law.Outcome
		}{
			{"2026-08-10", "2026-08-14", "", "UM-004-AIR-118.3", law.Unchanged}, {"2026-08-10", "2026-10-20", "", "UM-004-ENV-1132.3", law.New},
			{"2026-08-10", "2026-10-20", law.Refused, "UM-004-AIR-118.3", law.Old}, {"2026-08-20", "2026-10-20", "", "UM-004-ENV-1132.3", law.Unchanged},
			{"2026-08-20", "2026-10-20", law.Refused, "UM-004-ENV-1132.3-refused", law.Unchanged},
		} {
			c := l.Pick(law.Question{Series: "UM-004", ActEnd: day(x.end), Decision: day(x.decision), Tier: x.tier, Party: law.SoleTrader})
			if c.Outcome != x.outcome || c.Rule.ID != x.rule {
				t.Errorf("%+v: %s %s", x, c.Outcome, c.Rule.ID)
			}
		}
		if got := l.ForClass("06029"); len(got) != 1 || got[0].Code != "UM-004" || got[0].Elements.ZH == "" {
			t.Errorf("the matter of a barbecue is %v", got)
		}
		for _, v := range l.Violations() {
			if v.Name.ZH == "" || v.Name.EN == "" || len(l.Rules(v.Code)) == 0 {
				t.Errorf("%s has no name or no rule", v.Code)
			}
			for _, r := range l.Rules(v.Code) {
				if r.Note.EN != "" && r.Note.ZH == "" || r.Source == "" || r.Elsewhere && r.Usable() || r.Trust == law.NotVerified && r.Usable() {
					t.Errorf("%s: %+v", r.ID, r)
				}
			}
		}
		elsewhere := 0
		for _, r := range l.InForce("UM-001", day("2026-11-23")) {
			if r.Elsewhere {
				elsewhere++
			}
		}
		if elsewhere > 0 {
			t.Error("the rule of another city is in force here")
		}
	})
}

func TestEveryBenchmarkFillsTheLegalRange(t *testing.T) {
	each(t, func(t *testing.T, _ *dbx.DB, s *library.Service, admin people.Actor) {
		l, err := s.Library(context.Background(), admin.Division)
		if err != nil || len(l.Scales()) < 4 {
			t.Fatal(len(l.Scales()), err)
		}
		for _, x := range l.Scales() {
			if !x.Demo || x.Grades[0].From != 0 {
				t.Errorf("%s %s: demo %v, grades from %d", x.Violation, x.Tier, x.Demo, x.Grades[0].From)
			}
			fits := false
			for _, r := range l.InForce(x.Violation, day("2026-11-23")) {
				fits = fits || r.Tier == x.Tier && r.Min == x.Grades[0].Min && r.Max == x.Grades[len(x.Grades)-1].Max
			}
			if !fits {
				t.Errorf("%s %q: the grades fill no rule in force", x.Violation, x.Tier)
			}
			for i := 1; i < len(x.Grades); i++ {
				if x.Grades[i].Min != x.Grades[i-1].Max {
					t.Errorf("%s %q: a gap before %s", x.Violation, x.Tier, x.Grades[i].ID)
				}
			}
		}
		if _, err := l.Scale("UM-033", ""); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestAnAmountNobodyReadIsUsedOnlyAfterItWasConfirmed(t *testing.T) {
	each(t, func(t *testing.T, db *dbx.DB, s *library.Service, admin people.Actor) {
		ctx, rule := context.Background(), "UM-001-SD218-NV"
		usable := func() bool {
			l, err := s.Library(ctx, admin.Division)
			if err != nil {
				t.Fatal(err)
			}
			r, err := l.Rule(rule)
			if err != nil {
				t.Fatal(err)
			}
			return r.Usable() && len(law.CheckFine(r.Rule, 300_00, law.NoGround, 0)) == 0
		}
		if usable() {
			t.Error("usable unseen")
		}
		for name, err := range map[string]error{
			"no reason":    s.Confirm(ctx, admin, rule, "第三十七条", "200", "2000", ""),
			"no article":   s.Confirm(ctx, admin, rule, "", "200", "2000", "已核对原文"),
			"no amount":    s.Confirm(ctx, admin, rule, "第三十七条", "two", "2000", "已核对原文"),
			"upside down":  s.Confirm(ctx, admin, rule, "第三十七条", "2000", "200", "已核对原文"),
			"not the post": s.Confirm(ctx, people.Actor{Division: admin.Division}, rule, "第三十七条", "200", "2000", "已核对原文"),
			"was verified": s.Confirm(ctx, admin, "UM-004-ENV-1132.3", "第三十七条", "200", "2000", "已核对原文"),
			"elsewhere":    s.Confirm(ctx, admin, "UM-001-RZ-93-refused", "第三十七条", "200", "2000", "已核对原文"),
			"no such rule": s.Confirm(ctx, admin, "UM-999", "第三十七条", "200", "2000", "已核对原文"),
		} {
			if err == nil || fault.Is(err, fault.Internal) {
				t.Error(name, err)
			}
		}
		if usable() {
			t.Error("usable after refusals")
		}
		if err := s.Confirm(ctx, admin, rule, "第三十七条", "200", "2000", "已核对省政府公报原文"); err != nil {
			t.Fatal(err)
		}
		if !usable() {
			t.Error("not usable after it was confirmed")
		}
		if h, err := register.History(ctx, db, admin.Division, library.Rules, rule); err != nil || h[0].Why == "" || h[0].New["trust"] != "V" {
			t.Error(h, err)
		}
	})
}

func TestTheSettingsBeginAtTheStrictest(t *testing.T) {
	if got := library.Thresholds(pack.NewSettings(nil)); got != law.Strictest() {
		t.Errorf("%+v", got)
	}
	if library.TraderOrg(pack.NewSettings(nil)) || !library.TraderOrg(pack.NewSettings(map[string]string{"simple.soletrader": "org"})) {
		t.Error("a sole trader")
	}
}

func TestWithoutAPowerThereIsNoCase(t *testing.T) { // N01, N02
	each(t, func(t *testing.T, db *dbx.DB, _ *library.Service, admin people.Actor) {
		ctx, on := context.Background(), day("2026-11-23")
		for _, x := range []struct {
			violation, grid string
			on              calendar.Date
			key             string
		}{{"UM-004", "370799003001001", on, ""}, {"UM-004", "", on, ""}, {"UM-033", "370799001001001", on, "power.N01"}, {"UM-004", "370799001001001", day("2025-12-31"), "power.N01"},
			{"UM-018", "370799002001001", on, ""}, {"UM-018", "370799003001001", on, "power.N02"}, {"UM-018", "", on, "power.N02"}} {
			p, err := power.For(ctx, db, admin.Division, x.violation, x.grid, x.on)
			if x.key == "" && (err != nil || p.Agency == "" || !p.Demo) || x.key != "" && (err == nil || fault.As(err).Key != x.key) {
				t.Errorf("%+v: %+v %v", x, p, err)
			}
		}
		if _, err := power.For(ctx, db, id.New(), "UM-004", "", on); !fault.Is(err, fault.Forbidden) {
			t.Error("an empty list lets a case through:", err)
		}
	})
}

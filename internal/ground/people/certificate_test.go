package people

import (
	"context"
	"testing"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestACertificateHoldsForItsPeriodAndUntilItIsRevoked(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, time.FixedZone("", 8*3600))
		ok(t, err)
		return at
	}
	c := Certificate{Period: Period{From: "2026-01-01", To: "2026-12-31"}}
	for at, want := range map[string]bool{"2025-12-31 23:59": false, "2026-01-01 00:00": true, "2026-12-31 23:59": true, "2027-01-01 00:00": false} {
		if c.Holds(day(at)) != want {
			t.Errorf("%s: %v", at, !want)
		}
	}
	if c.Expiring(day("2026-10-30 10:00")) || !c.Expiring(day("2026-11-05 10:00")) || c.Expiring(day("2027-02-01 10:00")) {
		t.Error("a certificate is to be renewed in its last 60 days")
	}
	c.Revoked = "2026-06-01"
	if !c.Holds(day("2026-05-31 23:59")) || c.Holds(day("2026-06-01 00:00")) {
		t.Error("revoked from 1 June on")
	}
}

func TestCertificatesAreGivenChangedAndRevoked(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		who := tn.actor("chuzhi")
		if who.Certified(Enforcement) {
			t.Fatal("nobody has one yet")
		}
		for _, bad := range []Certificate{{Account: who.Account, Kind: "driving", Number: "1"}, {Account: who.Account, Kind: Enforcement, Number: " "},
			{Account: id.New(), Kind: Enforcement, Number: "1"}, {Account: who.Account, Kind: Enforcement, Number: "1", Period: Period{From: "2027-01-01", To: "2026-01-01"}}} {
			if _, err := tn.SaveCertificate(ctx, tn.admin, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := tn.SaveCertificate(ctx, who, Certificate{Account: who.Account, Kind: Enforcement, Number: "1"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("one's own certificate: %v", err)
		}
		c, err := tn.SaveCertificate(ctx, tn.admin, Certificate{Account: who.Account, Kind: Enforcement, Number: "鲁演示-1", Period: Period{To: "2026-11-22"}})
		ok(t, err)
		if tn.actor("chuzhi").Certified(Enforcement) {
			t.Error("it ended yesterday")
		}
		renewed, err := tn.SaveCertificate(ctx, tn.admin, Certificate{Account: who.Account, Kind: Enforcement, Number: "鲁演示-1", Period: Period{To: "2027-11-22"}})
		ok(t, err)
		if renewed.ID != c.ID || !tn.actor("chuzhi").Certified(Enforcement) || tn.actor("chuzhi").Certified(Host) {
			t.Error("renewed, it holds for what it is")
		}
		ok(t, tn.RevokeCertificate(ctx, tn.admin, c.ID))
		if tn.actor("chuzhi").Certified(Enforcement) {
			t.Error("revoked, it holds no more")
		}
		if err := tn.RevokeCertificate(ctx, tn.admin, id.New()); !fault.Is(err, fault.NotFound) {
			t.Errorf("unknown: %v", err)
		}
		log, err := tn.Audit(ctx, tn.admin, id.ID{}, 3)
		ok(t, err)
		if len(log) != 3 || log[0].What != "certificate.revoke" || log[1].What != "certificate.change" || log[2].What != "certificate.create" {
			t.Errorf("audit %+v", log)
		}
	})
}

func TestAPackBringsCertificatesAndTakesThemBack(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		b := Batch{Pack: "base", Certificates: []Certificate{{Login: "chuzhi", Kind: Enforcement, Number: "1"}, {Login: "chuzhi", Kind: Host, Number: "2"}}}
		ok(t, importBatch(tn.db, tn.div.ID, b, true))
		ok(t, importBatch(tn.db, tn.div.ID, b, true))
		if dir, err := tn.Directory(ctx, tn.div.ID); err != nil || len(dir.Certificates(id.ID{})) != 2 {
			t.Fatalf("%v", err)
		}
		gone := Batch{Pack: "base"}
		gone.Gone.Certificates = []string{"chuzhi/host/2"}
		ok(t, importBatch(tn.db, tn.div.ID, gone, true))
		if a := tn.actor("chuzhi"); !a.Certified(Enforcement) || a.Certified(Host) {
			t.Errorf("%+v", a.Certificates)
		}
		if gone.Empty() {
			t.Error("a batch that takes something back is not empty")
		}
	})
}

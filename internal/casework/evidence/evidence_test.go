package evidence_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestEvidenceComesBackWholeAndIsReleasedByAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d, c := context.Background(), id.New(), id.New()
		at := time.UnixMicro(1_790_000_000_000_000).UTC()
		full := evidence.Exhibit{Case: c, Seq: 1, SHA256: "ab", Kind: "before", Field: "photos", Name: "a.jpg", Mime: "image/jpeg", Size: 3,
			Taken: at, Received: at.Add(time.Minute), At: &procedure.Point{Lat: 36.7, Lng: 119.1, Accuracy: 4}, Device: "phone", Actor: "x", DHash: -5, Veiled: true}
		bare := evidence.Exhibit{Case: c, Seq: 2, N: 1, SHA256: "cd", Kind: "other", Field: "files", Name: "b.pdf", Mime: "application/pdf", Received: at, Late: true}
		write := func(fn func(tx *dbx.Tx) error) error { return db.Write(ctx, fn) }
		if err := write(func(tx *dbx.Tx) error { return evidence.Insert(ctx, tx, d, []evidence.Exhibit{full, bare}) }); err != nil {
			t.Fatal(err)
		}
		got, err := evidence.Of(ctx, db, d, c)
		if diff := cmp.Diff([]evidence.Exhibit{full, bare}, got); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
		if !got[0].Photo() || got[1].Photo() || got[0].Public() {
			t.Error("photo and public are wrong")
		}
		if err := write(func(tx *dbx.Tx) error { return evidence.Release(ctx, tx, d, c, "ab", true, "clerk", at) }); err != nil {
			t.Fatal(err)
		}
		if got, _ := evidence.Holding(ctx, db, d, "ab"); len(got) != 1 || !got[0].Public() || got[0].ReleasedBy != "clerk" {
			t.Errorf("after the release: %+v", got)
		}
		if err := write(func(tx *dbx.Tx) error { return evidence.Release(ctx, tx, d, c, "ef", true, "clerk", at) }); !fault.Is(err, fault.NotFound) {
			t.Errorf("releasing what is not there: %v", err)
		}
		hide := func(sha string, away bool) error {
			return write(func(tx *dbx.Tx) error { return evidence.Hide(ctx, tx, d, c, sha, away, "lead", at) })
		}
		if err := hide("ab", true); err != nil {
			t.Fatal(err)
		}
		if got, _ := evidence.Of(ctx, db, d, c); got[0].Photo() || got[0].HiddenBy != "lead" || !got[0].View().Photo {
			t.Errorf("a hidden photo is no longer shown and still counts: %+v", got[0])
		}
		if got, err := evidence.Released(ctx, db, d, []id.ID{c}); err != nil || len(got) != 0 {
			t.Errorf("a hidden photo is public: %v %v", got, err)
		}
		if err := hide("cd", true); !fault.Is(err, fault.NotFound) {
			t.Errorf("what shows no faces blurred is not hidden: %v", err)
		}
		if err := hide("ab", false); err != nil {
			t.Fatal(err)
		}
		if got, _ := evidence.Of(ctx, db, d, c); !got[0].Photo() {
			t.Error("the photo did not come back")
		}
	}, evidence.Migration)
}

func TestReleasedPhotosOfManyCases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d, at := context.Background(), id.New(), time.UnixMicro(1_790_000_000_000_000).UTC()
		var cases []id.ID
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			cases = nil
			for range 600 { // more than one query asks for
				cases = append(cases, id.New())
			}
			for i, c := range []id.ID{cases[0], cases[599], cases[7]} {
				list := []evidence.Exhibit{{Case: c, Seq: 1, SHA256: "photo", Mime: "image/png"}, {Case: c, Seq: 1, N: 1, SHA256: "paper", Mime: "application/pdf"},
					{Case: c, Seq: 2, SHA256: "hidden", Mime: "image/png"}}
				if err := evidence.Insert(ctx, tx, d, list); err != nil {
					return err
				}
				for _, sha := range []string{"photo", "paper"}[:min(2, 2*(2-i))] {
					if err := evidence.Release(ctx, tx, d, c, sha, true, "clerk", at); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := evidence.Released(ctx, db, d, cases)
		if err != nil || len(got) != 2 {
			t.Fatalf("%v %v", got, err)
		}
		for _, c := range []id.ID{cases[0], cases[599]} {
			if list := got[c]; len(list) != 1 || list[0].SHA256 != "photo" {
				t.Errorf("%+v", list)
			}
		}
		if other, err := evidence.Released(ctx, db, id.New(), cases); err != nil || len(other) != 0 {
			t.Errorf("another division sees %v %v", other, err)
		}
	}, evidence.Migration)
}

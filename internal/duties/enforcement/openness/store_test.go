package openness

import (
	"context"
	"fmt"
	"testing"
	"time"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var (
	ctx   = context.Background()
	begin = time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC)
)

func each(t *testing.T, fn func(t *testing.T, db *dbx.DB, division id.ID)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, db, id.New()) }, Migration)
}

func write(t *testing.T, db *dbx.DB, fn func(tx *dbx.Tx) error) {
	t.Helper()
	if err := db.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func TestAListIsReadPageByPageAndSearched(t *testing.T) {
	each(t, func(t *testing.T, db *dbx.DB, division id.ID) {
		write(t, db, func(tx *dbx.Tx) error {
			for i := range page + 5 {
				p := Publication{Kind: Penalty, Case: id.New(), Published: begin.Add(time.Duration(i) * time.Hour), Title: fmt.Sprintf("露天烧烤 %d", i),
					Content: Content{Cause: "露天烧烤", Law: "《生态环境法典》", Text: "100%属实"}}
				if err := put(ctx, tx, division, p); err != nil {
					return err
				}
			}
			return put(ctx, tx, division, Publication{Kind: Precedent, Case: id.New(), Published: begin, Title: "露天烧烤"})
		})
		first, next, err := list(ctx, db, division, Penalty, "", "")
		if err != nil || len(first) != page || next == "" || first[0].Title != fmt.Sprintf("露天烧烤 %d", page+4) {
			t.Fatalf("first page: %d %q %v", len(first), next, err)
		}
		rest, next, err := list(ctx, db, division, Penalty, "", next)
		if err != nil || len(rest) != 5 || next != "" {
			t.Errorf("rest: %d %q %v", len(rest), next, err)
		}
		for text, want := range map[string]int{"烧烤 生态": page, "100%": page, "违建": 0, "%": page, "_": 0} {
			if got, _, err := list(ctx, db, division, Penalty, text, ""); err != nil || len(got) != want {
				t.Errorf("%q finds %d, want %d %v", text, len(got), want, err)
			}
		}
		if got, _, err := list(ctx, db, id.New(), Penalty, "", "nonsense"); err != nil || len(got) != 0 {
			t.Errorf("another division reads %d %v", len(got), err)
		}
	})
}

func TestWhatIsWithdrawnSaysNothingAnyMore(t *testing.T) {
	each(t, func(t *testing.T, db *dbx.DB, division id.ID) {
		p := Publication{Kind: Precedent, Case: id.New(), Published: begin, Title: "店外经营", Content: Content{Text: "案情", Law: "第三十七条"}}
		write(t, db, func(tx *dbx.Tx) error { return put(ctx, tx, division, p) })
		write(t, db, func(tx *dbx.Tx) error { return banner(ctx, tx, division, p.Case, "法律已修改") })
		got, err := find(ctx, db, division, Precedent, p.Case)
		if err != nil || got.Banner != "法律已修改" || got.Text != "案情" || !got.Withdrawn.IsZero() {
			t.Errorf("%+v %v", got, err)
		}
		write(t, db, func(tx *dbx.Tx) error {
			return withdraw(ctx, tx, division, Precedent, p.Case, begin.Add(time.Hour), "决定被撤销")
		})
		got, err = find(ctx, db, division, Precedent, p.Case)
		if err != nil || got.Withdrawn.IsZero() || got.Title+got.Text+got.Law != "" || got.Reason != "决定被撤销" {
			t.Errorf("%+v %v", got, err)
		}
		if rows, _, err := list(ctx, db, division, Precedent, "", ""); err != nil || len(rows) != 0 {
			t.Errorf("still listed: %d %v", len(rows), err)
		}
		write(t, db, func(tx *dbx.Tx) error { return put(ctx, tx, division, p) })
		if got, err = find(ctx, db, division, Precedent, p.Case); err != nil || !got.Withdrawn.IsZero() || got.Text != "案情" {
			t.Errorf("published anew: %+v %v", got, err)
		}
		if _, err := find(ctx, db, division, Penalty, p.Case); !fault.Is(err, fault.NotFound) {
			t.Errorf("as a penalty: %v", err)
		}
	})
}

func TestACitizenIsNotNamed(t *testing.T) {
	for _, x := range [][3]string{{"张三", "citizen", "张某"}, {"演示公司", "org", "演示公司"}, {"", "citizen", ""}} {
		if got := shown(x[0], x[1]); got != x[2] {
			t.Errorf("%s is shown as %s", x[0], got)
		}
	}
}

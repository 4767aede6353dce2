package app

import (
	"bytes"
	"context"
	"testing"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// The pack brings the papers, the division's settings the agency, and the
// program's own runner sets what was fixed.
func TestAPaperOfThePackIsIssuedByTheDivision(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	v, err := a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := a.paperLibrary(ctx)
	if err != nil || len(lib.All()) < 70 {
		t.Fatal(err)
	}
	set, err := a.packs.Settings(ctx, v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	x := lib.Latest("P09")
	act := paper.Act{Division: v.Division.ID, Code: v.Division.Code, Case: id.New(), Seq: 3, By: "head", Template: x,
		Content: paper.Content{Agency: paper.AgencyOf(set), Date: a.clk.Now(), Fields: paper.Values{"party": "甲店", "facts": "占道经营。", "violated": "甲条",
			"order_basis": "乙条", "correction": "清除占道物品", "term": a.clk.Now().AddDate(0, 0, 3)}}}
	var p paper.Paper
	err = a.db.Write(ctx, func(tx *dbx.Tx) error {
		p, err = paper.Fix(ctx, tx, act)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.jobs.Pass(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := paper.Find(ctx, a.db, v.Division.ID, p.ID)
	if err != nil || got.SHA256 == "" {
		t.Fatalf("%+v %v", got, err)
	}
	if file, err := a.papers.PDF(ctx, v.Division.ID, p.ID); err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Error(err)
	}
}

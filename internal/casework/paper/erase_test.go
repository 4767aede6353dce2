package paper_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
)

// Erasing takes the personal values of events and papers, and the files that
// show them; numbers, digests and the chain stay.
func TestErasureReachesPapers(t *testing.T) {
	each(t, func(b *bench) {
		b.event(t, 1)
		p := b.mustFix("P29")
		set, err := b.Set(b.ctx, b.division, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		scan, err := b.Blobs.Put(b.ctx, strings.NewReader("scan"), 9)
		if err != nil {
			t.Fatal(err)
		}
		// A row of before the fields were kept apart has them all in its content.
		old := b.mustFix("P22")
		err = b.write(func(tx *dbx.Tx) error {
			var body, own string
			if err := tx.QueryRow(b.ctx, `SELECT content, personal FROM paper WHERE id = $1`, old.ID).Scan(&body, &own); err != nil {
				return err
			}
			if strings.Contains(body, "张三平\"") || !strings.Contains(own, "张三平") {
				t.Errorf("not apart: %s | %s", body, own)
			}
			body = strings.Replace(body, `"fields":{`, `"fields":{`+strings.Trim(own, "{}")+",", 1)
			if _, err := tx.Exec(b.ctx, `UPDATE paper SET content = $1, personal = '{}' WHERE id = $2`, body, old.ID); err != nil {
				return err
			}
			return paper.Scanned(b.ctx, tx, b.division, p.ID, paper.Scan{SHA256: scan.SHA256, Pages: 1, At: b.now, By: "li"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := b.Erase(b.ctx, b.division, b.caseID, "PIPL-47", b.now); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		for _, x := range []paper.Paper{p, old} {
			d, err := b.Document(b.ctx, b.division, x.ID)
			if err != nil {
				t.Fatal(err)
			}
			if s := fmt.Sprint(d); strings.Contains(s, "张三平") || strings.Contains(s, "370702199001010013") || !strings.Contains(s, "个人信息已删除") {
				t.Errorf("%s still says it: %s", x.Template, s)
			}
			got, err := paper.Find(b.ctx, b.DB, b.division, x.ID)
			if err != nil || got.ErasedRule != "PIPL-47" || got.Number != x.Number {
				t.Errorf("%+v, %v", got, err)
			}
		}
		for _, sha := range []string{set.SHA256, scan.SHA256} {
			if _, err := b.Blobs.Read(sha); !fault.Is(err, fault.NotFound) {
				t.Errorf("the file stays: %v", err)
			}
		}
		if file, err := b.PDF(b.ctx, b.division, p.ID); err != nil || !bytes.HasPrefix(file, []byte("%PDF")) {
			t.Error(err)
		}
		if again, err := b.Set(b.ctx, b.division, p.ID); err != nil || again.SHA256 != set.SHA256 {
			t.Error("the digest of what was printed stays:", err)
		}
		list, err := record.Timeline(b.ctx, b.DB, b.division, b.caseID)
		if err != nil {
			t.Fatal(err)
		}
		values, err := record.PersonalOf(b.ctx, b.DB, b.division, b.caseID)
		if err != nil {
			t.Fatal(err)
		}
		erased, broken := record.Commitments(list, values)
		if chain := record.Chain(list, b.caseID); chain != nil || broken != nil || len(erased) != 1 || erased[0].Rule != "PIPL-47" {
			t.Errorf("chain %v, commitments %v, erased %v", chain, broken, erased)
		}
		if n, err := b.Erase(b.ctx, b.division, b.caseID, "PIPL-47", b.now); err != nil || n != 0 {
			t.Error("twice:", n, err)
		}
	})
}

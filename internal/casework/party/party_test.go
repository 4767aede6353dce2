package party_test

import (
	"context"
	"testing"
	"time"

	"xiucheng/internal/casework/party"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

func TestMergingCarriesReportersAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d := context.Background(), id.New()
		cases := []id.ID{id.New(), id.New(), id.New()}
		codes := make([]string, len(cases))
		write := func(fn func(tx *dbx.Tx) error) {
			t.Helper()
			if err := db.Write(ctx, fn); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range cases {
			codes[i] = id.Receipt()
			write(func(tx *dbx.Tx) error {
				return party.Insert(ctx, tx, party.Party{Division: d, ID: id.New(), Case: c, Now: c, Kind: party.Reporter, Seq: 1,
					Receipt: party.Digest(codes[i]), Last4: party.Last4(codes[i]), PhoneHash: party.PhoneDigest(d, "13800000000"), At: time.UnixMicro(int64(i + 1))})
			})
		}
		count := func() (n [3]int) {
			for i, c := range cases {
				list, err := party.Of(ctx, db, d, c)
				if err != nil {
					t.Fatal(err)
				}
				n[i] = len(list)
			}
			return n
		}
		carry := func(to id.ID, from ...id.ID) {
			write(func(tx *dbx.Tx) error { _, err := party.Carry(ctx, tx, d, from, to); return err })
		}
		carry(cases[1], cases[0])           // 0 into 1
		carry(cases[2], cases[0], cases[1]) // 1 with all it holds into 2
		if got := count(); got != [3]int{0, 0, 3} {
			t.Fatalf("after two merges %v", got)
		}
		if p, err := party.ByReceipt(ctx, db, codes[0]); err != nil || p.Now != cases[2] || p.Case != cases[0] {
			t.Fatalf("the first reporter: %+v %v", p, err)
		}
		carry(cases[1], cases[0], cases[1]) // undone
		if got := count(); got != [3]int{0, 2, 1} {
			t.Fatalf("after undoing %v", got)
		}
		if list, err := party.ByPhone(ctx, db, d, "13800000000", 10); err != nil || len(list) != 3 || list[0].Case != cases[2] {
			t.Fatalf("by phone: %d, %v", len(list), err)
		}
		p, _ := party.ByReceipt(ctx, db, codes[1])
		write(func(tx *dbx.Tx) error { return party.Redact(ctx, tx, d, p.ID) })
		if list, _ := party.ByPhone(ctx, db, d, "13800000000", 10); len(list) != 2 {
			t.Errorf("found %d by phone after one took the name off", len(list))
		}
		if _, err := party.ByReceipt(ctx, db, id.Receipt()); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown code: %v", err)
		}
	}, party.Migration)
}

package notice_test

import (
	"context"
	"testing"
	"time"

	"xiucheng/internal/casework/notice"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

func TestNoticesReachThoseTheyAreFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d, c := context.Background(), id.New(), id.New()
		at := time.UnixMicro(1_000_000).UTC()
		send := func(kind, target, scope string, seq int64) notice.Notice {
			return notice.Notice{Division: d, ID: id.New(), Case: c, Seq: seq, Kind: kind, Target: target, Scope: scope,
				At: at.Add(time.Duration(seq) * time.Second), Text: i18n.Text{ZH: "新案件", EN: "A new case"}}
		}
		write := func(list ...notice.Notice) {
			t.Helper()
			if err := db.Write(ctx, func(tx *dbx.Tx) error { return notice.Insert(ctx, tx, list) }); err != nil {
				t.Fatal(err)
			}
		}
		write(send(notice.Role, "acceptor", "370799001", 1), send(notice.Role, "acceptor", "370799001", 1), // the same twice
			send(notice.Role, "acceptor", "370799002", 2), send(notice.Dept, "d1", "", 3), send(notice.Account, "a1", "", 4), send(notice.Party, "p1", "", 5))
		for name, x := range map[string]struct {
			to   []notice.Address
			want int
		}{
			"whole division": {[]notice.Address{{Kind: notice.Role, Target: "acceptor"}}, 2},
			"one street":     {[]notice.Address{{Kind: notice.Role, Target: "acceptor", Scope: "370799002"}}, 1},
			"several ways":   {[]notice.Address{{Kind: notice.Dept, Target: "d1"}, {Kind: notice.Account, Target: "a1"}}, 2},
			"nobody":         {nil, 0},
			"another role":   {[]notice.Address{{Kind: notice.Role, Target: "leader"}}, 0},
		} {
			list, err := notice.Inbox(ctx, db, d, "a1", x.to, time.Time{}, 10)
			n, err2 := notice.Unread(ctx, db, d, "a1", x.to)
			if err != nil || err2 != nil || len(list) != x.want || n != x.want {
				t.Errorf("%s: %d listed, %d unread, want %d (%v %v)", name, len(list), n, x.want, err, err2)
			}
		}
		to := []notice.Address{{Kind: notice.Role, Target: "acceptor"}}
		list, _ := notice.Inbox(ctx, db, d, "a1", to, time.Time{}, 10)
		if list[0].Seq != 2 || list[0].Read {
			t.Fatalf("latest first, unread: %+v", list[0])
		}
		err := db.Write(ctx, func(tx *dbx.Tx) error { return notice.MarkRead(ctx, tx, d, "a1", at, list[0].ID, list[0].ID) })
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := notice.Unread(ctx, db, d, "a1", to); n != 1 {
			t.Errorf("%d unread after one was read", n)
		}
		if n, _ := notice.Unread(ctx, db, d, "a2", to); n != 2 {
			t.Errorf("somebody else has %d unread, want 2", n)
		}
	}, notice.Migration)
}

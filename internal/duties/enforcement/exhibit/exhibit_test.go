package exhibit

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func began() Exhibit {
	return Exhibit{ID: id.New(), Case: id.New(), Kind: "physical", Name: "烧烤炉", Proves: "露天烧烤", Original: true, Author: "甲", Second: "乙", At: now,
		Chain: []Movement{{What: Take, At: now.Add(-time.Hour), Keeper: "甲", Place: "物证室", Why: "现场取得"}}}
}

func is(t *testing.T, err error, key string) {
	t.Helper()
	if err == nil && key != "" || err != nil && fault.As(err).Key != key {
		t.Errorf("got %v, want %q", err, key)
	}
}

func TestAPieceAlwaysHasOneKeeperUntilItIsGone(t *testing.T) {
	x := began()
	at := func(n int) time.Time { return now.Add(time.Duration(n-30) * time.Minute) }
	pass := func(want string, in Step) {
		t.Helper()
		m, err := x.next(in, now)
		if is(t, err, want); err == nil {
			x.Chain = append(x.Chain, m)
		}
	}
	pass("form.refused", Step{What: Hand, At: at(1), Why: "保管"})                            // to whom
	pass("form.refused", Step{What: Hand, To: "丙", At: at(1)})                              // why
	pass("form.refused", Step{What: Hand, To: "丙", Why: "保管", At: now.Add(time.Second)})    // not yet
	pass("form.refused", Step{What: Hand, To: "丙", Why: "保管", At: now.Add(-2 * time.Hour)}) // before it was taken
	pass("form.refused", Step{What: "lose", To: "丙", Why: "x", At: at(1)})
	pass("exhibit.here", Step{What: Back, To: "甲", Why: "x", At: at(1)})
	pass("", Step{What: Hand, To: "丙", Place: "二号柜", Why: "保管", At: at(1)})
	pass("", Step{What: Move, Place: "三号柜", Why: "清点", At: at(2)})
	if x.Keeper() != "丙" || x.Place() != "三号柜" {
		t.Error(x.Keeper(), x.Place())
	}
	pass("", Step{What: Send, To: "某检测机构", Why: "检测", At: at(3)})
	pass("exhibit.away", Step{What: Hand, To: "甲", Why: "x", At: at(4)})
	pass("", Step{What: Back, To: "丙", Place: "三号柜", Why: "检测完毕", At: at(5)})
	pass("", Step{What: Return, To: "当事人", Why: "解除", At: at(6)})
	pass("exhibit.gone", Step{What: Hand, To: "甲", Why: "x", At: at(7)})
	if x.Keeper() != "" || !x.Gone() || x.Broken() {
		t.Errorf("%+v", x)
	}
	x.Chain[2].Giver = "丁"
	if !x.Broken() {
		t.Error("a link that its keeper did not give is not seen")
	}
}

func TestAnyChainThatIsLetThroughIsWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := began()
		for range rapid.IntRange(0, 12).Draw(r, "steps") {
			m, err := x.next(Step{What: rapid.SampledFrom(append([]string{Take}, Movements...)).Draw(r, "what"), To: rapid.SampledFrom([]string{"", "甲", "丙"}).Draw(r, "to"),
				Place: rapid.SampledFrom([]string{"", "柜"}).Draw(r, "place"), Why: "x", At: now.Add(time.Duration(rapid.IntRange(-90, 5).Draw(r, "minute")) * time.Minute)}, now)
			if err == nil {
				x.Chain = append(x.Chain, m)
			}
			if x.Broken() || x.Gone() != (x.Keeper() == "") {
				r.Fatalf("%+v", x.Chain)
			}
		}
	})
}

func TestACopyNeedsItsHolderAndEveryPieceItsFacts(t *testing.T) {
	ok := Draft{Kind: "documentary", Name: "租赁合同", Source: "当事人提供", Proves: "经营者", Place: "案卷", At: now, Original: true}
	change := func(fn func(*Draft)) Draft { d := ok; fn(&d); return d }
	for name, c := range map[string]struct {
		d    Draft
		want string
	}{
		"whole":           {ok, ""},
		"no such kind":    {change(func(d *Draft) { d.Kind = "rumour" }), "form.refused"},
		"proves nothing":  {change(func(d *Draft) { d.Proves = " " }), "form.refused"},
		"from the future": {change(func(d *Draft) { d.At = now.Add(time.Hour) }), "form.refused"},
		"unsigned copy":   {change(func(d *Draft) { d.Original, d.KeptAt = false, "某公司" }), "exhibit.copy"},
		"copy of nothing": {change(func(d *Draft) { d.Original, d.Holder = false, "张三" }), "exhibit.copy"},
		"signed copy":     {change(func(d *Draft) { d.Original, d.Holder, d.KeptAt = false, "张三", "某公司" }), ""},
		"drawn signature": {change(func(d *Draft) { d.Original, d.Ink, d.KeptAt = false, []byte{1}, "某公司" }), ""},
	} {
		t.Run(name, func(t *testing.T) { is(t, c.d.check(now), c.want) })
	}
}

func TestEvidenceAndItsChainComeBackWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, d := context.Background(), id.New()
		x, y := began(), began()
		y.Case, y.Kind, y.Original, y.Holder, y.KeptAt = x.Case, "documentary", false, "张三", "某公司"
		x.Files = []File{{"ab", "现场.jpg", "image/jpeg", 12}, {"cd", "录像.mp4", "video/mp4", 1 << 31}}
		err := db.Write(ctx, func(tx *dbx.Tx) error {
			for _, e := range []*Exhibit{&x, &y} {
				if err := insert(ctx, tx, d, e); err != nil {
					return err
				}
			}
			m, err := x.next(Step{What: Hand, To: "丙", Why: "保管", At: now}, now)
			if err != nil {
				return err
			}
			return link(ctx, tx, d, x, 1, m, now)
		})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Of(ctx, db, d, x.Case)
		if err != nil || len(list) != 2 || list[0].N != 1 || list[1].N != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		if got := list[0]; got.Keeper() != "丙" || got.Broken() || len(got.Files) != 2 || got.Files[1].Size != 1<<31 || !got.At.Equal(now) || got.Second != "乙" {
			t.Errorf("%+v", got)
		}
		if got := list[1]; got.Original || got.Holder != "张三" || got.KeptAt != "某公司" || got.Keeper() != "甲" {
			t.Errorf("%+v", got)
		}
		if _, err := Find(ctx, db, id.New(), x.Case, x.ID); !fault.Is(err, fault.NotFound) {
			t.Error("another division reads it", err)
		}
	}, Migration)
}

func TestAListOfRecordingsComesInOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx := context.Background()
		m := New(Deps{DB: db, Clock: clock.At(now)})
		who := people.Actor{Division: id.New(), Account: id.New(), Posts: []people.Grant{{Role: "officer"}}}
		sum := func(c string) string { return strings.Repeat(c, 64) }
		head := "文件名,校验值,开始时间,结束时间,设备编号,执法人员\n"
		file := register.File{Name: "a.csv", Body: []byte(head + "A.mp4," + sum("a") + ",2026-11-20 09:00:00,2026-11-20 09:40:00,D1,甲\nB.mp4," + sum("b") + ",2026-11-20 23:00:00,2026-11-21 01:00:00,D2,乙\n")}
		_, wrong, err := m.ImportRecordings(ctx, who, register.File{Name: "a.csv", Body: []byte(head + "A.mp4,xyz,2026-11-20 09:00:00,2026-11-20 08:00:00,D1,甲\n")})
		if err != nil || len(wrong) != 2 {
			t.Errorf("%+v %v", wrong, err)
		}
		for _, want := range []int64{2, 0} {
			if n, wrong, err := m.ImportRecordings(ctx, who, file); err != nil || len(wrong) > 0 || n != want {
				t.Errorf("%d %v %v", n, wrong, err)
			}
		}
		json := register.File{Name: "a.json", Body: []byte(`[{"name": "C.mp4", "sha256": "` + sum("C") + `", "begins": "2026-11-22T10:00:00+08:00", "ends": "2026-11-22T10:10:00+08:00", "device": "D1", "officer": "甲"}]`)}
		if n, wrong, err := m.ImportRecordings(ctx, who, json); err != nil || len(wrong) > 0 || n != 1 {
			t.Errorf("%d %v %v", n, wrong, err)
		}
		at := func(s string) time.Time { x, _ := instant(s); return x }
		for period, want := range map[[2]string]string{
			{"2026-11-20 09:40", "2026-11-20 10:00"}: "A.mp4", {"2026-11-20 08:00", "2026-11-20 09:00"}: "A.mp4", {"2026-11-21 00:30", "2026-11-21 00:31"}: "B.mp4",
			{"2026-11-20 09:41", "2026-11-20 22:59"}: "", {"2026-11-22 10:05", "2026-11-22 10:06"}: "C.mp4"} {
			list, err := during(ctx, db, who.Division, at(period[0]), at(period[1]))
			got := ""
			for _, x := range list {
				got += x.Name
			}
			if err != nil || got != want {
				t.Errorf("%v: %q, want %q %v", period, got, want, err)
			}
		}
		if list, err := Latest(ctx, db, who.Division, 2); err != nil || len(list) != 2 || list[0].Name != "C.mp4" {
			t.Errorf("%+v %v", list, err)
		}
		stranger := people.Actor{Division: who.Division, Posts: []people.Grant{{Role: "finance"}}}
		_, _, err = m.ImportRecordings(ctx, stranger, file)
		is(t, err, "people.role_needed")
	}, Migration)
}

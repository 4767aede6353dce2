package frontage_test

import (
	"fmt"
	"testing"

	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/fault"
)

const licences = `统一社会信用代码,店名,地址,业态,经度,纬度
92999900MADEM0001D,演示面馆,演示路 1号,,,
92999900MADEM0002G,演示水饺,演示路5号,餐饮,119.1004,36.70002
92999900MADEM0003K,演示新店,演示路4号,,,
92999900MADEM0003X,演示错码,演示路6号,,119.1,36.7
92999900MADEM0004N,演示无处,火星路1号,,,
92999900MADEM0005R,演示怪店,演示路7号,武器,119.1,36.7
`

func TestALicenceListFindsItsShops(t *testing.T) {
	each(t, func(s *street) {
		s.room.Registers = s.regs
		bring := func(body string) frontage.Brought {
			t.Helper()
			b, err := s.room.Bring(ctx, s.System(), register.File{Name: "licences.csv", Body: []byte(body)})
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		b := bring(licences)
		why := map[string]bool{}
		for _, x := range b.Refused {
			why[x.Key] = true
		}
		if b.Added != 2 || b.Changed != 1 || len(b.Refused) != 3 || !why["shop.credit"] || !why["register.word"] || !why["frontage.licence.unplaced"] {
			t.Errorf("%+v", b)
		}
		known, err := shop.Find(ctx, s.DB, s.Division, "S1")
		if err != nil || known.Credit != "92999900MADEM0001D" || len(known.Stretch) != 2 {
			t.Errorf("a known shop keeps its code and stretch: %+v %v", known, err)
		}
		next, err := shop.Find(ctx, s.DB, s.Division, "92999900MADEM0002G")
		if err != nil || next.Trade != "food" || fmt.Sprintf("%.0f", next.Stretch.Metres()) != "6" || shop.Overlap(next.Stretch, known.Stretch) > 0 {
			t.Errorf("a new shop lies on the kerb beside its neighbours: %+v %v", next, err)
		}
		if moved, err := shop.Find(ctx, s.DB, s.Division, "92999900MADEM0003K"); err != nil || moved.At.Lng != 119.2 || moved.Stretch != nil || len(b.Unlined) != 1 {
			t.Errorf("it takes the door of the shop before, whose stretch leaves no room: %+v %v", moved, err)
		}
		if again := bring(licences); again.Same != 3 || again.Added+again.Changed != 0 {
			t.Errorf("once more changes nothing: %+v", again)
		}
		scoped := func(scope string) people.Actor {
			return people.Actor{Division: s.Division, Posts: []people.Grant{{Role: "outreach", Scope: scope}}}
		}
		const one = "统一社会信用代码,店名,地址\n92999900MADEM0001D,演示面馆,演示路1号\n"
		b, err = s.room.Bring(ctx, scoped("37"), register.File{Name: "l.csv", Body: []byte(one)})
		if err != nil || len(b.Refused) != 1 || b.Refused[0].Key != "frontage.licence.beyond" {
			t.Errorf("a shop of another street: %+v %v", b, err)
		}
		if b, err = s.room.Bring(ctx, scoped(""), register.File{Name: "l.csv", Body: []byte(one)}); err != nil || b.Same+b.Changed != 1 {
			t.Errorf("%+v %v", b, err)
		}
		if _, err = s.room.Bring(ctx, s.Staff("officer", "", 0), register.File{Name: "l.csv", Body: []byte(one)}); !fault.Is(err, fault.Forbidden) {
			t.Error("an officer brought a list:", err)
		}
		other := bring("统一社会信用代码,店名,地址\n92999900MADEM0004N,演示面馆,演示路1号\n")
		if len(other.Refused) != 1 || other.Refused[0].Key != "frontage.licence.other" {
			t.Errorf("%+v", other)
		}
	})
}

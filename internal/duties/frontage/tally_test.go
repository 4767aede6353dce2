package frontage_test

import (
	"testing"

	"xiucheng/internal/duties/frontage"
)

func TestTheBoardAndTheMapAgree(t *testing.T) {
	each(t, func(s *street) {
		pledge := s.signed()
		s.inspect("", pledge, "complaint", 20, 20, 20, 20, 20)
		s.act("", "pass", s.Staff("officer", "d1", 0), in())
		s.failed(pledge)
		b, err := s.room.Look(ctx, s.Division)
		if err != nil {
			t.Fatal(err)
		}
		parts := b.Parts(func(d frontage.Door) string { return d.Road() })
		if len(parts) != 1 || parts[0].Name != "演示路" {
			t.Fatalf("%+v", parts)
		}
		p, checks, good := parts[0], 0, 0
		for _, w := range p.Weeks {
			checks, good = checks+w.Checks, good+w.Good
		}
		if p.Shops != len(b.Doors) || p.Signed != 1 || p.Rated != 1 || p.Passing != 0 || checks != 2 || good != 1 {
			t.Errorf("%+v", p)
		}
		doors, err := s.room.Map(ctx, s.Division)
		if err != nil || len(doors) != len(b.Doors) {
			t.Fatalf("%+v %v", doors, err)
		}
		for _, d := range doors {
			if signed := d.Code == "S1"; d.Pledged != signed || (d.Last == "failed") != signed {
				t.Errorf("%+v", d)
			}
		}
	})
}

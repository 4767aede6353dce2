package review

import (
	"testing"

	"xiucheng/internal/casework/engine"
)

// 取长补短: a unit reads a file of another one that meets what its own miss, named
// by its number alone; what nobody does well is read nowhere, and no unit is
// above another.
func TestUnitsReadWhatOthersDoWell(t *testing.T) {
	s := scheme(t)
	reviewed := func(unit, number string, faults ...string) *engine.Snapshot {
		final := set(full(s), Fault, "", append(faults, "D11")...).rows()
		return &engine.Snapshot{Data: map[string]any{"unit": unit, "case_number": number, "agreed": final, "party": "演示当事人", "lead": "演示·执法人员一"}}
	}
	r := Result{Scheme: s}
	r.count([]*engine.Snapshot{reviewed("中队二", "CF2", "D02"), reviewed("中队一", "CF1", "D03"), reviewed("中队一", "CF3")})
	want := map[string]string{"中队一 D03": "CF2", "中队二 D02": "CF1"}
	for _, x := range r.Reading {
		key := x.Unit + " " + x.Item.ID
		if want[key] != x.File {
			t.Errorf("%s reads %s", key, x.File)
		}
		delete(want, key)
	}
	if len(want) > 0 || r.Finished != 3 {
		t.Errorf("not read: %v; %d finished", want, r.Finished)
	}
	if len(r.Units) != 2 || r.Units[0].Name != "中队一" || r.Units[0].Files != 2 {
		t.Errorf("units %+v", r.Units)
	}
	if r.Faults[0].Item.ID != "D11" || r.Faults[0].N != 3 {
		t.Errorf("the most common fault is %+v", r.Faults[0])
	}
}

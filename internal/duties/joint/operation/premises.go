package operation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/shop"
)

// premises are the business premises of a plan: the shops that were named, then
// those that stand in no register, each once. What one is counted by is its
// credit code, and the shop's code where it has none.
func (a asking) premises() (any, error) {
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	all, err := a.shops()
	if err != nil {
		return nil, err
	}
	classes, out := riskClasses(set.Text("joint.risk")), []row{}
	add := func(r row) {
		if !slices.ContainsFunc(out, func(o row) bool { return o["code"] == r["code"] }) {
			out = append(out, r)
		}
	}
	for _, line := range a.list("shops") {
		if found := named(all, line); len(found) == 1 {
			s := found[0]
			add(row{"code": counted(s), "name": s.Name, "risk": cmp.Or(classes[cmp.Or(s.Risk, "usual")], "A")})
		}
	}
	for _, r := range a.rows("targets") {
		if i := slices.IndexFunc(all, func(s shop.Shop) bool { return s.Code == r["code"] }); i >= 0 {
			r = row{"code": counted(all[i]), "name": r["name"], "risk": r["risk"]}
		}
		add(r)
	}
	return out, nil
}

func counted(s shop.Shop) string { return cmp.Or(s.Credit, s.Code) }

// shops are those that trade on the day of the operation; none where the form
// names none.
func (a asking) shops() ([]shop.Shop, error) {
	if len(a.list("shops"))+len(a.rows("targets")) == 0 {
		return nil, nil
	}
	all, err := shop.All(a.ctx, a.Q, a.Snapshot.Division)
	day := calendar.DateOf(a.start())
	return slices.DeleteFunc(all, func(s shop.Shop) bool { return !s.Open(day) }), err
}

// named are the shops with the code or the credit code, else those with the name.
func named(all []shop.Shop, line string) (out []shop.Shop) {
	line = strings.TrimSpace(line)
	for _, s := range all {
		switch line {
		case s.Code, s.Credit:
			return []shop.Shop{s}
		case s.Name:
			out = append(out, s)
		}
	}
	return out
}

// unknownShop is the first line that names no shop, or several.
func (a asking) unknownShop() (any, error) {
	all, err := a.shops()
	for i, line := range a.list("shops") {
		if err == nil && len(named(all, line)) != 1 {
			return fmt.Sprintf("第 %d 行“%s” / line %d “%s”", i+1, line, i+1, line), nil
		}
	}
	return "", err
}

// riskClasses reads the setting joint.risk: "low:A usual:B high:C", the class whose
// cap holds for a shop of the risk. A risk that is not named has the strictest, A.
func riskClasses(text string) map[string]string {
	out := map[string]string{}
	for part := range strings.FieldsSeq(text) {
		if risk, class, ok := strings.Cut(part, ":"); ok {
			out[risk] = class
		}
	}
	return out
}

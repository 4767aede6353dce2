package law_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
)

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var taken = []law.Kind{law.Goods, law.Gains}

// barbecue is open-air barbecue before and after 2026-08-15.
func barbecue() []law.Rule {
	base := law.Rule{Violation: "UM-004", Series: "UM-004", HasFine: true, Kinds: []law.Kind{law.Fine}, Forced: taken, Correct: true, Level: law.National, Trust: law.Verified}
	old, first, refused := base, base, base
	old.ID, old.Law, old.Article, old.From, old.To, old.Min, old.Max = "AIR118", i18n.Text{ZH: "大气污染防治法"}, i18n.Text{ZH: "第118条第三款"}, day("2016-01-01"), day("2026-08-14"), 500_00, 20000_00
	first.ID, first.Law, first.Article, first.From, first.Min, first.Max = "ENV1132", i18n.Text{ZH: "生态环境法典"}, i18n.Text{ZH: "第1132条第三款"}, day("2026-08-15"), 500_00, 5000_00
	refused = first
	refused.ID, refused.Tier, refused.Min, refused.Max = "ENV1132r", law.Refused, 5000_00, 20000_00
	return []law.Rule{old, first, refused}
}

func TestOldUnlessNewIsLighter(t *testing.T) { // O1
	for name, x := range map[string]struct {
		end, decision, tier string
		outcome             law.Outcome
		least, most         law.Fen
	}{
		"a no change yet":     {"2026-08-10", "2026-08-14", "", law.Unchanged, 500_00, 20000_00},
		"b lighter":           {"2026-08-10", "2026-10-20", "", law.New, 500_00, 5000_00},
		"c refused, heavier":  {"2026-08-10", "2026-10-20", law.Refused, law.Old, 500_00, 20000_00},
		"d only the new":      {"2026-08-20", "2026-10-20", "", law.Unchanged, 500_00, 5000_00},
		"e refused, only new": {"2026-08-20", "2026-10-20", law.Refused, law.Unchanged, 5000_00, 20000_00},
		"f ended after":       {"2026-08-18", "2026-10-20", "", law.Unchanged, 500_00, 5000_00},
	} {
		c := law.PickRule(barbecue(), law.Question{Series: "UM-004", ActEnd: day(x.end), Decision: day(x.decision), Tier: x.tier, Party: law.Citizen})
		if c.Outcome != x.outcome || c.Rule.Min != x.least || c.Rule.Max != x.most {
			t.Errorf("%s: %s %s–%s", name, c.Outcome, c.Rule.Min.Yuan(), c.Rule.Max.Yuan())
		}
		spot := law.SimpleOK(law.Spot{Clear: true, Identity: true, Party: law.Citizen, Rule: c.Rule, Penalty: law.Penalty{Kinds: []law.Kind{law.Fine}, Fine: 500_00}})
		if !has(spot, "law.simple.forced") || !has(spot, "law.simple.minimum") || !coded(spot, "N35") {
			t.Errorf("%s: on the spot %v", name, spot)
		}
	}
}

func has(list []law.Reason, key string) bool {
	return slices.ContainsFunc(list, func(r law.Reason) bool { return r.Key == key })
}

func coded(list []law.Reason, code string) bool {
	return slices.ContainsFunc(list, func(r law.Reason) bool { return r.Code == code })
}

func TestAFineOutsideTheRangeNeedsAGround(t *testing.T) { // O1 d, e
	rules := barbecue()
	for _, x := range []struct {
		rule   law.Rule
		fine   law.Fen
		ground law.Mitigation
		key    string
	}{
		{rules[1], 8000_00, law.NoGround, "law.fine.above"}, {rules[1], 8000_00, law.Merit, "law.fine.above"}, {rules[1], 5000_00, law.NoGround, ""},
		{rules[2], 3000_00, law.NoGround, "law.fine.below"}, {rules[2], 3000_00, law.Removed, ""}, {law.Rule{ID: "APP36"}, 100_00, law.NoGround, "law.fine.unusable"},
		{law.Rule{ID: "APP36"}, 0, law.NoGround, ""},
	} {
		got := law.CheckFine(x.rule, x.fine, x.ground, 0)
		if x.key == "" && len(got) > 0 || x.key != "" && (!has(got, x.key) || !coded(got, "N28")) {
			t.Errorf("%s %s: %v", x.rule.ID, x.fine.Yuan(), got)
		}
	}
	nv := rules[0]
	nv.Trust = law.NotVerified
	if nv.Usable() || len(law.CheckFine(nv, 600_00, law.NoGround, 0)) == 0 {
		t.Error("an amount nobody read was usable")
	}
	cost := law.Rule{ID: "PLAN64", HasFine: true, PerUnit: law.PerCent, Min: 5_00, Max: 10_00, Trust: law.Verified}
	if least, most := cost.Range(200_000_00); least != 10_000_00 || most != 2*least {
		t.Error(least, most)
	}
	area := law.Rule{ID: "WF39", HasFine: true, PerUnit: "m2", Min: 500_00, Max: 2000_00, Trust: law.Verified}
	if least, most := area.Range(12_50); least != 6250_00 || most != 25000_00 || !has(law.CheckFine(area, most+1, law.NoGround, 12_50), "law.fine.above") {
		t.Error(least, most)
	}
}

func TestContradictoryWaitsForAReviewer(t *testing.T) {
	rules := barbecue()[:2]
	rules[1].Min = 600_00 // minimum heavier, maximum lighter
	q := law.Question{Series: "UM-004", ActEnd: day("2026-08-10"), Decision: day("2026-10-20")}
	if c := law.PickRule(rules, q); c.Outcome != law.Contradictory || c.Settled() || c.Rule.ID != "" || c.Why.Code != "N29" {
		t.Error(c)
	}
	q.Chosen = law.Old
	if c := law.PickRule(rules, q); c.Outcome != law.Old || c.Rule.ID != "AIR118" || c.Why.Key != "law.pick.chosen" {
		t.Error(c)
	}
	rules = barbecue()[:2]
	rules[1].Forced = []law.Kind{law.Close} // other kinds on both sides
	if c := law.PickRule(rules, law.Question{Series: "UM-004", ActEnd: q.ActEnd, Decision: q.Decision}); c.Outcome != law.Contradictory {
		t.Error(c.Outcome, c.Compare)
	}
}

func TestWhatDoesNotCompareWaitsForAReviewer(t *testing.T) {
	for name, change := range map[string]func(*law.Rule){
		"an unknown amount": func(r *law.Rule) { r.HasFine, r.Min, r.Max = false, 0, 0 },
		"another measure":   func(r *law.Rule) { r.PerUnit = "m2" },
	} {
		rules := barbecue()[:2]
		change(&rules[1])
		if c := law.PickRule(rules, law.Question{Series: "UM-004", ActEnd: day("2026-08-10"), Decision: day("2026-10-20")}); c.Outcome != law.Contradictory {
			t.Error(name, c.Outcome)
		}
	}
}

func TestAMissingVersionIsNotALawfulAct(t *testing.T) {
	q := law.Question{Series: "UM-004", ActEnd: day("2026-08-10"), Decision: day("2026-10-20")}
	old, next := barbecue()[:1], barbecue()[1:2]
	for name, x := range map[string]struct {
		rules []law.Rule
		there law.Outcome
	}{"no new one": {old, law.Old}, "no old one": {next, law.New}} {
		q.Chosen = ""
		if c := law.PickRule(x.rules, q); c.Outcome != law.Missing || c.Settled() || c.Why.Code != "N29" {
			t.Error(name, c.Outcome, c.Why)
		}
		for _, chosen := range []law.Outcome{law.Old, law.New, law.NoPenalty} {
			q.Chosen = chosen
			c := law.PickRule(x.rules, q)
			if want := chosen == x.there || chosen == law.NoPenalty; c.Settled() != want || want && c.Outcome != chosen {
				t.Error(name, chosen, c.Outcome)
			}
		}
	}
	q.Chosen = ""
	old[0].Alone, next[0].Alone = true, true
	if c := law.PickRule(old, q); c.Outcome != law.NoPenalty || c.Why.Key != "law.pick.lawful_now" {
		t.Error("no longer unlawful:", c.Outcome, c.Why)
	}
	if c := law.PickRule(next, q); c.Outcome != law.NoPenalty || c.Why.Key != "law.pick.lawful_then" {
		t.Error("not yet unlawful:", c.Outcome, c.Why)
	}
}

func TestTheChosenRuleIsNeverHeavierThanTheOld(t *testing.T) {
	kinds := rapid.SliceOfDistinct(rapid.SampledFrom(law.Kinds()), rapid.ID[law.Kind])
	rule := func(t *rapid.T, label string) law.Rule {
		a, b := rapid.IntRange(0, 1000).Draw(t, label+"a"), rapid.IntRange(0, 1000).Draw(t, label+"b")
		return law.Rule{ID: label, Series: "s", HasFine: true, Min: law.Fen(min(a, b)), Max: law.Fen(max(a, b)), Kinds: kinds.Draw(t, label)}
	}
	rapid.Check(t, func(t *rapid.T) {
		old, next := rule(t, "old"), rule(t, "new")
		old.To, next.From = 99, 100
		c := law.PickRule([]law.Rule{old, next}, law.Question{Series: "s", ActEnd: 50, Decision: 150})
		switch c.Outcome {
		case law.New:
			more := law.Heavier(law.Penalty{Kinds: c.Rule.Kinds, Fine: c.Rule.Max}, law.Penalty{Kinds: old.Kinds, Fine: old.Max})
			if more || c.Rule.Min > old.Min {
				t.Fatal("the new rule was chosen and is heavier")
			}
		case law.Old, law.Contradictory:
		default:
			t.Fatal(c.Outcome)
		}
		back := law.PickRule([]law.Rule{old, next}, law.Question{Series: "s", ActEnd: 50, Decision: 99})
		if back.Outcome != law.Unchanged || back.Rule.ID != "old" {
			t.Fatal("a decision before the change was touched")
		}
	})
}

func TestRulesOfDifferentRank(t *testing.T) { // PL 12, 29
	province := law.Rule{ID: "SD80", HasFine: true, Trust: law.Verified, Min: 2000_00, Max: 20000_00}
	cut, was := law.UnderHigher(province, barbecue()[1])
	if !was || cut.Min != 2000_00 || cut.Max != 5000_00 {
		t.Error(cut.Min, cut.Max, was)
	}
	if same, was := law.UnderHigher(barbecue()[1], barbecue()[1]); was || same.Max != 5000_00 {
		t.Error("cut itself")
	}
	if best, ok := law.HigherFine(append(barbecue(), law.Rule{ID: "none"})); !ok || best.ID != "ENV1132r" {
		t.Error(best.ID, ok)
	}
}

func TestSurcharge(t *testing.T) { // O4, O6
	due := day("2026-10-08")
	for _, x := range []struct {
		fine law.Fen
		day  string
		want law.Fen
	}{
		{1000_00, "2026-10-08", 0}, {1000_00, "2026-10-09", 30_00}, {1000_00, "2026-11-07", 900_00}, {1000_00, "2026-11-08", 930_00}, {1000_00, "2026-11-10", 990_00},
		{1000_00, "2026-11-11", 1000_00}, {1000_00, "2026-11-12", 1000_00}, {500_00, "2026-11-10", 495_00}, {500_00, "2026-11-11", 500_00},
		{333_00, "2026-10-09", 9_99}, {333_00, "2026-11-10", 329_67}, {333_00, "2026-11-11", 333_00}, {0, "2026-11-11", 0},
	} {
		if got := law.Surcharge(x.fine, due, nil, day(x.day)); got != x.want {
			t.Errorf("%s on %s: %s, want %s", x.fine.Yuan(), x.day, got.Yuan(), x.want.Yuan())
		}
	}
	remedy := []law.Pause{{From: day("2026-10-20"), To: day("2026-12-11")}} // until the day after the decision came
	if got := law.Surcharge(1000_00, due, remedy, day("2026-12-15")); got != 480_00 {
		t.Errorf("with a remedy: %s", got.Yuan())
	}
	if got := law.Surcharge(1000_00, due, []law.Pause{{From: due}}, day("2027-12-15")); got != 0 {
		t.Errorf("while a stay goes on: %s", got.Yuan())
	}
}

func TestSurchargeGrowsIsCappedAndRestsInPauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fine := law.Fen(rapid.Int64Range(1, 5_000_000_00).Draw(t, "fine"))
		var pauses []law.Pause
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			from := calendar.Date(rapid.IntRange(0, 80).Draw(t, "from"))
			pauses = append(pauses, law.Pause{From: from, To: from + calendar.Date(rapid.IntRange(0, 30).Draw(t, "long"))})
		}
		last := law.Fen(0)
		for d := calendar.Date(0); d < 150; d++ {
			got := law.Surcharge(fine, 10, pauses, d)
			rests := slices.ContainsFunc(pauses, func(p law.Pause) bool { return p.From <= d && (p.To == 0 || d < p.To) })
			if got < last || got > fine || rests && got != last || d <= 10 && got != 0 {
				t.Fatalf("day %d: %d after %d of %d", d, got, last, fine)
			}
			last = got
		}
	})
}

func TestLimitation(t *testing.T) { // PL 36, ENV 1054
	for _, x := range []struct {
		harm law.Harm
		want int
	}{{law.Harm{}, 2}, {law.Harm{Vital: true}, 2}, {law.Harm{Vital: true, Happened: true}, 5}, {law.Harm{Ecological: true}, 5}, {law.Harm{Ecological: true, Other: 3}, 3}} {
		if got := law.LimitationYears(x.harm); got != x.want {
			t.Errorf("%+v: %d years", x.harm, got)
		}
	}
	for _, x := range []struct {
		end, found, last string
		ok               bool
	}{{"2024-11-28", "2026-11-28", "2026-11-28", true}, {"2024-11-28", "2026-11-29", "2026-11-28", false}, {"2024-02-29", "2026-02-28", "2026-02-28", true}, {"2024-02-29", "2026-03-01", "2026-02-28", false}} {
		last, ok := law.InTime(day(x.end), false, day(x.found), 2)
		if last != day(x.last) || ok != x.ok {
			t.Errorf("%s found %s: until %s, %v", x.end, x.found, last, ok)
		}
	}
	if _, ok := law.InTime(0, true, day("2040-01-01"), 2); !ok {
		t.Error("an act that goes on ran out of time")
	}
}

func TestAgeCountsFromTheDayAfterTheBirthday(t *testing.T) { // X3
	born := day("2012-10-09")
	for on, want := range map[string]struct {
		age           int
		none, lighter bool
	}{"2026-10-08": {13, true, false}, "2026-10-09": {13, true, false}, "2026-10-10": {14, false, true}, "2030-10-09": {17, false, true}, "2030-10-10": {18, false, false}, "2012-10-09": {0, true, false}} {
		none, lighter := law.Minor(born, day(on))
		if age := law.Age(born, day(on)); age != want.age || none != want.none || lighter != want.lighter {
			t.Errorf("%s: %d %v %v", on, age, none, lighter)
		}
	}
}

func TestFirstOffence(t *testing.T) { // X1, X2
	exempted := []law.Past{{Violation: "UM-001", On: day("2026-01-10"), Exempt: true}}
	if first, hits := law.FirstOffence(exempted, "UM-001", day("2026-12-10"), 2); first || len(hits) != 1 {
		t.Error("an exemption eleven months ago is forgotten")
	}
	for _, x := range []struct{ class, on string }{{"UM-004", "2026-12-10"}, {"UM-001", "2028-01-11"}} {
		if first, _ := law.FirstOffence(exempted, x.class, day(x.on), 2); !first {
			t.Errorf("%s on %s counts against the party", x.class, x.on)
		}
	}
	if first, _ := law.FirstOffence(nil, "UM-001", day("2026-01-10"), 2); !first {
		t.Error("nothing before is not the first")
	}
}

func TestOnTheSpot(t *testing.T) { // S1, S3
	street := law.Rule{ID: "r", HasFine: true, Min: 50_00, Max: 200_00, Kinds: []law.Kind{law.Warning, law.Fine}, Trust: law.Verified}
	big := street
	big.Max = 20000_00
	base := law.Spot{Clear: true, Identity: true, Party: law.Citizen, Rule: street}
	for name, x := range map[string]struct {
		change func(*law.Spot)
		want   string // of the only reason, "" is allowed
	}{
		"100 of a citizen":          {func(s *law.Spot) { s.Penalty.Fine = 100_00 }, ""},
		"200 of a citizen":          {func(s *law.Spot) { s.Penalty.Fine = 200_00 }, ""},
		"201 of a citizen":          {func(s *law.Spot) { s.Penalty.Fine, s.Rule = 201_00, big }, "fine"},
		"3000 of an organisation":   {func(s *law.Spot) { s.Party, s.Penalty.Fine, s.Rule = law.Organisation, 3000_00, big }, ""},
		"3001 of an organisation":   {func(s *law.Spot) { s.Party, s.Penalty.Fine, s.Rule = law.Organisation, 3001_00, big }, "fine"},
		"300 of a sole trader":      {func(s *law.Spot) { s.Party, s.Penalty.Fine, s.Rule = law.SoleTrader, 300_00, big }, "fine"},
		"300 of one as a firm":      {func(s *law.Spot) { s.Party, s.TraderOrg, s.Penalty.Fine, s.Rule = law.SoleTrader, true, 300_00, big }, ""},
		"a warning only":            {func(s *law.Spot) { s.Penalty.Kinds, s.Rule.Min = []law.Kind{law.Warning}, 500_00 }, ""},
		"facts unclear":             {func(s *law.Spot) { s.Clear = false }, "facts"},
		"nobody knows who":          {func(s *law.Spot) { s.Identity = false }, "identity"},
		"a child":                   {func(s *law.Spot) { s.Minor = true }, "minor"},
		"not accountable":           {func(s *law.Spot) { s.Incapable = true }, "incapable"},
		"no rule":                   {func(s *law.Spot) { s.Rule = law.Rule{} }, "no_rule"},
		"confiscation is forced":    {func(s *law.Spot) { s.Rule.Forced = taken }, "forced"},
		"confiscation is proposed":  {func(s *law.Spot) { s.Penalty.Kinds = taken }, "kinds"},
		"the least is above":        {func(s *law.Spot) { s.Rule.Min, s.Penalty.Fine = 500_00, 150_00 }, "minimum"},
		"a hearing would be needed": {func(s *law.Spot) { s.HearingDue = true }, "hearing"},
	} {
		s := base
		x.change(&s)
		got := law.SimpleOK(s)
		if x.want == "" && len(got) != 0 || x.want != "" && (len(got) != 1 || got[0].Key != "law.simple."+x.want || got[0].Code == "") {
			t.Errorf("%s: %v", name, got)
		}
		if s.Penalty.Fine <= law.SpotCap(s.Party) && s.Penalty.Fine > 0 {
			if due := law.HearingDue(s.Penalty, s.Rule, s.Party, law.Strictest(), false); s.Party == law.Citizen && len(due) > 0 {
				t.Errorf("%s: a hearing for it: %v", name, due)
			}
		}
	}
}

func TestHearingReviewAndPanel(t *testing.T) {
	env := barbecue()[1]
	for name, x := range map[string]struct {
		p     law.Penalty
		r     law.Rule
		party law.PartyKind
		want  string
	}{
		"citizen 1000":         {law.Penalty{Fine: 1000_00}, env, law.Citizen, "fine"},
		"citizen 999":          {law.Penalty{Fine: 999_00}, env, law.Citizen, ""},
		"organisation 5000":    {law.Penalty{Fine: 5000_00}, barbecue()[0], law.Organisation, "fine"},
		"half of the maximum":  {law.Penalty{Fine: 3500_00}, law.Rule{HasFine: true, Max: 7000_00}, law.Organisation, "half"},
		"less than half":       {law.Penalty{Fine: 3499_00}, law.Rule{HasFine: true, Max: 7000_00}, law.Organisation, ""},
		"gains":                {law.Penalty{Gains: 1000_00}, env, law.Citizen, "confiscation"},
		"goods":                {law.Penalty{Worth: 5000_00}, env, law.Organisation, "confiscation"},
		"closure":              {law.Penalty{Kinds: []law.Kind{law.Close}}, env, law.Organisation, "kind"},
		"the rule demands one": {law.Penalty{}, law.Rule{Hearing: true}, law.Organisation, "rule"},
	} {
		got := law.HearingDue(x.p, x.r, x.party, law.Strictest(), false)
		if x.want == "" && len(got) > 0 || x.want != "" && !has(got, "law.hearing."+x.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !has(law.HearingDue(law.Penalty{}, env, law.Citizen, law.Strictest(), true), "law.hearing.heavy") {
		t.Error("the head's finding does not count")
	}
	if len(law.ReviewDue(law.Weight{}, false)) != 0 || len(law.ReviewDue(law.Weight{}, true)) != 1 || len(law.ReviewDue(law.Weight{PublicInterest: true, Complex: true, HearingRun: true, RuleSays: true}, false)) != 4 {
		t.Error("review")
	}
	if len(law.PanelDue(law.Weight{}, law.Penalty{Fine: 999_00}, false, 1000_00)) != 0 || len(law.PanelDue(law.Weight{Complex: true, BelowRange: true}, law.Penalty{Fine: 1000_00}, true, 1000_00)) != 4 {
		t.Error("panel")
	}
}

func TestHeavier(t *testing.T) {
	base := law.Penalty{Kinds: []law.Kind{law.Fine}, Fine: 500_00, Goods: []string{"grill"}}
	for name, x := range map[string]struct {
		change func(*law.Penalty)
		want   bool
	}{
		"the same": {func(*law.Penalty) {}, false}, "less": {func(p *law.Penalty) { p.Fine = 1 }, false}, "a higher fine": {func(p *law.Penalty) { p.Fine++ }, true},
		"more gains": {func(p *law.Penalty) { p.Gains = 1 }, true}, "other goods": {func(p *law.Penalty) { p.Goods = []string{"tables"} }, true},
		"another kind": {func(p *law.Penalty) { p.Kinds = []law.Kind{law.Warning} }, true},
	} {
		p := base
		x.change(&p)
		if law.Heavier(p, base) != x.want {
			t.Error(name)
		}
	}
}

func TestInstalments(t *testing.T) {
	plan := []law.Instalment{{day("2026-11-01"), 400_00}, {day("2026-12-01"), 300_00}, {day("2027-01-04"), 300_00}}
	if got := law.CheckPlan(plan, 1000_00, day("2027-01-31")); len(got) > 0 {
		t.Error(got)
	}
	bad := []law.Instalment{{day("2026-12-01"), 400_00}, {day("2026-12-01"), 0}}
	for _, key := range []string{"sum", "order", "amount", "until"} {
		if !has(law.CheckPlan(bad, 1000_00, day("2026-11-30")), "law.plan."+key) {
			t.Error(key)
		}
	}
	if !has(law.CheckPlan(nil, 1, 0), "law.plan.empty") {
		t.Error("no plan")
	}
	for _, x := range []struct {
		paid law.Fen
		on   string
		miss bool
	}{{0, "2026-11-01", false}, {0, "2026-11-02", true}, {400_00, "2026-12-01", false}, {400_00, "2026-12-02", true}, {1000_00, "2028-01-01", false}} {
		if _, miss := law.Missed(plan, x.paid, day(x.on)); miss != x.miss {
			t.Errorf("%s paid on %s: %v", x.paid.Yuan(), x.on, miss)
		}
	}
}

func TestTheBenchmarkStaysInsideTheLaw(t *testing.T) {
	b := law.Benchmark{Factors: []law.Factor{{ID: "area", Options: []law.Option{{"small", 0}, {"large", 2}}}, {ID: "again", Options: []law.Option{{"no", 0}, {"yes", 3}}}},
		Grades: []law.Grade{{"light", 0, 500_00, 1500_00}, {"usual", 2, 1500_00, 3000_00}, {"heavy", 4, 3000_00, 9000_00}}}
	env := barbecue()[1]
	for _, x := range []struct {
		area, again, grade string
		least, most        law.Fen
		cut                bool
	}{{"small", "no", "light", 500_00, 1500_00, false}, {"large", "no", "usual", 1500_00, 3000_00, false}, {"large", "yes", "heavy", 3000_00, 5000_00, true}, {"", "", "light", 500_00, 1500_00, false}} {
		a, ok := b.Advise(map[string]string{"area": x.area, "again": x.again}, env, 0)
		if !ok || a.Grade.ID != x.grade || a.Min != x.least || a.Max != x.most || a.Cut != x.cut || a.Outside(x.least) || !a.Outside(x.most+1) {
			t.Errorf("%+v: %+v %v", x, a, ok)
		}
	}
	if _, ok := (law.Benchmark{}).Advise(nil, env, 0); ok {
		t.Error("a grade out of nothing")
	}
}

func TestEveryReasonHasWords(t *testing.T) {
	b, err := i18n.Load(law.Words)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(law.SimpleOK(law.Spot{Minor: true, Incapable: true, HearingDue: true, Penalty: law.Penalty{Fine: 9999_00, Kinds: taken}, Rule: law.Rule{Min: 9999_00, Forced: taken}}),
		law.ReviewDue(law.Weight{PublicInterest: true}, true), law.PanelDue(law.Weight{Complex: true}, law.Penalty{Fine: 1}, true, 0))
	for _, r := range all {
		if text := b.Text(r.Key).Fill(i18n.ZH, r.Args); !b.Has(r.Key) || strings.Contains(text, "{") {
			t.Errorf("%s: %q", r.Key, text)
		}
	}
	for _, k := range law.Kinds() {
		if !b.Has("law.kind." + string(k)) {
			t.Error(k)
		}
	}
}

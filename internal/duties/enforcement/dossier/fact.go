package dossier

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// asking is one question of the engine.
type asking struct {
	*Room
	engine.Asked
	ctx context.Context
}

// ordinary are the facts of the ordinary procedure.
var ordinary = map[string]question{
	"cause": asking.cause, "grid": asking.grid, "power": asking.power,
	"party_name":    func(a asking) (any, error) { p, err := a.party(); return p.Name, err },
	"party_kind":    func(a asking) (any, error) { p, err := a.party(); return kindOf(p.Kind), err },
	"party_number":  func(a asking) (any, error) { p, err := a.party(); return p.Number, err },
	"party_address": func(a asking) (any, error) { p, err := a.party(); return p.Address, err },
	"fined_before":  asking.finedBefore, "minor": asking.minor,
	"in_time":    func(a asking) (any, error) { _, ok := a.limit(); return ok, nil },
	"limit_date": func(a asking) (any, error) { last, _ := a.limit(); return last.String(), nil },
	"fine_ok":    asking.fineOK, "version_ok": asking.versionOK,
	"violated":    func(a asking) (any, error) { r, err := a.rule(); return r.Law.ZH + r.Forbids, err },
	"penal_basis": func(a asking) (any, error) { r, err := a.rule(); return "《" + r.Law.ZH + "》" + r.Article.ZH, err },
	"hearing_due": func(a asking) (any, error) { return a.hearing() },
	"review_due":  asking.reviewDue, "panel_due": asking.panelDue, "heavier": asking.heavier, "surcharge": asking.surcharge,
}

// text is a value of the form, else of the case.
func (a asking) text(name string) string {
	if s, ok := a.Input[name].(string); ok && s != "" {
		return s
	}
	return a.Snapshot.Text(name)
}

// asks reports whether the step's form has the field: then an empty one is an
// answer, too.
func (a asking) asks(name string) bool {
	if a.Step == nil || a.Input == nil {
		return false
	}
	for i := range a.Step.Form {
		if a.Step.Form[i].Name == name {
			return true
		}
	}
	return false
}

func (a asking) value(name string) any {
	if a.asks(name) {
		return a.Input[name]
	}
	return a.Snapshot.Data[name]
}

func (a asking) day(name string) calendar.Date {
	if t, ok := a.value(name).(time.Time); ok {
		return calendar.DateOf(t)
	}
	return 0
}

func (a asking) fen(name string) law.Fen {
	n, _ := a.value(name).(int64)
	return law.Fen(n)
}

func (a asking) list(name string) []string {
	l, _ := a.value(name).([]string)
	return l
}

func (a asking) flag(name string) bool {
	b, _ := a.value(name).(bool)
	return b
}

func (a asking) library() (*library.Library, error) {
	return a.Library.Library(a.ctx, a.Snapshot.Division)
}

func (a asking) cause() (any, error) {
	lib, err := a.library()
	if err != nil {
		return nil, err
	}
	v, err := lib.Violation(a.text("violation"))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return v.Name.ZH, err
}

func (a asking) grid() (any, error) {
	p, ok := a.value("place").(procedure.Point)
	if !ok {
		return nil, nil
	}
	m, err := a.Places.Map(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	return m.Locate(geo.Point{Lat: p.Lat, Lng: p.Lng}, a.Now).Grid, nil
}

// power is why the matter is not this bureau's, "" if it is (PL 17, 18, 22).
func (a asking) power() (any, error) {
	_, err := power.For(a.ctx, a.Q, a.Snapshot.Division, a.text("violation"), a.text("grid"), a.day("found_at"))
	if f := fault.As(err); f != nil && f.Kind == fault.Forbidden {
		if f.Key == "power.N02" {
			return "N02", nil
		}
		return "N01", nil
	}
	return "", err
}

// party is the registered party; none is empty.
func (a asking) party() (p party.Party, err error) {
	key, err := id.Parse(a.text("party_ref"))
	if err != nil {
		return p, nil
	}
	p, err = party.Find(a.ctx, a.Q, a.Snapshot.Division, key)
	if fault.Is(err, fault.NotFound) {
		return party.Party{}, nil
	}
	return p, err
}

// kindOf is the kind as papers know it.
func kindOf(k law.PartyKind) string {
	if k == law.Organisation {
		return "org"
	}
	return "citizen"
}

func (a asking) finedBefore() (any, error) {
	p, err := a.party()
	if err != nil || p.ID.IsZero() {
		return false, err
	}
	list, err := party.Decisions(a.ctx, a.Q, a.Snapshot.Division, p)
	_, same := party.SameAct(list, a.text("violation"), a.day("act_from"), a.day("act_end"))
	return same, err
}

func (a asking) minor() (any, error) {
	p, err := a.party()
	if err != nil || p.Born == 0 {
		return false, err
	}
	none, _ := law.Minor(p.Born, a.day("act_end"))
	return none, nil
}

// limit is the limitation of two years; longer ones are the reviewer's finding.
func (a asking) limit() (calendar.Date, bool) {
	return law.InTime(a.day("act_end"), a.flag("running"), a.day("found_at"), law.LimitationYears(law.Harm{}))
}

// rule is the version the officers chose; none is empty.
func (a asking) rule() (library.Rule, error) {
	lib, err := a.library()
	if err != nil {
		return library.Rule{}, err
	}
	r, err := lib.Rule(a.text("rule"))
	if fault.Is(err, fault.NotFound) {
		return library.Rule{}, nil
	}
	return r, err
}

// fineOK is false for a fine out of the law's range without a ground, and for
// one the law must add to the rest and that nobody proposes.
func (a asking) fineOK() (any, error) {
	r, err := a.rule()
	if err != nil || r.ID == "" {
		return false, err
	}
	fine := a.fen("fine")
	if fine == 0 && !r.HasFine {
		return true, nil
	}
	return len(law.CheckFine(r.Rule, fine, law.Mitigation(a.text("ground")), 0)) == 0, nil
}

// versionOK compares the rule with the version that applies (PL 37).
func (a asking) versionOK() (any, error) {
	r, err := a.rule()
	if err != nil || r.ID == "" {
		return false, err
	}
	lib, err := a.library()
	if err != nil {
		return nil, err
	}
	c := lib.Pick(law.Question{Series: r.Series, ActEnd: a.day("act_end"), Decision: calendar.DateOf(a.Now), Tier: r.Tier, Party: r.Party})
	return c.Settled() && c.Outcome != law.NoPenalty && c.Rule.ID == r.ID, nil
}

func kinds(fine law.Fen, goods []string) (out []law.Kind) {
	if fine > 0 {
		out = append(out, law.Fine)
	}
	if len(goods) > 0 {
		out = append(out, law.Goods)
	}
	return out
}

func (a asking) penalty() law.Penalty {
	fine, goods := a.fen("fine"), a.list("goods")
	return law.Penalty{Kinds: kinds(fine, goods), Fine: fine, Goods: goods}
}

// proposed is the penalty as the case has it, whatever a form says.
func (a asking) proposed() asking {
	a.Input, a.Step = nil, nil
	return a
}

func (a asking) hearing() (bool, error) {
	a = a.proposed()
	r, err := a.rule()
	if err != nil {
		return false, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return false, err
	}
	who := law.Citizen
	if a.text("party_kind") == "org" {
		who = law.Organisation
	}
	return len(law.HearingDue(a.penalty(), r.Rule, who, library.Thresholds(set), a.flag("other_heavy"))) > 0, nil
}

func (a asking) weight() law.Weight {
	a = a.proposed()
	return law.Weight{PublicInterest: a.flag("public"), Complex: a.flag("complex"), HearingRun: a.flag("hearing_held"), BelowRange: a.text("ground") != ""}
}

func (a asking) reviewDue() (any, error) {
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	return len(law.ReviewDue(a.weight(), set.Bool("review.all"))) > 0, nil
}

func (a asking) panelDue() (any, error) {
	hearing, err := a.hearing()
	if err != nil {
		return nil, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	return len(law.PanelDue(a.weight(), a.proposed().penalty(), hearing, law.Fen(set.Int("panel.fine"))*100)) > 0, nil
}

// heavier compares the decision with what the party was told.
func (a asking) heavier() (any, error) {
	told := a.proposed()
	fine, goods := told.fen("told_fine"), told.list("told_goods")
	return law.Heavier(a.penalty(), law.Penalty{Kinds: kinds(fine, goods), Fine: fine, Goods: goods}), nil
}

func (a asking) surcharge() (any, error) {
	if a.Snapshot.Text("surcharge_told") != "yes" {
		return int64(0), nil
	}
	due := a.Snapshot.Clock("pay15")
	if due == nil {
		return int64(0), nil
	}
	return int64(law.Surcharge(a.proposed().fen("fine"), calendar.DateOf(clock.FromMicro(due.Due).Add(-time.Minute)), nil, a.day("paid_on"))), nil
}

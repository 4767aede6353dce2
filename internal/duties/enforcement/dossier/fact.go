package dossier

import (
	"context"
	"math"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/duties/enforcement/power"
	"xiucheng/internal/ground/calendar"
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
	"number":        func(a asking) (any, error) { return a.Snapshot.Number, nil },
	"party_number":  func(a asking) (any, error) { p, err := a.party(); return p.Number, err },
	"party_address": func(a asking) (any, error) { p, err := a.party(); return p.Address, err },
	"fined_before":  asking.finedBefore, "minor": asking.minor,
	"in_time":    func(a asking) (any, error) { _, ok := a.limit(); return ok, nil },
	"limit_date": func(a asking) (any, error) { last, _ := a.limit(); return last.String(), nil },
	"fine_ok":    asking.fineOK, "version_ok": asking.versionOK,
	"violated":    func(a asking) (any, error) { r, err := a.rule(); return r.Law.ZH + r.Forbids, err },
	"penal_basis": func(a asking) (any, error) { r, err := a.rule(); return "《" + r.Law.ZH + "》" + r.Article.ZH, err },
	"hearing_due": func(a asking) (any, error) { return a.hearing() },
	"review_due":  asking.reviewDue, "panel_due": asking.panelDue, "heavier": asking.heavier,
	"version_open": asking.versionOpen, "forced_ok": asking.forcedOK, "measure_ok": asking.measureOK, "under18": asking.under18,
	"limit_end": func(a asking) (any, error) { last, _ := a.limit(); return last.End(), nil },
	"photos_ok": asking.photosOK, "masked_ok": asking.maskedOK, "chain_ok": asking.chainOK,
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

// day is a date of the form, else of the case.
func (a asking) day(name string) calendar.Date {
	for _, from := range []map[string]any{a.Input, a.Snapshot.Data} {
		if t, ok := from[name].(time.Time); ok {
			return calendar.DateOf(t)
		}
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
	list = slices.DeleteFunc(list, func(d party.Decision) bool { return d.Case == a.Snapshot.ID })
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

// limit is the last day on which the act might be found; one that goes on counts
// from today.
func (a asking) limit() (calendar.Date, bool) {
	harm, end := law.Harm{Vital: a.flag("harm_vital"), Happened: a.flag("harm_vital"), Ecological: a.flag("harm_eco")}, a.day("act_end")
	if a.flag("running") {
		end = calendar.DateOf(a.Now)
	}
	last, ok := law.InTime(end, false, a.day("found_at"), law.LimitationYears(harm))
	return last, ok || a.flag("running")
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
	ground, _ := a.value("ground").(string)
	return len(law.CheckFine(r.Rule, fine, law.Mitigation(ground), a.units())) == 0, nil
}

// units is the quantity a fine is counted by, in hundredths.
func (a asking) units() int64 {
	units, _ := a.value("units").(float64)
	if units == 0 {
		units, _ = a.Snapshot.Data["units"].(float64)
	}
	return int64(math.Round(units * 100))
}

// pick is the version that applies (PL 37), by what a reviewer chose where the
// law alone does not say.
func (a asking) pick(chosen string) (c law.Choice, r library.Rule, err error) {
	if r, err = a.rule(); err != nil || r.ID == "" {
		return c, r, err
	}
	lib, err := a.library()
	if err != nil {
		return c, r, err
	}
	return lib.Pick(law.Question{Series: r.Series, ActEnd: a.day("act_end"), Decision: calendar.DateOf(a.Now), Tier: r.Tier, Party: r.Party,
		Chosen: law.Outcome(chosen)}), r, nil
}

func (a asking) versionOK() (any, error) {
	c, r, err := a.pick(a.Snapshot.Text("chosen"))
	return r.ID != "" && c.Settled() && c.Outcome != law.NoPenalty && c.Rule.ID == r.ID, err
}

func (a asking) versionOpen() (any, error) {
	c, r, err := a.pick("")
	return r.ID != "" && !c.Settled(), err
}

// forcedOK is false where the rule adds a confiscation to the rest and nothing is
// confiscated, nor said to be missing (PL 28).
func (a asking) forcedOK() (any, error) {
	r, err := a.rule()
	if err != nil {
		return nil, err
	}
	p := a.penalty()
	missing := slices.ContainsFunc(r.Forced, func(k law.Kind) bool { return (k == law.Goods || k == law.Gains) && !slices.Contains(p.Kinds, k) })
	why, _ := a.value("nothing").(string)
	return !missing || why != "", nil
}

// measureOK reports whether any rule of the violation allows to seal or seize.
func (a asking) measureOK() (any, error) {
	lib, err := a.library()
	if err != nil {
		return nil, err
	}
	return slices.ContainsFunc(lib.Rules(a.Snapshot.Text("violation")), func(r library.Rule) bool { return r.Measure && !r.Elsewhere }), nil
}

func penalty(fine, gains law.Fen, goods []string) law.Penalty {
	p := law.Penalty{Fine: fine, Gains: gains, Goods: goods}
	for kind, there := range map[law.Kind]bool{law.Fine: fine > 0, law.Gains: gains > 0, law.Goods: len(goods) > 0} {
		if there {
			p.Kinds = append(p.Kinds, kind)
		}
	}
	return p
}

func (a asking) penalty() law.Penalty { return penalty(a.fen("fine"), a.fen("gains"), a.list("goods")) }

// proposed is the penalty as the case has it, whatever a form says.
func (a asking) proposed() asking {
	a.Input, a.Step = nil, nil
	return a
}

func (a asking) hearing() (bool, error) {
	why, err := a.hearingWhy()
	return len(why) > 0, err
}

// hearingWhy is why a hearing must be offered for what is proposed, nothing when
// it need not.
func (a asking) hearingWhy() ([]law.Reason, error) {
	a = a.proposed()
	r, err := a.rule()
	if err != nil {
		return nil, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	who := law.Citizen
	if a.text("party_kind") == "org" {
		who = law.Organisation
	}
	return law.HearingDue(a.penalty(), r.Rule, who, library.Thresholds(set), a.flag("other_heavy")), nil
}

// under18 reports whether the party is a minor today.
func (a asking) under18() (any, error) {
	p, err := a.party()
	if err != nil || p.Born == 0 {
		return false, err
	}
	none, lighter := law.Minor(p.Born, calendar.DateOf(a.Now))
	return none || lighter, nil
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
	why, err := a.panelWhy(hearing)
	return len(why) > 0, err
}

// panelWhy is why the heads must discuss what is proposed (PL 34, 57).
func (a asking) panelWhy(hearing bool) ([]law.Reason, error) {
	a = a.proposed()
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	w := a.weight()
	if set.Bool("benchmark.panel") {
		if w.Outside, err = a.outside(); err != nil {
			return nil, err
		}
	}
	return law.PanelDue(w, a.penalty(), hearing, law.Fen(set.Int("panel.fine"))*100), nil
}

// heavier compares the decision with what the party was told.
func (a asking) heavier() (any, error) {
	told := a.proposed()
	return law.Heavier(a.penalty(), penalty(told.fen("told_fine"), told.fen("told_gains"), told.list("told_goods"))), nil
}

// instant is a time of the form.
func (a asking) instant(name string) time.Time {
	t, _ := a.Input[name].(time.Time)
	return t
}

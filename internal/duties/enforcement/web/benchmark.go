package web

import (
	"net/http"
	"strconv"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// calcView is the calculator: the facts, and what they come to.
type calcView struct {
	Scales []scaleChoice
	Chosen library.Scale
	Found  map[string]string
	Rule   library.Rule // in force today that fits
	HasOne bool
	Advice law.Advice
	Done   bool
	Fine   string
	Party  law.PartyKind
	Says   []law.Reason // of the fine: the law's range
	Out    bool         // the fine is outside the grade
	Hear   []law.Reason
	Spot   []law.Reason // why not on the spot
}

type scaleChoice struct {
	Value string
	Name  i18n.Text
}

func (m *Room) benchmark(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	l, err := m.Library.Library(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	v := calcView{Found: map[string]string{}, Fine: q.Get("fine"), Party: law.PartyKind(q.Get("party"))}
	if v.Party == "" {
		v.Party = law.Citizen
	}
	b := i18n.From(ctx).Bundle
	for _, s := range l.Scales() {
		x, err := l.Violation(s.Violation)
		if err != nil {
			continue // a benchmark of an act the library no longer holds
		}
		tier := b.Text("law.tier." + s.Tier)
		v.Scales = append(v.Scales, scaleChoice{s.Violation + "|" + s.Tier, i18n.Text{ZH: x.Name.ZH + "（" + tier.ZH + "）", EN: x.Name.EN + " (" + tier.EN + ")"}})
	}
	violation, tier, _ := strings.Cut(q.Get("scale"), "|")
	if violation == "" && len(v.Scales) > 0 {
		violation, tier, _ = strings.Cut(v.Scales[0].Value, "|")
	}
	if v.Chosen, err = l.Scale(violation, tier); err == nil {
		set, err := m.Settings(ctx, visit.From(ctx).Division.ID)
		if err != nil {
			return err
		}
		m.calculate(&v, l, set, q.Get)
	}
	return httpx.Render(w, r, http.StatusOK, calcPage(v))
}

// calculate finds the grade, and holds the fine against it and against the law.
func (m *Room) calculate(v *calcView, l *library.Library, set *pack.Settings, get func(string) string) {
	for _, x := range l.InForce(v.Chosen.Violation, m.today()) {
		if x.Fits(v.Chosen.Tier, v.Party) && x.Usable() && x.Level == law.National || !v.HasOne && x.Fits(v.Chosen.Tier, v.Party) && x.Usable() {
			v.Rule, v.HasOne = x, true
		}
	}
	for _, f := range v.Chosen.Factors {
		if v.Found[f.ID] = get(f.ID); v.Found[f.ID] != "" {
			v.Done = true
		}
	}
	if v.Done = v.Done && v.HasOne; !v.Done {
		return
	}
	var ok bool
	if v.Advice, ok = v.Chosen.Advise(v.Found, v.Rule.Rule, 0); !ok {
		v.Done = false
		return
	}
	yuan, err := strconv.ParseFloat(v.Fine, 64)
	if err != nil || yuan <= 0 || yuan > 1e10 {
		return
	}
	fine := law.Fen(yuan*100 + 0.5)
	p := law.Penalty{Kinds: []law.Kind{law.Fine}, Fine: fine}
	v.Says = law.CheckFine(v.Rule.Rule, fine, law.NoGround, 0)
	v.Out = v.Advice.Outside(fine)
	v.Hear = law.HearingDue(p, v.Rule.Rule, v.Party, library.Thresholds(set), false)
	v.Spot = law.SimpleOK(law.Spot{Clear: true, Identity: true, Party: v.Party, TraderOrg: library.TraderOrg(set), Rule: v.Rule.Rule, Penalty: p, HearingDue: len(v.Hear) > 0})
}

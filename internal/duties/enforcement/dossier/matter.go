package dossier

import (
	"context"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/enforcement/entry"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/party"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// matter is who and what the case is about, and what the law makes of it so far,
// each with its reason. What is not known yet is left out.
func (m *Room) matter(ctx context.Context, s *engine.Snapshot) (out []ui.Fact, err error) {
	a := asking{m, engine.Asked{Q: m.DB, Snapshot: s, Actor: visit.From(ctx).Actor, Now: m.Clock.Now()}, ctx}
	for _, part := range []func(asking) ([]ui.Fact, error){asking.whom, asking.what, asking.inTime, asking.version, asking.duties, asking.told, asking.frequency} {
		list, err := part(a)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// fact is one line of the matter; without a text there is none.
func (a asking) fact(name, text string) []ui.Fact {
	if text == "" {
		return nil
	}
	return []ui.Fact{{Label: i18n.T(a.ctx, "dossier.fact."+name), Text: text, Wide: true}}
}

// whom is the party with its number masked; who works with parties may ask for
// the whole number on the party's page, which writes down that they did.
func (a asking) whom() ([]ui.Fact, error) {
	dir, err := a.People.Directory(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	var out []ui.Fact
	p, err := a.party()
	switch {
	case err != nil:
		return nil, err
	case !p.ID.IsZero():
		href := ""
		if slices.ContainsFunc(party.Roles, a.Actor.Has) {
			href = "/enforcement/parties/" + p.ID.String()
		}
		out = append(out, ui.Fact{Label: i18n.T(a.ctx, "dossier.fact.party"), Value: who(p.Name, p.Number, href), Wide: true})
	default:
		out = a.fact("party", a.Snapshot.Text("party"))
	}
	officers := []string{name(dir, a.Snapshot.Text("lead")), name(dir, a.Snapshot.Text("co"))}
	officers = slices.DeleteFunc(officers, func(s string) bool { return s == "" })
	out = append(out, a.fact("officers", strings.Join(officers, i18n.T(a.ctx, "dossier.and")))...)
	if d, err := dir.Department(a.Snapshot.Dept); err == nil {
		out = append(out, a.fact("unit", d.Name.In(i18n.LangOf(a.ctx)))...)
	}
	return out, nil
}

// what is the act and where.
func (a asking) what() ([]ui.Fact, error) {
	cause := a.Snapshot.Text("cause")
	lib, err := a.library()
	if err != nil {
		return nil, err
	}
	if v, err := lib.Violation(a.Snapshot.Text("violation")); err == nil { // in the reader's language
		cause = v.Name.In(i18n.LangOf(a.ctx))
	}
	out := slices.Concat(a.fact("cause", cause), a.fact("place", a.Snapshot.Address))
	from, end := a.day("act_from"), a.day("act_end")
	switch {
	case from == 0:
	case a.flag("running"):
		out = append(out, a.fact("act", i18n.T(a.ctx, "dossier.running", "from", from.String()))...)
	case from == end:
		out = append(out, a.fact("act", from.String())...)
	default:
		out = append(out, a.fact("act", i18n.T(a.ctx, "dossier.act", "from", from.String(), "to", end.String()))...)
	}
	return append(out, a.fact("clue", a.Snapshot.Text("clue"))...), nil
}

// inTime is the limitation (PL 36).
func (a asking) inTime() ([]ui.Fact, error) {
	if a.day("act_end") == 0 || a.flag("running") {
		return nil, nil
	}
	last, ok := a.limit()
	if !ok {
		return a.fact("limit", i18n.T(a.ctx, "dossier.limit_over", "date", last.String())), nil
	}
	return a.fact("limit", i18n.T(a.ctx, "dossier.limit", "date", last.String())), nil
}

// version is the rule that was chosen, and which version applies and why (PL 37).
func (a asking) version() ([]ui.Fact, error) {
	c, r, err := a.pick(a.Snapshot.Text("chosen"))
	if err != nil || r.ID == "" {
		return nil, err
	}
	lang := i18n.LangOf(a.ctx)
	out := slices.Concat(a.fact("rule", r.Law.In(lang)+" "+r.Article.In(lang)), a.fact("version", a.because(c.Why)))
	fine, goods := a.fen("fine"), a.list("goods")
	if fine > 0 {
		out = append(out, a.fact("fine", i18n.T(a.ctx, "dossier.yuan", "yuan", fine.Yuan()))...)
	}
	return append(out, a.fact("goods", strings.Join(goods, i18n.T(a.ctx, "dossier.and")))...), nil
}

// duties are the hearing, the review and the panel, whether each is due and why
// (PL 57, 58, 63); before a penalty is proposed nothing can be said.
func (a asking) duties() ([]ui.Fact, error) {
	a = a.proposed()
	r, err := a.rule()
	if err != nil || r.ID == "" || len(a.penalty().Kinds) == 0 {
		return nil, err
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	hearing, err := a.hearingWhy()
	if err != nil {
		return nil, err
	}
	panel, err := a.panelWhy(len(hearing) > 0)
	if err != nil {
		return nil, err
	}
	return slices.Concat(a.due("hearing", "PL63", hearing), a.due("review", "PL58", law.ReviewDue(a.weight(), set.Bool("review.all"))),
		a.due("panel", "PL57", panel)), nil
}

// due says whether a duty arises, with the reasons and the article.
func (a asking) due(name, article string, why []law.Reason) []ui.Fact {
	text := i18n.T(a.ctx, "dossier.not_due")
	if len(why) > 0 {
		var said []string
		for _, r := range why {
			said = append(said, a.because(r))
		}
		text = i18n.T(a.ctx, "dossier.is_due", "why", strings.Join(said, " "))
	}
	return a.fact(name, text+" "+i18n.T(a.ctx, "dossier."+article))
}

// frequency is how often the business was inspected this year, and the cap.
func (a asking) frequency() ([]ui.Fact, error) {
	if a.Snapshot.Procedure != entry.Inspection {
		return nil, nil
	}
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	n, err := a.inspected()
	return a.fact("frequency", i18n.T(a.ctx, "dossier.frequency", "n", n, "cap", set.Int("inspect.cap"))), err
}

// because is a reason of the law in words.
func (a asking) because(r law.Reason) string {
	return i18n.From(a.ctx).Bundle.Text(r.Key).Fill(i18n.LangOf(a.ctx), r.Args)
}

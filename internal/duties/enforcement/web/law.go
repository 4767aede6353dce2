package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// lawLine is one violation of the library's list.
type lawLine struct {
	library.Violation
	Rules  []library.Rule // in force on the day
	NoFine bool           // none of them can carry a fine
}

func (m *Room) laws(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	l, err := m.Library.Library(ctx, visit.From(ctx).Division.ID)
	if err != nil {
		return err
	}
	on, text := asked(r.URL.Query().Get("on"), m.today()), strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q")))
	var out []lawLine
	for _, v := range l.Violations() {
		x := lawLine{Violation: v, Rules: l.InForce(v.Code, on)}
		x.NoFine = !slices.ContainsFunc(x.Rules, func(r library.Rule) bool { return r.Usable() })
		said := strings.ToLower(strings.Join(append([]string{v.Code, v.Name.ZH, v.Name.EN}, v.Classes...), " "))
		for _, r := range x.Rules {
			said += strings.ToLower(r.Law.ZH + " " + r.Law.EN)
		}
		if strings.Contains(said, text) {
			out = append(out, x)
		}
	}
	return httpx.Render(w, r, http.StatusOK, lawsPage(out, r.URL.Query().Get("q"), on))
}

// amount is a rule's range in words.
func amount(ctx context.Context, r law.Rule) string {
	switch {
	case !r.HasFine:
		return i18n.T(ctx, "enf.no_amount")
	case r.PerUnit == "" && r.Min == 0:
		return i18n.T(ctx, "enf.up_to", "max", group(r.Max))
	case r.PerUnit == "m3" && r.Min == r.Max:
		return i18n.T(ctx, "enf.each.m3", "max", group(r.Max))
	case r.PerUnit == "" && r.Min == r.Max:
		return i18n.T(ctx, "enf.exactly", "max", group(r.Max))
	case r.PerUnit == "":
		return i18n.T(ctx, "enf.from_to", "min", group(r.Min), "max", group(r.Max))
	}
	return i18n.T(ctx, "enf.per."+r.PerUnit, "min", group(r.Min), "max", group(r.Max))
}

// group writes yuan with separators.
func group(f law.Fen) string { return thousands(f.Yuan()) }

func thousands(s string) string {
	whole, part, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		return whole + "." + part
	}
	return whole
}

// who says which facts a rule is for.
func who(ctx context.Context, r law.Rule) string {
	var out []string
	if r.Tier != "" {
		out = append(out, i18n.T(ctx, "law.tier."+r.Tier))
	}
	if r.Party != "" {
		out = append(out, i18n.T(ctx, "law.party."+string(r.Party)))
	}
	return strings.Join(out, " · ")
}

// tone marks how far a rule may be trusted.
func tone(r law.Rule) ui.Tone {
	switch {
	case r.Elsewhere || r.Trust == law.NotVerified:
		return ui.Red
	case r.Trust == law.Secondhand:
		return ui.Amber
	}
	return ui.Green
}

// lawView is one violation with everything the library knows of it.
type lawView struct {
	library.Violation
	On       calendar.Date
	Rules    []library.Rule
	Line     timeline
	Question law.Question
	Choices  []choice
	Admin    bool
}

// choice is what the choice of a version came to, for one line of succession.
type choice struct {
	Name string
	law.Choice
	Cut *law.Rule // what a national law leaves of a local range (PL 12)
}

func (m *Room) law(w http.ResponseWriter, r *http.Request) error {
	ctx, v, q := r.Context(), visit.From(r.Context()), r.URL.Query()
	l, err := m.Library.Library(ctx, v.Division.ID)
	if err != nil {
		return err
	}
	out := lawView{On: asked(q.Get("on"), m.today()), Admin: v.Actor.Has(people.Admin)}
	if out.Violation, err = l.Violation(r.PathValue("code")); err != nil {
		return err
	}
	out.Rules = l.Rules(out.Code)
	out.Line = draw(ctx, out.Rules, out.On)
	out.Question = law.Question{ActEnd: asked(q.Get("end"), out.On), Decision: asked(q.Get("decision"), out.On), Tier: q.Get("tier"), Party: law.PartyKind(q.Get("party"))}
	if q.Has("end") {
		for _, s := range l.Series(out.Code) {
			out.Question.Series = s
			c := choice{Choice: l.Pick(out.Question)}
			some := c.Old
			if some.ID == "" {
				some = c.New
			}
			if some.ID == "" {
				continue // this line has nothing for such facts
			}
			c.Name = i18n.T(ctx, "law.level."+string(some.Level))
			out.Choices = append(out.Choices, c)
		}
		cut(out.Choices)
	}
	return httpx.Render(w, r, http.StatusOK, lawPage(out))
}

// cut notes what the national law's range leaves of local ones.
func cut(list []choice) {
	i := slices.IndexFunc(list, func(c choice) bool { return c.Rule.Level == law.National && c.Rule.Usable() && c.Rule.PerUnit == "" })
	for j := range list {
		if local := list[j].Rule; i >= 0 && local.Level != law.National && local.Usable() && local.PerUnit == "" {
			if left, was := law.UnderHigher(local, list[i].Rule); was {
				list[j].Cut = &left
			}
		}
	}
}

// The line of time: so many years around a day, in units of a drawing 1,000 wide.
const (
	lineYears = 4
	lineWide  = 1000
	lineRow   = 30
	lineHead  = 22
)

type timeline struct {
	Height int
	Marks  []mark // the years
	Bars   []bar
	Now    int
}

type mark struct {
	X    int
	Year string
}

type bar struct {
	X, Y, W int
	Label   string
	Before  bool // there is room for the label only before the bar
	On      bool
}

// draw puts versions on a line that begins three years before the day.
func draw(ctx context.Context, rules []library.Rule, on calendar.Date) (t timeline) {
	begin := on - 3*365
	span := calendar.Date(lineYears * 365)
	x := func(d calendar.Date) int {
		return int(min(max(d-begin, 0), span)) * lineWide / int(span)
	}
	for y := begin.Year() + 1; y <= (begin + span).Year(); y++ {
		if d, err := calendar.ParseDate(strconv.Itoa(y) + "-01-01"); err == nil {
			t.Marks = append(t.Marks, mark{x(d), strconv.Itoa(y)})
		}
	}
	for _, r := range rules {
		end := r.To
		if end == 0 {
			end = begin + span
		}
		if end < begin || r.Elsewhere {
			continue
		}
		b := bar{X: x(r.From), Y: lineHead + len(t.Bars)*lineRow, On: r.InForce(on)}
		b.W = max(x(end+1)-b.X, 3)
		b.Before = b.X > lineWide/2
		b.Label = r.Law.In(i18n.LangOf(ctx)) + " " + r.Article.In(i18n.LangOf(ctx))
		if to := who(ctx, r.Rule); to != "" {
			b.Label += " · " + to
		}
		t.Bars = append(t.Bars, b)
	}
	t.Now, t.Height = x(on), lineHead+len(t.Bars)*lineRow+4
	return t
}

func (m *Room) confirmForm(r *http.Request, x library.Rule) form.Form {
	b := i18n.From(r.Context()).Bundle
	f := form.New("confirm", "/enforcement/rules/"+x.ID, []form.Field{
		{Name: "article", Type: form.Text, Label: b.Text("enf.col.article"), Help: b.Text("enf.confirm.article"), Required: true},
		{Name: "min", Type: form.Money, Label: b.Text("enf.col.min"), Required: true}, {Name: "max", Type: form.Money, Label: b.Text("enf.col.max"), Required: true},
		{Name: "why", Type: form.Long, Label: b.Text("enf.confirm.why"), Help: b.Text("enf.confirm.why_help"), Required: true}})
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "enf.confirm.do"), Icon: "check", Primary: true}}
	return f
}

func (m *Room) ruleOf(r *http.Request) (library.Rule, error) {
	l, err := m.Library.Library(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return library.Rule{}, err
	}
	return l.Rule(r.PathValue("id"))
}

func (m *Room) askConfirm(w http.ResponseWriter, r *http.Request) error {
	x, err := m.ruleOf(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, confirmPage(x, m.confirmForm(r, x)))
}

func (m *Room) confirm(w http.ResponseWriter, r *http.Request) error {
	x, err := m.ruleOf(r)
	if err != nil {
		return err
	}
	f := m.confirmForm(r, x)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		str := func(name string) string { s, _ := in.Values[name].(string); return s }
		yuan := func(name string) string { n, _ := in.Values[name].(int64); return law.Fen(n).Yuan() }
		err = m.Library.Confirm(r.Context(), visit.From(r.Context()).Actor, x.ID, str("article"), yuan("min"), yuan("max"), str("why"))
	}
	if ours(err) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, confirmPage(x, f.Refused(r.Context(), in, err)))
	}
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "enf.confirmed"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/enforcement/law/"+x.Violation)
}

package catalogue

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// Build makes a catalogue of entries, in their order. Entries that do not hold
// together are left out and named, all at once.
func Build(entries []Entry) (*Catalogue, []Issue) {
	b := &builder{c: &Catalogue{
		byID: map[string]int{}, byKey: map[Key]int{}, conditions: map[string][]Condition{},
		byCond: map[string]Condition{}, fallbacks: map[string]Fallback{},
	}}
	// References point to kinds that stand earlier in this list.
	for _, pass := range []struct {
		kind string
		add  func(Entry)
	}{
		{KindGroup, b.group}, {KindClass, b.class}, {KindFamily, b.family}, {KindFlag, b.flag},
		{KindFallback, b.fallback}, {KindCondition, b.condition}, {KindRoute, b.route}, {KindDuty, b.duty},
		{KindQuestion, b.question}, {KindChoice, b.choice},
	} {
		for _, e := range entries {
			if e.Kind == pass.kind {
				pass.add(e)
			}
		}
	}
	b.finish()
	return b.c, b.issues
}

type builder struct {
	c      *Catalogue
	issues []Issue
}

func (b *builder) bad(e Entry, key string, kv ...any) {
	b.issues = append(b.issues, issue(e, key, kv...))
}

func decode[T any](b *builder, e Entry) (v T, ok bool) {
	if err := json.Unmarshal([]byte(e.Body), &v); err != nil {
		b.bad(e, "catalogue.unreadable", "why", err.Error())
		return v, false
	}
	return v, true
}

func (b *builder) group(e Entry) {
	if g, ok := decode[Group](b, e); ok {
		b.c.groups = append(b.c.groups, g)
	}
}

func (b *builder) class(e Entry) {
	x, ok := decode[Class](b, e)
	if !ok {
		return
	}
	i := slices.IndexFunc(b.c.groups, func(g Group) bool { return g.ID == x.Group })
	switch _, twice := b.c.byKey[x.Key]; {
	case twice:
		b.bad(e, "catalogue.class_twice", "code", x.Code, "standard", x.Standard)
	case i < 0:
		b.bad(e, "catalogue.group_unknown", "group", x.Group)
	case x.Kind != Component && x.Kind != Event:
		b.bad(e, "catalogue.kind_unknown", "kind", string(x.Kind))
	case !x.Valid():
		b.bad(e, "catalogue.period_bad")
	case strings.HasPrefix(x.ID, "LOCAL-") != (x.Standard == cLocal):
		b.bad(e, "catalogue.local_range", "id", x.ID)
	default:
		x.GroupName = b.c.groups[i].Name
		b.c.byID[x.ID], b.c.byKey[x.Key] = len(b.c.classes), len(b.c.classes)
		b.c.classes = append(b.c.classes, x)
	}
}

func (b *builder) family(e Entry) {
	f, ok := decode[Family](b, e)
	switch {
	case !ok:
	case f.RadiusM <= 0 || f.WindowHours <= 0:
		b.bad(e, "catalogue.family_bad", "id", f.ID)
	case b.names(e, f.Classes):
		b.c.families = append(b.c.families, f)
	}
}

func (b *builder) flag(e Entry) {
	f, ok := decode[Flag](b, e)
	switch {
	case !ok:
	case f.ID != FlagBlocking && f.ID != FlagSelfFix && f.ID != FlagWaivable:
		b.bad(e, "catalogue.flag_unknown", "id", f.ID)
	case f.Classes == "" || b.names(e, f.Classes):
		b.c.flags = append(b.c.flags, f)
	}
}

func (b *builder) fallback(e Entry) {
	f, ok := decode[Fallback](b, e)
	if !ok {
		return
	}
	if !slices.ContainsFunc(b.c.groups, func(g Group) bool { return g.ID == f.Group }) {
		b.bad(e, "catalogue.group_unknown", "group", f.Group)
		return
	}
	b.c.fallbacks[f.Group] = f
}

func (b *builder) condition(e Entry) {
	c, ok := decode[Condition](b, e)
	if !ok {
		return
	}
	class, err := b.c.Class(c.Class)
	switch {
	case err != nil:
		b.bad(e, "catalogue.class_unknown", "class", c.Class)
	case class.Kind != Event:
		b.bad(e, "catalogue.condition_component", "class", c.Class)
	case !c.Valid():
		b.bad(e, "catalogue.period_bad")
	case strings.HasSuffix(c.ID, "-0"):
		b.bad(e, "catalogue.condition_zero", "id", c.ID)
	default:
		b.c.conditions[c.Class] = append(b.c.conditions[c.Class], c)
		b.c.byCond[c.ID] = c
	}
}

func (b *builder) route(e Entry) {
	if r, ok := decode[Route](b, e); ok && b.names(e, r.Classes) {
		b.c.routes = append(b.c.routes, r)
	}
}

func (b *builder) duty(e Entry) {
	if d, ok := decode[Duty](b, e); ok && b.names(e, d.Classes) {
		b.c.duties = append(b.c.duties, d)
	}
}

func (b *builder) question(e Entry) {
	q, ok := decode[Question](b, e)
	if !ok || !b.names(e, q.Classes) {
		return
	}
	typed := (q.Type == AskEnum) == (len(q.Options) > 0) && slices.Contains([]string{AskBool, AskEnum, AskText}, q.Type)
	if !typed || q.Ask.ZH == "" || q.Ask.EN == "" {
		b.bad(e, "catalogue.question_bad", "id", q.ID)
		return
	}
	for _, o := range q.Outcomes {
		known := slices.Contains([]string{Stop, Redirect, Danger, Inform}, o.Effect)
		if !known || o.Answer == "" || !q.Answers(o.Answer) || o.Message.ZH == "" || o.Message.EN == "" {
			b.bad(e, "catalogue.outcome_bad", "id", q.ID, "answer", o.Answer)
			return
		}
	}
	b.c.questions = append(b.c.questions, q)
}

func (b *builder) choice(e Entry) {
	ch, ok := decode[Choice](b, e)
	if !ok {
		return
	}
	for _, i := range ch.Items {
		x, err := b.c.Class(i.Class)
		if err != nil || x.Kind != Event {
			b.bad(e, "catalogue.class_unknown", "class", i.Class)
			return
		}
		b.c.classes[b.c.byID[i.Class]].Public = true
	}
	if ch.Name.ZH == "" || ch.Name.EN == "" || ch.Icon == "" || len(ch.Items) == 0 {
		b.bad(e, "catalogue.choice_bad", "id", ch.ID)
		return
	}
	b.c.choices = append(b.c.choices, ch)
}

// names reports whether every word of the pattern names at least one class.
func (b *builder) names(e Entry, p Pattern) bool {
	words := strings.Fields(string(p))
	if len(words) == 0 {
		b.bad(e, "catalogue.pattern_empty")
		return false
	}
	for _, w := range words {
		if !slices.ContainsFunc(b.c.classes, func(x Class) bool { return Pattern(w).Match(x) > 0 }) {
			b.bad(e, "catalogue.class_unknown", "class", w)
			return false
		}
	}
	return true
}

// finish writes into every class what the tables say about it.
func (b *builder) finish() {
	c := b.c
	for i := range c.classes {
		x := &c.classes[i]
		x.Family, _ = closest(c.families, func(f Family) Pattern { return f.Classes }, *x)
		for _, f := range c.flags {
			on := f.Classes.Match(*x) > 0
			x.Blocking = x.Blocking || (on && f.ID == FlagBlocking)
			x.SelfFix = x.SelfFix || (on && f.ID == FlagSelfFix)
			x.Waivable = x.Waivable || (on && f.ID == FlagWaivable)
		}
	}
	slices.SortStableFunc(c.questions, func(a, b Question) int { return cmp.Compare(a.Rank, b.Rank) })
	slices.SortStableFunc(c.choices, func(a, b Choice) int { return cmp.Compare(a.Rank, b.Rank) })
	slices.SortFunc(c.groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.classes, func(a, b Class) int { return cmp.Compare(a.ID, b.ID) })
	for i, x := range c.classes {
		c.byID[x.ID], c.byKey[x.Key] = i, i
	}
}

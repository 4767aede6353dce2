package admin

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// classLine is one class with the lines of its standard.
type classLine struct {
	catalogue.Class
	Lines []conditionLine
}

type conditionLine struct {
	catalogue.Condition
	Changed *catalogue.Stored // the local change, nil for none
}

// classList is the list with its filters.
type classList struct {
	Kind, Group, Q string
	Local          bool
	Groups         []catalogue.Group
	Lines          []classLine
	Pager          ui.Pager
}

const classPage = 25

// changes are the division's local changes of conditions, by id.
func (d *Door) changes(r *http.Request) (map[string]*catalogue.Stored, error) {
	list, err := d.Catalogues.LocalChanges(r.Context(), visit.From(r.Context()).Division.ID)
	out := map[string]*catalogue.Stored{}
	for i, x := range list {
		if x.Kind == catalogue.KindCondition {
			out[x.Key] = &list[i]
		}
	}
	return out, err
}

func (d *Door) classes(w http.ResponseWriter, r *http.Request) error {
	v, found, err := d.classLines(r)
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("from")) // anything else is the start
	from = max(0, min(from, len(found)))
	v.Lines = found[from:min(from+classPage, len(found))]
	v.Pager = ui.Pager{Shown: len(v.Lines), Total: strconv.Itoa(len(found))}
	if from > 0 {
		v.Pager.First = v.address(0)
	}
	if from+classPage < len(found) {
		v.Pager.Next = v.address(from + classPage)
	}
	return httpx.Render(w, r, http.StatusOK, classesPage(v))
}

// classLines are the classes that the address looks for.
func (d *Door) classLines(r *http.Request) (v classList, found []classLine, err error) {
	c, err := d.Catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return v, nil, err
	}
	changed, err := d.changes(r)
	if err != nil {
		return v, nil, err
	}
	q := r.URL.Query()
	v = classList{Kind: q.Get("kind"), Group: q.Get("group"), Q: q.Get("q"), Local: q.Get("local") != "", Groups: c.Groups()}
	if v.Kind != string(catalogue.Component) {
		v.Kind = string(catalogue.Event)
	}
	return v, v.find(c, changed, d.Clock.Now()), nil
}

func (v classList) address(from int) string {
	q := url.Values{"kind": {v.Kind}}
	for name, value := range map[string]string{"group": v.Group, "q": v.Q} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.Local {
		q.Set("local", "1")
	}
	if from > 0 {
		q.Set("from", strconv.Itoa(from))
	}
	return "/admin/catalogue?" + q.Encode()
}

func (v classList) find(c *catalogue.Catalogue, changed map[string]*catalogue.Stored, at time.Time) (out []classLine) {
	text := strings.ToLower(strings.TrimSpace(v.Q))
	for _, x := range c.Classes(catalogue.Kind(v.Kind), time.Time{}) {
		hay := strings.ToLower(strings.Join([]string{x.ID, x.Code, x.Legacy, x.LegacyName, x.Name.ZH, x.Name.EN}, " "))
		if v.Group != "" && x.Group != v.Group || !strings.Contains(hay, text) {
			continue
		}
		line, local := lineOf(c, x, changed, at)
		if v.Local && !local {
			continue
		}
		out = append(out, line)
	}
	return out
}

// lineOf is a class with its lines in force; local reports a change made here.
func lineOf(c *catalogue.Catalogue, x catalogue.Class, changed map[string]*catalogue.Stored, at time.Time) (line classLine, local bool) {
	line.Class = x
	if part, ok := c.ComponentOf(x); ok && x.Legacy == "" { // the older edition only codes the thing, not that it is out of order
		line.Legacy, line.LegacyName = part.Legacy, part.LegacyName
	}
	for _, cond := range c.Conditions(x.ID, at) {
		line.Lines = append(line.Lines, conditionLine{cond, changed[cond.ID]})
		local = local || changed[cond.ID] != nil
	}
	return line, local
}

// classOf is the class of the address.
func (d *Door) classOf(r *http.Request) (*catalogue.Catalogue, catalogue.Class, error) {
	c, err := d.Catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return nil, catalogue.Class{}, err
	}
	x, err := c.Class(r.PathValue("class"))
	return c, x, err
}

func (d *Door) class(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.classOf(r)
	if err != nil {
		return err
	}
	changed, err := d.changes(r)
	if err != nil {
		return err
	}
	line, _ := lineOf(c, x, changed, d.Clock.Now())
	for _, key := range slices.Sorted(maps.Keys(changed)) { // what was written here for another time must be found again
		cond, err := c.Condition(key)
		shown := slices.ContainsFunc(line.Lines, func(l conditionLine) bool { return l.ID == key })
		if err == nil && cond.Class == x.ID && !shown {
			line.Lines = append(line.Lines, conditionLine{cond, changed[key]})
		}
	}
	return httpx.Render(w, r, http.StatusOK, classPageOf(line))
}

// fresh is the address of a line that does not exist yet.
const fresh = "new"

// conditionOf is the line of the address: a fresh one starts as the class's
// default, with the next free id.
func conditionOf(r *http.Request, c *catalogue.Catalogue, x catalogue.Class) (catalogue.Condition, error) {
	key := r.PathValue("condition")
	if key == fresh && x.Kind == catalogue.Event {
		cond, err := c.Condition(x.ID + "-0")
		if err != nil {
			cond = catalogue.Condition{Class: x.ID, Limit: catalogue.Limit{N: 1, Unit: calendar.WorkingDay}}
		}
		for n := 1; ; n++ {
			cond.ID = fmt.Sprintf("%s-%d", x.ID, n)
			if _, err := c.Condition(cond.ID); err != nil {
				break
			}
		}
		cond.Default, cond.Provenance = false, catalogue.Local
		return cond, nil
	}
	cond, err := c.Condition(key)
	if err == nil && (cond.Class != x.ID || cond.Default) {
		err = fault.Missing("condition")
	}
	return cond, err
}

func conditionFields(r *http.Request) []form.Field {
	one, units, origins := 1, []form.Option{}, []form.Option{}
	for _, u := range []calendar.Unit{calendar.ContinuousHour, calendar.WorkingHour, calendar.WorkingDay, calendar.NaturalDay} {
		units = append(units, form.Option{Value: string(u), Label: words(r, "admin.unit."+string(u))})
	}
	for _, p := range []string{catalogue.Official, catalogue.Local, catalogue.Demo} {
		origins = append(origins, form.Option{Value: p, Label: words(r, "admin.origin."+p)})
	}
	return []form.Field{
		{Name: "filing_zh", Type: form.Text, Label: words(r, "admin.filing_zh"), Required: true},
		{Name: "filing_en", Type: form.Text, Label: words(r, "admin.filing_en"), Required: true},
		{Name: "closing_zh", Type: form.Text, Label: words(r, "admin.closing_zh"), Required: true},
		{Name: "closing_en", Type: form.Text, Label: words(r, "admin.closing_en"), Required: true},
		{Name: "limit", Type: form.Int, Label: words(r, "admin.limit"), Required: true, Min: &one},
		{Name: "unit", Type: form.Enum, Label: words(r, "admin.unit"), Options: units, Required: true},
		{Name: "hazard", Type: form.Bool, Label: words(r, "admin.hazard")},
		{Name: "responsible", Type: form.Text, Label: words(r, "admin.responsible")},
		{Name: "basis", Type: form.Text, Label: words(r, "admin.basis"), Help: words(r, "admin.basis_help"), Required: true},
		{Name: "provenance", Type: form.Enum, Label: words(r, "admin.origin"), Options: origins, Required: true},
		{Name: "valid_from", Type: form.Date, Label: words(r, "admin.from")},
		{Name: "valid_to", Type: form.Date, Label: words(r, "admin.to")},
	}
}

func conditionForm(r *http.Request) form.Form {
	return form.New("condition", "/admin/catalogue/"+r.PathValue("class")+"/"+r.PathValue("condition"), conditionFields(r))
}

// conditionView is one line on its page.
type conditionView struct {
	Class   catalogue.Class
	Line    catalogue.Condition
	Changed *catalogue.Stored
	Form    form.Form
}

func (d *Door) showCondition(w http.ResponseWriter, r *http.Request, status int, v conditionView) error {
	changed, err := d.changes(r)
	if err != nil {
		return err
	}
	v.Changed = changed[v.Line.ID]
	return httpx.Render(w, r, status, conditionPage(v))
}

func (d *Door) condition(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.classOf(r)
	if err != nil {
		return err
	}
	cond, err := conditionOf(r, c, x)
	if err != nil {
		return err
	}
	f := conditionForm(r).Fill(map[string]any{
		"filing_zh": cond.Filing.ZH, "filing_en": cond.Filing.EN, "closing_zh": cond.Closing.ZH, "closing_en": cond.Closing.EN,
		"limit": int64(cond.Limit.N), "unit": string(cond.Limit.Unit), "hazard": cond.Hazard, "responsible": cond.Responsible,
		"basis": cond.Basis, "provenance": cond.Provenance, "valid_from": cond.From, "valid_to": cond.To,
	}, calendar.Zone)
	return d.showCondition(w, r, http.StatusOK, conditionView{Class: x, Line: cond, Form: f})
}

func (d *Door) saveCondition(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.classOf(r)
	if err != nil {
		return err
	}
	cond, err := conditionOf(r, c, x)
	if err != nil {
		return err
	}
	f := conditionForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		n, _ := in.Values["limit"].(int64)
		cond.Filing = i18n.Text{ZH: str(in, "filing_zh"), EN: str(in, "filing_en")}
		cond.Closing = i18n.Text{ZH: str(in, "closing_zh"), EN: str(in, "closing_en")}
		cond.Limit = catalogue.Limit{N: int(n), Unit: calendar.Unit(str(in, "unit"))}
		cond.Hazard, _ = in.Values["hazard"].(bool)
		cond.Responsible, cond.Basis, cond.Provenance = str(in, "responsible"), str(in, "basis"), str(in, "provenance")
		cond.Period = people.Period{From: day(in, "valid_from"), To: day(in, "valid_to")}
		err = d.Catalogues.SaveCondition(r.Context(), visit.From(r.Context()).Actor, cond)
	}
	if refused(err) {
		return d.showCondition(w, r, fault.As(err).Kind.Status(), conditionView{Class: x, Line: cond, Form: f.Refused(r.Context(), in, err)})
	} else if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/catalogue/"+x.ID)
}

func (d *Door) revertCondition(w http.ResponseWriter, r *http.Request) error {
	_, x, err := d.classOf(r)
	if err != nil {
		return err
	}
	if err := d.Catalogues.Revert(r.Context(), visit.From(r.Context()).Actor, catalogue.KindCondition, r.PathValue("condition")); err != nil {
		return err
	}
	return accept(w, r, "admin.reverted", "/admin/catalogue/"+x.ID)
}

// legacy is the code of the older edition with how sure it is.
func legacy(ctx context.Context, x catalogue.Class) string {
	if x.Legacy == "" {
		return ""
	}
	return i18n.T(ctx, "admin.legacy", "code", strings.TrimSpace(x.Legacy+" "+x.LegacyName))
}

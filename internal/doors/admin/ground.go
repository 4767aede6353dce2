package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// classLine is one class of the list.
type classLine struct {
	catalogue.Class
	Conditions []catalogue.Condition
	Changed    bool // here, not by the pack
}

// classesShown is how many classes one page lists.
const classesShown = 60

// changedHere are the ids of conditions changed in this division.
func (d *Door) changedHere(r *http.Request) (map[string]bool, error) {
	list, err := d.Catalogues.LocalChanges(r.Context(), visit.From(r.Context()).Division.ID)
	out := map[string]bool{}
	for _, e := range list {
		out[e.Entry.Key] = true
	}
	return out, err
}

func (d *Door) catalogue(w http.ResponseWriter, r *http.Request) error {
	cat, err := d.Catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	changed, err := d.changedHere(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	kind := catalogue.Event
	if q.Get("kind") == string(catalogue.Component) {
		kind = catalogue.Component
	}
	now, want, after := time.Now(), strings.ToLower(strings.TrimSpace(q.Get("q"))), q.Get("after")
	var lines []classLine
	next := ""
	for _, c := range cat.Classes(kind, now) {
		hay := strings.ToLower(strings.Join([]string{c.ID, c.Code, c.Legacy, c.Name.ZH, c.Name.EN, c.GroupName.ZH, c.GroupName.EN}, " "))
		if c.ID <= after || !strings.Contains(hay, want) {
			continue
		}
		if len(lines) == classesShown {
			next = lines[classesShown-1].ID
			break
		}
		line := classLine{Class: c, Conditions: cat.Conditions(c.ID, now)}
		for _, x := range line.Conditions {
			line.Changed = line.Changed || changed[x.ID]
		}
		lines = append(lines, line)
	}
	pager := ui.Pager{Shown: len(lines)}
	if next != "" {
		pager.Next = "/admin/catalogue?kind=" + string(kind) + "&q=" + want + "&after=" + next
	}
	return httpx.Render(w, r, http.StatusOK, cataloguePage(kind, q.Get("q"), lines, pager))
}

// limitUnits are the units a limit is given in.
var limitUnits = []calendar.Unit{calendar.ContinuousHour, calendar.WorkingHour, calendar.WorkingDay, calendar.NaturalDay}

func (d *Door) conditionForm(r *http.Request, c catalogue.Condition) form.Form {
	least := 1
	text := func(name string) form.Field {
		return form.Field{Name: name, Type: form.Long, Label: words(r, "admin.condition."+name), Required: true}
	}
	unit := form.Field{Name: "unit", Type: form.Enum, Label: words(r, "admin.condition.unit"), Required: true}
	for _, u := range limitUnits {
		unit.Options = append(unit.Options, form.Option{Value: string(u), Label: words(r, "admin.unit."+string(u))})
	}
	f := form.New("condition", "/admin/catalogue/"+c.ID, []form.Field{
		text("filing_zh"), text("filing_en"), text("closing_zh"), text("closing_en"),
		{Name: "n", Type: form.Int, Label: words(r, "admin.condition.n"), Required: true, Min: &least}, unit,
		{Name: "hazard", Type: form.Bool, Label: words(r, "admin.condition.hazard")},
		{Name: "basis", Type: form.Text, Label: words(r, "admin.condition.basis"), Help: words(r, "admin.condition.basis_help"), Required: true},
	})
	return f.Fill(map[string]any{"filing_zh": c.Filing.ZH, "filing_en": c.Filing.EN, "closing_zh": c.Closing.ZH, "closing_en": c.Closing.EN,
		"n": int64(c.Limit.N), "unit": string(c.Limit.Unit), "hazard": c.Hazard, "basis": c.Basis}, calendar.Zone)
}

// conditionOf is the line of the path and its class.
func (d *Door) conditionOf(r *http.Request) (c catalogue.Condition, x catalogue.Class, err error) {
	cat, err := d.Catalogues.Catalogue(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return c, x, err
	}
	if c, err = cat.Condition(r.PathValue("id")); err != nil {
		return c, x, err
	}
	x, err = cat.Class(c.Class)
	return c, x, err
}

func (d *Door) condition(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.conditionOf(r)
	if err != nil {
		return err
	}
	changed, err := d.changedHere(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, conditionPage(x, c, d.conditionForm(r, c), changed[c.ID]))
}

func (d *Door) saveCondition(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.conditionOf(r)
	if err != nil {
		return err
	}
	f := d.conditionForm(r, c)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err == nil {
		n, _ := in.Values["n"].(int64)
		c.Filing, c.Closing = i18n.Text{ZH: str(in, "filing_zh"), EN: str(in, "filing_en")}, i18n.Text{ZH: str(in, "closing_zh"), EN: str(in, "closing_en")}
		c.Limit, c.Basis, c.Provenance = catalogue.Limit{N: int(n), Unit: calendar.Unit(str(in, "unit"))}, str(in, "basis"), catalogue.Local
		c.Hazard, _ = in.Values["hazard"].(bool)
		err = d.Catalogues.SaveCondition(r.Context(), visit.From(r.Context()).Actor, c)
	}
	if refused(err) {
		return httpx.Render(w, r, fault.As(err).Kind.Status(), conditionPage(x, c, f.Refused(r.Context(), in, err), false))
	}
	if err != nil {
		return err
	}
	return accept(w, r, "admin.saved", "/admin/catalogue?q="+x.ID)
}

func (d *Door) revertCondition(w http.ResponseWriter, r *http.Request) error {
	c, x, err := d.conditionOf(r)
	if err != nil {
		return err
	}
	if err := d.Catalogues.Revert(r.Context(), visit.From(r.Context()).Actor, catalogue.KindCondition, c.ID); err != nil {
		return err
	}
	return accept(w, r, "admin.reverted", "/admin/catalogue?q="+x.ID)
}

// year is one year's table of exceptions.
type year struct {
	Year     int
	Official bool
	Days     []calendar.Day
}

func (d *Door) hoursForm(r *http.Request, set *pack.Settings) form.Form {
	f := form.New("hours", "/admin/calendar/hours", []form.Field{
		{Name: "desk", Type: form.Text, Label: words(r, "admin.hours.desk"), Help: words(r, "admin.hours.help"), Required: true},
		{Name: "dept", Type: form.Text, Label: words(r, "admin.hours.dept"), Help: words(r, "admin.hours.help"), Required: true},
	})
	return f.Fill(map[string]any{"desk": set.Text("calendar.desk"), "dept": set.Text("calendar.dept")}, calendar.Zone)
}

func (d *Door) noticeForm(r *http.Request) form.Form {
	f := form.New("notice", "/admin/calendar/notice", []form.Field{
		{Name: "file", Type: form.File, Label: words(r, "admin.notice.file"), Help: words(r, "admin.notice.help"), Required: true},
	})
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "admin.notice.check"), Icon: "search", Primary: true}}
	return f
}

func (d *Door) calendar(w http.ResponseWriter, r *http.Request) error {
	set, err := d.Packs.Settings(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	return d.showCalendar(w, r, http.StatusOK, d.hoursForm(r, set), d.noticeForm(r))
}

func (d *Door) showCalendar(w http.ResponseWriter, r *http.Request, status int, hours, notice form.Form) error {
	days, err := d.Calendars.Days(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	var years []year
	for _, x := range days {
		if len(years) == 0 || years[len(years)-1].Year != x.Date.Year() {
			years = append(years, year{Year: x.Date.Year()})
		}
		y := &years[len(years)-1]
		y.Days, y.Official = append(y.Days, x), y.Official || x.Official
	}
	slices.Reverse(years)
	return httpx.Render(w, r, status, calendarPage(years, hours, notice))
}

func (d *Door) saveHours(w http.ResponseWriter, r *http.Request) error {
	v := visit.From(r.Context())
	set, err := d.Packs.Settings(r.Context(), v.Division.ID)
	if err != nil {
		return err
	}
	f := d.hoursForm(r, set)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	for _, name := range []string{"desk", "dept"} {
		if err == nil && str(in, name) != set.Text("calendar."+name) {
			err = d.Packs.SaveSetting(r.Context(), v.Actor, "calendar."+name, str(in, name))
			if fault.Is(err, fault.Invalid) {
				err = fault.New(fault.Invalid, "form.refused").Field(name, "admin.hours.bad")
			}
		}
	}
	if refused(err) {
		return d.showCalendar(w, r, http.StatusUnprocessableEntity, f.Refused(r.Context(), in, err), d.noticeForm(r))
	}
	if err != nil {
		return err
	}
	return d.recomputed(w, r, i18n.T(r.Context(), "admin.hours"))
}

// recomputed counts every open clock again and shows what moved.
func (d *Door) recomputed(w http.ResponseWriter, r *http.Request, why string) error {
	moved, err := d.Engine.Recompute(r.Context(), visit.From(r.Context()).Actor, why)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, movedPage(why, moved))
}

// notice checks an uploaded notice and shows what it would change; the second
// step, apply, carries the text that was checked.
func (d *Door) notice(w http.ResponseWriter, r *http.Request) error {
	f := d.noticeForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	text := []byte(in.Raw.Get("text"))
	if err == nil && len(in.Files["file"]) > 0 {
		text, err = pack.ReadUpload(in.Files["file"][0])
	}
	if len(text) > 0 {
		err = nil
	}
	var number int
	var days []calendar.Day
	if err == nil {
		if number, days, err = calendar.ReadNotice(bytes.NewReader(text)); err != nil {
			err = fault.Wrap(err, fault.Invalid, "form.refused").Field("file", "admin.notice.bad", "why", err.Error())
		}
	}
	if refused(err) {
		set, serr := d.Packs.Settings(r.Context(), visit.From(r.Context()).Division.ID)
		if serr != nil {
			return serr
		}
		return d.showCalendar(w, r, http.StatusUnprocessableEntity, d.hoursForm(r, set), f.Refused(r.Context(), in, err))
	}
	if err != nil {
		return err
	}
	if in.Raw.Get("apply") == "" {
		return httpx.Render(w, r, http.StatusOK, noticePage(number, days, string(text)))
	}
	v := visit.From(r.Context())
	err = d.DB.Write(r.Context(), func(tx *dbx.Tx) error { return calendar.Import(r.Context(), tx, v.Division.ID, number, days) })
	if err != nil {
		return err
	}
	return d.recomputed(w, r, i18n.T(r.Context(), "admin.notice.why", "year", fmt.Sprint(number)))
}

func (d *Door) importForm(r *http.Request) form.Form {
	f := form.New("import", "/admin/import", []form.Field{
		{Name: "file", Type: form.File, Label: words(r, "admin.import.file"), Help: words(r, "admin.import.help"), Required: true}})
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "admin.import.do"), Icon: "upload", Primary: true}}
	return f
}

func (d *Door) importPage(w http.ResponseWriter, r *http.Request) error {
	return httpx.Render(w, r, http.StatusOK, importPage(d.importForm(r), nil))
}

// importWorkbook takes a workbook in, all of it or nothing; what is wrong is
// listed by sheet and row.
func (d *Door) importWorkbook(w http.ResponseWriter, r *http.Request) error {
	f := d.importForm(r)
	in, err := form.Read(r, f.Fields, calendar.Zone)
	var problems pack.Problems
	if err == nil {
		var data []byte
		if data, err = pack.ReadUpload(in.Files["file"][0]); err == nil {
			var wb *pack.Workbook
			if wb, problems = pack.ReadWorkbook(bytes.NewReader(data)); len(problems) == 0 {
				problems, err = d.Packs.Import(r.Context(), visit.From(r.Context()).Actor, wb)
			}
		}
	}
	switch {
	case len(problems) > 0:
		return httpx.Render(w, r, http.StatusUnprocessableEntity, importPage(f, d.lines(r, problems)))
	case refused(err):
		return httpx.Render(w, r, fault.As(err).Kind.Status(), importPage(f.Refused(r.Context(), in, err), nil))
	case err != nil:
		return err
	}
	return accept(w, r, "admin.import.done", "/admin/people")
}

func (d *Door) lines(r *http.Request, problems pack.Problems) []string {
	out := make([]string, 0, len(problems))
	for _, p := range problems {
		out = append(out, p.Text(i18n.From(r.Context()).Bundle, i18n.LangOf(r.Context())))
	}
	return out
}

// template sends an empty workbook.
func (d *Door) template(w http.ResponseWriter, r *http.Request) error {
	dir, err := d.directory(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := pack.Template(&b, dir, i18n.LangOf(r.Context())); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="xiucheng.xlsx"`)
	_, _ = w.Write(b.Bytes()) // the visitor may have left
	return nil
}

package admin

import (
	"bytes"
	"context"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/forecast"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/visit"
)

// yearView is a year's table with the forms that change it.
type yearView struct {
	Year     int
	Years    []int
	Official bool
	Months   []month
	Holidays []holiday
	Hours    form.Form
	Notice   form.Form
}

// month is drawn as a small table; a zero date is an empty cell.
type month struct {
	First time.Time
	Weeks [][7]cell
}

type cell struct {
	Date  calendar.Date
	Kind  string // off, work or rest: a day off, a make-up day, a plain weekend
	Empty bool
}

// holiday is the days that one notice gives one name.
type holiday struct {
	Name, Source string
	Off, Work    []calendar.Date
	Official     bool
}

func (d *Door) desk(r *http.Request, name string) (*calendar.Calendar, error) {
	return d.Calendars.Calendar(r.Context(), visit.From(r.Context()).Division.ID, name)
}

func (d *Door) year(w http.ResponseWriter, r *http.Request) error {
	return d.showYear(w, r, http.StatusOK, func(*yearView) {})
}

// showYear draws the year of the address, this one without; mend puts a
// refused form in its place.
func (d *Door) showYear(w http.ResponseWriter, r *http.Request, status int, mend func(*yearView)) error {
	c, err := d.desk(r, calendar.Desk)
	if err != nil {
		return err
	}
	days, err := d.Calendars.Days(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	set, err := d.Packs.Settings(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return err
	}
	now := d.Clock.Now().In(calendar.Zone).Year()
	years := map[int]bool{now: true, now + 1: true}
	for _, x := range days {
		years[x.Date.Year()] = true
	}
	v := yearView{Year: now, Years: slices.Sorted(maps.Keys(years))}
	if y, err := strconv.Atoi(r.URL.Query().Get("year")); err == nil && years[y] {
		v.Year = y
	}
	v.Official, v.Months, v.Holidays = c.Official(v.Year), monthsOf(c, v.Year), holidaysOf(c.Days(v.Year))
	v.Hours = form.New("hours", "/admin/calendar/hours", hoursFields(r)).Fill(map[string]any{
		"desk": set.Text("calendar.desk"), "dept": set.Text("calendar.dept")}, calendar.Zone)
	v.Notice = noticeForm(r)
	mend(&v)
	return httpx.Render(w, r, status, yearPage(v))
}

func monthsOf(c *calendar.Calendar, year int) (out []month) {
	special := map[calendar.Date]bool{}
	for _, x := range c.Days(year) {
		special[x.Date] = true
	}
	for m := time.January; m <= time.December; m++ {
		first := time.Date(year, m, 1, 0, 0, 0, 0, calendar.Zone)
		one := month{First: first}
		lead := (int(first.Weekday()) + 6) % 7 // weeks begin on Monday
		for i := -lead; i < first.AddDate(0, 1, -1).Day() || (i+lead)%7 != 0; i++ {
			if (i+lead)%7 == 0 {
				one.Weeks = append(one.Weeks, [7]cell{})
			}
			x := cell{Date: calendar.DateOf(first) + calendar.Date(i), Empty: i < 0 || i >= first.AddDate(0, 1, -1).Day()}
			switch works := c.Works(x.Date); {
			case special[x.Date] && works:
				x.Kind = "work"
			case special[x.Date]:
				x.Kind = "off"
			case !works:
				x.Kind = "rest"
			}
			one.Weeks[len(one.Weeks)-1][(i+lead)%7] = x
		}
		out = append(out, one)
	}
	return out
}

func holidaysOf(days []calendar.Day) (out []holiday) {
	for _, x := range days {
		i := slices.IndexFunc(out, func(h holiday) bool { return h.Name == x.Name && h.Source == x.Source })
		if i < 0 {
			i, out = len(out), append(out, holiday{Name: x.Name, Source: x.Source, Official: x.Official})
		}
		if x.Off {
			out[i].Off = append(out[i].Off, x.Date)
		} else {
			out[i].Work = append(out[i].Work, x.Date)
		}
	}
	return out
}

// holidayName is the name of a statutory holiday in the reader's language; any
// other name stands as the notice writes it.
func holidayName(ctx context.Context, name string) string {
	keys := map[string]string{"元旦": "new_year", "春节": "spring", "清明节": "qingming", "劳动节": "labour",
		"端午节": "dragon_boat", "中秋节": "mid_autumn", "国庆节": "national"}
	if key, ok := keys[name]; ok {
		return i18n.T(ctx, "admin.holiday."+key)
	}
	return name
}

// spans writes days as 10-01 – 10-07, the neighbours drawn together.
func spans(days []calendar.Date) string {
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		part := days[i].String()[5:]
		if j > i {
			part += " – " + days[j].String()[5:]
		}
		parts, i = append(parts, part), j+1
	}
	return strings.Join(parts, ", ")
}

func hoursFields(r *http.Request) []form.Field {
	return []form.Field{
		{Name: "desk", Type: form.Text, Label: words(r, "admin.hours_desk"), Help: words(r, "admin.hours_help"), Required: true},
		{Name: "dept", Type: form.Text, Label: words(r, "admin.hours_dept"), Required: true},
	}
}

func (d *Door) saveHours(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), visit.From(r.Context()).Actor
	fields := hoursFields(r)
	in, err := form.Read(r, fields, calendar.Zone)
	if err == nil {
		err = d.checkHours(in)
	}
	for _, name := range []string{calendar.Desk, calendar.Dept} {
		if err == nil {
			err = d.Packs.SaveSetting(ctx, actor, "calendar."+name, str(in, name))
		}
	}
	if refused(err) {
		return d.showYear(w, r, fault.As(err).Kind.Status(), func(v *yearView) { v.Hours = v.Hours.Refused(ctx, in, err) })
	} else if err != nil {
		return err
	}
	return d.recount(w, r, "admin.hours_changed")
}

// checkHours looks at both spans before either is saved.
func (d *Door) checkHours(in form.Input) error {
	bad := fault.New(fault.Invalid, "admin.hours_bad")
	for _, name := range []string{calendar.Desk, calendar.Dept} {
		if !hoursFit(str(in, name)) {
			bad.Field(name, "admin.hours_bad")
		}
	}
	return bad.OrNil()
}

// hoursFit reports whether the text is office hours: spans in order that do not
// touch, as the calendar wants them.
func hoursFit(value string) bool {
	def, _, _ := pack.NewSettings(nil).Lookup("calendar.desk")
	if !def.Accepts(value) {
		return false
	}
	last := ""
	for _, span := range strings.Fields(value) {
		if span[:5] == last {
			return false
		}
		last = span[6:]
	}
	return true
}

// noticeForm asks for the file of a yearly notice.
func noticeForm(r *http.Request) form.Form {
	return form.New("notice", "/admin/calendar/check", []form.Field{
		{Name: "notice", Type: form.File, Label: words(r, "admin.notice_file"), Help: words(r, "admin.notice_help"), Required: true}})
}

// readNotice reads a notice, JSON or CSV, year by year. What cannot be read is
// Invalid on the field notice.
func readNotice(text []byte) (map[int][]calendar.Day, error) {
	years := map[int][]calendar.Day{}
	bad := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "admin.notice_bad", "why", err.Error()).Field("notice", "admin.notice_bad", "why", err.Error())
	}
	if t := bytes.TrimSpace(text); len(t) > 0 && t[0] == '{' {
		year, days, err := calendar.ReadNotice(bytes.NewReader(t))
		if err != nil {
			return nil, bad(err)
		}
		years[year] = days
		return years, nil
	}
	days, err := calendar.ReadCSV(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if err != nil {
		return nil, bad(err)
	}
	for _, x := range days {
		years[x.Date.Year()] = append(years[x.Date.Year()], x)
	}
	if len(years) == 0 {
		return nil, fault.New(fault.Invalid, "pack.no_days").Field("notice", "pack.no_days")
	}
	return years, nil
}

// noticeView is what a notice would do.
type noticeView struct {
	Text  string
	Years []yearChange
	Moved []forecast.Moved
}

type yearChange struct {
	Year    int
	Fresh   bool // no official table yet
	Changes []dayChange
}

// dayChange is a day that is treated differently from before.
type dayChange struct {
	Date     calendar.Date
	Name     string
	Was, Now bool // works
}

func (d *Door) checkNotice(w http.ResponseWriter, r *http.Request) error {
	in, err := form.Read(r, noticeForm(r).Fields, calendar.Zone)
	var text []byte
	var years map[int][]calendar.Day
	if err == nil {
		text, err = upload(in.Files["notice"], "notice")
	}
	if err == nil {
		years, err = readNotice(text)
	}
	if refused(err) {
		return d.showYear(w, r, fault.As(err).Kind.Status(), func(v *yearView) { v.Notice = v.Notice.Refused(r.Context(), in, err) })
	} else if err != nil {
		return err
	}
	v := noticeView{Text: string(text)}
	desk, err := d.desk(r, calendar.Desk)
	if err != nil {
		return err
	}
	for _, y := range slices.Sorted(maps.Keys(years)) {
		v.Years = append(v.Years, compare(desk, y, years[y]))
	}
	v.Moved, err = forecast.Moves(r.Context(), d.Engine, visit.From(r.Context()).Actor, func(name string) (*calendar.Calendar, error) {
		c, err := d.desk(r, name)
		for y, days := range years {
			if err == nil {
				c = c.With(y, days)
			}
		}
		return c, err
	})
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, noticePage(v))
}

// compare lists the days whose work changes.
func compare(c *calendar.Calendar, year int, days []calendar.Day) yearChange {
	after := c.With(year, days)
	out := yearChange{Year: year, Fresh: !c.Official(year)}
	names := map[calendar.Date]string{}
	for _, x := range slices.Concat(c.Days(year), days) {
		names[x.Date] = x.Name
	}
	for _, day := range slices.Sorted(maps.Keys(names)) {
		if c.Works(day) != after.Works(day) {
			out.Changes = append(out.Changes, dayChange{day, names[day], c.Works(day), after.Works(day)})
		}
	}
	return out
}

// upload is the content of the one file of a field; none is Invalid.
func upload(files []*multipart.FileHeader, field string) ([]byte, error) {
	if len(files) == 0 {
		return nil, fault.New(fault.Invalid, "admin.file_needed").Field(field, "admin.file_needed")
	}
	f, err := files[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxUpload))
}

func (d *Door) applyNotice(w http.ResponseWriter, r *http.Request) error {
	in, err := form.Read(r, nil, calendar.Zone)
	var years map[int][]calendar.Day
	if err == nil {
		years, err = readNotice([]byte(in.Raw.Get("table")))
	}
	if err == nil {
		err = d.Packs.ImportDays(r.Context(), visit.From(r.Context()).Actor, years)
	}
	if refused(err) {
		return d.showYear(w, r, fault.As(err).Kind.Status(), func(v *yearView) { v.Notice = v.Notice.Refused(r.Context(), in, err) })
	} else if err != nil {
		return err
	}
	return d.recount(w, r, "admin.notice_imported")
}

// recount counts the running clocks of open cases over the calendar as it is
// now and shows what moved.
func (d *Door) recount(w http.ResponseWriter, r *http.Request, why string) error {
	actor := visit.From(r.Context()).Actor
	moved, err := forecast.Moves(r.Context(), d.Engine, actor, func(name string) (*calendar.Calendar, error) { return d.desk(r, name) })
	if err != nil {
		return err
	}
	// The reason is kept in the case, where every reader sees it: the bureau's language.
	n, err := forecast.Recompute(r.Context(), d.Engine, actor, words(r, why).ZH)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, movedPage(i18n.T(r.Context(), why), n, moved))
}

func working(ctx context.Context, works bool) string {
	if works {
		return i18n.T(ctx, "admin.works")
	}
	return i18n.T(ctx, "admin.free")
}

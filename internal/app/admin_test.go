package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx/dbtest"
)

// person asks for pages over the real router.
type person struct {
	t      *testing.T
	a      *App
	cookie *http.Cookie
	lang   string
}

func (p person) send(method, path, kind string, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Accept-Language", p.lang)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.AddCookie(p.cookie)
	w := httptest.NewRecorder()
	p.a.router.ServeHTTP(w, r)
	return w
}

// sees asks for a page, which must come and hold the texts.
func (p person) sees(path string, texts ...string) {
	p.t.Helper()
	w := p.send("GET", path, "", nil)
	if w.Code != http.StatusOK {
		p.t.Fatalf("%s: %d", path, w.Code)
	}
	p.holds(path, w, texts...)
}

func (p person) holds(path string, w *httptest.ResponseRecorder, texts ...string) {
	p.t.Helper()
	for _, s := range texts {
		if !strings.Contains(w.Body.String(), s) {
			p.t.Errorf("%s does not say %q", path, s)
		}
	}
}

func (p person) post(path string, values url.Values, status int, texts ...string) {
	p.t.Helper()
	w := p.send("POST", path, "application/x-www-form-urlencoded", []byte(values.Encode()))
	if w.Code != status {
		p.t.Fatalf("%s: %d, not %d: %s", path, w.Code, status, mainOf(w))
	}
	p.holds(path, w, texts...)
}

func (p person) upload(path, field, name string, body []byte, status int, texts ...string) {
	p.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(body)
	}
	if err != nil || m.Close() != nil {
		p.t.Fatal(err)
	}
	w := p.send("POST", path, m.FormDataContentType(), b.Bytes())
	if w.Code != status {
		p.t.Fatalf("%s: %d, not %d: %s", path, w.Code, status, mainOf(w))
	}
	p.holds(path, w, texts...)
}

func mainOf(w *httptest.ResponseRecorder) string {
	_, s, _ := strings.Cut(w.Body.String(), "<main")
	return s[:min(len(s), 2000)]
}

func TestAdministratorsChangeTheGroundFromTheBrowser(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { administer(t, demo(t, "")) })
	t.Run("postgres", func(t *testing.T) { administer(t, demo(t, dbtest.PostgresURL(t))) })
}

func administer(t *testing.T, a *App) {
	admin := person{t, a, signIn(t, a, "admin"), "en"}
	for name, part := range map[string]func(*testing.T, person){
		"pages": adminPages, "catalogue": adminCatalogue, "hours": adminHours, "notice": adminNotice,
		"workbook": adminWorkbook, "delegation": ownDelegation, "practice": practiceLogin,
	} {
		t.Run(name, func(t *testing.T) { admin.t = t; part(t, admin) })
	}
	admin.t = t
	admin.sees("/admin/audit", "catalogue.save", "catalogue.revert", "setting.save", "calendar.import", "delegation.create")
}

func adminPages(t *testing.T, admin person) {
	paths := []string{"/admin", "/admin/catalogue", "/admin/catalogue?kind=component", "/admin/catalogue?group=05&from=25", "/admin/catalogue/01001",
		"/admin/catalogue/01001/01001-1", "/admin/catalogue/01001/new", "/admin/calendar", "/admin/calendar?year=2027", "/admin/import",
		"/admin/import/template.xlsx", "/account/delegations", "/account"}
	clerk := person{t, admin.a, signIn(t, admin.a, "shouli1"), "zh-CN"}
	for _, path := range paths {
		for _, lang := range []string{"en", "zh-CN"} {
			admin.lang = lang
			admin.sees(path)
		}
		if own := strings.HasPrefix(path, "/account"); (clerk.send("GET", path, "", nil).Code == http.StatusForbidden) == own {
			t.Errorf("a clerk at %s: allowed is not %v", path, own)
		}
	}
	for _, path := range []string{"/admin/catalogue/nothing", "/admin/catalogue/01001/nothing", "/admin/catalogue/01001/01001-0", "/admin/catalogue/01001/01002-1"} {
		if code := admin.send("GET", path, "", nil).Code; code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
	for _, path := range []string{"/admin/catalogue/01001/01001-1", "/admin/catalogue/01001/01001-1/revert", "/admin/calendar/hours", "/admin/calendar/check", "/admin/calendar/apply", "/admin/import"} {
		clerk.post(path, url.Values{}, http.StatusForbidden)
	}
}

func adminCatalogue(_ *testing.T, admin person) {
	const list, path = "/admin/catalogue?q=01001", "/admin/catalogue/01001/01001-1"
	admin.sees(list, "GB/T 47678.5-2026", "2013: ", "demo value", "2 hours, round the clock")
	values := url.Values{"filing_zh": {"井盖缺失"}, "filing_en": {"Cover gone"}, "closing_zh": {"恢复"}, "closing_en": {"Restored"},
		"limit": {"7"}, "unit": {"working_hour"}, "basis": {"District standard 2026"}, "provenance": {"official"}}
	wrong := url.Values{}
	for k, v := range values {
		wrong[k] = v
	}
	wrong["limit"], wrong["filing_zh"] = []string{"soon"}, []string{"写好的话"}
	admin.post(path, wrong, http.StatusUnprocessableEntity, "写好的话", "soon", `aria-invalid="true"`)
	admin.sees(list, "2 hours, round the clock")
	admin.post(path, values, http.StatusSeeOther)
	admin.sees(list, "7 office hours", "Cover gone", "changed here")
	admin.sees("/admin/catalogue?local=1", "01001")
	admin.sees(path, "Put back what the pack says", "District standard 2026")
	admin.post(path+"/revert", nil, http.StatusSeeOther)
	admin.sees(list, "2 hours, round the clock")
	admin.sees("/admin/catalogue?local=1", "No class fits.")
	admin.post(path+"/revert", nil, http.StatusNotFound)
	values.Set("filing_en", "A line of its own")
	admin.post("/admin/catalogue/01001/new", values, http.StatusSeeOther)
	admin.sees("/admin/catalogue/01001", "A line of its own")
	values.Set("filing_en", "A line for later")
	values.Set("valid_from", "2099-01-01")
	admin.post("/admin/catalogue/01001/new", values, http.StatusSeeOther)
	admin.sees("/admin/catalogue/01001", "A line for later", "2099-01-01")
	admin.post("/admin/catalogue/01001/01001-6/revert", nil, http.StatusSeeOther)
	if strings.Contains(admin.send("GET", "/admin/catalogue/01001", "", nil).Body.String(), "A line for later") {
		admin.t.Error("a deleted line is still there")
	}
}

func adminHours(_ *testing.T, admin person) {
	admin.sees("/admin/calendar", `value="08:30-12:00 13:30-17:30"`)
	for _, bad := range []string{"nine to five", "13:30-17:30 08:30-12:00", "08:30-12:00 12:00-17:30", "08:30-25:00"} {
		admin.post("/admin/calendar/hours", url.Values{"desk": {"09:00-12:00"}, "dept": {bad}}, http.StatusUnprocessableEntity, "in order and not touching", bad)
	}
	admin.sees("/admin/calendar", `value="08:30-12:00 13:30-17:30"`)
	admin.post("/admin/calendar/hours", url.Values{"desk": {"08:30-12:00 13:30-17:30"}, "dept": {"09:00-12:00 14:00-18:00"}}, http.StatusOK, "Office hours changed")
	admin.sees("/admin/calendar", `value="09:00-12:00 14:00-18:00"`)
}

// fortnight is a table of the year two weeks from now with the coming fortnight off.
func fortnight(t *testing.T, a *App) (string, int) {
	t.Helper()
	v, err := a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	days, err := a.calendars.Days(context.Background(), v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	type day struct {
		Name     string `json:"name"`
		Date     string `json:"date"`
		IsOffDay bool   `json:"isOffDay"`
	}
	today := calendar.DateOf(time.Now())
	year := (today + 15).Year()
	out := struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []day    `json:"days"`
	}{Year: year, Papers: []string{"notice of the test"}}
	for _, d := range days {
		if d.Date.Year() == year && (d.Date <= today || d.Date > today+14) {
			out.Days = append(out.Days, day{d.Name, d.Date.String(), d.Off})
		}
	}
	for i := calendar.Date(1); i <= 14; i++ {
		out.Days = append(out.Days, day{"大假", (today + i).String(), true})
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), year
}

func adminNotice(t *testing.T, admin person) {
	const check, apply = "/admin/calendar/check", "/admin/calendar/apply"
	admin.sees("/admin/calendar?year=2027", "is not imported yet", "National Day", "statutory only, provisional")
	for bad, says := range map[string]string{
		`{"year":`: "not a usable notice", `{"year":2027,"days":[]}`: "names no year with days",
		`{"year":2027,"days":[{"name":"x","date":"2020-01-01","isOffDay":true}]}`:  "is not in 2027",
		"date,type,name_zh,name_en,status,source\n2027-13-01,off,a,b,official,c\n": "line 2",
		"date,type,name_zh,name_en,status,source\n":                                "no days off",
	} {
		admin.upload(check, "notice", "n.json", []byte(bad), http.StatusUnprocessableEntity, says)
		admin.post(apply, url.Values{"table": {bad}}, http.StatusUnprocessableEntity, says)
	}
	admin.post(check, url.Values{}, http.StatusUnprocessableEntity, "Please add")
	text, year := fortnight(t, admin.a)
	page := fmt.Sprintf("/admin/calendar?year=%d", year)
	admin.upload(check, "notice", "n.json", []byte(text), http.StatusOK, "大假", "works → off", "/cases/", "Import and count due times again")
	if w := admin.send("GET", page, "", nil); strings.Contains(w.Body.String(), "notice of the test") {
		t.Error("a check changed the calendar")
	}
	admin.post(apply, url.Values{"table": {text}}, http.StatusOK, "The yearly notice is imported", "/cases/")
	admin.sees(page, "notice of the test", "大假")
	admin.upload(check, "notice", "n.json", []byte(text), http.StatusOK, "No day changes between work and rest.", "No due time of any case changes.")
	csv := "date,type,name_zh,name_en,status,source\n2027-01-01,off,元旦,New Year,official,a paper of 2027\n"
	admin.post(apply, url.Values{"table": {csv}}, http.StatusOK)
	admin.sees("/admin/calendar?year=2027", "a paper of 2027", "New Year")
	if w := admin.send("GET", "/admin/calendar?year=2027", "", nil); strings.Contains(w.Body.String(), "is not imported yet") {
		t.Error("2027 is still provisional")
	}
}

func adminWorkbook(t *testing.T, admin person) {
	w := admin.send("GET", "/admin/import/template.xlsx", "", nil)
	fill := func(department string) []byte {
		f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.SetSheetRow("people", "A2", &[]string{"wb.one", "演示·表格", department, "", "yes"}); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	admin.upload("/admin/import", "workbook", "x.xlsx", []byte("PK no"), http.StatusUnprocessableEntity, "not a readable XLSX")
	admin.upload("/admin/import", "workbook", "x.xlsx", fill("NOWHERE"), http.StatusUnprocessableEntity, "NOWHERE", "people", "1 mistake; nothing was imported")
	admin.post("/admin/import", url.Values{}, http.StatusUnprocessableEntity, "Please add")
	if strings.Contains(admin.send("GET", "/admin/people?q=wb.one", "", nil).Body.String(), "演示·表格") {
		t.Error("a refused workbook left somebody behind")
	}
	admin.upload("/admin/import", "workbook", "x.xlsx", fill("ZHZF"), http.StatusSeeOther)
	admin.sees("/admin/people?q=wb.one", "演示·表格")
}

func ownDelegation(t *testing.T, admin person) {
	a := admin.a
	v, err := a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := a.people.Directory(context.Background(), v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	other, err := dir.ByLogin("shouli2")
	if err != nil {
		t.Fatal(err)
	}
	clerk := person{t, a, signIn(t, a, "shouli1"), "en"}
	me, err := dir.ByLogin("shouli1")
	if err != nil {
		t.Fatal(err)
	}
	const path = "/account/delegations"
	now := time.Now().In(calendar.Zone)
	values := url.Values{"to": {other.ID.String()}, "roles": {dir.Posts(me.ID)[0].Role}, "reason": {"Leave for a wedding"},
		"from": {now.Format("2006-01-02T15:04")}, "until": {now.AddDate(0, 0, 3).Format("2006-01-02T15:04")}}
	for field, value := range map[string]string{"roles": "admin", "to": me.ID.String(), "until": now.AddDate(0, 0, -1).Format("2006-01-02T15:04"), "reason": ""} {
		wrong := url.Values{}
		for k, v := range values {
			wrong[k] = v
		}
		wrong.Set(field, value)
		clerk.post(path, wrong, http.StatusUnprocessableEntity, `class="error" id="delegation-`+field)
	}
	clerk.post(path, values, http.StatusSeeOther)
	clerk.sees(path, "Leave for a wedding", other.Name)
	admin.sees("/admin/delegations", "Leave for a wedding")
	dir, err = a.people.Directory(context.Background(), v.Division.ID)
	if err != nil || len(dir.Delegations()) == 0 {
		t.Fatal(err)
	}
	all := dir.Delegations()
	one := path + "/" + all[len(all)-1].ID.String() + "/revoke"
	stranger := person{t, a, signIn(t, a, "caiji1"), "en"}
	stranger.post(one, nil, http.StatusNotFound)
	clerk.post(one, nil, http.StatusSeeOther)
	clerk.sees(path, "Ended")
}

func practiceLogin(t *testing.T, admin person) {
	clerk := person{t, admin.a, signIn(t, admin.a, "shouli1"), "en"}
	login := "shouli1@weifang-ez-practice"
	clerk.sees("/account", login)
	there := person{t, admin.a, signIn(t, admin.a, login), "en"}
	there.sees("/account", "You are in the practice division.")
	admin.sees("/admin", "Practice division")
}

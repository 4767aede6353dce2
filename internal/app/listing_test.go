package app

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/notice"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident/listing"
	"xiucheng/internal/ground/people"
)

// actor is somebody of the public division.
func (o *office) actor(login string) people.Actor {
	o.t.Helper()
	ctx := context.Background()
	v, err := o.a.public(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	dir, err := o.a.people.Directory(ctx, v.Division.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	acc, err := dir.ByLogin(login)
	if err != nil {
		o.t.Fatal(err)
	}
	actor, err := dir.Actor(acc.ID, o.a.clk.Now())
	if err != nil {
		o.t.Fatal(err)
	}
	return actor
}

// lines are the rows of a downloaded table without its heading.
func (o *office) lines(login, path string) [][]string {
	o.t.Helper()
	w := o.ask(login, path, nil)
	text, bom := strings.CutPrefix(w.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if w.Code != http.StatusOK || !bom || err != nil || len(rows) == 0 {
		o.t.Fatalf("%s as %s: %d, %v", path, login, w.Code, err)
	}
	if !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		o.t.Errorf("%s: %s", path, w.Header().Get("Content-Disposition"))
	}
	return rows[1:]
}

// rowsOf are all cases of the visitor's list at an address, page by page.
func (o *office) rowsOf(login, query string) int {
	o.t.Helper()
	n := 0
	for page := "/cases?" + query; page != ""; {
		doc := o.page(login, page)
		n += doc.Find("tbody tr").Length()
		page, _ = doc.Find("a[rel=next]").Attr("href")
	}
	return n
}

func TestAListIsDownloadedAsItIsSeen(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, q := range []string{"", "view_of=all", "state=filed", "view_of=closed&priority=P3", "overdue=1", "view_of=all&street=37", "view_of=all&from=2020-01-01&to=2020-01-02"} {
		for _, who := range []string{"shouli1", "hw.desk", "caiji1"} {
			if seen, got := o.rowsOf(who, q), len(o.lines(who, "/cases.csv?"+q)); seen != got {
				t.Errorf("%s sees %d cases of %q and downloads %d", who, seen, q, got)
			}
		}
	}
	all := o.lines("shouli1", "/cases.csv?view_of=all")
	if own := o.lines("hw.desk", "/cases.csv?view_of=all"); len(own) == 0 || len(own) >= len(all) {
		t.Errorf("the department downloads %d of %d cases", len(own), len(all))
	}
	w := o.ask("shouli1", "/cases.xlsx?view_of=all", nil)
	f, err := excelize.OpenReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if rows, err := f.GetRows(f.GetSheetName(0)); err != nil || len(rows) != len(all)+1 {
		t.Errorf("%d rows of %d, %v", len(rows), len(all), err)
	}
	trail := o.page("admin", "/admin/audit").Text()
	if !strings.Contains(trail, "case.export") || !strings.Contains(trail, strconv.Itoa(len(all))) {
		t.Error("the audit trail does not tell of it")
	}
}

func TestFiltersAreKeptAndShared(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	keep := func(who, name, query, post string) int {
		return o.ask(who, "/filters", url.Values{"name": {name}, "query": {query}, "post": {post}, "path": {"/desk"}}).Code
	}
	if keep("shouli1", "紧急的", "priority=P1&evil=1", listing.PostOf(o.actor("shouli1").Posts[0])) != 303 || keep("shouli1", "我的二", "state=filed", "") != 303 {
		t.Fatal("a filter is not kept")
	}
	if code := keep("shouli1", "", "state=filed", ""); code != 422 && code != 400 {
		t.Errorf("a filter without a name: %d", code)
	}
	if code := keep("shouli1", "x", "", "dispatcher"); code != 403 {
		t.Errorf("shared with a post of others: %d", code)
	}
	names := func(who string) (out []string) {
		o.page(who, "/desk").Find("#kept a").Each(func(_ int, s *goquery.Selection) {
			out = append(out, strings.Join(strings.Fields(s.Text()), " "))
		})
		return out
	}
	urgent := len(o.lines("shouli1", "/cases.csv?priority=P1"))
	got := names("shouli1")
	if len(got) != 2 || got[0] != "紧急的 "+strconv.Itoa(urgent) {
		t.Fatalf("%q", got)
	}
	if got := names("paiqian1"); len(got) != 0 {
		t.Errorf("the dispatcher sees %q", got)
	}
	list, err := o.a.lists.Saved(context.Background(), o.actor("shouli1"))
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Query != "priority=P1" {
		t.Errorf("kept %q", list[0].Query)
	}
	one := "/filters/" + list[0].ID.String()
	if w := o.ask("paiqian1", one, url.Values{"do": {"drop"}}); w.Code != 404 {
		t.Errorf("somebody else deletes it: %d", w.Code)
	}
	o.ask("shouli1", one, url.Values{"do": {"down"}})
	o.ask("shouli1", one, url.Values{"do": {"change"}, "name": {"急件"}, "post": {""}})
	if got := names("shouli1"); len(got) != 2 || !strings.HasPrefix(got[1], "急件") {
		t.Errorf("after moving and renaming: %q", got)
	}
	if w := o.ask("shouli1", one, url.Values{"do": {"change"}, "name": {strings.Repeat("长", 21)}}); w.Code != 422 || !strings.Contains(w.Body.String(), strings.Repeat("长", 21)) {
		t.Errorf("a name that is too long: %d", w.Code)
	}
	o.ask("shouli1", one, url.Values{"do": {"drop"}})
	if got := names("shouli1"); len(got) != 1 {
		t.Errorf("after deleting: %q", got)
	}
}

func (o *office) freshlyFiled() record.Row {
	o.t.Helper()
	page, err := record.List(context.Background(), o.a.db, o.actor("shouli1").Division, record.Filter{States: []string{"filed"}})
	if err != nil || len(page.Rows) == 0 {
		o.t.Fatalf("no case is filed: %v", err)
	}
	for _, r := range page.Rows {
		log, err := record.Timeline(context.Background(), o.a.db, r.Division, r.ID)
		if err == nil && !slices.ContainsFunc(log, func(e record.Event) bool { return e.Step == "dispatch" }) {
			return r
		}
	}
	o.t.Fatal("every filed case was dispatched before")
	return record.Row{}
}

// told is how often somebody's inbox says something of a case they watch.
func (o *office) told(login, key string) (n int) {
	o.page(login, "/inbox").Find("a[href='/cases/" + key + "']").Each(func(_ int, s *goquery.Selection) {
		if strings.Contains(s.Text(), "您关注的") {
			n++
		}
	})
	return n
}

func TestAWatchedCaseTellsOfItsNewState(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	tell := func() {
		t.Helper()
		if err := o.a.relay.Pass(ctx); err != nil {
			t.Fatal(err)
		}
		if err := o.a.tellWatchers(ctx); err != nil {
			t.Fatal(err)
		}
	}
	tell()
	row := o.freshlyFiled()
	key := row.ID.String()
	for _, who := range []string{"ducha1", "paiqian1"} {
		if w := o.ask(who, "/cases/"+key+"/watch", url.Values{"on": {"1"}}); w.Code != 303 {
			t.Fatalf("%s cannot watch: %d", who, w.Code)
		}
	}
	if w := o.ask("hw.work", "/cases/"+key+"/watch", url.Values{"on": {"1"}}); w.Code != 404 {
		t.Errorf("who may not read the case watches it: %d", w.Code)
	}
	if n := o.page("ducha1", "/cases?watched=1").Find("tbody tr").Length(); n != 1 {
		t.Errorf("%d watched cases", n)
	}
	if _, err := o.a.engine.Act(ctx, engine.Act{Case: row.ID, Step: "dispatch", Actor: o.actor("paiqian1"), Input: procedure.Input{"dept": "HW", "override": "演示指定由该单位办理"}}); err != nil {
		t.Fatal(err)
	}
	tell()
	tell()
	if n := o.told("ducha1", key); n != 1 {
		t.Errorf("the watcher is told %d times", n)
	}
	if n := o.told("paiqian1", key); n != 0 {
		t.Errorf("who acted is told %d times", n)
	}
	o.ask("ducha1", "/cases/"+key+"/watch", url.Values{"on": {"0"}})
	if n := len(o.lines("ducha1", "/cases.csv?watched=1")); n != 0 {
		t.Errorf("still %d watched cases", n)
	}
}

// Every list of the program comes as a table, in the language of its reader,
// to those alone who may read the list.
func TestEveryListIsATable(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for path, c := range map[string]struct {
		who, head string
		least     int
	}{
		"/field":             {"caiji1", "案号", 1},
		"/inbox":             {"paiqian1", "时间", 1},
		"/reveals":           {"ducha1", "时间", 0},
		"/admin/people":      {"admin", "账号", 20},
		"/admin/departments": {"admin", "编码", 5},
		"/admin/delegations": {"admin", "被代理人", 0},
		"/admin/keys":        {"admin", "用途", 0},
		"/admin/audit":       {"admin", "时间", 0},
		"/admin/catalogue":   {"admin", "编码", 100},
		"/admin/calendar":    {"admin", "日期", 10},
		"/solved":            {"shouli1", "类别", 5},
	} {
		if n := len(o.lines(c.who, path+".csv")); n < c.least {
			t.Errorf("%s has %d rows", path, n)
		}
		text := strings.TrimPrefix(o.ask(c.who, path+".csv", nil).Body.String(), "\ufeff")
		if !strings.HasPrefix(text, c.head+",") {
			t.Errorf("%s begins with %.40q", path, text)
		}
		if f, err := excelize.OpenReader(o.ask(c.who, path+".xlsx", nil).Body); err != nil {
			t.Errorf("%s: %v", path, err)
		} else if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := len(o.lines("admin", "/admin/people.csv?q=caiji1")); n != 1 {
		t.Errorf("%d accounts are called caiji1", n)
	}
	if w := o.ask("caiji1", "/admin/people.csv", nil); w.Code != http.StatusForbidden {
		t.Errorf("a collector downloads the accounts: %d", w.Code)
	}
}

func TestWhoMayNoLongerReadACaseHearsNothingOfIt(t *testing.T) {
	t.Parallel()
	o, ctx := newOffice(t), context.Background()
	row := o.freshlyFiled()
	if err := errors.Join(o.a.relay.Pass(ctx), o.a.tellWatchers(ctx)); err != nil {
		t.Fatal(err)
	}
	watcher := o.actor("ducha1")
	if err := o.a.lists.Watch(ctx, watcher, row, o.a.clk.Now()); err != nil {
		t.Fatal(err)
	}
	dir, err := o.a.people.Directory(ctx, row.Division)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := dir.ByLogin("ducha1")
	if err != nil {
		t.Fatal(err)
	}
	acc.Active = false
	if err := o.a.people.UpdateAccount(ctx, o.actor("admin"), acc); err != nil {
		t.Fatal(err)
	}
	if _, err := o.a.engine.Act(ctx, engine.Act{Case: row.ID, Step: "dispatch", Actor: o.actor("paiqian1"), Input: procedure.Input{"dept": "HW", "override": "演示指定由该单位办理"}}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(o.a.relay.Pass(ctx), o.a.tellWatchers(ctx)); err != nil {
		t.Fatal(err)
	}
	if yes, err := o.a.lists.Watches(ctx, watcher, row.ID); yes || err != nil {
		t.Errorf("still watching: %v %v", yes, err)
	}
	told, err := notice.Inbox(ctx, o.a.db, row.Division, watcher.Account.String(), []notice.Address{{Kind: notice.Account, Target: watcher.Account.String()}}, time.Time{}, 10)
	if err != nil || slices.ContainsFunc(told, func(n notice.Item) bool { return n.Case == row.ID }) {
		t.Errorf("told %+v, %v", told, err)
	}
}

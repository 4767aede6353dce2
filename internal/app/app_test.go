package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(Words()...)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.Keys()); n < 300 {
		t.Fatalf("only %d sentences", n)
	}
	for _, k := range b.Keys() {
		if en := b.Text(k).EN; chinese(en) && !strings.HasPrefix(k, "layout.language") {
			t.Errorf("%s is %q in English", k, en)
		}
	}
}

// engines are the databases on which the whole program is tested.
func engines() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) }}
}

// states that the demonstration must show.
var shown = []string{"reported", "awaiting_info", "verifying", "reject_review", "accepted", "filed", "arbitrating", "dispatched", "handling",
	"suspended", "fed_back", "to_check", "checking", "to_close", "objected", "closed_fixed", "closed_unfixable", "closed_not_ours", "void", "merged", "withdrawn"}

// dossiers are the states of the ordinary penalty that it must show.
var dossiers = []string{"lead", "checking", "filing", "filed", "surveyed", "investigating", "concluded", "notice_out", "notice_open", "legal", "panel",
	"deciding", "decided", "performing", "performed", "closing", "closed", "archived", "hearing_called"}

// others are cases of other procedures that it must show.
var others = []string{"enf.simple archived", "enf.simple handed", "enf.clear cleared", "enf.clear treated", "enf.correct served", "enf.hold held", "enf.inspect clean",
	"enf.inspect told", "enf.remedy answered", "enf.build found", "stall-points expired"}

// overseen are the cases that look at dossiers from outside.
var overseen = []string{"enf.campaign drawn", "enf.review closed", "enf.review final", "enf.review assigned", "enf.supervise answered", "enf.precedent published",
	"enf.precedent masked", "enf.session planned", "enf.meeting tracking", "enf.meeting planned"}

func TestTheDemonstrationShowsEveryStateAndEveryChainVerifies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address func(*testing.T) string
		at      clock.Clock
	}{
		"sqlite, today":                {engines()["sqlite"], clock.System()},
		"sqlite, a Monday at opening":  {engines()["sqlite"], clock.At(time.Date(2026, 11, 30, 8, 31, 0, 0, calendar.Zone))},
		"postgres, a Saturday evening": {engines()["postgres"], clock.At(time.Date(2026, 11, 28, 22, 0, 0, 0, calendar.Zone))},
	} {
		t.Run(name, func(t *testing.T) {
			a, ctx := demoAt(t, c.address(t), c.at), context.Background()
			v, err := a.public(ctx)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]int{}
			f := record.Filter{Sort: record.ByOpened, Limit: 500}
			for more := true; more; more = f.After != "" {
				page, err := record.List(ctx, a.db, v.Division.ID, f)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range page.Rows {
					seen[r.Procedure+" "+r.State]++
					proof, err := record.Verify(ctx, a.db, v.Division.ID, r.ID)
					if err != nil || proof.Broken != nil {
						t.Errorf("case %s: %v %v", r.Title, proof.Broken, err)
					}
				}
				f.After = page.Next
			}
			for _, s := range shown {
				if seen["incident "+s] == 0 {
					t.Errorf("no case is %s", s)
				}
			}
			for _, s := range others {
				if seen[s] == 0 {
					t.Errorf("no case of %s", s)
				}
			}
			for _, s := range dossiers {
				if seen["enf.ordinary "+s] == 0 {
					t.Errorf("no dossier is %s", s)
				}
			}
			for _, s := range overseen {
				if seen[s] == 0 {
					t.Errorf("there is no %s", s)
				}
			}
			if counted := practice(t, a); counted != 0 {
				t.Errorf("%d cases in the practice division", counted)
			}
		})
	}
}

func practice(t *testing.T, a *App) int {
	t.Helper()
	all, err := a.people.Divisions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Practice {
			page, err := record.List(context.Background(), a.db, d.ID, record.Filter{Sort: record.ByOpened})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Rows)
		}
	}
	t.Error("there is no practice division")
	return 0
}

func TestTheDemonstrationIsToldOnce(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	first := counted(t, a)
	fill, err := a.Demo(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := fill(context.Background()); err != nil {
		t.Fatal(err)
	}
	if again := counted(t, a); again != first || first == 0 {
		t.Errorf("%d cases, then %d", first, again)
	}
}

// counted is how many cases the demonstration has.
func counted(t *testing.T, a *App) int {
	t.Helper()
	v, err := a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	page, err := record.List(context.Background(), a.db, v.Division.ID, record.Filter{Sort: record.ByOpened, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Rows)
}

// signIn is a session cookie of a demonstration account.
var desks atomic.Int64

func signIn(t *testing.T, a *App, login string) *http.Cookie {
	t.Helper()
	body := strings.NewReader("login=" + login + "&password=" + demoPassword)
	r := httptest.NewRequest("POST", "/login", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", "en")
	desk := desks.Add(1) // everybody signs in at a desk of their own: one address may try only so often
	r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1234", desk/250, desk%250+1)
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == "session" {
			return c
		}
	}
	t.Fatalf("%s cannot sign in: %d %s", login, w.Code, w.Body)
	return nil
}

// get asks for a page as somebody; nil is a visitor.
func get(a *App, method, path string, as *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Language", "en")
	if as != nil {
		r.AddCookie(as)
	}
	w := httptest.NewRecorder()
	a.router.ServeHTTP(w, r)
	return w
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// TestEveryRouteForEveryRole walks the whole route table as every role of the
// division, of the practice division, and as a visitor: whoever lacks a role is
// turned away, and nobody meets a failure of the program.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	v, err := a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := a.people.Directory(ctx, v.Division.ID)
	if err != nil {
		t.Fatal(err)
	}
	visitors := map[string]*http.Cookie{"visitor": nil}
	roles := map[string][]string{}
	for _, acc := range dir.Accounts() {
		actor, err := dir.Actor(acc.ID, time.Now())
		if err != nil {
			continue
		}
		key := strings.Join(actor.Roles(), "+")
		if _, done := visitors[key]; done || key == "" {
			continue
		}
		visitors[key], roles[key] = signIn(t, a, acc.Login), actor.Roles()
		visitors[key+"@practice"], roles[key+"@practice"] = signIn(t, a, acc.Login+"@"+v.Division.Key+practiceSuffix), actor.Roles()
	}
	if len(visitors) < 15 {
		t.Fatalf("only %d kinds of visitors", len(visitors))
	}
	walked := 0
	for _, route := range a.router.Routes() {
		if route.Stream || strings.HasSuffix(route.Name, "logout") {
			continue
		}
		path := strings.Replace(placeholder.ReplaceAllString(strings.TrimSuffix(route.Pattern, "{$}"), id.New().String()), "...", "", 1)
		for who, cookie := range visitors {
			w := get(a, route.Method, path, cookie)
			walked++
			if w.Code >= 500 {
				t.Errorf("%s %s as %s: %d", route.Method, path, who, w.Code)
			}
			if allowed := may(route.Access.Roles(), roles[who]); !route.Access.IsPublic() && (cookie == nil || !allowed) && w.Code < 300 {
				t.Errorf("%s %s let %s in: %d", route.Method, path, who, w.Code)
			}
		}
	}
	t.Logf("%d requests", walked)
}

func may(needed, held []string) bool {
	if len(needed) == 0 {
		return true
	}
	for _, n := range needed {
		for _, h := range held {
			if n == h {
				return true
			}
		}
	}
	return false
}

package people

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/argon"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) // 10:00 in Weifang

const secret = "Demo-2026"

// town is a division with one administrator, an acceptor, a handler and a
// collector, as a pack would bring them.
type town struct {
	*Service
	t     *testing.T
	db    *dbx.DB
	clk   *clock.Manual
	div   Division
	admin Actor
}

var roles = []Role{
	{ID: "admin", Name: i18n.Text{ZH: "管理员", EN: "Administrator"}},
	{ID: "acceptor", Name: i18n.Text{ZH: "受理员", EN: "Acceptor"}, Axis: Supervision},
	{ID: "collector", Name: i18n.Text{ZH: "信息采集员", EN: "Collector"}, Axis: Supervision},
	{ID: "handler", Name: i18n.Text{ZH: "处置人员", EN: "Handler"}, Axis: Command},
	{ID: "supervisor", Name: i18n.Text{ZH: "监督岗", EN: "Supervisor"}, Axis: Oversight},
}

func newTown(t *testing.T, db *dbx.DB, strict bool) *town {
	t.Helper()
	ctx := context.Background()
	clk := clock.At(monday)
	s := New(db, clk, func(context.Context, id.ID) (bool, error) { return strict, nil })
	div, err := s.EnsureDivision(ctx, Division{Key: "test", Code: "370799", Name: i18n.Text{ZH: "测试区", EN: "Test zone"}})
	ok(t, err)
	b := Batch{Pack: "base", Roles: roles,
		Departments: []Department{
			{Code: "D1", Name: i18n.Text{ZH: "环卫（演示）", EN: "Sanitation (demo)"}, Kind: KindSection, Provenance: "synthetic"},
			{Code: "T1", Name: i18n.Text{ZH: "中队一（演示）", EN: "Team one (demo)"}, Kind: KindTeam, Street: "370799001", Provenance: "synthetic"},
		},
		Accounts: []Account{
			{Login: "admin", Name: "演示·管理员", Active: true}, {Login: "shouli", Name: "演示·受理员", Active: true},
			{Login: "chuzhi", Name: "演示·处置", Department: "D1", Active: true}, {Login: "caiji", Name: "演示·采集员", Active: true},
		},
		Posts: []Post{
			{Login: "admin", Role: "admin"}, {Login: "shouli", Role: "acceptor"},
			{Login: "chuzhi", Role: "handler", Department: "D1"}, {Login: "caiji", Role: "collector", Scope: "370799001"},
		},
	}
	ok(t, importBatch(db, div.ID, b, true))
	tn := &town{Service: s, t: t, db: db, clk: clk, div: div}
	tn.admin = tn.actor("admin")
	return tn
}

func importBatch(db *dbx.DB, division id.ID, b Batch, strict bool) error {
	ctx := context.Background()
	return db.Write(ctx, func(tx *dbx.Tx) error { return Import(ctx, tx, SystemActor(division), monday, b, strict) })
}

func (tn *town) dir() *Directory {
	tn.t.Helper()
	d, err := tn.Directory(context.Background(), tn.div.ID)
	ok(tn.t, err)
	return d
}

func (tn *town) account(login string) Account {
	tn.t.Helper()
	a, err := tn.dir().ByLogin(login)
	ok(tn.t, err)
	return a
}

func (tn *town) actor(login string) Actor {
	tn.t.Helper()
	a, err := tn.Actor(context.Background(), tn.div.ID, tn.account(login).ID, tn.clk.Now())
	ok(tn.t, err)
	return a
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err error, kind fault.Kind, key string) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("accepted; want %s %s", kind, key)
	}
	e := fault.As(err)
	if e.Kind != kind || e.Key != key {
		t.Fatalf("refused with %v; want %s %s", err, kind, key)
	}
	return e
}

func each(t *testing.T, strict bool, fn func(t *testing.T, tn *town)) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) { fn(t, newTown(t, db, strict)) }, Migration)
}

func TestActorHoldsPostsWithScope(t *testing.T) {
	each(t, true, func(t *testing.T, tn *town) {
		c := tn.actor("caiji")
		if !c.Has("collector") || c.Has("acceptor") || !c.On(Supervision) || c.On(Command) {
			t.Fatalf("roles of the collector: %+v", c.Posts)
		}
		if !c.HasIn("collector", "370799001002003") || c.HasIn("collector", "370799002002003") || c.HasIn("collector", "") {
			t.Fatal("the scope does not narrow the post to its street")
		}
		h := tn.actor("chuzhi")
		if !h.HasFor("handler", "D1") || h.HasFor("handler", "T1") {
			t.Fatalf("departments of the handler: %v", h.Departments("handler"))
		}
		if got := tn.dir().Holders("collector", "", "370799001002003", monday); len(got) != 1 || got[0].Login != "caiji" {
			t.Fatalf("collectors of the grid: %+v", got)
		}
		if got := tn.dir().Holders("collector", "", "370799009002003", monday); len(got) != 0 {
			t.Fatalf("collectors of a foreign grid: %+v", got)
		}
		team, err := tn.dir().Resolve(StreetTeam, "370799001", monday)
		ok(t, err)
		if team.Code != "T1" {
			t.Fatalf("team of the street is %s", team.Code)
		}
		_, err = tn.dir().Resolve(StreetTeam, "370799002", monday)
		refused(t, err, fault.NotFound, "fault.not_found")
	})
}

func TestWallIsKeptAtEveryDoor(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		_, err := tn.SavePost(ctx, tn.admin, Post{Account: tn.account("shouli").ID, Role: "handler", Department: "D1"})
		e := refused(t, err, fault.Invalid, "people.wall")
		if e.Args["name"] != "演示·受理员" {
			t.Fatalf("the refusal does not name the person: %v", e.Args)
		}
		_, err = tn.Delegate(ctx, tn.admin, Delegation{FromAccount: tn.account("chuzhi").ID, ToAccount: tn.account("caiji").ID,
			Roles: []string{"handler"}, From: monday, Until: monday.Add(48 * time.Hour), Reason: "年休假"})
		refused(t, err, fault.Invalid, "people.wall")
		err = importBatch(tn.db, tn.div.ID, Batch{Pack: "x", Posts: []Post{{Login: "caiji", Role: "handler"}}}, true)
		refused(t, err, fault.Invalid, "people.wall")
		if tn.actor("caiji").Has("handler") || tn.actor("shouli").Has("handler") {
			t.Fatal("a refused post was kept")
		}

		// One after the other is not both at once.
		shouli := tn.account("shouli").ID
		_, err = tn.SavePost(ctx, tn.admin, Post{Account: shouli, Role: "acceptor", Period: Period{To: "2026-12-31"}})
		ok(t, err)
		_, err = tn.SavePost(ctx, tn.admin, Post{Account: shouli, Role: "handler", Department: "D1", Period: Period{From: "2027-01-01"}})
		ok(t, err)
		_, err = tn.SavePost(ctx, tn.admin, Post{Account: shouli, Role: "handler", Department: "D1", Period: Period{From: "2026-12-31"}})
		refused(t, err, fault.Invalid, "people.wall")
		_, err = tn.SavePost(ctx, tn.admin, Post{Account: shouli, Role: "supervisor"})
		ok(t, err) // oversight stands above both
	})
}

func TestWallOffForSmallStations(t *testing.T) {
	dbtestSQLite(t, false, func(tn *town) {
		_, err := tn.SavePost(context.Background(), tn.admin, Post{Account: tn.account("shouli").ID, Role: "handler", Department: "D1"})
		ok(t, err)
	})
}

func dbtestSQLite(t *testing.T, strict bool, fn func(tn *town)) {
	t.Helper()
	fn(newTown(t, dbtest.SQLite(t, Migration), strict))
}

func TestPostsArePermittedCheckedAndEnded(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		_, err := tn.SavePost(ctx, tn.actor("shouli"), Post{Account: tn.admin.Account, Role: "admin"})
		refused(t, err, fault.Forbidden, "people.role_needed")
		_, err = tn.SavePost(ctx, tn.admin, Post{Account: id.New(), Role: "mayor", Department: "nowhere", Period: Period{From: "soon"}})
		e := refused(t, err, fault.Invalid, "people.post_bad")
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, f.Name)
		}
		if d := cmp.Diff([]string{"account", "role", "department", "valid_to"}, fields); d != "" {
			t.Fatal(d)
		}
		post := tn.dir().Posts(tn.account("caiji").ID)[0]
		ok(t, tn.EndPost(ctx, tn.admin, post.ID))
		if tn.actor("caiji").Has("collector") {
			t.Fatal("an ended post still counts")
		}
		kept := tn.dir().Posts(tn.account("caiji").ID)[0]
		if !kept.Local || kept.Pack != "base" || kept.By != "演示·管理员" {
			t.Fatalf("the ended post is not a local change with an author: %+v", kept.Origin)
		}
		refused(t, tn.EndPost(ctx, tn.admin, id.New()), fault.NotFound, "fault.not_found")
	})
}

func TestDelegationLastsItsPeriodAndSaysSo(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		giver, taker := tn.actor("shouli"), tn.account("caiji")
		d, err := tn.Delegate(ctx, giver, Delegation{FromAccount: giver.Account, ToAccount: taker.ID, Roles: []string{"acceptor"},
			From: monday.Add(time.Hour), Until: monday.Add(2 * time.Hour), Reason: "外出开会"})
		ok(t, err)
		for minute, want := range map[int]bool{59: false, 60: true, 119: true, 120: false} {
			a, err := tn.Actor(ctx, tn.div.ID, taker.ID, monday.Add(time.Duration(minute)*time.Minute))
			ok(t, err)
			if a.Has("acceptor") != want {
				t.Fatalf("minute %d: acceptor = %v, want %v", minute, !want, want)
			}
			if g, _ := a.Grant("acceptor", ""); want && (g.Via == nil || g.Via.From != giver.Account || g.Via.Name != "演示·受理员") {
				t.Fatalf("the act would not say for whom: %+v", g)
			}
		}
		refused(t, tn.Revoke(ctx, tn.actor("chuzhi"), d.ID), fault.NotFound, "fault.not_found")
		ok(t, tn.Revoke(ctx, giver, d.ID))
		a, err := tn.Actor(ctx, tn.div.ID, taker.ID, monday.Add(90*time.Minute))
		ok(t, err)
		if a.Has("acceptor") {
			t.Fatal("a revoked delegation still counts")
		}

		_, err = tn.Delegate(ctx, giver, Delegation{FromAccount: giver.Account, ToAccount: giver.Account, Roles: []string{"admin"},
			From: monday, Until: monday})
		if e := refused(t, err, fault.Invalid, "people.delegation_bad"); len(e.Fields) != 4 {
			t.Fatalf("fields refused: %+v", e.Fields)
		}
		_, err = tn.Delegate(ctx, giver, Delegation{FromAccount: tn.admin.Account, ToAccount: giver.Account, Roles: []string{"admin"},
			From: monday, Until: monday.Add(time.Hour), Reason: "x"})
		refused(t, err, fault.Forbidden, "people.role_needed")
	})
}

func TestSignInAndLockout(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		who := tn.account("shouli").ID
		_, err := tn.SignIn(ctx, "shouli", "", "::1")
		refused(t, err, fault.Unauthenticated, "people.sign_in_wrong") // no password was ever set
		ok(t, tn.SetPassword(ctx, tn.admin, secret, false, who))
		in, err := tn.SignIn(ctx, " Shouli ", secret, "::1")
		ok(t, err)
		if in.Account != who || in.Division != tn.div.ID || !in.MustChange {
			t.Fatalf("signed in as %+v", in)
		}
		_, err = tn.SignIn(ctx, "shouli@test", secret, "::1")
		ok(t, err)
		for _, login := range []string{"nobody", "shouli@elsewhere"} {
			_, err = tn.SignIn(ctx, login, secret, "::1")
			refused(t, err, fault.Unauthenticated, "people.sign_in_wrong")
		}

		var wg sync.WaitGroup
		for range lockAfter {
			wg.Go(func() { _, _ = tn.SignIn(ctx, "shouli", "wrong", "::1") })
		}
		wg.Wait()
		_, err = tn.SignIn(ctx, "shouli", secret, "::1")
		refused(t, err, fault.TooMany, "people.locked")
		tn.clk.Advance(lockFor)
		_, err = tn.SignIn(ctx, "shouli", secret, "::1")
		ok(t, err)

		log, err := tn.Attempts(ctx, tn.admin, who, 100)
		ok(t, err)
		count := map[string]int{}
		for _, a := range log {
			count[a.Result]++
		}
		if d := cmp.Diff(map[string]int{SignInOK: 3, SignInWrong: 6, SignInLocked: 1}, count); d != "" {
			t.Fatal(d)
		}

		acc := tn.account("shouli")
		acc.Active = false
		ok(t, tn.UpdateAccount(ctx, tn.admin, acc))
		_, err = tn.SignIn(ctx, "shouli", secret, "::1")
		refused(t, err, fault.Unauthenticated, "people.sign_in_wrong")
		_, err = tn.Actor(ctx, tn.div.ID, who, monday)
		refused(t, err, fault.Unauthenticated, "people.signed_out")
	})
}

func TestPasswords(t *testing.T) {
	for password, field := range map[string]string{
		"Ab1": "people.password_short", "abcdefgh1": "people.password_kinds", "演示密码演示密码": "people.password_kinds",
		strings.Repeat("Ab1-", 33): "people.password_long", "Ab1-Ab1-": "people.password_login", secret: "", "密码abc123": "",
	} {
		err := CheckPassword("Ab1-Ab1-", password)
		if got := ""; err != nil {
			got = fault.As(err).Fields[0].Key
			if got != field {
				t.Errorf("%q: %s, want %s", password, got, field)
			}
		} else if field != "" {
			t.Errorf("%q accepted, want %s", password, field)
		}
	}
	ctx := context.Background()
	dbtestSQLite(t, true, func(tn *town) {
		a := tn.actor("shouli")
		ok(t, tn.SetPassword(ctx, tn.admin, secret, true, a.Account))
		refused(t, tn.ChangePassword(ctx, a, "wrong", "Other-2026"), fault.Invalid, "people.password_wrong")
		refused(t, tn.ChangePassword(ctx, a, secret, secret), fault.Invalid, "people.password_weak")
		ok(t, tn.ChangePassword(ctx, a, secret, "Other-2026"))
		in, err := tn.SignIn(ctx, "shouli", "Other-2026", "")
		ok(t, err)
		if in.MustChange {
			t.Fatal("an own password must not ask for another")
		}
		refused(t, tn.SetPassword(ctx, a, secret, true, tn.admin.Account), fault.Forbidden, "people.role_needed")
	})
}

func TestAccountsAndDepartments(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		a, err := tn.CreateAccount(ctx, tn.admin, Account{Login: "new.one", Name: "演示·新人", Department: "D1"})
		ok(t, err)
		if got := tn.account("new.one"); got.ID != a.ID || !got.Active || got.HasSecret || !got.Local {
			t.Fatalf("created %+v", got)
		}
		_, err = tn.CreateAccount(ctx, tn.admin, Account{Login: "new.one", Name: "另一人"})
		refused(t, err, fault.Conflict, "people.login_taken")
		_, err = tn.CreateAccount(ctx, tn.admin, Account{Login: "A B"})
		if e := refused(t, err, fault.Invalid, "people.account_bad"); len(e.Fields) != 2 {
			t.Fatalf("fields: %+v", e.Fields)
		}
		_, err = tn.CreateAccount(ctx, tn.actor("caiji"), Account{Login: "x1", Name: "x"})
		refused(t, err, fault.Forbidden, "people.role_needed")
		me := tn.account("admin")
		me.Active = false
		refused(t, tn.UpdateAccount(ctx, tn.admin, me), fault.Invalid, "people.not_self")

		dep := Department{Code: "D2", Name: i18n.Text{ZH: "园林（演示）", EN: "Greening (demo)"}, Kind: KindSection, Parent: "D9"}
		refused(t, tn.SaveDepartment(ctx, tn.admin, dep), fault.Invalid, "people.department_bad")
		dep.Parent, dep.Period = "D1", Period{From: "2027-01-01"}
		ok(t, tn.SaveDepartment(ctx, tn.admin, dep))
		if n := len(tn.dir().Departments(monday)); n != 2 {
			t.Fatalf("%d departments today, want 2: the third begins next year", n)
		}
		if n := len(tn.dir().Departments(time.Time{})); n != 3 {
			t.Fatalf("%d departments of all periods, want 3", n)
		}

		log, err := tn.Audit(ctx, tn.admin, id.ID{}, 2)
		ok(t, err)
		if len(log) != 2 || log[0].What != "department.create" || log[0].Subject != "D2" || log[0].ActorName != "演示·管理员" || !strings.Contains(log[0].New, "园林") {
			t.Fatalf("audit: %+v", log)
		}
		older, err := tn.Audit(ctx, tn.admin, log[1].ID, 100)
		ok(t, err)
		if len(older) == 0 || older[0].ID == log[1].ID {
			t.Fatalf("the next page repeats or is empty: %d", len(older))
		}
		_, err = tn.Forget(ctx, tn.admin, monday.AddDate(0, -5, 0))
		refused(t, err, fault.Invalid, "people.keep_logs")
		tn.clk.Advance(KeepLogs + time.Hour)
		n, err := tn.Forget(ctx, tn.admin, monday.Add(time.Minute))
		ok(t, err)
		if n == 0 {
			t.Fatal("nothing was forgotten")
		}
	})
}

func TestAPIKeys(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		plain, key, err := tn.CreateKey(ctx, SystemActor(tn.div.ID), "地图应用")
		ok(t, err)
		got, err := tn.FindKey(ctx, plain)
		ok(t, err)
		if got.ID != key.ID || got.Division != tn.div.ID || got.Name != "地图应用" {
			t.Fatalf("found %+v", got)
		}
		keys, err := tn.Keys(ctx, tn.admin)
		ok(t, err)
		if len(keys) != 1 || !keys[0].LastUsed.Equal(monday) {
			t.Fatalf("keys: %+v", keys)
		}
		_, err = tn.FindKey(ctx, plain+"0")
		refused(t, err, fault.Unauthenticated, "people.key_wrong")
		ok(t, tn.RevokeKey(ctx, tn.admin, key.ID))
		_, err = tn.FindKey(ctx, plain)
		refused(t, err, fault.Unauthenticated, "people.key_wrong")
		_, _, err = tn.CreateKey(ctx, tn.actor("caiji"), "x")
		refused(t, err, fault.Forbidden, "people.role_needed")
	})
}

func TestDivisionsAreApart(t *testing.T) {
	ctx := context.Background()
	each(t, true, func(t *testing.T, tn *town) {
		practice, err := tn.EnsureDivision(ctx, Division{Key: "test-practice", Name: i18n.Text{ZH: "练习区", EN: "Practice zone"}, Practice: true})
		ok(t, err)
		ok(t, importBatch(tn.db, practice.ID, Batch{Pack: "base", Roles: roles, Accounts: []Account{{Login: "shouli", Name: "练习·受理员", Active: true}}}, true))
		again, err := tn.EnsureDivision(ctx, Division{Key: "test", Code: "370798", Name: i18n.Text{ZH: "新名", EN: "New name"}})
		ok(t, err)
		if again.ID != tn.div.ID || again.Code != "370798" {
			t.Fatalf("the division changed its id or kept its code: %+v", again)
		}
		_, err = tn.Actor(ctx, practice.ID, tn.account("shouli").ID, monday)
		refused(t, err, fault.Unauthenticated, "people.signed_out")
		refused(t, tn.admin.Require(practice.ID, Admin), fault.NotFound, "fault.not_found")

		ok(t, tn.SetPassword(ctx, tn.admin, secret, true, tn.account("shouli").ID))
		in, err := tn.SignIn(ctx, "shouli", secret, "")
		ok(t, err)
		if in.Division != tn.div.ID {
			t.Fatal("a bare login must not lead into the practice division")
		}
		_, err = tn.Directory(ctx, id.New())
		refused(t, err, fault.NotFound, "fault.not_found")
		all, err := tn.Divisions(ctx)
		ok(t, err)
		if len(all) != 2 || !all[1].Practice {
			t.Fatalf("divisions: %+v", all)
		}
	})
}

func TestImportEndsWhatIsGone(t *testing.T) {
	each(t, true, func(t *testing.T, tn *town) {
		b := Batch{Pack: "base"}
		b.Gone.Accounts, b.Gone.Departments, b.Gone.Posts = []string{"chuzhi"}, []string{"D1"}, []string{"caiji/collector//370799001"}
		ok(t, importBatch(tn.db, tn.div.ID, b, true))
		if tn.account("chuzhi").Active || tn.actor("caiji").Has("collector") {
			t.Fatal("people who are gone still act")
		}
		d, err := tn.dir().Department("D1")
		ok(t, err) // an old case still finds its department
		if d.Holds(monday) || d.To != "2026-11-22" {
			t.Fatalf("the department did not end: %+v", d.Period)
		}
	})
}

func TestWordsOfThisRoom(t *testing.T) {
	if _, err := i18n.Load(Words); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkHash is what one sign-in costs.
func BenchmarkHash(b *testing.B) {
	h := argon.New("people.busy")
	for b.Loop() {
		if _, err := h.Hash(context.Background(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

package e2e

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xiucheng/internal/app"
	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
)

// told is a folder with the demonstration told and its papers set: that is done
// once for this process and copied for every test.
var told struct {
	once sync.Once
	dir  string
	err  error
}

// serve starts the demonstration on a free port and returns its address.
func serve(t *testing.T) string {
	t.Helper()
	told.once.Do(func() {
		if told.dir, told.err = os.MkdirTemp(os.TempDir(), "xiucheng-told"); told.err != nil {
			return
		}
		a, err := demonstration(&config.Config{Data: told.dir, Addr: "127.0.0.1:0", Demo: true}, clock.System())
		if err == nil {
			err = errors.Join(a.Settle(context.Background()), a.Close())
		}
		told.err = err
	})
	dir := t.TempDir()
	if err := errors.Join(told.err, os.CopyFS(dir, os.DirFS(told.dir))); err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Data: dir, Addr: "127.0.0.1:0", Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour}
	a, err := app.New(context.Background(), cfg, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return serving(t, a)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if running.close != nil {
		running.close()
	}
	if told.dir != "" {
		_ = os.RemoveAll(told.dir) // what stays is the system's to clean
	}
	os.Exit(code)
}

// demonstration opens the program and tells the demonstration.
func demonstration(cfg *config.Config, clk clock.Clock) (*app.App, error) {
	ctx := context.Background()
	a, err := app.New(ctx, cfg, clk, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	fill, err := a.Demo(ctx)
	if err == nil {
		err = fill(ctx)
	}
	return a, err
}

func serving(t *testing.T, a *app.App) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	srv, err := a.Listen()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, srv) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv.URL()
}

// password of the demonstration's accounts.
const password = "Xiucheng-2026"

// city is one journey: its people's tabs, one for each who takes part.
type city struct {
	t       *testing.T
	browser context.Context
	base    string
	lang    string
	title   string
	tabs    map[string]*page
}

// as is the tab of a member of staff, signed in.
func (c *city) as(login string, s size) *page {
	c.t.Helper()
	if p := c.tabs[login]; p != nil {
		return p
	}
	p := open(c.t, c.browser, c.base, login, c.lang, s)
	c.tabs[login] = p
	p.visit("/login")
	p.do("type the account", chromedp.SendKeys(`main form.form input[name="login"]`, login), chromedp.SendKeys(`main form.form input[name="password"]`, password))
	p.goes("sign in", chromedp.Click(`main form.form .primary`))
	return p
}

// find opens the journey's case on the desk by its words.
func (c *city) find(login string) *page {
	c.t.Helper()
	p := c.as(login, desktop)
	p.visit("/desk?q=" + url.QueryEscape(c.title))
	p.follow("#queue li:first-child a")
	return p
}

// step takes a step of the case at the desk.
func (c *city) step(login, step string, v values, photos ...string) *page {
	c.t.Helper()
	p := c.find(login)
	p.follow(`.pfoot a[href*="/steps/` + step + `"]`)
	c.send(p, v, photos...)
	return p
}

func (c *city) send(p *page, v values, photos ...string) {
	c.t.Helper()
	p.fill(v)
	for _, f := range photos {
		p.attach(f)
	}
	p.submit()
}

// there is where the journey's problem is.
const (
	lat = "36.768200"
	lng = "119.142100"
)

// outside takes a step on the street, with a photo taken there.
func (c *city) outside(login, step string, v values, photo string) {
	c.t.Helper()
	p := c.as(login, phone)
	p.visit("/field")
	p.do("open the task", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[int](`[...document.querySelectorAll("#queue .title")].find((x) => x.textContent.includes(`+"`"+c.title+"`"+`)).closest("a").setAttribute("data-mine", "1"), 1`)(ctx, t)
		return err
	}))
	p.follow(`#queue a[data-mine]`)
	p.shot("field-task-" + c.lang)
	p.follow(`.steps a[href*="/steps/` + step + `"]`)
	v["here.lat"], v["here.lng"], v["here.accuracy"] = lat, lng, "8"
	c.send(p, v, photo)
}

func TestAReportIsFixedObjectedToAndFixedAgain(t *testing.T) {
	browserCtx := launch(t)
	base := serve(t)
	for lang, title := range map[string]string{"zh-CN": "路口西侧堆着两袋垃圾", "en": "Two bags of rubbish"} {
		t.Run(lang, func(t *testing.T) {
			c := &city{t: t, browser: browserCtx, base: base, lang: lang, title: title, tabs: map[string]*page{}}
			citizen := open(t, browserCtx, base, "citizen", lang, phone)
			code := c.report(citizen)
			c.toClosed()
			c.object(citizen, code)
			c.again()
			citizen.visit("/r/" + code)
			citizen.has(".pair")
			citizen.shot("follow-closed-" + lang)
			citizen.follow(`.steps a[href$="/rate"]`)
			c.send(citizen, values{"stars": "5", "solved": "1"})
		})
	}
}

// report is the citizen's part; it returns the receipt code.
func (c *city) report(p *page) string {
	c.t.Helper()
	p.visit("/")
	p.follow(`a[href="/report"]`)
	p.follow(`a[href="/report/garbage"]`)
	p.shot("report-" + c.lang)
	c.send(p, values{"class": "06010", "desc": c.title, "place.lat": lat, "place.lng": lng, "phone": "13800138000"}, photo(c.t, "litter"))
	at := read(p, "where", chromedp.Location())
	_, code, ok := strings.Cut(at, "/r/")
	if !ok {
		c.t.Fatalf("the report led to %s", at)
	}
	p.shot("follow-" + c.lang)
	return strings.TrimSuffix(code, "?new=1")
}

// toClosed is the work of the six roles, the desk's by keyboard alone.
func (c *city) toClosed() {
	c.t.Helper()
	c.step("shouli1", "send_verify", values{"collector": "采集员三"})
	c.outside("caiji3", "verify_done", values{"result": "true"}, photo(c.t, "verify"))
	c.find("shouli1").pressThrough("a", values{"dup_reason": "another spot"})
	c.find("zhiban1").pressThrough("f", nil)
	p := c.find("paiqian1")
	p.shot("desk-" + c.lang)
	p.pressThrough("d", values{"dept": "HW"})
	c.step("hw.desk", "take", values{"handler": "环卫处置员"})
	c.handle("采集员四", "caiji4")
}

// handle is from the handler's work to the end of the case. Whoever checked
// before does not check again.
func (c *city) handle(checker, login string) {
	c.t.Helper()
	c.outside("hw.work", "submit_work", values{"done": "cleared / 已清理"}, photo(c.t, "after"))
	c.step("hw.desk", "feedback", values{"result": "fixed", "reply": "Cleared. 已清理。"})
	c.step("paiqian1", "pass_feedback", nil)
	c.step("shouli1", "send_check", values{"collector": checker})
	c.outside(login, "check_done", values{"result": "fixed"}, photo(c.t, "check"))
	c.find("zhiban1").pressThrough("c", values{"reply": "Cleared and checked. 已清理并核查。", "release": "1"})
}

func (c *city) object(p *page, code string) {
	c.t.Helper()
	p.visit("/r/" + code)
	p.follow(`.steps a[href$="/object"]`)
	c.send(p, values{"reason": "came_back", "explain": "It is back this morning. 今早又有了。"}, photo(c.t, "again"))
	p.shot("follow-objected-" + c.lang)
}

// again upholds the objection and does the work a second time.
func (c *city) again() {
	c.t.Helper()
	c.step("paiqian1", "redo_objection", values{"reason": "The photo shows it. 照片属实。"})
	c.step("hw.desk", "take", values{"handler": "环卫处置员"})
	c.handle("采集员一", "caiji1")
}

package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

//go:embed testdata/shape.js
var shape string

// judged are the marks of what axe has looked at in this process.
var judged sync.Map

// browser finds Chromium, or skips; XIUCHENG_REQUIRE=chromium turns the skip
// into a failure.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	if strings.Contains(os.Getenv("XIUCHENG_REQUIRE"), "chromium") {
		t.Fatal("Chromium is required and was not found")
	}
	t.Skip("no Chromium: browser journeys skipped")
	return ""
}

// running is the one browser of this process.
var running struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

// launch is the browser. Every tab has cookies of its own.
func launch(t *testing.T) context.Context {
	t.Helper()
	path := browser(t)
	running.once.Do(func() {
		var dir string
		if dir, running.err = os.MkdirTemp("", "xiucheng-browser"); running.err != nil {
			return
		}
		alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(),
			chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
			chromedp.NoFirstRun, chromedp.UserDataDir(dir),
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
			chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-dev-shm-usage", true),
		)
		ctx, stop := chromedp.NewContext(alloc)
		running.ctx, running.close = ctx, func() { stop(); stopAlloc(); _ = os.RemoveAll(dir) }
		running.err = chromedp.Do(ctx)
	})
	if running.err != nil {
		t.Fatalf("start the browser: %v", running.err)
	}
	return running.ctx
}

// page is one tab of its own signed-in person: cookies are not shared.
type page struct {
	t     *testing.T
	ctx   context.Context
	base  string
	name  string
	mu    sync.Mutex
	noise []string
}

// size is a screen.
type size struct{ w, h int64 }

var (
	desktop = size{1440, 900}
	phone   = size{390, 844}
)

// open makes a tab with its own cookies.
func open(t *testing.T, browserCtx context.Context, base, name, lang string, s size) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browserCtx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx, base: base, name: name}
	console := chromedp.Console(ctx)
	go p.listen(console)
	err := chromedp.Do(ctx, chromedp.EmulateViewport(s.w, s.h))
	if err == nil {
		headers := network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}}
		_, err = chromedp.Call(ctx, network.SetExtraHTTPHeaders, headers)
	}
	if err != nil {
		t.Fatalf("open a tab for %s: %v", name, err)
	}
	return p
}

// listen collects what the console complains about until the tab closes.
func (p *page) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		if m.IsException() || m.Type == "error" {
			p.mu.Lock()
			p.noise = append(p.noise, m.String())
			p.mu.Unlock()
		}
	}
}

// do runs browser actions within a bounded time; a failure leaves a picture.
func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.shot("failed-" + p.name)
		late, stop := context.WithTimeout(p.ctx, 5*time.Second)
		defer stop()
		url, _ := chromedp.Run(late, chromedp.Location())
		text, _ := chromedp.Run(late, chromedp.Text("body"))
		p.t.Fatalf("%s: %s: %v\nat %s\n%.1500s", p.name, what, err, url, text)
	}
}

// visit goes to a path and checks the page it finds.
func (p *page) visit(path string) {
	p.t.Helper()
	p.do("visit "+path, chromedp.Navigate(p.base+path), chromedp.WaitReady("main"))
	p.check()
}

// has waits for a selector to be visible.
func (p *page) has(sel string) {
	p.t.Helper()
	p.do("wait for "+sel, chromedp.WaitVisible(sel))
}

// read runs one action that returns a value.
func read[T any](p *page, what string, a chromedp.Action[T]) T {
	p.t.Helper()
	var v T
	p.do(what, chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		v, err = a(ctx, t)
		return err
	}))
	return v
}

// check fails on console errors and on what axe finds, which is asked only where
// something on the page is of a kind that it has not judged yet.
func (p *page) check() {
	p.t.Helper()
	url := read(p, "where", chromedp.Location())
	novel := false
	for mark := range strings.FieldsSeq(read(p, "marks", chromedp.Evaluate[string](shape))) {
		if _, known := judged.LoadOrStore(mark, true); !known {
			novel = true
		}
	}
	if novel {
		p.judge(url)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.noise {
		p.t.Errorf("%s at %s: %s", p.name, url, n)
	}
	p.noise = nil
}

// judge runs axe on the page.
func (p *page) judge(url string) {
	p.t.Helper()
	p.do("load axe", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[int](axe+";0")(ctx, t)
		return err
	}))
	out := read(p, "axe", chromedp.Evaluate[string](
		`axe.run(document,{resultTypes:["violations"]}).then(r=>JSON.stringify(r.violations.map(v=>({id:v.id,help:v.help,nodes:v.nodes.map(n=>n.html.slice(0,160)).slice(0,3)}))))`,
		chromedp.EvalAwaitPromise))
	var v []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		p.t.Fatalf("axe answered %q: %v", out, err)
	}
	for _, x := range v {
		p.t.Errorf("%s at %s: axe %s: %s %q", p.name, url, x.ID, x.Help, x.Nodes)
	}
}

// shot keeps a picture when XIUCHENG_SHOTS names a folder.
func (p *page) shot(name string) {
	dir := os.Getenv("XIUCHENG_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	if b, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644)
	}
}

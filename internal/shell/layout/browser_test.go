package layout_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/shell/asset"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/ui"
)

// tab opens a page of the gallery in Chromium; it skips where there is none,
// unless XIUCHENG_REQUIRE names chromium.
func tab(t *testing.T, h http.Handler) (ctx context.Context, base string) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if strings.Contains(os.Getenv("XIUCHENG_REQUIRE"), "chromium") {
			t.Fatal("Chromium is required and was not found")
		}
		t.Skip("no Chromium: the scripts of pages are not tested")
	}
	srv, err := httpx.Listen(httpx.Serving{Addr: "127.0.0.1:0", Grace: time.Second}, h)
	if err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(run) }()
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Headless, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-dev-shm-usage", true))
	ctx, stopTab := chromedp.NewContext(alloc)
	ctx, stopTime := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(func() { stopTime(); stopTab(); stopAlloc(); stop(); <-ended })
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx, srv.URL()
}

func visit(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
}

// eval runs a script, which may await, and returns its value as text.
func eval(t *testing.T, ctx context.Context, script string) string {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async () => String(await ("+script+")))()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// until waits for a script to become true.
func until(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](script)); err != nil {
		t.Fatalf("waiting for %s: %v", script, err)
	}
}

func TestScriptsOfTheForm(t *testing.T) {
	ctx, base := tab(t, gallery(t))
	visit(t, ctx, base+"/form?lang=en")
	until(t, ctx, `document.querySelector("#report[data-on]") !== null && document.querySelector("[data-map][data-ready]") !== null`)

	pole := `document.querySelector("[name=pole]").closest(".field").hidden`
	if got := eval(t, ctx, pole); got != "true" {
		t.Errorf("the question that depends on an answer is shown: %s", got)
	}
	eval(t, ctx, `document.querySelector("[value=light]").click()`)
	if got := eval(t, ctx, pole); got != "false" {
		t.Errorf("the question is not shown after its answer: %s", got)
	}

	eval(t, ctx, `document.querySelector("#report").dispatchEvent(new CustomEvent("photo:place", {detail: {lat: 36.768, lng: 119.142, accuracy: 9}}))`)
	if got := eval(t, ctx, `document.querySelector("[name='place.lat']").value + document.querySelector("[data-said]").textContent`); got != "36.768000The photo carries its position; the pin has been placed" {
		t.Errorf("place of a photo: %q", got)
	}

	eval(t, ctx, `(() => { const w = document.querySelector("[name=words]"); w.value = "stalls"; w.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	until(t, ctx, `(localStorage.getItem("draft:report") || "").includes("stalls")`)
	if got := eval(t, ctx, `localStorage.getItem("draft:report").includes("phone")`); got != "false" {
		t.Error("personal data must not be kept in a draft")
	}
	visit(t, ctx, base+"/form?lang=en")
	until(t, ctx, `document.querySelector("[name=words]").value === "stalls" && document.querySelector(".restored") !== null`)
	eval(t, ctx, `document.querySelector(".restored button").click()`)
	if got := eval(t, ctx, `document.querySelector("[name=words]").value + localStorage.getItem("draft:report")`); got != "null" {
		t.Errorf("a discarded draft is gone: %q", got)
	}
}

// A form refused over htmx is drawn anew without losing what was chosen, and
// other refusals become a toast.
func TestRefusalsOverHTMX(t *testing.T) {
	ctx, base := tab(t, gallery(t))
	visit(t, ctx, base+"/form?lang=en")
	until(t, ctx, `document.querySelector("[name=photos][data-on]") !== null`)
	eval(t, ctx, `(() => { const i = document.querySelector("[name=photos]"), d = new DataTransfer();
		d.items.add(new File(["x"], "a.jpg", {type: "image/jpeg"})); i.files = d.files; i.dispatchEvent(new Event("change", {bubbles: true}));
		document.querySelector("[name=words]").value = "stalls";
		document.querySelector("#report").requestSubmit(); })()`)
	until(t, ctx, `document.querySelectorAll("#report .summary li").length === 2 && document.querySelector("[name=photos][data-on]") !== null`)
	got := eval(t, ctx, `[document.querySelector("[name=photos]").files.length, document.querySelectorAll("[data-thumbs] li").length, document.querySelector("[name=words]").value,
		document.activeElement.className, location.pathname].join("|")`)
	if want := "1|1|stalls|summary|/form"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	eval(t, ctx, `document.querySelector("[value=stall]").click(), document.querySelector("[name='place.address']").value = "Yuhe Road", document.querySelector("#report").requestSubmit()`)
	if err := chromedp.Do(ctx, chromedp.WaitReady("#toast .toast")); err != nil { // across the navigation
		t.Fatal(err)
	}
	eval(t, ctx, `htmx.ajax("GET", "/busy", "main").catch(() => 0)`)
	until(t, ctx, `document.querySelector("#toast .toast.bad") !== null`)
	eval(t, ctx, `document.querySelector("#toast [data-dismiss]").click()`)
	if got := eval(t, ctx, `document.querySelectorAll("#toast .toast").length`); got != "0" {
		t.Errorf("%s toasts after dismissing", got)
	}
	if got := eval(t, ctx, `Object.keys(localStorage).filter((k) => k.startsWith("draft:")).length`); got != "0" {
		t.Errorf("%s drafts left after the form was accepted", got)
	}
}

// A photo of one pixel block with the position 36°46'4.8"N 119°8'31.2"E in its
// EXIF block, built by the script itself.
const jpegWithPlace = `(() => {
	const b = [0xff,0xd8,0xff,0xe1,0,0], u16 = (v) => b.push(v & 255, v >> 8), u32 = (v) => { u16(v & 65535); u16(v >>> 16); };
	b.push(0x45,0x78,0x69,0x66,0,0); const base = b.length;
	b.push(0x49,0x49); u16(42); u32(8); u16(1); u16(0x8825); u16(4); u32(1); u32(26); u32(0);
	u16(4);
	u16(1); u16(2); u32(2); u32(0x4e);
	u16(2); u16(5); u32(3); u32(80);
	u16(3); u16(2); u32(2); u32(0x45);
	u16(4); u16(5); u32(3); u32(104); u32(0);
	for (const [n, d] of [[36,1],[46,1],[48,10],[119,1],[8,1],[312,10]]) { u32(n); u32(d); }
	b[5] = b.length - 4;
	return new DataView(new Uint8Array(b).buffer);
})()`

func TestPlaceOfAPhoto(t *testing.T) {
	ctx, base := tab(t, gallery(t))
	visit(t, ctx, base+"/form")
	gps := func(view string) string {
		return eval(t, ctx, fmt.Sprintf(`import(%q).then((m) => { const g = m.gps(%s); return g && g.lat.toFixed(4) + "," + g.lng.toFixed(4); })`, asset.URL("photo.js"), view))
	}
	if got := gps(jpegWithPlace); got != "36.7680,119.1420" {
		t.Errorf("got %s", got)
	}
	for _, bad := range []string{"new DataView(new ArrayBuffer(0))", "new DataView(new Uint8Array([0xff,0xd8,0xff,0xe1,0,200,0x45,0x78,0x69,0x66,0,0,0x49]).buffer)", "new DataView(new TextEncoder().encode('no picture').buffer)"} {
		if got := gps(bad); got != "null" {
			t.Errorf("%s: %s", bad, got)
		}
	}
}

// A refreshed queue keeps the row under the cursor where it is.
func TestQueueNeverJumps(t *testing.T) {
	ctx, base := tab(t, gallery(t))
	visit(t, ctx, base+"/desk?lang=zh")
	got := eval(t, ctx, fmt.Sprintf(`import(%q).then((m) => {
		const q = document.querySelector("#queue"), link = document.querySelector("#case-5 a");
		q.closest(".pbody").style.height = "200px"; q.closest(".pbody").style.flex = "none";
		link.focus({preventScroll: true}); link.scrollIntoView();
		const top = link.getBoundingClientRect().top, element = link;
		const fresh = q.cloneNode(true);
		const row = (n) => fresh.querySelector("#case-" + n);
		fresh.append(row(1)); row(2).remove(); row(5).querySelector(".title").textContent = "新标题";
		for (let i = 0; i < 3; i++) { const r = row(3).cloneNode(true); r.id = "new-" + i; fresh.prepend(r); }
		m.merge(q, fresh);
		return [document.activeElement === element, Math.abs(link.getBoundingClientRect().top - top) < 1.5, link.querySelector(".title").textContent.trim(),
			[...q.children].map((r) => r.id.replace("case-", "")).join()].join("|");
	})`, asset.URL("live.js")))
	if want := "true|true|新标题|new-2,new-1,new-0,3,4,5,6,7,8,9,1"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// One event of the stream reaches the page and refreshes the queue.
func TestLiveUpdate(t *testing.T) {
	rt := gallery(t)
	var mu sync.Mutex
	title := "before"
	send := make(chan string)
	rows := func(r *http.Request) []ui.Row {
		mu.Lock()
		defer mu.Unlock()
		return []ui.Row{{ID: "c1", Href: "#", Title: title}}
	}
	err := rt.Handle(
		httpx.Route{Method: "GET", Pattern: "/live", Name: "live", Access: httpx.Public(), Stream: true, Handler: func(w http.ResponseWriter, r *http.Request) error {
			s, err := httpx.NewStream(w, r)
			for err == nil {
				select {
				case m := <-send:
					err = s.Send("1", "", m)
				case <-s.Done():
					return nil
				case <-s.Closing():
					return nil
				}
			}
			return err
		}},
		httpx.Route{Method: "GET", Pattern: "/queue", Name: "queue", Access: httpx.Public(), Handler: func(w http.ResponseWriter, r *http.Request) error {
			f := frame(r)
			f.Live = "/live"
			r = layout.With(w, r, f)
			return httpx.Render(w, r, 200, within(layout.Of(layout.Page{Title: "queue"}), ui.Queue("q", rows(r), "/queue", "case")))
		}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, base := tab(t, rt)
	visit(t, ctx, base+"/queue")
	eval(t, ctx, `document.body.addEventListener("live:case", (e) => { window.heard = e.detail.subject; })`)
	mu.Lock()
	title = "after"
	mu.Unlock()
	send <- `{"topic":"case","subject":"c1"}`
	until(t, ctx, `window.heard === "c1"`)
	until(t, ctx, `document.querySelector("#c1 .title").textContent.trim() === "after"`)
}

func TestKeyboard(t *testing.T) {
	ctx, base := tab(t, gallery(t))
	visit(t, ctx, base+"/desk?lang=en")
	press := func(keys string) {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
			t.Fatal(err)
		}
	}
	at := `document.activeElement.closest(".row")?.id || document.activeElement.tagName`
	press("j")
	if got := eval(t, ctx, at); got != "case-4" {
		t.Errorf("j after the selected row is %s", got)
	}
	press("k")
	press("k")
	if got := eval(t, ctx, at); got != "case-2" {
		t.Errorf("k twice is %s", got)
	}
	press("/")
	if got := eval(t, ctx, at); got != "INPUT" {
		t.Errorf("/ leads to %s", got)
	}
	press("j?")
	if got := eval(t, ctx, `document.activeElement.value + document.querySelector("#keys").open`); !strings.HasSuffix(got, "j?false") {
		t.Errorf("shortcuts must not act while typing: %s", got)
	}
	eval(t, ctx, `document.activeElement.blur()`)
	press("?")
	if got := eval(t, ctx, `document.querySelector("#keys").open`); got != "true" {
		t.Errorf("? opens the list: %s", got)
	}
}

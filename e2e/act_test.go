package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// photo draws a picture unlike any other and returns its file.
func photo(t *testing.T, name string) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := 0; y < 480; y += 40 {
		for x := 0; x < 640; x += 40 {
			c := color.RGBA{uint8(rand.N(256)), uint8(rand.N(256)), uint8(rand.N(256)), 255}
			for i := range 1600 {
				img.SetRGBA(x+i%40, y+i/40, c)
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// filler sets the named controls of the page's form as a person would: a choice
// by its value or, for a list of people, by a part of its text.
const filler = `(function(values){
  const form = document.querySelector("main form.form");
  const missing = [];
  for (const [name, want] of Object.entries(values)) {
    const all = [...form.elements].filter((x) => x.name === name);
    const one = all[0];
    if (!one) { missing.push(name); continue; }
    if (one.type === "radio" || one.type === "checkbox") {
      const hit = all.find((x) => x.value === want) || all.find((x) => x.labels[0].innerText.includes(want));
      if (!hit) { missing.push(name + "=" + want); continue; }
      if (!hit.checked) hit.click();
      continue;
    }
    if (one.tagName === "SELECT") {
      const hit = [...one.options].find((o) => o.value === want) || [...one.options].find((o) => o.value && o.text.includes(want));
      if (!hit) { missing.push(name + "=" + want + " of " + [...one.options].map((o) => o.text).join("|")); continue; }
      one.value = hit.value;
    } else one.value = want;
    one.dispatchEvent(new Event("input", {bubbles: true}));
    one.dispatchEvent(new Event("change", {bubbles: true}));
  }
  return missing.join(", ");
})(%s)`

type values map[string]string

// fill sets controls of the form on the page.
func (p *page) fill(v values) {
	p.t.Helper()
	if v == nil {
		v = values{}
	}
	b, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	if missing := read(p, "fill the form", chromedp.Evaluate[string](strings.Replace(filler, "%s", string(b), 1))); missing != "" {
		p.shot("failed-" + p.name)
		p.t.Fatalf("%s: the form has no %s", p.name, missing)
	}
}

// attach puts a picture into the form's first file input.
func (p *page) attach(file string) {
	p.t.Helper()
	p.do("attach a photo", chromedp.SetUploadFiles(`main form.form input[type="file"][name]`, []string{file}))
}

// goes runs something that opens another page and checks that page.
func (p *page) goes(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, steps...); err != nil {
		p.do(what+" (after "+err.Error()+")", chromedp.WaitReady("main"))
	}
	p.do(what, chromedp.WaitReady("main"))
	p.check()
}

// follow clicks a link.
func (p *page) follow(sel string) {
	p.t.Helper()
	p.has(sel)
	read(p, "open what folds it", chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).closest("details")?.setAttribute("open", ""), true`, sel)))
	p.goes("follow "+sel, chromedp.Click(sel))
}

// submit sends the form and expects to leave it.
func (p *page) submit() {
	p.t.Helper()
	p.goes("submit", chromedp.Click(`main form.form .steps .primary`))
	p.accepted()
}

// sends sends a form that may come back: that status is no complaint of the page.
func (p *page) sends() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(`main form.form .steps .primary`)); err != nil {
		p.t.Fatalf("%s: submit: %v", p.name, err)
	}
	p.do("wait for the answer", chromedp.WaitReady("main"))
	p.mu.Lock()
	p.noise = slices.DeleteFunc(p.noise, func(n string) bool { return strings.Contains(n, "status of 4") })
	p.mu.Unlock()
}

// summary is what is wrong with the form, "" when there is none.
func (p *page) summary() string {
	p.t.Helper()
	return read(p, "look for refusals", chromedp.Evaluate[string](`[...document.querySelectorAll("main form .summary")].map((x) => x.innerText).join(" ")`))
}

// accepted fails when the form came back.
func (p *page) accepted() {
	p.t.Helper()
	if wrong := p.summary(); wrong != "" {
		p.shot("failed-" + p.name)
		p.t.Fatalf("%s: refused: %s", p.name, wrong)
	}
}

// press sends keys to the page.
func (p *page) press(keys string) {
	p.t.Helper()
	p.do("press "+keys, chromedp.KeyEvent(keys))
}

// pressThrough opens a step by its letter and sends its form by Tab and Enter:
// no mouse.
func (p *page) pressThrough(letter string, v values) {
	p.t.Helper()
	p.goes("key "+letter, chromedp.KeyEvent(letter))
	p.fill(v)
	for range 60 {
		if read(p, "focus", chromedp.Evaluate[bool](`document.activeElement?.matches("main form.form .steps .primary") ?? false`)) {
			p.goes("Enter", chromedp.KeyEvent(kb.Enter))
			p.accepted()
			return
		}
		p.press(kb.Tab)
	}
	p.t.Fatalf("%s: Tab never reached the button", p.name)
}

package layout

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// NavItem is one link of the navigation. Items are given in the order of the
// visitor's work; on a phone the first five stand in the tab bar.
type NavItem struct {
	Name  string // compared with Page.Active
	Label string
	Icon  string
	Href  string
	Count int // shown when above zero
}

// User is the visitor as the header shows them.
type User struct {
	Name string
	Post string
	Href string // the account page
}

// Bell is the inbox.
type Bell struct {
	Href  string
	Count int
}

// Frame is what surrounds a page for one visitor. The zero Frame is a public
// page without navigation.
type Frame struct {
	Brand    i18n.Text // name of the bureau's system; empty shows the program's
	Home     string    // where the brand leads; empty means "/"
	Nav      []NavItem
	User     *User
	Bell     *Bell
	Live     string // address of the event stream; empty for none
	Demo     bool
	Practice bool
	Credit   string // of the map's data
	// Here is path and query of the page; Flash a sentence left by the page before.
	Here  string
	Flash *httpx.Flash
}

type frameKey struct{}

// With puts the frame around the request's page. It takes the sentence that the
// page before left, unless the request is for a piece of a page, a picture or data.
func With(w http.ResponseWriter, r *http.Request, f Frame) *http.Request {
	f.Here = r.URL.RequestURI()
	if r.Method == http.MethodGet && !httpx.IsFragment(r) && strings.Contains(r.Header.Get("Accept"), "text/html") {
		if flash, ok := httpx.TakeFlash(w, r); ok {
			f.Flash = &flash
		}
	}
	return r.WithContext(context.WithValue(r.Context(), frameKey{}, f))
}

// From returns the frame of the request, the zero Frame without one.
func From(ctx context.Context) Frame {
	f, _ := ctx.Value(frameKey{}).(Frame)
	return f
}

func (f Frame) brand(ctx context.Context) string {
	if f.Brand.ZH == "" {
		return i18n.T(ctx, "layout.brand")
	}
	return f.Brand.In(i18n.LangOf(ctx))
}

func (f Frame) home() string {
	if f.Home == "" {
		return "/"
	}
	return f.Home
}

// other is the address of this page in the other language.
func (f Frame) other(ctx context.Context) string {
	u, err := url.Parse(f.Here)
	if err != nil {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("lang", string(i18n.EN))
	if i18n.LangOf(ctx) == i18n.EN {
		q.Set("lang", "zh")
	}
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// bar is the phone's tab bar: the page's own views where it has some, else the
// start of the navigation.
func (f Frame) bar(p Page) []ui.Tab {
	if len(p.Views) > 0 {
		return p.Views
	}
	tabs := make([]ui.Tab, 0, barItems)
	for _, n := range f.Nav {
		if len(tabs) == barItems {
			break
		}
		tabs = append(tabs, ui.Tab{Label: n.Label, Href: n.Href, Icon: n.Icon, Count: count(n.Count), Active: n.Name == p.Active})
	}
	return tabs
}

// barItems is how many links a thumb can tell apart in 390 px.
const barItems = 5

// Kind is how a page uses the screen.
type Kind string

// The kinds of pages.
const (
	Document Kind = "document" // a column of panes; the page scrolls
	Desk     Kind = "desk"     // panes fill the window and scroll on their own
	Field    Kind = "field"    // one hand, sunlight: larger, higher contrast
	Public   Kind = "public"   // for citizens: narrow column, larger text
)

// Page is what a duty says about its page.
type Page struct {
	Title   string
	Active  string // name of the NavItem
	Kind    Kind   // empty means Document
	Views   []ui.Tab
	Scripts []string // modules the page needs besides app.js: "map.js"
}

func (p Page) kind() string {
	if p.Kind == "" {
		return string(Document)
	}
	return string(p.Kind)
}

// htmxConfig keeps htmx inside the content security policy and lets refusals be
// seen: a form that fails (422) replaces itself, other errors go to the toast.
const htmxConfig = `{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"selfRequestsOnly":true,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},` +
	`{"code":"[45]..","swap":true,"error":true,"target":"#toast","swapOverride":"innerHTML"}]}`

func count(n int) string {
	switch {
	case n <= 0:
		return ""
	case n > 99:
		return "99+"
	}
	return strconv.Itoa(n)
}

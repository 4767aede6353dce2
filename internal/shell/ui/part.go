package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// Chip is a small coloured word: a state, a priority, a kind.
type Chip struct {
	Label string
	Tone  Tone
	Icon  string
}

// KPI is one key figure; where Href is set the figure opens its cases.
type KPI struct {
	Label, Value, Unit, Note string
	Tone                     Tone
	Href                     string
	Spark                    []float64
}

// Row is one case in a queue or list.
type Row struct {
	ID       string // of the element: live updates replace the row by it
	Href     string
	Title    string
	Meta     []string // class, address …: joined by middots; the last may be long
	Chips    []Chip
	Left     Left
	Selected bool
	Unread   bool
	Point    string // "lng,lat" for the map, may be empty
}

// Entry is one line of a timeline.
type Entry struct {
	ID    string    // of the element, for links to it; "" for none
	At    string    // as shown: "09:12", "5月3日 09:12"
	Time  time.Time // behind it; zero leaves the element out
	Title string
	Text  string
	Who   string
	Tone  Tone // Green done, Blue now, Plain to come, Red refused or overdue
	More  templ.Component
}

// Photo is one picture; Full opens on click, without any script.
type Photo struct {
	Thumb, Full string
	Alt         string
	Label       string
	At          string
	Blurred     bool // faces in it were looked for and blurred
}

func (p Photo) blurred() bool { return p.Blurred }

// Fact is one line of a list of facts. Value wins over Text.
type Fact struct {
	Label string
	Text  string
	Value templ.Component
	Wide  bool // over the full width
}

// Tab is a section of a page, chosen by link.
type Tab struct {
	Label  string
	Href   string
	Icon   string
	Count  string
	Active bool
}

// Pager leads through a list by key: only forward, and back to the start.
type Pager struct {
	First, Next string // addresses; empty hides the link
	Shown       int
	Total       string // "1,000+"; may be empty
}

// Step is a button drawn from an offer. A blocked one stays visible and says why.
type Step struct {
	Label   string
	Icon    string
	Href    string // a page or fragment; empty makes it the submit button of its form
	Name    string // name and value of a submit button
	Value   string
	Primary bool
	Danger  bool
	More    bool   // seldom needed: behind a fold
	Key     string // keyboard shortcut, one character
	Blocked string // the reason in words; empty when allowed
	Article string // "《行政处罚法》第四十四条"
	Dialog  string // id of a <dialog> to open; Href is the way without script
	Target  string // hx-target; with it Href is loaded as a fragment
}

// seldom are the steps behind the fold.
func seldom(list []Step) (out []Step) {
	for _, s := range list {
		if s.More && s.Blocked == "" {
			out = append(out, s)
		}
	}
	return out
}

// State is an empty or special state of a pane.
type State struct {
	Icon, Title, Text  string
	Action, ActionHref string
}

func joinNonEmpty(parts []string, sep string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), sep)
}

// noticeRole makes a screen reader speak up for bad news only.
func noticeRole(t Tone) string {
	if t == Red {
		return "alert"
	}
	return "note"
}

func when(cond bool, s string) string {
	if cond {
		return s
	}
	return ""
}

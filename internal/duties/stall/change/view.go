package change

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"xiucheng/internal/duties/stall/effect"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// View is a change in words.
type View struct {
	Name, Href    string
	Since, Opened string // the day, alone and in a sentence; "" where nobody knows
	Verdict       ui.Chip
	Change, Range string   // "" where nothing can be said
	Lines         []string // the reason or the verdict, and what has to be said with it
	Counts, How   string
	Near, Outside rate
	Weeks         []weekLine
}

// rate is how many a week there were before and after, and the line of all weeks.
type rate struct {
	Before, After string // "" where nothing can be said
	Line          []float64
}

type weekLine struct {
	From, Near, Outside string
	Opens               bool
}

// Say puts a change into the reader's words.
func Say(ctx context.Context, c Change) View {
	v := View{Name: c.Cluster.Name.In(i18n.LangOf(ctx)), Href: "/street/effect?" + url.Values{"cluster": {c.Cluster.Code}}.Encode(),
		Verdict: ui.Chip{Label: i18n.T(ctx, "change.none")}, How: i18n.T(ctx, "change.how", "n", c.Radius, "weeks", most)}
	if c.Cluster.Since != 0 {
		v.Since = c.Cluster.Since.String()
		v.Opened = i18n.T(ctx, "change.since_day", "day", v.Since)
	}
	if c.Missing != "" {
		v.Lines = []string{i18n.T(ctx, c.Missing)}
		return v
	}
	e := c.Effect
	v.Counts = i18n.T(ctx, "change.counts", "before", e.Weeks[0], "after", e.Weeks[1], "near_before", e.Before.Near, "near_after", e.After.Near,
		"out_before", e.Before.Outside, "out_after", e.After.Outside)
	v.weeks(c)
	if e.Refusal != "" {
		v.Lines = []string{i18n.T(ctx, "effect."+string(e.Refusal))}
		return v
	}
	v.Near.Before, v.Near.After = each(e.Before.Near, e.Weeks[0]), each(e.After.Near, e.Weeks[1])
	v.Outside.Before, v.Outside.After = each(e.Before.Outside, e.Weeks[0]), each(e.After.Outside, e.Weeks[1])
	v.Verdict = ui.Chip{Label: i18n.T(ctx, "change."+string(e.Verdict)), Tone: tones[e.Verdict]}
	v.Change, v.Range = signed(e.Change), i18n.T(ctx, "change.range", "low", signed(e.Low), "high", signed(e.High))
	v.Lines = []string{i18n.T(ctx, "effect."+string(e.Verdict))}
	for _, x := range e.Notes {
		v.Lines = append(v.Lines, i18n.T(ctx, "effect."+string(x)))
	}
	return v
}

var tones = map[effect.Verdict]ui.Tone{effect.Less: ui.Green, effect.More: ui.Amber, effect.Unclear: ui.Blue}

func (v *View) weeks(c Change) {
	for _, w := range c.Weeks {
		v.Weeks = append(v.Weeks, weekLine{w.From.String(), strconv.Itoa(w.Near), strconv.Itoa(w.Outside), w.Opens})
		v.Near.Line, v.Outside.Line = append(v.Near.Line, float64(w.Near)), append(v.Outside.Line, float64(w.Outside))
	}
}

// each is how many there were a week.
func each(n, weeks int) string { return fmt.Sprintf("%.1f", float64(n)/float64(weeks)) }

// signed is a share of change with its sign; what rounds to nothing has none.
func signed(x float64) string {
	n := math.Round(100 * x)
	if n == 0 {
		return "0%"
	}
	return strings.Replace(fmt.Sprintf("%+.0f%%", n), "-", "−", 1)
}

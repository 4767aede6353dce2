package ui

import (
	"context"
	"time"

	"xiucheng/internal/platform/i18n"
)

// Tone is what a colour means. Red is kept for overdue and legal matters.
type Tone string

// The tones, from quiet to loud.
const (
	Plain Tone = ""
	Blue  Tone = "blue"
	Green Tone = "green"
	Amber Tone = "amber"
	Red   Tone = "red"
)

// Left is the time a case has left, in words, with the instant behind it.
type Left struct {
	Label string
	At    time.Time // zero: no <time> element
	Tone  Tone
	Icon  string
}

// LeftUntil says how long is left at now until due, rounded down as clerks
// count: 119 minutes are "1 hour". With soon or less left it turns amber, past
// due red. A zero due says that there is no deadline.
func LeftUntil(ctx context.Context, now, due time.Time, soon time.Duration) Left {
	if due.IsZero() {
		return Left{Label: i18n.T(ctx, "ui.noclock"), Icon: "clock"}
	}
	d := due.Sub(now)
	switch {
	case d < 0:
		return Left{Label: span(ctx, "ui.over.", -d), At: due, Tone: Red, Icon: "clock-exclamation"}
	case d < time.Minute:
		return Left{Label: i18n.T(ctx, "ui.left.now"), At: due, Tone: Amber, Icon: "clock"}
	case d <= soon:
		return Left{Label: span(ctx, "ui.left.", d), At: due, Tone: Amber, Icon: "clock"}
	}
	return Left{Label: span(ctx, "ui.left.", d), At: due, Icon: "clock"}
}

// Took says how long a closed case took.
func Took(ctx context.Context, from, to time.Time) Left {
	return Left{Label: span(ctx, "ui.took.", to.Sub(from)), At: to, Icon: "circle-check"}
}

// Paused says that the clock stands still.
func Paused(ctx context.Context) Left {
	return Left{Label: i18n.T(ctx, "ui.paused"), Icon: "clock-pause"}
}

func span(ctx context.Context, prefix string, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return i18n.T(ctx, prefix+"days", "n", int(d/(24*time.Hour)))
	case d >= time.Hour:
		return i18n.T(ctx, prefix+"hours", "n", int(d/time.Hour))
	}
	return i18n.T(ctx, prefix+"minutes", "n", max(1, int(d/time.Minute)))
}

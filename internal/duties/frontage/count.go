package frontage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// The lists.
const (
	Red   = "red"
	Black = "black"
)

// The published conditions of the lists, and how often a shop may be disturbed.
const (
	window    = 90 * 24 * time.Hour
	redMean   = 95
	blackMany = 3
	between   = 7 * 24 * time.Hour // routine checks of one shop
	slack     = 0.5                // metres that two stretches may share
)

// Counts reports whether an inspection counts for a list: it was rated, and
// nobody is reviewing or has cancelled it.
func (e Entry) Counts() bool {
	return e.Procedure == Inspection && !slices.Contains([]string{"recorded", "appealed", "cancelled"}, e.State)
}

// Good reports whether the shop came out of the inspection well.
func (e Entry) Good() bool { return e.State == "passed" || e.State == "closed" }

// Verdict is the case for a list: which inspections speak for it, and whether they are enough.
type Verdict struct {
	Met     bool
	Counted []string // ids of the cases
	Grounds string
}

// Judge applies a list's condition to a shop's inspections of the last 90 days;
// the red list needs at least so many that count. What is under appeal counts for
// nothing, and while a failure is, nobody is blackened.
func Judge(list string, all []Entry, least int, now time.Time) (v Verdict) {
	sum, failures, pending := 0, 0, false
	var rated, failed []string
	for _, e := range all {
		if e.Procedure != Inspection || e.Opened.Before(now.Add(-window)) {
			continue
		}
		pending = pending || e.State == "appealed" && !e.Failed.IsZero()
		if !e.Counts() {
			continue
		}
		sum += e.Total
		rated = append(rated, e.Case.String())
		if !e.Failed.IsZero() {
			failures++
			failed = append(failed, e.Case.String())
		}
	}
	if list == Black {
		return Verdict{failures >= blackMany && !pending, failed, fmt.Sprintf("90 日内复查不合格 %d 次 / not corrected %d times in 90 days", failures, failures)}
	}
	if len(rated) == 0 {
		return Verdict{}
	}
	mean := float64(sum) / float64(len(rated))
	return Verdict{mean >= redMean && failures == 0 && len(rated) >= least, rated, fmt.Sprintf("90 日内检查 %d 次，平均 %.1f 分，无不合格 / %d checks in 90 days, %.1f points on average, none failed", len(rated), mean, len(rated), mean)}
}

// clash is the name of a shop whose open pledge shares more than half a metre of
// the stretch, "" for none.
func clash(ctx context.Context, q dbx.Querier, division id.ID, own string, l shop.Line) (string, error) {
	near, err := shop.Around(ctx, q, division, l.Middle(), l.Metres()+100)
	if err != nil {
		return "", err
	}
	for _, n := range near {
		if n.Code == own {
			continue
		}
		list, err := Of(ctx, q, division, n.Code, Pledge)
		if err != nil {
			return "", err
		}
		for _, e := range list {
			if !e.Terminal && shop.Overlap(l, e.Stretch) > slack {
				return n.Name, nil
			}
		}
	}
	return "", nil
}

// Root is the pledge a shop's new case hangs on: the open one, else the latest; the zero id where the shop
// never had one.
func Root(ctx context.Context, q dbx.Querier, division id.ID, code string) (id.ID, error) {
	list, err := Of(ctx, q, division, code, Pledge)
	for _, e := range list {
		if !e.Terminal {
			return e.Case, err
		}
	}
	if len(list) > 0 {
		return list[0].Case, err
	}
	return id.ID{}, err
}

// Keyed is the case whose receipt code opens a shop's next one: its pledge, else
// the inspection with which a shop without a pledge got its code; the zero id where
// it has none yet.
func Keyed(ctx context.Context, q dbx.Querier, division id.ID, code string) (id.ID, error) {
	if root, err := Root(ctx, q, division, code); err != nil || !root.IsZero() {
		return root, err
	}
	list, err := Of(ctx, q, division, code, Inspection)
	for _, e := range list {
		if e.Parent.IsZero() {
			return e.Case, err
		}
	}
	return id.ID{}, err
}

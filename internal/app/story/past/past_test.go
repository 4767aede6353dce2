package past

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/geo"
)

// The made-up past is the same each time, fits its mapping, lies around the opening
// and not in the last month, and near one cluster at most.
func TestThePastIsAlwaysTheSame(t *testing.T) {
	opened, err := calendar.ParseDate("2026-03-01")
	if err != nil {
		t.Fatal(err)
	}
	clusters := []geo.Point{{Lat: 36.76, Lng: 119.12}, {Lat: 36.76, Lng: 119.16}}
	roads := []geo.Line{{{Lat: 36.76, Lng: 119.08}, {Lat: 36.76, Lng: 119.2}}}
	now := opened.At(0).AddDate(0, 4, 0)
	table, m, err := Table(opened, clusters, roads, now)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err := Table(opened, clusters, roads, now); err != nil || !bytes.Equal(table, again) {
		t.Errorf("another table, %v", err)
	}
	lines, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil || len(lines) < 200 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	before, near := 0, 0
	for _, cells := range lines[1:] {
		line := map[string]string{}
		for i, name := range lines[0] {
			line[name] = cells[i]
		}
		at, err := m.At("opened", line)
		if err != nil || at.Before(opened.At(0).AddDate(0, 0, -7*weeksBefore)) || at.After(now.AddDate(0, -1, 0)) {
			t.Errorf("opened %v, %v", at.Format(time.DateTime), err)
		}
		if at.Before(opened.At(0)) {
			before++
		}
		p, err := m.Point(line)
		if err != nil {
			t.Fatal(err)
		}
		which, ok := only(clusters, *p)
		if !ok {
			t.Errorf("%v is near two clusters", p)
		}
		if which >= 0 {
			near++
		}
	}
	if before == 0 || before == len(lines)-1 || near == 0 || near == len(lines)-1 {
		t.Errorf("%d of %d before the opening, %d near a cluster", before, len(lines)-1, near)
	}
}

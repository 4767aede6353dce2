package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/clock"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/search"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/platform/geo"
)

const foreignMap = `
origin: old city
provenance: 演示数据
zone: UTC
crs: WGS84
fields:
  id: {column: no}
  number: {text: "OLD-{no}"}
  opened: {column: opened}
  due: {column: target}
  closed: {column: closed}
  end: {column: result, otherwise: fixed, values: {cannot: unfixable, other: not_ours}}
  title: {column: what}
  class: {column: kind, values: {lamp: "01037", litter: "06010", "": ""}}
  dept: {column: who, otherwise: "", values: {lights: ZM}}
  lat: {column: lat}
  lng: {column: lng}
`

// foreign writes a table of n cases, of which some are open, late or wrong.
func foreign(t *testing.T, n int) (path string, bad int) {
	t.Helper()
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := csv.NewWriter(z)
	rows := [][]string{{"no", "opened", "target", "closed", "result", "what", "kind", "who", "lat", "lng"}}
	for i := range n {
		opened := time.Date(2025, 1, 1, 8, 0, i, 0, time.UTC)
		at := func(d time.Duration) string { return opened.Add(d).Format("2006-01-02T15:04:05") }
		row := []string{fmt.Sprint(i), at(0), at(48 * time.Hour), at(24 * time.Hour), "", fmt.Sprintf("旧案%d 号，路灯不亮", i), "lamp", "lights", fmt.Sprintf("%.4f", 42+float64(i)/float64(n)), "-71.1"}
		switch i % 10 {
		case 1:
			row[3] = "" // open, long overdue
		case 2:
			row[2], row[3], row[7] = "", "", "nobody" // open without a target
		case 3:
			row[3], row[4] = at(72*time.Hour), "cannot" // ended late
		case 4:
			row[6] = "unheard of"
			bad++
		case 5:
			row[3] = at(-time.Hour)
			bad++
		}
		if i == 17 {
			row = row[:4]
			bad++
		}
		rows = append(rows, row)
	}
	if err := errors.Join(w.WriteAll(rows), z.Close()); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "old.csv.gz")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, bad
}

func TestForeignHistoriesComeInOnce(t *testing.T) {
	t.Parallel()
	const n = 2500
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			a, ctx := demo(t, address(t)), context.Background()
			var err error
			for n := 1; n > 0; { // the demonstration's own clocks
				if n, err = a.engine.Tick(ctx); err != nil {
					t.Fatal(err)
				}
			}
			before := counts(t, a)
			m, err := history.ReadMapping([]byte(foreignMap))
			if err != nil {
				t.Fatal(err)
			}
			file, bad := foreign(t, n)
			into := &geo.Box{W: 119.13, S: 36.76, E: 119.15, N: 36.78}

			// cut off behind the first batch, then again from the start
			cut, stop := context.WithCancel(ctx)
			_, _, err = a.ImportRequests(cut, "", file, "", m, into, func(history.Progress) { stop() })
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("the cut run: %v", err)
			}
			p, rejects, err := a.ImportRequests(ctx, "", file, "", m, into, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := history.Progress{Lines: n, Imported: int64(n - bad), Rejected: int64(bad), Share: 1, Resumed: true}
			if diff := cmp.Diff(want, p); diff != "" {
				t.Fatal(diff)
			}
			text, err := os.ReadFile(rejects)
			if err != nil || strings.Count(string(text), "\n") != bad+1 || !strings.Contains(string(text), "18,line: 4 columns instead of 10") {
				t.Errorf("%d lines are set aside, %v", strings.Count(string(text), "\n")-1, err)
			}
			again, _, err := a.ImportRequests(ctx, "", file, "", m, into, nil)
			if err != nil || again.Imported != 0 || again.Known != p.Imported {
				t.Errorf("a second run: %+v %v", again, err)
			}

			after := counts(t, a)
			tenth := n / 10
			for state, plus := range map[string]int{"handling": tenth, "filed": tenth, "closed_unfixable": tenth, "closed_fixed": n - 5*tenth - 1} {
				if after[state]-before[state] != plus {
					t.Errorf("%s: %d more, want %d", state, after[state]-before[state], plus)
				}
			}
			if after["late"]-before["late"] != tenth {
				t.Errorf("%d overdue, want %d", after["late"]-before["late"], tenth)
			}
			foreignCases(t, a)
		})
	}
}

// counts are the cases of each state, and under "late" the overdue ones.
func counts(t *testing.T, a *App) map[string]int {
	t.Helper()
	v, err := a.public(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	list, err := record.Counts(context.Background(), a.db, v.Division.ID, record.Filter{}, time.Now().UnixMicro())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, c := range list {
		out[c.State] += c.N
		out["late"] += c.Late
	}
	return out
}

func foreignCases(t *testing.T, a *App) {
	t.Helper()
	ctx := context.Background()
	v, err := a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// found by words without a pass of the indexer
	h, err := search.Find(ctx, a.db, v.Division.ID, "旧案2 路灯", record.Filter{}, "", 5)
	if err != nil || len(h.Rows) == 0 {
		t.Fatalf("not found: %v", err)
	}
	// nobody is told that old cases are late
	if n, err := a.engine.Tick(ctx); err != nil || n > 0 {
		t.Errorf("%d moments of old cases ring, %v", n, err)
	}
	for number, late := range map[string]bool{"OLD-11": true, "OLD-13": true, "OLD-10": false} {
		x, err := record.ByNumber(ctx, a.db, v.Division.ID, number)
		if err != nil {
			t.Fatal(err)
		}
		c, err := record.Find(ctx, a.db, v.Division.ID, x)
		if err != nil {
			t.Fatal(err)
		}
		if c.Late("handle") != late || c.Grid == "" || !strings.Contains(c.Provenance, "synthetic") || c.Class != "01037" {
			t.Errorf("%s: late %v, grid %q, provenance %q, class %q", number, c.Late("handle"), c.Grid, c.Provenance, c.Class)
		}
		if k := c.Clock("handle"); number == "OLD-10" && (k.State != clock.Stopped || c.Entered-c.Opened != (24*time.Hour).Microseconds()) {
			t.Errorf("%s: its clock is %s, it took %d", number, k.State, c.Entered-c.Opened)
		}
		proof, err := record.Verify(ctx, a.db, v.Division.ID, x)
		if err != nil || proof.Broken != nil {
			t.Errorf("%s: %+v %v", number, proof.Broken, err)
		}
		events, err := record.Timeline(ctx, a.db, v.Division.ID, x)
		if err != nil {
			t.Fatal(err)
		}
		f, err := record.Fold(events)
		if err != nil || f.State != c.State || f.Opened != c.Opened || f.Entered != c.Entered || f.Number != number {
			t.Errorf("%s does not follow from its timeline: %+v %v", number, f, err)
		}
	}
}

func TestAMappingIsReadStrictly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"origin: x":                   "fields.id is missing",
		foreignMap + "  colour: {}\n": "colour is no field",
		strings.Replace(foreignMap, "crs: WGS84", "", 1):            "crs: name it",
		strings.Replace(foreignMap, "zone: UTC", "zone: Mars", 1):   "zone",
		strings.Replace(foreignMap, "origin:", "unheard: 1\no:", 1): "unheard",
	} {
		if _, err := history.ReadMapping([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not speak of %q", err, want)
		}
	}
	examples, err := filepath.Glob("../../docs/examples/*.yaml")
	examples = slices.DeleteFunc(examples, func(x string) bool { return filepath.Base(x) == "hotline12345.yaml" }) // of orders, not of histories
	if err != nil || len(examples) < 3 {
		t.Fatal(examples, err)
	}
	for _, x := range examples {
		text, err := os.ReadFile(x)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := history.ReadMapping(text); err != nil {
			t.Errorf("%s: %v", x, err)
		}
	}
}

func TestNumbersGoOnWhereAnotherSystemStopped(t *testing.T) {
	t.Parallel()
	a, ctx := demo(t, ""), context.Background()
	day := time.Now().Format("20060102")
	if err := a.ContinueNumbers(ctx, "", "incident", day, 4711); err != nil {
		t.Fatal(err)
	}
	if err := a.ContinueNumbers(ctx, "", "incident", day, 12); err == nil {
		t.Error("numbers go back")
	}
}

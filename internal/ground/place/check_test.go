package place_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/ground/place"
)

// box is a feature over a rectangle of hundredths of a degree from 119° E, 36° N.
func box(layer, code, parent string, w, s, e, n float64, more string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"layer":%q,"code":%q,"parent":%q,"name_zh":%q,"provenance":"synthetic"%s},
"geometry":{"type":"Polygon","coordinates":[[[%[6]f,%[7]f],[%[8]f,%[7]f],[%[8]f,%[9]f],[%[6]f,%[9]f],[%[6]f,%[7]f]]]}}`,
		layer, code, parent, code, more, 119+w/100, 36+s/100, 119+e/100, 36+n/100)
}

func collection(features ...string) *strings.Reader {
	return strings.NewReader(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + "]}")
}

func parse(t *testing.T, features ...string) []place.Feature {
	t.Helper()
	list, issues := place.Parse(collection(features...))
	for _, i := range issues {
		t.Fatalf("feature %d: %v", i.Feature, i.Err)
	}
	return list
}

func tree(grids ...string) []string {
	return append([]string{
		box("division", "370799", "", 0, 0, 4, 4, ""), box("street", "370799001", "370799", 0, 0, 4, 4, ""),
		box("community", "370799001001", "370799001", 0, 0, 2, 4, ""), box("community", "370799001002", "370799001", 2, 0, 4, 4, ""),
	}, grids...)
}

func TestCheckTellsEverythingAtOnce(t *testing.T) {
	now := time.Now()
	good := tree(box("grid", "370799001001001", "370799001001", 0, 0, 2, 4, ""), box("grid", "370799001002001", "370799001002", 2, 0, 4, 4, ""))
	if bad := place.Check(parse(t, good...), now); len(bad) > 0 {
		t.Fatal(bad)
	}
	bad := place.Check(parse(t, tree(
		box("grid", "370799001001001", "370799001001", 0, 0, 1, 4, ""),   // leaves a gap in its community
		box("grid", "370799001002001", "370799001002", 1.5, 0, 4, 4, ""), // sticks out of it
		box("grid", "370799001002002", "370799001002", 3, 1, 4, 2, ""),   // lies on the one before
		box("grid", "370799001009001", "370799001009", 5, 5, 6, 6, ""),   // has no parent
	)...), now)
	want := []string{"place.no_parent 370799001009001", "place.overlap 370799001002001", "place.gap 370799001001", "place.outside 370799001002001"}
	var got []string
	for _, e := range bad {
		code := e.Args["code"]
		if e.Key == "place.overlap" {
			code = e.Args["a"]
		}
		got = append(got, fmt.Sprint(e.Key, " ", code))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if area := bad[2].Args["m2"].(int); area < 3_900_000 || area > 4_100_000 { // 0.9 × 4.4 km
		t.Errorf("the gap has %d m²", area)
	}
}

func TestBrokenFeaturesKeepTheirNumbers(t *testing.T) {
	list, issues := place.Parse(collection(
		box("division", "370799", "", 0, 0, 4, 4, ""),
		`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[36,119]}}`,
		box("grid", "370799-01001001", "370799", 0, 0, 4, 4, ""),
		box("street", "370799001", "370799", 0, 0, 4, 4, `,"valid_from":"2026-07-01","valid_to":"2026-06-30"`),
		box("street", "370799002", "370799", 0, 0, 4, 4, `,"valid_from":"1.7.2026"`),
		box("zone", "z", "", 0, 0, 4, 4, `,"kind":"sweeping"`),
		box("division", "370799", "", 0, 0, 4, 4, ""),
	))
	if len(list) != 1 {
		t.Errorf("%d features are left", len(list))
	}
	want := []string{"2 place.geojson", "3 place.code_length", "4 place.period_turned", "5 place.period", "6 place.zone", "7 place.twice"}
	for i, issue := range issues {
		if got := fmt.Sprint(issue.Feature, " ", issue.Err.Key); i >= len(want) || got != want[i] {
			t.Errorf("issue %d: %s", i, got)
		}
	}
	if len(issues) != len(want) {
		t.Errorf("%d issues, want %d", len(issues), len(want))
	}
	if _, issues := place.Parse(strings.NewReader(`{"type":"FeatureCollection","features":[`)); len(issues) != 1 || issues[0].Feature != 0 {
		t.Errorf("a torn file: %v", issues)
	}
}

func TestGridCodesMayHaveAnotherLength(t *testing.T) {
	codes := place.Standard()
	codes[place.Grid] = 14
	if _, issues := codes.Parse(collection(box("grid", "37079900100101", "370799001001", 0, 0, 4, 4, ""))); len(issues) > 0 {
		t.Error(issues[0].Err)
	}
	if _, issues := codes.Parse(collection(box("grid", "370799001001001", "370799001001", 0, 0, 4, 4, ""))); len(issues) != 1 {
		t.Error("15 characters pass where 14 are the rule")
	}
}

package track

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

func gpx(points string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="handheld" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><time>2026-11-28T00:00:00Z</time></metadata>
<wpt lat="36.7" lon="119.1"><time>2026-11-28T00:00:00Z</time></wpt>
<trk><name>morning</name><trkseg>` + points + `</trkseg></trk></gpx>`
}

func TestDeviceFilesAreRead(t *testing.T) {
	second := time.Date(2026, 11, 28, 0, 0, 5, 0, time.UTC)
	want := []Point{
		{Who: "v-3", At: second.Add(-5 * time.Second), Place: station, Source: File},
		{Who: "v-3", At: second, Place: station, Accuracy: 12, Source: File},
	}
	xml, err := ReadGPX(strings.NewReader(gpx(`
<trkpt lat="36.7958" lon="119.18942"><ele>20</ele><time>2026-11-28T00:00:00Z</time></trkpt>
<trkpt lat=" 36.7958" lon="119.18942"><time>2026-11-28T08:00:05+08:00</time><hdop>2.4</hdop><extensions><a><time>x</time></a></extensions></trkpt>`)), "v-3")
	if d := cmp.Diff(want, xml, near); d != "" || err != nil {
		t.Error(d, err)
	}
	for _, text := range []string{
		"time,lat,lng,accuracy\n2026-11-28T00:00:00Z,36.7958,119.18942,\n2026-11-28T00:00:05Z,36.7958,119.18942,12\n",
		"\ufeff序号,经度,纬度,时间,精度\r\n1,119.18942,36.7958,2026/11/28 08:00:00\r\n2,119.18942,36.7958,2026-11-28 08:00:05,12\r\n",
	} {
		table, err := ReadCSV(strings.NewReader(text), "v-3", geo.WGS84, zone)
		if d := cmp.Diff(want, table, near); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	shifted, err := ReadCSV(strings.NewReader("time,lat,lng\n2026-11-28T00:00:00Z,36.7958,119.18942\n"), "v-3", geo.GCJ02, zone)
	if err != nil || geo.Distance(shifted[0].Place, station) < 400 {
		t.Error("the system of the coordinates does not matter", shifted, err)
	}
}

func TestDeviceFilesAreRefusedInWords(t *testing.T) {
	const good = `<trkpt lat="36.7958" lon="119.18942"><time>2026-11-28T00:00:00Z</time></trkpt>`
	for _, c := range []struct {
		text, key string
		line      any
	}{
		{gpx(""), "track.empty", nil},
		{gpx(good + "\n" + `<trkpt lat="36.7958" lon="119.18942"></trkpt>`), "track.no_time", 6},
		{gpx(good + "\n" + `<trkpt lat="96.7958" lon="119.18942"><time>2026-11-28T00:00:00Z</time></trkpt>`), "track.no_place", 6},
		{gpx(`<trkpt lon="119.18942"><time>2026-11-28T00:00:00Z</time></trkpt>`), "track.no_place", 5},
		{gpx(good)[:320], "track.broken", 5},
		{"<kml></kml>", "track.not_gpx", nil},
		{"", "track.broken", 1},
		{`<!DOCTYPE gpx [<!ENTITY a "b">]><gpx><trk><trkseg><trkpt lat="&a;" lon="1"/></trkseg></trk></gpx>`, "track.broken", 1},
	} {
		_, err := ReadGPX(strings.NewReader(c.text), "v-3")
		refused(t, c.text, err, c.key, c.line)
	}
	for _, c := range []struct {
		text, key string
		line      any
	}{
		{"", "track.no_column", nil},
		{"time,lat\n", "track.no_column", nil},
		{"time,lat,lng\n", "track.empty", nil},
		{"time,lat,lng\n\n,36.7,119.1\n", "track.no_time", 3},
		{"time,lat,lng\n2026-11-28T00:00:00Z,36.7\n", "track.no_place", 2},
		{"time,lat,lng,accuracy\n2026-11-28T00:00:00Z,36.7,119.1,good\n", "track.no_accuracy", 2},
		{"time,lat,lng\n\"2026", "track.broken", 2},
		{"time,lat,lng\n1926-11-28T00:00:00Z,36.7,119.1\n", "track.when", nil},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), "v-3", geo.WGS84, zone)
		refused(t, c.text, err, c.key, c.line)
	}
}

func refused(t *testing.T, text string, err error, key string, line any) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid || f.Key != key || line != nil && f.Args["line"] != line {
		t.Errorf("%q: %v, want %s in line %v", text, err, key, line)
	}
}

// endless is a file that never ends.
type endless struct{ line string }

func (e endless) Read(b []byte) (int, error) { return copy(b, e.line), nil }

func TestLargeFilesAreRefused(t *testing.T) {
	type refusing func(io.Reader) error
	xml := func(r io.Reader) error { _, err := ReadGPX(r, "v-3"); return err }
	table := func(r io.Reader) error { _, err := ReadCSV(r, "v-3", geo.WGS84, zone); return err }
	point := `<trkpt lat="36.7958" lon="119.18942"><time>2026-11-28T00:00:00Z</time></trkpt>`
	for name, c := range map[string]struct {
		read        refusing
		start, line string
	}{
		"points of GPX":  {xml, "<gpx>", point},
		"a long comment": {xml, "<gpx><!--", strings.Repeat("x", 64<<10)},
		"lines":          {table, "time,lat,lng\n", "2026-11-28T00:00:00Z,36.7958,119.18942\n"},
		"one long cell":  {table, "time,lat,lng\n\"", strings.Repeat("x", 64<<10)},
		"a long heading": {table, "", strings.Repeat("x", 64<<10)},
	} {
		if err := c.read(io.MultiReader(strings.NewReader(c.start), endless{c.line})); !fault.Is(err, fault.TooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// usable says that points can be kept and read again.
func usable(t *testing.T, points []Point, err error) {
	if err == nil && len(points) == 0 {
		t.Fatal("no points and no refusal")
	}
	if k := fault.As(err); k != nil && k.Kind != fault.Invalid && k.Kind != fault.TooLarge {
		t.Fatal(err)
	}
	for _, p := range points {
		q, ok := parseLine(appendLine(nil, p))
		if err := p.check(); err != nil || !ok {
			t.Fatalf("%+v cannot be kept: %v", p, err)
		}
		if d := cmp.Diff(p.Place, q.Place, near); d != "" || q.Who != p.Who || q.At.UnixMilli() != p.At.UnixMilli() {
			t.Fatalf("%+v is read as %+v", p, q)
		}
	}
}

func FuzzGPX(f *testing.F) {
	f.Add([]byte(gpx(`<trkpt lat="36.7958" lon="119.18942"><time>2026-11-28T00:00:00Z</time><hdop>2</hdop></trkpt>`)))
	f.Add([]byte(gpx(`<trkpt lat="-0.0000000001" lon="180"><time>2000-01-01T00:00:00+14:00</time></trkpt>`)))
	f.Add([]byte(`<gpx><trkpt lat="NaN" lon="Inf"><time>2026-11-28T00:00:00Z</time>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		points, err := ReadGPX(strings.NewReader(string(text)), "v-3")
		usable(t, points, err)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("time,lat,lng,accuracy\n2026-11-28T00:00:00Z,36.7958,119.18942,4\n"), 0)
	f.Add([]byte("\ufeff时间,经度,纬度\n2026/11/28 08:00:00,119.18942,36.7958\n"), 1)
	f.Add([]byte("time,lat,lng\n\"2026\n"), 2)
	f.Fuzz(func(t *testing.T, text []byte, crs int) {
		points, err := ReadCSV(strings.NewReader(string(text)), "v-3", []geo.CRS{geo.WGS84, geo.GCJ02, geo.BD09}[uint(crs)%3], zone)
		usable(t, points, err)
	})
}

func FuzzLine(f *testing.F) {
	f.Add(appendLine(nil, at(0)))
	f.Add([]byte("00000000 \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		points, dropped := parse(text)
		if n := strings.Count(string(text), "\n"); len(points)+dropped < n || len(points)+dropped > n+1 {
			t.Fatalf("%d points and %d dropped of %d lines", len(points), dropped, n)
		}
		for _, p := range points {
			if err := p.check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

package track

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

const (
	mostBytes  = 32 << 20
	mostPoints = 200_000
	// perHDOP is metres of error for each unit of horizontal dilution of
	// precision, at the usual range error of a civil receiver.
	perHDOP = 5
)

// file refuses what is too large: a fault TooLarge out of Read.
type file struct {
	r    io.Reader
	left int
}

func (f *file) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if f.left -= n; f.left < 0 {
		return 0, tooLarge()
	}
	return n, err
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "track.too_large", "mb", mostBytes>>20, "points", mostPoints)
}

// ReadGPX reads the track points of a GPX 1.1 file
// (https://www.topografix.com/GPX/1/1/), which are in WGS-84. Waypoints and
// routes are plans, not tracks, and are left out. A file that is not GPX, a
// point without a time or a place, and a file without points are faults
// Invalid that name the line; above 32 MB or 200,000 points it is TooLarge.
func ReadGPX(r io.Reader, who string) (points []Point, err error) {
	defer fault.Trace(&err, "track.ReadGPX")
	dec := xml.NewDecoder(&file{r, mostBytes})
	root := false
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && root {
			break
		}
		if err != nil {
			return nil, broken(err, dec)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case !root && start.Name.Local != "gpx":
			return nil, fault.New(fault.Invalid, "track.not_gpx")
		case start.Name.Local == "gpx":
			root = true
		case start.Name.Local == "wpt", start.Name.Local == "rte":
			if err := dec.Skip(); err != nil {
				return nil, broken(err, dec)
			}
		case start.Name.Local == "trkpt":
			p, err := trackPoint(dec, start, who)
			if err != nil {
				return nil, err
			}
			if points = append(points, p); len(points) > mostPoints {
				return nil, tooLarge()
			}
		}
	}
	return points, some(points)
}

func trackPoint(dec *xml.Decoder, start xml.StartElement, who string) (Point, error) {
	line, _ := dec.InputPos()
	var x struct {
		Lat  string `xml:"lat,attr"`
		Lng  string `xml:"lon,attr"`
		Time string `xml:"time"`
		HDOP string `xml:"hdop"`
	}
	if err := dec.DecodeElement(&x, &start); err != nil {
		return Point{}, broken(err, dec)
	}
	row := row{line: line, lat: x.Lat, lng: x.Lng, time: x.Time, zone: time.UTC}
	p, err := row.point(who)
	if hdop, bad := strconv.ParseFloat(strings.TrimSpace(x.HDOP), 64); bad == nil && hdop > 0 && hdop < 1000 {
		p.Accuracy = hdop * perHDOP
	}
	return p, err
}

func broken(err error, dec *xml.Decoder) error {
	if fault.Is(err, fault.TooLarge) {
		return err
	}
	line, _ := dec.InputPos()
	return fault.Wrap(err, fault.Invalid, "track.broken", "line", line)
}

func some(points []Point) error {
	if len(points) == 0 {
		return fault.New(fault.Invalid, "track.empty")
	}
	return nil
}

// row is one point as a file writes it.
type row struct {
	line                     int
	time, lat, lng, accuracy string
	zone                     *time.Location // of times that name none
}

// forms of instants, after the one with a zone.
var forms = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04"}

func (r row) instant() (time.Time, error) {
	text := strings.TrimSpace(r.time)
	t, err := time.Parse(time.RFC3339, text)
	for _, form := range forms {
		if err == nil {
			break
		}
		t, err = time.ParseInLocation(form, text, r.zone)
	}
	return t, err
}

// point is the row as a point of the file; the fault names the line.
func (r row) point(who string) (Point, error) {
	bad := func(key string) (Point, error) { return Point{}, fault.New(fault.Invalid, key, "line", r.line) }
	at, err := r.instant()
	if err != nil {
		return bad("track.no_time")
	}
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(r.lat), 64)
	lng, err2 := strconv.ParseFloat(strings.TrimSpace(r.lng), 64)
	p := Point{Who: who, At: at, Place: geo.Point{Lat: lat, Lng: lng}, Source: File}
	if err1 != nil || err2 != nil || !p.kept().Valid() {
		return bad("track.no_place")
	}
	if text := strings.TrimSpace(r.accuracy); text != "" {
		if p.Accuracy, err = strconv.ParseFloat(text, 64); err != nil || !(p.Accuracy >= 0 && p.Accuracy < 1e6) {
			return bad("track.no_accuracy")
		}
	}
	return p, p.check()
}

// columns of a table by the names that its first line may give them.
var columns = map[string]string{"time": "time", "时间": "time", "lat": "lat", "纬度": "lat", "lng": "lng", "lon": "lng", "经度": "lng", "accuracy": "accuracy", "精度": "accuracy"}

// ReadCSV reads a table whose first line names its columns: time, lat, lng and,
// if it has one, accuracy; other columns are left out. Times without a zone are
// read in the one given. The errors are those of ReadGPX.
func ReadCSV(r io.Reader, who string, crs geo.CRS, zone *time.Location) (points []Point, err error) {
	defer fault.Trace(&err, "track.ReadCSV")
	text := bufio.NewReader(&file{r, mostBytes})
	if bom, err := text.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = text.Discard(3)
	}
	table := csv.NewReader(text)
	table.FieldsPerRecord, table.ReuseRecord = -1, true
	head, err := heading(table)
	if err != nil {
		return nil, err
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return points, some(points)
		}
		if err != nil {
			return nil, unread(err)
		}
		cell := func(name string) string {
			if i, ok := head[name]; ok && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		line, _ := table.FieldPos(0)
		p, err := row{line: line, time: cell("time"), lat: cell("lat"), lng: cell("lng"), accuracy: cell("accuracy"), zone: zone}.point(who)
		if err != nil {
			return nil, err
		}
		if p.Place = crs.ToWGS84(p.Place); !p.kept().Valid() {
			return nil, fault.New(fault.Invalid, "track.no_place", "line", line)
		}
		if points = append(points, p); len(points) > mostPoints {
			return nil, tooLarge()
		}
	}
}

// heading finds the columns; one that is missing is a fault Invalid.
func heading(table *csv.Reader) (map[string]int, error) {
	cells, err := table.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unread(err)
	}
	head := map[string]int{}
	for i, c := range cells {
		if name, ok := columns[strings.ToLower(strings.TrimSpace(c))]; ok {
			head[name] = i
		}
	}
	for _, name := range []string{"time", "lat", "lng"} {
		if _, ok := head[name]; !ok {
			return nil, fault.New(fault.Invalid, "track.no_column", "column", name)
		}
	}
	return head, nil
}

func unread(err error) error {
	if fault.Is(err, fault.TooLarge) {
		return err
	}
	line := 0
	var at *csv.ParseError
	if errors.As(err, &at) {
		line = at.Line
	}
	return fault.Wrap(err, fault.Invalid, "track.broken", "line", line)
}

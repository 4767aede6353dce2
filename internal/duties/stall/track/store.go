package track

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
)

// Store is a folder with a folder for each division and in it a file for each
// day: 2026-11-28.track. A line is one point, led by the CRC-32C of the rest:
//
//	89abcdef officer-7 1795858200000 36.7958000 119.1894200 4.5 2
//
// (who, milliseconds since 1970, latitude, longitude, accuracy, source). Any
// number of goroutines may use it; one process at a time.
type Store struct {
	dir  string
	zone *time.Location
	mu   sync.Mutex // held by whoever changes a file
}

// Aside is what a folder of tracks that a restore replaced is called by, between
// its old name and the time.
const Aside = ".before-"

const (
	suffix  = ".track"
	dayForm = "2006-01-02"
	key     = "abcdefghijklmnopqrstuvwxyz0123456789-"
)

// Open uses the folder, which need not be there yet. Days are those of the zone.
func Open(dir string, zone *time.Location) *Store { return &Store{dir: dir, zone: zone} }

func (s *Store) path(division, day string) string {
	return filepath.Join(s.dir, division, day+suffix)
}

// Append adds points durably, each to the file of its own day. A point that
// cannot be is a fault Invalid and then nothing is written. When the disk
// fails, some may be written: points that stand twice do no harm.
func (s *Store) Append(division string, points []Point) (err error) {
	defer fault.Trace(&err, "track.Append(%s, %d points)", division, len(points))
	if division == "" || strings.Trim(division, key) != "" {
		return fmt.Errorf("division %q cannot be the name of a folder", division)
	}
	days := map[string][]byte{}
	for _, p := range points {
		if err := p.check(); err != nil {
			return err
		}
		day := p.At.In(s.zone).Format(dayForm)
		days[day] = appendLine(days[day], p)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(filepath.Join(s.dir, division), 0o700); err != nil {
		return err
	}
	for day, lines := range days {
		if err := add(s.path(division, day), lines); err != nil {
			return err
		}
	}
	return nil
}

// add writes lines at the end of a file. A line that a crash left half written
// is closed off first, so that it spoils no other.
func add(path string, lines []byte) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if n := info.Size(); n > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, n-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			lines = append([]byte{'\n'}, lines...)
		}
	}
	if _, err := f.Write(lines); err != nil {
		return err
	}
	return f.Sync()
}

// Read returns the points of the instants from until before to, in the order
// in which they were written day by day, and how many lines were dropped: torn
// by a crash, or changed since. Days without a file are days without points.
func (s *Store) Read(ctx context.Context, division string, from, to time.Time) (points []Point, dropped int, err error) {
	defer fault.Trace(&err, "track.Read(%s)", division)
	days, err := s.Days(division)
	if err != nil {
		return nil, 0, err
	}
	first, last := from.In(s.zone).Format(dayForm), to.Add(-1).In(s.zone).Format(dayForm)
	for _, day := range days {
		if day < first || day > last {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		raw, err := os.ReadFile(s.path(division, day))
		if errors.Is(err, fs.ErrNotExist) { // forgotten meanwhile
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		of, bad := parse(raw)
		dropped += bad
		for _, p := range of {
			if !p.At.Before(from) && p.At.Before(to) {
				points = append(points, p)
			}
		}
	}
	return points, dropped, nil
}

// Size is how long the file of the day of the instant is, 0 where there is none: it
// only grows.
func (s *Store) Size(division string, at time.Time) (int64, error) {
	info, err := os.Stat(s.path(division, at.In(s.zone).Format(dayForm)))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Days lists the days that have a file, oldest first.
func (s *Store) Days(division string) (days []string, err error) {
	list, err := os.ReadDir(filepath.Join(s.dir, division))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range list {
		if day, ok := strings.CutSuffix(e.Name(), suffix); ok {
			days = append(days, day)
		}
	}
	return days, nil
}

// Forget deletes every division's files of days before that of the instant, also
// those that a restore set aside beside the folder, and says how many there were.
func (s *Store) Forget(before time.Time) (files int, err error) {
	defer fault.Trace(&err, "track.Forget")
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := filepath.Glob(filepath.Join(s.dir, "*", "*"+suffix))
	if err != nil {
		return 0, err
	}
	aside, err := filepath.Glob(filepath.Join(s.dir+Aside+"*", "*", "*"+suffix))
	if err != nil {
		return 0, err
	}
	keep := before.In(s.zone).Format(dayForm) + suffix
	for _, path := range append(list, aside...) {
		if filepath.Base(path) >= keep {
			continue
		}
		if err := os.Remove(path); err != nil {
			return files, err
		}
		files++
	}
	for _, path := range aside { // what was set aside goes with its last day
		_ = os.Remove(filepath.Dir(path)) // a folder that still holds something stays
		_ = os.Remove(filepath.Dir(filepath.Dir(path)))
	}
	return files, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendLine(b []byte, p Point) []byte {
	place := p.kept()
	line := append([]byte(p.Who), ' ')
	line = append(strconv.AppendInt(line, p.At.UnixMilli(), 10), ' ')
	line = append(strconv.AppendFloat(line, place.Lat, 'f', 7, 64), ' ')
	line = append(strconv.AppendFloat(line, place.Lng, 'f', 7, 64), ' ')
	line = append(strconv.AppendFloat(line, p.Accuracy, 'f', 1, 64), ' ')
	line = strconv.AppendUint(line, uint64(p.Source), 10)
	return append(fmt.Appendf(b, "%08x %s", crc32.Checksum(line, castagnoli), line), '\n')
}

// parse reads a day. Who is the same string for all points of a person.
func parse(raw []byte) (points []Point, dropped int) {
	names := map[string]string{}
	points = make([]Point, 0, bytes.Count(raw, []byte{'\n'}))
	for line := range bytes.Lines(raw) {
		p, ok := parseLine(line)
		if !ok {
			dropped++
			continue
		}
		if name, ok := names[p.Who]; ok {
			p.Who = name
		} else {
			names[p.Who] = p.Who
		}
		points = append(points, p)
	}
	return points, dropped
}

func parseLine(line []byte) (p Point, ok bool) {
	line, ended := bytes.CutSuffix(line, []byte{'\n'})
	if !ended || len(line) < 10 {
		return p, false
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	if err != nil || uint32(sum) != crc32.Checksum(line[9:], castagnoli) {
		return p, false
	}
	f := strings.Split(string(line[9:]), " ")
	if len(f) != 6 {
		return p, false
	}
	at, err1 := strconv.ParseInt(f[1], 10, 64)
	lat, err2 := strconv.ParseFloat(f[2], 64)
	lng, err3 := strconv.ParseFloat(f[3], 64)
	accuracy, err4 := strconv.ParseFloat(f[4], 64)
	source, err5 := strconv.ParseUint(f[5], 10, 8)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return p, false
	}
	p = Point{Who: strings.Clone(f[0]), At: time.UnixMilli(at).UTC(), Place: geo.Point{Lat: lat, Lng: lng}, Accuracy: accuracy, Source: Source(source)}
	return p, p.check() == nil
}

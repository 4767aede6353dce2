package calendar

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadCSV reads date,type(off|work),name_zh,name_en,status(official|
// statutory-only),source with its header line. All wrong lines are told at once.
func ReadCSV(r io.Reader) ([]Day, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = 6
	var days []Day
	var bad []error
	for first := true; ; first = false {
		rec, err := in.Read()
		if errors.Is(err, io.EOF) {
			return days, errors.Join(bad...)
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			bad = append(bad, err)
			if rec == nil {
				return nil, errors.Join(bad...)
			}
			continue
		}
		if first {
			continue
		}
		d, err := ParseDate(rec[0])
		if err == nil && rec[1] != "off" && rec[1] != "work" {
			err = fmt.Errorf("%q is neither off nor work", rec[1])
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("line %d: %w", line, err))
			continue
		}
		days = append(days, Day{Date: d, Off: rec[1] == "off", Name: rec[2], Official: rec[4] == "official", Source: rec[5]})
	}
}

// maxNotice bounds a notice file: a year has 366 days.
const maxNotice = 1 << 20

// ReadNotice reads a year in the shape of holiday-cn: {"year":2027,"papers":[…],
// "days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}. Every day must
// lie in the year or in the last days of the one before; an empty table is
// refused, because the notice is not out yet.
func ReadNotice(r io.Reader) (year int, days []Day, err error) {
	var in struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []struct {
			Name     string `json:"name"`
			Date     string `json:"date"`
			IsOffDay bool   `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.NewDecoder(io.LimitReader(r, maxNotice)).Decode(&in); err != nil {
		return 0, nil, fmt.Errorf("not a notice in JSON: %w", err)
	}
	if in.Year < 2000 || in.Year > 2200 || len(in.Days) == 0 {
		return 0, nil, fmt.Errorf("the file names no year with days: the notice may not be out yet")
	}
	source := "State Council notice"
	if len(in.Papers) > 0 {
		source = in.Papers[0]
	}
	var bad []error
	for i, x := range in.Days {
		d, err := ParseDate(x.Date)
		if err == nil && d.Year() != in.Year && d.Year() != in.Year-1 {
			err = fmt.Errorf("%s is not in %d", x.Date, in.Year)
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("day %d: %w", i+1, err))
			continue
		}
		days = append(days, Day{Date: d, Off: x.IsOffDay, Name: x.Name, Official: true, Source: source})
	}
	return in.Year, days, errors.Join(bad...)
}

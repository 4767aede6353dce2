package calendar_test

import (
	"context"
	"strings"
	"testing"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const notice = `{"year":2027,"papers":["a notice"],"days":[
	{"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2026-12-27","isOffDay":false}]}`

func TestAnImportedYearIsSeenAtOnceAndReplacesTheOldOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, division := context.Background(), id.New()
		s := calendar.New(db, nil)
		before, err := s.Calendar(ctx, division, calendar.Desk)
		if err != nil || before.Official(2027) {
			t.Fatalf("%v, %v", before, err)
		}
		year, days, err := calendar.ReadNotice(strings.NewReader(notice))
		if err != nil || year != 2027 || len(days) != 2 {
			t.Fatal(year, days, err)
		}
		for range 2 { // the second import changes nothing
			err = db.Write(ctx, func(tx *dbx.Tx) error { return calendar.Import(ctx, tx, division, year, days) })
			if err != nil {
				t.Fatal(err)
			}
		}
		c, err := s.Calendar(ctx, division, calendar.Dept)
		if err != nil || !c.Official(2027) {
			t.Fatalf("2027 is not official after the import: %v", err)
		}
		newYear, _ := calendar.ParseDate("2027-01-01")
		makeUp, _ := calendar.ParseDate("2026-12-27")
		if c.Works(newYear) || !c.Works(makeUp) || len(c.Days(2027)) != 1 {
			t.Errorf("works %v %v, %d days", c.Works(newYear), c.Works(makeUp), len(c.Days(2027)))
		}
		other, err := s.Calendar(ctx, id.New(), calendar.Desk)
		if err != nil || other.Official(2027) {
			t.Errorf("another division has the table too: %v", err)
		}
	}, calendar.Migration)
}

func TestOfficeHoursOfEachCalendar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		ctx, division := context.Background(), id.New()
		s := calendar.New(db, nil)
		set := func(name string, spans ...calendar.Span) error {
			return db.Write(ctx, func(tx *dbx.Tx) error { return calendar.SetOffice(ctx, tx, division, name, spans) })
		}
		if err := set(calendar.Dept, calendar.Span{From: 480, To: 1080}); err != nil {
			t.Fatal(err)
		}
		for _, bad := range [][]calendar.Span{{}, {{From: 600, To: 500}}, {{From: 500, To: 600}, {From: 600, To: 700}}, {{From: 500, To: 1500}}} {
			if err := set(calendar.Desk, bad...); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		day, _ := calendar.ParseDate("2026-09-21")
		for name, want := range map[string]string{calendar.Desk: "2026-09-21 08:30", calendar.Dept: "2026-09-21 08:00"} {
			c, err := s.Calendar(ctx, division, name)
			if err != nil || calendar.FormatDue(c.Open(day)) != want {
				t.Errorf("%s opens %v, want %s (%v)", name, c.Open(day), want, err)
			}
		}
	}, calendar.Migration)
}

func TestBadTablesAreRefusedWhole(t *testing.T) {
	for _, bad := range []string{`{`, `{"year":2027,"days":[]}`, `{"year":2027,"days":[{"date":"2029-01-01","isOffDay":true}]}`, `{"year":2027,"days":[{"date":"x"}]}`} {
		if _, _, err := calendar.ReadNotice(strings.NewReader(bad)); err == nil {
			t.Errorf("accepted %s", bad)
		}
	}
	_, err := calendar.ReadCSV(strings.NewReader("date,type,name_zh,name_en,status,source\n2026-01-01,maybe,a,b,official,c\nx,off,a,b,official,c\n"))
	if err == nil || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("errors with lines expected, got %v", err)
	}
}

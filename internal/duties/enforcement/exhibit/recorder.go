package exhibit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// station is what the list of a recorder station must look like.
var station = register.Kind{ID: "recording", Key: []string{"sha256"}, Check: checkRecording, Columns: []register.Column{
	{Name: "name", ZH: "文件名", Required: true}, {Name: "sha256", ZH: "校验值", Required: true}, {Name: "begins", ZH: "开始时间", Required: true},
	{Name: "ends", ZH: "结束时间", Required: true}, {Name: "device", ZH: "设备编号", Required: true}, {Name: "officer", ZH: "执法人员", Required: true}, {Name: "place", ZH: "存放位置"}}}

func checkRecording(c register.Cells) (out []register.Problem) {
	if b, err := hex.DecodeString(c["sha256"]); err != nil || len(b) != 32 {
		out = append(out, register.Wrong("exhibit.digest", "said", c["sha256"]))
	}
	begins, ok := instant(c["begins"])
	ends, also := instant(c["ends"])
	if !ok || !also || ends.Before(begins) {
		out = append(out, register.Wrong("exhibit.period", "from", c["begins"], "to", c["ends"]))
	}
	return out
}

// instant reads a time as stations write it, in local time.
func instant(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), calendar.Zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Recording is one file of a body camera. The file itself may stay outside.
type Recording struct {
	SHA256, Name    string
	Begins, Ends    time.Time
	Device, Officer string
	Place           string
}

// stewards bring lists of recordings in.
var stewards = []string{"officer", "clerk", "unit_head"}

// ImportRecordings brings a station's list in, whole or not at all; recordings
// that are known stay as they are.
func (m *Room) ImportRecordings(ctx context.Context, actor people.Actor, f register.File) (added int64, problems []register.Problem, err error) {
	defer fault.Trace(&err, "exhibit.ImportRecordings")
	if err := actor.Require(actor.Division, stewards...); err != nil {
		return 0, nil, err
	}
	rows, problems, err := register.Read(station, f)
	if err != nil || len(problems) > 0 {
		return 0, problems, err
	}
	now := m.Clock.Now()
	err = m.DB.Write(ctx, func(tx *dbx.Tx) error {
		added = 0
		for _, c := range rows {
			begins, _ := instant(c["begins"]) // checked
			ends, _ := instant(c["ends"])
			n, err := tx.Exec(ctx, `INSERT INTO recording (division, sha256, name, begins, ends, device, officer, place, at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
				ON CONFLICT (division, sha256) DO NOTHING`, actor.Division, strings.ToLower(c["sha256"]), c["name"], clock.Micro(begins), clock.Micro(ends), c["device"], c["officer"],
				c["place"], clock.Micro(now), actor.Name)
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	return added, nil, err
}

const recordingColumns = `sha256, name, begins, ends, device, officer, place`

func scanRecording(r *sql.Rows) (x Recording, err error) {
	var begins, ends int64
	err = r.Scan(&x.SHA256, &x.Name, &begins, &ends, &x.Device, &x.Officer, &x.Place)
	x.Begins, x.Ends = clock.FromMicro(begins), clock.FromMicro(ends)
	return x, err
}

// Latest lists the recordings that began last.
func Latest(ctx context.Context, q dbx.Querier, division id.ID, limit int) (_ []Recording, err error) {
	defer fault.Trace(&err, "exhibit.Latest")
	rows, err := q.Query(ctx, `SELECT `+recordingColumns+` FROM recording WHERE division = $1 ORDER BY begins DESC LIMIT $2`, division, limit)
	return dbx.Collect(rows, err, scanRecording)
}

// longestRecording bounds how far before an act a recording may have begun.
const longestRecording = 24 * time.Hour

// during lists the recordings that run at some instant of the period.
func during(ctx context.Context, q dbx.Querier, division id.ID, from, to time.Time) ([]Recording, error) {
	rows, err := q.Query(ctx, `SELECT `+recordingColumns+` FROM recording WHERE division = $1 AND begins BETWEEN $2 AND $3 AND ends >= $4 ORDER BY begins`,
		division, clock.Micro(from.Add(-longestRecording)), clock.Micro(to), clock.Micro(from))
	return dbx.Collect(rows, err, scanRecording)
}

// Act is an act of a case that met the party, with the recordings that show it.
type Act struct {
	Step       string // its id
	From, To   time.Time
	Officers   []string
	Recordings []Shown
}

// Shown is a recording of an act; Held says that the file itself is evidence of
// the case.
type Shown struct {
	Recording
	Held bool
}

// Missing reports whether nothing shows the act.
func (a Act) Missing() bool { return len(a.Recordings) == 0 }

// Acts are the acts of a case that say when they began and ended, with the
// recordings made then by one of their officers (by name or certificate).
func (m *Room) Acts(ctx context.Context, s *engine.Snapshot) (out []Act, err error) {
	defer fault.Trace(&err, "exhibit.Acts(%s)", s.ID)
	events, err := record.Timeline(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	files, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		step := s.Proc.Named(e.Step)
		if step == nil || step.FieldOf("start_at") == nil || step.FieldOf("end_at") == nil {
			continue
		}
		b, err := e.Read()
		if err != nil {
			return nil, err
		}
		from, err := step.FieldOf("start_at").Decode(b.Input["start_at"])
		if err != nil {
			return nil, err
		}
		to, err := step.FieldOf("end_at").Decode(b.Input["end_at"])
		if err != nil {
			return nil, err
		}
		a := Act{Step: e.Step, Officers: []string{b.Actor.Name}}
		a.From, _ = from.(time.Time)
		a.To, _ = to.(time.Time)
		for _, o := range b.Officers {
			a.Officers = append(a.Officers, o.Name)
		}
		list, err := during(ctx, m.DB, s.Division, a.From, a.To)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if slices.ContainsFunc(a.Officers, func(name string) bool { return name != "" && strings.Contains(x.Officer, name) }) {
				held := slices.ContainsFunc(files, func(f evidence.Exhibit) bool { return f.SHA256 == x.SHA256 })
				a.Recordings = append(a.Recordings, Shown{x, held})
			}
		}
		out = append(out, a)
	}
	return out, nil
}

package sketch

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Sketch is one that was kept.
type Sketch struct {
	ID      id.ID
	Title   string
	Doc     string // GeoJSON
	Picture string // SHA-256 of the PNG
	At      time.Time
	Author  string
}

// Of lists a case's sketches, the latest first.
func Of(ctx context.Context, q dbx.Querier, division, caseID id.ID) (_ []Sketch, err error) {
	defer fault.Trace(&err, "sketch.Of(%s)", caseID)
	rows, err := q.Query(ctx, `SELECT id, title, doc, picture, at, author FROM sketch WHERE division = $1 AND case_id = $2 ORDER BY id DESC`, division, caseID)
	return dbx.Collect(rows, err, func(r *sql.Rows) (s Sketch, err error) {
		var at int64
		err = r.Scan(&s.ID, &s.Title, &s.Doc, &s.Picture, &at, &s.Author)
		s.At = clock.FromMicro(at)
		return s, err
	})
}

// Keep draws the sketch, adds its picture to the evidence of the case with what
// was measured in words, and keeps both.
func (m *Room) Keep(ctx context.Context, actor people.Actor, s *engine.Snapshot, title string, list []Measure) (out Sketch, err error) {
	defer fault.Trace(&err, "sketch.Keep(%s)", s.ID)
	if err := actor.Require(s.Division, "officer"); err != nil {
		return out, err
	}
	now := m.Clock.Now()
	roads, err := m.roads(ctx, s.Division, list, now)
	if err != nil {
		return out, err
	}
	body, err := Picture(list, roads)
	if err != nil {
		return out, err
	}
	file, err := m.Photos.Keep(ctx, "files", "现场示意图.png", body, now)
	if err != nil {
		return out, err
	}
	out = Sketch{ID: id.New(), Title: title, Picture: file.SHA256, At: now, Author: actor.Name}
	if out.Doc, err = Document(list); err != nil {
		return out, err
	}
	if _, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: "attach", Actor: actor, Files: []engine.Upload{file}, Key: "sketch:" + out.ID.String(), Input: procedure.Input{"kind": "other"}}); err != nil {
		return out, err
	}
	if _, err := m.Engine().Act(ctx, engine.Act{Case: s.ID, Step: "note", Actor: actor, Key: "sketch-note:" + out.ID.String(),
		Input: procedure.Input{"visibility": "internal", "text": "现场示意图“" + title + "”（SHA-256 " + file.SHA256 + "）：" + words(list)}}); err != nil {
		return out, err
	}
	return out, m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO sketch (division, id, case_id, title, doc, picture, at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			s.Division, out.ID, s.ID, title, out.Doc, out.Picture, clock.Micro(now), out.Author)
		return err
	})
}

// words are the measures in a sentence of the record.
func words(list []Measure) string {
	var out []string
	for i, m := range list {
		how := ""
		if len(m.Ring) == 0 {
			how = "，尺量"
		}
		switch m.Kind {
		case Line:
			out = append(out, fmt.Sprintf("%d. %s长%.2f米%s", i+1, m.Name, m.Length, how))
		case Area:
			out = append(out, fmt.Sprintf("%d. %s面积%.2f平方米（周长%.2f米%s）", i+1, m.Name, m.Square, m.Length, how))
		default:
			out = append(out, fmt.Sprintf("%d. %s位于东经%.6f、北纬%.6f", i+1, m.Name, m.Ring[0].Lng, m.Ring[0].Lat))
		}
	}
	return strings.Join(out, "；")
}

// roads are the pieces of roads that a sketch may show below it.
func (m *Room) roads(ctx context.Context, division id.ID, list []Measure, now time.Time) (out []geo.Line, err error) {
	var all geo.Line
	for _, x := range list {
		all = append(all, x.Ring...)
	}
	if len(all) == 0 {
		return nil, nil
	}
	town, err := m.Map(ctx, division)
	if err != nil {
		return nil, err
	}
	near := all.Bounds().Grow(max(50, extent(all)))
	for _, f := range town.Features(now, place.Road) {
		if l := f.Geometry.Line; len(l) > 1 && l.Bounds().Meets(near) {
			out = append(out, l)
		}
	}
	return out, nil
}

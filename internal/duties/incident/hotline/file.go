package hotline

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// File is a file of the hotline that was laid on the table.
type File struct {
	ID      id.ID
	Kind    string
	Name    string
	At      time.Time
	By      string
	Taken   time.Time // zero: only looked at so far
	Answers []Answer
	body    []byte
}

// mostLines is how many lines one file may have: what a desk checks by eye.
const mostLines = 2000

// forgotten is how long a file waits to be taken in before it is forgotten.
const forgotten = 3 * 24 * time.Hour

// Lay keeps a file until it is taken in or forgotten. The actor takes reports
// down; a file that cannot be read by the mapping is Invalid.
func (r *Room) Lay(ctx context.Context, actor people.Actor, kind, name string, body []byte) (f File, err error) {
	defer fault.Trace(&err, "hotline.Lay(%s)", kind)
	if err := actor.Require(actor.Division, incident.Takers...); err != nil {
		return f, err
	}
	f = File{ID: id.New(), Kind: kind, Name: clip(name, 120), At: r.Clock.Now(), By: actor.Name, body: body}
	if _, _, err := r.lines(ctx, actor.Division, f); err != nil {
		return f, err
	}
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE hotline_file SET body = $1 WHERE division = $2 AND taken = 0 AND at < $3`, []byte{}, actor.Division, clock.Micro(f.At.Add(-forgotten))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO hotline_file (division, id, kind, name, body, at, author, taken, answers) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')`,
			actor.Division, f.ID, f.Kind, f.Name, f.body, clock.Micro(f.At), f.By)
		return err
	})
	return f, err
}

// lines reads the file by the division's mapping.
func (r *Room) lines(ctx context.Context, division id.ID, f File) (*history.Mapping, []history.Line, error) {
	m, err := r.Mapping(ctx, division)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(Kinds, f.Kind) {
		return nil, nil, fault.Missing("file")
	}
	list, err := m.of(f.Kind).Lines(f.Name, f.body, mostLines)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "hotline.file_bad", "why", err.Error()).Field("file", "hotline.file_bad", "why", err.Error())
	}
	return m.of(f.Kind), list, nil
}

// File finds a file; unknown is NotFound.
func (r *Room) File(ctx context.Context, division, file id.ID) (f File, err error) {
	defer fault.Trace(&err, "hotline.File(%s)", file)
	var at, taken int64
	var answers string
	err = r.DB.QueryRow(ctx, `SELECT id, kind, name, body, at, author, taken, answers FROM hotline_file WHERE division = $1 AND id = $2`, division, file).
		Scan(&f.ID, &f.Kind, &f.Name, &f.body, &at, &f.By, &taken, &answers)
	if fault.Is(err, fault.NotFound) {
		return f, fault.Missing("file")
	}
	if err != nil {
		return f, err
	}
	f.At, f.Taken = instant(at), instant(taken)
	if answers != "" {
		err = json.Unmarshal([]byte(answers), &f.Answers)
	}
	return f, err
}

// Files are the latest files, without their lines.
func (r *Room) Files(ctx context.Context, division id.ID, limit int) (_ []File, err error) {
	defer fault.Trace(&err, "hotline.Files")
	rows, err := r.DB.Query(ctx, `SELECT id, kind, name, at, author, taken FROM hotline_file WHERE division = $1 ORDER BY id DESC LIMIT $2`, division, limit)
	return dbx.Collect(rows, err, func(r *sql.Rows) (f File, err error) {
		var at, taken int64
		err = r.Scan(&f.ID, &f.Kind, &f.Name, &at, &f.By, &taken)
		f.At, f.Taken = instant(at), instant(taken)
		return f, err
	})
}

// Check says what would become of each line, and changes nothing.
func (r *Room) Check(ctx context.Context, actor people.Actor, f File) (_ []Answer, err error) {
	defer fault.Trace(&err, "hotline.Check(%s)", f.ID)
	return r.each(ctx, actor, f, true)
}

// TakeIn does what each line wants and answers it; the file itself is then
// forgotten. A file that was taken in, or was forgotten, is a Conflict; a
// failure in the middle leaves it, and the lines already done are known when
// it is taken in again.
func (r *Room) TakeIn(ctx context.Context, actor people.Actor, file id.ID) (f File, err error) {
	defer fault.Trace(&err, "hotline.TakeIn(%s)", file)
	if err := actor.Require(actor.Division, incident.Takers...); err != nil {
		return f, err
	}
	if f, err = r.File(ctx, actor.Division, file); err != nil {
		return f, err
	}
	if !f.Taken.IsZero() || len(f.body) == 0 {
		return f, fault.New(fault.Conflict, "hotline.file_taken")
	}
	if f.Answers, err = r.each(ctx, actor, f, false); err != nil {
		return f, err
	}
	raw, err := json.Marshal(f.Answers)
	if err != nil {
		return f, err
	}
	f.Taken = r.Clock.Now()
	return f, r.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE hotline_file SET body = $1, taken = $2, answers = $3 WHERE division = $4 AND id = $5`,
			[]byte{}, clock.Micro(f.Taken), string(raw), actor.Division, f.ID)
		return err
	})
}

// each answers every line; an error is one of the program, not of a line.
func (r *Room) each(ctx context.Context, actor people.Actor, f File, dry bool) (out []Answer, err error) {
	m, list, err := r.lines(ctx, actor.Division, f)
	if err != nil {
		return nil, err
	}
	g, err := r.ground(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	for _, raw := range list {
		a, err := r.one(ctx, actor, g, m, raw, f.Kind, dry)
		if err != nil && fault.As(err).Kind == fault.Internal && !history.Refuses(err) {
			return nil, err
		}
		if err != nil {
			a.Outcome, a.Why = Refused, r.words(err)
		}
		a.Line = raw.N
		a.No, _ = m.Value("id", raw.Cells)
		out = append(out, a)
	}
	return out, nil
}

func (r *Room) one(ctx context.Context, actor people.Actor, g ground, m *history.Mapping, raw history.Line, kind string, dry bool) (Answer, error) {
	switch kind {
	case Results:
		return r.result(ctx, actor, m, raw, dry)
	case Answers:
		return r.acknowledged(ctx, actor, m, raw, dry)
	}
	l, err := g.read(m, raw)
	if err != nil {
		return Answer{}, err
	}
	return r.take(ctx, actor, g, l, dry)
}

package hotline

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Export is one numbered file that went to the hotline.
type Export struct {
	N        int64
	At       time.Time
	By       string
	Size     int64
	Head     []string
	Taken    int // acknowledged by the hotline
	Rejected int
}

// ready is an order as the hotline would be told now.
type ready struct {
	no, told string
	cells    []string
}

// slack is how far behind the last export is looked for changes, because a
// change may be committed after an export that began later.
const slack = time.Hour

// Export writes down what became of all orders that changed since the hotline
// was last told of them; n is 0 when none did. The actor takes reports down.
func (r *Room) Export(ctx context.Context, actor people.Actor) (n int64, err error) {
	defer fault.Trace(&err, "hotline.Export")
	if err := actor.Require(actor.Division, incident.Takers...); err != nil {
		return 0, err
	}
	m, err := r.Mapping(ctx, actor.Division)
	if err != nil {
		return 0, err
	}
	list, err := r.changed(ctx, actor.Division, m)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	head := make([]string, 0, len(m.Reply))
	for _, c := range m.Reply {
		head = append(head, c.Column)
	}
	now := clock.Micro(r.Clock.Now())
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		n = 0
		if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(n), 0) + 1 FROM hotline_export WHERE division = $1`, actor.Division).Scan(&n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO hotline_export (division, n, at, author, size, head) VALUES ($1, $2, $3, $4, $5, $6)`,
			actor.Division, n, now, actor.Name, int64(len(list)), texts(head)); err != nil {
			return err
		}
		for _, x := range list {
			if err := tx.Add(ctx, &exportRows, actor.Division, n, x.no, texts(x.cells), "", ""); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE hotline_order SET told = $1 WHERE division = $2 AND no = $3`, x.told, actor.Division, x.no); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

var exportRows = dbx.Rows{Columns: 6, Into: `INSERT INTO hotline_export_row (division, n, no, cells, answer, reason) VALUES`}

// texts writes texts as JSON, which cannot fail.
func texts(list []string) string {
	raw, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// changed are the orders of which the hotline would read something new.
func (r *Room) changed(ctx context.Context, division id.ID, m *Mapping) (out []ready, err error) {
	var last int64
	if err := r.DB.QueryRow(ctx, `SELECT COALESCE(MAX(at), 0) FROM hotline_export WHERE division = $1`, division).Scan(&last); err != nil {
		return nil, err
	}
	since := last - slack.Microseconds()
	rows, err := r.DB.Query(ctx, `SELECT `+orderColumns+fromOrders+` WHERE o.division = $1 AND (o.changed > $2 OR c.updated > $2 OR o.told = '') ORDER BY o.id`, division, since)
	list, err := dbx.Collect(rows, err, scanOrder)
	if err != nil {
		return nil, err
	}
	dir, err := r.People.Directory(ctx, division)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		fields, err := r.fields(ctx, o, dir)
		if err != nil {
			return nil, err
		}
		x := ready{no: o.No}
		for _, c := range m.Reply {
			v := fields[c.Field]
			if theirs, ok := c.Values[v]; ok {
				v = theirs
			}
			x.cells = append(x.cells, v)
		}
		sum := sha256.Sum256([]byte(texts(x.cells)))
		if x.told = hex.EncodeToString(sum[:16]); x.told != o.told {
			out = append(out, x)
		}
	}
	return out, nil
}

// stamp is an instant as the hotline's systems write it.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04:05")
}

// fields are what can be told of an order.
func (r *Room) fields(ctx context.Context, o Order, dir *people.Directory) (map[string]string, error) {
	f := map[string]string{"id": o.No, "state": o.Stands(), "number": o.Number, "received": stamp(o.Received), "due": stamp(o.Due),
		"called_back": stamp(o.CalledBack), "solved": o.Solved, "comment": o.Comment}
	if o.Stars > 0 {
		f["stars"] = strconv.Itoa(o.Stars)
	}
	if !o.Promise.IsZero() {
		f["due"] = stamp(o.Promise)
	}
	if slices.Contains([]string{Returning, GivenBack}, f["state"]) {
		f["returned"], f["return_reason"], f["return_basis"] = stamp(o.Returned), o.ReturnWhy, o.ReturnBasis
	}
	if f["state"] == Waiting {
		f["reply"] = o.Refused.ZH
	}
	if o.Case.IsZero() {
		return f, nil
	}
	s, err := r.Engine.Find(ctx, o.Division, o.Now)
	if err != nil {
		return nil, err
	}
	if d, err := dir.Department(s.Dept); err == nil {
		f["dept"] = d.Name.ZH
	}
	if s.Terminal {
		f["ended"] = stamp(clock.FromMicro(s.Entered))
		f["reply"] = s.Text("reply")
	} else if t, err := r.Engine.PublicWords(ctx, s, o.No); err == nil {
		f["reply"] = t.ZH
	}
	f["reply"] = strings.TrimSpace(f["reply"])
	return f, nil
}

// Exports are the latest exports, with how they were answered.
func (r *Room) Exports(ctx context.Context, division id.ID, limit int) (_ []Export, err error) {
	defer fault.Trace(&err, "hotline.Exports")
	rows, err := r.DB.Query(ctx, `SELECT e.n, e.at, e.author, e.size, e.head,
		(SELECT COUNT(*) FROM hotline_export_row r WHERE r.division = e.division AND r.n = e.n AND r.answer = 'taken'),
		(SELECT COUNT(*) FROM hotline_export_row r WHERE r.division = e.division AND r.n = e.n AND r.answer = 'rejected')
		FROM hotline_export e WHERE e.division = $1 ORDER BY e.n DESC LIMIT $2`, division, limit)
	return dbx.Collect(rows, err, scanExport)
}

func scanExport(r *sql.Rows) (e Export, err error) {
	var at int64
	var head string
	if err = r.Scan(&e.N, &at, &e.By, &e.Size, &head, &e.Taken, &e.Rejected); err != nil {
		return e, err
	}
	e.At = clock.FromMicro(at)
	return e, json.Unmarshal([]byte(head), &e.Head)
}

// Sent is an export with its rows, as it was; unknown is NotFound.
func (r *Room) Sent(ctx context.Context, division id.ID, n int64) (e Export, rows [][]string, err error) {
	defer fault.Trace(&err, "hotline.Sent(%d)", n)
	found, err := r.DB.Query(ctx, `SELECT n, at, author, size, head, 0, 0 FROM hotline_export WHERE division = $1 AND n = $2`, division, n)
	list, err := dbx.Collect(found, err, scanExport)
	if err != nil {
		return e, nil, err
	}
	if len(list) == 0 {
		return e, nil, fault.Missing("export")
	}
	lines, err := r.DB.Query(ctx, `SELECT cells FROM hotline_export_row WHERE division = $1 AND n = $2 ORDER BY no`, division, n)
	rows, err = dbx.Collect(lines, err, func(r *sql.Rows) (cells []string, err error) {
		var raw string
		if err = r.Scan(&raw); err != nil {
			return nil, err
		}
		return cells, json.Unmarshal([]byte(raw), &cells)
	})
	return list[0], rows, err
}

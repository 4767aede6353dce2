package sites

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"strings"
	"time"

	"xiucheng/internal/duties/stall/siting"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Candidate is a place where a cluster might be.
type Candidate struct {
	ID, Name, Words string
	Place           geo.Point
	At              time.Time
}

// candidateFile is the table that candidates come in by.
var candidateFile = register.Kind{ID: "stall_candidate", Key: []string{"name"}, Columns: []register.Column{
	{Name: "name", ZH: "名称", Required: true}, {Name: register.Lng, ZH: "经度", Required: true}, {Name: register.Lat, ZH: "纬度", Required: true},
	{Name: "words", ZH: "说明"}, {Name: "provenance", ZH: "来源性质"}}}

// Find puts a candidate on the map; one of the same name is moved. Without a
// name or a place it is Invalid.
func (m *Room) Find(ctx context.Context, actor people.Actor, list ...Candidate) (err error) {
	defer fault.Trace(&err, "sites.Find")
	now := m.Clock.Now()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		for _, c := range list {
			if c.Name = strings.TrimSpace(c.Name); c.Name == "" || !c.Place.Valid() {
				return fault.New(fault.Invalid, "form.refused").Field("name", "sites.name_place")
			}
			_, err := tx.Exec(ctx, `INSERT INTO stall_candidate (division, id, name, lat, lng, words, finder, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (division, id) DO UPDATE SET lat = excluded.lat, lng = excluded.lng, words = excluded.words, finder = excluded.finder, at = excluded.at`,
				actor.Division, handle(c.Name), c.Name, c.Place.Lat, c.Place.Lng, c.Words, actor.Account.String(), clock.Micro(now))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// handle is a short name of a name that can stand in an address.
func handle(name string) string {
	sum := sha256.Sum256([]byte(name))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// Import brings candidates as CSV or XLSX: all of them, or none and what is wrong.
func (m *Room) Import(ctx context.Context, actor people.Actor, f register.File) (n int, problems []register.Problem, err error) {
	defer fault.Trace(&err, "sites.Import")
	rows, problems, err := register.Read(candidateFile, f)
	if err != nil || len(problems) > 0 {
		return 0, problems, err
	}
	var list []Candidate
	for _, r := range rows {
		p, _ := r.Point() // checked
		list = append(list, Candidate{Name: r["name"], Words: r["words"], Place: p})
	}
	return len(list), nil, m.Find(ctx, actor, list...)
}

// Drop takes a candidate off the list; scenarios keep what they were asked.
func (m *Room) Drop(ctx context.Context, actor people.Actor, candidate string) (err error) {
	defer fault.Trace(&err, "sites.Drop")
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM stall_candidate WHERE division = $1 AND id = $2`, actor.Division, candidate)
		return err
	})
}

// Candidates are those of the division, by name.
func Candidates(ctx context.Context, q dbx.Querier, division id.ID) (_ []Candidate, err error) {
	defer fault.Trace(&err, "sites.Candidates")
	rows, err := q.Query(ctx, `SELECT id, name, lat, lng, words, at FROM stall_candidate WHERE division = $1 ORDER BY name, id`, division)
	return dbx.Collect(rows, err, func(r *sql.Rows) (c Candidate, err error) {
		var at int64
		err = r.Scan(&c.ID, &c.Name, &c.Place.Lat, &c.Place.Lng, &c.Words, &at)
		c.At = clock.FromMicro(at)
		return c, err
	})
}

// Scenario is a question with its answer, as it was calculated. It never changes
// but for the decision.
type Scenario struct {
	ID             id.ID
	Name           string
	Question       Question
	Plan           siting.Plan
	Maker, Decider string // accounts; no decider: not decided
	At, Decided    time.Time
	Words          string // of the decision
}

// Question is all that an answer rests on, so that it can be worked out again.
type Question struct {
	siting.Scenario
	Names    map[string]string `json:"names"`    // of candidates
	Existing map[string]string `json:"existing"` // names of the clusters there are, by code
	Days     int               `json:"days"`     // how far back disorder was counted
}

// Keep calculates a question and keeps both. A question without a name is Invalid.
func (m *Room) Keep(ctx context.Context, actor people.Actor, name string, q Question) (s Scenario, err error) {
	defer fault.Trace(&err, "sites.Keep")
	if name = strings.TrimSpace(name); name == "" {
		return s, fault.New(fault.Invalid, "form.refused").Field("name", "sites.name_missing")
	}
	s = Scenario{ID: id.New(), Name: name, Question: q, Plan: siting.Solve(q.Scenario), Maker: actor.Account.String(), At: m.Clock.Now()}
	question, err := json.Marshal(q)
	if err != nil {
		return s, err
	}
	answer, err := json.Marshal(s.Plan)
	if err != nil {
		return s, err
	}
	return s, m.DB.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO stall_scenario (division, id, name, question, answer, maker, at, decider, decided, words) VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0, '')`,
			actor.Division, s.ID, s.Name, string(question), string(answer), s.Maker, clock.Micro(s.At))
		return err
	})
}

// Decide marks a scenario as the one that is followed, with the reason. One that
// is decided is refused, and so is no reason.
func (m *Room) Decide(ctx context.Context, actor people.Actor, scenario id.ID, words string) (err error) {
	defer fault.Trace(&err, "sites.Decide")
	if words = strings.TrimSpace(words); words == "" {
		return fault.New(fault.Invalid, "form.refused").Field("words", "sites.why_missing")
	}
	now := m.Clock.Now()
	return m.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE stall_scenario SET decider = $3, decided = $4, words = $5 WHERE division = $1 AND id = $2 AND decided = 0`,
			actor.Division, scenario, actor.Account.String(), clock.Micro(now), words)
		if err != nil || n == 1 {
			return err
		}
		if _, err := find(ctx, tx, actor.Division, scenario); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "sites.decided_already")
	})
}

const scenarioColumns = `id, name, question, answer, maker, at, decider, decided, words`

func scanScenario(r interface{ Scan(...any) error }) (s Scenario, err error) {
	var question, answer string
	var at, decided int64
	if err = r.Scan(&s.ID, &s.Name, &question, &answer, &s.Maker, &at, &s.Decider, &decided, &s.Words); err != nil {
		return s, err
	}
	s.At = clock.FromMicro(at)
	if decided != 0 {
		s.Decided = clock.FromMicro(decided)
	}
	if err = json.Unmarshal([]byte(question), &s.Question); err == nil {
		err = json.Unmarshal([]byte(answer), &s.Plan)
	}
	return s, err
}

// Scenarios are the latest ones of the division.
func Scenarios(ctx context.Context, q dbx.Querier, division id.ID, most int) (_ []Scenario, err error) {
	defer fault.Trace(&err, "sites.Scenarios")
	rows, err := q.Query(ctx, `SELECT `+scenarioColumns+` FROM stall_scenario WHERE division = $1 ORDER BY at DESC, id DESC LIMIT $2`, division, most)
	return dbx.Collect(rows, err, func(r *sql.Rows) (Scenario, error) { return scanScenario(r) })
}

func find(ctx context.Context, q dbx.Querier, division, scenario id.ID) (Scenario, error) {
	rows, err := q.Query(ctx, `SELECT `+scenarioColumns+` FROM stall_scenario WHERE division = $1 AND id = $2`, division, scenario)
	list, err := dbx.Collect(rows, err, func(r *sql.Rows) (Scenario, error) { return scanScenario(r) })
	if err == nil && len(list) == 0 {
		err = fault.Missing("stall_scenario")
	}
	if err != nil {
		return Scenario{}, err
	}
	return list[0], nil
}

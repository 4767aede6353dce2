package catalogue

import (
	"context"
	"encoding/json"
	"time"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Service is the use cases of this room. It is safe for concurrent use.
type Service struct {
	db   *dbx.DB
	clk  clock.Clock
	kept *dbx.Kept[*Catalogue]
}

// kept is the name of the catalogues' generation.
const kept = "catalogue"

// New returns the service.
func New(db *dbx.DB, clk clock.Clock) *Service {
	return &Service{db, clk, dbx.NewKept(db, kept, func(ctx context.Context, division id.ID) (*Catalogue, error) {
		stored, err := Entries(ctx, db, division)
		entries := make([]Entry, len(stored))
		for i, e := range stored {
			entries[i] = e.Entry
		}
		// What no longer holds together after a local change is left out; the
		// pack's diff names it.
		c, _ := Build(entries)
		return c, err
	})}
}

// Catalogue returns the division's catalogue as of now. Before any pack it is
// empty.
func (s *Service) Catalogue(ctx context.Context, division id.ID) (c *Catalogue, err error) {
	defer fault.Trace(&err, "catalogue.Catalogue")
	return s.kept.Get(ctx, division)
}

// SaveCondition creates or changes a line of a class's standard, as a local
// change. The actor must be an administrator. Cases already filed keep the
// limit they were filed with.
func (s *Service) SaveCondition(ctx context.Context, actor people.Actor, c Condition) (err error) {
	defer fault.Trace(&err, "catalogue.SaveCondition(%s)", c.ID)
	e := fault.New(fault.Invalid, "catalogue.condition_bad")
	for field, value := range map[string]string{
		"id": c.ID, "filing_zh": c.Filing.ZH, "filing_en": c.Filing.EN,
		"closing_zh": c.Closing.ZH, "closing_en": c.Closing.EN, "basis": c.Basis,
	} {
		if value == "" {
			e.Field(field, "catalogue.needed")
		}
	}
	limit, ok := ParseLimit(c.Limit.N, string(c.Limit.Unit))
	if !ok {
		e.Field("limit", "catalogue.limit_bad")
	}
	c.Limit = limit
	if !c.Valid() {
		e.Field("valid_to", "catalogue.period_bad")
	}
	if err := e.OrNil(); err != nil {
		return err
	}
	if c.Provenance == "" {
		c.Provenance = Local
	}
	return s.save(ctx, actor, NewEntry(c))
}

// SaveClass changes a class's names, period, note, route overrides and whether
// it is switched off, or adds a local class, as a local change. The actor must
// be an administrator. A standard's own key cannot be changed or added to.
func (s *Service) SaveClass(ctx context.Context, actor people.Actor, x Class) (err error) {
	defer fault.Trace(&err, "catalogue.SaveClass(%s)", x.ID)
	c, err := s.Catalogue(ctx, actor.Division)
	if err != nil {
		return err
	}
	old, err := c.Class(x.ID)
	if err != nil && x.Standard != cLocal {
		return fault.New(fault.Invalid, "catalogue.local_range", "id", x.ID).Field("id", "catalogue.local_range", "id", x.ID)
	}
	if err == nil && old.Key != x.Key {
		return fault.New(fault.Invalid, "catalogue.key_fixed").Field("code", "catalogue.key_fixed")
	}
	return s.save(ctx, actor, NewEntry(x))
}

// save refuses an entry that would not hold together with the rest.
func (s *Service) save(ctx context.Context, actor people.Actor, e Entry) error {
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error {
		stored, err := Entries(ctx, tx, actor.Division)
		if err != nil {
			return err
		}
		entries := []Entry{e}
		var before any
		for _, old := range stored {
			if old.Kind != e.Kind || old.Entry.Key != e.Key {
				entries = append(entries, old.Entry)
			} else {
				before = json.RawMessage(old.Body)
			}
		}
		if _, issues := Build(entries); len(issues) > 0 {
			first := issues[0]
			bad := fault.New(fault.Invalid, first.Key)
			bad.Args = first.Args
			return bad
		}
		if err := putLocal(ctx, tx, actor, now, e); err != nil {
			return err
		}
		return people.Note(ctx, tx, actor, now, "catalogue.save", e.Kind+" "+e.Key, before, json.RawMessage(e.Body))
	})
}

// Revert puts an entry back to what its pack says; an entry without a pack is
// deleted. The actor must be an administrator; unknown is NotFound.
func (s *Service) Revert(ctx context.Context, actor people.Actor, kind, key string) (err error) {
	defer fault.Trace(&err, "catalogue.Revert(%s %s)", kind, key)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return err
	}
	now := s.clk.Now()
	return s.db.Write(ctx, func(tx *dbx.Tx) error { return revert(ctx, tx, actor, now, kind, key) })
}

// LocalChanges lists the entries changed here, with author and date.
func (s *Service) LocalChanges(ctx context.Context, division id.ID) (list []Stored, err error) {
	defer fault.Trace(&err, "catalogue.LocalChanges")
	all, err := Entries(ctx, s.db, division)
	for _, e := range all {
		if e.Local {
			list = append(list, e)
		}
	}
	return list, err
}

// Stored is an entry with where it comes from.
type Stored struct {
	Entry
	PackBody string // what the pack says where Local; "" when no pack has it
	Pack     string
	Local    bool
	Author   string
	At       time.Time
}

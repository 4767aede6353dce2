package party

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Roles are the posts that work with parties.
var Roles = []string{"officer", "unit_head", "legal", "agency_head"}

// Party is a party as it is shown: its number and telephone masked.
type Party struct {
	ID       id.ID
	Kind     law.PartyKind
	Name     string
	Number   string // masked
	Born     calendar.Date
	Operator string
	Address  string
	Phone    string // masked
	At       time.Time
	By       string
	digest   []byte
}

// Draft is a party as an officer enters it.
type Draft struct {
	Kind                                   law.PartyKind
	Name, Number, Operator, Address, Phone string
}

// Minor reports whether the party is a person under 18 on the day.
func (p Party) Minor(on calendar.Date) bool {
	none, lighter := law.Minor(p.Born, on)
	return p.Born != 0 && (none || lighter)
}

// Service is the use cases of this room. It is safe for concurrent use.
type Service struct {
	db  *dbx.DB
	clk clock.Clock
}

// New returns the service.
func New(db *dbx.DB, clk clock.Clock) *Service { return &Service{db, clk} }

// check settles a draft and says everything wrong with it.
func (d *Draft) check() (born calendar.Date, err error) {
	d.Name, d.Operator, d.Address, d.Number = strings.TrimSpace(d.Name), strings.TrimSpace(d.Operator), strings.TrimSpace(d.Address), clean(d.Number)
	bad := fault.New(fault.Invalid, "form.refused")
	if !slices.Contains(law.Parties(), d.Kind) {
		bad.Field("kind", "party.kind")
	}
	if d.Name == "" {
		bad.Field("name", "party.name")
	}
	born, person := CheckID(d.Number)
	switch {
	case d.Kind == law.Citizen && !person:
		bad.Field("number", "party.id_wrong")
	case d.Kind != law.Citizen && !register.CreditCode(d.Number):
		bad.Field("number", "party.credit_wrong")
	}
	if d.Kind == law.SoleTrader && d.Operator == "" {
		bad.Field("operator", "party.operator")
	}
	return born, bad.OrNil()
}

// Save enters a party, or brings one with the same number up to date; there is
// never a second with one number. The actor works in enforcement; a number whose
// check digit is wrong, a missing name or operator is Invalid.
func (s *Service) Save(ctx context.Context, actor people.Actor, d Draft) (key id.ID, err error) {
	defer fault.Trace(&err, "party.Save")
	if err := actor.Require(actor.Division, Roles...); err != nil {
		return key, err
	}
	born, err := d.check()
	if err != nil {
		return key, err
	}
	day := ""
	if born != 0 && d.Kind == law.Citizen {
		day = born.String()
	}
	now, fresh := s.clk.Now(), id.New()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		digest, err := digestOf(ctx, tx, actor.Division, d.Number)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO enforcement_party (division, id, kind, name, number, digest, born, operator, address, phone, at, author)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (division, digest) DO UPDATE SET kind = excluded.kind, name = excluded.name, operator = excluded.operator, address = excluded.address,
			phone = excluded.phone, at = excluded.at, author = excluded.author`,
			actor.Division, fresh, string(d.Kind), d.Name, d.Number, digest, day, d.Operator, d.Address, d.Phone, clock.Micro(now), actor.Name)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM enforcement_party WHERE division = $1 AND digest = $2`, actor.Division, digest).Scan(&key)
	})
	return key, err
}

// digestOf is the keyed digest of a number; the division's secret is made when
// it is first needed. Without the secret nobody can try all numbers.
func digestOf(ctx context.Context, tx *dbx.Tx, division id.ID, number string) ([]byte, error) {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO enforcement_party_key (division, secret) VALUES ($1, $2) ON CONFLICT (division) DO NOTHING`, division, fresh); err != nil {
		return nil, err
	}
	return digest(ctx, tx, division, number)
}

func digest(ctx context.Context, q dbx.Querier, division id.ID, number string) ([]byte, error) {
	var secret []byte
	if err := q.QueryRow(ctx, `SELECT secret FROM enforcement_party_key WHERE division = $1`, division).Scan(&secret); err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(clean(number)))
	return h.Sum(nil), nil
}

const columns = `id, kind, name, number, digest, born, operator, address, phone, at, author`

func scan(r *sql.Rows) (p Party, err error) {
	var at int64
	var born string
	if err = r.Scan(&p.ID, &p.Kind, &p.Name, &p.Number, &p.digest, &born, &p.Operator, &p.Address, &p.Phone, &at, &p.By); err != nil {
		return p, err
	}
	p.At, p.Number, p.Phone = clock.FromMicro(at), Mask(p.Number), Mask(p.Phone)
	if born != "" {
		p.Born, err = calendar.ParseDate(born)
	}
	return p, err
}

// Find reads one party; none is NotFound.
func Find(ctx context.Context, q dbx.Querier, division, key id.ID) (p Party, err error) {
	defer fault.Trace(&err, "party.Find(%s)", key)
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM enforcement_party WHERE division = $1 AND id = $2`, division, key)
	list, err := dbx.Collect(rows, err, scan)
	if err != nil {
		return p, err
	}
	if len(list) == 0 {
		return p, fault.Missing("party")
	}
	return list[0], nil
}

// Search finds parties by their whole number, or by a part of their name; the
// latest first, at most limit. An empty text finds the latest.
func Search(ctx context.Context, q dbx.Querier, division id.ID, text string, limit int) (_ []Party, err error) {
	defer fault.Trace(&err, "party.Search")
	number := clean(text)
	if _, ok := CheckID(number); ok || register.CreditCode(number) {
		d, err := digest(ctx, q, division, number)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		rows, err := q.Query(ctx, `SELECT `+columns+` FROM enforcement_party WHERE division = $1 AND digest = $2`, division, d)
		return dbx.Collect(rows, err, scan)
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(strings.TrimSpace(text))) + "%"
	rows, err := q.Query(ctx, `SELECT `+columns+` FROM enforcement_party WHERE division = $1 AND lower(name) LIKE $2 ESCAPE '\' ORDER BY at DESC, id DESC LIMIT $3`, division, like, limit)
	return dbx.Collect(rows, err, scan)
}

// Whole is what Reveal shows.
type Whole struct{ Number, Phone string }

// minPurpose is how many characters a purpose has at least.
const minPurpose = 4

// Reveal shows a party's number and telephone whole and writes down who looked,
// when and what for; the log is written first. Others than Roles are Forbidden,
// a purpose of less than four characters is Invalid.
func (s *Service) Reveal(ctx context.Context, actor people.Actor, key id.ID, purpose string) (w Whole, err error) {
	defer fault.Trace(&err, "party.Reveal(%s)", key)
	if err := actor.Require(actor.Division, Roles...); err != nil {
		return w, err
	}
	if purpose = strings.TrimSpace(purpose); len([]rune(purpose)) < minPurpose {
		return w, fault.New(fault.Invalid, "form.refused").Field("purpose", "party.purpose", "n", minPurpose)
	}
	if _, err := Find(ctx, s.db, actor.Division, key); err != nil {
		return w, err
	}
	now := s.clk.Now()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO enforcement_party_reveal (division, id, party, at, account, name, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			actor.Division, id.New(), key, clock.Micro(now), actor.Account, actor.Name, purpose)
		return err
	})
	if err != nil {
		return w, err
	}
	err = s.db.QueryRow(ctx, `SELECT number, phone FROM enforcement_party WHERE division = $1 AND id = $2`, actor.Division, key).Scan(&w.Number, &w.Phone)
	return w, err
}

// Number is the party's number whole, for a paper that an act makes: the act
// says who made it and when. A party that is not known has none.
func Number(ctx context.Context, tx *dbx.Tx, division, key id.ID) (number string, err error) {
	defer fault.Trace(&err, "party.Number(%s)", key)
	err = tx.QueryRow(ctx, `SELECT number FROM enforcement_party WHERE division = $1 AND id = $2`, division, key).Scan(&number)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return number, err
}

// Look is one line of the log of who looked.
type Look struct {
	At            time.Time
	Name, Purpose string
}

// Looks lists who looked at a party's number, the latest first.
func Looks(ctx context.Context, q dbx.Querier, division, key id.ID) (_ []Look, err error) {
	defer fault.Trace(&err, "party.Looks")
	rows, err := q.Query(ctx, `SELECT at, name, purpose FROM enforcement_party_reveal WHERE division = $1 AND party = $2 ORDER BY id DESC LIMIT 50`, division, key)
	return dbx.Collect(rows, err, func(r *sql.Rows) (x Look, err error) {
		var at int64
		err = r.Scan(&at, &x.Name, &x.Purpose)
		x.At = clock.FromMicro(at)
		return x, err
	})
}

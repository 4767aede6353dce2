package people

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Load reads a division's directory from the database or from inside a
// transaction; an unknown division is NotFound. Service.Directory is the cached
// way.
func Load(ctx context.Context, q dbx.Querier, division id.ID) (*Directory, error) {
	d, err := scanDivision(q.QueryRow(ctx, `SELECT `+divisionColumns+` FROM division WHERE id = $1`, division))
	if err != nil {
		return nil, err
	}
	roles, err := collect(ctx, q, scanRole, `SELECT id, name_zh, name_en, axis, pack FROM role WHERE division = $1`, division)
	if err != nil {
		return nil, err
	}
	departments, err := collect(ctx, q, scanDepartment, `SELECT `+departmentColumns+` FROM department WHERE division = $1`, division)
	if err != nil {
		return nil, err
	}
	accounts, err := collect(ctx, q, scanAccount, `SELECT id, login, name, department, phone, active, must_change, hash <> '',
		pack, local, changed_by, changed_at FROM account WHERE division = $1`, division)
	if err != nil {
		return nil, err
	}
	posts, err := collect(ctx, q, scanPost, `SELECT p.id, p.account, a.login, p.role, p.department, p.scope, p.valid_from, p.valid_to,
		p.pack, p.local, p.changed_by, p.changed_at
		FROM post p JOIN account a ON a.division = p.division AND a.id = p.account
		WHERE p.division = $1 ORDER BY p.id`, division)
	if err != nil {
		return nil, err
	}
	delegations, err := collect(ctx, q, scanDelegation, `SELECT id, from_account, to_account, roles, from_at, until_at, reason, created_by, revoked_at
		FROM delegation WHERE division = $1 ORDER BY id`, division)
	if err != nil {
		return nil, err
	}
	certificates, err := collect(ctx, q, scanCertificate, `SELECT c.id, c.account, a.login, c.kind, c.number, c.issuer, c.valid_from, c.valid_to,
		c.revoked, c.pack, c.local, c.changed_by, c.changed_at
		FROM certificate c JOIN account a ON a.division = c.division AND a.id = c.account
		WHERE c.division = $1 ORDER BY c.id`, division)
	if err != nil {
		return nil, err
	}
	return NewDirectory(d, roles, departments, accounts, posts, delegations, certificates...), nil
}

func collect[T any](ctx context.Context, q dbx.Querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	return dbx.Collect(rows, err, scan)
}

func scanRole(r *sql.Rows) (x Role, err error) {
	err = r.Scan(&x.ID, &x.Name.ZH, &x.Name.EN, &x.Axis, &x.Pack)
	return x, err
}

const departmentColumns = `code, name_zh, name_en, parent, kind, street, phone, valid_from, valid_to, provenance, heir,
	pack, local, changed_by, changed_at`

func scanDepartment(r *sql.Rows) (d Department, err error) {
	var at int64
	err = r.Scan(&d.Code, &d.Name.ZH, &d.Name.EN, &d.Parent, &d.Kind, &d.Street, &d.Phone, &d.From, &d.To, &d.Provenance, &d.Heir,
		&d.Pack, &d.Local, &d.By, &at)
	d.At = clock.FromMicro(at)
	return d, err
}

func scanAccount(r *sql.Rows) (a Account, err error) {
	var at int64
	err = r.Scan(&a.ID, &a.Login, &a.Name, &a.Department, &a.Phone, &a.Active, &a.MustChange, &a.HasSecret,
		&a.Pack, &a.Local, &a.By, &at)
	a.At = clock.FromMicro(at)
	return a, err
}

func scanPost(r *sql.Rows) (p Post, err error) {
	var at int64
	err = r.Scan(&p.ID, &p.Account, &p.Login, &p.Role, &p.Department, &p.Scope, &p.From, &p.To,
		&p.Pack, &p.Local, &p.By, &at)
	p.At = clock.FromMicro(at)
	return p, err
}

func scanCertificate(r *sql.Rows) (c Certificate, err error) {
	var at int64
	err = r.Scan(&c.ID, &c.Account, &c.Login, &c.Kind, &c.Number, &c.Issuer, &c.From, &c.To,
		&c.Revoked, &c.Pack, &c.Local, &c.By, &at)
	c.At = clock.FromMicro(at)
	return c, err
}

func scanDelegation(r *sql.Rows) (d Delegation, err error) {
	var roles string
	var from, until, revoked int64
	err = r.Scan(&d.ID, &d.FromAccount, &d.ToAccount, &roles, &from, &until, &d.Reason, &d.CreatedBy, &revoked)
	d.Roles = strings.Fields(roles)
	d.From, d.Until, d.Revoked = clock.FromMicro(from), clock.FromMicro(until), clock.FromMicro(revoked)
	return d, err
}

func putRole(ctx context.Context, tx *dbx.Tx, division id.ID, r Role, pack string) error {
	_, err := tx.Exec(ctx, `INSERT INTO role (division, id, name_zh, name_en, axis, pack) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (division, id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,
		axis = excluded.axis, pack = excluded.pack`,
		division, r.ID, r.Name.ZH, r.Name.EN, string(r.Axis), pack)
	return err
}

func putDepartment(ctx context.Context, tx *dbx.Tx, division id.ID, d Department) error {
	_, err := tx.Exec(ctx, `INSERT INTO department (division, `+departmentColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)
		ON CONFLICT (division, code) DO UPDATE SET heir = excluded.heir, name_zh = excluded.name_zh, name_en = excluded.name_en,
		parent = excluded.parent, kind = excluded.kind, street = excluded.street, phone = excluded.phone,
		valid_from = excluded.valid_from, valid_to = excluded.valid_to, provenance = excluded.provenance,
		pack = excluded.pack, local = excluded.local, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		division, d.Code, d.Name.ZH, d.Name.EN, d.Parent, d.Kind, d.Street, d.Phone, d.From, d.To, d.Provenance, d.Heir,
		d.Pack, d.Local, d.By, clock.Micro(d.At))
	return err
}

// putAccount never touches the password or the lock.
func putAccount(ctx context.Context, tx *dbx.Tx, division id.ID, a Account) error {
	_, err := tx.Exec(ctx, `INSERT INTO account (division, id, login, name, department, phone, active,
		hash, must_change, failures, locked_until, pack, local, changed_by, changed_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,'',$8,0,0,$9,$10,$11,$12)
		ON CONFLICT (division, id) DO UPDATE SET name = excluded.name, department = excluded.department,
		phone = excluded.phone, active = excluded.active, pack = excluded.pack, local = excluded.local,
		changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		division, a.ID, a.Login, a.Name, a.Department, a.Phone, a.Active, false, a.Pack, a.Local, a.By, clock.Micro(a.At))
	return err
}

func putPost(ctx context.Context, tx *dbx.Tx, division id.ID, p Post) error {
	_, err := tx.Exec(ctx, `INSERT INTO post (division, id, account, role, department, scope, valid_from, valid_to,
		pack, local, changed_by, changed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)
		ON CONFLICT (division, id) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to,
		pack = excluded.pack, local = excluded.local, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		division, p.ID, p.Account, p.Role, p.Department, p.Scope, p.From, p.To, p.Pack, p.Local, p.By, clock.Micro(p.At))
	return err
}

func putCertificate(ctx context.Context, tx *dbx.Tx, division id.ID, c Certificate) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificate (division, id, account, kind, number, issuer, valid_from, valid_to, revoked,
		pack, local, changed_by, changed_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)
		ON CONFLICT (division, id) DO UPDATE SET issuer = excluded.issuer, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
		revoked = excluded.revoked, pack = excluded.pack, local = excluded.local, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		division, c.ID, c.Account, c.Kind, c.Number, c.Issuer, c.From, c.To, c.Revoked, c.Pack, c.Local, c.By, clock.Micro(c.At))
	return err
}

func insertDelegation(ctx context.Context, tx *dbx.Tx, division id.ID, d Delegation, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO delegation (division, id, from_account, to_account, roles, from_at, until_at,
		reason, created_by, created_at, revoked_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,0)`,
		division, d.ID, d.FromAccount, d.ToAccount, strings.Join(d.Roles, " "), clock.Micro(d.From), clock.Micro(d.Until),
		d.Reason, d.CreatedBy, clock.Micro(at))
	return err
}

func revokeDelegation(ctx context.Context, tx *dbx.Tx, division, delegation id.ID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE delegation SET revoked_at = $1 WHERE division = $2 AND id = $3 AND revoked_at = 0`,
		clock.Micro(at), division, delegation)
	return err
}

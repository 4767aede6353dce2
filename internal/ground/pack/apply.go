package pack

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Report is what an Apply did.
type Report struct {
	Pack    string
	Version string
	Changes []Difference // Kept ones too: they were left alone
}

// Changed reports whether anything was written.
func (r Report) Changed() bool {
	for _, d := range r.Changes {
		if d.Action != Kept {
			return true
		}
	}
	return false
}

// Apply makes the actor's division what the pack says, except for what was
// changed locally: all of it in one transaction, or nothing. Applying the same
// pack again changes nothing. The actor must be an administrator or the
// system; a pack whose dependency was not applied is Invalid.
func (s *Service) Apply(ctx context.Context, actor people.Actor, p *Pack) (rep Report, err error) {
	defer fault.Trace(&err, "pack.Apply(%s)", p.ID)
	if err := actor.Require(actor.Division, people.Admin); err != nil {
		return Report{}, err
	}
	official, err := s.officialYears(ctx, actor.Division)
	if err != nil {
		return Report{}, err
	}
	now := s.clk.Now()
	err = s.db.Write(ctx, func(tx *dbx.Tx) error {
		a := &applying{ctx: ctx, tx: tx, actor: actor, at: now, pack: p, official: official}
		var err error
		rep, err = a.run()
		return err
	})
	return rep, err
}

type applying struct {
	ctx   context.Context
	tx    *dbx.Tx
	actor people.Actor
	at    time.Time
	pack  *Pack

	official map[int]bool // years whose table is the State Council's
}

func (a *applying) run() (Report, error) {
	rep := Report{Pack: a.pack.ID, Version: a.pack.Version}
	if err := a.depends(); err != nil {
		return rep, err
	}
	have, err := rowsOf(a.ctx, a.tx, a.actor.Division, a.at)
	if err != nil {
		return rep, err
	}
	rep.Changes = differences(a.pack, have)
	files, err := fileDifferences(a.ctx, a.tx, a.pack, a.actor.Division)
	if err != nil {
		return rep, err
	}
	if err := a.rows(rep.Changes, have); err != nil {
		return rep, err
	}
	if err := a.files(files); err != nil {
		return rep, err
	}
	rep.Changes = append(rep.Changes, files...)
	_, err = a.tx.Exec(a.ctx, `INSERT INTO pack_state (division, pack, version, applied_at, applied_by) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (division, pack) DO UPDATE SET version = excluded.version, applied_at = excluded.applied_at, applied_by = excluded.applied_by`,
		a.actor.Division, a.pack.ID, a.pack.Version, clock.Micro(a.at), a.actor.Name)
	return rep, err
}

func (a *applying) depends() error {
	for _, need := range a.pack.Depends {
		var version string
		err := a.tx.QueryRow(a.ctx, `SELECT version FROM pack_state WHERE division = $1 AND pack = $2`, a.actor.Division, need).Scan(&version)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.Invalid, "pack.depends_missing", "pack", need)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rows hands every room what changes for it.
func (a *applying) rows(changes []Difference, have map[rowKey]current) error {
	var put, drop []catalogue.Entry
	var staffed []Row
	batch := people.Batch{Pack: a.pack.ID}
	var settings []string
	for _, d := range changes {
		row := Row{Kind: d.Kind, Key: d.Key, Body: d.Pack}
		gone := d.Pack == ""
		switch d.Kind {
		case KindRole, KindDepartment, KindAccount, KindPost, KindCertificate:
			if d.Action == Kept {
				continue
			}
			if !gone {
				staffed = append(staffed, row)
				continue
			}
			leave(&batch, row)
		case KindSetting:
			settings = append(settings, d.Key)
			if err := a.setting(row, gone); err != nil {
				return err
			}
		default:
			e := catalogue.Entry{Kind: d.Kind, Key: d.Key, Body: d.Pack}
			// A kept row is written too when the pack's word on it moved.
			switch {
			case gone:
				drop = append(drop, e)
			case d.Action != Kept || !catalogue.SameJSON(have[rowKey{d.Kind, d.Key}].packBody, d.Pack):
				put = append(put, e)
			}
		}
	}
	s := staffOf(staffed)
	batch.Roles, batch.Departments, batch.Accounts, batch.Posts = s.roles, s.departments, s.accounts, s.posts
	batch.Certificates = s.certificates
	return a.store(put, drop, batch, settings)
}

func (a *applying) store(put, drop []catalogue.Entry, batch people.Batch, settings []string) error {
	if len(put) > 0 {
		if err := catalogue.Put(a.ctx, a.tx, a.actor, a.at, a.pack.ID, put); err != nil {
			return err
		}
	}
	if len(drop) > 0 {
		if err := catalogue.Drop(a.ctx, a.tx, a.actor, drop); err != nil {
			return err
		}
	}
	set, err := loadSettings(a.ctx, a.tx, a.actor.Division)
	if err != nil {
		return err
	}
	if len(settings) > 0 {
		if err := settle(a.ctx, a.tx, a.actor.Division, set, settings...); err != nil {
			return err
		}
	}
	if batch.Empty() {
		return nil
	}
	return people.Import(a.ctx, a.tx, a.actor, a.at, batch, set.Bool("axis.strict"))
}

func (a *applying) setting(row Row, gone bool) error {
	if gone {
		return dropSetting(a.ctx, a.tx, a.actor.Division, row.Key)
	}
	return putSetting(a.ctx, a.tx, a.actor, a.at, a.pack.ID, body[setting](row))
}

// leave notes a person or department the pack no longer brings.
func leave(b *people.Batch, r Row) {
	switch r.Kind {
	case KindDepartment:
		b.Gone.Departments = append(b.Gone.Departments, r.Key)
	case KindAccount:
		b.Gone.Accounts = append(b.Gone.Accounts, r.Key)
	case KindPost:
		b.Gone.Posts = append(b.Gone.Posts, r.Key)
	case KindCertificate:
		b.Gone.Certificates = append(b.Gone.Certificates, r.Key)
	}
}

// fileDifferences compares the files that are taken whole.
func fileDifferences(ctx context.Context, q dbx.Querier, p *Pack, division id.ID) ([]Difference, error) {
	var list []Difference
	whole := map[string][]File{filesWorkdays: p.Workdays}
	for _, layer := range p.Layers {
		whole[filesLayers] = append(whole[filesLayers], layer.File)
	}
	for _, kind := range []string{filesWorkdays, filesLayers} {
		for _, f := range whole[kind] {
			var hash []byte
			err := q.QueryRow(ctx, `SELECT hash FROM pack_file WHERE division = $1 AND pack = $2 AND path = $3`, division, p.ID, f.Path).Scan(&hash)
			switch {
			case fault.Is(err, fault.NotFound):
				list = append(list, Difference{Action: Add, Kind: kind, Key: f.Path, File: f.Path})
			case err != nil:
				return nil, err
			case !bytes.Equal(hash, f.Hash()):
				list = append(list, Difference{Action: Change, Kind: kind, Key: f.Path, File: f.Path})
			}
		}
	}
	more, err := textDifferences(ctx, q, p, division)
	return append(list, more...), err
}

// textDifferences compares procedures and papers, whose versions keep their
// text for good: a case or a paper runs by it.
func textDifferences(ctx context.Context, q dbx.Querier, p *Pack, division id.ID) (list []Difference, err error) {
	for _, x := range p.texts() {
		for _, f := range x.files {
			var text string
			err := q.QueryRow(ctx, `SELECT body FROM `+x.table+` WHERE division = $1 AND id = $2 AND version = $3`, division, f.ID, f.Version).Scan(&text)
			switch {
			case fault.Is(err, fault.NotFound):
				list = append(list, Difference{Action: Add, Kind: x.kind, Key: fmt.Sprintf("%s v%d", f.ID, f.Version), File: f.Path})
			case err != nil:
				return nil, err
			case text != string(f.Body):
				return nil, fault.New(fault.Invalid, x.changed, "id", f.ID, "version", f.Version)
			}
		}
	}
	return list, nil
}

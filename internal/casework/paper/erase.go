package paper

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// gone stands in an erased paper where a personal value stood.
const gone = "（个人信息已删除）"

// private reports whether a field holds personal data in this paper: what an
// organisation is called is nobody's own matter.
func (x *filling) private(f *Field) bool {
	return f.Personal && (f.MaskIf == "" || x.holds(f.MaskIf))
}

// apart splits fields into what stays and what is personal.
func apart(t *Template, v Values) (stays, personal map[string]json.RawMessage, err error) {
	x := &filling{t: t, c: Content{Fields: v}}
	open, closed := Values{}, Values{}
	for name, value := range v {
		if f := t.Field(name); f != nil && x.private(f) {
			closed[name] = value
		} else {
			open[name] = value
		}
	}
	if stays, err = encode(open); err == nil {
		personal, err = encode(closed)
	}
	return stays, personal, err
}

// Erase deletes the personal values of a case's events and papers, in the fields
// that hold them and wherever else a paper repeats them, together with the files
// that show them: PDFs and scans. Numbers, digests and the chain stay, rule and
// instant are kept. It returns how many papers were erased.
func (r *Room) Erase(ctx context.Context, division, caseID id.ID, rule string, at time.Time) (n int, err error) {
	defer fault.Trace(&err, "paper.Erase(%s)", caseID)
	lib, err := r.Library(ctx)
	if err != nil {
		return 0, err
	}
	var files []string
	err = r.DB.Write(ctx, func(tx *dbx.Tx) error {
		n, files = 0, nil
		if _, err := record.Erase(ctx, tx, division, caseID, rule, clock.Micro(at)); err != nil {
			return err
		}
		list, err := Of(ctx, tx, division, caseID)
		if err != nil {
			return err
		}
		for _, p := range list {
			if !p.ErasedAt.IsZero() {
				continue
			}
			t := lib.Version(p.Template, p.Version)
			if t == nil {
				return fault.Missing("paper template")
			}
			if err := erase(ctx, tx, p, t, rule, at); err != nil {
				return err
			}
			files = append(files, p.SHA256, p.Scan.SHA256)
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, sha := range files {
		if err := r.forget(ctx, division, sha); err != nil {
			return n, err
		}
	}
	return n, nil
}

func erase(ctx context.Context, tx *dbx.Tx, p Paper, t *Template, rule string, at time.Time) error {
	v, err := p.Fields(t)
	if err != nil {
		return err
	}
	x := &filling{t: t, c: Content{Fields: v}}
	words := map[string]string{}
	for i := range t.Fields {
		f := &t.Fields[i]
		if !x.private(f) {
			continue
		}
		for _, s := range texts(v[f.Name]) {
			if s = strings.TrimSpace(s); utf8.RuneCountInString(s) > 1 {
				words[s] = gone
			}
		}
		delete(v, f.Name)
	}
	hide := replacer(words)
	for name, value := range v {
		switch value := value.(type) {
		case string:
			if t.Field(name).Type != field.Enum {
				v[name] = hide(value)
			}
		case []string:
			for i := range value {
				value[i] = hide(value[i])
			}
		}
	}
	if p.stored.Fields, err = encode(v); err != nil {
		return err
	}
	said, err := json.Marshal(p.stored)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE paper SET content = $1, personal = '{}', erased_at = $2, erased_rule = $3 WHERE division = $4 AND id = $5`,
		string(said), clock.Micro(at), rule, p.Division, p.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE paper_delivery SET receiver = '', relation = '', place = '', witness = '', proof = '' WHERE division = $1 AND paper = $2`,
		p.Division, p.ID)
	return err
}

// forget deletes a file that nothing else of the division holds.
func (r *Room) forget(ctx context.Context, division id.ID, sha string) error {
	if sha == "" {
		return nil
	}
	if list, err := evidence.Holding(ctx, r.DB, division, sha); err != nil || len(list) > 0 {
		return err
	}
	var n int
	err := r.DB.QueryRow(ctx, `SELECT COUNT(*) FROM paper WHERE division = $1 AND (sha256 = $2 OR scan_sha256 = $2) AND erased_at = 0`, division, sha).Scan(&n)
	if err != nil || n > 0 {
		return err
	}
	if err := r.Blobs.Delete(sha); !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

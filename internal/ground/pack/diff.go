package pack

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Action is what applying a pack would do to a row or a file.
type Action string

// The actions. Kept is a row that was changed here: the pack says something
// else, and the local change stays.
const (
	Add    Action = "add"
	Change Action = "change"
	Remove Action = "remove"
	Kept   Action = "kept"
)

// Difference is one row or file on which a pack and a division differ.
type Difference struct {
	Action Action
	Kind   string
	Key    string
	File   string // in the pack; "" for a removal
	Line   int
	Now    string // JSON in force in the division, "" for an addition
	Pack   string // JSON of the pack, "" for a removal
	By     string // author and instant of a local change
	At     time.Time
}

// current is a row as the division has it.
type current struct {
	Row
	packBody string // what the pack said at the last apply; body where not local
	pack     string
	local    bool
	ended    bool // a person or department that is already gone
	by       string
	at       time.Time
}

type rowKey struct{ kind, key string }

// Diff lists what Apply would do, by file and line, removals last. An empty
// list means the division already is as the pack says.
func (s *Service) Diff(ctx context.Context, p *Pack, division id.ID) ([]Difference, error) {
	have, err := rowsOf(ctx, s.db, division, s.clk.Now())
	if err != nil {
		return nil, err
	}
	list := differences(p, have)
	files, err := fileDifferences(ctx, s.db, p, division)
	return append(list, files...), err
}

func differences(p *Pack, have map[rowKey]current) []Difference {
	var list []Difference
	wanted := map[rowKey]bool{}
	for _, r := range p.Rows {
		k := rowKey{r.Kind, r.Key}
		wanted[k] = true
		c, exists := have[k]
		d := Difference{Kind: r.Kind, Key: r.Key, File: r.File, Line: r.Line, Now: c.Body, Pack: r.Body}
		switch {
		case !exists:
			d.Action = Add
		case catalogue.SameJSON(c.Body, r.Body):
			continue
		case c.local:
			d.Action, d.By, d.At = Kept, c.by, c.at
		default:
			d.Action = Change
		}
		list = append(list, d)
	}
	var gone []Difference
	for k, c := range have {
		if c.pack != p.ID || wanted[k] || c.ended {
			continue
		}
		d := Difference{Action: Remove, Kind: k.kind, Key: k.key, Now: c.Body}
		if c.local {
			d.Action, d.By, d.At = Kept, c.by, c.at
		}
		gone = append(gone, d)
	}
	slices.SortFunc(gone, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Key, b.Key)) })
	return append(list, gone...)
}

// rowsOf reads everything packs bring, as it is now.
func rowsOf(ctx context.Context, q dbx.Querier, division id.ID, now time.Time) (map[rowKey]current, error) {
	have := map[rowKey]current{}
	entries, err := catalogue.Entries(ctx, q, division)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		have[rowKey{e.Kind, e.Key}] = current{Row: Row{Kind: e.Kind, Key: e.Key, Body: e.Body},
			packBody: e.PackBody, pack: e.Pack, local: e.Local, by: e.Author, at: e.At}
	}
	set, err := storedSettings(ctx, q, division)
	if err != nil {
		return nil, err
	}
	for _, x := range set {
		packed := ""
		if x.Pack != "" {
			packed = jsonOf(setting{x.Key, x.PackValue})
		}
		have[rowKey{KindSetting, x.Key}] = current{Row: newRow(x.setting, "", 0), packBody: packed, pack: x.Pack, local: x.Local, by: x.Author, at: x.At}
	}
	dir, err := people.Load(ctx, q, division)
	if err != nil {
		return nil, err
	}
	for _, r := range dir.RoleList() {
		// A role a pack drops stays: old acts still name it.
		add(have, r, people.Origin{Pack: r.Pack}, true)
	}
	for _, d := range dir.Departments(time.Time{}) {
		add(have, d, d.Origin, !d.Holds(now) && d.To != "")
	}
	for _, a := range dir.Accounts() {
		add(have, a, a.Origin, !a.Active)
	}
	for _, p := range dir.Posts(id.ID{}) {
		add(have, p, p.Origin, !p.Period.Holds(now) && p.To != "")
	}
	for _, c := range dir.Certificates(id.ID{}) {
		add(have, c, c.Origin, c.Revoked != "")
	}
	return have, nil
}

func add(have map[rowKey]current, v any, o people.Origin, ended bool) {
	r := newRow(v, "", 0)
	have[rowKey{r.Kind, r.Key}] = current{Row: r, packBody: r.Body, pack: o.Pack, local: o.Local, ended: ended, by: o.By, at: o.At}
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a plain struct
	}
	return string(b)
}

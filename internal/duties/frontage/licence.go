package frontage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"maps"
	"slices"
	"strings"

	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Licences is a list of business licences as the market office gives it: it
// knows nothing of codes, doors and stretches.
var Licences = register.Kind{ID: "licence", Key: []string{"credit_code"}, Words: []string{"name"}, Check: checkLicence, Columns: []register.Column{
	{Name: "credit_code", ZH: "统一社会信用代码", Required: true}, {Name: "name", ZH: "店名", Required: true}, {Name: "address", ZH: "地址", Required: true},
	{Name: "trade", ZH: "业态"}, {Name: register.Lng, ZH: "经度"}, {Name: register.Lat, ZH: "纬度"}, {Name: "from", ZH: "开业日期"}, {Name: "to", ZH: "停业日期"}}}

func checkLicence(c register.Cells) []register.Problem {
	out := c.Days("from", "to")
	if c["credit_code"] != "" && !register.CreditCode(c["credit_code"]) {
		out = append(out, register.Wrong("shop.credit", "said", c["credit_code"]))
	}
	if t := trade(c["trade"]); t != "" && !slices.Contains(shop.Trades, t) {
		out = append(out, register.Wrong("register.word", "column", "trade", "said", c["trade"]))
	}
	return out
}

// trades are the names that lists give them.
var trades = map[string]string{"餐饮": "food", "超市便利店": "grocery", "超市": "grocery", "便利店": "grocery", "果蔬": "fruit", "修理洗车": "repair", "修理": "repair",
	"五金建材": "hardware", "服装百货": "clothes", "生活服务": "service", "其他": "other"}

// trade is a trade by its code or name; what is neither stays as it was said.
func trade(said string) string { return cmp.Or(trades[said], said) }

// Bringers are the posts that bring in lists of licences beside administrators.
var Bringers = []string{"street_head", "outreach"}

// Brought is what became of a list of licences.
type Brought struct {
	Added, Changed, Same int
	Unlined              []string // new shops without a stretch: it is drawn on site
	Refused              []Refusal
}

// Refusal is a row that was not taken, and why.
type Refusal struct {
	Name string
	register.Problem
}

// Bring takes a list of licences into the register of shops. A row is a shop that
// is known by its credit code, else by name and address; any other is new, put at
// its place and, where a neighbour's stretch shows the kerb, on a stretch of its
// own. What is refused says why and holds up nothing else. The actor must be an
// administrator or hold a post of Bringers, whose list takes only shops of the area
// of that post; a file that cannot be read at all is Invalid.
func (m *Room) Bring(ctx context.Context, actor people.Actor, f register.File) (b Brought, err error) {
	defer fault.Trace(&err, "frontage.Bring(%s)", f.Name)
	if err := actor.Require(actor.Division, append(Bringers, people.Admin)...); err != nil {
		return b, err
	}
	rows, problems, err := register.Read(Licences, f)
	if err != nil {
		return b, err
	}
	for _, p := range problems {
		b.Refused = append(b.Refused, Refusal{Problem: p})
	}
	have, err := register.All(ctx, m.DB, actor.Division, shop.Shops)
	if err != nil {
		return b, err
	}
	known := knownBy(have)
	var next []register.Cells
	for _, row := range rows {
		cells, why, err := m.admit(ctx, actor, row, known)
		switch {
		case err != nil:
			return b, err
		case why != nil:
			b.Refused = append(b.Refused, Refusal{row["name"], *why})
			continue
		case cells["stretch"] == "":
			b.Unlined = append(b.Unlined, cells["name"])
		}
		next = append(next, cells)
	}
	if len(next) == 0 {
		return b, nil
	}
	plan, err := m.Registers.Import(ctx, actor, shop.Shops, register.File{Name: f.Name + ".csv", Body: table(next)}, Bringers...)
	for _, p := range plan.Problems { // what every row was made of was checked
		b.Refused = append(b.Refused, Refusal{Problem: p})
	}
	b.Added, b.Changed, b.Same = plan.Added, plan.Changed, plan.Same
	return b, err
}

// table writes rows as the register reads them.
func table(rows []register.Cells) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	line := make([]string, len(shop.Shops.Columns))
	for i, c := range shop.Shops.Columns {
		line[i] = c.Name
	}
	_ = w.Write(line) // a buffer takes everything
	for _, row := range rows {
		for i, c := range shop.Shops.Columns {
			line[i] = row[c.Name]
		}
		_ = w.Write(line)
	}
	w.Flush()
	return out.Bytes()
}

// catalogue finds registered shops as licences name them.
type catalogue struct{ credit, named, at map[string]register.Cells }

func knownBy(rows []register.Row) catalogue {
	k := catalogue{map[string]register.Cells{}, map[string]register.Cells{}, map[string]register.Cells{}}
	for _, x := range rows {
		k.credit[x.Cells["credit_code"]] = x.Cells
		k.named[plain(x.Cells["name"])+"|"+plain(x.Cells["address"])] = x.Cells
		k.at[plain(x.Cells["address"])] = x.Cells
	}
	delete(k.credit, "")
	return k
}

var brackets = strings.NewReplacer("（", "(", "）", ")", " ", "", "　", "")

func plain(s string) string { return brackets.Replace(s) }

// admit makes a register's row of a licence: the one of the shop it is, changed,
// or a new one; why is what speaks against it.
func (m *Room) admit(ctx context.Context, actor people.Actor, row register.Cells, known catalogue) (cells register.Cells, why *register.Problem, err error) {
	if row["trade"] != "" {
		row["trade"] = trade(row["trade"])
	}
	old := known.credit[row["credit_code"]]
	if old == nil {
		old = known.named[plain(row["name"])+"|"+plain(row["address"])]
		if old != nil && old["credit_code"] != "" {
			p := register.Wrong("frontage.licence.other", "said", old["credit_code"])
			return nil, &p, nil
		}
	}
	if old != nil {
		cells = maps.Clone(old)
		maps.Copy(cells, row)
		why, err = m.beyond(ctx, actor, old, cells)
		return cells, why, err
	}
	cells = maps.Clone(row)
	cells["code"], cells["provenance"] = row["credit_code"], "official"
	if cells["trade"] == "" {
		cells["trade"] = "other"
	}
	if cells[register.Lng] == "" {
		if why, err = m.locate(ctx, actor.Division, cells, known); why != nil || err != nil {
			return nil, why, err
		}
	}
	if why, err = m.beyond(ctx, actor, cells); why != nil || err != nil {
		return nil, why, err
	}
	return cells, nil, m.line(ctx, m.DB, actor.Division, cells)
}

// beyond is what speaks against an actor who is no administrator: that a door lies
// outside the area of his posts.
func (m *Room) beyond(ctx context.Context, actor people.Actor, doors ...register.Cells) (*register.Problem, error) {
	if actor.Require(actor.Division, people.Admin) == nil {
		return nil, nil
	}
	town, err := m.Places.Map(ctx, actor.Division)
	if err != nil {
		return nil, err
	}
	for _, d := range doors {
		at, _ := d.Point() // was checked
		grid := town.Locate(at, m.Clock.Now()).Grid
		if !slices.ContainsFunc(Bringers, func(role string) bool { return actor.HasIn(role, grid) }) {
			p := register.Wrong("frontage.licence.beyond")
			return &p, nil
		}
	}
	return nil, nil
}

// locate puts a new shop at the door of the one that had its address, else where
// the map finds the address.
func (m *Room) locate(ctx context.Context, division id.ID, cells register.Cells, known catalogue) (*register.Problem, error) {
	if before := known.at[plain(cells["address"])]; before != nil {
		cells[register.Lng], cells[register.Lat] = before[register.Lng], before[register.Lat]
		return nil, nil
	}
	town, err := m.Places.Map(ctx, division)
	if err != nil {
		return nil, err
	}
	found := town.Find(cells["address"], m.Clock.Now())
	if len(found) == 0 {
		p := register.Wrong("frontage.licence.unplaced", "said", cells["address"])
		return &p, nil
	}
	lng, lat, _ := strings.Cut(shop.Line{found[0].Point}.String(), ",")
	cells[register.Lng], cells[register.Lat] = lng, lat
	return nil, nil
}

// widths of a proposed stretch, in metres: as wide as the neighbours leave room.
var widths = []float64{6, 4, 3, 2}

// line puts a new shop on a stretch along its neighbours' kerb, "" where none
// shows it or they leave no room.
func (m *Room) line(ctx context.Context, q dbx.Querier, division id.ID, cells register.Cells) error {
	at, _ := cells.Point() // was checked
	near, err := shop.Around(ctx, q, division, at, 60)
	if err != nil {
		return err
	}
	for _, n := range near {
		for _, width := range widths {
			l := shop.Along(at, n.Stretch, width)
			if l != nil && !slices.ContainsFunc(near, func(o shop.Near) bool { return shop.Overlap(l, o.Stretch) > slack }) {
				cells["stretch"] = l.String()
				return nil
			}
		}
		if n.Stretch != nil {
			return nil // the nearest kerb is full
		}
	}
	return nil
}

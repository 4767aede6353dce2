package cluster

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Designation is a public document that lets people sell at a cluster.
type Designation struct {
	Number, Title, Agency string
	From, To              calendar.Date // To is 0 for no end
	Spans                 []Span
	Goods                 []string
}

// InForce reports whether it holds on the day.
func (d *Designation) InForce(day calendar.Date) bool {
	return d != nil && d.From <= day && (d.To == 0 || day <= d.To)
}

// Serves reports whether the band is open in some season.
func (d *Designation) Serves(band string) bool {
	return d != nil && slices.ContainsFunc(d.Spans, func(s Span) bool { return s.Band == band })
}

// Allows reports whether all of the goods may be sold.
func (d *Designation) Allows(goods ...string) bool {
	return d != nil && len(Beyond(d.Goods, goods)) == 0
}

// Beyond are those of the goods that are not among the allowed ones.
func Beyond(allowed, goods []string) (out []string) {
	for _, g := range goods {
		if !slices.Contains(allowed, g) {
			out = append(out, g)
		}
	}
	return out
}

// Stall is one numbered place.
type Stall struct {
	Code, Cluster, Words string
	At                   geo.Point
	Width, Depth, Power  int // centimetres, watts
	Goods                []string
	Open                 bool
}

// Cluster is one place with its designations and stalls.
type Cluster struct {
	Code, Address, Manager, Phone, Zone string
	Name                                i18n.Text
	At                                  geo.Point
	Outline                             []geo.Point
	Capacity                            int
	Rules                               []string
	Closing, Cleaning, Fee              string
	Since                               calendar.Date
	Designations                        []Designation
	Stalls                              []Stall
}

// Designation is the one in force on the day, nil for none.
func (c *Cluster) Designation(day calendar.Date) *Designation {
	for i := range c.Designations {
		if c.Designations[i].InForce(day) {
			return &c.Designations[i]
		}
	}
	return nil
}

// Today are the hours of the day in their order, none where nothing is designated.
func (c *Cluster) Today(day calendar.Date) (out []Span) {
	d := c.Designation(day)
	if d == nil || c.Zone == Prohibited {
		return nil
	}
	for _, s := range d.Spans {
		if s.On(day) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.From - b.From })
	return out
}

// OpenAt is the span that is open at the instant.
func (c *Cluster) OpenAt(now time.Time) (Span, bool) {
	local := now.In(calendar.Zone)
	n := local.Hour()*60 + local.Minute()
	for _, s := range c.Today(calendar.DateOf(now)) {
		if s.From <= n && n < s.To {
			return s, true
		}
	}
	return Span{}, false
}

// GoodsAt are what may be sold at the stall under the designation.
func (s *Stall) GoodsAt(d *Designation) []string {
	if d == nil || len(s.Goods) == 0 {
		if d == nil {
			return nil
		}
		return d.Goods
	}
	return slices.DeleteFunc(slices.Clone(s.Goods), func(g string) bool { return !slices.Contains(d.Goods, g) })
}

// Book is all clusters of a division.
type Book struct {
	Clusters  []*Cluster // by code
	Residents []Block
	Barriers  []Barrier
	stalls    map[string]*Stall
}

// Cluster finds one by code, nil for none.
func (b *Book) Cluster(code string) *Cluster {
	for _, c := range b.Clusters {
		if c.Code == code {
			return c
		}
	}
	return nil
}

// Stall finds one by code with its cluster, nil for none.
func (b *Book) Stall(code string) (*Stall, *Cluster) {
	s := b.stalls[code]
	if s == nil {
		return nil, nil
	}
	return s, b.Cluster(s.Cluster)
}

// Read reads the clusters of a division. A designation or stall of a cluster
// that is not registered is left out.
func Read(ctx context.Context, q dbx.Querier, division id.ID) (_ *Book, err error) {
	defer fault.Trace(&err, "cluster.Read")
	b := &Book{stalls: map[string]*Stall{}}
	rows, err := register.All(ctx, q, division, Clusters)
	for _, r := range rows {
		b.Clusters = append(b.Clusters, clusterOf(r.Cells))
	}
	if err != nil {
		return nil, err
	}
	rows, err = register.All(ctx, q, division, Designations)
	for _, r := range rows {
		if c := b.Cluster(r.Cells["cluster"]); c != nil {
			c.Designations = append(c.Designations, designationOf(r.Cells))
		}
	}
	if err != nil {
		return nil, err
	}
	rows, err = register.All(ctx, q, division, Stalls)
	for _, r := range rows {
		if c := b.Cluster(r.Cells["cluster"]); c != nil {
			c.Stalls = append(c.Stalls, stallOf(r.Cells))
		}
	}
	if err != nil {
		return nil, err
	}
	if rows, err = register.All(ctx, q, division, Residents); err != nil {
		return nil, err
	}
	for _, r := range rows {
		b.Residents = append(b.Residents, blockOf(r.Cells))
	}
	rows, err = register.All(ctx, q, division, Barriers)
	for _, r := range rows {
		b.Barriers = append(b.Barriers, barrierOf(r.Cells))
	}
	for _, c := range b.Clusters {
		for i := range c.Stalls {
			b.stalls[c.Stalls[i].Code] = &c.Stalls[i]
		}
	}
	return b, err
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

func clusterOf(c register.Cells) *Cluster {
	out := &Cluster{Code: c["code"], Name: i18n.Text{ZH: c["name"], EN: c["name_en"]}, Address: c["address"], Manager: c["manager"], Phone: c["phone"],
		Zone: c["zone"], Outline: geo.ParseOutline(c["outline"]), Capacity: number(c["capacity"]), Closing: c["closing"], Cleaning: c["cleaning"], Fee: c["fee"],
		Since: c.Day("since")}
	if out.Name.EN == "" {
		out.Name.EN = out.Name.ZH
	}
	out.At, _ = c.Point()
	out.Rules = strings.FieldsFunc(c["rules"], func(r rune) bool { return r == '；' || r == '\n' })
	return out
}

func designationOf(c register.Cells) Designation {
	spans, _ := ParseHours(c["hours"]) // checked when it came in
	return Designation{Number: c["number"], Title: c["title"], Agency: c["agency"], From: c.Day("from"), To: c.Day("to"), Spans: spans, Goods: c.List("goods")}
}

func stallOf(c register.Cells) Stall {
	out := Stall{Code: c["code"], Cluster: c["cluster"], Words: c["words"], Width: number(c["width"]), Depth: number(c["depth"]), Power: number(c["power_w"]),
		Goods: c.List("goods"), Open: c["state"] == "open"}
	out.At, _ = c.Point()
	return out
}

package roster

import (
	"context"
	"strings"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/register"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// Groups is the register of joint party groups: the bureau and the unit that
// manages a cluster keep one together.
var Groups = register.Kind{ID: "party_group", Key: []string{"code"}, Words: []string{"code", "name", "unit"}, Columns: []register.Column{
	{Name: "code", ZH: "编号", Required: true}, {Name: "name", ZH: "名称", Required: true}, {Name: "name_en", ZH: "英文名称"},
	{Name: "bureau", ZH: "主管部门党组织", Required: true}, {Name: "unit", ZH: "管理单位党组织", Required: true}, {Name: "cluster", ZH: "摊点群"},
	{Name: "since", ZH: "成立日期"}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) []register.Problem { return c.Days("since", "") }}

// Members is the register of their members: the login of each, what he pledged
// 承诺 and his post of duty 责任岗.
var Members = register.Kind{ID: "party_group_member", Key: []string{"group", "login"}, Words: []string{"group", "login", "post"}, Columns: []register.Column{
	{Name: "group", ZH: "党小组", Required: true}, {Name: "login", ZH: "登录名", Required: true}, {Name: "role", ZH: "组内职务", Required: true},
	{Name: "post", ZH: "责任岗", Required: true}, {Name: "pledge", ZH: "承诺事项", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) (out []register.Problem) {
		if c["role"] != "head" && c["role"] != "member" {
			out = append(out, register.Wrong("register.word", "column", "role", "said", c["role"]))
		}
		return out
	}}

// Stretches is the register of duty stretches: a line of street that somebody
// walks, near one cluster.
var Stretches = register.Kind{ID: "duty_stretch", Key: []string{"code"}, Words: []string{"code", "name", "cluster"}, Columns: []register.Column{
	{Name: "code", ZH: "编号", Required: true}, {Name: "name", ZH: "名称", Required: true}, {Name: "name_en", ZH: "英文名称"},
	{Name: "cluster", ZH: "摊点群", Required: true}, {Name: "line", ZH: "走向", Required: true}, {Name: "provenance", ZH: "来源性质", Required: true}},
	Check: func(c register.Cells) (out []register.Problem) {
		if len(line(c["line"])) < 2 {
			out = append(out, register.Wrong("roster.line"))
		}
		return out
	}}

// Group is one party group.
type Group struct {
	Code, Bureau, Unit, Cluster string
	Name                        i18n.Text
	Since                       calendar.Date
	Members                     []Member
}

// Member is one person of a group.
type Member struct {
	Login, Post, Pledge string
	Head                bool
}

// Stretch is a line of street that is walked.
type Stretch struct {
	Code, Cluster string
	Name          i18n.Text
	Line          geo.Line
}

// Book is the groups and stretches of a division.
type Book struct {
	Groups    []Group
	Stretches []Stretch
}

// Stretch finds one by code, nil for none.
func (b *Book) Stretch(code string) *Stretch {
	for i := range b.Stretches {
		if b.Stretches[i].Code == code {
			return &b.Stretches[i]
		}
	}
	return nil
}

// Near is the stretch that passes nearest to the place, at most so many metres
// away; nil for none.
func (b *Book) Near(p geo.Point, metres float64) (near *Stretch) {
	for i := range b.Stretches {
		if d, _, _ := b.Stretches[i].Line.Near(p); d <= metres {
			near, metres = &b.Stretches[i], d
		}
	}
	return near
}

// Read reads the groups and stretches of a division. A member of a group that is
// not registered is left out.
func Read(ctx context.Context, q dbx.Querier, division id.ID) (_ *Book, err error) {
	defer fault.Trace(&err, "roster.Read")
	b, at := &Book{}, map[string]int{}
	rows, err := register.All(ctx, q, division, Groups)
	for _, r := range rows {
		c := r.Cells
		at[c["code"]] = len(b.Groups)
		b.Groups = append(b.Groups, Group{Code: c["code"], Bureau: c["bureau"], Unit: c["unit"], Cluster: c["cluster"], Name: named(c), Since: c.Day("since")})
	}
	if err != nil {
		return nil, err
	}
	rows, err = register.All(ctx, q, division, Members)
	for _, r := range rows {
		if i, ok := at[r.Cells["group"]]; ok {
			b.Groups[i].Members = append(b.Groups[i].Members, Member{r.Cells["login"], r.Cells["post"], r.Cells["pledge"], r.Cells["role"] == "head"})
		}
	}
	if err != nil {
		return nil, err
	}
	rows, err = register.All(ctx, q, division, Stretches)
	for _, r := range rows {
		b.Stretches = append(b.Stretches, Stretch{r.Cells["code"], r.Cells["cluster"], named(r.Cells), line(r.Cells["line"])})
	}
	return b, err
}

func named(c register.Cells) i18n.Text {
	if c["name_en"] == "" {
		return i18n.Text{ZH: c["name"], EN: c["name"]}
	}
	return i18n.Text{ZH: c["name"], EN: c["name_en"]}
}

// line reads "lng lat; lng lat; …" in WGS-84; nil where a point is none.
func line(s string) (out geo.Line) {
	for _, pair := range strings.Split(s, ";") {
		xy := strings.Fields(pair)
		if len(xy) != 2 {
			return nil
		}
		p, ok := register.Cells{register.Lng: xy[0], register.Lat: xy[1]}.Point()
		if !ok {
			return nil
		}
		out = append(out, p)
	}
	return out
}

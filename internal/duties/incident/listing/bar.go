package listing

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// Bar is what stands above a list: the kept filters, and a form in which every
// filter can be set beside every other.
type Bar struct {
	Path     string // of the page
	Query    string // the list as Canonical writes it
	Order    string // of the list, in words
	Kept     [][2]string
	Choices  []Choice
	From, To string
	Flags    []Flag
	Set      int // how many filters are set
	Saved    []Chip
	Refresh  string
	Posts    []Option // with which a filter can be shared
}

// Choice is one filter with its values.
type Choice struct {
	Name, Label, Value string
	Groups             []Group
}

// Group is values under a heading, which may be "".
type Group struct {
	Label   string
	Options []Option
}

// Option is one value.
type Option struct{ Value, Label string }

// Flag is a filter that is on or off.
type Flag struct {
	Name, Label string
	On          bool
}

// Chip is a kept filter with what it holds at this moment.
type Chip struct {
	ID, Href, Name, Count string
	Shared, Active        bool
}

func values(query string) url.Values {
	q, _ := url.ParseQuery(query) // what cannot be read asks for nothing
	return q
}

// Hidden are the filters of an address that another form of the page keeps.
func Hidden(q url.Values, but ...string) (out [][2]string) {
	for _, k := range asked {
		if v := q.Get(k); v != "" && !slices.Contains(but, k) {
			out = append(out, [2]string{k, v})
		}
	}
	return out
}

// Bar makes the bar of the page at path.
func (m *Room) Bar(r *http.Request, path string) (b Bar, err error) {
	ctx, q, v := r.Context(), r.URL.Query(), visit.From(r.Context())
	n, err := m.names(ctx, v.Division.ID)
	if err != nil {
		return b, err
	}
	ground, err := m.Places.Map(ctx, v.Division.ID)
	if err != nil {
		return b, err
	}
	_, by := order(q)
	b = Bar{Path: path, Query: Canonical(q), Order: i18n.T(ctx, "listing.order."+string(by)), From: q.Get("from"), To: q.Get("to"), Posts: n.posts(v.Actor)}
	b.Choices = []Choice{ends(ctx), orders(ctx), n.states(ctx, incident.Hidden(v.Actor)), n.classes(ctx, m), n.areas(ctx, m, ground), n.depts(ctx, m, v.Actor), priorities(ctx), origins(ctx)}
	for i := range b.Choices {
		b.Choices[i].Value = q.Get(b.Choices[i].Name)
	}
	for _, k := range []string{"overdue", "mine", "watched"} {
		b.Flags = append(b.Flags, Flag{Name: k, Label: i18n.T(ctx, "listing."+k), On: q.Get(k) != ""})
	}
	offered := []string{"from", "to", "overdue", "mine", "watched"}
	for _, c := range b.Choices {
		offered = append(offered, c.Name)
	}
	for _, k := range asked {
		if q.Get(k) != "" && k != "sort" && k != "q" {
			b.Set++
		}
	}
	b.Kept = Hidden(q, offered...)
	b.Saved, b.Refresh, err = m.chips(ctx, path, b.Query, v.Actor)
	return b, err
}

// chips are the actor's kept filters as links to the page at path.
func (m *Room) chips(ctx context.Context, path, at string, actor people.Actor) (out []Chip, refresh string, err error) {
	list, err := m.Saved(ctx, actor)
	for _, s := range list {
		c := Chip{ID: "kept-" + s.ID.String(), Href: path + "?" + s.Query, Name: s.Name, Shared: s.Owner != actor.Account.String(), Active: s.Query == at}
		if Question(values(s.Query)) == "" { // words are not counted on every page
			n, err := m.count(ctx, s, actor)
			if err != nil {
				return nil, "", err
			}
			if c.Count = strconv.Itoa(n); n > counted {
				c.Count = strconv.Itoa(counted) + "+"
			}
		}
		out = append(out, c)
	}
	return out, "/filters/chips?" + url.Values{"path": {path}, "at": {at}}.Encode(), err
}

func choice(ctx context.Context, name string) Choice {
	return Choice{Name: name, Label: i18n.T(ctx, "listing.by."+name)}
}

func (c *Choice) add(group, value, label string) {
	if n := len(c.Groups); n == 0 || c.Groups[n-1].Label != group {
		c.Groups = append(c.Groups, Group{Label: group})
	}
	g := &c.Groups[len(c.Groups)-1]
	g.Options = append(g.Options, Option{value, label})
}

func ends(ctx context.Context) Choice {
	c := choice(ctx, "view_of")
	for _, x := range []string{"", "closed", "all"} {
		c.add("", x, i18n.T(ctx, "listing.view_of."+x))
	}
	return c
}

func orders(ctx context.Context) Choice {
	c := choice(ctx, "sort")
	for _, x := range []string{"", string(record.ByOpened)} {
		c.add("", x, i18n.T(ctx, "listing.sort."+x))
	}
	return c
}

// anyOf is a filter whose first value narrows nothing.
func anyOf(ctx context.Context, name string) Choice {
	c := choice(ctx, name)
	c.add("", "", i18n.T(ctx, "listing.any"))
	return c
}

func priorities(ctx context.Context) Choice {
	c := anyOf(ctx, "priority")
	for _, p := range []string{incident.P1, incident.P2, incident.P3, incident.P4} {
		c.add("", p, i18n.T(ctx, "desk.priority."+p))
	}
	return c
}

func origins(ctx context.Context) Choice {
	c := anyOf(ctx, "source")
	for _, s := range sources {
		c.add("", s, sourceName(ctx, s))
	}
	return c
}

// states are those of every procedure of the library, each once, but for the
// hidden family.
func (n names) states(ctx context.Context, hidden string) Choice {
	c := anyOf(ctx, "state")
	seen := map[string]bool{}
	for _, ended := range []bool{false, true} {
		for _, p := range n.lib.All() {
			if f := procedure.Family(p.ID); f != "" && f == hidden {
				continue
			}
			for _, s := range p.States {
				if !seen[s.ID] && s.Terminal == ended {
					seen[s.ID] = true
					c.add(stage(ctx, s), s.ID, s.Name.In(n.lang))
				}
			}
		}
	}
	return c
}

func stage(ctx context.Context, s procedure.State) string {
	if s.Terminal {
		return i18n.T(ctx, "listing.view_of.closed")
	}
	return i18n.T(ctx, "listing.view_of.")
}

func (n names) classes(ctx context.Context, m *Room) Choice {
	c := anyOf(ctx, "class")
	for _, kind := range []catalogue.Kind{catalogue.Event, catalogue.Component} {
		for _, x := range n.cat.Classes(kind, m.Clock.Now()) {
			c.add(x.GroupName.In(n.lang), x.ID, x.ID+" "+x.Name.In(n.lang))
		}
	}
	return c
}

// areas are streets with their communities and grids: any of them can be chosen.
func (n names) areas(ctx context.Context, m *Room, ground *place.Map) Choice {
	c := anyOf(ctx, "street")
	now := m.Clock.Now()
	indent := map[place.Layer]string{place.Community: "　", place.Grid: "　　"}
	list := ground.Features(now, place.Street, place.Community, place.Grid)
	slices.SortFunc(list, func(a, b place.Feature) int { return strings.Compare(a.Code, b.Code) })
	street := ""
	for _, f := range list {
		if f.Layer == place.Street {
			street = f.Name.In(n.lang)
		}
		c.add(street, f.Code, indent[f.Layer]+f.Name.In(n.lang))
	}
	return c
}

// depts are the departments the actor may see cases of.
func (n names) depts(ctx context.Context, m *Room, actor people.Actor) Choice {
	c := anyOf(ctx, "dept")
	may := incident.Narrow(actor, record.Filter{}).Depts
	for _, d := range n.dir.Departments(m.Clock.Now()) {
		if len(may) == 0 || slices.Contains(may, d.Code) {
			c.add("", d.Code, d.Name.In(n.lang))
		}
	}
	return c
}

// posts are the actor's own, in words.
func (n names) posts(actor people.Actor) (out []Option) {
	for _, p := range actor.Posts {
		o := Option{Value: PostOf(p), Label: p.Role}
		if r, ok := n.dir.Roles()[p.Role]; ok {
			o.Label = r.Name.In(n.lang)
		}
		if d := n.dept(p.Department); d != "" {
			o.Label += " · " + d
		}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

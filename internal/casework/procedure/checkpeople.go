package procedure

import (
	"fmt"
	"slices"

	"xiucheng/internal/casework/field"
)

// Certificates a step may ask for; people keeps them.
var certificates = []string{"enforcement", "host", "supervision", "legal"}

// SecondOfficer is the form field of a step that two persons take; the others are
// its choices and the special words of Apart.Of.
const (
	SecondOfficer  = "second_officer"
	OfficerChoices = "officers"
	OfAnyStep      = "any"
	OfParent       = "parent"
)

func (c *checker) laws(path string, laws Laws) {
	for _, l := range laws {
		c.known(path, "law", l, c.world.Laws)
	}
}

// separation checks who must be apart, who acts together, and what switches
// the step off.
func (c *checker) separation(at string, s *Step) {
	if s.Group != "" && !idPattern.MatchString(s.Group) {
		c.bad(at+".group", "%q is no id (a–z, 0–9, _ and -)", s.Group)
	}
	for j, a := range s.ApartEver {
		path := fmt.Sprintf("%s.apart_ever[%d]", at, j)
		if len(a.Of) == 0 {
			c.bad(path, "apart from whom: of names groups or steps")
		}
		for _, of := range a.Of {
			if of != OfAnyStep && of != OfParent && c.p.steps[of] == nil && !c.p.groups[of] {
				c.bad(path+".of", "unknown step or group %q", of)
			}
			if of == OfParent && !c.p.Child {
				c.bad(path+".of", "only a child hangs on another case")
			}
		}
		c.needed(path+".refuse", a.Refuse)
		c.laws(path+".law", a.Law)
	}
	if s.Officers != nil {
		c.officers(at+".officers", s.Officers)
	}
	if s.Awaits != "" && s.Needs == "" {
		c.bad(at+".awaits", "what awaits confirmation hangs on a setting: needs")
	}
	c.known(at+".needs", "setting", s.Needs, c.world.Settings)
}

func (c *checker) officers(at string, o *Officers) {
	if o.N != 1 && o.N != 2 {
		c.bad(at+".n", "one person or two")
	}
	if o.N == 1 && o.Certificate == "" {
		c.bad(at, "one officer without a certificate is what every step has")
	}
	if o.Certificate != "" && !slices.Contains(certificates, o.Certificate) {
		c.bad(at+".certificate", "unknown certificate %q", o.Certificate)
	}
	c.roles(at+".roles", o.Roles)
	c.needed(at+".refuse", o.Refuse)
	c.laws(at+".law", o.Law)
}

// needed is a refusal that must be named.
func (c *checker) needed(path, code string) {
	if code == "" {
		c.bad(path, "a refusal is needed")
	}
	c.refusal(path, code)
}

func (c *checker) barred() {
	b := c.p.Barred
	if b == nil {
		return
	}
	if f := c.p.data[b.Field]; f == nil || f.Type != field.Person || !f.List {
		c.bad("$.barred.field", "want a data field that lists persons")
	}
	c.needed("$.barred.refuse", b.Refuse)
}

// hangs checks the cases the step opens and the case it hangs on, as far as
// this file shows; Check looks at the other file.
func (c *checker) hangs(at string, s *Step) {
	for j, o := range s.Open {
		path := fmt.Sprintf("%s.open[%d]", at, j)
		if !procedurePattern.MatchString(o.Procedure) || !idPattern.MatchString(o.Step) {
			c.bad(path, "want the procedure and the step that opens it")
		}
	}
	if s.Parent == nil {
		return
	}
	if !c.p.Child || s.from[None] {
		c.bad(at+".parent", "only a child moves the case it hangs on, and not while it is opened")
	}
	if s.Recall > 0 {
		c.bad(at+".recall", "what moved another case cannot be taken back here")
	}
	if !idPattern.MatchString(s.Parent.Step) {
		c.bad(at+".parent.step", "want a step of the other case")
	}
}

// rows checks the columns of a field of rows.
func (c *checker) rows(at string, f *field.Field) {
	if (f.Type == field.Rows) != (len(f.Columns) > 0) {
		c.bad(at, "rows have columns, and nothing else has")
	}
	if f.Type == field.Rows && (f.List || f.Personal) {
		c.bad(at, "rows are a list already and are not kept apart")
	}
	unique(c, at+".columns", f.Columns, func(k field.Column) string { return k.Name })
	for j, k := range f.Columns {
		path := fmt.Sprintf("%s.columns[%d]", at, j)
		if !slices.Contains([]field.Type{field.Text, field.Int, field.Money, field.Date, field.Enum, field.Person}, k.Type) {
			c.bad(path+".type", "a column is text, int, money, date, enum or person")
		}
		if (k.Type == field.Enum) != (len(k.Options) > 0) {
			c.bad(path, "an enum needs options, and nothing else has them")
		}
		c.words(path+".label", k.Label)
		for i, o := range k.Options {
			c.words(fmt.Sprintf("%s.options[%d].label", path, i), o.Label)
		}
	}
}

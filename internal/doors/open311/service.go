package open311

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// changed is when the interface last changed its shape.
const changed = "2026-11-23T00:00:00+08:00"

// unclassed is the service for somebody who cannot tell what it is.
const unclassed = "other"

func (d *Door) discovery(r *http.Request) (node, error) {
	ctx := r.Context()
	div, err := d.jurisdiction(ctx, given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	set, err := d.Settings(ctx, div.ID)
	if err != nil {
		return node{}, err
	}
	purpose := "production"
	if d.Test {
		purpose = "test"
	}
	return group("discovery",
		say("changeset", changed),
		say("contact", i18n.T(ctx, "open311.contact", "body", set.Text("contact.body"), "phone", set.Text("contact.phone"))),
		say("key_service", i18n.T(ctx, "open311.key_service", "body", set.Text("contact.body"))),
		many("endpoints", group("endpoint",
			say("specification", "http://wiki.open311.org/GeoReport_v2"),
			say("url", d.base(r)+root),
			say("changeset", changed),
			say("type", purpose),
			many("formats", say("format", "text/xml"), say("format", "application/json")))),
	), nil
}

// service is one thing that can be reported.
type service struct {
	code      string
	name      i18n.Text
	about     i18n.Text
	group     i18n.Text
	keywords  string
	questions []catalogue.Question
	batch     bool // answers with a token; the id comes later
}

// kind is what the protocol calls the service's type.
func (s service) kind() string {
	if s.batch {
		return "batch"
	}
	return "realtime"
}

// class is the class of the service's reports, "" for unclassed.
func (s service) class() string {
	if s.code == unclassed {
		return ""
	}
	return s.code
}

// offer is what a division's citizens can report, in the order of the public
// page, and what the classes of its cases are called.
type offer struct {
	cat  *catalogue.Catalogue
	list []service
}

func (d *Door) offer(r *http.Request, div id.ID) (o offer, err error) {
	ctx := r.Context()
	if o.cat, err = d.Catalogues.Catalogue(ctx, div); err != nil {
		return o, err
	}
	set, err := d.Settings(ctx, div)
	if err != nil {
		return o, err
	}
	later := catalogue.Pattern(set.Text("open311.batch"))
	for _, ch := range o.cat.PublicChoices(d.Clock.Now()) {
		for _, it := range ch.Items {
			class, err := o.cat.Class(it.Class)
			if _, known := o.find(it.Class); err != nil || known {
				continue
			}
			o.list = append(o.list, service{code: it.Class, name: it.Name, about: class.Name, group: ch.Name,
				keywords: strings.Join(strings.Fields(ch.Words), ","), questions: o.cat.Questions(class), batch: later.Match(class) > 0})
		}
	}
	b := i18n.From(ctx).Bundle
	o.list = append(o.list, service{code: unclassed, name: b.Text("open311.other"), about: b.Text("open311.other_about"), group: b.Text("open311.other")})
	return o, nil
}

func (o offer) find(code string) (service, bool) {
	i := slices.IndexFunc(o.list, func(s service) bool { return s.code == code })
	if i < 0 {
		return service{}, false
	}
	return o.list[i], true
}

// known is what can be reported under the code, or NotFound.
func (o offer) known(code string) (service, error) {
	s, ok := o.find(code)
	if !ok {
		return s, fault.New(fault.NotFound, "open311.no_service", "code", printable(code))
	}
	return s, nil
}

func (d *Door) services(r *http.Request) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	o, err := d.offer(r, div.ID)
	lang := i18n.LangOf(r.Context())
	out := many("services")
	for _, s := range o.list {
		out.kids = append(out.kids, group("service",
			say("service_code", s.code),
			say("service_name", s.name.In(lang)),
			say("description", s.about.In(lang)),
			flag("metadata", len(s.questions) > 0),
			say("type", s.kind()),
			say("keywords", s.keywords),
			say("group", s.group.In(lang))))
	}
	return out, err
}

func (d *Door) definition(r *http.Request, code string) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	o, err := d.offer(r, div.ID)
	if err != nil {
		return node{}, err
	}
	s, err := o.known(code)
	lang := i18n.LangOf(r.Context())
	attributes := many("attributes")
	for i, q := range s.questions {
		attributes.kids = append(attributes.kids, attribute(r, q, i+1, lang))
	}
	return group("service_definition", say("service_code", s.code), attributes), err
}

func attribute(r *http.Request, q catalogue.Question, order int, lang i18n.Lang) node {
	datatype, values := "singlevaluelist", many("values")
	switch q.Type {
	case catalogue.AskText:
		datatype = "string"
	case catalogue.AskBool:
		for _, v := range []string{"yes", "no"} {
			values.kids = append(values.kids, value(v, i18n.T(r.Context(), "open311."+v)))
		}
	default:
		for _, x := range q.Options {
			values.kids = append(values.kids, value(x.Value, x.Label.In(lang)))
		}
	}
	return group("attribute",
		flag("variable", true),
		say("code", q.ID),
		say("datatype", datatype),
		flag("required", q.Required),
		say("datatype_description", warnings(q, lang)),
		raw("order", strconv.Itoa(order)),
		say("description", q.Ask.In(lang)),
		values)
}

func value(key, name string) node { return group("value", say("key", key), say("name", name)) }

// warnings are what an answer leads to, so that a program can say it before it
// sends anything.
func warnings(q catalogue.Question, lang i18n.Lang) string {
	var out []string
	for _, o := range q.Outcomes {
		out = append(out, o.Answer+": "+o.Message.In(lang))
	}
	return strings.Join(out, "\n")
}

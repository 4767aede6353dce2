package open311

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/errand"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/fetch"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
)

// longestText is how many characters a description may have.
const longestText = 4000

// longestAddress is how many an address may have.
const longestAddress = 200

// longestURL is how long the address of a photo may be.
const longestURL = 2000

// longestKey is how long the key of a repeated request may be.
const longestKey = 200

// source is what cases that come this way are marked with.
const source = "open311"

// request is a report as it came in, read as far as it could be.
type request struct {
	*http.Request
	key     people.APIKey
	service service
	sent    stepform.Sent
	at      geo.Point
	photos  []string // addresses from which to fetch more
	wrong   []error
}

// create takes a report. The key is looked at first: who has none learns
// nothing else. After that everything wrong is told at once.
func (d *Door) create(r *http.Request) (node, error) {
	q := request{Request: r}
	if r.ContentLength > maxBody {
		return node{}, httpx.TooLarge(maxBody)
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	if _, err := form.Read(r, nil, calendar.Zone); err != nil {
		return node{}, err
	}
	if err := d.admit(&q); err != nil {
		return node{}, err
	}
	now := d.Clock.Now()
	o, err := d.offer(r, q.key.Division)
	if err != nil {
		return node{}, err
	}
	q.chosen(o)
	q.attributes()
	if q.sent, err = d.Photos.Read(r, q.fields(), calendar.Zone, now); err != nil {
		return node{}, err
	}
	for i := range q.sent.Uploads {
		q.sent.Uploads[i].Field = "photos"
	}
	if q.sent.Wrong != nil {
		q.wrong = append(q.wrong, q.sent.Wrong)
	}
	m, err := d.Places.Map(r.Context(), q.key.Division)
	if err != nil {
		return node{}, err
	}
	q.locate(m, now)
	d.addresses(&q)
	q.complete()
	if len(q.wrong) > 0 {
		return node{}, errors.Join(q.wrong...)
	}
	if q.service.batch {
		token, err := d.Errands.Take(r.Context(), q.report(), q.photos)
		return q.answer("token", token, nil), err
	}
	return d.open(&q)
}

// open opens the case at once.
func (d *Door) open(q *request) (node, error) {
	ctx := q.Context()
	res, err := d.Citizens.Report(ctx, q.report())
	if err != nil {
		return node{}, err
	}
	ref, err := d.Citizens.ReferenceOf(ctx, q.key.Division, res.Case)
	if err != nil {
		return node{}, err
	}
	notice := []string{i18n.T(ctx, "open311.receipt", "code", res.Receipt, "url", d.base(q.Request)+"/r/"+res.Receipt)}
	return q.answer("service_request_id", ref, notice), d.Errands.Fetch(ctx, errand.Photos{Division: q.key.Division, Receipt: res.Receipt, Addresses: q.photos})
}

// addresses reads the addresses of photos to be fetched later; what could never
// be fetched is refused now.
func (d *Door) addresses(q *request) {
	for _, u := range q.PostForm["media_url"] {
		if u = strings.TrimSpace(u); u == "" {
			continue
		}
		switch err := d.Errands.Reachable(u); {
		case errors.Is(err, fetch.ErrPrivate):
			q.refuse("media_url", "open311.media_private")
		case err != nil || len(u) > longestURL:
			q.refuse("media_url", "open311.media_address")
		default:
			q.photos = append(q.photos, u)
		}
	}
	if len(q.photos)+len(q.sent.Uploads) > maxPhotos {
		q.refuse("media_url", "open311.media_many", "n", maxPhotos)
	}
}

// admit finds the key and slows it down where it is too fast.
func (d *Door) admit(q *request) (err error) {
	plain, want := q.arg("api_key"), q.arg("jurisdiction_id")
	if plain == "" {
		return fault.New(fault.Forbidden, "open311.no_key")
	}
	if q.key, err = d.People.FindKey(q.Context(), plain); err != nil {
		return err
	}
	if want != "" {
		div, err := d.jurisdiction(q.Context(), want)
		if err != nil {
			return err
		}
		if div.ID != q.key.Division {
			return fault.New(fault.Forbidden, "open311.other_key")
		}
	}
	if wait := d.pace.Take(q.key.ID.String()); wait > 0 {
		seconds := int(wait/time.Second) + 1
		return fault.New(fault.TooMany, "fault.too_many", "seconds", seconds, "n", seconds)
	}
	return nil
}

// arg is an argument of the body; some programs put the key into the address.
func (q *request) arg(name string) string {
	if v := given(q.PostForm, name); v != "" {
		return v
	}
	return given(q.URL.Query(), name)
}

func (q *request) refuse(field, key string, kv ...any) {
	q.wrong = append(q.wrong, fault.New(fault.Invalid, "form.refused").Field(field, key, kv...))
}

func (q *request) chosen(o offer) {
	code := q.arg("service_code")
	if code == "" {
		q.refuse("service_code", "open311.needed")
		return
	}
	s, err := o.known(code)
	if err != nil {
		q.wrong = append(q.wrong, err)
	}
	q.service = s
}

// field is the argument that answers a question.
func field(q catalogue.Question) string { return "attribute[" + q.ID + "]" }

// attributes brings attribute[CODE][]=v, as lists are sent, to the form of a
// single answer, and refuses answers to what was not asked.
func (q *request) attributes() {
	asked := map[string]bool{}
	for _, x := range q.service.questions {
		asked[field(x)] = true
	}
	for name, values := range q.PostForm {
		if !strings.HasPrefix(name, "attribute[") || given(q.PostForm, name) == "" {
			continue
		}
		single := strings.TrimSuffix(name, "[]")
		switch {
		case !asked[single] && q.service.code != "":
			q.refuse(printable(name), "open311.not_asked")
		case name != single && asked[single]:
			q.PostForm[single] = append(q.PostForm[single], values...)
		}
	}
	for name := range asked {
		if len(q.PostForm[name]) > 1 {
			q.refuse(name, "open311.one_answer")
		}
	}
}

// fields are the arguments that are read like the entries of a form.
func (q *request) fields() []form.Field {
	named := func(name string, t form.Type, most int) form.Field {
		return form.Field{Name: name, Type: t, Max: &most, Label: i18n.Text{ZH: name, EN: name}}
	}
	out := []form.Field{
		named("description", form.Long, longestText), named("address_string", form.Text, longestAddress),
		named("first_name", form.Text, longestAddress), named("last_name", form.Text, longestAddress),
	}
	phone, photos := named("phone", form.Phone, 0), named("media", form.Photo, maxPhotos)
	phone.Max, photos.List = nil, true
	out = append(out, phone, photos)
	b := i18n.From(q.Context()).Bundle
	for _, x := range q.service.questions {
		f := form.Field{Name: field(x), Type: form.Enum, Label: x.Ask, Required: x.Required}
		switch x.Type {
		case catalogue.AskText:
			f.Type = form.Text
		case catalogue.AskBool:
			f.Options = []form.Option{{Value: "yes", Label: b.Text("open311.yes")}, {Value: "no", Label: b.Text("open311.no")}}
		default:
			for _, o := range x.Options {
				f.Options = append(f.Options, form.Option{Value: o.Value, Label: o.Label})
			}
		}
		out = append(out, f)
	}
	return out
}

// wordFields are those of an update.
func wordFields() []form.Field {
	most, photos := longestText, maxPhotos
	return []form.Field{{Name: "description", Type: form.Long, Max: &most, Label: i18n.Text{ZH: "description", EN: "description"}},
		{Name: "media", Type: form.Photo, List: true, Max: &photos, Label: i18n.Text{ZH: "media", EN: "media"}}}
}

func (q *request) text(name string) string { s, _ := q.sent.Values[name].(string); return s }

// locate finds the place: the coordinates, else the address, else the first
// photo that knows where it was taken.
func (q *request) locate(m *place.Map, now time.Time) {
	lat, long := q.arg("lat"), q.arg("long")
	address := q.text("address_string")
	switch {
	case lat != "" || long != "":
		q.coordinates(lat, long)
		return
	case address != "":
		if found := m.Find(address, now); len(found) > 0 {
			q.at = found[0].Point
			return
		}
	}
	for _, u := range q.sent.Uploads {
		if u.At != nil {
			q.at = geo.Point{Lat: u.At.Lat, Lng: u.At.Lng}
			return
		}
	}
	switch {
	case address != "":
		q.refuse("address_string", "open311.place_unknown")
	case q.arg("address_id") != "":
		q.refuse("address_id", "open311.no_address_id")
	default:
		q.refuse("lat", "open311.place_needed")
	}
}

func (q *request) coordinates(lat, long string) {
	read := func(name, s string, most float64) float64 {
		v, err := strconv.ParseFloat(s, 64)
		switch {
		case s == "":
			q.refuse(name, "open311.lat_and_long")
		case err != nil || !(v >= -most && v <= most):
			q.refuse(name, "open311.coordinate", "most", most)
		}
		return v
	}
	q.at = geo.Point{Lat: read("lat", lat, 90), Lng: read("long", long, 180)}
}

// complete refuses a report that says nothing, and one whose answers say that a
// call comes first or that another body must act, as the public page does.
func (q *request) complete() {
	if q.text("description") == "" && len(q.sent.Uploads) == 0 && !q.refusedBefore("description", "media") {
		q.refuse("description", "open311.says_nothing")
	}
	if len(q.Header.Get("Idempotency-Key")) > longestKey {
		q.refuse("Idempotency-Key", "open311.long_key", "n", longestKey)
	}
	for _, x := range q.service.questions {
		if o, ok := x.Outcome(q.text(field(x))); ok && (o.Effect == catalogue.Stop || o.Effect == catalogue.Redirect) {
			q.refuse(field(x), "open311.first", "message", o.Message)
		}
	}
}

// refusedBefore reports whether one of the fields was already found wrong.
func (q *request) refusedBefore(names ...string) bool {
	return q.sent.Wrong != nil && slices.ContainsFunc(q.sent.Wrong.Fields, func(f fault.Field) bool { return slices.Contains(names, f.Name) })
}

func (q *request) report() incident.Report {
	r := incident.Report{Division: q.key.Division, Source: source, Desc: q.text("description"), Class: q.service.class(),
		Point: q.at, Address: q.text("address_string"), Name: fullName(q.text("first_name"), q.text("last_name")),
		Phone: q.text("phone"), Files: q.sent.Uploads, Extra: map[string]string{}}
	for _, x := range q.service.questions {
		if a := q.text(field(x)); a != "" {
			r.Extra[x.ID] = a
		}
	}
	if again := q.Header.Get("Idempotency-Key"); again != "" {
		r.Key = source + ":" + q.key.ID.String() + ":" + again
	}
	return r
}

// fullName joins a name as its bearer writes it: a Chinese family name stands
// first, without a space.
func fullName(first, last string) string {
	if strings.ContainsFunc(first+last, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return last + first
	}
	return strings.TrimSpace(first + " " + last)
}

// answer names the case, or the token until it is opened. The receipt code goes
// along in words: it is the reporter's own, to follow the report and to object.
func (q *request) answer(kind, name string, notice []string) node {
	for _, x := range q.service.questions {
		if o, ok := x.Outcome(q.text(field(x))); ok {
			notice = append(notice, o.Message.In(i18n.LangOf(q.Context())))
		}
	}
	return many("service_requests", group("request",
		say(kind, name),
		say("service_notice", strings.Join(notice, "\n")),
		say("account_id", "")))
}

package open311

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/stepform"
)

// What one answer may hold: the protocol's 90 days and 1,000 requests,
// whichever is less.
const (
	longestSpan = 90 * 24 * time.Hour
	mostRows    = 1000
	mostPages   = 1000
)

func (d *Door) list(r *http.Request) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	w, err := wanted(r.URL.Query(), d.Clock.Now())
	if err != nil {
		return node{}, err
	}
	found, err := d.Citizens.Published(r.Context(), div.ID, w)
	if err != nil {
		return node{}, err
	}
	return d.requests(r, div.ID, found, given(r.URL.Query(), "extensions") == "true")
}

func (d *Door) one(r *http.Request, ref string) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	found, err := d.Citizens.PublishedOne(r.Context(), div.ID, ref)
	if fault.Is(err, fault.NotFound) {
		return node{}, fault.New(fault.NotFound, "open311.no_request", "id", printable(ref))
	}
	if err != nil {
		return node{}, err
	}
	return d.requests(r, div.ID, []incident.Published{found}, true)
}

// token tells which request a token became; none yet while it waits.
func (d *Door) token(r *http.Request, token string) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	ref, err := d.Errands.Reference(r.Context(), div.ID, token)
	if fault.Is(err, fault.NotFound) {
		return node{}, fault.New(fault.NotFound, "open311.no_token", "token", printable(token))
	}
	return many("service_requests", group("request", say("service_request_id", ref), say("token", token))), err
}

// query reads arguments and collects all that is wrong with them.
type query struct {
	url.Values
	wrong []error
}

func (q *query) refuse(name, key string, kv ...any) {
	q.wrong = append(q.wrong, fault.New(fault.Invalid, "form.refused").Field(name, key, kv...))
}

// csv is a list of values; an empty argument is an absent one.
func (q *query) csv(name string) (out []string) {
	for v := range strings.SplitSeq(given(q.Values, name), ",") {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// wanted reads the filters. Ids override everything else.
func wanted(values url.Values, now time.Time) (w incident.Wanted, err error) {
	q := &query{Values: values}
	if w.References = q.csv("service_request_id"); len(w.References) > 0 {
		if len(w.References) > mostRows {
			q.refuse("service_request_id", "open311.too_many_ids", "n", mostRows)
		}
		w.Limit = mostRows
		return w, errors.Join(q.wrong...)
	}
	for _, c := range q.csv("service_code") {
		if c == unclassed {
			c = ""
		}
		w.Classes = append(w.Classes, c)
	}
	w.Status = q.status()
	w.From, w.To = q.span(now)
	w.Limit = q.whole("page_size", mostRows, mostRows)
	w.Offset = (q.whole("page", 1, mostPages) - 1) * w.Limit
	return w, errors.Join(q.wrong...)
}

func (q *query) status() incident.Status {
	list := q.csv("status")
	for _, s := range list {
		if s != string(incident.OpenStatus) && s != string(incident.ClosedStatus) {
			q.refuse("status", "open311.status", "value", printable(s))
		}
	}
	if len(list) == 1 {
		return incident.Status(list[0])
	}
	return incident.AnyStatus
}

// span is the time of the reports asked for. A missing end is 90 days from the
// other one; without both it is the last 90 days.
func (q *query) span(now time.Time) (from, to time.Time) {
	from, hasFrom := q.instant("start_date")
	to, hasTo := q.instant("end_date")
	switch {
	case !hasTo && !hasFrom:
		from, to = now.Add(-longestSpan), now
	case !hasTo:
		to = from.Add(longestSpan)
	case !hasFrom:
		from = to.Add(-longestSpan)
	case to.Before(from):
		q.refuse("end_date", "open311.backwards")
	case to.Sub(from) > longestSpan:
		q.refuse("end_date", "open311.span", "n", int(longestSpan.Hours()/24))
	}
	// Instants are told to the second, so the last second belongs to the span.
	return from, to.Truncate(time.Second).Add(time.Second)
}

// dates are the forms of the W3C's profile of ISO 8601 that programs send; what
// names no zone is meant here.
var dates = [...]string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02"}

func (q *query) instant(name string) (t time.Time, ok bool) {
	s := given(q.Values, name)
	if s == "" {
		return t, false
	}
	// A plus sign that was not escaped arrives as a space.
	s = strings.ReplaceAll(s, " ", "+")
	for _, layout := range dates {
		if t, err := time.ParseInLocation(layout, s, calendar.Zone); err == nil && t.Year() >= 1970 && t.Year() < 2262 {
			return t, true
		}
	}
	q.refuse(name, "open311.date")
	return t, false
}

func (q *query) whole(name string, absent, most int) int {
	s := given(q.Values, name)
	if s == "" {
		return absent
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > most {
		q.refuse(name, "open311.whole", "most", most)
		return absent
	}
	return n
}

// requests are the records; with notes each tells what became of it.
func (d *Door) requests(r *http.Request, div id.ID, found []incident.Published, withNotes bool) (node, error) {
	o, err := d.offer(r, div)
	if err != nil {
		return node{}, err
	}
	lang, base := i18n.LangOf(r.Context()), d.base(r)
	out := many("service_requests", make([]node, 0, len(found))...)
	names := map[string][2]string{}
	for _, p := range found {
		name, ok := names[p.Class]
		if !ok {
			name[0], name[1] = o.called(p.Class, lang)
			names[p.Class] = name
		}
		out.kids = append(out.kids, record(p, name[0], name[1], lang, base))
	}
	if !withNotes {
		return out, nil
	}
	return out, d.annotate(r, div, found, out.kids)
}

// annotate adds to each record its updates as notes, the newest first.
func (d *Door) annotate(r *http.Request, div id.ID, found []incident.Published, records []node) error {
	refs, notes := make([]string, len(found)), map[string][]node{}
	for i, p := range found {
		refs[i] = p.Reference
	}
	list, err := d.Citizens.UpdatesOf(r.Context(), div, refs)
	lang := i18n.LangOf(r.Context())
	for _, u := range list {
		notes[u.Reference] = append(notes[u.Reference], group("note", say("datetime", stamp(u.At)), say("description", u.Text(lang))))
	}
	for i, ref := range refs {
		records[i].kids = append(records[i].kids, many("notes", notes[ref]...))
	}
	return err
}

func record(p incident.Published, code, name string, lang i18n.Lang, base string) node {
	status := incident.ClosedStatus
	if p.Open {
		status = incident.OpenStatus
	}
	var lat, long, media string
	if p.Point != nil {
		lat, long = degrees(p.Point.Lat), degrees(p.Point.Lng)
	}
	if len(p.Photos) > 0 {
		media = base + root + "/media/" + p.Reference + "/" + p.Photos[0].SHA256
	}
	return group("request",
		say("service_request_id", p.Reference),
		say("status", string(status)),
		say("status_notes", p.State.In(lang)),
		say("service_name", name),
		say("service_code", code),
		say("description", p.Text),
		say("agency_responsible", p.Dept.In(lang)),
		say("service_notice", ""),
		say("requested_datetime", stamp(p.Opened)),
		say("updated_datetime", stamp(p.Updated)),
		say("expected_datetime", stamp(p.Promised)),
		say("address", p.Address),
		say("address_id", ""),
		say("zipcode", ""),
		raw("lat", lat),
		raw("long", long),
		say("media_url", media))
}

// called is the code and name of a case's class: as the service is called, else
// as the standard does, for cases that came in by other ways.
func (o offer) called(class string, lang i18n.Lang) (code, name string) {
	if class == "" {
		class = unclassed
	}
	if s, ok := o.find(class); ok {
		return s.code, s.name.In(lang)
	}
	if c, err := o.cat.Class(class); err == nil {
		return class, c.Name.In(lang)
	}
	return class, class
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format(time.RFC3339)
}

// degrees is a coordinate to a tenth of a metre.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// media sends a released photo without what the camera wrote into it.
func (d *Door) media(w http.ResponseWriter, r *http.Request) error {
	jpg, err := d.photo(r)
	if err != nil {
		return inXML.serve(w, r, func(*http.Request) (node, error) { return node{}, err })
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, _ = w.Write(jpg) // the caller may have left
	return nil
}

func (d *Door) photo(r *http.Request) ([]byte, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return nil, err
	}
	p, err := d.Citizens.PublishedOne(r.Context(), div.ID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	for _, x := range p.Photos {
		if x.SHA256 != r.PathValue("sha") {
			continue
		}
		return d.Photos.Print(r.Context(), stepform.Veiled(x.SHA256), false)
	}
	return nil, fault.New(fault.NotFound, "open311.no_resource")
}

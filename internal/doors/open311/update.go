package open311

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"xiucheng/internal/duties/incident"
	"xiucheng/internal/duties/incident/errand"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
)

// updates lists what became of requests: the service-request-updates extension
// in use between councils and FixMyStreet. Like the list of requests it reaches
// back 90 days and holds 1,000, newest first.
func (d *Door) updates(r *http.Request) (node, error) {
	div, err := d.jurisdiction(r.Context(), given(r.URL.Query(), "jurisdiction_id"))
	if err != nil {
		return node{}, err
	}
	q := &query{Values: r.URL.Query()}
	from, to := q.span(d.Clock.Now())
	size := q.whole("page_size", mostRows, mostRows)
	skip := (q.whole("page", 1, mostPages) - 1) * size
	ids := q.csv("service_request_id")
	if len(ids) > mostRows {
		q.refuse("service_request_id", "open311.too_many_ids", "n", mostRows)
	}
	if len(q.wrong) > 0 {
		return node{}, errors.Join(q.wrong...)
	}
	var found []incident.Update
	if len(ids) == 0 {
		found, err = d.Citizens.Updates(r.Context(), div.ID, from, to, size, skip)
	} else {
		found, err = d.Citizens.UpdatesOf(r.Context(), div.ID, ids)
		found = slices.DeleteFunc(found, func(u incident.Update) bool {
			return given(q.Values, "start_date") != "" && u.At.Before(from) || given(q.Values, "end_date") != "" && !u.At.Before(to)
		})
		found = found[min(skip, len(found)):]
		found = found[:min(size, len(found))]
	}
	out := many("service_request_updates")
	for _, u := range found {
		out.kids = append(out.kids, d.told(r, u))
	}
	return out, err
}

func (d *Door) told(r *http.Request, u incident.Update) node {
	status, media := incident.ClosedStatus, ""
	if u.Open {
		status = incident.OpenStatus
	}
	if len(u.Photos) > 0 {
		media = d.base(r) + root + "/media/" + u.Reference + "/" + u.Photos[0].SHA256
	}
	return group("request_update",
		say("update_id", u.ID),
		say("service_request_id", u.Reference),
		say("status", string(status)),
		say("updated_datetime", stamp(u.At)),
		say("description", u.Text(i18n.LangOf(r.Context()))),
		say("media_url", media))
}

// update takes word from another system about a request. The status it gives is
// its opinion and is noted; the request keeps its own.
func (d *Door) update(r *http.Request) (node, error) {
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
	sent, err := d.Photos.Read(r, wordFields(), calendar.Zone, d.Clock.Now())
	if err != nil {
		return node{}, err
	}
	if q.sent = sent; sent.Wrong != nil {
		q.wrong = append(q.wrong, sent.Wrong)
	}
	for i := range q.sent.Uploads {
		q.sent.Uploads[i].Field = "photos"
	}
	d.addresses(&q)
	w := q.word()
	if len(q.wrong) > 0 {
		return node{}, errors.Join(q.wrong...)
	}
	u, err := d.Citizens.Hear(r.Context(), w)
	switch f := fault.As(err); {
	case fault.Is(err, fault.NotFound):
		return node{}, fault.New(fault.NotFound, "open311.no_request", "id", printable(w.Reference))
	case f != nil && (f.Kind == fault.Conflict || f.Kind == fault.Stale):
		return node{}, fault.New(fault.Invalid, "open311.ended")
	case err != nil:
		return node{}, err
	}
	return many("service_request_updates", group("request_update", say("update_id", u.ID))), d.Errands.Fetch(r.Context(),
		errand.Photos{Division: w.Division, Reference: u.Reference, Sender: w.Sender, Addresses: q.photos})
}

// word reads the update that was sent.
func (q *request) word() incident.Word {
	w := incident.Word{Division: q.key.Division, Reference: q.arg("service_request_id"), Sender: q.key.Name,
		Text: q.text("description"), Closed: q.arg("status") == string(incident.ClosedStatus), Files: q.sent.Uploads}
	if w.Reference == "" {
		q.refuse("service_request_id", "open311.needed")
	}
	if s := q.arg("status"); s != string(incident.OpenStatus) && s != string(incident.ClosedStatus) {
		q.refuse("status", "open311.update_status")
	}
	if strings.TrimSpace(w.Text) == "" && !q.refusedBefore("description") {
		q.refuse("description", "open311.update_text")
	}
	again := q.arg("update_id")
	if again == "" {
		again = q.Header.Get("Idempotency-Key")
	}
	if len(again) > longestKey {
		q.refuse("update_id", "open311.long_key", "n", longestKey)
	}
	if again != "" {
		w.Key = source + " update:" + q.key.ID.String() + ":" + w.Reference + ":" + again
	}
	return w
}

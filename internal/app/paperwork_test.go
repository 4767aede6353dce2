package app

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"xiucheng/internal/casework/paper"
)

// attach posts one file as a member of staff.
func (c *crew) attach(login, path, field string, body []byte) *httptest.ResponseRecorder {
	c.t.Helper()
	signed := httptest.NewRecorder()
	if err := c.a.sessions.Create(c.ctx, signed, c.who(login).Account, c.w.Division, "127.0.0.1", "test"); err != nil {
		c.t.Fatal(err)
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	part, err := m.CreateFormFile(field, "scan.pdf")
	if err == nil {
		_, err = part.Write(body)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &buf)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(signed.Result().Cookies()[0])
	w := httptest.NewRecorder()
	c.a.Router().ServeHTTP(w, r)
	return w
}

func (c *crew) answers(w *httptest.ResponseRecorder, status int, says string) {
	c.t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), says) {
		c.t.Errorf("%d, want %d and %q: %s", w.Code, status, says, w.Body)
	}
}

func TestAPaperIsSealedScannedAndBound(t *testing.T) {
	c := newCrew(t, "")
	c.at("2026-09-23 09:00")
	c.promote("zhifa1", "agency_head")
	x := c.underway()
	list, err := paper.Of(c.ctx, c.a.db, c.w.Division, x)
	if err != nil {
		t.Fatal(err)
	}
	p := list[len(list)-1]
	home := "/enforcement/papers/" + p.ID.String()
	if said := c.page("zhifa1", home); !strings.Contains(said, p.Number) || !strings.Contains(said, "店外烧烤") || !strings.Contains(said, "核验码") {
		t.Error("the page does not show the paper", said)
	}
	c.answers(c.send("zhifa1", home+"/seal", url.Values{"copies": {"200"}, "purpose": {"存卷一份"}}), 422, "存卷一份")
	c.answers(c.send("banan", home+"/seal", url.Values{"copies": {"2"}, "purpose": {"存卷一份"}}), 303, "")
	c.answers(c.send("banan", home+"/seal", url.Values{"copies": {"2"}, "purpose": {"再来一份"}}), 409, "")
	open, _, err := paper.Seals(c.ctx, c.a.db, c.w.Division, paper.SealFilter{Answer: paper.Open, Limit: 2})
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	request := "/enforcement/seals/" + open[0].ID.String()
	c.answers(c.send("banan", request, url.Values{"answer": {"approved"}}), 409, "提请人不得自行批准")
	c.answers(c.send("juzhang", request, url.Values{"answer": {"refused"}, "reason": {""}}), 422, "")
	c.answers(c.send("juzhang", request, url.Values{}), 422, "")
	c.answers(c.send("zhifa2", request, url.Values{"answer": {"approved"}}), 403, "")
	c.answers(c.send("juzhang", request, url.Values{"answer": {"approved"}}), 303, "")
	if said := c.page("dangan", "/enforcement/seals?answer=approved&from=2026-09-23&to=2026-09-23"); !strings.Contains(said, p.Number) || !strings.Contains(said, "存卷一份") {
		t.Error("not in the register", said)
	}
	if said := c.page("dangan", "/enforcement/seals?from=2026-09-24"); strings.Contains(said, p.Number) {
		t.Error("the day does not narrow the register")
	}
	for _, path := range []string{"/enforcement/seals/print", "/enforcement/seals/table.csv"} {
		if said := c.page("dangan", path); !strings.Contains(said, p.Number) {
			t.Error(path, said)
		}
	}
	c.answers(c.attach("zhifa1", home+"/scan", "file", []byte("neither a photo nor a PDF")), 422, "")
	c.answers(c.attach("zhifa1", home+"/scan", "file", []byte("%PDF-1.4 /Type /Page /Type /Page ")), 303, "")
	c.answers(c.send("zhifa1", home+"/print", nil), 303, "")
	got, err := paper.Find(c.ctx, c.a.db, c.w.Division, p.ID)
	if err != nil || got.SealedAt.IsZero() || got.Scan.Pages != 2 || got.Prints != 1 {
		t.Errorf("%+v %v", got, err)
	}
	if said := c.page("zhifa1", home+"/scan"); !strings.HasPrefix(said, "%PDF-1.4") {
		t.Error("another file than the scan")
	}
	volume := c.page("dangan", "/enforcement/dossiers/"+x.String()+"/volume.pdf")
	if !strings.HasPrefix(volume, "%PDF-") {
		t.Error("no volume")
	}
	again := c.page("dangan", "/enforcement/dossiers/"+x.String()+"/volume.pdf")
	if volume != again {
		t.Error("the same dossier gives another file")
	}
	if pages, err := c.a.paperwork.Pages(c.ctx, c.w.Division, x); err != nil || pages < len(list)+3 {
		t.Errorf("%d pages, %v", pages, err)
	}
	c.answers(c.send("dangan", "/enforcement/dossiers/"+x.String()+"/erase", url.Values{"rule": {"到期"}, "sure": {"1"}}), 409, "尚未归档")
	draft := c.send("zhifa1", "/enforcement/cases/"+x.String()+"/steps/svy_inspect/draft", url.Values{"findings": {"炉具两台"}, "start_at": {"not a time"}})
	c.answers(draft, 200, "炉具两台")
	c.answers(draft, 200, "现场检查（勘验）笔录")
}

package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// page asks for a page and reads its main part.
func page(t *testing.T, w *httptest.ResponseRecorder, status int) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(doc.Find("main").Text()), " ")
	if w.Code != status {
		t.Fatalf("status %d: %s", w.Code, text)
	}
	return text
}

func TestAnOfficerReadsTheLawAndAnAdministratorConfirmsIt(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	officer, admin := signIn(t, a, "zhongdui.work1"), signIn(t, a, "admin")
	law := page(t, get(a, "GET", "/enforcement/law/UM-004?on=2026-11-28&end=2026-08-10&decision=2026-10-20&tier=&party=citizen", officer), 200)
	for _, want := range []string{"The new rule is lighter", "500–5,000 yuan", "Maximum 20,000 → 5,000 · lighter"} {
		if !strings.Contains(law, want) {
			t.Errorf("%q is not said", want)
		}
	}
	org := page(t, get(a, "GET", "/enforcement/law/UM-004?end=2026-08-20&decision=2026-10-20&tier=&party=organisation", officer), 200)
	if !strings.Contains(org, "cut to 2,000–5,000 yuan") {
		t.Error("a province's range goes beyond the national law unremarked")
	}
	then := page(t, get(a, "GET", "/enforcement?on=2026-08-14&q=UM-004", officer), 200)
	if !strings.Contains(then, "Air Pollution Prevention Law (2018)") || strings.Contains(then, "Code Art") {
		t.Error("the day is not looked at:", then)
	}
	shop := page(t, get(a, "GET", "/enforcement/law/UM-001", officer), 200)
	if !strings.Contains(shop, "No fine may be typed") || !strings.Contains(shop, "Another city's, not applicable") || strings.Contains(shop, "Confirm the amounts") {
		t.Error(shop)
	}
	const rule = "/enforcement/rules/UM-001-SD218-NV"
	if w := get(a, "GET", rule, officer); w.Code != 403 {
		t.Error("an officer may confirm amounts:", w.Code)
	}
	if w := send(a, rule, admin, map[string]string{"article": "第三十七条", "min": "200", "max": "2000", "why": "已核对省政府公报"}); w.Code != http.StatusSeeOther {
		page(t, w, http.StatusSeeOther)
	}
	if shop = page(t, get(a, "GET", "/enforcement/law/UM-001", officer), 200); !strings.Contains(shop, "200–2,000 yuan") {
		t.Error("the confirmed amount is not shown:", shop)
	}
	calc := page(t, get(a, "GET", "/enforcement/benchmark?scale=UM-004%7C&party=citizen&area=large&again=once&fix=at_once&fine=4000", officer), 200)
	for _, want := range []string{"4 points, grade “Usual”: 1,500–3,500 yuan", "ask a higher approver", "A hearing is due", "Not on the spot"} {
		if !strings.Contains(calc, want) {
			t.Errorf("%q is not said: %s", want, calc)
		}
	}
	for _, fine := range []string{"NaN", "1e300", "-5", "x"} {
		page(t, get(a, "GET", "/enforcement/benchmark?scale=UM-004%7C&area=large&fine="+fine, officer), 200)
	}
}

func TestRegistersComeInByFileAndPermitsAreFoundOnTheStreet(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	officer, admin := signIn(t, a, "zhongdui.work1"), signIn(t, a, "admin")
	const head = "许可种类,许可证号,许可内容,被许可人,地点,经度,纬度,有效期起,有效期止,状态,发证机关,来源性质\n"
	const line = "digging,挖-9,挖掘道路,某公司,玉清东街,119.1600,36.7700,2026-01-01,2029-12-31,valid,审批局,real\n"
	if said := page(t, send(a, "/enforcement/import", admin, map[string]string{"register": "permit", "file": head + line + strings.Replace(line, "digging", "flying", 1)}), 422); !strings.Contains(said, "nothing was written") || !strings.Contains(said, "“Kind” does not take “flying”") {
		t.Error(said)
	}
	if w := send(a, "/enforcement/import", officer, map[string]string{"register": "permit", "file": head + line}); w.Code != 403 {
		t.Error("an officer may import:", w.Code)
	}
	if w := send(a, "/enforcement/import", admin, map[string]string{"register": "permit", "file": head + line}); w.Code != http.StatusSeeOther {
		page(t, w, http.StatusSeeOther)
	}
	if said := page(t, get(a, "GET", "/enforcement/permits?q="+url.QueryEscape("挖-9"), officer), 200); !strings.Contains(said, "某公司") || !strings.Contains(said, "Valid") {
		t.Error(said)
	}
	near := page(t, send(a, "/enforcement/permits", officer, map[string]string{"place.lat": "36.7701", "place.lng": "119.1600"}), 200)
	if !strings.Contains(near, "1 permits within 50 m") || !strings.Contains(near, "11 m") {
		t.Error(near)
	}
	one := page(t, get(a, "GET", "/enforcement/row?register=permit&code="+url.QueryEscape("digging|挖-9"), officer), 200)
	if !strings.Contains(one, "register.csv") || !strings.Contains(one, "Road digging") {
		t.Error(one)
	}
	if w := get(a, "GET", "/enforcement/files/permit/table.csv", officer); w.Code != 200 || !strings.Contains(w.Body.String(), "许可证号") || !strings.Contains(w.Body.String(), "挖-9") {
		t.Error("the register cannot be downloaded:", w.Code)
	}
}

func TestAPartysNumberIsSeenOnlyByWhoSaysWhatFor(t *testing.T) {
	t.Parallel()
	a := demo(t, "")
	officer := signIn(t, a, "zhongdui.work1")
	const number = "11010519491231002X"
	w := send(a, "/enforcement/parties/new", officer, map[string]string{"kind": "citizen", "name": "张某", "number": number})
	if w.Code != http.StatusSeeOther {
		page(t, w, http.StatusSeeOther)
	}
	path := w.Header().Get("Location")
	if said := page(t, get(a, "GET", path, officer), 200); strings.Contains(said, "491231") || !strings.Contains(said, "1101************2X") {
		t.Error(said)
	}
	if said := page(t, send(a, path, officer, map[string]string{"purpose": "x"}), 422); strings.Contains(said, number) {
		t.Error("shown without a purpose")
	}
	if said := page(t, send(a, path, officer, map[string]string{"purpose": "制作处罚决定书"}), 200); !strings.Contains(said, number) || !strings.Contains(said, "演示·中队队员一 · 制作处罚决定书") {
		t.Error(said)
	}
	if said := page(t, posted(a, "/enforcement/parties/find", urlencoded, "q="+number, officer), 200); !strings.Contains(said, "张某") || strings.Contains(said, "491231") {
		t.Error(said)
	}
	for _, login := range []string{"admin", "shouli1"} {
		if w := get(a, "GET", path, signIn(t, a, login)); w.Code != 403 {
			t.Errorf("%s sees a party: %d", login, w.Code)
		}
	}
}

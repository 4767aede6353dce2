package app

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/incident/hotline"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

const hotlineHead = "工单编号,操作,派单时间,办理时限,标题,诉求内容,诉求人,联系电话,诉求地址,纬度,经度\n"

// hotlineLine is a line of a file of orders.
func hotlineLine(no, what, sent, text, where string) string {
	return strings.Join([]string{no, what, sent, "", "市容", text, "钱某", "13900009999", where, "", ""}, ",") + "\n"
}

// take lays a file on the table and takes it in as somebody.
func takeIn(c *crew, login, kind, body string) map[string]hotline.Answer {
	c.t.Helper()
	f, err := c.a.orders.Lay(c.ctx, c.who(login), kind, "x.csv", []byte(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.a.orders.Check(c.ctx, c.who(login), f); err != nil {
		c.t.Fatal(err)
	}
	if f, err = c.a.orders.TakeIn(c.ctx, c.who(login), f.ID); err != nil {
		c.t.Fatal(err)
	}
	out := map[string]hotline.Answer{}
	for _, a := range f.Answers {
		out[a.No] = a
	}
	return out
}

// exported is the next export by order number.
func exported(c *crew) map[string][]string {
	c.t.Helper()
	n, err := c.a.orders.Export(c.ctx, c.who("shouli1"))
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string][]string{}
	if n == 0 {
		return out
	}
	_, rows, err := c.a.orders.Sent(c.ctx, c.w.Division, n)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range rows {
		out[r[0]] = r
	}
	return out
}

func TestOrdersOfTheHotlineGoThereAndBack(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			c := newCrew(t, address(t))
			c.at("2026-09-28 09:00")
			orders := hotlineHead +
				hotlineLine("G001", "派单", "2026-09-28 08:40:00", "路口垃圾成堆", "新华路与玉清东街路口") +
				hotlineLine("G002", "派单", "2026-09-28 08:41:00", "楼下噪音", "不知何处的小巷九号") +
				hotlineLine("G003", "派单", "2026-09-28 08:42:00", "供热不足", "新华路与玉清东街路口") +
				hotlineLine("G009", "催办", "", "怎么还没人来", "")
			got := takeIn(c, "shouli1", hotline.Orders, orders)
			for no, want := range map[string]string{"G001": hotline.Created, "G002": hotline.Refused, "G003": hotline.Created, "G009": hotline.Refused} {
				if got[no].Outcome != want {
					t.Errorf("%s: %s %v, want %s", no, got[no].Outcome, got[no].Why, want)
				}
			}
			for no, a := range takeIn(c, "shouli2", hotline.Orders, orders) {
				if a.Outcome != hotline.Known && a.Outcome != hotline.Refused {
					t.Errorf("%s a second time: %s", no, a.Outcome)
				}
			}
			list, err := c.a.orders.List(c.ctx, c.w.Division, id.ID{}, 50)
			if err != nil || len(list) != 3 {
				t.Fatalf("%d orders, %v", len(list), err)
			}
			first, err := id.Parse(got["G001"].Case)
			if err != nil {
				t.Fatal(err)
			}
			c.isDue(first, "promise", "2026-10-10 17:30") // five working days over the holiday
			s := c.find(first)
			if s.Source != "hotline" || strings.Contains(string(s.Raw["desc"]), "钱某") {
				t.Errorf("source %q, desc %s", s.Source, s.Raw["desc"])
			}
			if p, err := record.PersonalOf(c.ctx, c.a.db, c.w.Division, first); err != nil || len(p) != 2 {
				t.Errorf("%d personal values, %v", len(p), err)
			}
			updates(c, first)
			returnOrders(c, got["G003"].Case)
			tellHotline(c, first)
			if proof, err := record.Verify(c.ctx, c.a.db, c.w.Division, first); err != nil || proof.Broken != nil {
				t.Errorf("the chain: %v %v", proof.Broken, err)
			}
		})
	}
}

// updates urges and supplements the first order, each once.
func updates(c *crew, first id.ID) {
	c.at("2026-09-28 09:10")
	more := hotlineHead + hotlineLine("G001", "催办", "2026-09-28 09:05:00", "请快一点", "") + "\n"
	for _, want := range []string{hotline.Urged, hotline.Known} {
		if a := takeIn(c, "shouli1", hotline.Orders, more)["G001"]; a.Outcome != want {
			c.t.Errorf("urging: %s %v, want %s", a.Outcome, a.Why, want)
		}
	}
	s := c.find(first)
	last := s.Log[len(s.Log)-1]
	if last.Step != "urge" || !strings.HasPrefix(last.Actor, "citizen:") {
		c.t.Errorf("the last step is %s by %s", last.Step, last.Actor)
	}
	events, err := record.Timeline(c.ctx, c.a.db, c.w.Division, first)
	if err != nil || !strings.Contains(string(events[len(events)-1].Body), `"12345"`) {
		c.t.Errorf("the timeline does not say who told it: %v", err)
	}
	if a := takeIn(c, "shouli1", hotline.Orders, hotlineHead+hotlineLine("G001", "补充", "", "在公交站旁", ""))["G001"]; a.Outcome != hotline.Added {
		c.t.Errorf("adding: %s %v", a.Outcome, a.Why)
	}
}

// returnOrders returns the order without a case at once and the other by two people.
func returnOrders(c *crew, caseID string) {
	c.t.Helper()
	back := hotline.Return{Kind: "not_ours", Why: "供热不属城管职责", Basis: "职责清单第 3 条", ReferTo: "热力公司", Phone: "96000"}
	if err := c.a.orders.GiveBack(c.ctx, c.who("zhiban1"), "G003", back); !fault.Is(err, fault.Forbidden) {
		c.t.Errorf("a shift leader returns an order: %v", err)
	}
	if err := c.a.orders.GiveBack(c.ctx, c.who("shouli1"), "G003", hotline.Return{Kind: "not_ours", Why: "x"}); !fault.Is(err, fault.Invalid) {
		c.t.Errorf("without a basis: %v", err)
	}
	for _, no := range []string{"G002", "G003"} {
		if err := c.a.orders.GiveBack(c.ctx, c.who("shouli1"), no, back); err != nil {
			c.t.Fatal(err)
		}
	}
	rows := exported(c)
	if rows["G002"][1] != "退单" || rows["G003"][1] != "退单审核中" || rows["G001"][1] != "办理中" {
		c.t.Errorf("states %q %q %q", rows["G001"], rows["G002"], rows["G003"])
	}
	key, err := id.Parse(caseID)
	if err != nil {
		c.t.Fatal(err)
	}
	c.do(key, "zhiban1", "confirm_reject", procedure.Input{"reply": "请找热力公司 96000"})
	rows = exported(c)
	if len(rows) != 1 || rows["G003"][1] != "退单" || rows["G003"][9] != "供热不属城管职责" {
		c.t.Errorf("after the confirmation: %q", rows)
	}
}

// tellHotline closes the first order, tells it, has it rejected and told again, and
// takes in what the caller said.
func tellHotline(c *crew, first id.ID) {
	c.t.Helper()
	cond := c.condition("06010", 4, calendar.WorkingHour)
	c.do(first, "shouli1", "accept", procedure.Input{"class": "06010", "condition": cond, "place": spot, "waiver": "hotline", "dup_reason": "另一处", "dup_decision": "ignored"})
	c.do(first, "zhiban1", "file", procedure.Input{"condition": cond})
	c.do(first, "paiqian1", "dispatch", procedure.Input{"dept": "HW", "override": "热线工单由环卫办理更快"})
	c.do(first, "hw.desk", "take", nil)
	c.checked(first, "hw.desk", "hw.work", "caiji3")
	c.do(first, "zhiban1", "close", procedure.Input{"end": "fixed", "condition": cond, "reply": "垃圾已清运"})
	if rows := exported(c); len(rows) != 1 || rows["G001"][1] != "已解决" || rows["G001"][2] != "垃圾已清运" || rows["G001"][3] == "" {
		c.t.Errorf("the reply: %q", rows)
	}
	if rows := exported(c); len(rows) != 0 {
		c.t.Errorf("told twice: %q", rows)
	}
	takeIn(c, "shouli1", hotline.Answers, "工单编号,接收结果,原因\nG001,驳回,格式不符\n")
	if rows := exported(c); len(rows) != 1 {
		c.t.Errorf("a rejected order is not told again: %q", rows)
	}
	list, err := c.a.orders.Exports(c.ctx, c.w.Division, 10)
	if err != nil || len(list) != 4 || list[1].Rejected != 1 {
		c.t.Errorf("exports %+v %v", list, err)
	}
	result := "工单编号,是否解决,满意度,回访内容,回访时间\nG001,否,不满意,还有一半没清,2026-09-29 10:00\n"
	for _, want := range []string{hotline.Objected, hotline.Known} {
		if a := takeIn(c, "shouli1", hotline.Results, result)["G001"]; a.Outcome != want {
			c.t.Errorf("called back: %s %v, want %s", a.Outcome, a.Why, want)
		}
	}
	c.state(first, "objected")
	if s := c.find(first); s.Data["stars"] != int64(2) {
		c.t.Errorf("stars %v", s.Data["stars"])
	}
}

func TestAnOrderIsReturnedInTimeOnly(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	c.at("2026-09-28 09:00")
	takeIn(c, "shouli1", hotline.Orders, hotlineHead+hotlineLine("L1", "派单", "2026-09-28 08:40:00", "噪音", "哪里也不是"))
	c.at("2026-09-29 17:31")
	err := c.a.orders.GiveBack(c.ctx, c.who("shouli1"), "L1", hotline.Return{Kind: "not_ours", Why: "x", Basis: "y", ReferTo: "z"})
	if fault.As(err).Key != "hotline.return_late" {
		t.Errorf("late: %v", err)
	}
	if _, err := c.a.orders.Lay(c.ctx, c.who("hw.desk"), hotline.Orders, "x.csv", []byte(hotlineHead)); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a department takes orders in: %v", err)
	}
	if _, err := c.a.orders.Lay(c.ctx, c.who("shouli1"), hotline.Orders, "x.csv", []byte("a,b\n1,2\n")); !fault.Is(err, fault.Invalid) {
		t.Errorf("a table without the columns: %v", err)
	}
}

func TestAcceptorsUploadCheckTakeInAndExport(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("file", "工单.csv")
	if err == nil {
		_, err = part.Write([]byte(hotlineHead + hotlineLine("W1", "派单", time.Now().In(calendar.Zone).Format("2006-01-02 15:04"), "井盖松动", "新华路与玉清东街路口")))
	}
	if err != nil || form.WriteField("kind", "orders") != nil || form.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/hotline/files", &buf)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(signIn(t, o.a, "shouli1"))
	w := httptest.NewRecorder()
	o.a.router.ServeHTTP(w, r)
	file := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(file, "/hotline/files/") {
		t.Fatalf("upload: %d %.400s", w.Code, w.Body)
	}
	if text := o.page("shouli1", file).Text(); !strings.Contains(text, "可接收") {
		t.Errorf("the check says %.300s", text)
	}
	if w := o.ask("shouli1", file, url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("taking in: %d %.300s", w.Code, w.Body)
	}
	if text := o.page("shouli1", file).Text(); !strings.Contains(text, "已建案") {
		t.Errorf("the answer is %.300s", text)
	}
	doc := o.page("shouli1", "/hotline")
	if doc.Find(`a[href="/hotline/return?no=W1"]`).Length() != 1 || doc.Find("time").Length() == 0 {
		t.Error("the order has no way back or no clock")
	}
	o.page("shouli1", "/hotline/return?no=W1")
	if w := o.ask("shouli1", "/hotline/exports", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("export: %d", w.Code)
	}
	csv := o.ask("shouli1", "/hotline/exports/1/file.csv", nil)
	if csv.Code != http.StatusOK || !strings.Contains(csv.Body.String(), "W1,办理中") {
		t.Errorf("the file: %d %s", csv.Code, csv.Body)
	}
	if w := o.ask("hw.desk", "/hotline", nil); w.Code != http.StatusForbidden {
		t.Errorf("a department sees the hotline: %d", w.Code)
	}
	var left []byte
	if err := o.a.db.QueryRow(context.Background(), `SELECT body FROM hotline_file`).Scan(&left); err != nil || len(left) != 0 {
		t.Errorf("%d bytes of the file are kept, %v", len(left), err)
	}
}

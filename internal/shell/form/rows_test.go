package form_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/form"
)

func goods() []form.Field {
	return []form.Field{{Name: "goods", Type: form.Rows, Label: label("物品"), Required: true, Max: n(8), Columns: []form.Field{
		{Name: "what", Type: form.Text, Label: label("名称"), Required: true},
		{Name: "n", Type: form.Int, Label: label("数量")},
		{Name: "price", Type: form.Money, Label: label("单价")},
		{Name: "on", Type: form.Date, Label: label("日期")},
		{Name: "state", Type: form.Enum, Label: label("状态"), Options: []form.Option{{Value: "good", Label: label("完好")}}},
	}}}
}

func TestRowsAreReadWithoutTheEmptyOnes(t *testing.T) {
	in, err := form.Read(post(url.Values{
		"goods.0.what": {"炉具"}, "goods.0.n": {"２"}, "goods.0.price": {"10.5"}, "goods.0.on": {"2026-05-03"}, "goods.0.state": {"good"},
		"goods.1.what": {" "}, "goods.4.what": {"秤"},
	}), goods(), shanghai)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string]string{{"what": "炉具", "n": "2", "price": "1050", "on": "2026-05-03", "state": "good"}, {"what": "秤"}}
	if diff := cmp.Diff(want, in.Values["goods"]); diff != "" {
		t.Error(diff)
	}
	f := form.New("f", "/x", goods()).Fill(in.Values, shanghai)
	if got := f.Raw.Get("goods.0.price"); got != "10.50" {
		t.Errorf("shown again as %q", got)
	}
	again, err := form.Read(post(f.Raw), goods(), shanghai)
	if diff := cmp.Diff(want, again.Values["goods"]); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAWrongRowIsNamedAndTheTableComesBackFilled(t *testing.T) {
	ctx := words(t, i18n.ZH)
	in, err := form.Read(post(url.Values{"goods.0.what": {"炉具"}, "goods.1.n": {"两个"}, "goods.3.state": {"bad"}, "goods.3.what": {"秤"}}), goods(), shanghai)
	f := fault.As(err)
	if f == nil || len(f.Fields) != 3 || f.Fields[0].Name != "goods" {
		t.Fatalf("%v", err)
	}
	doc := render(t, ctx, form.New("f", "/x", goods()).Refused(ctx, in, err))
	if got := doc.Find("[name='goods.1.n']").AttrOr("value", ""); got != "两个" {
		t.Errorf("came back as %q", got)
	}
	if n := doc.Find("table.rows tbody tr").Length(); n != 5 {
		t.Errorf("%d rows drawn", n)
	}
	if got := doc.Find("[name='goods.1.n']").AttrOr("aria-label", ""); got != "数量，第 2 行" {
		t.Errorf("named %q", got)
	}
	if href := doc.Find(".summary a").First().AttrOr("href", ""); doc.Find(href).Length() != 1 {
		t.Errorf("the summary leads to %s", href)
	}
}

func TestMoreRowsAreNoSubmission(t *testing.T) {
	ctx := words(t, i18n.EN)
	in, err := form.Read(post(url.Values{"goods.0.what": {"炉具"}, "goods.more": {"1"}}), goods(), shanghai)
	if f := fault.As(err); f == nil || f.Key != "form.rows.added" || len(f.Fields) != 0 {
		t.Fatalf("%v", err)
	}
	doc := render(t, ctx, form.New("f", "/x", goods()).Refused(ctx, in, err))
	if n := doc.Find("table.rows tbody tr").Length(); n != 8 {
		t.Errorf("%d rows drawn, at most eight", n)
	}
}

func TestNobodySendsAThousandRows(t *testing.T) {
	for _, sent := range []url.Values{{"goods.999.what": {"x"}}, {"goods.-1.what": {"x"}}, {}, {
		"goods.0.what": {"x"}, "goods.1.what": {"x"}, "goods.2.what": {"x"}, "goods.3.what": {"x"}, "goods.4.what": {"x"},
		"goods.5.what": {"x"}, "goods.6.what": {"x"}, "goods.7.what": {"x"}, "goods.8.what": {"x"},
	}} {
		if in, err := form.Read(post(sent), goods(), shanghai); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v was read as %v", sent, in.Values)
		}
	}
}

package field

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xiucheng/internal/casework/rule"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func TestFormsReadWhatPeopleSend(t *testing.T) {
	for _, c := range []struct {
		f    Field
		sent []string
		want any
		bad  bool
	}{
		{Field{Type: Text}, []string{"  "}, nil, false},
		{Field{Type: Text}, []string{" 路灯 "}, "路灯", false},
		{Field{Type: Int}, []string{"12"}, int64(12), false},
		{Field{Type: Int}, []string{"十二"}, nil, true},
		{Field{Type: Money}, []string{"12.5"}, int64(1250), false},
		{Field{Type: Money}, []string{"12.555"}, nil, true},
		{Field{Type: Money}, []string{"-1"}, nil, true},
		{Field{Type: Bool}, []string{"on"}, true, false},
		{Field{Type: Bool}, []string{"false"}, false, false},
		{Field{Type: Date}, []string{"2026-10-08"}, time.Date(2026, 10, 8, 0, 0, 0, 0, shanghai), false},
		{Field{Type: Time}, []string{"2026-10-08T11:10"}, time.Date(2026, 10, 8, 11, 10, 0, 0, shanghai), false},
		{Field{Type: Time}, []string{"soon"}, nil, true},
		{Field{Type: Place}, []string{"36.77, 119.1, 8"}, rule.Point{Lat: 36.77, Lng: 119.1, Accuracy: 8}, false},
		{Field{Type: Place}, []string{"36.77"}, nil, true},
		{Field{Type: Text, List: true}, []string{"a", "", "b"}, []string{"a", "b"}, false},
		{Field{Type: Map}, []string{`{"d1":"不是我们"}`}, map[string]string{"d1": "不是我们"}, false},
	} {
		got, err := c.f.Parse(c.sent, shanghai)
		if (err != nil) != c.bad || !cmp.Equal(got, c.want) {
			t.Errorf("%s %q: %#v %v, want %#v", c.f.Type, c.sent, got, err, c.want)
		}
	}
}

func TestValuesComeBackFromStorage(t *testing.T) {
	for _, c := range []struct {
		f Field
		v any
	}{
		{Field{Type: Text}, "中"}, {Field{Type: Int}, int64(1) << 53}, {Field{Type: Dec}, 4.0}, {Field{Type: Bool}, true},
		{Field{Type: Time}, time.UnixMicro(1_790_000_000_123_456).UTC()}, {Field{Type: Place}, rule.Point{Lat: 36.77, Lng: 119.1}},
		{Field{Type: Photo}, []string{"ab"}}, {Field{Type: Int, List: true}, []int64{1, 2}}, {Field{Type: Map}, map[string]string{"a": "b"}},
	} {
		raw, err := Encode(c.v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.f.Decode(raw)
		if err != nil || !cmp.Equal(got, c.v) {
			t.Errorf("%v came back as %v (%s) %v", c.v, got, raw, err)
		}
	}
	if v, err := (&Field{Type: Int}).Decode(json.RawMessage("null")); v != nil || err != nil {
		t.Errorf("null is %v %v", v, err)
	}
}

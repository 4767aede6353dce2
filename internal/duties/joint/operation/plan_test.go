package operation_test

import (
	"testing"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/joint/operation"
	"xiucheng/internal/ground/register"
	shopreg "xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/geo"
)

const shops = `code,name,trade,credit_code,address,lng,lat,stretch,risk,from,to,provenance
S-1,演示面馆,food,91370799MADEM0003R,新华路1号,119.1,36.7,,high,,,synthetic
S-2,演示果店,fruit,,新华路2号,119.1,36.7,,,,,synthetic
S-3,演示连锁,food,,新华路3号,119.1,36.7,,,,,synthetic
S-4,演示连锁,food,,新华路4号,119.1,36.7,,,,,synthetic
`

const outline = "119.140 36.766; 119.144 36.766; 119.144 36.770; 119.140 36.770"

// Shops of the register are counted by their credit code; what names none, or
// several, is refused with its line.
func TestTargetsAreChosenFromTheRegisterOfShops(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		if _, err := register.New(w.DB, w.Clock).Apply(w.ctx, w.System(), "test", shopreg.Shops, register.File{Name: "shops.csv", Body: []byte(shops)}, false); err != nil {
			t.Fatal(err)
		}
		in := w.plan()
		in["shops"] = []string{"S-2", "演示连锁"}
		_, err := w.open("officerd10", in)
		w.says(err, "J25", "门店台账中找不到，或有多家同名：第 2 行“演示连锁”。请写门店编号或统一社会信用代码。",
			"Not in the register of shops, or several are called so: line 2 “演示连锁”. Give the shop's code or its credit code.")
		in["shops"] = []string{"演示面馆", "S-1", "91370799MADEM0003R", "S-2"}
		in["targets"] = []map[string]string{{"code": "S-1", "name": "面馆", "risk": "D"}, {"code": "X-9", "name": "演示工地", "risk": "B"}}
		x, err := w.open("officerd10", in)
		if err != nil {
			t.Fatal(err)
		}
		want := []map[string]string{{"code": "91370799MADEM0003R", "name": "演示面馆", "risk": "A"}, {"code": "S-2", "name": "演示果店", "risk": "A"}, {"code": "X-9", "name": "演示工地", "risk": "B"}}
		got := operation.Rows(w.find(x), "targets")
		if len(got) != len(want) {
			t.Fatalf("%v", got)
		}
		for i := range want { // no setting names the classes here: the strictest holds
			if got[i]["code"] != want[i]["code"] || got[i]["name"] != want[i]["name"] || got[i]["risk"] != want[i]["risk"] {
				t.Errorf("%d: %v, want %v", i, got[i], want[i])
			}
		}
	})
}

// The outline decides what lies in the area; persuading is counted apart and
// names nobody.
func TestPersuadingWithinAnOutline(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		in := w.plan()
		in["outline"] = "119.1 36.7; 119.2 36.7"
		_, err := w.open("officerd10", in)
		w.says(err, "J26", "区域界线须为三个以上的点，写作“经度 纬度; 经度 纬度; …”。", "The outline needs three points or more, written “lng lat; lng lat; …”.")
		in["outline"] = outline
		x := w.running(in)
		persuade := procedure.Input{"kind": "persuade", "unit": "d1", "place": spot, "words": "店主电话 13800138000，已提醒"}
		w.says(w.try(x, "officerd10", "find", persuade), "J27", "劝导只记地点和情况，不写姓名、电话和证件号。",
			"Persuading is noted with the place and what was said, without names, numbers or papers of anybody.")
		persuade["words"] = ""
		w.refused(x, "R05", "officerd10", "find", persuade)
		persuade["words"] = "桌椅略出门线，提醒后收回"
		w.do(x, "officerd10", "find", persuade)
		s := w.find(x)
		g, err := w.count(s)
		if err != nil || g.Persuaded != 1 || g.Found != 0 || g.Places != 1 || len(g.Loose) != 0 {
			t.Errorf("%+v %v", g, err)
		}
		far := geo.Offset(geo.Point{Lat: spot.Lat, Lng: spot.Lng}, 0, 300) // within the radius, beyond the outline
		if !operation.Inside(s, spot) || operation.Inside(s, procedure.Point{Lat: far.Lat, Lng: far.Lng}) {
			t.Error("the outline does not decide")
		}
	})
}

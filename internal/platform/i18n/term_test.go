package i18n

import (
	"context"
	"testing"
)

func TestSaid(t *testing.T) {
	words := map[string]Text{"行政处罚法": {EN: "Penalty Law"}, "PL": {EN: "Penalty Law"}, "刑法": {EN: "Criminal Law"}, "占道经营": {EN: "Trading on the road"}, "立即清除": {EN: "Immediate clearing"}, "P29": {ZH: "决定书", EN: "Decision"}}
	in := func(l Lang) context.Context {
		return With(context.Background(), &Printer{Bundle: &Bundle{}, Lang: l, Terms: func(word string) (Text, bool) { t, ok := words[word]; return t, ok }})
	}
	for said, want := range map[string]string{
		"演示·某店 · 占道经营":                      "演示·某店 · Trading on the road",
		"立即清除 · 占道经营一处":                     "Immediate clearing · 占道经营一处",
		"CF20261124003 立即清除 · 某路":           "CF20261124003 Immediate clearing · 某路",
		"占道经营说得太多":                          "占道经营说得太多",
		"CF20261124003":                     "CF20261124003",
		"《行政处罚法》第五十五条":                      "Penalty Law Art. 55",
		"《中华人民共和国行政处罚法》第七十三条第三款":            "Penalty Law Art. 73(3)",
		"《行政处罚法》第57条第一款第（三）项":               "Penalty Law Art. 57(1)(3)",
		"《行政处罚法》第三十条、第三十一条":                 "Penalty Law Arts. 30, 31",
		"《行政处罚法》第五十四条至第六十五条":                "Penalty Law Arts. 54–65",
		"《行政处罚法》第一千零五十四条, 《刑法》第十条":          "Penalty Law Art. 1054, Criminal Law Art. 10",
		"Told (《行政处罚法》第四十二条；《行政处罚法》第一百二十条)": "Told (Penalty Law Arts. 42, 120)",
		"until 2028 — PL 36":                "until 2028 — Penalty Law Art. 36",
		"Told — PL 73 para 3; ENV 1054":     "Told — Penalty Law Art. 73(3); ENV 1054",
		"PL 200":                            "PL 200",
		"No basis — PL 10, 17–19 para 2":    "No basis — Penalty Law Arts. 10, 17–19(2)",
		"A0 — ISO 8601, GB 47678":           "A0 — ISO 8601, GB 47678",
		"《某某办法》第三条":                         "《某某办法》第三条",
		"《行政处罚法》":                           "Penalty Law",
	} {
		if got := Said(in(EN), said); got != want {
			t.Errorf("%s: got %q, want %q", said, got, want)
		}
	}
	for said, want := range map[string]string{"P29 · 演示·某店": "决定书 · 演示·某店", "《行政处罚法》第五十五条": "《行政处罚法》第五十五条"} {
		if got := Said(in(ZH), said); got != want {
			t.Errorf("%s: got %q, want %q", said, got, want)
		}
	}
}

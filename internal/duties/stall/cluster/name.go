package cluster

import (
	"regexp"
	"strings"

	"xiucheng/internal/platform/i18n"
)

// names are goods, bands and complaints as people read them.
var names = map[string]i18n.Text{
	"produce": {ZH: "蔬菜水果", EN: "Fruit and vegetables"}, "snack": {ZH: "熟食小吃", EN: "Cooked food"}, "drink": {ZH: "饮品", EN: "Drinks"},
	"daily": {ZH: "日用百货", EN: "Household goods"}, "clothing": {ZH: "服装鞋帽", EN: "Clothes and shoes"}, "toys": {ZH: "玩具文创", EN: "Toys and crafts"},
	"flowers": {ZH: "花卉绿植", EN: "Flowers and plants"}, "repair": {ZH: "便民修理", EN: "Repairs"},
	"morning": {ZH: "早市", EN: "morning"}, "day": {ZH: "日间", EN: "daytime"}, "evening": {ZH: "夜市", EN: "evening"},
	"noise": {ZH: "噪声", EN: "Noise"}, "smoke": {ZH: "油烟", EN: "Smoke"}, "litter": {ZH: "垃圾", EN: "Litter"},
	"stars": {ZH: "您的评价", EN: "Your rating"}, "kinds": {ZH: "有没有影响到您", EN: "Does it bother you"}, "words": {ZH: "还想说的（仅工作人员可见）", EN: "Anything else (for staff only)"},
}

// hours ends the name of a band in a title: the bare word may be the name of a
// place, too.
const hours = "时段"

// InTitle is how the title of a case names the band.
func InTitle(band string) string { return Name(band).ZH + hours }

// Term is what titles call goods, one or several, and a band in both languages.
func Term(word string) (i18n.Text, bool) {
	for _, band := range Bands {
		if word == InTitle(band) {
			return i18n.Text{ZH: word, EN: Name(band).EN}, true
		}
	}
	parts := strings.Split(word, "、")
	for i, part := range parts {
		known := false
		for _, key := range Goods {
			if Name(key).ZH == part {
				parts[i], known = key, true
			}
		}
		if !known {
			return i18n.Text{}, false
		}
	}
	return Names(parts), true
}

// ranked is how the register says where a stall stands in its rows.
var ranked = regexp.MustCompile(`^第(\d+)排第(\d+)位$`)

// Where is where the stall stands, in words; what the register says otherwise is
// the same in both languages.
func (s *Stall) Where() i18n.Text {
	return i18n.Text{ZH: s.Words, EN: ranked.ReplaceAllString(s.Words, "row $1, place $2")}
}

// Name is a group of goods or a band as people read it.
func Name(key string) i18n.Text {
	if t, ok := names[key]; ok {
		return t
	}
	return i18n.Text{ZH: key, EN: key}
}

// Names are several of them in one line.
func Names(keys []string) (t i18n.Text) {
	zh, en := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		n := Name(k)
		zh[i], en[i] = n.ZH, n.EN
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

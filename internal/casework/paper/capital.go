package paper

import (
	"fmt"
	"strings"
)

var (
	capitalDigits = []rune("零壹贰叁肆伍陆柒捌玖")
	capitalPlaces = []string{"", "拾", "佰", "仟"}
	capitalGroups = []string{"", "万", "亿", "万亿"}
)

// Capital writes an amount as cheques and decisions do: 壹仟零伍拾元叁角整. A
// negative amount, which no paper has, begins with 负.
func Capital(fen int64) string {
	if fen < 0 {
		return "负" + Capital(-fen)
	}
	yuan, jiao, f := fen/100, fen/10%10, fen%10
	var b strings.Builder
	if yuan > 0 {
		b.WriteString(capitalWhole(yuan) + "元")
	}
	switch {
	case fen == 0:
		return "零元整"
	case jiao == 0 && f == 0:
		b.WriteString("整")
	case f == 0:
		b.WriteString(digit(jiao) + "角整")
	case jiao == 0:
		if yuan > 0 {
			b.WriteString("零")
		}
		b.WriteString(digit(f) + "分")
	default:
		b.WriteString(digit(jiao) + "角" + digit(f) + "分")
	}
	return b.String()
}

func digit(n int64) string { return string(capitalDigits[n]) }

// capitalWhole reads groups of four digits; one 零 stands for every gap between
// what is said.
func capitalWhole(n int64) string {
	var groups []int64
	for ; n > 0; n /= 10000 {
		groups = append(groups, n%10000)
	}
	out, gap := "", false
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g == 0 {
			gap = out != ""
			continue
		}
		if out != "" && (gap || g < 1000) {
			out += "零"
		}
		gap = false
		out += capitalGroup(g) + capitalGroups[i]
	}
	return out
}

func capitalGroup(g int64) string {
	out, gap := "", false
	for place, unit := 3, int64(1000); place >= 0; place, unit = place-1, unit/10 {
		d := g / unit % 10
		if d == 0 {
			gap = out != ""
			continue
		}
		if gap {
			out += "零"
			gap = false
		}
		out += digit(d) + capitalPlaces[place]
	}
	return out
}

// yuan writes an amount in figures.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}

package text

import (
	"strings"
	"time"
)

// group is a run of digits of one script without anything between them; a
// number is one group or several with separators between.
type group struct {
	span
	digits string
}

// maxGroups is how many groups one number may be broken into: a card number
// typed digit by digit.
const maxGroups = 19

// numbers hides mobile and landline numbers, identity and bank card numbers.
func (p *pass) numbers() {
	for _, c := range p.chains() {
		for i := 0; i < len(c); {
			i += max(1, p.numberAt(c, i))
		}
	}
}

// numberAt hides the number that begins with group i and returns how many
// groups it took, 0 for none.
func (p *pass) numberAt(c []group, i int) int {
	for _, kind := range []Kind{IDCard, BankCard, Phone, Landline} {
		digits := ""
		for j := i; j < len(c) && j < i+maxGroups; j++ {
			if len(digits) > 19 || j > i+1 && p.dotted(c, i) != p.dotted(c, j-1) {
				break
			}
			digits += c[j].digits
			w := span{c[i].from, c[j].to}
			skip, ok := p.isNumber(kind, digits, w, j == i)
			if !ok {
				continue
			}
			if kind == IDCard && len(digits) == 17 {
				w.to++ // the X
			}
			p.hideDigits(kind, w, skip)
			return j - i + 1
		}
	}
	return 0
}

// isNumber says whether digits in w are a number of the kind, and how many of
// its leading digits stay visible. single means written without separators.
func (p *pass) isNumber(kind Kind, digits string, w span, single bool) (skip int, ok bool) {
	free := !p.kept(w)
	switch kind {
	case IDCard:
		if len(digits) == 17 && p.after(w.to) == 'X' {
			digits += "X"
		}
		return 0, isID(digits, free)
	case BankCard:
		return 0, free && p.isBank(digits, w, single)
	case Phone:
		for _, prefix := range []string{"", "0", "86", "0086"} {
			if d, has := strings.CutPrefix(digits, prefix); has && isMobile(d) {
				return len(prefix) + 3, free || single
			}
		}
		if single && free && len(digits) > 11 && len(digits) < 16 {
			return 0, isMobile(digits[:11]) || isMobile(digits[len(digits)-11:])
		}
		return 0, false
	}
	if skip, ok = isLandline(digits); ok && free {
		return skip, true
	}
	return 0, free && isLocal(digits) && p.labelled(w.from, "电话", "座机", "固话", "联系", "拨打", "致电", "号码", "TEL", "PHONE")
}

// hideDigits stars the digits of w after the first skip, and a final X.
func (p *pass) hideDigits(k Kind, w span, skip int) {
	p.hide(k, w, func(r rune) bool {
		if _, _, ok := digitOf(r); !ok {
			return r == 'X'
		}
		skip--
		return skip < 0
	})
}

// chains are groups with nothing but separators between them.
func (p *pass) chains() [][]group {
	var all [][]group
	end := -1 // end of the last group
	for i := 0; i < len(p.folded); {
		d, script, ok := digitOf(p.folded[i])
		if !ok {
			i++
			continue
		}
		g := group{span: span{from: i}}
		for ok {
			g.digits += string(d)
			i++
			var s int
			d, s, ok = digitOf(p.after(i))
			ok = ok && s == script
		}
		g.to = i
		if end >= 0 && p.separators(end, g.from) {
			all[len(all)-1] = append(all[len(all)-1], g)
		} else {
			all = append(all, []group{g})
		}
		end = g.to
	}
	return all
}

// separators reports whether the runes between two groups only part digits:
// up to three visible ones (") - "), and any number of invisible ones.
func (p *pass) separators(from, to int) bool {
	n := 0
	for _, r := range p.folded[from:to] {
		if r == hidden {
			continue
		}
		if !strings.ContainsRune(" -_.·/()~", r) {
			return false
		}
		n++
	}
	return n <= 3
}

// dotted says whether group j and the next are parted by a dot: coordinates
// and amounts mix dots with other separators, numbers do not.
func (p *pass) dotted(c []group, j int) bool {
	return strings.ContainsRune(string(p.folded[c[j].to:c[j+1].from]), '.')
}

// labelled reports whether one of the words stands within the eight runes
// before i.
func (p *pass) labelled(i int, words ...string) bool {
	near := string(p.folded[max(0, i-8):i])
	for _, w := range words {
		if strings.Contains(near, w) {
			return true
		}
	}
	return false
}

// Scripts of digits. People write a number in one of them, or mix them to hide
// it; "张三138…" must not read as a twelve-digit number, so groups never mix.
const (
	arabic = iota
	chinese
)

const chineseDigits = "零一二三四五六七八九〇幺两壹贰叁肆伍陆柒捌玖"

var chineseValues = []rune("0123456789" + "012" + "123456789")

func digitOf(r rune) (digit rune, script int, ok bool) {
	if isArabic(r) {
		return r, arabic, true
	}
	if i := strings.IndexRune(chineseDigits, r); i >= 0 {
		return chineseValues[i/len("零")], chinese, true
	}
	return 0, 0, false
}

// isMobile follows the numbering plan: eleven digits, 13 to 19.
func isMobile(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// isLandline wants an area code: 010 and 02x with eight digits, others with
// seven or eight. The subscriber's number begins with 2 to 9.
func isLandline(d string) (area int, ok bool) {
	if len(d) < 11 || len(d) > 12 || d[0] != '0' || d[1] == '0' {
		return 0, false
	}
	area = 4
	if d[1] == '1' || d[1] == '2' {
		area = 3
	}
	rest := d[area:]
	return area, rest[0] >= '2' && (len(rest) == 8 || len(rest) == 7 && area == 4)
}

func isLocal(d string) bool { return (len(d) == 7 || len(d) == 8) && d[0] >= '2' }

// isID knows the 18-digit number of GB 11643-1999 and its 15-digit forerunner.
// A believable region and birth date suffice, for people mistype the check
// digit; a number called a case number needs the check digit as well.
func isID(d string, free bool) bool {
	switch len(d) {
	case 18:
		if !isRegion(d) || strings.Contains(d[:17], "X") {
			return false
		}
		sum := checksum(d)
		return isDate(d[6:14]) && (free || sum) || free && sum
	case 15:
		// Issued to people born from about 1920 to 1999; grid codes of
		// fifteen digits have 00 there.
		return free && isRegion(d) && d[6:8] >= "20" && isDate("19"+d[6:12])
	}
	return false
}

// isRegion checks the province code of GB/T 2260.
func isRegion(d string) bool {
	return strings.Contains(" 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 ", " "+d[:2]+" ")
}

func isDate(d string) bool {
	_, err := time.Parse("20060102", d)
	return err == nil && d >= "19000101" && d < "21000101"
}

// checksum is ISO 7064 MOD 11-2, as GB 11643 uses it.
func checksum(d string) bool {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(d[i]-'0') * weight
	}
	return d[17] == "10X98765432"[sum%11]
}

// isBank takes 16 to 19 digits that pass Luhn's check or are called a card
// number, and anything longer written in one piece.
func (p *pass) isBank(d string, w span, single bool) bool {
	if len(d) < 16 || !single && len(d) > 19 {
		return false
	}
	return single || luhn(d) || p.labelled(w.from, "卡号", "银行", "账号", "帐号", "账户", "CARD")
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			n = n*2/10 + n*2%10
		}
		sum += n
	}
	return sum%10 == 0
}

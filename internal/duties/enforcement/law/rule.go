package law

import (
	"slices"

	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
)

// Fen is money: a hundredth of a yuan.
type Fen int64

// Kind is a kind of penalty 处罚种类 (PL 9).
type Kind string

// The kinds of PL 9. A fine is among them so that two penalties can be compared.
const (
	Warning   Kind = "warning"   // 警告、通报批评
	Fine      Kind = "fine"      // 罚款
	Gains     Kind = "gains"     // 没收违法所得
	Goods     Kind = "goods"     // 没收非法财物
	Suspend   Kind = "suspend"   // 暂扣许可证件
	Downgrade Kind = "downgrade" // 降低资质等级
	Revoke    Kind = "revoke"    // 吊销许可证件
	Restrict  Kind = "restrict"  // 限制开展生产经营活动、限制从业
	Stop      Kind = "stop"      // 责令停产停业
	Close     Kind = "close"     // 责令关闭
	Other     Kind = "other"     // 法律、行政法规规定的其他行政处罚
)

// Kinds lists the kinds from the lightest on.
func Kinds() []Kind {
	return []Kind{Warning, Fine, Gains, Goods, Suspend, Downgrade, Revoke, Restrict, Stop, Close, Other}
}

// grave are the kinds that always open the way to a hearing (PL 63).
var grave = []Kind{Downgrade, Revoke, Stop, Close, Restrict}

// PartyKind is who a rule or a limit is meant for. The zero value is anybody.
type PartyKind string

// The kinds of parties.
const (
	Citizen      PartyKind = "citizen"      // 公民
	SoleTrader   PartyKind = "soletrader"   // 个体工商户
	Organisation PartyKind = "organisation" // 法人或者其他组织
)

// Parties lists them.
func Parties() []PartyKind { return []PartyKind{Citizen, SoleTrader, Organisation} }

// Confidence says how well a rule's text was seen.
type Confidence string

// How well.
const (
	Verified    Confidence = "V"  // the article's text was read
	Secondhand  Confidence = "V2" // seen in a copy only
	NotVerified Confidence = "NV" // nobody read it: not usable for a fine until somebody confirms it
)

// The tiers a rule may be for; the empty tier is everybody else.
const (
	Refused = "refused" // did not obey a lawful order to correct
	Serious = "serious" // 情节严重
)

// Tiers lists them, the empty one first.
func Tiers() []string { return []string{"", Refused, Serious} }

// Rule is one version of what one article threatens one act with.
type Rule struct {
	ID        string
	Violation string // UM-004
	Series    string // rules that follow one another in time; "" is its own
	Law       i18n.Text
	Article   i18n.Text
	Forbids   string        // the article that forbids the act
	From, To  calendar.Date // both in force; To 0 is still in force
	Tier      string
	Party     PartyKind
	HasFine   bool // an amount is known: without it no fine may be typed
	Min, Max  Fen
	PerUnit   string // "" is a plain amount; else what it is multiplied with: %, m2, m3, x
	Kinds     []Kind // may be imposed, Fine among them
	Forced    []Kind // must be imposed with any penalty
	Measure   bool   // the law allows seizing or sealing (CL 10, 17)
	Correct   bool   // an order to correct comes first
	Alone     bool   // nothing came before or after it: outside its days the act is lawful
	Hearing   bool   // the law demands a hearing whatever the amount
	Level     Level
	Trust     Confidence
	Elsewhere bool // another city's rule, kept to compare: never applied
	Source    string
}

// Level is the rank of the text a rule stands in.
type Level string

// The ranks, highest first.
const (
	National   Level = "law"
	Regulation Level = "regulation" // 行政法规
	Ministry   Level = "ministry"   // 部门规章
	Provincial Level = "provincial" // 地方性法规、省政府规章
	City       Level = "city"
)

// Levels lists them.
func Levels() []Level { return []Level{National, Regulation, Ministry, Provincial, City} }

// InForce reports whether the version is in force on the day.
func (r Rule) InForce(day calendar.Date) bool {
	return r.From <= day && (r.To == 0 || day <= r.To)
}

// Usable reports whether a fine may be imposed by the rule: its amount is known,
// its text was seen or confirmed, and it applies here.
func (r Rule) Usable() bool { return r.HasFine && r.Trust != NotVerified && !r.Elsewhere }

// Fits reports whether the rule's tier and party are those of the facts.
func (r Rule) Fits(tier string, party PartyKind) bool {
	if r.Tier != tier {
		return false
	}
	return r.Party == "" || r.Party == party || party == SoleTrader && r.Party == Citizen
}

// series is what the rule is a version of.
func (r Rule) series() string {
	if r.Series == "" {
		return r.ID
	}
	return r.Series
}

// Fit is the rule in force on the day that really fits the facts, within one
// series. A rule without tiers fits every tier: where the law knows no heavier
// tier for those who refused, the refusal stays in the one there is. A party's
// own rule comes before one for anybody.
func Fit(rules []Rule, series string, day calendar.Date, tier string, party PartyKind) (Rule, bool) {
	for _, t := range slices.Compact([]string{tier, ""}) {
		best := -1
		for i, r := range rules {
			if r.series() == series && r.InForce(day) && !r.Elsewhere && r.Fits(t, party) && (best < 0 || rules[best].Party == "" && r.Party != "") {
				best = i
			}
		}
		if best >= 0 {
			return rules[best], true
		}
	}
	return Rule{}, false
}

// UnderHigher cuts a local range to what a higher text leaves it (PL 12): its
// maximum may not exceed the higher one, nor its minimum fall below it. It
// reports whether anything was cut, of which the legal reviewer must be told.
func UnderHigher(local, higher Rule) (Rule, bool) {
	cut := local
	cut.Max = min(local.Max, higher.Max)
	cut.Min = min(max(local.Min, higher.Min), cut.Max)
	return cut, cut.Min != local.Min || cut.Max != local.Max
}

// HigherFine is, of several rules that one act breaks, the one whose fine is
// higher (PL 29): the higher maximum, then the higher minimum. None is false.
func HigherFine(rules []Rule) (best Rule, ok bool) {
	for _, r := range rules {
		if !r.Usable() || r.PerUnit != "" {
			continue
		}
		if !ok || r.Max > best.Max || r.Max == best.Max && r.Min > best.Min {
			best, ok = r, true
		}
	}
	return best, ok
}

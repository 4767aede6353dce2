package text

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

func TestEveryKindHasAName(t *testing.T) {
	b, err := i18n.Load(Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range order {
		if !b.Has(k.Key()) {
			t.Errorf("no words for %s", k.Key())
		}
	}
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		in, want string
		kinds    []Kind
	}{
		// Mobile numbers, however they are written.
		{"请打13800138000", "请打138********", []Kind{Phone}},
		{"138 0013 8000", "138 **** ****", []Kind{Phone}},
		{"138-0013-8000。", "138-****-****。", []Kind{Phone}},
		{"1 3 8-0 0 1 3-8 0 0 0", "1 3 8-* * * *-* * * *", []Kind{Phone}},
		{"138.0013.8000", "138.****.****", []Kind{Phone}},
		{"１３８００１３８０００", "１３８********", []Kind{Phone}},
		{"一三八零零一三八零零零", "一三八********", []Kind{Phone}},
		{"幺三八〇〇幺三八〇〇〇", "幺三八********", []Kind{Phone}},
		{"138零零13八000", "138********", []Kind{Phone}},
		{"①③⑧00138000", "①③⑧********", []Kind{Phone}},
		{"1\u200b3800138000", "1\u200b38********", []Kind{Phone}},
		{"+8613800138000", "+86138********", []Kind{Phone}},
		{"0086 138 0013 8000", "0086 138 **** ****", []Kind{Phone}},
		{"+86-138-0013-8000", "+86-138-****-****", []Kind{Phone}},
		{"013800138000", "0138********", []Kind{Phone}},
		{"张三13800138000", "张三138********", []Kind{Phone}},
		{"tel13800138000x", "tel138********x", []Kind{Phone}},
		{"13800138000 13900139000", "138******** 139********", []Kind{Phone}},
		{"13800138000/13900139000", "138********/139********", []Kind{Phone}},
		{"2026-11-23 13800138000", "2026-11-23 138********", []Kind{Phone}},
		{"13800138000123", "**************", []Kind{Phone}},
		{"13 800 138 13800138000", "13 8** *** ***********", []Kind{Phone}},
		// Landlines.
		{"0536-8881234", "0536-*******", []Kind{Landline}},
		{"(0536)8881234", "(0536)*******", []Kind{Landline}},
		{"（０５３６） 8881234", "（０５３６） *******", []Kind{Landline}},
		{"010 6655 4433", "010 **** ****", []Kind{Landline}},
		{"05368881234", "0536*******", []Kind{Landline}},
		{"电话：8881234", "电话：*******", []Kind{Landline}},
		{"联系 888 1234", "联系 *** ****", []Kind{Landline}},
		// Identity numbers: with the right check digit, with a wrong one, old.
		{"身份证37070219900101123X", "身份证******************", []Kind{IDCard}},
		{"11010519491231002X", "******************", []Kind{IDCard}},
		{"370702 19900101 1234", "****** ******** ****", []Kind{IDCard}},
		{"370702199001011234", "******************", []Kind{IDCard}},
		{"370702800101123", "***************", []Kind{IDCard}},
		{"编号11010519491231002X", "编号******************", []Kind{IDCard}},
		// Bank cards.
		{"6222021234567890128", "*******************", []Kind{BankCard}},
		{"卡号 6222 0212 3456 7890", "卡号 **** **** **** ****", []Kind{BankCard}},
		{"4111 1111 1111 1111", "**** **** **** ****", []Kind{BankCard}},
		// Plates.
		{"鲁G12345", "鲁G*****", []Kind{Plate}},
		{"鲁g·12A45占道", "鲁g·*****占道", []Kind{Plate}},
		{"鲁GD12345", "鲁G******", []Kind{Plate}},
		{"鲁 G-F1234 学", "鲁 G-***** 学", []Kind{Plate}},
		{"鲁G1234挂", "鲁G****挂", []Kind{Plate}},
		{"京Ａ８８８８８", "京Ａ*****", []Kind{Plate}},
		// Addresses on the net.
		{"写信 zhang.san+1@Example.com.cn", "写信 ***********@Example.com.cn", []Kind{Email}},
		{"123456＠qq.com", "******＠qq.com", []Kind{Email}},
		{"微信号：zhang_san88", "微信号：*****_*****", []Kind{Account}},
		{"加微信zhangsan88", "加微信**********", []Kind{Account}},
		{"QQ 12345678", "QQ ********", []Kind{Account}},
		{"qq号是12345678", "qq号是********", []Kind{Account}},
		{"vx: abc12345", "vx: ********", []Kind{Account}},
		// Names.
		{"姓名：张三", "姓名：张*", []Kind{Name}},
		{"姓名张三，住东边", "姓名张*，住东边", []Kind{Name}},
		{"联系人:欧阳小明 ", "联系人:欧*** ", []Kind{Name}},
		{"我叫李小明，反映一个问题", "我叫李**，反映一个问题", []Kind{Name}},
		{"我是王建民的邻居", "我是王**的邻居", []Kind{Name}},
		{"我叫张三我是李四", "我叫张*我是李*", []Kind{Name}},
		{"联系人张三电话13800138000", "联系人张*电话138********", []Kind{Phone, Name}},
		{"投诉人：阿依古丽", "投诉人：阿***", []Kind{Name}},
		// Doors: the building stays.
		{"3号楼2单元501室", "3号楼*单元***室", []Kind{Door}},
		{"三号楼二单元五零一", "三号楼*单元***", []Kind{Door}},
		{"5栋1单元12层1203户", "5栋*单元**层****户", []Kind{Door}},
		{"7幢902室漏水", "7幢***室漏水", []Kind{Door}},
		{"阳光小区3-2-501", "阳光小区3-*-***", []Kind{Door}},
		{"A座1501", "A座****", []Kind{Door}},
		{"2单元东户", "*单元*户", []Kind{Door}},
	} {
		got, kinds := Mask(c.in)
		if got != c.want {
			t.Errorf("Mask(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
		if d := cmp.Diff(c.kinds, kinds); d != "" {
			t.Errorf("Mask(%q) kinds: %s", c.in, d)
		}
	}
}

func TestMaskLeavesOrdinaryTextAlone(t *testing.T) {
	for _, s := range []string{
		"", " ", "路面坑洼，约 1.5 米宽。", "2026年11月23日 14:05 发现", "2026-11-23 14:05:06", "20261123",
		"拨打12345或110、12319", "400-658-1234", "井盖编号 2026000123456789", "案件编号：370705-2026-000123",
		"案号 潍经城管罚决字〔2026〕第12号", "KW-20261123-0001", "SG202611230001234567", "2026112300012345678",
		"网格370705001001001", "370705001001001", "坐标 119.123456, 36.761234", "119.1234 36.7567",
		"3号楼2单元门前堆放垃圾", "2单元东侧", "5号楼3个垃圾桶", "12号楼2024年建成", "共300户", "2单元5楼楼道",
		"社区城管执法室", "我是附近居民", "我是高中生", "我是王庄社区的居民", "我是周边商户", "我是王先生", "我叫不出名字",
		"姓名：保密", "联系人：物业经理", "举报人：不愿透露", "我是司机", "我叫城管来处理", "张师傅来过", "微信扫码", "QQ群里说",
		"新华路与禹王街路口", "鲁A区", "京东超市", "川A菜馆", "人均 1500 元", "12.50 元/千克", "一二三四", "三三两两",
		"我是来反映问题的", "面积1200 600平方米", "Contact us", "a@b", "3-2-1", "11-23-2026", "第 8 期 100 200 300",
	} {
		if got, kinds := Mask(s); got != s || kinds != nil {
			t.Errorf("Mask(%q) = %q %v", s, got, kinds)
		}
	}
}

func TestMaskKeepsReceiptCodes(t *testing.T) {
	for range 300 {
		code := id.Receipt()
		for _, s := range []string{code, "查询码" + code + "。", "请查 " + strings.ToLower(code), strings.ReplaceAll(code, "-", " ")} {
			if got, kinds := Mask(s); got != s {
				t.Fatalf("Mask(%q) = %q %v", s, got, kinds)
			}
		}
	}
}

func TestMaskMendsBrokenEncoding(t *testing.T) {
	got, _ := Mask("坏\xff 13800138000")
	if got != "坏\uFFFD 138********" || !utf8.ValidString(got) {
		t.Fatalf("%q", got)
	}
}

var mobile = regexp.MustCompile(`(?:^|[^0-9])1[3-9][0-9]{9}(?:[^0-9]|$)`)

// prose draws text around and between numbers, as people write it.
func prose() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`1[3-9][0-9]{9}`),
		rapid.StringMatching(`1[3-9][0-9]([ -][0-9]{4}){2}`),
		rapid.StringMatching(`[0-9]{1,20}`),
		rapid.StringMatching(`0536[- ]?[2-9][0-9]{6}`),
		rapid.StringMatching(`37070[0-9](19|20)[0-9]{2}(0[1-9]|1[0-2])[0-2][0-9][0-9]{3}[0-9X]`),
		rapid.StringMatching(`鲁[A-Z][A-Z0-9]{5,6}`),
		rapid.StringMatching(`[a-z]{1,8}@[a-z]{2,6}\.com`),
		rapid.StringMatching(`[一三八零幺九五]{1,12}`),
		rapid.SampledFrom([]string{" ", "-", "，", ".", "电话", "微信", "我叫张三", "姓名：李四", "3号楼2单元501室", "编号", "回执", "\u200b", "*", "X", "（", "）", "KW-2026", "小区3-2-501", "卡号"}),
		rapid.Map(rapid.Just(0), func(int) string { return id.Receipt() }),
		rapid.StringN(0, 4, 16),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 12), func(p []string) string { return strings.Join(p, "") })
}

func TestMaskIsIdempotentAndLeavesNoMobile(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := prose().Draw(rt, "text")
		once, kinds := Mask(s)
		checkMasked(rt, s, once, kinds)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func checkMasked(t fataler, s, once string, kinds []Kind) {
	if twice, again := Mask(once); twice != once || again != nil {
		t.Fatalf("%q → %q → %q %v", s, once, twice, again)
	}
	if m := mobile.FindString(once); m != "" {
		t.Fatalf("%q → %q still holds %s", s, once, m)
	}
	if utf8.RuneCountInString(once) != utf8.RuneCountInString(s) {
		t.Fatalf("%q → %q: the length changed", s, once)
	}
	was, is := []rune(s), []rune(once)
	for i := range is {
		if is[i] != was[i] && is[i] != Star {
			t.Fatalf("%q → %q: rune %d changed", s, once, i)
		}
	}
	if (len(kinds) == 0) != slices.Equal(was, is) {
		t.Fatalf("%q → %q, found %v", s, once, kinds)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"我叫张三，电话138-0013-8000，住3号楼2单元501室", "鲁G12345 a@b.cn", "一三八零零一三八零零零", "7K2M9-QW3RT-8XYA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		once, kinds := Mask(s)
		checkMasked(t, s, once, kinds)
	})
}

func BenchmarkMask(b *testing.B) {
	s := strings.Repeat("禹王街与新华路路口东北侧约 40 米，有井盖破损，我叫张三，电话 138 0013 8000。", 25)
	for b.Loop() {
		Mask(s)
	}
}

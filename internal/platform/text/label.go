package text

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	emailLike = regexp.MustCompile(`([A-Z0-9._%+\-]+)@[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)+`)

	// GA 36: province, letter, five signs; six for new energy; four and a
	// word for trailers, learners, police, Hong Kong and Macau.
	plateLike = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][·• .\-\x{200B}]{0,2}[A-Z][·• .\-\x{200B}]{0,2}` +
		`([A-Z0-9]{1,6}[·• \-\x{200B}]?[A-Z0-9]{1,5})([挂学警港澳领使试超]?)`)

	accountLike = regexp.MustCompile(`(?:微信|薇信|V信|WECHAT|WEIXIN|VX|WX|扣扣|QQ|支付宝)(?:号码?|账号|帐号|ID)?[ :=是为加\-]{0,4}([A-Z0-9][A-Z0-9_\-]{4,19})`)
)

func (p *pass) emails() {
	p.matches(emailLike, func(g []span) {
		p.hide(Email, g[1], func(r rune) bool { return r != '@' })
	})
}

func (p *pass) plates() {
	p.matches(plateLike, func(g []span) {
		signs, digits := 0, 0
		for _, r := range p.folded[g[1].from:g[1].to] {
			if isAlnum(r) {
				signs++
			}
			if isArabic(r) {
				digits++
			}
		}
		word := g[2].to > g[2].from
		if digits > 0 && (signs >= 5 && signs <= 8 || word && signs == 4) {
			p.hide(Plate, g[1], isAlnum)
		}
	})
}

func (p *pass) accounts() {
	p.matches(accountLike, func(g []span) {
		if !p.kept(g[1]) {
			p.hide(Account, g[1], isAlnum)
		}
	})
}

const num = `[0-9零〇一二三四五六七八九十百]`

var (
	unitRoom     = regexp.MustCompile(`(` + num + `{1,3}) ?单元 ?-?(?:(` + num + `{1,3}) ?[楼层] ?)?(` + num + `{1,4}|[东西南北中])( ?(?:室|户|房|号))?`)
	buildingRoom = regexp.MustCompile(`(?:号楼|栋|幢|座|#楼|#) ?-?(` + num + `{3,4})( ?(?:室|户|房|号))?`)
	roomOnly     = regexp.MustCompile(`(` + num + `{3,4}) ?(?:室|号房)`)
	dashRoom     = regexp.MustCompile(`\p{Han} ?#?[0-9]{1,3}-([0-9]{1,2}-[0-9]{3,4})`)
)

// doors hides unit, floor and room. The building stays: the place of a problem
// is often a building, and a room never is.
func (p *pass) doors() {
	isNum := func(r rune) bool {
		return isArabic(r) || strings.ContainsRune("零〇一二三四五六七八九十百东西南北中", r)
	}
	room := func(room, suffix span, parts ...span) {
		// Without 室 after it, 单元3个 and 号楼2024年 are no rooms.
		if suffix.from < 0 && !p.endsRoom(room) || p.kept(room) {
			return
		}
		for _, s := range append(parts, room) {
			if s.from >= 0 {
				p.hide(Door, s, isNum)
			}
		}
	}
	p.matches(unitRoom, func(g []span) { room(g[3], g[4], g[1], g[2]) })
	p.matches(buildingRoom, func(g []span) { room(g[1], g[2]) })
	p.matches(roomOnly, func(g []span) { room(g[1], g[1]) })
	p.matches(dashRoom, func(g []span) {
		_, last, _ := strings.Cut(string(p.folded[g[1].from:g[1].to]), "-")
		year := len(last) == 4 && strings.HasPrefix(last, "20")
		if !year && !isArabic(p.after(g[1].to)) && p.after(g[1].to) != '-' && !p.kept(g[1]) {
			p.hide(Door, g[1], isArabic)
		}
	})
}

// endsRoom reports whether a bare number can be a room: nothing follows that
// makes it a count, a date or a direction.
func (p *pass) endsRoom(s span) bool {
	if strings.ContainsRune("东西南北中", p.folded[s.from]) {
		return false // 单元东侧
	}
	next := p.after(s.to)
	return !isAlnum(next) && !strings.ContainsRune("年月日米个人家元点时分楼层幢栋单只条辆处块棵次天周台部位名盏吨.-:%十百千万", next) || next == 0
}

var (
	nameField = regexp.MustCompile(`(?:姓名|联系人|举报人|投诉人|反映人|报案人|当事人|经办人|户主|房主) ?[:=] ?(\p{Han}{2,4})`)
	nameSaid  = regexp.MustCompile(`(?:姓名|联系人|我叫|我是|本人叫|本人|名叫|他叫|她叫|名字叫|名字是|叫做|业主叫) ?(?:是|叫|为)? ?(\p{Han}{2,4})`)
)

// What tells names from words. Surnames cover most people; 于, 常 and others
// begin common words too, so a name must also end where a name can end.
const (
	surnames  = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边净阴闫冼"
	compound  = "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 夏侯 司徒 宇文 长孙"
	noNames   = "不详 保密 未知 匿名 不愿 暂无 没有 不便 不明 高中 高龄 高层 金融 方便 文员 常住 常客 常年 常常 万达 石油 白领 路人 路过 马上 于是 时常 安保 保安 车主 房东 房主 管理 单位 单元 边上 关于 向贵 成年 华润 解放 强烈 任何 何时 项目 温馨 华都 包工 司机 江苏 云南 安徽 河南 关注 查看 易发 白天 施工 阳光 游客 盛大 龙湖 田园 林业 金色 康复 向阳 景区 周边 高新 安丘 程序"
	endings   = "先生 女士 小姐 师傅 老师 大爷 大妈 大娘 阿姨 大姐 大哥 大叔 经理 主任 书记 医生 同志 老板 警官 队长 居民 村民 市民 业主 工人 老人 路人 学生 商户 员工 司机 租户 住户 家长"
	placeEnds = "区县镇村街路店市省局厂院校园楼号户组司站庄城里"
	follows   = "电话 手机 联系 住 家 男 女 身份 微信 今年 现在 反映 举报 投诉 的 在 和 与 来 想 要 说 称 我 他 她"
)

// names hides given names after a label or an introduction. After a field's
// colon anything is a name; after 我是 only what begins with a surname and ends
// where a name ends.
func (p *pass) names() {
	p.matches(nameField, func(g []span) { p.hideName(g[1], true) })
	p.matches(nameSaid, func(g []span) { p.hideName(g[1], false) })
}

func (p *pass) hideName(s span, field bool) {
	n := p.nameLength(s)
	if n == 0 && field && !p.isWord(s.from, s.to) {
		n = s.to - s.from
	}
	if n == 0 {
		return
	}
	p.hide(Name, span{s.from + 1, s.from + n}, func(rune) bool { return true })
}

// nameLength is how many runes from s on are a name, 0 for none.
func (p *pass) nameLength(s span) int {
	first := string(p.folded[s.from])
	lengths := []int{3, 2}
	if strings.Contains(compound, string(p.folded[s.from:s.from+2])) {
		lengths = []int{4, 3}
	} else if !strings.Contains(surnames, first) {
		return 0
	}
	for _, n := range lengths {
		if s.from+n <= s.to && p.endsName(s.from+n) && !p.isWord(s.from, s.from+n) {
			return n
		}
	}
	return 0
}

// endsName reports whether a name can end before rune i.
func (p *pass) endsName(i int) bool {
	if !unicode.Is(unicode.Han, p.after(i)) {
		return p.after(i) != Star
	}
	rest := string(p.folded[i:min(len(p.folded), i+2)])
	for _, f := range strings.Fields(follows) {
		if strings.HasPrefix(rest, f) {
			return true
		}
	}
	return false
}

// isWord reports whether the runes are a role, a place or a common word rather
// than a name.
func (p *pass) isWord(from, to int) bool {
	w := string(p.folded[from:to])
	for _, e := range strings.Fields(endings) {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	for _, e := range strings.Fields(noNames) {
		if strings.HasPrefix(w, e) {
			return true
		}
	}
	return strings.ContainsRune(placeEnds, p.folded[to-1])
}

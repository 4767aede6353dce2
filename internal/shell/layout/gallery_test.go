package layout_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/asset"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/layout"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

// TestGallery serves every part on pages to look at:
//
//	XIUCHENG_GALLERY=127.0.0.1:8099 go test -run TestGallery -timeout 0 ./internal/shell/layout
func TestGallery(t *testing.T) {
	addr := os.Getenv("XIUCHENG_GALLERY")
	if addr == "" {
		t.Skip("XIUCHENG_GALLERY is not set")
	}
	srv, err := httpx.Listen(httpx.Serving{Addr: addr}, gallery(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fmt.Println(srv.URL())
	if err := srv.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

// gallery is a router over all sample pages.
func gallery(t testing.TB) *httpx.Router {
	t.Helper()
	b, err := i18n.Load(httpx.Words, layout.Words, ui.Words, form.Words, mapview.Words)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("XIUCHENG_GALLERY") != "" {
		log = slog.New(slog.NewTextHandler(os.Stdout, nil))
	}
	rt, err := httpx.New(httpx.Options{Log: log, Bundle: b, Page: layout.Problem, Fragment: layout.Fragment,
		Gate: func(w http.ResponseWriter, r *http.Request, _ httpx.Access) (*http.Request, error) {
			return layout.With(w, r, frame(r)), nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	page := func(path string, draw func(r *http.Request) templ.Component) httpx.Route {
		return httpx.Route{Method: http.MethodGet, Pattern: path, Name: path, Access: httpx.Public(),
			Handler: func(w http.ResponseWriter, r *http.Request) error { return httpx.Render(w, r, http.StatusOK, draw(r)) }}
	}
	data := func(path string, v any) httpx.Route {
		return httpx.Route{Method: http.MethodGet, Pattern: path, Name: path, Access: httpx.Public(),
			Handler: func(w http.ResponseWriter, _ *http.Request) error { return httpx.JSON(w, http.StatusOK, v) }}
	}
	if err := rt.Handle(asset.Route(), page("/desk", desk), page("/parts", parts), page("/form", sampleForm), page("/public", public),
		page("/field", field), page("/paper", paper), data("/base.json", city()), data("/points.json", points()), data("/areas.json", areas()),
		httpx.Route{Method: "POST", Pattern: "/form", Name: "form.post", Access: httpx.Public(), Handler: postForm},
		httpx.Route{Method: "GET", Pattern: "/busy", Name: "busy", Access: httpx.Public(), Handler: func(http.ResponseWriter, *http.Request) error {
			return fault.New(fault.Unavailable, "fault.unavailable", "seconds", 3)
		}}); err != nil {
		t.Fatal(err)
	}
	return rt
}

func say(r *http.Request, zh, en string) string {
	return i18n.Text{ZH: zh, EN: en}.In(i18n.LangOf(r.Context()))
}

func frame(r *http.Request) layout.Frame {
	f := layout.Frame{Brand: i18n.Text{ZH: "绣城 · 演示经济区", EN: "Xiucheng · Demo Zone"}, Demo: true}
	if r.URL.Path == "/public" {
		return f
	}
	f.Nav = []layout.NavItem{
		{Name: "desk", Label: say(r, "调度台", "Desk"), Icon: "layout-dashboard", Href: "/desk"},
		{Name: "cases", Label: say(r, "案件", "Cases"), Icon: "file-text", Href: "/parts", Count: 12},
		{Name: "form", Label: say(r, "登记", "Intake"), Icon: "phone", Href: "/form"},
		{Name: "field", Label: say(r, "外勤", "Field"), Icon: "walk", Href: "/field"},
		{Name: "people", Label: say(r, "人员", "People"), Icon: "users", Href: "/paper"},
		{Name: "calendar", Label: say(r, "日历", "Calendar"), Icon: "calendar", Href: "/busy"},
	}
	f.User = &layout.User{Name: say(r, "周敏", "Zhou Min"), Post: say(r, "值班长", "Shift leader"), Href: "/account"}
	f.Bell = &layout.Bell{Href: "/inbox", Count: 3}
	return f
}

func html(w io.Writer, format string, a ...any) error {
	_, err := fmt.Fprintf(w, format, a...)
	return err
}

// join renders components one after another inside an optional wrapper.
func join(open, end string, list ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := html(w, "%s", open); err != nil {
			return err
		}
		for _, c := range list {
			if err := c.Render(ctx, w); err != nil {
				return err
			}
		}
		return html(w, "%s", end)
	})
}

func within(p templ.Component, inner ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return p.Render(templ.WithChildren(ctx, join("", "", inner...)), w)
	})
}

func heading(title string) templ.Component { return join("<h3>"+title+"</h3>", "") }

var now = time.Date(2026, 5, 6, 9, 40, 0, 0, time.FixedZone("CST", 8*3600))

func rows(r *http.Request) []ui.Row {
	left := func(d time.Duration) ui.Left { return ui.LeftUntil(r.Context(), now, now.Add(d), time.Hour) }
	chip := func(zh, en string, tone ui.Tone) []ui.Chip { return []ui.Chip{{Label: say(r, zh, en), Tone: tone}} }
	list := []ui.Row{
		{Title: say(r, "店招松动，有坠落风险", "Shop sign loose, may fall"), Meta: []string{say(r, "户外广告", "Outdoor sign"), say(r, "泰祥街 57 号", "57 Taixiang Street")}, Chips: chip("处置中", "In repair", ui.Blue), Left: left(-3 * time.Hour)},
		{Title: say(r, "渣土车未密闭、沿途撒漏", "Uncovered truck spilling soil"), Meta: []string{say(r, "渣土运输", "Soil transport"), say(r, "新华路与永兴街路口东北侧约 40 米", "about 40 m north-east of Xinhua Road and Yongxing Street")}, Chips: append(chip("紧急", "Urgent", ui.Red), chip("待派遣", "To dispatch", ui.Amber)...), Left: left(40 * time.Minute)},
		{Title: say(r, "早餐摊占用盲道", "Breakfast stall on the tactile path"), Meta: []string{say(r, "占道经营", "Street vending"), say(r, "虞河路 118 号门前", "outside 118 Yuhe Road")}, Chips: chip("待派遣", "To dispatch", ui.Amber), Left: left(2 * time.Hour), Selected: true},
		{Title: say(r, "井盖缺失", "Manhole cover missing"), Meta: []string{say(r, "公用设施", "Utilities"), say(r, "鸢飞路辅路北段", "Yuanfei Road, northern service lane")}, Chips: chip("核实中", "Verifying", ui.Blue), Left: left(3 * time.Hour), Unread: true},
		{Title: say(r, "夜市音响声量过大", "Night market too loud"), Meta: []string{say(r, "噪声扰民", "Noise"), say(r, "禹王街南口", "south end of Yuwang Street")}, Chips: chip("已立案", "Filed", ui.Blue), Left: left(6 * time.Hour)},
		{Title: say(r, "行道树枯死", "Dead street tree"), Meta: []string{say(r, "园林绿化", "Greening"), say(r, "北海路西侧人行道", "Beihai Road, west pavement")}, Chips: chip("处置中", "In repair", ui.Blue), Left: left(5 * 24 * time.Hour)},
		{Title: say(r, "宣传栏破损", "Notice board broken"), Meta: []string{say(r, "市容环境", "Street scene"), say(r, "玉清东街社区服务站", "Yuqing East Street community station")}, Chips: chip("计时暂停", "Paused", ui.Plain), Left: ui.Paused(r.Context())},
		{Title: say(r, "垃圾桶满溢", "Bin overflowing"), Meta: []string{say(r, "市容环境", "Street scene"), say(r, "通亭街菜市场西门", "Tongting Street market, west gate")}, Chips: chip("待核查", "To recheck", ui.Amber), Left: left(26 * time.Hour)},
		{Title: say(r, "非机动车乱停放", "Bicycles parked anyhow"), Meta: []string{say(r, "街面秩序", "Street order"), say(r, "渤海路地下通道口", "Bohai Road underpass")}, Chips: chip("已结案", "Closed", ui.Green), Left: ui.Took(r.Context(), now.Add(-3*time.Hour), now)},
	}
	for i := range list {
		list[i].ID, list[i].Href = fmt.Sprintf("case-%d", i+1), fmt.Sprintf("/desk?case=%d&view=case", i+1)
	}
	return list
}

func figures(r *http.Request) templ.Component {
	return ui.Figures([]ui.KPI{
		{Label: say(r, "今日受理", "Accepted today"), Value: "128", Unit: say(r, "件", "cases"), Note: say(r, "较昨日 +12", "+12 on yesterday"), Spark: []float64{4, 6, 5, 8, 7, 9, 11}, Href: "/desk?f=today"},
		{Label: say(r, "待派遣", "To dispatch"), Value: "9", Unit: say(r, "件", "cases"), Note: say(r, "最长等待 26 分", "longest wait 26 min"), Tone: ui.Amber, Spark: []float64{8, 6, 9, 5, 6, 3, 4}, Href: "/desk?f=dispatch"},
		{Label: say(r, "已超期", "Overdue"), Value: "3", Unit: say(r, "件", "cases"), Note: say(r, "较昨日 −2", "−2 on yesterday"), Tone: ui.Red, Spark: []float64{9, 8, 9, 6, 7, 5, 3}, Href: "/desk?f=overdue"},
		{Label: say(r, "按期办结率", "Closed in time"), Value: "96.4", Unit: "%", Note: say(r, "目标 95%", "target 95%"), Tone: ui.Green, Spark: []float64{93, 94, 94.5, 95, 95.2, 96, 96.4}, Href: "/desk?f=rate"},
		{Label: say(r, "在岗采集员", "Collectors on duty"), Value: "42", Unit: say(r, "人", "people"), Note: say(r, "离线 3 人", "3 offline"), Spark: []float64{36, 38, 42, 41, 40, 43, 42}},
		{Label: say(r, "市民满意度", "Satisfaction"), Value: "4.7", Unit: "/ 5", Note: say(r, "近 7 天 312 评", "312 ratings in 7 days"), Tone: ui.Green, Spark: []float64{4.2, 4.4, 4.4, 4.5, 4.6, 4.7, 4.7}},
	})
}

func steps(r *http.Request) []ui.Step {
	return []ui.Step{
		{Label: say(r, "派给市政养护站", "Send to Road Upkeep"), Icon: "send", Primary: true, Key: "d", Href: "#"},
		{Label: say(r, "改派", "Other department"), Icon: "users", Href: "#", Key: "r"},
		{Label: say(r, "批注", "Note"), Icon: "note", Href: "#", Key: "n"},
		{Label: say(r, "结案", "Close"), Blocked: say(r, "还没有整改后的照片", "there is no photo after the repair"), Article: say(r, "《数字化城市管理信息系统 第4部分》6.2", "GB/T 30428.4, 6.2")},
	}
}

func timeline(r *http.Request) templ.Component {
	at := func(h, m int) time.Time { return time.Date(2026, 5, 6, h, m, 0, 0, now.Location()) }
	return ui.Timeline([]ui.Entry{
		{Title: say(r, "上报", "Reported"), At: "08:52", Time: at(8, 52), Text: say(r, "市民上报，照片 3 张", "by a citizen, with 3 photos"), Tone: ui.Green},
		{Title: say(r, "受理", "Accepted"), At: "09:12", Time: at(9, 12), Text: say(r, "30 米内 2 小时无重复案件", "no duplicate within 30 m and 2 h"), Who: say(r, "王芳 · 受理员", "Wang Fang · acceptor"), Tone: ui.Green},
		{Title: say(r, "立案", "Filed"), At: "09:20", Time: at(9, 20), Who: say(r, "周敏 · 值班长", "Zhou Min · shift leader"), Tone: ui.Green},
		{Title: say(r, "等待派遣", "Waiting for dispatch"), At: say(r, "当前", "now"), Text: say(r, "建议派给市政养护站：虞河路道路设施由其养护", "proposal: Road Upkeep, which maintains Yuhe Road"), Tone: ui.Blue},
	})
}

func picture(hue string) string {
	return "data:image/svg+xml," + url.PathEscape(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="`+hue+`"/><path d="M0 190 L120 110 L200 160 L320 80 V240 H0Z" fill="#00000022"/><circle cx="250" cy="60" r="24" fill="#ffffff66"/></svg>`)
}

func photos(r *http.Request) []ui.Photo {
	var list []ui.Photo
	for i, hue := range []string{"#8fa8bf", "#9fb39a", "#b5a58f"} {
		list = append(list, ui.Photo{Thumb: picture(hue), Full: "#", Alt: say(r, "现场照片", "Scene"), Label: say(r, fmt.Sprintf("现场 %d", i+1), fmt.Sprintf("Scene %d", i+1)), At: "08:51"})
	}
	return list
}

func desk(r *http.Request) templ.Component {
	show := r.URL.Query().Get("view")
	if show == "" {
		show = "queue"
	}
	view := func(zh, en, icon, name string) ui.Tab {
		return ui.Tab{Label: say(r, zh, en), Icon: icon, Href: "/desk?view=" + name, Active: show == name}
	}
	queue := join(`<div class="phead"><h2>`+say(r, "案件队列", "Queue")+`<small>`+say(r, "按剩余时间", "by time left")+`</small></h2>`, `</div>`,
		ui.Search("q", "", say(r, "案号、地点、类别", "number, place, class")), join(`</div><div class="pbody" tabindex="0">`, ""), ui.Queue("queue", rows(r), "", ""))
	theMap := mapview.Of(mapview.Map{ID: "map", Base: "/base.json", Points: "/points.json", Areas: "/areas.json", Selected: "case-3", Label: say(r, "案件地图", "Map of cases"),
		Center: [2]float64{119.142, 36.768}, Zoom: 14.3,
		Legend: []mapview.Key{{Label: say(r, "严禁区", "No stalls"), Shape: mapview.Area, Tone: ui.Red}, {Label: say(r, "限时区", "Limited hours"), Shape: mapview.Area, Tone: ui.Amber}, {Label: say(r, "摊点群 1 公里", "1 km of a cluster"), Shape: mapview.Circle}},
		Credit: say(r, "示意图，非行政界线", "Schematic, not official boundaries")})
	theCase := join(`<div class="casehead"><p class="no">`+say(r, "经综案〔2026〕第0318号", "Case 2026-0318")+`</p><h2>`+say(r, "早餐摊占用盲道", "Breakfast stall on the tactile path")+`</h2><p class="chips">`, `</div></div>`,
		ui.ChipOf(ui.Chip{Label: say(r, "待派遣", "To dispatch"), Tone: ui.Amber}), ui.ChipOf(ui.Chip{Label: say(r, "一般", "Ordinary")}), ui.LeftOf(ui.LeftUntil(r.Context(), now, now.Add(2*time.Hour), time.Hour)),
		join(`</p></div><div class="pbody" tabindex="0"><div class="casebody">`, ""),
		ui.Facts([]ui.Fact{{Label: say(r, "类别", "Class"), Text: say(r, "占道经营", "Street vending")}, {Label: say(r, "来源", "Source"), Text: say(r, "市民上报", "Citizen")},
			{Label: say(r, "网格", "Grid"), Text: "370799001002003"}, {Label: say(r, "承办", "Handler")}, {Label: say(r, "地点", "Place"), Text: say(r, "虞河路 118 号门前，泰祥街路口以南约 60 米", "outside 118 Yuhe Road, about 60 m south of Taixiang Street"), Wide: true}}),
		join("<p>"+say(r, "多个早餐摊位占用盲道，行人绕行机动车道。希望尽快处理。", "Several breakfast stalls block the tactile path, so people walk on the carriageway. Please deal with it soon.")+"</p>", ""),
		join("<section>", "</section>", heading(say(r, "现场照片", "Photos")), ui.Photos(photos(r))),
		join("<section>", "</section>", heading(say(r, "办理过程", "What happened")), timeline(r)),
		join(`</div></div><div class="pfoot">`, "", ui.Steps(steps(r))))
	return within(layout.Of(layout.Page{Title: say(r, "调度台", "Desk"), Active: "desk", Kind: layout.Desk, Scripts: []string{"map.js"},
		Views: []ui.Tab{view("队列", "Queue", "list-check", "queue"), view("地图", "Map", "map-2", "map"), view("详情", "Case", "file-text", "case")}}),
		layout.DeskOf(layout.DeskView{Show: show, Figures: figures(r), Queue: queue, Map: theMap, Case: theCase, Labels: [3]string{say(r, "队列", "Queue"), say(r, "地图", "Map"), say(r, "案件", "Case")}}))
}

func parts(r *http.Request) templ.Component {
	p := photos(r)
	chips := []templ.Component{}
	for _, tone := range []ui.Tone{ui.Plain, ui.Blue, ui.Green, ui.Amber, ui.Red} {
		chips = append(chips, ui.ChipOf(ui.Chip{Label: say(r, "状态", "State"), Tone: tone}), join(" ", ""))
	}
	return within(layout.Of(layout.Page{Title: say(r, "案件", "Cases"), Active: "cases"}),
		within(layout.Title(say(r, "案件", "Cases"), say(r, "共 1,000+ 件", "1,000+ in all")), ui.StepOf(ui.Step{Label: say(r, "打印", "Print"), Icon: "printer", Href: "/paper"}), ui.StepOf(ui.Step{Label: say(r, "登记", "New"), Icon: "plus", Primary: true, Href: "/form"})),
		ui.Tabs(say(r, "分栏", "Sections"), []ui.Tab{{Label: say(r, "在办", "Open"), Href: "#", Count: "12", Active: true}, {Label: say(r, "已结", "Closed"), Href: "#", Count: "318"}, {Label: say(r, "挂账", "Suspended"), Href: "#"}}),
		within(layout.Pane("chips", say(r, "标记", "Chips")), join("<p>", "</p>", chips...)),
		within(layout.Pane("pair", say(r, "整改前后", "Before and after")), ui.Pair(p[0], ui.Photo{})),
		within(layout.Pane("notices", say(r, "提示", "Notices")), ui.Notice(ui.Blue, "info-circle", say(r, "期限跨入尚未公布放假安排的年份，为暂定。", "The deadline reaches into a year without an official calendar, so it is provisional.")), ui.Notice(ui.Amber, "alert-triangle", say(r, "30 米内有一件相似案件。", "A similar case lies within 30 m.")), ui.Notice(ui.Red, "gavel", say(r, "已过答复期限。", "The reply is overdue."))),
		within(layout.Pane("steps", say(r, "按钮", "Steps")), ui.Steps(append(steps(r), ui.Step{Label: say(r, "作废", "Void"), Danger: true, Href: "#"}))),
		within(layout.Pane("empty", ""), ui.Empty(ui.State{Icon: "circle-check", Title: say(r, "都办完了", "All done"), Text: say(r, "今天没有待受理的案件。", "Nothing is waiting to be accepted today."), Action: say(r, "看已结案件", "See closed cases"), ActionHref: "#"})),
		ui.PagerOf(ui.Pager{First: "#", Next: "#", Shown: 50, Total: "1,000+"}))
}

func number(v int) *int { return &v }

func fields(r *http.Request) []form.Field {
	text := func(zh, en string) i18n.Text { return i18n.Text{ZH: zh, EN: en} }
	option := func(v, zh, en string) form.Option { return form.Option{Value: v, Label: text(zh, en)} }
	return []form.Field{
		{Name: "photos", Type: form.Photo, List: true, Label: text("照片", "Photos"), Help: text("拍清楚问题和周围环境", "Show the problem and what is around it")},
		{Name: "place", Type: form.Place, Label: text("地点", "Place"), Required: true},
		{Name: "kind", Type: form.Enum, Label: text("问题", "Problem"), Required: true, Options: []form.Option{option("stall", "占道经营", "Street vending"), option("bin", "垃圾满溢", "Bin overflowing"), option("light", "路灯不亮", "Street light out"), option("other", "其他", "Something else")}},
		{Name: "pole", Type: form.Code, Label: text("灯杆号", "Pole number"), ShowWhen: "kind=light"},
		{Name: "words", Type: form.Long, Label: text("描述", "Description"), Required: true, Min: number(4)},
		{Name: "fine", Type: form.Money, Label: text("金额", "Amount")},
		{Name: "day", Type: form.Date, Label: text("日期", "Date")},
		{Name: "checks", Type: form.Enum, List: true, Label: text("核对", "Checks"), Options: []form.Option{option("a", "现场已看", "Seen on site"), option("b", "与照片相符", "Matches the photo")}},
		{Name: "dept", Type: form.Dept, Label: text("部门", "Department"), Options: []form.Option{option("1", "市政养护站", "Road Upkeep"), option("2", "园林科", "Greening")}},
		{Name: "phone", Type: form.Phone, Label: text("电话", "Telephone"), Personal: true},
		{Name: "urgent", Type: form.Bool, Label: text("有危险，需要马上处理", "Dangerous, needs attention at once")},
	}
}

func theForm(r *http.Request) form.Form {
	f := form.New("report", "/form", fields(r))
	f.Draft, f.Version, f.Target = "report", 3, "#report"
	f.Ground = mapview.Map{Base: "/base.json", Center: [2]float64{119.142, 36.768}, Zoom: 14}
	return f
}

func formPage(r *http.Request, f form.Form) templ.Component {
	return within(layout.Of(layout.Page{Title: say(r, "登记", "Intake"), Active: "form", Scripts: []string{"map.js", "photo.js"}}),
		layout.Title(say(r, "电话登记", "Telephone intake"), ""), within(layout.Pane("form", ""), form.Of(f)))
}

func sampleForm(r *http.Request) templ.Component { return formPage(r, theForm(r)) }

func postForm(w http.ResponseWriter, r *http.Request) error {
	in, err := form.Read(r, fields(r), now.Location())
	if err != nil && httpx.IsFragment(r) {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, form.Of(theForm(r).Refused(r.Context(), in, err)))
	}
	if err != nil {
		return httpx.Render(w, r, http.StatusUnprocessableEntity, formPage(r, theForm(r).Refused(r.Context(), in, err)))
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "form.submit"}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/parts")
}

func public(r *http.Request) templ.Component {
	f := form.New("report", "/form", fields(r)[:5])
	f.Steps = []ui.Step{{Label: say(r, "上报", "Send report"), Icon: "send", Primary: true}}
	f.Ground = mapview.Map{Base: "/base.json", Center: [2]float64{119.142, 36.768}, Zoom: 14}
	return within(layout.Of(layout.Page{Title: say(r, "随手报", "Report a problem"), Kind: layout.Public, Scripts: []string{"map.js"}}),
		layout.Title(say(r, "随手报", "Report a problem"), say(r, "拍照、定位、上报，三步就好", "Photo, place, send: three steps")), within(layout.Pane("form", ""), form.Of(f)))
}

func field(r *http.Request) templ.Component {
	p := photos(r)
	return within(layout.Of(layout.Page{Title: say(r, "我的任务", "My tasks"), Active: "field", Kind: layout.Field}),
		layout.Title(say(r, "我的任务", "My tasks"), say(r, "离我最近的在前", "nearest first")),
		within(layout.Pane("list", ""), ui.Queue("queue", rows(r)[:4], "", "")), within(layout.Pane("pair", say(r, "核查", "Recheck")), ui.Pair(p[0], p[1]), join("<br>", ""), ui.Steps(steps(r)[:1])))
}

func paper(r *http.Request) templ.Component {
	return within(layout.Paper(say(r, "案件单", "Case sheet"), "/parts", now), join("<h1>"+say(r, "案件办理单", "Case sheet")+"</h1>", ""),
		ui.Facts([]ui.Fact{{Label: say(r, "案号", "Number"), Text: "〔2026〕0318"}, {Label: say(r, "状态", "State"), Text: say(r, "待派遣", "To dispatch")}, {Label: say(r, "地点", "Place"), Text: say(r, "虞河路 118 号门前", "outside 118 Yuhe Road"), Wide: true}}),
		join("<h2>"+say(r, "照片", "Photos")+"</h2>", ""), ui.Photos(photos(r)), join("<h2>"+say(r, "办理过程", "What happened")+"</h2>", ""), timeline(r))
}

type feature map[string]any

func shape(kind string, coords any, props feature) feature {
	return feature{"type": "Feature", "geometry": feature{"type": kind, "coordinates": coords}, "properties": props}
}

func collection(list []feature) json.RawMessage {
	b, err := json.Marshal(feature{"type": "FeatureCollection", "features": list})
	if err != nil {
		panic(err) // only numbers and strings are in it
	}
	return b
}

// city is a made-up ground: a slightly turned grid of streets, a river, parks.
func city() json.RawMessage {
	var list []feature
	at := func(x, y float64) []float64 { // km from the middle, turned by 12 degrees
		a := 12 * math.Pi / 180
		return []float64{119.142 + (x*math.Cos(a)-y*math.Sin(a))/89.3, 36.768 + (x*math.Sin(a)+y*math.Cos(a))/111.2}
	}
	list = append(list, shape("Polygon", [][][]float64{{at(-4, -2.4), at(-1, -1.5), at(1.5, -.9), at(5, -.8), at(5, -.35), at(1.5, -.4), at(-1, -.95), at(-4, -1.8), at(-4, -2.4)}}, feature{"layer": "water", "name": "虞河"}),
		shape("Polygon", [][][]float64{{at(.9, .9), at(1.6, .85), at(1.75, 1.5), at(1.1, 1.6), at(.9, .9)}}, feature{"layer": "green", "name": "湿地公园"}),
		shape("Polygon", [][][]float64{{at(-2.6, 1.1), at(-2.1, 1.1), at(-2.1, 1.7), at(-2.6, 1.7), at(-2.6, 1.1)}}, feature{"layer": "green", "name": "口袋公园"}))
	names := map[int]string{-6: "鸢飞路", -2: "虞河路", 2: "新华路", 6: "北海路"}
	cross := map[int]string{-4: "玉清东街", -1: "泰祥街", 2: "永兴街", 5: "禹王街"}
	for i := -14; i <= 14; i++ {
		x := float64(i) * .28
		layer := "road-minor"
		if i%2 == 0 && names[i] == "" {
			layer = "road-secondary"
		} else if names[i] != "" {
			layer = "road-arterial"
		}
		list = append(list, shape("LineString", [][]float64{at(x, -3), at(x, 0), at(x+.02, 3)}, feature{"layer": layer, "name": names[i]}))
		layer = "road-minor"
		if cross[i] != "" {
			layer = "road-secondary"
			if i == -1 {
				layer = "road-arterial"
			}
		}
		list = append(list, shape("LineString", [][]float64{at(-4.2, x), at(4.2, x)}, feature{"layer": layer, "name": cross[i]}))
	}
	return collection(list)
}

func points() mapview.Points {
	tones := []ui.Tone{ui.Red, ui.Amber, ui.Amber, ui.Blue, ui.Blue, ui.Blue, ui.Plain, ui.Amber, ui.Green}
	var p mapview.Points
	for i, tone := range tones {
		a := float64(i) * 2.4
		p.Points = append(p.Points, mapview.Point{ID: fmt.Sprintf("case-%d", i+1), Lng: 119.142 + math.Cos(a)*.0045*math.Sqrt(float64(i)), Lat: 36.768 + math.Sin(a)*.0036*math.Sqrt(float64(i)), Tone: tone})
	}
	return p
}

func areas() json.RawMessage {
	square := func(x, y, s float64) [][][]float64 {
		return [][][]float64{{{x, y}, {x + s, y + s*.15}, {x + s*.95, y + s*.8}, {x - s*.05, y + s*.7}, {x, y}}}
	}
	return collection([]feature{
		shape("Polygon", square(119.1385, 36.7605, .007), feature{"kind": "ban", "label": "严禁区 · 学校周边"}),
		shape("Polygon", square(119.1505, 36.7725, .008), feature{"kind": "limit", "label": "限时区 · 步行街"}),
		shape("Point", []float64{119.134, 36.7655}, feature{"kind": "site", "label": "1 号摊点群 · 46 摊", "radius": 1000}),
		shape("Point", []float64{119.152, 36.769}, feature{"kind": "site", "label": "2 号摊点群 · 62 摊", "radius": 1000}),
	})
}

package duty

import (
	"context"
	"strings"

	"xiucheng/internal/platform/i18n"
)

// words are the questions of this room's forms.
var words = map[string]i18n.Text{
	"here":   {ZH: "我在这里", EN: "I am here"},
	"place":  {ZH: "值守地点", EN: "Place of duty"},
	"file":   {ZH: "设备轨迹文件（GPX 或 CSV）", EN: "Track of a device (GPX or CSV)"},
	"person": {ZH: "人员", EN: "Person"},
	"from":   {ZH: "开始", EN: "From"},
	"to":     {ZH: "结束", EN: "To"},
	"name":   {ZH: "称呼", EN: "Your name"},
	"phone":  {ZH: "手机号", EN: "Mobile number"},
	"wish":   {ZH: "希望在哪里、什么时间服务", EN: "Where and when you would like to help"},
	"agree":  {ZH: "我已满十八周岁，同意带班负责人为安排志愿服务联系我", EN: "I am 18 or older; the duty lead may call me about this"},
	"day":    {ZH: "日期", EN: "Day"},
	"topic":  {ZH: "议题", EN: "Topic"},
	"came":   {ZH: "到会人员", EN: "Who came"},
}

// joined are names one behind the other.
func joined(ctx context.Context, list []string) string {
	return strings.Join(list, i18n.T(ctx, "duty.comma"))
}

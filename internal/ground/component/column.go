package component

import (
	"slices"
	"strings"
)

// column is one attribute in files: its name, its Chinese heading, and the
// field names that surveys by GB/T 30428.2 usually carry.
type column struct {
	name, zh string
	also     []string
}

// columns are the attributes of a file in their order. class and class_name
// are written for the reader; read, the class must agree with the identifier.
func columns() []column {
	return []column{
		{"code", "部件标识码", []string{"标识码", "ObjID", "ObjCode"}}, {"former", "原标识码", nil}, {"class", "类别编码", []string{"类别代码"}}, {"class_name", "类别", []string{"部件类别"}},
		{"name", "部件名称", []string{"名称", "ObjName"}}, {"state", "状态", []string{"部件状态", "ObjState"}},
		{"supervisor_code", "主管部门代码", []string{"DeptCode1"}}, {"supervisor", "主管部门", []string{"主管部门名称", "DeptName1"}},
		{"owner_code", "权属单位代码", []string{"DeptCode2"}}, {"owner", "权属单位", []string{"权属单位名称", "DeptName2"}},
		{"maintainer_code", "养护单位代码", []string{"DeptCode3"}}, {"maintainer", "养护单位", []string{"养护单位名称", "DeptName3"}},
		{"grid", "所在单元网格", []string{"单元网格", "BGID"}}, {"address", "位置", []string{"地址"}},
		{"initial", "初始日期", []string{"ORDate"}}, {"changed", "变更日期", []string{"CHDate"}}, {"source", "数据来源", []string{"DataSource"}},
		{"accuracy", "精度", nil}, {"note", "备注", nil}, {"provenance", "来源性质", nil}, {"crs", "坐标系", nil},
		{"lng", "经度", []string{"X"}}, {"lat", "纬度", []string{"Y"}}, {"geometry", "几何", nil},
	}
}

// ColumnWord is the key of a column's name in words.
func ColumnWord(name string) string { return "component.column." + name }

// columnOf is the column of a heading, "" for none.
func columnOf(heading string) string {
	heading = strings.TrimSpace(heading)
	for _, c := range columns() {
		if heading == c.zh || strings.EqualFold(heading, c.name) ||
			slices.ContainsFunc(c.also, func(s string) bool { return strings.EqualFold(heading, s) }) {
			return c.name
		}
	}
	return ""
}

// stateNames are the states as files say them.
var stateNames = map[string]State{"完好": Intact, "在用": Intact, "正常": Intact, "破损": Damaged, "丢失": Lost, "废弃": Abandoned, "移除": Removed}

// parseState reads a state in Chinese or by its key; another word stays what
// it is, for Check to refuse.
func parseState(s string) State {
	if st, ok := stateNames[s]; ok {
		return st
	}
	return State(strings.ToLower(s))
}

// day reads 2026-01-31, 2026/1/31 and 20260131 as the first; anything else
// stays what it is.
func day(s string) string {
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		return s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	if parts := strings.Split(s, "/"); len(parts) == 3 && len(parts[0]) == 4 {
		for i := 1; i < 3; i++ {
			if len(parts[i]) == 1 {
				parts[i] = "0" + parts[i]
			}
		}
		return strings.Join(parts, "-")
	}
	return s
}

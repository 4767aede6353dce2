package pack

import (
	"encoding/json"

	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
)

// Kinds of rows this room and people add to those of the catalogue.
const (
	KindRole       = "role"
	KindDepartment = "department"
	KindAccount    = "account"
	KindPost       = "post"
	// KindCertificate is one 证件 of a person.
	KindCertificate = "certificate"
	KindSetting     = "setting"
)

// Row is one row of a pack, as the room that owns it stores it.
type Row struct {
	Kind string
	Key  string
	Body string // JSON
	File string
	Line int
}

// setting is the body of a KindSetting row.
type setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// newRow makes a row of a catalogue or people type.
func newRow(v any, file string, line int) Row {
	r := Row{File: file, Line: line}
	switch v := v.(type) {
	case people.Role:
		r.Kind, r.Key = KindRole, v.ID
	case people.Department:
		r.Kind, r.Key = KindDepartment, v.Code
	case people.Account:
		r.Kind, r.Key = KindAccount, v.Login
	case people.Post:
		r.Kind, r.Key = KindPost, v.Key()
	case people.Certificate:
		r.Kind, r.Key = KindCertificate, v.Key()
	case setting:
		r.Kind, r.Key = KindSetting, v.Key
	default:
		e := catalogue.NewEntry(v)
		r.Kind, r.Key, r.Body = e.Kind, e.Key, e.Body
		return r
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // these types always marshal
	}
	r.Body = string(b)
	return r
}

// sheet is how a kind of table is read, from CSV or from a workbook.
type sheet struct {
	zh, en  string // names in a workbook, "" where a workbook cannot have it
	columns []column
	parse   func(record) any
}

func period() []column {
	return []column{{"valid_from", "生效日期", true}, {"valid_to", "失效日期", true}}
}

// sheets are the tables of pack.yaml, by the name of the list of files.
func sheets() map[string]sheet {
	return map[string]sheet{
		"groups": {columns: []column{{name: "id"}, {name: "name_zh"}, {name: "name_en"}}, parse: parseGroup},
		"classes": {columns: append([]column{{name: "id"}, {name: "standard"}, {name: "kind"}, {name: "code"}, {name: "group"}, {name: "name_zh"},
			{name: "name_en"}, {name: "legacy_code", empty: true}, {name: "legacy_basis", empty: true}, {name: "legacy_name_zh", empty: true},
			{name: "note", empty: true}}, period()...), parse: parseClass},
		"families": {columns: []column{{name: "id"}, {name: "name_zh"}, {name: "name_en"}, {name: "classes"}, {name: "radius_m"}, {name: "window_hours"}}, parse: parseFamily},
		"flags":    {columns: []column{{name: "id"}, {name: "classes", empty: true}}, parse: parseFlag},
		"fallbacks": {columns: []column{{name: "group"}, {name: "filing_zh"}, {name: "filing_en"}, {name: "limit"}, {name: "unit"}, {name: "closing_zh"},
			{name: "closing_en"}, {name: "basis"}, {name: "provenance"}}, parse: parseFallback},
		"conditions": {columns: append([]column{{name: "id"}, {name: "class"}, {name: "filing_zh"}, {name: "filing_en"}, {name: "limit"}, {name: "unit"},
			{name: "closing_zh"}, {name: "closing_en"}, {name: "responsible_zh", empty: true}, {name: "hazard", empty: true}, {name: "basis"},
			{name: "provenance"}}, period()...), parse: parseCondition},
		"routes": {columns: []column{{name: "classes"}, {name: "zone_kind", empty: true}, {name: "department"}, {name: "co_unit", empty: true}}, parse: parseRoute},
		"duties": {columns: []column{{name: "street"}, {name: "classes"}, {name: "department"}, {name: "basis", empty: true}}, parse: parseDuty},
		"departments": {zh: "部门", en: "departments", columns: append([]column{{"code", "编码", false}, {"name_zh", "名称", false}, {"name_en", "英文名称", false},
			{"parent", "上级编码", true}, {"kind", "类型", false}, {"street", "街道编码", true}, {"phone", "电话", true}, {"provenance", "来源", true}}, period()...), parse: parseDepartment},
		"accounts": {zh: "人员", en: "people", columns: []column{{"login", "账号", false}, {"name", "姓名", false}, {"department", "部门编码", true},
			{"phone", "手机", true}, {"active", "在用", true}}, parse: parseAccount},
		"posts": {zh: "岗位", en: "posts", columns: append([]column{{"login", "账号", false}, {"role", "岗位", false}, {"department", "部门编码", true},
			{"scope", "网格范围", true}}, period()...), parse: parsePost},
		"certificates": {zh: "证件", en: "certificates", columns: append([]column{{"login", "账号", false}, {"kind", "证件类型", false}, {"number", "证号", false},
			{"issuer", "发证机关", true}, {"revoked", "注销日期", true}}, period()...), parse: parseCertificate},
	}
}

func parseGroup(r record) any { return catalogue.Group{ID: r.text("id"), Name: r.both("name")} }

func parseClass(r record) any {
	return catalogue.Class{
		ID:    r.text("id"),
		Key:   catalogue.Key{Standard: r.text("standard"), Kind: catalogue.Kind(r.text("kind")), Code: r.text("code")},
		Group: r.text("group"), Name: r.both("name"),
		Legacy: r.text("legacy_code"), LegacyBasis: r.text("legacy_basis"), LegacyName: r.text("legacy_name_zh"),
		Period: r.period(), Note: r.text("note"),
	}
}

func parseFamily(r record) any {
	return catalogue.Family{ID: r.text("id"), Name: r.both("name"), Classes: catalogue.Pattern(r.text("classes")),
		RadiusM: r.int("radius_m"), WindowHours: r.int("window_hours")}
}

func parseFlag(r record) any {
	return catalogue.Flag{ID: r.text("id"), Classes: catalogue.Pattern(r.text("classes"))}
}

func parseFallback(r record) any {
	return catalogue.Fallback{Group: r.text("group"), Filing: r.both("filing"), Closing: r.both("closing"),
		Limit: r.limit(), Basis: r.text("basis"), Provenance: r.provenance()}
}

func parseCondition(r record) any {
	l := r.limit()
	return catalogue.Condition{
		ID: r.text("id"), Class: r.text("class"), Filing: r.both("filing"), Closing: r.both("closing"), Limit: l,
		Hazard:      r.bool("hazard", catalogue.Hazard(l, r.text("filing_zh"))),
		Responsible: r.text("responsible_zh"), Period: r.period(), Basis: r.text("basis"), Provenance: r.provenance(),
	}
}

// provenance says whose a limit is: demo, official or local.
func (r record) provenance() string {
	p := r.text("provenance")
	if p != catalogue.Demo && p != catalogue.Official && p != catalogue.Local {
		r.bad("pack.provenance_limit", "value", p)
	}
	return p
}

func parseRoute(r record) any {
	return catalogue.Route{Classes: catalogue.Pattern(r.text("classes")), ZoneKind: r.text("zone_kind"),
		Department: r.text("department"), CoUnit: r.text("co_unit")}
}

func parseDuty(r record) any {
	return catalogue.Duty{Street: r.text("street"), Classes: catalogue.Pattern(r.text("classes")),
		Department: r.text("department"), Basis: r.text("basis")}
}

func parseDepartment(r record) any {
	p := r.text("provenance")
	if p == "" {
		p = "real"
	}
	if p != "real" && p != "approximate" && p != "synthetic" {
		r.bad("pack.provenance", "value", p)
	}
	return people.Department{Code: r.text("code"), Name: r.both("name"), Parent: r.text("parent"), Kind: r.text("kind"),
		Street: r.text("street"), Phone: r.text("phone"), Period: r.period(), Provenance: p}
}

func parseAccount(r record) any {
	a := people.Account{Login: r.text("login"), Name: r.text("name"), Department: r.text("department"),
		Phone: r.text("phone"), Active: r.bool("active", true)}
	if a.Check() != nil {
		r.bad("people.login_shape")
	}
	return a
}

func parsePost(r record) any {
	return people.Post{Login: r.text("login"), Role: r.text("role"), Department: r.text("department"),
		Scope: r.text("scope"), Period: r.period()}
}

// parseCertificate reads a kind by its id or as people call it.
func parseCertificate(r record) any {
	kind := r.text("kind")
	if k, ok := map[string]string{"执法证": people.Enforcement, "听证主持人证": people.Host, "监督证": people.Supervisor, "法律职业资格": people.Legal}[kind]; ok {
		kind = k
	}
	c := people.Certificate{Login: r.text("login"), Kind: kind, Number: r.text("number"), Issuer: r.text("issuer"),
		Revoked: r.text("revoked"), Period: r.period()}
	if c.Check() != nil {
		r.bad("people.certificate_bad")
	}
	return c
}

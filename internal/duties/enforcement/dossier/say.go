package dossier

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/rule"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// sources are the origins of a case as the paper's boxes have them.
var sources = map[string]string{"patrol": "patrol", "check": "patrol", "complaint": "report", "hotline": "report", "superior": "assigned", "transfer": "moved",
	"media": "other", "camera": "other"}

// said is what many papers name otherwise than the case does.
func said(d *engine.Doing, dir *people.Directory) map[string]any {
	s := d.After
	say := saying{d, dir, nil}
	unit, _ := dir.Department(s.Dept) // blank when there is none
	out := map[string]any{"case_number": cmp.Or(s.Text("redo_no"), s.Number), "lead": name(dir, s.Text("lead")), "second": name(dir, s.Text("co")), "registrar": d.Actor.Name,
		"reviewer": d.Actor.Name, "chair": d.Actor.Name, "archivist": d.Actor.Name, "recorder": d.Actor.Name, "start_at": d.Now,
		"suspected": s.Text("cause"), "place": s.Text("address"), "shown": d.Input["cert_shown"], "proposed": proposed(s), "penalties": proposed(s),
		"move_basis": "《中华人民共和国行政处罚法》第二十二条", "ground": say.text("reason"), "notice_on": s.Data["told_on"], "rights": []string{"statement"},
		"closed_on": d.Now, "archived_on": d.Now, "perform_way": "", "unit": unit.Name.ZH, "kind": kinds[d.Step.ID]}
	if s.Text("clue") != "" && s.Text("facts") == "" {
		out["facts"] = s.Text("clue")
	}
	if s.Text("summary") == "" {
		out["summary"] = s.Text("clue")
	}
	if t, ok := d.Input["start_at"].(time.Time); ok {
		out["start_at"] = t
	}
	if d.Step.ID == "lead_register" {
		out["source"] = sources[s.Text("source")]
	}
	if n := d.Actor.Certificates; len(n) > 0 {
		out["reviewer_no"] = n[0].Number
	}
	out["members"] = say.names("voters")
	out["officers"], out["cert_nos"] = say.officers()
	return out
}

// kinds are what one paper of several uses is made for, by the step.
var kinds = map[string]string{"inv_suspend": "suspend", "inv_resume": "resume", "inv_terminate": "end", "exe_susp": "suspend", "exe_resume": "resume",
	"exe_end": "end", "pub_out": "out", "pub_back": "back", "p_back": "back", "clo_annul": ""}

// saying is a paper being filled: the act, the people, and what all papers say.
type saying struct {
	*engine.Doing
	dir    *people.Directory
	common map[string]any
}

func (s saying) text(name string) string { x, _ := s.Input[name].(string); return x }

func (s saying) names(field string) (out []string) {
	list, _ := s.Input[field].([]string)
	for _, x := range list {
		out = append(out, name(s.dir, x))
	}
	return out
}

// officers are who takes the step, with the numbers of their certificates.
func (s saying) officers() (names, numbers []string) {
	names, numbers = []string{s.Actor.Name}, numbersOf(s.Actor.Certificates)
	for _, o := range s.Event.Officers {
		names = append(names, o.Name)
		if key, err := id.Parse(o.Account); err == nil {
			if a, err := s.dir.Actor(key, s.Now); err == nil {
				numbers = append(numbers, numbersOf(a.Certificates)...)
			}
		}
	}
	return names, numbers
}

// taken are the earlier acts of the step in the case.
func (s saying) taken(step string) (out []rule.Taken) {
	for _, x := range s.Before.Log {
		if x.Step == step {
			out = append(out, x)
		}
	}
	return out
}

// by is the name of whoever took the step last.
func (s saying) by(step string) string {
	list := s.taken(step)
	if len(list) == 0 {
		return ""
	}
	return name(s.dir, list[len(list)-1].Actor)
}

// lines are rows as a paper lists them: one line a row, its cells parted by |.
func (s saying) lines(field string) (out []string) {
	rows, _ := s.Input[field].([]map[string]string)
	if rows == nil {
		rows, _ = s.After.Data[field].([]map[string]string)
	}
	for _, r := range rows {
		out = append(out, strings.Join([]string{r["name"], r["model"], r["unit"], r["qty"], r["remark"]}, "|"))
	}
	return out
}

// plan is the payments of a plan in words.
func (s saying) plan() (out []string) {
	rows, _ := s.After.Data["plan"].([]map[string]string)
	for _, r := range rows {
		fen, _ := strconv.ParseInt(r["amount"], 10, 64)
		out = append(out, r["date"]+"前缴纳"+law.Fen(fen).Yuan()+"元")
	}
	return out
}

// last is the last day of a clock as the step leaves it.
func last(s *engine.Snapshot, id string) any {
	c := s.Clock(id)
	if c == nil {
		return nil
	}
	return clock.FromMicro(c.Due).Add(-time.Minute)
}

// ownWords are what papers of the penalty itself say.
var ownWords = map[string]func(saying) map[string]any{
	"P07": func(s saying) map[string]any {
		return map[string]any{"asked": s.text("person"), "dialogue": s.text("qa"), "place": or(s.text("ask_place"), s.After.Text("address")),
			"times": int64(1 + len(s.taken("inv_question")))}
	},
	"P12": func(s saying) map[string]any {
		return map[string]any{"goods": s.lines("samples"), "sample_at": s.Now, "sample_way": s.text("sealed")}
	},
	"P28": func(s saying) map[string]any {
		return map[string]any{"review_result": worded(s.After.Proc, field.Field{Name: "result", Type: field.Text}, s.After.Data["review_result"])}
	},
	"P13": func(s saying) map[string]any { return map[string]any{"term": s.Input["expected"]} },
	"P14": func(s saying) map[string]any {
		names, _ := s.officers()
		return map[string]any{"taken_at": s.Now, "maker": strings.Join(names, "、"), "carrier": s.text("origin")}
	},
	"P24a": func(s saying) map[string]any {
		if s.After.Text("statement") == "" {
			return map[string]any{"statement": "当事人在期限内未陈述申辩。"}
		}
		return nil
	},
	"P25": hearing, "P25a": hearing, "P25b": hearing,
	"P29": func(s saying) map[string]any {
		out := map[string]any{"notice_date": s.After.Data["told_on"]}
		if t, ok := s.After.Data["term"].(time.Time); ok {
			out["perform_way"] = "责令改正等其他义务于" + calendar.DateOf(t).String() + "前履行"
		}
		return out
	},
	"P30": func(s saying) map[string]any {
		basis, ground := noneBasis(s.After.Text("ground"))
		if s.Step.ID == "dec_none" {
			basis, ground = "《中华人民共和国行政处罚法》第五十七条第一款第（三）项", "违法事实不能成立："+s.text("reason")
		}
		return map[string]any{"none_basis": basis, "ground": ground}
	},
	"P36": func(s saying) map[string]any {
		return map[string]any{"fine": s.Input["amount"], "due": last(s.Before, "pay15"), "receipt_no": s.text("receipt_no")}
	},
	"P37": func(s saying) map[string]any { return map[string]any{"plan": s.plan(), "kind": s.text("kind")} },
	"P37a": func(s saying) map[string]any {
		granted, plan := "refused", []string(nil)
		if s.Step.ID == "exe_defer_ok" {
			if granted, plan = "defer", s.plan(); len(plan) > 1 {
				granted = "instal"
			}
		}
		return map[string]any{"granted": granted, "plan": plan}
	},
	"P38": func(s saying) map[string]any {
		return map[string]any{"due": last(s.After, "pay15"), "days": s.After.Data["surcharge_days"]}
	},
	"P39": func(s saying) map[string]any {
		a := asking{Asked: engine.Asked{Snapshot: s.After}}
		return map[string]any{"fine": int64(max(a.principal(), 0)), "perform_way": s.text("perform_way")}
	},
	"P41": func(s saying) map[string]any { return map[string]any{"head": s.Actor.Name} },
	"P42": func(s saying) map[string]any {
		return map[string]any{"goods": s.lines("disposed"), "handle_at": s.Now}
	},
	"P54": func(s saying) map[string]any {
		result := "none"
		if s.Input["corrected"] == true {
			result = "done"
		}
		return map[string]any{"check_at": s.Now, "findings": s.text("text"), "result": result, "demand": s.After.Text("correction")}
	},
	"P56": func(s saying) map[string]any {
		of, days := "decide90", s.Input["extend_days"]
		if s.Step.ID == "lead_extend" {
			of, days = "lead15", int64(10)
		}
		return map[string]any{"extend_days": days, "limit_end": last(s.Before, of), "new_end": last(s.After, of)}
	},
	"P58": func(s saying) map[string]any {
		out := map[string]any{"kind": s.text("kind"), "refund": s.Input["refund"]}
		if fine, ok := s.Input["new_fine"].(int64); ok {
			out["new_content"] = "罚款变更为" + law.Fen(fine).Yuan() + "元。"
		}
		return out
	},
	"P64": func(s saying) map[string]any {
		rows, _ := s.After.Data["tasks"].([]map[string]string)
		var tasks []string
		for _, r := range rows {
			if r["what"] != "" {
				tasks = append(tasks, r["what"]+"|"+name(s.dir, r["who"])+"|"+r["until"])
			}
		}
		return map[string]any{"tasks": tasks, "start_at": s.After.Data["on"]}
	},
	"P69": func(s saying) map[string]any {
		return map[string]any{"masked": "姓名、证件号码、住址、电话等个人信息和商业秘密", "published_on": s.Now, "operator": s.Actor.Name,
			"reviewer": s.by("pub_check")}
	},
}

// hearing is what the three papers of a hearing name.
func hearing(s saying) map[string]any {
	open := "public"
	if s.Input["closed"] == true {
		open = "closed"
	}
	return map[string]any{"hear_at": s.After.Data["hearing_at"], "hear_place": s.text("hearing_place"), "open": open,
		"host": name(s.dir, s.After.Text("host")), "hear_rec": name(s.dir, s.After.Text("hear_rec"))}
}

// noneBasis is the article and the words of each ground to impose no penalty.
func noneBasis(ground string) (basis, words string) {
	const pl = "《中华人民共和国行政处罚法》"
	switch ground {
	case "g1":
		return pl + "第三十三条第一款", "违法行为轻微并及时改正，没有造成危害后果"
	case "g2":
		return pl + "第三十三条第一款", "初次违法且危害后果轻微并及时改正"
	case "g3":
		return pl + "第三十三条第二款", "当事人有证据足以证明没有主观过错"
	case "g4":
		return pl + "第三十条", "当事人不满十四周岁"
	case "g5":
		return pl + "第三十一条", "当事人在不能辨认或者不能控制自己行为时有违法行为"
	case "g6":
		return pl + "第三十六条", "违法行为已超过追责时效"
	}
	return "", ""
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func numbersOf(list []people.Certificate) (out []string) {
	for _, c := range list {
		if c.Kind == people.Enforcement {
			out = append(out, c.Number)
		}
	}
	return out
}

// proposed is the penalty beside the fine, in words.
func proposed(s *engine.Snapshot) (out []string) {
	if goods, _ := s.Data["goods"].([]string); len(goods) > 0 {
		out = append(out, "没收"+strings.Join(goods, "、"))
	}
	if gains, _ := s.Data["gains"].(int64); gains > 0 {
		out = append(out, "没收违法所得"+law.Fen(gains).Yuan()+"元")
	}
	return out
}

func name(dir *people.Directory, account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

package dossier

import (
	"context"
	"strings"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/ground/people"
)

// upward are the effects of an exemption on the penalty above it. Its approval
// opens a service as well, and a step that opens a case has no parent of its own.
var upward = map[string]effect{
	"exempt_approved": func(_ *Room, ctx context.Context, d *engine.Doing) error {
		return above(ctx, d, "dec_minor", procedure.Input{"ground": d.After.Text("ground")})
	},
	"exempt_served": func(_ *Room, ctx context.Context, d *engine.Doing) error {
		if d.Input["paper"] != "P30" {
			return nil
		}
		return above(ctx, d, "none_served", procedure.Input{"on": d.Input["on"]})
	},
	"exempt_taught": func(_ *Room, ctx context.Context, d *engine.Doing) error { return above(ctx, d, "none_taught", nil) },
}

func above(ctx context.Context, d *engine.Doing, step string, in procedure.Input) error {
	_, err := d.Engine.ActIn(ctx, d.Tx, engine.Act{Case: d.After.Parent, Step: step, Actor: people.SystemActor(d.After.Division), Input: in})
	return err
}

// ofChildren are what the papers of the cases under a dossier say in words of
// their own; the party, the cause and the facts come from the papers above.
var ofChildren = map[string]func(saying) map[string]any{
	"P09": func(s saying) map[string]any {
		items, _ := s.After.Data["items"].([]string)
		term := s.Now
		switch n, _ := s.After.Data["n"].(int64); s.After.Text("mode") {
		case "hours":
			term = s.Now.Add(time.Duration(n) * time.Hour)
		case "days":
			term = s.Now.AddDate(0, 0, int(n))
		case "date":
			if t, ok := s.After.Data["until"].(time.Time); ok {
				term = t.Add(-time.Minute)
			}
		}
		return s.party(map[string]any{"facts": s.text("facts"), "violated": s.text("breached"), "order_basis": s.text("basis"), "correction": strings.Join(items, "；"), "term": term})
	},
	"P10a": func(s saying) map[string]any {
		return s.party(map[string]any{"goods": s.lines("items"), "ground": "证据可能灭失或者以后难以取得", "opinion_head": s.text("opinion")})
	},
	"P10": func(s saying) map[string]any {
		return s.party(map[string]any{"goods": s.lines("items"), "keep_place": or(s.common["place"].(string), "就地保存"), "keep_until": last(s.After, "hold7")})
	},
	"P11": func(s saying) map[string]any {
		return s.party(map[string]any{"goods": s.lines("items"), "handling": handling[s.After.Text("way")], "kept_on": s.After.Data["held_on"]})
	},
	"P16": func(s saying) map[string]any {
		whom, decision := name(s.dir, s.After.Text("whom")), "refused"
		if s.Input["result"] == true {
			decision = "granted"
		}
		applicant := s.After.Text("addressee")
		if s.After.Text("by") == "self" {
			applicant = whom
		}
		out := map[string]any{"applicant": applicant, "recused": whom, "decision": decision}
		if list := s.taken("rc_apply"); len(list) > 0 {
			out["asked_on"] = list[len(list)-1].At
		}
		return out
	},
	"P19a": seizure, "P19": seizure, "P20": seizure, "P21": seizure,
	"P34": func(s saying) map[string]any {
		servers, _ := s.officers()
		return map[string]any{"served": []string{s.After.Text("paper")}, "receiver": s.After.Text("addressee"), "way": waysOfService[s.After.Text("way")],
			"at": s.After.Data["served_on"], "servers": servers}
	},
	"P35": func(s saying) map[string]any {
		return s.party(map[string]any{"served": s.After.Text("paper"), "content": s.text("course"), "why": why[s.text("reason")]})
	},
	"P55": func(s saying) map[string]any {
		return s.party(map[string]any{"education": s.text("topic"), "edu_at": s.Now})
	},
}

var (
	handling = map[string]string{"return": "退还", "sample": "采取记录、复制、拍照、录像等证据保全措施后退还", "appraise": "送交鉴定", "to_seizure": "转为查封、扣押",
		"confiscate_by_decision": "依处罚决定没收", "transfer": "移送有关机关", "lapsed": "期满自动解除登记保存"}
	waysOfService = map[string]string{"direct": "direct", "left": "leave", "electronic": "electronic", "post": "post", "entrusted": "entrust", "announced": "announce"}
	why           = map[string]string{"whereabouts_unknown": "受送达人下落不明", "other_ways_failed": "采用其他方式无法送达"}
	bases         = map[string]string{"unl11": "《无证无照经营查处办法》第十一条", "env52": "《生态环境法典》第五十二条"}
)

// party adds the addressee of a child case.
func (s saying) party(out map[string]any) map[string]any {
	out["party"], out["party_kind"] = s.After.Text("addressee"), "org"
	if s.After.Data["citizen"] == true {
		out["party_kind"] = "citizen"
	}
	return out
}

// seizure is what the papers of a coercive measure name.
func seizure(s saying) map[string]any {
	basis, measure := s.After.Text("basis"), "detain"
	if s.After.Text("kind") == "seal" {
		measure = "seal"
	}
	told, _ := s.common["told"].(string)
	return s.party(map[string]any{"goods": s.lines("objects"), "facts": or(s.text("danger"), told), "seize_basis": or(bases[basis], basis), "measure": measure,
		"seize_from": s.After.Data["on_since"], "seize_to": last(s.After, "hold30"), "reason": or(s.text("reason"), reasons[s.text("ground")])})
}

// reasons are why a measure is released (CL 28).
var reasons = map[string]string{"no_act": "当事人没有违法行为", "unrelated": "查封、扣押的场所、设施或者财物与违法行为无关",
	"handled": "对违法行为已经作出处理决定，不再需要查封、扣押", "term": "查封、扣押期限已经届满", "other": "其他不再需要采取查封、扣押措施的情形",
	"": "查封、扣押期限已经届满"}

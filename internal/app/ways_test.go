package app

import (
	"slices"

	"xiucheng/internal/casework/engine/enginetest"
)

// along joins parts of a way.
func along(parts ...[]string) []string { return slices.Concat(parts...) }

// asides are steps that a walk takes rarely of itself: they lead away from what
// there is to see, and ways lead there, too.
var asides = []string{"give_up", "file_withdraw", "file_refuse", "lead_refer", "inv_terminate", "inv_officers", "inv_crime", "dec_crime", "dec_none", "adj_more", "clo_reopen",
	"x_give_up", "x_refuse", "k_drop", "k_urgent_no", "ho_drop", "rc_drop", "c_lift", "b_drop", "b_comply", "m_withdraw", "m_reject", "i_self", "i_village", "i_drop", "r_object",
	"v_drop", "g_drop", "p_drop", "e_drop", "lead_dispute", "s_convert", "s_exempt", "s_annul"}

// The parts of an ordinary penalty.
var (
	wayFiled    = []string{"lead_check", "file_propose", "file_approve"}
	waySurveyed = along(wayFiled, []string{"svy_inspect", "svy_accept", "inv_question?", "inv_verify"})
	wayTold     = along(waySurveyed, []string{"inv_conclude", "adj_examine", "adj_notice"})
	wayJudged   = []string{"adj_reexam", "adj_to_legal", "adj_legal", "adj_panel?", "inv_extend?", "dec_penalty"}
	wayDecided  = along(wayTold, wayJudged)
	wayClosed   = []string{"clo_ask", "clo_ok", "pub_skip?", "clo_archive"}
)

// ways are usual ways through the procedures of enforcement: a walk sets out from
// anywhere on them.
var ways = map[string][][]string{
	"enf.ordinary": {
		along(wayDecided, []string{"pub_check?", "pub_out?", "exe_pay", "exe_correct?", "exe_goods?", "exe_done?"}, wayClosed),
		along(wayDecided, []string{"exe_defer_ask", "exe_defer_ok", "exe_correct?", "exe_susp", "exe_resume", "exe_end"}, wayClosed),
		along(wayDecided, []string{"exe_demand", enginetest.Pause, enginetest.Pause, enginetest.Pause, "exe_court", "exe_court_in", "exe_court_rule", "exe_done?"}, wayClosed),
		along(wayDecided, []string{"exe_remedy", "clo_annul?", "exe_refund?"}, wayClosed),
		along(wayDecided, []string{"clo_annul", "exe_refund?"}, wayClosed, []string{"clo_reopen"}),
		along(wayDecided, []string{"exe_substitute", "exe_demand"}),
		along(wayTold, []string{"adj_hear_ask", "adj_hear_name", "adj_hear_call", "adj_hear_hold", "adj_hear_report"}, wayJudged),
		along(wayTold, []string{"adj_hear_ask", "adj_hear_name", "adj_hear_call", "adj_hear_hold", "adj_hear_report"}, wayJudged),
		along(wayTold, []string{"adj_statement", "adj_waive?"}, wayJudged, []string{"exe_pay"}),
		along(waySurveyed, []string{"inv_crime_report", "inv_crime", "inv_crime_hand", "inv_crime_filed?", "inv_crime_goods?", "inv_crime_back?"}),
		along(waySurveyed, []string{"inv_crime_report", "inv_crime", "inv_crime_hand", "clo_ask", "clo_ok"}),
		along(waySurveyed, []string{"inv_measure", "inv_hold", "svy_order?", "inv_question?", "inv_verify?", "inv_conclude"}),
		along(waySurveyed, []string{"inv_suspend", "inv_resume", "inv_extend?", "inv_terminate"}, wayClosed),
		along(waySurveyed, []string{"inv_exempt", "inv_conclude", "adj_examine", "dec_none"}, wayClosed),
		along(waySurveyed, []string{"inv_recuse", "inv_summon?", "inv_appraise?", "inv_appraise_back?"}),
		along(wayFiled, []string{"file_withdraw"}, wayClosed),
		{"lead_check", "file_refuse"},
		{"lead_check", "lead_refer"},
	},
	"enf.service": {{"direct"}, {"direct"}, {"direct"}, {"address", "electronic"}, {"refused", "leave"}, {"try", "post"}, {"try", "entrust", "entrusted"},
		{"try", "try", "announce"}, {"give_up"}},
	"enf.hold": {{"ho_ask", "ho_approve", "ho_hold", "ho_handle"}, {"ho_ask", "ho_approve", "ho_hold", enginetest.Pause}, {"ho_ask", "ho_drop"}},
	"enf.measure": {{"k_ask", "k_ok", "k_do", "k_keep?", "k_release", "k_return"}, {"k_urgent", "k_urgent_ok", "k_test", "k_test_back", "k_extend?", "k_release"},
		{"k_urgent", "k_urgent_no"}, {"k_ask", "k_drop"}, {"k_ask", "k_ok", "k_do", "k_perish?", "k_destroy_ok", "k_destroy"}, {"k_ask", "k_ok", "k_do", "k_move"},
		{"k_ask", "k_ok", "k_do", "k_confiscate"}, {"k_ask", "k_ok", "k_do"}},
	"enf.exempt": {{"x_ask", "x_history", "x_check", "x_propose", "x_review", "x_approve", "x_teach", "x_serve?", "x_finish", "x_revoke?"},
		{"x_ask", "x_history", "x_propose", "x_refuse"}, {"x_ask", "x_give_up"}},
	"enf.correct": {{"c_issue", "c_approve?", "c_report?", "c_check"}, {"c_issue", "c_approve?", "c_extend?", "c_check", "c_again?", "c_end?"}, {"c_issue", "c_lift"}},
	"enf.recusal": {{"rc_apply", "rc_decide"}, {"rc_apply", "rc_decide"}, {"rc_drop"}},
	"enf.simple": {
		{"s_tell", "s_say?", "s_decide", "s_hand", "s_pay", "s_file", "s_correct?", "s_close", "s_archive"},
		{"s_tell", "s_decide", "s_hand", "s_collect", "s_turnin", "s_bank", "s_file", "s_close", "s_archive"},
		{"s_tell", "s_decide", "s_hand", "s_demand", "s_court", "s_court_end", "s_file?", "s_close"},
		{"s_tell", "s_decide", "s_hand", "s_demand", "s_end", "s_file?", "s_close", "s_archive"},
		{"s_tell", "s_decide", "s_hand", "s_annul", "s_unpub?", "s_refund?", "s_archive"},
		{"s_tell", "s_decide", "s_hand", "s_remedy"}, {"s_tell", "s_convert"}, {"s_exempt"},
	},
	"enf.substitute": {{"b_open", "b_demand1", "b_decide", "b_demand2", "b_do", "b_finish", "b_bill?", "b_cost"},
		{"b_open", "b_demand1", "b_decide", "b_demand2", "b_do", "b_finish", "b_free"}, {"b_open", "b_demand1", "b_susp", "b_resume", "b_comply"}, {"b_open", "b_demand1", "b_susp"}, {"b_open", "b_drop"}},
	"enf.clear": {{"j_clear", "j_tell", "j_treat"}, {"j_clear", "j_tell", "j_lead", "j_treat"}},
	"enf.build": {
		{"i_stop?", "i_stop_ok?", "i_identify", "i_class", "i_lead", "i_decide", "i_serve", "i_report", "i_assign", "i_demand", "i_announce", "i_enforce", "i_do", "i_finish"},
		{"i_stop", "i_stop_report", "i_assign", "i_sealsite", "i_sealsite_end", "i_identify", "i_class"},
		{"i_stop", "i_stop_report", "i_assign", "i_sealsite"}, {"i_identify", "i_class", "i_lead", "i_decide", "i_serve", "i_conf"},
		{"i_identify", "i_class", "i_lead", "i_decide", "i_serve", "i_susp", "i_resume"}, {"i_identify", "i_class", "i_lead", "i_decide", "i_serve", "i_remedy"},
		{"i_identify", "i_class", "i_lead"}, {"i_village"}, {"i_self"},
	},
	"enf.remedy": {{"m_file", "m_repair", "m_repaired", "m_accept", "m_answer", "m_decide"}, {"m_file", "m_accept", "m_defend?", "m_answer?", "m_decide", "m_on", "m_appealed"},
		{"m_via", "m_fwd", "m_accept", "m_pause", "m_unpause", "m_answer?", "m_opinion?", "m_decide", "m_report?"}, {"m_file", "m_reject"}, {"m_file", "m_withdraw"},
		{"m_file", "m_repair"}, {"m_file", "m_accept", "m_answer", "m_opinion", "m_decide", enginetest.Pause}},
	"enf.supervise": {{"v_check", "v_notice", "v_answer", "v_close"}, {"v_check", "v_opinion", "v_fix", "v_report", "v_close"}, {"v_check", "v_opinion", "v_decide", "v_exec", "v_close"},
		{"v_check", "v_talk?", "v_move"}, {"v_drop"}},
	"enf.review": {{"r_auto", "r_assign", "r_score", "r_score", "r_third?", "r_score?", "r_final", "r_fix", "r_fixed?", "r_close"},
		{"r_auto", "r_assign", "r_score", "r_score", "r_object", "r_final", "r_close"}},
	"enf.campaign":  {{"a_close"}},
	"enf.precedent": {{"p_write", "p_mask", "p_legal", "p_ok", "p_out", "p_changed?", "p_back"}, {"p_write", "p_mask", "p_legal", "p_ok", "p_out"}, {"p_write", "p_drop"}},
	"enf.session":   {{"e_hold"}, {"e_drop"}},
	"enf.meeting":   {{"g_call", "g_hold", "g_task", "g_done", "g_done?", "g_done?", "g_close"}, {"g_call", "g_drop"}},
	"enf.inspect":   {{"i_approve", "i_tell", "i_enter", "i_record"}, {"i_approve", "i_tell", "i_enter", "i_record", "i_lead"}, {"i_drop"}},
}

package review

import (
	"slices"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/law"
)

// verdict is what the record says of an item: a result, and the event that
// proves it.
type verdict struct {
	Result string
	Seq    int64
}

// check looks at one item; an empty result leaves it to people.
type check func(*File) verdict

var (
	none = verdict{Result: NA}
	open = verdict{}
)

// found is a fault where bad, proven by the event.
func found(bad bool, e *record.Body) verdict {
	v := verdict{Result: Met}
	if bad {
		v.Result = Fault
	}
	if e != nil {
		v.Seq = e.Seq
	}
	return v
}

// checks are the items that the record decides, by id of the item.
var checks = map[string]check{
	"V01": power, "V02": oneAgency, "V03": twoOfficers, "V04": sameParty, "V09": cameraReviewed, "V10": ruleFits, "V11": basisCited, "V12": rightVersion, "V13": fineInRange, "V14": notHeavier, "V15": finedOnce, "V16": inTime,
	"V17": toldBefore, "V18": periodsKept, "V19": statementReviewed, "V20": hearingHeld, "V21": hostApart, "V22": discussed, "V23": votersApart, "V24": reviewed,
	"V25": reviewerApart, "V26": decidedInTime, "V27": measuresEnded, "V29": collectorApart, "V30": crimeHandled,
	"B01": approvalsSaid, "B02": handlersSaid, "B03": partyComplete, "B04": served, "B05": bound, "B06": timesNoted, "B07": recorderNoted, "B08": personNoted, "B09": certificateShown,
	"B10": rightsTold, "B11": signed, "B12": officersSigned, "B13": noBlanks, "B14": uncorrected,
	"D01": has("P02"), "D02": has("P06"), "D03": has("P07"), "D04": where("inv_appraise", "P13"), "D05": evidenceAdmitted, "D06": has("P18"),
	"D07": correction, "D08": has("P22"), "D09": where("adj_hear_call", "P25"), "D10": where("adj_hear_hold", "P25a"), "D11": has("P29"),
	"D12": where("exe_demand", "P39"), "D13": where("exe_court", "P41"), "D14": has("P43"),
}

// Machine answers what the record decides, one row for every item.
func (s *Scheme) Machine(f *File) (out Answers) {
	for _, x := range s.Items {
		a := Answer{Item: x.ID}
		if c := checks[x.ID]; c != nil {
			v := c(f)
			a.Result, a.Seq = v.Result, v.Seq
		}
		out = append(out, a)
	}
	return out
}

// power: filing was approved, which the program refuses without a power.
func power(f *File) verdict {
	if e := f.last(0, "file_approve"); e != nil {
		return found(false, e)
	}
	return open
}

// twoOfficers: every step of the investigation that asks for two has two (PL 42).
func twoOfficers(f *File) verdict {
	var seen *record.Body
	for i := range f.Events {
		e := &f.Events[i]
		step := f.Proc.Named(e.Step)
		if step == nil || step.Officers == nil || step.Officers.N < 2 || step.Group != "investigation" {
			continue
		}
		if seen = e; len(e.Officers) == 0 {
			return found(true, e)
		}
	}
	if seen == nil {
		return none
	}
	return found(false, seen)
}

// sameParty: every paper that names the party names the same (PL 40).
func sameParty(f *File) verdict {
	for _, p := range f.Papers {
		if p.Party != "" && p.Party != f.Text("party") {
			return verdict{Fault, p.Seq}
		}
	}
	return found(false, f.last(0, "file_propose"))
}

func cameraReviewed(f *File) verdict {
	if f.Text("source") != "camera" && f.last(0, "inv_camera") == nil {
		return none
	}
	return found(f.last(0, "inv_camera") == nil, f.last(0, "inv_camera", "lead_register"))
}

// rightVersion: the rule is the one that applies by PL 37.
func rightVersion(f *File) verdict {
	d := f.decision()
	if d == nil || f.Rule.ID == "" {
		return none
	}
	if !f.Choice.Settled() {
		return open
	}
	return found(f.Choice.Outcome == law.NoPenalty || f.Choice.Rule.ID != f.Rule.ID, d)
}

func fineInRange(f *File) verdict {
	d := f.decision()
	if d == nil || f.Rule.ID == "" {
		return none
	}
	return found(len(law.CheckFine(f.Rule.Rule, f.fen("fine"), law.Mitigation(f.Text("ground")), 0)) > 0, d)
}

// notHeavier: the decision is not above what the party was told (PL 45).
func notHeavier(f *File) verdict {
	d := f.decision()
	if d == nil {
		return none
	}
	return found(f.fen("fine") > f.fen("told_fine"), d)
}

func inTime(f *File) verdict {
	if f.day("act_end") == 0 {
		return none
	}
	_, ok := law.InTime(f.day("act_end"), f.flag("running"), f.day("found_at"), law.LimitationYears(law.Harm{}))
	return found(!ok, f.last(0, "file_propose"))
}

// toldBefore: the notice was served before the decision (PL 44, 62).
func toldBefore(f *File) verdict {
	d := f.decision()
	if d == nil {
		return none
	}
	told := f.last(d.Seq, "served")
	for told != nil && said[string](told, "paper") != "P22" {
		told = f.last(told.Seq, "served")
	}
	if told == nil {
		return found(true, d)
	}
	return found(false, told)
}

// periodsKept: the decision came after the end of the periods, or after a waiver.
func periodsKept(f *File) verdict {
	d := f.decision()
	if d == nil {
		return none
	}
	short := func(clock string) bool { c := f.Clock(clock); return c != nil && c.Due >= d.At }
	early := short("stmt") && f.last(d.Seq, "adj_waive") == nil
	early = early || short("hear5") && f.last(d.Seq, "adj_hear_ask", "adj_waive") == nil
	return found(early, d)
}

func statementReviewed(f *File) verdict {
	heard := f.last(0, "adj_statement")
	if heard == nil {
		return none
	}
	for _, e := range f.every("adj_reexam") {
		if e.Seq > heard.Seq {
			return found(false, e)
		}
	}
	return found(true, heard)
}

func hearingHeld(f *File) verdict {
	asked := f.last(0, "adj_hear_ask")
	if asked == nil {
		return none
	}
	held := f.last(0, "adj_hear_hold", "adj_hear_end")
	return found(held == nil, either(held, asked))
}

// either is the first of the events that there is.
func either(list ...*record.Body) *record.Body {
	for _, e := range list {
		if e != nil {
			return e
		}
	}
	return nil
}

// hostApart: recusals were decided, and who held the hearing did not investigate.
func hostApart(f *File) verdict {
	held := f.last(0, "adj_hear_hold")
	for _, c := range f.children("enf.recusal") {
		if !c.Terminal {
			return found(true, f.last(0, "inv_recuse", "recusal_open"))
		}
	}
	if held == nil {
		return none
	}
	return found(apart(f, held), held)
}

// apart reports whether one of those who took the event investigated.
func apart(f *File, e *record.Body) bool {
	in := f.investigators()
	return slices.ContainsFunc(who(e), func(a string) bool { return slices.Contains(in, a) })
}

// discussed: the heads discussed a complex or major case, after the last
// re-examination (PL 57).
func discussed(f *File) verdict {
	d := f.decision()
	if d == nil || !f.flag("complex") && f.last(0, "adj_hear_hold") == nil && f.last(0, "adj_panel") == nil {
		return none
	}
	p, re := f.last(d.Seq, "adj_panel"), f.last(d.Seq, "adj_reexam")
	return found(p == nil || re != nil && re.Seq > p.Seq, either(p, d))
}

func votersApart(f *File) verdict {
	p := f.last(0, "adj_panel")
	if p == nil {
		return none
	}
	in := f.investigators()
	return found(slices.ContainsFunc(said[[]string](p, "voters"), func(v string) bool { return slices.Contains(in, v) }), p)
}

// reviewed: a legal review passed after the last re-examination (PL 58).
func reviewed(f *File) verdict {
	d := f.decision()
	if d == nil || f.last(0, "adj_to_legal") == nil {
		return none
	}
	l, re := f.last(d.Seq, "adj_legal"), f.last(d.Seq, "adj_reexam")
	return found(l == nil || said[string](l, "result") == "return" || re != nil && re.Seq > l.Seq, either(l, d))
}

func reviewerApart(f *File) verdict {
	l := f.last(0, "adj_legal")
	if l == nil {
		return none
	}
	return found(apart(f, l), l)
}

func decidedInTime(f *File) verdict {
	d := f.decision()
	if d == nil {
		return none
	}
	return found(f.Late("decide90"), d)
}

func measuresEnded(f *File) verdict {
	list := f.children("enf.measure")
	for _, c := range list {
		if c.State == "lapsed" || c.Late("hold30") || c.Late("emerg24") {
			return found(true, f.last(0, "inv_measure"))
		}
	}
	if len(list) == 0 {
		return none
	}
	return found(false, f.last(0, "inv_measure"))
}

// collectorApart: nobody of the investigation recorded a payment (PL 67).
func collectorApart(f *File) verdict {
	paid := f.every("exe_pay")
	if len(paid) == 0 {
		return none
	}
	for _, e := range paid {
		if apart(f, e) {
			return found(true, e)
		}
	}
	return found(false, paid[0])
}

func crimeHandled(f *File) verdict {
	told := f.last(0, "inv_crime_report", "inv_crime")
	if told == nil {
		return none
	}
	done := f.last(0, "dec_crime", "inv_crime_hand")
	return found(done == nil, either(done, told))
}

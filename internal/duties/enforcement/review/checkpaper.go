package review

import (
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/record"
)

// Papers and records: what is missing can be told from the record, how good it
// is cannot. Reviewers lower the points.

// has is a document that every file has.
func has(templates ...string) check {
	return func(f *File) verdict {
		if p := f.paper(templates...); p != nil {
			return verdict{Met, p.Seq}
		}
		return verdict{Result: Fault}
	}
}

// where is a document that a file has where the step was taken.
func where(step string, templates ...string) check {
	return func(f *File) verdict {
		if f.last(0, step) == nil {
			return none
		}
		return has(templates...)(f)
	}
}

// correction leaves out a file that orders the correction inside the decision.
func correction(f *File) verdict {
	if p := f.paper("P09"); p != nil {
		return verdict{Met, p.Seq}
	}
	for _, c := range f.children("enf.correct") {
		if c.State != "dropped" {
			return found(false, f.last(0, "svy_order"))
		}
	}
	if f.Text("correction") != "" {
		return none
	}
	return verdict{Result: Fault}
}

func evidenceAdmitted(f *File) verdict {
	e := f.last(0, "inv_verify")
	return found(e == nil, e)
}

// approvalsSaid: every approval carries the opinion of whoever gave it.
func approvalsSaid(f *File) verdict {
	return eachSaid(f, "opinion_head", "file_approve", "dec_penalty", "clo_ok")
}

// handlersSaid: who handled the file and the unit said what they propose.
func handlersSaid(f *File) verdict {
	if v := eachSaid(f, "summary", "file_propose"); v.Result != Met {
		return v
	}
	return eachSaid(f, "proposal", "inv_conclude")
}

// partyComplete: name, number and address are known.
func partyComplete(f *File) verdict {
	return found(f.Text("party") == "" || f.Text("party_id") == "" || f.Text("party_address") == "", f.last(0, "file_propose"))
}

// served: no service of the file is left undone or came to nothing.
func served(f *File) verdict {
	list := f.children("enf.service")
	if len(list) == 0 {
		return none
	}
	bad := slices.ContainsFunc(list, func(c *engine.Snapshot) bool { return c.State != "done" })
	return found(bad, f.last(0, "served"))
}

func bound(f *File) verdict {
	e := f.last(0, "clo_archive")
	if e == nil {
		return open
	}
	return found(said[int64](e, "pages") < 1, e)
}

// records are the steps by which a record is taken down.
var records = []string{"svy_inspect", "inv_question"}

func timesNoted(f *File) verdict {
	return eachSaid(f, "end_at", records...)
}

func recorderNoted(f *File) verdict {
	e := f.last(0, records...)
	if e == nil {
		return none
	}
	return found(e.Actor.Name == "" || len(e.Officers) == 0, e)
}

// officersSigned: both officers took the step by which the record was made, at an
// instant that it names.
func officersSigned(f *File) verdict {
	return each(f, func(e *record.Body) bool { return e.Actor.Account != "" && len(e.Officers) > 0 && e.At > 0 }, records...)
}

// noBlanks: a record is set by the program, which leaves no line empty.
func noBlanks(f *File) verdict {
	if p := f.paper("P06", "P07"); p != nil {
		return verdict{Met, p.Seq}
	}
	return none
}

// uncorrected: nothing was corrected in a record. What was, people look at.
func uncorrected(f *File) verdict {
	if f.paper("P06", "P07") == nil {
		return none
	}
	for _, s := range records {
		for i := range f.Events {
			if f.Events[i].Step == s && f.recalled(f.Events[i].Seq) {
				return open
			}
		}
	}
	return noBlanks(f)
}

func personNoted(f *File) verdict { return eachSaid(f, "person", "inv_question") }

func certificateShown(f *File) verdict { return eachTicked(f, "cert_shown", records...) }

func rightsTold(f *File) verdict { return eachTicked(f, "rights_told", "svy_inspect") }

// signed: every record is signed, or the refusal is noted.
func signed(f *File) verdict {
	return each(f, func(e *record.Body) bool {
		return e.Input["sign"] != nil || said[bool](e, "refused") || said[bool](e, "refused_sign")
	}, records...)
}

func eachSaid(f *File, field string, steps ...string) verdict {
	return each(f, func(e *record.Body) bool { return len(e.Input[field]) > 0 && string(e.Input[field]) != `""` }, steps...)
}

func eachTicked(f *File, field string, steps ...string) verdict {
	return each(f, func(e *record.Body) bool { return said[bool](e, field) }, steps...)
}

// each looks at every event of the steps; the first that is not right is the
// proof of the fault, the last the proof that all are.
func each(f *File, right func(*record.Body) bool, steps ...string) verdict {
	var seen *record.Body
	for _, s := range steps {
		for _, e := range f.every(s) {
			if seen = e; !right(e) {
				return found(true, e)
			}
		}
	}
	if seen == nil {
		return none
	}
	return found(false, seen)
}

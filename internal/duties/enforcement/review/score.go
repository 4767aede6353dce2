package review

import (
	"fmt"
	"slices"
)

// Results of an item.
const (
	Met   = "met"
	Part  = "part" // some of the points, or the points to deduct
	Fault = "fault"
	NA    = "na" // the item does not apply to the file
)

// Answer is what somebody found of one item. Seq is the event that proves what
// the record itself decided, 0 for none.
type Answer struct {
	Item, Result, Points, Note string
	Seq                        int64
}

// Answers are those of a file by item.
type Answers []Answer

// answersOf reads the rows of a form or of a case.
func answersOf(v any) (out Answers) {
	rows, _ := v.([]map[string]string)
	for _, r := range rows {
		a := Answer{Item: r["item"], Result: r["result"], Points: r["points"], Note: r["note"]}
		_, _ = fmt.Sscan(r["event"], &a.Seq) // 0 where no event proves it
		out = append(out, a)
	}
	return out
}

// rows are the answers as a form keeps them.
func (l Answers) rows() []map[string]string {
	out := make([]map[string]string, 0, len(l))
	for _, a := range l {
		r := map[string]string{"item": a.Item}
		for k, v := range map[string]string{"result": a.Result, "points": a.Points, "note": a.Note} {
			if v != "" {
				r[k] = v
			}
		}
		if a.Seq > 0 {
			r["event"] = fmt.Sprint(a.Seq)
		}
		out = append(out, r)
	}
	return out
}

// Of is the answer to an item, an empty one where nobody answered.
func (l Answers) Of(item string) Answer {
	if i := slices.IndexFunc(l, func(a Answer) bool { return a.Item == item }); i >= 0 {
		return l[i]
	}
	return Answer{Item: item}
}

// Sum is a score with what it is made of.
type Sum struct {
	Veto                          []string // items that make it 0
	Earned, Applicable, Deduction Points
	Total                         Points
}

// Score counts the answers: 0 by any veto, else base + weight × earned ÷
// applicable − deductions, which are capped. What does not apply leaves both
// sides of the fraction. Equal answers give equal scores.
func (s *Scheme) Score(l Answers) (out Sum) {
	for _, x := range s.Items {
		a := l.Of(x.ID)
		switch x.Kind {
		case Veto:
			if a.Result == Fault {
				out.Veto = append(out.Veto, x.ID)
			}
		case Document:
			if a.Result != NA {
				out.Applicable += x.Full()
				out.Earned += x.worth(a)
			}
		case Deduct:
			if a.Result == Fault || a.Result == Part {
				out.Deduction += x.loss(a)
			}
		}
	}
	if len(out.Veto) > 0 {
		return out
	}
	total := Points(s.Base) * 100
	if out.Applicable > 0 {
		total += (Points(s.Weight)*100*out.Earned + out.Applicable/2) / out.Applicable
	}
	total -= min(out.Deduction, Points(s.Cap)*100)
	out.Total = max(0, min(total, 100_00))
	return out
}

// worth is what a document earned.
func (i Item) worth(a Answer) Points {
	switch a.Result {
	case Met:
		return i.Full()
	case Part:
		p, _ := ReadPoints(a.Points)
		return min(p, i.Full())
	}
	return 0
}

// loss is what an item takes away.
func (i Item) loss(a Answer) Points {
	if p, ok := ReadPoints(a.Points); ok && a.Result == Part {
		return min(p, i.Full())
	}
	return i.Full()
}

// Open are the items nobody answered, or with points that are no number.
func (s *Scheme) Open(l Answers) (out []string) {
	for _, x := range s.Items {
		a := l.Of(x.ID)
		_, number := ReadPoints(a.Points)
		if !slices.Contains([]string{Met, Part, Fault, NA}, a.Result) || a.Result == Part && !number {
			out = append(out, x.ID)
		}
	}
	return out
}

// Changed are the items on which the record said otherwise and no reason stands.
func (s *Scheme) Changed(machine, l Answers) (out []string) {
	for _, m := range machine {
		if a := l.Of(m.Item); m.Result != "" && a.Result != m.Result && (a.Note == "" || a.Note == m.Note) {
			out = append(out, m.Item)
		}
	}
	return out
}

// Differ are the items that two reviewers answered differently.
func (s *Scheme) Differ(a, b Answers) (out []string) {
	for _, x := range s.Items {
		if a.Of(x.ID).Result != b.Of(x.ID).Result || a.Of(x.ID).Points != b.Of(x.ID).Points {
			out = append(out, x.ID)
		}
	}
	return out
}

// Kappa is Cohen's κ of pairs of answers: how far two agree beyond chance. It is
// 1 where all agree, and false where there are no pairs.
func Kappa(pairs [][2]string) (float64, bool) {
	n := float64(len(pairs))
	if n == 0 {
		return 0, false
	}
	first, second, same := map[string]float64{}, map[string]float64{}, 0.0
	for _, p := range pairs {
		first[p[0]]++
		second[p[1]]++
		if p[0] == p[1] {
			same++
		}
	}
	chance := 0.0
	for k, a := range first {
		chance += a / n * second[k] / n
	}
	if chance == 1 {
		return 1, true
	}
	return (same/n - chance) / (1 - chance), true
}

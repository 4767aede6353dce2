package engine

import "xiucheng/internal/casework/moment"

// clocks applies the step's verbs in order.
func (p *plan) clocks() error {
	if p.fired != nil {
		p.moved(*p.fired)
	}
	for i := range p.step.Clocks {
		v := &p.step.Clocks[i]
		ok, err := v.Holds(p.view)
		if err != nil {
			return p.broken(err)
		}
		if !ok {
			continue
		}
		if err := p.hand().Apply(v); err != nil {
			return p.broken(err)
		}
	}
	return nil
}

// hand moves the clocks of the case as the step leaves it.
func (p *plan) hand() moment.Hand {
	mode, _ := p.setting("rework_clock")
	rework, _ := mode.(string)
	return moment.Hand{Proc: p.snap.Proc, View: p.view, Case: &p.after.Case, Data: p.after.Data, Rework: rework,
		Now: p.now, Calendar: p.calendar, Moved: p.moved}
}

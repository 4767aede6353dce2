package enginetest

import (
	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
)

// promise is how often a learning walk tries the step: the more, the more it
// leads towards states that were seldom entered, and the less often it was taken,
// here and in other cases.
func (k *walker) promise(s *engine.Snapshot, step *procedure.Step) int {
	if k.worth == nil || k.stats.Accepted > k.valued+200 {
		k.worth, k.valued = map[string]map[string]float64{}, k.stats.Accepted
	}
	worth := k.worth[s.Proc.ID]
	if worth == nil {
		worth = k.worthOf(s.Proc)
		k.worth[s.Proc.ID] = worth
	}
	best, here := 0.0, 0
	for _, t := range step.To {
		best = max(best, worth[t.State])
	}
	for i := range s.Log {
		if s.Log[i].Step == step.ID {
			here++
		}
	}
	if k.Weight != nil && here == 0 && k.Weight(step) > 0 {
		return 1000 * k.Weight(step)
	}
	if k.Weight != nil && k.Weight(step) < 0 {
		return 1
	}
	often := 200 / (10 + k.stats.Steps[step.ID])
	if vain := k.vain[step.ID]; k.Learning && vain > 20+8*k.stats.Steps[step.ID] {
		return 1 + often/20 // it waits for something else
	}
	switch {
	case len(step.To) > 0 && best < worth[s.State]/2:
		return 2 // away from all that is new
	case len(step.To) > 0:
		return 30 + int(200*best) + often/4
	}
	return 2 + often + 300/((1+here)*(1+here)) // what stays may be what the next step waits for
}

// promising is a case to go on with: any, or in a learning walk the one of some
// that may still lead to something new.
func (k *walker) promising() *walked {
	c := k.cases[k.r.IntN(len(k.cases))]
	for range 3 {
		o := k.cases[k.r.IntN(len(k.cases))]
		if k.Learning && k.worth[o.proc][o.state] > k.worth[c.proc][c.state] {
			c = o
		}
	}
	return c
}

// worthOf says what every state is worth: that it was seldom entered, and what can
// be reached from it.
func (k *walker) worthOf(p *procedure.Procedure) map[string]float64 {
	v := map[string]float64{}
	for range len(p.States) {
		for i := range p.States {
			st := &p.States[i]
			next := 0.0
			for _, step := range p.From(st.ID) {
				for _, t := range step.To {
					if t.State != st.ID {
						next = max(next, v[t.State])
					}
				}
			}
			v[st.ID] = 1/float64(1+k.stats.Entered[p.ID][st.ID]) + 0.6*next
			if st.Terminal {
				v[st.ID] = 1 / float64(1+k.stats.Entered[p.ID][st.ID])
			}
		}
	}
	return v
}

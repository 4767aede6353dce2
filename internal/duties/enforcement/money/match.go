package money

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Claim is a case that waits for money.
type Claim struct {
	Case     id.ID
	Number   string // of the case
	Decision string // number of the decision
	Title    string
	Party    string
	Fine     int64 // fen
	Owed     int64 // fen: fine, gains and the surcharge recorded, less what was relieved and paid
}

// Reasons why a line may pay a claim, by weight.
const (
	ByDecision = "decision" // the memo names the decision
	ByCase     = "case"     // the memo names the case
	ByAmount   = "amount"   // it is what is owed
	ByPart     = "part"     // it is less than what is owed
	ByPayer    = "payer"    // the payer is the party
)

var weights = map[string]int{ByDecision: 8, ByCase: 8, ByPayer: 4, ByAmount: 3, ByPart: 1}

// Candidate is a claim with the reasons that speak for it.
type Candidate struct {
	Claim
	Why    []string
	Weight int
}

// sure is the weight from which a candidate is proposed: a number, or payer and
// amount together.
const sure = 7

// Sure reports whether enough speaks for it to propose it.
func (c Candidate) Sure() bool { return c.Weight >= sure }

// squeezed leaves what people write differently out of a number.
func squeezed(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "　", "", "〔", "", "〕", "", "[", "", "]", "", "【", "", "】", "", "(", "", ")", "", "（", "", "）", "", "-", "").Replace(s))
}

// Candidates are the claims that a line may pay, the likeliest first. The amount
// alone proposes a claim but never proves it.
func Candidates(x Line, claims []Claim) (out []Candidate) {
	memo := squeezed(x.Memo + "\n" + x.Receipt)
	for _, c := range claims {
		k := Candidate{Claim: c}
		if c.Decision != "" && strings.Contains(memo, squeezed(c.Decision)) {
			k.Why = append(k.Why, ByDecision)
		}
		if c.Number != "" && strings.Contains(memo, squeezed(c.Number)) {
			k.Why = append(k.Why, ByCase)
		}
		if c.Party != "" && squeezed(x.Payer) == squeezed(c.Party) {
			k.Why = append(k.Why, ByPayer)
		}
		if x.Amount == c.Owed {
			k.Why = append(k.Why, ByAmount)
		} else if len(k.Why) > 0 && x.Amount < c.Owed {
			k.Why = append(k.Why, ByPart)
		}
		for _, w := range k.Why {
			k.Weight += weights[w]
		}
		if k.Weight > 0 {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// mostClaims is how many cases may wait for money at a time and all be seen.
const mostClaims = 500

// Claims are the cases of a division in which the payment can be recorded.
func (m *Room) Claims(ctx context.Context, division id.ID) (out []Claim, err error) {
	defer fault.Trace(&err, "money.Claims")
	decisions, err := paper.Numbers(ctx, m.DB, division, "P29", 4*mostClaims)
	if err != nil {
		return nil, err
	}
	numbers := map[id.ID]string{}
	for _, p := range decisions {
		if p.State == paper.Issued {
			numbers[p.Case] = p.Number
		}
	}
	for _, name := range m.payable() {
		p, err := m.Engine().Library().Latest(name)
		if err != nil {
			return nil, err
		}
		var states []string
		for _, s := range p.States {
			if step, _ := p.Step(payment, s.ID); step != nil {
				states = append(states, s.ID)
			}
		}
		list, err := record.List(ctx, m.DB, division, record.Filter{Procedures: []string{name}, States: states, Terminal: record.No, Sort: record.ByOpened, Limit: mostClaims})
		if err != nil {
			return nil, err
		}
		more, err := m.claims(ctx, division, list.Rows, numbers)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (m *Room) claims(ctx context.Context, division id.ID, rows []record.Row, numbers map[id.ID]string) (out []Claim, err error) {
	at, keys := map[id.ID]int{}, []id.ID{}
	for _, r := range rows {
		at[r.ID] = len(out)
		keys = append(keys, r.ID)
		out = append(out, Claim{Case: r.ID, Number: r.Number, Decision: numbers[r.ID], Title: r.Title})
	}
	return out, record.Data(ctx, m.DB, division, keys, func(key id.ID, data map[string]json.RawMessage) error {
		c := &out[at[key]]
		var gains, surcharge, relief, paid int64
		for name, into := range map[string]any{"party": &c.Party, "fine": &c.Fine, "gains": &gains, "surcharge": &surcharge, "relief": &relief, "paid": &paid} {
			if raw, ok := data[name]; ok {
				if err := json.Unmarshal(raw, into); err != nil {
					return err
				}
			}
		}
		c.Owed = max(0, c.Fine+gains+max(0, surcharge-relief)-paid)
		return nil
	})
}

// Match records a line as a payment of the case, by the step of its procedure
// and in the name of the finance person who confirms it; repeated, it is the same
// payment. A line that is not open is a Conflict; what the procedure refuses, it
// refuses here with its own sentence.
func (m *Room) Match(ctx context.Context, actor people.Actor, line, caseID id.ID, channel string) (err error) {
	defer fault.Trace(&err, "money.Match(%s)", line)
	if err := actor.Require(actor.Division, Finance); err != nil {
		return err
	}
	x, err := FindLine(ctx, m.DB, actor.Division, line)
	if err != nil {
		return err
	}
	if x.State != Open {
		return fault.New(fault.Conflict, "money.settled")
	}
	claims, err := m.Claims(ctx, actor.Division)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(claims, func(c Claim) bool { return c.Case == caseID })
	if i < 0 {
		return fault.New(fault.Invalid, "form.refused").Field("case", "money.no_claim")
	}
	why := "chosen" // by a person, nothing the program sees speaks for it
	if k := Candidates(x, claims[i:i+1]); len(k) > 0 {
		why = strings.Join(k[0].Why, " ")
	}
	_, err = m.Engine().Act(ctx, engine.Act{Case: caseID, Step: payment, Actor: actor, Key: "statement-line:" + line.String(),
		Input: procedure.Input{"amount": x.Amount, "paid_on": x.PaidOn.At(0), "receipt": cmp.Or(x.Receipt, x.Ref), "channel": channel}})
	if err != nil {
		return err
	}
	return m.settle(ctx, actor, line, Matched, caseID, why)
}

// SetAside takes a line that pays no fine out of the queue, with the reason.
func (m *Room) SetAside(ctx context.Context, actor people.Actor, line id.ID, why string) (err error) {
	defer fault.Trace(&err, "money.SetAside(%s)", line)
	if err := actor.Require(actor.Division, Finance); err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return fault.New(fault.Invalid, "form.refused").Field("why", "money.why")
	}
	if _, err := FindLine(ctx, m.DB, actor.Division, line); err != nil {
		return err
	}
	return m.settle(ctx, actor, line, Aside, nil, why)
}

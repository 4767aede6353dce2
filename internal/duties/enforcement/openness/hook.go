package openness

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/text"
)

// register is the paper of a publication and of its withdrawal, made by the steps
// of the ordinary procedure that do either.
const register = "P69"

type effects = map[string]func(context.Context, *engine.Doing) error

// Hooks publish and withdraw beside what the procedures do already.
func (m *Room) Hooks(all map[string]engine.Hooks) map[string]engine.Hooks {
	penalty, precedent := all["enf.ordinary"], all["enf.precedent"]
	fix := penalty.Do[register]
	penalty.Do = with(penalty.Do, effects{register: func(ctx context.Context, d *engine.Doing) error {
		if fix != nil {
			if err := fix(ctx, d); err != nil {
				return err
			}
		}
		return decision(ctx, d)
	}})
	out := map[string]engine.Hooks{}
	for _, name := range told {
		h, ok := all[name]
		if name == "enf.ordinary" {
			h = penalty
		}
		if !ok {
			continue
		}
		before := h.Do["annulled"]
		h.Do = with(h.Do, effects{"annulled": func(ctx context.Context, d *engine.Doing) error {
			if before != nil {
				if err := before(ctx, d); err != nil {
					return err
				}
			}
			return m.changed(ctx, d)
		}})
		out[name] = h
	}
	precedent.Fact = m.fact
	precedent.Do = with(precedent.Do, effects{"tell": tell, "untell": untell, "banner": func(ctx context.Context, d *engine.Doing) error {
		return banner(ctx, d.Tx, d.After.Division, d.After.ID, d.After.Text("banner"))
	}})
	out["enf.precedent"] = precedent
	return out
}

func with(base, more effects) effects {
	out := maps.Clone(base)
	if out == nil {
		out = effects{}
	}
	maps.Copy(out, more)
	return out
}

func reason(d *engine.Doing) string { s, _ := d.Input["reason"].(string); return s }

// decision publishes a penalty decision, or withdraws it.
func decision(ctx context.Context, d *engine.Doing) error {
	s := d.After
	if s.Data["published"] != true {
		return withdraw(ctx, d.Tx, s.Division, Penalty, s.ID, d.Now, reason(d))
	}
	p := Publication{Kind: Penalty, Case: s.ID, Published: d.Now, Title: s.Text("cause"), Content: Content{Cause: s.Text("cause"), Law: s.Text("penal_basis"),
		Party: shown(s.Text("party"), s.Text("party_kind")), Penalties: penalties(s), Text: s.Text("masked")}}
	if on, ok := s.Data["decided_on"].(time.Time); ok {
		p.Decided = calendar.DateOf(on).String()
	}
	papers, err := paper.Of(ctx, d.Tx, s.Division, s.ID)
	for _, x := range papers {
		if x.Template == "P29" && x.State == paper.Issued {
			p.Number, p.Paper = x.Number, x.ID
		}
	}
	if err != nil {
		return err
	}
	return put(ctx, d.Tx, s.Division, p)
}

// shown is a party as the public reads it: of a citizen the first character.
func shown(name, kind string) string {
	if kind == "org" || name == "" {
		return name
	}
	_, first := utf8.DecodeRuneInString(name)
	return name[:first] + "某"
}

// penalties are what was decided, in words.
func penalties(s *engine.Snapshot) (out []string) {
	if fen, _ := s.Data["fine"].(int64); fen > 0 {
		out = append(out, fmt.Sprintf("罚款%d.%02d元", fen/100, fen%100))
	}
	if goods, _ := s.Data["goods"].([]string); len(goods) > 0 {
		out = append(out, "没收"+strings.Join(goods, "、"))
	}
	return out
}

// tell publishes a precedent as it was masked and checked. Whatever the rules of
// masking still find is hidden as well.
func tell(ctx context.Context, d *engine.Doing) error {
	s := d.After
	hide := func(name string) string { out, _ := text.Mask(s.Text(name)); return out }
	return put(ctx, d.Tx, s.Division, Publication{Kind: Precedent, Case: s.ID, Published: d.Now, Title: hide("title"), Content: Content{Law: s.Text("law"),
		Version: s.Text("version"), Text: hide("text"), Lesson: hide("lesson"), Advice: hide("advice"), Class: s.Text("class"), Banner: s.Text("banner")}})
}

func untell(ctx context.Context, d *engine.Doing) error {
	return withdraw(ctx, d.Tx, d.After.Division, Precedent, d.After.ID, d.Now, reason(d))
}

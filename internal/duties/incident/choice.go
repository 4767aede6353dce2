package incident

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/i18n"
)

// lists are the choices of form fields by name.
var lists = map[string]func(context.Context, scene) ([]engine.Choice, error){
	"collectors": func(ctx context.Context, s scene) ([]engine.Choice, error) {
		return s.nearest(ctx, s.people("collector", "", s.data("grid"), s.mayVerify))
	},
	"checkers": func(ctx context.Context, s scene) ([]engine.Choice, error) {
		return s.nearest(ctx, s.people("collector", "", s.data("grid"), s.mayCheck))
	},
	"handlers": func(_ context.Context, s scene) ([]engine.Choice, error) {
		return s.people("handler", s.data("dept"), "", nil), nil
	},
	"departments":        departments,
	"classes":            classes,
	"filing_conditions":  filingConditions,
	"closing_conditions": closingConditions,
	"nearby":             nearby,
}

func (d *Duty) choices(ctx context.Context, a engine.Asked, name string) ([]engine.Choice, error) {
	list, ok := lists[name]
	if !ok {
		return nil, fmt.Errorf("incident: no list %q", name)
	}
	s, err := d.scene(ctx, a)
	if err != nil {
		return nil, err
	}
	return list(ctx, s)
}

func (s scene) people(role, dept, grid string, may func(account string) bool) []engine.Choice {
	var out []engine.Choice
	for _, a := range s.dir.Holders(role, dept, grid, s.Now) {
		key := a.Account.String()
		if may != nil && !may(key) {
			continue
		}
		c := engine.Choice{Value: key, Label: i18n.Text{ZH: a.Name, EN: a.Name}}
		if d, err := s.dir.Department(a.Department); err == nil {
			c.Hint = d.Name
		}
		out = append(out, c)
	}
	return out
}

func midnight(t time.Time) time.Time {
	l := t.In(calendar.Zone)
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, calendar.Zone)
}

// nearest puts those first who took a photo nearby today, and proposes the first.
func (s scene) nearest(ctx context.Context, list []engine.Choice) ([]engine.Choice, error) {
	p, _, ok := s.point()
	accounts := make([]string, len(list))
	for i, c := range list {
		accounts[i] = c.Value
	}
	seen, err := evidence.LastSeen(ctx, s.Q, s.Snapshot.Division, accounts, midnight(s.Now))
	if err != nil || !ok {
		return list, err
	}
	away := func(c engine.Choice) float64 {
		if at, known := seen[c.Value]; known {
			return geo.Distance(p, geo.Point{Lat: at.Lat, Lng: at.Lng})
		}
		return math.Inf(1)
	}
	slices.SortStableFunc(list, func(a, b engine.Choice) int { return cmp.Compare(away(a), away(b)) })
	for i, c := range list {
		if m := away(c); !math.IsInf(m, 1) {
			list[i].Hint = i18n.Text{ZH: fmt.Sprintf("今天最近一次在 %.0f 米外", m), EN: fmt.Sprintf("last seen %.0f m away today", m)}
			list[i].Best = i == 0
		}
	}
	return list, nil
}

// departments in force, the proposed one first, with its reason.
func departments(ctx context.Context, s scene) ([]engine.Choice, error) {
	r, err := s.route(ctx)
	if err != nil {
		return nil, err
	}
	var first, rest []engine.Choice
	for _, d := range s.dir.Departments(s.Now) {
		c := engine.Choice{Value: d.Code, Label: d.Name}
		switch {
		case d.Code == r.Department:
			c.Best, c.Hint = true, r.Why
			first = append(first, c)
		case d.Kind != "centre":
			for _, also := range r.Also {
				if also.Department == d.Code {
					c.Hint = also.Why
				}
			}
			rest = append(rest, c)
		}
	}
	return append(first, rest...), nil
}

func classes(_ context.Context, s scene) ([]engine.Choice, error) {
	var out []engine.Choice
	for _, c := range s.cat.Classes(catalogue.Event, s.Now) {
		out = append(out, engine.Choice{Value: c.ID, Label: i18n.Text{ZH: c.ID + " " + c.Name.ZH, EN: c.ID + " " + c.Name.EN}, Hint: c.GroupName, Best: c.ID == s.data("class")})
	}
	return out, nil
}

// limitWords are the units in words.
var limitWords = map[string]i18n.Text{
	"continuous_hour": {ZH: "{n} 紧急工作时", EN: "{n} continuous hours", One: "1 continuous hour"},
	"working_hour":    {ZH: "{n} 工作时", EN: "{n} working hours", One: "1 working hour"},
	"working_day":     {ZH: "{n} 工作日", EN: "{n} working days", One: "1 working day"},
	"natural_day":     {ZH: "{n} 日", EN: "{n} days", One: "1 day"},
}

func filingConditions(_ context.Context, s scene) ([]engine.Choice, error) {
	return s.conditions(func(c catalogue.Condition) i18n.Text {
		limit := say(limitWords[string(c.Limit.Unit)], map[string]any{"n": c.Limit.N})
		return i18n.Text{ZH: c.Filing.ZH + "（" + limit.ZH + "）", EN: c.Filing.EN + " (" + limit.EN + ")"}
	}), nil
}

func closingConditions(_ context.Context, s scene) ([]engine.Choice, error) {
	return s.conditions(func(c catalogue.Condition) i18n.Text { return c.Closing }), nil
}

func (s scene) conditions(name func(catalogue.Condition) i18n.Text) []engine.Choice {
	var out []engine.Choice
	for _, c := range s.cat.Conditions(s.text("class"), s.opened) {
		x := engine.Choice{Value: c.ID, Label: name(c), Best: c.ID == s.data("condition")}
		if c.Provenance == catalogue.Demo {
			x.Hint = i18n.Text{ZH: "演示值", EN: "demo value"}
		}
		out = append(out, x)
	}
	return out
}

// nearby are open cases that may be the same problem, likeliest first.
func nearby(ctx context.Context, s scene) ([]engine.Choice, error) {
	hints, err := s.hints(ctx)
	var out []engine.Choice
	for _, h := range hints {
		if h.Row.Terminal {
			continue
		}
		label := shown(h.Row) + " " + h.Row.Title
		out = append(out, engine.Choice{Value: h.Row.ID.String(), Label: i18n.Text{ZH: label, EN: label}, Best: h.Strong(),
			Hint: i18n.Text{ZH: fmt.Sprintf("距 %.0f 米", h.Metres), EN: fmt.Sprintf("%.0f m away", h.Metres)}})
	}
	return out, err
}

package story

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/review"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/id"
)

// overseen is one case that looks at dossiers from outside: a campaign with the
// reviews it draws, a supervision, a precedent, a meeting.
type overseen struct {
	Procedure string   `yaml:"procedure"`
	Of        string   `yaml:"of"`  // the dossier it hangs on
	Ago       int      `yaml:"ago"` // days before now
	Answers   answers  `yaml:"answers"`
	Steps     []line   `yaml:"steps"`
	Reviews   [][]line `yaml:"reviews"` // of a campaign, in the order of the draw
}

// oversee tells what supervisors, writers and meetings made of the dossiers.
func (s *story) oversee(ctx context.Context, doc *script) {
	for i, x := range doc.Oversight {
		if err := s.look(ctx, doc, x); err != nil {
			s.Log.Warn("demo oversight", "n", i+1, "procedure", x.Procedure, "err", err)
		}
	}
}

func (s *story) look(ctx context.Context, doc *script, x overseen) error {
	p := &pursuit{doc: doc, deed: deed{Procedure: x.Procedure, Answers: x.Answers}, parent: s.cases[x.Of], tale: tale{story: s, ctx: ctx}}
	s.clk.Set(s.now.AddDate(0, 0, -x.Ago))
	if err := p.follow(x.Steps); err != nil || len(x.Reviews) == 0 {
		return err
	}
	links, err := record.Links(ctx, s.DB, s.division.ID, p.id)
	if err != nil {
		return err
	}
	began := s.clk.Now()
	for _, l := range links {
		if l.Relation != review.Relation || l.Back || len(x.Reviews) == 0 {
			continue
		}
		s.clk.Set(began)
		p.id = l.Other
		if err := p.follow(x.Reviews[0]); err != nil {
			return err
		}
		x.Reviews = x.Reviews[1:]
	}
	return nil
}

func (p *pursuit) follow(lines []line) error {
	for _, l := range lines {
		p.line = l
		if err := p.happen(); err != nil {
			return fmt.Errorf("%s: %w", l.Step, err)
		}
	}
	return nil
}

// marks are a reviewer's answers: what the record says, "met" where it leaves the
// item to people, and over it what the script says, "result points note".
func marks(filled, said any) any {
	rows, _ := filled.([]map[string]string)
	own, _ := said.(map[string]any)
	out := make([]map[string]string, 0, len(rows))
	for _, r := range rows {
		r = maps.Clone(r)
		if r["result"] == "" {
			r["result"] = review.Met
		}
		if word := strings.SplitN(fmt.Sprint(own[r["item"]])+"  ", " ", 3); own[r["item"]] != nil {
			r["result"], r["points"], r["note"] = word[0], word[1], strings.TrimSpace(word[2])
		}
		maps.DeleteFunc(r, func(_, v string) bool { return v == "" })
		out = append(out, r)
	}
	return out
}

// cell is a word of the script in a list of records: "@login" a person, "#key" the
// number of a dossier, "+48h" in a date a day from now.
func (p *pursuit) cell(f *field.Column, word string) (string, error) {
	switch {
	case strings.HasPrefix(word, "@"):
		a, err := p.actor(word[1:])
		return a.Account.String(), err
	case strings.HasPrefix(word, "#"):
		c, err := p.engine.Find(p.ctx, p.division.ID, p.cases[word[1:]])
		if err != nil {
			return "", err
		}
		return c.Number, nil
	case f != nil && f.Type == field.Date:
		if d, err := time.ParseDuration(word); err == nil {
			return calendar.DateOf(p.clk.Now().Add(d)).String(), nil
		}
	}
	return word, nil
}

// column is the column of a field for rows, nil for none.
func column(f *field.Field, name string) *field.Column {
	for i := range f.Columns {
		if f.Columns[i].Name == name {
			return &f.Columns[i]
		}
	}
	return nil
}

// known are the dossiers told so far by their keys.
type known map[string]id.ID

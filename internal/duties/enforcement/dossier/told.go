package dossier

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/paper"
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/ui"
)

// elsewhere are the data that the page shows in other words, or that are the
// program's own.
var elsewhere = []string{"title", "dept", "assignee", "place", "address", "party_ref", "party", "party_kind", "party_id", "party_address", "lead", "co", "cause",
	"violation", "clue", "act_from", "act_end", "running", "rule", "fine", "goods", "grid", "citizen", "chosen", "source"}

// told is what the case of any other procedure than the ordinary one knows, as
// its data name it: that one would fill the page, and says it by its papers.
func (a asking) told() (out []ui.Fact, err error) {
	s := a.Snapshot
	if s.Procedure == Procedure {
		return nil, nil
	}
	dir, err := a.People.Directory(a.ctx, s.Division)
	if err != nil {
		return nil, err
	}
	papers, err := a.Templates(a.ctx)
	if err != nil {
		return nil, err
	}
	t := teller{a, dir, papers}
	for i := range s.Proc.Data {
		f := &s.Proc.Data[i]
		if slices.Contains(elsewhere, f.Name) || f.Label.ZH == "" {
			continue
		}
		if text := t.say(f, s.Data[f.Name]); text != "" {
			out = append(out, ui.Fact{Label: f.Label.In(i18n.LangOf(a.ctx)), Text: text, Wide: true})
		}
	}
	return out, nil
}

// teller puts values into words.
type teller struct {
	asking
	dir    *people.Directory
	papers *paper.Library
}

// say is a value in words, "" for what words cannot say and for nothing.
func (t teller) say(f *field.Field, v any) string {
	switch v := v.(type) {
	case string:
		switch f.Type {
		case field.Person:
			return name(t.dir, v)
		case field.Text, field.Long, field.Enum:
			if p := t.papers.Latest(v); p != nil {
				return p.Title.In(i18n.LangOf(t.ctx))
			}
			return t.option(f.Name, v)
		}
	case []string:
		var said []string
		for _, x := range v {
			said = append(said, t.say(f, x))
		}
		return strings.Join(said, i18n.T(t.ctx, "dossier.and"))
	case time.Time:
		if f.Type == field.Date {
			return calendar.DateOf(v).String()
		}
		return local(v)
	case int64:
		switch {
		case v == 0:
		case f.Type == field.Money:
			return i18n.T(t.ctx, "dossier.yuan", "yuan", law.Fen(v).Yuan())
		default:
			return strconv.FormatInt(v, 10)
		}
	case bool:
		if v {
			return i18n.T(t.ctx, "dossier.yes")
		}
	}
	return ""
}

// option is what a form called the value, else the value itself.
func (a asking) option(name, value string) string {
	steps := a.Snapshot.Proc.Steps
	for i := range steps {
		f := steps[i].FieldOf(name)
		if f == nil {
			continue
		}
		for _, o := range f.Options {
			if o.Value == value {
				return o.Label.In(i18n.LangOf(a.ctx))
			}
		}
	}
	return value
}

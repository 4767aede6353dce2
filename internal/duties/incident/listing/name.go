package listing

import (
	"context"
	"slices"

	"xiucheng/internal/casework/library"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/ground/catalogue"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// names resolves the codes of cases to words for one reader.
type names struct {
	lang i18n.Lang
	cat  *catalogue.Catalogue
	dir  *people.Directory
	lib  *library.Library
}

func (m *Room) names(ctx context.Context, division id.ID) (n names, err error) {
	n = names{lang: i18n.LangOf(ctx), lib: m.Engine.Library()}
	if n.cat, err = m.Catalogues.Catalogue(ctx, division); err != nil {
		return n, err
	}
	n.dir, err = m.People.Directory(ctx, division)
	return n, err
}

func (n names) class(code string) string {
	c, err := n.cat.Class(code)
	if err != nil {
		return ""
	}
	return c.Name.In(n.lang)
}

func (n names) dept(code string) string {
	d, err := n.dir.Department(code)
	if err != nil {
		return ""
	}
	return d.Name.In(n.lang)
}

func (n names) person(account string) string {
	key, err := id.Parse(account)
	if err != nil {
		return ""
	}
	a, err := n.dir.Account(key)
	if err != nil {
		return ""
	}
	return a.Name
}

// stateName is a state of the case's procedure in words; its id where the
// procedure no longer knows it.
func stateName(lib *library.Library, r record.Row, state string) i18n.Text {
	if p, err := lib.Version(r.Procedure, r.ProcVersion); err == nil {
		if i := slices.IndexFunc(p.States, func(s procedure.State) bool { return s.ID == state }); i >= 0 {
			return p.States[i].Name
		}
	}
	return i18n.Text{ZH: state, EN: state}
}

// sources are those with words of their own.
var sources = []string{"public_web", "phone", "counter", "hotline", "media", "leader", "collector", "patrol", "open311", "split"}

func sourceName(ctx context.Context, source string) string {
	if !slices.Contains(sources, source) {
		source = "other"
	}
	return i18n.T(ctx, "desk.source."+source)
}

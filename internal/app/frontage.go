package app

import (
	"context"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/duties/frontage/web"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
)

// frontages are the rooms of 门前五包.
type frontages struct {
	duty  *frontage.Room
	pages *web.Room
}

func (a *App) openFrontages() {
	a.frontages.duty = frontage.New(frontage.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, Places: a.places, Registers: a.registry, Settings: a.packs.Settings, Clock: a.clk,
		Templates: a.paperLibrary,
		InForce: func(ctx context.Context, division id.ID, violation string, on calendar.Date) (bool, error) {
			lib, err := a.library.Library(ctx, division)
			return err == nil && len(lib.InForce(violation, on)) > 0, err
		},
		Violations: a.streetViolations})
	a.frontages.pages = web.New(web.Deps{DB: a.db, Engine: func() *engine.Engine { return a.engine }, Duty: a.frontages.duty, Places: a.places, Settings: a.packs.Settings,
		Photos: a.photos, Papers: a.papers, Clock: a.clk, BaseURL: a.cfg.BaseURL})
	a.jobs.Every("round of frontages", frontageTick, func(ctx context.Context) error {
		if a.telling.Load() {
			return nil
		}
		return a.everywhere(ctx, a.frontages.duty.Round)
	})
}

// frontageTick is how late a shop is proposed for a list, or its pledge ended
// because it closed.
const frontageTick = time.Hour

// streetViolations are the violations of the law library that have a rule in
// force today, with its article: what a lead from a shop's door can be about.
func (a *App) streetViolations(ctx context.Context, division id.ID) (out []engine.Choice, err error) {
	lib, err := a.library.Library(ctx, division)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(a.clk.Now())
	for _, v := range lib.Violations() {
		if rules := lib.InForce(v.Code, today); len(rules) > 0 {
			r := rules[0]
			out = append(out, engine.Choice{Value: v.Code, Label: v.Name, Hint: i18n.Text{ZH: r.Law.ZH + r.Article.ZH, EN: r.Law.EN + ", " + r.Article.EN}})
		}
	}
	return out, nil
}

package app

import (
	"context"
	"strings"
	"time"

	"xiucheng/internal/duties/incident/subscriber"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/resident"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/platform/message"
)

// A resident stays signed in on a telephone for a season, or until it lies
// unused for a month.
const (
	residentIdle = 30 * 24 * time.Hour
	residentMax  = 90 * 24 * time.Hour
)

// tellTick is how late people outside hear of news.
const tellTick = 2 * time.Second

// outside makes what reaches people outside the program.
func (a *App) outside() error {
	d := message.Deps{DB: a.db, Clock: a.clk, Bundle: a.words, Log: a.log, Site: a.words.Text("app.site"), Rules: a.messageRules}
	if a.cfg.SMTP != "" {
		post, err := message.NewPost(a.cfg.SMTP, a.cfg.MailFrom)
		if err != nil {
			return err
		}
		d.Mail = post
	}
	if a.cfg.Gateway != "" {
		d.Others = message.NewGateway(a.cfg.Gateway, a.cfg.GatewaySecret, a.clk)
	}
	a.messages = message.New(d, a.jobs)
	a.residents = resident.New(a.db, a.clk, a.messages, a.cfg.Demo)
	a.mine = &subscriber.Room{DB: a.db, Clock: a.clk, Citizens: a.citizens, Messages: a.messages, BaseURL: strings.TrimSuffix(a.cfg.BaseURL, "/")}
	a.links.Messages, a.links.BaseURL = a.messages, a.mine.BaseURL
	a.jobs.Every("people outside", tellTick, func(ctx context.Context) error {
		if a.telling.Load() {
			return nil
		}
		return a.everywhere(ctx, a.mine.Pass)
	})
	return nil
}

// messageRules are a division's hours and daily limit.
func (a *App) messageRules(ctx context.Context, division id.ID) (message.Rules, error) {
	set, err := a.packs.Settings(ctx, division)
	if err != nil {
		return message.Rules{}, err
	}
	spans := strings.Fields(set.Text("message.hours"))
	from, to, _ := strings.Cut(spans[0]+"-"+spans[len(spans)-1], "-")
	to = to[strings.LastIndexByte(to, '-')+1:]
	return message.Rules{Zone: calendar.Zone, From: sinceMidnight(from), To: sinceMidnight(to), PerDay: set.Int("message.per_day")}, nil
}

// sinceMidnight reads "07:30", which the setting's type has checked.
func sinceMidnight(s string) time.Duration {
	t, _ := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

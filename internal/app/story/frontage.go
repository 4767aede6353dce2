package story

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/party"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/frontage"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/shop"
	"xiucheng/internal/platform/id"
)

// frontages tells the pledges of the demonstration's shops and weeks of
// inspections, in every state they can be in.
func (s *story) frontages(ctx context.Context) error {
	list, err := shop.All(ctx, s.DB, s.division.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	photo, err := s.picture("shopfront", false)
	if err != nil {
		return err
	}
	mended, err := s.picture("shopfront", true)
	if err != nil {
		return err
	}
	ink, err := Scribble("shop")
	if err != nil {
		return err
	}
	for i, x := range list {
		if !x.Open(calendar.DateOf(s.now)) || len(x.Stretch) == 0 {
			continue
		}
		d := &doorway{story: s, ctx: ctx, shop: x, n: i, photo: photo, mended: mended, ink: ink}
		if err := d.tell(); err != nil {
			s.Log.Warn("demo frontage", "shop", x.Code, "err", err)
		}
	}
	return nil
}

// doorway is one shop of the telling.
type doorway struct {
	*story
	ctx                context.Context
	shop               shop.Shop
	n                  int // of the shop
	photo, mended, ink []byte
	pledge, on         id.ID
}

// tell brings a shop's pledge into one of its states, and what is signed through
// some weeks.
func (d *doorway) tell() error {
	switch {
	case d.n%12 == 11:
		return nil // nobody came by yet
	case d.n%12 == 10:
		return d.offer(2, "")
	case d.n%12 == 9:
		return d.offer(4, "send")
	case d.n%24 == 8:
		return d.offer(3, "dispute")
	case d.n%24 == 20:
		return d.offer(20, "decline")
	}
	if err := d.offer(75, "sign"); err != nil {
		return err
	}
	switch d.n {
	case 13, 26, 38:
		return d.black()
	case 1, 15, 27, 39:
		return d.red()
	}
	return d.weeks()
}

// at sets the story's clock to the morning so many days ago; each shop has its
// own minute.
func (d *doorway) at(days int) {
	t := d.now.In(calendar.Zone).AddDate(0, 0, -days)
	at := time.Date(t.Year(), t.Month(), t.Day(), 9, d.n%50, 0, 0, calendar.Zone)
	if days == 0 {
		at = d.now.Add(-time.Duration(60+d.n) * time.Minute)
	}
	d.clk.Set(at)
}

func (d *doorway) hours(n int) { d.clk.Advance(time.Duration(n) * time.Hour) }

// offer drafts a pledge so many days ago and goes on to the step.
func (d *doorway) offer(days int, until string) error {
	d.at(days)
	who, err := d.actor("shequ1")
	if err != nil {
		return err
	}
	res, err := d.engine.Open(d.ctx, engine.Opening{Procedure: frontage.Pledge, Division: d.division.ID, Step: "draft", Actor: who, Party: &engine.NewParty{},
		Input: procedure.Input{"shop": d.shop.Code, "from": d.clk.Now()}})
	if err != nil || until == "" {
		return err
	}
	d.pledge, d.on = res.Case, res.Case
	d.hours(1)
	if err := d.act("send", who, procedure.Input{"how": "visit"}); err != nil || until == "send" {
		return err
	}
	keeper, err := d.keeper()
	if err != nil {
		return err
	}
	d.hours(2)
	switch until {
	case "sign":
		return d.act("sign", keeper, procedure.Input{"name": "演示店主", "phone": "13800000000", "capacity": "owner"},
			engine.Upload{Field: "sign", Name: "signature.png", Mime: "image/png", Body: bytes.NewReader(d.ink), Taken: d.clk.Now(), Sign: true})
	case "dispute":
		return d.act("dispute", keeper, procedure.Input{"what": "界线多划了邻店台阶前的一段。"})
	}
	return d.act(until, keeper, procedure.Input{})
}

// keeper is the shop's person in the case at hand.
func (d *doorway) keeper() (people.Actor, error) {
	list, err := party.Of(d.ctx, d.DB, d.division.ID, d.on)
	if err != nil || len(list) == 0 {
		return people.Actor{}, fmt.Errorf("nobody speaks for %s: %w", d.shop.Code, err)
	}
	return people.SpokenFor(d.division.ID, list[0].ID, ""), nil
}

func (d *doorway) act(step string, who people.Actor, in procedure.Input, files ...engine.Upload) error {
	_, err := d.engine.Act(d.ctx, engine.Act{Case: d.on, Step: step, Actor: who, Input: in, Files: files})
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	return nil
}

func (d *doorway) staff(step, login string, in procedure.Input, files ...engine.Upload) error {
	who, err := d.actor(login)
	if err != nil {
		return err
	}
	return d.act(step, who, in, files...)
}

func (d *doorway) own(step string, in procedure.Input, files ...engine.Upload) error {
	who, err := d.keeper()
	if err != nil {
		return err
	}
	return d.act(step, who, in, files...)
}

// shot is a photo taken at the door.
func (d *doorway) shot(field string, after bool) engine.Upload {
	body := d.photo
	if after {
		body = d.mended
	}
	return engine.Upload{Field: field, Name: "door.jpg", Mime: "image/jpeg", Body: bytes.NewReader(body), Taken: d.clk.Now(), Device: "演示",
		At: &procedure.Point{Lat: d.shop.At.Lat, Lng: d.shop.At.Lng, Accuracy: 8}}
}

// checkers go round by turns.
var checkers = []string{"xuncha1", "xuncha2", "zhifa1", "zhifa2"}

// inspect scores the door so many days ago.
func (d *doorway) inspect(days int, occasion string, scores ...int) error {
	d.at(days)
	who, err := d.actor(checkers[d.n%len(checkers)])
	if err != nil {
		return err
	}
	given := map[string]string{}
	for i, code := range []string{"hygiene", "order", "green", "fittings", "front"} {
		given[code] = strconv.Itoa(scores[i])
	}
	res, err := d.engine.Open(d.ctx, engine.Opening{Procedure: frontage.Inspection, Division: d.division.ID, Step: "inspect", Actor: who, Parent: d.pledge,
		Input: procedure.Input{"shop": d.shop.Code, "occasion": occasion, "scores": given}, Files: []engine.Upload{d.shot("photos", scores[1] >= 16)}})
	d.on = res.Case
	return err
}

// order asks to correct what was scored low.
func (d *doorway) order(items ...string) error {
	return d.staff("order", checkers[d.n%len(checkers)], procedure.Input{"items": items})
}

// weeks is the usual run of things: an earlier check, worse, and a later one.
func (d *doorway) weeks() error {
	first, second := 34+d.n%19, 3+d.n%24
	if d.n%5 > 2 { // enough is told to see a trend
		return d.lately(second)
	}
	steps := []func() error{func() error { return d.inspect(first, "routine", 16, 20-4*(d.n%3), 20, 20, 16+4*(d.n%2)) }}
	if d.n%3 == 2 {
		steps = append(steps, func() error { return d.order("order") }, func() error { d.hours(3); return d.own("claim_fix", nil, d.shot("after", true)) },
			func() error {
				d.hours(2)
				return d.staff("recheck", "xuncha1", procedure.Input{"ok": true}, d.shot("photos", true))
			})
	} else {
		steps = append(steps, func() error { return d.staff("pass", checkers[d.n%len(checkers)], nil) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return d.lately(second)
}

// lately is the latest check: mostly passed, some in each other state.
func (d *doorway) lately(days int) error {
	login := checkers[d.n%len(checkers)]
	low := func(days int) error {
		if err := d.inspect(days, "routine", 8, 12, 20, 16, 20); err != nil {
			return err
		}
		return d.order("hygiene", "order")
	}
	switch d.n % 13 {
	case 2:
		return low(0)
	case 5:
		if err := low(0); err != nil {
			return err
		}
		d.clk.Advance(20 * time.Minute)
		return d.own("claim_fix", nil, d.shot("after", true))
	case 6:
		if err := low(1); err != nil {
			return err
		}
		d.hours(1)
		return d.own("appeal", procedure.Input{"text": "垃圾是隔壁装修堆的，有监控。"})
	case 7:
		return d.failed(days)
	case 8:
		if err := d.inspect(days, "complaint", 12, 8, 20, 20, 20); err != nil {
			return err
		}
		d.clk.Advance(15 * time.Minute)
		return d.staff("spot", login, nil, d.shot("after", true))
	}
	if err := d.inspect(days, "routine", 20, 16+4*(d.n%2), 20, 20, 16+2*(d.n%3)); err != nil {
		return err
	}
	return d.staff("pass", login, nil)
}

// failed is a check whose items were not corrected in time.
func (d *doorway) failed(days int) error {
	if err := d.inspect(days, "complaint", 16, 0, 20, 16, 20); err != nil {
		return err
	}
	if err := d.order("order"); err != nil {
		return err
	}
	d.hours(26)
	return d.act("miss", people.SystemActor(d.division.ID), nil)
}

// list proposes the shop and tells it.
func (d *doorway) list(name string, days int) error {
	d.at(days)
	res, err := d.engine.Open(d.ctx, engine.Opening{Procedure: frontage.Listing, Division: d.division.ID, Step: "propose", Actor: people.SystemActor(d.division.ID), Parent: d.pledge,
		Input: procedure.Input{"shop": d.shop.Code, "list": name, "period": "近 90 日"}})
	if err != nil {
		return err
	}
	d.on = res.Case
	d.hours(1)
	return d.staff("notify", "jiedao.head", procedure.Input{"text": "依据公布的条件，拟列入榜单，5 个工作日内可提出异议。", "consent": name == frontage.Red})
}

// black is a shop that failed three times: one entry is shown, one hears an
// objection, one was just told.
func (d *doorway) black() error {
	for _, days := range []int{60, 45, 33} {
		if err := d.failed(days); err != nil {
			return err
		}
		if days == 60 {
			if err := d.staff("pass_on", "zhifa1", procedure.Input{"kind": "incident"}); err != nil {
				return err
			}
		}
	}
	switch d.n {
	case 13:
		if err := d.list(frontage.Black, 25); err != nil {
			return err
		}
		d.at(14)
		return d.staff("publish", "jiedao.head", nil)
	case 26:
		if err := d.list(frontage.Black, 3); err != nil {
			return err
		}
		d.at(1)
		return d.own("object", procedure.Input{"text": "其中一次是邻店的货物，请核对照片。"})
	}
	return d.list(frontage.Black, 1)
}

// red is a shop that keeps its frontage well and agrees to be shown.
func (d *doorway) red() error {
	for _, days := range []int{50, 30, 11} {
		if err := d.inspect(days, "routine", 20, 20, 20, 18+d.n%3, 20); err != nil {
			return err
		}
		if err := d.staff("pass", checkers[d.n%len(checkers)], nil); err != nil {
			return err
		}
	}
	return d.list(frontage.Red, 6)
}

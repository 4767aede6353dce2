package story

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// market tells of vendors: who asked, who waits, who sells where, who was there,
// who lost points.
type market struct {
	*story
	ctx                             context.Context
	r                               *rand.Rand
	book                            *cluster.Book
	free                            []pitch
	portrait, swept, littered       engine.Upload
	clerk, head, manager, boss, law people.Actor
	n                               int
	scans                           []permit.Scan
}

// pitch is a stall in a band that nobody has in the story yet.
type pitch struct {
	stall *cluster.Stall
	at    *cluster.Cluster
	band  string
	goods []string
}

// ends are how far vendors get, and how many of each there are.
var ends = []struct {
	state string
	n     int
}{{"active", 92}, {"suspended", 4}, {"renewing", 4}, {"revoking", 2}, {"revoked", 2}, {"ended", 3}, {"expired", 2}, {"lapsed", 2}, {"offered", 6}, {"refused", 4}, {"correcting", 4}, {"checking", 7}, {"applied", 6}, {"waiting", 18}, {"renewed", 1}}

func (s *story) stalls(ctx context.Context) error {
	book, err := cluster.Read(ctx, s.DB, s.division.ID)
	if err != nil || len(book.Clusters) == 0 {
		return err
	}
	m := &market{story: s, ctx: ctx, book: book, r: rand.New(rand.NewPCG(14, 5))}
	for login, who := range map[string]*people.Actor{"tandian1": &m.clerk, "tandian2": &m.head, "tanguan1": &m.manager, "fenguan": &m.boss, "fazhi": &m.law} {
		if *who, err = s.actor(login); err != nil {
			return err
		}
	}
	if err := m.photos(); err != nil {
		return err
	}
	m.spread()
	for _, e := range ends {
		for range e.n {
			if err := m.vendor(e.state); err != nil {
				return fmt.Errorf("vendor %d, %s: %w", m.n, e.state, err)
			}
		}
	}
	return s.DB.Write(ctx, func(tx *dbx.Tx) error {
		if err := permit.Bring(ctx, tx, m.manager, m.scans); err != nil {
			return err
		}
		if err := m.closed(tx); err != nil {
			return err
		}
		return m.voices(tx)
	})
}

// closed are the closings of the last days: most clusters were left clean, one was
// not, and one day nobody sent a photo.
func (m *market) closed(tx *dbx.Tx) error {
	files := map[bool]engine.Upload{true: m.swept, false: m.littered}
	for i, c := range m.book.Clusters {
		last := c.LastOpening(m.now)
		for day := last; last > 0 && day > last-3; day-- {
			spans := c.Today(day)
			if n := len(spans); n > 0 && (i != 3 || day < last) {
				x := cluster.Closing{Cluster: c.Code, Day: day, Clean: i != 6 || day < last, At: day.At(spans[n-1].To + 5 + i)}
				if x.Photo = files[x.Clean].SHA256; !x.Clean {
					x.Words = "两处油污未清净，由管理单位次日早晨冲洗。"
				}
				if err := cluster.BringClosing(m.ctx, tx, m.manager, x); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// spread lists the stalls that can be given, mixed.
func (m *market) spread() {
	day := calendar.DateOf(m.now.AddDate(0, 0, -2))
	for _, c := range m.book.Clusters {
		d := c.Designation(day)
		for i := range c.Stalls {
			for _, b := range cluster.Bands {
				if goods := c.Stalls[i].GoodsAt(d); d.Serves(b) && c.Stalls[i].Open && len(goods) > 0 {
					m.free = append(m.free, pitch{&c.Stalls[i], c, b, goods})
				}
			}
		}
	}
	m.r.Shuffle(len(m.free), func(i, j int) { m.free[i], m.free[j] = m.free[j], m.free[i] })
}

func (m *market) act(who people.Actor, c id.ID, step string, in procedure.Input, files ...engine.Upload) error {
	_, err := m.engine.Act(m.ctx, engine.Act{Case: c, Step: step, Actor: who, Input: in, Files: files})
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	m.clk.Advance(time.Duration(20+m.r.IntN(200)) * time.Minute)
	return nil
}

// shot is the picture of the vendor, of a stall or of papers: sent once, then
// known by its digest.
func (m *market) shot(field string) engine.Upload {
	u := m.portrait
	u.Field, u.Taken = field, m.clk.Now()
	return u
}

// photos sends the pictures of the story.
func (m *market) photos() error {
	for name, u := range map[string]*engine.Upload{"hawker": &m.portrait, "street-after": &m.swept, "litter": &m.littered} {
		b, err := m.picture(name, false)
		if err != nil {
			return err
		}
		info, err := m.engine.Blobs.Put(m.ctx, bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return err
		}
		*u = engine.Upload{Name: "demo.jpg", Mime: "image/jpeg", SHA256: info.SHA256, Size: info.Size, Device: "演示"}
	}
	return nil
}

// number is a made-up identity number with its check digit (GB 11643).
func (m *market) number() string {
	body := fmt.Sprintf("370705%d%02d%02d%03d", 1958+m.n%40, 1+m.n%12, 1+m.n%28, 100+m.n)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// vendor tells of one who gets as far as the state.
func (m *market) vendor(state string) error {
	m.n++
	p := m.free[m.n]
	ago := 20 + m.r.IntN(60)
	if slices.Contains([]string{"applied", "checking", "correcting", "offered"}, state) {
		ago = 1 + m.r.IntN(2)
	}
	if state == "expired" || state == "renewed" {
		ago = 380 // a term and two weeks
		if p = m.pilot(calendar.DateOf(m.now) - calendar.Date(ago)); p.stall == nil {
			return nil
		}
	}
	m.clk.Set(m.now.AddDate(0, 0, -ago).Add(-time.Duration(m.r.IntN(300)) * time.Minute))
	goods := []string{p.goods[m.r.IntN(len(p.goods))]}
	home := geo.Offset(p.at.At, float64(m.r.IntN(2400)-1200), float64(m.r.IntN(2400)-1200))
	wishes := []string{p.at.Code}
	for _, c := range m.book.Clusters {
		if d := c.Designation(calendar.DateOf(m.now)); len(wishes) < 3 && c.Code != p.at.Code && d.Serves(p.band) && d.Allows(goods...) && geo.Distance(c.At, home) < 2500 {
			wishes = append(wishes, c.Code)
		}
	}
	res, err := m.engine.Open(m.ctx, engine.Opening{Procedure: permit.Procedure, Division: m.division.ID, Step: "apply", Actor: people.CitizenActor(m.division.ID, ""),
		Party: &engine.NewParty{Phone: fmt.Sprintf("1380000%04d", m.n)}, Input: procedure.Input{"name": fmt.Sprintf("演示摊主%d", m.n), "id_no": m.number(),
			"phone": fmt.Sprintf("1380000%04d", m.n), "goods": goods, "clusters": wishes, "hours": p.band, "hardship": m.n%9 == 0,
			"from": procedure.Point{Lat: home.Lat, Lng: home.Lng, Accuracy: 30}}})
	if err != nil {
		return err
	}
	self := people.CitizenActor(m.division.ID, res.Receipt)
	m.clk.Advance(time.Hour)
	switch state {
	case "applied":
		return nil
	case "correcting":
		return m.act(m.clerk, res.Case, "need_more", procedure.Input{"missing": []string{"本人近照", "摊车照片"}})
	}
	if err := m.decided(res.Case, state, p); err != nil || slices.Contains([]string{"checking", "refused", "waiting", "offered"}, state) {
		return err
	}
	if state == "lapsed" {
		return m.act(people.SystemActor(m.division.ID), res.Case, "lapse", nil)
	}
	shot := m.shot("photo")
	if err := m.act(self, res.Case, "take_place", procedure.Input{"pledge": fmt.Sprintf("演示摊主%d", m.n)}, shot); err != nil {
		return err
	}
	if state == "expired" {
		m.clk.Advance(366 * 24 * time.Hour)
		return m.act(people.SystemActor(m.division.ID), res.Case, "expire", nil)
	}
	if state == "renewed" {
		return m.renewed(res.Case, self)
	}
	return m.used(res.Case, self, state, p)
}

// pilot is a stall of a cluster that was designated on the day already.
func (m *market) pilot(day calendar.Date) pitch {
	i := slices.IndexFunc(m.free[m.n:], func(p pitch) bool { d := p.at.Designation(day); return d.Serves(p.band) && d.Allows(p.goods...) })
	if i < 0 {
		return pitch{}
	}
	p := m.free[m.n+i]
	m.free[m.n+i] = m.free[m.n]
	return p
}

// decided carries an application through its check.
func (m *market) decided(c id.ID, state string, p pitch) error {
	if err := m.act(m.clerk, c, "receive", nil); err != nil {
		return err
	}
	if state == "checking" && m.n%2 == 0 {
		return nil
	}
	err := m.act(m.clerk, c, "propose", procedure.Input{"ok": state != "refused", "opinion": "现场和品类核查符合公告。", "hardship": true, "health_until": m.now.AddDate(0, 8, 0)})
	if err != nil || state == "checking" {
		return err
	}
	in := procedure.Input{"ok": true}
	switch state {
	case "refused":
		in = procedure.Input{"ok": false, "reason": "申请人提供的健康证明不在有效期内，补办后可再申请。"}
	case "waiting":
	default:
		in["stall"], in["why"] = p.stall.Code, "按轮候次序，就近安排 / in order of the list, near home"
	}
	return m.act(m.head, c, "check", in)
}

// used tells what became of a stall that was taken.
func (m *market) used(c id.ID, self people.Actor, state string, p pitch) error {
	from := calendar.DateOf(m.clk.Now()) + 1
	for day := from; day < calendar.DateOf(m.now); day++ {
		for _, s := range p.at.Today(day) {
			if s.Band == p.band && m.r.IntN(12) > 0 {
				m.scans = append(m.scans, permit.Scan{Case: c, At: day.At(s.From + m.r.IntN(40))})
			}
		}
	}
	if m.n%3 == 0 && state == "active" {
		if err := m.points(c, p); err != nil {
			return err
		}
	}
	m.clk.Set(m.now.AddDate(0, 0, -1-m.r.IntN(3)))
	switch state {
	case "suspended":
		if m.n%2 == 0 {
			return m.act(m.head, c, "suspend", procedure.Input{"reason": "works", "until": (calendar.DateOf(m.now) + 10).At(0)})
		}
		return m.act(self, c, "pause", procedure.Input{"until": (calendar.DateOf(m.now) + calendar.Date(5+m.r.IntN(12))).At(0)})
	case "renewing":
		return m.act(self, c, "ask_renewal", nil)
	case "ended":
		return m.act(self, c, "give_up", procedure.Input{"reason": "转行"})
	case "revoking", "revoked":
		return m.withdrawn(c, self, state)
	}
	return nil
}

// renewed tells of a second term, and of points of the first that were removed after
// a year.
func (m *market) renewed(c id.ID, self people.Actor) error {
	m.clk.Advance(24 * time.Hour)
	shot, program := m.shot("photo"), people.SystemActor(m.division.ID)
	r, err := m.engine.Open(m.ctx, engine.Opening{Procedure: permit.Points, Division: m.division.ID, Step: "note", Actor: m.manager, Parent: c, Files: []engine.Upload{shot},
		Input: procedure.Input{"act": "line", "kind": "points", "at": m.clk.Now().Truncate(time.Second), "explained_to": true}})
	if err != nil {
		return err
	}
	const day = 24 * time.Hour
	for _, x := range []struct {
		who   people.Actor
		of    id.ID
		step  string
		after time.Duration
	}{{program, r.Case, "settle", 8 * day}, {self, c, "ask_renewal", 320 * day}, {m.head, c, "renew", 2 * day}, {program, r.Case, "expire", 44 * day}} {
		m.clk.Advance(x.after)
		if err := m.act(x.who, x.of, x.step, nil); err != nil {
			return err
		}
	}
	return nil
}

func (m *market) withdrawn(c id.ID, self people.Actor, state string) error {
	shot := m.shot("proof")
	if err := m.act(m.clerk, c, "propose_revoke", procedure.Input{"ground": "sublet", "facts": "连续两周由他人经营，本人承认已转租。"}, shot); err != nil || state == "revoking" {
		return err
	}
	for _, x := range []struct {
		who  people.Actor
		step string
		in   procedure.Input
	}{{self, "waive", procedure.Input{"sign": "演示摊主"}}, {m.law, "legal_review", procedure.Input{"opinion": "事实清楚，程序合法。"}},
		{m.boss, "revoke", procedure.Input{"reason": "转租属实，决定收回摊位。"}}} {
		if err := m.act(x.who, c, x.step, x.in); err != nil {
			return err
		}
	}
	return nil
}

// points records an act of a vendor, and what became of it.
func (m *market) points(c id.ID, p pitch) error {
	act := []string{"line", "dirt", "card", "block", "damage", "good_turn"}[m.r.IntN(6)]
	recent := m.n%2 == 0
	ago := 12
	if recent {
		ago = 1
	}
	m.clk.Set(m.now.AddDate(0, 0, -ago))
	shot := m.shot("photo")
	r, err := m.engine.Open(m.ctx, engine.Opening{Procedure: permit.Points, Division: m.division.ID, Step: "note", Actor: m.manager, Parent: c, Files: []engine.Upload{shot},
		Input: procedure.Input{"act": act, "kind": "points", "at": m.clk.Now().Truncate(time.Second), "explained_to": true}})
	if err != nil {
		return err
	}
	m.clk.Advance(time.Hour)
	me, err := permit.PartyOf(m.ctx, m.DB, m.division.ID, r.Case)
	if err != nil {
		return err
	}
	if m.n%4 == 0 || m.n%9 == 0 {
		if err := m.act(people.SpokenFor(m.division.ID, me.ID, ""), r.Case, "appeal", procedure.Input{"explain": "当时正在收摊，请看照片时间。"}); err != nil || recent {
			return err
		}
		return m.act(m.head, r.Case, "cancel", procedure.Input{"reason": "照片时间在收摊后，撤销。"})
	}
	if recent {
		return nil
	}
	m.clk.Advance(8 * 24 * time.Hour)
	return m.act(people.SystemActor(m.division.ID), r.Case, "settle", nil)
}

// voices are what neighbours said in the last weeks.
func (m *market) voices(tx *dbx.Tx) error {
	for i, c := range m.book.Clusters {
		for n := range 4 + m.r.IntN(16) {
			v := cluster.Voice{Cluster: c.Code, Device: []byte(fmt.Sprintf("demo%d", n)), Stars: 2 + m.r.IntN(4)}
			if v.Stars == 2 || i%5 == 0 && n%3 == 0 {
				v.Kinds = []string{cluster.Complaints[m.r.IntN(3)]}
			}
			if err := cluster.Save(m.ctx, tx, m.division.ID, v, m.now.AddDate(0, 0, -m.r.IntN(60))); err != nil {
				return err
			}
		}
	}
	return nil
}

// Package lookout tells the demonstration's people on the street: rosters, who
// came and who did not, where they walked and which stretch nobody saw, whom they
// spoke to and what came of it, party groups that met, volunteers who signed up.
//
// It knows what happens in the demonstration and nothing of how it is kept.
package lookout

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
	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// Deps are what the story of the street goes through.
type Deps struct {
	DB       *dbx.DB
	Engine   *engine.Engine // on the clock of the story
	Clock    *clock.Manual
	Dir      *people.Directory
	Tracks   *track.Store
	Handle   func(ctx context.Context, incident id.ID, class string, at procedure.Point) error // carries one to its end
	Picture  func(after bool) ([]byte, error)                                                  // of a pavement, before and after
	Division id.ID
}

// street is one telling.
type street struct {
	Deps
	ctx    context.Context
	now    time.Time
	r      *rand.Rand
	rooms  *roster.Room
	book   *roster.Book
	stalls *cluster.Book
	lead   people.Actor
	duties []*duty
	photos [2]engine.Upload // before and after, once they are kept
}

// duty is one turn, who took it, and the way he went.
type duty struct {
	who     people.Actor
	source  track.Source // how his way is known
	cluster string
	turn    roster.Turn
	sign    roster.Sign
	came    bool
	way     []roster.Stretch
}

// Tell tells the weeks before the instant that the clock of the story shows.
func Tell(ctx context.Context, d Deps) (err error) {
	defer fault.Trace(&err, "lookout.Tell")
	s := &street{Deps: d, ctx: ctx, now: d.Clock.Now(), r: rand.New(rand.NewPCG(1000, 14)), rooms: roster.New(d.DB, d.Clock)}
	if s.book, err = s.rooms.Book(ctx, d.Division); err != nil || len(s.book.Stretches) == 0 {
		return err
	}
	if s.stalls, err = cluster.Read(ctx, d.DB, d.Division); err != nil {
		return err
	}
	if s.lead, err = s.actor("daiban"); err != nil {
		return err
	}
	if err := s.planned(); err != nil {
		return err
	}
	if err := s.walked(); err != nil {
		return err
	}
	if err := s.groups(); err != nil {
		return err
	}
	if err := s.volunteers(); err != nil {
		return err
	}
	err = s.spoken()
	d.Clock.Set(s.now)
	return err
}

func (s *street) actor(login string) (people.Actor, error) {
	acc, err := s.Dir.ByLogin(login)
	if err != nil {
		return people.Actor{}, err
	}
	return s.Dir.Actor(acc.ID, s.now)
}

// walkers go out in the evenings. What they carry decides how their way is known.
var walkers = []struct {
	login  string
	source track.Source
}{
	{"zhiyuan1", track.Foreground}, {"dangyuan1", track.Foreground}, {"zhiyuan2", track.Foreground}, {"tanguan1", track.Foreground}, {"zhifa1", track.File},
	{"zhiyuan3", track.CheckIn}, {"dangyuan2", track.Foreground}, {"zhiyuan4", track.Foreground}, {"tanguan2", track.Foreground}, {"xuncha1", track.File},
	{"zhiyuan5", track.CheckIn}, {"zhiyuan6", track.Foreground}, {"zhifa2", track.File}, {"xuncha2", track.File}, {"caiji1", track.File}, {"caiji2", track.File},
}

// present are on duty at the instant of the telling; those that people sign in
// with to look around are not, so that they can sign in themselves.
var present = map[string]string{"zhiyuan2": "C01", "dangyuan2": "C02", "xuncha1": "C03", "caiji2": "C04", "zhiyuan3": "C05"}

// next are expected in a few minutes.
var next = map[string]string{"zhiyuan1": "C01", "dangyuan1": "C02"}

// Weeks that are told and days that are planned.
const (
	before = 21
	ahead  = 6
)

// planned makes the turns, who came for them and who did not.
func (s *street) planned() error {
	today := calendar.DateOf(s.now)
	for day := today - before; day <= today+ahead; day++ {
		for i, c := range s.stalls.Clusters {
			w := walkers[(i+int(day))%len(walkers)]
			if (7*i+int(day))%5 == 0 || day == today && present[w.login]+next[w.login] != "" {
				continue // nobody was found, or he is out already or soon
			}
			if err := s.turn(w.login, w.source, c.Code, day.At(17*60+30), len(s.duties)%17 != 5); err != nil {
				return err
			}
		}
	}
	for _, w := range walkers {
		code, from := present[w.login], s.now.Add(-time.Hour)
		if code == "" {
			code, from = next[w.login], s.now.Add(20*time.Minute)
		}
		if code == "" {
			continue
		}
		if err := s.turn(w.login, w.source, code, from.Truncate(10*time.Minute), true); err != nil {
			return err
		}
	}
	var turns []roster.Turn
	var signs []roster.Sign
	for _, d := range s.duties {
		turns = append(turns, d.turn)
		if d.came {
			signs = append(signs, d.sign)
		}
	}
	return s.DB.Write(s.ctx, func(tx *dbx.Tx) error { return roster.Bring(s.ctx, tx, s.lead, turns, signs) })
}

// turn plans two hours and, once they began, tells whether somebody came.
func (s *street) turn(login string, source track.Source, code string, from time.Time, came bool) error {
	who, err := s.actor(login)
	if err != nil {
		return err
	}
	d := &duty{who: who, source: source, cluster: code, way: s.way(code, from)}
	if len(d.way) == 0 {
		return nil
	}
	d.turn = roster.Turn{ID: id.New(), Account: who.Account, Place: d.way[0].Code, From: from, To: from.Add(2 * time.Hour)}
	began := from.Add(time.Duration(s.r.IntN(14)-6) * time.Minute)
	if d.came = came && began.Before(s.now); d.came {
		d.sign = roster.Sign{ID: id.New(), Account: who.Account, Turn: d.turn.ID, Place: d.turn.Place, At: d.way[0].Line[0], Accuracy: 6, From: began, Due: d.turn.To.Add(roster.Grace)}
		if gone := d.turn.To.Add(time.Duration(s.r.IntN(16)-4) * time.Minute); gone.Before(s.now) {
			d.sign.To = gone
			if len(s.duties)%23 == 3 {
				d.sign.To, d.sign.Forgot = d.turn.To, true
			}
		}
	}
	s.duties = append(s.duties, d)
	return nil
}

// dark are the clusters whose last stretch nobody ever walks.
var dark = []string{"C03", "C06", "C09", "C12"}

// way is which stretches of a cluster are walked: another one is left out every
// evening, and in some clusters the last one always.
func (s *street) way(code string, at time.Time) (out []roster.Stretch) {
	n, skip := 0, int(calendar.DateOf(at))%5
	for _, x := range s.book.Stretches {
		if x.Cluster != code {
			continue
		}
		if n++; n == 5 && slices.Contains(dark, code) || n-1 == skip {
			continue
		}
		out = append(out, x)
	}
	return out
}

// Pace of a walk, and how often a device says where it is.
const (
	pace  = 1.1 // metres a second
	every = 30 * time.Second
)

// walked writes where people went: by the sign-in alone where they carry nothing.
func (s *street) walked() error {
	var points []track.Point
	for _, d := range s.duties {
		if !d.came {
			continue
		}
		end := d.sign.To
		if end.IsZero() {
			end = s.now
		}
		p := track.Point{Who: d.who.Account.String(), At: d.sign.From, Place: d.sign.At, Accuracy: 6, Source: track.CheckIn}
		points = append(points, p)
		if d.source == track.CheckIn {
			continue
		}
		p.Source = d.source
		for _, at := range steps(d.way) {
			if p.At = p.At.Add(every); !p.At.Before(end) {
				break
			}
			p.Place = geo.Offset(at, s.r.NormFloat64()*3, s.r.NormFloat64()*3)
			points = append(points, p)
		}
	}
	return s.Tracks.Append(s.Division.String(), points)
}

// steps are the places along the stretches, one after the other.
func steps(way []roster.Stretch) (out []geo.Point) {
	stride := pace * every.Seconds()
	at := way[0].Line[0]
	to := func(p geo.Point) {
		from, n := at, int(geo.Distance(at, p)/stride)
		for i := 1; i <= n; i++ {
			out = append(out, geo.Line{from, p}.At(0, float64(i)/float64(n+1)))
		}
		out, at = append(out, p), p
	}
	for _, s := range way {
		for _, p := range s.Line {
			to(p)
		}
	}
	return out
}

// groups tells the meetings of the party groups.
func (s *street) groups() error {
	topics := []string{"上月值守小结和下月分工", "学习《城市管理执法办法》和劝导用语", "夜市收摊后的保洁和噪声", "居民意见逐条回应"}
	today := calendar.DateOf(s.now)
	for i, g := range s.book.Groups {
		for k := range 2 {
			var came []string
			for j, m := range g.Members {
				if (i+j+k)%5 != 4 {
					came = append(came, m.Login)
				}
			}
			day := today - calendar.Date(4+30*k+i%9)
			if _, err := s.rooms.Meet(s.ctx, s.lead, roster.Meeting{Group: g.Code, Topic: topics[(i+k)%len(topics)], Day: day, Present: came}); err != nil {
				return err
			}
		}
	}
	return nil
}

// volunteers tells who signed up: some are confirmed, one was declined, two wait.
func (s *street) volunteers() error {
	for i, name := range []string{"一", "二", "三", "四", "五", "六"} {
		acc, err := s.Dir.ByLogin(fmt.Sprintf("zhiyuan%d", i+1))
		if err != nil {
			return err
		}
		s.Clock.Set(s.now.AddDate(0, 0, -before-10+i))
		v, err := s.rooms.Ask(s.ctx, s.Division, "演示·志愿者"+name, fmt.Sprintf("1390000%04d", 11+i), "工作日傍晚，离家近的摊点群")
		if err != nil {
			return err
		}
		if err := s.rooms.Decide(s.ctx, s.lead, v.ID, roster.Confirmed, acc.ID); err != nil {
			return err
		}
	}
	for i, wish := range []string{"周末上午，演示摊点群 03 附近", "晚上七点以后都可以", "想了解值守内容"} {
		s.Clock.Set(s.now.Add(-time.Duration(50-20*i) * time.Hour))
		v, err := s.rooms.Ask(s.ctx, s.Division, fmt.Sprintf("演示·报名人%d", i+1), fmt.Sprintf("1390000%04d", 31+i), wish)
		if err != nil {
			return err
		}
		if i == 0 {
			err = s.rooms.Decide(s.ctx, s.lead, v.ID, roster.Declined, id.ID{})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// photo is the drawing of a pavement as taken at the place now: its bytes are sent
// once, then known by their digest.
func (s *street) photo(field string, after bool) (u engine.Upload, err error) {
	kept := &s.photos[map[bool]int{true: 1}[after]]
	if kept.SHA256 == "" {
		b, err := s.Picture(after)
		if err != nil {
			return u, err
		}
		info, err := s.Engine.Blobs.Put(s.ctx, bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return u, err
		}
		*kept = engine.Upload{Name: "demo.jpg", Mime: "image/jpeg", SHA256: info.SHA256, Size: info.Size, Device: "演示"}
	}
	u = *kept
	u.Field, u.Taken = field, s.Clock.Now()
	return u, nil
}

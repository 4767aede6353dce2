package lookout

import (
	"fmt"
	"slices"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/watch"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/id"
)

// said are the talks of an evening and what came of them.
var said = []struct{ class, words, end string }{
	{"09005", "货架摆到门外，已说明门前不得占道。", "corrected"},
	{"09001", "流动果蔬车停在路口，告知最近的摊点。", "led_in"},
	{"09006", "占用人行道摆放桌椅。", "corrected"},
	{"06029", "门前支起烤炉，提醒烟气扰民。", "left"},
	{"09022", "门前摆台促销，答应收进店内。", "promised"},
	{"09001", "三轮车卖小吃，愿意进摊点。", "led_in"},
	{"09021", "占道洗车，当场收起水管。", "corrected"},
	{"LOCAL-STALL", "摊位超出划线半米，已退回线内。", "corrected"},
}

// Spots where somebody is spoken to again and again: near the first cluster five
// times, near the second two incidents came of it, near the third it goes on now.
var spots = []struct {
	cluster, class string
	ends           []string // of the talks so many days ago
	ago            []int
}{
	{"C01", "09005", []string{"corrected", "left", "corrected", "promised", "refused"}, []int{17, 12, 8, 4, 0}},
	{"C02", "06029", []string{"incident", "incident", "refused"}, []int{19, 10, 0}},
	{"C05", "09001", []string{"met"}, []int{0}},
}

// ordinary is how many talks there are besides those of the spots.
const ordinary = 18

// spoken tells of the talks.
func (s *street) spoken() error {
	talkers := slices.DeleteFunc(slices.Clone(s.duties), func(d *duty) bool {
		return !d.came || d.sign.To.IsZero() || !slices.ContainsFunc([]string{"party_member", "volunteer", "officer", "stall_manager"}, d.who.Has)
	})
	for i := range min(ordinary, len(talkers)) {
		d, x := talkers[(i*len(talkers)/ordinary+3)%len(talkers)], said[i%len(said)]
		line := d.way[i%len(d.way)].Line
		if err := s.talk(d, line.At(0, 0.2+0.1*float64(i%7)), x.class, x.words, x.end); err != nil {
			return fmt.Errorf("talk %d, %s: %w", i, x.end, err)
		}
	}
	for _, x := range spots {
		if err := s.again(x.cluster, x.class, x.ends, x.ago, talkers); err != nil {
			return err
		}
	}
	return nil
}

// again tells of one spot: whoever was out near it that day spoke there.
func (s *street) again(cluster, class string, ends []string, ago []int, talkers []*duty) error {
	var at geo.Point
	for i, end := range ends {
		day := calendar.DateOf(s.now) - calendar.Date(ago[i])
		out := talkers
		if ago[i] == 0 {
			out = s.duties
		}
		out = slices.DeleteFunc(slices.Clone(out), func(d *duty) bool {
			return ago[i] == 0 && (!d.came || !d.sign.OnDuty(s.now) || d.cluster != cluster) || ago[i] > 0 && calendar.DateOf(d.sign.From) != day
		})
		if len(out) == 0 {
			continue
		}
		if at == (geo.Point{}) {
			for _, x := range s.book.Stretches {
				if x.Code == cluster+"-L2" {
					at = x.Line.At(0, 0.4)
				}
			}
		}
		if err := s.talk(out[0], at, class, "占道经营，已说明规定，请到最近的摊点。", end); err != nil {
			return fmt.Errorf("spot of %s: %w", cluster, err)
		}
	}
	return nil
}

func (s *street) act(who people.Actor, c id.ID, step string, in procedure.Input, files ...engine.Upload) error {
	if in == nil {
		in = procedure.Input{}
	}
	_, err := s.Engine.Act(s.ctx, engine.Act{Case: c, Step: step, Actor: who, Input: in, Files: files})
	if err != nil {
		return fmt.Errorf("%s: %w", step, err)
	}
	s.Clock.Advance(4 * time.Minute)
	return nil
}

// talk opens a record and carries it to its end.
func (s *street) talk(d *duty, at geo.Point, class, words, end string) error {
	s.Clock.Set(d.sign.From.Add(time.Duration(20+s.r.IntN(20)) * time.Minute))
	if d.sign.To.IsZero() {
		s.Clock.Set(s.now.Add(-12 * time.Minute))
	}
	place := procedure.Point{Lat: at.Lat, Lng: at.Lng, Accuracy: 6}
	photo, err := s.photo("photos", false)
	if err != nil {
		return err
	}
	photo.At = &place
	res, err := s.Engine.Open(s.ctx, engine.Opening{Procedure: watch.Procedure, Division: s.Division, Step: "talk", Actor: d.who, Files: []engine.Upload{photo},
		Input: procedure.Input{"class": class, "place": place, "words": words}})
	if err != nil {
		return err
	}
	s.Clock.Advance(6 * time.Minute)
	switch end {
	case "met":
		return nil
	case "corrected":
		return s.fixed(d, res.Case, place)
	case "promised":
		if err := s.act(d.who, res.Case, "promise", procedure.Input{"by": s.Clock.Now().Add(time.Hour).Truncate(time.Minute)}); err != nil {
			return err
		}
		return s.fixed(d, res.Case, place)
	case "left":
		return s.act(d.who, res.Case, "gone", nil)
	case "led_in":
		return s.led(d, res.Case)
	}
	if err := s.act(d.who, res.Case, "refuse", procedure.Input{"note": "表示不收，已说明后果。"}); err != nil || end == "refused" {
		return err
	}
	if err := s.act(s.lead, res.Case, "pass", procedure.Input{"kind": "incident", "why": "多次劝导不听，请按案件办理。"}); err != nil {
		return err
	}
	return s.handled(res.Case, class, place)
}

func (s *street) fixed(d *duty, c id.ID, place procedure.Point) error {
	photo, err := s.photo("after", true)
	if err != nil {
		return err
	}
	photo.At = &place
	return s.act(d.who, c, "fix", nil, photo)
}

// led shows the way to the nearest stall that is free; where none is, he left.
func (s *street) led(d *duty, c id.ID) error {
	snap, err := s.Engine.Find(s.ctx, s.Division, c)
	if err != nil {
		return err
	}
	f, err := s.Engine.Form(s.ctx, d.who, snap, "lead", nil)
	if err != nil {
		return err
	}
	for _, x := range f.Choices["place"] {
		stall, at := s.stalls.Stall(x.Value)
		if stall == nil {
			continue
		}
		if goods := stall.GoodsAt(at.Designation(calendar.DateOf(s.Clock.Now()))); len(goods) > 0 {
			return s.act(d.who, c, "lead", procedure.Input{"place": x.Value, "goods": goods[0]})
		}
	}
	return s.act(d.who, c, "gone", nil)
}

// handled carries the incident that a record became to its end.
func (s *street) handled(c id.ID, class string, place procedure.Point) error {
	children, err := record.Children(s.ctx, s.DB, s.Division, c)
	if err != nil {
		return err
	}
	if len(children) == 0 {
		return fault.Missing("case")
	}
	return s.Handle(s.ctx, children[0].ID, class, place)
}

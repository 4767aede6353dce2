package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/duties/stall/permit"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/document"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/pdf"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// called is the vendor's name as it was given, "" once it was erased.
func (m *Room) called(ctx context.Context, s *engine.Snapshot) (name string, err error) {
	all, err := record.PersonalOf(ctx, m.DB, s.Division, s.ID)
	for _, p := range all {
		if p.Field == "name" && p.Erased == 0 {
			err = json.Unmarshal([]byte(p.Value), &name)
		}
	}
	return name, err
}

// masked is a name as the public reads it: the first character.
func masked(name string) string {
	if name == "" {
		return ""
	}
	_, n := utf8.DecodeRuneInString(name)
	return name[:n] + "某"
}

// ofNumber is the permit of a card.
func (m *Room) ofNumber(r *http.Request) (*engine.Snapshot, error) {
	division := visit.From(r.Context()).Division.ID
	key, err := record.ByNumber(r.Context(), m.DB, division, r.PathValue("number"))
	if err != nil {
		return nil, err
	}
	s, err := m.Engine().Find(r.Context(), division, key)
	if err == nil && s.Procedure != permit.Procedure {
		err = fault.Missing("stall_permit")
	}
	return s, err
}

// cardView is what a scan of the card shows: to everybody whether it holds, to
// who stands at the stall what to do.
type cardView struct {
	Number, Name string
	Good         bool // something may be sold with it today
	State        ui.Chip
	Facts        []ui.Fact
	OnSite       bool
	Here         string // how today stands in the book of attendance
	Days         int    // there, of the last weeks
	Points       int64
	Acts         []string
}

func (m *Room) card(w http.ResponseWriter, r *http.Request) error {
	s, err := m.ofNumber(r)
	if err != nil {
		return err
	}
	v, err := m.cardOf(r, s)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, cardPage(v))
}

// onCard are the facts that everybody may read: not what was asked for, nor why it
// was given.
func onCard(ctx context.Context, book *cluster.Book, s *engine.Snapshot) []ui.Fact {
	private := []string{i18n.T(ctx, "stallweb.clusters"), i18n.T(ctx, "stallweb.why")}
	return slices.DeleteFunc(facts(ctx, book, s), func(f ui.Fact) bool { return slices.Contains(private, f.Label) })
}

// weeks is how far back a scan looks at attendance, in days.
const weeks = 30

func (m *Room) cardOf(r *http.Request, s *engine.Snapshot) (v cardView, err error) {
	ctx, lang, who := r.Context(), i18n.LangOf(r.Context()), visit.From(r.Context()).Actor
	book, err := m.Book(ctx, s.Division)
	if err != nil {
		return v, err
	}
	name, err := m.called(ctx, s)
	if err != nil {
		return v, err
	}
	until, _ := s.Data["until"].(time.Time)
	v = cardView{Number: s.Number, Name: masked(name), State: stateChip(s, lang), OnSite: slices.ContainsFunc(onSite, who.Has),
		Good: (s.State == "active" || s.State == "renewing") && until.After(m.Clock.Now())}
	v.Facts = append(onCard(ctx, book, s), ui.Fact{Label: i18n.T(ctx, "stallweb.until"), Text: calendar.DueDate(until).String()})
	if _, c := book.Stall(s.Text("stall")); c != nil {
		for _, x := range c.Today(calendar.DateOf(m.Clock.Now())) {
			if x.Band == s.Text("hours") {
				v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "stall.hours_today"), Text: cluster.Clock(x.From) + "–" + cluster.Clock(x.To)})
			}
		}
	}
	if !v.OnSite {
		return v, nil
	}
	today := calendar.DateOf(m.Clock.Now())
	was, err := permit.Attendance(ctx, m.DB, s.Division, s.ID, today-weeks)
	if err != nil {
		return v, err
	}
	v.Here = was[today]
	for _, kind := range was {
		if kind == permit.Here {
			v.Days++
		}
	}
	v.Acts = acts
	v.Points, err = m.Permits.Balance(ctx, m.DB, s.Division, s.ID, m.Clock.Now())
	return v, err
}

// print is the card to hang at the stall.
func (m *Room) print(w http.ResponseWriter, r *http.Request) error {
	_, _, s, err := m.holder(r)
	if err != nil {
		return err
	}
	if !slices.Contains(selling, s.State) {
		return fault.New(fault.Conflict, "stallweb.no_card")
	}
	doc, err := m.cardPaper(r, s)
	if err != nil {
		return err
	}
	return m.send(w, doc)
}

// send writes a paper for the vendor's reader or printer.
func (m *Room) send(w http.ResponseWriter, doc document.Document) error {
	sheets, err := m.Press.Set(pdf.Options{Title: doc.Name}, doc)
	if err != nil {
		return err
	}
	body, err := sheets.Bytes()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", `inline; filename="`+doc.Name+`.pdf"`)
	_, _ = w.Write(body) // the visitor may have left
	return nil
}

func (m *Room) cardPaper(r *http.Request, s *engine.Snapshot) (doc document.Document, err error) {
	ctx := r.Context()
	book, err := m.Book(ctx, s.Division)
	if err != nil {
		return doc, err
	}
	stall, c := book.Stall(s.Text("stall"))
	if stall == nil {
		return doc, fault.Missing("stall")
	}
	name, err := m.called(ctx, s)
	if err != nil {
		return doc, err
	}
	goods, _ := s.Data["goods"].([]string)
	until, _ := s.Data["until"].(time.Time)
	number := "—"
	if d := c.Designation(calendar.DateOf(m.Clock.Now())); d != nil {
		number = d.Number
	}
	rows := lines([][2]string{{"摊位编号", s.Text("stall")}, {"摊点群", c.Name.ZH + "，" + c.Address}, {"摊主", name}, {"经营品类", cluster.Names(goods).ZH},
		{"时段", cluster.Name(s.Text("hours")).ZH + "，" + hoursOf(c, s.Text("hours"))}, {"有效期至", calendar.DueDate(until).String()}, {"公告依据", number}, {"五不准", strings.Join(c.Rules, "；")}})
	doc = document.Document{Name: s.Number, Foot: "扫码核验摊位、反映问题", Blocks: []document.Block{
		document.Head{Agency: visit.From(ctx).Division.Name.ZH, Title: "便民摊点证（一摊一码）", Number: s.Number}, document.Grid{Cols: []float64{1, 3}, Rows: rows}}}
	if shot, err := m.portrait(ctx, s); err != nil {
		return doc, err
	} else if shot != nil {
		doc.Blocks = append(doc.Blocks, document.Photo{Data: shot, Caption: []string{"摊主本人"}})
	}
	doc.Blocks = append(doc.Blocks, document.Sign{Agency: visit.From(ctx).Division.Name.ZH, Date: calendar.DateOf(m.Clock.Now()).String(), QR: m.base(r) + "/stalls/card/" + s.Number,
		Caption: []string{"扫码核验", s.Number}})
	return doc, nil
}

// portrait is the vendor's photo, nil where there is none.
func (m *Room) portrait(ctx context.Context, s *engine.Snapshot) ([]byte, error) {
	all, err := evidence.Of(ctx, m.DB, s.Division, s.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range slices.Backward(all) {
		if x.Kind == "vendor" && x.Photo() {
			return m.Photos.Print(ctx, stepform.ShotOf(x), false)
		}
	}
	return nil, nil
}

// hoursOf are the hours of a band over the seasons.
func hoursOf(c *cluster.Cluster, band string) string {
	var out []string
	for _, d := range c.Designations {
		for _, s := range d.Spans {
			if t := cluster.Clock(s.From) + "–" + cluster.Clock(s.To); s.Band == band && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return strings.Join(out, "、")
}

// here writes that the vendor is at the stall today.
func (m *Room) here(w http.ResponseWriter, r *http.Request) error {
	s, err := m.ofNumber(r)
	if err != nil {
		return err
	}
	back := "/stalls/card/" + s.Number
	flash := httpx.Flash{Key: "stallweb.here_done"}
	if err := m.Permits.Attend(r.Context(), visit.From(r.Context()).Actor, s.ID, m.Clock.Now()); fault.Is(err, fault.Conflict) {
		flash = httpx.Flash{Key: fault.As(err).Key, Bad: true}
	} else if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, flash); err != nil {
		return err
	}
	return httpx.Redirect(w, r, back)
}

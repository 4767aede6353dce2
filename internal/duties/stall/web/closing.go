package web

import (
	"context"
	"net/http"

	"xiucheng/internal/duties/stall/cluster"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/stepform"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// closingFields are what whoever closes a cluster is asked.
func closingFields() []form.Field {
	one := 1
	return []form.Field{{Name: "photo", Type: form.Photo, Label: i18n.Text{ZH: "收摊后的照片", EN: "Photo after closing"}, Help: i18n.Text{ZH: "显示时人脸会自动模糊，可能有遗漏。", EN: "Faces are blurred automatically when shown; some may be missed."}, Required: true, Max: &one},
		{Name: "clean", Type: form.Bool, Label: i18n.Text{ZH: "已清扫干净，垃圾已运走", EN: "Swept, and the litter is gone"}},
		{Name: "words", Type: form.Text, Label: i18n.Text{ZH: "遗留问题和由谁清理", EN: "What was left, and who cleans it"}}}
}

// closingLine is how a cluster was left after its last openings.
type closingLine struct {
	Code, Name, Duty string
	Chip             ui.Chip // of the last opening that is over
	Words            string
	Photo            string // address, "" for none
	Ask              bool   // today can be closed
}

// closedChip says how the cluster was left after the opening of the day; no day,
// no chip.
func closedChip(ctx context.Context, day calendar.Date, x cluster.Closing, ok bool) ui.Chip {
	said := day.String()[5:]
	switch {
	case day == 0:
		return ui.Chip{}
	case !ok:
		return ui.Chip{Label: i18n.T(ctx, "stallweb.not_closed", "day", said), Tone: ui.Red}
	case x.Clean:
		return ui.Chip{Label: i18n.T(ctx, "stallweb.left_clean", "day", said), Tone: ui.Green, Icon: "check"}
	}
	return ui.Chip{Label: i18n.T(ctx, "stallweb.left_dirty", "day", said), Tone: ui.Amber}
}

func (m *Room) closings(w http.ResponseWriter, r *http.Request) error {
	ctx, who, now := r.Context(), visit.From(r.Context()), m.Clock.Now()
	book, err := m.Book(ctx, who.Division.ID)
	if err != nil {
		return err
	}
	kept, err := cluster.Closings(ctx, m.DB, who.Division.ID, calendar.DateOf(now)-14)
	if err != nil {
		return err
	}
	lines := make([]closingLine, 0, len(book.Clusters))
	for _, c := range book.Clusters {
		day := c.LastOpening(now)
		if _, ok := kept[c.Code][calendar.DateOf(now)]; ok {
			day = calendar.DateOf(now)
		}
		x, ok := kept[c.Code][day]
		l := closingLine{Code: c.Code, Name: c.Name.In(i18n.LangOf(ctx)), Duty: i18n.Said(ctx, c.Cleaning), Chip: closedChip(ctx, day, x, ok), Words: x.Words, Ask: c.Opened(now) && who.Actor.Has("stall_manager")}
		if ok {
			l.Photo = "/street/closing/" + c.Code + "/" + day.String()
		}
		lines = append(lines, l)
	}
	return httpx.Render(w, r, http.StatusOK, closingsPage(m.tabs(r, "/street/closing"), lines))
}

func (m *Room) closingForm(r *http.Request) (*cluster.Cluster, form.Form, error) {
	book, err := m.Book(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return nil, form.Form{}, err
	}
	c := book.Cluster(r.PathValue("code"))
	if c == nil {
		return nil, form.Form{}, fault.Missing("stall_cluster")
	}
	f := form.New("close", "/street/closing/"+c.Code, closingFields())
	f.Steps = []ui.Step{{Label: i18n.T(r.Context(), "stallweb.close"), Icon: "check", Primary: true}}
	return c, f, nil
}

func (m *Room) askClosing(w http.ResponseWriter, r *http.Request) error {
	c, f, err := m.closingForm(r)
	if err != nil {
		return err
	}
	return httpx.Render(w, r, http.StatusOK, formPage(i18n.T(r.Context(), "stallweb.close_of", "cluster", c.Name.In(i18n.LangOf(r.Context()))), c.Closing, "/street/closing", f))
}

// close keeps the photo and how the place was left.
func (m *Room) close(w http.ResponseWriter, r *http.Request) error {
	c, f, err := m.closingForm(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	sent, err := m.Photos.Read(r, f.Fields, calendar.Zone, m.Clock.Now())
	if err != nil {
		return err
	}
	wrong := sent.Wrong
	if wrong == nil {
		x := cluster.Closing{Cluster: c.Code, Photo: sent.Uploads[0].SHA256}
		x.Clean, _ = sent.Values["clean"].(bool)
		x.Words, _ = sent.Values["words"].(string)
		if wrong = fault.As(m.Clusters.CloseDay(ctx, visit.From(ctx).Actor, x)); wrong == nil {
			if err := httpx.SetFlash(w, httpx.Flash{Key: "stallweb.closed"}); err != nil {
				return err
			}
			return httpx.Redirect(w, r, "/street/closing")
		}
		if wrong.Kind == fault.Internal {
			return wrong
		}
	}
	f = sent.Refused(ctx, f, wrong)
	if len(wrong.Fields) == 0 {
		f.General = i18n.T(ctx, wrong.Key, args(wrong)...)
	}
	return httpx.Render(w, r, wrong.Kind.Status(), formPage(i18n.T(ctx, "stallweb.close_of", "cluster", c.Name.In(i18n.LangOf(ctx))), c.Closing, "/street/closing", f))
}

// closingPhoto is the photo of a day.
func (m *Room) closingPhoto(w http.ResponseWriter, r *http.Request) error {
	day, err := calendar.ParseDate(r.PathValue("day"))
	if err != nil {
		return fault.Missing("photo")
	}
	kept, err := cluster.Closings(r.Context(), m.DB, visit.From(r.Context()).Division.ID, day)
	if err != nil {
		return err
	}
	x, ok := kept[r.PathValue("code")][day]
	if !ok {
		return fault.Missing("photo")
	}
	return m.Photos.Send(w, r, stepform.Veiled(x.Photo), "screen")
}

// left is how each cluster was left after its last opening.
func (m *Room) left(ctx context.Context, division id.ID, book *cluster.Book) (out map[string]ui.Chip, err error) {
	now := m.Clock.Now()
	kept, err := cluster.Closings(ctx, m.DB, division, calendar.DateOf(now)-14)
	out = map[string]ui.Chip{}
	for _, c := range book.Clusters {
		day := c.LastOpening(now)
		x, ok := kept[c.Code][day]
		out[c.Code] = closedChip(ctx, day, x, ok)
	}
	return out, err
}

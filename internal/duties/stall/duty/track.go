package duty

import (
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/shell/visit"
)

// told is one point of the open page.
type told struct {
	At       int64   `json:"at"` // milliseconds since 1970, by the phone's clock
	Lat      float64 `json:"lat"`
	Lng      float64 `json:"lng"`
	Accuracy float64 `json:"accuracy"`
}

// most is how many points one batch holds.
const most = 500

// onDutyOnly leaves out what lies outside the person's duties: nobody is followed
// after the sign-out.
func onDutyOnly(points []track.Point, signs []roster.Sign) []track.Point {
	out := points[:0]
	for _, p := range points {
		for _, s := range signs {
			if s.OnDuty(p.At) {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

// batch takes what the open page tells while its person is on duty. Who is not,
// is told to stop.
func (m *Room) batch(w http.ResponseWriter, r *http.Request) error {
	actor, now := visit.From(r.Context()).Actor, m.Clock.Now()
	var list []told
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil || len(list) > most {
		return fault.New(fault.Invalid, "fault.bad_request")
	}
	var points []track.Point
	for _, t := range list {
		at := time.UnixMilli(t.At)
		if at.After(now.Add(time.Minute)) || at.Before(now.AddDate(0, 0, -1)) {
			continue // a clock that is wrong proves nothing
		}
		points = append(points, track.Point{Who: actor.Account.String(), At: at, Place: geo.Point{Lat: t.Lat, Lng: t.Lng}, Accuracy: max(0, t.Accuracy), Source: track.Foreground})
	}
	n, err := m.keep(r, actor, points, now.AddDate(0, 0, -2), now)
	if err != nil {
		return err
	}
	_, err = roster.Current(r.Context(), m.DB, actor.Division, actor.Account, now)
	return httpx.JSON(w, http.StatusOK, map[string]any{"kept": n, "on_duty": err == nil})
}

// keep writes the points that fall into the person's duties.
func (m *Room) keep(r *http.Request, actor people.Actor, points []track.Point, from, to time.Time) (int, error) {
	signs, err := roster.Signs(r.Context(), m.DB, actor.Division, actor.Account, from, to.Add(time.Second))
	if err != nil {
		return 0, err
	}
	points = onDutyOnly(points, signs)
	if len(points) == 0 {
		return 0, nil
	}
	return len(points), m.Tracks.Append(actor.Division.String(), points)
}

// file takes the file of a device: what it recorded while its person was on duty.
func (m *Room) file(w http.ResponseWriter, r *http.Request) error {
	actor := visit.From(r.Context()).Actor
	points, err := sent(r, actor.Account.String())
	if x := fault.As(err); x != nil && x.Kind == fault.Invalid {
		v, err := m.dutyOf(r.Context())
		if err != nil {
			return err
		}
		p := i18n.From(r.Context())
		v.FileWrong = p.Bundle.Text(x.Key).Fill(p.Lang, x.Args)
		return httpx.Render(w, r, http.StatusUnprocessableEntity, dutyPage(v))
	}
	if err != nil {
		return err
	}
	from, to := points[0].At, points[0].At
	for _, p := range points {
		if p.At.Before(from) {
			from = p.At
		}
		if p.At.After(to) {
			to = p.At
		}
	}
	n, err := m.keep(r, actor, points, from.AddDate(0, 0, -1), to)
	if err != nil {
		return err
	}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "duty.file_kept", Args: map[string]any{"n": n}}); err != nil {
		return err
	}
	return httpx.Redirect(w, r, "/street/duty")
}

// sent are the points of the file that was sent.
func sent(r *http.Request, who string) ([]track.Point, error) {
	f, head, err := r.FormFile("file")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "duty.no_file")
	}
	defer func() { _ = f.Close() }()
	return read(head.Filename, f, who)
}

func read(name string, f io.Reader, who string) ([]track.Point, error) {
	if strings.EqualFold(path.Ext(name), ".csv") {
		return track.ReadCSV(f, who, geo.WGS84, calendar.Zone)
	}
	return track.ReadGPX(f, who)
}

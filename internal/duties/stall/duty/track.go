package duty

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/duties/stall/track"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/ground/place"
	"xiucheng/internal/ground/roster"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/visit"
)

// told is what the open page of a phone, or a device, tells. Its clock may be
// wrong: Now is what it shows while it sends, and what it is off by is taken off
// the points.
type told struct {
	Now    int64 `json:"now"` // milliseconds since 1970, as below
	Points []struct {
		At       int64   `json:"at"`
		Lat      float64 `json:"lat"`
		Lng      float64 `json:"lng"`
		Accuracy float64 `json:"accuracy"`
	} `json:"points"`
}

// most is how many points one batch holds.
const most = 500

// hear reads a batch and sets its clock right.
func hear(body io.Reader, who string, source track.Source, now time.Time) (points []track.Point, err error) {
	var t told
	if err := json.NewDecoder(body).Decode(&t); err != nil || t.Now == 0 || len(t.Points) > most {
		return nil, fault.New(fault.Invalid, "duty.batch", "n", most)
	}
	off := now.Sub(time.UnixMilli(t.Now))
	for _, x := range t.Points {
		p := track.Point{Who: who, At: time.UnixMilli(x.At).Add(off), Place: geo.Point{Lat: x.Lat, Lng: x.Lng}, Accuracy: max(0, x.Accuracy), Source: source}
		if p.Place.Valid() {
			points = append(points, p)
		}
	}
	return points, nil
}

// tally is what became of the points that were sent.
type tally struct {
	Kept    int  `json:"kept"`
	Off     int  `json:"off_duty"` // from before the sign-in or after the sign-out
	Outside int  `json:"outside"`  // of the division
	Future  int  `json:"future"`
	OnDuty  bool `json:"on_duty"` // now
}

// early is how long before the sign-in the place may have been found that the page
// sends as its first: phones keep the last one.
const early = 30 * time.Second

// during reports whether the point falls into one of the duties: nobody is
// followed after the sign-out.
func during(p track.Point, signs []roster.Sign) bool {
	return slices.ContainsFunc(signs, func(s roster.Sign) bool {
		return s.OnDuty(p.At) || p.Source == track.Foreground && p.At.Before(s.From) && !p.At.Before(s.From.Add(-early))
	})
}

// keep writes the points of one person that fall into his duties and into the
// division, and counts the others. Points that contradict each other are kept: the
// watch leaves out those that cannot be, and says how many.
func (m *Room) keep(ctx context.Context, division, account id.ID, points []track.Point, now time.Time) (n tally, err error) {
	if _, err := roster.Current(ctx, m.DB, division, account, now); err == nil {
		n.OnDuty = true
	} else if !fault.Is(err, fault.NotFound) {
		return n, err
	}
	if len(points) == 0 {
		return n, nil
	}
	first := slices.MinFunc(points, func(a, b track.Point) int { return a.At.Compare(b.At) }).At
	signs, err := roster.Signs(ctx, m.DB, division, account, first.AddDate(0, 0, -1), now.Add(time.Second))
	if err != nil {
		return n, err
	}
	ground, err := m.Places.Map(ctx, division)
	if err != nil {
		return n, err
	}
	var good []track.Point
	for _, p := range points {
		switch {
		case p.At.After(now):
			n.Future++
		case !during(p, signs):
			n.Off++
		case !ground.Locate(p.Place, p.At).Near(place.Slack):
			n.Outside++
		default:
			good = append(good, p)
		}
	}
	if n.Kept = len(good); n.Kept == 0 {
		return n, nil
	}
	return n, m.Tracks.Append(division.String(), good)
}

// batch takes what the open page tells while its person is on duty. Who is not,
// is told to stop.
func (m *Room) batch(w http.ResponseWriter, r *http.Request) error {
	actor, now := visit.From(r.Context()).Actor, m.Clock.Now()
	points, err := hear(r.Body, actor.Account.String(), track.Foreground, now)
	if err != nil {
		return err
	}
	n, err := m.keep(r.Context(), actor.Division, actor.Account, points, now)
	if err != nil {
		return err
	}
	return httpx.JSON(w, http.StatusOK, n)
}

// device takes what a device sends by itself, with a key of the division: for whom
// it was carried is said in the address. It answers what it kept.
func (m *Room) device(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), m.Clock.Now()
	plain := r.Header.Get("X-Api-Key")
	if plain == "" {
		return fault.New(fault.Unauthenticated, "duty.no_key")
	}
	key, err := m.People.FindKey(ctx, plain)
	if err != nil {
		return err
	}
	dir, err := m.People.Directory(ctx, key.Division)
	if err != nil {
		return err
	}
	acc, err := dir.ByLogin(r.URL.Query().Get("login"))
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Invalid, "duty.no_walker").Field("login", "duty.no_walker")
	}
	if err != nil {
		return err
	}
	if actor, err := dir.Actor(acc.ID, now); err != nil || !slices.ContainsFunc(Walkers, actor.Has) {
		return fault.New(fault.Invalid, "duty.no_walker").Field("login", "duty.no_walker")
	}
	points, err := recorded(r, acc.ID.String(), now)
	if err != nil {
		return err
	}
	n, err := m.keep(ctx, key.Division, acc.ID, points, now)
	if err != nil {
		return err
	}
	return httpx.JSON(w, http.StatusOK, n)
}

// recorded are the points of a device's request, by what it says it is.
func recorded(r *http.Request, who string, now time.Time) ([]track.Point, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return hear(r.Body, who, track.File, now)
	case "text/csv":
		return track.ReadCSV(r.Body, who, geo.WGS84, calendar.Zone)
	case "application/gpx+xml", "application/xml", "text/xml":
		return track.ReadGPX(r.Body, who)
	}
	return nil, fault.New(fault.Invalid, "duty.device_kind")
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
	n, err := m.keep(r.Context(), actor.Division, actor.Account, points, m.Clock.Now())
	if err != nil {
		return err
	}
	args := map[string]any{"n": n.Kept, "off": n.Off + n.Future, "outside": n.Outside}
	if err := httpx.SetFlash(w, httpx.Flash{Key: "duty.file_kept", Args: args}); err != nil {
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

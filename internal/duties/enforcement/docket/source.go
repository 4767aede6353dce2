package docket

import (
	"net/http"
	"slices"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/duties/enforcement/library"
	"xiucheng/internal/ground/calendar"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/ui"
	"xiucheng/internal/shell/visit"
)

// source is the case that a dossier arises from.
type source struct {
	record.Row
	Desc   string
	Photos []evidence.Exhibit
}

// source is the case the address names, nil for none. One that the visitor may
// not open is NotFound.
func (m *Room) source(r *http.Request) (*source, error) {
	named := r.URL.Query().Get("incident")
	if named == "" {
		return nil, nil
	}
	v := visit.From(r.Context())
	key, err := id.Parse(named)
	if err != nil {
		return nil, fault.Missing("case")
	}
	s, err := m.Engine.Find(r.Context(), v.Division.ID, key)
	if err != nil {
		return nil, err
	}
	if !m.Reads(v.Actor, s.Row) {
		return nil, fault.Missing("case")
	}
	out := &source{Row: s.Row, Desc: s.Text("desc")}
	list, err := evidence.Of(r.Context(), m.DB, s.Division, s.ID)
	for _, x := range list {
		if x.Photo() {
			out.Photos = append(out.Photos, x)
		}
	}
	return out, err
}

// origins are where leads come from, by where the case came from.
var origins = map[string]string{"public_web": "complaint", "open311": "complaint", "phone": "complaint", "counter": "complaint", "hotline": "hotline",
	"media": "media", "leader": "superior", "collector": "patrol", "patrol": "patrol"}

// says is what the case answers of the step's form; nil says nothing.
func (s *source) says(step *procedure.Step, lib *library.Library) procedure.Input {
	if s == nil {
		return nil
	}
	all := procedure.Input{"found_at": clock.FromMicro(s.Opened), "clue": s.Desc, "desc": s.Desc, "source": origins[s.Source], "address": s.Address}
	if s.Place != nil {
		all["place"] = *s.Place
	}
	if v := matching(lib, s.Class); len(v) == 1 {
		all["violation"] = v[0]
	}
	out := procedure.Input{}
	for name, v := range all {
		if f := step.FieldOf(name); f != nil && v != "" && offered(f, v) {
			out[name] = v
		}
	}
	return out
}

// offered reports whether a field with options has this one.
func offered(f *field.Field, v any) bool {
	return len(f.Options) == 0 || slices.ContainsFunc(f.Options, func(o field.Option) bool { return o.Value == v })
}

// matching are the violations that the class is found by.
func matching(lib *library.Library, class string) (out []string) {
	for _, v := range lib.Violations() {
		if slices.Contains(v.Classes, class) {
			out = append(out, v.Code)
		}
	}
	return out
}

// firstMatching puts the violations that the case may be before the others.
func (s *source) firstMatching(f engine.Form, lib *library.Library) {
	fit := matching(lib, s.Class)
	list := f.Choices["violation"]
	slices.SortStableFunc(list, func(a, b engine.Choice) int {
		switch x, y := slices.Contains(fit, a.Value), slices.Contains(fit, b.Value); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
}

// uploads are the case's photos for the step's form, by the digest of their bytes:
// nothing is copied.
func (s *source) uploads(step *procedure.Step) (out []engine.Upload) {
	if step.FieldOf("photos") == nil {
		return nil
	}
	for _, x := range s.Photos {
		out = append(out, engine.Upload{Field: "photos", Name: x.Name, Mime: x.Mime, SHA256: x.SHA256, Size: x.Size, Taken: x.Taken, At: x.At, Device: x.Device, DHash: x.DHash})
	}
	return out
}

// pictures are the case's photos as the page shows them.
func (s *source) pictures() (out []ui.Photo) {
	for _, x := range s.Photos {
		at := x.Taken
		if at.IsZero() {
			at = x.Received
		}
		base := "/cases/" + s.ID.String() + "/photo/" + x.SHA256
		out = append(out, ui.Photo{Thumb: base + "/thumb", Full: base + "/screen", At: at.In(calendar.Zone).Format("01-02 15:04")})
	}
	return out
}

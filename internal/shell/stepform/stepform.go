// Package stepform joins a procedure's step to a page: its typed fields become
// a form, and what the form sent becomes the step's input, photos included. It
// decides nothing about cases.
package stepform

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/photo"
	"xiucheng/internal/shell/form"
	"xiucheng/internal/shell/ui"
)

// Fields are the form fields of a step, with the choices the duty offers.
func Fields(f engine.Form) []form.Field {
	out := make([]form.Field, 0, len(f.Step.Form))
	for _, p := range f.Step.Form {
		x := form.Field{Name: p.Name, Type: form.Type(p.Type), List: p.List, Label: p.Label, Help: p.Help, Required: p.Required,
			Min: p.Min, Max: p.Max, Personal: p.Personal, ShowWhen: p.ShowWhen}
		if x.Type == form.Photo || x.Type == form.File {
			x.List = true
		}
		for _, o := range p.Options {
			x.Options = append(x.Options, form.Option{Value: o.Value, Label: o.Label})
		}
		for _, c := range p.Columns {
			x.Columns = append(x.Columns, column(f, p.Name, c))
		}
		for _, c := range f.Choices[p.Name] {
			label := c.Label
			if !p.List { // the reasons stand with the one that is chosen, not with every tick
				label = withHint(c)
			}
			x.Options = append(x.Options, form.Option{Value: c.Value, Label: label})
		}
		if x.Type != form.Enum && len(x.Options) > 0 && !x.List && x.Type != form.Code && x.Type != form.Map {
			x.Type = form.Enum
		}
		out = append(out, x)
	}
	if i := slices.IndexFunc(out, func(x form.Field) bool { return x.Name == "class" }); i >= 0 &&
		slices.ContainsFunc(out, func(x form.Field) bool { return x.Name == "condition" }) {
		out[i].Renews = "condition" // the conditions are those of a class
	}
	return out
}

// column is one question of every row of a table.
func column(f engine.Form, field string, c field.Column) form.Field {
	x := form.Field{Name: c.Name, Type: form.Type(c.Type), Label: c.Label, Required: c.Required}
	for _, o := range c.Options {
		x.Options = append(x.Options, form.Option{Value: o.Value, Label: o.Label})
	}
	for _, o := range f.Choices[field+"."+c.Name] {
		x.Options = append(x.Options, form.Option{Value: o.Value, Label: o.Label})
	}
	return x
}

// Answered are the answers of an address that decide other fields' choices.
func Answered(q url.Values) procedure.Input {
	if v := q.Get("class"); v != "" {
		return procedure.Input{"class": v}
	}
	return nil
}

func withHint(c engine.Choice) i18n.Text {
	if c.Hint.ZH == "" {
		return c.Label
	}
	en := c.Label.EN
	if c.Hint.EN != "" {
		en += " — " + c.Hint.EN
	}
	return i18n.Text{ZH: c.Label.ZH + " — " + c.Hint.ZH, EN: en}
}

// Filled are the values a form begins with, as form.Fill takes them.
func Filled(f engine.Form) map[string]any {
	out := map[string]any{}
	for name, v := range f.Filled {
		if p, ok := v.(procedure.Point); ok {
			v = form.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: p.Accuracy, Located: true}
		}
		out[name] = v
	}
	return out
}

// Values are a form's answers as a step takes them. A place known by words
// only has no point and is left out: the way in finds it first. A drawn
// signature is among the uploads.
func Values(in form.Input) procedure.Input {
	out := procedure.Input{}
	for name, v := range in.Values {
		if p, ok := v.(form.Point); ok {
			if !p.Located {
				continue
			}
			v = procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: p.Accuracy}
		}
		if s, ok := v.(form.Signature); ok {
			if s.Name == "" {
				continue
			}
			v = s.Name
		}
		if m, ok := v.(map[string]string); ok && len(m) == 0 {
			continue
		}
		out[name] = v
	}
	return out
}

// Desk takes photos in: it proves each one, reads when and where it was taken,
// and keeps it, so that a form that is refused need not send it again.
type Desk struct {
	lab    *photo.Lab
	blobs  *blob.Store
	key    []byte
	prints *lru.Cache[print, []byte]
}

// print names a copy in memory.
type print struct {
	Shot
	thumb bool
}

// kept is how many copies of photos are kept in memory: a screen's copy weighs
// some 100 KB, and a case is looked at by many.
const kept = 400

// NewDesk returns a desk. Its marks are good for the life of the process: after
// a restart a kept photo must be sent once more.
func NewDesk(lab *photo.Lab, blobs *blob.Store) (*Desk, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	prints, err := lru.New[print, []byte](kept)
	return &Desk{lab: lab, blobs: blobs, key: key, prints: prints}, err
}

// Shot is a kept photo as it may be shown.
type Shot struct {
	sha    string
	veiled bool
}

// Plain is a kept picture that shows nobody by chance: a drawing, a scanned sheet.
func Plain(sha string) Shot { return Shot{sha: sha} }

// Veiled is a kept photo with the faces blurred: what strangers see.
func Veiled(sha string) Shot { return Shot{sha: sha, veiled: true} }

// ShotOf is a photo of a case as its procedure lets it be shown.
func ShotOf(x evidence.Exhibit) Shot { return Shot{sha: x.SHA256, veiled: x.Veiled} }

// Print is a copy of a kept photo as JPEG, without what the camera wrote into
// it: for a screen, or small.
func (d *Desk) Print(ctx context.Context, s Shot, thumb bool) (_ []byte, err error) {
	defer fault.Trace(&err, "stepform.Print(%s)", s.sha)
	if jpg, ok := d.prints.Get(print{s, thumb}); ok {
		return jpg, nil
	}
	data, err := d.blobs.Read(s.sha)
	if err != nil {
		return nil, err
	}
	develop := d.lab.Develop
	if s.veiled {
		develop = d.lab.Veil
	}
	p, err := develop(ctx, data)
	if err != nil {
		return nil, err
	}
	d.prints.Add(print{s, true}, p.Thumb)
	d.prints.Add(print{s, false}, p.Screen)
	if thumb {
		return p.Thumb, nil
	}
	return p.Screen, nil
}

// Send answers a request for a photo: size is thumb or screen.
func (d *Desk) Send(w http.ResponseWriter, r *http.Request, s Shot, size string) error {
	jpg, err := d.Print(r.Context(), s, size == "thumb")
	if err != nil {
		return err
	}
	age := 24 * time.Hour
	if s.veiled {
		age = 5 * time.Minute // it may be hidden
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Cache-Control", fmt.Sprintf("private, max-age=%.0f", age.Seconds()))
	_, _ = w.Write(jpg) // the visitor may have left
	return nil
}

// Signature answers a request for a signature: its bytes as they were signed.
func (d *Desk) Signature(w http.ResponseWriter, sha string) error {
	data, err := d.blobs.Read(sha)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, max-age=86400")
	_, _ = w.Write(data) // the visitor may have left
	return nil
}

// mark is what a form carries of a kept file.
type mark struct {
	SHA    string           `json:"s"`
	Size   int64            `json:"n"`
	Name   string           `json:"f"`
	Mime   string           `json:"m"`
	Taken  int64            `json:"t,omitempty"`
	At     *procedure.Point `json:"p,omitempty"`
	Device string           `json:"d,omitempty"`
	Hash   int64            `json:"h,omitempty"`
}

// Take proves and keeps a form's files and those an earlier try delivered. The
// kept ones are returned with marks for the form, also beside a fault: one bad
// photo costs no good one. at is where the sender says to be, for photos that
// do not say so themselves; nil when unknown.
func (d *Desk) Take(ctx context.Context, in form.Input, at *procedure.Point, now time.Time) (ups []engine.Upload, kept map[string][]form.Kept, err error) {
	kept = map[string][]form.Kept{}
	wrong := fault.New(fault.Invalid, "form.refused")
	add := func(field string, m mark) error {
		ups = append(ups, m.upload(field))
		s, err := d.seal(m)
		kept[field] = append(kept[field], form.Kept{Mark: s, Name: m.Name})
		return err
	}
	for field, marks := range in.Kept {
		for _, s := range marks {
			m, ok := d.open(s)
			if !ok {
				continue
			}
			if err := add(field, m); err != nil {
				return nil, nil, err
			}
		}
	}
	for field, list := range in.Files {
		for _, h := range list {
			m, err := d.one(ctx, h, at, now)
			if f := fault.As(err); f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
				wrong.Fields = append(wrong.Fields, fault.Field{Name: field, Key: f.Key, Args: f.Args})
				continue
			} else if err != nil {
				return nil, nil, err
			}
			if err := add(field, m); err != nil {
				return nil, nil, err
			}
		}
	}
	return ups, kept, wrong.OrNil()
}

func (d *Desk) one(ctx context.Context, h *multipart.FileHeader, at *procedure.Point, now time.Time) (m mark, err error) {
	f, err := h.Open()
	if err != nil {
		return m, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, photo.MaxBytes+1))
	if err != nil {
		return m, err
	}
	return d.keep(ctx, h.Filename, data, at, now)
}

// Keep proves and keeps one photo that did not come with a form, for a field of
// the step that will carry it. What is no photo is Invalid or TooLarge.
func (d *Desk) Keep(ctx context.Context, field, name string, data []byte, now time.Time) (u engine.Upload, err error) {
	defer fault.Trace(&err, "stepform.Keep")
	m, err := d.keep(ctx, name, data, nil, now)
	return m.upload(field), err
}

func (d *Desk) keep(ctx context.Context, name string, data []byte, at *procedure.Point, now time.Time) (m mark, err error) {
	prints, err := d.lab.Develop(ctx, data)
	if err != nil {
		return m, err
	}
	info, err := d.blobs.Put(ctx, bytes.NewReader(data), photo.MaxBytes)
	if err != nil {
		return m, err
	}
	m = mark{SHA: info.SHA256, Size: info.Size, Name: clip(name), Mime: prints.Head.Format.MediaType(), Hash: int64(prints.Hash), At: at,
		Device: prints.Meta.Make + " " + prints.Meta.Model}
	if prints.Meta.HasPoint {
		m.At = &procedure.Point{Lat: prints.Meta.Lat, Lng: prints.Meta.Lon, Accuracy: prints.Meta.Accuracy}
	}
	if t := prints.Meta.TakenAt; !t.IsZero() && !t.After(now) {
		m.Taken = t.UnixMicro()
	}
	return m, nil
}

const longestName = 120

func clip(s string) string {
	if r := []rune(s); len(r) > longestName {
		return string(r[:longestName])
	}
	return s
}

func (m mark) upload(field string) engine.Upload {
	u := engine.Upload{Field: field, Name: m.Name, Mime: m.Mime, SHA256: m.SHA, Size: m.Size, At: m.At, Device: m.Device, DHash: m.Hash}
	if m.Taken != 0 {
		u.Taken = time.UnixMicro(m.Taken).UTC()
	}
	return u
}

func (d *Desk) sign(b []byte) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write(b)
	return h.Sum(nil)
}

func (d *Desk) seal(m mark) (string, error) {
	b, err := json.Marshal(m)
	return base64.RawURLEncoding.EncodeToString(append(d.sign(b), b...)), err
}

func (d *Desk) open(s string) (m mark, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < sha256.Size || !hmac.Equal(b[:sha256.Size], d.sign(b[sha256.Size:])) {
		return m, false
	}
	return m, json.Unmarshal(b[sha256.Size:], &m) == nil
}

// Here is the name of the field that asks a phone where it is, for photos that
// do not say where they were taken.
const Here = "here"

// Sent is a form as it came in: its answers, its photos, and what was wrong.
type Sent struct {
	form.Input
	Uploads []engine.Upload
	Kept    map[string][]form.Kept
	Wrong   *fault.Error // nil when nothing was
}

// Read reads a form and takes its photos in. Wrong answers and bad photos are
// in Sent.Wrong together; any other fault is the error.
func (d *Desk) Read(r *http.Request, fields []form.Field, loc *time.Location, now time.Time) (s Sent, err error) {
	defer fault.Trace(&err, "stepform.Read")
	in, wrong := form.Read(r, fields, loc)
	s.Input = in
	if wrong != nil && !fault.Is(wrong, fault.Invalid) {
		return s, wrong
	}
	var at *procedure.Point
	for _, name := range []string{Here, "place"} {
		if p, ok := in.Values[name].(form.Point); ok && p.Located {
			at = &procedure.Point{Lat: p.Lat, Lng: p.Lng, Accuracy: p.Accuracy}
			break
		}
	}
	delete(in.Values, Here)
	var bad error
	s.Uploads, s.Kept, bad = d.Take(r.Context(), in, at, now)
	if bad != nil && !fault.Is(bad, fault.Invalid) {
		return s, bad
	}
	s.Uploads = append(s.Uploads, drawn(in, now)...)
	s.Wrong = Join(wrong, bad)
	return s, nil
}

// drawn are the signatures of a form that were drawn, in the order of their names.
func drawn(in form.Input, now time.Time) (out []engine.Upload) {
	for _, name := range slices.Sorted(maps.Keys(in.Values)) {
		if s, ok := in.Values[name].(form.Signature); ok && len(s.PNG) > 0 {
			out = append(out, engine.Upload{Field: name, Name: "signature.png", Mime: "image/png", Body: bytes.NewReader(s.PNG), Taken: now, Sign: true})
		}
	}
	return out
}

// Join is all that was wrong with the fields, nil when nothing was.
func Join(errs ...error) *fault.Error {
	out := fault.New(fault.Invalid, "form.refused")
	seen := false
	for _, err := range errs {
		if e := fault.As(err); e != nil {
			seen = true
			if len(e.Fields) == 0 {
				out.Key, out.Args = e.Key, e.Args
			}
			out.Fields = append(out.Fields, e.Fields...)
		}
	}
	if !seen {
		return nil
	}
	return out
}

// Refused is the form as it was sent with what was wrong; a procedure's refusal
// says its own sentence.
func (s Sent) Refused(ctx context.Context, f form.Form, wrong *fault.Error) form.Form {
	f = f.Refused(ctx, s.Input, wrong)
	f.Kept = s.Kept
	if text, ok := wrong.Args["text"].(i18n.Text); ok && len(wrong.Fields) == 0 {
		f.General = i18n.Said(ctx, text.In(i18n.LangOf(ctx)))
	}
	return f
}

// many is how many buttons are too many to read at a glance.
const many = 8

// Buttons are the steps of a case: first the next one where the caller knows it,
// else the usual one, then the others, what is blocked with its reason; what is for
// others is left out. Of many, those that are seldom taken, that every case has and
// that open another case are folded. Link is the address and the key of a step.
func Buttons(offers []engine.Offer, next string, lang i18n.Lang, link func(step string) (href, key string)) []ui.Step {
	main := slices.IndexFunc(offers, func(o engine.Offer) bool { return o.Allowed && !o.Aside() && o.Step.ID == next })
	if main < 0 {
		main = slices.IndexFunc(offers, func(o engine.Offer) bool { return o.Allowed && !o.Aside() && o.Step.Primary })
	}
	var first, rest, blocked []ui.Step
	for i, o := range offers {
		x := ui.Step{Label: o.Step.Name.In(lang)}
		switch {
		case o.Aside():
		case !o.Allowed:
			x.Blocked = o.Reason.In(lang)
			blocked = append(blocked, x)
		case i == main:
			x.Primary = true
			x.Href, x.Key = link(o.Step.ID)
			first = append(first, x)
		default:
			x.Href, x.Key = link(o.Step.ID)
			x.More = o.Step.Shared() || o.Step.Seldom || len(o.Step.Open) > 0
			rest = append(rest, x)
		}
	}
	if len(rest) < many {
		for i := range rest {
			rest[i].More = false
		}
	}
	return slices.Concat(first, rest, blocked)
}

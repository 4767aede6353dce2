package form

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/i18n"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/mapview"
	"xiucheng/internal/shell/ui"
)

// Form is one form to be drawn.
type Form struct {
	ID     string // unique in the page; prefix of all element ids
	Action string
	Fields []Field
	// Raw fills the inputs; Wrong marks them; General is a refusal of the whole,
	// in words.
	Raw     url.Values
	Wrong   []fault.Field
	General string
	Key     string // idempotency: one key per form drawn
	Version int64
	Steps   []ui.Step // the buttons; none draws "submit"
	// Draft names what the browser keeps until the form is accepted; empty
	// keeps nothing. It must differ between cases.
	Draft string
	// Target makes htmx replace this element (a CSS selector) with the answer.
	Target string
	// Ground is the map that place fields are picked on; its ID and Pick are
	// set here. The zero Map draws no map: the address does.
	Ground mapview.Map
	// Kept are uploads that an earlier try delivered, by field.
	Kept map[string][]Kept
}

// Kept is an upload that need not be sent again.
type Kept struct{ Mark, Name, Thumb string }

// New returns an empty form with a fresh idempotency key.
func New(formID, action string, fields []Field) Form {
	return Form{ID: formID, Action: action, Fields: fields, Raw: url.Values{}, Key: id.New().String()}
}

// Fill returns the form filled with typed values, of the types that Read
// returns; a value of another type is shown as Go prints it. Times are shown
// in loc.
func (f Form) Fill(values map[string]any, loc *time.Location) Form {
	f.Raw = maps.Clone(f.Raw)
	for _, field := range f.Fields {
		if v, ok := values[field.Name]; ok {
			fill(f.Raw, field, v, loc)
		}
	}
	return f
}

func fill(raw url.Values, f Field, v any, loc *time.Location) {
	set := func(part string, v float64) { raw.Set(f.Name+part, strconv.FormatFloat(v, 'f', -1, 64)) }
	switch v := v.(type) {
	case Point:
		raw.Set(f.Name+".address", v.Address)
		if v.Located {
			set(".lat", v.Lat)
			set(".lng", v.Lng)
			set(".accuracy", v.Accuracy)
		}
	case map[string]string:
		fillPairs(raw, f, v)
	case []map[string]string:
		fillRows(raw, f, v)
	case bool:
		raw.Del(f.Name)
		if v {
			raw.Set(f.Name, "1")
		}
	case []string:
		raw[f.Name] = slices.Clone(v)
	case []int64:
		raw[f.Name] = shown(f, v, loc)
	case []float64:
		raw[f.Name] = shown(f, v, loc)
	case []time.Time:
		raw[f.Name] = shown(f, v, loc)
	default:
		raw.Set(f.Name, text(f, v, loc))
	}
}

func fillPairs(raw url.Values, f Field, m map[string]string) {
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if f.hasOption(k) {
			raw.Set(f.Name+"."+k, m[k])
		} else {
			lines = append(lines, k+"="+m[k])
		}
	}
	raw.Set(f.Name, strings.Join(lines, "\n"))
}

func shown[T any](f Field, list []T, loc *time.Location) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = text(f, v, loc)
	}
	return out
}

// text is the form of a value that its input accepts.
func text(f Field, v any, loc *time.Location) string {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return ""
		}
		if f.Type == Date {
			return v.In(loc).Format(time.DateOnly)
		}
		return v.In(loc).Format("2006-01-02T15:04")
	case int64:
		if f.Type == Money {
			return fmt.Sprintf("%d.%02d", v/100, v%100)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// Refused returns the form as the person sent it, with what was wrong. The key
// stays: nothing was done, and trying again is the same act. A Stale fault
// needs the version of the case as it is now, which the caller sets.
func (f Form) Refused(ctx context.Context, in Input, err error) Form {
	f.Raw, f.Key = in.Raw, in.Key
	if f.Key == "" {
		f.Key = id.New().String()
	}
	e := fault.As(err)
	f.Wrong = e.Fields
	if len(e.Fields) == 0 {
		f.General = i18n.From(ctx).Bundle.Text(e.Key).Fill(i18n.LangOf(ctx), e.Args)
	}
	return f
}

// wrong is the fault of a field in words, "" when there is none.
func (f Form) wrong(ctx context.Context, name string) string {
	for _, w := range f.Wrong {
		if w.Name == name {
			return sentence(ctx, w)
		}
	}
	return ""
}

func sentence(ctx context.Context, w fault.Field) string {
	return i18n.From(ctx).Bundle.Text(w.Key).Fill(i18n.LangOf(ctx), w.Args)
}

func (f Form) multipart() bool { return slices.ContainsFunc(f.Fields, Field.isFile) }

// inputID is the id of a field's first input, which its label and the error
// summary point at.
func (f Form) inputID(field Field) string {
	switch {
	case field.Type == Place:
		return f.ID + "-" + field.Name + "-address"
	case field.Type == Map && len(field.Options) > 0:
		return f.ID + "-" + field.Name + "-" + field.Options[0].Value
	case field.Type == Rows && len(field.Columns) > 0:
		return f.cellID(field, 0, field.Columns[0])
	case f.asGroup(field):
		return f.ID + "-" + field.Name + "-0"
	}
	return f.ID + "-" + field.Name
}

// fieldOf finds the field of a fault; a fault may name a field that the form
// does not show, then the summary has no link.
func (f Form) fieldOf(name string) (Field, bool) {
	i := slices.IndexFunc(f.Fields, func(field Field) bool { return field.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return f.Fields[i], true
}

// few choices are shown at once; a list of many gets a box to filter it.
const (
	few  = 5
	many = 15
)

// asGroup reports whether the choices are radio buttons or checkboxes.
func (f Form) asGroup(field Field) bool {
	return field.isChoice() && (field.List || field.Type == Enum && len(field.Options) <= few)
}

// describedBy lists the ids of help and error.
func (f Form) describedBy(ctx context.Context, field Field) string {
	var ids []string
	base := f.ID + "-" + field.Name
	if field.Help.ZH != "" {
		ids = append(ids, base+"-help")
	}
	if field.Personal {
		ids = append(ids, base+"-personal")
	}
	if f.wrong(ctx, field.Name) != "" {
		ids = append(ids, base+"-error")
	}
	return strings.Join(ids, " ")
}

// paired reports whether the inputs of a map must be seen: one is filled or wrong.
func (f Form) paired(field Field) bool {
	return slices.ContainsFunc(f.Wrong, func(w fault.Field) bool { return w.Name == field.Name }) ||
		slices.ContainsFunc(field.Options, func(o Option) bool { return f.Raw.Get(field.Name+"."+o.Value) != "" })
}

// attrs are the attributes that all inputs of a field share.
func (f Form) attrs(ctx context.Context, field Field) templ.Attributes {
	a := templ.Attributes{}
	if d := f.describedBy(ctx, field); d != "" {
		a["aria-describedby"] = d
	}
	if field.Required {
		a["aria-required"] = "true"
	}
	if f.wrong(ctx, field.Name) != "" {
		a["aria-invalid"] = "true"
	}
	if field.Renews != "" {
		id := "#" + f.ID + "-" + field.Renews + "-field"
		a["hx-get"], a["hx-trigger"], a["hx-params"] = f.Action, "change", field.Name
		a["hx-target"], a["hx-select"], a["hx-swap"] = id, id, "outerHTML"
	}
	return a
}

// groupAttrs are the attributes of a group of inputs.
func (f Form) groupAttrs(ctx context.Context, field Field) templ.Attributes {
	if d := f.describedBy(ctx, field); d != "" {
		return templ.Attributes{"aria-describedby": d}
	}
	return nil
}

// inputAttrs are attrs with what tells a phone which keyboard to show.
func (f Form) inputAttrs(ctx context.Context, field Field) templ.Attributes {
	a := f.attrs(ctx, field)
	a["type"] = "text"
	switch field.Type {
	case Int:
		a["inputmode"] = "numeric"
	case Dec, Money:
		a["inputmode"] = "decimal"
	case Date:
		a["type"] = "date"
	case Time:
		a["type"] = "datetime-local"
	case Phone:
		a["type"], a["inputmode"], a["autocomplete"] = "tel", "tel", "tel"
	case Text:
		a["maxlength"] = strconv.Itoa(field.limit())
	}
	if field.Complete != "" {
		a["autocomplete"] = field.Complete
	} else if a["autocomplete"] == nil {
		a["autocomplete"] = "off"
	}
	return a
}

func (f Form) ground(field Field) mapview.Map {
	m := f.Ground
	m.ID, m.Pick = f.ID+"-"+field.Name+"-map", field.Name
	return m
}

func (f Form) hasGround() bool { return f.Ground.Base != "" }

// words are the sentences that the scripts of the form speak.
func words(ctx context.Context, keys ...string) string {
	m := map[string]string{}
	for _, k := range keys {
		m[k[strings.LastIndex(k, ".")+1:]] = i18n.T(ctx, k)
	}
	b, err := json.Marshal(m)
	if err != nil { // a map of strings always has a JSON form
		return "{}"
	}
	return string(b)
}

func (f Form) steps(ctx context.Context) []ui.Step {
	if len(f.Steps) > 0 {
		return f.Steps
	}
	return []ui.Step{{Label: i18n.T(ctx, "form.submit"), Icon: "check", Primary: true}}
}

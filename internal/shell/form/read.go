package form

import (
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"xiucheng/internal/platform/fault"
)

// Names of the hidden inputs, which no field may use.
const (
	KeyInput     = "_key"
	VersionInput = "_version"
	StepInput    = "_step"
)

// memory is how much of an upload is held in memory; the rest lies in files
// that net/http removes.
const memory = 4 << 20

// Input is what a person sent.
type Input struct {
	// Values are the typed answers by field name; an answer not given has no
	// entry, except for Bool.
	Values map[string]any
	// Files are the uploads of photo and file fields. Kept are the marks of
	// uploads that an earlier try already delivered.
	Files map[string][]*multipart.FileHeader
	Kept  map[string][]string
	// Raw are the texts as sent, to fill the form again.
	Raw url.Values
	// Key is the idempotency key, Version the version of the case the form was
	// drawn for (0: none), Step the value of the button that was pressed.
	Key     string
	Version int64
	Step    string
}

// Read parses the body of a form. It returns the Input also with an error, so
// that the form can be shown again. Wrong answers are one Invalid fault with a
// fault per field; a body that is too large or broken is its own fault.
// Dates are read in loc.
func Read(r *http.Request, fields []Field, loc *time.Location) (in Input, err error) {
	defer fault.Trace(&err, "form.Read")
	in = Input{Values: map[string]any{}, Files: map[string][]*multipart.FileHeader{}, Kept: map[string][]string{}, Raw: url.Values{}}
	if err := parseBody(r); err != nil {
		return in, err
	}
	in.Raw = r.PostForm
	in.Key = in.Raw.Get(KeyInput)
	in.Step = in.Raw.Get(StepInput)
	in.Version, _ = strconv.ParseInt(in.Raw.Get(VersionInput), 10, 64) // unreadable counts as none
	wrong, more := fault.New(fault.Invalid, "form.refused"), false
	for _, f := range fields {
		if !f.asked(in.Raw) {
			continue
		}
		more = more || f.Type == Rows && in.Raw.Has(f.more())
		p := parser{f: f, raw: in.Raw, loc: loc}
		if f.isFile() {
			p.files(r.MultipartForm, &in)
		} else if v, ok := p.value(); ok {
			in.Values[f.Name] = v
		}
		wrong.Fields = append(wrong.Fields, p.wrong...)
	}
	if more { // nothing is wrong: the form is drawn again with empty rows
		return in, fault.New(fault.Invalid, "form.rows.added")
	}
	return in, wrong.OrNil()
}

func parseBody(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // unreadable is not multipart
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(memory)
	} else {
		err = r.ParseForm()
	}
	var big *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &big):
		return err // the adapter knows its kind
	}
	return fault.Wrap(err, fault.Invalid, "form.bad.body")
}

package engine

import (
	"context"
	"io"
	"maps"
	"strings"
	"time"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/field"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/platform/fault"
)

// Upload is a file that comes with a step. Body is stored by the engine; a file
// whose bytes already lie in the blob store has SHA256 and Size instead. The
// way in has already proved that a photo is one.
type Upload struct {
	Field  string // of the step's form
	Name   string
	Mime   string
	Body   io.Reader
	SHA256 string
	Size   int64
	Taken  time.Time        // as the device says; zero when unknown
	At     *procedure.Point // where it was captured; nil when unknown
	Device string
	DHash  int64
	Sign   bool // what was drawn for a sign field: its digest is the answer
}

func (u Upload) photo() bool { return strings.HasPrefix(u.Mime, "image/") }

// kind of evidence: the form field's, else what the form says.
func (u Upload) kind(step *procedure.Step, in procedure.Input) string {
	if u.Sign {
		return evidence.Signature
	}
	if step != nil {
		if f := step.FieldOf(u.Field); f != nil && f.Evidence != "" {
			return f.Evidence
		}
	}
	if k, ok := in["kind"].(string); ok {
		return k
	}
	return "other"
}

// keep stores the bodies and returns the files with their digests.
func (e *Engine) keep(ctx context.Context, files []Upload) ([]Upload, error) {
	out := make([]Upload, len(files))
	for i, u := range files {
		if u.SHA256 == "" {
			info, err := e.Blobs.Put(ctx, u.Body, e.FileLimit)
			if err != nil {
				return nil, err
			}
			u.SHA256, u.Size, u.Body = info.SHA256, info.Size, nil
		}
		out[i] = u
	}
	return out, nil
}

// withFiles puts the digests of the files into the input, by field.
func withFiles(in procedure.Input, files []Upload) procedure.Input {
	out := procedure.Input{}
	maps.Copy(out, in)
	for _, u := range files {
		if u.Sign {
			out[u.Field] = u.SHA256
			continue
		}
		list, _ := out[u.Field].([]string)
		out[u.Field] = append(list[:len(list):len(list)], u.SHA256)
	}
	return out
}

// filesFit refuses a file the form has no field for, and one that is no picture
// where a photo is asked for.
func (sc *scene) filesFit(step *procedure.Step) error {
	for _, u := range sc.files {
		f := step.FieldOf(u.Field)
		if f == nil || !f.Files() && !u.Sign || (f.Type == field.Sign) != u.Sign {
			return fault.New(fault.Invalid, "engine.file_unasked", "name", u.Name)
		}
		if f.Type == field.Photo && f.Evidence != "" && !u.photo() {
			return sc.sentence(step, fault.New(fault.Invalid, "R07"), "").Field(u.Field, "engine.no_photo", "name", u.Name)
		}
	}
	return nil
}

// exhibit records the files of the act.
func (p *plan) exhibit() {
	for i, u := range p.files {
		x := evidence.Exhibit{
			Case: p.after.ID, Seq: p.body.Seq, N: i, SHA256: u.SHA256, Kind: u.kind(p.step, p.input), Field: u.Field, Name: u.Name,
			Mime: u.Mime, Size: u.Size, Taken: u.Taken, Received: p.now, At: u.At, Device: u.Device, Actor: p.account(),
			DHash: u.DHash, Late: p.snap.Terminal, Veiled: p.snap.Proc.Faces == procedure.Blurred,
		}
		p.exhibits = append(p.exhibits, x)
		p.body.Evidence = append(p.body.Evidence, x.Named())
	}
}

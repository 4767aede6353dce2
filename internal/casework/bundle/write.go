package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"mime"
	"regexp"

	"github.com/emmansun/gmsm/sm3"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
)

// Maker makes bundles.
type Maker struct {
	DB     *dbx.DB
	Files  *blob.Store
	Sealer *seal.Sealer
}

// Write writes the bundle of a case as it is now; what is not sealed yet is
// sealed first. Personal values go along only where they are asked for. An
// unknown case is NotFound.
func (m Maker) Write(ctx context.Context, w io.Writer, d people.Division, caseID id.ID, personal bool) (_ Manifest, err error) {
	defer fault.Trace(&err, "bundle.Write(%s)", caseID)
	if err := m.Sealer.Cover(ctx, d, caseID); err != nil {
		return Manifest{}, err
	}
	b := builder{Maker: m, personal: personal, man: Manifest{Format: format, Origin: seal.Origin(d), Case: caseID.String(), Digest: "sha256", Files: []File{}, LeftOut: []LeftOut{}}}
	if err := b.texts(ctx, d, caseID); err != nil {
		return b.man, err
	}
	if err := b.files(ctx, d.ID, caseID); err != nil {
		return b.man, err
	}
	raw, err := encode(b.man)
	if err != nil {
		return b.man, err
	}
	out := pack{w: w}
	if err := out.add(manifestName, int64(len(raw)), crc32.ChecksumIEEE(raw), bytes.NewReader(raw)); err != nil {
		return b.man, err
	}
	for _, p := range b.parts {
		body, err := p.open()
		if err == nil {
			err = errors.Join(out.add(p.name, p.size, p.crc, body), body.Close())
		}
		if err != nil {
			return b.man, err
		}
	}
	return b.man, out.close()
}

// source is a part that is yet to be written.
type source struct {
	part
	open func() (io.ReadCloser, error)
}

type builder struct {
	Maker
	personal bool
	man      Manifest
	events   []record.Event
	parts    []source
}

// sums are the digests of one part.
type sums struct {
	size int64
	crc  uint32
	File
}

func sum(r io.Reader, name string) (s sums, err error) {
	a, b, c := sha256.New(), sm3.New(), crc32.NewIEEE()
	s.size, err = io.Copy(io.MultiWriter(a, b, c), r)
	s.crc, s.File = c.Sum32(), File{name, s.size, hex.EncodeToString(a.Sum(nil)), hex.EncodeToString(b.Sum(nil))}
	return s, err
}

func (b *builder) add(name string, open func() (io.ReadCloser, error)) error {
	r, err := open()
	if err != nil {
		return err
	}
	s, err := sum(r, name)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	b.man.Files = append(b.man.Files, s.File)
	b.parts = append(b.parts, source{part{name: name, size: s.size, crc: s.crc}, open})
	return nil
}

func (b *builder) text(name string, body []byte, err error) error {
	if err != nil {
		return err
	}
	return b.add(name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil })
}

// texts are all parts but the files of the case.
func (b *builder) texts(ctx context.Context, d people.Division, caseID id.ID) error {
	signed, c, list, err := seal.Prove(ctx, b.DB, d.ID, caseID)
	if err != nil {
		return err
	}
	events, err := record.Timeline(ctx, b.DB, d.ID, caseID)
	if err != nil {
		return err
	}
	if len(list) == 0 || len(events) < len(list) {
		return fault.Missing("case")
	}
	b.events = events[:len(list)] // an event of this moment waits for the next bundle
	f, err := record.Fold(b.events)
	if err != nil {
		return err
	}
	b.man.Number, b.man.Events = f.Number, len(b.events)
	if f.Digest == record.SM3 {
		b.man.Digest = record.SM3
	}
	if err := b.text(readmeName, readme, nil); err != nil {
		return err
	}
	raw, err := lines(toLines(b.events))
	if err := b.text(eventsName, raw, err); err != nil {
		return err
	}
	if b.personal {
		values, err := record.PersonalOf(ctx, b.DB, d.ID, caseID)
		if err != nil {
			return err
		}
		raw, err := lines(toValues(values, int64(len(b.events))))
		if err := b.text(personalName, raw, err); err != nil {
			return err
		}
	}
	raw, err = encode(toProofs(c.Size, list))
	if err := b.text(proofName, raw, err); err != nil {
		return err
	}
	if err := b.text(noteName, []byte(signed), nil); err != nil {
		return err
	}
	key, err := b.signedBy(ctx, d.ID, signed)
	return b.text(keyName, []byte(key+"\n"), err)
}

// signedBy is the listed key that signed the checkpoint.
func (b *builder) signedBy(ctx context.Context, division id.ID, signed string) (string, error) {
	keys, err := seal.Keys(ctx, b.DB, division)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if _, key, err := seal.OpenCheckpoint(signed, k.Text); err == nil {
			return key, nil
		}
	}
	return "", errors.New("the newest checkpoint was signed by no listed key")
}

func toLines(events []record.Event) (out []line) {
	for _, e := range events {
		out = append(out, line{e.Seq, hex.EncodeToString(e.Prev), hex.EncodeToString(e.Hash), e.Body})
	}
	return out
}

func toValues(list []record.Personal, upTo int64) (out []value) {
	for _, p := range list {
		if p.Seq <= upTo {
			out = append(out, value{p.Seq, p.Field, hex.EncodeToString(p.Salt), p.Value, p.Erased, p.Rule})
		}
	}
	return out
}

func toProofs(size int64, list []seal.Proof) proofs {
	out := proofs{Size: size}
	for _, p := range list {
		x := proof{Seq: p.Seq, Index: p.N, Path: []string{}}
		for _, h := range p.Path {
			x.Path = append(x.Path, base64.StdEncoding.EncodeToString(h[:]))
		}
		out.Leaves = append(out.Leaves, x)
	}
	return out
}

// files adds every file that an event names, once.
func (b *builder) files(ctx context.Context, division, caseID id.ID) error {
	known, err := evidence.Of(ctx, b.DB, division, caseID)
	if err != nil {
		return err
	}
	types := map[string]string{}
	for _, x := range known {
		types[x.SHA256] = x.Mime
	}
	seen := map[string]bool{}
	for _, e := range b.events {
		body, err := e.Read()
		if err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		for _, x := range body.Evidence {
			if seen[x.SHA256] {
				continue
			}
			seen[x.SHA256] = true
			f, err := b.Files.Open(x.SHA256)
			if err != nil {
				b.man.LeftOut = append(b.man.LeftOut, LeftOut{x.SHA256, "not kept"})
				continue
			}
			if err := f.Close(); err != nil {
				return err
			}
			err = b.add(folderOf(x.Kind)+x.SHA256+extension(types[x.SHA256]), func() (io.ReadCloser, error) { return b.Files.Open(x.SHA256) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func folderOf(kind string) string {
	if kind == paperKind {
		return papersFolder
	}
	return evidenceFolder
}

var short = regexp.MustCompile(`^\.[a-z0-9]{1,5}$`)

// extension is how a file's name ends, so that it opens by a click.
func extension(kind string) string {
	switch kind {
	case "image/jpeg":
		return ".jpg"
	case "":
		return ""
	}
	list, err := mime.ExtensionsByType(kind)
	if err != nil || len(list) == 0 || !short.MatchString(list[0]) {
		return ""
	}
	return list[0]
}

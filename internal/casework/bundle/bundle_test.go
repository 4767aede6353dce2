package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/event"
	"xiucheng/internal/platform/id"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)
)

// office is a division with one case of five events, two files and one personal value.
type office struct {
	Maker
	t      testing.TB
	d      people.Division
	caseID id.ID
}

func newOffice(t testing.TB, db *dbx.DB, digest string) *office {
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &seal.Sealer{DB: db, Clock: clock.At(noon), Log: slog.New(slog.DiscardHandler), Dir: t.TempDir(), Every: time.Minute}
	o := &office{Maker{db, files, s}, t, people.Division{ID: id.New(), Key: "d"}, id.New()}
	for range 3 { // others in the log
		o.happen(id.New(), 2, "")
	}
	o.happen(o.caseID, 5, digest)
	return o
}

func (o *office) happen(caseID id.ID, n int64, digest string) {
	o.t.Helper()
	c := &record.Case{Row: record.Row{Division: o.d.ID, ID: caseID, Procedure: "p", ProcVersion: 1, State: "open", Opened: 1, Due: record.NoDue, Tick: record.NoDue, Digest: digest},
		Raw: map[string]json.RawMessage{}}
	for seq := int64(1); seq <= n; seq++ {
		b := record.Body{Case: caseID, Digest: digest, Seq: seq, At: seq, Step: fmt.Sprint("s", seq), To: "open", Actor: record.Actor{Account: "a"}}
		var values []record.Personal
		var exhibits []evidence.Exhibit
		if seq == 1 {
			v, commitment := record.Conceal("phone", json.RawMessage(`"13800001111"`))
			values, b.Commit, b.Number = append(values, v), map[string]string{"phone": commitment}, "N1"
		}
		if seq == 2 || seq == 4 {
			info, err := o.Files.Put(ctx, strings.NewReader(strings.Repeat(fmt.Sprint(caseID, seq), 10)), 1<<20)
			if err != nil {
				o.t.Fatal(err)
			}
			b.Evidence = []record.Exhibit{{SHA256: info.SHA256, Kind: "after"}}
			exhibits = []evidence.Exhibit{{Case: caseID, Seq: seq, SHA256: info.SHA256, Kind: "after", Mime: "image/jpeg", Size: info.Size, Taken: noon, Received: noon}}
		}
		ev, err := record.Seal(&b, "", c.Head)
		if err != nil {
			o.t.Fatal(err)
		}
		c.Head, c.Version = ev.Hash, seq
		enc, err := c.Encode()
		if err != nil {
			o.t.Fatal(err)
		}
		err = o.DB.Write(ctx, func(tx *dbx.Tx) error {
			write := record.Update
			if seq == 1 {
				write = record.Insert
			}
			if err := write(ctx, tx, c, enc, ev); err != nil {
				return err
			}
			if err := evidence.Insert(ctx, tx, o.d.ID, exhibits); err != nil {
				return err
			}
			return record.InsertPersonal(ctx, tx, o.d.ID, caseID, seq, values)
		})
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *office) bundle(personal bool) []byte {
	o.t.Helper()
	var out bytes.Buffer
	if _, err := o.Write(ctx, &out, o.d, o.caseID, personal); err != nil {
		o.t.Fatal(err)
	}
	return out.Bytes()
}

func check(t testing.TB, raw []byte, key string) Report {
	t.Helper()
	r, err := Verify(bytes.NewReader(raw), int64(len(raw)), key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var migrations = []dbx.Migration{event.Migration, record.Migration, evidence.Migration, seal.Migration}

func sqlite(t testing.TB) *dbx.DB { return dbtest.SQLite(t, migrations...) }

func TestABundleVerifiesWithoutTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		for _, digest := range []string{"", record.SM3} {
			o := newOffice(t, db, digest)
			for _, personal := range []bool{false, true} {
				raw := o.bundle(personal)
				r := check(t, raw, "")
				if len(r.Findings) > 0 || r.Events != 5 || r.Files != 2 || r.Pinned || r.Manifest.Number != "N1" || (r.Values == 1) != personal || r.Checkpoint.Size < 5 {
					t.Errorf("%+v", r)
				}
				if bytes.Contains(raw, []byte("13800001111")) != personal {
					t.Errorf("personal %v: the value is there or not", personal)
				}
				if r := check(t, raw, r.Key); len(r.Findings) > 0 || !r.Pinned {
					t.Errorf("with its key: %+v", r)
				}
				if r := check(t, raw, "other"); len(r.Findings) != 1 || r.Findings[0].What != OtherKey {
					t.Errorf("with another key: %+v", r.Findings)
				}
			}
			if err := o.DB.Write(ctx, func(tx *dbx.Tx) error { _, err := record.Erase(ctx, tx, o.d.ID, o.caseID, "R1", 9); return err }); err != nil {
				t.Fatal(err)
			}
			if r := check(t, o.bundle(true), ""); len(r.Findings) > 0 || len(r.Erased) != 1 || r.Erased[0].Rule != "R1" {
				t.Errorf("after erasure: %+v", r)
			}
		}
	}, migrations...)
}

// Any program opens it.
func TestABundleIsAZip(t *testing.T) {
	raw := newOffice(t, sqlite(t), "").bundle(true)
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		names = append(names, f.Name)
	}
	if len(names) != 9 || names[0] != manifestName || names[1] != readmeName {
		t.Errorf("%q", names)
	}
}

func TestEveryFlippedByteIsFoundAndNamed(t *testing.T) {
	for _, digest := range []string{"", record.SM3} {
		raw := newOffice(t, sqlite(t), digest).bundle(true)
		spans := places(t, raw)
		rapid.Check(t, func(t *rapid.T) {
			span := rapid.SampledFrom(spans).Draw(t, "part")
			at := rapid.Int64Range(span.from, span.to-1).Draw(t, "byte")
			bad := bytes.Clone(raw)
			bad[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
			r, err := Verify(bytes.NewReader(bad), int64(len(bad)), "")
			if err != nil && at < 4 {
				return // no bundle at all
			}
			if err != nil || !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.File == span.name || span.head }) {
				t.Fatalf("byte %d of %s: %v, %v", at-span.from, span.name, r.Findings, err)
			}
		})
	}
}

type span struct {
	name     string
	head     bool
	from, to int64
}

// places are the parts of a bundle, and what is between them.
func places(t *testing.T, raw []byte) (out []span) {
	t.Helper()
	end := int64(0)
	err := unpack(bytes.NewReader(raw), int64(len(raw)), func(p part, body io.Reader) (uint32, error) {
		from := p.offset + partLen + int64(len(p.name))
		end = from + p.size
		out = append(out, span{p.name, true, p.offset, from}, span{p.name, false, from, end})
		return p.crc, nil
	}, func(string, string) {})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, span{"", false, end, int64(len(raw))})
}

// opened is a bundle that a forger takes apart and puts together again, with all
// digests that he can compute himself.
type opened struct {
	t     *testing.T
	names []string
	body  map[string][]byte
	man   Manifest
}

func open(t *testing.T, raw []byte) *opened {
	t.Helper()
	o := &opened{t: t, body: map[string][]byte{}}
	err := unpack(bytes.NewReader(raw), int64(len(raw)), func(p part, body io.Reader) (uint32, error) {
		b, err := io.ReadAll(body)
		o.names, o.body[p.name] = append(o.names, p.name), b
		return p.crc, err
	}, func(name, why string) { t.Errorf("%s: %s", name, why) })
	if err != nil || json.Unmarshal(o.body[manifestName], &o.man) != nil {
		t.Fatal(err)
	}
	return o
}

func (o *opened) close() []byte {
	o.t.Helper()
	o.man.Files = []File{}
	for _, n := range o.names[1:] {
		s, err := sum(bytes.NewReader(o.body[n]), n)
		if err != nil {
			o.t.Fatal(err)
		}
		o.man.Files = append(o.man.Files, s.File)
	}
	raw, err := encode(o.man)
	if err != nil {
		o.t.Fatal(err)
	}
	o.body[manifestName] = raw
	return o.packed()
}

func (o *opened) packed() []byte {
	var out bytes.Buffer
	c := pack{w: &out}
	for _, n := range o.names {
		b := o.body[n]
		if err := c.add(n, int64(len(b)), crc32.ChecksumIEEE(b), bytes.NewReader(b)); err != nil {
			o.t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		o.t.Fatal(err)
	}
	return out.Bytes()
}

func (o *opened) file() string { return o.names[len(o.names)-1] }

func (o *opened) lines() [][]byte { return bytes.SplitAfter(o.body[eventsName], []byte("\n"))[:5] }

func (o *opened) set(list ...[]byte) {
	o.body[eventsName] = bytes.Join(list, nil)
	o.man.Events = len(list)
}

// rechained are the events with one changed, and every hash made to fit.
func (o *opened) rechained(edit func(seq int, body string) string) {
	o.t.Helper()
	var prev []byte
	var events []record.Event
	for i, raw := range o.lines() {
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			o.t.Fatal(err)
		}
		var b record.Body
		if err := json.Unmarshal([]byte(edit(i+1, l.Body)), &b); err != nil {
			o.t.Fatal(err)
		}
		ev, err := record.Seal(&b, "", prev)
		if err != nil {
			o.t.Fatal(err)
		}
		prev = ev.Hash
		events = append(events, ev)
	}
	raw, err := lines(toLines(events))
	if err != nil {
		o.t.Fatal(err)
	}
	o.body[eventsName] = raw
}

func TestForgeriesAreNamed(t *testing.T) {
	raw := newOffice(t, sqlite(t), "").bundle(true)
	for name, x := range map[string]struct {
		forge func(o *opened) []byte
		want  Finding
	}{
		"event removed":    {func(o *opened) []byte { l := o.lines(); o.set(l[0], l[1], l[3], l[4]); return o.close() }, Finding{File: eventsName, Seq: 3, What: Missing}},
		"first removed":    {func(o *opened) []byte { l := o.lines(); o.set(l[1:]...); return o.close() }, Finding{File: eventsName, Seq: 1, What: Missing}},
		"last removed":     {func(o *opened) []byte { l := o.lines(); o.set(l[:4]...); return o.close() }, Finding{File: proofName, Seq: 5, What: Added}},
		"events exchanged": {func(o *opened) []byte { l := o.lines(); o.set(l[0], l[2], l[1], l[3], l[4]); return o.close() }, Finding{File: eventsName, Seq: 2, What: Missing}},
		"event twice":      {func(o *opened) []byte { l := o.lines(); o.set(l[0], l[1], l[1], l[2], l[3], l[4]); return o.close() }, Finding{File: eventsName, Seq: 3, What: Missing}},
		"body changed": {func(o *opened) []byte {
			o.body[eventsName] = bytes.Replace(o.body[eventsName], []byte("s3"), []byte("x3"), 1)
			return o.close()
		}, Finding{File: eventsName, Seq: 3, What: Altered}},
		"chain made anew": {func(o *opened) []byte {
			o.rechained(func(_ int, b string) string { return strings.Replace(b, "s3", "x3", 1) })
			return o.close()
		}, Finding{File: proofName, Seq: 3, What: Unproven}},
		"file exchanged": {func(o *opened) []byte { o.body[o.file()] = []byte("other"); return o.close() }, Finding{File: "*", What: Altered, Detail: "not the bytes of its name"}},
		"file removed":   {func(o *opened) []byte { o.names = o.names[:len(o.names)-1]; return o.close() }, Finding{File: "*", Seq: 4, What: Missing}},
		"file added":     {func(o *opened) []byte { o.names = append(o.names, "evidence/../../etc/passwd"); return o.close() }, Finding{File: "evidence/../../etc/passwd", What: Added}},
		"paper added": {func(o *opened) []byte {
			n := "papers/" + strings.Repeat("a", 64) + ".pdf"
			o.names = append(o.names, n)
			return o.close()
		}, Finding{File: "*", What: Added, Detail: "no event names it"}},
		"parts exchanged": {func(o *opened) []byte { o.names[2], o.names[3] = o.names[3], o.names[2]; return o.packed() }, Finding{File: "*", What: Moved}},
		"part twice":      {func(o *opened) []byte { o.names = append(o.names, keyName); return o.packed() }, Finding{File: keyName, What: Added, Detail: "twice"}},
		"proof removed": {func(o *opened) []byte {
			o.names = slices.DeleteFunc(o.names, func(n string) bool { return n == proofName })
			return o.close()
		}, Finding{File: proofName, What: Missing}},
		"README changed":   {func(o *opened) []byte { o.body[readmeName] = []byte("trust me"); return o.close() }, Finding{File: readmeName, What: Altered}},
		"another number":   {func(o *opened) []byte { o.man.Number = "N2"; return o.close() }, Finding{File: manifestName, What: Altered, Detail: "number"}},
		"left out, untrue": {func(o *opened) []byte { o.man.LeftOut = []LeftOut{{"x", "not kept"}}; return o.close() }, Finding{File: manifestName, What: Altered, Detail: "left_out x"}},
		"value changed": {func(o *opened) []byte {
			o.body[personalName] = bytes.Replace(o.body[personalName], []byte("13800001111"), []byte("13900001111"), 1)
			return o.close()
		}, Finding{File: personalName, Seq: 1, What: Personal}},
		"checkpoint larger": {func(o *opened) []byte {
			o.body[noteName] = bytes.Replace(o.body[noteName], []byte("\n5\n"), []byte("\n6\n"), 1)
			return o.close()
		}, Finding{File: noteName, What: Signature, Detail: "none of the known keys signed this checkpoint"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, x.forge(open(t, raw)), "")
			for _, f := range r.Findings {
				if x.want.File == "*" {
					f.File = "*"
				}
				if f == x.want {
					return
				}
			}
			t.Errorf("found %+v", r.Findings)
		})
	}
}

// Whoever signs a forged log with a key of his own is found by the key alone.
func TestAForgedLogNeedsTheKeyToBeFound(t *testing.T) {
	o := open(t, newOffice(t, sqlite(t), "").bundle(false))
	real := strings.TrimSpace(string(o.body[keyName]))
	secret, public, err := note.GenerateKey(rand.Reader, o.man.Origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(o.body[noteName]), "\n\n")
	if o.body[noteName], err = note.Sign(&note.Note{Text: text + "\n"}, signer); err != nil {
		t.Fatal(err)
	}
	o.body[keyName] = []byte(public + "\n")
	raw := o.close()
	if r := check(t, raw, ""); len(r.Findings) > 0 || r.Key != public || r.Pinned {
		t.Errorf("by itself: %+v", r)
	}
	if r := check(t, raw, real); len(r.Findings) != 1 || r.Findings[0].What != OtherKey {
		t.Errorf("with the key: %+v", r.Findings)
	}
}

// A file that is made to cost much costs little.
func TestBombsEndEarly(t *testing.T) {
	many := bytes.Repeat(part{name: "x"}.header(), maxParts+10)
	long := part{name: eventsName, size: 40 << 20}
	for name, raw := range map[string][]byte{
		"many parts": many,
		"long text":  append(long.header(), make([]byte, long.size)...),
		"no end":     part{name: eventsName, size: maxAll}.header(),
	} {
		allocs := testing.AllocsPerRun(1, func() {
			if r := check(t, raw, ""); len(r.Findings) == 0 || len(r.Findings) > 1000 {
				t.Errorf("%s: %d findings", name, len(r.Findings))
			}
		})
		if allocs > 1_000_000 {
			t.Errorf("%s: %.0f allocations", name, allocs)
		}
	}
}

// kept is a bundle of the demonstration, as format 1 was written first.
const (
	kept    = "testdata/format1.zip"
	keptKey = "xiucheng/weifang-ez/b6f53c5de60c+9c706b73+AbfsWMjvSX09qr+W9xC5aoTevO6bJP4kNP1btHBP07Ab"
)

func TestABundleOfThePastStillVerifies(t *testing.T) {
	raw, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if r := check(t, raw, keptKey); len(r.Findings) > 0 || !r.Pinned || r.Events == 0 {
		t.Errorf("%+v", r)
	}
}

func FuzzVerify(f *testing.F) {
	raw, err := os.ReadFile(kept)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Add(part{name: eventsName, size: maxAll}.header())
	f.Add(bytes.Repeat(part{name: "x"}.header(), 3))
	f.Fuzz(func(t *testing.T, bad []byte) {
		r, err := Verify(bytes.NewReader(bad), int64(len(bad)), keptKey)
		if err == nil && len(r.Findings) == 0 && !bytes.Equal(bad, raw) {
			t.Error("taken for whole")
		}
	})
}

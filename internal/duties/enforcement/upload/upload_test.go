package upload

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiucheng/internal/ground/pack"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/blob"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/visit"
)

// bench is a room behind its routes, for one officer.
type bench struct {
	*Room
	t     *testing.T
	mux   *http.ServeMux
	clk   *clock.Manual
	who   people.Actor
	of    id.ID
	limit string
}

func newBench(t *testing.T, db *dbx.DB) *bench {
	t.Helper()
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, mux: http.NewServeMux(), clk: clock.At(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), of: id.New(), limit: "1"}
	b.who = people.Actor{Division: id.New(), Account: id.New(), Name: "队员"}
	b.Room = New(Deps{DB: db, Blobs: blobs, Dir: t.TempDir() + "/uploads", Clock: b.clk,
		Settings: func(context.Context, id.ID) (*pack.Settings, error) {
			return pack.NewSettings(map[string]string{Limit: b.limit}), nil
		},
		Case: func(_ context.Context, _ id.ID, key string) (id.ID, error) {
			if key != b.of.String() {
				return id.ID{}, fault.Missing("case")
			}
			return b.of, nil
		}})
	for _, route := range b.Routes() {
		b.mux.HandleFunc(route.Method+" "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := route.Handler(w, r); err != nil {
				w.Header().Set("Key", fault.As(err).Key)
				w.WriteHeader(fault.As(err).Kind.Status())
			}
		})
	}
	return b
}

func (b *bench) ask(method, path string, body io.Reader, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Tus-Resumable", version)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	b.mux.ServeHTTP(w, r.WithContext(visit.With(r.Context(), &visit.Visit{Actor: b.who, Division: people.Division{ID: b.who.Division}})))
	return w
}

func (b *bench) is(w *httptest.ResponseRecorder, status int, key string) {
	b.t.Helper()
	if w.Code != status || w.Header().Get("Key") != key {
		b.t.Errorf("status %d %s, want %d %s", w.Code, w.Header().Get("Key"), status, key)
	}
}

func (b *bench) meta(kv ...string) string {
	var out []string
	for i := 0; i+1 < len(kv); i += 2 {
		out = append(out, kv[i]+" "+base64.StdEncoding.EncodeToString([]byte(kv[i+1])))
	}
	return strings.Join(out, ",")
}

func (b *bench) begin(size int, kv ...string) *httptest.ResponseRecorder {
	meta := b.meta(append([]string{"filename", "录像.mp4", "filetype", "video/mp4", "case", b.of.String()}, kv...)...)
	return b.ask("POST", home, nil, "Upload-Length", strconv.Itoa(size), "Upload-Metadata", meta)
}

func (b *bench) patch(at string, offset int64, body io.Reader) *httptest.ResponseRecorder {
	return b.ask("PATCH", at, body, "Upload-Offset", strconv.FormatInt(offset, 10), "Content-Type", "application/offset+octet-stream")
}

// torn gives some bytes and then breaks.
type torn struct{ r io.Reader }

func (x torn) Read(p []byte) (int, error) {
	n, err := x.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func sumOf(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }

func TestACutUploadGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbx.DB) {
		b, ctx := newBench(t, db), context.Background()
		text := strings.Repeat("执法记录", 5000)
		w := b.begin(len(text), "sha256", sumOf(text))
		b.is(w, 201, "")
		at := w.Header().Get("Location")
		b.is(b.patch(at, 0, torn{strings.NewReader(text[:777])}), 422, "upload.part")
		w = b.ask("HEAD", at, nil)
		if w.Header().Get("Upload-Offset") != "777" || w.Header().Get("Upload-Length") != strconv.Itoa(len(text)) || w.Header().Get("Upload-Sha256") != "" {
			t.Error(w.Header())
		}
		b.is(b.patch(at, 0, strings.NewReader(text)), 409, "upload.offset")
		b.is(b.patch(at, 778, strings.NewReader(text)), 409, "upload.offset")
		w = b.patch(at, 777, strings.NewReader(text[777:]))
		b.is(w, 204, "")
		if w.Header().Get("Upload-Sha256") != sumOf(text) {
			t.Error(w.Header())
		}
		list, err := b.Waiting(ctx, b.who.Division, b.who.Account, b.of)
		if err != nil || len(list) != 1 || list[0].Name != "录像.mp4" || list[0].Size != int64(len(text)) {
			t.Fatalf("%+v %v", list, err)
		}
		if err := b.Keep(ctx, list[0]); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Blobs.Read(sumOf(text)); err != nil || string(got) != text {
			t.Error("what was kept is not what was sent", err)
		}
		if err := b.Forget(ctx, list...); err != nil {
			t.Fatal(err)
		}
		b.is(b.ask("HEAD", at, nil), 404, "fault.not_found")
		if left, _ := os.ReadDir(b.Dir); len(left) != 0 {
			t.Error("parts remain", left)
		}
	}, Migration)
}

func TestUploadsThatAreWrongAreRefused(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t, Migration))
	b.is(b.begin(0), 422, "upload.length")
	b.is(b.begin(1<<20+1), 413, "upload.large")
	b.is(b.begin(5, "case", id.New().String()), 404, "fault.not_found")
	b.is(b.begin(5, "sha256", "xyz"), 422, "upload.meta")
	b.is(b.ask("POST", home, nil, "Upload-Length", "5", "Upload-Metadata", "filename !!"), 422, "upload.meta")
	b.is(b.ask("POST", home, nil, "Upload-Length", "5", "Tus-Resumable", "0.2.2"), 422, "upload.version")
	w := b.ask("OPTIONS", home, nil)
	if b.is(w, 204, ""); w.Header().Get("Tus-Max-Size") != "1048576" || w.Header().Get("Tus-Extension") != "creation,termination" {
		t.Error(w.Header())
	}
	at := b.begin(5, "sha256", sumOf("other"), "filename", `C:\照片\..\录像.mp4`).Header().Get("Location")
	b.is(b.ask("PATCH", at, strings.NewReader("hello"), "Upload-Offset", "0"), 422, "upload.type")
	b.is(b.patch(at, 0, strings.NewReader("hello, too long")), 409, "upload.digest") // five bytes are taken, and are not the announced ones
	b.is(b.ask("HEAD", at, nil), 404, "fault.not_found")
	at = b.begin(5).Header().Get("Location")
	me := b.who
	b.who.Account = id.New()
	b.is(b.ask("HEAD", at, nil), 404, "fault.not_found") // somebody else's
	b.who = me
	b.is(b.ask("DELETE", at, nil), 204, "")
	b.is(b.patch(at, 0, strings.NewReader("hello")), 404, "fault.not_found")
}

func TestWhatNobodyGoesOnWithIsSweptAfterADay(t *testing.T) {
	b, ctx := newBench(t, dbtest.SQLite(t, Migration)), context.Background()
	old := b.begin(5).Header().Get("Location")
	b.clk.Advance(20 * time.Hour)
	fresh := b.begin(5).Header().Get("Location")
	b.clk.Advance(5 * time.Hour)
	if err := b.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	b.is(b.ask("HEAD", old, nil), 404, "fault.not_found")
	b.is(b.ask("HEAD", fresh, nil), 200, "")
	if left, _ := os.ReadDir(b.Dir); len(left) != 1 {
		t.Error("the bytes of a swept upload remain", left)
	}
}

func TestAnyWayOfCuttingGivesTheSameFile(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t, Migration))
	rapid.Check(t, func(r *rapid.T) {
		text := fmt.Sprint(rapid.SliceOfN(rapid.Int(), 1, 50).Draw(r, "file"))
		at := b.begin(len(text)).Header().Get("Location")
		var sent int64
		for sent < int64(len(text)) {
			n := rapid.Int64Range(1, int64(len(text))-sent).Draw(r, "part")
			var body io.Reader = strings.NewReader(text[sent : sent+n])
			if rapid.Bool().Draw(r, "torn") {
				body = torn{body}
			}
			b.patch(at, sent, body)
			sent, _ = strconv.ParseInt(b.ask("HEAD", at, nil).Header().Get("Upload-Offset"), 10, 64)
		}
		if w := b.patch(at, sent, strings.NewReader("")); w.Code != 204 || w.Header().Get("Upload-Sha256") != sumOf(text) {
			r.Fatalf("%d %v", w.Code, w.Header())
		}
	})
}

package proof

import (
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"xiucheng/internal/casework/bundle"
	"xiucheng/internal/casework/evidence"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/visit"
)

// Door serves the pages.
type Door struct{ db *dbx.DB }

// New returns the door.
func New(db *dbx.DB) *Door { return &Door{db} }

// maxBundle is what an uploaded bundle may weigh; larger ones are checked by the
// command. In memory it never is.
const (
	maxBundle = 200 << 20
	inMemory  = 1 << 20
)

// Routes is the door's part of the route table. /v/ is short because it stands
// on papers, in a QR code.
func (d *Door) Routes() []httpx.Route {
	open := httpx.Public()
	guess := httpx.Rate{Every: 2 * time.Second, Burst: 60}
	heavy := httpx.Rate{Every: 20 * time.Second, Burst: 6}
	return []httpx.Route{
		{Method: "GET", Pattern: "/verify", Access: open, Handler: d.ask, Name: "proof", Rate: guess},
		{Method: "POST", Pattern: "/verify", Access: open, Handler: d.upload, Name: "proof.upload", MaxBody: maxBundle, Timeout: 5 * time.Minute, Rate: heavy},
		{Method: "GET", Pattern: "/v/{code}", Access: open, Handler: d.look, Name: "proof.code", Rate: guess},
	}
}

// view is the page: the question, and an answer where there is one.
type view struct {
	Code   string // as it was typed
	Keys   []seal.Key
	Unread string // the word of why the question was not understood
	None   bool   // nothing in the log has this code or digest
	Hit    *hit
	Bundle *answer
}

// hit is an event that was found.
type hit struct {
	seal.Sealed
	Number string // masked
	File   bool   // it was asked by the digest of a file
}

// answer is what was found in an uploaded bundle.
type answer struct {
	bundle.Report
	Ours bool // signed by a key of this division
	Code string
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, status int, v view) error {
	var err error
	if v.Keys, err = seal.Keys(r.Context(), d.db, visit.From(r.Context()).Division.ID); err != nil {
		return err
	}
	if v.Bundle != nil {
		v.Bundle.Ours = slices.ContainsFunc(v.Keys, func(k seal.Key) bool { return k.Text == v.Bundle.Key })
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpx.Render(w, r, status, page(v))
}

// ask shows the page, or leads from what was typed to its answer.
func (d *Door) ask(w http.ResponseWriter, r *http.Request) error {
	code := strings.TrimSpace(r.URL.Query().Get("code"))
	if code == "" {
		return d.show(w, r, http.StatusOK, view{})
	}
	if _, ok := seal.ParseCode(code); !ok {
		return d.show(w, r, http.StatusUnprocessableEntity, view{Code: code, Unread: "proof.no_code"})
	}
	return httpx.Redirect(w, r, "/v/"+url.PathEscape(code))
}

// look answers for a code or a digest.
func (d *Door) look(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	prefix, ok := seal.ParseCode(code)
	if !ok {
		return d.show(w, r, http.StatusUnprocessableEntity, view{Code: code, Unread: "proof.no_code"})
	}
	h, err := d.find(r, prefix)
	if fault.Is(err, fault.NotFound) {
		return d.show(w, r, http.StatusNotFound, view{Code: code, None: true})
	}
	if err != nil {
		return err
	}
	return d.show(w, r, http.StatusOK, view{Code: code, Hit: h})
}

func (d *Door) find(r *http.Request, prefix []byte) (*hit, error) {
	ctx, division := r.Context(), visit.From(r.Context()).Division.ID
	s, err := seal.ByHash(ctx, d.db, division, prefix)
	h := &hit{Sealed: s}
	if fault.Is(err, fault.NotFound) {
		h.File = true
		h.Sealed, err = d.file(r, division, hex.EncodeToString(prefix))
	}
	if err != nil {
		return nil, err
	}
	c, err := record.Find(ctx, d.db, division, h.Case)
	if err == nil {
		h.Number = masked(c.Number)
	}
	return h, err
}

// file finds the event that filed the bytes with this SHA-256 first.
func (d *Door) file(r *http.Request, division id.ID, sha string) (s seal.Sealed, err error) {
	list, err := evidence.Holding(r.Context(), d.db, division, sha)
	if err != nil {
		return s, err
	}
	for _, x := range list {
		found, err := seal.ByEvent(r.Context(), d.db, division, x.Case, x.Seq)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return s, err
		}
		if err == nil && (s.Hash == nil || found.N < s.N) {
			s = found
		}
	}
	if s.Hash == nil {
		return s, fault.Missing("event")
	}
	return s, nil
}

// masked leaves of a number what tells it apart for who has it before him.
func masked(number string) string {
	r := []rune(number)
	if len(r) < 8 {
		return strings.Repeat("•", len(r))
	}
	return string(r[:2]) + strings.Repeat("•", len(r)-5) + string(r[len(r)-3:])
}

// upload checks a bundle.
func (d *Door) upload(w http.ResponseWriter, r *http.Request) (err error) {
	if err := r.ParseMultipartForm(inMemory); err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			return d.show(w, r, http.StatusRequestEntityTooLarge, view{Unread: "proof.too_large"})
		}
		return d.show(w, r, http.StatusUnprocessableEntity, view{Unread: "proof.no_bundle"})
	}
	defer func() { err = errors.Join(err, r.MultipartForm.RemoveAll()) }()
	f, head, err := r.FormFile("bundle")
	if err != nil {
		return d.show(w, r, http.StatusUnprocessableEntity, view{Unread: "proof.no_bundle"})
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rep, err := bundle.Verify(f, head.Size, "")
	if errors.Is(err, bundle.ErrNone) {
		return d.show(w, r, http.StatusUnprocessableEntity, view{Unread: "proof.no_bundle"})
	}
	if err != nil {
		return err
	}
	a := &answer{Report: rep}
	if h := rep.Hashes[int64(rep.Events)]; h != nil {
		a.Code = seal.Code(h)
	}
	return d.show(w, r, http.StatusOK, view{Bundle: a})
}

package upload

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"xiucheng/internal/platform/fault"
	"xiucheng/internal/platform/httpx"
	"xiucheng/internal/platform/id"
	"xiucheng/internal/shell/visit"
)

const (
	version = "1.0.0"
	home    = "/enforcement/uploads"
	// part is the most that one request brings; a client sends less at a time.
	part = 32 << 20
	// longest name of a file that is kept.
	longest = 120
)

// Limit is the setting that bounds one file, in megabytes.
const Limit = "upload.max_mb"

// Routes is the room's part of the route table.
func (m *Room) Routes() []httpx.Route {
	who := httpx.Only(m.Roles...)
	return []httpx.Route{
		{Method: "OPTIONS", Pattern: home, Access: who, Handler: m.options, Name: "upload.options"},
		{Method: "POST", Pattern: home, Access: who, Handler: m.begin, Name: "upload.begin"},
		{Method: "GET", Pattern: home + "/{id}", Access: who, Handler: m.head, Name: "upload.head"},
		{Method: "PATCH", Pattern: home + "/{id}", Access: who, Handler: m.append, Name: "upload.append", MaxBody: part, Timeout: 10 * time.Minute},
		{Method: "DELETE", Pattern: home + "/{id}", Access: who, Handler: m.end, Name: "upload.end"},
	}
}

// speak refuses another version of the protocol.
func speak(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Tus-Resumable", version)
	if r.Header.Get("Tus-Resumable") != version {
		w.Header().Set("Tus-Version", version)
		return fault.New(fault.Invalid, "upload.version", "n", version)
	}
	return nil
}

func (m *Room) most(r *http.Request) (int64, error) {
	set, err := m.Settings(r.Context(), visit.From(r.Context()).Division.ID)
	if err != nil {
		return 0, err
	}
	return int64(set.Int(Limit)) << 20, nil
}

func (m *Room) options(w http.ResponseWriter, r *http.Request) error {
	most, err := m.most(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Tus-Resumable", version)
	h.Set("Tus-Version", version)
	h.Set("Tus-Extension", "creation,termination")
	h.Set("Tus-Max-Size", strconv.FormatInt(most, 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// begin announces a file. Its metadata name it, its type, the case it is for and,
// where the sender knows it, its SHA-256.
func (m *Room) begin(w http.ResponseWriter, r *http.Request) error {
	if err := speak(w, r); err != nil {
		return err
	}
	size, err := strconv.ParseInt(r.Header.Get("Upload-Length"), 10, 64)
	if err != nil || size <= 0 {
		return fault.New(fault.Invalid, "upload.length")
	}
	most, err := m.most(r)
	if err != nil {
		return err
	}
	if size > most {
		return fault.New(fault.TooLarge, "upload.large", "n", most>>20)
	}
	meta, err := metadata(r.Header.Get("Upload-Metadata"))
	if err != nil {
		return err
	}
	v := visit.From(r.Context())
	caseID, err := m.Case(r.Context(), v.Division.ID, meta["case"])
	if err != nil {
		return err
	}
	u := Upload{Division: v.Division.ID, ID: id.New(), Case: caseID, Account: v.Actor.Account, Name: clip(meta["filename"]), Mime: meta["filetype"], Size: size,
		Wanted: strings.ToLower(meta["sha256"]), At: m.Clock.Now()}
	if err := m.create(r.Context(), u); err != nil {
		return err
	}
	w.Header().Set("Location", home+"/"+u.ID.String())
	w.WriteHeader(http.StatusCreated)
	return nil
}

// metadata reads "name base64,name base64".
func metadata(s string) (map[string]string, error) {
	out := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		name, v, _ := strings.Cut(strings.TrimSpace(pair), " ")
		b, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return nil, fault.New(fault.Invalid, "upload.meta")
		}
		out[name] = string(b)
	}
	if sum := out["sha256"]; sum != "" {
		if b, err := hex.DecodeString(sum); err != nil || len(b) != 32 {
			return nil, fault.New(fault.Invalid, "upload.meta")
		}
	}
	if out["filename"] == "" {
		return nil, fault.New(fault.Invalid, "upload.meta")
	}
	return out, nil
}

func clip(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if r := []rune(s); len(r) > longest {
		return string(r[len(r)-longest:]) // the ending says what it is
	}
	return s
}

func (m *Room) asked(r *http.Request) (Upload, error) {
	v := visit.From(r.Context())
	key, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return Upload{}, fault.Missing("upload")
	}
	return m.Find(r.Context(), v.Division.ID, v.Actor.Account, key)
}

// say tells how much arrived and, of a whole file, its digest.
func say(w http.ResponseWriter, u Upload) {
	h := w.Header()
	h.Set("Tus-Resumable", version)
	h.Set("Upload-Offset", strconv.FormatInt(u.Offset, 10))
	h.Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	h.Set("Cache-Control", "no-store")
	if u.Whole() {
		h.Set("Upload-Sha256", u.SHA256)
	}
}

func (m *Room) head(w http.ResponseWriter, r *http.Request) error {
	u, err := m.asked(r)
	if err != nil {
		return err
	}
	say(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

// append takes the next bytes; those that do not begin where the file ends are a
// Conflict.
func (m *Room) append(w http.ResponseWriter, r *http.Request) error {
	if err := speak(w, r); err != nil {
		return err
	}
	if r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return fault.New(fault.Invalid, "upload.type")
	}
	key := r.PathValue("id")
	if _, taken := m.busy.LoadOrStore(key, true); taken {
		return fault.New(fault.Conflict, "upload.busy")
	}
	defer m.busy.Delete(key)
	u, err := m.asked(r)
	if err != nil {
		return err
	}
	if at, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64); err != nil || at != u.Offset {
		say(w, u)
		return fault.New(fault.Conflict, "upload.offset", "n", u.Offset)
	}
	if err := m.grow(r.Context(), &u, r.Body); err != nil {
		return err
	}
	if u.Offset == u.Size && !u.Whole() {
		if err := m.finish(r.Context(), &u); err != nil {
			return err
		}
	}
	say(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (m *Room) end(w http.ResponseWriter, r *http.Request) error {
	if err := speak(w, r); err != nil {
		return err
	}
	u, err := m.asked(r)
	if err == nil {
		err = m.drop(r.Context(), u)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

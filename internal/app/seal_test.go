package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiucheng/internal/casework/audit"
	"xiucheng/internal/casework/bundle"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/casework/seal"
	"xiucheng/internal/ground/people"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// sealed is a demonstration whose events are sealed and signed, with one of its
// cases that has files.
func sealed(t *testing.T, db string) (a *App, caseID id.ID, number string) {
	t.Helper()
	a = demo(t, db)
	a.cfg.CheckpointEvery, a.sealer.Every = 0, 0
	if err := a.relay.Pass(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := a.seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := a.db.QueryRow(context.Background(), `SELECT c.id, c.number FROM cases c JOIN evidence e ON e.division = c.division AND e.case_id = c.id
		WHERE c.number <> '' ORDER BY c.number, e.seq DESC LIMIT 1`).Scan(&caseID, &number)
	if err != nil {
		t.Fatal(err)
	}
	return a, caseID, number
}

func verified(t *testing.T, raw []byte) bundle.Report {
	t.Helper()
	r, err := bundle.Verify(bytes.NewReader(raw), int64(len(raw)), "")
	if err != nil || len(r.Findings) > 0 || r.Events == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	return r
}

// A backup takes the log along: what was signed before still stands, on either
// engine, and a new key is listed beside the old one.
func TestARestoredLogKeepsItsCheckpoints(t *testing.T) {
	t.Parallel()
	for name, address := range engines() {
		t.Run(name, func(t *testing.T) {
			a, _, number := sealed(t, address(t))
			ctx, dir := context.Background(), t.TempDir()
			before, err := a.CheckSeals(ctx)
			if err != nil || before.Leaves == 0 || before.Waiting > 0 || len(before.Findings) > 0 {
				t.Fatalf("%+v, %v", before, err)
			}
			file := filepath.Join(dir, "b.tar.zst")
			if _, err := a.Backup(ctx, file); err != nil {
				t.Fatal(err)
			}
			old, err := a.SealKeys(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, to := range []string{"", dbtest.PostgresURL(t)} {
				b := restored(t, file, to)
				path, err := b.Bundle(ctx, "", number, filepath.Join(t.TempDir(), "c.zip"), false)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if r := verified(t, raw); r.Key != old[0].Text {
					t.Errorf("signed by %s, not by %s", r.Key, old[0].Text)
				}
				if err := b.RotateSeal(ctx, ""); err != nil { // the private key is no part of a backup
					t.Fatal(err)
				}
				after, err := b.CheckSeals(ctx)
				if err != nil || after.Leaves != before.Leaves || len(after.Findings) > 0 {
					t.Errorf("%+v, %v", after, err)
				}
				if keys, err := b.SealKeys(ctx, ""); err != nil || len(keys) < 2 || keys[0].Text != old[0].Text {
					t.Errorf("%v, %v", keys, err)
				}
			}
		})
	}
}

// uploaded sends a file as the form of /verify does.
func uploaded(a *App, raw []byte) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	w, _ := m.CreateFormFile("bundle", "b.zip") // a buffer takes everything
	_, _ = w.Write(raw)
	_ = m.Close()
	return posted(a, "/verify", m.FormDataContentType(), b.String(), nil)
}

func TestAnybodyChecksWhatStaffCarryAway(t *testing.T) {
	t.Parallel()
	a, caseID, number := sealed(t, "")
	page := "/cases/" + caseID.String()
	for login, want := range map[string]int{"zhiban1": http.StatusOK, "shouli1": http.StatusForbidden} {
		if w := get(a, "GET", page+"/bundle", signIn(t, a, login)); w.Code != want {
			t.Errorf("%s: %d", login, w.Code)
		}
	}
	if w := get(a, "GET", page, signIn(t, a, "shouli1")); strings.Contains(w.Body.String(), page+"/bundle") {
		t.Error("an acceptor is offered the bundle")
	}
	w := get(a, "GET", page+"/bundle", signIn(t, a, "zhiban1"))
	raw := w.Body.Bytes()
	r := verified(t, raw)
	if r.Manifest.Number != number || r.Files == 0 || w.Header().Get("Content-Disposition") != fmt.Sprintf("attachment; filename=%q", number+".zip") {
		t.Errorf("%+v, %v", r.Manifest, w.Header())
	}
	bad := bytes.Clone(raw)
	bad[len(bad)/2] ^= 1
	hash := r.Hashes[1]
	for name, x := range map[string]struct {
		w    *httptest.ResponseRecorder
		code int
		want string
	}{
		"page":           {get(a, "GET", "/verify", nil), http.StatusOK, r.Key},
		"code":           {get(a, "GET", "/v/"+seal.Code(hash), nil), http.StatusOK, "It is in the sealed log."},
		"digest":         {get(a, "GET", "/v/"+hex.EncodeToString(hash), nil), http.StatusOK, seal.Code(hash)},
		"file":           {get(a, "GET", "/v/"+fileIn(t, r), nil), http.StatusOK, "A file of evidence"},
		"typed":          {get(a, "GET", "/verify?code="+seal.Code(hash), nil), http.StatusSeeOther, ""},
		"typed wrongly":  {get(a, "GET", "/verify?code=hello", nil), http.StatusUnprocessableEntity, `value="hello"`},
		"unknown":        {get(a, "GET", "/v/0000-0000-0000-0000", nil), http.StatusNotFound, "Nothing in the sealed log"},
		"no code":        {get(a, "GET", "/v/x", nil), http.StatusUnprocessableEntity, "neither"},
		"bundle":         {uploaded(a, raw), http.StatusOK, "The bundle is whole"},
		"touched bundle": {uploaded(a, bad), http.StatusOK, "was changed"},
		"no bundle":      {uploaded(a, []byte("hello")), http.StatusUnprocessableEntity, "no bundle"},
		"no file":        {posted(a, "/verify", urlencoded, "", nil), http.StatusUnprocessableEntity, "no bundle"},
	} {
		body := x.w.Body.String()
		if x.w.Code != x.code || !strings.Contains(body, x.want) {
			t.Errorf("%s: %d %s", name, x.w.Code, body)
		}
		if !strings.Contains(name, "bundle") && strings.Contains(body, number) || strings.Contains(body, "⟨") {
			t.Errorf("%s: says the whole number, or a word is missing", name)
		}
	}
}

func fileIn(t *testing.T, r bundle.Report) string {
	t.Helper()
	for _, f := range r.Manifest.Files {
		if strings.HasPrefix(f.Path, "evidence/") {
			return f.SHA256
		}
	}
	t.Fatal("no file")
	return ""
}

func TestADivisionMayChainItsNewCasesBySM3(t *testing.T) {
	t.Parallel()
	c := newCrew(t, "")
	report := func() id.ID {
		t.Helper()
		r, err := c.a.citizens.Report(c.ctx, reportOf(c, "01037", spot))
		if err != nil {
			t.Fatal(err)
		}
		return r.Case
	}
	old := report()
	if err := c.a.packs.SaveSetting(c.ctx, people.SystemActor(c.w.Division), "chain.digest", record.SM3); err != nil {
		t.Fatal(err)
	}
	fresh := report()
	for caseID, want := range map[id.ID]string{old: "", fresh: record.SM3} {
		row, err := record.Find(c.ctx, c.a.db, c.w.Division, caseID)
		if err != nil || row.Digest != want {
			t.Errorf("%q instead of %q, %v", row.Digest, want, err)
		}
	}
	r, err := c.a.Audit(c.ctx, nil)
	if err != nil || r.Cases < 2 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, f := range r.Findings {
		if f.What != audit.File { // this world keeps no files
			t.Errorf("found %+v", f)
		}
	}
}

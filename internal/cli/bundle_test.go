package cli

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiucheng/internal/app"
	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/dbx"
)

// filled is a data folder with the demonstration, and the number of a case.
func filled(t *testing.T) (data, number string) {
	t.Helper()
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	cfg := &config.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, SessionIdle: time.Hour, SessionMax: time.Hour}
	a, err := app.New(ctx, cfg, clock.System(), log)
	if err != nil {
		t.Fatal(err)
	}
	fill, err := a.Demo(ctx)
	if err == nil {
		err = fill(ctx)
	}
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := dbx.Open(ctx, app.Database(cfg), log)
	if err != nil {
		t.Fatal(err)
	}
	err = db.QueryRow(ctx, `SELECT max(number) FROM cases`).Scan(&number)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return cfg.Data, number
}

// run is one command line: its exit status and what it printed.
func run(args ...string) (int, string) {
	var out bytes.Buffer
	code := Main(args, strings.NewReader(""), &out, &out)
	return code, out.String()
}

func TestABundleGoesOutAndIsCheckedByItself(t *testing.T) {
	data, number := filled(t)
	file := filepath.Join(t.TempDir(), "b.zip")
	want := func(status int, word string, args ...string) string {
		t.Helper()
		code, said := run(args...)
		if code != status || !strings.Contains(said, word) {
			t.Errorf("%q: status %d, %s", args, code, said)
		}
		return said
	}
	want(1, "case", "bundle", "no-such-number", file, "--data", data)
	want(0, file, "bundle", number, file, "--data", data)
	want(1, "exist", "bundle", number, file, "--data", data)
	key, _, _ := strings.Cut(want(0, "in use", "seal", "keys", "--data", data), "\t")
	if err := os.Rename(data, data+".gone"); err != nil {
		t.Fatal(err)
	}
	want(0, "compare this key", "verify", file)
	want(0, "0 findings", "verify", file, "--key", key)
	want(1, "other-key", "verify", file, "--key", "another")
	if err := os.Rename(data+".gone", data); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	want(1, "container", "verify", file)
	want(0, "until the next", "seal", "rotate", "--data", data)
	want(0, "sealed log:", "verify", "--data", data)
	want(2, "accepts", "verify", file, file)
	want(2, "accepts", "bundle")
}

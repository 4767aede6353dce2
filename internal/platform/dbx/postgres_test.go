package dbx_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/dbx/dbtest"
)

func TestADatabaseThatSortsLikeADictionaryIsRefused(t *testing.T) {
	u := dbtest.PostgresURL(t)
	db, err := sql.Open("pgx", u)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE DATABASE dictionary ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C' TEMPLATE template0"); err != nil {
		t.Skipf("this PostgreSQL has no ICU: %v", err)
	}
	defer func() {
		if _, err := db.Exec("DROP DATABASE dictionary WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	}()
	i, q := strings.LastIndex(u, "/"), strings.Index(u, "?")
	bad, err := dbx.Open(context.Background(), u[:i]+"/dictionary"+u[q:], nil)
	if err == nil {
		_ = bad.Close()
		t.Fatal("opened")
	}
	if !strings.Contains(err.Error(), "LOCALE 'C'") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	if _, err := dbx.Open(context.Background(), "postgres://someone:secret@127.0.0.1:1/x", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a server that does not answer: %v", err)
	}
	if _, err := dbx.Open(context.Background(), "postgres://someone:secret@%zz", nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address that cannot be read: %v", err)
	}
}

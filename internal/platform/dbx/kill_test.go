package dbx_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xiucheng/internal/platform/dbx"
)

const stormEnv = "XIUCHENG_DBX_STORM"

// storm writes until it is killed and says a name only after Write has
// returned.
func storm(path string) {
	ctx := context.Background()
	db, err := dbx.Open(ctx, "sqlite:"+path, nil)
	if err == nil {
		err = db.Migrate(ctx, things)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for c := range 32 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d.%d", c, i)
				if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, name); return err }); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Println("kept " + name)
			}
		}()
	}
	select {}
}

// What Write acknowledged is there after the process was killed in the middle.
func TestKilledInAStormNothingAcknowledgedIsLost(t *testing.T) {
	if path := os.Getenv(stormEnv); path != "" {
		storm(path)
	}
	path := filepath.Join(t.TempDir(), "storm.db")
	child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	child.Env = append(os.Environ(), stormEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var kept []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		name, ok := strings.CutPrefix(lines.Text(), "kept ")
		if !ok || !strings.Contains(name, ".") { // the last line may be torn
			continue
		}
		if kept = append(kept, name); len(kept) == 2000 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(kept) < 2000 {
		t.Fatalf("the child ended by itself after %d writes: %v", len(kept), err)
	}
	ctx := context.Background()
	db, err := dbx.Open(ctx, "sqlite:"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var health string
	if err := db.QueryRow(ctx, "PRAGMA integrity_check").Scan(&health); err != nil || health != "ok" {
		t.Fatal(health, err)
	}
	for _, name := range kept[:2000] {
		if n := count(t, db, name); n != 1 {
			t.Errorf("%s was acknowledged and is there %d times", name, n)
		}
	}
	if err := db.Write(ctx, func(tx *dbx.Tx) error { _, err := insert(ctx, tx, "after"); return err }); err != nil {
		t.Fatal(err)
	}
}

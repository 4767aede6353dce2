// Package dbtest gives store tests a migrated database of each engine.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"xiucheng/internal/platform/dbx"
	"xiucheng/internal/platform/id"
)

// Each runs fn on SQLite and on PostgreSQL, each on a fresh migrated database.
// PostgreSQL comes from XIUCHENG_TEST_POSTGRES (a superuser's URL), else from a
// throwaway cluster where its programs are installed, else the test is skipped;
// XIUCHENG_REQUIRE=postgres turns the skip into a failure.
func Each(t *testing.T, fn func(t *testing.T, db *dbx.DB), sets ...dbx.Migration) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, sets...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, sets...)) })
}

// SQLite opens a fresh SQLite file.
func SQLite(t testing.TB, sets ...dbx.Migration) *dbx.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db"), sets)
}

// Postgres opens a fresh PostgreSQL database, or skips.
func Postgres(t testing.TB, sets ...dbx.Migration) *dbx.DB {
	t.Helper()
	return open(t, PostgresURL(t), sets)
}

// PostgresURL makes an empty database and returns its address, or skips.
func PostgresURL(t testing.TB) string {
	t.Helper()
	admin := server(t)
	name := "x" + strings.ReplaceAll(id.New().String(), "-", "")
	run := func(query string) error {
		db, err := sql.Open("pgx", admin)
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.Exec(query)
		return err
	}
	if err := run("CREATE DATABASE " + name + " LOCALE 'C' ENCODING 'UTF8' TEMPLATE template0 STRATEGY = FILE_COPY"); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Logf("drop the test database: %v", err)
		}
	})
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB, dsn string, sets []dbx.Migration) *dbx.DB {
	t.Helper()
	ctx := context.Background()
	db, err := dbx.Open(ctx, dsn, nil)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := db.Migrate(ctx, sets...); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return db
}

// cluster is the one throwaway server of this test process.
var cluster struct {
	once  sync.Once
	url   string
	err   error
	alive *os.File // the pipe that closes when the process ends
}

func server(t testing.TB) string {
	t.Helper()
	if u := os.Getenv("XIUCHENG_TEST_POSTGRES"); u != "" {
		return u
	}
	cluster.once.Do(func() { cluster.url, cluster.err = start() })
	if cluster.err != nil {
		if strings.Contains(os.Getenv("XIUCHENG_REQUIRE"), "postgres") {
			t.Fatalf("PostgreSQL is required: %v", cluster.err)
		}
		t.Skipf("no PostgreSQL: %v", cluster.err)
	}
	return cluster.url
}

// start makes and starts a cluster that ends with this process: a watcher
// shell waits on a pipe that closes when the process ends, however it ends.
func start() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "xiucheng-pg")
	if err != nil {
		return "", err
	}
	attr, err := owner(dir)
	if err != nil {
		return "", err
	}
	command := func(name string, args ...string) error {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = attr, dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
	data := filepath.Join(dir, "data")
	if err := command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"); err != nil {
		return "", err
	}
	port := strconv.Itoa(20000 + os.Getpid()%30000)
	read, write, err := os.Pipe()
	if err != nil {
		return "", err
	}
	watch := exec.Command("sh", "-c", fmt.Sprintf(
		`"%[1]s/postgres" -D "%[2]s" -p %[3]s -k "%[4]s" -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 >"%[4]s/log" 2>&1 & pid=$!; cat; kill -INT $pid; wait $pid; rm -rf "%[4]s"`,
		bin, data, port, dir))
	watch.SysProcAttr, watch.Dir, watch.Stdin = attr, dir, read
	if err := watch.Start(); err != nil {
		return "", err
	}
	cluster.alive = write
	u := "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
	return u, answer(u)
}

func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", err
	}
	return filepath.Dir(p), nil
}

// owner gives the folder to the user the server runs as: initdb refuses root.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

func answer(u string) error {
	db, err := sql.Open("pgx", u)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

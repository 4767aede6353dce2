package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
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
)

// cluster is the one throwaway server of this test process.
var cluster struct {
	once  sync.Once
	url   string
	err   error
	alive *os.File // the pipe that closes when the process ends

	mu    sync.Mutex
	spare []string // addresses of empty databases
}

// server returns a superuser's address, and whether the server is the
// throwaway one.
func server(t testing.TB) (address string, own bool) {
	t.Helper()
	if u := os.Getenv("XIUCHENG_TEST_POSTGRES"); u != "" {
		return u, false
	}
	cluster.once.Do(func() { cluster.url, cluster.err = start() })
	if cluster.err != nil {
		if strings.Contains(os.Getenv("XIUCHENG_REQUIRE"), "postgres") {
			t.Fatalf("PostgreSQL is required: %v", cluster.err)
		}
		t.Skipf("no PostgreSQL: %v", cluster.err)
	}
	return cluster.url, true
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
	port, err := freePort()
	if err != nil {
		return "", err
	}
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

// freePort asks the system for one; nobody else is given it at once again.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
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

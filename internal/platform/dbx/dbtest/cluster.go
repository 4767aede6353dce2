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

// shared is the one throwaway server of this test process.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error

	mu    sync.Mutex
	spare []string // addresses of empty databases
}

// Cluster is a throwaway PostgreSQL server. It ends with this process, however
// that ends.
type Cluster struct {
	bin, dir, port string
	attr           *syscall.SysProcAttr
	watch          *exec.Cmd
	alive          *os.File // the pipe that closes when the process ends
}

// server returns a superuser's address, and whether the server is the
// throwaway one.
func server(t testing.TB) (address string, own bool) {
	t.Helper()
	if u := os.Getenv("XIUCHENG_TEST_POSTGRES"); u != "" {
		return u, false
	}
	shared.once.Do(func() { shared.cluster, shared.err = newCluster() })
	need(t, shared.err)
	return shared.cluster.URL(), true
}

// need skips the test where PostgreSQL is not to be had, and fails it where it
// is required.
func need(t testing.TB, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if strings.Contains(os.Getenv("XIUCHENG_REQUIRE"), "postgres") {
		t.Fatalf("PostgreSQL is required: %v", err)
	}
	t.Skipf("no PostgreSQL: %v", err)
}

// NewCluster starts a server of the test's own, which it may stop and start.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c, err := newCluster()
	need(t, err)
	t.Cleanup(func() {
		if err := c.alive.Close(); err == nil {
			_ = c.watch.Wait() // the shell's end says nothing of use
		}
	})
	return c
}

// URL is a superuser's address.
func (c *Cluster) URL() string {
	return "postgres://postgres@127.0.0.1:" + c.port + "/postgres?sslmode=disable"
}

// newCluster makes and starts a server.
func newCluster() (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin}
	if c.dir, err = os.MkdirTemp("", "xiucheng-pg"); err != nil {
		return nil, err
	}
	if c.attr, err = owner(c.dir); err != nil {
		return nil, err
	}
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(c.dir, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	init.SysProcAttr, init.Dir = c.attr, c.dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	return c, c.Start()
}

// Start starts the server and waits until it answers. A watcher shell stops it
// when the pipe closes, and removes its folder unless it was told to keep it.
func (c *Cluster) Start() error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	c.watch = exec.Command("sh", "-c", fmt.Sprintf(
		`"%[1]s/postgres" -D "%[3]s/data" -p %[2]s -k "%[3]s" -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 >"%[3]s/log" 2>&1 & pid=$!; word=$(cat); kill -INT $pid; wait $pid; [ "$word" = keep ] || rm -rf "%[3]s"`,
		c.bin, c.port, c.dir))
	c.watch.SysProcAttr, c.watch.Dir, c.watch.Stdin = c.attr, c.dir, read
	if err := c.watch.Start(); err != nil {
		return err
	}
	c.alive = write
	return errors.Join(read.Close(), answer(c.URL()))
}

// Stop ends every connection and the server; its data stay for Start.
func (c *Cluster) Stop() error {
	_, err := c.alive.WriteString("keep")
	return errors.Join(err, c.alive.Close(), c.watch.Wait())
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

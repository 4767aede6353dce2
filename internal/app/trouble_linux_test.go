package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"xiucheng/internal/config"
	"xiucheng/internal/platform/dbx/dbtest"
	"xiucheng/internal/platform/id"
)

// largest is the size of the largest file in a folder.
func largest(t *testing.T, dir string) (most uint64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			most = max(most, uint64(info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return most
}

// grow says how large a file of the process may become.
func (s *server) grow(t *testing.T, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
}

// end asks the program to stop and waits until it did.
func (s *server) end(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server did not shut down cleanly: %v", err)
	}
}

// When no file can grow any more, reports are refused with 503 and a sentence,
// pages can still be read, and when there is room again the same report gets in.
func TestWithoutRoomReportsAreRefusedAndLaterTaken(t *testing.T) {
	data := t.TempDir()
	s, client := launch(t, data), stay()
	all := []sent{{key: id.New().String(), words: "风暴第 000 号"}}
	if all[0].code = s.report(client, all[0], 0); all[0].code == "" {
		t.Fatal("the first report was not taken")
	}
	s.grow(t, largest(t, data)+64<<10)
	refused := sent{}
	for n := 1; refused.key == "" && n < 3000; n++ {
		x := sent{key: id.New().String(), words: fmt.Sprintf("风暴第 %03d 号", n)}
		status, code, body := s.answer(client, x, n)
		switch {
		case code != "":
			x.code = code
			all = append(all, x)
		case status == http.StatusServiceUnavailable && strings.Contains(body, "没有保存"):
			refused = x
		default:
			t.Fatalf("report %d: %d %.300s", n, status, body)
		}
	}
	if refused.key == "" {
		t.Fatal("the room never ended")
	}
	for _, path := range []string{"/", "/near?class=06010&place.lat=36.7682&place.lng=119.1421", "/r/" + all[0].code} {
		res, err := client.Get(s.base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s without room: %d", path, res.StatusCode)
		}
	}
	s.grow(t, unix.RLIM_INFINITY)
	if refused.code = s.report(client, refused, 4000); refused.code == "" {
		t.Fatal("with room again, the report was not taken")
	}
	s.end(t)
	countOnce(t, &config.Config{Data: data, Addr: "127.0.0.1:0"}, append(all, refused))
}

// PostgreSQL goes away in a storm and comes back: what meets the gap is refused
// with 503, and the program goes on by itself. Every report is there once, also
// of those who never heard and tried again.
func TestPostgreSQLRestartedUnderLoad(t *testing.T) {
	cluster := dbtest.NewCluster(t)
	data := t.TempDir()
	s, client := launch(t, data, "--db", cluster.URL()), stay()
	const writers = 6
	var (
		mu      sync.Mutex
		wg      sync.WaitGroup
		all     []sent
		refused int
		over    atomic.Bool
		taken   atomic.Int64
	)
	for w := range writers {
		wg.Go(func() {
			for i := 0; !over.Load() && i < 3000; i++ {
				n := w*3000 + i
				x := sent{key: id.New().String(), words: fmt.Sprintf("风暴第 %05d 号", n)}
				status, code, body := s.answer(client, x, n)
				if code != "" {
					taken.Add(1)
				} else if status != http.StatusServiceUnavailable && status != 0 {
					t.Errorf("report %d: %d %.300s", n, status, body)
				}
				mu.Lock()
				x.code = code
				all = append(all, x)
				if status == http.StatusServiceUnavailable {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	until := func(n int64) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); taken.Load() < n; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				over.Store(true)
				wg.Wait()
				t.Fatalf("%d reports taken, waited for %d", taken.Load(), n)
			}
		}
	}
	until(100)
	if err := cluster.Stop(); err != nil {
		t.Fatal(err)
	}
	if res, err := client.Get(s.base + "/readyz"); err != nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("without its database the program says it is ready: %v %v", res, err)
	}
	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	until(taken.Load() + 100)
	over.Store(true)
	wg.Wait()
	if refused == 0 {
		t.Error("nobody met the gap")
	}
	for i := range all {
		code := s.report(client, all[i], 20000+i)
		if code == "" || all[i].code != "" && code != all[i].code {
			t.Fatalf("report %q: code %q, then %q", all[i].words, all[i].code, code)
		}
	}
	s.end(t)
	countOnce(t, &config.Config{Data: data, DB: cluster.URL(), Addr: "127.0.0.1:0"}, all)
}

// refuses runs the program as somebody who may only do what the modes allow, and
// returns what it says; it must end by itself with an error.
func refuses(t *testing.T, data string) string {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "serve", "--data", data, "--addr", "127.0.0.1:0")
	if os.Getuid() == 0 { // whom no mode holds back
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if err := os.Chmod(filepath.Dir(bin), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	kill := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v: %s", err, out.String())
	}
	return out.String()
}

func TestAFolderThatCannotBeUsedIsNamedAndLeftAlone(t *testing.T) {
	good := t.TempDir()
	launch(t, good).end(t)
	whole, err := os.ReadFile(filepath.Join(good, "xiucheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		mode fs.FileMode
		dir  fs.FileMode
		say  string
	}{
		"a folder without leave to write": {nil, 0, 0o555, "cannot be"},
		"a file without leave to write":   {whole, 0o444, 0o555, "cannot be"},
		"a file of something else":        {bytes.Repeat([]byte("not a database "), 1000), 0o666, 0o777, "not a usable database"},
		"a file that breaks off":          {whole[:len(whole)/3/4096*4096+100], 0o666, 0o777, "not a usable database"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "xiucheng-trouble") // not t.TempDir, into which nobody else may look
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			path := filepath.Join(dir, "xiucheng.db")
			if c.file != nil {
				if err := errors.Join(os.WriteFile(path, c.file, 0o600), os.Chmod(path, c.mode)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, c.dir); err != nil {
				t.Fatal(err)
			}
			if said := refuses(t, dir); !strings.Contains(said, c.say) {
				t.Errorf("it says %q, want %q in it", said, c.say)
			}
			if c.file == nil {
				return
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, c.file) {
				t.Errorf("the file was touched: %v", err)
			}
		})
	}
}

package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xiucheng/internal/casework/record"
	"xiucheng/internal/config"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/id"
)

// server is the real program in a process of its own.
type server struct {
	cmd  *exec.Cmd
	base string
}

var openAt = regexp.MustCompile(`open at (http://\S+)`)

// program is the built program, for tests that run it in a process of its own.
var program = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(workshop, "xiucheng")
	if out, err := exec.Command("go", "build", "-o", bin, "xiucheng/cmd/xiucheng").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return bin, nil
})

// launch runs the built program on the data folder, with more options, and waits
// until it answers and has nothing more to fill in.
func launch(t *testing.T, data string, more ...string) *server {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, append([]string{"serve", "--demo", "--data", data, "--addr", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1/32"}, more...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended already where the test went well
	s := &server{cmd: cmd}
	lines := bufio.NewScanner(out)
	for s.base == "" && lines.Scan() {
		if m := openAt.FindStringSubmatch(lines.Text()); m != nil {
			s.base = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if s.base == "" {
		t.Fatal("the server did not say where it is open")
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if res, err := http.Get(s.base + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s
			}
		}
	}
	t.Fatal("the server was never ready")
	return nil
}

// sent is one report of the storm.
type sent struct{ key, words, code string }

// stay is a client that does not follow redirects.
func stay() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// form is the public form of a report, sent from one of many addresses.
func (s *server) form(x sent, from int) (*http.Request, error) {
	form := url.Values{"_key": {x.key}, "class": {"06010"}, "desc": {x.words}, "place.lat": {"36.7682"}, "place.lng": {"119.1421"}}
	req, err := http.NewRequest(http.MethodPost, s.base+"/report/garbage", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.9.%d.%d", from/250, from%250+1))
	return req, nil
}

// shout sends the form and hangs up without listening.
func (s *server) shout(x sent, from int) {
	req, err := s.form(x, from)
	if err != nil {
		return
	}
	conn, err := net.Dial("tcp", req.URL.Host)
	if err != nil {
		return
	}
	_ = req.Write(conn) // whether it arrives is what nobody knows
	_ = conn.Close()
}

// answer posts the public form once; 0 when no answer came.
func (s *server) answer(c *http.Client, x sent, from int) (status int, code, body string) {
	req, err := s.form(x, from)
	if err != nil {
		return 0, "", ""
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", ""
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, "", ""
	}
	_, code, _ = strings.Cut(res.Header.Get("Location"), "/r/")
	code, _, _ = strings.Cut(code, "?")
	return res.StatusCode, code, string(page)
}

// report posts the public form once; the code is "" when no answer came.
func (s *server) report(c *http.Client, x sent, from int) string {
	_, code, _ := s.answer(c, x, from)
	return code
}

func TestKilledInAStormNoAcknowledgedReportIsLostOrDoubled(t *testing.T) {
	data := t.TempDir()
	s := launch(t, data)
	client := stay()

	const writers, each = 8, 40
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		all   []sent
		acked int
		once  sync.Once
	)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				x := sent{key: id.New().String(), words: fmt.Sprintf("风暴第 %03d 号", n)}
				if i%5 == 4 { // whose answer is lost
					s.shout(x, n)
				} else {
					x.code = s.report(client, x, n)
				}
				mu.Lock()
				all = append(all, x)
				if x.code != "" {
					acked++
				}
				stop := acked >= writers*each/3
				mu.Unlock()
				if stop {
					once.Do(func() { _ = s.cmd.Process.Signal(syscall.SIGKILL) })
				}
			}
		})
	}
	wg.Wait()
	_ = s.cmd.Wait() // killed
	if acked == 0 || acked == len(all) {
		t.Fatalf("%d of %d acknowledged: the storm was not cut", acked, len(all))
	}

	s = launch(t, data)
	for i, x := range all { // whoever got no answer tries again with the same key
		code := s.report(client, x, 1000+i)
		if code == "" || x.code != "" && code != x.code {
			t.Fatalf("report %q: code %q, then %q", x.words, x.code, code)
		}
	}
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server did not shut down cleanly: %v", err)
	}
	countOnce(t, &config.Config{Data: data, Addr: "127.0.0.1:0"}, all)
}

// countOnce opens what the program left and counts.
func countOnce(t *testing.T, cfg *config.Config, all []sent) {
	t.Helper()
	ctx := context.Background()
	a, err := New(ctx, cfg, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	v, err := a.public(ctx)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for f := (record.Filter{Sort: record.ByOpened, Limit: 500}); ; {
		page, err := record.List(ctx, a.db, v.Division.ID, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			if strings.HasPrefix(r.Title, "风暴第") {
				seen[r.Title]++
			}
			proof, err := record.Verify(ctx, a.db, v.Division.ID, r.ID)
			if err != nil || proof.Broken != nil {
				t.Errorf("%s: %v %v", r.Title, proof.Broken, err)
			}
		}
		if page.Next == "" {
			break
		}
		f.After = page.Next
	}
	if len(seen) != len(all) {
		t.Errorf("%d reports sent, %d there", len(all), len(seen))
	}
	for _, x := range all {
		if seen[x.words] != 1 {
			t.Errorf("%q is there %d times", x.words, seen[x.words])
		}
	}
}

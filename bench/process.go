package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is a server that runs while it is measured.
type process struct {
	cmd   *exec.Cmd
	in    io.Closer
	base  string
	words []string      // what it said of itself
	start time.Duration // from its start until it was open
}

// launch starts a server and waits until it says where it is open, at most a minute.
func launch(ctx context.Context, dir string, log io.Writer, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stderr = dir, log
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, in: in}
	said := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "http://") {
				said <- lines.Text()
				break
			}
		}
		_, _ = io.Copy(io.Discard, out) // the server must not wait for a reader
		close(said)
	}()
	select {
	case line, ok := <-said:
		if !ok {
			return nil, errors.Join(fmt.Errorf("%s ended before it was open", name), cmd.Wait())
		}
		p.start, p.words = time.Since(began), strings.Fields(line)
	case <-time.After(time.Minute):
		return nil, errors.Join(fmt.Errorf("%s does not open", name), p.stop())
	}
	for _, w := range p.words {
		if strings.HasPrefix(w, "http://") {
			p.base = strings.TrimSuffix(w, "/")
		}
	}
	return p, nil
}

// stop ends the server and waits for it.
func (p *process) stop() error {
	err := errors.Join(p.in.Close(), p.cmd.Process.Signal(syscall.SIGTERM))
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	_ = p.cmd.Wait() // it was told to end
	return err
}

// memory is the resident memory in megabytes; 0 where /proc does not say.
func (p *process) memory() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var kb float64
	for line := range strings.SplitSeq(string(text), "\n") {
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			break
		}
	}
	return kb / 1000
}

// serve starts the program on the run's data, the first time with the
// demonstration, which it waits for.
func (b *bench) serve(ctx context.Context) (*process, error) {
	args := []string{"serve", "--addr", "127.0.0.1:0", "--data", b.dir + "/data", "--trusted-proxies", "127.0.0.0/8"}
	if b.db != "" {
		args = append(args, "--db", b.db)
	}
	if b.told {
		return launch(ctx, "", io.Discard, b.binary, args...)
	}
	log, told := io.Pipe()
	p, err := launch(ctx, "", told, b.binary, append(args, "--demo")...)
	if err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(log); !b.told && lines.Scan(); {
		b.told = strings.Contains(lines.Text(), "demo cases are there")
	}
	go func() { _, _ = io.Copy(io.Discard, log) }() // the server must not wait for a reader
	return p, nil
}

// Command bench measures the program from outside, over HTTP on this machine,
// and prints one table: what a report costs beside another program's bare
// insert and beside the least that net/http and a durable commit allow; how
// pages answer at a million cases under a steady stream of requests; how big,
// how quick to start and how heavy the program is. Figures of one run are
// comparable with each other, not with those of another machine.
//
//	go run ./bench [-cases 100000] [-db postgres://…] [-peers=false]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type options struct {
	cases, reports, clients, rate int
	long                          time.Duration
	db                            string
	peers                         bool
}

func main() {
	var o options
	flag.IntVar(&o.cases, "cases", 100_000, "how many cases lie in the database while pages are measured")
	flag.IntVar(&o.reports, "reports", 20_000, "how many reports a storm sends")
	flag.IntVar(&o.clients, "clients", 64, "how many clients a storm has")
	flag.IntVar(&o.rate, "rate", 200, "requests a second of the steady stream")
	flag.DurationVar(&o.long, "long", 30*time.Second, "how long the steady stream lasts")
	flag.StringVar(&o.db, "db", "", "PostgreSQL URL of an empty database; without it SQLite in a temporary folder")
	flag.BoolVar(&o.peers, "peers", true, "measure the program of bench/peers in the same run")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	options
	dir    string
	binary string
	told   bool // the demonstration has been told
	table
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "xiucheng-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{options: o, dir: dir, binary: filepath.Join(dir, "xiucheng")}
	engine := "SQLite"
	if o.db != "" {
		engine = "PostgreSQL"
	}
	fmt.Printf("%s, %s/%s, %d processors, %s, %s\n\n", time.Now().Format("2006-01-02"), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), engine)
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.binary, "./cmd/xiucheng").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.add("binary", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "at most 60 MB")
	for _, part := range []func(context.Context) error{b.intake, b.fill, b.steady} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	b.print()
	return nil
}

// table is what is printed at the end, and line by line as it grows.
type table struct{ rows [][3]string }

func (t *table) add(what, figure, beside string) {
	t.rows = append(t.rows, [3]string{what, figure, beside})
	fmt.Fprintf(os.Stderr, "%-52s %16s   %s\n", what, figure, beside)
}

func (t *table) print() {
	fmt.Println("| what | figure | beside |\n|---|---:|---|")
	for _, r := range t.rows {
		fmt.Println("| " + strings.Join(r[:], " | ") + " |")
	}
}

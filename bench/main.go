// Command bench measures the program from outside, over HTTP on this machine,
// and prints one table: what a report costs beside another program's bare
// insert and beside the least that net/http and a durable commit allow; how
// pages answer at a million cases under a steady stream of requests; how big,
// how quick to start and how heavy the program is. What street order calculates
// is measured in this process. Figures of one run are comparable with each
// other, not with those of another machine.
//
//	go run ./bench [-cases 100000] [-db postgres://…] [-peers=false] [-keep DIR] [-street]
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
	db, keep                      string
	peers, onlyStreet             bool
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
	flag.BoolVar(&o.onlyStreet, "street", false, "measure nothing but what street order calculates")
	flag.StringVar(&o.keep, "keep", "", "folder to work in and to keep; where it holds cases already they are measured as they are")
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
	told   bool    // the demonstration has been told
	few    float64 // reports a second while there are few cases; 0 when not measured
	table
}

func run(ctx context.Context, o options) (err error) {
	dir := o.keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "xiucheng-bench"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	} else if err = os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	b := &bench{options: o, dir: dir, binary: filepath.Join(dir, "xiucheng")}
	_, err = os.Stat(filepath.Join(dir, "data"))
	b.told = o.keep != "" && err == nil
	engine := "SQLite"
	if o.db != "" {
		engine = "PostgreSQL"
	}
	fmt.Printf("%s, %s/%s, %d processors, %s, %s\n\n", time.Now().Format("2006-01-02"), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), engine)
	if o.onlyStreet {
		defer b.print()
		return b.street(ctx)
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.binary, "./cmd/xiucheng").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.most("binary", float64(info.Size())/1e6, 60, "MB", "")
	parts := []func(context.Context) error{b.intake, b.fill, b.steady, b.street}
	if b.told {
		parts = parts[2:]
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	b.print()
	return nil
}

// table is what is printed at the end, and line by line as it grows.
type table struct{ rows [][4]string }

func (t *table) add(what, figure, beside, verdict string) {
	t.rows = append(t.rows, [4]string{what, figure, beside, verdict})
	fmt.Fprintf(os.Stderr, "%-56s %12s   %-6s %s\n", what, figure, verdict, beside)
}

// most is a figure that should not be above its goal, least one that should not
// be below.
func (t *table) most(what string, figure, goal float64, unit, beside string) {
	t.judge(what, figure, goal, "at most", unit, beside, figure <= goal)
}

func (t *table) least(what string, figure, goal float64, unit, beside string) {
	t.judge(what, figure, goal, "at least", unit, beside, figure >= goal)
}

func (t *table) judge(what string, figure, goal float64, which, unit, beside string, met bool) {
	verdict := map[bool]string{true: "met", false: "lost"}[met]
	t.add(what, number(figure)+" "+unit, strings.TrimPrefix(beside+fmt.Sprintf("; goal: %s %s %s", which, number(goal), unit), "; "), verdict)
}

// number shows three digits, or all before the point.
func number(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func (t *table) print() {
	fmt.Println("| what | figure | beside | goal |\n|---|---:|---|---|")
	var lost []string
	for _, r := range t.rows {
		fmt.Println("| " + strings.Join(r[:], " | ") + " |")
		if r[3] == "lost" {
			lost = append(lost, r[0])
		}
	}
	if len(lost) > 0 {
		fmt.Println("\nWhere it loses: " + strings.Join(lost, "; ") + ".")
	}
}

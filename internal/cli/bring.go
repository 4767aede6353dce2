package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/duties/incident/history"
	"xiucheng/internal/platform/geo"
)

func importCommand() *cobra.Command {
	c := &cobra.Command{Use: "import", Short: "Bring in what another system kept"}
	c.AddCommand(importRequests(), importNumbers(), importComponents())
	return c
}

func importRequests() *cobra.Command {
	c := &cobra.Command{
		Use: "requests FILE.csv|.csv.gz|.xlsx", Short: "Cases with their own open, target and close times; goes on where it was cut off", Args: exactly(1),
		RunE: bringRequests,
	}
	divisionFlag(c)
	c.Flags().String("map", "", "YAML file that says what the columns mean (docs/examples)")
	c.Flags().String("relocate-into", "", "W,S,E,N: move the places into this rectangle and mark them synthetic")
	c.Flags().String("rejects", "", "file for lines that are set aside; default: imports/ in the data folder")
	if err := c.MarkFlagRequired("map"); err != nil {
		panic(err)
	}
	return c
}

func bringRequests(cmd *cobra.Command, args []string) error {
	flag := func(name string) string { return cmd.Flag(name).Value.String() }
	text, err := os.ReadFile(flag("map"))
	if err != nil {
		return errors.Join(errUsage, err)
	}
	m, err := history.ReadMapping(text)
	if err != nil {
		return errors.Join(errUsage, err)
	}
	into, err := box(flag("relocate-into"))
	if err != nil {
		return errors.Join(errUsage, err)
	}
	return withApp(cmd, func(a *app.App) error {
		bar := &bar{out: cmd.ErrOrStderr(), began: time.Now()}
		p, rejects, err := a.ImportRequests(cmd.Context(), flag("division"), args[0], flag("rejects"), m, into, bar.show)
		bar.end()
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d read, %d imported, %d already there, %d rejected\n", p.Lines, p.Imported, p.Known, p.Rejected)
		if p.Rejected > 0 {
			fmt.Fprintf(cmd.OutOrStdout(), "rejected lines with their reasons: %s\n", rejects)
		}
		return nil
	})
}

// box reads W,S,E,N.
func box(s string) (*geo.Box, error) {
	if s == "" {
		return nil, nil
	}
	var v [4]float64
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return nil, fmt.Errorf("--relocate-into is W,S,E,N in degrees, not %q", s)
	}
	for i, p := range parts {
		var err error
		if v[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil {
			return nil, fmt.Errorf("--relocate-into: %q is no number", p)
		}
	}
	b := geo.Box{W: v[0], S: v[1], E: v[2], N: v[3]}
	if b.W >= b.E || b.S >= b.N || !(geo.Point{Lat: b.S, Lng: b.W}).Valid() || !(geo.Point{Lat: b.N, Lng: b.E}).Valid() {
		return nil, fmt.Errorf("--relocate-into: %q is no rectangle W,S,E,N", s)
	}
	return &b, nil
}

// bar shows how far a long work is: on a terminal in one line, else a line now
// and then.
type bar struct {
	out   io.Writer
	began time.Time
	last  time.Time
	drawn bool
}

func (b *bar) show(p history.Progress) {
	every := 5 * time.Second
	f, ok := b.out.(*os.File)
	terminal := false
	if ok {
		info, err := f.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if terminal {
		every = 100 * time.Millisecond
	}
	if time.Since(b.last) < every {
		return
	}
	b.last = time.Now()
	const width = 30
	full := min(width, int(p.Share*width))
	text := fmt.Sprintf("[%s%s] %3.0f %%  %d read, %d imported, %d rejected, %.0f/s", strings.Repeat("█", full), strings.Repeat("·", width-full),
		min(1, p.Share)*100, p.Lines, p.Imported, p.Rejected, float64(p.Imported)/time.Since(b.began).Seconds())
	if terminal {
		fmt.Fprint(b.out, "\r"+text)
		b.drawn = true
		return
	}
	fmt.Fprintln(b.out, text)
}

func (b *bar) end() {
	if b.drawn {
		fmt.Fprintln(b.out)
	}
}

func importNumbers() *cobra.Command {
	c := &cobra.Command{
		Use: "numbers PERIOD NEXT", Short: "Make case numbers go on from NEXT in PERIOD (a day 20261123, or a year 2026)", Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil {
				return errors.Join(errUsage, fmt.Errorf("NEXT is a whole number, not %q", args[1]))
			}
			if _, err := time.Parse("20060102"[:min(len(args[0]), 8)], args[0]); err != nil || len(args[0]) != 4 && len(args[0]) != 8 {
				return errors.Join(errUsage, fmt.Errorf("PERIOD is a year or a day without dashes, not %q", args[0]))
			}
			return withApp(cmd, func(a *app.App) error {
				return a.ContinueNumbers(cmd.Context(), division(cmd), cmd.Flag("procedure").Value.String(), args[0], n)
			})
		},
	}
	divisionFlag(c)
	c.Flags().String("procedure", "incident", "whose numbers")
	return c
}

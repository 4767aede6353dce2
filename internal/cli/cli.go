// Package cli is the command line, one file per command. Wrong options are one
// clear line each and exit status 2; failures are one line and status 1.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"xiucheng/internal/config"
)

// errUsage marks what the caller can mend by calling differently.
var errUsage = errors.New("usage")

// Main runs one command and returns the exit status.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{
		Use: "xiucheng", Short: "绣城: a district's city management in one program",
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errors.Join(errUsage, err) })
	config.Flags(root.PersistentFlags())
	root.AddCommand(serve(), configure(), packCommand(), importCommand(), hotlineCommand(), backup(), restore(), verify(), bundleCommand(), sealCommand(), apikey(), accountCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	usage := errors.Is(err, errUsage) || strings.HasPrefix(err.Error(), "unknown command")
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line != errUsage.Error() {
			fmt.Fprintln(errOut, "xiucheng: "+line)
		}
	}
	if usage {
		return 2
	}
	return 1
}

// load reads the options of a command.
func load(cmd *cobra.Command) (*config.Config, []config.Value, error) {
	cfg, values, err := config.Load(cmd.Flags(), os.LookupEnv)
	if err != nil {
		return nil, nil, errors.Join(errUsage, err)
	}
	return cfg, values, nil
}

func logger(cfg *config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

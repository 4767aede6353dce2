package cli

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/platform/clock"
)

const gcPercent = 300

func serve() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Serve the pages and work in the background", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, _, err := load(cmd)
			if err != nil {
				return err
			}
			log := logger(cfg, cmd.ErrOrStderr())
			// The live heap is some tens of megabytes: collecting it less often
			// costs little memory and was a tenth of what a report costs.
			debug.SetGCPercent(gcPercent)
			release, err := app.Hold(cfg.Data, false)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, release()) }()
			a, err := app.New(cmd.Context(), cfg, clock.System(), log)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			var behind []func(context.Context) error
			if cfg.Demo {
				fill, err := a.Demo(cmd.Context())
				if err != nil {
					return err
				}
				behind = append(behind, fill)
			}
			monitor, err := a.ListenMetrics()
			if err != nil {
				return err
			}
			if monitor != nil {
				behind = append(behind, monitor.Run)
			}
			srv, err := a.Listen()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "绣城 Xiucheng is open at %s\n", srv.URL())
			err = a.Run(cmd.Context(), srv, behind...)
			log.Info("closed")
			return err
		},
	}
}

package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/casework/audit"
)

func backup() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write everything into one file, while the server runs or not", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd, func(a *app.App) error {
				m, err := a.Backup(cmd.Context(), args[0])
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%d tables, %d rows, %d files\n", len(m.Tables), m.Rows(), m.Files)
				}
				return err
			})
		},
	}
}

func restore() *cobra.Command {
	c := &cobra.Command{
		Use: "restore FILE", Short: "Check a backup and read it into an empty data folder or database, of either engine", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, _, err := load(cmd)
			if err != nil {
				return err
			}
			replace, err := cmd.Flags().GetBool("replace")
			if err != nil {
				return err
			}
			m, err := app.Restore(cmd.Context(), cfg, args[0], replace, time.Now(), logger(cfg, cmd.ErrOrStderr()))
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "backup of %s: %d tables, %d rows, %d files are back\n", m.Made.Format(time.RFC3339), len(m.Tables), m.Rows(), m.Files)
			}
			return err
		},
	}
	c.Flags().Bool("replace", false, "set an existing SQLite database aside")
	return c
}

var errFound = errors.New("not everything is as it was written")

func verify() *cobra.Command {
	c := &cobra.Command{
		Use: "verify [BUNDLE.zip]", Short: "Look at every case: events, row, personal values, files, the sealed log; or at one bundle, without any database", Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := cmd.Flags().GetString("key")
			if err != nil {
				return err
			}
			if len(args) == 1 {
				return verifyBundle(cmd, args[0], key)
			}
			return withApp(cmd, func(a *app.App) error {
				last := time.Now()
				r, err := a.Audit(cmd.Context(), func(r audit.Report) {
					if time.Since(last) > 5*time.Second {
						last = time.Now()
						fmt.Fprintf(cmd.ErrOrStderr(), "%d cases, %d events, %d findings\n", r.Cases, r.Events, len(r.Findings))
					}
				})
				if err != nil {
					return err
				}
				for _, f := range r.Findings {
					fmt.Fprintf(cmd.OutOrStdout(), "case %s %s event %d: %s %s\n", f.Case, f.Number, f.Seq, f.What, f.Detail)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d cases, %d events, %d files looked at, %d findings\n", r.Cases, r.Events, r.Files, len(r.Findings))
				s, err := a.CheckSeals(cmd.Context())
				if err != nil {
					return err
				}
				for _, f := range s.Findings {
					fmt.Fprintln(cmd.OutOrStdout(), f)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "sealed log: %d events, %d checkpoints, %d events not sealed yet, %d findings\n", s.Leaves, s.Checkpoints, s.Waiting, len(s.Findings))
				if len(r.Findings)+len(s.Findings) > 0 {
					return errFound
				}
				return nil
			})
		},
	}
	c.Flags().String("key", "", "public key that must have signed the bundle, from the office or its page")
	return c
}

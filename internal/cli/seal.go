package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
)

func sealCommand() *cobra.Command {
	c := &cobra.Command{Use: "seal", Short: "The sealed log: its public keys, a new key"}
	keys := func(cmd *cobra.Command, a *app.App) error {
		list, err := a.SealKeys(cmd.Context(), division(cmd))
		for i, k := range list {
			state := "until the next"
			if i == len(list)-1 {
				state = "in use"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\tsince %s, %s\n", k.Text, k.Made.Format(time.DateOnly), state)
		}
		return err
	}
	c.AddCommand(&cobra.Command{
		Use: "keys", Short: "List the public keys of a division's log, the one in use last", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd, func(a *app.App) error { return keys(cmd, a) })
		},
	}, &cobra.Command{
		Use: "rotate", Short: "Make a new key; the old public key stays listed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withApp(cmd, func(a *app.App) error {
				if err := a.RotateSeal(cmd.Context(), division(cmd)); err != nil {
					return err
				}
				return keys(cmd, a)
			})
		},
	})
	for _, sub := range c.Commands() {
		divisionFlag(sub)
	}
	return c
}

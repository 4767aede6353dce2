package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
)

func apikey() *cobra.Command {
	c := &cobra.Command{Use: "apikey", Short: "Keys for machines that send reports"}
	create := &cobra.Command{
		Use: "create NAME", Short: "Make a key and print it, this once; works while the server runs", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd, func(a *app.App) error {
				plain, err := a.CreateKey(cmd.Context(), division(cmd), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), plain)
				return nil
			})
		},
	}
	divisionFlag(create)
	c.AddCommand(create)
	return c
}

func accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Accounts of the staff"}
	create := &cobra.Command{
		Use: "create LOGIN NAME", Short: "Make an administrator and print the first password, this once", Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd, func(a *app.App) error {
				password, err := a.CreateAdmin(cmd.Context(), division(cmd), args[0], args[1])
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), password)
				return nil
			})
		},
	}
	second := &cobra.Command{
		Use: "end-second LOGIN", Short: "Turn off the second factor of somebody who lost phone and recovery codes", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withApp(cmd, func(a *app.App) error { return a.EndSecond(cmd.Context(), division(cmd), args[0]) })
		},
	}
	divisionFlag(create)
	divisionFlag(second)
	c.AddCommand(create, second)
	return c
}

func divisionFlag(c *cobra.Command) {
	c.Flags().String("division", "", "key of the division; may be left out where there is only one")
}

func division(cmd *cobra.Command) string {
	s, err := cmd.Flags().GetString("division")
	if err != nil {
		panic(errors.Join(errors.New("the command lacks its flag"), err))
	}
	return s
}

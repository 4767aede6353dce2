package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/duties/incident/hotline"
)

func hotlineCommand() *cobra.Command {
	c := &cobra.Command{Use: "hotline", Short: "The round trip of work orders with the government hotline, by file"}
	c.AddCommand(hotlineImport(), hotlineExport())
	return c
}

func hotlineImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import FILE.csv|.xlsx", Short: "Take a file in and answer every line; the same file twice adds nothing", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind := cmd.Flag("kind").Value.String()
			if !slices.Contains(hotline.Kinds, kind) {
				return errors.Join(errUsage, fmt.Errorf("--kind is one of %s, not %q", strings.Join(hotline.Kinds, ", "), kind))
			}
			return withApp(cmd, func(a *app.App) error {
				answers, err := a.ImportHotline(cmd.Context(), division(cmd), kind, args[0])
				if err != nil {
					return err
				}
				counts := map[string]int{}
				for _, x := range answers {
					counts[x.Outcome]++
					fmt.Fprintf(cmd.OutOrStdout(), "%d\t%s\t%s\t%s\n", x.Line, x.No, x.Outcome, x.Why.EN)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d lines: %v\n", len(answers), counts)
				return nil
			})
		},
	}
	divisionFlag(c)
	c.Flags().String("kind", hotline.Orders, strings.Join(hotline.Kinds, ", "))
	return c
}

func hotlineExport() *cobra.Command {
	c := &cobra.Command{
		Use: "export FILE.csv|.xlsx", Short: "Write down what became of all orders that changed since the last export", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			again, err := cmd.Flags().GetInt64("again")
			if err != nil {
				return err
			}
			return withApp(cmd, func(a *app.App) error {
				n, err := a.ExportHotline(cmd.Context(), division(cmd), args[0], again)
				if err == nil && n == 0 {
					fmt.Fprintln(cmd.OutOrStdout(), "nothing changed since the last export")
				} else if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "export %d\n", n)
				}
				return err
			})
		},
	}
	divisionFlag(c)
	c.Flags().Int64("again", 0, "write this earlier export once more")
	return c
}

package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"xiucheng/internal/config"
)

func configure() *cobra.Command {
	return &cobra.Command{
		Use: "config", Short: "Print every option, its value and where it came from", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, values, err := load(cmd)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "option\tvalue\tfrom\tenvironment\twhat it is")
			for _, v := range values {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", v.Name, v.Shown(), v.Source, config.Env(v.Name), v.Help)
			}
			return w.Flush()
		},
	}
}

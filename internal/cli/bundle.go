package cli

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/casework/bundle"
)

func bundleCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bundle NUMBER|ID [FILE.zip]", Short: "Write one case with its files and proofs, to be checked anywhere", Args: between(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			personal, err := cmd.Flags().GetBool("personal")
			if err != nil {
				return err
			}
			return withApp(cmd, func(a *app.App) error {
				name, err := a.Bundle(cmd.Context(), division(cmd), args[0], append(args, "")[1], personal)
				if err == nil {
					fmt.Fprintln(cmd.OutOrStdout(), name)
				}
				return err
			})
		},
	}
	c.Flags().Bool("personal", false, "with the personal values that are kept")
	divisionFlag(c)
	return c
}

// verifyBundle checks a file by itself: no database, no server.
func verifyBundle(cmd *cobra.Command, path, key string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	r, err := bundle.Verify(f, st.Size(), key)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	out := cmd.OutOrStdout()
	for _, x := range r.Findings {
		fmt.Fprintln(out, x)
	}
	fmt.Fprintf(out, "case %s %s: %d events (%s), %d files, %d left out, %d findings\n", r.Manifest.Number, r.Manifest.Case, r.Events, r.Manifest.Digest, r.Files, len(r.Manifest.LeftOut), len(r.Findings))
	for _, x := range r.Erased {
		fmt.Fprintf(out, "event %d: %s was erased by %s\n", x.Seq, x.Field, x.Rule)
	}
	if len(r.Findings) > 0 {
		return errFound
	}
	fmt.Fprintf(out, "sealed no later than %s in %s, at %d events\n", r.Checkpoint.At.Format(time.RFC3339), r.Checkpoint.Origin, r.Checkpoint.Size)
	if !r.Pinned {
		fmt.Fprintf(out, "signed by %s\ncompare this key with the one that the office publishes, or give it with --key: by itself the file only proves that its parts agree\n", r.Key)
	}
	return nil
}

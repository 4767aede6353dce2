package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/ground/component"
	"xiucheng/internal/platform/i18n"
)

func importComponents() *cobra.Command {
	c := &cobra.Command{
		Use:   "components FILE.geojson|.csv|.xlsx",
		Short: "Components of the register; one wrong line stops the file unless --skip", Args: exactly(1),
		RunE: bringComponents,
	}
	divisionFlag(c)
	c.Flags().String("crs", "", "coordinate system of the file: WGS84, CGCS2000, GCJ-02 or BD-09; there is no default")
	c.Flags().Bool("skip", false, "leave wrong lines out and take the others")
	c.Flags().Bool("check", false, "only say what would happen")
	c.Flags().String("provenance", "real", "of lines that do not say theirs: real, approximate or synthetic")
	if err := c.MarkFlagRequired("crs"); err != nil {
		panic(err)
	}
	return c
}

func bringComponents(cmd *cobra.Command, args []string) error {
	body, err := os.ReadFile(args[0])
	if err != nil {
		return errors.Join(errUsage, err)
	}
	mode := component.Strict
	if cmd.Flag("skip").Changed {
		mode = component.Skip
	}
	if cmd.Flag("check").Changed {
		mode = component.Look
	}
	words, err := i18n.Load(app.Words()...)
	if err != nil {
		return err
	}
	return withApp(cmd, func(a *app.App) error {
		plan, err := a.ImportComponents(cmd.Context(), division(cmd), component.File{Name: filepath.Base(args[0]), CRS: cmd.Flag("crs").Value.String(), Body: body,
			Provenance: cmd.Flag("provenance").Value.String()}, mode)
		if err != nil {
			return err
		}
		for _, p := range plan.Problems {
			fmt.Fprintf(cmd.ErrOrStderr(), "%s:%d: %s\n", args[0], p.Line, words.Text(p.Key).Fill(language(), p.Args))
		}
		tellPlan(cmd.OutOrStdout(), plan)
		if len(plan.Problems) > 0 && !plan.Done {
			return fmt.Errorf("%d problems; nothing was applied", len(plan.Problems))
		}
		return nil
	})
}

func tellPlan(w io.Writer, plan component.Plan) {
	verb := "would be "
	if plan.Done {
		verb = ""
	}
	fmt.Fprintf(w, "%d %sadded, %d %schanged, %d the same, %d problems\n", plan.Added, verb, plan.Changed, verb, plan.Same, len(plan.Problems))
	if plan.Converted > 0 {
		fmt.Fprintf(w, "%d of them came with 16 digits of the 2013 edition\n", plan.Converted)
	}
	for _, t := range plan.Twins {
		fmt.Fprintf(w, "perhaps one thing: %s and %s, %.1f m apart\n", t.A, t.B, t.Metres)
	}
}
